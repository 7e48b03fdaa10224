"""Whether there is a browser for the browser tests, and what is said at the end of a run where there is none.

Imports nothing that may be missing: it is asked on every machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOT_RUN = "no browser test runs: "  # how the reason of such a skip begins
TITLE = "browser tests that did not run"
HOW = """To have them: `apt-get install chromium` on Debian; elsewhere Chromium or Google Chrome, in the PATH
under one of the names {names}; and the package playwright, which `make test` installs.
REQUIRE_BROWSER=1 makes their absence a failure."""


def program() -> str | None:
    """The browser of this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def why_not() -> str | None:
    """Why no browser test can run here; None: they can."""
    package = find_spec("playwright")
    if package is None or package.origin is None:
        return "the package playwright is not installed"
    if not (Path(package.origin).parent / "driver").is_dir():
        return "the package playwright has no driver for this machine"
    if program() is None:
        return "no Chromium was found"
    return None


def required() -> bool:
    """Whether their absence is a failure."""
    return os.environ.get("REQUIRE_BROWSER") == "1"


def last_words(skipped: Iterable[Any]) -> str:
    """What is said of the skipped tests of a run, where some of them wanted a browser; else nothing."""
    reasons = [reason for report in skipped if (reason := _reason(report))]
    if not reasons:
        return ""
    count = "1 browser test" if len(reasons) == 1 else f"{len(reasons)} browser tests"
    return f"{count} did not run: {reasons[0]}.\n{HOW.format(names=', '.join(PROGRAMS))}"


def _reason(report: Any) -> str:
    """What is missing, if that is why this test was skipped."""
    words = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return words.partition(NOT_RUN)[2]
