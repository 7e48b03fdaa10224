"""Calls that wait for a tariff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WAITS = sa.text("waits")


def upgrade() -> None:
    op.add_column("call_record", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_call_record_waits", "call_record", ["property"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )
