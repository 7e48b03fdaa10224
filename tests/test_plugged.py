"""Where installed plugins stand is found without running any of them."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hotelbridge.plugged import GROUP, folders


def point(value: str) -> EntryPoint:
    return EntryPoint("one", value, GROUP)


def test_the_folders_of_plugins_are_found_and_nothing_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hotelbridge_breaks").mkdir()
    (tmp_path / "hotelbridge_breaks" / "__init__.py").write_text("raise SystemExit(1)\n")
    (tmp_path / "hotelbridge_alone.py").write_text("raise SystemExit(1)\n")
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        point("hotelbridge_breaks.plugin:PLUGIN"),
        point("hotelbridge_breaks.other:PLUGIN"),
        point("hotelbridge_alone:PLUGIN"),
        point("hotelbridge_nowhere.plugin:PLUGIN"),
    ]
    assert folders(points) == [tmp_path / "hotelbridge_breaks"]
    assert "hotelbridge_breaks" not in sys.modules


def test_the_plugins_of_this_repository_are_found() -> None:
    assert {"hotelbridge_csv", "hotelbridge_fias"} <= {folder.name for folder in folders()}


def test_what_cannot_even_be_looked_for_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hotelbridge_odd", None)
    assert folders([point("hotelbridge_odd.plugin:PLUGIN"), point(".:PLUGIN")]) == []
