"""Who did what in a hotel, as the console shows it: from rows to views, inside a read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hotelbridge.errors import Refusal
from hotelbridge.services.userwindow import ActionQuery, ActionView
from hotelbridge.services.views import Page
from hotelbridge.store import actions, users
from hotelbridge.store.actions import SOURCES, Action, Place, Wanted
from hotelbridge.store.database import Tx

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_CURSOR = re.compile(f"([0-9]{{1,16}})-([0-{len(SOURCES) - 1}])-([0-9]{{1,18}})")


def page(tx: Tx, property: str, query: ActionQuery) -> Page[ActionView]:
    """A piece of the list, newest first. Refuses `bad_cursor`."""
    wanted = Wanted(
        property,
        node_wide=query.node_wide,
        by=None if query.by is None else _as_written(tx, query.by),
        room=query.room,
        begins=query.begins,
        ends=query.ends,
        behind=None if query.cursor is None else _place(query.cursor),
    )
    found = actions.newest(tx, wanted, query.limit + 1)
    shown = found[: query.limit]
    return Page(tuple(map(_view, shown)), _cursor(shown[-1]) if len(found) > len(shown) and shown else None)


def _as_written(tx: Tx, name: str) -> str:
    """A user's name as the journals have it, however it was typed."""
    user = users.by_name(tx, name)
    return name if user is None else user.name


def _view(one: Action) -> ActionView:
    kind, about = one.source, one.about
    if one.source == "audit":
        kind, _, about = one.about.partition(" ")
    elif one.source == "room":
        about = one.room
    id = f"{one.source}-{one.id}"
    return ActionView(id, one.at, one.by, one.origin, one.what, one.text, kind, about, one.room)


def _cursor(one: Action) -> str:
    at, source, id = one.place
    return f"{(at - _BEGIN) // _TICK}-{source}-{id}"


def _place(cursor: str) -> Place:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Refusal("bad_cursor", f"The cursor {cursor[:40]!r} is none that this list gave.")
    at, source, id = map(int, found.groups())
    return _BEGIN + at * _TICK, source, id
