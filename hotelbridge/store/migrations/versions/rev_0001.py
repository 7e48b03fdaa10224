"""The first schema: wake-ups, alarms, phones, the inbox, and what keeps several nodes apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _change()
    _device()
    _kept_answer()
    _lease()
    _mark()
    _phone()
    _report()
    _token()
    _wakeup_order()
    _wakeup()
    _alarm()
    _attempt()
    _history()


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("n", BigId, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("property", "n", name="pk_change"),
    )
    op.create_index("ix_change_property_at", "change", ["property", "at"])


def _device() -> None:
    op.create_table(
        "device",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=True),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("booted_at", Instant(), nullable=True),
        sa.Column("last_report_at", Instant(), nullable=True),
        sa.Column("last_reply_at", Instant(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("property", "name", name="pk_device"),
    )


def _kept_answer() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("property", "key", "caller", name="pk_kept_answer"),
    )
    op.create_index("ix_kept_answer_property_at", "kept_answer", ["property", "at"])


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("epoch", BigId, nullable=False),
        sa.Column("expires", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("property", name="pk_lease"),
    )


def _mark() -> None:
    op.create_table(
        "mark",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("n", BigId, nullable=False),
        sa.PrimaryKeyConstraint("property", "node", name="pk_mark"),
    )


def _phone() -> None:
    op.create_table(
        "phone",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("lineid", sa.String(), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("in_sync", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("property", "device", "number", name="pk_phone"),
    )
    op.create_index("ix_phone_property_room", "phone", ["property", "room"])


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("worked_at", Instant(), nullable=True),
        sa.Column("bad", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_property_at", "report", ["property", "at"])
    op.create_index(
        "ix_report_unworked",
        "report",
        ["property", "id"],
        sqlite_where=sa.text("worked_at IS NULL"),
        postgresql_where=sa.text("worked_at IS NULL"),
    )


def _token() -> None:
    op.create_table(
        "token",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("hash", name="uq_token_hash"),
        sqlite_autoincrement=True,
    )


def _wakeup_order() -> None:
    op.create_table(
        "wakeup_order",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("local", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wakeup_order"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_wakeup_order_property_created_at", "wakeup_order", ["property", "created_at"])


def _wakeup() -> None:
    op.create_table(
        "wakeup",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("order_id", BigId, nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("local", sa.String(), nullable=False),
        sa.Column("due", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("first_ring", Instant(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["wakeup_order.id"], name="fk_wakeup_order_id_wakeup_order"),
        sa.PrimaryKeyConstraint("id", name="pk_wakeup"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_wakeup_order_id", "wakeup", ["order_id"])
    op.create_index("ix_wakeup_property_due", "wakeup", ["property", "due"])
    op.create_index("ix_wakeup_property_room", "wakeup", ["property", "room"])
    op.create_index("ix_wakeup_property_state_next_at", "wakeup", ["property", "state", "next_at"])


def _alarm() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("open_subject", sa.String(), nullable=True),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("wakeup_id", BigId, nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("nagged", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wakeup_id"], ["wakeup.id"], name="fk_alarm_wakeup_id_wakeup"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
        sa.UniqueConstraint("property", "open_subject", name="uq_alarm_property_open_subject"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarm_property_open_next_at", "alarm", ["property", "open", "next_at"])
    op.create_index("ix_alarm_property_since", "alarm", ["property", "since"])
    op.create_index("ix_alarm_wakeup_id", "alarm", ["wakeup_id"])


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("wakeup_id", BigId, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("rang", Instant(), nullable=True),
        sa.Column("answered", Instant(), nullable=True),
        sa.Column("ended", Instant(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("check_at", Instant(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wakeup_id"], ["wakeup.id"], name="fk_attempt_wakeup_id_wakeup"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempt_property_check_at", "attempt", ["property", "check_at"])
    op.create_index("ix_attempt_property_started", "attempt", ["property", "started"])
    op.create_index("ix_attempt_wakeup_id", "attempt", ["wakeup_id"])


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("wakeup_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wakeup_id"], ["wakeup.id"], name="fk_history_wakeup_id_wakeup"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_property_at", "history", ["property", "at"])
    op.create_index("ix_history_wakeup_id", "history", ["wakeup_id"])
