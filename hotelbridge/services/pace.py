"""What the calls of each device are like here: measured from those of the last days, and kept a while.

The store is asked at most every few minutes, by whoever needs the figure then. It may be a unit or a
read on another thread: what is kept is one frozen answer, put in place of the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from hotelbridge.core.capacity import Pace, Sample, measured
from hotelbridge.store import queue
from hotelbridge.store.database import Tx

LOOK_BACK = timedelta(days=7)
FRESH = timedelta(minutes=5)
LATEST = 600  # calls that are looked at


class Paces:
    """The pace of each device of a property."""

    def __init__(self, property: str, max_calls: Mapping[str, int]) -> None:
        self._property = property
        self._max_calls = max_calls
        self._kept: tuple[datetime, Mapping[str, Pace]] | None = None

    def at(self, tx: Tx, now: datetime) -> Mapping[str, Pace]:
        """The present figures, by device."""
        kept = self._kept
        if kept is None or abs(now - kept[0]) >= FRESH:
            kept = self._kept = (now, self._measure(tx, now))
        return kept[1]

    def _measure(self, tx: Tx, now: datetime) -> Mapping[str, Pace]:
        samples: dict[str, list[Sample]] = {name: [] for name in self._max_calls}
        for call in queue.calls_since(tx, self._property, now - LOOK_BACK, LATEST):
            if call.device in samples:
                sample = Sample((call.wakeup_id, call.n), call.started, call.ended, call.proved)
                samples[call.device].append(sample)
        return {name: measured(samples[name], most, now) for name, most in self._max_calls.items()}
