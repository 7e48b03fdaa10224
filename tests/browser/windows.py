"""The browser's windows of one test: each page in a context of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.browser.evidence import Evidence
from tests.browser.looking import PATIENCE, Console
from tests.browser.missing import program

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

FLAGS = (
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Far from the hotel: a page that shows the browser's time instead of the hotel's is seen at once.
USUAL: dict[str, Any] = {
    "viewport": {"width": 1440, "height": 900},
    "locale": "en-GB",
    "timezone_id": "Pacific/Auckland",
    "reduced_motion": "reduce",
    "color_scheme": "light",
}


def launch(playwright: Playwright) -> Browser:
    """The browser that is installed on this machine, without a window."""
    return playwright.chromium.launch(executable_path=program(), args=list(FLAGS))


class Windows:
    """Opens pages, and closes them all."""

    def __init__(self, browser: Browser, console: Console) -> None:
        self._browser = browser
        self.console = console
        self.pages: list[Page] = []

    def open(self, **options: Any) -> Page:
        """One more page, as in a browser of another person. `options` as of Playwright's `new_context`."""
        context = self._browser.new_context(**{**USUAL, **options})
        context.set_default_timeout(PATIENCE * 1000)
        self.console.listen(context)
        page = context.new_page()
        self.pages.append(page)
        return page

    def hear_out(self) -> None:
        """What the pages have said until now has arrived: a question comes behind it."""
        for page in self.pages:
            with suppress(_playwrights_error()):  # closed by the test, or crashed
                page.evaluate("0")

    def close(self) -> None:
        """All of them."""
        for page in self.pages:
            page.context.close()

    def leave(self, evidence: Evidence) -> None:
        """What they show, and what they said."""
        for number, page in enumerate(self.pages, 1):
            with suppress(_playwrights_error()):
                page.screenshot(path=evidence.place(f"page-{number}.png"))
        evidence.place("console.txt").write_text("".join(f"{line}\n" for line in self.console.lines), "utf-8")


def _playwrights_error() -> type[Exception]:
    from playwright.sync_api import Error

    return Error
