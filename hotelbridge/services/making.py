"""From an order to the rows of its wake-ups, inside a unit of work.

A booking makes those of its first day and of the days ahead; a day later the rest is made, day by day,
up to the same distance. How far an order is made stands in its `made_until`, saved with the wake-ups:
whoever is killed in between has made both or neither, and a day that was missed is made when the
program runs again. Such a wake-up is overdue, and a person is told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hotelbridge.core.orders import DAY, Planned, days_between, follow_up, of_day
from hotelbridge.core.readback import turned
from hotelbridge.core.records import Actor, Order, Wakeup, WakeupState
from hotelbridge.services import inperson, outlook, pmsnews
from hotelbridge.services.rules import Rules
from hotelbridge.store import history, orders, stays, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

AHEAD = timedelta(days=10)  # more than a week: of each weekday the next one is always there to be seen
AT_ONCE = 300  # wake-ups in one unit, after a long stop
Words = Callable[[str], str]  # the first line of a history, from the moment for which it is booked


def make(
    tx: Tx, rules: Rules, order: Order, planned: Sequence[Planned], now: datetime, actor: Actor, words: Words
) -> list[Wakeup]:
    """Save what is planned: the main wake-ups, then their follow-ups. `words` are the first history line."""
    mains = [one for one in planned if not one.follow_up]
    saved = _save(tx, rules, order, [(one, None) for one in mains], now, actor, words)
    later = timedelta(minutes=order.follow_up or 0)
    numbers = {(one.room, one.due + later): one.id for one in saved}
    behind = [(one, numbers[one.room, one.due]) for one in planned if one.follow_up]
    return saved + _save(tx, rules, order, behind, now, actor, words)


def make_follow_up(
    tx: Tx, rules: Rules, order: Order, main: Wakeup, now: datetime, actor: Actor, words: Words
) -> Wakeup:
    """Save the follow-up of a main wake-up that had none."""
    planned = follow_up(Planned(main.room, main.local, main.due), order.follow_up or 0, rules.zone)
    return _save(tx, rules, order, [(planned, main.id)], now, actor, words)[0]


def _save(
    tx: Tx,
    rules: Rules,
    order: Order,
    planned: Sequence[tuple[Planned, int | None]],
    now: datetime,
    actor: Actor,
    words: Words,
) -> list[Wakeup]:
    """Save wake-ups, each with the one that it follows."""
    saved = []
    rooms = list(dict.fromkeys(one.room for one, _ in planned))
    vips = {stay.room for stay in stays.in_house(tx, rules.property, rooms) if stay.vip}
    for one, follows in planned:
        fresh = _fresh(rules, order, one, now, follows, vip=one.room in vips)
        wakeup = wakeups.add(tx, fresh, now)
        pmsnews.tell(tx, rules, wakeup, now, booked=True)
        history.write(tx, wakeup, now, "booked", turned(_booked(wakeup, words), one.turn), actor)
        saved.append(wakeup)
    for room in dict.fromkeys(one.room for one in saved):
        tx.changed(rules.property, "room", room, now)
    return saved


def promise(tx: Tx, rules: Rules, these: Sequence[Wakeup], now: datetime) -> list[Wakeup]:
    """Tell each of these saved wake-ups when it will ring; refuses `slot_full` for all where one cannot."""
    wishes, ids = _wishes(these)
    return _expect(tx, these, outlook.promised(tx, rules, wishes, now, ids))


def foresee(tx: Tx, rules: Rules, these: Sequence[Wakeup], now: datetime) -> None:
    """The same where nobody could read a refusal: it stands in the history instead."""
    wishes, ids = _wishes(these)
    seen = outlook.foresee(tx, rules, wishes, now, ids)
    for one in _expect(tx, these, seen.rings):
        if seen.refusal and one.expected and one.expected > one.due + rules.ladder.promise:
            clock = f"{one.expected.astimezone(rules.zone):%H:%M}"
            words = phrase(f"will ring at {clock}: {seen.refusal}")
            history.write(tx, one, now, "full", words)


def _wishes(these: Sequence[Wakeup]) -> tuple[list[outlook.Wish], list[int]]:
    rung = [one for one in these if not one.in_person]
    return [outlook.Wish(one.room, one.due, one.vip) for one in rung], [one.id for one in rung]


def _expect(tx: Tx, these: Sequence[Wakeup], rings: Sequence[datetime]) -> list[Wakeup]:
    rung = [one.id for one in these if not one.in_person]
    expected = dict(zip(rung, rings, strict=True))
    wakeups.expect(tx, expected)
    return [replace(one, expected=expected.get(one.id)) for one in these]


def _booked(wakeup: Wakeup, words: Words) -> str:
    told = [wakeup.local.replace("T", " ")]
    if wakeup.follows:
        told.append(phrase(f"the follow-up of wake-up {wakeup.follows}"))
    if wakeup.in_person:
        told.append(phrase("in person"))
    return words(", ".join(told))


def _fresh(
    rules: Rules, order: Order, planned: Planned, now: datetime, follows: int | None, *, vip: bool
) -> Wakeup:
    return Wakeup(
        id=0,
        property=order.property,
        order_id=order.id,
        room=planned.room,
        local=planned.local,
        due=planned.due,
        state=WakeupState.SCHEDULED,
        version=1,
        tries=0,
        rounds=0,
        next_at=inperson.looks_at(rules, planned.due, order.in_person),
        first_ring=None,
        result=None,
        language=order.language,
        note=order.note,
        created_at=now,
        created_by=order.created_by,
        origin=order.origin,
        proof=order.proof,
        vip=order.vip or vip,
        in_person=order.in_person,
        reservation=order.reservation,
        follows=follows,
    )


# --- standing orders: the days ahead ---


def today(rules: Rules, now: datetime) -> date:
    """The hotel's own day."""
    return now.astimezone(rules.zone).date()


def next_look(rules: Rules, now: datetime) -> datetime:
    """When a new day begins in the hotel: then the days ahead are made."""
    return datetime.combine(today(rules, now) + DAY, time(), tzinfo=rules.zone).astimezone(UTC)


def days_ahead(
    tx: Tx,
    rules: Rules,
    order: Order,
    now: datetime,
    actor: Actor,
    words: Words,
    most: timedelta | None = None,
) -> tuple[Order, list[Wakeup]]:
    """Make a standing order's wake-ups of the days to come, behind those that are made; `most` at once."""
    made_until = date.fromisoformat(order.made_until or order.local[:10])
    last = today(rules, now) + AHEAD
    if most is not None:
        last = min(last, made_until + most)
    if last <= made_until:
        return order, []
    planned = [one for day in days_between(order, made_until, last) for one in of_day(order, day, rules.zone)]
    made = replace(order, made_until=last.isoformat())
    orders.save(tx, made)
    return made, make(tx, rules, made, planned, now, actor, words)


def _made_from(order: Order) -> Words:
    return lambda when: phrase(f"made from order {order.id} of {order.created_by} for {when}")


def top_up(tx: Tx, rules: Rules, now: datetime) -> tuple[bool, bool]:
    """Make a piece of what the standing orders lack for the days to come.

    Gives whether anything was made, which wants to be looked at, and whether there may be more to make.
    """
    last = (today(rules, now) + AHEAD).isoformat()
    room, any_made, more = AT_ONCE, False, False
    for order in orders.to_make(tx, rules.property, last, AT_ONCE):
        each_day = len(order.rooms) * (1 if order.follow_up is None else 2)
        words = _made_from(order)
        most = max(1, room // each_day) * DAY
        after, made = days_ahead(tx, rules, order, now, history.ITSELF, words, most)
        foresee(tx, rules, [one for one in made if one.due > now], now)
        room -= max(1, len(made))
        any_made, more = any_made or bool(made), more or (after.made_until or "") < last
        if room <= 0:
            return True, True
    return any_made, more


class DaysAhead:
    """Makes them once in each day of the hotel, and once after each start; `run` takes units of work.

    `piece` makes one piece, and says whether anything was made and whether there may be more.
    """

    def __init__(
        self,
        rules: Rules,
        run: Callable[[Callable[[Tx], Any]], Awaitable[Any]],
        piece: Callable[[Tx, Rules, datetime], tuple[bool, bool]] = top_up,
    ) -> None:
        self._rules = rules
        self._run = run
        self._piece = piece
        self._made_on: date | None = None

    def forget(self) -> None:
        """The property has become ours again: somebody else may have left something undone."""
        self._made_on = None

    async def make(self, now: datetime) -> bool:
        """Make a piece of what is lacking; True where something was made, or there may be more."""
        day = today(self._rules, now)
        if self._made_on == day:
            return False
        made, more = await self._run(lambda tx: self._piece(tx, self._rules, now))
        if not more:
            self._made_on = day
        return bool(made or more)
