"""Links, recorder, resyncs, paper, search, sheets and the change of shift in a real browser and daemon."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.bench import HotelBench
from tests.browser.looking import expect
from tests.browser.people import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

Until = Callable[..., Any]
Axe = Callable[..., list[str]]
SHEET = "Crew OS 87\nRoom;Name;Pick-up\n216;Okafor;0735\n217;Lindqvist;0750\n999;Nobody;0735\n"
PAGES = (
    "/links",
    "/recorder",
    "/recorder/r1",
    "/resyncs",
    "/resyncs/1",
    "/night",
    "/wakeups",
    "/wakeups?order=1-9&up=1&day=",
    "/sheet",
    "/handover",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    hotel: HotelBench, page: Page, axe: Axe, path: str, scheme: Any
) -> None:
    hotel.book("216", 7200, note="tea")
    page.emulate_media(color_scheme=scheme)
    log_in(page, hotel)
    page.goto(f"{page.url}{path}")
    page.wait_for_selector("#live.on")
    assert axe() == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_link_that_goes_down_is_told_without_a_reload(hotel: HotelBench, page: Page) -> None:
    log_in(page, hotel, path="/links")
    pms = page.locator("#links-state tr").filter(has_text="data flowing")
    expect(pms).to_contain_text("● alive")
    hotel.pms("refuse")
    hotel.pms("drop")
    try:
        expect(page.locator("#links-state")).to_contain_text("✕ not connected", timeout=35_000)
    finally:
        hotel.pms("open")
    expect(page.locator("#links-state")).to_contain_text("● data flowing", timeout=60_000)


def test_what_the_pms_says_is_read_in_words_and_its_body_is_unfolded(
    hotel: HotelBench, page: Page, until: Until
) -> None:
    hotel.pms('gi 224 2240 "<i>Quill</i>, Ada" language=EA')
    until(lambda: "Quill" in str(hotel.api.ask("GET", "rooms/224")), what="the guest to be in")
    log_in(page, hotel)
    page.goto(f"{page.url}/recorder?room=224&link=pms")
    line = page.locator("tbody tr").filter(has_text="<i>Quill</i>, Ada").first
    expect(line).to_contain_text("from pms")
    body = line.locator("pre")
    expect(body).to_be_hidden()
    line.locator("summary").click()
    expect(body).to_contain_text("RN224")
    line.locator("a").click()
    expect(page.locator("main")).to_contain_text("What it changed")
    hotel.pms("go 224")


def test_a_sheet_is_pasted_looked_at_and_booked_and_who_is_up_is_shown_live(
    hotel: HotelBench, page: Page, until: Until
) -> None:
    log_in(page, hotel, path="/sheet")
    page.locator("textarea").fill(SHEET)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("main")).to_contain_text("There is no room 999.")
    assert hotel.api.all("wakeups", room="216", open="true") == []
    page.get_by_role("button", name="Book 2 wake-ups").click()
    expect(page.locator(".refusal")).to_contain_text(
        "2 wake-ups are booked · 1 line is not · 2 lines left out"
    )
    expect(page.locator("textarea")).to_have_value("Room;Name;Pick-up\n999;Nobody;0735")
    [booked] = hotel.api.all("wakeups", room="216", open="true")
    assert (booked["local"][11:16], booked["note"]) == ("06:45", "Okafor")
    page.get_by_role("link", name="Who is up, live").click()
    expect(page.locator("#found .big")).to_contain_text("2to come")
    hotel.api.ask("DELETE", f"wakeups/{booked['id']}?by=Bench")
    expect(page.locator(f"#w{booked['id']}")).to_contain_text("cancelled")
    expect(page.locator("#found .big")).to_contain_text("1to come")


def test_an_order_of_many_days_is_found_and_ended_by_keyboard(hotel: HotelBench, page: Page) -> None:
    order = hotel.api.ask("POST", "wakeups", {"room": "218", "time": "06:30", "days": ["mon", "fri"]})[
        "order"
    ]
    log_in(page, hotel)
    page.goto(f"{page.url}/wakeups?order={order}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="End it for all days to come").press("Enter")
    expect(page.locator(".notice")).to_contain_text("Ended for all days to come")
    assert hotel.api.ask("GET", f"orders/{order}")["ended_at"] is not None


def test_the_night_list_prints_without_what_surrounds_it(hotel: HotelBench, page: Page) -> None:
    hotel.book("216", 7200, note="tea")
    log_in(page, hotel, path="/night")
    expect(page.locator("table.nightly").first).to_contain_text("216")
    page.emulate_media(media="print")
    for around in ("header", ".filters", ".tabs"):
        expect(page.locator(around).first).to_be_hidden()
    expect(page.locator("table.nightly").first).to_be_visible()
    page.emulate_media(media="screen")


def test_what_one_shift_leaves_is_read_by_the_next(hotel: HotelBench, page: Page) -> None:
    log_in(page, hotel, path="/handover")
    page.get_by_label("To the next shift").fill("tea for 216, <b>hot</b>")
    page.get_by_role("button", name="Sign as frontdesk").click()
    expect(page.locator(".notice")).to_contain_text("Signed by frontdesk.")
    expect(page.locator(".story li").first).to_contain_text("tea for 216, <b>hot</b>")


def test_a_resync_that_would_end_a_stay_with_a_wake_up_is_shown_and_dismissed_by_name(
    hotel: HotelBench, page: Page, axe: Axe, until: Until
) -> None:
    guest = {"guest": "Walk-in, Wanda", "reservation": "W225"}  # whom the PMS does not know
    hotel.api.ask("POST", "rooms/225/check-in", guest)
    booked = hotel.book("225", 7200)
    hotel.pms("resync")
    asking = until(lambda: [one for one in _resyncs(hotel) if one["state"] == "asking"])
    log_in(page, hotel, path="/resyncs")
    page.locator(f"#s{asking[0]['id']} a").click()
    expect(page.locator("tbody")).to_contain_text("− would go")
    expect(page.locator("tbody")).to_contain_text("Walk-in, Wanda")
    expect(page.locator("tbody")).to_contain_text("○ wake-up")
    assert axe() == []
    page.get_by_role("button", name="Dismiss: all stays as it is here").click()
    expect(page.locator(".lead")).to_contain_text("dismissed")
    assert hotel.wakeup(booked["id"])["state"] == "scheduled"
    hotel.api.ask("POST", "rooms/225/check-out", {"anyway": True})


def _resyncs(hotel: HotelBench) -> list[dict[str, Any]]:
    return list(hotel.api.ask("GET", "resyncs")["items"])
