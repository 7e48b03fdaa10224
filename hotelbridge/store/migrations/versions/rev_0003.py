"""Guests and their stays, what rooms were told, the flight recorder, the journal, resyncs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _journal()
    _pms_state()
    _record()
    _resync()
    _room_state()
    _stay()
    _occupancy()
    _record_room()
    _resync_fact()
    op.add_column("wakeup", sa.Column("echo", sa.String(), nullable=False, server_default=""))


def _where(condition: str) -> dict[str, Any]:
    """An index over some rows only, for both kinds of database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("reservation", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("record_id", BigId, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_property_at", "journal", ["property", "at"])
    op.create_index("ix_journal_property_room_id", "journal", ["property", "room", "id"])


def _pms_state() -> None:
    op.create_table(
        "pms_state",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("property", "key", name="pk_pms_state"),
    )


def _record() -> None:
    op.create_table(
        "record",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("worked_at", Instant(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_record_property_at", "record", ["property", "at"])
    op.create_index(
        "ix_record_unworked",
        "record",
        ["property", "id"],
        sqlite_where=sa.text("worked_at IS NULL"),
        postgresql_where=sa.text("worked_at IS NULL"),
    )


def _resync() -> None:
    op.create_table(
        "resync",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_resync"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_resync_property_state", "resync", ["property", "state"])


def _room_state() -> None:
    op.create_table(
        "room_state",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("line_class", sa.String(), nullable=True),
        sa.Column("line_class_by", sa.String(), nullable=False),
        sa.Column("do_not_disturb", sa.Boolean(), nullable=True),
        sa.Column("at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("property", "room", name="pk_room_state"),
    )


def _stay() -> None:
    op.create_table(
        "stay",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("reservation", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("line_class", sa.String(), nullable=True),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("arrival", sa.Date(), nullable=True),
        sa.Column("departure", sa.Date(), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("end", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stay"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_stay_in_house",
        "stay",
        ["property", "room"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_stay_property_reservation", "stay", ["property", "reservation"])
    op.create_index("ix_stay_property_room_ended_at", "stay", ["property", "room", "ended_at"])


def _occupancy() -> None:
    op.create_table(
        "occupancy",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("stay_id", BigId, nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name="fk_occupancy_stay_id_stay"),
        sa.PrimaryKeyConstraint("id", name="pk_occupancy"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_occupancy_property_room_since", "occupancy", ["property", "room", "since"])
    op.create_index("ix_occupancy_stay_id", "occupancy", ["stay_id"])


def _record_room() -> None:
    op.create_table(
        "record_room",
        sa.Column("record_id", BigId, nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_record_room_record_id_record"),
        sa.PrimaryKeyConstraint("record_id", "room", name="pk_record_room"),
    )
    op.create_index(
        "ix_record_room_property_room_record_id", "record_room", ["property", "room", "record_id"]
    )


def _resync_fact() -> None:
    op.create_table(
        "resync_fact",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("resync_id", BigId, nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["resync_id"], ["resync.id"], name="fk_resync_fact_resync_id_resync"),
        sa.PrimaryKeyConstraint("id", name="pk_resync_fact"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_resync_fact_resync_id_id", "resync_fact", ["resync_id", "id"])
