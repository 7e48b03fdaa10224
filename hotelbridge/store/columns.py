"""Column types that say the same on SQLite and on PostgreSQL.

SQLite has no type for instants or for decimals: left alone it forgets time zones and turns decimals
into floats, silently. What these types cannot store exactly they refuse. Knows no table.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.types import TypeEngine

# A key that grows for ever. SQLite gives ids of its own only to a column that is plainly INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")

INSTANT_WIDTH = 27  # "2026-11-24T05:30:00.000000Z"


def instant_text(value: datetime) -> str:
    """An aware datetime as UTC text of fixed width, which sorts as the instants do."""
    if value.utcoffset() is None:
        raise ValueError(f"an instant needs a time zone: {value.isoformat()}")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class Instant(TypeDecorator[datetime]):
    """An aware datetime, read back in UTC; naive is refused. `timestamptz`, or sortable text on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(INSTANT_WIDTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return instant_text(value)
        if value.utcoffset() is None:
            raise ValueError(f"an instant needs a time zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        found: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
        return found.astimezone(UTC)


class Rate(TypeDecorator[Decimal]):
    """A decimal kept as text, digit for digit ("0.20" stays "0.20"); floats are refused."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError(f"a rate is a finite Decimal, not {value!r}")
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)
