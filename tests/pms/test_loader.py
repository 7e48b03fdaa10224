"""Foreign plugins: each has a status with a reason, and the chosen one's settings are told like our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.errors import ConfigurationError
from hotelbridge.pms.loader import Installed, PluginUnusable, Status, choices, mistakes
from hotelbridge.settings import Settings
from hotelbridge.settings_load import load
from tests.cli.typed import config
from tests.pms.packages import GOOD, Packages, hotel, packages

__all__ = ["packages"]


def refused(file: Path, packages: Packages) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        choices(load(file, {}), packages.installed())
    return [line.replace(f"{file.parent}/", "") for line in str(caught.value).splitlines()]


# --- what is installed ---


def test_a_good_plugin_is_ok_with_its_package_and_version(packages: Packages) -> None:
    packages.good("one")
    (found,) = packages.installed()
    assert (found.name, found.package, found.version) == ("one", "hotelbridge-one", "1.2")
    assert found.status is Status.OK and found.reason == "" and found.plugin is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("plugin = (", "SyntaxError: '(' was never closed"),
        ("import sys\nsys.exit('bye')", "SystemExit: bye"),
        ("class Own(BaseException): pass\nraise Own", "Own"),
        ("x = 1", "AttributeError: "),
        ("plugin = 7", "is no hotelbridge.pms.api.Plugin but a int"),
        (
            "class Bad(Exception):\n  def __str__(self): return 1 / 0\nraise Bad",
            "cannot even say what is wrong",
        ),
    ],
)
def test_whatever_a_plugin_does_when_it_is_loaded_is_a_reason(
    packages: Packages, text: str, reason: str
) -> None:
    packages.add("bad", text)
    packages.good("fine")
    bad, fine = packages.installed()
    assert bad.status is Status.FAILED and reason in bad.reason and bad.plugin is None
    assert fine.status is Status.OK


def test_the_reason_names_the_line_of_the_plugin(packages: Packages) -> None:
    packages.add("bad", "\n\n1 / 0")
    assert packages.installed()[0].reason.endswith("hotelbridge_bad.py:3)")


@pytest.mark.parametrize(("api", "what"), [(2, "install a newer hotelbridge"), (0, "install a newer plugin")])
def test_another_version_of_the_contract_is_wrong_api(packages: Packages, api: int, what: str) -> None:
    packages.good("other", api)
    (found,) = packages.installed()
    assert found.status is Status.WRONG_API and what in found.reason


def test_a_plugin_is_called_as_its_entry_point(packages: Packages) -> None:
    packages.good("one", called="two")
    assert "calls itself 'two', its entry point 'one'" in packages.installed()[0].reason


def test_two_packages_of_one_name_are_both_told(packages: Packages) -> None:
    packages.good("one")
    packages.add("one", GOOD, package="hotelbridge-uno")
    found = packages.installed()
    assert [one.status for one in found] == [Status.FAILED] * 2
    assert all("hotelbridge-one, hotelbridge-uno; remove one" in one.reason for one in found)


# --- what is chosen ---


def test_the_chosen_plugin_comes_with_its_settings(packages: Packages, tmp_path: Path) -> None:
    packages.good("one")
    file = hotel(tmp_path, '[property.pms]\nplugin = "one"\n[property.pms.one]\nendpoint = "h:1"\n')
    chosen = choices(load(file, {}), packages.installed())["main"]
    assert chosen.plugin.name == "one" and chosen.settings.endpoint == "h:1"  # type: ignore[attr-defined]


def test_a_house_without_a_pms_loads_no_plugin(tmp_path: Path) -> None:
    def look() -> list[Installed]:
        raise AssertionError("looked for plugins")

    settings = load(config(tmp_path), {}, mistakes(look))
    assert choices(settings) == {}


def test_every_mistake_of_a_plugins_table_has_its_line_and_key(packages: Packages, tmp_path: Path) -> None:
    packages.good("one")
    table = 'endpoint = "h"\nrole = "sever"\nkeepalive = "30"\ncolums = 3\n'
    file = hotel(tmp_path, f'[property.pms]\nplugin = "one"\n[property.pms.one]\n{table}')
    first = len(file.read_text().splitlines()) - 3
    assert refused(file, packages) == [
        f"hotel.toml:{first} property.0.pms.one.endpoint: 'h' has no port",
        f"hotel.toml:{first + 1} property.0.pms.one.role: must be 'client' or 'server' (it is 'sever'); "
        "did you mean server?",
        f"hotel.toml:{first + 2} property.0.pms.one.keepalive: "
        "'30' is not a duration: write it like 45s, 2m or 1h30m",
        f"hotel.toml:{first + 3} property.0.pms.one.colums: is not known; did you mean columns?",
    ]


def test_a_table_that_is_not_there_lacks_what_it_must_have(packages: Packages, tmp_path: Path) -> None:
    packages.good("one")
    file = hotel(tmp_path, '[property.pms]\nplugin = "one"\n')
    (said,) = refused(file, packages)
    assert "property.0.pms.one.endpoint: is missing" in said


def test_a_key_below_a_freely_named_table_has_its_nearest_name(packages: Packages, tmp_path: Path) -> None:
    packages.good("one")
    table = 'endpoint = "h:1"\n[property.pms.one.columns.room]\ntitel = "Room"\n'
    file = hotel(tmp_path, f'[property.pms]\nplugin = "one"\n[property.pms.one]\n{table}')
    (said,) = refused(file, packages)
    assert said.endswith("columns.room.titel: is not known; did you mean title?")


def test_mistakes_of_the_file_and_of_the_plugin_are_told_together(packages: Packages, tmp_path: Path) -> None:
    packages.good("one")
    file = hotel(tmp_path, '[property.pms]\nplugin = "one"\n[property.pms.one]\nendpont = "h:1"\n')
    file.write_text(file.read_text().replace('"EUR"', '"euro"'))
    with pytest.raises(ConfigurationError) as caught:
        load(file, {}, mistakes(packages.installed))
    said = str(caught.value)
    assert "property.0.currency" in said and "did you mean endpoint?" in said


def test_a_plugin_that_is_not_installed_is_a_mistake_with_the_nearest_name(
    packages: Packages, tmp_path: Path
) -> None:
    packages.good("fias")
    (said,) = refused(hotel(tmp_path, '[property.pms]\nplugin = "fais"\n'), packages)
    assert said.endswith("property.0.pms.plugin: the plugin fais is not installed; did you mean fias?")


def test_a_validator_that_breaks_is_a_mistake_and_no_crash(packages: Packages, tmp_path: Path) -> None:
    packages.add(
        "one", GOOD.replace("NAME", "'one'").replace("API", "1").replace('":" not in value', "1 / 0")
    )
    table = '[property.pms.one]\nendpoint = "h:1"\n'
    (said,) = refused(hotel(tmp_path, f'[property.pms]\nplugin = "one"\n{table}'), packages)
    assert "pms.one: the plugin failed while it looked at its settings: ZeroDivisionError" in said


def test_a_chosen_plugin_that_fails_stops_with_its_reason(packages: Packages, tmp_path: Path) -> None:
    packages.add("bad", "1 / 0")
    settings = load(hotel(tmp_path, '[property.pms]\nplugin = "bad"\n'), {})
    with pytest.raises(PluginUnusable, match=r"main cannot .* bad of hotelbridge-bad 1.2 .*\(failed\): Zero"):
        choices(settings, packages.installed())


def test_one_that_fails_and_is_not_chosen_stops_nothing(packages: Packages, tmp_path: Path) -> None:
    packages.add("bad", "1 / 0")
    packages.good("one")
    file = hotel(tmp_path, '[property.pms]\nplugin = "one"\n[property.pms.one]\nendpoint = "h:1"\n')
    assert list(choices(load(file, {}), packages.installed())) == ["main"]


# --- what stands in [property.pms] itself ---


@pytest.mark.parametrize(
    ("pms", "key", "what"),
    [
        ('plugn = "one"', "plugn", "is not known; did you mean plugin?"),
        ('plugin = "one"\n[property.pms.xyz]\nx = 1', "xyz", "is not known; there are: plugin, one"),
        ("[property.pms.one]\nx = 1", "one", 'belongs to no plugin: write plugin = "one"'),
        ('plugin = "one"\none = 3', "one", "must be a table"),
        ("plugin = 3", "plugin", "must be text in quotes"),
        ('plugin = "../x"', "plugin", "has a form that is not allowed"),
    ],
)
def test_a_mistake_beside_the_plugins_table_is_told(tmp_path: Path, pms: str, key: str, what: str) -> None:
    file = hotel(tmp_path, f"[property.pms]\n{pms}\n")
    with pytest.raises(ConfigurationError) as caught:
        load(file, {})
    assert f" property.0.pms.{key}: " in str(caught.value) and what in str(caught.value)


def test_the_plugins_table_is_kept_as_it_came(tmp_path: Path) -> None:
    table = '[property.pms.one]\nx = 1.50\ny = ["a", { b = true }]\n'
    settings: Settings = load(hotel(tmp_path, f'[property.pms]\nplugin = "one"\n{table}'), {})
    assert settings.properties[0].pms.own == {"x": 1.5, "y": ["a", {"b": True}]}
