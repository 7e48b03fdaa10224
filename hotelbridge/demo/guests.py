"""The guests of the story: in which room, due when, what they do when rung, and what must come of it.

Data only. The moments are seconds from the beginning of their scene; the numbers of rings follow from
what the guest does, so a promise about a guest is "this, and not one ring more".
"""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.testing.fake_om_scripts import (
    RINGS_FOR_EVER,
    Answers,
    Busy,
    NoAnswer,
    Offline,
    ReplyLost,
    Script,
)

LIFTS = Answers(after=1.0, talk=2.0)
DROPS = Answers(after=0.5, talk=0.3)  # lifted, and put down before it counts as awake


@dataclass(frozen=True, slots=True)
class Guest:
    """One room of a scene."""

    room: str
    due: int
    scripts: tuple[Script, ...]
    promise: str
    rings: int = 1  # how often the phone is heard
    connects: int = 1  # how often the device is asked to ring it
    ends: str = "woken"
    on_time: bool = True  # asked within a second of due


EVENING = (
    Guest("201", 0, (LIFTS,), "who answers is woken by one ring"),
    Guest(
        "202", 0, (RINGS_FOR_EVER, LIFTS), "who sleeps on is rung again, and woken by the second ring",
        rings=2, connects=2,
    ),
    Guest(
        "203", 0, (RINGS_FOR_EVER,), "who never answers is rung three times, then a person goes",
        rings=3, connects=3, ends="closed",
    ),
    Guest(
        "204", 1, (Offline(3),), "a dead phone is tried to the ladder's end, then a person goes",
        rings=0, connects=3, ends="closed",
    ),
    Guest("205", 1, (ReplyLost(LIFTS),), "a lost reply is not repeated: the guest who answered is woken"),
    Guest(
        "206", 2, (Busy(6, frees_after=1.0), LIFTS), "a busy phone is rung when it is free again",
        connects=2,
    ),
    Guest(
        "207", 2, (ReplyLost(RINGS_FOR_EVER), LIFTS),
        "a lost reply, and nobody answers: the next ring comes when the first is over",
        rings=2, connects=2,
    ),
    Guest(
        "208", 3, (DROPS, LIFTS), "who lifts and drops is not awake, and rung again",
        rings=2, connects=2,
    ),
)  # fmt: skip

REBOOT = (
    Guest(
        "209", 0, (RINGS_FOR_EVER, LIFTS), "who was being rung when the device restarted is rung again",
        rings=2, connects=2,
    ),
    Guest(
        "210", 2, (LIFTS,), "who was due while the device was down is rung when it is back",
        on_time=False,
    ),
)  # fmt: skip

KILL = (
    Guest(
        "211", 0, (NoAnswer(rings=4.0), LIFTS), "who was being rung when the daemon was killed is rung again",
        rings=2, connects=2,
    ),
    Guest(
        "212", 0, (Answers(after=0.3, talk=30.0),),
        "who had just answered when the daemon was killed is woken, and not rung again",
    ),
)  # fmt: skip

OUTAGE = (
    Guest(
        "213", 1, (LIFTS,), "due in the outage and found beyond the grace: no ring, a person goes",
        rings=0, connects=0, ends="closed", on_time=False,
    ),
    Guest("214", 7, (LIFTS,), "due in the outage and found within the grace: rung late", on_time=False),
    Guest("215", 13, (LIFTS,), "booked before the daemon was killed, due after: rung on time"),
)  # fmt: skip

HARD = (
    Guest("216", 0, (LIFTS,), "who does not want to be disturbed is woken all the same"),
    Guest("217", 0, (LIFTS,), "who forwards his calls to another room is rung in his own"),
    Guest(
        "218", 1, (LIFTS,), "a handset left off the hook: the desk is told at once, and a person goes",
        rings=0, connects=3, ends="closed",
    ),
    Guest(
        "219", 1, (DROPS, DROPS, LIFTS), "who lifts and drops, and drops again, is rung until he listens",
        rings=3, connects=3,
    ),
)  # fmt: skip

POWER_CUT = (
    Guest(
        "220", 4, (LIFTS,), "due in a power cut of the whole house: rung when the power is back",
        on_time=False,
    ),
)  # fmt: skip

ALL = EVENING + HARD + REBOOT + KILL + OUTAGE + POWER_CUT
