"""The calls about rooms, guests, the flight recorder and resyncs, as a program makes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hotelbridge.core.guests import Direction, LineClass
from hotelbridge.core.records import Actor
from hotelbridge.errors import NotOwner
from hotelbridge.services import roomviews

from .fake_rooms import GUEST
from .far_end import House

P = "/properties/main"
NAMELESS = ("t-view", "t-money")


def test_a_check_in_reaches_the_house_with_all_that_was_said(house: House) -> None:
    body = {"guest": " Li Wei ", "reservation": "1002", "language": "zh", "vip": True, "line_class": "local",
            "group": "G1", "departure": "2026-11-26", "shared": True, "by": "Anna"}  # fmt: skip
    reply = house.call("POST", f"{P}/rooms/212/check-in", body)
    assert reply.status == 200 and reply.json["rooms"][0]["number"] == "212"
    wanted = roomviews.CheckInRequest(
        "Li Wei", "1002", "zh", True, LineClass.LOCAL, "G1", date(2026, 11, 26), True
    )
    assert house.rooms.asked[-1][2:5] == ("212", wanted, Actor("Anna, anna (token)", "api 192.0.2.7"))


@pytest.mark.parametrize(
    "name",
    ["$(reboot)", "<script>alert(1)</script>", "x" * 200, "王小明", "שלום", "O'Brien; DROP TABLE stay"],
)
def test_a_guests_name_is_text_and_comes_back_as_it_is(house: House, name: str) -> None:
    reply = house.call("POST", f"{P}/rooms/305/check-in", {"guest": name})
    assert reply.json["said"] == f"“{name}” is in 305."
    assert reply.headers["content-type"] == "application/json"


def test_an_occupied_room_and_pending_work_are_shown_before_anything_is_done(house: House) -> None:
    """B7: one at the desk shows it first."""
    reply = house.call("POST", f"{P}/rooms/212/check-in", {"guest": "Li"})
    assert (reply.status, reply.code, reply.json["guests"]) == (409, "occupied", [GUEST])
    reply = house.call("POST", f"{P}/rooms/212/check-out", {})
    assert (reply.status, reply.code) == (409, "pending_work")
    assert reply.json["wakeups"][0]["id"] == 17
    assert house.call("POST", f"{P}/rooms/212/check-out", {"anyway": True}).status == 200


def test_a_check_out_names_one_guest_or_all_of_them(house: House) -> None:
    """B6: in a shared room it is said who goes."""
    path = f"{P}/rooms/212/check-out"
    house.call("POST", path, {"reservation": "1001", "keep_wakeups": True})
    assert house.rooms.asked[-1][3] == roomviews.CheckOutRequest("1001", False, False, True)
    house.call("POST", path, {"all": True, "anyway": True})
    assert house.rooms.asked[-1][3] == roomviews.CheckOutRequest(None, True, True, False)
    reply = house.call("POST", path, {"all": True, "reservation": "1001"})
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "all")


def test_a_move_says_where_to(house: House) -> None:
    assert house.call("POST", f"{P}/rooms/212/move", {"to": "305"}).json["said"] == "from 212 to 305"
    assert house.rooms.asked[-1][3] == roomviews.MoveRequest("305")
    assert house.call("POST", f"{P}/rooms/212/move", {}).code == "invalid_body"
    assert house.call("POST", f"{P}/rooms/212/move", {"to": "999"}).code == "unknown_room"


def test_the_same_request_under_the_same_key_is_answered_as_before(house: House) -> None:
    path, head = f"{P}/rooms/305/check-in", {"Idempotency-Key": "k-1"}
    first = house.call("POST", path, {"guest": "Li"}, headers=head)
    again = house.call("POST", path, {"guest": "Li"}, headers=head)
    assert again.body == first.body and again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("token", NAMELESS)
def test_who_only_looks_or_counts_money_learns_no_name(house: House, token: str) -> None:
    for path in ("rooms", "rooms/212", "rooms/212/why", "recorder", "journal", "resyncs"):
        reply = house.call("GET", f"{P}/{path}", token=token)
        assert reply.status == 200, path
        assert GUEST.encode() not in reply.body, path
        assert house.rooms.asked[-1][-1] is False, path


@pytest.mark.parametrize("token", ["t-desk", "t-admin"])
def test_the_desk_sees_names_and_the_bytes_of_the_wire(house: House, token: str) -> None:
    entry = house.call("GET", f"{P}/recorder", token=token).json["items"][0]
    assert GUEST in entry["words"] and entry["body"].startswith("\\x02GI")
    assert house.call("GET", f"{P}/rooms/212", token=token).json["stays"][0]["guest"] == GUEST


def test_the_status_of_a_room_is_told_in_the_name_of_who_found_it(house: House) -> None:
    reply = house.call("POST", f"{P}/rooms/212/status", {"status": "clean", "by": "Maid 5"})
    assert reply.json == {"said": "212 is clean"}
    assert house.rooms.asked[-1][2:4] == ("212", roomviews.StatusRequest("clean", "Maid 5"))
    assert house.call("POST", f"{P}/rooms/212/status", {}).code == "invalid_body"


@pytest.mark.parametrize("token", NAMELESS)
def test_only_the_desk_may_change_rooms(house: House, token: str) -> None:
    calls: list[tuple[str, Any]] = [
        ("rooms/305/check-in", {}), ("rooms/212/check-out", {}), ("rooms/212/move", {"to": "305"}),
        ("rooms/212/status", {"status": "clean"}),
        ("resyncs/1/apply", {"by": "Bob"}), ("resyncs/1/dismiss", {"by": "Bob"}), ("resync", {}),
    ]  # fmt: skip
    for path, body in calls:
        reply = house.call("POST", f"{P}/{path}", body, token=token)
        assert (reply.status, reply.code) == (403, "role"), path
    assert house.rooms.asked == []


def test_another_hotels_token_sees_nothing_of_this_one(house: House) -> None:
    reply = house.call("GET", f"{P}/recorder", token="t-annex")
    assert (reply.status, reply.code) == (403, "other_property")


def test_the_recorder_is_asked_by_room_link_direction_and_time(house: House) -> None:
    house.call("GET", f"{P}/recorder?room=212&link=pms&direction=in&before=2026-11-24T06:30&limit=5")
    before = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    wanted = roomviews.RecorderQuery("212", "pms", Direction.IN, before, 5, None)
    assert house.rooms.asked[-1][2] == wanted
    assert house.call("GET", f"{P}/recorder?direction=up").code == "invalid_query"
    assert house.call("GET", f"{P}/recorder?cursor=next-1").status == 200


def test_a_resync_is_decided_by_name(house: House) -> None:
    reply = house.call("POST", f"{P}/resyncs/1/apply", {"by": "Anna"})
    assert reply.json["said"] == "applied" and reply.json["resync"]["state"] == "asking"
    assert house.rooms.asked[-1][2:5] == (1, True, Actor("Anna, anna (token)", "api 192.0.2.7"))
    assert house.call("POST", f"{P}/resyncs/1/dismiss", {"by": "Anna"}).json["said"] == "dismissed"
    assert house.call("POST", f"{P}/resyncs/1/apply", {}).code == "invalid_body"
    assert house.call("POST", f"{P}/resyncs/9/apply", {"by": "Anna"}).code == "unknown_resync"
    assert house.call("POST", f"{P}/resyncs/x/apply", {"by": "Anna"}).code == "unknown_resync"


def test_where_another_node_has_the_hotel_now_it_says_so(house: House) -> None:
    house.rooms.fail_with = NotOwner("lost")
    assert house.call("POST", f"{P}/rooms/305/check-in", {}).status == 503


MINE = (
    "why",
    "check-in",
    "check-out",
    "move",
    "status",
    "recorder",
    "journal",
    "resyncs",
    "apply",
    "dismiss",
    "resync",
)


def test_whatever_is_sent_nothing_breaks(house: House) -> None:
    """What the description allows, made at random: no answer says that our own code failed."""
    document = house.call("GET", "/api/v1/openapi.json", token=None).json
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    mine = [one for one in operations if one.path.rpartition("/")[2] in MINE]
    assert len(mine) == len(MINE)

    @settings(
        max_examples=150, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def send(data: Any) -> None:
        operation = data.draw(st.sampled_from(mine))
        case = data.draw(operation.as_strategy())
        number = quote(str((case.path_parameters or {}).get("number", "212")), safe="")
        path = operation.path.replace("{p}", "main").replace("{number}", number or "212").replace("{id}", "1")
        query = "&".join(f"{quote(str(k))}={quote(str(v))}" for k, v in (case.query or {}).items())
        body = case.body if operation.method.upper() == "POST" else None
        reply = house.call(operation.method.upper(), f"{path}?{query}" if query else path, body)
        assert reply.status < 500, (path, query, body)

    send()
