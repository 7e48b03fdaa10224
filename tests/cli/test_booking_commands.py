"""The commands that book and change, against a far end that answers what it is told to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import Result

from tests.cli.far_api import BOOKING, CHANGED, ORDER, WAKEUP, FarApi, far_api
from tests.cli.typed import typed

MINE = "/api/v1/properties/main"


@pytest.fixture
def api() -> Iterator[FarApi]:
    with far_api() as far:
        yield far


def ask(api: FarApi, *words: object) -> Result:
    return typed("wakeup", *words, "--url", api.url, "--token", "secret")


def test_a_booking_is_read_back_with_weekday_date_time_and_how_long_it_is(api: FarApi) -> None:
    """B4: the read-back is printed."""
    api.at(f"POST {MINE}/wakeups", BOOKING, 201)
    done = ask(api, "add", "212", "630", "--note", "loud")
    assert done.exit_code == 0
    assert done.stdout == (
        "Room 212 will be woken on Tuesday 24 November 06:30, in 5 h 10 min.\nWake-up 17 (order 17)\n"
    )
    asked = api.asked[-1]
    assert asked.body == {"room": "212", "time": "06:30:00", "note": "loud"}
    assert asked.headers["Authorization"] == "Bearer secret"
    assert len(asked.headers["Idempotency-Key"]) > 10


def test_everything_that_may_be_said_of_a_booking_is_sent(api: FarApi) -> None:
    """B1, B3, B5."""
    api.at(f"POST {MINE}/wakeups", BOOKING | {"rooms": ["110", "111"], "also": [5]}, 201)
    done = ask(
        api, "add", "110:111", "6.30p", "--date", "fri", "--days", "mon-fri", "--until", "2026-12-04",
        "--proof", "digit", "--vip", "--in-person", "--follow-up", "10", "--language", "de", "--anyway",
        "--by", "Anna", "--reservation", "R-1",
    )  # fmt: skip
    assert api.asked[-1].body == {
        "room": "110:111", "time": "18:30:00", "date": "2026-11-27", "until": "2026-12-04",
        "days": ["mon", "tue", "wed", "thu", "fri"], "proof": "digit", "vip": True, "in_person": True,
        "follow_up": 10, "language": "de", "anyway": True, "by": "Anna", "reservation": "R-1",
    }  # fmt: skip
    assert done.stdout.startswith("2 rooms, 110, 111 will be woken on Tuesday 24 November 06:30,")
    assert "already: wake-up 5; one ring serves both" in done.stdout


def test_a_preview_says_that_nothing_was_booked(api: FarApi) -> None:
    """B4."""
    api.at(f"POST {MINE}/wakeups", BOOKING | {"preview": True})
    done = ask(api, "add", "212", "630", "--preview")
    assert "would be woken on Tuesday" in done.stdout and "Nothing was booked" in done.stdout
    assert "Wake-up" not in done.stdout


def test_a_ring_expected_later_than_asked_is_told(api: FarApi) -> None:
    later = BOOKING["wakeups"][0] | {"expected_ring": "2026-11-24T06:32:00+01:00"}  # type: ignore[index]
    api.at(f"POST {MINE}/wakeups", BOOKING | {"wakeups": [later]}, 201)
    assert "Room 212 is expected to ring at 06:32." in ask(api, "add", "212", "06:30").stdout


def test_in_the_small_hours_the_question_which_day_is_shown(api: FarApi) -> None:
    """B4: both days are offered."""
    api.at(f"POST {MINE}/wakeups", {"detail": "It is 01:10: which day is meant?", "code": "which_day"}, 409)
    done = ask(api, "add", "212", "06:30")
    assert (done.exit_code, done.stderr) == (
        1,
        "It is 01:10: which day is meant? Say it with --date: today, tomorrow, or 2026-11-25. (which_day)\n",
    )


def test_in_the_small_hours_a_weekday_that_is_today_is_asked_about(api: FarApi) -> None:
    """B4: the hotel has 01:20 on a Tuesday."""
    api.at(f"GET {MINE}/wakeups/17", WAKEUP)
    for words in (("add", "212", "06:30"), ("change", "17")):
        done = ask(api, *words, "--date", "tue")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "which Tuesday is meant? Tuesday 24 November 06:30, in 5 h 10 min; or Tue" in done.stderr
        assert done.stderr.endswith("Say it with --date: today, or 2026-12-01. (which_day)\n")
    assert all(one.method == "GET" for one in api.asked)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("add", "212", "soon"), "write 06:30"),
        (("add", "212", "630", "--date", "x"), "write 2026-11-25"),
        (("change", "17", "--date", "x"), "write 2026-11-25"),
        (("add", "212", "630", "--days", "often"), "write daily"),
        (("change", "17", "--by", "Anna"), "say what is to be different"),
        (("change", "--order", "3"), "say what is to be different"),
        (("change",), "either the number of a wake-up, or --order"),
        (("change", "3", "--order", "4"), "either the number of a wake-up, or --order"),
        (("change", "3", "--days", "daily"), "is for orders"),
        (("change", "--order", "3", "--date", "today"), "is for one wake-up"),
        (("change", "--order", "3", "--time", "+3m"), "is a time of day"),
        (("cancel",), "either the number of a wake-up, or --order"),
    ],
)
def test_bad_usage_says_how_and_changes_nothing(api: FarApi, words: tuple[str, ...], hint: str) -> None:
    done = ask(api, *words)
    assert done.exit_code == 2
    assert hint in done.stderr
    assert all(one.method == "GET" for one in api.asked)


def test_one_wake_up_is_changed_and_read_back(api: FarApi) -> None:
    api.at(f"PATCH {MINE}/wakeups/17", WAKEUP | {"said": "Tuesday 24 November 06:45, in 5 h 25 min"})
    done = ask(api, "change", "17", "--time", "645", "--no-vip", "--note", "", "--by", "Anna")
    assert done.stdout == "Room 212 will be woken on Tuesday 24 November 06:45, in 5 h 25 min.\n"
    assert api.asked[-1].body == {"time": "06:45:00", "vip": False, "note": "", "by": "Anna"}
    api.at(f"GET {MINE}/wakeups/17", WAKEUP)
    ask(api, "change", "17", "--date", "tomorrow")
    assert api.asked[-1].body == {"date": "2026-11-25"}


def test_a_whole_order_is_changed_and_what_became_of_it_is_told(api: FarApi) -> None:
    """B1."""
    api.at(f"PATCH {MINE}/orders/3", CHANGED)
    done = ask(api, "change", "--order", "3", "--time", "7.15", "--days", "mon,fri", "--until", "never")
    assert api.asked[-1].body == {"time": "07:15:00", "days": ["mon", "fri"], "until": ""}
    assert done.stdout == (
        "Order 3, room 110, 111: every Monday and Friday 06:30.\n"
        "Wake-ups: 2 changed, 1 cancelled, 1 left as they were.\n"
        "Wake-up 4 of room 111 stays as it was: why.\n"
    )


def test_a_cancelled_wakeup_is_named(api: FarApi) -> None:
    api.at(f"DELETE {MINE}/wakeups/17", WAKEUP | {"state": "cancelled"})
    assert "of room 212 on Tuesday 24 November 2026, 06:30 is cancelled" in ask(api, "cancel", "17").stdout
    ask(api, "cancel", "17", "--by", "Anna B")
    assert api.asked[-1].path.endswith("/wakeups/17?by=Anna+B")


def test_an_order_is_ended_with_all_to_come(api: FarApi) -> None:
    """B1."""
    api.at(f"DELETE {MINE}/orders/3", CHANGED | {"ended_by": "anna (token)"})
    done = ask(api, "cancel", "--order", "3")
    assert done.stdout == "Order 3 is ended by anna (token); 1 wake-up cancelled.\n"


def test_a_wakeup_is_closed_by_name_with_an_outcome(api: FarApi) -> None:
    """A2."""
    api.at(f"POST {MINE}/wakeups/17/close", WAKEUP | {"state": "closed", "result": "woken_by_staff"})
    done = ask(api, "close", "17", "--by", "Anna", "--outcome", "woken_by_staff")
    assert done.stdout == (
        "Wake-up 17 of room 212 on Tuesday 24 November 2026, 06:30 is closed: woken_by_staff.\n"
    )
    assert api.asked[-1].body == {"by": "Anna", "outcome": "woken_by_staff", "note": ""}


def test_one_that_is_not_due_is_cancelled_instead_and_the_answer_says_so(api: FarApi) -> None:
    api.at(f"POST {MINE}/wakeups/17/close", WAKEUP | {"state": "cancelled"})
    done = ask(api, "close", "17", "--by", "Anna", "--outcome", "cancelled")
    assert done.stdout == "Wake-up 17 of room 212 on Tuesday 24 November 2026, 06:30 is cancelled.\n"


def test_a_guest_who_is_up_is_told_and_what_is_still_to_come_is_named(api: FarApi) -> None:
    api.at(f"POST {MINE}/rooms/212/awake", {"room": "212", "closed": [WAKEUP], "next": WAKEUP | {"id": 18}})
    api.at(f"POST {MINE}/rooms/212/awake", {"room": "212", "closed": [], "next": None})
    first = ask(api, "awake", "212", "--by", "Anna", "--note", "called").stdout
    assert first == (
        "Room 212 is awake: wake-up 17 is closed.\n"
        "Still to come: wake-up 18 on Tuesday 24 November 2026, 06:30.\n"
    )
    assert api.asked[-1].body == {"by": "Anna", "note": "called"}
    assert ask(api, "awake", "212", "--by", "Anna").stdout == "Room 212 is awake: nothing was ringing.\n"


def test_orders_are_listed_and_the_pending_wake_ups_of_one(api: FarApi) -> None:
    api.at(f"GET {MINE}/orders", {"items": [ORDER], "next": None})
    assert "110,111  every Monday and Friday 06:30" in ask(api, "orders").stdout
    assert "open=true" in api.asked[-1].path
    special = WAKEUP | {"vip": True, "proof": "digit", "follows": 16}
    api.at(f"GET {MINE}/wakeups", {"items": [special], "next": None})
    shown = ask(api, "list", "--order", "3", "--date", "today").stdout
    assert "VIP, digit, follow-up" in shown
    for part in ("order=3", "open=true", "from=2026-11-24", "to=2026-11-24"):
        assert part in api.asked[-1].path
    ask(api, "list", "--all")
    assert "open=" not in api.asked[-1].path


def test_a_day_that_is_none_is_told_as_the_day_and_not_as_the_time(api: FarApi) -> None:
    done = ask(api, "add", "212", "630", "--date", "heute")
    assert done.exit_code == 2 and "Invalid value for --date: 'heute' is not a day" in done.stderr
