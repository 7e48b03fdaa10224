"""Charges of which a posting got no answer, though they go again under its number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("charge", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.false()))
