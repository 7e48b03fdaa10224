"""By which time the house rings when the wall clock is in doubt (rule K1).

The wall clock may be set; the boot-time clock only goes on, in suspend too. While the two run side by
side the wall clock is right. When they part by more than LIMIT the house goes on by the *old* line
(the last trusted wall time, carried on by the boot-time clock) until somebody who can know says which
is right, or PATIENCE is over. A start compares with the last saved time in the same way.

Everything here is a value: readings come in, the next timeline or a verdict goes out. A line is kept
as its `origin`, the wall time at boot second 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hotelbridge.core.records import Standing, Trust
from hotelbridge.texts import phrase

LIMIT = timedelta(minutes=2)
PATIENCE = timedelta(minutes=10)
LONGEST_OFF = timedelta(days=1)  # a witness may say that the machine was off for so long
FOLLOW = 1 / 60  # of the time gone by: as fast may many small corrections add up without being a step
BACK_AT_START = timedelta(seconds=10)  # a hardware clock may be so much behind after a restart


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks of the machine at one moment."""

    wall: datetime  # aware, UTC
    boot: float  # seconds since the machine was booted, suspend included

    @property
    def origin(self) -> datetime:
        """The line that the wall clock is on."""
        return self.wall - timedelta(seconds=self.boot)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The line by which the house rings, and the other one where there is a question."""

    standing: Standing
    origin: datetime
    reference: datetime  # what the wall clock is compared with; follows small corrections slowly
    looked: float  # boot seconds
    other: datetime | None = None  # the wall clock's line when it came into doubt
    since: float = 0.0  # boot seconds at which it did
    floor: bool = False  # the old line is only the earliest that it can be: the machine was off

    def at(self, boot: float) -> datetime:
        """The time by this line."""
        return self.origin + timedelta(seconds=boot)

    def step(self, reading: Reading) -> timedelta:
        """How far the wall clock is ahead of this line."""
        return reading.origin - self.origin


@dataclass(frozen=True, slots=True)
class Mark:
    """What was saved of a timeline: its time at one moment, and the boot that the moment belongs to."""

    wall: datetime
    boot_id: str
    boot: float
    standing: Standing = Standing.AGREED
    ahead: float | None = None  # seconds that the doubted line is ahead
    since: float = 0.0
    floor: bool = False
    drift: float = 0.0  # seconds that the line's reference is ahead of it


@dataclass(frozen=True, slots=True)
class Witness:
    """The time that a clock beyond this machine showed."""

    peer: str
    shown: datetime
    boot: float  # boot seconds at which it was heard
    sound: bool = True  # False: it was wrong already while nothing was in question


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which line is right, and by whose word."""

    trust: Trust
    by: str  # a peer's name; "" where the time to answer is over; "the clock" where it explains itself
    origin: datetime | None = None  # the old line, where the witness knows it better


ITSELF = phrase("the clock")


def fresh(reading: Reading) -> Timeline:
    """A timeline that trusts the wall clock as it is."""
    return Timeline(Standing.AGREED, reading.origin, reading.origin, reading.boot)


def resumed(mark: Mark | None, boot_id: str, reading: Reading) -> Timeline:
    """The timeline after a start, from what was saved before."""
    if mark is None:
        return fresh(reading)
    if mark.boot_id == boot_id != "" and mark.boot <= reading.boot:
        origin = mark.wall - timedelta(seconds=mark.boot)
        other = None if mark.ahead is None else origin + timedelta(seconds=mark.ahead)
        reference = origin + timedelta(seconds=mark.drift)
        line = Timeline(mark.standing, origin, reference, mark.boot, other, mark.since, mark.floor)
        return look(line, reading)
    if mark.standing is not Standing.AGREED or reading.wall < mark.wall - BACK_AT_START:
        origin = mark.wall - timedelta(seconds=reading.boot)
        floor = mark.standing is Standing.AGREED or mark.floor
        return Timeline(Standing.DOUBTED, origin, origin, reading.boot, reading.origin, reading.boot, floor)
    return fresh(reading)


def mark_of(line: Timeline, boot_id: str, boot: float) -> Mark:
    """What to save of a timeline now."""
    ahead = None if line.other is None else (line.other - line.origin).total_seconds()
    drift = (line.reference - line.origin).total_seconds()
    return Mark(line.at(boot), boot_id, boot, line.standing, ahead, line.since, line.floor, drift)


def look(line: Timeline, reading: Reading) -> Timeline:
    """The timeline after a look at both clocks: small corrections are followed, steps come into doubt."""
    shown = reading.origin
    if line.standing is Standing.AGREED:
        if abs(shown - line.reference) > LIMIT:
            return _doubted(line, reading)
        gone = timedelta(seconds=max(0.0, reading.boot - line.looked))
        return replace(
            line, origin=shown, reference=_towards(line.reference, shown, gone * FOLLOW), looked=reading.boot
        )
    # Not with the origin: that followed each small correction, and the last of many would acquit them all.
    if abs(shown - line.reference) <= LIMIT:
        return fresh(reading)
    if line.other is None or abs(shown - line.other) > LIMIT:
        return _doubted(line, reading)
    return replace(line, looked=reading.boot)


def _doubted(line: Timeline, reading: Reading) -> Timeline:
    return replace(
        line, standing=Standing.DOUBTED, other=reading.origin, since=reading.boot, looked=reading.boot
    )


def _towards(here: datetime, there: datetime, at_most: timedelta) -> datetime:
    return here + min(max(there - here, -at_most), at_most)


def verdict(line: Timeline, reading: Reading, heard: Iterable[Witness]) -> Verdict | None:
    """Which line is right, if that can be said now; None while it is open, or not in question.

    A witness counts if it was heard since the question is open, and lies within LIMIT of one line.
    Where two contradict each other a person, or the time, must decide.
    """
    if line.standing is not Standing.DOUBTED:
        return None
    said = [(one, trust) for one in heard if (trust := _points_to(line, reading, one)) is not None]
    if len({trust for _, trust in said}) == 1:
        witness, trust = said[0]
        # After a restart of the machine nobody else knows how long it was off.
        knows_better = line.floor and trust is Trust.OLD
        return Verdict(trust, witness.peer, _shown_by(witness) if knows_better else None)
    if line.floor and reading.origin >= line.origin:
        return Verdict(Trust.NEW, ITSELF)  # not before the last saved time any more
    if timedelta(seconds=reading.boot - line.since) >= PATIENCE:
        return Verdict(Trust.NEW, "")
    return None


def _points_to(line: Timeline, reading: Reading, one: Witness) -> Trust | None:
    if one.boot < line.since or not one.sound:
        return None
    shown = _shown_by(one)
    from_old, from_new = abs(shown - line.origin), abs(shown - reading.origin)
    if line.floor and timedelta() < shown - line.origin <= LONGEST_OFF:
        from_old = timedelta()  # somewhere after the last saved time, as the old line is
    if from_new <= LIMIT and (line.floor or from_new < from_old):
        return Trust.NEW
    return Trust.OLD if from_old <= LIMIT else None


def _shown_by(one: Witness) -> datetime:
    return Reading(one.shown, one.boot).origin


def settled(line: Timeline, reading: Reading, verdict: Verdict) -> Timeline:
    """The timeline when it has been said which line is right."""
    if verdict.trust is Trust.NEW:
        return fresh(reading)
    origin = verdict.origin or line.origin
    reference = verdict.origin or line.reference
    return replace(
        line, standing=Standing.HELD, origin=origin, reference=reference, floor=False, looked=reading.boot
    )


def carried(line: Timeline, reading: Reading, verdict: Verdict) -> timedelta:
    """By how much the instants of what is under way must move so that its waits stay as long as they were.

    Not at all where the old line stood still while the machine was off: that time has really gone by.
    """
    step = line.step(reading)
    if verdict.trust is Trust.OLD or (line.floor and step > timedelta()):
        return timedelta()
    return step


def left(line: Timeline, boot: float) -> timedelta:
    """How long the old line is still kept without an answer; zero where nothing is open."""
    if line.standing is not Standing.DOUBTED:
        return timedelta()
    return max(timedelta(), PATIENCE - timedelta(seconds=boot - line.since))
