"""From rows to views of rooms, of their journal and of resyncs, inside a read, as each caller may see them.

Names of guests, and numbers to which they have their calls sent, are for those who may know the guests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from hotelbridge.core.personal import HIDDEN
from hotelbridge.services import reading, recorder, why
from hotelbridge.services.omwords import OF_PEOPLE
from hotelbridge.services.roomviews import JournalQuery, JournalView, ResyncView, RoomDetail, StayView
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Page, PhoneView
from hotelbridge.store import journal, resyncs, stays
from hotelbridge.store.database import Tx
from hotelbridge.store.resyncs import Resync

T = TypeVar("T")


def details(tx: Tx, rules: Rules, numbers: tuple[str, ...], *, named: bool) -> tuple[RoomDetail, ...]:
    """Rooms with their phones and those in them, as this caller may see them."""
    states, guests_of = (
        stays.room_states(tx, rules.property, numbers),
        inside(tx, rules, numbers, named=named),
    )
    found, known = [], set(rules.rooms())
    for room in reading.room_views(tx, rules, numbers):
        state, guests = states[room.number], guests_of.get(room.number, ())
        found.append(
            RoomDetail(
                number=room.number,
                phones=room.phones if named else tuple(map(_without_numbers, room.phones)),
                pending=room.pending,
                occupied=bool(guests),
                stays=guests,
                line_class=state.line_class,
                line_class_by=state.line_class_by,
                do_not_disturb=state.do_not_disturb,
                configured=room.number in known,
            )
        )
    return tuple(found)


def inside(tx: Tx, rules: Rules, numbers: tuple[str, ...], *, named: bool) -> dict[str, tuple[StayView, ...]]:
    """Who is in these rooms, as this caller may know them."""
    found: dict[str, tuple[StayView, ...]] = {}
    for stay in stays.in_house(tx, rules.property, numbers):
        found[stay.room] = (*found.get(stay.room, ()), why.stay_view(rules, stay, named=named))
    return found


def _without_numbers(phone: PhoneView) -> PhoneView:
    """A phone without the numbers of people that it holds: where a guest has his calls sent."""
    held = phone.held
    if held is None or not OF_PEOPLE & held.keys():
        return phone
    return replace(phone, held={k: HIDDEN if v and k in OF_PEOPLE else v for k, v in held.items()})


def room_page(tx: Tx, rules: Rules, limit: int, cursor: str | None, *, named: bool) -> Page[RoomDetail]:
    """At the end of the last page the rooms with guests that nobody configured: nothing rings there."""
    numbers, more = reading.room_numbers(rules, limit, cursor)
    if more is None:
        taken = {stay.room for stay in stays.in_house(tx, rules.property)}
        numbers = (*numbers, *sorted(taken.difference(rules.rooms())))
    return Page(details(tx, rules, numbers, named=named), more)


def journal_page(tx: Tx, rules: Rules, query: JournalQuery, *, named: bool) -> Page[JournalView]:
    """What happened in a room, or in the house, newest first. Refuses `bad_cursor`."""
    before = None if query.cursor is None else reading.number_of(query.cursor)
    most = query.limit + 1
    if query.room is None:
        found = journal.of_house(tx, rules.property, most, before)
    else:
        found = journal.of_room(tx, rules.property, query.room, most, before)
    page, more = _piece(found, query.limit, lambda line: line.id)
    return Page(tuple(recorder.journal_view(rules, line, named=named) for line in page), more)


def resync_page(tx: Tx, rules: Rules, limit: int, cursor: str | None, *, named: bool) -> Page[ResyncView]:
    """Resyncs, newest first. Refuses `bad_cursor`."""
    before = None if cursor is None else reading.number_of(cursor)
    found = resyncs.listed(tx, rules.property, limit + 1, before)
    page, more = _piece(found, limit, lambda one: one.id)
    return Page(tuple(resync_view(rules, one, named=named) for one in page), more)


def resync_view(rules: Rules, one: Resync, *, named: bool) -> ResyncView:
    """The difference names guests: it is for those who may know them."""
    return ResyncView(
        id=one.id,
        state=one.state,
        begun=one.begun_at.astimezone(rules.zone),
        ended=None if one.ended_at is None else one.ended_at.astimezone(rules.zone),
        difference=json.loads(one.difference) if one.difference and named else None,
        decided_by=one.decided_by,
        decided_at=None if one.decided_at is None else one.decided_at.astimezone(rules.zone),
    )


def _piece(found: Sequence[T], limit: int, id_of: Callable[[T], int]) -> tuple[Sequence[T], str | None]:
    """What is shown of one more than was asked for, and the cursor to the rest."""
    shown = found[:limit]
    return shown, str(id_of(shown[-1])) if len(found) > len(shown) and shown else None
