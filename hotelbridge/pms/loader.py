"""Which PMS plugins are installed, what is the matter with each, and the one that a property has chosen.

A plugin is foreign code, brought in by its name alone: whatever it does while it is imported or while it
looks at its settings becomes a status with a reason. None is ever skipped without a word.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from types import TracebackType

from hotelbridge.errors import HotelbridgeError
from hotelbridge.plugged import GROUP
from hotelbridge.pms.api import API_VERSION, Plugin
from hotelbridge.settings import PropertySettings, Settings
from hotelbridge.settings_base import Table
from hotelbridge.settings_load import Found, placed, read_table
from hotelbridge.settings_words import did_you_mean, not_known


class Status(StrEnum):
    """What is the matter with an installed plugin."""

    OK = "ok"
    FAILED = "failed"
    WRONG_API = "wrong api"


@dataclass(frozen=True, slots=True)
class Installed:
    """One entry point of the group, and what came of loading it."""

    name: str  # as `[property.pms] plugin` names it
    package: str
    version: str
    status: Status
    reason: str = ""  # for the person who has to put it right; "" where it is ok
    plugin: Plugin | None = None  # there if it is ok, and only then


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a property talks to its PMS with."""

    property: str
    plugin: Plugin
    settings: Table  # an instance of `plugin.settings`


class PluginUnusable(HotelbridgeError):
    """A plugin that a property has chosen cannot be used; says which, why, and what to do."""


def installed(points: Iterable[EntryPoint] | None = None) -> list[Installed]:
    """Every installed plugin by its name, loaded; raises nothing, whatever a plugin does."""
    found = sorted(entry_points(group=GROUP) if points is None else points, key=lambda one: one.name)
    packages: dict[str, set[str]] = {}
    for point in found:
        packages.setdefault(point.name, set()).add(_package(point)[0])
    return [_loaded(point, packages[point.name]) for point in found]


def _package(point: EntryPoint) -> tuple[str, str]:
    """Name and version of the distribution that brings it."""
    try:
        return (point.dist.name, point.dist.version) if point.dist else ("", "")
    except Exception:  # a distribution whose metadata is damaged
        return "", ""


def _loaded(point: EntryPoint, packages: set[str]) -> Installed:
    package, version = _package(point)
    if len(packages) > 1:
        reason = f"several packages have a plugin of this name: {', '.join(sorted(packages))}; remove one"
        return Installed(point.name, package, version, Status.FAILED, reason)
    try:
        given = point.load()
        status, reason = _looked_at(point, given)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() at import, too, is a plugin's failure and not ours
        return Installed(point.name, package, version, Status.FAILED, why(error))
    plugin = given if status is Status.OK else None
    return Installed(point.name, package, version, status, reason, plugin)


def _looked_at(point: EntryPoint, given: object) -> tuple[Status, str]:
    """Whether what an entry point gives keeps the form of the contract; the version first."""
    if not isinstance(given, Plugin):
        return Status.FAILED, f"{point.value} is no hotelbridge.pms.api.Plugin but a {type(given).__name__}"
    if given.api != API_VERSION:
        newer, older = ("hotelbridge", "plugin") if given.api > API_VERSION else ("plugin", "hotelbridge")
        what = (
            f"it is made for version {given.api} of the plugin contract, this hotelbridge has {API_VERSION}"
        )
        return Status.WRONG_API, f"{what}; install a newer {newer}, or an older {older}"
    if given.name != point.name:
        return Status.FAILED, f"it calls itself {given.name!r}, its entry point {point.name!r}"
    if not (isinstance(given.settings, type) and issubclass(given.settings, Table)):
        return Status.FAILED, "its settings are no hotelbridge.pms.api.Table"
    if not callable(given.connect):
        return Status.FAILED, "its `connect` cannot be called"
    return Status.OK, ""


def why(error: BaseException) -> str:
    """A foreign failure in one line, with the place where it happened."""
    words = " ".join(f"{type(error).__name__}: {_text(error)}".split()).rstrip(": ")
    at = _innermost(error.__traceback__)
    return f"{words} ({at})" if at else words


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "it cannot even say what is wrong"


def _innermost(where: TracebackType | None) -> str:
    """The last place of the plugin's own; the machinery of imports says nothing to anybody."""
    frames = [one for one in traceback.extract_tb(where) if not one.filename.startswith("<")]
    frames = [one for one in frames if one.filename != __file__ and "importlib" not in one.filename]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


# --- the one that is chosen ---


def choices(settings: Settings, found: Sequence[Installed] | None = None) -> dict[str, Chosen]:
    """By property: its plugin with its settings; those without a PMS are left out.

    Raises ConfigurationError with every mistake of all of them, and `PluginUnusable` where the
    configuration is right and a plugin is not.
    """
    plugins = _by_name(settings, found)
    wrong, chosen = _read(settings, plugins)
    if wrong:
        raise placed(settings.path, wrong)
    unusable = [
        f"{property.id} cannot talk to its PMS: {_unusable(plugins[property.pms.plugin])}"
        for property in settings.properties
        if property.pms.plugin and property.id not in chosen
    ]
    if unusable:
        raise PluginUnusable("\n".join(unusable))
    return chosen


def mistakes(
    of_installed: Callable[[], Sequence[Installed]] = installed,
) -> Callable[[Settings], Found]:
    """For `settings_load.load`: what is wrong about plugins is told with all the rest."""
    return lambda settings: _read(settings, _by_name(settings, None, of_installed))[0]


def users(settings: Settings) -> dict[str, list[str]]:
    """By plugin: the properties that have chosen it, installed or not."""
    found: dict[str, list[str]] = {}
    for property in settings.properties:
        if property.pms.plugin:
            found.setdefault(property.pms.plugin, []).append(property.id)
    return found


def _by_name(
    settings: Settings,
    found: Sequence[Installed] | None,
    look: Callable[[], Sequence[Installed]] = installed,
) -> Mapping[str, Installed]:
    """Nothing is brought in for a house without a PMS."""
    if found is None:
        found = look() if users(settings) else ()
    return {one.name: one for one in found}


def _unusable(plugin: Installed) -> str:
    from_package = f" of {plugin.package} {plugin.version}".rstrip() if plugin.package else ""
    return f"the plugin {plugin.name}{from_package} cannot be used ({plugin.status}): {plugin.reason}"


def _read(settings: Settings, plugins: Mapping[str, Installed]) -> tuple[Found, dict[str, Chosen]]:
    wrong: Found = []
    chosen: dict[str, Chosen] = {}
    for number, property in enumerate(settings.properties):
        if property.pms.plugin:
            found, one = _property(number, property, plugins)
            wrong += found
            if one is not None:
                chosen[property.id] = one
    return wrong, chosen


def _property(
    number: int, property: PropertySettings, plugins: Mapping[str, Installed]
) -> tuple[Found, Chosen | None]:
    """What is wrong in its table, or its choice; neither where the plugin is there and unusable."""
    pms, place = property.pms, ("property", number, "pms")
    if pms.plugin not in plugins:
        known = f"; installed: {', '.join(plugins)}" if plugins else "; no plugin is installed"
        near = did_you_mean(pms.plugin, plugins) or known
        return [((*place, "plugin"), f"the plugin {pms.plugin} is not installed{near}")], None
    plugin = plugins[pms.plugin].plugin
    if plugin is None:
        return [], None
    under = (*place, pms.plugin)
    if pms.nearly_own:
        return [((*place, name), not_known(name, [pms.plugin])) for name in pms.nearly_own], None
    try:
        table, wrong = read_table(plugin.settings, pms.own, under)
    except Exception as error:
        return [(under, f"the plugin failed while it looked at its settings: {why(error)}")], None
    return wrong, Chosen(property.id, plugin, table) if table is not None else None
