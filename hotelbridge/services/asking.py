"""What a caller asked for, resolved: which rooms, which days, which moment; or the refusal that says why not.

Reads only the request, the rules of the property, the time, and who is in the house. A `Refusal` here is
read by whoever has the guest on the line: it names every room with its reason, and where a time has
several meanings it offers them as `choices`, each of which may be sent back as `at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hotelbridge.core import localtime
from hotelbridge.core.localtime import occurrence
from hotelbridge.core.orders import NoSuchRooms, first_day, offered, read_rooms, weekdays
from hotelbridge.core.readback import said
from hotelbridge.errors import Refusal
from hotelbridge.services import resync
from hotelbridge.services.orderviews import BookingRequest
from hotelbridge.services.rules import Rules
from hotelbridge.store import stays
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

MOST_NAMED = 50  # rooms in one refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with nothing left to guess."""

    rooms: tuple[str, ...]
    days: tuple[str, ...]
    first: localtime.Moment  # of its first day
    empty: tuple[str, ...]  # those of the rooms in which nobody is known to be
    clock: str  # the wall time of its other days: "06:30:00", also where the first one is the jump


def read(tx: Tx, rules: Rules, request: BookingRequest, now: datetime) -> Asked:
    """What is asked for. Refuses `unknown_room`, `which_day`, `past`, `too_soon`, ..., and the two of DST."""
    asked_for = rooms(rules, request.written_rooms)
    empty = in_house(tx, rules, asked_for, request.anyway)
    days = weekdays(request.days)
    first, clock = _first(rules, request, days, now)
    in_time(rules, first, now)
    if request.until is not None:
        _until(request.until, days, first)
    return Asked(asked_for, days, first, empty, clock)


# --- rooms ---


def rooms(rules: Rules, written: Sequence[str]) -> tuple[str, ...]:
    """The rooms meant, or the refusal `unknown_room` that names each one that is not there."""
    try:
        return read_rooms(written, rules.rooms())
    except NoSuchRooms as error:
        raise refused_rooms(
            rules, [(room, "unknown_room", sentence) for room, sentence in error.reasons]
        ) from None


def refused_rooms(rules: Rules, reasons: Sequence[tuple[str, str, str]], *, status: int = 422) -> Refusal:
    """One refusal for several rooms: each with its code and its sentence; nothing was booked."""
    named = reasons[:MOST_NAMED]
    facts = [{"room": room, "code": code, "detail": sentence} for room, code, sentence in named]
    sentences = " ".join(dict.fromkeys(sentence for _, _, sentence in named))
    told, left = [sentences], len(reasons) - len(named)
    if left:
        told.append(phrase(f"And {left} more."))
    told.append(phrase("Nothing was booked."))
    return Refusal(reasons[0][1], " ".join(told), status=status, rooms=facts)


def in_house(tx: Tx, rules: Rules, asked_for: Sequence[str], anyway: bool) -> tuple[str, ...]:
    """The rooms in which nobody is known to be. Refuses `not_in_house` where somebody must be (rule B3)."""
    there = {stay.room for stay in stays.in_house(tx, rules.property, asked_for)}
    empty = tuple(room for room in asked_for if room not in there)
    if not empty or anyway or not stay_is_required(rules) or _is_in_question(tx, rules):
        return empty
    reasons = [(room, "not_in_house", _nobody_in(room)) for room in empty]
    raise refused_rooms(rules, reasons, status=409)


def _nobody_in(room: str) -> str:
    return phrase(f"Nobody is known to be in room {room}; book it anyway if the guest is there.")


def stay_is_required(rules: Rules) -> bool:
    """Whether a guest must be known; by itself only where the PMS is heard and has told all there are."""
    required = rules.settings.wakeup.require_stay
    return required == "yes" or (required == "auto" and rules.pms_trusted)


def _is_in_question(tx: Tx, rules: Rules) -> bool:
    """Whether the PMS is about to say who is there, or has, and a person is still to look at it."""
    return rules.settings.wakeup.require_stay == "auto" and resync.is_undecided(tx, rules)


def elsewhere(tx: Tx, rules: Rules, reservation: str, rooms: Sequence[str]) -> str:
    """A sentence for the desk where the guest that was named is in another room; else none."""
    stay = stays.by_reservation(tx, rules.property, reservation)
    if stay is None or stay.room in rooms:
        return ""
    not_in = ", ".join(rooms)
    return phrase(f"Reservation {reservation} is in room {stay.room}, not in {not_in}.")


# --- times ---


def single(rules: Rules, text: str, now: datetime) -> localtime.Moment:
    """The instant of a local date and time; refuses the two of DST with what to ask the guest."""
    try:
        return localtime.read_moment(text, rules.zone)
    except localtime.NoSuchLocalTime as error:
        instead = error.instead.isoformat()
        raise Refusal("no_such_local_time", str(error), instead=instead, choices=[instead]) from None
    except localtime.AmbiguousLocalTime as error:
        first, second = error.choices
        if first.astimezone(UTC) <= now < second.astimezone(UTC):  # of the two only one is to come
            return localtime.Moment(f"{second:%Y-%m-%dT%H:%M:%S}", second.astimezone(UTC))
        raise _choose("ambiguous_local_time", str(error), [first, second], now, status=422) from None
    except localtime.LocalTimeError as error:
        raise Refusal("invalid_time", str(error)) from None


def in_time(rules: Rules, when: localtime.Moment, now: datetime) -> None:
    """Refuses what is over (`past`) and what is too near to be sure of (`too_soon`)."""
    local_now = now.astimezone(rules.zone)
    clock, day = when.local[11:16], when.local[:10]
    if when.instant <= now:
        present, today = f"{local_now:%H:%M}", f"{local_now:%Y-%m-%d}"
        raise Refusal("past", f"{clock} on {day} is over: it is {present} on {today}.")
    soon = rules.settings.wakeup.too_soon
    if when.instant < now + soon:
        seconds = f"{soon.total_seconds():.0f}"
        raise Refusal(
            "too_soon",
            f"{clock} on {day} is less than {seconds} seconds away: please ring the room by hand.",
        )


def _first(
    rules: Rules, request: BookingRequest, days: Sequence[str], now: datetime
) -> tuple[localtime.Moment, str]:
    """The first moment, and the wall time asked for."""
    text = request.local
    try:
        if text is None:
            return _on(rules, *_without_date(rules, request.time or "", days, now), days, now)
        if not days:
            moment = single(rules, text, now)
            return moment, moment.local[11:]
        day, at = localtime.read_date(text[:10]), localtime.read_time(text[11:])
        return _on(rules, first_day(days, day), at, days, now)
    except localtime.LocalTimeError as error:
        raise Refusal("invalid_time", str(error)) from None


def _on(
    rules: Rules, day: date, at: time, days: Sequence[str], now: datetime
) -> tuple[localtime.Moment, str]:
    moment = occurrence(day, at, rules.zone) if days else single(rules, f"{day}T{at}", now)
    return moment, at.isoformat()


def _without_date(rules: Rules, text: str, days: Sequence[str], now: datetime) -> tuple[date, time]:
    """The next occurrence; in the small hours, where it may be either of two days, the caller is asked."""
    at = localtime.read_time(text)
    possible = offered(days, at, rules.zone, now)
    if len(possible) == 1:
        return possible[0], at
    clock = f"{now.astimezone(rules.zone):%H:%M}"
    raise _choose(
        "which_day",
        phrase(f"It is {clock}: which day is meant?"),
        [_at(day, at, rules.zone) for day in possible],
        now,
        status=409,
    )


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return occurrence(day, at, zone).instant.astimezone(zone)


def _choose(code: str, sentence: str, choices: Sequence[datetime], now: datetime, *, status: int) -> Refusal:
    """A refusal with what may be meant: as instants to send back, and in words to read to the guest."""
    words = [said(choice, now) for choice in choices]
    if code == "which_day":
        one, other = words
        sentence = f"{sentence} {phrase(f'{one}; or {other}.')}"
    return Refusal(
        code, sentence, status=status, choices=[choice.isoformat() for choice in choices], said=words
    )


def _until(text: str, days: Sequence[str], first: localtime.Moment) -> None:
    if not days:
        raise Refusal("invalid_until", "A last day needs the weekdays on which to ring (`days`).")
    if text < first.local[:10]:
        day = first.local[:10]
        raise Refusal("invalid_until", f"The last day, {text}, is before the first one, {day}.")
