"""Links, clocks, screens, the flight recorder and resyncs, as the console shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hotelbridge.core.guests import Direction
from hotelbridge.core.records import Actor, Standing, Trust
from hotelbridge.errors import Refusal
from hotelbridge.services import roomviews, views

from .browsing import Browser
from .fake_desk import ZONE
from .fake_rooms import GUEST
from .far_end import House

DESK = "/desk/main"
AT = datetime(2026, 11, 24, 6, 30, tzinfo=ZONE)


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


@pytest.fixture
def vera(house: House) -> Browser:
    return Browser(house).log_in("vera")


def _links(house: House, *found: views.LinkView, monkeypatch: pytest.MonkeyPatch) -> None:
    async def links(property: str) -> tuple[views.LinkView, ...]:
        return found

    monkeypatch.setattr(house.desk, "links", links)


def _clocks(
    house: House, clocks: views.ClockView, monkeypatch: pytest.MonkeyPatch
) -> list[views.ClockRequest]:
    trusted: list[views.ClockRequest] = []

    async def now(property: str) -> views.ClockView:
        return clocks

    async def trust(property: str, request: views.ClockRequest, actor: Actor) -> views.ClockView:
        trusted.append(request)
        return clocks

    monkeypatch.setattr(house.desk, "clocks", now)
    monkeypatch.setattr(house.desk, "trust_clock", trust)
    return trusted


def test_each_layer_of_a_link_has_a_sign_and_a_word(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = {"connected": True, "alive": False, "flowing": None}
    pms = views.LinkView("pms", "pms", layers, AT, "no answer to LS", AT, waiting=3)
    _links(house, pms, monkeypatch=monkeypatch)
    ana.get(f"{DESK}/links")
    assert "● connected ✕ silent ○ not known whether data flows no answer to LS" in ana.text
    assert ana.page.xpath("//tr[@id='l1']/td[last()]/text()") == ["3"]


def test_a_layer_that_this_program_has_no_word_for_is_shown_by_its_name(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _links(house, views.LinkView("om20", "om", {"tcp": True}, None, "", None), monkeypatch=monkeypatch)
    ana.get(f"{DESK}/links")
    assert "● tcp" in ana.text


def test_a_clock_that_is_off_is_shown_with_how_much_and_which_way(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    peers = (
        views.PeerClockView("om20", AT - timedelta(seconds=75), AT, 75.0, True),
        views.PeerClockView("pms", AT, AT, -0.2, False),
    )
    _clocks(house, views.ClockView(Standing.AGREED, AT, AT, 0.0, None, None, peers), monkeypatch)
    ana.get(f"{DESK}/links")
    assert "⚠ 1 min 15 s behind" in ana.text
    assert "PMS not a witness" in ana.text
    assert ana.text.count("⚠") == 1
    assert "is right" not in ana.text


def test_a_clock_in_question_asks_which_time_is_right_and_who_says_so(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = AT + timedelta(hours=1)
    doubted = views.ClockView(Standing.DOUBTED, AT, new, 3600.0, AT, AT + timedelta(minutes=10), ())
    trusted = _clocks(house, doubted, monkeypatch)
    ana.get(f"{DESK}/links")
    assert "New time 07:30 is right" in ana.text
    assert "that is 1 h ahead" in ana.text
    ana.send(f"{DESK}/links/clock", trust="old")
    assert trusted == [views.ClockRequest("ana", Trust.OLD)]
    assert "Confirmed by ana: it is 06:30." in ana.text


def test_a_word_about_a_clock_that_nobody_doubts_is_refused_on_the_page(ana: Browser) -> None:
    ana.get(f"{DESK}/resyncs")
    fields = ana.fields(f"{DESK}/resyncs")
    assert ana.post(f"{DESK}/links/clock", {**fields, "trust": "new"}).status == 409
    assert "The clock is not in question now." in ana.text
    assert ana.post(f"{DESK}/links/clock", fields).status == 422


def test_a_viewer_sees_the_doubt_and_no_button(
    house: House, vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clocks(house, views.ClockView(Standing.DOUBTED, AT, AT, 180.0, AT, None, ()), monkeypatch)
    vera.get(f"{DESK}/links")
    assert "in question" in vera.text
    assert not vera.page.xpath("//form[contains(@action, 'clock')]")


def test_it_is_said_where_no_screen_would_be_heard(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana.get(f"{DESK}/links")
    assert "front-1 ● is seen and heard" in ana.text
    assert "No screen" not in ana.text

    async def consoles(property: str) -> tuple[views.ConsoleView, ...]:
        return (views.ConsoleView("front-1", True, False, AT, False),)

    monkeypatch.setattr(house.desk, "consoles", consoles)
    ana.get(f"{DESK}/links")
    assert "front-1 ○ is not heard" in ana.text
    assert "No screen would be heard now" in ana.text


def test_of_tabs_that_were_closed_only_the_last_of_each_person_is_shown(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = house.clock.now().astimezone(AT.tzinfo)

    async def consoles(property: str) -> tuple[views.ConsoleView, ...]:
        seen = {"ana #aaa": 0, "ana #bbb": 1, "ana #ccc": 60, "berta #ddd": 600, "berta #eee": 700}
        return tuple(
            views.ConsoleView(name, True, True, now - timedelta(minutes=ago), ago < 1)
            for name, ago in seen.items()
        )

    monkeypatch.setattr(house.desk, "consoles", consoles)
    ana.get(f"{DESK}/links/state")
    assert [name for name in ("aaa", "bbb", "ccc", "ddd", "eee") if name in ana.text] == ["aaa", "bbb", "ddd"]


def test_screens_that_programs_name_alike_are_all_shown(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A screen that is dead must be seen to be."""
    names = ("Lobby 1", "Lobby 2", "Lobby", "Back office", "Back door")
    old = house.clock.now().astimezone(AT.tzinfo) - timedelta(hours=2)

    async def consoles(property: str) -> tuple[views.ConsoleView, ...]:
        return tuple(views.ConsoleView(name, True, True, old, False) for name in names)

    monkeypatch.setattr(house.desk, "consoles", consoles)
    ana.get(f"{DESK}/links/state")
    shown = [cell.text_content() for cell in ana.page.xpath("//tr/td[1]")]
    assert set(names) <= set(shown)


def test_the_piece_that_is_renewed_is_the_same_without_the_page_around_it(ana: Browser) -> None:
    ana.get(f"{DESK}/links/state")
    assert b"<html" not in ana.last.body
    assert "Clocks" in ana.text


# --- the flight recorder ---


def _asked(house: House) -> roomviews.RecorderQuery:
    query: roomviews.RecorderQuery = next(one for one in house.rooms.asked if one[0] == "recorder")[2]
    return query


def test_a_message_is_shown_in_words_with_its_body_folded(ana: Browser) -> None:
    ana.get(f"{DESK}/recorder")
    assert f"check-in of “{GUEST}” in 212" in ana.text
    assert ana.page.xpath("//td/details/summary/text()") == ["raw"]
    assert "GI|RN212" in ana.page.xpath("string(//td/details/pre)")


def test_whoever_may_not_know_guests_reads_neither_name_nor_body(vera: Browser) -> None:
    for path in ("recorder", "recorder/r17"):
        vera.get(f"{DESK}/{path}")
        assert GUEST not in vera.text
        assert "GI|" not in vera.text


def test_messages_are_asked_for_by_room_link_direction_and_the_end_of_a_day(
    house: House, ana: Browser
) -> None:
    ana.get(f"{DESK}/recorder?room=212&link=pms&direction=out&day=2026-11-23")
    query = _asked(house)
    assert (query.room, query.link, query.direction) == ("212", "pms", Direction.OUT)
    assert query.before == datetime(2026, 11, 24, tzinfo=ZONE)


def test_older_messages_are_asked_for_with_the_same_filter(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/recorder?room=212")
    (older,) = ana.page.xpath("//a[@rel='next']/@href")
    assert older == f"{DESK}/recorder?room=212&cursor=next-1"
    house.rooms.asked.clear()
    ana.get(older)
    assert _asked(house).cursor == "next-1"
    assert "newest" in ana.text


@pytest.mark.parametrize("query", ["direction=up", "day=31.12.2026", "before=25:99"])
def test_a_filter_that_is_none_is_told(ana: Browser, query: str) -> None:
    assert ana.get(f"{DESK}/recorder?{query}").status == 422
    assert "This filter cannot be read." in ana.text


def test_one_message_has_an_address_of_its_own(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/recorder/r17")
    assert _asked(house).record == 17
    assert "What it changed" in ana.text


@pytest.mark.parametrize("id", ["p17", "r", "r99999999999999999999", "x"])
def test_a_number_that_no_message_has_is_a_page_that_says_so(ana: Browser, id: str) -> None:
    assert ana.get(f"{DESK}/recorder/{id}").status == 404
    assert "There is no message with this number." in ana.text


def test_a_message_that_is_kept_no_more_is_told(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/links")
    house.rooms.fail_with = Refusal("unknown_record", "There is no record 4: it never came.", status=404)
    assert ana.get(f"{DESK}/recorder/r4").status == 404
    assert "There is no record 4" in ana.text


# --- resyncs ---


def test_a_resync_to_decide_shows_who_would_go_and_what_hangs_on_it(ana: Browser) -> None:
    ana.get(f"{DESK}/resyncs")
    assert "⚠ to be decided 1 would go · 1 would move" in ana.text
    ana.get(f"{DESK}/resyncs/1")
    assert f"212 − would go {GUEST} · German 1001 ○ wake-up Tue 24 Nov 06:30" in ana.text
    assert f"212 → would move 305 {GUEST}" in ana.text


def test_whoever_may_not_know_guests_sees_no_difference(vera: Browser) -> None:
    vera.get(f"{DESK}/resyncs/1")
    assert GUEST not in vera.text
    assert "The difference names guests: it is for the desk." in vera.text
    assert not vera.page.xpath("//form[contains(@action, 'apply')]")


def test_what_was_applied_is_told_as_done(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied = replace(house.rooms._resync(True), state="applied", decided_by="berta", decided_at=AT)

    async def resync(property: str, id: int, *, named: bool) -> roomviews.ResyncView:
        return applied

    monkeypatch.setattr(house.rooms, "resync", resync)
    ana.get(f"{DESK}/resyncs/1")
    assert "✓ applied berta Tue 24 Nov 06:30" in ana.text
    assert "− went" in ana.text
    assert "would" not in ana.text
    assert not ana.page.xpath("//form[contains(@action, 'apply')]")


@pytest.mark.parametrize(("what", "applied"), [("apply", True), ("dismiss", False)])
def test_a_resync_is_decided_by_name(house: House, ana: Browser, what: str, applied: bool) -> None:
    ana.get(f"{DESK}/resyncs/1")
    ana.send(f"{DESK}/resyncs/1/{what}")
    asked = next(one for one in house.rooms.asked if one[0] == "decide")
    assert asked[2:4] == (1, applied)
    assert asked[4].name == "ana"
    assert asked[5] is not None
    assert what.rstrip("y") in ana.text


def test_a_decision_that_comes_too_late_is_refused_on_the_page(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def decide(*_: object) -> None:
        raise Refusal("not_asking", "Resync 1 is applied: there is nothing to decide.", status=409)

    monkeypatch.setattr(house.rooms, "decide", decide)
    ana.get(f"{DESK}/resyncs/1")
    assert ana.send(f"{DESK}/resyncs/1/apply").status == 409
    assert "there is nothing to decide" in ana.text


@pytest.mark.parametrize("id", ["2", "x", "99999999999999999999"])
def test_a_resync_that_never_was_is_a_page_that_says_so(ana: Browser, id: str) -> None:
    assert ana.get(f"{DESK}/resyncs/{id}").status == 404
    assert "To the board" in ana.text


def test_the_pms_is_asked_for_a_resync_and_what_it_says_is_told(house: House, ana: Browser) -> None:
    ana.get(f"{DESK}/resyncs")
    ana.send(f"{DESK}/resyncs")
    assert "The PMS was asked." in ana.text


def test_a_pms_that_cannot_be_asked_is_told_in_words(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def request_resync(*_: object) -> None:
        raise Refusal("no_pms", "This hotel has no PMS.", status=409)

    monkeypatch.setattr(house.rooms, "request_resync", request_resync)
    ana.get(f"{DESK}/resyncs")
    assert ana.send(f"{DESK}/resyncs").status == 409
    assert "This hotel has no PMS." in ana.text


@pytest.mark.parametrize("path", ["links/clock", "resyncs", "resyncs/1/apply", "resyncs/1/dismiss"])
def test_neither_a_viewer_nor_a_form_without_its_token_changes_anything(
    house: House, ana: Browser, vera: Browser, path: str
) -> None:
    vera.get(DESK)
    token = vera.fields(f"{DESK}/language")
    assert vera.post(f"{DESK}/{path}", token).status == 403
    assert ana.post(f"{DESK}/{path}", {"trust": "old"}).status == 403
    assert not [one for one in house.rooms.asked if one[0] in ("decide", "request_resync")]


def test_a_guest_with_a_hostile_name_is_only_text(
    house: House, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "<script>alert(1)</script>"
    entry = replace(house.rooms._entry(True), words=hostile, body=hostile)

    async def recorder(*_: object, named: bool) -> views.Page[roomviews.EntryView]:
        return views.Page((entry,))

    monkeypatch.setattr(house.rooms, "recorder", recorder)
    ana.get(f"{DESK}/recorder")
    assert b"<script>alert" not in ana.last.body
    assert hostile in ana.page.xpath("string(//tbody)")
