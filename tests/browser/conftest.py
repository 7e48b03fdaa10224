"""A daemon with its far ends, and a browser, for the tests of the console.

    def test_the_board_shows_a_ring(hotel, page, until):
        hotel.phone("201", "rings-for-ever")
        booked = hotel.book("201")
        page.goto(hotel.url)
        until(lambda: hotel.wakeup(booked["id"])["state"] == "calling")

One hotel and one browser serve all these tests, one after the other in one worker (a second one that begins
with them fails). Between two of them the hotel is calmed; what is over, and what the PMS did, stays on its
lists: rooms 216 to 219 are those of `test_bench`. A test that wants a hotel to itself asks for `own_hotel`. A
test that fails leaves screenshot, console and the daemon's log in `build/browser`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import looking
from tests.browser.bench import HotelBench
from tests.browser.evidence import LEFT_IN, Evidence
from tests.browser.looking import Console
from tests.browser.missing import NOT_RUN, required, why_not
from tests.browser.windows import Windows, launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Every test of this folder; those that take photographs are found by `make screens`."""
    item.add_marker("browser")
    if "screens" in getattr(item, "fixturenames", ()):
        item.add_marker("screens")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def _wanted() -> None:
    """These tests can run, or it is said why not; before anything is started for them."""
    missing = why_not()
    if missing and required():
        pytest.fail(f"{missing}, and REQUIRE_BROWSER=1 wants it", pytrace=False)
    if missing:
        pytest.skip(NOT_RUN + missing)


@pytest.fixture(autouse=True)
def _only_where_they_can_run(_wanted: None) -> None:
    """The others are counted as not run, one by one."""


@pytest.fixture(scope="session")
def _hotel(
    _wanted: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HotelBench]:
    if getattr(request.config.option, "loadgroup", False):  # all workers share the folder above
        (tmp_path_factory.getbasetemp().parent / "the-worker-of-the-browser").touch(exist_ok=False)
    yield from _built(tmp_path_factory.mktemp("hotel"))


@pytest.fixture
def left_in() -> Path:
    """Where a test that fails leaves its evidence."""
    return LEFT_IN


@pytest.fixture
def _evidence(request: pytest.FixtureRequest, left_in: Path) -> Iterator[Evidence]:
    """Left behind last, where the test failed, or one of its pages complained."""
    evidence = Evidence(request.node.nodeid, left_in)
    yield evidence
    if evidence.failed or request.node.stash.get(FAILED, False):
        evidence.leave_logs()


@pytest.fixture
def hotel(_hotel: HotelBench, _evidence: Evidence) -> HotelBench:
    """The hotel of all these tests, at rest: every phone answers, nothing is due, no alarm is open."""
    _evidence.watch(_hotel, _hotel.log.stat().st_size)
    _hotel.calm()
    return _hotel


@pytest.fixture
def own_hotel(tmp_path: Path, _evidence: Evidence) -> Iterator[HotelBench]:
    """A hotel of this test alone, new; takes 8 s."""
    for bench in _built(tmp_path):
        _evidence.watch(bench)
        yield bench


def _built(folder: Path) -> Iterator[HotelBench]:
    bench = HotelBench(folder)
    try:
        yield bench
    finally:
        bench.close()


@pytest.fixture(scope="session")
def browser(_wanted: None) -> Iterator[Browser]:
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def console() -> Console:
    """What the pages of this test say; `console.take("401")` forgives an error that is meant."""
    return Console()


@pytest.fixture
def windows(
    browser: Browser, console: Console, _evidence: Evidence, request: pytest.FixtureRequest
) -> Iterator[Windows]:
    """More than one page: `windows.open()` is that of another person."""
    windows = Windows(browser, console)
    yield windows
    windows.hear_out()
    _evidence.failed |= bool(console.errors) or request.node.stash.get(FAILED, False)
    if _evidence.failed:
        windows.leave(_evidence)
    windows.close()
    if console.errors:
        pytest.fail("on the page's console:\n" + "\n".join(console.errors), pytrace=False)


@pytest.fixture
def page(windows: Windows) -> Page:
    """A page of a fresh browser profile, 1440x900, in another zone than the hotel's."""
    return windows.open()


@pytest.fixture
def until(page: Page) -> Callable[..., Any]:
    """`until(lambda: ..., within=10, what="")`: waits until it is so, gives what it was."""
    return partial(looking.wait_until, page)


@pytest.fixture
def axe(page: Page) -> Callable[..., list[str]]:
    """`assert axe() == []`: what axe finds in the page."""
    return partial(looking.axe, page)


@pytest.fixture
def screens(page: Page) -> Callable[[str], list[Path]]:
    """`screens("board")` photographs the page into `build/screens`, in two sizes, light and dark."""
    return partial(looking.photograph, page)
