"""Plugins as pip would have installed them, made up by a test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path

import pytest

from hotelbridge.pms.loader import GROUP, Installed, installed
from tests.cli.typed import config

GOOD = """
from typing import Annotated, Literal
from pydantic import AfterValidator, Field
from hotelbridge.pms.api import Plugin, Span, Table

def host(value):
    if ":" not in value:
        raise ValueError(f"{value!r} has no port")
    return value

class Column(Table):
    title: str = ""

class Settings(Table):
    endpoint: Annotated[str, AfterValidator(host)]
    role: Literal["client", "server"] = "client"
    keepalive: Span = "30s"
    columns: dict[str, Column] = {}

plugin = Plugin(NAME, Settings, lambda context, settings: None, api=API)
"""


class Packages:
    """A folder on the import path, with plugins as pip would have put them there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, text: str, package: str = "", version: str = "1.2") -> None:
        package = package or f"hotelbridge-{name}"
        module = package.replace("-", "_")
        (self.folder / f"{module}.py").write_text(text)
        info = self.folder / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}:plugin\n")

    def good(self, name: str, api: int = 1, called: str = "") -> None:
        self.add(name, GOOD.replace("NAME", repr(called or name)).replace("API", str(api)))

    def points(self) -> list[EntryPoint]:
        found: list[Distribution] = list(distributions(path=[str(self.folder)]))
        return [point for one in found for point in one.entry_points]

    def installed(self) -> list[Installed]:
        return installed(self.points())


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    known = set(sys.modules)
    yield Packages(folder)
    for name in set(sys.modules) - known:
        if name.startswith("hotelbridge_"):
            del sys.modules[name]


def hotel(folder: Path, pms: str) -> Path:
    """A configuration with these lines at the end of its property."""
    file = config(folder)
    file.write_text(file.read_text() + pms)
    return file
