"""From rows to what the desk reads back: bookings, changes, orders; in the property's own time."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from hotelbridge.core.orders import clock_time, local_day
from hotelbridge.core.outcomes import PROOFS
from hotelbridge.core.readback import clock_of, day_of, every, said, turned
from hotelbridge.core.records import Order, Wakeup
from hotelbridge.services import asking, making, preflight, standing
from hotelbridge.services.awake import Ended
from hotelbridge.services.booking import Made
from hotelbridge.services.orderviews import (
    AwakeView,
    Booked,
    BookingView,
    ChangedView,
    OrderChanged,
    OrderQuery,
    OrderView,
)
from hotelbridge.services.reading import number_of, wakeup_view, wakeup_views
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Page
from hotelbridge.store import orders
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase


def booking_view(tx: Tx, rules: Rules, made: Made, now: datetime, *, preview: bool) -> BookingView:
    """What was booked, to be read back."""
    view = BookingView(
        **_fields(wakeup_view(tx, rules, made.first_day[0], now)),
        said=_said(rules, made, now),
        rooms=made.order.rooms,
        wakeups=tuple(_booked(rules, one) for one in made.first_day),
        also=made.also,
        preview=preview,
        warnings=_warnings(tx, rules, made.order),
    )
    return _unsaved(view) if preview else view


def _warnings(tx: Tx, rules: Rules, order: Order) -> tuple[str, ...]:
    """What of the wishes or the phones stands against it, said while somebody can still do something."""
    guest = asking.elsewhere(tx, rules, order.reservation, order.rooms)
    said = (guest,) if guest else ()
    if order.in_person:
        return (*said, *_of_a_person(rules, order))
    trouble = (words for room in order.rooms for words in preflight.known_trouble(tx, rules, room))
    return (*said, *_without_menu(rules, order), *trouble)


def _of_a_person(rules: Rules, order: Order) -> tuple[str, ...]:
    if order.proof == rules.settings.wakeup.proof:
        return ()
    proof = PROOFS[order.proof]
    return (phrase(f"A person goes and says what was found: the proof {proof} is asked of nobody."),)


def _without_menu(rules: Rules, order: Order) -> tuple[str, ...]:
    """A language that is not announced; the property's default is, so nothing is refused for it."""
    devices = {device for room in order.rooms for device, _ in rules.phones(room)}
    without = [d for d in sorted(devices) if not rules.speaks(d, order.language)] if order.language else []
    if not without:
        return ()
    named = ", ".join(without)
    return (phrase(f"There is no announcement in {order.language} on {named}: the usual one is played."),)


def _booked(rules: Rules, one: Wakeup) -> Booked:
    due = one.due.astimezone(rules.zone)
    expected = one.expected.astimezone(rules.zone) if one.expected else None
    return Booked(one.id, one.room, due, one.local, one.follows, expected)


def _unsaved(view: BookingView) -> BookingView:
    """Without the numbers that it had while it was tried."""
    tried = tuple(replace(one, id=0, follows=one.follows and 0) for one in view.wakeups)
    return replace(view, id=0, order=0, wakeups=tried)


def _said(rules: Rules, made: Made, now: datetime) -> str:
    """The first moment, and what goes on from there."""
    order = made.order
    moment = turned(said(made.first_day[0].due.astimezone(rules.zone), now), made.turn)
    words = ", ".join([moment, *_how(order)])
    if not order.days or order.until == order.local[:10]:
        return words
    days = every(order.days, until=order.until, today=now.astimezone(rules.zone).date())
    return f"{words}; {phrase(f'then {days}')}"


def _how(order: Order) -> list[str]:
    person = [phrase("in person")] if order.in_person else []
    minutes = order.follow_up
    return [*person, phrase(f"and again {minutes} min later")] if minutes else person


def changed_view(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> ChangedView:
    """A wake-up as it is now, to be read back."""
    words = said(wakeup.due.astimezone(rules.zone), now)
    words = f"{words}, {phrase('in person')}" if wakeup.in_person else words
    return ChangedView(**_fields(wakeup_view(tx, rules, wakeup, now)), said=words)


def order_view(tx: Tx, rules: Rules, order: Order) -> OrderView:
    """An order, and how much of it is to come."""
    pending, due = orders.to_come(tx, order)
    same = {name: getattr(order, name) for name in _SAME}
    return OrderView(
        **same,
        pending=pending,
        next=None if due is None else due.astimezone(rules.zone),
        said=_order_said(order),
        made_until=order.made_until if order.days else None,
        created_at=order.created_at.astimezone(rules.zone),
        ended_at=None if order.ended_at is None else order.ended_at.astimezone(rules.zone),
    )


_SAME = (
    "id", "property", "rooms", "local", "days", "until", "follow_up", "proof", "vip", "in_person", "note",
    "language", "reservation", "anyway", "created_by", "origin", "ended_by",
)  # fmt: skip


def _order_said(order: Order) -> str:
    at = clock_of(datetime.combine(local_day(order), clock_time(order)))
    if order.days:
        when = every(order.days, at, order.until)
    else:
        when = f"{day_of(local_day(order))} {at}"
    return ", ".join([when, *_how(order)])


def order_changed(tx: Tx, rules: Rules, done: standing.Done) -> OrderChanged:
    """An order after a change, with what became of its wake-ups."""
    return OrderChanged(
        **_fields(order_view(tx, rules, done.order)),
        changed=tuple(done.changed),
        made=tuple(done.made),
        cancelled=tuple(done.cancelled),
        left=tuple(done.left),
        why_left=tuple(done.why_left),
    )


def order_page(tx: Tx, rules: Rules, query: OrderQuery, now: datetime) -> Page[OrderView]:
    """Orders, oldest first."""
    after, today = number_of(query.cursor), making.today(rules, now).isoformat()
    found = orders.listed(tx, rules.property, query.open, today, after, query.limit + 1)
    shown = found[: query.limit]
    more = str(shown[-1].id) if len(found) > len(shown) and shown else None
    return Page(tuple(order_view(tx, rules, order) for order in shown), more)


def awake_view(tx: Tx, rules: Rules, room: str, ended: Ended, now: datetime) -> AwakeView:
    """What ended in a room, and what is to come."""
    to_come = None if ended.next is None else wakeup_view(tx, rules, ended.next, now)
    return AwakeView(room, wakeup_views(tx, rules, ended.closed, now), to_come)


def _fields(view: Any) -> dict[str, Any]:
    return {field.name: getattr(view, field.name) for field in fields(view)}
