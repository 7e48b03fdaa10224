"""What somebody looks for among calls and charges, as the form says it; kept in words for the form again.

What cannot be read is told in a sentence and left out; the list is shown all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from hotelbridge.core.charges import ChargeState
from hotelbridge.services.chargeviews import CallQuery
from hotelbridge.web.bodies import FIRST_YEAR, LAST_YEAR
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.visit import Visit

PIECE = 50  # lines of one page
LONGEST = 80  # characters of what is looked for
_WANTED = ("room", "guest", "reservation", "number", "trunk", "state", "from", "to")
_LOOSE = re.compile(r"[\s()/.-]+")  # what people write between the digits of a number


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What was asked for."""

    typed: dict[str, str]  # by the name of the field, as it was typed
    query: CallQuery
    wrong: str = ""  # what could not be read, in words

    def again(self, **more: str) -> str:
        """The same question as the end of an address, with something more."""
        asked = {name: text for name, text in {**self.typed, **more}.items() if text}
        return f"?{urlencode(asked)}" if asked else ""


def call_filter(visit: Visit) -> CallFilter:
    """What this visit looks for. A guest's name is looked for only by who may know it."""
    typed = {name: visit.query.get(name, "").strip()[:LONGEST] for name in _WANTED}
    if not visit.named:
        typed["guest"] = ""
    wrong: list[str] = []
    zone = ZoneInfo(visit.house.timezone)
    first, last = (_day(visit, typed[name], wrong) for name in ("from", "to"))
    query = CallQuery(
        room=typed["room"] or None,
        guest=typed["guest"] or None,
        reservation=typed["reservation"] or None,
        number=_number(visit, typed["number"], wrong),
        trunk=typed["trunk"] or None,
        state=_states(typed["state"]),
        from_=None if first is None else _midnight(first, zone),
        to=None if last is None else _midnight(last + timedelta(days=1), zone),
        limit=PIECE,
        cursor=visit.query.get("cursor") or None,
    )
    return CallFilter(typed, query, " ".join(wrong))


def day_of(text: str) -> date | None:
    """A date as forms send it; None where it is none of this age."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _day(visit: Visit, text: str, wrong: list[str]) -> date | None:
    if not text:
        return None
    day = day_of(text)
    if day is None:
        said = tongue(visit.language).gettext("“{text}” is no day: write it like 2030-11-24.")
        wrong.append(said.format(text=text))
    return day


def _number(visit: Visit, text: str, wrong: list[str]) -> str | None:
    digits = _LOOSE.sub("", text)
    if not digits:
        return None
    if re.fullmatch(r"\+?[0-9*#]{1,40}", digits):
        return digits
    said = tongue(visit.language).gettext("“{text}” is no telephone number: write digits.")
    wrong.append(said.format(text=text))
    return None


def _states(text: str) -> tuple[ChargeState, ...]:
    return (ChargeState(text),) if text in set(ChargeState) else ()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
