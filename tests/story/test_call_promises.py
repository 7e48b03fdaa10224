"""The checks of the evening of calls catch what they promise: each is held against doctored evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotelbridge.demo import callpromises as looks
from hotelbridge.demo.books import Row
from hotelbridge.demo.eventline import Heard
from hotelbridge.demo.evidence import Evidence
from hotelbridge.demo.promises import Look

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MOBILE, GERMANY = "+436641234567", "+4989920920"
# room, where it is posted to, cents, number, state, why
CHARGED = (
    ("201", "201", 26, "+442079460000", "posted", "Posting successful"),
    ("202", "224", 60, GERMANY, "posted", "Posting successful"),
    ("221", "9000", 5, "+4315012345", "posted", "nobody was in 221"),
    ("210", "210", 20, MOBILE, "posted", "Posting successful"),
    ("213", "213", 60, GERMANY, "uncertain", "hotelbridge stopped"),
    ("214", "214", 20, MOBILE, "posted", "Posting successful"),
    ("215", "215", 60, GERMANY, "posted", "Posting successful"),
    ("211", "211", 60, GERMANY, "refused", "no postings allowed (NP): NO POST FLAG IS SET"),
    ("218", "", 20, MOBILE, "held", "late charge: the guest has checked out"),
    ("203", "", 0, GERMANY, "free", "it was not answered"),
    ("209", "", 0, "+43800123456", "free", "a toll-free number"),
    ("212", "", 0, "144", "free", "a call to the emergency number 144"),
)
INSIDE = (("LO", "208"), ("IN", "208"), ("IN", "00498912345"))  # type, who calls


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def charge(id: int, room: str, to: str, cents: int, number: str, state: str, reason: str) -> dict[str, Any]:
    told = {"room": room, "posted_to": to, "amount": cents, "number": number, "state": state}
    return told | {"id": id, "reason": reason, "number_at_pms": id if to else None}


def record(id: int, type: str, cpn: str, charge: int | None) -> dict[str, Any]:
    return {"id": id, "record": f"{id}-0", "type": type, "cpn": cpn, "charge": charge}


def posting(one: Row) -> str:
    return f"PS|RN{one['posted_to']}|PTC|TA{one['amount']}|DD{one['number']}|P#{one['number_at_pms']}|"


def alarm(at: float, kind: str, room: str | None, text: str) -> Heard:
    return Heard(after(at), "alarm", "1", {"open": True, "kind": kind, "room": room, "text": text})


def as_promised() -> Evidence:
    """Evidence of an evening in which every promise was kept."""
    charges = [charge(id, *told) for id, told in enumerate(CHARGED, 1)]
    records = [record(one["id"], "OU", one["room"], one["id"]) for one in charges]
    records += [record(50 + n, *told, None) for n, told in enumerate(INSIDE)]
    on_folio = [posting(one) for one in charges if one["state"] in ("posted", "uncertain")]
    sent = [(after(0), f"-> {posting(one)}") for one in charges if one["posted_to"] and one["room"] != "215"]
    sent += [(after(31), f"-> {posting(one)}") for one in charges if one["room"] == "215"]
    return Evidence(
        nights={},
        alarms=(),
        heard=(
            alarm(1.2, "emergency_call", "212", "EMERGENCY CALL: 144"),
            alarm(5, "charge_refused", None, "1 charge was refused by the PMS: 211."),
            alarm(6, "charge_uncertain", None, "1 charge may stand on the folio or not: 213."),
            alarm(7, "charge_held", None, "1 charge waits for a person: 218."),
        ),
        commands=(),
        overlaps=(),
        menus=(),
        ring=timedelta(seconds=3),
        moments={"emergency": after(1), "audit over": after(30)},
        postings=tuple(sent),
        folio=tuple(on_folio),
        records=tuple(records),
        charges=tuple(charges),
        cdrs=tuple(str(one["record"]) for one in records),
    )


PROMISED = as_promised()
ALL_LOOKS: dict[str, Look] = {
    name: getattr(looks, name)
    for name in (
        *("priced", "moved", "of_the_house", "free", "once", "refused", "uncertain", "went_on", "paused"),
        *("late", "emergency", "no_record_lost", "folios_agree"),
    )
}


def with_charge(room: str, **changes: Any) -> Evidence:
    charges = [one | changes if one["room"] == room else one for one in map(dict, PROMISED.charges)]
    return replace(PROMISED, charges=tuple(charges))


def without_folio(place: str) -> Evidence:
    return replace(PROMISED, folio=tuple(one for one in PROMISED.folio if f"|RN{place}|" not in one))


def more_on_folio(place: str, cents: int = 60, number: str = GERMANY, posting: int = 99) -> Evidence:
    line = f"PS|RN{place}|PTC|TA{cents}|DD{number}|P#{posting}|"
    return replace(PROMISED, folio=(*PROMISED.folio, line))


def without_alarm(kind: str) -> Evidence:
    return replace(PROMISED, heard=tuple(one for one in PROMISED.heard if one.item["kind"] != kind))


def sent_again(room: str, at: float) -> Evidence:
    one = next(record for _, record in PROMISED.postings if f"|RN{room}|" in record)
    return replace(PROMISED, postings=(*PROMISED.postings, (after(at), one)))


BROKEN = {
    "one cent too much": ("priced", replace(without_folio("201"), folio=("PS|RN201|TA27|DD+442079460000|",))),
    "on the folio of the old room": ("moved", more_on_folio("202")),
    "not on the folio of the new room": ("moved", without_folio("224")),
    "not on the account of the house": ("of_the_house", without_folio("9000")),
    "nobody answered, and charged": ("free", more_on_folio("203")),
    "toll-free, and held": ("free", with_charge("209", state="held")),
    "no record of the call inside": ("free", replace(PROMISED, records=PROMISED.records[:-3])),
    "charged twice": ("once", more_on_folio("210", 20, MOBILE)),
    "refused without the words of the PMS": ("refused", with_charge("211", reason="no")),
    "refused, and nobody told": ("refused", without_alarm("charge_refused")),
    "refused, and on the folio": ("refused", more_on_folio("211")),
    "sent again by itself": ("uncertain", sent_again("213", 20)),
    "taken for posted": ("uncertain", with_charge("213", state="posted")),
    "uncertain, and nobody told": ("uncertain", without_alarm("charge_uncertain")),
    "forgotten behind it": ("went_on", without_folio("214")),
    "posted in the audit": ("paused", sent_again("215", 29)),
    "never posted after the audit": ("paused", without_folio("215")),
    "posted after the guest has gone": ("late", more_on_folio("218", 20, MOBILE)),
    "held, and nobody told": ("late", without_alarm("charge_held")),
    "an emergency without an alarm": ("emergency", without_alarm("emergency_call")),
    "an emergency told late": ("emergency", replace(PROMISED, moments={"emergency": after(-3)})),
    "an emergency charged": ("emergency", more_on_folio("212", 10, "144")),
    "a record lost": ("no_record_lost", replace(PROMISED, cdrs=(*PROMISED.cdrs, "99-0"))),
    "a record from nowhere": ("no_record_lost", replace(PROMISED, cdrs=PROMISED.cdrs[1:])),
    "a charge in no known state": ("no_record_lost", with_charge("201", state="lost")),
    "a record twice": (
        "no_record_lost",
        replace(PROMISED, records=(*PROMISED.records, record(60, "IN", "208", None) | {"record": "1-0"})),
    ),
    "posted, and not on the folio": ("folios_agree", without_folio("210")),
    "another sum on the folio": ("folios_agree", with_charge("201", amount=25)),
    "on the folio twice": ("folios_agree", replace(PROMISED, folio=(*PROMISED.folio, PROMISED.folio[0]))),
    "on the folio by nobody": ("folios_agree", more_on_folio("220")),
}


@pytest.mark.parametrize("name", ALL_LOOKS)
def test_a_promise_about_calls_that_was_kept_is_found_kept(name: str) -> None:
    assert ALL_LOOKS[name](PROMISED) is None


@pytest.mark.parametrize("how", BROKEN)
def test_a_promise_about_calls_that_was_broken_is_found_broken(how: str) -> None:
    name, evidence = BROKEN[how]
    broken = ALL_LOOKS[name](evidence)
    assert broken is not None and broken.expected and broken.seen


def test_every_promise_about_calls_can_be_seen_broken() -> None:
    assert {name for name, _ in BROKEN.values()} == set(ALL_LOOKS)


def test_a_record_that_may_have_reached_nobody_may_be_in_the_books_or_not() -> None:
    maybe = replace(PROMISED, cdrs=PROMISED.cdrs[1:], cdrs_maybe=(PROMISED.cdrs[0], "99-0"))
    assert looks.no_record_lost(maybe) is None


def test_the_sum_of_the_night_names_every_end() -> None:
    assert looks.reckoned(PROMISED.records, PROMISED.charges) == (
        "15 calls received = 6 free + 6 posted + 1 refused + 1 uncertain + 1 held + 0 open + 0 written off"
    )
