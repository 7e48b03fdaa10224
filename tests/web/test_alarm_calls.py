"""The calls around alarms: consoles, lists to print, the list of the night."""

from __future__ import annotations

import pytest

from hotelbridge.services import views

from .far_end import House

P = "/properties/main"


def test_a_console_says_that_it_is_there(house: House) -> None:
    """A1: a console that said "visible, sound unlocked"."""
    reply = house.call("POST", f"{P}/consoles", {"name": "front-1", "visible": True, "sound": True})
    assert (reply.status, reply.json["listening"]) == (200, True)
    assert house.desk.asked[-1] == ("console", "main", views.ConsoleRequest("front-1", True, True))
    assert house.call("GET", f"{P}/consoles").json["items"][0]["name"] == "front-1"


def test_a_console_that_does_not_say_whether_it_sounds_is_refused(house: House) -> None:
    reply = house.call("POST", f"{P}/consoles", {"name": "front-1", "visible": True})
    assert (reply.status, reply.json["code"]) == (422, "invalid_body")


def test_a_reader_cannot_pass_for_the_desk(house: House) -> None:
    """A1: a screen in the lobby must not keep the second level quiet."""
    body = {"name": "lobby", "visible": True, "sound": True}
    assert house.call("POST", f"{P}/consoles", body, token="t-view").status == 403


def test_an_alarms_list_is_a_page_of_plain_text(house: House) -> None:
    """A3: printable."""
    house.desk.add_alarm(7)
    reply = house.call("GET", f"{P}/alarms/7/list")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"ALARM 7" in reply.body
    assert house.call("GET", f"{P}/alarms/7").json["id"] == 7
    assert house.call("GET", f"{P}/alarms/8/list").json["code"] == "unknown_alarm"


def test_all_rooms_of_a_list_are_meant_only_where_it_is_said(house: House) -> None:
    """A3: closed room by room."""
    house.desk.add_alarm(7)
    for more, meant in (({}, False), ({"all": True}, True)):
        body = {"by": "Anna", "outcome": "woken_by_staff", **more}
        assert house.call("POST", f"{P}/alarms/7/acknowledge", body).status == 200
        assert house.desk.asked[-1][3].all is meant


def test_the_list_of_the_night_can_be_asked_for(house: House) -> None:
    """A6: the same text by API."""
    reply = house.call("GET", f"{P}/night-list?date=2026-11-24")
    assert reply.headers["content-type"].startswith("text/plain")
    assert b"night of 2026-11-24" in reply.body
    assert house.call("GET", f"{P}/night-list?date=tomorrow").json["code"] == "invalid_query"


@pytest.mark.parametrize(("token", "shown"), [("t-view", False), ("t-money", False), ("t-admin", True)])
def test_only_who_has_to_do_with_guests_reads_their_names_in_an_alarm(
    house: House, token: str, shown: bool
) -> None:
    """A5: in the list, alone, on the page to print, and as it is told."""
    house.desk.add_alarm(3, "EMERGENCY CALL: 112 was dialled. Guest: \u201cA. Smith\u201d.")
    listener = house.listen(token=token)
    house.desk.commit("main", ("alarm", "3"))
    told = [data["item"]["text"] for _, data in listener.events()]
    for path in ("/properties/main/alarms", "/properties/main/alarms/3", "/properties/main/alarms/3/list"):
        told.append(house.call("GET", path, token=token).body.decode())
    assert len(told) == 5  # an open alarm is told to whoever begins to listen, too
    assert all(("A. Smith" in words) is shown and "EMERGENCY CALL" in words for words in told)
