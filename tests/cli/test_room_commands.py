"""Rooms, their guests, the flight recorder and resyncs by the command line, against a far end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import Result

from hotelbridge.commands import recorder
from tests.cli.far_api import FarApi, far_api
from tests.cli.typed import typed

MINE = "/api/v1/properties/main"
AT = "2026-11-24T06:30:00.250000+01:00"
STAY = {
    "id": 1, "room": "212", "reservation": "1001", "guest": "Müller, Hans", "language": "de", "vip": True,
    "line_class": "local", "group": "", "arrival": None, "departure": "2026-11-26", "since": AT, "by": "fias",
}  # fmt: skip
PHONE = {
    "device": "om20", "number": "212", "wanted": {"Call_Restriction": "1"},
    "held": {"Call_Restriction": "3", "No_Disturb": "off"}, "in_sync": False, "state": "ready",
}  # fmt: skip
ROOM = {
    "number": "212", "phones": [PHONE], "pending": 2, "occupied": True, "stays": [STAY],
    "line_class": "internal", "line_class_by": "Anna", "do_not_disturb": None,
}  # fmt: skip
VACANT = ROOM | {"number": "305", "occupied": False, "stays": [], "phones": [], "line_class": None}
ENTRY = {
    "id": "r17", "at": AT, "link": "pms", "direction": "in", "rooms": ["212"],
    "words": "check-in of “Müller”", "effect": "212 is occupied", "waiting": False,
    "body": "\\x02GI|RN212|\nG#1001|\\x03",
}  # fmt: skip
LINE = {
    "id": 5, "at": AT, "by": "fias", "origin": "pms", "room": "212", "reservation": "1001",
    "what": "checked_in", "text": "“Müller” came", "record": "r17",
}  # fmt: skip
RESYNC = {
    "id": 4, "state": "asking", "begun": AT, "ended": AT,
    "difference": {"goes": [{"room": "212"}, {"room": "213"}], "comes": [], "complete": True},
    "decided_by": None, "decided_at": None,
}  # fmt: skip


@pytest.fixture
def api() -> Iterator[FarApi]:
    with far_api() as far:
        yield far


def ask(api: FarApi, *words: object) -> Result:
    return typed(*words, "--url", api.url, "--token", "secret")


def page(*items: Any, next: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next": next}


def done(*rooms: Any, said: str = "done") -> dict[str, Any]:
    return {"said": said, "rooms": list(rooms)}


def test_rooms_are_listed_with_their_guests_or_how_many_they_are(api: FarApi) -> None:
    nameless = ROOM | {"stays": [STAY | {"guest": "", "reservation": ""}] * 2}
    api.at(f"GET {MINE}/rooms", page(ROOM, nameless, VACANT))
    shown = ask(api, "rooms", "list").stdout.splitlines()
    assert "Müller, Hans" in shown[1] and "Call_Restriction is 3, not 1" in shown[1]
    assert "2 guests" in shown[2] and "no phone" in shown[3]


def test_a_room_is_shown_with_each_parameter_of_its_phones(api: FarApi) -> None:
    api.at(f"GET {MINE}/rooms/212", ROOM)
    shown = ask(api, "rooms", "show", "212").stdout
    assert shown.startswith("Room 212: occupied, 2 wake-ups to come.\n")
    assert "internal, by Anna" in shown and "Müller, Hans" in shown and "2026-11-26" in shown
    assert "om20/212  Call_Restriction  1       3" in shown
    api.at(f"GET {MINE}/rooms/305", VACANT)
    assert "It has no phone." in ask(api, "rooms", "show", "305").stdout


def test_a_guest_is_checked_in_with_what_was_typed_and_nothing_else(api: FarApi) -> None:
    api.at(f"POST {MINE}/rooms/212/check-in", done(ROOM, said="“Müller, Hans” is in 212."))
    shown = ask(api, "rooms", "check-in", "212", "--guest", "Müller, Hans", "--departure", "tomorrow",
                "--class", "local", "--shared", "--by", "Anna")  # fmt: skip
    assert shown.stdout == "“Müller, Hans” is in 212.\nRoom 212: Müller, Hans.\n"
    assert api.asked[-1].body == {
        "guest": "Müller, Hans", "departure": "2026-11-25", "line_class": "local", "shared": True,
        "by": "Anna",
    }  # fmt: skip
    assert "Idempotency-Key" in api.asked[-1].headers


def test_a_date_that_is_none_is_bad_usage(api: FarApi) -> None:
    assert ask(api, "rooms", "check-in", "212", "--departure", "someday").exit_code == 2


@pytest.mark.parametrize(
    ("code", "advice"),
    [("pending_work", "--keep-wakeups"), ("which_guest", "--reservation"), ("not_in_house", "")],
)
def test_a_check_out_that_is_refused_says_how_it_is_meant(api: FarApi, code: str, advice: str) -> None:
    """B7: what is pending is shown before anything is done."""
    api.at(f"POST {MINE}/rooms/212/check-out", {"detail": "Not so.", "code": code}, 409)
    refused = ask(api, "rooms", "check-out", "212")
    assert refused.exit_code == 1 and refused.stdout == ""
    assert refused.stderr.startswith("Not so.") and advice in refused.stderr and f"({code})" in refused.stderr
    assert api.asked[-1].body == {}


def test_a_check_out_of_everybody_in_spite_of_wakeups_that_still_ring(api: FarApi) -> None:
    api.at(f"POST {MINE}/rooms/212/check-out", done(VACANT))
    shown = ask(api, "rooms", "check-out", "212", "--all", "--anyway", "--keep-wakeups")
    assert shown.stdout == "done\nRoom 305: vacant.\n"
    assert api.asked[-1].body == {"all": True, "anyway": True, "keep_wakeups": True}


def test_a_guest_is_moved(api: FarApi) -> None:
    api.at(f"POST {MINE}/rooms/212/move", done(VACANT, ROOM))
    assert ask(api, "rooms", "move", "212", "305", "--reservation", "1001").exit_code == 0
    assert api.asked[-1].body == {"to": "305", "reservation": "1001"}


def test_why_is_answered_in_sentences_then_the_journal_then_the_messages(api: FarApi) -> None:
    found = {"said": ["“Müller” is in 212.", "It is barred\x1b[2J."], "journal": [LINE], "records": [ENTRY]}
    api.at(f"GET {MINE}/rooms/212/why", found)
    shown = ask(api, "why", "212").stdout
    assert shown.startswith("“Müller” is in 212.\nIt is barred?[2J.\n\nThe journal, newest first:\n")
    assert "checked_in" in shown and "<- pms [212] check-in of “Müller” => 212 is occupied" in shown
    assert json.loads(ask(api, "why", "212", "--json").stdout) == found


def test_the_recorder_shows_the_newest_at_the_end_in_as_many_requests_as_it_takes(api: FarApi) -> None:
    out = ENTRY | {"id": "r16", "direction": "out", "link": "om20", "rooms": [], "words": "asked om20",
                   "effect": "", "waiting": True}  # fmt: skip
    api.at(f"GET {MINE}/recorder", page(ENTRY, next="c1"))
    api.at(f"GET {MINE}/recorder", page(out))
    shown = ask(api, "recorder", "--room", "212", "--link", "pms", "--limit", "3").stdout.splitlines()
    assert shown == [
        "2026-11-24 06:30:00.250 r16 -> om20 asked om20 (waits)",
        "2026-11-24 06:30:00.250 r17 <- pms [212] check-in of “Müller” => 212 is occupied",
    ]
    assert "room=212&link=pms&cursor=c1&limit=2" in api.asked[-1].path


def test_messages_are_shown_as_they_were_on_the_wire_where_that_is_asked_for(api: FarApi) -> None:
    api.at(f"GET {MINE}/recorder", page(ENTRY, ENTRY | {"body": None}))
    shown = ask(api, "recorder", "--raw").stdout.splitlines()
    assert shown[2:] == ["    \\x02GI|RN212|", "    G#1001|\\x03"]


def test_an_empty_recorder_says_so(api: FarApi) -> None:
    api.at(f"GET {MINE}/recorder", page())
    assert ask(api, "recorder").stdout == "Nothing of that kind is recorded.\n"


def test_what_comes_is_followed_each_once_also_what_is_saved_late(
    api: FarApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "PAUSE", 0.0)
    entries = [ENTRY | {"id": f"r{n}", "words": f"word {n}", "rooms": [], "effect": ""} for n in range(5)]
    api.at(f"GET {MINE}/recorder", page(entries[0]))
    api.at(f"GET {MINE}/recorder", page(entries[3], entries[2], next="more"))
    api.at(f"GET {MINE}/recorder", page(entries[1], entries[0]))
    api.at(f"GET {MINE}/recorder", page(entries[3], entries[4], entries[2], entries[1], entries[0]))
    api.at(f"GET {MINE}/recorder", {"detail": "Revoked.", "code": "bad_token"}, 401)
    followed = ask(api, "recorder", "--follow")
    assert [line[-6:] for line in followed.stdout.splitlines()] == [f"word {n}" for n in range(5)]
    assert followed.exit_code == 1 and "(bad_token)" in followed.stderr


def test_the_status_of_a_room_is_passed_on(api: FarApi) -> None:
    api.at(f"POST {MINE}/rooms/212/status", {"said": "The PMS was told: 212 is clean."})
    told = ask(api, "rooms", "status", "212", "clean", "--by", "Maid 5")
    assert told.stdout == "The PMS was told: 212 is clean.\n"
    assert api.asked[-1].body == {"status": "clean", "by": "Maid 5"}


def test_resyncs_are_listed_with_what_each_would_change(api: FarApi) -> None:
    api.at(f"GET {MINE}/resyncs", page(RESYNC))
    shown = ask(api, "resync").stdout
    assert "asking" in shown and "goes: 2 (212, 213), complete: true" in shown and "comes" not in shown
    api.answers[f"GET {MINE}/resyncs"] = [(200, page())]
    assert ask(api, "resync").stdout == "The PMS has not told how everything stands yet.\n"


def test_a_resync_is_decided_by_name_and_asked_for(api: FarApi) -> None:
    for what in ("apply", "dismiss"):
        api.at(f"POST {MINE}/resyncs/4/{what}", {"said": f"{what} it is.", "resync": RESYNC})
        assert ask(api, "resync", f"--{what}", 4, "--by", "Anna").stdout == f"{what} it is.\n"
        assert api.asked[-1].body == {"by": "Anna"}
    api.at(f"POST {MINE}/resync", {"said": "The PMS was asked."})
    assert ask(api, "resync", "--ask").stdout == "The PMS was asked.\n"
    assert (nameless := ask(api, "resync", "--apply", 4)).exit_code == 2 and "--by" in nameless.stderr
    assert ask(api, "resync", "--apply", 4, "--ask", "--by", "Anna").exit_code == 2
