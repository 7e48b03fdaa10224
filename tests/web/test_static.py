"""What the pages need beside the code: others' files as they were published, and all of it in the wheel."""

from __future__ import annotations

import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.story.test_wheels import LEFT_OUT, ROOT, run

STATIC = ROOT / "hotelbridge" / "web" / "static"
PLANTED = ("static/deep/planted.css", "templates/planted.html", "templates/deep/planted.html")


def named(vendored: Path) -> dict[str, str]:
    """The files that a VENDORED.md names, with their hashes."""
    rows = re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", vendored.read_text("utf-8"), re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("folder", [STATIC, ROOT / "tests" / "browser" / "vendor"], ids=["static", "tests"])
def test_the_files_of_others_are_those_that_are_named(folder: Path) -> None:
    hashes = named(folder / "VENDORED.md")
    assert {name: sha256((folder / name).read_bytes()).hexdigest() for name in hashes} == hashes
    assert {path.name for path in folder.glob("*.min.*")} == set(hashes)


@pytest.mark.timeout(300)
def test_the_wheel_holds_what_the_pages_need(tmp_path: Path) -> None:
    copy = tmp_path / "source"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    for name in PLANTED:
        planted = copy / "hotelbridge" / "web" / name
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.touch()
    run(tmp_path, sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, copy)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(ZipFile(wheel).namelist())
    wanted = {
        path for part in ("static", "templates") for path in (copy / "hotelbridge/web" / part).rglob("*")
    }
    assert {str(path.relative_to(copy)) for path in wanted if path.is_file()} <= inside
