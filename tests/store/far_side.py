"""What stands beside the store: another program's connection, and small things to save."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import insert
from twisted.internet.defer import Deferred

from hotelbridge.core.records import Report
from hotelbridge.store import tables
from hotelbridge.store.database import Database, InlineRunner, Tx

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


class FarSide:
    """Plain SQL on a connection of its own."""

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite"):
            self._connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        else:
            self._connection = psycopg.connect(url, autocommit=True)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return [tuple(row) for row in self._connection.execute(sql).fetchall()]

    def names(self) -> list[str]:
        """The names of all tokens, in the order they were added."""
        return [row[0] for row in self.ask("SELECT name FROM token ORDER BY id")]

    def bodies(self) -> list[bytes]:
        """The bodies of all reports, in order."""
        return [bytes(row[0]) for row in self.ask("SELECT body FROM report ORDER BY id")]

    def numbers(self, property: str) -> list[int]:
        """The numbers of a property's changes."""
        return [row[0] for row in self.ask(f"SELECT n FROM change WHERE property = '{property}' ORDER BY n")]

    def close(self) -> None:
        self._connection.close()


def adding(name: str, before: Callable[[Tx], object] = lambda tx: None) -> Callable[[Tx], str]:
    """A unit of work that adds a token of this name and touches property `main`."""

    def unit(tx: Tx) -> str:
        before(tx)
        row = {"property": "", "name": name, "role": "viewer", "hash": name, "created_at": NOW}
        tx.connection.execute(insert(tables.Token), row)
        tx.changed("main", "token", name, NOW)
        return name

    return unit


def failing(name: str) -> Callable[[Tx], str]:
    """A unit that adds a token and then changes its mind."""

    def unit(tx: Tx) -> str:
        adding(name)(tx)
        raise Mind(name)

    return unit


class Mind(Exception):
    """What `failing` raises."""


def reports(*bodies: str, property: str = "main") -> list[Report]:
    """Reports a second apart."""
    return [
        Report(property, "om20", NOW + timedelta(seconds=n), body.encode()) for n, body in enumerate(bodies)
    ]


def in_one_batch(db: Database, *units: Callable[[Tx], Any]) -> list[Deferred[Any]]:
    """Start units so that an inline store takes them through one transaction."""
    assert isinstance(db.runner, InlineRunner)
    with db.runner.held():
        return [db.run(unit) for unit in units]


def held_up(db: Database) -> threading.Event:
    """Keep a threaded writer busy until the event is set: what is started meanwhile waits together."""
    gate = threading.Event()
    db.run(lambda tx: gate.wait(10), urgent=True)
    return gate


def result_of(deferred: Deferred[Any]) -> Any:
    """What a fired Deferred holds; raises what it failed with."""
    found: list[Any] = []
    deferred.addBoth(found.append)
    assert found, "it has not fired"
    if hasattr(found[0], "raiseException"):
        found[0].raiseException()
    return found[0]
