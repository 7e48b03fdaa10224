"""Search of wake-ups, the night list, and the end of an order, as the console shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hotelbridge.core.nights import Slip
from hotelbridge.core.records import Actor, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services import views
from hotelbridge.web.console.search import orders_of, orders_text

from .browsing import Browser
from .fake_desk import ZONE
from .fake_rooms import GUEST
from .far_end import House

DESK = "/desk/main"
DAY = datetime(2026, 11, 24, tzinfo=ZONE)


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


@pytest.fixture
def vera(house: House) -> Browser:
    return Browser(house).log_in("vera")


def _asked(house: House) -> views.WakeupQuery:
    query: views.WakeupQuery = [one for one in house.desk.asked if one[0] == "wakeups"][-1][2]
    return query


def test_without_a_word_all_of_today_is_found(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/wakeups")
    assert (_asked(house).from_, _asked(house).to) == (DAY, DAY + timedelta(days=1))
    assert ana.fields(f"{DESK}/wakeups")["day"] == "2026-11-24"


def test_wake_ups_are_searched_by_room_state_and_orders_over_all_days(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/wakeups?room=212&day=&state=cancelled&order=3-5,9")
    query = _asked(house)
    assert (query.room, query.state, query.orders) == ("212", WakeupState.CANCELLED, (3, 4, 5, 9))
    assert (query.from_, query.to) == (None, None)


@pytest.mark.parametrize(("state", "open"), [("open", True), ("over", False), ("", None)])
def test_what_is_not_over_is_found_apart_from_what_is(
    house: House, ana: Browser, state: str, open: bool | None
) -> None:
    ana.get(f"{DESK}/wakeups?state={state}")
    assert _asked(house).open is open


@pytest.mark.parametrize("query", ["day=yesterday", "state=asleep", "order=7-3", "order=1-9999", "order=a"])
def test_a_search_for_what_cannot_be_is_told(ana: Browser, query: str) -> None:
    assert ana.get(f"{DESK}/wakeups?{query}").status == 422
    assert "This filter cannot be read." in ana.text


def test_a_long_list_goes_on_with_the_same_search(house: House, ana: Browser) -> None:
    for id in range(1, 103):
        house.desk.add_wakeup(id)
    ana.get(f"{DESK}/wakeups?room=212&day=")
    assert len(ana.page.xpath("//tr[@data-row]")) == 100
    (more,) = ana.page.xpath("//a[@rel='next']/@href")
    ana.get(more)
    assert ana.page.xpath("//tr[@data-row]/@id") == ["w101", "w102"]
    assert _asked(house).room == "212"
    assert not ana.page.xpath("//a[@rel='next']")


def test_a_cursor_of_another_list_is_told(ana: Browser) -> None:
    assert ana.get(f"{DESK}/wakeups?cursor=strange").status == 422
    assert "This cursor was not given by this list." in ana.text


def test_the_guest_in_the_room_is_named_for_what_is_to_come_and_not_for_what_is_over(
    house: House, ana: Browser, vera: Browser
) -> None:
    one = house.desk.add_wakeup(1)
    ana.get(f"{DESK}/wakeups")
    assert GUEST in ana.text
    vera.get(f"{DESK}/wakeups")
    assert GUEST not in vera.text
    house.desk.kept[1] = replace(one, state=WakeupState.WOKEN)
    ana.get(f"{DESK}/wakeups")
    assert GUEST not in ana.text


def test_a_note_is_only_text(house: House, ana: Browser) -> None:
    house.desk.kept[1] = replace(house.desk.add_wakeup(1), note="<img src=x>")
    ana.get(f"{DESK}/wakeups")
    assert "<img src=x>" in ana.text
    assert not ana.page.xpath("//td//img")


def test_who_is_up_counts_them_and_renews_itself(house: House, ana: Browser) -> None:
    states = (WakeupState.WOKEN, WakeupState.CLOSED, WakeupState.ALARMED, WakeupState.WAITING)
    for id, state in enumerate(states, 1):
        house.desk.kept[id] = replace(house.desk.add_wakeup(id), state=state)
    ana.get(f"{DESK}/wakeups?order=1-4&up=1&day=")
    assert ana.page.xpath("//div[@class='big']//strong/text()") == ["2", "1", "1"]
    (piece,) = ana.page.xpath("//*[@id='found']/@hx-get")
    ana.get(piece)
    assert ana.page.xpath("//div[@class='big']//strong/text()") == ["2", "1", "1"]
    assert _asked(house).orders == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("orders", "text"), [((), ""), ((5,), "5"), ((9, 3, 4, 5), "3-5,9"), ((1, 2, 3), "1-3")]
)
def test_orders_are_written_as_runs_and_read_again(orders: tuple[int, ...], text: str) -> None:
    assert orders_text(orders) == text
    assert orders_of(text) == tuple(sorted(orders))


# --- the night list ---


def test_the_night_list_is_a_page_to_print_with_its_slips(ana: Browser) -> None:
    ana.get(f"{DESK}/night")
    day, line = ana.page.xpath("//table[@class='rows nightly'][not(ancestor::section)]/tbody/tr")
    assert "Wednesday" in day.text_content()
    assert [cell.text_content().strip() for cell in line.xpath("td")][1:3] == ["06:30", "212"]
    assert "VIP" in line.text_content() and "<b>tea</b>" in line.text_content()
    assert "1 slip since it was printed" in ana.text
    (slip,) = ana.page.xpath("//section//tbody/tr")
    assert "changed" in slip.text_content() and "Wed 25 Nov 06:00" in slip.text_content()


def test_a_slip_says_what_kind_of_wake_up_it_was_before(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = house.desk.night
    before: dict[str, Any] = {}

    async def night(property: str, evening: date | None) -> views.NightView:
        found = await real(property, evening)
        (line,) = found.lines
        change = Slip("CHANGED", line, replace(line, **before))
        return replace(found, slips=(views.SlipView(found.slips[0].made, (change,)),))

    monkeypatch.setattr(house.desk, "night", night)
    for was, told in (
        ({"vip": False, "in_person": True}, "no VIP in person"),
        ({"kind": "repeated", "language": ""}, "repeated no language"),
        ({"kind": "follow-up", "language": "zh"}, "follow-up Chinese"),
        ({}, ""),
    ):
        before = was
        ana.get(f"{DESK}/night")
        (cell,) = ana.page.xpath("//section//tbody/tr/td[7]")
        assert " ".join(cell.text_content().split()) == told


def test_who_may_not_know_guests_by_name_gets_the_night_list_without_notes(house: House) -> None:
    vera = Browser(house).log_in("vera")
    vera.get(f"{DESK}/night")
    assert "06:30" in vera.text and "tea" not in vera.text


def test_the_night_of_another_evening_is_chosen(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/night?evening=2026-12-31")
    assert ("night", "main", date(2026, 12, 31)) in house.desk.asked
    assert f"{DESK}/night?evening=2027-01-01" in ana.page.xpath("//a/@href")


@pytest.mark.parametrize("evening", ["tomorrow", "0001-01-01", "9999-12-31"])
def test_an_evening_that_is_none_is_told(ana: Browser, evening: str) -> None:
    assert ana.get(f"{DESK}/night?evening={evening}").status == 422
    assert "This is no day." in ana.text


# --- the end of an order ---


def test_an_order_is_ended_from_the_page_of_its_wake_up(house: House, ana: Browser) -> None:
    house.desk.add_wakeup(1)
    house.desk.add_order(1)
    ana.get(f"{DESK}/wakeups/1")
    ana.send(f"{DESK}/orders/1/end")
    ended = next(one for one in house.desk.asked if one[0] == "end_order")
    assert (ended[2], ended[3].name) == (1, "ana")
    assert "Ended for all days to come: 2 wake-ups that were set are not rung." in ana.text
    assert ana.page.xpath("//h1/text()") == ["06:30 · Room 212"]


def test_an_order_that_cannot_be_ended_says_why_on_the_same_page(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def end_order(property: str, id: int, actor: Actor) -> None:
        raise Refusal("not_changeable", "It rings now.", status=409)

    monkeypatch.setattr(house.desk, "end_order", end_order)
    house.desk.add_wakeup(1)
    house.desk.add_order(1)
    ana.get(f"{DESK}/wakeups/1")
    assert ana.send(f"{DESK}/orders/1/end").status == 409
    assert "It rings now." in ana.text


def test_an_order_that_never_was_is_a_page_that_says_so(house: House, ana: Browser) -> None:
    ana.get(DESK)
    fields = ana.fields(f"{DESK}/book")
    assert ana.post(f"{DESK}/orders/77/end", fields).status == 404
    assert "There is no such order." in ana.text


def test_a_viewer_ends_no_order(house: House, vera: Browser) -> None:
    house.desk.add_order(1)
    vera.get(DESK)
    assert vera.post(f"{DESK}/orders/1/end", vera.fields(f"{DESK}/language")).status == 403
    assert not [one for one in house.desk.asked if one[0] == "end_order"]
