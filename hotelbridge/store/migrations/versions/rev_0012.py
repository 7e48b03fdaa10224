"""The calls of a room are found by an index, as its charges are."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_call_record_property_room_started", "call_record", ["property", "room", "started"])
