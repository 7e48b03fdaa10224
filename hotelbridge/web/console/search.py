"""Search of wake-ups: by room, day, state and order, past ones too, piece by piece to the end.

The same page, asked for the orders of a sheet, is the list of who is up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from hotelbridge.core.records import FINAL_STATES, WakeupState
from hotelbridge.services.desk import Desk
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import WakeupQuery, WakeupView, for_reader
from hotelbridge.web.bodies import LARGEST_ID
from hotelbridge.web.console.board import Guests
from hotelbridge.web.console.callfilter import day_of
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

AT_ONCE = 100
MOST_ORDERS = 500
FIELDS = ("room", "day", "state", "order", "up")
OPEN, OVER = "open", "over"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed into the fields, and what it means."""

    fields: dict[str, str]
    query: WakeupQuery

    @property
    def address(self) -> str:
        """The same search again."""
        return urlencode({name: value for name, value in self.fields.items() if value or name == "day"})


class SearchPages:
    """The page, and its list that is renewed."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """Fields and list."""
        return await self._shell.page(
            visit, "search.html", states=list(WakeupState), **await self._found(visit)
        )

    async def rows(self, visit: Visit) -> Answer:
        """The list, renewed."""
        return await self._shell.page(visit, "search_rows.html", **await self._found(visit))

    async def _found(self, visit: Visit) -> dict[str, object]:
        house, asked = visit.house.id, asked_of(visit)
        page = for_reader(await self._desk.wakeups(house, asked.query), named=visit.named)
        cursor = visit.query.get("cursor", "")
        return {
            "rows": page.items,
            "guests": await self._guests(visit, page.items),
            "next": page.next,
            "first": not cursor,
            "asked": asked.fields,
            "address": asked.address,
            "here_address": asked.address + (f"&{urlencode({'cursor': cursor})}" if cursor else ""),
            "counts": counted(page.items),
            "whole": page.next is None and not cursor,
        }

    async def _guests(self, visit: Visit, found: Sequence[WakeupView]) -> Guests:
        """Who is to be woken: those in the rooms now, of what is not over; past ones had their own guests."""
        rooms = {one.room for one in found if one.state not in FINAL_STATES}
        return await self._rooms.guests(visit.house.id, rooms, named=visit.named) if rooms else {}

    def pages(self) -> list[Page]:
        """Their addresses; the one of a single wake-up is `wakeups`'s."""
        return [
            Page("GET", f"{P}/wakeups", self.page),
            Page("GET", f"{P}/wakeup-rows", self.rows),
        ]


def counted(found: Sequence[WakeupView]) -> tuple[int, int, int]:
    """How many are up, how many need somebody, how many are still to come."""
    states = Counter(one.state for one in found)
    up = states[WakeupState.WOKEN] + states[WakeupState.CLOSED]
    to_come = states[WakeupState.SCHEDULED] + states[WakeupState.CALLING] + states[WakeupState.WAITING]
    return up, states[WakeupState.ALARMED], to_come


def asked_of(visit: Visit) -> Asked:
    """What is searched for: without a word about it, all of today."""
    fields = {name: visit.query.get(name, "").strip() for name in FIELDS}
    if not any(name in visit.query for name in FIELDS):
        fields["day"] = visit.house.now.date().isoformat()
    try:
        begins, ends = span_of(fields["day"], ZoneInfo(visit.house.timezone))
        one = fields["state"]
        state = WakeupState(one) if one not in ("", OPEN, OVER) else None
        orders = orders_of(fields["order"])
    except ValueError:
        raise Problem(422, "bad_filter", "This filter cannot be read. Choose it once more.") from None
    query = WakeupQuery(
        state=state, from_=begins, to=ends, room=fields["room"] or None, limit=AT_ONCE,
        cursor=visit.query.get("cursor") or None, open={OPEN: True, OVER: False}.get(one), orders=orders,
    )  # fmt: skip
    return Asked(fields, query)


def span_of(day: str, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """A day from its first instant to that of the next one, or all time; ValueError where it is none."""
    if not day:
        return None, None
    on = day_of(day)
    if on is None:
        raise ValueError(day)
    return datetime.combine(on, time(), zone), datetime.combine(on + timedelta(days=1), time(), zone)


def orders_of(text: str) -> tuple[int, ...]:
    """The numbers of "17-40,45"; ValueError where it is no such thing, or far too much."""
    found: list[int] = []
    for part in (piece for piece in re.split(r"[,\s]+", text) if piece):
        if not re.fullmatch(r"[0-9]{1,18}(-[0-9]{1,18})?", part):
            raise ValueError(part)
        first, _, last = part.partition("-")
        begin, end = int(first), int(last or first)
        if not begin <= end < min(begin + MOST_ORDERS, LARGEST_ID):
            raise ValueError(part)
        found += range(begin, end + 1)
    if len(found) > MOST_ORDERS:
        raise ValueError(text)
    return tuple(found)


def orders_text(orders: Sequence[int]) -> str:
    """The other way: 17, 18, 19, 45 as "17-19,45"."""
    runs: list[list[int]] = []
    for order in sorted(set(orders)):
        if runs and order == runs[-1][-1] + 1:
            runs[-1].append(order)
        else:
            runs.append([order])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
