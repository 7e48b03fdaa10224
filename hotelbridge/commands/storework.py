"""How a command works on the store itself, beside a running daemon too: one unit of work, in this process."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Sequence
from typing import TypeVar

import click
from twisted.python.failure import Failure

from hotelbridge.clock import SystemClock
from hotelbridge.commands.options import nearest
from hotelbridge.commands.words import clean
from hotelbridge.core.records import Actor
from hotelbridge.errors import StoreUnavailable
from hotelbridge.services.nightly import folder_of
from hotelbridge.settings import Settings
from hotelbridge.store import schema, traces
from hotelbridge.store.database import Database, InlineRunner, Tx

T = TypeVar("T")

CLOCK = SystemClock(None)  # only its time is asked for: no reactor runs here


def on_store(settings: Settings, unit: Callable[[Tx], T]) -> T:
    """Run one unit of work; its result after the commit. Its errors are raised."""
    traces.refuse_a_new_one(settings.store.url, str(settings.path), folder_of(settings.store))
    schema.prepare(settings.store.url, str(settings.path))
    store = Database(settings.store.url, runner=InlineRunner(), node=settings.node, clock=CLOCK)
    results: list[T | Failure] = []
    store.run(unit).addBoth(results.append)
    store.close().addErrback(lambda failure: None)  # what counts is in `results`
    if not results:
        raise StoreUnavailable("the database is in use and did not answer; try again")
    (result,) = results
    if isinstance(result, Failure):
        result.raiseException()
        raise AssertionError("not reached")
    return result


def bound_to(settings: Settings, properties: Sequence[str]) -> str:
    """The properties as a row keeps them: '' for all, or a comma list. One that is not there is bad usage."""
    known = {property.id for property in settings.properties}
    for one in properties:
        if one not in known:
            raise click.UsageError(f"there is no property {one}{nearest(one, known)}")
    return ",".join(dict.fromkeys(properties))


def listed(bound: str, everywhere: str) -> str:
    """The same for people; `everywhere` where it is all of them."""
    return bound.replace(",", ", ") or everywhere


def typist() -> Actor:
    """Who types, for the journal: by `sudo`, whoever called it. Whoever may write the store may lie here."""
    known = os.environ.get("SUDO_USER", "")
    if not known:
        try:
            known = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            known = f"user {os.getuid()}"
    return Actor(clean(known), "command line")
