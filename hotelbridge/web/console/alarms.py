"""Alarms: one list of all kinds, the most urgent first; acknowledged by name, closed with what was found."""

from __future__ import annotations

from hotelbridge.core.records import AlarmKind, ClosingOutcome
from hotelbridge.errors import Refusal
from hotelbridge.services.desk import Desk
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import AcknowledgeRequest, AlarmItemView, AlarmView, CloseRequest
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit, number_of
from hotelbridge.web.console.wakeups import outcome_of
from hotelbridge.web.console.words import CLOSING
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

UNKNOWN = "unknown_alarm"
PAST = 50
OF_WAKEUPS = frozenset(
    {AlarmKind.WAKEUP_FAILED, AlarmKind.WAKEUP_LATE, AlarmKind.IN_PERSON, AlarmKind.PARKED}
)
OF_MONEY = frozenset({AlarmKind.CHARGE_REFUSED, AlarmKind.CHARGE_UNCERTAIN, AlarmKind.CHARGE_HELD})


class AlarmPages:
    """The list, one alarm, and what is done about it."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """All that stand, and the last that stood."""
        return await self._list(visit)

    async def rows(self, visit: Visit) -> Answer:
        """The list, renewed."""
        return await self._shell.page(visit, "alarm_rows.html")

    async def _list(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        return await self._shell.page(visit, "alarms.html", status, notice=notice, refusal=refusal)

    async def one(self, visit: Visit) -> Answer:
        """One alarm, with its rooms and what can be done."""
        return await self._shown(visit)

    async def _shown(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        house = visit.house.id
        alarm = await self._desk.alarm(house, visit.id(UNKNOWN), named=visit.named)
        rooms = {item.room for item in alarm.items} | ({alarm.room} if alarm.room else set())
        return await self._shell.page(
            visit,
            "alarm.html",
            status,
            alarm=alarm,
            guests=await self._rooms.guests(house, rooms, named=visit.named) if rooms else {},
            outcomes=CLOSING,
            of_wakeups=alarm.kind in OF_WAKEUPS,
            of_money=alarm.kind in OF_MONEY,
            notice=notice,
            refusal=refusal,
        )

    async def acknowledge(self, visit: Visit) -> Answer:
        """I have seen it: silent for a while; with what was found it is over."""
        house, id = visit.house.id, visit.id(UNKNOWN)
        outcome: ClosingOutcome | None = outcome_of(visit) if visit.form.get("outcome") else None
        note = visit.form.get("note", "").strip()
        request = AcknowledgeRequest(visit.user.name, note, outcome, all=visit.form.get("all") == "1")
        try:
            await self._desk.acknowledge(house, id, request, visit.actor, visit.once)
        except (Refusal, Problem) as refusal:
            return await self._shown(visit, refusal=str(refusal), status=409)
        spoken = tongue(visit.language)
        if outcome:
            return await self._shown(visit, notice=spoken.gettext("Closed."))
        again = (await self._desk.alarm(house, id, named=visit.named)).next
        said = spoken.gettext("Acknowledged")
        if again is not None:
            said = spoken.gettext("Acknowledged: silent until {time}.").format(time=f"{again:%H:%M}")
        return await self._shown(visit, notice=said)

    async def close_room(self, visit: Visit) -> Answer:
        """One room of an alarm's list is done."""
        house = visit.house.id
        wakeup = number_of(visit.form.get("wakeup", ""))
        if wakeup is None:
            raise Problem(422, "wakeup_missing", "Choose a room of the list first.")
        try:
            request = CloseRequest(visit.user.name, outcome_of(visit), visit.form.get("note", "").strip())
            await self._desk.close(house, wakeup, request, visit.actor, visit.once)
        except (Refusal, Problem) as refusal:
            return await self._shown(visit, refusal=str(refusal), status=409)
        return await self._shown(visit, notice=tongue(visit.language).gettext("Closed."))

    async def paper(self, visit: Visit) -> Answer:
        """One alarm and its rooms as a page to print and walk with: what is done already comes last."""
        house = visit.house.id
        alarm = await self._desk.alarm(house, visit.id(UNKNOWN), named=visit.named)
        rows = alarm.items or await self._only_row(visit, alarm)
        rooms = {row.room for row in rows}
        return await self._shell.page(
            visit,
            "alarm_paper.html",
            alarm=alarm,
            rows=sorted(rows, key=lambda row: row.closed_at is not None),
            guests=await self._rooms.guests(house, rooms, named=visit.named) if rooms else {},
        )

    async def _only_row(self, visit: Visit, alarm: AlarmView) -> tuple[AlarmItemView, ...]:
        """The list of an alarm about a single wake-up; what happened stands above it already."""
        if alarm.wakeup is None:
            return ()
        one = await self._desk.wakeup(visit.house.id, alarm.wakeup)
        row = AlarmItemView(
            wakeup=one.id,
            room=alarm.room or one.room,
            due=one.due,
            text="",
            closed_at=alarm.closed_at,
            closed_by=alarm.acknowledged_by,
            outcome=alarm.outcome,
            note=alarm.note,
            wakeup_note=alarm.wakeup_note,
        )
        return (row,)

    def pages(self) -> list[Page]:
        """Their addresses."""
        one = f"{P}/alarms/{{id}}"
        return [
            Page("GET", f"{P}/alarms", self.page),
            Page("GET", f"{P}/alarm-rows", self.rows),
            Page("GET", one, self.one),
            Page("GET", f"{one}/paper", self.paper),
            Page("POST", f"{one}/acknowledge", self.acknowledge, DESK),
            Page("POST", f"{one}/close-room", self.close_room, DESK),
        ]
