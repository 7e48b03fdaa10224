"""The alarms that every page carries: none is hidden by others, none counted twice, and they come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hotelbridge.core.records import AlarmKind
from hotelbridge.services import views

from .browsing import Browser
from .fake_rooms import GUEST
from .far_end import House

BOARD = "/desk/main"


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


def emergency(house: House, id: int, **more: Any) -> None:
    alarm = replace(house.desk.add_alarm(id, "212 dials 112"), kind=AlarmKind.EMERGENCY_CALL)
    house.desk.kept_alarms[id] = replace(alarm, **{"loud_from": alarm.since, **more})


def test_a_call_for_help_is_seen_however_many_alarms_stand_before_it(house: House, ana: Browser) -> None:
    for id in range(1, 451):
        alarm = house.desk.add_alarm(id, "its phone differs")
        house.desk.kept_alarms[id] = replace(alarm, kind=AlarmKind.PHONE_DRIFT)
    emergency(house, 451)
    ana.get(BOARD)
    assert ana.page.xpath("//*[@role='alertdialog']")
    assert ana.page.get_element_by_id("standing").get("data-loud") == "emergency"
    ana.get(f"{BOARD}/alarms")
    assert len(ana.page.xpath("//div[@id='alarm-rows']//tr[@data-row]")) == 200
    assert "There are more than these." in ana.text


def test_a_call_for_help_takes_the_screen_again_when_its_silence_is_over(house: House, ana: Browser) -> None:
    now = house.clock.now().astimezone(house.desk.properties()[0].now.tzinfo)
    silent = {"acknowledged_by": "ana", "acknowledged_at": now, "loud_from": now + timedelta(minutes=10)}
    emergency(house, 7, **silent)
    ana.get(BOARD)
    assert not ana.page.xpath("//*[@role='alertdialog']")
    house.clock.advance(601)
    ana.get(BOARD)
    assert ana.page.xpath("//*[@role='alertdialog']")


def test_the_alarm_that_is_in_no_table_is_counted_once(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def alarms(property: str, *_: Any, **__: Any) -> views.Page[views.AlarmView]:
        return views.Page((house.desk.rowless[property],))

    house.desk.cannot_save("Nothing can be saved.")
    monkeypatch.setattr(house.desk, "alarms", alarms)
    ana.get(f"{BOARD}/alarms")
    assert ana.page.get_element_by_id("alarm-count").text == "1"


def test_a_call_for_help_in_another_hotel_of_this_person_takes_his_screen_too(
    house: House, ana: Browser
) -> None:
    house.desk.add_alarm(6)
    emergency(house, 7)
    ana.get("/desk/annex")
    (call,) = ana.page.xpath("//*[@role='alertdialog']")
    assert "Hotel main" in call.text_content()
    assert call.xpath(".//form/@action") == [f"{BOARD}/alarms/7/acknowledge"]
    assert ana.page.get_element_by_id("standing").get("data-loud") == "emergency"
    assert ana.page.get_element_by_id("alarm-count").text == "0"  # no other alarm is mixed in


def test_nobody_is_shown_a_call_for_help_of_a_hotel_that_is_not_his(house: House) -> None:
    house.users.bound["ana"] = frozenset({"annex"})
    ana = Browser(house).log_in("ana")
    emergency(house, 7)
    ana.get("/desk/annex")
    assert not ana.page.xpath("//*[@role='alertdialog']")


def test_who_may_not_acknowledge_a_call_for_help_reads_that_the_desk_must(house: House) -> None:
    viewer = Browser(house).log_in("vera")
    emergency(house, 7)
    viewer.get(BOARD)
    (call,) = viewer.page.xpath("//*[@role='alertdialog']")
    assert "The desk must take it." in call.text_content() and not call.xpath(".//form")


def test_the_list_of_an_alarm_is_printed_with_boxes_and_what_is_done_already(
    house: House, ana: Browser
) -> None:
    due = house.desk.add_wakeup(1).due
    open_one = views.AlarmItemView(
        1, "212", due, "3 tries: nobody answered", None, None, None, "", wakeup_note="deaf: knock"
    )
    done = replace(open_one, room="211", closed_at=due, closed_by="ana", outcome="not_in_room")
    house.desk.kept_alarms[7] = replace(house.desk.add_alarm(7), items=(done, open_one))
    ana.get(f"{BOARD}/alarms/7/paper")
    first, second = ana.page.xpath("//table[@class='rows nightly']/tbody/tr")
    assert "□" in first.text_content() and "nobody answered" in first.text_content()
    assert "☑" in second.text_content() and "not in the room" in second.text_content()
    assert "deaf: knock" in first.text_content()
    viewer = Browser(house).log_in("vera")
    viewer.get(f"{BOARD}/alarms/7/paper")
    assert "nobody answered" in viewer.text and "deaf" not in viewer.text and "Note" not in viewer.text


def test_an_alarm_about_one_room_is_printed_with_a_box_its_guest_and_the_note(
    house: House, ana: Browser
) -> None:
    house.desk.add_wakeup(1)
    house.desk.kept_alarms[7] = replace(house.desk.add_alarm(7), wakeup_note="deaf: knock")
    ana.get(f"{BOARD}/alarms/7")
    assert ana.page.xpath(f"//a[@href='{BOARD}/alarms/7/paper']")
    ana.get(f"{BOARD}/alarms/7/paper")
    (row,) = ana.page.xpath("//table[@class='rows nightly']/tbody/tr")
    told = row.text_content()
    assert "□" in told and "06:30" in told and "212" in told and GUEST in told and "deaf: knock" in told
    gone = replace(house.desk.kept_alarms[7], outcome="not_in_room", closed_at=house.desk.kept[1].due)
    house.desk.kept_alarms[7] = gone
    ana.get(f"{BOARD}/alarms/7/paper")
    (row,) = ana.page.xpath("//table[@class='rows nightly']/tbody/tr")
    assert "☑" in row.text_content() and "not in the room" in row.text_content()


def test_an_alarm_about_no_wake_up_is_printed_without_a_list(house: House, ana: Browser) -> None:
    house.desk.kept_alarms[7] = replace(house.desk.add_alarm(7), wakeup=None, room=None)
    assert ana.get(f"{BOARD}/alarms/7/paper").status == 200
    assert not ana.page.xpath("//table")


def test_what_was_said_to_an_alarm_is_read_in_the_language_of_the_page(house: House, ana: Browser) -> None:
    note = "heard (Anna, 06:27); every room of its list is closed"
    house.desk.kept_alarms[7] = replace(house.desk.add_alarm(7), note=note)
    ana.get(f"{BOARD}/alarms/7")
    assert note in ana.text
    ana.post("/desk/language", {"language": "de", "to": ""})
    ana.get(f"{BOARD}/alarms/7")
    assert note not in ana.text and "Anna, 06:27" in ana.text


def test_a_viewer_reads_what_happened_without_what_the_desk_noted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = house.desk.add_wakeup(1)
    house.desk.kept[1] = replace(known, note="Okafor")
    house.desk.kept_orders[1] = replace(house.desk.add_order(1), note="Okafor")
    real = house.desk.wakeup

    async def wakeup(property: str, id: int) -> views.WakeupDetail:
        found = await real(property, id)
        line = replace(found.history[0], what="closed", text="awake (Anna): “Okafor rang”")
        return replace(found, history=(line,))

    monkeypatch.setattr(house.desk, "wakeup", wakeup)
    for name, read in (("ana", True), ("vera", False)):
        browser = Browser(house).log_in(name)
        browser.get(f"{BOARD}/wakeups/1")
        assert "awake (Anna)" in browser.text and ("Okafor rang" in browser.text) == read
        for path in ("wakeups/1", "wakeups", "rooms/212", ""):
            browser.get(f"{BOARD}/{path}".rstrip("/"))
            assert "06:30" in browser.text and (read or "Okafor" not in browser.text)


def outage(house: House, id: int, *rooms: str, done: tuple[str, ...] = ()) -> None:
    due = house.desk.add_wakeup(1).due
    open_one = views.AlarmItemView(1, "212", due, "3 tries: the exchange is down", None, None, None, "")
    items = [replace(open_one, wakeup=n, room=room) for n, room in enumerate(rooms, 40)]
    items += [replace(open_one, wakeup=90, room=room, closed_at=due, closed_by="ana") for room in done]
    alarm = replace(house.desk.add_alarm(id, "om20 does not answer"), kind=AlarmKind.DEVICE_DOWN, room=None)
    house.desk.kept_alarms[id] = replace(alarm, wakeup=None, items=tuple(items))


def test_an_outage_that_left_guests_asleep_stands_among_those_about_guests_with_its_rooms(
    house: House, ana: Browser
) -> None:
    outage(house, 7, "211", "212", "213", "303", "303", done=("301",))
    ana.get(BOARD)
    (alarm,) = ana.page.xpath("//div[@role='alert'][@data-alarm]")
    (said,) = alarm.xpath(".//strong")
    assert said.text_content().split() == ["⚠", "4", "rooms", "to", "do", "·", "Exchange", "is", "down"]
    assert "· 211–213, 303" in alarm.text_content()
    assert alarm.xpath(".//a/@href") == [f"{BOARD}/alarms/7"] and "other alarm" not in ana.text
    for path in ("/alarms", "/handover"):
        ana.get(BOARD + path)
        assert "4 rooms to do" in ana.text, path


def test_an_outage_whose_rooms_are_all_done_is_for_a_technician_again(house: House, ana: Browser) -> None:
    outage(house, 7, done=("211",))
    ana.get(BOARD)
    assert not ana.page.xpath("//div[@role='alert'][@data-alarm]")
    (others,) = ana.page.xpath("//p[@class='others']/a")
    assert others.text == "1 alarm"  # there is none that it could be another one to
    ana.get(f"{BOARD}/alarms")
    assert "to do" not in ana.page.get_element_by_id("alarm-rows").text_content()


def test_guests_asleep_come_before_what_a_technician_mends(house: House, ana: Browser) -> None:
    house.desk.kept_alarms[6] = replace(house.desk.add_alarm(6), kind=AlarmKind.CLOCK, wakeup=None)
    outage(house, 7, "211")
    ana.get(f"{BOARD}/alarms")
    assert ana.page.xpath("//div[@id='alarm-rows']//tr/@id") == ["a7", "a6"]
    ana.get(BOARD)
    (others,) = ana.page.xpath("//p[@class='others']/a")
    assert others.text == "1 other alarm"


def test_nothing_to_click_on_the_page_of_an_alarm_is_printed(house: House, ana: Browser) -> None:
    outage(house, 7, "211")
    ana.get(f"{BOARD}/alarms/7")
    (main,) = ana.page.xpath("//main")
    acts = main.xpath(".//form | .//button | .//a[not(ancestor::td)]")
    assert acts and all(act.xpath("ancestor-or-self::*[contains(@class, 'noprint')]") for act in acts)


def test_what_a_person_typed_to_an_alarm_stays_as_it_was_typed(house: House, ana: Browser) -> None:
    note = "room 305 first, then 212 (Anna, 06:27); heard (Ben, 06:40)"
    house.desk.kept_alarms[7] = replace(house.desk.add_alarm(7), note=note)
    ana.post("/desk/language", {"language": "de", "to": ""})
    ana.get(f"{BOARD}/alarms/7")
    assert "room 305 first, then 212 (Anna, 06:27); gehört (Ben, 06:40)" in ana.text
