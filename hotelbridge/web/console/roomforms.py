"""What the forms of a room's page ask for: fields as they were sent, read into the house's own requests.

The bodies of the API check them, so that both doors take the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from hotelbridge.services.roomviews import CheckInRequest, CheckOutRequest, MoveRequest, StatusRequest
from hotelbridge.web.bodies import Form
from hotelbridge.web.checks import body_form
from hotelbridge.web.roombodies import CheckInBody, CheckOutBody, MoveBody, StatusBody

Fields = Mapping[str, str]
F = TypeVar("F", bound=Form)
R = TypeVar("R", CheckOutRequest, MoveRequest)

EVERYBODY = "all"
ONE = "one:"  # and the number of his reservation, which may be empty
KEEP, CANCEL, KNOWN = "keep", "cancel", "known"  # what is to become of what hangs on a guest who leaves


def check_in(fields: Fields) -> CheckInRequest:
    """A guest comes."""
    given = _said(fields, "guest", "reservation", "language", "line_class", "departure")
    return _read(CheckInBody, {**given, **_flags(fields, "vip", "shared")}).request()


def check_out(fields: Fields, *, anyway: bool) -> CheckOutRequest:
    """A guest goes; `anyway`: what hangs on him was shown, and something was chosen for it."""
    keep = fields.get("pending") == KEEP
    given = {**_who(fields), "anyway": anyway, "keep_wakeups": keep}
    return _whose(fields, _read(CheckOutBody, given).request())


def move(fields: Fields) -> MoveRequest:
    """A guest goes to another room."""
    given = {"to": fields.get("to", "").strip(), **_who(fields), **_flags(fields, "shared")}
    return _whose(fields, _read(MoveBody, given).request())


def status(fields: Fields) -> StatusRequest:
    """What somebody found in a room."""
    return _read(StatusBody, {"status": fields.get("status", "").strip(), **_said(fields, "by")}).request()


def decided(fields: Fields) -> bool:
    """Whether it was chosen what becomes of what hangs on the guest."""
    return fields.get("pending") in (KEEP, CANCEL, KNOWN)


def _who(fields: Fields) -> dict[str, object]:
    who = fields.get("who", "")
    if who == EVERYBODY:
        return {"all": True}
    return {"reservation": who.removeprefix(ONE)} if who.startswith(ONE) and who != ONE else {}


def _whose(fields: Fields, request: R) -> R:
    """A guest without a reservation is meant by an empty one, which a program could not say."""
    return replace(request, reservation="") if fields.get("who") == ONE else request


def _said(fields: Fields, *names: str) -> dict[str, object]:
    return {name: value for name in names if (value := fields.get(name, "").strip())}


def _flags(fields: Fields, *names: str) -> dict[str, object]:
    return {name: True for name in names if fields.get(name) == "1"}


def _read(form: type[F], given: Mapping[str, object]) -> F:
    return body_form(form, json.dumps(given).encode())
