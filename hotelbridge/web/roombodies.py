"""What callers may send about rooms, guests and resyncs: form only, as in `web.bodies`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, StringConstraints

from hotelbridge.core.guests import Direction, LineClass
from hotelbridge.services.roomviews import (
    CheckInRequest,
    CheckOutRequest,
    JournalQuery,
    MoveRequest,
    RecorderQuery,
    StatusRequest,
)
from hotelbridge.web.bodies import Date, Form, Language, Moment, Name, Number, PageQuery, instant
from hotelbridge.web.bookings import By, Flag

_NO_CONTROLS = "^[^\\x00-\\x1f\\x7f]*$"

Guest = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200, pattern=_NO_CONTROLS),
    Field(description="the guest's name, in any script"),
]
Reservation = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_NO_CONTROLS)]
Group = Annotated[str, StringConstraints(max_length=80, pattern=_NO_CONTROLS)]
Shared = Annotated[Flag, Field(description="beside who is there already")]
Whose = Annotated[Reservation | None, Field(description="in a shared room: who")]
All = Annotated[Flag, Field(description="everybody in the room")]

_EITHER: dict[str, Any] = {
    "not": {
        "required": ["reservation", "all"],
        "properties": {"reservation": {"type": "string"}, "all": {"const": True}},
    }
}


def _whose(given: Mapping[str, Any]) -> dict[str, str]:
    both = "reservation" in given and given.get("all") is True
    return {"all": "give either `reservation` or `all`, not both"} if both else {}


class CheckInBody(Form):
    """A guest comes."""

    guest: Guest = ""
    reservation: Reservation | None = None
    language: Language = ""
    vip: Flag = False
    line_class: Annotated[
        LineClass | None, Field(description="where to the phones may call; without it, as the hotel's rule")
    ] = None
    group: Group = ""
    departure: Date | None = None
    shared: Shared = False
    by: By = ""

    def request(self) -> CheckInRequest:
        return CheckInRequest(
            guest=self.guest,
            reservation=self.reservation or "",
            language=self.language,
            vip=self.vip,
            line_class=self.line_class,
            group=self.group,
            departure=None if self.departure is None else date.fromisoformat(self.departure),
            shared=self.shared,
        )


class CheckOutBody(Form):
    """A guest goes; `{}` where there is only one."""

    model_config = ConfigDict(json_schema_extra=_EITHER)

    reservation: Whose = None
    all: All = False
    anyway: Annotated[Flag, Field(description="although wake-ups are pending")] = False
    keep_wakeups: Annotated[Flag, Field(description="they ring all the same; else they are cancelled")] = (
        False
    )
    by: By = ""

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        return _whose(given)

    def request(self) -> CheckOutRequest:
        return CheckOutRequest(self.reservation, self.all, self.anyway, self.keep_wakeups)


class MoveBody(Form):
    """A guest goes to another room."""

    model_config = ConfigDict(json_schema_extra=_EITHER)

    to: Number
    reservation: Whose = None
    all: All = False
    shared: Shared = False
    by: By = ""

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        return _whose(given)

    def request(self) -> MoveRequest:
        return MoveRequest(self.to, self.reservation, self.all, self.shared)


class UnbarBody(Form):
    """Who lets the guests of a room call outside again."""

    by: Name


class StatusBody(Form):
    """What somebody found in a room."""

    status: Annotated[Name, Field(description="as the PMS's plugin is configured to know it: clean, dirty")]
    by: By = ""

    def request(self) -> StatusRequest:
        return StatusRequest(self.status, self.by)


class DecisionBody(Form):
    """Who decides on a resync."""

    by: Name


class ResyncBody(Form):
    """Who asks the PMS."""

    by: By = ""


class RecorderForm(PageQuery):
    """Which messages of links; without anything the last ones of all."""

    room: Number | None = None
    link: Annotated[Number | None, Field(description="`pms`, or the name of a telephone exchange")] = None
    direction: Direction | None = None
    before: Annotated[Moment | None, Field(description="earlier than this")] = None
    record: Annotated[int | None, Field(ge=1, le=2**63 - 1, description="this one alone, by its number")] = (
        None
    )

    def query(self, zone: ZoneInfo) -> RecorderQuery:
        """The desk's query, wall times read in the hotel's zone."""
        before = None if self.before is None else instant(self.before, zone)
        return RecorderQuery(
            self.room, self.link, self.direction, before, self.limit, self.cursor, self.record
        )


class JournalForm(PageQuery):
    """Which lines of the journal; without a room those of the whole house."""

    room: Number | None = None

    def query(self) -> JournalQuery:
        return JournalQuery(self.room, self.limit, self.cursor)
