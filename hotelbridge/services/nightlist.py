"""The list of the night and its slips: made by themselves, saved as notices, sent like all that leaves.

The subject of a notice names the night, so there is one list for each night and channel, over
restarts, days of 23 or 25 hours and clocks that are set back. What was printed is kept with it, and
what is true now is compared with that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.nights import (
    USUAL,
    Line,
    Night,
    Slip,
    changes,
    list_page,
    night_at,
    night_of,
    ringing,
    slip_page,
)
from hotelbridge.core.records import FINAL_STATES, Wakeup, WakeupState
from hotelbridge.errors import HotelbridgeError
from hotelbridge.services import outreach
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import NightView, SlipView, for_reader
from hotelbridge.store import notices, orders, wakeups
from hotelbridge.store.database import Tx

LIST, SLIP = "night_list", "slip"
MOST = 5000  # wake-ups of one night
LOOK_AGAIN = 20.0  # seconds; bounds what a step of the wall clock can cost


def listed_at(rules: Rules) -> time:
    """When the list of a night is made, or would be."""
    return time.fromisoformat(rules.settings.night_list) if rules.settings.night_list else USUAL


def shown(tx: Tx, rules: Rules, evening: date | None, now: datetime, *, named: bool) -> str:
    """The list of a night as a page; of the present or coming night where none is named."""
    night = _night(rules, evening, now)
    lines = [for_reader(line, named=named) for line in _lines(tx, rules, night, now)]
    return list_page(rules.settings.name, night, lines, now.astimezone(rules.zone))


def night_view(tx: Tx, rules: Rules, evening: date | None, now: datetime) -> NightView:
    """The same, with the slips that were made to it: each once, by however many channels it left."""
    night = _night(rules, evening, now)
    made = {
        notice.subject.partition(" ")[0]: notice
        for notice in notices.beginning(tx, rules.property, f"slip:{night.date}/")
    }
    slips = tuple(SlipView(one.made_at.astimezone(rules.zone), _slips(one.facts)) for one in made.values())
    return NightView(night.date, tuple(ringing(_lines(tx, rules, night, now))), slips)


def _night(rules: Rules, evening: date | None, now: datetime) -> Night:
    at = listed_at(rules)
    return night_at(now, at, rules.zone) if evening is None else night_of(evening, at, rules.zone)


def make(tx: Tx, rules: Rules, now: datetime) -> Night | None:
    """See to it that the present night has its list, once its time has come; the night, if it has."""
    night = night_at(now, listed_at(rules), rules.zone)
    if now < night.listed:
        return None
    subjects = {way: f"night:{night.date} {way}" for way in rules.settings.lists.configured}
    known = {notice.subject for notice in notices.beginning(tx, rules.property, f"night:{night.date} ")}
    if not known:  # a channel that joins the configuration later in the night gets slips only
        lines = _lines(tx, rules, night, now)
        text = list_page(rules.settings.name, night, lines, now.astimezone(rules.zone))
        title = f"{rules.settings.name}: wake-ups of the night of {night.date}"
        facts = _facts(rules, night, title, text, lines)
        for way, subject in subjects.items():
            notices.add(tx, outreach.fresh(rules, subject, LIST, f"lists.{way}", facts, now))
    return night


def slips(tx: Tx, rules: Rules, night: Night, now: datetime) -> None:
    """Tell what is different from what was printed of this night."""
    pages = notices.beginning(tx, rules.property, f"night:{night.date} ")
    before = notices.beginning(tx, rules.property, f"slip:{night.date}/")
    printed = {line.wakeup: line for one in (*pages, *before) for line in _kept(one.facts)}
    found = changes(printed, _present(tx, rules, night, printed, now))
    if not found:
        return
    n = 1 + len({notice.subject.partition(" ")[0] for notice in before})
    text = slip_page(rules.settings.name, night, found, n, now.astimezone(rules.zone))
    title = f"{rules.settings.name}: slip {n} to the wake-ups of the night of {night.date}"
    facts = _facts(rules, night, title, text, [slip.line for slip in found], found)
    for way in rules.settings.lists.configured:
        subject = f"slip:{night.date}/{n} {way}"
        notices.add(tx, outreach.fresh(rules, subject, SLIP, f"lists.{way}", facts, now))


def _facts(
    rules: Rules, night: Night, title: str, text: str, lines: Sequence[Line], found: Sequence[Slip] = ()
) -> str:
    facts = {
        "property": rules.property,
        "hotel": rules.settings.name,
        "night": str(night.date),
        "until": night.ends.isoformat(),
        "title": title,
        "text": text,
        "lines": [asdict(line) for line in lines],
        "changes": [
            {"change": one.what, "wakeup": one.line.wakeup, "was": one.was and asdict(one.was)}
            for one in found
        ],
    }
    return json.dumps(facts, ensure_ascii=False)


def _kept(facts: str) -> list[Line]:
    return [Line(**line) for line in json.loads(facts)["lines"]]


def _slips(facts: str) -> tuple[Slip, ...]:
    """The changes of a slip; one made by an older program does not know what was before."""
    lines = {line.wakeup: line for line in _kept(facts)}
    told = json.loads(facts)["changes"]
    return tuple(
        Slip(one["change"], lines[one["wakeup"]], Line(**was) if (was := one.get("was")) else None)
        for one in told
    )


def _lines(tx: Tx, rules: Rules, night: Night, now: datetime) -> list[Line]:
    """The wake-ups of a night: all from its list's time on, and of those before it what is not over."""
    found = wakeups.listed(tx, rules.property, wakeups.Filter(from_=night.begins, to=night.ends), MOST)
    wanted = [w for w in found if w.due >= night.listed or w.state not in FINAL_STATES]
    return _as_lines(tx, wanted, now)


def _present(tx: Tx, rules: Rules, night: Night, printed: dict[int, Line], now: datetime) -> list[Line]:
    """The night as it is now, with what was printed and has left it since."""
    here = _lines(tx, rules, night, now)
    left = printed.keys() - {line.wakeup for line in here}
    gone = [w for id in sorted(left) if (w := wakeups.get(tx, rules.property, id)) is not None]
    return here + _as_lines(tx, gone, now)


def _as_lines(tx: Tx, found: Sequence[Wakeup], now: datetime) -> list[Line]:
    repeated = orders.repeating(tx, sorted({w.order_id for w in found}))
    return [_line(w, "repeated" if w.order_id in repeated else "once", now) for w in found]


def _line(w: Wakeup, kind: str, now: datetime) -> Line:
    off = ""
    if w.state == WakeupState.CANCELLED:
        off = "cancelled"
    elif w.state == WakeupState.CLOSED and w.first_ring is None and now < w.due:
        off = "closed"
    return Line(
        wakeup=w.id,
        room=w.room,
        local=w.local,
        kind="follow-up" if w.follows is not None else kind,
        note=w.note,
        language=w.language,
        vip=w.vip,
        in_person=w.in_person,
        off=off,
        tries=w.tries,
        state=w.state.value,
    )


class NightLists:
    """Makes the lists and slips of one property in time."""

    _log = Logger()

    def __init__(self, rules: Rules, ownership: Ownership, clock: Clock, made: Callable[[], None]) -> None:
        self._rules = rules
        self._ownership = ownership
        self._clock = clock
        self._made = made  # something may want to be sent
        self._on = bool(rules.settings.night_list and rules.settings.lists.configured)
        self._listed: date | None = None  # the night that is known to have its list
        self._changed = True  # wake-ups may differ from what was printed
        self._timer: IDelayedCall | None = None
        self._gathering = False
        self._task: Deferred[None] | None = None
        self._stopped = False

    def gained(self) -> None:
        """The property has become ours: look whether something is missing."""
        self._listed, self._changed = None, True
        self._look_in(0.0)

    def changed(self) -> None:
        """A wake-up was saved; what comes in the next few seconds shares a slip."""
        if self._on and not self._gathering:
            self._changed = self._gathering = True
            self._look_in(self._rules.settings.lists.gather.total_seconds())

    def stop(self) -> None:
        """No more lists."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _look_in(self, seconds: float) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._on and not self._stopped:
            self._timer = self._clock.call_later(seconds, self._look)

    def _look(self) -> None:
        self._gathering = False
        if self._task is None:
            self._task = Deferred.fromCoroutine(self._see_to_it())
            self._task.addErrback(lambda failure: self._log.failure("the night list failed", failure))
            self._task.addBoth(self._looked)

    def _looked(self, _: object) -> None:
        self._task = None
        if not self._gathering:
            self._look_in(self._until_next())

    def _until_next(self) -> float:
        now = self._clock.now()
        night = night_at(now, listed_at(self._rules), self._rules.zone)
        wait = (night.listed - now).total_seconds()
        return min(LOOK_AGAIN, wait) if wait > 0 else LOOK_AGAIN

    async def _see_to_it(self) -> None:
        now = self._clock.now()
        night = night_at(now, listed_at(self._rules), self._rules.zone)
        is_listed = self._listed == night.date
        if now < night.listed or (is_listed and not self._changed):
            return
        self._changed = False

        def unit(tx: Tx) -> None:
            made = make(tx, self._rules, now)
            if made is not None:
                slips(tx, self._rules, made, now)

        try:
            await self._ownership.run(self._rules.property, unit)
        except HotelbridgeError as error:
            self._changed = True
            self._log.info(
                "{property}: the list of the night waits: {why}", property=self._rules.property, why=error
            )
            return
        self._listed = night.date
        self._made()
