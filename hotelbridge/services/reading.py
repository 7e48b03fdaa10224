"""From rows to views, inside a read: what the desk's window shows, in the property's own time."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import FINAL_STATES, Phone, Wakeup, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services import outlook
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import (
    AttemptView,
    HistoryView,
    LinkView,
    Page,
    PhoneView,
    PropertyView,
    RoomView,
    WakeupDetail,
    WakeupQuery,
    WakeupView,
)
from hotelbridge.store import (
    alarms,
    attempts,
    charges,
    history,
    inbox,
    notices,
    phones,
    pms_state,
    records,
    wakeups,
)
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

PMS = "pms"  # the name of its link
BAD_SHOWN = timedelta(days=1)
MOST_COUNTED = 1000  # results that wait; more is no other news


def property_view(rules: Rules, now: datetime) -> PropertyView:
    """A property as the desk chooses it."""
    told = rules.settings
    return PropertyView(
        rules.property, told.name, told.timezone, told.currency, told.country, now.astimezone(rules.zone)
    )


def wakeup_view(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> WakeupView:
    """A wake-up as the desk sees it."""
    return wakeup_views(tx, rules, [wakeup], now)[0]


def wakeup_views(tx: Tx, rules: Rules, found: Sequence[Wakeup], now: datetime) -> tuple[WakeupView, ...]:
    """Wake-ups as the desk sees them; when they will ring is worked out for all of them together."""
    rings = outlook.expected(tx, rules, found, now)
    woken = history.woken(tx, [wakeup.id for wakeup in found if wakeup.state is WakeupState.WOKEN])
    return tuple(_wakeup_view(rules, wakeup, rings.get(wakeup.id), woken.get(wakeup.id)) for wakeup in found)


def _wakeup_view(
    rules: Rules, wakeup: Wakeup, expected: datetime | None, woken: datetime | None
) -> WakeupView:
    rang = wakeup.connected or wakeup.first_ring
    late = (rang - wakeup.due).total_seconds() if rang else 0.0
    if wakeup.state not in FINAL_STATES:
        expected = expected or rang
    return WakeupView(
        id=wakeup.id,
        order=wakeup.order_id,
        property=wakeup.property,
        room=wakeup.room,
        state=wakeup.state,
        due=wakeup.due.astimezone(rules.zone),
        local=wakeup.local,
        expected_ring=_local(rules, expected),
        tries=wakeup.tries,
        max_tries=rules.ladder.tries,
        next=_local(rules, wakeup.next_at),
        late=round(late, 3) if late > 1.0 else None,
        result=wakeup.result,
        note=wakeup.note,
        language=wakeup.language,
        proof=wakeup.proof,
        vip=wakeup.vip,
        in_person=wakeup.in_person,
        follows=wakeup.follows,
        reservation=wakeup.reservation,
        connected=_local(rules, wakeup.connected),
        woken_at=_local(rules, woken),
        created_by=wakeup.created_by,
        created_at=wakeup.created_at.astimezone(rules.zone),
        origin=wakeup.origin,
    )


def _local(rules: Rules, at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(rules.zone)


def wakeup_detail(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> WakeupDetail:
    """A wake-up with its rings and its history."""
    view = wakeup_view(tx, rules, wakeup, now)
    rings = tuple(
        AttemptView(
            n=a.n,
            phone=a.phone,
            device=a.device,
            started=a.started.astimezone(rules.zone),
            ended=_local(rules, a.ended),
            outcome=a.outcome,
            detail=a.detail,
        )
        for a in attempts.of_wakeup(tx, wakeup.id)
    )
    lines = tuple(
        HistoryView(line.at.astimezone(rules.zone), line.by, line.origin, line.what, line.text)
        for line in history.of(tx, wakeup)
    )
    known = {field.name: getattr(view, field.name) for field in fields(view)}
    return WakeupDetail(**known, attempts=rings, history=lines)


def wakeup_page(tx: Tx, rules: Rules, query: WakeupQuery, now: datetime) -> Page[WakeupView]:
    """Wake-ups by due time, then id."""
    wanted = wakeups.Filter(
        query.state, query.from_, query.to, query.room, query.order, query.open, place_of(query.cursor),
        query.orders,
    )  # fmt: skip
    found = wakeups.listed(tx, rules.property, wanted, query.limit + 1)
    shown = found[: query.limit]
    more = cursor_to(shown[-1].due, shown[-1].id) if len(found) > len(shown) and shown else None
    return Page(wakeup_views(tx, rules, shown, now), more)


def cursor_to(at: datetime, id: int) -> str:
    """The cursor of a list by time, to what stands behind this instant and id."""
    text = f"{at.isoformat()} {id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> tuple[datetime, int] | None:
    """The instant and the id that a cursor of a list by time stands for. Refuses `bad_cursor`."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        due, id = base64.urlsafe_b64decode(padded).decode("ascii").split(" ")
        at, number = datetime.fromisoformat(due).astimezone(UTC), int(id)
    except (ValueError, OverflowError, binascii.Error):
        raise _bad_cursor(cursor) from None
    if not 0 <= number < 2**63:
        raise _bad_cursor(cursor)
    return at, number


def _bad_cursor(cursor: str) -> Refusal:
    return Refusal("bad_cursor", f"'{cursor}' is not the `next` of a page of this list.")


def number_of(cursor: str | None) -> int:
    """The id that a cursor of a list by ids stands for."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise _bad_cursor(cursor)
    return int(cursor)


def room_numbers(rules: Rules, limit: int, cursor: str | None) -> tuple[tuple[str, ...], str | None]:
    """Rooms in the order of the configuration, and the cursor to the rest: the last room seen."""
    numbers = rules.rooms()
    start = 0
    if cursor is not None:
        if cursor not in numbers:
            raise _bad_cursor(cursor)
        start = numbers.index(cursor) + 1
    shown = numbers[start : start + limit]
    return shown, shown[-1] if shown and start + limit < len(numbers) else None


def room_views(tx: Tx, rules: Rules, numbers: tuple[str, ...]) -> tuple[RoomView, ...]:
    """Rooms with their phones as last seen."""
    known = {(p.device, p.number): p for p in phones.all_of(tx, rules.property)}
    pending = wakeups.pending_by_room(tx, rules.property)
    return tuple(
        RoomView(
            number=room,
            phones=tuple(_phone_view(key, known.get(key)) for key in rules.phones(room)),
            pending=pending.get(room, 0),
        )
        for room in numbers
    )


def _phone_view(key: tuple[str, str], phone: Phone | None) -> PhoneView:
    device, number = key
    if phone is None:
        return PhoneView(device, number, wanted={}, held=None, in_sync=False, state="")
    return PhoneView(device, number, phone.wanted, phone.held, phone.in_sync, phone.state)


def _link_detail(tx: Tx, device: phones.Device, now: datetime) -> str:
    bad, why = inbox.bad_since(tx, device.property, device.name, now - BAD_SHOWN)
    said = phrase(f"{bad} unreadable reports in the last day (kept; the last: {why})") if bad else ""
    if bad == 1:
        said = phrase(f"1 unreadable report in the last day (kept; the last: {why})")
    return "; ".join(part for part in (device.detail, said) if part)


def _came_since(device: phones.Device) -> bool:
    """Whether an exchange that takes no command has reported since it was found so."""
    last, since = device.last_report_at, device.since
    return last is not None and since is not None and last > since


def link_views(tx: Tx, rules: Rules, now: datetime) -> tuple[LinkView, ...]:
    """The telephone exchanges: does each answer commands, do its reports arrive, can they be read."""
    views = []
    for name in rules.devices:
        device = phones.device(tx, rules.property, name)
        missing = alarms.open_about(tx, rules.property, f"reports:{name}")
        silent = missing is not None and missing.healed_at is None
        reporting = False if silent else (True if device.last_report_at else None)
        if device.up is False and not _came_since(device):
            reporting = False
        heard = max((t for t in (device.last_report_at, device.last_reply_at) if t), default=None)
        views.append(
            LinkView(
                link=name,
                kind="om",
                layers={"connected": device.up, "reporting": reporting},
                since=_local(rules, device.since),
                detail=_link_detail(tx, device, now),
                last_message=_local(rules, heard),
            )
        )
    return (*views, *_pms_views(tx, rules))


def _of_resync(rules: Rules, marks: Mapping[str, str]) -> str:
    """What of a resync is still to come from the PMS; silence about it is no fault of the link."""
    asked = marks.get("resync_asked")
    if asked is not None:
        at = datetime.fromisoformat(asked).astimezone(rules.zone)
        clock, day = f"{at:%H:%M}", f"{at:%Y-%m-%d}"
        return phrase(f"a resync was asked for at {clock} on {day}, no answer")
    return phrase("a resync is to be asked for") if "want_resync" in marks else ""


def _pms_views(tx: Tx, rules: Rules) -> tuple[LinkView, ...]:
    """The link to the PMS, as its owner keeps it."""
    marks = pms_state.values(tx, rules.property, house=True)
    kept = json.loads(marks.get("link", "{}"))
    if not kept or not rules.settings.pms.plugin:
        return ()
    heard = records.last_at(tx, rules.property, PMS)
    return (
        LinkView(
            link=PMS,
            kind="pms",
            layers=kept["layers"],
            since=datetime.fromisoformat(kept["since"]).astimezone(rules.zone),
            detail="; ".join(part for part in (kept["detail"], _of_resync(rules, marks)) if part),
            last_message=_local(rules, heard),
            resync=_of_resync(rules, marks),
            waiting=_waiting(tx, rules),
        ),
    )


def _waiting(tx: Tx, rules: Rules) -> int:
    """What is still to be handed over to the PMS: charges, and results of wake-ups."""
    states = (ChargeState.QUEUED, ChargeState.SENT)
    owed = sum(charges.count(tx, rules.property, state) for state in states)
    return owed + len(notices.kept(tx, rules.property, PMS, MOST_COUNTED))
