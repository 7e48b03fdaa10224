"""What a test does with a page beside Playwright's own: wait, ask axe, photograph, read the console."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

T = TypeVar("T")
BUILD = Path(__file__).parents[2] / "build"
SCREENS = BUILD / "screens"
SIZES = ((1440, 900), (390, 844))
SCHEMES = ("light", "dark")
PATIENCE = 10.0  # seconds
EVERY = 50  # milliseconds between two looks
ICON = "/favicon.ico:"  # Chromium asks for it by itself, at the first page of an address that names none
AXE = Path(__file__).with_name("vendor") / "axe.min.js"


def expect(what: Any, message: str | None = None) -> Any:
    """Playwright's `expect`, for modules that are read also where Playwright is not installed."""
    from playwright.sync_api import expect as playwrights

    return playwrights(what, message)


def wait_until(page: Page, is_so: Callable[[], T], within: float = PATIENCE, what: str = "") -> T:
    """Look again and again until it is so; what it was then. The page lives on meanwhile."""
    end = time.monotonic() + within
    while not (found := is_so()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s: {what or is_so.__name__}; it was {found!r}")
        page.wait_for_timeout(EVERY)
    return found


@cache
def _axe() -> str:
    return AXE.read_text("utf-8") + "\n;0"


def axe(page: Page, within: str | None = None, **options: Any) -> list[str]:
    """The violations that axe finds in the page, or in what a selector names: a line for each element.

    `options` are those of `axe.run`. Evaluated from outside: a content security policy does not hinder it.
    """
    page.evaluate(_axe())
    found = page.evaluate(
        "([within, options]) => axe.run(within || document, options).then(done => done.violations)",
        [within, options],
    )
    return [_line(rule, node) for rule in found for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    where = " ".join(str(part) for part in node["target"])
    return f"{rule['id']} ({rule['impact']}): {rule['help']}: {where}: {node['html'][:200]}"


def photograph(page: Page, name: str, folder: Path = SCREENS) -> list[Path]:
    """The page as a desk's screen and as a telephone show it, by day and by night."""
    folder.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    taken = [_shot(page, folder, name, size, scheme) for size in SIZES for scheme in SCHEMES]
    page.emulate_media(color_scheme="light")
    if before is not None:
        page.set_viewport_size(before)
    return taken


def _shot(page: Page, folder: Path, name: str, size: tuple[int, int], scheme: Any) -> Path:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    path = folder / f"{name}-{width}x{height}-{scheme}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    return path


class Console:
    """What the pages of a test said to their consoles. An error fails the test, unless it is taken out."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.errors: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        """To every page of this context."""
        context.on("console", lambda message: self._said(message.type, f"{message.text}{_place(message)}"))
        context.on("weberror", lambda error: self._said("error", f"uncaught: {error.error.stack}"))

    def take(self, containing: str = "") -> list[str]:
        """The errors with these words in them; they are forgiven."""
        taken = [one for one in self.errors if containing in one]
        self.errors = [one for one in self.errors if containing not in one]
        return taken

    def _said(self, kind: str, words: str) -> None:
        self.lines.append(f"{kind}: {words}")
        if kind == "error" and ICON not in words:
            self.errors.append(words)


def _place(message: Any) -> str:
    place = message.location
    return f" ({place['url']}:{place['lineNumber'] + 1})" if place.get("url") else ""
