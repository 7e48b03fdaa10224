"""One wake-up: all that happened to it, and what can be done about it."""

from __future__ import annotations

from datetime import timedelta

from hotelbridge.core.localtime import LocalTimeError, read_time
from hotelbridge.core.records import FINAL_STATES, ClosingOutcome, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.desk import Desk
from hotelbridge.services.orderviews import AwakeRequest, BookingRequest, ChangeRequest
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import CloseRequest, Replay, WakeupDetail, for_reader
from hotelbridge.web.console.callfilter import day_of
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.console.words import CLOSING
from hotelbridge.web.problems import Problem, not_done
from hotelbridge.web.routing import Answer

UNKNOWN = "unknown_wakeup"
AGAIN = timedelta(seconds=75)  # from now; sooner is refused as too soon


class WakeupPages:
    """The page of one wake-up, and its actions."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """Its story."""
        return await self.shown(visit)

    async def shown(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        """Its story, with what has just been done."""
        house = visit.house.id
        found = await self._desk.wakeup(house, visit.id(UNKNOWN))
        one: WakeupDetail = for_reader(found, named=visit.named)
        guests = await self._rooms.guests(house, {one.room}, named=visit.named)
        return await self._shell.page(
            visit,
            "wakeup.html",
            status,
            one=one,
            guests=guests.get(one.room, ()),
            over=one.state in FINAL_STATES,
            changeable=one.state is WakeupState.SCHEDULED,
            failed=one.state is WakeupState.ALARMED,
            outcomes=CLOSING,
            order=for_reader(await self._desk.order(house, one.order), named=visit.named),
            typed=visit.form if refusal else {},
            notice=notice,
            refusal=refusal,
        )

    async def cancel(self, visit: Visit) -> Answer:
        """No ring any more."""
        return await self._done(visit, self._cancel)

    async def _cancel(self, visit: Visit) -> str:
        spoken = tongue(visit.language)
        one = await self._desk.cancel(visit.house.id, visit.id(UNKNOWN), visit.actor, visit.once)
        if isinstance(one, Replay):
            return spoken.gettext("This was done already.")
        return spoken.gettext("Cancelled: room {room} is not rung.").format(room=one.room)

    async def change(self, visit: Visit) -> Answer:
        """Another time or note."""
        return await self._done(visit, self._change)

    async def _change(self, visit: Visit) -> str:
        form = visit.form
        time, date = form.get("time", "").strip(), form.get("date", "").strip()
        if date and day_of(date) is None:
            raise Problem(422, "bad_day", tongue(visit.language).gettext("This is no day."))
        request = ChangeRequest(time=_time(visit, time), date=date or None, note=form.get("note", "").strip())
        changed = await self._desk.change(visit.house.id, visit.id(UNKNOWN), request, visit.actor)
        return tongue(visit.language).said(changed.said)

    async def close(self, visit: Visit) -> Answer:
        """A person says how it ended."""
        return await self._done(visit, self._close)

    async def _close(self, visit: Visit) -> str:
        request = CloseRequest(visit.user.name, outcome_of(visit), visit.form.get("note", "").strip())
        await self._desk.close(visit.house.id, visit.id(UNKNOWN), request, visit.actor, visit.once)
        return tongue(visit.language).gettext("Closed.")

    async def awake(self, visit: Visit) -> Answer:
        """The guest is up: nothing rings again."""
        return await self._done(visit, self._awake)

    async def _awake(self, visit: Visit) -> str:
        house = visit.house.id
        one = await self._desk.wakeup(house, visit.id(UNKNOWN))
        request = AwakeRequest(visit.user.name, visit.form.get("note", "").strip())
        await self._desk.awake(house, one.room, request, visit.actor, visit.once)
        return tongue(visit.language).gettext("Room {room} is up.").format(room=one.room)

    async def again(self, visit: Visit) -> Answer:
        """Ring the room once more, as soon as a booking may."""
        return await self._done(visit, self._again)

    async def _again(self, visit: Visit) -> str:
        house = visit.house
        one = await self._desk.wakeup(house.id, visit.id(UNKNOWN))
        at = house.now + AGAIN
        request = BookingRequest(
            one.room, at=at.replace(microsecond=0).isoformat(), language=one.language, proof=one.proof,
            note=one.note, anyway=True,
        )  # fmt: skip
        booked = await self._desk.book(house.id, request, visit.actor, visit.once)
        spoken = tongue(visit.language)
        if isinstance(booked, Replay):
            return spoken.gettext("This was booked already.")
        said = spoken.gettext("Room {room} is rung again at {time}.")
        return said.format(room=one.room, time=f"{booked.due:%H:%M:%S}")

    async def _done(self, visit: Visit, act: object) -> Answer:
        """Do it, then show what became of it, or why it was not done."""
        assert callable(act)
        try:
            notice = await act(visit)
        except (Refusal, Problem) as refusal:
            return await self.shown(visit, refusal=not_done(refusal), status=409)
        return await self.shown(visit, notice=notice)

    def pages(self) -> list[Page]:
        """Their addresses."""
        one = f"{P}/wakeups/{{id}}"
        return [
            Page("GET", one, self.page),
            Page("POST", f"{one}/cancel", self.cancel, DESK),
            Page("POST", f"{one}/change", self.change, DESK),
            Page("POST", f"{one}/close", self.close, DESK),
            Page("POST", f"{one}/awake", self.awake, DESK),
            Page("POST", f"{one}/again", self.again, DESK),
        ]


def _time(visit: Visit, typed: str) -> str | None:
    """As it may be typed into the line of the board too: 06:45, 0645, 6.45p."""
    if not typed:
        return None
    try:
        return read_time(typed).isoformat()
    except LocalTimeError:
        said = tongue(visit.language).gettext("{word} is not a time of day.").format(word=typed)
        raise Refusal("bad_time", said) from None


def outcome_of(visit: Visit) -> ClosingOutcome:
    """What the person found; refused where nothing was chosen."""
    try:
        return ClosingOutcome(visit.form.get("outcome", ""))
    except ValueError:
        raise Problem(422, "outcome_missing", "Choose what you found first.") from None
