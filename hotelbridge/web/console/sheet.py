"""Sheets of crews and tours: pasted, read, shown line by line, then booked line by line.

Nothing is booked by the first look, and nothing is dropped in silence by the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from hotelbridge.core.sheets import BEFORE_PICKUP, Sheet, read_sheet
from hotelbridge.errors import NotOwner, Refusal, StoreUnavailable
from hotelbridge.services.desk import Desk
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import Once
from hotelbridge.web.console import sheetlines
from hotelbridge.web.console.callfilter import day_of
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.search import orders_text
from hotelbridge.web.console.sheetlines import SheetLine, Terms
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

FIELDS = ("text", "before", "time", "day", "pickup", "label", "anyway")
_PICKUP = {"": None, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Pasted:
    """A sheet that was read, with what was said about it."""

    sheet: Sheet
    terms: Terms
    lines: list[SheetLine]


class SheetPages:
    """The field to paste into, the look at it, and the bookings."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """An empty field."""
        return await self._shown(visit, None)

    async def look(self, visit: Visit) -> Answer:
        """What was understood of the sheet, and what each booking would come to."""
        try:
            pasted = self._read(visit)
        except Problem as problem:
            return await self._shown(visit, None, refusal=problem.detail, status=409)
        return await self._shown(visit, pasted, await self._looked_at(visit, pasted.lines))

    async def _looked_at(self, visit: Visit, lines: Sequence[SheetLine]) -> list[SheetLine]:
        """Every line with what it would come to; those of one minute are tried together."""
        found = {line.number: line for line in lines}
        for some in sheetlines.minutes(lines):
            for line in await self._tried_together(visit, some):
                found[line.number] = line
        return list(found.values())

    async def _tried_together(self, visit: Visit, some: Sequence[SheetLine]) -> Sequence[SheetLine]:
        """As one booking of all its rooms; where that cannot be, one by one, with why it cannot."""
        try:
            tried = await self._desk.book(visit.house.id, sheetlines.preview_of(some), visit.actor)
        except Refusal as refusal:
            if len(some) == 1:
                return [sheetlines.refused(tongue(visit.language), some[0], refusal.sentence)]
            alone = [await self._tried(visit, line) for line in some]
            if any(map(sheetlines.is_wrong, alone)):
                return alone
            return [sheetlines.crowded(tongue(visit.language), line, refusal.sentence) for line in alone]
        return [sheetlines.tried(tongue(visit.language), line, tried) for line in some]

    async def _tried(self, visit: Visit, line: SheetLine) -> SheetLine:
        try:
            preview = sheetlines.preview_of([line])
            return sheetlines.tried(
                tongue(visit.language), line, await self._desk.book(visit.house.id, preview, visit.actor)
            )
        except Refusal as refusal:
            return sheetlines.refused(tongue(visit.language), line, refusal.sentence)

    async def book(self, visit: Visit) -> Answer:
        """Book every line without a problem, and say of each what became of it."""
        once = visit.once
        if once is None:
            raise Problem(422, "form_incomplete", "This form is incomplete. Load the page again.")
        try:
            pasted = self._read(visit)
        except Problem as problem:
            return await self._shown(visit, None, refusal=problem.detail, status=409)
        lines = [await self._booked(visit, line, once) for line in pasted.lines]
        return await self._shown(visit, pasted, lines, done=True)

    async def _booked(self, visit: Visit, line: SheetLine, once: Once) -> SheetLine:
        if line.request is None:
            return line
        spoken, one = tongue(visit.language), sheetlines.once_of(line.request, once)
        try:
            found = await self._desk.book(visit.house.id, line.request, visit.actor, one)
        except Refusal as refusal:
            return sheetlines.refused(spoken, line, refusal.sentence)
        except (StoreUnavailable, NotOwner):
            why = spoken.gettext("Nothing can be saved at this moment. Send it again in a minute.")
            return sheetlines.refused(spoken, line, why, again=True)
        return sheetlines.booked(spoken, line, found)

    def _read(self, visit: Visit) -> Pasted:
        form, house = visit.form, visit.house
        if not form.get("text", "").strip():
            raise Problem(422, "sheet_empty", tongue(visit.language).gettext("Paste the list first."))
        sheet = read_sheet(
            form.get("text", ""),
            self._rooms.numbers(house.id),
            one_time=_time_of(visit),
            before=_before_of(visit),
            pickup=_PICKUP.get(form.get("pickup", "")),
        )
        terms = Terms(_date_of(visit), form.get("label", "").strip()[:100], form.get("anyway") == "1")
        return Pasted(sheet, terms, sheetlines.lines_of(tongue(visit.language), sheet, terms, house.now))

    async def _shown(
        self,
        visit: Visit,
        pasted: Pasted | None,
        lines: list[SheetLine] | None = None,
        *,
        done: bool = False,
        refusal: str = "",
        status: int = 200,
    ) -> Answer:
        spoken, shown = tongue(visit.language), lines or []
        remarks = () if pasted is None else pasted.sheet.remarks
        given = {name: visit.form.get(name, "") for name in FIELDS}
        rest = sheetlines.rest_of(shown) if done else given["text"]
        return await self._shell.page(
            visit,
            "sheet.html",
            status,
            given={**given, "before": given["before"] or str(BEFORE_PICKUP)},
            rest=rest,
            lines=shown,
            remarks=[*(one.sentence(spoken.gettext) for one in remarks), *sheetlines.crowds(shown)],
            counts=sheetlines.counted(shown),
            done=done,
            again=any(one.again for one in shown),
            key=visit.form.get("once", ""),
            orders=orders_text([one.order for one in shown if one.order is not None]),
            refusal=refusal,
        )

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [
            Page("GET", f"{P}/sheet", self.page, DESK),
            Page("POST", f"{P}/sheet", self.look, DESK),
            Page("POST", f"{P}/sheet/book", self.book, DESK),
        ]


def _time_of(visit: Visit) -> time | None:
    """One time for all, typed with or without a colon."""
    typed = visit.form.get("time", "").strip().replace(":", "").replace(".", "")
    if not typed:
        return None
    try:
        return time.fromisoformat(typed.zfill(4)[:2] + ":" + typed.zfill(4)[2:])
    except ValueError:
        said = tongue(visit.language).gettext("The time for all is not understood: write it like 0630.")
        raise Problem(422, "bad_time", said) from None


def _before_of(visit: Visit) -> int:
    typed = visit.form.get("before", "").strip() or str(BEFORE_PICKUP)
    if not (typed.isascii() and typed.isdecimal() and int(typed[:5]) < 24 * 60):
        said = tongue(visit.language).gettext("The minutes before the pick-up are not understood.")
        raise Problem(422, "bad_minutes", said)
    return int(typed[:5])


def _date_of(visit: Visit) -> date | None:
    typed = visit.form.get("day", "").strip()
    day = day_of(typed) if typed else None
    if typed and day is None:
        raise Problem(422, "bad_day", tongue(visit.language).gettext("This is no day."))
    return day
