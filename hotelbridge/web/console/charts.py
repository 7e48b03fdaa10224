"""Numbers as bars: plain places and sizes, drawn by the template as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotelbridge.services.reportviews import QuarterForecast

WIDTH, HEIGHT, FOOT, HEAD = 300, 130, 24, 20  # of the drawing; of the words under and above the bars


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar."""

    x: float
    y: float
    width: float
    height: float
    label: str  # under it; empty under most
    says: str  # what it stands for, in words
    full: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars, and the line of what can be done."""

    bars: tuple[Bar, ...]
    line: float | None  # where the capacity stands; None: above everything
    most: int
    capacity: int
    total: int


def load_chart(quarters: Sequence[QuarterForecast]) -> Chart:
    """Wake-ups by quarter of an hour against what the exchange can ring in one."""
    capacity = max((one.capacity for one in quarters), default=0)
    most = max((one.due for one in quarters), default=0)
    top = max(most, 1) if most * 3 < capacity else max(most, capacity, 1)
    tall = HEIGHT - FOOT - HEAD
    step = WIDTH / max(1, len(quarters))
    bars = tuple(
        Bar(
            x=round(n * step + step * 0.12, 1),
            y=round(HEIGHT - FOOT - tall * one.due / top, 1),
            width=round(step * 0.76, 1),
            height=round(tall * one.due / top, 1),
            label=f"{one.start:%H:%M}" if one.start.minute == 0 else "",
            says=f"{one.start:%H:%M} {one.due}",
            full=one.full,
        )
        for n, one in enumerate(quarters)
    )
    line = round(HEIGHT - FOOT - tall * capacity / top, 1) if capacity <= top else None
    return Chart(bars, line, most, capacity, sum(one.due for one in quarters))
