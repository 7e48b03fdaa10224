"""The change of shift, as the console shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from hotelbridge.services.handoverwindow import LONGEST_WORDS, OpenNow

from .browsing import Browser
from .fake_desk import ZONE
from .far_end import House

HANDOVER = "/desk/main/handover"


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


@pytest.fixture
def vera(house: House) -> Browser:
    return Browser(house).log_in("vera")


def test_all_that_is_open_is_shown_with_who_has_acknowledged_what(house: House, ana: Browser) -> None:
    first = datetime(2026, 11, 24, 6, 30, tzinfo=ZONE)
    house.handovers.open = OpenNow(2, 18, 12, 3, ("pms",), 7, first)
    house.desk.add_alarm(1)
    at = house.clock.now().astimezone(ZONE)
    house.desk.kept_alarms[1] = replace(
        house.desk.add_alarm(1), acknowledged_by="berta", acknowledged_at=at.replace(second=0)
    )
    house.desk.add_alarm(2)
    ana.get(HANDOVER)
    assert f"acknowledged by berta {at:%H:%M}" in ana.text
    assert "acknowledged by nobody" in ana.text
    assert "the first Tue 24 Nov 06:30" in ana.text
    assert ana.page.xpath("//*[@id='open-now']//td[@class='n']/text()") == ["2", "18", "3", "1", "1"]
    assert "✕ down: pms" in ana.text
    assert "/desk/main/resyncs/7" in ana.page.xpath("//a/@href")


def test_nothing_that_is_open_is_said_in_words_too(ana: Browser) -> None:
    ana.get(HANDOVER)
    for words in ("No alarm stands.", "Nothing to decide.", "None is down.", "Nobody has handed over yet."):
        assert words in ana.text


def test_what_is_left_to_the_next_shift_is_signed_by_name(house: House, ana: Browser) -> None:
    ana.get(HANDOVER)
    ana.send(HANDOVER, words="  tea for 214  ")
    assert "Signed by ana." in ana.text
    property, words, actor, once = house.handovers.asked[0]
    assert (property, words, actor.name) == ("main", "tea for 214", "ana")
    assert once is not None
    ana.get(HANDOVER)
    assert "tea for 214" in ana.text


def test_a_signature_that_is_sent_twice_is_given_once(house: House, ana: Browser) -> None:
    ana.get(HANDOVER)
    fields = {**ana.fields(HANDOVER), "words": "tea"}
    ana.post(HANDOVER, fields)
    ana.post(HANDOVER, fields)
    assert "This was signed already." in ana.text
    assert len(house.handovers.kept) == 1


def test_words_that_are_too_long_are_refused_and_not_lost(ana: Browser) -> None:
    long = "x" * (LONGEST_WORDS + 1)
    ana.get(HANDOVER)
    assert ana.send(HANDOVER, words=long).status == 409
    assert "These words are longer than" in ana.text
    assert ana.fields(HANDOVER)["words"].strip() == long


def test_hostile_words_are_only_text(ana: Browser) -> None:
    ana.get(HANDOVER)
    ana.send(HANDOVER, words="<script>alert(1)</script>")
    assert b"<script>alert" not in ana.last.body
    assert "<script>alert(1)</script>" in ana.text


def test_whoever_may_not_know_guests_reads_the_numbers_and_no_words(ana: Browser, vera: Browser) -> None:
    ana.get(HANDOVER)
    ana.send(HANDOVER, words="Mr Okafor wants tea")
    vera.get(HANDOVER)
    assert "Okafor" not in vera.text
    assert "The words are for the desk." in vera.text
    assert not [form for form in vera.page.forms if form.get("action") == HANDOVER]


def test_older_hand_overs_are_behind_a_link(ana: Browser) -> None:
    for n in range(21):
        ana.get(HANDOVER)
        ana.send(HANDOVER, words=f"shift number {n}.")
    ana.get(HANDOVER)
    assert "shift number 0." not in ana.text
    (older,) = ana.page.xpath("//a[@rel='next']/@href")
    ana.get(older)
    assert "shift number 0." in ana.text
    assert not ana.page.xpath("//a[@rel='next']")


def test_neither_a_viewer_nor_a_form_without_its_token_signs(
    house: House, ana: Browser, vera: Browser
) -> None:
    vera.get(HANDOVER)
    assert vera.post(HANDOVER, vera.fields("/desk/main/language")).status == 403
    assert ana.post(HANDOVER, {"words": "tea"}).status == 403
    assert house.handovers.kept == []


def test_the_piece_that_is_renewed_carries_no_form(ana: Browser) -> None:
    ana.get(f"{HANDOVER}/open")
    assert b"<form" not in ana.last.body
    assert "No alarm stands." in ana.text
