"""A hotel's tariff: its rows, and which of them a call is priced by. Reading one from text: `tariffread`.

The longest prefix with a row whose conditions hold wins; among the rows of one prefix the one that says
most about the call, in a fixed order, so that the order in the file never matters. Knows no sums (`rating`)
and no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hotelbridge.core.numbers import Dialled

CLASSES = ("vip", "group", "staff", "guest")  # of guests; the first goes before the others
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "hol")
SUNDAY, HOLIDAY = 1 << 6, 1 << 7  # of a row's days, which are a set of bits in the order of DAYS
DAY_MINUTES = 24 * 60
NOTHING = Decimal(0)
ANY_NUMBER = "*"

_CLASS_RANK = {name: len(CLASSES) - place for place, name in enumerate(CLASSES)}
Span = tuple[int, int]  # minutes of a day, from the first up to but without the second


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a tariff. What is not said holds for every call."""

    line: int  # of the file, counted from 1
    prefix: str  # "+49"; "=118": as dialled; "*": any full number
    rate: Decimal  # for `per_seconds`
    name: str = ""
    connect_fee: Decimal = NOTHING
    per_seconds: int = 60
    first: int = 60  # seconds that are charged at once
    next: int = 60  # and in steps of so many from then on; 0: nothing more
    threshold: int = (
        0  # seconds; a call no longer than this is free, a longer one counts from its first second
    )
    free_seconds: int = 0  # taken off every call
    min: Decimal | None = None
    max: Decimal | None = None
    guest_class: str = ""
    trunk: str = ""  # number of a trunk, or its route
    since: date | None = None
    until: date | None = None  # the last day
    days: int = 0  # bits in the order of DAYS; 0: every day
    hours: tuple[Span, ...] = ()  # in order, none touching another; empty: all day

    def holds(self, when: When, trunk: str, route: str, classes: frozenset[str]) -> bool:
        """Whether a call then, by this trunk and of these classes, may be priced by the row."""
        if self.trunk and self.trunk != trunk and self.trunk != route:
            return False
        if self.guest_class and self.guest_class not in classes:
            return False
        return self.holds_at(when)

    def holds_at(self, when: When) -> bool:
        """Whether the row is in force at a time of the hotel's clocks."""
        if self.days and not self.days & when.days:
            return False
        if self.hours and not any(start <= when.minute < end for start, end in self.hours):
            return False
        return (self.since is None or self.since <= when.day) and (
            self.until is None or when.day <= self.until
        )

    def rank(self, when: When, trunk: str) -> tuple[int, int, bool, bool, bool, date]:
        """How much the row says about a call for which it holds: the greatest prices it."""
        return (
            (1 + (self.trunk == trunk)) if self.trunk else 0,  # its number says more than its route
            _CLASS_RANK.get(self.guest_class, 0),
            bool(self.days & when.days & HOLIDAY),
            bool(self.hours),
            bool(self.days),
            self.since or date.min,
        )


@dataclass(frozen=True, slots=True)
class When:
    """What the hotel's clocks and calendar show at one instant."""

    day: date
    minute: int  # of the day
    days: int  # bits in the order of DAYS; a holiday is a Sunday too, and no other day


def when(instant: datetime, zone: ZoneInfo, holidays: frozenset[date]) -> When:
    """The time on the wall at an aware instant."""
    local = instant.astimezone(zone)
    day = local.date()
    kind = SUNDAY | HOLIDAY if day in holidays else 1 << local.weekday()
    return When(day, local.hour * 60 + local.minute, kind)


@dataclass(frozen=True)
class Tariff:
    """Rows, quick to look up. `version` is a hash of their text: the same text, the same prices."""

    version: str
    rows: tuple[Row, ...]
    _groups: dict[str, tuple[Row, ...]] = field(init=False, repr=False, compare=False)
    _lengths: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _dialled: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[str, list[Row]] = {}
        for row in self.rows:
            groups.setdefault(row.prefix, []).append(row)
        object.__setattr__(self, "_groups", {prefix: tuple(rows) for prefix, rows in groups.items()})
        object.__setattr__(self, "_lengths", _lengths("+", groups))
        object.__setattr__(self, "_dialled", _lengths("=", groups))

    def group(self, prefix: str) -> tuple[Row, ...]:
        """All rows of one prefix."""
        return self._groups.get(prefix, ())

    @property
    def prefixes(self) -> Iterable[str]:
        """Each prefix once."""
        return self._groups.keys()

    def groups_for(self, number: Dialled) -> Iterator[tuple[Row, ...]]:
        """The rows of each prefix of a number, those of the nearest first.

        What names it as it was dialled goes before all others: it means this code and no country.
        """
        groups = self._groups
        if self._dialled:
            dialled = f"={number.outside}"
            for length in self._dialled:
                if length <= len(dialled) and (found := groups.get(dialled[:length])):
                    yield found
        if e164 := number.e164:
            for length in self._lengths:
                if length <= len(e164) and (found := groups.get(e164[:length])):
                    yield found
            if found := groups.get(ANY_NUMBER):
                yield found

    def find(
        self,
        number: Dialled,
        at: When,
        trunk: str = "",
        route: str = "",
        classes: frozenset[str] = frozenset(),
    ) -> Row | None:
        """The row that prices a call; None where none matches."""
        for rows in self.groups_for(number):
            if (row := best(rows, at, trunk, route, classes)) is not None:
                return row
        return None


def best(rows: Iterable[Row], at: When, trunk: str, route: str, classes: frozenset[str]) -> Row | None:
    """The row among those of one prefix that says most about a call; None where none holds."""
    found = [row for row in rows if row.holds(at, trunk, route, classes)]
    if len(found) < 2:
        return found[0] if found else None
    return max(found, key=lambda row: row.rank(at, trunk))


def _lengths(mark: str, prefixes: Iterable[str]) -> tuple[int, ...]:
    """The lengths that prefixes of one form have, the longest first."""
    return tuple(sorted({len(prefix) for prefix in prefixes if prefix[0] == mark}, reverse=True))


def days_words(days: int) -> str:
    """Days as they are written in a tariff: mon-fri, sat,hol; empty for every day."""
    if not days:
        return ""
    parts: list[str] = []
    places = [place for place in range(len(DAYS)) if days >> place & 1]
    while places:
        first = last = places.pop(0)
        while places and places[0] == last + 1 < 7:
            last = places.pop(0)
        parts.append(
            DAYS[first] if first == last else f"{DAYS[first]}{'-' if last > first + 1 else ','}{DAYS[last]}"
        )
    return ",".join(parts)


def hours_words(hours: tuple[Span, ...]) -> str:
    """Hours as they are written in a tariff: 08:00-18:00; those around midnight in one piece."""
    spans = list(hours)
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == DAY_MINUTES:
        spans = [*spans[1:-1], (spans[-1][0], spans[0][1])]
    return " ".join(f"{clock(start)}-{clock(end)}" for start, end in spans)


def clock(minute: int) -> str:
    """A minute of the day: 08:00; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
