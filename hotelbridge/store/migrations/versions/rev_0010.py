"""People who log in at the console, their sessions, and the lines about who came and went."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hotelbridge.store.columns import BigId, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_THERE = sa.text("removed_at IS NULL")


def upgrade() -> None:
    _console_user()
    _console_session()
    _audit()


def _words(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.String(), nullable=False) for name in names)


def _instants(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, Instant(), nullable=False) for name in names)


def _console_user() -> None:
    op.create_table(
        "console_user",
        sa.Column("id", BigId, nullable=False),
        *_words("property", "name", "folded", "role", "password_hash", "language"),
        *_instants("created_at", "changed_at"),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_console_user"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_console_user_folded",
        "console_user",
        ["folded"],
        unique=True,
        sqlite_where=_THERE,
        postgresql_where=_THERE,
    )


def _console_session() -> None:
    op.create_table(
        "console_session",
        sa.Column("id", BigId, nullable=False),
        *_words("property", "hash"),
        sa.Column("user_id", BigId, nullable=False),
        *_instants("created_at", "seen_at"),
        sa.Column("ended_at", Instant(), nullable=True),
        *_words("origin"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["console_user.id"], name="fk_console_session_user_id_console_user"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_console_session"),
        sa.UniqueConstraint("hash", name="uq_console_session_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_console_session_user_id_origin", "console_session", ["user_id", "origin"])
    op.create_index("ix_console_session_created_at", "console_session", ["created_at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BigId, nullable=False),
        *_words("property"),
        *_instants("at"),
        *_words("by", "origin", "what"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
