"""`hotelbridge sim pms` runs the simulated PMS that a plugin brings along, and says what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.typed import typed

Install = Callable[..., None]

PLUGIN = """
from hotelbridge.pms.api import Plugin
from hotelbridge.settings_base import Table

def simulator(arguments):
    print("simulating", *arguments)
    return 3

PLUGIN = Plugin("{name}", Table, lambda context, settings: None{more})
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a plugin of that name beside those that are installed, as pip would."""

    def installed(name: str, text: str) -> None:
        module = f"made_up_{name}"
        (tmp_path / f"{module}.py").write_text(text)
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[hotelbridge.pms]\n{name} = {module}:PLUGIN\n")
        monkeypatch.syspath_prepend(tmp_path)

    return installed


def test_its_arguments_go_to_the_plugin_and_its_exit_code_comes_back(install: Install) -> None:
    install("inn", PLUGIN.format(name="inn", more=", simulator=simulator"))
    done = typed("sim", "pms", "--plugin", "inn", "--port", "0", "--mode", "tavern", "-x")
    assert (done.exit_code, done.stdout) == (3, "simulating --port 0 --mode tavern -x\n")
    assert typed("sim", "pms", "--plugin", "inn", "--", "--help").stdout == "simulating --help\n"


def test_a_plugin_without_a_simulated_pms_is_named(install: Install) -> None:
    install("bare", PLUGIN.format(name="bare", more=""))
    done = typed("sim", "pms", "--plugin", "bare")
    assert (done.exit_code, done.stderr) == (1, "The plugin bare brings no simulated PMS with it.\n")


def test_an_unknown_plugin_is_answered_with_the_nearest(install: Install) -> None:
    install("tavern", PLUGIN.format(name="tavern", more=""))
    done = typed("sim", "pms", "--plugin", "tavrn")
    assert done.exit_code == 2 and "did you mean tavern?" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import no_such_module", "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        ("PLUGIN = 7", "cannot be used: made_up_broken:PLUGIN is no Plugin record."),
    ],
)
def test_a_plugin_that_cannot_be_used_says_why_in_one_line(install: Install, text: str, words: str) -> None:
    install("broken", text)
    done = typed("sim", "pms", "--plugin", "broken")
    assert (done.exit_code, done.stderr) == (1, f"The plugin broken {words}\n")


def test_where_no_plugin_is_installed_it_is_said_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotelbridge.commands.sim.PLUGINS", "hotelbridge.no_such_group")
    done = typed("sim", "pms")
    assert (done.exit_code, done.stderr) == (1, "No PMS plugin is installed: pip install hotelbridge-fias\n")
