"""Calls and charges by the command line, against a far end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import Result

from tests.cli.far_api import FarApi, far_api
from tests.cli.typed import typed

MINE = "/api/v1/properties/main"
AT = "2026-11-24T06:30:00+01:00"
CHARGE = {
    "id": 7, "room": "212", "reservation": "1001", "guest": "Müller, Hans", "account": "", "started": AT,
    "seconds": 50, "trunk": "8", "dialled": "004989920920", "number": "+4989920920",
    "destination": "Germany", "amount": "0.50", "minor": 50, "tax": "0.08", "tax_minor": 8,
    "currency": "EUR", "tariff": "0123456789ab", "line": 2, "state": "uncertain",
    "reason": "no answer from the PMS", "posting": 3, "posted_to": "212", "tries": 1, "next": None,
    "sent": AT, "settled": None, "by": "", "note": "", "number_erased": None, "guest_erased": None,
    "erased": None,
}  # fmt: skip
CALL = {
    "id": 7, "device": "om20", "record": "17-0", "kind": "out", "type": "OU", "route": "IP", "trunk": "8",
    "caller": "212", "called": "004989920920", "phone": "212", "room": "212", "started": AT, "ended": AT,
    "seconds": 3723, "arrived": AT, "clock_off": 0, "why": "made by phone 212",
    "charge": {"state": "uncertain", "amount": "0.50", "minor": 50, "currency": "EUR",
               "reservation": "1001", "account": ""},
}  # fmt: skip
DETAIL = CHARGE | {
    "call": CALL,
    "explanation": {"lines": ["Duration: 50 s", "Amount: 0.50 EUR"], "agrees": True, "amount": "0.50",
                    "minor": 50},
    "lines": [{"at": AT, "by": "hotelbridge", "origin": "itself", "what": "sent", "text": "to 212\x1b[2J"}],
}  # fmt: skip


@pytest.fixture
def api() -> Iterator[FarApi]:
    with far_api() as far:
        yield far


def ask(api: FarApi, *words: object) -> Result:
    return typed(*words, "--url", api.url, "--token", "secret")


def page(*items: Any, next: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next": next}


def query(api: FarApi) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(api.asked[-1].path).query).items()}


# --- lists ---


def test_charges_are_listed_with_whose_they_are_and_where_they_stand(api: FarApi) -> None:
    nameless = CHARGE | {"id": 6, "guest": ""}
    house = CHARGE | {"id": 5, "account": "9000", "state": "written_off", "room": "", "guest": ""}
    free = CHARGE | {"id": 4, "state": "free", "reason": "it was not answered"}
    unknown = CHARGE | {"id": 3, "state": "held", "amount": "0.00", "minor": 0, "line": None}
    api.at(f"GET {MINE}/charges", page(CHARGE, nameless, house, free, unknown))
    shown = ask(api, "charges", "list").stdout.splitlines()
    assert shown[1].split("  ")[0] == "7" and "Müller, Hans 1001" in shown[1] and "0.50 EUR" in shown[1]
    assert "uncertain" in shown[1] and "no answer from the PMS" in shown[1] and "0:50" in shown[1]
    assert "Müller" not in shown[2] and "1001" in shown[2]
    assert "account 9000" in shown[3] and "written off" in shown[3]
    assert "EUR" not in shown[4] and "free" in shown[4]
    assert "no price yet" in shown[5] and "0.00" not in shown[5]
    assert query(api) == {"limit": "100"}


def test_charges_are_looked_for_by_what_was_typed(api: FarApi) -> None:
    api.at(f"GET {MINE}/charges", page())
    empty = ask(api, "charges", "list", "--room", "212", "--reservation", "1001", "--state", "refused",
                "--state", "held", "--open", "--from", "yesterday", "--to", "today", "--number", "4989",
                "--trunk", "8", "--account", "9000", "--limit", "7")  # fmt: skip
    assert empty.stdout == "There is no such charge.\n"
    assert query(api) == {
        "room": "212", "reservation": "1001", "state": "refused,held", "open": "true",
        "from": "2026-11-23", "to": "2026-11-24", "number": "4989", "trunk": "8", "account": "9000",
        "limit": "7",
    }  # fmt: skip
    ask(api, "charges", "list", "--from", "2026-11-24T18:00")
    assert query(api)["from"] == "2026-11-24T18:00"
    assert ask(api, "charges", "list", "--state", "lost").exit_code == 2


def test_a_long_list_comes_in_pieces_and_says_where_it_goes_on(api: FarApi) -> None:
    api.at(f"GET {MINE}/charges", page(*[CHARGE] * 500, next="c1"))
    api.at(f"GET {MINE}/charges", page(CHARGE, next="c2"))
    shown = ask(api, "charges", "list", "--limit", "501").stdout.splitlines()
    assert query(api) == {"limit": "1", "cursor": "c1"}
    assert len(shown) == 503 and shown[-1] == "There are older ones: see --from, --to and --limit."


def test_calls_are_listed_with_what_became_of_them(api: FarApi) -> None:
    coming = CALL | {"id": 8, "charge": None, "kind": "free", "why": "an incoming call"}
    api.at(f"GET {MINE}/call-records", page(coming, CALL))
    first, second = ask(api, "calls", "list").stdout.splitlines()[1:]
    assert "06:30:00  " in first and "06:30:00  " in second
    assert "an incoming call" in first and "EUR" not in first
    assert "0.50 EUR uncertain" in second and "1:02:03" in second and "004989920920" in second
    assert json.loads(ask(api, "calls", "list", "--json").stdout) == page(coming, CALL)
    api.answers[f"GET {MINE}/call-records"] = [(200, page())]
    assert ask(api, "calls", "list").stdout == "There is no such call.\n"


# --- one ---


def test_a_charge_is_shown_with_its_call_its_sum_and_what_happened(api: FarApi) -> None:
    api.at(f"GET {MINE}/charges/7", DETAIL)
    assert ask(api, "charges", "show", 7).stdout.splitlines() == [
        "Charge 7: 0.50 EUR uncertain; room 212, Müller, Hans 1001.",
        "Sent to 212 as number 3, Tue 2026-11-24 06:30.",
        "Uncertain: no answer from the PMS.",
        "The call: Tue 2026-11-24 06:30:00, 1:02:03, from 212 to 004989920920 by trunk 8.",
        "Record 17-0 of om20: made by phone 212.",
        "The dialled number is kept until the charge is settled.",
        "The guest's name is kept until he has left and all is settled.",
        "",
        "The sum:",
        "  Duration: 50 s",
        "  Amount: 0.50 EUR",
        "  This is what was charged: 0.50 EUR.",
        "",
        "What happened:",
        "at                       by           what  text",
        "Tue 2026-11-24 06:30:00  hotelbridge  sent  to 212?[2J",
    ]
    assert json.loads(ask(api, "charges", "show", 7, "--json").stdout) == DETAIL


def test_a_sum_that_does_not_agree_is_said_loudly_and_one_that_cannot_be_made_not_at_all(api: FarApi) -> None:
    wrong = DETAIL | {"explanation": DETAIL["explanation"] | {"agrees": False}}  # type: ignore[operator]
    api.at(f"GET {MINE}/charges/7", wrong)
    assert "This is NOT what was charged: 0.50 EUR." in ask(api, "charges", "show", 7).stdout
    unknown = {"lines": ["not kept any more"], "agrees": None, "amount": None, "minor": None}
    more = {"by": "Anna", "note": "a regular", "next": AT, "posting": None}
    api.answers[f"GET {MINE}/charges/7"] = [(200, DETAIL | {"explanation": unknown} | more)]
    shown = ask(api, "charges", "show", 7).stdout
    assert "was charged" not in shown and "Decided by Anna: a regular." in shown
    assert "To be tried Tue 2026-11-24 06:30." in shown and "as number" not in shown


def test_a_charge_without_a_price_is_shown_without_an_amount(api: FarApi) -> None:
    nothing = {"lines": ["Amount: a person decides"], "agrees": True, "amount": "0.00", "minor": 0}
    held = {"state": "held", "amount": "0.00", "minor": 0, "explanation": nothing}
    api.at(f"GET {MINE}/charges/7", DETAIL | held)
    shown = ask(api, "charges", "show", 7).stdout
    assert shown.startswith("Charge 7: held, no price yet; room 212") and "0.00" not in shown


def test_it_is_said_when_number_and_name_are_erased_and_what_is_erased_already(api: FarApi) -> None:
    """Promise 9: guest data is erased on the day announced."""
    days = {"number_erased": "2027-02-22", "guest_erased": "2026-11-24"}
    api.at(f"GET {MINE}/charges/7", DETAIL | days)
    shown = ask(api, "charges", "show", 7).stdout
    assert "The dialled number will be erased on 2027-02-22." in shown
    assert "The guest's name will be erased on 2026-11-24." in shown
    house = {"guest": "", "number_erased": "2026-11-23", "guest_erased": None}
    api.answers[f"GET {MINE}/charges/7"] = [(200, DETAIL | house)]
    shown = ask(api, "charges", "show", 7).stdout
    assert "The dialled number was erased on 2026-11-23." in shown and "name" not in shown


# --- decisions ---


def done(said: str = "done") -> dict[str, Any]:
    return {"said": said, "charge": CHARGE}


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (["--on-folio", "no"], {"on_folio": False}),
        (["--on-folio", "yes", "--note", "seen"], {"on_folio": True, "note": "seen"}),
        (["--room", "213"], {"room": "213"}),
        (["--room", "213", "--reservation", "1002"], {"room": "213", "reservation": "1002"}),
        (["--house"], {"account": True}),
        (["--amount", "4.20"], {"amount": "4.20"}),
    ],
)
def test_a_charge_is_posted_again_as_it_was_typed_and_by_name(
    api: FarApi, words: list[str], body: dict[str, Any]
) -> None:
    """C2."""
    api.at(f"POST {MINE}/charges/7/retry", done("Charge 7 is to be posted."))
    shown = ask(api, "charges", "retry", 7, "--by", "Anna", *words)
    assert shown.stdout == "Charge 7 is to be posted.\n"
    assert api.asked[-1].body == {"by": "Anna", **body}
    assert "Idempotency-Key" in api.asked[-1].headers


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("on_folio_unknown", "--on-folio yes or --on-folio no"),
        ("guest_gone", "--room ROOM or --house"),
        ("which_guest", "--reservation"),
        ("amount_needed", "--amount"),
        ("already_settled", ""),
    ],
)
def test_a_charge_that_wants_a_decision_says_how_it_is_typed(api: FarApi, code: str, advice: str) -> None:
    api.at(f"POST {MINE}/charges/7/retry", {"detail": "Not so.", "code": code}, 409)
    refused = ask(api, "charges", "retry", 7, "--by", "Anna")
    assert refused.exit_code == 1 and refused.stdout == ""
    assert refused.stderr.startswith("Not so.") and advice in refused.stderr and f"({code})" in refused.stderr


def test_a_charge_is_settled_by_hand(api: FarApi) -> None:
    api.at(f"POST {MINE}/charges/7/resolve", done("Charge 7 is written off."))
    shown = ask(
        api, "charges", "resolve", 7, "--outcome", "written_off", "--by", "Anna", "--note", "old guest"
    )
    assert shown.stdout == "Charge 7 is written off.\n"
    assert api.asked[-1].body == {"outcome": "written_off", "by": "Anna", "note": "old guest"}
    assert json.loads(
        ask(api, "charges", "resolve", 7, "--outcome", "posted", "--by", "Anna", "--json").stdout
    ) == done("Charge 7 is written off.")


def test_whether_it_is_on_the_folio_is_said_when_a_charge_is_written_off(api: FarApi) -> None:
    written_off = ("charges", "resolve", 7, "--outcome", "written_off", "--by", "Anna", "--note", "short")
    api.at(f"POST {MINE}/charges/7/resolve", {"detail": "Look there.", "code": "on_folio_unknown"}, 409)
    assert "Say --on-folio yes or --on-folio no." in ask(api, *written_off).stderr
    api.answers[f"POST {MINE}/charges/7/resolve"] = [(200, done())]
    ask(api, *written_off, "--on-folio", "no")
    assert api.asked[-1].body == {
        "outcome": "written_off", "by": "Anna", "note": "short", "on_folio": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ["retry", "7"],
        ["retry", "seven", "--by", "Anna"],
        ["retry", "7", "--by", "Anna", "--room", "213", "--house"],
        ["retry", "7", "--by", "Anna", "--on-folio", "perhaps"],
        ["resolve", "7", "--by", "Anna"],
        ["resolve", "7", "--outcome", "posted"],
        ["resolve", "7", "--outcome", "lost", "--by", "Anna"],
        ["resolve", "7", "--outcome", "written_off", "--by", "Anna", "--on-folio", "perhaps"],
        ["rety", "7"],
    ],
)
def test_a_decision_without_a_name_or_without_sense_is_bad_usage(api: FarApi, words: list[str]) -> None:
    assert ask(api, "charges", *words).exit_code == 2
    assert api.asked == []


def test_a_credit_bar_is_lifted_by_name(api: FarApi) -> None:
    """M1."""
    answer = {"said": "reservation 1001 of 212 may call again", "rooms": [{"number": "212", "stays": []}]}
    api.at(f"POST {MINE}/rooms/212/unbar", answer)
    shown = ask(api, "rooms", "unbar", "212", "--by", "Anna")
    assert shown.stdout == "reservation 1001 of 212 may call again\nRoom 212: vacant.\n"
    assert api.asked[-1].body == {"by": "Anna"}
    assert ask(api, "rooms", "unbar", "212").exit_code == 2
