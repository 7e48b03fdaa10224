"""The board in a real browser, before a real daemon: booked, rung, failed, heard, acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.bench import HotelBench
from tests.browser.looking import Console, expect
from tests.browser.people import log_in
from tests.browser.windows import Windows

if TYPE_CHECKING:
    from playwright.sync_api import Page

Until = Callable[..., Any]


def type_line(page: Page, line: str) -> None:
    """As a person at the keyboard does."""
    page.keyboard.press("w")
    page.keyboard.type(line)


def soon(hotel: HotelBench, seconds: float = 3) -> str:
    """A time of day that comes in so many seconds."""
    return f"{hotel.now() + timedelta(seconds=seconds, microseconds=999_999):%H:%M:%S}"


def calls_for_help(hotel: HotelBench, room: str) -> list[Any]:
    """The alarms about emergency calls of a room."""
    kinds = (one for one in hotel.api.all("alarms") if one["kind"] == "emergency_call")
    return [one for one in kinds if one["room"] == room]


def row(page: Page, room: str) -> Any:
    """The line of a room on the board."""
    return page.locator("#rows tbody tr").filter(has=page.locator("td.r", has_text=room))


def test_a_wakeup_is_booked_by_keyboard_alone_and_the_preview_says_before_what_will_happen(
    hotel: HotelBench, page: Page
) -> None:
    log_in(page, hotel)
    type_line(page, "211,212 0630 daily vip : tea")
    expect(page.locator("#preview")).to_contain_text("2 rooms, 211–212:")
    expect(page.locator("#preview")).to_contain_text("06:30")
    assert hotel.api.all("wakeups", room="211") == []  # nothing is done before Enter
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("then every day")
    expect(row(page, "211").first).to_contain_text("tea")
    [booked] = [one for one in hotel.api.all("wakeups", room="211")][:1]
    assert (booked["vip"], booked["created_by"], booked["local"][11:16]) == (True, "frontdesk", "06:30")
    expect(page.locator("#line")).to_have_value("")


def test_a_line_that_cannot_be_done_stays_and_says_why(
    hotel: HotelBench, page: Page, console: Console
) -> None:
    log_in(page, hotel)
    type_line(page, "999 0630")
    expect(page.locator("#preview")).to_contain_text("There is no room 999.")
    page.keyboard.press("Enter")
    expect(page.locator(".refusal")).to_contain_text("There is no room 999.")
    expect(page.locator("#line")).to_have_value("999 0630")


def test_a_ring_that_nobody_answers_is_pinned_heard_and_signed_by_name(
    hotel: HotelBench, page: Page, until: Until
) -> None:
    hotel.phone("203", "no-answer 1")
    log_in(page, hotel)
    page.evaluate(
        """() => { window.heard = []; const tone = document.getElementById('tone-alarm');
        tone.addEventListener('play', () => { if (!tone.muted) window.heard.push(Date.now()); }); }"""
    )
    type_line(page, f"203 {soon(hotel)}")
    page.keyboard.press("Enter")
    expect(row(page, "203")).to_contain_text("ringing", timeout=15_000)
    pinned = page.locator(".alarm[role=alert]").filter(has_text="203")
    pinned.wait_for(timeout=40_000)
    until(lambda: page.evaluate("window.heard.length") > 0, what="the alarm to be heard")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.get_by_label("woken by staff").check()
    page.get_by_label("Note").fill("knocked")
    page.get_by_role("button", name="Sign as frontdesk").click()
    expect(page.locator(".notice")).to_contain_text("Closed")
    assert hotel.alarms("203") == []
    [one] = hotel.api.all("wakeups", room="203")
    assert (one["state"], one["result"]) == ("closed", "woken_by_staff")
    page.goto(f"{hotel.url}/desk/main")
    expect(page.locator(".alarm")).to_have_count(0)


def test_muting_takes_the_sound_and_never_the_sign(hotel: HotelBench, page: Page, until: Until) -> None:
    hotel.phone("204", "no-answer 1")
    log_in(page, hotel)
    page.keyboard.press("m")
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    hotel.book("204")
    page.locator(".alarm[role=alert]").filter(has_text="204").wait_for(timeout=40_000)
    mine = page.evaluate("sessionStorage.getItem('screen')")
    [screen] = [one for one in hotel.api.all("consoles") if one["name"] == f"frontdesk #{mine}"]
    assert screen["visible"] and not screen["sound"]  # so that the second level is told at once


def test_two_browsers_see_each_others_changes_within_a_second(
    hotel: HotelBench, windows: Windows, until: Until
) -> None:
    one, other = windows.open(), windows.open()
    log_in(one, hotel)
    log_in(other, hotel, "admin")
    type_line(one, "215 0700")
    one.keyboard.press("Enter")
    expect(one.locator(".notice")).to_be_visible()
    expect(row(other, "215")).to_be_visible(timeout=1500)
    row(other, "215").locator("a").click()
    other.get_by_role("button", name="Cancel this wake-up").click()
    expect(other.locator(".notice")).to_contain_text("Cancelled")
    expect(row(one, "215")).to_have_count(0, timeout=1500)


def test_a_lost_connection_is_said_at_once_and_the_board_is_made_good_when_it_is_back(
    own_hotel: HotelBench, page: Page, console: Console
) -> None:
    hotel = own_hotel
    log_in(page, hotel)
    hotel.kill9()
    lost = page.locator("#lost")
    expect(lost).to_be_visible(timeout=3000)
    expect(lost).to_contain_text("Not connected since")
    hotel.start()
    hotel.book("210", after=600)
    expect(lost).to_be_hidden(timeout=15_000)
    expect(row(page, "210")).to_be_visible(timeout=3000)
    console.take("ERR_")  # the browser says on its console too that nobody was there


def test_a_page_left_open_across_an_upgrade_loads_itself_again_but_drops_nothing_that_is_typed(
    hotel: HotelBench, page: Page, console: Console
) -> None:
    log_in(page, hotel)
    page.evaluate("document.body.dataset.mark = 'of an older program'")
    with page.expect_event("load", timeout=30_000):
        hotel.kill9()
        hotel.start()
    page.wait_for_selector("#live.on")
    page.evaluate("document.body.dataset.mark = 'of an older program'")
    type_line(page, "211 06")
    hotel.kill9()
    hotel.start()
    expect(page.locator("#upgraded")).to_be_visible(timeout=20_000)
    expect(page.locator("#line")).to_have_value("211 06")
    for meant in ("ERR_", "htmx:"):  # nobody was there for a moment
        console.take(meant)


def test_an_emergency_call_takes_the_whole_screen_with_its_own_tone_until_somebody_signs(
    hotel: HotelBench, windows: Windows, until: Until
) -> None:
    board, rooms = windows.open(), windows.open()
    log_in(board, hotel)
    log_in(rooms, hotel, "admin", "/rooms")
    for page in (board, rooms):
        page.keyboard.press("Shift")  # a key unlocks the sound
        page.evaluate(
            """() => { window.heard = 0; const tone = document.getElementById('tone-emergency');
            tone.addEventListener('play', () => { window.heard += 1; }); }"""
        )
    hotel.dials("205", "112")
    for page in (board, rooms):
        screen = page.locator(".emergency")
        expect(screen).to_be_visible(timeout=5000)
        expect(screen).to_contain_text("205")
        until(lambda page=page: page.evaluate("window.heard") > 0, what="the tone of an emergency")
    board.get_by_label("What are you doing about it?").fill("went up")
    board.get_by_role("button", name="I have seen it").click()
    expect(board.locator(".notice")).to_be_visible()
    for page in (board, rooms):
        expect(page.locator(".emergency")).to_have_count(0, timeout=5000)
    [alarm] = calls_for_help(hotel, "205")
    assert (alarm["acknowledged_by"], alarm["note"]) == ("frontdesk", "went up")


def test_a_booking_without_an_answer_is_said_and_goes_again_once(
    own_hotel: HotelBench, page: Page, console: Console
) -> None:
    hotel = own_hotel
    log_in(page, hotel)
    type_line(page, "211 0630")
    expect(page.locator("#preview")).to_contain_text("Room 211")
    hotel.kill9()
    page.keyboard.press("Enter")
    expect(page.locator("#unsent")).to_be_visible()
    expect(page.get_by_role("button", name="Book")).to_be_enabled()
    hotel.start()
    expect(page.locator("#lost")).to_be_hidden(timeout=15_000)
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Room 211")
    expect(page.locator("#unsent")).to_be_hidden()
    assert len(hotel.api.all("wakeups", room="211")) == 1
    console.take("ERR_")
    console.take("htmx:")


def test_an_emergency_call_takes_the_keyboard_and_leaves_the_line_as_it_was(
    hotel: HotelBench, page: Page
) -> None:
    log_in(page, hotel)
    type_line(page, "214 09")
    hotel.dials("213", "112")
    expect(page.locator(".emergency")).to_be_focused(timeout=15_000)
    page.keyboard.type("15")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    expect(page.locator(".emergency")).to_be_visible()
    assert page.url.endswith("/desk/main")
    page.keyboard.press("Tab")
    page.keyboard.type("on my way")
    page.keyboard.press("Enter")
    page.wait_for_url("**/acknowledge")
    [alarm] = calls_for_help(hotel, "213")
    assert (alarm["acknowledged_by"], alarm["note"]) == ("frontdesk", "on my way")
    assert hotel.api.all("wakeups", room="214") == []


def test_the_clock_is_the_hotels_wherever_the_browser_stands(hotel: HotelBench, page: Page) -> None:
    log_in(page, hotel)
    shown = page.locator("#clock").inner_text()
    assert shown in (f"{hotel.now():%H:%M}", f"{hotel.now() - timedelta(minutes=1):%H:%M}")


def test_lines_are_chosen_opened_and_cancelled_by_keys(hotel: HotelBench, page: Page) -> None:
    hotel.book("216", after=3000)
    log_in(page, hotel)
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.chosen")).to_contain_text("216")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wakeups/*")
    page.get_by_role("button", name="Cancel this wake-up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Cancelled")
    page.keyboard.press("1")
    page.wait_for_url("**/desk/main")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_board_alarm_wakeup_and_door(
    hotel: HotelBench, page: Page, axe: Callable[..., list[str]], scheme: Any, until: Until
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{hotel.url}/desk/login")
    assert axe() == []
    hotel.phone("205", "no-answer 1")
    booked = hotel.book("205")
    log_in(page, hotel)
    hotel.book("206", after=3000, note="tea")
    page.locator(".alarm[role=alert]").wait_for(timeout=40_000)
    assert axe() == []
    [alarm] = hotel.alarms("205")
    for path in ("/alarms", f"/alarms/{alarm['id']}", f"/wakeups/{booked['id']}", "/me"):
        page.goto(f"{hotel.url}/desk/main{path}")
        assert axe() == [], path


def test_everything_can_be_read_at_360_pixels_and_at_twice_the_size(hotel: HotelBench, page: Page) -> None:
    hotel.book("206", after=3000, note="a note that is rather long, so that it has to break somewhere")
    log_in(page, hotel)
    for width in (360, 720):  # 720 at twice the size is what 1440 shows
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_screens_of_board_alarms_and_door(
    hotel: HotelBench, page: Page, screens: Callable[[str], Any]
) -> None:
    hotel.phone("207", "no-answer 1")
    page.goto(f"{hotel.url}/desk/login")
    screens("login")
    for room in ("208", "209", "210"):
        hotel.book(room, after=2)
    failed = hotel.book("207")
    log_in(page, hotel)
    type_line(page, "211:214 0630")
    page.keyboard.press("Enter")
    page.locator(".alarm[role=alert]").wait_for(timeout=40_000)
    screens("board")
    page.goto(f"{hotel.url}/desk/main/alarms")
    screens("alarms")
    page.goto(f"{hotel.url}/desk/main/wakeups/{failed['id']}")
    screens("wakeup")
    [alarm] = hotel.alarms("207")
    page.goto(f"{hotel.url}/desk/main/alarms/{alarm['id']}")
    screens("alarm")
