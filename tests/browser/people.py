"""People at the console: each role has a login, made once by the command that an integrator would type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.bench import HotelBench

if TYPE_CHECKING:
    from playwright.sync_api import Page

_passwords: dict[tuple[str, str], str] = {}


def password_of(hotel: HotelBench, role: str) -> str:
    """The password of the user named like his role."""
    key = str(hotel.config), role
    if key not in _passwords:
        _passwords[key] = hotel.typed("user", "add", role, "--role", role, "--generate").split()[-1]
    return _passwords[key]


def log_in(page: Page, hotel: HotelBench, role: str = "frontdesk", path: str = "") -> None:
    """Enter at the door, by keyboard, and go to a page of the first hotel."""
    password = password_of(hotel, role)
    page.goto(f"{hotel.url}/desk/{hotel.facts['properties'][0]}{path}")
    page.get_by_label("Name").fill(role)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_selector("#live.on")
