"""Values that the house and FIAS write differently: instants, durations, money.

Pure; a value of the peer that cannot be read is None, never an exception.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hotelbridge.texts import phrase
from hotelbridge_fias.records import Record, moment

_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})  # ISO 4217
_EARLIEST, _LATEST = 2025, 2068  # years; a clock that was never set shows 70 or 80, or early ones
_LONGEST = 99 * 3600 + 59 * 60 + 59  # seconds that DU can hold


def filled(record: Record, name: str) -> str | None:
    """The first value of a field that has one."""
    return next((value for value in record.all(name) if value.strip()), None)


def rooms_of(record: Record) -> tuple[str, ...]:
    """The rooms a record speaks of, each once."""
    return tuple(dict.fromkeys(value for name, value in record.fields if name in ("RN", "RO") and value))


def next_occurrence(at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The hotel's wall time (naive) at which its clocks show `at` next."""
    here = now.astimezone(zone).replace(tzinfo=None, microsecond=0)
    today = datetime.combine(here.date(), at)
    return today if today >= here else today + timedelta(days=1)


def instant(record: Record, zone: ZoneInfo, now: datetime) -> datetime | None:
    """DA and TI of a link record as an instant (UTC); of a doubled hour the pass that is nearer to `now`."""
    shown = moment(record)
    if shown is None or not _EARLIEST <= shown.year <= _LATEST:
        return None
    both = [shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(both, key=lambda one: abs(one - now))


def duration(length: timedelta) -> str:
    """How long a call was, HHMMSS; a begun second counts."""
    seconds = min(max(0, -(-length // timedelta(seconds=1))), _LONGEST)
    return f"{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}"


def money(amount: Decimal, currency: str) -> str:
    """An amount without its decimal point: two decimals, also of currencies that have none; three stay.

    Raises ValueError where there is more in it than that can hold: an amount is rounded once, elsewhere.
    """
    decimals = 3 if currency in _THREE_DECIMALS else 2
    whole = amount.scaleb(decimals)
    if whole != whole.to_integral_value():
        raise ValueError(phrase(f"{amount} {currency} has more than {decimals} decimals"))
    return str(int(whole))
