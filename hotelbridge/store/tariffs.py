"""Tariffs that were in force, each as its file stood: what a charge cost can be explained for years."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select

from hotelbridge.store import tables
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx

_V = tables.TariffVersion.__table__  # type: ignore[attr-defined]
_COLUMNS = ("property", "version", "text", "terms", "since")
_OURS = _V.c.property == bindparam("property")
_ONE = Statement(select(_V.c.text, _V.c.terms).where(_OURS, _V.c.version == bindparam("version")))
_LAST = Statement(
    select(_V.c.text, _V.c.terms).where(_OURS).order_by(_V.c.since.desc(), _V.c.version).limit(1)
)
_ADD = Statement(insert(_V), _COLUMNS)


def get(tx: Tx, property: str, version: str) -> tuple[str, str] | None:
    """The file and the terms of one version."""
    found = _ONE.first(tx.connection, property=property, version=version)
    return None if found is None else (found[0], found[1])


def last(tx: Tx, property: str) -> tuple[str, str] | None:
    """The file and the terms of the version that came into force last."""
    found = _LAST.first(tx.connection, property=property)
    return None if found is None else (found[0], found[1])


def keep(tx: Tx, property: str, version: str, text: str, terms: str, since: datetime) -> bool:
    """Save a version where it is new; whether it was."""
    if get(tx, property, version) is not None:
        return False
    _ADD.run(tx.connection, property=property, version=version, text=text, terms=terms, since=since)
    return True
