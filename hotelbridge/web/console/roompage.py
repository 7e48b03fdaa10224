"""One room: who is in it, what is to come, how its phones stand and why; what the desk does with its guests.

What hangs on a guest who leaves is shown before he goes (rule B7), and who is meant is asked where several
are there (rule B6).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from hotelbridge.core.guests import LineClass
from hotelbridge.core.readback import clock_of
from hotelbridge.core.records import WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.desk import Desk
from hotelbridge.services.orderviews import AwakeRequest
from hotelbridge.services.roomviews import RecorderQuery, RoomDone
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import Replay, WakeupQuery, WakeupView, for_reader
from hotelbridge.web.console import roomforms
from hotelbridge.web.console.booking import BookingPages
from hotelbridge.web.console.glances import glance
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.rendering import html, see
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.console.words import GUESTS_LANGUAGES
from hotelbridge.web.problems import Problem, not_done
from hotelbridge.web.routing import Answer

MOST_WAKEUPS = 50  # of one room; the rest by search
OF_PMS = "pms"  # the name of its link
FEW = 5  # of them, and the day of the last
LATELY = 8  # lines of the journal, and messages


@dataclass(frozen=True, slots=True)
class Did:
    """What was done, and which other rooms it touched."""

    said: str
    rooms: tuple[str, ...] = ()


NOTHING = Did("")
ACTS = ("book", "check-in", "check-out", "move", "unbar", "awake", "status")
Act = Callable[[Visit], Awaitable[Did]]


class RoomPages:
    """The page of one room, and its actions."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk, booking: BookingPages) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms
        self._booking = booking

    async def page(self, visit: Visit) -> Answer:
        """All of it."""
        return await self._shown(visit)

    async def facts(self, visit: Visit) -> Answer:
        """What may have changed meanwhile, renewed."""
        return await self._shell.page(visit, "room_facts.html", **await self._facts(visit))

    async def story(self, visit: Visit) -> Answer:
        """Why it is as it is and what happened there, renewed."""
        shown = {**await self._facts(visit), **await self._story(visit)}
        return await self._shell.page(visit, "room_story.html", **shown)

    async def actions(self, visit: Visit) -> Answer:
        """What can be done now, renewed."""
        shown = {**await self._facts(visit), **self._actions(visit)}
        return await self._shell.page(visit, "room_actions.html", **shown)

    async def _shown(self, visit: Visit, did: Did = NOTHING, refusal: str = "", act: str = "") -> Answer:
        """`act`: what was refused; its form comes back as it was filled in."""
        said = {"notice": did.said, "elsewhere": did.rooms, "refusal": refusal}
        shown = {**await self._facts(visit), **await self._story(visit), **said}
        shown |= self._actions(visit, act, visit.form if refusal else {})
        return await self._shell.page(visit, "room.html", 409 if refusal else 200, **shown)

    async def _story(self, visit: Visit) -> dict[str, object]:
        asked = RecorderQuery(visit.params["number"], OF_PMS, limit=LATELY)
        told = await self._rooms.recorder(visit.house.id, asked, named=visit.named)
        return {"messages": told.items, "lately": LATELY}

    def _actions(
        self, visit: Visit, act: str = "", typed: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        return {
            "act": act,
            "typed": typed or {},
            "takes_status": self._rooms.takes_status(visit.house.id),
            "guests_languages": GUESTS_LANGUAGES,
            "line_classes": tuple(LineClass),
        }

    async def _facts(self, visit: Visit) -> dict[str, object]:
        house, number = visit.house.id, visit.params["number"]
        room = await self._rooms.room(house, number, named=visit.named)
        hanging = await self._rooms.hanging(house)
        coming = await self._coming(visit)
        seen = glance(tongue(visit.language), room, hanging)
        return {
            "room": room,
            "glance": seen,
            "hanging": hanging,
            "why": await self._rooms.why(house, number, named=visit.named),
            "wakeups": coming,
            "few": FEW,
            "running": any(_runs(one, visit) for one in coming),
            "seen": _seen(coming, seen.unposted),
        }

    async def _coming(self, visit: Visit) -> tuple[WakeupView, ...]:
        query = WakeupQuery(room=visit.params["number"], open=True, limit=MOST_WAKEUPS)
        return for_reader(await self._desk.wakeups(visit.house.id, query), named=visit.named).items

    # --- what the desk does ---

    async def check_in(self, visit: Visit) -> Answer:
        """A guest comes."""
        return await self._done(visit, "check-in", self._check_in)

    async def _check_in(self, visit: Visit) -> Did:
        house, number = visit.house.id, visit.params["number"]
        request = roomforms.check_in(visit.form)
        if not (request.guest or request.reservation):
            sentence = tongue(visit.language).gettext("Who comes? A name or a reservation is needed.")
            raise Problem(422, "guest_missing", sentence)
        return _did(visit, await self._rooms.check_in(house, number, request, visit.actor, visit.once))

    async def check_out(self, visit: Visit) -> Answer:
        """A guest goes."""
        return await self._done(visit, "check-out", self._check_out)

    async def _check_out(self, visit: Visit) -> Did:
        """What was chosen counts for what was shown: what has come since is shown first."""
        house, number = visit.house.id, visit.params["number"]
        anyway = roomforms.decided(visit.form) and visit.form.get("seen") == await self._seen_now(visit)
        request = roomforms.check_out(visit.form, anyway=anyway)
        return _did(visit, await self._rooms.check_out(house, number, request, visit.actor, visit.once))

    async def _seen_now(self, visit: Visit) -> str:
        return str((await self._facts(visit))["seen"])

    async def move(self, visit: Visit) -> Answer:
        """A guest goes to another room."""
        return await self._done(visit, "move", self._move)

    async def _move(self, visit: Visit) -> Did:
        house, number = visit.house.id, visit.params["number"]
        request = roomforms.move(visit.form)
        return _did(visit, await self._rooms.move(house, number, request, visit.actor, visit.once))

    async def unbar(self, visit: Visit) -> Answer:
        """The guests may call outside again."""
        return await self._done(visit, "unbar", self._unbar)

    async def _unbar(self, visit: Visit) -> Did:
        house, number = visit.house.id, visit.params["number"]
        return _did(visit, await self._rooms.unbar(house, number, visit.actor, visit.once))

    async def status(self, visit: Visit) -> Answer:
        """The PMS is told that the room is clean, dirty, ..."""
        return await self._done(visit, "status", self._status)

    async def _status(self, visit: Visit) -> Did:
        request, number = roomforms.status(visit.form), visit.params["number"]
        told = await self._rooms.tell_status(visit.house.id, number, request, visit.actor, visit.once)
        return _again(visit) if isinstance(told, Replay) else Did(tongue(visit.language).said(told.said))

    async def awake(self, visit: Visit) -> Answer:
        """The guest is up: whatever rings here ends."""
        return await self._done(visit, "awake", self._awake)

    async def _awake(self, visit: Visit) -> Did:
        spoken, number = tongue(visit.language), visit.params["number"]
        request = AwakeRequest(visit.user.name, visit.form.get("note", "").strip())
        done = await self._desk.awake(visit.house.id, number, request, visit.actor, visit.once)
        if isinstance(done, Replay):
            return _again(visit)
        said = spoken.gettext("The guest is up: {count} closed.").format(count=len(done.closed))
        if not done.closed:
            said = spoken.gettext("Nothing rings here now.")
        if done.next is None:
            return Did(said)
        still = spoken.gettext("Still to ring: {day} {time}.")
        return Did(f"{said} {still.format(day=spoken.day(done.next.due), time=clock_of(done.next.due))}")

    async def book(self, visit: Visit) -> Answer:
        """A wake-up for this room, by the line of its page."""
        return await self._done(visit, "book", self._book)

    async def _book(self, visit: Visit) -> Did:
        line = _line(visit, visit.form.get("line", ""))
        return Did(await self._booking.book(visit, line, visit.params["number"]))

    async def preview(self, visit: Visit) -> Answer:
        """What that line would come to; nothing is done."""
        typed = visit.query.get("line", "")
        line = _line(visit, typed) if typed.strip() else ""
        return html(
            visit, "room_preview.html", preview=await self._booking.previewed(visit, line, remarks=False)
        )

    async def back(self, visit: Visit) -> Answer:
        """Whoever comes again to the address of an action (by another language, say) sees the room."""
        return see(f"{visit.base}/rooms/{quote(visit.params['number'], safe='')}")

    async def _done(self, visit: Visit, name: str, act: Act) -> Answer:
        """Do it, then show what became of it, or why it was not done."""
        try:
            did = await act(visit)
        except (Refusal, Problem) as refusal:
            return await self._shown(visit, refusal=not_done(refusal), act=name)
        return await self._shown(visit, did)

    def pages(self) -> list[Page]:
        """Their addresses."""
        one = f"{P}/rooms/{{number}}"
        return [
            Page("GET", one, self.page),
            Page("GET", f"{one}/facts", self.facts),
            Page("GET", f"{one}/story", self.story),
            Page("GET", f"{one}/actions", self.actions, DESK),
            Page("GET", f"{one}/preview", self.preview, DESK),
            *(Page("GET", f"{one}/{act}", self.back) for act in ACTS),
            Page("POST", f"{one}/book", self.book, DESK),
            Page("POST", f"{one}/check-in", self.check_in, DESK),
            Page("POST", f"{one}/check-out", self.check_out, DESK),
            Page("POST", f"{one}/move", self.move, DESK),
            Page("POST", f"{one}/unbar", self.unbar, DESK),
            Page("POST", f"{one}/awake", self.awake, DESK),
            Page("POST", f"{one}/status", self.status, DESK),
        ]


def _runs(one: WakeupView, visit: Visit) -> bool:
    return one.state is not WakeupState.SCHEDULED or one.due <= visit.house.now


def _seen(coming: tuple[WakeupView, ...], unposted: int) -> str:
    """What hangs on a room, short: whether it is still the same when somebody has decided about it."""
    return f"{' '.join(str(one.id) for one in coming)}/{unposted}"


def _line(visit: Visit, typed: str) -> str:
    return f"w {visit.params['number']} {typed.strip()}"


def _did(visit: Visit, done: RoomDone | Replay) -> Did:
    if isinstance(done, Replay):
        return _again(visit)
    other = tuple(room.number for room in done.rooms if room.number != visit.params["number"])
    return Did(_sentence(tongue(visit.language).said(done.said)), other)


def _again(visit: Visit) -> Did:
    return Did(tongue(visit.language).gettext("This was done already."))


def _sentence(said: str) -> str:
    """The house's own words begin small where they may stand inside a sentence."""
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith('.') else '.'}" if said else said
