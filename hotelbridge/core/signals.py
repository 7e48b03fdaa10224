"""What can happen to the ring of one phone, in words: signs, what is wished because of them, and times.

`core.attempt` says what each of them means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hotelbridge.core.records import Attempt, Outcome
from hotelbridge.texts import phrase


class Phase(StrEnum):
    """What is known of the call."""

    SAVED = "saved"  # on record; the Connect is about to be written, or its reply was lost
    PLACED = "placed"  # the device took it
    RINGING = "ringing"
    TALKING = "talking"  # off hook, listening to the menu
    VERIFYING = "verifying"  # off hook for long enough, if no report was lost: the phone is asked
    UNSURE = "unsure"  # no report came; it may be ringing all the same
    RECALLED = "recalled"  # was off hook when this program stopped; the device is asked
    CLEARING = "clearing"  # ring or talk time is over; the call is being ended
    LETTING_GO = "letting_go"  # rang for us, then was out of sight for too long; it is being ended
    LOOSE = "loose"  # its outcome is known, the end of its call is not: it is ended yet, if it can be
    OVER = "over"


class Sign(StrEnum):
    """What can be learned of an attempt."""

    ACCEPTED = "accepted"  # the device's reply
    FAILED = "failed"  # the device's FAILED, as reply or pushed
    NOT_WRITTEN = "not_written"  # the command certainly did not reach the device
    STALE = "stale"  # dropped by ourselves before it was written
    REPLY_LOST = "reply_lost"
    RANG = "rang"
    ANSWERED = "answered"
    HEARD = "heard"  # the announcement was played to its end
    KEYED = "keyed"  # keys were pressed
    DIVERTED = "diverted"  # the device sent the call elsewhere
    HUNG_UP = "hung_up"  # IDLE or BYE
    SEEN = "seen"  # the answer to a Query of the phone
    REBOOTED = "rebooted"  # BOOTUP: every call of the device is gone
    RESTARTED = "restarted"  # this program starts again
    WITHDRAWN = "withdrawn"  # cancelled, or another phone of the room was answered
    SILENCE = "silence"  # check_at has come


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign, at one instant (UTC), with what it carries."""

    sign: Sign
    at: datetime
    code: int | None = None  # FAILED: the err code of chapter 2.4.3
    reason: str = ""
    state: str = ""  # SEEN: ready, active, progress, offline, offhook
    foreign: bool = False  # SEEN: the phone is in a call that is not ours
    keys: str = ""  # KEYED


class Wish(StrEnum):
    """What must be asked of the device because of a signal."""

    NOTHING = "nothing"
    QUERY = "query"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Times:
    """How long an attempt waits for what."""

    ring: timedelta
    min_answer: timedelta
    talk: timedelta
    report_within: timedelta
    reply_within: timedelta
    clear_within: timedelta = timedelta(seconds=15)
    loose: timedelta = timedelta(minutes=3)  # for so long a call is ended that the device did not end
    digit: str = ""  # the key that proves; empty: any


@dataclass(frozen=True, slots=True)
class Step:
    """The attempt after a signal, and what is wished of the device."""

    attempt: Attempt
    wish: Wish = Wish.NOTHING


# FAILED codes, chapter 2.4.3: outcome, whether it was a try at all, and words for the desk.
FAILURES: dict[int, tuple[Outcome, bool, str]] = {
    1: (Outcome.REFUSED, False, phrase("temporary failure of the device")),
    2: (Outcome.REFUSED, True, phrase("the device does not allow the call")),
    3: (Outcome.UNREACHABLE, True, phrase("the phone is not connected")),
    4: (Outcome.BUSY, True, phrase("the phone is in another call")),
    5: (Outcome.REFUSED, False, phrase("the device has no free line for the announcement")),
    6: (Outcome.BUSY, True, phrase("the phone is busy")),
    7: (Outcome.UNREACHABLE, True, phrase("the device knows no such phone")),
    8: (Outcome.UNREACHABLE, True, phrase("the phone is not connected")),
}
