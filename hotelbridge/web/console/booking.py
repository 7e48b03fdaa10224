"""Booking by keyboard: one line is read, tried, told while it is typed, and done at Enter.

`core.deskline` reads the line. What it would come to is tried by the same call that books, so that what
was promised in the preview is what is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hotelbridge.core.deskdialect import own_word
from hotelbridge.core.deskline import Awake, Booking, Cancel, House, Parsed, Saying, Show, parse
from hotelbridge.core.desksentences import HINTS
from hotelbridge.core.desktyping import may_be_mended
from hotelbridge.core.readback import clock_of
from hotelbridge.errors import Refusal
from hotelbridge.services.desk import Desk
from hotelbridge.services.orderviews import AwakeRequest, BookingRequest, BookingView
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import Once, Replay, WakeupQuery, WakeupView
from hotelbridge.web.console.board import Board
from hotelbridge.web.console.callfilter import day_of
from hotelbridge.web.console.languages import Tongue, tongue
from hotelbridge.web.console.rendering import html, see
from hotelbridge.web.console.roomlists import runs
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.routing import Answer

MOST_TRIED = 50  # rooms of a preview: 0.1 s, in which no ring is decided


@dataclass(frozen=True, slots=True)
class Preview:
    """What a line would come to."""

    said: str = ""
    more: tuple[str, ...] = ()
    refusal: str = ""
    hint: str = ""


class BookingPages:
    """The line of the board."""

    def __init__(self, board: Board, desk: Desk, rooms: RoomDesk) -> None:
        self._board = board
        self._desk = desk
        self._rooms = rooms

    async def preview(self, visit: Visit) -> Answer:
        """What the line so far would come to; nothing is done."""
        return html(visit, "preview.html", preview=await self.previewed(visit, visit.query.get("line", "")))

    async def previewed(self, visit: Visit, line: str, *, remarks: bool = True) -> Preview | None:
        """What a line would come to; `remarks`: also how it was read where it could be read otherwise."""
        if not line.strip():
            return None
        spoken, parsed = tongue(visit.language), self._parsed(visit, line)
        if parsed.command is None:
            hint = spoken.gettext(HINTS.get(parsed.awaits, ""))
            under_way = hint and may_be_mended(line, parsed, self._house(visit))
            return Preview(hint=hint) if under_way else Preview(refusal=_told(spoken, parsed))
        try:
            match parsed.command:
                case Booking() as wanted:
                    return await self._tried(visit, wanted, _remarks(spoken, parsed) if remarks else ())
                case Cancel() as wanted:
                    found = await self._next_of(visit, wanted)
                    return Preview(_listed(spoken.gettext("Cancels: {wakeups}"), spoken, found))
                case Awake(room=room):
                    said = spoken.gettext("The guest of {room} is up: whatever rings there ends.")
                    return Preview(said.format(room=room))
                case Show(room=room):
                    return Preview(spoken.gettext("Shows room {room}.").format(room=room))
        except Refusal as refusal:
            return Preview(refusal=_refused(spoken, refusal, parsed))

    async def _tried(self, visit: Visit, wanted: Booking, remarks: tuple[str, ...]) -> Preview:
        """What a booking would come to. It is tried where rings are decided: of many rooms only some."""
        spoken, many = tongue(visit.language), len(wanted.rooms) > MOST_TRIED
        some = replace(wanted, room=",".join(wanted.rooms[:MOST_TRIED])) if many else wanted
        tried = await self._book(visit, some, preview=True)
        only = (
            (spoken.gettext("only the first {count} rooms were tried").format(count=MOST_TRIED),)
            if many
            else ()
        )
        return Preview(_said(spoken, tried, wanted.rooms), (*remarks, *_more(spoken, tried), *only))

    async def enter(self, visit: Visit) -> Answer:
        """Do what the line says; where that cannot be, the line stays as it was typed."""
        line, spoken = visit.form.get("line", ""), tongue(visit.language)
        parsed = self._parsed(visit, line)
        if parsed.command is None:
            return await self._board.shown(visit, line=line, refusal=_told(spoken, parsed))
        try:
            return await self._done(visit, parsed)
        except Refusal as refusal:
            return await self._board.shown(visit, line=line, refusal=_refused(spoken, refusal, parsed))

    async def _done(self, visit: Visit, parsed: Parsed) -> Answer:
        spoken = tongue(visit.language)
        match parsed.command:
            case Booking() as wanted:
                return await self._board.shown(visit, notice=await self._read_back(visit, wanted))
            case Cancel() as wanted:
                return await self._board.shown(visit, notice=await self._cancelled(visit, wanted))
            case Awake(room=room, note=note):
                request = AwakeRequest(visit.user.name, note)
                await self._desk.awake(visit.house.id, room, request, visit.actor, visit.once)
                return await self._board.shown(
                    visit, notice=spoken.gettext("Room {room} is up.").format(room=room)
                )
            case Show(room=room):
                return see(f"{visit.base}/rooms/{room}")
        raise AssertionError("a line that was read has a command")

    async def _cancelled(self, visit: Visit, wanted: Cancel) -> str:
        """The same form sent twice must not cancel the next ones as well: those are meant to ring."""
        spoken, done = tongue(visit.language), []
        for one in await self._next_of(visit, wanted):
            once = _once_of(visit.once, one.room)
            if not isinstance(await self._desk.cancel(visit.house.id, one.id, visit.actor, once), Replay):
                done.append(one)
        if not done:
            return spoken.gettext("This was done already.")
        left = [said for one in done if (said := await self._left(visit, one, many=len(wanted.rooms) > 1))]
        return " · ".join((_listed(spoken.gettext("Cancelled: {wakeups}"), spoken, done), *left))

    async def _left(self, visit: Visit, gone: WakeupView, *, many: bool) -> str:
        """What else is to ring in that room at that minute: one ring serves them all."""
        query = WakeupQuery(room=gone.room, open=True, limit=100)
        these = (await self._desk.wakeups(visit.house.id, query)).items
        count = sum(one.room == gone.room and one.local[:16] == gone.local[:16] for one in these)
        said = tongue(visit.language).ngettext(
            "{count} more at {time} stays", "{count} more at {time} stay", count
        )
        said = said.format(count=count, time=gone.local[11:16]) if count else ""
        return f"{gone.room}: {said}" if said and many else said

    async def book(self, visit: Visit, line: str, room: str) -> str:
        """Book what a line of one room's own page says; the read-back. Refuses in words."""
        spoken, parsed = tongue(visit.language), self._parsed(visit, line)
        if not isinstance(parsed.command, Booking) or parsed.command.rooms != (room,):
            sentence = spoken.gettext("Type the time, as 0630 or 6.30p daily: this line is for {room} only.")
            raise Refusal("not_booked", _told(spoken, parsed) or sentence.format(room=room))
        return await self._read_back(visit, parsed.command)

    async def _read_back(self, visit: Visit, wanted: Booking) -> str:
        """It is booked; what is read back to the guest."""
        spoken, booked = tongue(visit.language), await self._book(visit, wanted, preview=False)
        if isinstance(booked, Replay):
            return spoken.gettext("This was booked already.")
        return " · ".join((_said(spoken, booked), *_more(spoken, booked)))

    def _parsed(self, visit: Visit, line: str) -> Parsed:
        return parse(line, self._house(visit))

    def _house(self, visit: Visit) -> House:
        house = visit.house
        return House(
            self._rooms.numbers(house.id), house.now, ZoneInfo(house.timezone), tongue=visit.language
        )

    async def _book(self, visit: Visit, wanted: Booking, *, preview: bool) -> BookingView | Replay:
        request = BookingRequest(
            wanted.room, wanted.at, wanted.date, wanted.time, wanted.note, wanted.language, (), wanted.days,
            wanted.until, wanted.proof, wanted.vip, wanted.in_person, wanted.follow_up,
            anyway=wanted.anyway, preview=preview,
        )  # fmt: skip
        if any(day is not None and day_of(day) is None for day in (wanted.date, wanted.until)):
            raise Refusal("bad_day", tongue(visit.language).gettext("This is no day."))
        once = None if preview else visit.once
        return await self._desk.book(visit.house.id, request, visit.actor, once)

    async def _next_of(self, visit: Visit, wanted: Cancel) -> list[WakeupView]:
        """Of each room the wake-up that is meant; a room without one is refused."""
        found = []
        for room in wanted.rooms:
            query = WakeupQuery(room=room, open=True, limit=100)
            these = (await self._desk.wakeups(visit.house.id, query)).items
            one = next((one for one in these if _is_meant(one, wanted)), None)
            if one is None:
                sentence = tongue(visit.language).gettext("Nothing like that is to ring in room {room}.")
                raise Refusal("nothing_to_cancel", sentence.format(room=room), status=409)
            found.append(one)
        return found

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [
            Page("GET", f"{P}/book/preview", self.preview, DESK),
            Page("POST", f"{P}/book", self.enter, DESK),
        ]


def _once_of(form: Once | None, room: str) -> Once | None:
    """The key of one room of a line."""
    if form is None:
        return None
    digest = hashlib.sha256(f"cancel {room}".encode()).hexdigest()[:24]
    return replace(form, key=f"{form.key}.{digest}")


def _is_meant(one: WakeupView, wanted: Cancel) -> bool:
    day, _, time = one.local.partition("T")
    if wanted.at is not None:
        return one.local[:16] == wanted.at[:16]
    return wanted.date in (None, day) and (wanted.time is None or time[:5] == wanted.time[:5])


def sentence_of(spoken: Tongue, saying: Saying) -> str:
    """What is wrong with a line, in this language."""
    return saying.sentence(spoken.gettext)


def _told(spoken: Tongue, parsed: Parsed) -> str:
    return sentence_of(spoken, parsed.problems[0]) if parsed.problems else ""


def _refused(spoken: Tongue, refusal: Refusal, parsed: Parsed) -> str:
    """Why it cannot be, and of a room without a guest what to type to book it all the same."""
    if refusal.code != "not_in_house" or not isinstance(parsed.command, Booking):
        return refusal.sentence
    more = spoken.gettext("To book it all the same, type {word} as well.")
    return f"{spoken.said(refusal.sentence)} {more.format(word=own_word('anyway', spoken.code))}"


def _remarks(spoken: Tongue, parsed: Parsed) -> tuple[str, ...]:
    """How the line was read where it could be read otherwise; that rooms come first goes without saying."""
    return tuple(sentence_of(spoken, one) for one in parsed.remarks if one.code != "room_first")


def _said(spoken: Tongue, booked: BookingView | Replay, rooms: Sequence[str] = ()) -> str:
    """How many rooms, and when, to be read back to the guest. `rooms`: those that are meant, where known."""
    if isinstance(booked, Replay):
        return ""
    rooms = rooms or booked.rooms
    if len(rooms) == 1:
        what = spoken.gettext("Room {room}").format(room=rooms[0])
    else:
        count = spoken.ngettext("{count} room", "{count} rooms", len(rooms)).format(count=len(rooms))
        what = f"{count}, {runs(rooms)}"
    return f"{what}: {spoken.said(booked.said)}"


def _more(spoken: Tongue, booked: BookingView | Replay) -> tuple[str, ...]:
    """When it will ring where that is later, what it joins, and what stands in its way."""
    if isinstance(booked, Replay):
        return ()
    told = []
    late = [one.expected_ring for one in booked.wakeups if one.expected_ring is not None]
    if late and (max(late) - booked.due).total_seconds() >= 30:
        told.append(_between(spoken, min(late), max(late)))
    if booked.also:
        told.append(spoken.gettext("one ring serves both with what was booked before"))
    return (*told, *map(spoken.said, booked.warnings))


def _between(spoken: Tongue, first: datetime, last: datetime) -> str:
    return spoken.gettext("rings between {first} and {last}").format(
        first=f"{first:%H:%M}", last=f"{last:%H:%M}"
    )


def _listed(pattern: str, spoken: Tongue, found: Sequence[WakeupView]) -> str:
    some = ", ".join(f"{one.room} {spoken.day(one.due)} {clock_of(one.due)}" for one in found)
    return pattern.format(wakeups=some)
