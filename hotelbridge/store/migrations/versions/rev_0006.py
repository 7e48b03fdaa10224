"""Calls to emergency numbers: reports repeat, and each call alarms once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNDER_WAY = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "emergency_call",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("rooms", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("callid", sa.String(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("alarm_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name="fk_emergency_call_alarm_id_alarm"),
        sa.PrimaryKeyConstraint("id", name="pk_emergency_call"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_emergency_call_under_way",
        "emergency_call",
        ["property"],
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )
    for columns in (["property", "device", "phone", "id"], ["property", "at"], ["alarm_id"]):
        op.create_index(f"ix_emergency_call_{'_'.join(columns)}", "emergency_call", columns)
