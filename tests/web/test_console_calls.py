"""Calls and charges at the console: what is shown to whom, what is looked for, what is decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from hotelbridge.core.charges import ChargeState
from hotelbridge.errors import Refusal
from hotelbridge.services.chargeviews import Resolution, ResolveRequest, RetryRequest

from .browsing import Browser
from .far_end import House

CALLS = "/desk/main/calls"
ONE = "/desk/main/charges/1"
TABS = ("charges", "records", "reports", "reconciliation")
HOSTILE = '<script>alert("1")</script> & "Söhne"'


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


@pytest.fixture
def carl(house: House) -> Browser:
    return Browser(house).log_in("carl")


@pytest.fixture
def vera(house: House) -> Browser:
    return Browser(house).log_in("vera")


def decisions(browser: Browser) -> list[str]:
    """Where the forms of the page shown last go that decide something about calls."""
    posted = (form.get("action") for form in browser.page.forms if form.get("method") == "post")
    return [action for action in posted if "/charges/" in action or "/calls" in action]


def asked(house: House, call: str) -> tuple[Any, ...]:
    """What the desk was asked last by this name."""
    found: tuple[Any, ...] = [one for one in house.charges.asked if one[0] == call][-1]
    return found


# --- lists ---


def test_what_waits_for_a_person_comes_first_counted_with_the_words_of_the_pms(
    house: House, ana: Browser
) -> None:
    assert ana.get(CALLS).status == 200
    assert asked(house, "charges")[2].state == (
        ChargeState.HELD,
        ChargeState.REFUSED,
        ChargeState.UNCERTAIN,
    )
    assert "To decide2" in ana.text and "no answer from the PMS" in ana.text
    assert "Müller, Hans" in ana.text and "€0.50" in ana.text
    assert "Look at the folio first: is it there?" in ana.text


def test_the_count_of_what_waits_says_when_there_are_more(house: House, ana: Browser) -> None:
    house.charges.next = "next-1"
    ana.get(CALLS)
    assert "To decide2+" in ana.text
    assert [one.get("href") for one in ana.page.xpath("//a[@rel='next']")] == [f"{CALLS}?cursor=next-1"]


@pytest.mark.parametrize("path", [CALLS, ONE, *(f"{CALLS}/{name}" for name in TABS)])
def test_a_viewer_sees_the_pages_without_names_whole_numbers_or_forms(vera: Browser, path: str) -> None:
    assert vera.get(path).status == 200
    assert "Müller" not in vera.text and "+4989920920" not in vera.text
    assert decisions(vera) == []


def test_a_list_is_narrowed_by_room_guest_number_state_and_days_of_the_hotel(
    house: House, ana: Browser
) -> None:
    query = "room=212&guest=M%C3%BCll&number=%2B49%2089-92&state=refused&from=2026-11-24&to=2026-11-24"
    assert ana.get(f"{CALLS}/charges?{query}").status == 200
    wanted = [one for one in house.charges.asked if one[0] == "charges" and one[2].room][-1][2]
    assert (wanted.room, wanted.guest, wanted.number) == ("212", "Müll", "+498992")
    assert wanted.state == (ChargeState.REFUSED,)
    assert wanted.from_.astimezone(UTC) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert wanted.to.astimezone(UTC) == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert ana.fields(f"{CALLS}/charges")["guest"] == "Müll"


@pytest.mark.parametrize("who", ["carl", "vera"])
def test_who_may_not_know_guests_cannot_look_for_them_by_name(house: House, who: str) -> None:
    browser = Browser(house).log_in(who)
    browser.get(f"{CALLS}/charges?guest=M")
    assert {one[2].guest for one in house.charges.asked if one[0] == "charges"} == {None}
    assert "Guest" not in [label.text for label in browser.page.xpath("//form[@role='search']//label")]


def test_a_day_that_is_none_is_told_and_the_list_is_shown_all_the_same(ana: Browser) -> None:
    assert ana.get(f"{CALLS}/charges?from=yesterday&number=abc").status == 200
    assert "“yesterday” is no day" in ana.text and "“abc” is no telephone number" in ana.text
    assert "Germany" in ana.text


def test_the_next_page_keeps_what_is_looked_for(house: House, ana: Browser) -> None:
    house.charges.next = "next-7"
    ana.get(f"{CALLS}/charges?room=212")
    (link,) = ana.page.xpath("//a[@rel='next']")
    assert link.get("href") == f"{CALLS}/charges?room=212&cursor=next-7"
    ana.get(link.get("href"))
    assert [one[2].cursor for one in house.charges.asked if one[0] == "charges"][-2:].count("next-7") == 1


def test_records_show_free_calls_too_and_only_charges_have_a_page(ana: Browser) -> None:
    ana.get(f"{CALLS}/records")
    assert [row.get("data-row") for row in ana.page.xpath("//tbody/tr[@id]")] == [ONE, None]
    assert "made by phone 212" in ana.text


@pytest.mark.parametrize("piece", ["decide-rows", "charge-rows", "record-rows"])
def test_each_list_is_renewed_alone(ana: Browser, piece: str) -> None:
    reply = ana.get(f"{CALLS}/{piece}", HX_Request="true")
    assert reply.status == 200 and b"<html" not in reply.body
    assert f'hx-get="{CALLS}/{piece}"'.encode() in reply.body


# --- one charge ---


def test_a_charge_is_explained_line_by_line_and_it_is_said_that_it_was_made_again(ana: Browser) -> None:
    assert ana.get(ONE).status == 200
    assert "Metered" in ana.text and "60 s x 0.50 per 60 s = 0.50" in ana.text
    assert "it comes to the same" in ana.text and "Germany, to be posted" in ana.text


@pytest.mark.parametrize("path", [CALLS, f"{CALLS}/charges", ONE])
def test_a_hostile_name_is_only_text(house: House, ana: Browser, path: str) -> None:
    house.charges.changed = {"guest": HOSTILE, "reason": HOSTILE, "destination": HOSTILE, "note": HOSTILE}
    reply = ana.get(path)
    assert HOSTILE in ana.page.text_content()
    assert b"<script>alert" not in reply.body


@pytest.mark.parametrize(
    "path",
    [
        "charges/99",
        "charges/x",
        "charges/99999999999999999999",
        "charges/99/paper",
        "calls/statement?stay=18",
        "calls/statement?stay=x",
        "calls/statement",
        "calls/reconciliation/7",
        "calls/reconciliation/x/csv",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(ana: Browser, path: str) -> None:
    assert ana.get(f"/desk/main/{path}").status == 404
    assert "There is no" in ana.text and ana.page.xpath("//p[@role='alert']")


def test_an_uncertain_charge_asks_for_the_folio_before_it_may_go_again(ana: Browser) -> None:
    ana.get(ONE)
    assert "Is it on the folio of 212?" in ana.text and "Post it again" not in ana.text
    assert ana.fields(f"{ONE}/retry")["on_folio"] == "yes"
    ana.get(f"{ONE}?folio=no")
    assert "Post it again" in ana.text and ana.fields(f"{ONE}/retry")["on_folio"] == "no"


def test_found_on_the_folio_counts_as_posted_by_name(house: House, ana: Browser) -> None:
    ana.get(ONE)
    assert ana.send(f"{ONE}/retry").status == 200
    _, _, id, request, actor, once, _ = asked(house, "retry")
    assert (id, request, actor.name) == (1, RetryRequest("ana", on_folio=True), "ana")
    assert once is not None and "to be posted" in ana.text


def test_nothing_to_click_on_the_page_of_a_charge_is_printed(house: House, ana: Browser) -> None:
    ana.get(ONE)
    (main,) = ana.page.xpath("//main")
    acts = main.xpath(".//form | .//button | .//a")
    assert acts and all(act.xpath("ancestor-or-self::*[contains(@class, 'noprint')]") for act in acts)


def test_it_goes_again_to_another_room_or_to_the_house(house: House, carl: Browser) -> None:
    carl.get(f"{ONE}?folio=no")
    carl.send(f"{ONE}/retry", to="room", room=" 305 ", reservation="1002", note="moved")
    assert asked(house, "retry")[3] == RetryRequest("carl", "moved", False, "305", "1002")
    carl.get(f"{ONE}?folio=no")
    carl.send(f"{ONE}/retry", to="account", room="305")
    assert asked(house, "retry")[3] == RetryRequest("carl", on_folio=False, account=True)


def test_another_room_must_be_named_and_what_was_typed_stays(house: House, ana: Browser) -> None:
    ana.get(f"{ONE}?folio=no")
    assert ana.send(f"{ONE}/retry", to="room", note="wrong bill").status == 409
    assert "Name the room whose guest is to have it." in ana.text
    assert ana.fields(f"{ONE}/retry")["note"] == "wrong bill" and ana.fields(f"{ONE}/retry")["to"] == "room"
    assert "retry" not in {one[0] for one in house.charges.asked}


def test_without_a_word_about_the_folio_it_is_refused_in_words(house: House, ana: Browser) -> None:
    ana.get(f"{ONE}?folio=no")
    assert ana.send(f"{ONE}/retry", on_folio="").status == 409
    assert "Is it on the folio?" in ana.text


def test_a_shared_room_asks_whose_by_the_reservations_there(house: House, ana: Browser) -> None:
    ana.get(f"{ONE}?folio=no")
    fields = ana.fields(f"{ONE}/retry")
    guests = [{"reservation": "1001"}, {"reservation": "1002"}]

    async def refused(*_: Any, **__: Any) -> Any:
        raise Refusal("which_guest", "2 guests are in room 212.", status=409, guests=guests)

    house.charges.retry = refused  # type: ignore[method-assign]
    assert ana.post(f"{ONE}/retry", {**fields, "to": "room", "room": "212"}).status == 409
    assert "Reservations there: 1001, 1002." in ana.text


def test_an_amount_is_asked_for_only_where_the_tariff_has_none(house: House, ana: Browser) -> None:
    ana.get(f"{ONE}?folio=no")
    assert "amount" not in ana.fields(f"{ONE}/retry")
    house.charges.changed = {"minor": 0, "amount": "0.00", "state": ChargeState.HELD}
    ana.get(ONE)
    ana.send(f"{ONE}/retry", amount="1,20", on_folio="no")
    assert asked(house, "retry")[3].amount == "1.20"


def test_a_charge_is_written_off_by_name_with_its_reason(house: House, carl: Browser) -> None:
    carl.get(ONE)
    assert carl.send(f"{ONE}/resolve", outcome="written_off", note="complained").status == 200
    request, actor = asked(house, "resolve")[3:5]
    assert request == ResolveRequest("carl", Resolution.WRITTEN_OFF, "complained")
    assert actor.name == "carl" and actor.origin.startswith("console ")


def test_one_that_is_queued_can_be_held_and_one_that_is_settled_only_read(house: House, ana: Browser) -> None:
    house.charges.changed = {"state": ChargeState.QUEUED}
    ana.get(ONE)
    assert ana.fields(f"{ONE}/resolve")["outcome"] == "held"
    house.charges.changed = {"state": ChargeState.POSTED}
    ana.get(ONE)
    assert decisions(ana) == []


def test_the_same_form_sent_twice_is_done_once(house: House, ana: Browser) -> None:
    ana.get(ONE)
    fields = ana.fields(f"{ONE}/retry")
    ana.post(f"{ONE}/retry", fields)
    assert ana.post(f"{ONE}/retry", fields).status == 200
    assert "This was done already." in ana.text


@pytest.mark.parametrize("path", [f"{ONE}/retry", f"{ONE}/resolve", f"{CALLS}/reconciliation"])
def test_a_viewer_and_a_strange_form_decide_nothing(
    house: House, ana: Browser, vera: Browser, path: str
) -> None:
    ana.get(ONE)
    good = ana.fields(f"{ONE}/retry")
    assert ana.post(path, {**good, "csrf": ""}).status == 403
    vera.get(CALLS)
    token = {name: vera.fields("/desk/logout")[name] for name in ("csrf", "mark")}
    assert vera.post(path, {**token, "on_folio": "yes", "outcome": "written_off"}).status == 403
    assert {"retry", "resolve"} & {one[0] for one in house.charges.asked} == set()
    assert "reconcile" not in {one[0] for one in house.reports.asked}


def test_it_is_told_when_number_name_and_charge_are_erased(house: House, ana: Browser) -> None:
    house.charges.changed = {
        "number_erased": date(2027, 2, 22),
        "guest_erased": None,
        "erased": date(2033, 12, 31),
    }
    ana.get(ONE)
    days = ana.page.xpath("//dl//time/@datetime")
    assert days == ["2027-02-22", "2033-12-31"]
    assert "22 Feb 2027" in ana.text and "after the guest has left" in ana.text


# --- on paper ---


def test_the_paper_for_the_guest_has_the_sum_and_a_masked_number(house: House, ana: Browser) -> None:
    ana.get(f"{ONE}/paper")
    assert asked(house, "charge")[3] is False
    assert "+4989920XXX" in ana.text and "+4989920920" not in ana.text
    assert "60 s x 0.50 per 60 s = 0.50" in ana.text


def test_the_statement_of_a_stay_is_for_those_who_have_to_do_with_bills(carl: Browser, vera: Browser) -> None:
    assert carl.get(f"{CALLS}/statement?stay=17").status == 200
    assert "Total 0.95 EUR" in carl.text
    assert carl.get(f"{CALLS}/statement?reservation=1001").status == 200
    assert vera.get(f"{CALLS}/statement?stay=17").status == 403
