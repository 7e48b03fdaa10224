"""How late the first ring leaves when many wake-ups are due in the same minute.

Measured at the devices, which are bare ones (`bare_device`): from the due instant, or from the instant
at which a call of that device became free, to the arrival of the Connect. The daemon is the real one,
on SQLite with every commit synced, and shares the machine's cores with the devices.
"""

from __future__ import annotations

import math
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stage import Plant, Stage, Written

LEAD = 15.0  # seconds from the last booking to the first ring
PER_BOOKING = 0.008  # seconds that a booking is expected to take


@dataclass(frozen=True, slots=True)
class Peak:
    """One measurement: so many wake-ups, due over so many seconds of one minute."""

    words: str
    count: int
    over: int  # seconds; 1: all at the same second
    plant: Plant


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it; seconds."""

    delays: list[float]  # sorted
    last: float  # from the first due to the last first ring
    booked: float  # per second
    cpu: float  # of the daemon, for each wake-up
    ends: dict[str, int]
    refused: int

    def at(self, share: float) -> float:
        """A percentile of the delays."""
        return self.delays[min(len(self.delays) - 1, math.ceil(share * len(self.delays)) - 1)]


def delays_on(device: Written, due: dict[str, float], max_calls: int) -> list[float]:
    """Seconds from when each first ring could have left: it was due, and a call was free.

    The n-th call of a device finds a call free when `n - max_calls` calls are over.
    """
    ends = sorted(device.ends)
    found, seen = [], set()
    for n, (at, phone) in enumerate(sorted(device.connects)):
        free = ends[n - max_calls] if n >= max_calls and n - max_calls < len(ends) else 0.0
        if phone not in seen:
            found.append(at - max(due[phone], free))
        seen.add(phone)
    return found


def measured(peak: Peak, folder: Path) -> Found:
    """Play one peak."""
    stage = Stage(folder, peak.plant)
    try:
        stage.start()
        first = math.ceil(time.time() + LEAD + peak.count * PER_BOOKING)
        phones = peak.plant.phones()[: peak.count]
        due = {phone: float(first + n * peak.over // peak.count) for n, phone in enumerate(phones)}
        booked = stage.book(due)
        if time.time() > first:
            raise SystemExit("the bookings took longer than was foreseen: nothing was measured")
        time.sleep(first - time.time() - 0.5)
        before = stage.daemon.cpu()
        rounds = math.ceil(peak.count / (peak.plant.max_calls * peak.plant.devices))
        stage.settled(120 + peak.over + 2 * rounds * peak.plant.call_time)
        cpu, ends = stage.daemon.cpu() - before, stage.ends()
    finally:
        devices = stage.stop()
    delays = sorted(d for one in devices for d in delays_on(one, due, peak.plant.max_calls))
    rung = {phone: at for one in devices for at, phone in sorted(one.connects, reverse=True)}
    last = max(rung.values()) - first
    return Found(delays, last, booked, cpu / peak.count, ends, sum(one.refused for one in devices))


PEAKS = (
    Peak("1,000 in one minute, calls free", 1000, 60, Plant(4, 250, 250)),
    Peak("1,000 at one second, calls free", 1000, 1, Plant(4, 250, 250)),
    Peak("1,000 at one second, 240 calls", 1000, 1, Plant(4, 250, 60)),
    Peak("10,000 in one minute, calls free", 10_000, 60, Plant(10, 1000, 1000)),
)
HOTEL = Peak("300 rooms at one second, 60 calls", 300, 1, Plant(1, 300, 60))


def told(peak: Peak, found: Found) -> str:
    """A line for people."""
    ends = ", ".join(f"{count} {state}" for state, count in found.ends.items())
    return (
        f"{peak.words}: p50 {found.at(0.5) * 1000:,.0f} ms, p99 {found.at(0.99) * 1000:,.0f} ms, "
        f"last ring {found.last:,.1f} s after due; {ends}; {found.refused} refused; "
        f"{found.cpu * 1000:.1f} ms of processor time each; {found.booked:,.0f} bookings/s"
    )


def floor_of(peak: Peak) -> float:
    """When the last first ring of a peak could leave at best, in seconds after due."""
    rounds = math.ceil(peak.count / (peak.plant.max_calls * peak.plant.devices))
    return (rounds - 1) * peak.plant.call_time


def main(chosen: str = "") -> None:
    """Measure and print; `chosen`: only those with these words in them."""
    for peak in (*PEAKS, HOTEL):
        if chosen not in peak.words:
            continue
        with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as name:
            found = measured(peak, Path(name))
        print(told(peak, found), flush=True)
        if peak is HOTEL:
            floor = floor_of(peak)
            print(f"  the device's own floor is {floor:.1f} s: ratio {found.last / floor:.2f}", flush=True)


if __name__ == "__main__":
    import sys

    main(" ".join(sys.argv[1:]))
