"""Orders of several days and rooms, proof levels, loans of phone parameters, alarms that reach out."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _wakeup_order()
    _wakeup()
    _attempt()
    _alarm()
    _loan()
    _alarm_item()
    _console()
    _desk_calls()
    _notice()
    _clock_mark()


def _text(name: str, default: str = "") -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, Instant(), nullable=True)


def _wakeup_order() -> None:
    for column in (
        _text("days"),
        sa.Column("until", sa.String(), nullable=True),
        sa.Column("made_until", sa.String(), nullable=True),
        sa.Column("follow_up", sa.Integer(), nullable=True),
        _flag("in_person"),
        _flag("vip"),
        _text("reservation"),
        _flag("anyway"),
        _instant("ended_at"),
        sa.Column("ended_by", sa.String(), nullable=True),
    ):
        op.add_column("wakeup_order", column)
    op.create_index(
        "ix_wakeup_order_property_ended_at_made_until",
        "wakeup_order",
        ["property", "ended_at", "made_until"],
    )


def _wakeup() -> None:
    follows = sa.Column("follows", BigId, nullable=True)
    columns = (_text("proof", "answer"), _flag("vip"), _flag("in_person"), _text("reservation"), follows)
    instants = tuple(_instant(name) for name in ("expected", "connected", "looked_at"))
    with op.batch_alter_table("wakeup", table_kwargs={"sqlite_autoincrement": True}) as batch:
        for column in (*columns, *instants):
            batch.add_column(column)
        batch.create_foreign_key("fk_wakeup_follows_wakeup", "wakeup", ["follows"], ["id"])
    op.drop_index("ix_wakeup_property_room", "wakeup")
    op.create_index("ix_wakeup_property_room_state", "wakeup", ["property", "room", "state"])


def _attempt() -> None:
    with op.batch_alter_table("attempt", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(_text("proof", "answer"))
        batch.add_column(_text("keys"))
        batch.alter_column("wakeup_id", existing_type=BigId, nullable=True)
    op.drop_index("ix_attempt_property_check_at", "attempt")
    op.create_index(
        "ix_attempt_open",
        "attempt",
        ["property", "check_at"],
        sqlite_where=sa.text("phase <> 'over'"),
        postgresql_where=sa.text("phase <> 'over'"),
    )


def _alarm() -> None:
    for name in ("escalated_at", "loud_from", "healed_at"):
        op.add_column("alarm", _instant(name))


def _loan() -> None:
    op.create_table(
        "loan",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("wakeup_id", BigId, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("lineid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("during", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        _instant("next_at"),
        sa.PrimaryKeyConstraint("id", name="pk_loan"),
        sa.ForeignKeyConstraint(["wakeup_id"], ["wakeup.id"], name="fk_loan_wakeup_id_wakeup"),
        sqlite_autoincrement=True,
    )
    lent = sa.text("state <> 'over'")
    op.create_index("ix_loan_lent", "loan", ["property", "kind"], sqlite_where=lent, postgresql_where=lent)
    op.create_index("ix_loan_wakeup_id", "loan", ["wakeup_id"])


def _alarm_item() -> None:
    op.create_table(
        "alarm_item",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("alarm_id", BigId, nullable=False),
        sa.Column("wakeup_id", BigId, nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("due", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _instant("closed_at"),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_item"),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name="fk_alarm_item_alarm_id_alarm"),
        sa.ForeignKeyConstraint(["wakeup_id"], ["wakeup.id"], name="fk_alarm_item_wakeup_id_wakeup"),
        sa.UniqueConstraint("alarm_id", "wakeup_id", name="uq_alarm_item_alarm_id_wakeup_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarm_item_wakeup_id", "alarm_item", ["wakeup_id"])


def _console() -> None:
    op.create_table(
        "console",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("property", "name", name="pk_console"),
    )


def _desk_calls() -> None:
    op.create_table(
        "desk_calls",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("round", BigId, nullable=False),
        _instant("next_at"),
        sa.PrimaryKeyConstraint("property", name="pk_desk_calls"),
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        _instant("next_at"),
        _instant("done_at"),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("property", "subject", name="uq_notice_property_subject"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_property_state_next_at", "notice", ["property", "state", "next_at"])


def _clock_mark() -> None:
    op.create_table(
        "clock_mark",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("wall", Instant(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("boot_seconds", sa.Float(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("ahead", sa.Float(), nullable=True),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("floor", sa.Boolean(), nullable=False),
        sa.Column("drift", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("property", "node", name="pk_clock_mark"),
    )
