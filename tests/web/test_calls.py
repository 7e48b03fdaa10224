"""The calls of the API as a program makes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from hotelbridge.core.records import Actor, ClosingOutcome, Proof, Trust, WakeupState
from hotelbridge.errors import NotOwner, Refusal, StoreUnavailable
from hotelbridge.services import orderviews, views

from .far_end import House, read_reply

BOOK = "/properties/main/wakeups"
TOMORROW = {"room": "212", "at": "2026-11-25T06:30"}


def test_booking_answers_201_with_the_wakeup_and_its_address(house: House) -> None:
    reply = house.call("POST", BOOK, TOMORROW)
    assert reply.status == 201
    assert reply.json["state"] == "scheduled"
    assert reply.json["due"] == "2026-11-25T06:30:00+01:00"
    assert reply.headers["location"] == "/api/v1/properties/main/wakeups/1"
    assert reply.headers["content-type"] == "application/json"


def test_every_answer_forbids_storing_and_sniffing(house: House) -> None:
    for path, token in ((BOOK, "t-desk"), ("/nowhere", None), ("/healthz", None)):
        reply = house.call("GET", path, token=token)
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_who_booked_and_from_where_reaches_the_desk(house: House) -> None:
    house.call("POST", BOOK, TOMORROW)
    assert house.desk.asked[-1][3] == Actor("anna (token)", "api 192.0.2.7")


def test_date_and_time_do_as_well_as_at(house: House) -> None:
    body = {"room": "212", "date": "2026-11-25", "time": "06:30:15", "note": "tea", "at": None}
    assert house.call("POST", BOOK, body).status == 201
    assert house.desk.asked[-1][2].local == "2026-11-25T06:30:15"


def test_a_refusal_of_the_desk_is_a_problem_with_its_code_and_facts(house: House) -> None:
    reply = house.call("POST", BOOK, {**TOMORROW, "room": "999"})
    assert (reply.status, reply.code) == (422, "unknown_room")
    assert reply.json["detail"] == "There is no room 999."
    assert reply.json["title"] == "Unprocessable Content" or reply.json["title"] == "Unprocessable Entity"
    assert reply.json["nearest"] == ["212"]


def test_facts_of_a_refusal_carry_times_and_never_hide_the_problem_itself(house: House) -> None:
    house.desk.fail_with = Refusal(
        "past", "Over.", status=409, now=datetime(2026, 1, 1, tzinfo=UTC), odd=object
    )
    house.desk.fail_with.facts["code"] = "mine"
    reply = house.call("POST", BOOK, TOMORROW)
    assert (reply.status, reply.code) == (409, "past")
    assert reply.json["now"] == "2026-01-01T00:00:00+00:00"
    assert "object" in reply.json["odd"]


def test_lists_answer_items_and_next_and_take_limit_and_cursor(house: House) -> None:
    for id in (1, 2, 3):
        house.desk.add_wakeup(id)
    first = house.call("GET", f"{BOOK}?limit=2")
    assert [item["id"] for item in first.json["items"]] == [1, 2]
    second = house.call("GET", f"{BOOK}?limit=2&cursor={first.json['next']}")
    assert [item["id"] for item in second.json["items"]] == [3]
    assert second.json["next"] is None


def test_short_lists_are_paged_too(house: House) -> None:
    first = house.call("GET", "/properties?limit=1")
    second = house.call("GET", f"/properties?limit=1&cursor={first.json['next']}")
    assert [first.json["items"][0]["id"], second.json["items"][0]["id"]] == ["main", "annex"]
    assert second.json["next"] is None
    assert house.call("GET", "/properties?cursor=x").code == "bad_cursor"


def test_a_wakeup_query_reads_wall_times_in_the_hotels_zone(house: House) -> None:
    query = "?state=scheduled&from=2026-11-24T06:00&to=2026-11-24&room=212"
    assert house.call("GET", BOOK + query).status == 200
    asked: views.WakeupQuery = house.desk.asked[-1][2]
    assert asked.state is WakeupState.SCHEDULED
    assert asked.from_ == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert asked.to == datetime(2026, 11, 24, 23, tzinfo=UTC)  # that whole day
    assert asked.room == "212"


def test_an_offset_whose_plus_nobody_encoded_is_understood(house: House) -> None:
    house.call("GET", f"{BOOK}?from=2026-11-24T06:00:00+02:00")
    assert house.desk.asked[-1][2].from_ == datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_a_parameter_without_a_value_counts_as_not_given(house: House) -> None:
    assert house.call("GET", f"{BOOK}?state=&from=&to=&room=").status == 200
    assert house.desk.asked[-1][2] == views.WakeupQuery()


def test_one_wakeup_comes_with_attempts_and_history(house: House) -> None:
    house.desk.add_wakeup(7)
    reply = house.call("GET", f"{BOOK}/7", token="t-view")
    assert reply.json["attempts"][0]["outcome"] == "busy"
    assert reply.json["history"][0]["what"] == "booked"


def test_a_change_names_only_what_is_different(house: House) -> None:
    house.desk.add_wakeup(7)
    reply = house.call("PATCH", f"{BOOK}/7", {"time": "07:00"})
    assert reply.json["local"] == "2026-11-24T07:00"
    reply = house.call("PATCH", f"{BOOK}/7", {"note": ""})
    assert reply.json["note"] == ""


def test_cancelling_answers_the_cancelled_wakeup(house: House) -> None:
    house.desk.add_wakeup(7)
    assert house.call("DELETE", f"{BOOK}/7").json["state"] == "cancelled"


def test_closing_by_hand_takes_a_name_and_an_outcome(house: House) -> None:
    house.desk.add_wakeup(7)
    reply = house.call("POST", f"{BOOK}/7/close", {"by": " Anna ", "outcome": "woken_by_staff"})
    assert reply.json["state"] == "closed"
    assert house.desk.asked[-1][3] == views.CloseRequest("Anna", ClosingOutcome.WOKEN_BY_STAFF)


def test_alarms_are_listed_open_closed_or_all(house: House) -> None:
    for query, wanted in (("", None), ("?open=true", True), ("?open=false", False)):
        assert house.call("GET", f"/properties/main/alarms{query}").status == 200
        assert house.desk.asked[-1][2] is wanted


def test_acknowledging_without_an_outcome_leaves_the_alarm_open(house: House) -> None:
    house.desk.add_alarm(3)
    path = "/properties/main/alarms/3/acknowledge"
    reply = house.call("POST", path, {"by": "Anna", "note": "on my way", "outcome": None})
    assert (reply.status, reply.json["open"], reply.json["acknowledged_by"]) == (200, True, "Anna")
    reply = house.call("POST", path, {"by": "Anna", "outcome": "not_in_room"})
    assert reply.json["open"] is False


def test_the_hour_that_comes_twice_may_be_named_by_its_offset(house: House) -> None:
    body = {"room": "212", "at": "2027-10-31T02:30:00+01:00"}
    assert house.call("POST", BOOK, body).status == 201
    assert house.desk.asked[-1][2].local == "2027-10-31T02:30:00+01:00"


def test_the_clock_is_shown_and_a_person_may_say_which_time_is_right(house: House) -> None:
    """K1: GET and POST of `clock`."""
    shown = house.call("GET", "/properties/main/clock").json
    assert (shown["standing"], shown["step_seconds"], shown["peers"]) == ("agreed", 0.0, [])
    said = house.call("POST", "/properties/main/clock", {"by": "anna", "trust": "old"})
    assert (said.status, said.code) == (409, "clock_not_in_question")
    assert house.desk.asked[-1][2] == views.ClockRequest("anna", Trust.OLD)


@pytest.mark.parametrize("body", [{"trust": "new"}, {"by": "anna"}, {"by": "anna", "trust": "both"}])
def test_a_word_about_the_clock_needs_a_name_and_a_side(house: House, body: dict[str, str]) -> None:
    """K1: a person confirms, by name."""
    assert house.call("POST", "/properties/main/clock", body).status == 422


def test_only_the_desk_may_say_which_time_is_right(house: House) -> None:
    """K1: not a screen, not the accounts."""
    body = {"by": "anna", "trust": "new"}
    assert house.call("POST", "/properties/main/clock", body, token="t-view").status == 403


def test_rooms_and_links_are_shown(house: House) -> None:
    room = house.call("GET", "/properties/main/rooms/212").json
    assert room["phones"][0]["wanted"] == {"api": "7"}
    assert house.call("GET", "/properties/main/rooms").json["items"][0] == room
    assert house.call("GET", "/properties/main/rooms/%C3%A9").code == "unknown_room"
    layers = house.call("GET", "/properties/main/links").json["items"][0]["layers"]
    assert layers == {"tcp": True, "reports": None}


def test_a_repeated_post_with_its_key_gets_the_first_answer_byte_for_byte(house: House) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = house.call("POST", BOOK, {**TOMORROW, "note": "früh"}, headers=key)
    again = house.call("POST", BOOK, {**TOMORROW, "note": "früh"}, headers=key)
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(house.desk.kept) == 1


def test_the_same_key_for_another_request_is_refused(house: House) -> None:
    key = {"Idempotency-Key": "k-1"}
    house.call("POST", BOOK, TOMORROW, headers=key)
    reply = house.call("POST", BOOK, {**TOMORROW, "note": "other"}, headers=key)
    assert (reply.status, reply.code) == (422, "idempotency_key_reused")
    other = house.call("POST", BOOK, TOMORROW, headers=key, token="t-admin")
    assert other.status == 201  # keys of two callers do not meet


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
def test_an_odd_idempotency_key_is_refused(house: House, key: str) -> None:
    assert house.call("POST", BOOK, TOMORROW, headers={"Idempotency-Key": key}).status == 422


@pytest.mark.parametrize("error", [StoreUnavailable("disk full"), NotOwner("lease lost")])
def test_a_store_that_cannot_answer_is_503_with_retry_after(house: House, error: Exception) -> None:
    house.desk.fail_with = error
    reply = house.call("POST", BOOK, TOMORROW)
    assert reply.status == 503
    assert int(reply.headers["retry-after"]) > 0
    assert reply.code in {"store_unavailable", "not_owner"}
    assert "disk" not in reply.json["detail"]


def test_our_own_mistake_is_500_without_a_traceback_and_is_logged(house: House) -> None:
    house.desk.fail_with = KeyError("secret detail")
    reply = house.call("POST", BOOK, TOMORROW)
    assert (reply.status, reply.code) == (500, "internal_error")
    assert b"secret" not in reply.body
    assert b"Traceback" not in reply.body
    assert [event["log_failure"].type for event in house.logged if "log_failure" in event] == [KeyError]


def test_a_caller_who_hung_up_does_not_undo_the_booking(house: House) -> None:
    house.desk.held_back = waiting = Deferred()
    headers = {"Authorization": "Bearer t-desk"}
    wire = house.send("POST", f"/api/v1{BOOK}", b'{"room":"212","at":"2026-11-25T06:30"}', headers)
    wire.abortConnection()
    waiting.callback(None)
    assert len(house.desk.kept) == 1
    assert wire.received() == b""
    assert not any("log_failure" in event for event in house.logged)


def test_health_and_readiness_need_no_login(house: House) -> None:
    assert house.call("GET", "/healthz", token=None).body == b"ok\n"
    assert house.call("GET", "/readyz", token=None).json["ready"] is True
    house.desk.ready["store"] = False
    reply = house.call("GET", "/readyz", token=None)
    assert (reply.status, reply.json) == (
        503,
        {"ready": False, "checks": {"store": False, "devices": True}},
    )


def test_metrics_answer_prometheus_text(house: House) -> None:
    house.metrics.reports_saved.labels("main", "om20").inc()
    reply = house.call("GET", "/metrics", token=None)
    assert reply.headers["content-type"].startswith("text/plain; version=")
    assert b'hotelbridge_reports_saved_total{device="om20",property="main"} 1.0' in reply.body


def test_two_requests_of_one_connection_are_answered_in_turn(house: House) -> None:
    wire = house.connect()
    wire.protocol.dataReceived(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n" * 2)
    assert wire.received().count(b"ok\n") == 2


def test_an_idle_connection_is_closed_by_the_houses_clock(house: House) -> None:
    wire = house.connect()
    house.clock.advance(61)
    assert wire.disconnecting


def test_the_access_log_is_quiet_and_knows_no_token_and_no_query(house: House) -> None:
    house.call("GET", f"{BOOK}?cursor=7&room=t-secret", token="t-desk")
    (line,) = [event for event in house.logged if "path" in event]
    assert line["log_level"].name == "debug"
    assert (line["method"], line["path"], line["status"]) == ("GET", f"/api/v1{BOOK}", 200)
    assert not any("t-desk" in str(value) or "t-secret" in str(value) for value in line.values())


def test_a_body_in_pieces_is_one_body(house: House) -> None:
    wire = house.connect()
    body = b'{"room":"212","at":"2026-11-25T06:30"}'
    head = (
        f"POST /api/v1{BOOK} HTTP/1.1\r\nHost: h\r\nAuthorization: bearer t-desk\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    for byte in head.encode() + body:
        wire.protocol.dataReceived(bytes([byte]))
    assert read_reply(wire.received()).status == 201


def test_a_booking_of_many_rooms_and_days_reaches_the_desk_as_it_was_asked(house: House) -> None:
    body = {
        "rooms": ["110:120", "suite"], "time": "06:30", "days": ["mon", "fri"], "until": "2026-12-04",
        "proof": "digit", "vip": True, "in_person": True, "follow_up": 10, "reservation": "R-1",
        "anyway": True,
    }  # fmt: skip
    assert house.call("POST", BOOK, body).code == "unknown_room"
    asked = house.desk.asked[-1][2]
    assert asked == orderviews.BookingRequest(
        rooms=("110:120", "suite"), time="06:30", days=("mon", "fri"), until="2026-12-04", proof=Proof.DIGIT,
        vip=True, in_person=True, follow_up=10, reservation="R-1", anyway=True,
    )  # fmt: skip
    assert asked.local is None


def test_a_preview_answers_200_and_has_no_address(house: House) -> None:
    reply = house.call("POST", BOOK, {**TOMORROW, "preview": True})
    assert (reply.status, reply.json["preview"], reply.json["id"]) == (200, True, 0)
    assert "location" not in reply.headers
    assert not house.desk.kept
    booked = house.call("POST", BOOK, TOMORROW).json
    assert (booked["preview"], booked["said"], booked["also"]) == (False, "Tuesday", [])


def test_orders_are_listed_shown_changed_and_ended(house: House) -> None:
    house.desk.add_order(4)
    orders = "/properties/main/orders"
    assert [one["id"] for one in house.call("GET", f"{orders}?open=true").json["items"]] == [4]
    assert house.desk.asked[-1][2].open is True
    assert house.call("GET", f"{orders}/4").json["rooms"] == ["212", "213"]
    assert house.call("GET", f"{orders}/5").code == "unknown_order"
    changed = house.call(
        "PATCH", f"{orders}/4", {"time": "07:00", "until": "", "room": "212", "follow_up": 0}
    )
    assert (changed.status, changed.json["changed"]) == (200, [1, 2])
    assert house.desk.asked[-2][3] == orderviews.OrderChange(
        time="07:00", until="", rooms=("212",), follow_up=0
    )
    assert house.call("DELETE", f"{orders}/4").json["ended_by"] == "anna (token)"
    assert house.call("DELETE", f"{orders}/4", token="t-view").status == 403


@pytest.mark.parametrize(
    "body",
    [{}, {"anyway": True}, {"days": []}, {"until": "soon"}, {"room": "1", "rooms": ["2"]}, {"at": "x"}],
)
def test_a_change_of_an_order_that_says_nothing_is_refused(house: House, body: Any) -> None:
    house.desk.add_order(4)
    assert house.call("PATCH", "/properties/main/orders/4", body).code == "invalid_body"


def test_who_acts_is_named_beside_the_token_that_was_used(house: House) -> None:
    house.desk.add_wakeup(7)
    house.desk.add_order(4)
    anna = Actor("Anna, anna (token)", "api 192.0.2.7")
    house.call("POST", BOOK, {**TOMORROW, "by": " Anna "})
    assert house.desk.asked[-1][3] == anna
    house.call("PATCH", f"{BOOK}/7", {"vip": True, "by": "Anna"})
    assert house.desk.asked[-1][4] == anna
    house.call("DELETE", f"{BOOK}/7?by=Anna")
    assert house.desk.asked[-1][3] == anna
    house.call("PATCH", "/properties/main/orders/4", {"vip": True, "by": "Anna"})
    assert house.desk.asked[-2][4] == anna
    house.call("DELETE", "/properties/main/orders/4?by=Anna")
    assert house.desk.asked[-2][3] == anna
    assert house.call("PATCH", f"{BOOK}/7", {"by": "Anna"}).code == "invalid_body"


def test_a_guest_who_is_up_is_told_by_room_and_name(house: House) -> None:
    house.desk.add_wakeup(7)
    reply = house.call("POST", "/properties/main/rooms/212/awake", {"by": "Anna", "note": "called"})
    assert [one["id"] for one in reply.json["closed"]] == [7]
    assert house.desk.asked[-1][2:4] == ("212", orderviews.AwakeRequest("Anna", "called"))
    assert house.call("POST", "/properties/main/rooms/999/awake", {"by": "Anna"}).code == "unknown_room"
    assert house.call("POST", "/properties/main/rooms/212/awake", {}).code == "invalid_body"


def test_wakeups_are_listed_by_order_and_those_that_are_over_left_out(house: House) -> None:
    assert house.call("GET", f"{BOOK}?order=4&open=true").status == 200
    asked: views.WakeupQuery = house.desk.asked[-1][2]
    assert (asked.order, asked.open) == (4, True)
    assert house.call("GET", f"{BOOK}?order=0").code == "invalid_query"


def test_who_may_not_know_guests_by_name_reads_no_notes(house: House) -> None:
    house.desk.kept[1] = replace(house.desk.add_wakeup(1), note="Huber, Anna")
    house.desk.kept_orders[1] = replace(house.desk.add_order(1), note="Huber, Anna")
    for path in ("wakeups", "wakeups/1", "orders", "orders/1"):
        for token, noted in (("t-view", False), ("t-desk", True)):
            reply = house.call("GET", f"/properties/main/{path}", token=token)
            assert reply.status == 200 and ("Huber" in reply.body.decode()) == noted, (path, token)
    listener = house.listen()
    house.desk.commit("main", ("wakeup", "1"))
    assert b"Huber" not in listener.wire.received()
