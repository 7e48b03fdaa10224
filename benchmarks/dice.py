"""What can happen in a hotel at random, drawn from a seed: guests, faults of devices, staff, power cuts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.clockwork import POINTS, Clockwork
from hotelbridge.core.records import Actor, ClosingOutcome, WakeupState
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services.orderviews import BookingRequest, ChangeRequest
from hotelbridge.services.views import AcknowledgeRequest, CloseRequest, WakeupQuery, WakeupView
from hotelbridge.testing.fake_om_faults import CommandFault, EventFault
from hotelbridge.testing.fake_om_scripts import (
    LIFT_AND_DROP,
    RINGS_FOR_EVER,
    Answers,
    Busy,
    Dropped,
    Fails,
    NoAnswer,
    Offline,
    ReplyLost,
    Script,
    Silent,
)

DESK = Actor("anna", "desk")
# Reports that a device loses, or that nobody can read: what they told was not told.
UNTOLD = (EventFault.LOSE, EventFault.GARBAGE, EventFault.VISITOR_FROM_ONLY)


@dataclass(slots=True)
class Booked:
    """A wake-up that was accepted."""

    id: int
    room: str
    due: datetime
    cancelled: bool = False


@dataclass(slots=True)
class Diary:
    """What was done to the house from outside, for whoever looks at the end."""

    booked: dict[int, Booked] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)  # by code
    unanswered: int = 0  # requests whose answer was lost with the daemon
    away: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)  # of devices
    kills: int = 0
    done: dict[str, int] = field(default_factory=dict)  # what staff did, by word
    failures: list[str] = field(default_factory=list)


class Dice:
    """Throws for one hotel. Every throw comes from the seed, so that a night can be had again."""

    def __init__(self, hotel: Clockwork, seed: int) -> None:
        self.hotel = hotel
        self.dice = random.Random(seed)
        self.diary = Diary(away={name: [] for name in hotel.devices})

    # -- guests ----------------------------------------------------------------------------------------

    def script(self) -> Script:
        """What one call meets."""
        dice = self.dice
        answers = Answers(after=dice.uniform(1, 25), talk=dice.choice([7.0, 12.0, 20.0, 40.0, None]))
        odd: Sequence[Script] = (
            NoAnswer(rings=dice.uniform(10, 60), bye=dice.random() < 0.5, cdr=dice.random() < 0.5),
            RINGS_FOR_EVER,
            LIFT_AND_DROP,
            Busy(dice.choice([4, 6]), frees_after=dice.choice([None, 5.0, 40.0])),
            Offline(dice.choice([3, 8])),
            Fails(dice.choice([1, 2, 5, 7])),
            Silent(rings=dice.choice([0.0, 20.0, 50.0]), answers_after=dice.choice([None, 8.0])),
            ReplyLost(answers),
            ReplyLost(NoAnswer(rings=20)),
            Dropped(),
            Answers(after=3, talk=15, keys=((4.0, "1"),)),
        )
        return answers if dice.random() < 0.7 else dice.choice(odd)

    def give_scripts(self) -> None:
        """Every phone gets what its next calls meet."""
        for om in self.hotel.devices.values():
            for number in om.phone_numbers:
                om.script(number, *(self.script() for _ in range(self.dice.randint(1, 3))))

    def guest(self) -> None:
        """A guest uses his phone for something of his own."""
        om = self.hotel.devices[self.dice.choice(list(self.hotel.devices))]
        number = self.dice.choice(om.phone_numbers)
        phone = om.phone(number)
        if phone.call is None and not phone.hook and om.up:
            om.guest_dials(number, self.dice.choice(["0043123456", self.dice.choice(om.phone_numbers)]))
        elif phone.call is not None and self.dice.random() < 0.3:
            om.guest_hangs_up(number)

    # -- devices ---------------------------------------------------------------------------------------

    def fault(self) -> None:
        """A device misbehaves once."""
        om = self.hotel.devices[self.dice.choice(list(self.hotel.devices))]
        if self.dice.random() < 0.5:
            command = self.dice.choice(list(CommandFault))
            verb = self.dice.choice(["Connect", "Query", "Clear", "Assign", None])
            om.faults.next(
                command, verb, seconds=self.dice.choice([0.5, 4.0, 12.0]), code=self.dice.randint(1, 8)
            )
        else:
            event = self.dice.choice(list(EventFault))
            name = self.dice.choice(["RING", "ANSWER", "IDLE", "BYE", "EndOfAnn", "FAILED", None])
            om.faults.next(event, name, seconds=self.dice.choice([0.2, 3.0, 20.0]))

    def restart_device(self) -> None:
        """A device restarts, and forgets its menus and calls."""
        name = self.dice.choice(list(self.hotel.devices))
        downtime = self.dice.uniform(5, 90)
        if self.hotel.devices[name].up:
            self._away(name, downtime)
            self.hotel.devices[name].reboot(downtime)

    def cut_device(self) -> None:
        """The network to a device is gone for a while."""
        name = self.dice.choice(list(self.hotel.devices))
        om, seconds = self.hotel.devices[name], self.dice.uniform(5, 180)
        if om.network == "up":
            self._away(name, seconds)
            om.cut(self.dice.choice(["refused", "dead"]))
            self.hotel.clock.call_later(seconds, om.mend)

    def _away(self, name: str, seconds: float) -> None:
        now = self.hotel.clock.now()
        self.diary.away[name].append((now, now + timedelta(seconds=seconds)))

    # -- the daemon ------------------------------------------------------------------------------------

    def kill(self) -> None:
        """`kill -9`: now, or in the middle of one of the next things it does."""
        if not self.hotel.up:
            return
        self.diary.kills += 1
        if self.dice.random() < 0.3:
            self.hotel.crash()
        else:
            self.hotel.life.die_at(self.dice.choice(POINTS), self.dice.randint(1, 6))

    # -- the desk --------------------------------------------------------------------------------------

    def book(self, room: str, due: datetime) -> None:
        """Somebody asks for a wake-up."""
        if not self.hotel.up:
            return
        local = self.hotel.local(due)
        request = BookingRequest(room=room, at=local)
        view = self._asked("booked", lambda: self.hotel.daemon.desk.book("main", request, DESK))
        if isinstance(view, WakeupView):
            self.diary.booked[view.id] = Booked(view.id, room, view.due)

    def staff(self) -> None:
        """Somebody at the desk does something."""
        if self.hotel.up:
            self.dice.choice([self._cancel, self._change, *2 * [self._acknowledge], *6 * [self._close]])()

    def _some(self, *states: WakeupState) -> WakeupView | None:
        state = self.dice.choice(states)
        query = WakeupQuery(state=state, limit=20)
        page = self._asked("", lambda: self.hotel.daemon.desk.wakeups("main", query))
        return self.dice.choice(page.items) if page is not None and page.items else None

    def _cancel(self) -> None:
        one = self._some(WakeupState.SCHEDULED, WakeupState.CALLING, WakeupState.WAITING)
        if one is not None:
            done = self._asked("cancelled", lambda: self.hotel.daemon.desk.cancel("main", one.id, DESK))
            if done is not None and one.id in self.diary.booked:
                self.diary.booked[one.id].cancelled = True

    def _change(self) -> None:
        one = self._some(WakeupState.SCHEDULED)
        if one is None:
            return
        due = one.due + timedelta(minutes=self.dice.choice([-10, 5, 15, 30]))
        request = ChangeRequest(at=self.hotel.local(due))
        view = self._asked("changed", lambda: self.hotel.daemon.desk.change("main", one.id, request, DESK))
        if isinstance(view, WakeupView) and view.id in self.diary.booked:
            self.diary.booked[view.id].due = view.due

    def _acknowledge(self) -> None:
        page = self._asked("", lambda: self.hotel.daemon.desk.alarms("main", True, 50, None))
        if page is None or not page.items:
            return
        alarm = self.dice.choice(page.items)
        outcome = self.dice.choice([None, None, ClosingOutcome.WOKEN_BY_STAFF, ClosingOutcome.NOT_IN_ROOM])
        request = AcknowledgeRequest("anna", "", outcome if alarm.wakeup is not None else None)
        self._asked(
            "acknowledged", lambda: self.hotel.daemon.desk.acknowledge("main", alarm.id, request, DESK)
        )

    def _close(self) -> None:
        one = self._some(WakeupState.CALLING, WakeupState.WAITING, WakeupState.ALARMED)
        if one is not None:
            request = CloseRequest("berta", ClosingOutcome.WOKEN_BY_STAFF)
            self._asked("closed", lambda: self.hotel.daemon.desk.close("main", one.id, request, DESK))

    def _asked(self, word: str, call: Callable[[], Any]) -> Any:
        """What the desk says; None for a refusal, or where the daemon died before it answered."""
        result = self.hotel.tried(call())
        if result is None:
            self.diary.unanswered += bool(word)
        elif isinstance(result, Refusal):
            self.diary.refused[result.code] = self.diary.refused.get(result.code, 0) + 1
            return None
        elif isinstance(result, StoreUnavailable):
            return None
        elif isinstance(result, BaseException):
            self.diary.failures.append(f"{word}: {result!r}")
            return None
        elif word:
            self.diary.done[word] = self.diary.done.get(word, 0) + 1
        return result
