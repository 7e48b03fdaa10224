"""What is changed on a phone for a wake-up's sake, and put back once.

Do Not Disturb and forwarding belong to the guest: they are read, opened for the ring, and returned
only where the phone still holds what we set. A loan is saved before each command; after a lost reply
or a restart the phone itself is asked what it holds. The device's own alarm clock cannot be read back
(chapter 2.1.2): it is judged by the answer to its Assign alone, and set again where that was lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotelbridge.core.records import Loan, LoanKind, LoanState
from hotelbridge.texts import phrase

TRY_AGAIN = timedelta(seconds=20)
TRY_RETURN_AGAIN = timedelta(seconds=60)
_OPENED = frozenset({"No_Disturb", "Fwd_Type", "Fwd_Number", "Fork"})
_DEFAULTS = {"No_Disturb": "off", "Fwd_Type": "0", "Fork": "", "Fwd_Number": "", "WAKEUP": "00:00"}

_NAMES = {
    "No_Disturb": phrase("Do Not Disturb"),
    "Fwd_Type": phrase("forwarding"),
    "Fork": phrase("the second phone"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A loan after something was learned, what to assign to the phone now, and words for the history."""

    loan: Loan
    assign: dict[str, str] = field(default_factory=dict)
    said: str = ""


def held(values: Mapping[str, str], name: str) -> str:
    """What a phone holds; a default may be absent from its answer, and `no` is `off`."""
    value = values.get(name, "").strip() or _DEFAULTS.get(name, "")
    return "off" if name == "No_Disturb" and value == "no" else value


def rings_sooner(now: datetime, at: datetime, told: str, zone: ZoneInfo) -> bool:
    """Whether a clock that knows HH:MM only, set now, would ring before the minute of `at`.

    It does on the nights on which clocks change, and in the hour that comes twice.
    """
    clock = time.fromisoformat(told)
    day = now.astimezone(zone).date()
    shown = (
        datetime.combine(day + timedelta(days=n), clock, zone).replace(fold=fold).astimezone(UTC)
        for n in (0, 1)
        for fold in (0, 1)
    )
    minute = timedelta(minutes=1)  # of the present one too: it is not over
    return any(now - minute <= one < at - minute for one in shown)


def openings(values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What must be set so that the phone rings: (what it holds now, what it shall hold meanwhile)."""
    before: dict[str, str] = {}
    during: dict[str, str] = {}
    if held(values, "No_Disturb") == "on":
        before["No_Disturb"], during["No_Disturb"] = "on", "off"
    if held(values, "Fwd_Type") in ("1", "2"):
        before["Fwd_Type"], during["Fwd_Type"] = held(values, "Fwd_Type"), "0"
        before["Fwd_Number"] = held(values, "Fwd_Number")
    if held(values, "Fork"):
        before["Fork"], during["Fork"] = held(values, "Fork"), ""
    return before, during


def seen(loan: Loan, values: Mapping[str, str] | None, wanted: bool, now: datetime) -> Move:
    """The phone was read; None: it could not be."""
    if values is None and loan.state == LoanState.OPEN:
        return Move(replace(loan, next_at=None))
    if values is None:
        idle = loan.state == LoanState.ASKING and not wanted and not loan.during
        return Move(_over(loan) if idle else _later(loan, now))
    if loan.state == LoanState.ASKING:
        return _first_look(loan, values, wanted, now)
    ours = {name for name, value in loan.during.items() if held(values, name) == value}
    if loan.state == LoanState.OPENING:
        return _second_look(loan, ours, wanted, now)
    if loan.state == LoanState.RETURNING:
        return _give_back(loan, ours, values, now)
    return Move(replace(loan, next_at=None), said=_shut(loan, values))


def looked_again(loan: Loan, values: Mapping[str, str], wanted: bool, now: datetime) -> Move:
    """A phone that was read before an earlier ring is read before the next: what shuts it now the guest did.

    That is his right, and is told. What was held back meanwhile is kept from it all the same.
    """
    return Move(_over(loan), said=_shut(loan, values)) if not loan.during else seen(loan, values, wanted, now)


def _shut(loan: Loan, values: Mapping[str, str]) -> str:
    found = closing(values)
    if not found:
        return ""
    what = named(found)
    return phrase(f"{loan.phone}: {what} set at the phone since: left, the guest wants it")


def _first_look(loan: Loan, values: Mapping[str, str], wanted: bool, now: datetime) -> Move:
    before, during = openings(values)
    before, during = before | loan.before, during | loan.during  # what was held back is wanted later
    if not during:
        return Move(_over(loan))
    opening = replace(loan, state=LoanState.OPENING, before=before, during=during)
    ours = {name for name, value in during.items() if held(values, name) == value}
    return _second_look(opening, ours, wanted, now)


def _second_look(loan: Loan, ours: set[str], wanted: bool, now: datetime) -> Move:
    """After a lost reply or a restart: was it set?"""
    missing = {name: value for name, value in loan.during.items() if name not in ours}
    if not wanted:
        if not ours:
            return Move(_over(loan))
        back = replace(loan, state=LoanState.RETURNING, next_at=now + TRY_RETURN_AGAIN)
        return Move(back, _returned(back, ours))
    if missing:
        return Move(_later(loan, now), missing)
    return Move(replace(loan, state=LoanState.OPEN, next_at=None), said=_opened(loan))


def _give_back(loan: Loan, ours: set[str], values: Mapping[str, str], now: datetime) -> Move:
    if ours:
        return Move(_later(loan, now), _returned(loan, ours))
    back = all(held(values, name) == held(loan.before, name) for name in loan.during)
    what = words(loan)
    left = phrase(f"{loan.phone}: {what} was changed by the guest meanwhile: left")
    return Move(_over(loan), said=_put_back(loan) if back else left)


def _returned(loan: Loan, names: set[str]) -> dict[str, str]:
    back = {name: value for name, value in loan.before.items() if name in names}
    if "Fwd_Type" in back and loan.before.get("Fwd_Number"):
        back["Fwd_Number"] = loan.before["Fwd_Number"]
    return back


def answered(loan: Loan, values: Mapping[str, str] | None, now: datetime) -> Move:
    """The Assign was answered with what the phone holds now; None: no answer that shows it."""
    if values is None:
        return Move(_later(loan, now))
    if loan.state == LoanState.OPENING:
        if any(held(values, name) != value for name, value in loan.during.items()):
            return Move(_later(loan, now))
        return Move(replace(loan, state=LoanState.OPEN, next_at=None), said=_opened(loan))
    if loan.state == LoanState.RETURNING:
        if any(held(values, name) != held(loan.before, name) for name in loan.during):
            return Move(_later(loan, now))
        return Move(_over(loan), said=_put_back(loan))
    return Move(loan)


def lent(loan: Loan) -> frozenset[str]:
    """The parameters that are this loan's business now: nobody else sets them while it is under way."""
    if loan.state == LoanState.OVER:
        return frozenset()
    if loan.kind == LoanKind.REACH and loan.state == LoanState.ASKING:
        return _OPENED  # it is being read, and what is found decides
    names = set(loan.during)
    return frozenset(names | {"Fwd_Number"} if "Fwd_Type" in names else names)


def handed_over(loan: Loan, values: Mapping[str, str]) -> Loan:
    """An open loan that is to give back what the phone should hold now, not what it held then.

    The guest may have gone meanwhile, and his wishes with him.
    """
    before = loan.before | {name: value for name, value in values.items() if name in loan.before}
    if "Fwd_Type" in loan.before and "Fwd_Type" in values:
        before["Fwd_Number"] = values.get("Fwd_Number", "")
    return replace(loan, before=before)


def kept(loan: Loan) -> frozenset[str]:
    """The parameters that this loan gives back when it is over."""
    return frozenset() if loan.kind != LoanKind.REACH else frozenset({*loan.before, *loan.during})


def closing(values: Mapping[str, str]) -> dict[str, str]:
    """What of these would keep a ring away."""
    return {name: value for name, value in openings(values)[0].items() if name in values}


def held_back(loan: Loan, values: Mapping[str, str], now: datetime) -> Loan:
    """A loan that is to give these to its phone when it is over, and to keep it open until then.

    Whether the phone is open it has to be asked: the guest may have shut it, and what was sent a moment
    ago may have come through.
    """
    before, during = openings(values)
    fresh = replace(loan, before=loan.before | before, during=loan.during | during)
    if loan.state == LoanState.ASKING:
        return fresh  # it is being read, and may find more
    return replace(fresh, state=LoanState.OPENING, next_at=now)


def not_wanted(loan: Loan, now: datetime) -> Loan:
    """An open loan that nobody needs any more: its return is saved before it is made."""
    return replace(loan, state=LoanState.RETURNING, next_at=now)


def words(loan: Loan) -> str:
    """What was lent, for the history."""
    if loan.kind == LoanKind.ALARM_CLOCK:
        clock = loan.during.get("WAKEUP", "")
        return phrase(f"the device's own alarm clock ({clock})")
    return named(loan.during)


def named(values: Iterable[str]) -> str:
    """Parameters of a phone by the names that a guest has for them."""
    first, *more = [_NAMES[name] for name in values if name in _NAMES] or [""]
    if not more:
        return first
    rest = named([name for name in values if _NAMES.get(name) in more])
    if first == _NAMES["No_Disturb"]:  # "{first} and {rest}" could be anything that somebody typed
        return phrase(f"Do Not Disturb and {rest}")
    return phrase(f"forwarding and {rest}" if first == _NAMES["Fwd_Type"] else f"the second phone and {rest}")


def _opened(loan: Loan) -> str:
    phone, what = loan.phone, words(loan)
    if loan.kind == LoanKind.ALARM_CLOCK:
        return phrase(f"{phone}: {what} set")
    return phrase(f"{phone}: {what} opened")


def _put_back(loan: Loan) -> str:
    phone, what = loan.phone, words(loan)
    if loan.kind == LoanKind.ALARM_CLOCK:
        return phrase(f"{phone}: {what} switched off")
    return phrase(f"{phone}: {what} put back")


def _later(loan: Loan, now: datetime) -> Loan:
    pause = TRY_RETURN_AGAIN if loan.state == LoanState.RETURNING else TRY_AGAIN
    return replace(loan, next_at=now + pause)


def _over(loan: Loan) -> Loan:
    return replace(loan, state=LoanState.OVER, next_at=None)
