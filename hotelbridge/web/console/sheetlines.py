"""A pasted sheet line by line: what was understood, what its booking would come to, what became of it.

Every line of the sheet is here to the end, booked or with why it is not. Knows no page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from hotelbridge.core.sheets import Sheet, SheetRow, Skipped
from hotelbridge.services.orderviews import BookingRequest, BookingView
from hotelbridge.services.views import Once, Replay
from hotelbridge.texts import N_
from hotelbridge.web.console.languages import Tongue
from hotelbridge.web.console.words import Word

MOST = 500  # bookings of one sheet
LONGEST_NOTE = 300
LATE = 30  # seconds after its time, from which on that is told
_READ = Word("○", N_("to be booked"), "")
_BOOKED = Word("✓", N_("booked"), "ok")
_KNOWN = Word("✓", N_("booked already"), "ok")
_LEFT = Word("–", N_("left out"), "mute")
_WRONG = Word("✕", N_("not booked"), "bad")
_TOO_MANY = N_("More than {most} wake-ups at once: paste the rest by itself.")
_LATER = N_("rings at {time}: the exchange is busy then")
_CROWDED = N_("too many at once")
_SAME = N_("The same as line {line}.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What was said of the sheet as a whole."""

    day: date | None  # of the pick-up where that is given, else of the waking; None: the next such time
    label: str  # for the note of each wake-up
    anyway: bool  # rooms without a guest too


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line as it is shown."""

    number: int
    text: str
    word: Word
    says: str = ""
    more: tuple[str, ...] = ()
    room: str = ""
    time: str = ""
    pickup: str = ""
    name: str = ""
    request: BookingRequest | None = None  # None: there is nothing to book
    wakeup: int | None = None
    order: int | None = None
    again: bool = False  # the same form, sent once more, may book it
    head: bool = False  # it names the columns
    crowd: str = ""  # why all of its minute cannot ring together


def lines_of(tongue: Tongue, sheet: Sheet, terms: Terms, now: datetime) -> list[SheetLine]:
    """Every line of the sheet in its order, none of them tried yet."""
    shown = [_skipped(tongue, one) for one in sheet.skipped]
    late = {row.line for row in sheet.wakeups[MOST:]}
    shown += [_row(tongue, row, terms, now, is_late=row.line in late) for row in sheet.rows]
    return sorted(shown, key=lambda one: one.number)


def _skipped(tongue: Tongue, one: Skipped) -> SheetLine:
    says = one.reason.sentence(tongue.gettext)
    return SheetLine(one.line, one.text, _said(tongue, _LEFT), says, head=one.reason.code == "row_header")


def _row(tongue: Tongue, row: SheetRow, terms: Terms, now: datetime, *, is_late: bool) -> SheetLine:
    known = SheetLine(
        row.line, row.text, _said(tongue, _READ), room=row.room, time=row.time[:5], pickup=row.pickup[:5],
        name=row.name,
    )  # fmt: skip
    if row.problem is not None:
        return replace(known, word=_said(tongue, _WRONG), says=row.problem.sentence(tongue.gettext))
    if row.same_as is not None:
        same = tongue.gettext(_SAME).format(line=row.same_as)
        return replace(known, word=_said(tongue, _LEFT), says=same)
    if is_late:
        return replace(known, word=_said(tongue, _WRONG), says=tongue.gettext(_TOO_MANY).format(most=MOST))
    return replace(known, request=request_of(row, terms, now))


def request_of(row: SheetRow, terms: Terms, now: datetime) -> BookingRequest:
    """The booking of one line."""
    note = " · ".join(part for part in (terms.label, row.name) if part)[:LONGEST_NOTE]
    on = _day_of(row, terms, now)
    day = None if on is None else on.isoformat()
    return BookingRequest(room=row.room, date=day, time=row.time, note=note, anyway=terms.anyway)


def _day_of(row: SheetRow, terms: Terms, now: datetime) -> date | None:
    """On which day it rings; None: at the next such time.

    A pick-up without a day is the next one. What was to ring before it may be over: that is refused then,
    and never put off until the car has left.
    """
    day = terms.day
    if day is None and row.pickup:
        today = now.date()
        day = today if time.fromisoformat(row.pickup) > now.time() else today + timedelta(days=1)
    return day - timedelta(days=1) if day is not None and row.day_before else day


def minutes(lines: Sequence[SheetLine]) -> list[list[SheetLine]]:
    """The lines that can be booked, those of one minute together."""
    found: dict[tuple[str | None, str | None], list[SheetLine]] = {}
    for line in lines:
        if line.request is not None:
            found.setdefault((line.request.date, line.request.time), []).append(line)
    return list(found.values())


def preview_of(some: Sequence[SheetLine]) -> BookingRequest:
    """What tries these lines of one minute together, and saves nothing."""
    wanted = [line.request for line in some if line.request is not None]
    rooms = tuple(one.room for one in wanted)
    return replace(wanted[0], room="", rooms=rooms, note="", preview=True)


def once_of(request: BookingRequest, form: Once) -> Once:
    """The key of one line: the same line of the same form is booked once, however often that is sent."""
    written = json.dumps([request.room, request.date, request.time, request.note, request.anyway])
    digest = hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:24]
    return Once(f"{form.key[:60]}.{digest}", form.caller, digest, 201)


def tried(tongue: Tongue, line: SheetLine, found: BookingView | Replay) -> SheetLine:
    """A line with what its booking would come to."""
    if isinstance(found, Replay):
        return line
    rings = [one.expected_ring for one in found.wakeups if one.room == line.room and one.expected_ring]
    late = rings and (rings[0] - found.due).total_seconds() >= LATE
    later = (tongue.gettext(_LATER).format(time=f"{rings[0]:%H:%M:%S}"),) if late else ()
    return replace(line, says=found.said, more=(*later, *found.warnings))


def crowded(tongue: Tongue, line: SheetLine, why: str) -> SheetLine:
    """A line that could be booked alone, and not with all the others of its minute."""
    return replace(line, more=(*line.more, tongue.gettext(_CROWDED)), crowd=why)


def crowds(lines: Sequence[SheetLine]) -> list[str]:
    """What is said of whole minutes, each once."""
    return list(dict.fromkeys(one.crowd for one in lines if one.crowd))


def booked(tongue: Tongue, line: SheetLine, found: BookingView | Replay) -> SheetLine:
    """A line that is booked, now or when the form came before."""
    if isinstance(found, Replay):
        kept = json.loads(found.body_text)
        return replace(
            line, word=_said(tongue, _KNOWN), says=kept["said"], wakeup=kept["id"], order=kept["order"]
        )
    return replace(
        line, word=_said(tongue, _BOOKED), says=found.said, more=found.warnings, wakeup=found.id,
        order=found.order,
    )  # fmt: skip


def refused(tongue: Tongue, line: SheetLine, why: str, *, again: bool = False) -> SheetLine:
    """A line that is not booked, and why."""
    return replace(line, word=_said(tongue, _WRONG), says=why, more=(), again=again)


def is_wrong(line: SheetLine) -> bool:
    """Whether a person must look at it."""
    return line.word.sign == _WRONG.sign


def rest_of(lines: Sequence[SheetLine]) -> str:
    """What is not booked yet, under the head of the columns, to be mended and read once more."""
    return "\n".join(one.text for one in lines if one.head or is_wrong(one))


def counted(lines: Sequence[SheetLine]) -> tuple[int, int, int]:
    """How many are good, how many are wrong, how many ask for nothing."""
    wrong = sum(is_wrong(one) for one in lines)
    left = sum(one.word.sign == _LEFT.sign for one in lines)
    return len(lines) - wrong - left, wrong, left


def _said(tongue: Tongue, word: Word) -> Word:
    return replace(word, text=tongue.gettext(word.text))
