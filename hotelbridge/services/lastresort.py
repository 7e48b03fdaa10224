"""The alarm that needs no row: what one property says, and how, while nothing can be saved.

It stands among the open alarms under the number 0, though it is in no table; whoever is outside is told
directly, and the desk's phones ring. Its words begin with whoever called an emergency number meanwhile.
It cannot be acknowledged, because that could not be saved either. When it is over, an ordinary alarm
says from when to when, and which wake-ups fell due meanwhile. Its words name those that are due now, as
far as the database can still be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from twisted.internet.defer import CancelledError
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Alarm, AlarmKind, Change, Report, Wakeup, WakeupState
from hotelbridge.services import channels, emergencies, escalation, outreach
from hotelbridge.services.deskring import DeskRing
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.hands import SENDING
from hotelbridge.services.rules import Rules
from hotelbridge.store import wakeups
from hotelbridge.store.database import Database, Tx
from hotelbridge.texts import phrase

NUMBER = 0  # of the alarm: no row has it
SUBJECT = "unsaved"
NAMED = 20  # wake-ups named in words; of more, the number
MOST = 500  # wake-ups looked at
READS = 5.0  # seconds; a database that takes longer does not tell
AGAIN = 60.0  # seconds after which a way out that failed is tried again
_UNDER_WAY = (WakeupState.SCHEDULED, WakeupState.CALLING, WakeupState.WAITING)


class LastResort:
    """One property's; `news` is called with what the desk sees changed."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        db: Database,
        clock: Clock,
        devices: Mapping[str, DeviceLink],
        deliver: channels.Deliver,
        news: Callable[[Change], None],
    ) -> None:
        self.rules = rules
        self._db = db
        self._clock = clock
        self._deliver = deliver
        self._news = news
        self._desk = DeskRing(rules, devices, clock)
        self._outside: dict[str, float] = {}  # way: when it is told next, monotonic
        self._told = 0  # how often whoever is outside was told
        self._due: str | None = None  # the words about what is due; None: it cannot be read
        self._help: dict[str, None] = {}  # what was said of calls to emergency numbers, each once
        self._reading = False
        self._asked_at = 0.0
        self._repeat_at = 0.0
        self.alarm: Alarm | None = None

    def go_on(self, since: datetime, words: str, *, rung: bool) -> None:
        """Nothing can be saved, as `words` say; called again and again. `rung`: guests still are."""
        now = self._clock.now()
        if self.alarm is None:
            self._due, self._told, self._outside, self._repeat_at = "", 0, {}, 0.0
            self._help = {}
            self._log.error("{property}: {words}", property=self.rules.property, words=words)
        if not rung:
            self._ask_what_is_due(now)
        due = "" if rung else f" {_UNREAD if self._due is None else self._due}"
        text = " ".join([*self._help, f"{words}{due}".strip()])
        self._say(replace(self.alarm or self._fresh(since), text=text), now)
        self._tell_outside(now)
        self._desk.go_on()

    def heard(self, reports: Sequence[Report]) -> None:
        """What the devices report: of the desk's calls, and of calls for help, nothing else would hear."""
        self._desk.heard(reports)
        mine = (one for one in reports if one.property == self.rules.property)
        new = [
            words for one in mine if (words := emergencies.unsaved(self.rules, one)) not in ("", *self._help)
        ]
        if new and self.alarm is not None:
            self._help |= dict.fromkeys(new)
            self._log.error("{property}: {words}", property=self.rules.property, words=" ".join(new))
            now = self._clock.now()
            self._say(replace(self.alarm, text=" ".join([*new, self.alarm.text])), now)
            self._outside = {}
            self._tell_outside(now)

    def over(self, outcome: str = "recovered") -> None:
        """It can be saved again, and an ordinary alarm says so."""
        self._desk.stop()
        if self.alarm is not None:
            now = self._clock.now()
            self.alarm = escalation.closed(self.alarm, now, outcome, "")
            self._news(Change(self.rules.property, NUMBER, "alarm", str(NUMBER), now))
            self.alarm = None

    def _fresh(self, since: datetime) -> Alarm:
        return Alarm(
            id=NUMBER,
            property=self.rules.property,
            kind=AlarmKind.STORAGE,
            subject=SUBJECT,
            room=None,
            wakeup_id=None,
            since=since,
            level=1,
            text="",
            nagged=-1,
        )

    def _say(self, alarm: Alarm, now: datetime) -> None:
        """Tell every listener when it is time, and at once when its words have changed."""
        before, self.alarm = self.alarm, alarm
        monotonic = self._clock.monotonic()
        if before is not None and before.text == alarm.text and monotonic < self._repeat_at:
            return
        repeat = self.rules.settings.alarm.repeat
        self._repeat_at = monotonic + repeat.total_seconds()
        self.alarm = replace(alarm, next_at=now + repeat, nagged=alarm.nagged + 1)
        self._news(Change(self.rules.property, NUMBER, "alarm", str(NUMBER), now))

    def _ask_what_is_due(self, now: datetime) -> None:
        """Look once at a time; the answer is for the next words."""
        if self._reading:
            if self._clock.monotonic() - self._asked_at > READS:
                self._due = None
            return
        self._reading, self._asked_at = True, self._clock.monotonic()

        def query(tx: Tx) -> str:
            return _due_now(self.rules, due_until(tx, self.rules, now + timedelta(microseconds=1)))

        def read(result: object) -> None:
            self._reading = False
            self._due = result if isinstance(result, str) else None

        self._db.read(query).addBoth(read)

    # --- whoever is outside ---

    def _tell_outside(self, now: datetime) -> None:
        monotonic = self._clock.monotonic()
        for way in self.rules.settings.alarm.configured:
            if monotonic >= self._outside.get(way, monotonic):
                self._outside[way] = monotonic + self.rules.manners.second_repeat.total_seconds()
                self._send(way, now)

    def _send(self, way: str, now: datetime) -> None:
        assert self.alarm is not None
        self._told += 1
        self.alarm = replace(self.alarm, level=2, escalated_at=now)
        facts = json.dumps(outreach.alarm_facts(self.rules, self.alarm, [], 1), ensure_ascii=False)
        subject = f"{SUBJECT}:{self.alarm.since:%Y%m%dT%H%M%SZ}/{self._told} alarm.{way}"
        notice = outreach.fresh(self.rules, subject, outreach.ALARM, f"alarm.{way}", facts, now)
        sending = self._deliver(outreach.letter(self.rules, notice))
        patience = self._clock.call_later(SENDING, sending.cancel)

        def ended(result: object) -> None:
            if patience.active():
                patience.cancel()
            value = getattr(result, "value", None)
            if isinstance(value, BaseException):
                why = "it took too long" if isinstance(value, CancelledError) else str(value)
                self._log.warn("alarm.{way} does not take messages: {why}", way=way, why=why)
                again = self._clock.monotonic() + AGAIN
                self._outside[way] = min(self._outside.get(way, again), again)

        sending.addBoth(ended)


_UNREAD = phrase("Which wake-ups are due now cannot be read: go by the list of the night.")


def due_until(tx: Tx, rules: Rules, until: datetime) -> list[Wakeup]:
    """Wake-ups that are not over and should have been rung by then."""
    found: list[Wakeup] = []
    for state in _UNDER_WAY:
        found += wakeups.listed(tx, rules.property, wakeups.Filter(state=state, to=until), MOST)
    return sorted(found, key=lambda wakeup: (wakeup.due, wakeup.id))


def named(rules: Rules, some: Sequence[Wakeup]) -> str:
    """Wake-ups in words: room and time, by due time."""
    first = ", ".join(f"{one.room} ({one.due.astimezone(rules.zone):%H:%M})" for one in some[:NAMED])
    more = len(some) - NAMED
    return phrase(f"{first} and {more} more") if more > 0 else first


def _due_now(rules: Rules, due: Sequence[Wakeup]) -> str:
    if not due:
        return phrase("No wake-up is due now.")
    count, rooms = len(due), named(rules, due)
    if count == 1:
        return phrase(f"1 wake-up is due now, to be woken by hand: {rooms}.")
    return phrase(f"{count} wake-ups are due now, to be woken by hand: {rooms}.")


def afterwards(
    tx: Tx, rules: Rules, since: datetime, until: datetime, why: str, now: datetime, astray: bool = False
) -> None:
    """The ordinary alarm about a time in which nothing could be saved; raised again, it is the same one.

    `astray`: it was saved, but into a file that was not in its place.
    """
    fell_due = wakeups.listed(tx, rules.property, wakeups.Filter(from_=since, to=until), MOST)
    some = due_until(tx, rules, since)
    some += [wakeup for wakeup in fell_due if wakeup.state != WakeupState.CANCELLED]
    what = phrase("No wake-up fell due then.")
    if some:
        rooms = named(rules, some)
        what = phrase(f"Wake-ups that fell due or were under way then, see what became of each: {rooms}.")
    text = f"{_for_how_long(rules, since, until, why, astray=astray)} {what}"
    if not astray:
        refused = phrase("What was booked or changed at the desk then was refused.")
        text = f"{text} {refused}"
    subject = f"{SUBJECT}:{since:%Y-%m-%dT%H:%M:%S}"
    escalation.raise_alarm(tx, rules, now, AlarmKind.STORAGE, subject, text)


def _for_how_long(rules: Rules, since: datetime, until: datetime, why: str, *, astray: bool) -> str:
    begun, ended, cause = _clock(rules, since), _clock(rules, until), why.rstrip(".")
    if astray:
        return phrase(f"From {begun} to {ended} the database was not in its place: {cause}.")
    return phrase(f"From {begun} to {ended} nothing could be saved: {cause}.")


def _clock(rules: Rules, at: datetime) -> str:
    return f"{at.astimezone(rules.zone):%Y-%m-%d %H:%M:%S}"
