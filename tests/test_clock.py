"""The machine's own clocks."""

from __future__ import annotations

from hotelbridge.clock import SystemClock


def test_the_boot_time_clock_only_goes_on_and_says_which_boot_it_counts_from() -> None:
    """K1: what a step of the wall clock is seen by."""
    clock = SystemClock(None)
    first, second = clock.boottime(), clock.boottime()
    assert 0 < first <= second
    assert clock.boot_id() == clock.boot_id() != ""


def test_the_wall_clock_is_aware() -> None:
    """K1: an instant, not a time of day."""
    assert SystemClock(None).now().utcoffset() is not None
