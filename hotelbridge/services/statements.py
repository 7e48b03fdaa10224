"""One guest's calls, to be printed: what is on his bill with its total, and apart from it what is not yet.

What is queued, refused, held or in doubt may never come onto the bill, or not as it stands here; so it is
named, and counts in no total.
"""

from __future__ import annotations

from collections.abc import Sequence

from hotelbridge.core.charges import UNPOSTED, Charge, ChargeState
from hotelbridge.core.guests import Stay
from hotelbridge.errors import Refusal
from hotelbridge.services import callretention, money
from hotelbridge.services.callreportviews import StatementQuery
from hotelbridge.services.postings import masked
from hotelbridge.services.rules import Rules
from hotelbridge.store import charges, stays
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

HEAD = (
    phrase("Date"), phrase("Time"), phrase("Destination"), phrase("Number"), phrase("Duration"),
    phrase("Amount"),
)  # fmt: skip


def statement(tx: Tx, rules: Rules, query: StatementQuery) -> str:
    """The calls of a guest as a page, numbers masked as the hotel wants. Refuses `unknown_stay` (404)."""
    guests = _stays(tx, rules, query)
    if not guests:
        raise Refusal("unknown_stay", "There is no such stay, or it is forgotten already.", status=404)
    made = [one for stay in guests for one in charges.of_stay(tx, stay.id)]
    posted = [one for one in made if one.state == ChargeState.POSTED]
    waiting = [one for one in made if one.state in UNPOSTED]
    pages = [_head(rules, guests), _on_the_bill(rules, posted, waiting), _sums(posted)]
    if waiting:
        pages.append([_apart(waiting), *_lines(rules, waiting)])
    pages.append(_erased(rules, [*posted, *waiting]))
    return "\n".join("\n".join([*lines, ""]) for lines in pages if lines)


def _stays(tx: Tx, rules: Rules, query: StatementQuery) -> list[Stay]:
    if query.reservation:
        return sorted(stays.of_reservation(tx, rules.property, query.reservation), key=lambda one: one.id)
    one = None if query.stay is None else stays.by_id(tx, query.stay)
    return [one] if one is not None and one.property == rules.property else []


def _head(rules: Rules, guests: Sequence[Stay]) -> list[str]:
    rooms = ", ".join(dict.fromkeys(stay.room for stay in guests))
    numbers = ", ".join(dict.fromkeys(stay.reservation for stay in guests if stay.reservation))
    head = phrase(f"Telephone calls. Room {rooms}")
    if numbers:
        head = phrase(f"Telephone calls. Room {rooms}, reservation {numbers}")
    return [rules.settings.name, head]


def _apart(waiting: Sequence[Charge]) -> str:
    if any(one.state == ChargeState.UNCERTAIN for one in waiting):
        return phrase("Not on the bill yet, or not known to be, and in no total:")
    return phrase("Not on the bill yet, and in no total:")


def _on_the_bill(rules: Rules, posted: Sequence[Charge], waiting: Sequence[Charge]) -> list[str]:
    if posted:
        return _lines(rules, posted)
    return [phrase("No call is on the bill yet.") if waiting else phrase("No call was charged.")]


def _lines(rules: Rules, made: Sequence[Charge]) -> list[str]:
    cut = rules.settings.charges.cut_digits
    rows = [HEAD]
    for one in sorted(made, key=lambda one: (one.started, one.id)):
        at = one.started.astimezone(rules.zone)
        minutes, seconds = divmod(one.seconds, 60)
        rows.append(
            (
                f"{at:%Y-%m-%d}",
                f"{at:%H:%M}",
                one.name,
                masked(one.number, cut),
                f"{minutes}:{seconds:02}",
                _amount(one),
            )
        )
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    return [_line(row, widths) for row in rows]


def _amount(one: Charge) -> str:
    """Of one that no row of the tariff prices, and nobody has yet, no amount is known."""
    is_known = one.amount or one.state == ChargeState.POSTED
    return money.shown(one.amount, one.currency) if is_known else phrase("no price yet")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left; duration and amount to the right, under each other."""
    cells = [cell.ljust(widths[n]) if n < 4 else cell.rjust(widths[n]) for n, cell in enumerate(row)]
    return "  ".join(cells).rstrip()


def _erased(rules: Rules, made: Sequence[Charge]) -> list[str]:
    """How long the numbers of this page are kept, of the one that is kept longest."""
    days = [callretention.erased_on(one, rules.settings).number for one in made]
    known = [day for day in days if day is not None]
    if not made:
        return []
    if len(known) < len(days):
        return [phrase("Numbers of what is not settled are kept until it is.")]
    day = max(known)
    return [phrase(f"The numbers are kept until {day}.")]


def _sums(made: Sequence[Charge]) -> list[str]:
    found: dict[str, list[int]] = {}
    for one in made:
        into = found.setdefault(one.currency, [0, 0])
        into[0] += one.amount
        into[1] += one.tax
    return [_total(currency, *sums) for currency, sums in sorted(found.items())]


def _total(currency: str, whole: int, part: int) -> str:
    total, tax = money.shown(whole, currency), money.shown(part, currency)
    return phrase(f"Total {total}, tax in it {tax}") if part else phrase(f"Total {total}")
