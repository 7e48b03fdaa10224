"""Calls and charges by days of the hotel, gaps in what devices told, and what is cut after a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WHOLE, _BAD = sa.text("NOT cut"), sa.text("bad IS NOT NULL")
_SUMMED = ["state", "currency", "seconds", "amount", "tax"]
# Rows that are there already get the day in UTC: the zone of the hotel is not known here.
_DAY = {
    "sqlite": "UPDATE {} SET day = substr(started, 1, 10)",
    "postgresql": "UPDATE {} SET day = to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
}


def upgrade() -> None:
    for table in ("call_record", "charge"):
        op.add_column(table, sa.Column("day", sa.String(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("cut", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.execute(_DAY[op.get_bind().dialect.name].format(table))
        op.create_index(
            f"ix_{table}_whole",
            table,
            ["property", "started"],
            sqlite_where=_WHOLE,
            postgresql_where=_WHOLE,
        )
    op.create_index("ix_call_record_day", "call_record", ["property", "day", "device", "kind", "off"])
    for by in ("room", "stay_id", "trunk", "name"):
        op.create_index(f"ix_charge_day_{by}", "charge", ["property", "day", by, *_SUMMED])
    op.create_index("ix_reconciliation_property_begins", "reconciliation", ["property", "begins"])
    op.create_index("ix_report_bad", "report", ["property", "at"], sqlite_where=_BAD, postgresql_where=_BAD)
    _counting()


def _counting() -> None:
    op.create_table(
        "call_counter",
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("last", BigId, nullable=False),
        sa.Column("before", BigId, nullable=True),
        sa.PrimaryKeyConstraint("property", "device", name="pk_call_counter"),
    )
    op.create_table(
        "call_gap",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("first", BigId, nullable=False),
        sa.Column("last", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_gap"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_call_gap_property_at", "call_gap", ["property", "at"])
    op.create_index("ix_call_gap_property_device", "call_gap", ["property", "device"])
