"""The commands that ask the API, against a far end that answers what it is told to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.cli.far_api import ALARM, HOTEL, WAKEUP, FarApi, far_api
from tests.cli.typed import config, typed

MINE = "/api/v1/properties/main"


@pytest.fixture
def api() -> Iterator[FarApi]:
    with far_api() as far:
        yield far


def ask(api: FarApi, *words: object) -> Result:
    return typed(*words, "--url", api.url, "--token", "secret")


def page(*items: Any, next: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next": next}


def test_a_refusal_is_its_sentence_and_its_code(api: FarApi) -> None:
    api.at(f"POST {MINE}/wakeups", {"detail": "There is no room 999.", "code": "unknown_room"}, 422)
    done = ask(api, "wakeup", "add", "999", "06:30")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "There is no room 999. (unknown_room)\n")


def test_a_list_is_fetched_to_its_end(api: FarApi) -> None:
    api.at(f"GET {MINE}/wakeups", page(WAKEUP, next="c 1"))
    api.at(f"GET {MINE}/wakeups", page(WAKEUP | {"id": 18, "note": "\x1b[31m"}))
    done = ask(api, "wakeup", "list", "--room", "212")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["id", "17", "18"]
    assert "\x1b" not in done.stdout
    assert "room=212" in api.asked[-1].path and "cursor=c+1" in api.asked[-1].path


def test_with_json_the_answer_comes_raw(api: FarApi) -> None:
    api.at(f"GET {MINE}/wakeups", page(WAKEUP))
    assert json.loads(ask(api, "wakeup", "list", "--json").stdout) == page(WAKEUP)


def test_a_wakeup_is_shown_with_its_rings_and_its_history(api: FarApi) -> None:
    ring = {"n": 1, "phone": "212", "device": "om20", "started": WAKEUP["due"], "ended": None,
            "outcome": None, "detail": ""}  # fmt: skip
    past = {"at": WAKEUP["created_at"], "by": "anna", "origin": "api", "what": "booked", "text": "for 06:30"}
    api.at(f"GET {MINE}/wakeups/17", WAKEUP | {"attempts": [ring], "history": [past]})
    shown = ask(api, "wakeup", "show", "17").stdout
    assert shown.startswith("Wake-up 17: room 212, Tuesday 24 November 2026, 06:30")
    assert "om20/212" in shown and "booked" in shown


def test_only_open_alarms_are_listed_unless_all_are_wanted(api: FarApi) -> None:
    api.at(f"GET {MINE}/alarms", page(ALARM))
    assert "please wake the guest" in ask(api, "alarm", "list").stdout
    assert "open=true" in api.asked[-1].path
    ask(api, "alarm", "list", "--all")
    assert "open=" not in api.asked[-1].path


def test_an_alarm_is_closed_by_name_with_an_outcome(api: FarApi) -> None:
    closed = ALARM | {"open": False, "outcome": "woken_by_staff"}
    api.at(f"POST {MINE}/alarms/3/acknowledge", closed)
    done = ask(api, "alarm", "acknowledge", "3", "--by", "Anna", "--outcome", "woken_by_staff")
    assert done.stdout == "Alarm 3 (wakeup_failed, room 212) is closed: woken_by_staff.\n"
    assert api.asked[-1].body == {"by": "Anna", "note": "", "outcome": "woken_by_staff"}


def test_a_phone_that_does_not_hold_what_it_should_says_what_differs(api: FarApi) -> None:
    phone = {"device": "om20", "number": "301", "wanted": {"api": "7"}, "held": {"api": "0"},
             "in_sync": False, "state": "ready"}  # fmt: skip
    api.at(f"GET {MINE}/rooms", page({"number": "suite", "phones": [phone], "pending": 2, "stays": []}))
    assert "api is 0, not 7" in ask(api, "rooms", "list").stdout


def test_a_link_is_listed_layer_by_layer(api: FarApi) -> None:
    layers = {"connected": True, "reporting": None}
    link = {"link": "om20", "kind": "om", "layers": layers, "since": None, "detail": "", "last_message": None}
    api.at(f"GET {MINE}/links", page(link))
    assert "connected: yes, reporting: not known yet" in ask(api, "links", "list").stdout


def test_of_several_hotels_one_must_be_named_and_a_slip_is_pointed_out(api: FarApi) -> None:
    api.answers["GET /api/v1/properties"] = [(200, page(HOTEL, HOTEL | {"id": "annex"}))]
    api.at("GET /api/v1/properties/annex/links", page())
    assert (done := ask(api, "links", "list")).exit_code == 2 and "annex, main" in done.stderr
    assert "did you mean annex?" in ask(api, "links", "list", "--property", "anex").stderr
    assert ask(api, "links", "list", "--property", "annex").exit_code == 0


def test_a_lost_answer_is_not_asked_for_again_and_the_person_is_told(api: FarApi) -> None:
    api.at(f"DELETE {MINE}/wakeups/17", None)
    done = ask(api, "wakeup", "cancel", "17")
    assert done.exit_code == 1 and "look before you repeat it" in done.stderr
    assert [one.method for one in api.asked].count("DELETE") == 1


def test_an_answer_that_is_not_ours_says_so(api: FarApi) -> None:
    api.answers["GET /api/v1/properties"] = [(502, "<html>Bad Gateway</html>")]
    done = ask(api, "rooms", "list")
    assert done.exit_code == 1 and "is the address right?" in done.stderr


def test_where_nobody_answers_the_address_and_the_way_to_start_are_told(tmp_path: Path) -> None:
    file = config(tmp_path, web=1)
    done = typed("wakeup", "list", "-c", file, "--token", "x")
    assert done.exit_code == 1
    assert "http://127.0.0.1:1 " in done.stderr and f"hotelbridge run -c {file}" in done.stderr


def test_address_and_token_come_from_the_configuration_and_the_file_left_by_run(
    api: FarApi, tmp_path: Path
) -> None:
    file = config(tmp_path, web=int(api.url.rpartition(":")[2]))
    assert "the daemon leaves it there" in typed("links", "list", "-c", file).stderr
    (tmp_path / "hotel.token").write_text("left\n")
    api.at(f"GET {MINE}/links", page())
    assert typed("links", "list", HOTELBRIDGE_CONFIG=str(file)).exit_code == 0
    assert api.asked[-1].headers["Authorization"] == "Bearer left"
    typed(
        "links",
        "list",
        "-c",
        file,
        HOTELBRIDGE_TOKEN="of the environment",
        HOTELBRIDGE_URL="http://127.0.0.1:1",
    )
    assert api.asked[-1].headers["Authorization"] == "Bearer left"


def test_the_token_left_by_run_is_not_sent_to_another_address(api: FarApi, tmp_path: Path) -> None:
    (tmp_path / "hotel.token").write_text("left\n")
    done = typed("links", "list", "--url", api.url, HOTELBRIDGE_CONFIG=str(config(tmp_path)))
    assert done.exit_code == 2 and "a token is needed" in done.stderr
    assert not api.asked


def test_without_any_address_the_usage_says_what_to_give() -> None:
    done = typed("wakeup", "list")
    assert done.exit_code == 2 and "-c FILE" in done.stderr


def test_the_list_of_the_night_is_printed_as_it_stands(api: FarApi) -> None:
    """A6: the same text on the command line."""
    api.at(f"GET {MINE}/night-list", "Hotel Example\n\n06:30    212\x1b[2J\n")
    done = ask(api, "wakeup", "night-list", "--date", "2026-11-24")
    assert done.stdout == "Hotel Example\n\n06:30    212?[2J\n"
    assert api.asked[-1].path == f"{MINE}/night-list?date=2026-11-24"
    ask(api, "wakeup", "night-list", "--date", "tomorrow")
    assert api.asked[-1].path == f"{MINE}/night-list?date=2026-11-25"
    assert ask(api, "wakeup", "night-list", "--date", "x").exit_code == 2


def test_an_alarm_is_printed_to_walk_with(api: FarApi) -> None:
    """A3: printable."""
    api.at(f"GET {MINE}/alarms/3/list", "ALARM 3\n06:30    212\n")
    assert ask(api, "alarm", "print", 3).stdout == "ALARM 3\n06:30    212\n"


def test_a_page_that_is_refused_is_its_sentence(api: FarApi) -> None:
    api.at(f"GET {MINE}/alarms/9/list", {"detail": "There is no alarm 9.", "code": "unknown_alarm"}, 404)
    done = ask(api, "alarm", "print", 9)
    assert (done.exit_code, done.stderr) == (1, "There is no alarm 9. (unknown_alarm)\n")


def test_an_outcome_for_every_room_of_a_list_is_said_in_so_many_words(api: FarApi) -> None:
    """A3: closed room by room, unless all are meant."""
    api.at(f"POST {MINE}/alarms/3/acknowledge", ALARM | {"open": False, "outcome": "woken_by_staff"})
    ask(api, "alarm", "acknowledge", 3, "--by", "Anna", "--outcome", "woken_by_staff", "--all")
    assert api.asked[-1].body["all"] is True


@pytest.mark.parametrize(
    ("words", "path", "said"),
    [
        (("--room", "99/9"), "rooms/99%2F9", "There is no room 99/9."),
        (("--order", "99"), "orders/99", "There is no order 99."),
    ],
)
def test_a_list_of_a_room_or_an_order_that_is_not_there_says_so(
    api: FarApi, words: tuple[str, str], path: str, said: str
) -> None:
    api.at(f"GET {MINE}/wakeups", page())
    api.at(f"GET {MINE}/{path}", {"detail": said, "code": "unknown"}, 404)
    done = ask(api, "wakeup", "list", *words)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"{said} (unknown)\n")
    api.answers[f"GET {MINE}/{path}"] = [(200, {})]
    assert ask(api, "wakeup", "list", *words).stdout == "There is no such wake-up.\n"


def test_the_option_that_closes_all_rooms_is_named_as_it_is_typed(api: FarApi) -> None:
    said = 'Alarm 3 is about 2 rooms. Close each room\'s wake-up, or say "all": true if it is the same.'
    api.at(f"POST {MINE}/alarms/3/acknowledge", {"detail": said, "code": "close_room_by_room"}, 409)
    done = ask(api, "alarm", "acknowledge", 3, "--by", "Anna", "--outcome", "woken_by_staff")
    assert done.exit_code == 1 and "or say --all if it is the same. (close_room_by_room)" in done.stderr
