"""Change or end a whole order, inside a unit of work: with all its wake-ups to come.

Those that ring already or are over are left. So are those that somebody changed for one day: what was
agreed for that day is more than what was agreed for all. Where a new time is over for today already,
today's wake-up stays at its old time instead of being lost. All that is left so is named in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from hotelbridge.core import localtime
from hotelbridge.core.localtime import Moment, occurrence
from hotelbridge.core.orders import (
    DAY,
    Planned,
    clock_time,
    days_between,
    holds,
    local_day,
    of_moment,
    wall,
    weekdays,
)
from hotelbridge.core.readback import clock_of, day_of
from hotelbridge.core.records import Actor, Order, Wakeup, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services import asking, changing, making
from hotelbridge.services.effects import Effect
from hotelbridge.services.orderviews import OrderChange
from hotelbridge.services.rules import Rules
from hotelbridge.store import orders, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase


@dataclass(slots=True)
class Done:
    """What became of the wake-ups of an order."""

    order: Order
    changed: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)  # those of them that ring at another time
    made: list[int] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    why_left: list[str] = field(default_factory=list)  # a sentence about each of those
    effects: list[Effect] = field(default_factory=list)

    def leave(self, wakeup: Wakeup, why: str) -> None:
        """It stays as it was."""
        at = datetime.fromisoformat(wakeup.local)
        id, when = wakeup.id, f"{day_of(at.date())} {clock_of(at)}"
        self.left.append(id)
        self.why_left.append(phrase(f"Wake-up {id} of room {wakeup.room} on {when} stays as it was: {why}."))


def find(tx: Tx, rules: Rules, id: int) -> Order:
    """An order by its number, or the refusal `unknown_order`."""
    order = orders.get(tx, rules.property, id)
    if order is None:
        raise Refusal("unknown_order", f"There is no order {id}.", status=404)
    return order


def end(tx: Tx, rules: Rules, id: int, actor: Actor, now: datetime) -> Done:
    """Nothing of it rings any more; what rings already goes on. Ended again: nothing happens."""
    order = find(tx, rules, id)
    if order.ended_at is not None:
        return Done(order)
    done = Done(replace(order, ended_at=now, ended_by=actor.name))
    orders.save(tx, done.order)
    along = phrase(f"with order {id}")
    for one in wakeups.of_order(tx, rules.property, id, [WakeupState.SCHEDULED]):
        _drop(tx, rules, one, actor, now, done, along)
    return done


def change(tx: Tx, rules: Rules, id: int, request: OrderChange, actor: Actor, now: datetime) -> Done:
    """Another time, other rooms or days, another note, ... from now on, for all that is to come."""
    before = find(tx, rules, id)
    if before.ended_at is not None:
        raise Refusal("order_ended", f"Order {id} was ended by {before.ended_by}.", status=409)
    pending = wakeups.of_order(tx, rules.property, id, [WakeupState.SCHEDULED])
    if not before.days and not pending:
        raise Refusal("not_changeable", f"Of order {id} nothing is to come any more.", status=409)
    after = _changed(tx, rules, before, request, now)
    if after == before:
        return Done(before)
    orders.save(tx, after)
    work = _Change(tx, rules, before, after, actor, now, Done(after))
    work.go(pending)
    if after.days:
        work.done.order, made = making.days_ahead(tx, rules, after, now, actor, _made_by_change(id))
        work.done.made += [one.id for one in made]
    touched = {*work.done.moved, *work.done.made}
    to_come = wakeups.of_order(tx, rules.property, id, [WakeupState.SCHEDULED])
    making.promise(tx, rules, [one for one in to_come if one.id in touched], now)
    return work.done


def _changed(tx: Tx, rules: Rules, before: Order, request: OrderChange, now: datetime) -> Order:
    """The order as it is to be; refuses what does not fit together."""
    after = replace(before, **changing.wanted(request))
    if request.time is not None:
        try:
            clock = localtime.read_time(request.time).isoformat()
        except localtime.LocalTimeError as error:
            raise Refusal("invalid_time", str(error)) from None
        after = replace(after, local=f"{before.local[:10]}T{clock}")
        if not before.days and after != before:
            asking.in_time(rules, asking.single(rules, after.local, now), now)
    if request.rooms is not None:
        rooms = asking.rooms(rules, request.rooms)
        new = [room for room in rooms if room not in before.rooms]
        asking.in_house(tx, rules, new, request.anyway)
        after = replace(after, rooms=rooms, anyway=before.anyway or bool(new and request.anyway))
    if request.days is not None or request.until is not None:
        after = _goes_on(rules, before, _other_days(before, after, request), now)
    if request.follow_up is not None:
        after = replace(after, follow_up=request.follow_up or None)
    return after


def _made_by_change(id: int) -> making.Words:
    return lambda when: phrase(f"made by a change of order {id} for {when}")


def _other_days(before: Order, after: Order, request: OrderChange) -> Order:
    if not before.days:
        sentence = phrase(
            "This order is for one day: move its wake-ups, or book a new order for several days."
        )
        raise Refusal("not_recurring", sentence, status=409)
    if request.days is not None:
        after = replace(after, days=weekdays(request.days))
    if request.until is not None:
        if request.until and request.until < before.local[:10]:
            day = before.local[:10]
            raise Refusal(
                "invalid_until",
                f"The last day, {request.until}, is before the first one, {day}.",
            )
        after = replace(after, until=request.until or None)
    return after


def _goes_on(rules: Rules, before: Order, after: Order, now: datetime) -> Order:
    """An order that had come to its last day is made from now on: the days between were not asked for."""
    today = making.today(rules, now)
    if before.until is None or before.until >= today.isoformat() or after.until == before.until:
        return after
    over = occurrence(today, clock_time(after), rules.zone).instant <= now + rules.settings.wakeup.too_soon
    made_until = (today if over else today - DAY).isoformat()
    return replace(after, made_until=max(made_until, before.made_until or ""))


def _drop(tx: Tx, rules: Rules, wakeup: Wakeup, actor: Actor, now: datetime, done: Done, along: str) -> None:
    """Cancel one that is not among the cancelled yet: a follow-up may have gone with its main one."""
    if wakeup.id not in done.cancelled:
        behind = [one.id for one in wakeups.follow_ups(tx, wakeup, wakeups.PENDING)]
        done.effects += changing.cancel(tx, rules, wakeup, actor, now, along=along)[1]
        done.cancelled += [wakeup.id, *behind]


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of one order, carried through its wake-ups."""

    tx: Tx
    rules: Rules
    before: Order
    after: Order
    actor: Actor
    now: datetime
    done: Done

    def go(self, pending: list[Wakeup]) -> None:
        mains = [one for one in pending if one.follows is None]
        behind = {one.follows: one for one in pending if one.follows is not None}
        for main in mains:
            self._main(main, behind.pop(main.id, None))
        for alone in behind.values():  # the main one rings or is over
            self._follow_up(alone, None, None)
        self._new_days(mains)

    def _main(self, main: Wakeup, behind: Wakeup | None) -> None:
        day = date.fromisoformat(main.local[:10])
        # One that was moved to another day stands for itself, at its usual time too.
        standing = self._wanted(self.before, main.room, day) and (
            main.local == self._moment(self.before, day).local
        )
        if main.room not in self.after.rooms or (standing and not self._wanted(self.after, main.room, day)):
            _drop(self.tx, self.rules, main, self.actor, self.now, self.done, self._why)
            return
        when = self._moment(self.after, day) if standing and self._other_time else None
        if when is not None and when.instant <= self.now + self.rules.settings.wakeup.too_soon:
            when = None
            self.done.leave(main, phrase("the new time is over on that day, or too near"))
        elif not standing and self._other_time:
            self.done.leave(main, phrase("another time was agreed for that day"))
        self._follow_up(behind, main, self._save(main, when))

    def _follow_up(self, behind: Wakeup | None, main: Wakeup | None, moved: Wakeup | None) -> None:
        """What becomes of a follow-up whose main one stands at `main` and is now at `moved`."""
        minutes = self.after.follow_up
        if behind is None:
            if minutes is not None and self.before.follow_up is None and moved is not None:
                made = making.make_follow_up(
                    self.tx, self.rules, self.after, moved, self.now, self.actor, self._words
                )
                self.done.made.append(made.id)
            return
        if minutes is None:
            _drop(self.tx, self.rules, behind, self.actor, self.now, self.done, self._why)
            return
        when = None
        if main is None and minutes != self.before.follow_up:
            self.done.leave(behind, phrase("the wake-up that it follows rings already or is over"))
        if main is not None and moved is not None:
            standing = behind.due - main.due == timedelta(minutes=self.before.follow_up or 0)
            due = moved.due + (timedelta(minutes=minutes) if standing else behind.due - main.due)
            when = Moment(wall(due, self.rules.zone), due)
        self._save(behind, when)

    def _new_days(self, mains: list[Wakeup]) -> None:
        """Rooms and days that were not asked for before, as far as the order is made."""
        soon = self.now + self.rules.settings.wakeup.too_soon
        planned: list[Planned] = []
        for day in self._days():
            moment = self._as_the_others(self._moment(self.after, day), mains)
            new = tuple(
                room
                for room in self.after.rooms
                if self._wanted(self.after, room, day) and not self._wanted(self.before, room, day)
            )
            if new and not self.after.days:
                asking.in_time(self.rules, moment, self.now)
            if new and moment.instant >= soon:
                planned += of_moment(replace(self.after, rooms=new), moment, self.rules.zone)
        made = making.make(self.tx, self.rules, self.after, planned, self.now, self.actor, self._words)
        self.done.made += [one.id for one in made]

    @staticmethod
    def _as_the_others(moment: Moment, mains: list[Wakeup]) -> Moment:
        """In the doubled hour a room that joins rings in the same pass as those that are booked."""
        return next((Moment(one.local, one.due) for one in mains if one.local == moment.local), moment)

    def _days(self) -> Iterator[date]:
        if not self.after.days:
            yield local_day(self.after)
            return
        made_until = date.fromisoformat(self.after.made_until or self.after.local[:10])
        yield from days_between(self.after, making.today(self.rules, self.now) - DAY, made_until)

    def _save(self, wakeup: Wakeup, when: Moment | None) -> Wakeup:
        """Field by field: what was changed for one day stays."""
        fields = {
            name: new
            for name in changing.FIELDS
            if (new := getattr(self.after, name)) != (old := getattr(self.before, name))
            and getattr(wakeup, name) == old
        }
        changed = changing.apply(self.rules, wakeup, fields, when)
        if changed == wakeup:
            return wakeup
        self.done.changed.append(wakeup.id)
        if changed.next_at != wakeup.next_at:
            self.done.moved.append(wakeup.id)
        words = phrase(f"with order {self.after.id}")
        return changing.save(self.tx, self.rules, wakeup, changed, self.actor, self.now, words)

    def _moment(self, order: Order, day: date) -> Moment:
        return occurrence(day, clock_time(order), self.rules.zone)

    def _wanted(self, order: Order, room: str, day: date) -> bool:
        in_days = holds(order.days, day) if order.days else day == local_day(order)
        return room in order.rooms and in_days and (order.until is None or day.isoformat() <= order.until)

    @property
    def _other_time(self) -> bool:
        return clock_time(self.before) != clock_time(self.after)

    @property
    def _why(self) -> str:
        return phrase(f"with a change of order {self.after.id}")

    @property
    def _words(self) -> making.Words:
        return _made_by_change(self.after.id)
