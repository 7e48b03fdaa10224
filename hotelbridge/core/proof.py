"""What shows that a guest is awake: lifting, listening to the end, pressing a key.

Each proof includes the stronger ones behind it: whoever presses a key also lifted the handset.
"""

from __future__ import annotations

from datetime import timedelta

from hotelbridge.core.records import Outcome, Proof
from hotelbridge.texts import phrase

_SHOWN = {Outcome.ANSWERED: Proof.ANSWER, Outcome.HEARD: Proof.HEARD, Outcome.CONFIRMED: Proof.DIGIT}
_ORDER = tuple(Proof)
_MISSING = {
    Proof.HEARD: phrase("but did not listen to the end"),
    Proof.DIGIT: phrase("but did not press the key"),
}


def satisfies(outcome: Outcome, wanted: Proof) -> bool:
    """Whether what was seen is at least what is wanted."""
    return outcome in _SHOWN and _ORDER.index(_SHOWN[outcome]) >= _ORDER.index(wanted)


def weaker(wanted: Proof, at_most: Proof) -> Proof:
    """What can still be proved where the device cannot show more than `at_most`."""
    return min(wanted, at_most, key=_ORDER.index)


def stronger(wanted: Proof, at_least: Proof) -> Proof:
    """What must be proved where less than `at_least` may speak of somebody else."""
    return max(wanted, at_least, key=_ORDER.index)


def pressed(info: str) -> str:
    """The keys of a DTMF report: without the `T` that tells a time-out."""
    return info.strip().removesuffix("T").removesuffix("t")


def is_right(keys: str, digit: str) -> bool:
    """Whether the keys pressed so far are the ones asked for; any, where none are."""
    return digit in keys if digit else bool(keys)


def put_down(wanted: Proof, lifted: timedelta, shortest: timedelta) -> str:
    """Why a handset that was lifted for so long proves nothing."""
    length = f"{lifted.total_seconds():.0f} s"
    if lifted < shortest or wanted == Proof.ANSWER:
        return phrase(f"lifted and put down after {length}")
    missing = _MISSING[wanted]
    return phrase(f"lifted for {length}, {missing}")
