"""What every test is held to: it leaves nothing behind in the reactor, and nothing fails unseen.

pytest-twisted does not notice a leaked timer, an open port, an error that no Deferred handled or a
`Logger.failure`. Here such a test fails. A test that means a failure to be logged asks for
`logged_failures` and takes what it expects out of it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_twisted  # type: ignore[import-untyped]
from twisted.internet import reactor as installed
from twisted.internet.defer import Deferred
from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogPublisher
from zope.interface import implementer

from hotelbridge.clock import install_monotonic
from tests.browser import missing

reactor: Any = installed
install_monotonic(reactor)  # before the first timer, as the daemon does

PATIENCE = 100  # turns of 10 ms in which connections that were closed may go


@implementer(ILogObserver)
class LoggedFailures:
    """The failures that were logged since the test began."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        failure = event.get("log_failure")
        if failure is None and event["log_level"] is not LogLevel.critical:
            return
        words = formatEvent(event)
        self.kept.append(words if failure is None else f"{words}\n{failure.getTraceback()}")

    def take(self, containing: str = "") -> list[str]:
        """Those with these words in them; they are forgiven."""
        taken = [one for one in self.kept if containing in one]
        self.kept = [one for one in self.kept if containing not in one]
        return taken


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist=loadgroup`, as `make test` has it: one worker for all browser tests."""
    if config.getoption("dist") != "loadgroup":
        return None
    from tests.browser.one_worker import OneWorkerForTheBrowser  # only where there are workers

    return OneWorkerForTheBrowser(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The browser tests of this run that could not run, of every worker, and how to get them."""
    words = missing.last_words(terminalreporter.getreports("skipped"))
    if words:
        terminalreporter.section(missing.TITLE, yellow=True)
        terminalreporter.write_line(words)


@pytest.fixture(scope="module", autouse=True)
def cheap_collections() -> None:
    """Put what is there before a module's tests out of the collector's sight, and let it look on demand only.

    So all that a test has made is of the youngest generation when it ends, and to collect that is cheap.
    """
    gc.disable()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def running_reactor() -> None:
    """It has wakers of its own from its first turn on: they are nobody's leak."""
    pytest_twisted.blockon(_turn(0.0))


@pytest.fixture(autouse=True)
def logged_failures(running_reactor: None) -> Iterator[LoggedFailures]:
    """What is logged as a failure, and with it the check that a test leaves nothing behind."""
    before = _held()
    failures = LoggedFailures()
    globalLogPublisher.addObserver(failures)
    try:
        yield failures
        left = _left_after(before)
        gc.collect(0)  # an unhandled error is told when its Deferred is collected
    finally:
        globalLogPublisher.removeObserver(failures)
    if left:
        pytest.fail("left behind in the reactor:\n" + "\n".join(left), pytrace=False)
    if failures.kept:
        pytest.fail("logged and not expected:\n" + "\n".join(failures.kept), pytrace=False)


def _held() -> set[Any]:
    """Timers, ports and connections of the reactor."""
    return {*reactor.getDelayedCalls(), *reactor.getReaders(), *reactor.getWriters()}


def _left_after(before: set[Any]) -> list[str]:
    """What is there that was not; what is about to go gets the turns it needs."""
    for _ in range(PATIENCE):
        left = _held() - before
        if not left:
            return []
        pytest_twisted.blockon(_turn(0.01))
    words = [str(one) for one in left]
    for one in left:
        _end(one)
    pytest_twisted.blockon(_turn(0.0))
    return words


def _turn(seconds: float) -> Deferred[None]:
    done: Deferred[None] = Deferred()
    reactor.callLater(seconds, done.callback, None)
    return done


def _end(one: Any) -> None:
    """Let the tests after this one begin clean."""
    for name in ("cancel", "stopListening", "abortConnection", "loseConnection"):
        if hasattr(one, name):
            getattr(one, name)()
            return
