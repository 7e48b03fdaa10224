"""Reports about calls on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.far_api import FarApi, far_api
from tests.cli.test_api_commands import MINE, ask


@pytest.fixture
def api() -> Iterator[FarApi]:
    with far_api() as far:
        yield far


def one(key: str, calls: int, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key, "room": "", "reservation": "", "currency": "EUR", "calls": calls, "unanswered": 1,
        "free": 1, "seconds": 111, "amount": amount, "tax": "0.00", "posted": amount, "waiting": "0.00",
        "written_off": "0.00",
    } | more  # fmt: skip


def found(*items: dict[str, Any], next: str | None = None, unused: list[str] | None = None) -> dict[str, Any]:
    days = {"first": "2026-11-01", "last": "2026-11-30"}
    total = [one("", 5, "4.45")]
    return {"by": "room", **days, "items": items, "totals": total, "unused": unused or [], "next": next}


ACCOUNT = {
    "id": 7,
    "at": "2026-11-25T03:30:00+01:00",
    "first": "2026-11-24",
    "last": "2026-11-24",
    "by": "anna (token)",
    "adds_up": False,
    "words": "2 calls = 1 posted + 1 without a charge",
    "received": 2,
    "by_device": {"om20": 2},
    "not_chargeable": 0,
    "parts": [
        {"part": "posted", "currency": "EUR", "calls": 1, "amount": "0.50", "tax": "0.08"},
        {"part": "free", "currency": "", "calls": 0, "amount": "0", "tax": "0"},
    ],
    "difference": 1,
    "findings": [
        {
            "trouble": "not_charged",
            "calls": 1,
            "words": "call 2 has no charge.",
            "charge": 2,
            "device": "om20",
        }
    ],
}


def test_a_report_is_a_table_with_its_total_and_the_rooms_without_a_call(api: FarApi) -> None:
    answers = found(one("110", 2, "0.95"), one("212", 3, "3.50"), unused=["111"])
    api.at(f"GET {MINE}/charges/report", answers)
    done = ask(api, "charges", "report", "--by", "room", "--from", "2026-11-01")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines == [
        "Calls to outside by room, 2026-11-01 to 2026-11-30; unanswered and free ones count too.",
        "room calls unanswered free time amount posted",
        "110 2 1 1 1:51 0.95 EUR 0.95 EUR",
        "212 3 1 1 1:51 3.50 EUR 3.50 EUR",
        "all 5 1 1 1:51 4.45 EUR 4.45 EUR",
        "Without a call: 111.",
    ]
    assert api.asked[-1].path.endswith("/charges/report?by=room&from=2026-11-01")


def test_a_long_report_is_fetched_to_its_end(api: FarApi) -> None:
    api.at(f"GET {MINE}/charges/report", found(one("110", 2, "0.95"), next="1"))
    api.at(f"GET {MINE}/charges/report", found(one("212", 3, "3.50")))
    done = ask(api, "charges", "report", "--json")
    assert [row["key"] for row in json.loads(done.stdout)["items"]] == ["110", "212"]
    assert api.asked[-1].path.endswith("cursor=1")


def test_csv_is_handed_on_as_it_comes(api: FarApi) -> None:
    api.at(f"GET {MINE}/charges/report", "room,amount\r\n110,0.95\r\n")
    done = ask(api, "charges", "report", "--csv")
    assert done.stdout.splitlines() == ["room,amount", "110,0.95"]
    assert "format=csv" in api.asked[-1].path


def test_the_calls_of_a_guest_are_a_page(api: FarApi) -> None:
    api.at(f"GET {MINE}/charges/statement", "Telephone calls. Room 212\nTotal 0.95 EUR\n")
    done = ask(api, "charges", "report", "--reservation", "1001")
    assert done.stdout.splitlines()[-1] == "Total 0.95 EUR"
    assert api.asked[-1].path.endswith("?reservation=1001")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--by", "state", "--csv", "--reservation", "1002"), "leave out --by and --csv."),
        (("--by", "room", "--stay", 3), "leave out --by."),
        (("--from", "2026-11-01", "--to", "today", "--stay", 3), "leave out --from and --to."),
        (("--json", "--stay", 3), "leave out --json."),
    ],
)
def test_the_page_of_a_guest_takes_nothing_that_shapes_a_table(
    api: FarApi, words: tuple[object, ...], named: str
) -> None:
    done = ask(api, "charges", "report", *words)
    assert done.exit_code == 2 and named in " ".join(done.stderr.split())
    assert not any("statement" in one.path for one in api.asked)


def test_an_account_that_does_not_add_up_says_so_and_fails(api: FarApi) -> None:
    api.at(f"POST {MINE}/reconciliations", ACCOUNT)
    done = ask(api, "charges", "reconcile", "--from", "2026-11-24", "--to", "2026-11-24", "--by", "Anna")
    assert done.exit_code == 1
    assert [" ".join(line.split()) for line in done.stdout.splitlines()] == [
        "2026-11-24, counted Wed 2026-11-25 03:30 for anna (token):",
        "2 calls = 1 posted + 1 without a charge",
        "calls amount",
        "posted 1 0.50 EUR",
        "- call 2 has no charge.",
        "It does not add up: 1 thing to look at.",
    ]
    assert api.asked[-1].body == {"from": "2026-11-24", "to": "2026-11-24", "by": "Anna"}


def test_an_account_that_adds_up_ends_well(api: FarApi) -> None:
    api.at(f"POST {MINE}/reconciliations", ACCOUNT | {"adds_up": True, "findings": []})
    done = ask(api, "charges", "reconcile")
    assert done.exit_code == 0 and done.stdout.splitlines()[-1] == "It adds up."


@pytest.mark.parametrize(
    ("first", "last", "adds_up", "said"),
    [
        ("2026-11-26", "2026-11-26", True, "Still to come: there is nothing to add up yet."),
        ("2026-11-25", "2026-11-25", True, "It adds up so far: 2026-11-25 is not over."),
        ("2026-11-01", "2026-11-30", True, "It adds up so far: 2026-11-25 is not over."),
        (
            "2026-11-25", "2026-11-25", False,
            "It does not add up: 1 thing to look at. And 2026-11-25 is not over.",
        ),
    ],
)  # fmt: skip
def test_a_day_that_is_not_over_or_still_to_come_does_not_simply_add_up(
    api: FarApi, first: str, last: str, adds_up: bool, said: str
) -> None:
    days = {"first": first, "last": last, "adds_up": adds_up}
    api.at(f"POST {MINE}/reconciliations", ACCOUNT | days)
    assert ask(api, "charges", "reconcile").stdout.splitlines()[-1] == said


def test_an_account_as_csv(api: FarApi) -> None:
    api.at(f"POST {MINE}/reconciliations", ACCOUNT)
    api.at(f"GET {MINE}/reconciliations/7", "what,name\r\nreceived,om20\r\n")
    done = ask(api, "charges", "reconcile", "--csv")
    assert done.stdout.splitlines() == ["what,name", "received,om20"]
