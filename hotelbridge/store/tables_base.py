"""What all tables of the store are made of: their metadata, and columns of the kinds that they share."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index, MetaData, Text, false, text
from sqlmodel import Field, SQLModel

from hotelbridge.store.columns import BigId, Instant

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# Of a history: what a person did, not this program and not the PMS. Small beside all the rest.
PEOPLE = text("origin NOT IN ('hotelbridge', 'pms')")
NODE_WIDE = ""  # the `property` of rows that belong to no single one

GROWS = {"sqlite_autoincrement": True}  # a purged id is never given again


class Row(SQLModel):
    """What all tables share."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


def people(table: str) -> Index:
    """Finds what people did, newest first, and by whom."""
    columns = ("property", "at", "id", "by")
    return Index(f"ix_{table}_people", *columns, sqlite_where=PEOPLE, postgresql_where=PEOPLE)


def id_() -> Any:
    return Field(default=None, primary_key=True, sa_type=BigId)


def long_(**more: Any) -> Any:
    return Field(sa_type=Text, **more)


def instant(**more: Any) -> Any:
    return Field(sa_type=Instant, **more)


def to(target: str, **more: Any) -> Any:
    return Field(sa_type=BigId, foreign_key=target, **more)


def joined(default: str | bool, **more: Any) -> Any:
    """A column that joined a table which may hold rows; the database fills it in for them."""
    given = false() if default is False else text(f"'{default}'")
    return Field(sa_column_kwargs={"server_default": given}, **more)
