"""What the hours to come will ask of the devices, quarter by quarter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hotelbridge.core.capacity import Demand, judge
from hotelbridge.errors import Refusal
from hotelbridge.services import outlook
from hotelbridge.services.outlook import AROUND, Scene
from hotelbridge.services.reportviews import DeviceForecast, ForecastQuery, ForecastView, QuarterForecast
from hotelbridge.services.rules import Rules
from hotelbridge.store.database import Tx

QUARTER = timedelta(minutes=15)
SHOWN = timedelta(days=1)  # unless asked
LONGEST = timedelta(days=8)


@dataclass(slots=True)
class _Cell:
    """One quarter on one device."""

    due: int = 0
    calls: int = 0
    delay: timedelta = timedelta()
    worst: datetime | None = None  # when the one with that delay is due


@dataclass(slots=True)
class _Sheet:
    """All quarters; those in which nothing happens have no cells."""

    start: datetime
    end: datetime
    cells: dict[tuple[int, str], _Cell] = field(default_factory=dict)
    rooms: dict[int, int] = field(default_factory=dict)  # wake-ups due, whatever they ring on

    def place(self, at: datetime) -> int | None:
        return int((at - self.start) // QUARTER) if self.start <= at < self.end else None

    def cell(self, place: int, device: str) -> _Cell:
        return self.cells.setdefault((place, device), _Cell())


def forecast(tx: Tx, rules: Rules, query: ForecastQuery, now: datetime) -> ForecastView:
    """From now on only. Refuses `range_too_long` and `range_backwards`."""
    start, end = _range(query, now)
    scene = outlook.look(tx, rules, start - AROUND, end + AROUND, now)
    sheet = _Sheet(start, end)
    _count_due(scene, sheet)
    _count_calls(scene, sheet)
    quarters = int((end - start) / QUARTER)
    items = tuple(_quarter(rules, scene, sheet, place) for place in range(quarters))
    return ForecastView(items, rules.ladder.promise.total_seconds())


def _range(query: ForecastQuery, now: datetime) -> tuple[datetime, datetime]:
    """Whole quarters of an hour; every zone's offset is one."""
    start = _floor(max(query.from_ or now, now))
    end = query.to or max(query.from_ or now, now) + SHOWN
    if end <= start:
        raise Refusal("range_backwards", "`to` must lie after `from`, and after now.")
    if end - start > LONGEST + QUARTER:
        raise Refusal("range_too_long", f"A forecast covers at most {LONGEST.days} days.")
    return start, -(-(end - start) // QUARTER) * QUARTER + start


def _floor(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def _count_due(scene: Scene, sheet: _Sheet) -> None:
    for one in scene.pending:
        place = sheet.place(one.due)
        if place is not None:
            sheet.rooms[place] = sheet.rooms.get(place, 0) + 1
            for device, _ in outlook.needs(scene.rules, one.room):
                sheet.cell(place, device).due += 1


def _count_calls(scene: Scene, sheet: _Sheet) -> None:
    course = scene.course()
    _want(scene.demands, sheet)
    _want(course.again, sheet)
    for one, starts in zip(scene.demands, course.starts, strict=True):
        place = sheet.place(one.at)
        if place is None or one.tries:
            continue
        for device, _ in one.needs:
            cell = sheet.cell(place, device)
            if cell.worst is None or starts - one.at > cell.delay:
                cell.delay, cell.worst = max(timedelta(), starts - one.at), one.at


def _want(demands: Iterable[Demand], sheet: _Sheet) -> None:
    for one in demands:
        place = sheet.place(one.at)
        if place is not None:
            for device, calls in one.needs:
                sheet.cell(place, device).calls += calls


def _quarter(rules: Rules, scene: Scene, sheet: _Sheet, place: int) -> QuarterForecast:
    devices = []
    for name, pace in scene.house.paces.items():
        cell = sheet.cells.get((place, name), _Cell())
        full = _full(scene, name, cell)
        room_for = pace.calls_in(QUARTER)
        devices.append(
            DeviceForecast(name, cell.due, cell.calls, room_for, round(cell.delay.total_seconds(), 1), full)
        )
    return QuarterForecast(
        start=(sheet.start + place * QUARTER).astimezone(rules.zone),
        due=sheet.rooms.get(place, 0),
        calls=sum(one.calls for one in devices),
        capacity=sum(one.capacity for one in devices),
        delay=max((one.delay for one in devices), default=0.0),
        full=any(one.full for one in devices),
        devices=tuple(devices),
    )


def _full(scene: Scene, device: str, cell: _Cell) -> bool:
    """Whether one more room would be refused at the quarter's worst minute; asked only near the promise."""
    promise = scene.rules.ladder.promise
    if cell.worst is None or cell.delay + 2 * scene.house.paces[device].hold <= promise:
        return False
    one_more = Demand(cell.worst, ((device, 1),))
    near = [d for d in scene.demands if abs(d.at - cell.worst) <= AROUND]
    return not judge([one_more], near, scene.house, promise).good
