"""Promises 1 to 4, checked from outside: what the phones saw, and what the desk is told at the end.

Nothing here looks into the daemon. The evidence is the simulated devices (every Connect that came in,
every ring and how it went), the answers of the API, and the diary of what was done to the house.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from benchmarks.clockwork import Clockwork
from benchmarks.dice import Booked, Diary
from hotelbridge.core.records import WakeupState
from hotelbridge.services.views import AlarmView, WakeupDetail, WakeupQuery
from hotelbridge.testing.fake_om_plant import Ring

ON_TIME = timedelta(seconds=1.5)  # a second, and what the wire and the steps of the clock take
PROOF = timedelta(seconds=5)  # `min_answer`
GRACE = timedelta(minutes=5)
SETTLE = timedelta(seconds=40)  # after a start or an outage: the device is found, its menus are set
_END_OF_A_LADDER = ("woken", "called_out", "handed_over", "closed", "cancelled")
FINAL = frozenset({WakeupState.WOKEN, WakeupState.CANCELLED, WakeupState.CLOSED})


@dataclass(slots=True)
class Verdict:
    """What the witness says."""

    ends: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)  # by reason
    breaches: list[str] = field(default_factory=list)


class Witness:
    """Looks at one hotel whose night is over."""

    def __init__(self, hotel: Clockwork, diary: Diary) -> None:
        self._hotel = hotel
        self._diary = diary
        self._wakeups = {id: self._detail(id) for id in self._ids()}
        self._alarms = list(self._all_alarms())
        self._room_of = {phone: room for room, pairs in hotel.plan.of_room.items() for phone in pairs}
        self._connects = self._by_phone()
        self._calls = self._attempts_by_device()
        self.verdict = Verdict()

    def _ids(self) -> Iterator[int]:
        cursor = None
        while True:
            page = self._hotel.asked(
                self._hotel.daemon.desk.wakeups("main", WakeupQuery(limit=500, cursor=cursor))
            )
            yield from (one.id for one in page.items)
            cursor = page.next
            if cursor is None:
                return

    def _detail(self, id: int) -> WakeupDetail:
        found: WakeupDetail = self._hotel.asked(self._hotel.daemon.desk.wakeup("main", id))
        return found

    def _all_alarms(self) -> Iterator[AlarmView]:
        cursor = None
        while True:
            page = self._hotel.asked(self._hotel.daemon.desk.alarms("main", None, 500, cursor))
            yield from page.items
            cursor = page.next
            if cursor is None:
                return

    def _by_phone(self) -> dict[tuple[str, str], list[datetime]]:
        """When each device was asked to ring which phone."""
        found: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for name, om in self._hotel.devices.items():
            for one in om.seen("Connect"):
                found[name, one.words.rpartition("ext ")[2]].append(one.at)
        return found

    def _attempts_by_device(self) -> dict[str, list[tuple[datetime, datetime]]]:
        """From when to when each device's calls were taken, as the desk is told."""
        found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for one in self._wakeups.values():
            for call in one.attempts:
                found[call.device].append((call.started, call.ended or self._hotel.clock.now()))
        return found

    # -- the promises ------------------------------------------------------------------------------------

    def testify(self) -> Verdict:
        """Look at everything."""
        self._nothing_is_lost()
        for id, one in self._wakeups.items():
            self.verdict.ends[str(one.state)] += 1
            self._came_to_an_end(one)
            self._on_time(one)
            booked = self._diary.booked.get(id)
            if booked is not None:
                self._as_asked(one, booked)
        self._every_ring_is_known()
        self._never_twice()
        self._never_too_many()
        self._none_after_proof()
        self.verdict.breaches += self._diary.failures
        return self.verdict

    def _breach(self, promise: int, one: WakeupDetail | None, words: str) -> None:
        about = f"wake-up {one.id}, room {one.room}, due {one.local}: " if one is not None else ""
        seen = "".join(f"\n        {line}" for line in self._evidence(one)) if one is not None else ""
        self.verdict.breaches.append(f"promise {promise}: {about}{words}{seen}")

    def _evidence(self, one: WakeupDetail) -> Iterator[str]:
        """What the desk is told of a wake-up, and what its phones went through around it."""
        zone = self._hotel.zone
        for line in one.history:
            yield f"{line.at.astimezone(zone):%H:%M:%S.%f}  {line.what}: {line.text}"
        begins, ends = one.due - timedelta(minutes=2), one.due + timedelta(minutes=20)
        for device, phone in self._hotel.plan.of_room[one.room]:
            om = self._hotel.devices[device]
            for ring in om.rings:
                if ring.phone == phone and begins <= ring.connect_at <= ends:
                    yield f"{device}/{phone}: {ring}"
            for said in om.said:
                if said.phone == phone and begins <= said.at <= ends:
                    yield f"{said.at.astimezone(zone):%H:%M:%S.%f}  {device} said {said.body!r}"
            for command in om.commands:
                if phone in command.words and begins <= command.at <= ends:
                    yield f"{command.at.astimezone(zone):%H:%M:%S.%f}  {device} was asked: {command}"

    def _nothing_is_lost(self) -> None:
        for id in self._diary.booked:
            if id not in self._wakeups:
                self._breach(1, None, f"wake-up {id} was accepted and is not there")

    def _came_to_an_end(self, one: WakeupDetail) -> None:
        if one.state == WakeupState.WOKEN:
            if not self._somebody_lifted(one):
                self._breach(1, one, "it is woken, and nobody held a phone of the room for long enough")
        elif one.state == WakeupState.ALARMED:
            if not any(alarm.open and self._is_about(alarm, one) for alarm in self._alarms):
                self._breach(1, one, "it is with a person, and no alarm about it is open")
        elif one.state not in FINAL:
            self._breach(1, one, f"it came to no end: {one.state}")
        elif not any(line.by and line.what in ("cancelled", "closed") for line in one.history):
            self._breach(1, one, f"it is {one.state}, and nobody is named")

    @staticmethod
    def _is_about(alarm: AlarmView, one: WakeupDetail) -> bool:
        items = getattr(alarm, "items", ())
        return alarm.wakeup == one.id or any(getattr(item, "wakeup", None) == one.id for item in items)

    def _rings(self, room: str) -> Iterator[Ring]:
        for device, phone in self._hotel.plan.of_room[room]:
            yield from (ring for ring in self._hotel.devices[device].rings if ring.phone == phone)

    def _somebody_lifted(self, one: WakeupDetail) -> bool:
        """A ring of our menu in one of its rooms was answered, from about its minute on, for long enough."""
        for ring in self._rings(one.room):
            if ring.menu is not None and ring.answered is not None:
                held = (ring.ended or self._hotel.clock.now()) - ring.answered
                if ring.started >= one.due - timedelta(minutes=1) and held >= PROOF - timedelta(seconds=0.5):
                    return True
        return False

    def _as_asked(self, one: WakeupDetail, booked: Booked) -> None:
        if one.room != booked.room or one.due != booked.due:
            self._breach(1, one, f"it was accepted for room {booked.room} at {booked.due}")
        if booked.cancelled and one.state != WakeupState.CANCELLED:
            self._breach(1, one, f"it was cancelled, and is {one.state}")

    def _first_connect(self, one: WakeupDetail) -> datetime | None:
        """When a device was first asked to ring for it."""
        for call in one.attempts:
            for at in self._connects[call.device, call.phone]:
                if call.started <= at <= call.started + timedelta(seconds=2.5):
                    return at
        return None

    def _on_time(self, one: WakeupDetail) -> None:
        at = self._first_connect(one)
        if at is None:
            if one.attempts or one.state == WakeupState.CANCELLED:
                return
            self._never_rung(one)
            return
        if at < one.due:
            self._breach(2, one, f"it was rung {one.due - at} before it was due")
        elif at - one.due > ON_TIME:
            reason = self._excuse(one, at)
            self.verdict.late[reason or "nobody knows"] += 1
            if reason is None:
                self._breach(2, one, f"it was rung {at - one.due} late, for no reason")
            if one.late is None and one.attempts[0].started - one.due > ON_TIME:
                self._breach(3, one, f"it was rung {at - one.due} late, and that is not said")
        else:
            self.verdict.late["on time"] += 1

    def _never_rung(self, one: WakeupDetail) -> None:
        """Ended without a ring: cancelled, closed by hand, served by another one's ring, or told at once."""
        if one.state == WakeupState.WOKEN:
            return  # the same ring served it; that somebody lifted was looked at
        ended = max((line.at for line in one.history), default=one.due)
        if one.state == WakeupState.CLOSED and not any(a.wakeup == one.id for a in self._alarms):
            return  # by hand, before or instead of a ring
        told = [alarm.since for alarm in self._alarms if self._is_about(alarm, one)]
        if not told:
            self._breach(1, one, f"it was never rung and nobody was told; last heard of at {ended}")
        elif min(told) > one.due + GRACE + ON_TIME + self._down_after(
            one.due + GRACE
        ) and not self._room_was_busy(one, min(told)):  # the later of two waits for the other's ladder
            self._breach(3, one, f"it was not rung, and that was told only at {min(told)}")

    def _down_after(self, at: datetime) -> timedelta:
        """How long the daemon was still down at an instant, with what it takes to come up."""
        for down, up in self._hotel.outages:
            if down - SETTLE <= at <= up + SETTLE:
                return up - at + SETTLE
        return timedelta(0)

    def _excuse(self, one: WakeupDetail, at: datetime) -> str | None:
        """Why a first ring may be late: told apart by what was seen from outside."""
        if any(_meet(down, up + timedelta(seconds=3), one.due, at) for down, up in self._hotel.outages):
            return "the daemon was down"
        devices = {device for device, _ in self._hotel.plan.of_room[one.room]}
        for name in devices:
            if any(_meet(down, up + SETTLE, one.due, at) for down, up in self._diary.away[name]):
                return "the exchange was away"
        if self._room_was_busy(one, at):
            return "another wake-up of the room was ringing"
        for name in devices:
            if self._most_at_once(name, one.due, at) >= self._hotel.plan.max_calls - len(devices):
                return "no call was free"
        if any(call.started < at - timedelta(seconds=3) for call in one.attempts):
            return "the first try did not reach the exchange"
        return self._slow_device(devices, one.due, at)

    def _room_was_busy(self, one: WakeupDetail, at: datetime) -> bool:
        for other in self._wakeups.values():
            if other.room == one.room and other.id != one.id and other.attempts:
                # Between its tries too: the later of two waits for the end of the other's ladder.
                ends = [line.at for line in other.history if line.what in _END_OF_A_LADDER]
                last = max([call.ended or at for call in other.attempts] + ends[:1])
                if _meet(other.attempts[0].started, last, one.due, at):
                    return True
        return False

    def _most_at_once(self, device: str, begins: datetime, ends: datetime) -> int:
        near = [(s, e) for s, e in self._calls[device] if s <= ends and e >= begins]
        return max(
            (sum(1 for s, e in near if s <= t < e) for t in [begins, *(s for s, _ in near)]), default=0
        )

    def _slow_device(self, devices: Iterable[str], begins: datetime, ends: datetime) -> str | None:
        """Commands of these devices that were left unanswered keep its few connections."""
        for name in devices:
            for one in self._hotel.devices[name].commands:
                if one.reply is None and _meet(one.at, one.at + timedelta(seconds=12), begins, ends):
                    return "the exchange left commands unanswered"
        return None

    def _every_ring_is_known(self) -> None:
        """Each Connect that a device saw belongs to one attempt that the desk can see."""
        known: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for one in self._wakeups.values():
            for call in one.attempts:
                known[call.device, call.phone].append(call.started)
        for phone, asked in self._connects.items():
            started = sorted(known[phone])
            for at in sorted(asked):
                mine = [s for s in started if s <= at <= s + timedelta(seconds=2.5)]
                if not mine:
                    self._breach(4, None, f"phone {phone} was rung at {at}, and no attempt says so")
                else:
                    started.remove(mine[-1])

    def _never_twice(self) -> None:
        for name, om in self._hotel.devices.items():
            for overlap in om.overlapping:
                if self._could_know(name, overlap.phone, overlap.at):
                    words = f"phone {overlap.phone} was rung at {overlap.at} while it {overlap.while_it}"
                    self._breach(4, None, f"{name}: {words}")
        for room, pairs in self._hotel.plan.of_room.items():
            for device, phone in pairs:
                rings = [r for r in self._hotel.devices[device].rings if r.phone == phone and r.menu]
                for ring, after in pairwise(rings):
                    if ring.ended is None or ring.ended > after.started:
                        self._breach(4, None, f"room {room}: two rings of {phone} at {after.started}")

    def _could_know(self, device: str, phone: str, at: datetime) -> bool:
        """Whether the house could know that this phone was still in a call of its own at that time.

        Not where the device kept quiet about the call, or its reports were lost or could not be read; nor
        where the call was to be ended, and the device did not do it three times.
        """
        om = self._hotel.devices[device]
        ring = max((r for r in om.rings if r.phone == phone and r.started <= at), key=lambda r: r.started)
        if not ring.reported or self._untold(device, phone, ring.connect_at, at):
            return False
        clears = [one for one in om.seen("Clear") if phone in one.words and ring.started <= one.at <= at]
        return len([one for one in clears if not one.executed]) < 3

    def _untold(self, device: str, phone: str, begins: datetime, ends: datetime) -> bool:
        """Whether something that this phone had to say between two instants did not reach the house."""
        om = self._hotel.devices[device]
        lost = {parcel.body for parcel in om.lost}
        return any(
            one.phone == phone and begins <= one.at <= ends and (one.body in lost or b"\xff" in one.body)
            for one in om.said
        )

    def _never_too_many(self) -> None:
        """Never more announcements in the air than the device was said to have."""
        for name, om in self._hotel.devices.items():
            steps = []
            for ring in om.rings:
                if ring.menu is not None:
                    steps += [(ring.started, 1), (ring.ended or ring.started, -1)]
            calls = 0
            for at, step in sorted(steps, key=lambda one: (one[0], one[1])):
                calls += step
                if calls > self._hotel.plan.max_calls:
                    self._breach(2, None, f"{name}: {calls} calls in the air at {at}")

    def _none_after_proof(self) -> None:
        """Once it says that the guest is awake, no call for that wake-up leaves."""
        for one in self._wakeups.values():
            proved = next((line.at for line in one.history if line.what == "woken"), None)
            if proved is None:
                continue
            for call in one.attempts:
                rung = [
                    at for at in self._connects[call.device, call.phone] if at > proved + timedelta(seconds=1)
                ]
                if call.started > proved and rung:
                    self._breach(4, one, f"phone {call.phone} was rung at {call.started}, after its proof")


def _meet(begins: datetime, ends: datetime, from_: datetime, to: datetime) -> bool:
    return begins <= to and ends >= from_
