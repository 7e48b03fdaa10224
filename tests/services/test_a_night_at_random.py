"""One night at random on a clock that is moved by hand: a small measure of what `make week` plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.week import Measure, played, report
from tests.services.evening import fresh_database

NIGHT = Measure(
    days=1,
    rooms=60,
    devices=2,
    max_calls=6,
    wakeups=50,
    hours=0.6,
    faults=30,
    restarts=3,
    device_restarts=1,
    cuts=1,
    staff=12,
    guests=15,
)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_night_at_random_keeps_every_promise(tmp_path: Path, seed: int) -> None:
    """B1, R2, R5: whatever fails, each wake-up comes to one end, on time or said to be late, rung once."""
    told = played(NIGHT, seed, tmp_path, fresh_database())
    assert told.diary.kills and told.verdict.ends["woken"] > 20, report(told)
    assert not told.verdict.breaches, report(told)
