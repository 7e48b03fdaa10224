"""Resyncs: what the PMS's list of guests would change here, shown first, decided by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotelbridge.errors import Refusal
from hotelbridge.services.roomviews import ResyncView, StayView
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import Replay
from hotelbridge.web.console import linkwords
from hotelbridge.web.console.languages import Tongue, tongue
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.console.words import Word
from hotelbridge.web.routing import Answer

UNKNOWN = "unknown_resync"
AT_ONCE = 30
ASKING, APPLIED = "asking", "applied"
Guests = Mapping[str, tuple[StayView, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """One guest of the difference."""

    word: Word
    room: str
    to: str
    reservation: str
    stays: tuple[StayView, ...]  # who it is, where he is known here
    pending: tuple[datetime, ...]  # wake-ups that hang on it, as wall times


@dataclass(frozen=True, slots=True)
class Listed:
    """One resync of the list."""

    view: ResyncView
    word: Word
    counts: tuple[tuple[Word, int], ...]


class ResyncPages:
    """The list, one of them, and the decision."""

    def __init__(self, shell: Shell, rooms: RoomDesk) -> None:
        self._shell = shell
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """The newest first."""
        return await self._list(visit)

    async def _list(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        spoken, cursor = tongue(visit.language), visit.query.get("cursor") or None
        page = await self._rooms.resyncs(visit.house.id, AT_ONCE, cursor, named=visit.named)
        return await self._shell.page(
            visit,
            "resyncs.html",
            status,
            resyncs=[_listed(spoken, one) for one in page.items],
            next=page.next,
            first=cursor is None,
            notice=notice,
            refusal=refusal,
        )

    async def ask(self, visit: Visit) -> Answer:
        """Have the PMS tell how everything stands."""
        try:
            told = await self._rooms.request_resync(visit.house.id, visit.actor, visit.once)
        except Refusal as refusal:
            return await self._list(visit, refusal=refusal.sentence, status=409)
        spoken = tongue(visit.language)
        again = spoken.gettext("The PMS was asked already.")
        return await self._list(visit, notice=again if isinstance(told, Replay) else spoken.said(told.said))

    async def one(self, visit: Visit) -> Answer:
        """One, with all that it would change."""
        return await self._shown(visit)

    async def _shown(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        house, spoken = visit.house.id, tongue(visit.language)
        one = await self._rooms.resync(house, visit.id(UNKNOWN), named=visit.named)
        rooms = {str(said["room"]) for name in linkwords.STEPS for said in _said(one, name)}
        guests = await self._rooms.guests(house, rooms, named=visit.named) if rooms else {}
        steps = [
            step_of(linkwords.step(spoken, name, done=one.state == APPLIED), said, guests)
            for name in linkwords.STEPS
            for said in _said(one, name)
        ]
        return await self._shell.page(
            visit,
            "resync.html",
            status,
            one=one,
            standing_word=linkwords.resync(spoken, one.state),
            counts=_counts(spoken, one),
            steps=steps,
            complete=bool((one.difference or {}).get("complete", True)),
            asking=one.state == ASKING,
            notice=notice,
            refusal=refusal,
        )

    async def apply(self, visit: Visit) -> Answer:
        """Make the house as the PMS says it is."""
        return await self._decided(visit, apply=True)

    async def dismiss(self, visit: Visit) -> Answer:
        """Leave the house as it is."""
        return await self._decided(visit, apply=False)

    async def _decided(self, visit: Visit, *, apply: bool) -> Answer:
        house, id = visit.house.id, visit.id(UNKNOWN)
        try:
            done = await self._rooms.decide(house, id, apply, visit.actor, visit.once)
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            return await self._shown(visit, refusal=refusal.sentence, status=409)
        spoken = tongue(visit.language)
        again = spoken.gettext("This was decided already.")
        return await self._shown(visit, notice=again if isinstance(done, Replay) else spoken.said(done.said))

    def pages(self) -> list[Page]:
        """Their addresses."""
        one = f"{P}/resyncs/{{id}}"
        return [
            Page("GET", f"{P}/resyncs", self.page),
            Page("POST", f"{P}/resyncs", self.ask, DESK),
            Page("GET", one, self.one),
            Page("POST", f"{one}/apply", self.apply, DESK),
            Page("POST", f"{one}/dismiss", self.dismiss, DESK),
        ]


def step_of(word: Word, said: Mapping[str, Any], guests: Guests) -> Step:
    """One guest of the difference, by name where he is in the house already."""
    room, reservation = str(said["room"]), str(said.get("reservation") or "")
    known = guests.get(room, ())
    whose = tuple(stay for stay in known if stay.reservation == reservation)
    pending = tuple(datetime.fromisoformat(str(local)) for local in said.get("pending", ()))
    return Step(word, room, str(said.get("to", "")), reservation, whose, pending)


def _listed(spoken: Tongue, one: ResyncView) -> Listed:
    return Listed(one, linkwords.resync(spoken, one.state), _counts(spoken, one))


def _said(one: ResyncView, name: str) -> list[Mapping[str, Any]]:
    found: Any = (one.difference or {}).get(name, [])
    return list(found)


def _counts(spoken: Tongue, one: ResyncView) -> tuple[tuple[Word, int], ...]:
    done = one.state == APPLIED
    counted = ((linkwords.step(spoken, name, done=done), len(_said(one, name))) for name in linkwords.STEPS)
    return tuple((word, count) for word, count in counted if count)
