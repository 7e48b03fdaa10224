"""What callers may send about calls and charges: form only, as in `web.bodies`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from hotelbridge.core.charges import ChargeState
from hotelbridge.services.chargeviews import CallQuery, Resolution, ResolveRequest, RetryRequest
from hotelbridge.web.bodies import AMOUNT, Form, Moment, Name, Note, Number, PageQuery, Truth, instant, told
from hotelbridge.web.bookings import Flag
from hotelbridge.web.roombodies import Reservation

_STATES = "|".join(state.value for state in ChargeState)


def _states(text: str) -> str:
    strange = [word for word in text.split(",") if word not in set(ChargeState)]
    if strange:
        known = ", ".join(ChargeState)
        raise PydanticCustomError("form", "{sentence}", {"sentence": f"parted by commas, of: {known}"})
    return text


States = Annotated[
    str,
    AfterValidator(_states),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({_STATES})(,({_STATES}))*$",
            "description": "one state, or several parted by commas",
            "examples": ["refused,held"],
        }
    ),
]
Digits = Annotated[
    str, StringConstraints(pattern=r"^\+?[0-9*#]{1,40}$"), Field(description="digits anywhere in the number")
]
Amount = Annotated[
    str,
    StringConstraints(pattern=AMOUNT),
    Field(description="in the currency of the charge, for one that has no price: `0.50`"),
]
Account = Annotated[Flag, Field(description="to the account of the house")]
OnFolio = Annotated[bool, Field(strict=True, description="whether it was found on the folio")]
NewRoom = Annotated[Number, Field(description="it belongs to the guest who is there from now on")]

_WITH_ROOM = {"required": ["room"], "properties": {"room": {"type": "string"}}}
_GIVEN_RESERVATION = {"required": ["reservation"], "properties": {"reservation": {"type": "string"}}}
_TO_HOUSE = {"required": ["account"], "properties": {"account": {"const": True}}}
_FOUND = {"required": ["on_folio"], "properties": {"on_folio": {"const": True}}}
_FITS: dict[str, Any] = {
    "allOf": [
        {"not": {"allOf": [_WITH_ROOM, _TO_HOUSE]}},
        {"not": {"allOf": [_FOUND, {"anyOf": [_WITH_ROOM, _TO_HOUSE]}]}},
        {"if": _GIVEN_RESERVATION, "then": _WITH_ROOM},
    ]
}
_WRITES_OFF: dict[str, Any] = {
    "if": {"required": ["on_folio"], "properties": {"on_folio": {"type": "boolean"}}},
    "then": {"properties": {"outcome": {"const": Resolution.WRITTEN_OFF.value}}},
}


class CallForm(PageQuery):
    """Which calls or charges, by the start of the call: `from` inclusive, `to` exclusive, newest first.

    A plain date in `to` is all that day. What only a charge has leaves out calls that cost nothing.
    """

    room: Annotated[Number | None, Field(description="from which the call was made")] = None
    reservation: Annotated[Reservation | None, Field(description="whose the charge is")] = None
    state: States | None = None
    open: Annotated[Truth | None, Field(description="true: only charges that are not settled")] = None
    number: Digits | None = None
    trunk: Number | None = None
    account: Annotated[Number | None, Field(description="of the house")] = None
    from_: Moment | None = Field(None, alias="from")
    to: Moment | None = None

    def query(self, zone: ZoneInfo) -> CallQuery:
        """The desk's query, wall times read in the hotel's zone."""
        words = [] if self.state is None else self.state.split(",")
        return CallQuery(
            room=self.room,
            reservation=self.reservation,
            state=tuple(ChargeState(word) for word in dict.fromkeys(words)),
            open=told(self.open),
            number=self.number,
            trunk=self.trunk,
            account=self.account,
            from_=None if self.from_ is None else instant(self.from_, zone),
            to=None if self.to is None else instant(self.to, zone, whole_day=True),
            limit=self.limit,
            cursor=self.cursor,
        )


class RetryBody(Form):
    """Who posts a charge again, and where to; one that is uncertain asks whether it is on the folio."""

    model_config = ConfigDict(json_schema_extra=_FITS)

    by: Name
    note: Note = ""
    on_folio: OnFolio | None = None
    room: NewRoom | None = None
    reservation: Annotated[Reservation | None, Field(description="in a shared room: whose")] = None
    account: Account = False
    amount: Amount | None = None

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        to_room, to_house = "room" in given, given.get("account") is True
        wrong = {}
        if to_room and to_house:
            wrong["account"] = "give either `room` or `account`, not both"
        if given.get("on_folio") is True and (to_room or to_house):
            wrong["on_folio"] = "what is on the folio goes nowhere else: leave out `room` and `account`"
        if "reservation" in given and not to_room:
            wrong["reservation"] = "says who in a `room`: give that too"
        return wrong

    def request(self) -> RetryRequest:
        return RetryRequest(
            self.by, self.note, self.on_folio, self.room, self.reservation, self.account, self.amount
        )


class ResolveBody(Form):
    """Who settles a charge by hand, and how; whoever writes one off says why in the note.

    One that is uncertain asks before it is written off whether it is on the folio: there it counts as posted.
    """

    model_config = ConfigDict(json_schema_extra=_WRITES_OFF)

    by: Name
    outcome: Resolution
    note: Note = ""
    amount: Amount | None = None
    on_folio: OnFolio | None = None

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> dict[str, str]:
        if "on_folio" not in given or given.get("outcome") == Resolution.WRITTEN_OFF:
            return {}
        return {"on_folio": "is asked before a charge is written off: leave it out"}

    def request(self) -> ResolveRequest:
        return ResolveRequest(self.by, self.outcome, self.note, self.amount, self.on_folio)
