"""Who is let in, and what becomes of requests that make no sense."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotelbridge.web.site import HOPELESS_BODY, LARGEST_BODY

from .far_end import House, read_reply

BOOK = "/properties/main/wakeups"
TOMORROW = {"room": "212", "at": "2026-11-25T06:30"}


def fields(reply: Any) -> dict[str, str]:
    assert (reply.status, reply.code) == (422, "invalid_body"), reply
    return {error["field"]: error["detail"] for error in reply.json["errors"]}


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer \xe9"])
def test_without_a_token_the_answer_is_401_with_a_challenge(house: House, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    reply = house.call("GET", BOOK, token=None, headers=headers)
    assert (reply.status, reply.code) == (401, "no_token")
    assert reply.headers["www-authenticate"].startswith("Bearer ")


def test_an_unknown_token_is_401_invalid_token(house: House) -> None:
    reply = house.call("GET", BOOK, token="stolen")
    assert (reply.status, reply.code) == (401, "bad_token")
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]
    assert b"stolen" not in reply.body


@pytest.mark.parametrize("token", ["t-view", "t-money"])
def test_viewers_and_accounting_read_but_do_not_book(house: House, token: str) -> None:
    assert house.call("GET", BOOK, token=token).status == 200
    reply = house.call("POST", BOOK, TOMORROW, token=token)
    assert (reply.status, reply.code) == (403, "role")
    assert house.call("DELETE", f"{BOOK}/1", token=token).status == 403
    assert not house.desk.kept


def test_an_admin_does_what_the_front_desk_does(house: House) -> None:
    assert house.call("POST", BOOK, TOMORROW, token="t-admin").status == 201


def test_a_token_bound_to_one_property_sees_no_other(house: House) -> None:
    assert house.call("GET", "/properties/annex/rooms", token="t-annex").status == 200
    for property in ("main", "no-such"):
        reply = house.call("GET", f"/properties/{property}/rooms", token="t-annex")
        assert (reply.status, reply.code) == (403, "other_property")
    listed = house.call("GET", "/properties", token="t-annex").json["items"]
    assert [item["id"] for item in listed] == ["annex"]


def test_an_unknown_property_is_404(house: House) -> None:
    assert house.call("GET", "/properties/nope/rooms").code == "unknown_property"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1", f"/api/v1{BOOK}/", "/api/v1//properties", "/api/v1/%ff", "/%00"]
)
def test_an_unknown_path_is_a_404_problem_even_without_login(house: House, path: str) -> None:
    assert house.call("GET", path, token=None).code == "not_found"


@pytest.mark.parametrize("method", ["PUT", "TRACE", "CONNECT", "get", "X"])
def test_a_wrong_method_is_405_with_allow(house: House, method: str) -> None:
    reply = house.call(method, BOOK)
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_names_the_methods_without_login(house: House) -> None:
    reply = house.call("OPTIONS", f"{BOOK}/1", token=None)
    assert (reply.status, reply.headers["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")
    assert house.call("OPTIONS", "/nowhere", token=None).status == 404


@pytest.mark.parametrize("path", [BOOK, "/healthz", "/nowhere", f"{BOOK}/99", "/api/v1/events"])
def test_head_is_get_without_the_body(house: House, path: str) -> None:
    head = house.call("HEAD", path)
    assert head.body == b""
    if "events" not in path:
        got = house.call("GET", path)
        assert (head.status, head.headers["content-length"]) == (got.status, got.headers["content-length"])


def test_unknown_fields_are_all_named_with_the_nearest_known_one(house: House) -> None:
    reply = house.call("POST", BOOK, {"rom": "212", "at": "2026-11-25T06:30", "zzz": 1, "note": 5})
    wrong = fields(reply)
    assert wrong["rom"] == "unknown field; did you mean `room`?"
    assert wrong["room"] == "is required"
    assert wrong["zzz"].startswith("unknown field; known are `room`, `rooms`, `at`")
    assert wrong["note"] == "must be text in quotes"
    assert "`rom` unknown field" in reply.json["detail"]
    assert {"field": "rom", "detail": wrong["rom"], "did_you_mean": "room"} in reply.json["errors"]


@pytest.mark.parametrize(
    ("odd", "named"),
    [
        ({"days": []}, {"days"}),
        ({"days": ["mon", "montag"]}, {"days.1"}),
        ({"days": "mon"}, {"days"}),
        ({"until": "2026-12-01"}, {"days"}),
        ({"until": "soon", "days": ["mon"]}, {"until"}),
        ({"proof": "shout"}, {"proof"}),
        ({"follow_up": 0}, {"follow_up"}),
        ({"follow_up": "10"}, {"follow_up"}),
        ({"follow_up": 10.0}, {"follow_up"}),
        ({"in_person": "yes"}, {"in_person"}),
        ({"vip": 1}, {"vip"}),
        ({"rooms": ["213"]}, {"rooms"}),
        ({"rooms": []}, {"rooms"}),
        ({"reservation": "x\ny"}, {"reservation"}),
    ],
)
def test_an_option_that_makes_no_sense_is_named(house: House, odd: dict[str, Any], named: set[str]) -> None:
    assert set(fields(house.call("POST", BOOK, {**TOMORROW, **odd}))) == named


@pytest.mark.parametrize(
    ("when", "named"),
    [
        ({}, {"at"}),
        ({"at": None}, {"at"}),
        ({"at": ""}, {"at"}),
        ({"date": "2026-11-25"}, {"time"}),
        ({"at": "2026-11-25T06:30", "time": "06:30"}, {"time"}),
        ({"at": "2026-11-25T06:30", "date": "2026-11-25", "time": "06:30"}, {"date", "time"}),
        ({"at": "2026-11-25T06:30Z"}, {"at"}),
        ({"at": "2026-11-25T06:30+0100"}, {"at"}),
        ({"at": "2026-11-25T06:30+1"}, {"at"}),
        ({"at": "2026-11-25 06:30"}, {"at"}),
        ({"at": "2026-02-30T06:30"}, {"at"}),
        ({"at": "2026-11-25T24:00"}, {"at"}),
        ({"at": "9999-12-31T23:59"}, {"at"}),
        ({"at": "0001-01-01T00:00"}, {"at"}),
        ({"at": 20261125}, {"at"}),
        ({"date": "25.11.2026", "time": "6:30"}, {"date", "time"}),
        ({"date": "2026-11-31", "time": "06:60"}, {"date", "time"}),
    ],
)
def test_an_empty_odd_or_contradictory_time_is_named(
    house: House, when: dict[str, Any], named: set[str]
) -> None:
    wrong = fields(house.call("POST", BOOK, {"room": "212", **when}))
    assert set(wrong) == named
    assert not house.desk.asked


def test_a_time_with_another_wrong_field_is_told_at_once(house: House) -> None:
    assert set(fields(house.call("POST", BOOK, {"room": 212}))) == {"room", "at"}


@pytest.mark.parametrize("body", [{}, {"note": None}, {"at": "2026-11-25T06:30", "date": "2026-11-25"}])
def test_a_change_of_nothing_or_of_two_times_is_refused(house: House, body: dict[str, Any]) -> None:
    house.desk.add_wakeup(1)
    assert fields(house.call("PATCH", f"{BOOK}/1", body))


def test_closing_wants_a_name_and_a_known_outcome(house: House) -> None:
    house.desk.add_wakeup(1)
    wrong = fields(house.call("POST", f"{BOOK}/1/close", {"by": "  ", "outcome": "asleep"}))
    assert set(wrong) == {"by", "outcome"}
    assert "woken_by_staff" in wrong["outcome"]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"days": "mon"}, "days", "must be a list, [ ... ]"),
        ({"days": []}, "days", "must have at least 1 entry"),
        ({"days": ["Monday"]}, "days.0", "must be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'"),
        ({"days": ["mon"] * 8}, "days", "must have at most 7 entries"),
        ({"proof": "answered"}, "proof", "must be 'answer', 'heard' or 'digit'"),
        ({"follow_up": 500}, "follow_up", "must be at most 180"),
        ({"follow_up": "x"}, "follow_up", "must be a whole number"),
        ({"vip": 1}, "vip", "must be true or false"),
        ({"note": 5}, "note", "must be text in quotes"),
        ({"note": "x" * 501}, "note", "must have at most 500 characters"),
        ({"at": "2026-13-25T06:30"}, "at", "there is no such date or time: months are 01 to 12"),
        ({"at": "2026-02-30T06:30"}, "at", "there is no such date or time: the month does not have that day"),
        (
            {"at": "2026-10-25T02:30+24:00"},
            "at",
            "there is no such date or time: an offset is less than 24 hours",
        ),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_plain_words(
    house: House, wrong: dict[str, Any], field: str, words: str
) -> None:
    assert fields(house.call("POST", BOOK, {**TOMORROW, **wrong})) == {field: words}


HIDDEN = ["\u200b", "Anna\u202e", "An\u200bna", "An\nna", "\u3164"]


@pytest.mark.parametrize("by", HIDDEN, ids=ascii)
def test_a_name_that_is_not_seen_is_refused_wherever_somebody_gives_one(house: House, by: str) -> None:
    house.desk.add_wakeup(1)
    outcome = {"outcome": "woken_by_staff"}
    replies = [
        house.call("POST", BOOK, {**TOMORROW, "by": by}),
        house.call("PATCH", f"{BOOK}/1", {"note": "x", "by": by}),
        house.call("DELETE", f"{BOOK}/1?by={quote(by)}"),
        house.call("POST", f"{BOOK}/1/close", {"by": by, **outcome}),
        house.call("POST", "/properties/main/rooms/212/awake", {"by": by}),
        house.call("POST", "/properties/main/alarms/1/acknowledge", {"by": by}),
    ]
    told = [reply.json["errors"][0] for reply in replies]
    assert all(one["field"] == "by" and one["detail"].startswith("must have ") for one in told)
    assert not house.desk.asked


@pytest.mark.parametrize(
    "body",
    [b"", b"  ", b"{", b"room=212", b'{"a":NaN}', b"\xff\xfe", b"[" * 60_000, b"9" * 6_000, b'{"a":1,"a":2}']
    + [b'{"room":"\\ud800","at":"2026-11-25T06:30"}', b'{"\\udfff":1}'],
)
def test_a_body_that_is_not_json_is_400(house: House, body: bytes) -> None:
    reply = house.call("POST", BOOK, body)
    assert (reply.status, reply.code) == (400, "invalid_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"1", b"1e999"])
def test_json_that_is_no_object_is_422(house: House, body: bytes) -> None:
    assert fields(house.call("POST", BOOK, body)) == {}


@pytest.mark.parametrize("text", ["\0", "2\n1", "x" * 4001, "", "\x7f"])
def test_a_room_with_odd_characters_never_reaches_the_desk(house: House, text: str) -> None:
    assert set(fields(house.call("POST", BOOK, {**TOMORROW, "room": text}))) == {"room"}
    assert not house.desk.asked


def test_thousands_of_wrong_fields_are_answered_shortly(house: House) -> None:
    reply = house.call("POST", BOOK, {f"field-{n}-{'x' * 90}": n for n in range(500)})
    assert len(fields(reply)) == 20
    assert reply.json["detail"].endswith("more.")
    assert len(reply.body) < 10_000


def test_a_body_beyond_the_limit_is_413_and_not_kept(house: House) -> None:
    reply = house.call("POST", BOOK, b" " * (LARGEST_BODY + 1))
    assert (reply.status, reply.code) == (413, "too_large")
    full = json.dumps(TOMORROW).encode().ljust(LARGEST_BODY)
    assert house.call("POST", BOOK, full).status == 201


def test_a_caller_who_never_stops_sending_is_cut_off(house: House) -> None:
    wire = house.send("POST", f"/api/v1{BOOK}", headers={"Authorization": "Bearer t-desk"})
    wire.clear()
    head = f"POST /api/v1{BOOK} HTTP/1.1\r\nHost: h\r\nContent-Length: {10**12}\r\n\r\n"
    wire.protocol.dataReceived(head.encode())
    for _ in range(HOPELESS_BODY // 2**20 + 1):
        wire.protocol.dataReceived(b" " * 2**20)
        if wire.aborted:
            break
    assert wire.aborted


@pytest.mark.parametrize("id", ["0", "-1", "x", "1.0", "9223372036854775808", "9" * 90, "%D9%A1", "1%00"])
def test_an_odd_number_in_the_path_is_404(house: House, id: str) -> None:
    house.desk.add_wakeup(1)
    assert house.call("GET", f"{BOOK}/{id}").status == 404
    assert house.call("DELETE", f"{BOOK}/{id}").status == 404
    assert house.call("POST", f"/properties/main/alarms/{id}/acknowledge", {"by": "A"}).status == 404


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", f"limit={'9' * 5000}", "limit=1&limit=2", "sate=scheduled", "state=x"]
    + ["from=yesterday", "to=2026-13-01", "to=9999-12-31", "from=0001-01-01", "room=%00", "cursor=%0a"]
    + ["cursor=%ff", "cursor=x", f"cursor={'x' * 300}", "&".join(f"a{n}=1" for n in range(60)), "open=yes"],
)
def test_an_odd_query_is_422_and_says_what_is_wrong(house: House, query: str) -> None:
    reply = house.call("GET", f"{BOOK}?{query}")
    assert reply.status == 422
    assert reply.code in {"invalid_query", "bad_cursor"}


def test_an_unknown_parameter_names_the_nearest_known_one(house: House) -> None:
    reply = house.call("GET", f"{BOOK}?form=2026-11-24")
    assert reply.json["errors"][0]["did_you_mean"] == "from"
    assert house.call("GET", f"{BOOK}/1?limit=1").code == "invalid_query"


def test_a_request_line_that_is_none_is_not_answered_with_more_than_400(house: House) -> None:
    wire = house.connect()
    wire.protocol.dataReceived(b"\x16\x03\x01 nonsense\r\n\r\n")
    assert wire.received().startswith(b"HTTP/1.1 400")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]),
    path=st.sampled_from(["", "/1", "/1/close"]),
    query=st.text("abc=&%019+;limtcursoe", max_size=30),
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["room", "at", "date", "by", "outcome", "note", "x"]), inner)
        ),
        max_leaves=8,
    ),
)
def test_nothing_a_caller_sends_is_our_own_mistake(
    house: House, method: str, path: str, query: str, body: object
) -> None:
    wire = house.send(
        method,
        f"/api/v1{BOOK}{path}?{query}",
        json.dumps(body).encode(),
        {"Authorization": "Bearer t-admin"},
    )
    assert read_reply(wire.received()).status < 500
