"""What the phones of rooms get, which numbers are emergency numbers, and the groups of an exchange.

Parameters go by the names that the exchange's manual gives them: whoever writes them has it at hand.
Two are nobody's to set here: `api`, which is always on, and `id`, the number itself.
"""

from __future__ import annotations

import difflib
import re
from datetime import date, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from hotelbridge.settings_base import Span, Table

SETTABLE = frozenset(
    "Call_Restriction Call_Pickup No_Disturb Fwd_Type Fwd_Number Fork WAKEUP record autoAnswer Off_Line_Num "
    "mobile staffid email voicefile".split()
)
_SWITCH = {"on": "on", "off": "off", "no": "off", "yes": "on"}
_ONE_OF = {
    "Call_Restriction": ("0", "1", "2", "3"),
    "Fwd_Type": ("0", "1", "2"),
    "Call_Pickup": ("yes", "no"),
    "autoAnswer": ("yes", "no"),
}


def _parameters(given: dict[str, str]) -> dict[str, str]:
    """Raises ValueError with all that is wrong, not with the first of it."""
    read: dict[str, str] = {}
    wrong: list[str] = []
    for name, value in given.items():
        try:
            read[name] = _value(name, value.strip())
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return read


def _value(name: str, value: str) -> str:
    """A value as the exchange takes it. Raises ValueError with what would be right."""
    if name not in SETTABLE:
        raise ValueError(_unknown(name))
    if name in ("No_Disturb", "record"):
        if value not in _SWITCH:
            raise ValueError(f"{name} is on or off, not {value!r}")
        return _SWITCH[value]
    if name in _ONE_OF and value not in _ONE_OF[name]:
        raise ValueError(f"{name} is one of {', '.join(_ONE_OF[name])}, not {value!r}")
    if name == "WAKEUP" and not _is_clock(value):
        raise ValueError(f"WAKEUP is a time like 06:30, or 00:00 for none, not {value!r}")
    if not value.isprintable():
        raise ValueError(f"{name} has characters that cannot be sent")
    return value


def _is_clock(value: str) -> bool:
    if not re.fullmatch(r"\d\d:\d\d", value):
        return False
    try:
        time.fromisoformat(value)
    except ValueError:
        return False
    return True


def _unknown(name: str) -> str:
    if name == "api":
        return "api is always 7 for the phones of rooms: without it no wake-up is seen to be answered"
    known = {one.lower(): one for one in SETTABLE}
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f"; did you mean {known[near[0]]}?" if near else f"; there are: {', '.join(sorted(SETTABLE))}"
    return f"{name!r} is not a parameter that a phone of a room gets{hint}"


def _proved(value: str) -> str:
    day, _, name = value.partition(" ")
    try:
        date.fromisoformat(day or "2000-01-01")
        is_day = not value or re.fullmatch(r"\d{4}-\d\d-\d\d", day) is not None
    except ValueError:
        is_day = False
    if value and not (is_day and name.strip()):
        raise ValueError(
            f"{value!r} says not when and by whom: write the day of the real test call and who made it, "
            'like "2026-11-24 A. Porter"'
        )
    return value


def _dialled(value: str) -> str:
    if not re.fullmatch(r"[0-9*#]{2,15}", value):
        raise ValueError(f"{value!r} is not a number as it is dialled: digits alone, such as 112")
    return value


Parameters = Annotated[dict[str, str], AfterValidator(_parameters)]
Level = Annotated[int, Field(ge=0, le=3)]


class ClassSettings(Table):
    """The level (`Call_Restriction`) that each class of service of the PMS means."""

    internal: Level = 0
    local: Level = 1
    national: Level = 2
    unrestricted: Level = 3


class PhonesSettings(Table):
    """What the phones of a room hold while somebody lives in it, and while nobody does."""

    occupied: Parameters = {"Call_Restriction": "3", "No_Disturb": "off"}
    vacant: Parameters = {
        **{"Call_Restriction": "0", "No_Disturb": "off", "WAKEUP": "00:00"},
        **{"Fwd_Type": "0", "Fwd_Number": "", "Fork": ""},  # no call for the next guest goes elsewhere
    }
    classes: ClassSettings = ClassSettings()
    shared: Annotated[tuple[str, ...], Field(strict=False)] = ()
    compare_every: Span = timedelta(hours=6)

    @property
    def asks_for_none_outside(self) -> tuple[str, ...]:
        """The keys that ask for level 0, from which nothing outside the house can be dialled."""
        policies = {"occupied": self.occupied, "vacant": self.vacant}
        keys = [name for name, values in policies.items() if values.get("Call_Restriction") == "0"]
        return (*keys, *(f"classes.{name}" for name, level in self.classes if level == 0))


class EmergencySettings(Table):
    """Numbers that are never barred, and whether that was ever tried."""

    numbers: Annotated[tuple[Annotated[str, AfterValidator(_dialled)], ...], Field(strict=False)] = (
        "112",
        "911",
    )
    proved: Annotated[str, AfterValidator(_proved)] = ""


class GroupSettings(Table):
    """A group of extensions that this daemon keeps on the exchange, which forgets it when it restarts."""

    id: Annotated[int, Field(ge=1, le=50)]
    members: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    voicefile: str = ""
    distribution: Annotated[str, Field(pattern="^(sequential|circular|simultaneous|)$")] = ""
