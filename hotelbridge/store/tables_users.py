"""The tables of people who log in at the console, of their sessions, and of what they did. See `tables`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text

from hotelbridge.store.tables_base import GROWS, NODE_WIDE, Row, id_, instant, joined, long_, to

_THERE = text("removed_at IS NULL")


class ConsoleUser(Row, table=True):
    """A person who may log in; `property` is '' for all of them or a comma list.

    `folded` is the name as it is compared. A removed one keeps its row, and the name is free again.
    `changed_at`: when the password was set, the last time.
    """

    __tablename__ = "console_user"
    __table_args__ = (
        Index("ix_console_user_folded", "folded", unique=True, sqlite_where=_THERE, postgresql_where=_THERE),
        GROWS,
    )
    id: int | None = id_()
    property: str = NODE_WIDE
    name: str
    folded: str
    role: str
    password_hash: str
    language: str
    created_at: datetime = instant()
    changed_at: datetime = instant()
    removed_at: datetime | None = instant(default=None)


class ConsoleSession(Row, table=True):
    """One login of a user, by the hash of its random token; `origin` is the address it was made from."""

    __tablename__ = "console_session"
    __table_args__ = (
        UniqueConstraint("hash"),
        Index(None, "user_id", "origin"),
        Index(None, "created_at"),
        GROWS,
    )
    id: int | None = id_()
    property: str = NODE_WIDE
    hash: str
    user_id: int = to("console_user.id")
    created_at: datetime = instant()
    seen_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    origin: str


class Audit(Row, table=True):
    """Who came in, who was refused, who was let in or out by whom: one line each, for the whole node."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"), GROWS)
    id: int | None = id_()
    property: str = NODE_WIDE
    at: datetime = instant()
    by: str
    origin: str
    what: str
    text: str = long_()
    about: str = joined("")


class Handover(Row, table=True):
    """What one shift left to the next, signed by name; `open` is what stood open then, a JSON object."""

    __tablename__ = "handover"
    __table_args__ = (Index(None, "property", "id"), Index(None, "property", "at"), GROWS)
    id: int | None = id_()
    property: str
    at: datetime = instant()
    by: str
    origin: str
    words: str = long_()
    open: str = long_()
