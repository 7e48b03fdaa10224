"""The rooms in a real browser, before a real daemon: found, checked in, moved, checked out, seen at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from hotelbridge.demo.deskline import Refused
from tests.browser.bench import HotelBench
from tests.browser.looking import Console, expect
from tests.browser.people import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

REFUSED = "409 (Conflict)"  # what a browser writes to its console about a page that says no


@pytest.fixture
def vacant(hotel: HotelBench) -> str:
    """A room in which nobody is, whatever an earlier test has left there."""
    for room in ("224", "225"):
        with suppress(Refused):
            hotel.api.ask("POST", f"rooms/{room}/check-out", {"all": True, "anyway": True})
    return "224"


def test_rooms_are_found_while_one_types_and_opened_by_keyboard(hotel: HotelBench, page: Page) -> None:
    log_in(page, hotel, path="/rooms")
    expect(page.locator("a.tile")).to_have_count(25)
    page.keyboard.press("/")
    page.keyboard.type("213")
    expect(page.locator("a.tile")).to_have_count(1)
    assert page.url.endswith("/rooms?q=213")
    page.keyboard.press("Tab")  # out of the field
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rooms/213")
    expect(page.locator("h1")).to_contain_text("Room 213")


def test_tiles_or_list_stands_in_the_address(hotel: HotelBench, page: Page) -> None:
    log_in(page, hotel, path="/rooms")
    page.get_by_role("link", name="List").click()
    page.get_by_role("link", name="5 vacant").click()
    page.reload()
    expect(page.locator("tr[data-row]")).to_have_count(5)


def test_a_guest_of_the_pms_appears_on_the_tile_without_a_look(
    hotel: HotelBench, page: Page, vacant: str
) -> None:
    log_in(page, hotel, path="/rooms")
    tile = page.locator("a.tile").filter(has_text=vacant)
    expect(tile).to_contain_text("vacant")
    hotel.pms(f'gi {vacant} 2924 "Huber <b>Anna</b>" language=GE vip=1')
    expect(tile).to_contain_text("Huber <b>Anna</b> VIP")
    expect(tile).to_contain_text("occupied · German")
    hotel.pms(f"go {vacant}")
    expect(tile).to_contain_text("vacant")


def test_what_can_be_done_in_a_room_follows_the_guests_and_takes_nothing_from_who_types(
    hotel: HotelBench, page: Page, vacant: str
) -> None:
    log_in(page, hotel, path=f"/rooms/{vacant}")
    expect(page.locator("#check-out")).to_have_count(0)
    hotel.pms(f'gi {vacant} 2931 "Huber, Anna"')
    expect(page.locator("#check-out")).to_have_count(1)
    expect(page.locator("#room-story")).to_contain_text("checked in")
    page.get_by_label("Time, and what else is to be said").fill("0630 : tea")
    page.locator("h1").click()
    hotel.pms(f"go {vacant}")
    expect(page.locator("#room-facts")).to_contain_text("vacant")
    page.wait_for_timeout(1500)
    expect(page.get_by_label("Time, and what else is to be said")).to_have_value("0630 : tea")
    page.get_by_label("Time, and what else is to be said").fill("")
    page.locator("h1").click()
    expect(page.locator("#check-out")).to_have_count(0)


def test_the_desk_checks_in_books_moves_and_checks_out_with_what_hangs_on_the_guest(
    hotel: HotelBench, page: Page, vacant: str, console: Console
) -> None:
    """B7: nothing ends before it was shown."""
    log_in(page, hotel, path=f"/rooms/{vacant}")
    page.locator("#check-in").get_by_label("Guest").fill("Okafor, Ada")
    page.locator("#check-in").get_by_label("Reservation").fill("2925")
    page.locator("#check-in").get_by_role("button", name="Check in").click()
    expect(page.locator(".notice")).to_contain_text(f"Reservation 2925 checked in to {vacant}.")
    expect(page.locator("#room-facts")).to_contain_text("Okafor, Ada")
    page.keyboard.press("w")
    page.keyboard.type("0630")
    expect(page.locator("#preview")).to_contain_text(f"Room {vacant}:")
    page.keyboard.press("Enter")
    expect(page.locator("#room-facts")).to_contain_text("06:30")
    page.get_by_text("Move to another room").click()
    page.get_by_label("To room").fill("201")
    page.get_by_role("button", name="Move").click()
    expect(page.locator(".refusal")).to_contain_text("Somebody is in room 201 already")
    assert console.take(REFUSED)
    page.get_by_label("To room").fill("225")
    page.get_by_role("button", name="Move").click()
    page.get_by_role("link", name="To room 225").click()
    expect(page.locator("#check-out")).to_contain_text("1 wake-up pending")
    page.get_by_role("button", name="Check out").click()  # the choice is missing: nothing is sent
    expect(page.locator("#room-facts")).to_contain_text("occupied")
    page.get_by_label("Cancel them").check()
    page.get_by_role("button", name="Check out").click()
    expect(page.locator(".notice")).to_contain_text("checked out")
    assert hotel.api.all("wakeups", room="225", open="true") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_rooms_room_and_journal(
    hotel: HotelBench, page: Page, axe: Callable[..., list[str]], scheme: Any, vacant: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    hotel.book("201", after=3000, note="tea")
    log_in(page, hotel, path="/rooms")
    for path in (
        "/rooms",
        "/rooms?view=list",
        "/rooms/201",
        f"/rooms/{vacant}",
        "/journal",
        "/rooms?q=nobody",
    ):
        page.goto(f"{hotel.url}/desk/main{path}")
        assert axe() == [], path


def test_rooms_can_be_read_at_360_pixels_and_at_twice_the_size(hotel: HotelBench, page: Page) -> None:
    hotel.book("201", after=3000, note="a note that is rather long, so that it has to break somewhere")
    log_in(page, hotel, path="/rooms")
    for path in ("/rooms", "/rooms?view=list", "/rooms/201", "/rooms/225", "/journal"):
        page.goto(f"{hotel.url}/desk/main{path}")
        for width in (360, 720):  # 720 at twice the size is what 1440 shows
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_screens_of_rooms(hotel: HotelBench, page: Page, screens: Callable[[str], Any]) -> None:
    hotel.book("201", after=3000, note="tea")
    log_in(page, hotel, path="/rooms")
    for name, path in (("rooms", "/rooms"), ("room-list", "/rooms?view=list"), ("room", "/rooms/201")):
        page.goto(f"{hotel.url}/desk/main{path}")
        screens(name)
