"""What comes between an alarm and the person it is for, in a real browser: failed pieces, windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.bench import HotelBench
from tests.browser.looking import Console, expect
from tests.browser.people import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_an_answer_that_is_no_piece_takes_neither_the_alarms_nor_their_sound_from_the_page(
    hotel: HotelBench, page: Page, console: Console
) -> None:
    """A1: a proxy or an outage answers in place of the program, once; the alarm comes after it."""
    hotel.phone("204", "no-answer 1")
    log_in(page, hotel)
    proxy = {"status": 502, "content_type": "text/html", "body": "<h1>Bad Gateway</h1>"}
    page.route("**/standing", lambda route: route.fulfill(**proxy))
    with page.expect_response("**/standing"):
        page.evaluate("htmx.trigger('#standing', 'refresh')")
    page.unroute("**/standing")
    hotel.book("204")
    expect(page.locator("#standing")).to_have_attribute("data-loud", "alarm", timeout=40_000)
    console.take("502")


def test_a_call_for_help_is_over_whatever_window_is_open(hotel: HotelBench, page: Page) -> None:
    log_in(page, hotel)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    hotel.dials("206", "112")
    expect(page.locator(".emergency")).to_be_visible(timeout=15_000)
    expect(page.locator("#keys")).not_to_be_visible()
    page.get_by_label("What are you doing about it?").fill("on my way")
    page.get_by_role("button", name="I have seen it: frontdesk").click()
    expect(page.locator(".emergency")).to_have_count(0)


def test_who_goes_from_page_to_page_is_still_heard_meanwhile(hotel: HotelBench, page: Page) -> None:
    """A1: the second level is not called because somebody at the desk opens the alarm."""
    log_in(page, hotel)
    page.keyboard.press("Escape")
    expect(page.locator("#sound")).to_have_text("Sound on")
    screen = page.evaluate("sessionStorage.getItem('screen')")
    mine = f"frontdesk #{screen}"

    def heard() -> bool:
        return next(one["sound"] for one in hotel.api.all("consoles") if one["name"] == mine)

    page.wait_for_timeout(500)
    assert heard()
    page.goto(f"{hotel.url}/desk/main/alarms")
    expect(page.locator("#live")).to_have_class("live on")
    page.wait_for_timeout(1500)
    assert heard()
