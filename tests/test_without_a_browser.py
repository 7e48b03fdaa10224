"""Where there is no browser, a run says what it did not do; it does not keep quiet, and does not fail."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests.browser import missing
from tests.browser.planted import played


@pytest.mark.parametrize("workers", ["0", "2"])
def test_without_a_browser_the_last_words_of_a_run_are_how_to_get_one(tmp_path: Path, workers: str) -> None:
    said = played(tmp_path, "-n", workers, PATH=str(tmp_path), REQUIRE_BROWSER="")
    *_, told, how, _, required, pytests, code = [line for line in said.splitlines() if line]
    assert told.startswith("5 browser tests did not run: "), said
    assert "apt-get install chromium" in how and "REQUIRE_BROWSER=1" in required
    assert "5 skipped" in pytests and code == "exit code 0"


def test_where_a_browser_is_required_its_absence_is_a_failure(tmp_path: Path) -> None:
    said = played(tmp_path, "-n0", PATH=str(tmp_path), REQUIRE_BROWSER="1")
    assert ", and REQUIRE_BROWSER=1 wants it" in said
    assert "5 errors" in said and "exit code 1" in said


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(missing, "find_spec", lambda name: None)
    assert missing.why_not() == "the package playwright is not installed"

    package = tmp_path / "playwright" / "__init__.py"
    monkeypatch.setattr(missing, "find_spec", lambda name: ModuleSpec(name, None, origin=str(package)))
    assert missing.why_not() == "the package playwright has no driver for this machine"

    (package.parent / "driver").mkdir(parents=True)
    assert missing.why_not() == "no Chromium was found"

    for name in missing.PROGRAMS[::-1]:
        (tmp_path / name).touch(0o755)
        assert missing.program() == str(tmp_path / name)
    assert missing.why_not() is None
