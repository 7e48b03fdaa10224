"""Who did what, in a real browser and daemon."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.bench import HotelBench
from tests.browser.looking import Console, expect
from tests.browser.people import log_in, password_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

Axe = Callable[..., list[str]]


def much_is_done(hotel: HotelBench, page: Page, console: Console) -> dict[str, Any]:
    """Two logins, one of them refused; a wake-up with its change and end; a shift that goes."""
    log_in(page, hotel, path="/handover")
    page.get_by_label("To the next shift").fill("tea for 216")
    page.get_by_role("button", name="Sign as frontdesk").click()
    expect(page.locator(".notice")).to_contain_text("Signed by frontdesk.")
    page.context.clear_cookies()
    password_of(hotel, "admin")
    page.goto(f"{hotel.url}/desk/login")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert console.take("401")
    booked = hotel.book("216", 7200, note="tea")
    hotel.api.ask("DELETE", f"wakeups/{booked['id']}?by=Bench")
    hotel.typed("user", "role", "frontdesk", "viewer")
    hotel.typed("user", "role", "frontdesk", "frontdesk")
    log_in(page, hotel, role="admin")
    return booked


@pytest.mark.parametrize("path", ["/audit", "/audit?room=216", "/audit?by=nobody"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    hotel: HotelBench, page: Page, axe: Axe, path: str, scheme: Any
) -> None:
    hotel.book("216", 7200, note="tea")
    page.emulate_media(color_scheme=scheme)
    log_in(page, hotel, role="admin", path=path)
    assert axe() == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_admin_reads_who_did_what_and_is_led_to_it(
    hotel: HotelBench, page: Page, console: Console
) -> None:
    booked = much_is_done(hotel, page, console)
    page.locator("summary").filter(has_text="admin").click()
    page.get_by_role("link", name="Who did what").click()
    rows = page.locator("table.audit tbody tr[id]")
    expect(rows.nth(0)).to_contain_text("Logged in")
    expect(rows.nth(1)).to_contain_text("Role of a user changed")
    refused = rows.filter(has_text="Login refused").first
    expect(refused).to_contain_text("A login as admin was refused: the password is wrong")
    expect(page.locator("main")).not_to_contain_text("not the password")
    expect(rows.filter(has_text="Handed over").first).to_contain_text("frontdesk")
    page.get_by_label("Room").fill("216")
    page.get_by_role("button", name="Show").click()
    expect(rows.nth(0)).to_contain_text("Wake-up cancelled")
    rows.nth(0).get_by_role("link", name=f"Wake-up {booked['id']}").last.click()
    page.wait_for_url(f"**/wakeups/{booked['id']}")


def test_a_role_that_is_taken_away_is_gone_at_the_next_page(
    hotel: HotelBench, page: Page, console: Console
) -> None:
    log_in(page, hotel, role="admin", path="/audit")
    expect(page.locator("h1")).to_have_text("Who did what")
    hotel.typed("user", "role", "--yes", "admin", "viewer")
    try:
        answer = page.reload()
        assert answer is not None and answer.status == 403
        assert console.take("403")
    finally:
        hotel.typed("user", "role", "admin", "admin")
    page.reload()
    expect(page.locator("h1")).to_have_text("Who did what")


def test_screens_of_who_did_what(
    hotel: HotelBench, page: Page, console: Console, screens: Callable[[str], Any]
) -> None:
    much_is_done(hotel, page, console)
    page.goto(f"{hotel.url}/desk/main/audit")
    screens("audit")
