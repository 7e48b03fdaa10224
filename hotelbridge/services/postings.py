"""Charges on their way to a folio, inside units of work: which goes next, where to, and what became of it.

A charge is saved as sent, with its number, before a byte of it is written. What was sent and has no answer
is uncertain (rule C2): it is never sent again but by a person's word, or under the same number where the
site says that its PMS takes a number once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hotelbridge.core.charges import Charge, ChargeState, withheld
from hotelbridge.core.records import AlarmKind
from hotelbridge.pms.api import Later, Layer, PmsError, Posting, Refused, Unavailable
from hotelbridge.services import chargealarms, escalation, money
from hotelbridge.services.latecharges import LATE
from hotelbridge.services.pmscontext import RESYNC
from hotelbridge.services.restored import SINCE
from hotelbridge.services.rules import Rules
from hotelbridge.store import charges, pms_state, stays
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

LAST_NUMBER = 99_999_999
AUDIT_AGAIN = timedelta(minutes=10)  # after the PMS has said that its day is still being closed (rule C3)
LATER = timedelta(minutes=1)
BACKOFF = (10, 30, 60, 120, 300)  # seconds between tries of what could not be written
JUMP = 100_000  # numbers left out after a restore (rule K2)
_NUMBER, _AUDIT, _RETRY = "posting_number", "audit", "audit_retry"
_ANSWERED = frozenset({ChargeState.POSTED, ChargeState.REFUSED})
_WAITS_FOR_THE_LINK = phrase("waits for the link to the PMS")
_AT_ONCE = 50  # charges that are held in one unit, on the way to one that may go


@dataclass(frozen=True, slots=True)
class Next:
    """What a look at the queue has found."""

    charge: Charge | None = None  # saved as sent: to be written now
    posting: Posting | None = None
    look_at: datetime | None = None  # when to look again, where nothing goes now


def begin(tx: Tx, rules: Rules, now: datetime) -> None:
    """A life begins: of what the one before has sent, nobody heard the answer; what nobody takes is held."""
    for charge in charges.in_state(tx, rules.property, ChargeState.SENT):
        words = phrase("hotelbridge stopped before the PMS's answer was saved")
        _decide(tx, charge, ChargeState.UNCERTAIN, words, now)
    if not rules.posts_charges:
        for charge in charges.in_state(tx, rules.property, ChargeState.QUEUED):
            _decide(tx, charge, withheld(charge), phrase("there is no PMS that takes charges"), now)
    for state in (ChargeState.UNCERTAIN, ChargeState.HELD):
        chargealarms.look(tx, rules, state, now)


def restored(tx: Tx, rules: Rules, now: datetime) -> None:
    """The database came out of a backup: what it has unposted may be on the folio by now (rule K2).

    That holds also for what waited for a person: somebody may have sent it since.
    """
    for state in (ChargeState.QUEUED, ChargeState.SENT, ChargeState.HELD, ChargeState.REFUSED):
        for charge in charges.in_state(tx, rules.property, state):
            words, why = SINCE, charge.reason
            if why:
                words = phrase(f"{words} (before the restore: {why})")
            _decide(tx, charge, ChargeState.UNCERTAIN, words, now)
    for state in (ChargeState.UNCERTAIN, ChargeState.HELD, ChargeState.REFUSED):
        chargealarms.look(tx, rules, state, now)
    _skip(tx, rules.property, JUMP)


def line_up(tx: Tx, rules: Rules, now: datetime) -> None:
    """The PMS has begun anew to speak with us: no audit holds any more (rule C3)."""
    _forget_audit(tx, rules, now, phrase("the link has begun anew"))


def next_one(tx: Tx, rules: Rules, now: datetime) -> Next:
    """The next charge that may go, saved as sent."""
    until = _paused_until(tx, rules, now)
    if until is not None:
        return Next(look_at=until)
    for _ in range(_AT_ONCE):
        charge = charges.next_queued(tx, rules.property, now)
        if charge is None:
            return Next(look_at=charges.next_instant(tx, rules.property))
        place, why_not = _place(tx, rules, charge)
        if not why_not:
            return _sent(tx, rules, charge, place, now)
        after = _decide(tx, charge, withheld(charge), why_not, now)
        chargealarms.look(tx, rules, after.state, now)
    return Next(look_at=now)


def why_paused(tx: Tx, rules: Rules) -> str:
    """Why the PMS is given nothing now, for whoever looks at what is queued; empty where it is."""
    marks = pms_state.values(tx, rules.property, house=True)
    known = json.loads(marks.get("link", "null"))
    up = {Layer.ALIVE, Layer.FLOWING} if known is None else {one for one in Layer if known["layers"].get(one)}
    if Layer.ALIVE not in up:
        return _WAITS_FOR_THE_LINK
    if RESYNC in marks:
        return phrase("waits until the PMS has told how everything stands")
    if _AUDIT in marks:
        return phrase("the PMS closes its day: waits for the end of its night audit")
    return "" if Layer.FLOWING in up else _WAITS_FOR_THE_LINK


def _paused_until(tx: Tx, rules: Rules, now: datetime) -> datetime | None:
    """Until when nothing is posted: in a resync until it is over, in a night audit until it should be."""
    marks = pms_state.values(tx, rules.property, house=True)
    if RESYNC in marks:
        return now + LATER  # its end is told
    if _RETRY in marks:
        again = datetime.fromisoformat(marks[_RETRY])
        return again if now < again else None
    if _AUDIT not in marks:
        return None
    over = datetime.fromisoformat(marks[_AUDIT]) + rules.settings.charges.audit_max
    if now < over:
        return over
    text = phrase(
        "The PMS has not told the end of its night audit in time. Postings are tried again now; ask whether "
        "its day is closed."
    )
    escalation.raise_alarm(tx, rules, now, AlarmKind.AUDIT, _AUDIT, text)
    return None


def _place(tx: Tx, rules: Rules, charge: Charge) -> tuple[str, str]:
    """The room or account that a charge goes to now, or why a person must say (rule C1)."""
    if charge.stay_id is None:
        return charge.account, "" if charge.account else phrase("nobody knows whose it is")
    stay = stays.by_id(tx, charge.stay_id)
    if stay is None or stay.ended_at is not None:
        return "", LATE
    return stay.room, ""


def _sent(tx: Tx, rules: Rules, charge: Charge, place: str, now: datetime) -> Next:
    number = charge.number_at_pms or _skip(tx, rules.property, 1)
    sent = replace(
        charge,
        state=ChargeState.SENT,
        number_at_pms=number,
        posted_to=place,
        tries=charge.tries + 1,
        next_at=None,
        sent_at=now,
    )
    charges.save(tx, sent, now)
    charges.write(tx, sent, now, "sent", f"to {place}, as number {number}")
    return Next(sent, _posting(rules, sent, number))


def _posting(rules: Rules, charge: Charge, number: int) -> Posting:
    return Posting(
        number=number,
        room=charge.posted_to,
        reservation=charge.reservation,
        amount=money.amount(charge.amount, charge.currency),
        currency=charge.currency,
        minor=charge.amount,
        started=charge.started.astimezone(rules.zone),
        duration=timedelta(seconds=charge.seconds),
        dialled=masked(charge.number, rules.settings.charges.cut_digits),
        text=f"Call {charge.name}" if charge.name else "Telephone call",
    )


def masked(number: str, digits: int) -> str:
    """A dialled number as others may see it: without its last digits, where the hotel wants that."""
    return number if digits <= 0 else number[:-digits] + "X" * min(digits, len(number))


def _skip(tx: Tx, property: str, many: int) -> int:
    """The next number of a posting, so many after the last one; each is given once."""
    last = int(pms_state.values(tx, property, house=True).get(_NUMBER, "0"))
    number = (last + many - 1) % LAST_NUMBER + 1
    pms_state.keep(tx, property, {f"{pms_state.HOUSE}{_NUMBER}": str(number)})
    return number


# --- what became of it ---


def settle(tx: Tx, rules: Rules, id: int, answer: str | BaseException, now: datetime) -> None:
    """The PMS has answered with its words, or did not take it."""
    charge = charges.get(tx, rules.property, id)
    if charge is None or charge.state != ChargeState.SENT:
        return  # told twice
    if isinstance(answer, str):
        _decide(tx, charge, ChargeState.POSTED, answer, now)
        _audit_answered(tx, rules, charge, now)
    elif isinstance(answer, Unavailable):
        _again(tx, charge, now + backoff(charge.tries), phrase(f"not written: {answer}"), now)
    elif isinstance(answer, Later):
        if answer.audit:
            again = (now + AUDIT_AGAIN).isoformat()
            pms_state.keep(tx, rules.property, {f"{pms_state.HOUSE}{_RETRY}": again})
        elif not answer.unknown:
            _try_no_more(tx, rules)
        _later(tx, charge, answer, now)
    else:
        refused = isinstance(answer, Refused)
        if refused:
            _try_no_more(tx, rules)
        state = ChargeState.REFUSED if refused else ChargeState.UNCERTAIN
        _decide(tx, charge, state, _words(answer), now)
        chargealarms.look(tx, rules, state, now)


def _later(tx: Tx, charge: Charge, answer: Later, now: datetime) -> None:
    """Again under its number; that nobody answered stays known until somebody does."""
    words = phrase(f"the PMS wants it later: {answer}")
    if answer.unknown:
        words = phrase(f"{answer}: again under its number")
    doubtful = replace(charge, unsure=charge.unsure or answer.unknown)
    _again(tx, doubtful, now if answer.audit else now + LATER, words, now)


def backoff(tries: int) -> timedelta:
    """How long to wait after so many tries of what could not be written."""
    return timedelta(seconds=BACKOFF[min(max(tries, 1), len(BACKOFF)) - 1])


def _words(answer: BaseException) -> str:
    """What the PMS said, as its plugin tells it."""
    return str(answer) if isinstance(answer, PmsError) and str(answer) else phrase("no answer from the PMS")


def _decide(tx: Tx, charge: Charge, state: ChargeState, words: str, now: datetime) -> Charge:
    done = now if state == ChargeState.POSTED else None
    unsure = charge.unsure and state not in _ANSWERED
    after = replace(charge, state=state, reason=words, next_at=None, done_at=done, unsure=unsure)
    charges.write(tx, after, now, state.value, words)
    return charges.save(tx, after, now)


def _again(tx: Tx, charge: Charge, at: datetime, words: str, now: datetime) -> None:
    """The same under the same number."""
    after = replace(charge, state=ChargeState.QUEUED, reason=words, next_at=at)
    charges.write(tx, after, now, "queued", words)
    charges.save(tx, after, now)


def _try_no_more(tx: Tx, rules: Rules) -> None:
    """The PMS has given another answer than "audit": what that one has put off is over."""
    pms_state.keep(tx, rules.property, {f"{pms_state.HOUSE}{_RETRY}": None})


def _audit_answered(tx: Tx, rules: Rules, posted: Charge, now: datetime) -> None:
    """What was sent in an audit and accepted ends it; what was sent before it began does not."""
    begun = pms_state.values(tx, rules.property, house=True).get(_AUDIT)
    if begun is None or (posted.sent_at is not None and posted.sent_at > datetime.fromisoformat(begun)):
        _forget_audit(tx, rules, now, phrase(f"charge {posted.id} was posted"))
    else:
        _try_no_more(tx, rules)


def _forget_audit(tx: Tx, rules: Rules, now: datetime, how: str) -> None:
    marks = pms_state.values(tx, rules.property, house=True)
    if {_AUDIT, _RETRY} & marks.keys():
        gone: dict[str, str | None] = {f"{pms_state.HOUSE}{key}": None for key in (_AUDIT, _RETRY)}
        pms_state.keep(tx, rules.property, gone)
    escalation.recovered(tx, rules.property, _AUDIT, now, how)
