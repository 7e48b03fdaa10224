"""The bodies that book and change wake-ups and orders.

As in `web.bodies`: form only, and each describes itself in the OpenAPI document, so that what is
described is what is accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from hotelbridge.core.records import Proof
from hotelbridge.services.orderviews import (
    AwakeRequest,
    BookingRequest,
    ChangeRequest,
    OrderChange,
    OrderQuery,
)
from hotelbridge.web.bodies import (
    Date,
    Form,
    Language,
    LocalTime,
    Name,
    NameOrNone,
    Note,
    PageQuery,
    Time,
    Truth,
    told,
)

MOST_ROOMS = 2000

Rooms = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4000, pattern="^[^\\x00-\\x1f\\x7f]*$"),
    Field(description="one room, several parted by commas, or a range: `212`, `110,111`, `110:120`"),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Days = Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7, description="all seven: daily")]
RoomList = Annotated[tuple[Rooms, ...], Field(min_length=1, max_length=MOST_ROOMS)]
By = Annotated[NameOrNone, Field(description="who books or changes it, for the history")]
Flag = Annotated[bool, Field(strict=True)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=180, description="minutes after each wake-up")]
MinutesOrNone = Annotated[int, Field(strict=True, ge=0, le=180, description="0: no follow-up any more")]
LastDay = Annotated[Date, Field(description="the last day, inclusive")]


def _null(*names: str) -> dict[str, Any]:
    return {name: {"type": "null"} for name in names}


def _given(**kinds: str) -> dict[str, Any]:
    """A schema for which these fields must be there and not null."""
    return {"required": list(kinds), "properties": {name: {"type": kind} for name, kind in kinds.items()}}


_BY_AT = _given(at="string")
_BY_TIME = _given(time="string")
_WHEN: dict[str, Any] = {
    "oneOf": [
        {**_BY_AT, "properties": {**_BY_AT["properties"], **_null("date", "time")}},
        {**_BY_TIME, "properties": {**_BY_TIME["properties"], **_null("at")}},
    ]
}
_ROOM, _ROOMS = _given(room="string"), _given(rooms="array")
_WHERE: dict[str, Any] = {
    "oneOf": [
        {**_ROOM, "properties": {**_ROOM["properties"], **_null("rooms")}},
        {**_ROOMS, "properties": {**_ROOMS["properties"], **_null("room")}},
    ]
}
_UNTIL: dict[str, Any] = {"if": _given(until="string"), "then": _given(days="array")}


def _both_ways(given: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: "give either `at`, or `date` and `time`, not both" for name in ("date", "time") if name in given
    }


class BookingBody(Form):
    """An order: `room` or `rooms`, and the local time: `at`, or `date` and `time`, or `time` alone."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_WHEN, _WHERE, _UNTIL]})

    room: Rooms | None = None
    rooms: RoomList | None = None
    at: LocalTime | None = None
    date: Date | None = None
    time: Annotated[Time | None, Field(description="without `date`: its next occurrence")] = None
    days: Days | None = None
    until: LastDay | None = None
    proof: Proof | None = None
    vip: Flag = False
    in_person: Annotated[Flag, Field(description="never a call: a person goes")] = False
    follow_up: Minutes | None = None
    note: Note = ""
    language: Language = ""
    reservation: Annotated[str, StringConstraints(max_length=40, pattern="^[^\\x00-\\x1f\\x7f]*$")] = ""
    anyway: Annotated[Flag, Field(description="although nobody is known to be in the room")] = False
    preview: Annotated[Flag, Field(description="say what would be booked; save nothing")] = False
    by: By = ""

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        wrong: dict[str, str] = {}
        if "room" not in given and "rooms" not in given:
            wrong["room"] = "is required"
        elif "room" in given and "rooms" in given:
            wrong["rooms"] = "give either `room` or `rooms`, not both"
        if "until" in given and "days" not in given:
            wrong["days"] = "is required beside `until`"
        if "at" in given:
            return wrong | _both_ways(given)
        if "time" not in given:
            field = "time" if "date" in given else "at"
            hint = (
                'is required: the hotel\'s local time, "2030-11-24T06:30" (or `time`, with or without `date`)'
            )
            wrong[field] = "is required beside `date`" if field == "time" else hint
        return wrong

    def request(self) -> BookingRequest:
        return BookingRequest(
            room=self.room or "",
            rooms=self.rooms or (),
            at=self.at,
            date=self.date,
            time=self.time,
            days=self.days or (),
            until=self.until,
            proof=self.proof,
            vip=self.vip,
            in_person=self.in_person,
            follow_up=self.follow_up,
            note=self.note,
            language=self.language,
            reservation=self.reservation,
            anyway=self.anyway,
            preview=self.preview,
        )


class ChangeBody(Form):
    """What is to be different; what is not named stays. `date` or `time` alone keep the other."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    at: LocalTime | None = None
    date: Date | None = None
    time: Time | None = None
    note: Note | None = None
    language: Language | None = None
    proof: Proof | None = None
    vip: Flag | None = None
    in_person: Flag | None = None
    by: By = ""

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        if not set(given) - {"by"}:
            return {"at": f"or something else to change must be given: {_fields(cls, 'at', 'by')}"}
        return _both_ways(given) if "at" in given else {}

    def request(self) -> ChangeRequest:
        return ChangeRequest(
            self.at, self.date, self.time, self.note, self.language, self.proof, self.vip, self.in_person
        )


class OrderChangeBody(Form):
    """What is to be different about an order from now on; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    time: Time | None = None
    room: Rooms | None = None
    rooms: RoomList | None = None
    days: Days | None = None
    until: Annotated[LastDay | Literal[""] | None, Field(description="empty: no last day any more")] = None
    note: Note | None = None
    language: Language | None = None
    proof: Proof | None = None
    vip: Flag | None = None
    in_person: Flag | None = None
    follow_up: MinutesOrNone | None = None
    anyway: Flag = False
    by: By = ""

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        if not set(given) - {"anyway", "by"}:
            return {
                "time": f"or something else to change must be given: {_fields(cls, 'time', 'anyway', 'by')}"
            }
        if "room" in given and "rooms" in given:
            return {"rooms": "give either `room` or `rooms`, not both"}
        return {}

    def request(self) -> OrderChange:
        rooms = (self.room,) if self.room is not None else self.rooms
        return OrderChange(
            time=self.time,
            rooms=rooms,
            days=self.days,
            until=self.until,
            note=self.note,
            language=self.language,
            proof=self.proof,
            vip=self.vip,
            in_person=self.in_person,
            follow_up=self.follow_up,
            anyway=self.anyway,
        )


class AwakeBody(Form):
    """Who says that the guest is up."""

    by: Name
    note: Note = ""

    def request(self) -> AwakeRequest:
        return AwakeRequest(self.by, self.note)


class ByQuery(Form):
    """Who cancels or ends it."""

    by: By = ""


class OrderListQuery(PageQuery):
    """Which orders; without `open` all of them."""

    open: Annotated[Truth | None, Field(description="true: those of which something is to come")] = None

    def query(self) -> OrderQuery:
        return OrderQuery(told(self.open), self.limit, self.cursor)


def _fields(form: type[Form], *but: str) -> str:
    return ", ".join(f"`{name}`" for name in form.model_fields if name not in but)
