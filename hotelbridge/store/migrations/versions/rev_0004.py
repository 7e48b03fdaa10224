"""What is to be set on a phone once, what its wanted state was made from, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("phone", sa.Column("once", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("phone", sa.Column("basis", sa.Text(), nullable=False, server_default=""))
    op.add_column("phone", sa.Column("cause", sa.Text(), nullable=False, server_default=""))
