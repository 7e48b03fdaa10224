"""What SQLite and PostgreSQL say in different words about instants, said once.

Instants are text on SQLite (see `columns`), and `timestamptz` on PostgreSQL. Knows no table.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class minute_of(FunctionElement[Any]):  # noqa: N801 - used like SQL's own functions
    """The minute an instant lies in, to order or to group by; its own form differs between the two."""

    type = String()
    inherit_cache = True


class seconds_between(FunctionElement[Any]):  # noqa: N801 - used like SQL's own functions
    """From the first instant to the second, in seconds; exact to a millisecond."""

    type = Double()
    inherit_cache = True


@compiles(minute_of, "sqlite")
def _minute_as_text(element: Any, compiler: Any, **more: Any) -> str:
    return f"substr({compiler.process(element.clauses, **more)}, 1, 16)"


@compiles(minute_of, "postgresql")
def _minute(element: Any, compiler: Any, **more: Any) -> str:
    return f"date_trunc('minute', {compiler.process(element.clauses, **more)})"


@compiles(seconds_between, "sqlite")
def _seconds_by_day(element: Any, compiler: Any, **more: Any) -> str:
    first, second = (compiler.process(clause, **more) for clause in element.clauses)
    return f"((julianday({second}) - julianday({first})) * 86400.0)"


@compiles(seconds_between, "postgresql")
def _seconds(element: Any, compiler: Any, **more: Any) -> str:
    first, second = (compiler.process(clause, **more) for clause in element.clauses)
    return f"CAST(extract(epoch FROM ({second} - {first})) AS double precision)"
