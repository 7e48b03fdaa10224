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
_SUMS = ("calls", "unanswered", "free", "seconds", "amount", "tax", "posted", "waiting", "written_off")
# Rows that are there already get the day in UTC: the zone of the hotel is not known here.
_DAY = {
    "sqlite": "UPDATE {} SET day = substr(started, 1, 10)",
    "postgresql": "UPDATE {} SET day = to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
}
_NAMES = {
    "room": "room",
    "stay": "coalesce(cast(stay_id AS varchar), '')",
    "trunk": "trunk",
    "destination": "name",
    "state": "state",
}
_OF_CHARGES = """
INSERT INTO call_sum SELECT property, '{kind}', day, {name}, currency, count(*),
  sum(CASE WHEN seconds = 0 THEN 1 ELSE 0 END), sum(CASE WHEN state = 'free' THEN 1 ELSE 0 END), sum(seconds),
  sum(CASE WHEN state = 'free' THEN 0 ELSE amount END), sum(CASE WHEN state = 'free' THEN 0 ELSE tax END),
  sum(CASE WHEN state = 'posted' THEN amount ELSE 0 END),
  sum(CASE WHEN state IN ('free', 'posted', 'written_off') THEN 0 ELSE amount END),
  sum(CASE WHEN state = 'written_off' THEN amount ELSE 0 END)
FROM charge GROUP BY property, day, {name}, currency
"""
_OF_CALLS = """
INSERT INTO call_sum SELECT property, 'received', day, kind || ' ' || device, '', count(*),
  sum(CASE WHEN off IS NULL OR abs(off) > 120 THEN 1 ELSE 0 END), 0, sum(seconds), 0, 0, 0, 0, 0
FROM call_record GROUP BY property, day, kind, device
"""


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
    op.create_index("ix_charge_day", "charge", ["property", "day", "state", "currency", "amount", "tax"])
    op.create_index("ix_reconciliation_property_begins", "reconciliation", ["property", "begins"])
    op.create_index("ix_report_bad", "report", ["property", "at"], sqlite_where=_BAD, postgresql_where=_BAD)
    _counting()
    _sums()


def _sums() -> None:
    key = ("property", "kind", "day", "name", "currency")
    op.create_table(
        "call_sum",
        *(sa.Column(name, sa.String(), nullable=False) for name in key),
        *(sa.Column(name, BigId, nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint(*key, name="pk_call_sum"),
        sqlite_with_rowid=False,
    )
    for kind, name in _NAMES.items():
        op.execute(_OF_CHARGES.format(kind=kind, name=name))
    op.execute(_OF_CALLS)


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
