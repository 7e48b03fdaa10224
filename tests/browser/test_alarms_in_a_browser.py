"""What comes between an alarm and the person it is for, in a real browser: failed pieces, windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.browser.bench import HotelBench
from tests.browser.looking import Console, expect
from tests.browser.people import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The words of the list, in Latin letters, that stand on more than one line.
BROKEN = """[...document.querySelectorAll('.todo td')].flatMap(cell => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = []
    for (let text; (text = texts.nextNode());) {
        if (text.parentElement.closest('option, .away')) continue
        for (const word of text.data.matchAll(/[A-Za-z\u00c0-\u024f]{2,}/g)) {
            const range = document.createRange()
            range.setStart(text, word.index)
            range.setEnd(text, word.index + word[0].length)
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)))
            if (lines.size > 1) broken.push(word[0])
        }
    }
    return broken
})"""


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


def test_the_list_of_an_outage_can_be_worked_off_on_a_phone_in_every_language(
    own_hotel: HotelBench, page: Page, until: Callable[..., Any]
) -> None:
    rooms = ("201", "202", "222")
    own_hotel.pms('gi 222 9222 "Schweinsberger-Hohenlohe, Maximilian"')
    own_hotel.exchange("cut")
    for room in rooms:
        own_hotel.book(room)
    [alarm] = until(lambda: [one for one in own_hotel.alarms() if len(one["items"]) == len(rooms)], 60)
    page.set_viewport_size({"width": 1440, "height": 900})
    log_in(page, own_hotel)
    for language in ("en", "de", "zh"):
        if language != "en":
            page.locator(f"header button[name=language][value={language}]").evaluate("it => it.click()")
        page.wait_for_selector(f"html[lang={language}]")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{own_hotel.url}/desk/main")
        expect(page.locator(".alarm[role=alert]").first).to_contain_text("201–202, 222")
        page.goto(f"{own_hotel.url}/desk/main/alarms/{alarm['id']}")
        for width in (360, 390, 720):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)
            for button in page.locator(".todo button").all():
                box = button.bounding_box()
                assert box and box["x"] + box["width"] <= width, (language, width)
            assert page.evaluate(BROKEN) == [], (language, width)
        for path in ("/resyncs", "/handover", ""):
            page.goto(f"{own_hotel.url}/desk/main{path}")
            page.set_viewport_size({"width": 360, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (language, path)
