"""Planted browser tests, in a run of their own: two that are fine, three that are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLANTED = """
from pathlib import Path
import pytest

@pytest.fixture
def left_in():
    return Path(__file__).parent / "left"

def test_fails(page):
    page.set_content("<h1>Here</h1><script>console.log('was here')</script>")
    assert page.title() == "another"

def test_complains(page):
    page.evaluate("console.error('on purpose')")

def test_throws(page):
    page.set_content("<script>undefined.late</script>")

def test_complains_and_is_forgiven(page, console):
    page.evaluate("console.error('on purpose')")
    assert console.take("on purpose")

def test_is_fine(page):
    page.set_content("<h1>Fine</h1>")
"""


def played(folder: Path, *words: str, **environment: str) -> str:
    """What pytest says of the planted tests."""
    (folder / "test_planted.py").write_text(PLANTED, "utf-8")
    plugins = ("-p", "tests.conftest", "-p", "tests.browser.conftest")
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "setup.cfg", *plugins, *words, folder]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return f"{done.stdout}\nexit code {done.returncode}"
