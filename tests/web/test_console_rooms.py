"""The console's rooms, one room and what is done there, and the journal, as a browser gets them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest

from hotelbridge.core.guests import LineClass
from hotelbridge.core.records import Actor, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services import roomviews, views
from hotelbridge.services.orderviews import AwakeRequest
from hotelbridge.web.console.floors import by_floor, floor_of, natural
from hotelbridge.web.console.rooms import MANY, at_first, look_of

from . import fake_rooms
from .browsing import Browser
from .far_end import House

DESK = "/desk/main"
ROOMS, ROOM, VACANT = f"{DESK}/rooms", f"{DESK}/rooms/212", f"{DESK}/rooms/305"
HOSTILE = '<script>alert("1")</script>'


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


@pytest.fixture
def vera(house: House) -> Browser:
    """She only looks."""
    return Browser(house).log_in("vera")


@pytest.fixture
def many(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hotel has rooms 1001 to 1300, in no order, all vacant."""
    vacant = house.rooms._room("305", True)
    every = tuple(replace(vacant, number=str(number)) for number in range(1300, 1000, -1))

    async def rooms(*_: Any, **__: Any) -> views.Page[roomviews.RoomDetail]:
        return views.Page(every)

    monkeypatch.setattr(house.rooms, "rooms", rooms)


def shown(browser: Browser) -> set[str]:
    """The rooms on the page, tiles or lines."""
    links = browser.page.xpath("//a[contains(@class, 'tile')] | //tr[@data-row]//a")
    return {one.get("href").rpartition("/")[2] for one in links}


def asked(house: House, name: str) -> list[tuple[Any, ...]]:
    """What was asked of the rooms by this name."""
    return [one for one in house.rooms.asked if one[0] == name]


def sharer(reservation: str, guest: str) -> roomviews.StayView:
    at = House().clock.now()
    return roomviews.StayView(
        2, "212", reservation, guest, "", False, None, "", None, date(2026, 11, 30), at, "Anna"
    )


# --- all rooms ---


def test_a_tile_says_who_is_there_what_is_to_come_and_how_its_phones_stand(
    house: House, ana: Browser
) -> None:
    house.rooms.hangs = {1: roomviews.HangingView(2, barred=True)}
    ana.get(ROOMS)
    tile = "212 … not read yet Müller, Hans ● occupied · German · 2 wake-ups · 2 open charges · ⊘ barred"
    assert tile in ana.text
    assert "305 … not read yet" in ana.text and "○ vacant" in ana.text


def test_the_figures_count_the_house_and_not_what_is_shown(ana: Browser) -> None:
    for query in ("", "?state=vacant", "?q=nobody"):
        ana.get(f"{ROOMS}{query}")
        assert "2 rooms 1 occupied 1 vacant 0 phones differ 2 phones not read yet" in ana.text, query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"212", "305"}), ("state=occupied", {"212"}), ("state=vacant", {"305"}),
        ("state=differs", set()), ("state=nonsense", {"212", "305"}), ("floor=3", {"305"}),
        ("q=30", {"305"}), (f"q={quote('mül')}", {"212"}), ("q=1001", {"212"}), ("q=nobody", set()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("view", ["tiles", "list"])
def test_rooms_are_found_by_state_floor_number_name_and_reservation(
    ana: Browser, view: str, query: str, found: set[str]
) -> None:
    assert ana.get(f"{ROOMS}?view={view}&{query}").status == 200
    assert shown(ana) == found
    assert ("No room is like that" in ana.text) == (not found)


def test_the_house_is_asked_twice_however_many_rooms_it_has(house: House, ana: Browser) -> None:
    house.rooms.asked.clear()
    ana.get(ROOMS)
    assert [one[0] for one in house.rooms.asked] == ["rooms", "hanging"]


@pytest.mark.usefixtures("many")
def test_a_long_list_comes_in_pages_in_order_and_ends(ana: Browser) -> None:
    path, seen = f"{ROOMS}?view=list", []
    while path:
        ana.get(path)
        seen += [one.get("data-row").rpartition("/")[2] for one in ana.page.xpath("//tr[@data-row]")]
        path = next((one.get("href") for one in ana.page.xpath("//a[text()='Next rooms']")), "")
    assert seen == [str(number) for number in range(1001, 1301)]


@pytest.mark.usefixtures("many")
def test_a_large_page_is_looked_at_again_by_the_clock_and_not_at_every_news(ana: Browser) -> None:
    ana.get(f"{ROOMS}?floor=all")
    (board,) = ana.page.xpath("//*[@id='room-board']")
    assert board.get("data-live") is None and "every 15s" in board.get("hx-trigger")
    ana.get(f"{ROOMS}?floor=10")
    assert ana.page.xpath("//*[@id='room-board']/@data-live") == ["room wakeup charge"]


def test_a_room_that_nobody_configured_is_shown_and_leads_nowhere(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = replace(house.rooms._room("212", True), number="999", configured=False, phones=())

    async def rooms(*_: Any, **__: Any) -> views.Page[roomviews.RoomDetail]:
        return views.Page((strange,))

    monkeypatch.setattr(house.rooms, "rooms", rooms)
    for view in ("tiles", "list"):
        ana.get(f"{ROOMS}?view={view}")
        assert shown(ana) == set() and "999" in ana.text
        assert "? not configured" in ana.text and "– no phone" in ana.text


def test_who_may_not_know_guests_sees_none_and_finds_none_by_name(vera: Browser) -> None:
    for path in (ROOMS, f"{ROOMS}?view=list", ROOM, f"{ROOM}/facts", f"{ROOM}/story", f"{DESK}/journal"):
        assert "Müller" not in vera.get(path).body.decode(), path
    vera.get(f"{ROOMS}?q={quote('mül')}")
    assert shown(vera) == set()


def test_a_hostile_name_is_text_wherever_it_stands(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_rooms, "GUEST", HOSTILE)
    paths = [ROOMS, f"{ROOMS}?view=list", ROOM, f"{DESK}/journal", f"{ROOMS}?q={quote(HOSTILE)}"]
    for path in paths:
        body = ana.get(path).body.decode()
        assert HOSTILE not in body and "&lt;script&gt;alert(" in body, path
    house.rooms.refuse["check_in"] = Refusal("occupied", HOSTILE, status=409)
    ana.get(VACANT)
    body = ana.send(f"{VACANT}/check-in", guest=HOSTILE).body.decode()
    assert HOSTILE not in body and ana.fields(f"{VACANT}/check-in")["guest"] == HOSTILE


def test_floors_come_from_the_numbers_and_rooms_in_the_order_of_people() -> None:
    assert [floor_of(one) for one in ("205", "1204", "99", "A12", "٢٠٥")] == ["2", "12", "", "", ""]
    assert sorted(("A10", "101", "A2", "99"), key=natural) == ["A2", "A10", "99", "101"]
    house = House()
    rooms = [replace(house.rooms._room("305", True), number=one) for one in ("suite", "1101", "205", "201")]
    assert {floor: [one.number for one in some] for floor, some in by_floor(rooms).items()} == {
        "2": ["201", "205"], "11": ["1101"], "": ["suite"],
    }  # fmt: skip
    assert list(by_floor(rooms)) == ["2", "11", ""]


# --- one room ---


def test_a_room_tells_its_guests_its_wakeups_its_phones_and_why(house: House, ana: Browser) -> None:
    house.desk.add_wakeup(17)
    ana.get(ROOM)
    for said in (
        "Room 212", "Müller, Hans · German", "local calls", "06:30", "○ set", "nobody proved it",
        "May call Call_Restriction", "all calls (3)", "“Müller, Hans” is in 212.", "Phone differs",
        "“Müller, Hans” came", "check-in of “Müller, Hans” in 212",
    ):  # fmt: skip
        assert said in ana.text, said
    assert ana.page.xpath("//a[@href='/desk/main/wakeups/17']")
    assert ana.page.xpath("//a[@href='/desk/main/alarms/3']")


@pytest.mark.parametrize("path", ["", "/facts", "/story", "/actions"])
def test_a_room_that_is_not_there_is_told_as_a_page(ana: Browser, path: str) -> None:
    assert ana.get(f"{ROOMS}/999{path}").status == 404
    assert "There is no room 999." in ana.text


def test_who_only_looks_has_no_forms_and_may_do_nothing(house: House, vera: Browser) -> None:
    vera.get(ROOM)
    assert not [form for form in vera.page.forms if "/rooms/" in (form.get("action") or "")]
    fields = vera.fields("/desk/logout")
    for act in ("check-in", "check-out", "move", "unbar", "awake", "status", "book"):
        assert vera.post(f"{ROOM}/{act}", {**fields, "line": "0630"}).status == 403, act
    assert not {one[0] for one in house.rooms.asked} & {
        "check_in",
        "check_out",
        "move",
        "unbar",
        "tell_status",
    }


def test_a_form_without_the_token_of_the_session_does_nothing(house: House, ana: Browser) -> None:
    assert ana.post(f"{VACANT}/check-in", {"guest": "Li"}).status == 403
    assert asked(house, "check_in") == []


def test_a_check_in_reaches_the_house_with_all_that_was_typed_and_is_told(house: House, ana: Browser) -> None:
    ana.get(VACANT)
    ana.send(
        f"{VACANT}/check-in", guest=" Li Wei ", reservation="1002", language="zh", vip="1",
        line_class="local", departure="2026-11-26",
    )  # fmt: skip
    wanted = roomviews.CheckInRequest(
        "Li Wei", "1002", "zh", True, LineClass.LOCAL, "", date(2026, 11, 26), False
    )
    (call,) = asked(house, "check_in")
    assert call[2:5] == ("305", wanted, Actor("ana", "console 192.0.2.7"))
    assert "✓ “Li Wei” is in 305." in ana.text


def test_the_same_form_sent_twice_checks_in_once(house: House, ana: Browser) -> None:
    ana.get(VACANT)
    fields = {**ana.fields(f"{VACANT}/check-in"), "guest": "Li"}
    ana.post(f"{VACANT}/check-in", fields)
    ana.post(f"{VACANT}/check-in", fields)
    assert "This was done already." in ana.text


def test_what_was_typed_comes_back_with_the_reason_it_was_refused(ana: Browser) -> None:
    ana.get(ROOM)
    reply = ana.send(f"{ROOM}/check-in", guest="Li", reservation="1002", language="zh", vip="1")
    assert reply.status == 409 and "✕ Somebody is in 212." in ana.text
    fields = ana.fields(f"{ROOM}/check-in")
    assert (fields["guest"], fields["reservation"], fields["language"], fields["vip"]) == (
        "Li", "1002", "zh", "1",
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [{"guest": "x" * 201}, {"departure": "2026-02-31"}, {"line_class": "moon"}, {"language": "d!"}],
)
def test_a_form_that_cannot_be_meant_is_refused_in_words(
    house: House, ana: Browser, typed: dict[str, str]
) -> None:
    ana.get(VACANT)
    reply = ana.post(f"{VACANT}/check-in", {**ana.fields(f"{VACANT}/check-in"), **typed})
    assert reply.status == 409 and f"✕ `{next(iter(typed))}`" in ana.text
    assert asked(house, "check_in") == []


def test_many_wakeups_are_told_in_short_and_lead_to_the_rest(house: House, ana: Browser) -> None:
    house.desk.kept = {n: house.desk._view(n) for n in range(1, 9)}
    ana.get(ROOM)
    assert len(ana.page.xpath("//tr[starts-with(@id, 'w')]")) == 5
    assert ana.page.xpath("//a[text()='3 more']/@href") == ["/desk/main/wakeups?room=212&state=open"]


def test_what_hangs_on_a_guest_is_shown_before_he_goes(house: House, ana: Browser) -> None:
    """B7: seven wake-ups pending, two open charges."""
    house.desk.kept = {n: house.desk._view(n) for n in range(1, 8)}
    house.rooms.hangs = {1: roomviews.HangingView(2, barred=False)}
    ana.get(ROOM)
    assert "! 7 wake-ups pending, 2 open charges" in ana.text
    assert ana.page.xpath("//input[@name='pending']/@value") == ["keep", "cancel"]


@pytest.mark.parametrize(("choice", "keeps"), [("keep", True), ("cancel", False)])
def test_the_choice_about_wakeups_goes_with_the_check_out(
    house: House, ana: Browser, choice: str, keeps: bool
) -> None:
    house.desk.add_wakeup(17)
    ana.get(ROOM)
    ana.send(f"{ROOM}/check-out", pending=choice)
    assert asked(house, "check_out")[-1][3] == roomviews.CheckOutRequest(None, False, True, keeps)
    assert "✓ 212 is vacant." in ana.text


def test_a_check_out_without_a_choice_is_refused_with_what_hangs_on_it(house: House, ana: Browser) -> None:
    house.desk.add_wakeup(17)
    ana.get(ROOM)
    assert ana.send(f"{ROOM}/check-out").status == 409
    assert "✕ A wake-up is pending." in ana.text


def test_a_choice_does_not_count_for_what_has_come_since(house: House, ana: Browser) -> None:
    """B7: nothing is cancelled that nobody has seen."""
    house.desk.add_wakeup(17)
    ana.get(ROOM)
    house.desk.add_wakeup(18)
    assert ana.send(f"{ROOM}/check-out", pending="cancel").status == 409
    assert asked(house, "check_out")[-1][3].anyway is False
    assert "2 wake-ups pending" in ana.text
    assert ana.send(f"{ROOM}/check-out", pending="cancel").status == 200


@pytest.mark.parametrize(
    ("who", "reservation", "everybody"),
    [("one:1001", "1001", False), ("one:", "", False), ("all", None, True)],
)
def test_in_a_shared_room_it_is_said_who_goes(
    house: House, ana: Browser, who: str, reservation: str | None, everybody: bool
) -> None:
    """B6: also one who has no reservation."""
    house.rooms.sharers = (sharer("", "Eva"),)
    ana.get(ROOM)
    assert ana.page.xpath("//form[contains(@action, 'check-out')]//input[@name='who']/@value") == [
        "one:1001", "one:", "all",
    ]  # fmt: skip
    ana.send(f"{ROOM}/check-out", who=who)
    assert asked(house, "check_out")[-1][3] == roomviews.CheckOutRequest(reservation, everybody, False, False)
    ana.get(ROOM)
    ana.send(f"{ROOM}/move", to="305", who=who)
    assert asked(house, "move")[-1][3] == roomviews.MoveRequest("305", reservation, everybody, False)


def test_a_move_is_told_and_leads_to_the_other_room(house: House, ana: Browser) -> None:
    ana.get(ROOM)
    ana.send(f"{ROOM}/move", to=" 305 ", shared="1")
    assert asked(house, "move")[-1][3] == roomviews.MoveRequest("305", shared=True)
    assert "✓ From 212 to 305." in ana.text


def test_a_move_to_a_room_that_is_not_there_is_refused_and_can_be_corrected(
    house: House, ana: Browser
) -> None:
    house.rooms.refuse["move"] = Refusal("unknown_room", "There is no room 999.", status=422)
    ana.get(ROOM)
    assert ana.send(f"{ROOM}/move", to="999").status == 409
    assert "✕ There is no room 999." in ana.text and ana.fields(f"{ROOM}/move")["to"] == "999"


def test_only_who_is_barred_can_be_let_call_again(house: House, ana: Browser) -> None:
    ana.get(ROOM)
    assert not [form for form in ana.page.forms if form.get("action") == f"{ROOM}/unbar"]
    house.rooms.hangs = {1: roomviews.HangingView(0, barred=True)}
    ana.get(ROOM)
    ana.send(f"{ROOM}/unbar")
    assert "✓ 212 may call again." in ana.text


def test_the_guest_is_up_ends_what_rings_and_names_who_said_so(house: House, ana: Browser) -> None:
    ana.get(ROOM)
    assert not [form for form in ana.page.forms if form.get("action") == f"{ROOM}/awake"]
    house.desk.kept[17] = replace(house.desk.add_wakeup(17), state=WakeupState.CALLING)
    ana.get(ROOM)
    ana.send(f"{ROOM}/awake")
    (call,) = [one for one in house.desk.asked if one[0] == "awake"]
    assert call[2:4] == ("212", AwakeRequest("ana", ""))
    assert "✓ The guest is up: 1 closed." in ana.text


def test_the_status_of_a_room_is_told_where_a_pms_takes_it(house: House, ana: Browser) -> None:
    house.rooms.has_pms = False
    ana.get(ROOM)
    assert not [form for form in ana.page.forms if form.get("action") == f"{ROOM}/status"]
    house.rooms.has_pms = True
    ana.get(ROOM)
    ana.send(f"{ROOM}/status", status="clean", by="Maid 5")
    assert asked(house, "tell_status")[-1][3] == roomviews.StatusRequest("clean", "Maid 5")
    assert "✓ 212 is clean" in ana.text


def test_a_wakeup_of_this_room_is_booked_by_its_time_alone(house: House, ana: Browser) -> None:
    ana.get(f"{ROOM}/preview?line={quote('0630 : tea')}")
    assert "Room 212: Tuesday" in ana.text and house.desk.kept == {}
    ana.get(ROOM)
    ana.send(f"{ROOM}/book", line="0630 : tea")
    assert "✓ Room 212: Tuesday" in ana.text
    assert [(one.room, one.note) for one in house.desk.kept.values()] == [("212", "tea")]


@pytest.mark.parametrize("line", ["25:99", "", ",305 0630"])
def test_the_line_of_a_room_books_for_no_other_and_stays_where_it_is_wrong(
    house: House, ana: Browser, line: str
) -> None:
    ana.get(ROOM)
    assert ana.send(f"{ROOM}/book", line=line).status == 409
    assert "✕" in ana.text and ana.fields(f"{ROOM}/book")["line"] == line
    assert house.desk.kept == {}


def test_the_address_of_an_action_leads_back_to_the_room(ana: Browser) -> None:
    """As one comes there by another language after an action."""
    assert ana.get(f"{ROOM}/check-in").headers["location"] == ROOM


# --- the journal ---


def test_the_journal_tells_what_happened_by_whom_and_leads_to_the_room(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/journal")
    assert "“Müller, Hans” came" in ana.text and "fias" in ana.text
    assert ana.page.xpath("//a[@href='/desk/main/recorder/r17']")
    assert {"212"} <= shown(ana) and asked(house, "journal")[-1][2] == roomviews.JournalQuery(None, 50, None)


def test_the_journal_goes_on_by_its_cursor_and_keeps_its_room(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = house.rooms._line(True)

    async def journal(_: str, query: roomviews.JournalQuery, **__: Any) -> views.Page[roomviews.JournalView]:
        house.rooms.asked.append(("journal", query))
        return views.Page((line,), None if query.cursor else "5")

    monkeypatch.setattr(house.rooms, "journal", journal)
    ana.get(f"{DESK}/journal?room=212")
    (older,) = ana.page.xpath("//a[text()='Older']/@href")
    ana.get(older)
    assert house.rooms.asked[-1][1] == roomviews.JournalQuery("212", 50, "5")
    assert not ana.page.xpath("//a[text()='Older']")


def test_a_strange_cursor_is_refused_in_words(house: House, ana: Browser) -> None:
    house.rooms.refuse["journal"] = Refusal("bad_cursor", "'x' is not the `next` of a page of this list.")
    assert ana.get(f"{DESK}/journal?cursor=x").status == 422
    assert re.search("is not the .next. of a page", ana.text)


def test_an_address_as_long_as_may_be_is_compared_with_a_thousand_rooms_in_no_time(
    house: House, ana: Browser
) -> None:
    """It took 8 s, in which nobody in the house was woken; a number of 5000 digits was an error of ours."""
    assert look_of({"after": "1a" * 8000, "floor": "1" * 9000}).after == "1a" * 30
    assert ana.get(f"{DESK}/rooms?view=list&after={'9' * 5000}").status == 200


def test_nobody_is_not_checked_in(ana: Browser) -> None:
    ana.get(VACANT)
    assert ana.send(f"{VACANT}/check-in", guest="  ").status == 409
    assert "A name or a reservation is needed." in ana.text
    assert not [asked for asked in ana.house.rooms.asked if asked[0] == "check_in"]


def test_a_large_house_shows_its_first_floor_and_all_of_them_when_asked() -> None:
    look, floors = look_of({}), ["1", "2"]
    assert at_first(look, floors, MANY + 1).floor == "1"
    assert at_first(look, floors, MANY).floor == ""
    for query in ({"floor": "all"}, {"q": "li"}, {"state": "occupied"}, {"view": "list"}):
        asked = look_of(query)
        assert at_first(asked, floors, MANY + 1) == asked
