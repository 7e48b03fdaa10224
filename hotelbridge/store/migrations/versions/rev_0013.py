"""What people did is found by an index, and the audit journal says what a line is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PEOPLE = sa.text("origin NOT IN ('hotelbridge', 'pms')")


def upgrade() -> None:
    op.add_column("audit", sa.Column("about", sa.String(), nullable=False, server_default=""))
    for table in ("history", "journal", "charge_line"):
        columns = ["property", "at", "id", "by"]
        op.create_index(f"ix_{table}_people", table, columns, sqlite_where=_PEOPLE, postgresql_where=_PEOPLE)
