"""What callers may send: the JSON bodies and query strings as pydantic models.

They check form only (known fields, types, lengths, real dates) and turn into the desk's requests;
whether a room exists or a time can be promised is the desk's to say. The same models describe
themselves in the OpenAPI document. What books and changes wake-ups stands in `web.bookings`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from hotelbridge.core.names import LONGEST, name_of
from hotelbridge.core.records import ClosingOutcome, Trust, WakeupState
from hotelbridge.services.views import (
    AcknowledgeRequest,
    ClockRequest,
    CloseRequest,
    ConsoleRequest,
    WakeupQuery,
)

FIRST_YEAR, LAST_YEAR = 1970, 2199  # beyond them the arithmetic of zones may overflow
LARGEST_ID = 2**63 - 1
AMOUNT = r"^[0-9]{1,9}(\.[0-9]{1,8})?$"  # decimal text

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?"
_OFFSET = "[+-][0-9]{2}:[0-9]{2}"
_NO_CONTROLS = "^[^\\x00-\\x1f\\x7f]*$"


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("form", "{sentence}", {"sentence": sentence})


_OUT_OF_REACH = {  # by the first word of what Python says
    "month": "months are 01 to 12",
    "day": "the month does not have that day",
    "hour": "hours are 00 to 23",
    "minute": "minutes are 00 to 59",
    "second": "seconds are 00 to 59",
    "offset": "an offset is less than 24 hours",
}


def _real(parse: Callable[[str], object], text: str) -> None:
    """Refuse 31 February, 25:00 and years out of reach."""
    try:
        parsed = parse(text)
    except ValueError as error:
        what = str(error).partition(" ")[0]
        raise _wrong(
            f"there is no such date or time: {_OUT_OF_REACH.get(what, 'look at each part of it')}"
        ) from error
    if isinstance(parsed, date) and not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise _wrong(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")


def _name(text: str) -> str:
    try:
        return name_of(text)
    except ValueError as error:
        raise _wrong(str(error)) from error


def _local(text: str) -> str:
    if not re.fullmatch(f"{_DATE}T{_TIME}({_OFFSET})?", text):
        raise _wrong(
            "write the hotel's local time as 2030-11-24T06:30 or 2030-11-24T06:30:15; only in the hour that "
            "comes twice with an offset, 2030-10-27T02:30+02:00"
        )
    _real(datetime.fromisoformat, text)
    return text


def _date(text: str) -> str:
    if not re.fullmatch(_DATE, text):
        raise _wrong("write a date as 2030-11-24")
    _real(date.fromisoformat, text)
    return text


def _time(text: str) -> str:
    if not re.fullmatch(_TIME, text):
        raise _wrong("write the hotel's local time as 06:30 or 06:30:15")
    _real(time.fromisoformat, text)
    return text


def _moment(text: str) -> str:
    text = re.sub(r" ([0-9]{2}:[0-9]{2})$", r"+\1", text)  # a "+" that nobody encoded arrives as a space
    if not re.fullmatch(rf"{_DATE}(T{_TIME}(\.[0-9]{{1,6}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?", text):
        raise _wrong("write 2026-11-24, 2026-11-24T06:30 (the hotel's time) or 2026-11-24T06:30:00+01:00")
    _real(datetime.fromisoformat, text)
    return text


# tighter than what is checked first, so that a generated example is mostly a real time
_REAL_DATE = "(19[7-9][0-9]|20[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_REAL_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"


def _shape(example: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


LocalTime = Annotated[
    str,
    AfterValidator(_local),
    _shape("2026-11-24T06:30", f"^{_REAL_DATE}T{_REAL_TIME}([+-](0[0-9]|1[0-4]):[0-5][0-9])?$"),
]
Date = Annotated[str, AfterValidator(_date), _shape("2026-11-24", f"^{_REAL_DATE}$")]
Time = Annotated[str, AfterValidator(_time), _shape("06:30", f"^{_REAL_TIME}$")]
Moment = Annotated[str, AfterValidator(_moment), WithJsonSchema({"type": "string"})]
Number = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_NO_CONTROLS)]
Note = Annotated[str, StringConstraints(max_length=500, pattern="^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$")]
Language = Annotated[str, StringConstraints(max_length=20, pattern="^[A-Za-z0-9_-]*$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), AfterValidator(_name)
]
NameOrNone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST),
    AfterValidator(lambda text: text and _name(text)),
]
Cursor = Annotated[str, StringConstraints(max_length=200, pattern=_NO_CONTROLS)]


Truth = Literal["true", "false"]


class Form(BaseModel):
    """A body or a query string: nothing unknown, nothing guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        """What does not fit together in the raw fields (nulls left out): field to sentence."""
        return {}


class CloseBody(Form):
    """Who closes a wake-up by hand, and what they found."""

    by: Name
    outcome: ClosingOutcome
    note: Note = ""

    def request(self) -> CloseRequest:
        return CloseRequest(self.by, self.outcome, self.note)


class AcknowledgeBody(Form):
    """Who has heard an alarm; with an outcome it is also closed."""

    by: Name
    note: Note = ""
    outcome: ClosingOutcome | None = None
    all: bool = False

    def request(self) -> AcknowledgeRequest:
        return AcknowledgeRequest(self.by, self.note, self.outcome, self.all)


class ClockBody(Form):
    """Who says which time is right: the `new` one that the server shows, or the `old` one before."""

    by: Name
    trust: Trust

    def request(self) -> ClockRequest:
        return ClockRequest(self.by, self.trust)


class ConsoleBody(Form):
    """A desk's screen: whether somebody can see it, and whether its sound is unlocked."""

    name: Name
    visible: bool
    sound: bool

    def request(self) -> ConsoleRequest:
        return ConsoleRequest(self.name, self.visible, self.sound)


class PageQuery(Form):
    """Which piece of a list."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[Cursor | None, Field(description="`next` of the piece before")] = None


class WakeupListQuery(PageQuery):
    """Which wake-ups, by due time: `from` inclusive, `to` exclusive; a plain date in `to` is all that day."""

    state: WakeupState | None = None
    from_: Moment | None = Field(None, alias="from")
    to: Moment | None = None
    room: Number | None = None
    order: Annotated[int | None, Field(ge=1, le=LARGEST_ID)] = None
    open: Annotated[Truth | None, Field(description="true: only those that are not over")] = None

    def query(self, zone: ZoneInfo) -> WakeupQuery:
        """The desk's query, wall times read in the hotel's zone."""
        start = None if self.from_ is None else instant(self.from_, zone)
        end = None if self.to is None else instant(self.to, zone, whole_day=True)
        return WakeupQuery(
            self.state, start, end, self.room, self.limit, self.cursor, self.order, told(self.open)
        )


class AlarmListQuery(PageQuery):
    """Which alarms; without `open` all of them."""

    open: Truth | None = None

    def wanted(self) -> bool | None:
        return told(self.open)


class NightQuery(Form):
    """Which night, by the date of its evening; without it the present or coming one."""

    date: Date | None = None


class EventQuery(Form):
    """Whose events; without `property` those of all the token may see."""

    property: Number | None = None


def told(truth: Truth | None) -> bool | None:
    """A yes or no of a query string."""
    return None if truth is None else truth == "true"


def instant(text: str, zone: ZoneInfo, *, whole_day: bool = False) -> datetime:
    """A `Moment` in UTC; a wall time is the hotel's, a plain date with `whole_day` the end of that day."""
    moment = datetime.fromisoformat(text)
    if whole_day and "T" not in text:
        moment += timedelta(days=1)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)
