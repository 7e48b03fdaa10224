"""The board: what rings now, what rings next, what has just been, and how good the day is.

Everything of a peak is on one page: rooms of one order and minute stand on one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from hotelbridge.core.records import FINAL_STATES, WakeupState
from hotelbridge.services.desk import Desk
from hotelbridge.services.reportviews import ForecastQuery, PunctualityOf, PunctualityQuery
from hotelbridge.services.roomviews import StayView
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import WakeupQuery, WakeupView, for_reader
from hotelbridge.web.console.charts import Chart, load_chart
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.roomlists import runs
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.standing import standing
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.console.words import lasting
from hotelbridge.web.routing import Answer

MOST = 120  # wake-ups on the board; the rest by search
MOST_OVER = 12
JUST_NOW = timedelta(minutes=20)  # so long what is over stays on the board
FIGURES_HOLD = timedelta(seconds=5)
TOGETHER = 3  # rooms of one order and minute, from which on they share a line
Guests = Mapping[str, tuple[StayView, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the board: a wake-up, or several of one order and minute."""

    wakeups: tuple[WakeupView, ...]

    @property
    def first(self) -> WakeupView:
        return self.wakeups[0]

    @property
    def rooms(self) -> str:
        """Their numbers, runs of them as from-to."""
        return runs([one.room for one in self.wakeups])


@dataclass(frozen=True, slots=True)
class Day:
    """The figures beside the board, as they were at an instant."""

    at: datetime
    today: PunctualityOf
    month: PunctualityOf
    promise: float  # seconds
    chart: Chart
    morning: datetime


class Board:
    """The page, and the piece of it that is renewed."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms
        self._days: dict[str, Day] = {}

    async def page(self, visit: Visit) -> Answer:
        """All of it."""
        return await self.shown(visit)

    async def shown(self, visit: Visit, **more: object) -> Answer:
        """The board, with what else is to be said on it."""
        defaults: dict[str, object] = {"notice": "", "refusal": "", "line": "", "preview": None}
        return await self._shell.page(
            visit,
            "board.html",
            **{**defaults, **more},
            **await self._rows(visit),
            **await self._aside(visit),
        )

    async def rows(self, visit: Visit) -> Answer:
        """What rings now and next, renewed."""
        return await self._shell.page(visit, "board_rows.html", **await self._rows(visit))

    async def aside(self, visit: Visit) -> Answer:
        """The figures beside it, renewed."""
        return await self._shell.page(visit, "board_aside.html", **await self._aside(visit))

    async def _rows(self, visit: Visit) -> dict[str, object]:
        now, house = visit.house.now, visit.house.id
        wanted = visit.query.get("room", "").strip()
        open_ones = WakeupQuery(open=True, room=wanted or None, limit=MOST)
        coming = for_reader(await self._desk.wakeups(house, open_ones), named=visit.named)
        over = WakeupQuery(from_=now - JUST_NOW, to=now, room=wanted or None, limit=MOST)
        found_over = for_reader(await self._desk.wakeups(house, over), named=visit.named)
        past = [one for one in found_over.items if one.state in FINAL_STATES]
        past = sorted(past, key=lambda one: (one.due, one.id), reverse=True)[:MOST_OVER]
        stands = await standing(self._desk, visit)
        pinned = stands.wakeups
        coming_here = (one for one in coming.items if one.id not in pinned)
        found = sorted(coming_here, key=lambda one: (one.due, one.order, one.id))
        rooms = {one.room for one in (*found, *past)} | {
            alarm.room for alarm in stands.of_guests if alarm.room is not None
        }
        guests = await self._rooms.guests(house, rooms, named=visit.named)
        return {
            "standing": stands,
            "rows": rows_of(found),
            "past": [Row((one,)) for one in past],
            "guests": guests,
            "more": coming.next is not None,
            "wanted": wanted,
        }

    async def _aside(self, visit: Visit) -> dict[str, object]:
        day = await self._day_of(visit)
        promise = lasting(tongue(visit.language), day.promise)
        return {"day": day, "promise": promise, "links": await self._desk.links(visit.house.id)}

    async def _day_of(self, visit: Visit) -> Day:
        """The figures of the day, looked up every few seconds for all who have the board open."""
        house, now = visit.house.id, visit.house.now
        known = self._days.get(house)
        if known is None or not timedelta() <= now - known.at < FIGURES_HOLD:
            known = self._days[house] = await self._counted(house, now)
        return known

    async def _counted(self, house: str, now: datetime) -> Day:
        today = await self._desk.punctuality(house, PunctualityQuery(now.date(), now.date()))
        month = await self._desk.punctuality(house, PunctualityQuery(now.date().replace(day=1), now.date()))
        start, end = next_morning(now)
        forecast = await self._desk.forecast(house, ForecastQuery(start, end))
        return Day(now, today.total, month.total, today.promise, load_chart(forecast.items), start)

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [
            Page("GET", P, self.page),
            Page("GET", f"{P}/board/rows", self.rows),
            Page("GET", f"{P}/board/aside", self.aside),
        ]


def rows_of(wakeups: Sequence[WakeupView]) -> list[Row]:
    """Lines of the board; those that need somebody, or ring, stand alone."""
    found: list[Row] = []
    for _, group in groupby(wakeups, key=lambda one: (one.due, one.order, one.state)):
        some = tuple(group)
        together = len(some) >= TOGETHER and some[0].state is WakeupState.SCHEDULED
        found += [Row(some)] if together else [Row((one,)) for one in some]
    return found


def next_morning(now: datetime) -> tuple[datetime, datetime]:
    """Four to ten o'clock of the morning that is, or that comes; wall times, across a change of clocks."""
    day = now if now.hour < 10 else now + timedelta(days=1)
    start = day.replace(hour=4, minute=0, second=0, microsecond=0)
    return start, start.replace(hour=10)
