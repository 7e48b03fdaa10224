"""Emergency numbers and calls to them (rule A5): is a number one, are two reports one call, what is said.

Which numbers a country has is known to the library of telephone numbers; a property adds its own. The
exchange tells a number as it was dialled, with the prefix of an outside line or without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from phonenumbers import PhoneMetadata, country_code_for_region
from phonenumbers.shortnumberinfo import connects_to_emergency_number, is_emergency_number

from hotelbridge.texts import phrase

LONGEST = 4  # digits of those that are listed; a few countries have longer ones too (South Africa: 5)
_SEPARATORS = re.compile(r"[\s\-./()\[\]_\u00ad\u2010-\u2015\u2212]+")
_PAUSE = re.compile("[,;pPwW]")  # what is dialled after the answer follows it: "112,,1" (chapter 2.3.1)

SAME_CALL = timedelta(seconds=2)  # nobody puts down and dials again in less
TAIL = timedelta(seconds=10)  # BYE and the call record may come so long after IDLE
SET_UP = timedelta(seconds=5)  # BUSY may come so long after the call was first told
CALLID_GOOD = timedelta(minutes=10)  # after its end an exchange may give the number of a call to another
MOST_TOLD = 5  # later calls that an alarm names


class EmergencyNumbers:
    """The emergency numbers of a property."""

    def __init__(self, country: str, own: Iterable[str], outside_prefix: str) -> None:
        """`country`: two capital letters; one that the library does not know has only its `own`."""
        self._country = country
        self._own = tuple(dict.fromkeys(own))
        self._prefix = outside_prefix
        code = country_code_for_region(country)
        self._international = f"+{code}" if code else ""
        # Behind "0" an ordinary number may follow that begins like an emergency number: 0 11 2... is Delhi
        # as it is dialled at home, and the exchange may have taken its own 0 away already.
        self._ambiguous = outside_prefix.startswith("0") or _trunk_prefix(country).startswith(outside_prefix)

    def matches(self, number: str) -> str:
        """The emergency number that this is, such as "112"; "" where it is none. Takes any text.

        Digits dialled behind one are let pass where its country's networks connect at once (most do;
        in Brazil, Chile and Nicaragua the number must be exact): for the caller it is the same call.
        The property's own are exact, and so is all that stands behind a prefix with which an ordinary
        number may begin, lest every call to Delhi alarms the house. "+43112" is what some SIP trunks
        make of 112; "+112" is no number of this country.
        """
        dialled = _plain(number)
        if dialled.startswith("+"):
            behind = dialled.removeprefix(self._international) if self._international else dialled
            return "" if behind == dialled else self._exact(behind)
        found = self._exact(dialled) or self._with_more(dialled)
        if found or not self._prefix or not dialled.startswith(self._prefix):
            return found
        inner = dialled.removeprefix(self._prefix)
        return self._exact(inner) or ("" if self._ambiguous else self._with_more(inner))

    @cached_property
    def known(self) -> tuple[str, ...]:
        """All of them up to four digits, and the property's own; takes some milliseconds once."""
        made = (f"{n:0{length}}" for length in (2, 3, LONGEST) for n in range(10**length))
        return tuple(dict.fromkeys([*(one for one in made if self._of_country(one)), *self._own]))

    def _exact(self, number: str) -> str:
        # "#" ends dialling at some phones and is told along; a number of the property's own may need it.
        bare = number.rstrip("#")
        own = next((one for one in (number, bare) if one in self._own), "")
        return own or (bare if self._of_country(bare) else "")

    def _of_country(self, number: str) -> bool:
        return number.isdecimal() and len(number) < 10 and is_emergency_number(number, self._country)

    def _with_more(self, number: str) -> str:
        """The emergency number of three digits or less that this begins with; the longest.

        Longer ones begin ordinary numbers: 2611 is one in India, and 2611 1234 is a shop in Delhi.
        """
        if not number.isdecimal() or not connects_to_emergency_number(number[:10], self._country):
            return ""
        return next((number[:n] for n in (3, 2) if self._of_country(number[:n])), "")


def _plain(number: str) -> str:
    """What was dialled, in plain digits, without separators and without what follows the answer."""
    dialled = _SEPARATORS.sub("", _PAUSE.split(number.strip()[:100], maxsplit=1)[0])
    return "".join(str(int(char)) if char.isdecimal() else char for char in dialled).replace("\uff0b", "+")


def _trunk_prefix(country: str) -> str:
    """What numbers inside a country begin with when they are dialled in full: "0", or "1" in America."""
    metadata = PhoneMetadata.metadata_for_region(country, None)
    return (metadata.national_prefix or "") if metadata is not None else ""


# --- calls ---


@dataclass(frozen=True, slots=True)
class EmergencyCall:
    """One call to an emergency number, as the reports of an exchange told it."""

    id: int
    property: str
    device: str
    phone: str
    rooms: str  # joined by commas: a phone may be that of several; "" for a phone of none
    number: str  # the emergency number; what was dialled beside it is not kept
    callid: str | None  # the exchange's, where it has told it
    at: datetime  # when it was first told
    ended_at: datetime | None
    alarm_id: int


def is_same_call(known: EmergencyCall, number: str, callid: str | None, at: datetime, *, tail: bool) -> bool:
    """Whether a report, told at `at`, is about the last call of its phone that is known.

    `tail`: one that comes at the end of a call (BYE, a call record): it never begins one where the
    call is known. Without the exchange's own number of the call, the hook of the phone tells.
    """
    if known.number != number:
        return False
    over = known.ended_at
    if known.callid and callid and not tail:
        return known.callid == callid and (over is None or at - over <= CALLID_GOOD)
    return over is None or at - over <= (TAIL if tail else SAME_CALL)


def is_anew(known: EmergencyCall, at: datetime) -> bool:
    """Whether a BUSY at `at` shows that a call is over, though its IDLE was lost: it was idle in between."""
    return at - known.at > SET_UP


def told(calls: Sequence[EmergencyCall], zone: ZoneInfo) -> str:
    """What an alarm says of these calls from one place, the first one first; names nobody."""
    first, *later = calls
    rooms = first.rooms.split(",") if first.rooms else []
    where = place(rooms, first.phone, first.device)
    number, clock = first.number, f"{first.at.astimezone(zone):%H:%M:%S}"
    told = [phrase(f"EMERGENCY CALL: {number} was dialled {where} at {clock}.")]
    if later:
        times = ", ".join(_again(first, one, zone) for one in later[-MOST_TOLD:])
        told.append(phrase(f"Again at {times}."))
    if len(later) > MOST_TOLD:
        count = len(calls)
        told.append(phrase(f"{count} calls so far."))
    return " ".join([*told, phrase("Go there, and let help in.")])


def place(rooms: Sequence[str], phone: str, device: str) -> str:
    """Where a call was made: in a room, or in one of those that share the phone."""
    if not rooms:
        return phrase(f"on phone {phone} ({device})")
    if len(rooms) == 1:
        room = rooms[0]
        return phrase(f"in room {room}, on phone {phone} ({device})")
    first, last = " or ".join(rooms[:-1]), rooms[-1]
    return phrase(f"in room {first} or {last}, on phone {phone} ({device})")


def _again(first: EmergencyCall, one: EmergencyCall, zone: ZoneInfo) -> str:
    clock, other = f"{one.at.astimezone(zone):%H:%M}", one.number != first.number
    if one.phone == first.phone:
        return f"{clock} ({one.number})" if other else clock
    if other:
        return phrase(f"{clock} ({one.number}, phone {one.phone})")
    return phrase(f"{clock} (phone {one.phone})")
