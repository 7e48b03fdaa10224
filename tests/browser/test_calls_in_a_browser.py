"""Calls and charges in a real browser, before a real daemon and a PMS that refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.bench import Facts, HotelBench
from tests.browser.looking import Console, expect
from tests.browser.people import log_in
from tests.browser.windows import Windows

if TYPE_CHECKING:
    from playwright.sync_api import Page

Until = Callable[..., Any]
GERMANY = "004989920920"
PAGES = ("", "/charges", "/records", "/reports?by=room", "/reports?by=day", "/reconciliation")
NARROW = 360  # pixels


def charge_of(hotel: HotelBench, room: str, state: str) -> Facts | None:
    """The newest charge of a room, if it stands so."""
    found = hotel.api.all("charges", room=room)
    return found[0] if found and found[0]["state"] == state else None


def refused(hotel: HotelBench, until: Until, room: str) -> Facts:
    """A call from a room whose charge the PMS does not take."""
    hotel.pms("pa once np NO POST FLAG")
    hotel.dials(room, GERMANY)
    found: Facts = until(lambda: charge_of(hotel, room, "refused"), within=20)
    return found


def today(hotel: HotelBench) -> str:
    """The days of a report of what has just been."""
    return f"from={hotel.now():%Y-%m-%d}&to={hotel.now():%Y-%m-%d}"


def test_a_refused_charge_comes_by_itself_and_goes_again_by_keyboard(
    hotel: HotelBench, page: Page, until: Until
) -> None:
    log_in(page, hotel, path="/calls")
    charge = refused(hotel, until, "206")
    line = page.locator(f"#c{charge['id']}")
    expect(line).to_contain_text("NO POST FLAG")
    expect(page.locator("#decide-count")).not_to_be_hidden()
    line.locator("a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Room 206")
    expect(page.locator(".check")).to_contain_text("it comes to the same")
    page.get_by_role("button", name="Post it again").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("under a new number")
    assert until(lambda: charge_of(hotel, "206", "posted"), within=20)["by"] == "frontdesk"


def test_writing_off_wants_a_reason_and_accounting_is_told_no_name(
    hotel: HotelBench, page: Page, windows: Windows, until: Until, console: Console
) -> None:
    charge = refused(hotel, until, "207")
    other = windows.open()
    log_in(other, hotel, "accounting", f"/charges/{charge['id']}")
    assert charge["guest"] and charge["guest"] not in other.content()
    other.get_by_role("button", name="Write it off").click()
    expect(other.locator(".refusal")).to_contain_text("Say in a note why")
    assert console.take("409")
    other.get_by_label("Why").fill("line was bad")
    other.get_by_role("button", name="Write it off").click()
    expect(other.locator(".notice")).to_contain_text("is written off")
    expect(other.locator(".story")).to_contain_text("written off by accounting")
    assert hotel.api.ask("GET", f"charges/{charge['id']}")["note"] == "line was bad"


def test_a_report_is_downloaded_and_a_night_is_counted_at_a_word(
    hotel: HotelBench, page: Page, until: Until, tmp_path: Path
) -> None:
    hotel.dials("208", GERMANY)
    until(lambda: charge_of(hotel, "208", "posted"), within=20)
    log_in(page, hotel, path="/calls/reports")
    page.get_by_role("link", name="Today").click()
    expect(page.locator("tbody th", has_text="208")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="As CSV").click()
    assert download.value.suggested_filename.startswith("calls-by-room-")
    download.value.save_as(tmp_path / "kept.csv")
    assert "208," in (tmp_path / "kept.csv").read_text("utf-8")
    page.get_by_role("link", name="Reconciliation").click()
    for field in ("From", "To"):
        page.get_by_label(field).fill(f"{hotel.now():%Y-%m-%d}")
    page.get_by_role("button", name="Count").click()
    expect(page.locator("h1")).to_contain_text(f"{hotel.now():%Y}")
    expect(page.locator("tfoot")).to_contain_text("Difference")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    hotel: HotelBench, page: Page, axe: Callable[..., list[str]], scheme: Any, until: Until
) -> None:
    charge = refused(hotel, until, "209" if scheme == "light" else "210")
    log_in(page, hotel)
    page.emulate_media(color_scheme=scheme)
    base = page.url.partition("/desk/main")[0] + "/desk/main"
    one = f"/charges/{charge['id']}"
    for path in (*(f"/calls{name}" for name in PAGES), one, f"{one}/paper", f"{one}?folio=no"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(base + path)
        assert axe() == [], path
        page.set_viewport_size({"width": NARROW, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, path


def test_screens_of_calls_and_charges(
    hotel: HotelBench, page: Page, screens: Callable[[str], Any], until: Until
) -> None:
    charge = refused(hotel, until, "211")
    log_in(page, hotel, path="/calls")
    screens("calls-to-decide")
    base = page.url.partition("/calls")[0]
    for name, path in (
        ("charges", "/calls/charges"),
        ("report", f"/calls/reports?{today(hotel)}"),
        ("charge", f"/charges/{charge['id']}"),
        ("reconciliation", "/calls/reconciliation"),
    ):
        page.goto(base + path)
        screens(f"calls-{name}")
