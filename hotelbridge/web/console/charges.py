"""One charge: the call, the sum behind it, what the PMS said, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from hotelbridge.core.charges import ASKING_STATES, ChargeState
from hotelbridge.errors import Refusal
from hotelbridge.services.callreportviews import StatementQuery
from hotelbridge.services.chargeviews import ChargeDone, Resolution, ResolveRequest, RetryRequest
from hotelbridge.services.chargewindow import ChargeDesk
from hotelbridge.services.reportwindow import ReportDesk
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import Replay
from hotelbridge.web.bodies import LARGEST_ID
from hotelbridge.web.console.callsection import CallSection
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.visit import MONEY, P, Page, Visit
from hotelbridge.web.problems import Problem, not_done
from hotelbridge.web.routing import Answer

UNKNOWN = "unknown_charge"
NOTE, NAME = 200, 60  # characters at most
FOUND = {"yes": True, "no": False}
Act = Callable[[Visit], Awaitable[ChargeDone | Replay]]


class ChargePages:
    """The page of one charge, its papers and its decisions."""

    def __init__(
        self, section: CallSection, charges: ChargeDesk, reports: ReportDesk, rooms: RoomDesk
    ) -> None:
        self._section = section
        self._charges = charges
        self._reports = reports
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """Its story."""
        return await self._shown(visit)

    async def _shown(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        house = visit.house.id
        one = await self._charges.charge(house, visit.id(UNKNOWN), named=visit.named)
        there = await self._rooms.guests(house, {one.room}, named=visit.named) if one.room else {}
        stays = [stay for stay in there.get(one.room, ()) if stay.reservation == one.reservation]
        return await self._section.page(
            visit,
            "charge.html",
            status,
            one=one,
            stays=stays if one.reservation else [],
            asks=one.state in ASKING_STATES,
            queued=one.state is ChargeState.QUEUED,
            not_there=_not_there(visit, refused=bool(refusal)),
            typed=visit.form if refusal else {},
            notice=notice,
            refusal=refusal,
        )

    async def paper(self, visit: Visit) -> Answer:
        """The sum to be printed for the guest, with the number masked."""
        one = await self._charges.charge(visit.house.id, visit.id(UNKNOWN), named=False)
        return await self._section.page(visit, "charge_paper.html", one=one)

    async def statement(self, visit: Visit) -> Answer:
        """All charged calls of a stay, or a reservation, to be printed for the guest."""
        text = await self._reports.statement(visit.house.id, _statement(visit))
        return await self._section.page(visit, "paper.html", text=text)

    async def retry(self, visit: Visit) -> Answer:
        """Post it again, or say that it is on the folio."""
        return await self._done(visit, self._retry)

    async def _retry(self, visit: Visit) -> ChargeDone | Replay:
        house, id = visit.house.id, visit.id(UNKNOWN)
        request = retry_request(visit)
        return await self._charges.retry(house, id, request, visit.actor, visit.once, named=visit.named)

    async def resolve(self, visit: Visit) -> Answer:
        """Settle it by hand, or hold it."""
        return await self._done(visit, self._resolve)

    async def _resolve(self, visit: Visit) -> ChargeDone | Replay:
        house, id = visit.house.id, visit.id(UNKNOWN)
        request = ResolveRequest(visit.user.name, _outcome(visit), _note(visit), _amount(visit))
        return await self._charges.resolve(house, id, request, visit.actor, visit.once, named=visit.named)

    async def _done(self, visit: Visit, act: Act) -> Answer:
        """Do it, then show what became of it, or why it was not done."""
        try:
            done = await act(visit)
        except (Refusal, Problem) as refusal:
            return await self._shown(visit, refusal=_told(visit, refusal), status=409)
        spoken = tongue(visit.language)
        again = spoken.gettext("This was done already.")
        return await self._shown(visit, notice=again if isinstance(done, Replay) else spoken.said(done.said))

    def pages(self) -> list[Page]:
        """Their addresses."""
        one = f"{P}/charges/{{id}}"
        return [
            Page("GET", one, self.page),
            Page("GET", f"{one}/paper", self.paper),
            Page("POST", f"{one}/retry", self.retry, MONEY),
            Page("POST", f"{one}/resolve", self.resolve, MONEY),
            Page("GET", f"{P}/calls/statement", self.statement, MONEY),
        ]


def retry_request(visit: Visit) -> RetryRequest:
    """Where it is to go, as the form says it; refused where a room is meant and none is named."""
    form = visit.form
    to, room = form.get("to", ""), form.get("room", "").strip()[:NAME]
    if to == "room" and not room:
        raise Problem(422, "room_missing", "Name the room whose guest is to have it.")
    reservation = form.get("reservation", "").strip()[:NAME]
    return RetryRequest(
        by=visit.user.name,
        note=_note(visit),
        on_folio=FOUND.get(form.get("on_folio", "")),
        room=room if to == "room" else None,
        reservation=(reservation or None) if to == "room" else None,
        account=to == "account",
        amount=_amount(visit),
    )


def _not_there(visit: Visit, *, refused: bool) -> bool:
    """Whether somebody has looked at the folio and not found it there (rule C2): then it may go again."""
    said = visit.query.get("folio") or (visit.form.get("on_folio") if refused else "")
    return said == "no"


def _outcome(visit: Visit) -> Resolution:
    try:
        return Resolution(visit.form.get("outcome", ""))
    except ValueError:
        raise Problem(422, "outcome_missing", "Choose what became of it first.") from None


def _note(visit: Visit) -> str:
    return visit.form.get("note", "").strip()[:NOTE]


def _amount(visit: Visit) -> str | None:
    """As people write it, with a point or a comma."""
    return visit.form.get("amount", "").strip().replace(",", ".")[:NAME] or None


def _statement(visit: Visit) -> StatementQuery:
    stay, reservation = visit.query.get("stay", ""), visit.query.get("reservation", "").strip()
    if reservation:
        return StatementQuery(reservation=reservation[:NAME])
    if not (stay.isascii() and stay.isdigit() and len(stay) < 20 and int(stay) <= LARGEST_ID):
        raise Problem(404, "unknown_stay", "There is no such stay, or it is forgotten already.")
    return StatementQuery(stay=int(stay))


def _told(visit: Visit, refusal: Refusal | Problem) -> str:
    """The refusal, with the reservations among which one must be chosen."""
    spoken, sentence = tongue(visit.language), not_done(refusal)
    if isinstance(refusal, Problem):
        return spoken.said(sentence)
    guests = refusal.facts.get("guests")
    found = [str(one["reservation"]) for one in _dicts(guests) if one.get("reservation")]
    if not found:
        return spoken.said(sentence)
    there = spoken.gettext("Reservations there: {them}.").format(them=", ".join(found))
    return f"{spoken.said(sentence)} {there}"


def _dicts(given: object) -> Iterable[dict[str, object]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
