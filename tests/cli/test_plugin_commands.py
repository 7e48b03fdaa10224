"""`plugins`, `check` and `run` with PMS plugins that work, fail, or are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_check_online import checked
from tests.cli.typed import config, typed
from tests.pms.packages import Packages, hotel, packages

__all__ = ["packages"]
ONE = '[property.pms]\nplugin = "one"\n[property.pms.one]\nendpoint = "h:1"\n'
BAD = '[property.pms]\nplugin = "bad"\n'


def test_each_plugin_is_listed_with_its_status_and_reason(packages: Packages) -> None:
    packages.good("one")
    packages.good("other", api=7)
    packages.add("bad", "1 / 0")
    done = typed("plugins")
    lines = {line.split()[0]: " ".join(line.split()) for line in done.stdout.splitlines()}
    assert lines["one"] == "one hotelbridge-one 1.2 ok"
    assert lines["other"].startswith("other hotelbridge-other 1.2 wrong api it is made for version 7")
    assert lines["bad"].startswith("bad hotelbridge-bad 1.2 failed ZeroDivisionError: division by zero")
    assert done.exit_code == 0 and "used by" not in done.stdout


def test_the_plugin_that_a_property_uses_is_marked(packages: Packages, tmp_path: Path) -> None:
    packages.good("one")
    packages.add("bad", "1 / 0")
    done = typed("plugins", "-c", hotel(tmp_path, ONE))
    lines = {line.split()[0]: line.split() for line in done.stdout.splitlines()}
    assert lines["one"] == ["one", "hotelbridge-one", "1.2", "ok", "main"]
    assert "main" not in lines["bad"] and done.exit_code == 0


def test_a_used_plugin_that_fails_or_is_missing_is_exit_1(packages: Packages, tmp_path: Path) -> None:
    file = hotel(tmp_path, ONE.replace("one", "onne"))
    missing = typed("plugins", "-c", file)
    assert missing.exit_code == 1 and "main wants the plugin onne, which is not installed" in missing.stderr
    packages.add("onne", "1 / 0")
    assert typed("plugins", "-c", file).exit_code == 1


def test_a_check_looks_into_the_plugins_table_with_all_the_rest(packages: Packages, tmp_path: Path) -> None:
    packages.good("one")
    file = hotel(tmp_path, ONE)
    assert "1 device, 1 PMS link.\n" in typed("check", "-c", file).stdout
    file.write_text(file.read_text().replace('"h:1"', '"h"').replace('"EUR"', '"euro"'))
    for word in ("check", "run"):
        done = typed(word, "-c", file)
        assert done.exit_code == 2 and not done.stdout
        assert [line.split()[1] for line in done.stderr.splitlines()] == [
            "property.0.currency:",
            "property.0.pms.one.endpoint:",
        ]


@pytest.mark.parametrize("word", ["check", "run"])
def test_a_chosen_plugin_that_fails_stops_with_its_reason(
    packages: Packages, tmp_path: Path, word: str
) -> None:
    packages.add("bad", "1 / 0")
    done = typed(word, "-c", hotel(tmp_path, BAD))
    assert done.exit_code == 1 and not done.stdout
    assert "main cannot talk to its PMS: the plugin bad of hotelbridge-bad 1.2" in done.stderr
    assert "ZeroDivisionError" in done.stderr


PROBED = """
from hotelbridge.pms.api import *

class Settings(Table):
    endpoint: str

class Link:
    def __init__(self, context): self.context = context
    async def stop(self): pass
    async def probe(self):
        try:
            await self.context.tell([Told(None)])
        except Exception as error:
            saved = str(error)
        return [Finding("connected", True, "the line stands"),
                Finding("alive", False, "nothing is said. Start the PMS's interface."),
                Finding("flowing", False, saved)]

plugin = Plugin("one", Settings, lambda context, settings: Link(context))
"""


def test_check_online_asks_the_link_layer_by_layer(
    packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages.add("one", PROBED)
    monkeypatch.setenv("PYTHONPATH", str(packages.folder))
    code, said = checked("-c", hotel(tmp_path, ONE), "--online")
    at = said.index("the PMS of Hotel Example (one)")
    lines = [" ".join(line.split()) for line in said[at:].splitlines()]
    assert lines[1:4] == [
        "well connected: the line stands",
        "wrong alive: nothing is said. Start the PMS's interface.",
        "wrong flowing: this is only a look: nothing is saved",
    ]
    assert code == 1 and "2 to be put right." in lines


@pytest.mark.parametrize(
    ("was", "becomes", "what"),
    [
        ("        return [", "        1 / 0\n        return [", "failed while it looked: ZeroDivisionError"),
        ("stop(self): pass", "stop(self): 1 / 0", "cannot end its link: ZeroDivisionError"),
        (
            "context): self.context",
            "context): 1 / 0; self.context",
            "cannot make its link: ZeroDivisionError",
        ),
    ],
)
def test_a_plugin_that_breaks_while_it_looks_is_a_finding(
    packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: str, becomes: str, what: str
) -> None:
    assert was in PROBED
    packages.add("one", PROBED.replace(was, becomes))
    monkeypatch.setenv("PYTHONPATH", str(packages.folder))
    code, said = checked("-c", hotel(tmp_path, ONE), "--online")
    assert code == 1 and f"wrong  the plugin: {what}" in said


def test_without_a_pms_nothing_is_said_of_one(tmp_path: Path) -> None:
    assert "PMS" not in typed("check", "-c", config(tmp_path)).stdout


def test_a_slip_in_the_name_of_the_plugin_is_one_mistake(packages: Packages, tmp_path: Path) -> None:
    """Of the two names only the one that no package knows is wrong."""
    packages.good("sihot")
    right = ONE.replace("one", "sihot")
    for wrong, key, meant in (
        (
            right.replace('"sihot"', '"shiot"'),
            "plugin",
            "the plugin shiot is not installed; did you mean sihot?",
        ),
        (right.replace(".sihot]", ".shiot]"), "shiot", "is not known; did you mean sihot?"),
    ):
        done = typed("check", "-c", hotel(tmp_path, wrong))
        (line,) = done.stderr.splitlines()
        assert done.exit_code == 2 and line.endswith(f"property.0.pms.{key}: {meant}")


def test_plugins_are_listed_also_where_the_configuration_has_mistakes(
    packages: Packages, tmp_path: Path
) -> None:
    packages.good("one")
    file = hotel(tmp_path, ONE)
    file.write_text(file.read_text().replace('"EUR"', '"euro"'))
    done = typed("plugins", "-c", file)
    assert "hotelbridge-one" in done.stdout and "property.0.currency" in done.stderr
    assert done.exit_code == 2
