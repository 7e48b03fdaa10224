"""What is wrong between the rows of a tariff that are each right: overlaps, gaps, rows that never price.

Works prefix by prefix on the weeks of a tariff: the days on which a row begins or ends to be valid cut the
calendar into seasons, its hours cut the day; within such a cell the same row wins every call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from hotelbridge.core.numbers import known_code
from hotelbridge.core.tariff import (
    ANY_NUMBER,
    DAY_MINUTES,
    DAYS,
    HOLIDAY,
    SUNDAY,
    Row,
    Span,
    Tariff,
    When,
    best,
    clock,
)
from hotelbridge.texts import phrase

KINDS = tuple(
    1 << place if place < 7 else SUNDAY | HOLIDAY for place in range(8)
)  # of days, as When has them
_DAY = timedelta(days=1)
_ALL_DAY = ((0, DAY_MINUTES),)
Season = tuple[date, date]  # first and last day
Unpriced = dict[int, tuple[Span, ...]]  # hours of each kind of day, by its place


class FindingKind(StrEnum):
    """What a finding is about."""

    OVERLAP = "overlap"  # the only one that is a mistake: two rows price the same call
    GAP = "gap"
    UNREACHABLE = "unreachable"
    SUSPICIOUS = "suspicious"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a tariff that its author should know."""

    kind: FindingKind
    line: int
    words: str

    @property
    def is_mistake(self) -> bool:
        """Whether the tariff cannot be used so."""
        return self.kind is FindingKind.OVERLAP


def check(tariff: Tariff, since: date = date.min) -> list[Finding]:
    """Everything found, in the order of the file; gaps that are over before `since` are of no interest.

    `since`: the day on which it is asked; the earliest there is: whatever has its time is in order.
    """
    found = [*overlaps(tariff.rows), *(one for row in tariff.rows for one in _suspicious(row))]
    for prefix in tariff.prefixes:
        found += _unreachable(tariff.group(prefix))
        found += _gaps(tariff, prefix, since)
    return sorted(found, key=lambda one: (one.line, one.kind))


def overlaps(rows: Iterable[Row]) -> list[Finding]:
    """Pairs of rows that would price the same call, each told at the later one."""
    alike: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        key = (row.prefix, row.trunk, row.guest_class, row.since, bool(row.hours), bool(row.days))
        alike.setdefault(key, []).append(row)
    found = []
    for group in alike.values():
        pairs = (
            {pair for days in _weekday_sets(group) for pair in _clashes(days)} if len(group) > 1 else set()
        )
        found += [
            _overlap(first, second) for first, second in sorted(pairs, key=lambda p: (p[1].line, p[0].line))
        ]
    return found


def _weekday_sets(group: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows that meet on one kind of day and say the same of it."""
    for place in range(8):
        yield [row for row in group if not row.days or row.days >> place & 1]


def _clashes(rows: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Rows whose hours meet; each with one of those before it."""
    spans = sorted(((span, row) for row in rows for span in row.hours or _ALL_DAY), key=lambda one: one[0])
    reach: tuple[int, Row] | None = None  # the latest end so far
    for (start, end), row in spans:
        if reach is not None and start < reach[0] and reach[1] is not row:
            first, second = sorted((reach[1], row), key=lambda one: one.line)
            yield first, second
        if reach is None or end > reach[0]:
            reach = end, row


def _overlap(first: Row, second: Row) -> Finding:
    words = phrase(
        f"prices the same calls as line {first.line} ({first.prefix}): remove one of them, or give them "
        "different hours, days, classes, trunks or dates of `from`"
    )
    return Finding(FindingKind.OVERLAP, second.line, words)


def _suspicious(row: Row) -> Iterator[Finding]:
    def said(words: str) -> Finding:
        return Finding(FindingKind.SUSPICIOUS, row.line, words)

    if row.next == 0:
        yield said(f"next = 0: whatever comes after {row.first} s costs nothing")
    if row.max == 0:
        yield said("max 0: every call costs nothing")
    elif row.min is not None and row.max is not None and row.min > row.max:
        yield said(f"min {row.min} is more than max {row.max}: every call costs {row.max}")
    if row.rate == 0 and row.connect_fee == 0 and not row.min:
        yield said("neither rate nor connect_fee: these calls are free")
    if row.prefix[0] == "+" and not known_code(row.prefix):
        yield said(f"no country has numbers with {row.prefix}: no call will match")


# --- seasons and cells ---


def _seasons(rows: Iterable[Row]) -> Iterator[Season]:
    """The stretches of days in which the same rows are valid."""
    starts = {date.min} | {row.since for row in rows if row.since}
    starts |= {row.until + _DAY for row in rows if row.until and row.until < date.max}
    cuts = sorted(starts)
    yield from ((first, after - _DAY) for first, after in pairwise(cuts))
    yield cuts[-1], date.max


def _valid(rows: Iterable[Row], season: Season) -> list[Row]:
    first = season[0]
    return [
        row
        for row in rows
        if (row.since is None or row.since <= first) and (row.until is None or first <= row.until)
    ]


def _spans(rows: Iterable[Row]) -> list[Span]:
    """The pieces of a day in which the hours of no row begin or end."""
    cuts = {0, DAY_MINUTES} | {minute for row in rows for span in row.hours for minute in span}
    return list(pairwise(sorted(cuts)))


def _kinds(season: Season) -> Iterator[int]:
    """The places of the kinds of days that a season has; any of them may be a holiday."""
    length = (season[1] - season[0]).days + 1
    weekdays = {(season[0] + n * _DAY).weekday() for n in range(min(length, 7))}
    yield from sorted(weekdays)
    yield 7


def _unreachable(group: Sequence[Row]) -> Iterator[Finding]:
    """Rows of one prefix that another always beats. Those of other trunks or classes beat no one for good."""
    alike: dict[tuple[str, str], list[Row]] = {}
    for row in group:
        alike.setdefault((row.trunk, row.guest_class), []).append(row)
    for rows in alike.values():
        if len(rows) < 2:
            continue
        reached: set[int] = set()
        for season in _seasons(rows):
            reached |= set(_winners(_valid(rows, season), season))
        for row in rows:
            if row.line not in reached:
                words = "never prices a call: other lines of its prefix always go before it"
                yield Finding(FindingKind.UNREACHABLE, row.line, words)


def _winners(rows: list[Row], season: Season) -> Iterator[int]:
    """The lines that price something in a season, for calls by the trunk and of the class of these rows."""
    for place in _kinds(season) if rows else ():
        for start, _ in _spans(rows):
            at = When(season[0], start, KINDS[place])
            row = best(rows, at, rows[0].trunk, rows[0].trunk, frozenset({rows[0].guest_class}))
            if row is not None:
                yield row.line


# --- gaps ---


def _gaps(tariff: Tariff, prefix: str, since: date) -> Iterator[Finding]:
    """The hours in which calls to a prefix have no price, where no shorter prefix has one either."""
    rows = [row for shorter in _nearest_first(tariff, prefix) for row in tariff.group(shorter)]
    for_all = [row for row in rows if not row.trunk and not row.guest_class]
    if any(not (row.days or row.hours or row.since or row.until) for row in for_all):
        return
    line = tariff.group(prefix)[0].line
    if not for_all:
        named = sorted({word for row in rows for word in (row.trunk, row.guest_class) if word})
        words = f"{prefix} is priced for {', '.join(named)} alone: other calls have no price"
        yield Finding(FindingKind.GAP, line, words)
        return
    begun = min((row.since or date.min for row in for_all), default=date.min)
    ends = max((row.until or date.max for row in for_all), default=date.max)
    if since != date.min and (words := _out_of_time(since, begun, ends)):
        yield Finding(FindingKind.GAP, line, f"{prefix} {words}")
    for season in _seasons(for_all):
        to_come = since <= season[1] and begun <= season[0] <= ends
        if to_come and (words := _unpriced_words(_unpriced(for_all, season))):
            yield Finding(FindingKind.GAP, line, f"{prefix} has no price{_season_words(season)} on {words}")


def _out_of_time(today: date, begun: date, ends: date) -> str:
    """That no row is in force yet, or any more: whoever calls today waits for a person."""
    if ends < today:
        return f"has no price any more: the last line ended on {ends}"
    return f"has no price yet: the first line begins on {begun}" if today < begun else ""


def _nearest_first(tariff: Tariff, prefix: str) -> Iterator[str]:
    """A prefix, and those to which its calls fall."""
    if prefix != ANY_NUMBER:
        yield from (prefix[:length] for length in range(len(prefix), 1, -1))
    if prefix[0] != "=":
        yield ANY_NUMBER


def _unpriced(rows: Sequence[Row], season: Season) -> Unpriced:
    found: Unpriced = {}
    valid = _valid(rows, season)
    for place in _kinds(season):
        if place == 7:  # a holiday is a Sunday, and has its price at least
            continue
        empty: list[Span] = []
        for start, end in _spans(valid):
            if not any(row.holds_at(When(season[0], start, KINDS[place])) for row in valid):
                begin = empty.pop()[0] if empty and empty[-1][1] == start else start
                empty.append((begin, end))
        if empty:
            found[place] = tuple(empty)
    return found


def _unpriced_words(unpriced: Unpriced) -> str:
    """mon-fri 18:00-24:00; sat,sun 00:00-24:00."""
    days: dict[tuple[Span, ...], list[str]] = {}
    for place, spans in unpriced.items():
        days.setdefault(spans, []).append(DAYS[place])
    return "; ".join(
        f"{','.join(names)} {' '.join(f'{clock(start)}-{clock(end)}' for start, end in spans)}"
        for spans, names in days.items()
    )


def _season_words(season: Season) -> str:
    first, last = season
    since = "" if first == date.min else f" from {first}"
    return since if last == date.max else f"{since} until {last}"
