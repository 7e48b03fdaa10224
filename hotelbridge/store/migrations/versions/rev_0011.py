"""What one shift left to the next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("id", BigId, nullable=False),
        sa.Column("property", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("open", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handover_property_id", "handover", ["property", "id"])
    op.create_index("ix_handover_property_at", "handover", ["property", "at"])
