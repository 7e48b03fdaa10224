"""The flight recorder as it is shown: records of links and reports of exchanges in one list by time.

Reports stay where they are and are decoded when they are looked at. A report does not know its room
before it is decoded, so for one room a piece of the list looks through a bounded number of reports; it
may be short or empty then and its `next` leads on. Names are for those who need them (`core.personal`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hotelbridge.core.guests import Direction, JournalLine, Record
from hotelbridge.core.personal import mask
from hotelbridge.errors import Refusal
from hotelbridge.services import omwords
from hotelbridge.services.roomviews import EntryView, JournalView, RecorderQuery
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Page
from hotelbridge.store import inbox, records
from hotelbridge.store.database import Tx
from hotelbridge.store.inbox import Heard
from hotelbridge.store.keyset import NEWEST
from hotelbridge.texts import phrase

LOOKED_THROUGH = 5000  # reports, for one piece of one room's list
AT_ONCE = 500  # of them
LONGEST = 4000  # characters of a message that are shown
LARGEST_ID = 2**63 - 1
_REPORT, _RECORD = 0, 1  # of one instant, records stand before reports

Place = tuple[datetime, int, int]  # instant, rank of the source, id


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, before it is known who looks."""

    place: Place
    link: str
    direction: Direction
    rooms: tuple[str, ...]
    words: str
    effect: str
    waiting: bool
    body: bytes


def page(tx: Tx, rules: Rules, query: RecorderQuery, *, named: bool) -> Page[EntryView]:
    """Messages by time, newest first; refuses `bad_cursor`, `unknown_record` (404)."""
    if query.record is not None:
        return Page((view(rules, _numbered(tx, rules, query.record), named=named),), None)
    start = _start(query)
    found = _records(tx, rules, query, start)
    heard, looked_to = _reports(tx, rules, query, start)
    found = sorted([*found, *heard], key=lambda entry: entry.place, reverse=True)
    if looked_to is not None:
        found = [entry for entry in found if entry.place >= looked_to]
    shown = found[: query.limit]
    more = shown[-1].place if len(found) > len(shown) else looked_to
    return Page(tuple(view(rules, entry, named=named) for entry in shown), more and _cursor(more))


def _numbered(tx: Tx, rules: Rules, id: int) -> Entry:
    known = records.get(tx, rules.property, id)
    if known is None:
        sentence = phrase(f"There is no record {id}: it never came, or was erased when it was old enough.")
        raise Refusal("unknown_record", sentence, status=404)
    return _of_record(known)


def of_room(tx: Tx, rules: Rules, room: str, limit: int) -> list[Entry]:
    """The last records that speak of a room, newest first; without the reports of its phones."""
    return [_of_record(one) for one in records.listed(tx, rules.property, room=room, limit=limit)]


def view(rules: Rules, entry: Entry, *, named: bool) -> EntryView:
    """One message as this caller may see it."""
    at, rank, id = entry.place
    kept: Callable[[str], str] = _cut if named else lambda words: _cut(mask(words))
    return EntryView(
        id=f"{'r' if rank == _RECORD else 'p'}{id}",
        at=at.astimezone(rules.zone),
        link=entry.link,
        direction=entry.direction,
        rooms=entry.rooms,
        words=kept(entry.words),
        effect=kept(entry.effect),
        waiting=entry.waiting,
        body=shown(entry.body) if named else None,
    )


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} ..."


def journal_view(rules: Rules, line: JournalLine, *, named: bool) -> JournalView:
    """One line of the journal as this caller may see it."""
    return JournalView(
        id=line.id,
        at=line.at.astimezone(rules.zone),
        by=line.by,
        origin=line.origin,
        room=line.room,
        reservation=line.reservation,
        what=line.what,
        text=line.text if named else mask(line.text),
        record=None if line.record_id is None else f"r{line.record_id}",
    )


def shown(body: bytes) -> str:
    """Bytes as text that can be read and copied: line ends stay, what is not printable is escaped."""
    text = body.decode("utf-8", "surrogateescape")
    rest = f" ... ({len(body)} bytes)" if len(text) > LONGEST else ""
    return "".join(_sign(char) for char in text[:LONGEST]) + rest


def _sign(char: str) -> str:
    code = ord(char)
    if char == "\\":
        return "\\\\"
    if char == "\n" or char.isprintable():
        return char
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# --- the two sources ---


def _records(tx: Tx, rules: Rules, query: RecorderQuery, start: Place) -> list[Entry]:
    found = records.listed(
        tx, rules.property, query.room, query.link, query.direction, _before(start, _RECORD), query.limit + 1
    )
    return [_of_record(one) for one in found]


def _of_record(one: Record) -> Entry:
    place = (one.at, _RECORD, one.id)
    waiting = one.worked_at is None
    return Entry(place, one.link, one.direction, one.rooms, one.words, one.effect, waiting, one.body)


def _reports(tx: Tx, rules: Rules, query: RecorderQuery, start: Place) -> tuple[list[Entry], Place | None]:
    """Reports, and how far was looked where that is not to their end."""
    if query.direction == Direction.OUT or (query.link is not None and query.link not in rules.devices):
        return [], None
    if query.room is None:
        heard = inbox.listed(tx, rules.property, query.link, _before(start, _REPORT), query.limit + 1)
        return [_of_report(rules, one) for one in heard], None
    return _reports_of_room(tx, rules, query, query.room, start)


def _reports_of_room(
    tx: Tx, rules: Rules, query: RecorderQuery, room: str, start: Place
) -> tuple[list[Entry], Place | None]:
    found: list[Entry] = []
    before = _before(start, _REPORT)
    phones = tuple({number.encode() for _, number in rules.phones(room)})
    if not phones:
        return [], None
    for _ in range(LOOKED_THROUGH // AT_ONCE):
        heard = inbox.listed(tx, rules.property, query.link, before, AT_ONCE)
        found += _about(rules, room, phones, heard)
        if len(heard) < AT_ONCE:
            return found, None
        before = (heard[-1].at, heard[-1].id)
        if len(found) > query.limit:
            break
    return found, (before[0], _REPORT, before[1])


def _about(rules: Rules, room: str, phones: Sequence[bytes], heard: Sequence[Heard]) -> list[Entry]:
    """Those about a room; most are seen at once to be about another."""
    likely = [one for one in heard if any(phone in one.body for phone in phones)]
    return [entry for entry in (_of_report(rules, one) for one in likely) if room in entry.rooms]


def _of_report(rules: Rules, one: Heard) -> Entry:
    told = omwords.said(one.body)
    rooms = [room for phone in told.phones for room in rules.rooms_of(one.device, phone)]
    return Entry(
        place=(one.at, _REPORT, one.id),
        link=one.device,
        direction=Direction.IN,
        rooms=tuple(dict.fromkeys(rooms)),
        words=phrase(f"{one.device} says: {told.words}"),
        effect="" if one.bad is None else phrase(f"it could not be used: {one.bad}"),
        waiting=one.worked_at is None,
        body=one.body,
    )


# --- places in the list ---


def _before(place: Place, rank: int) -> tuple[datetime, int]:
    """The same place in the list of one source alone."""
    at, of, id = place
    return at, id if rank == of else 0 if rank > of else LARGEST_ID


def _start(query: RecorderQuery) -> Place:
    if query.cursor is not None:
        return _read_cursor(query.cursor)
    at, id = NEWEST
    return (at if query.before is None else query.before), _REPORT, id


def _cursor(place: Place) -> str:
    at, rank, id = place
    text = f"{at.astimezone(UTC).isoformat()} {rank} {id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> Place:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        at, rank, id = base64.urlsafe_b64decode(padded).decode("ascii").split(" ")
        place = datetime.fromisoformat(at).astimezone(UTC), int(rank), int(id)
    except (ValueError, OverflowError, binascii.Error):
        raise _bad_cursor(cursor) from None
    if place[1] not in (_REPORT, _RECORD) or not 0 <= place[2] <= LARGEST_ID:
        raise _bad_cursor(cursor)
    return place


def _bad_cursor(cursor: str) -> Refusal:
    return Refusal("bad_cursor", f"'{cursor}' is not the `next` of a page of this list.")
