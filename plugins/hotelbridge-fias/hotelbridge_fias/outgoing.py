"""The records that we send: who we are and what we want to hear, charges, ends of wake-ups, rooms. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from hotelbridge.pms.api import Posting, Refused, RoomStatus, WakeupNews, WakeupResult
from hotelbridge.texts import phrase
from hotelbridge_fias.answers import OF_RESULTS
from hotelbridge_fias.key import proof
from hotelbridge_fias.records import Record, stamp
from hotelbridge_fias.settings import ClassIn, FiasSettings
from hotelbridge_fias.values import duration, money

# Record type and version of the description: asks for LC, without which a proof of the key is not looked at.
_WANTS_LC = ("RT", "4")


def description(settings: FiasSettings, now: datetime, shown: str, iv: bytes) -> Sequence[Record]:
    """LD, an LR for each record, LA. `now` on the hotel's clocks; `shown` is DA and TI of the last LS."""
    about = [*stamp(now), ("IF", settings.interface), ("V#", settings.version)]
    if settings.key is not None:
        about += [_WANTS_LC, ("CG", proof(settings.key, shown, iv))]
    wanted = [
        Record("LR", (("RI", kind), ("FL", "".join(fields))))
        for kind, fields in wanted_fields(settings).items()
    ]
    return (Record("LD", tuple(about)), *wanted, Record("LA", stamp(now)))


def wanted_fields(settings: FiasSettings) -> dict[str, tuple[str, ...]]:
    """Which records go over this link, both ways, with which fields in which order.

    GS stands right behind its room: it belongs to the room field before it. NS and NE need a line as well,
    or they do not come. GF and GT are not asked for: GN is the name as the hotel wants it shown.
    """
    guest = ("RN", "GS", "G#", "GN", "GL", "GV", "GG", "GA", "GD")
    of_guest = ("CS",) if settings.class_of_service_in is ClassIn.GI else ()
    of_room = ("CS",) if settings.class_of_service_in is ClassIn.RE else ()
    status = ("RS", "ID") if settings.room_status else ()
    when = ("DA", "TI")
    return {
        "GI": (*guest, *of_guest, "SF"),
        "GO": ("RN", "GS", "G#", "SF"),
        "GC": (*guest, *of_guest, *(("RO",) if settings.want_moves else ())),
        "RE": ("RN", *of_room, "DN", *status),
        "WR": ("RN", *when),
        "WC": ("RN", *when),
        "WA": ("RN", *when, "AS"),
        "PS": settings.posting_fields,
        "PA": ("RN", "AS", "CT", "P#", *when),
        "NS": when,
        "NE": when,
    }


def charge(posting: Posting, settings: FiasSettings, zone: ZoneInfo) -> Record:
    """A PS with the site's fields in the site's order. Raises Refused where it cannot be said."""
    started = dict(stamp(posting.started.astimezone(zone)))
    try:
        amount = money(posting.amount, posting.currency)
    except ValueError as wrong:
        raise Refused(phrase(f"the amount cannot be told: {wrong}")) from wrong
    values = {
        "RN": posting.room,
        "PT": settings.posting_letter,
        "TA": amount,
        "MP": str(posting.units),
        "DD": posting.dialled,
        "DU": duration(posting.duration),
        **started,
        "P#": str(posting.number),
        "CT": posting.text,
        "G#": posting.reservation,
        **settings.ps_values,
    }
    present = ((name, values[name]) for name in settings.posting_fields)
    return Record("PS", tuple((name, value) for name, value in present if value))


def wakeup_result(result: WakeupResult) -> Record:
    """A WA: the time as the PMS wrote it, or as it was booked here."""
    on, _, at = result.echo.partition("|")
    when = (("DA", on), ("TI", at)) if (on and at) or not _is_moment(result.local) else _when(result.local)
    return Record("WA", (("RN", result.room), *when, ("AS", OF_RESULTS[result.result])))


def resync(now: datetime) -> Record:
    """A DR: asks for everything as it stands."""
    return Record("DR", stamp(now))


def wakeup_news(news: WakeupNews) -> Record:
    """A WR or WC for what was booked or cancelled here."""
    return Record("WR" if news.booked else "WC", (("RN", news.room), *_when(news.local)))


def room_status(status: RoomStatus, settings: FiasSettings) -> Record:
    """An RE with the number that the site gives to this status. Raises Refused where it gives none."""
    code = settings.room_status.get(status.status)
    if code is None:
        raise Refused(phrase(f"{status.status!r} has no number: add it to room_status"))
    by = (("ID", status.by),) if status.by else ()
    return Record("RE", (("RN", status.room), ("RS", code), *by))


def _is_moment(local: str) -> bool:
    """Whether it is a time of the hotel's clocks, and not what somebody asked for in its place."""
    try:
        datetime.fromisoformat(local)
    except ValueError:
        return False
    return True


def _when(local: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return stamp(datetime.fromisoformat(local))
