"""Calls, what they cost and what became of that, and the tariffs that said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UNPOSTED = sa.text("state NOT IN ('free', 'posted', 'written_off')")


def upgrade() -> None:
    _call_record()
    _reconciliation()
    _tariff_version()
    _charge()
    _stay_bar()
    _charge_line()


def _call_record() -> None:
    op.create_table(
        "call_record",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("counter", BigId, nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("trunk", sa.String(), nullable=False),
        sa.Column("cpn", sa.String(), nullable=False),
        sa.Column("cdpn", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("ended", Instant(), nullable=False),
        sa.Column("seconds", BigId, nullable=False),
        sa.Column("arrived", Instant(), nullable=False),
        sa.Column("off", BigId, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_record"),
        sa.UniqueConstraint("property", "key", name="uq_call_record_property_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_call_record_property_device_arrived", "call_record", ["property", "device", "arrived"]
    )
    op.create_index("ix_call_record_property_started", "call_record", ["property", "started"])


def _reconciliation() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("begins", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("adds_up", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reconciliation_property_at", "reconciliation", ["property", "at"])


def _tariff_version() -> None:
    op.create_table(
        "tariff_version",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("property", "version", name="pk_tariff_version"),
    )


def _charge() -> None:
    op.create_table(
        "charge",
        sa.Column("id", BigId, autoincrement=False, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("stay_id", BigId, nullable=True),
        sa.Column("reservation", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("seconds", BigId, nullable=False),
        sa.Column("trunk", sa.String(), nullable=False),
        sa.Column("dialled", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("classes", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("tax", BigId, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("number_at_pms", BigId, nullable=True),
        sa.Column("posted_to", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["call_record.id"], name="fk_charge_id_call_record"),
        sa.PrimaryKeyConstraint("id", name="pk_charge"),
    )
    op.create_index(
        "ix_charge_property_reservation_started", "charge", ["property", "reservation", "started"]
    )
    op.create_index("ix_charge_property_room_started", "charge", ["property", "room", "started"])
    op.create_index("ix_charge_property_started", "charge", ["property", "started"])
    op.create_index("ix_charge_stay_id", "charge", ["stay_id"])
    op.create_index(
        "ix_charge_unposted",
        "charge",
        ["property", "state", "next_at"],
        sqlite_where=_UNPOSTED,
        postgresql_where=_UNPOSTED,
    )


def _stay_bar() -> None:
    op.create_table(
        "stay_bar",
        sa.Column("stay_id", BigId, autoincrement=False, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["stay_id"], ["stay.id"], name="fk_stay_bar_stay_id_stay"),
        sa.PrimaryKeyConstraint("stay_id", name="pk_stay_bar"),
    )


def _charge_line() -> None:
    op.create_table(
        "charge_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("charge_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name="fk_charge_line_charge_id_charge"),
        sa.PrimaryKeyConstraint("id", name="pk_charge_line"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_charge_line_charge_id", "charge_line", ["charge_id"])
