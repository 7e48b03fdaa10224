"""Calls that wait for a tariff, and bars that nobody has lifted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WAITS, _OPEN = sa.text("waits"), sa.text("lifted_at IS NULL")


def upgrade() -> None:
    op.add_column("call_record", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_call_record_waits", "call_record", ["property"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )
    op.create_index("ix_stay_bar_open", "stay_bar", ["property"], sqlite_where=_OPEN, postgresql_where=_OPEN)
