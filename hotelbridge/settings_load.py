"""Reads a TOML configuration and tells every mistake at once, with its line and its key.

What a value may be is the business of `settings`, in which words it is wrong that of `settings_words`.
Here: the file, the environment, and where it all stands.
"""

from __future__ import annotations

import copy
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hotelbridge.errors import ConfigurationError, Mistake
from hotelbridge.settings import RoomSettings, Settings
from hotelbridge.settings_checks import contradictions
from hotelbridge.settings_lines import Key, Lines
from hotelbridge.settings_words import innermost, known_keys, not_known, place, wrong_in

Found = list[tuple[Key, str]]  # keys, and what is wrong with each
Further = Callable[[Settings], Found]  # a look at settings that this module cannot take itself
T = TypeVar("T", bound=BaseModel)
S = TypeVar("S", Settings, Settings | None)

_FROM_ENVIRONMENT = {"HOTELBRIDGE_STORE_URL": ("store", "url"), "HOTELBRIDGE_WEB_LISTEN": ("web", "listen")}


def load(
    path: Path, environment: Mapping[str, str] = os.environ, further: Further = lambda settings: []
) -> Settings:
    """The settings in a file. Raises ConfigurationError with every mistake in it, those of `further` too."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError([Mistake(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ConfigurationError([Mistake(str(path), "is not UTF-8 text")]) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([_syntax(path, error)]) from None
    except RecursionError:
        raise ConfigurationError([Mistake(str(path), "has too many brackets in brackets")]) from None
    return _Reading(path, Lines(text)).settings(values, environment, further)


def read_table(model: type[T], values: Mapping[str, Any], under: Key) -> tuple[T | None, Found]:
    """A plugin's own table, and what is wrong in it; `under` is where it stands in the file."""
    try:
        return model.model_validate(values, by_name=False), []
    except ValidationError as error:
        return None, [((*under, *key), what) for key, what in wrong_in(error, model, {})]


def placed(path: Path, found: Found) -> ConfigurationError:
    """Mistakes that were found after a file was read, each with the line where it stands now."""
    try:
        lines = Lines(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        lines = Lines("")
    return _Reading(path, lines).all(found)


def read_room(number: str, phones: Iterable[str]) -> RoomSettings:
    """A room from elsewhere than a configuration. Raises ValueError with what is wrong, in words."""
    try:
        return RoomSettings(number=number, phones=tuple(phones))
    except ValidationError as error:
        raise ValueError("; ".join(what for _, what in wrong_in(error, RoomSettings))) from None


def _syntax(path: Path, error: tomllib.TOMLDecodeError) -> Mistake:
    match = re.search(r"\(at line (\d+)", str(error))
    where = f"{path}:{match[1]}" if match else f"{path}"
    return Mistake(where, f"is not TOML: {str(error).partition(' (at')[0]}")


class _Reading:
    """One file on its way to settings."""

    def __init__(self, path: Path, lines: Lines) -> None:
        self._path = path
        self._lines = lines
        self._variables: dict[Key, str] = {}  # keys that the environment has overruled

    def settings(self, values: dict[str, Any], environment: Mapping[str, str], further: Further) -> Settings:
        """Raises ConfigurationError with every mistake."""
        self._overrule(values, environment)
        found: Found = []
        if "path" in values:  # known to the model, but not a key of the file
            del values["path"]
            found.append((("path",), not_known("path", known_keys((), Settings))))
        try:
            settings = Settings.model_validate(values, by_name=False)  # `room`, never `rooms`
        except ValidationError as error:
            errors = innermost(error)
            found += wrong_in(error, Settings)
            rest = _between(self._placed(_rest(values, errors)), further)
            found += [one for one in rest if not _is_under(one[0], errors)]
            raise self.all(found) from None
        settings = self._placed(settings)
        found += _between(settings, further)
        if found:
            raise self.all(found)
        return settings

    def _placed(self, settings: S) -> S:
        """With the file they are from: other files are named as seen from it."""
        return settings and settings.model_copy(update={"path": self._path})

    def _overrule(self, values: dict[str, Any], environment: Mapping[str, str]) -> None:
        for variable, (table, key) in _FROM_ENVIRONMENT.items():
            if environment.get(variable) and isinstance(values.setdefault(table, {}), dict):
                values[table][key] = environment[variable]
                self._variables[table, key] = variable

    def all(self, found: Iterable[tuple[Key, str]]) -> ConfigurationError:
        """Each mistake once, in the order of the file."""
        placed = sorted(dict.fromkeys(found), key=lambda one: self._lines.of(one[0]) or 0)
        return ConfigurationError([Mistake(self._where(key), what) for key, what in placed])

    def _where(self, key: Key) -> str:
        if key in self._variables:
            return self._variables[key]
        line = self._lines.of(key)
        shown = ".".join(str(part) for part in key)
        return f"{self._path}:{line} {shown}" if line else f"{self._path} {shown}"


def _between(settings: Settings | None, further: Further) -> Found:
    """What does not fit together, where there are settings at all."""
    if settings is None:
        return []
    here = [(_key(mistake.where), mistake.what) for mistake in contradictions(settings)]
    return here + further(settings)


def _key(dotted: str) -> Key:
    return tuple(int(part) if part.isdigit() else part for part in dotted.split("."))


def _is_under(key: Key, errors: list[dict[str, Any]]) -> bool:
    return any(key[: len(one["loc"])] == place(one) for one in errors)


# A value for what is missing or wrong, so that the rest can still be looked at.
_INSTEAD = {
    "name": "Hotel",
    "timezone": "UTC",
    "currency": "EUR",
    "country": "AT",
    "url": "http://192.0.2.1/xml",
    "voicefile": "x",
}


def _rest(values: dict[str, Any], errors: list[dict[str, Any]]) -> Settings | None:
    """The settings without what is wrong in them; None where too little is left."""
    rest = copy.deepcopy(values)
    for error in errors:
        *parents, last = error["loc"] or ("",)
        if not isinstance(last, str) or last in ("id", "number") or (last == "name" and "om" in parents):
            return None
        try:
            table: Any = rest
            for part in parents:
                table = table[part]
            table.pop(last, None)
        except (KeyError, IndexError, TypeError, AttributeError):
            return None
        if last in _INSTEAD and parents[:1] == ["property"]:
            table[last] = _INSTEAD[last]
    try:
        return Settings.model_validate(rest, by_name=False)
    except ValidationError:
        return None
