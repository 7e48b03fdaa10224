"""Reads a TOML configuration and tells every mistake at once, with its line and its key.

What a value may be is the business of `settings`. Here: the file, the environment, and plain words
for what is wrong, with the nearest name that would have been right.
"""

from __future__ import annotations

import copy
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args
from zoneinfo import available_timezones

from pydantic import BaseModel, ValidationError

from hotelbridge.errors import ConfigurationError, Mistake
from hotelbridge.settings import Settings
from hotelbridge.settings_checks import contradictions
from hotelbridge.settings_lines import Key, Lines

_FROM_ENVIRONMENT = {"HOTELBRIDGE_STORE_URL": ("store", "url"), "HOTELBRIDGE_WEB_LISTEN": ("web", "listen")}


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in a file. Raises ConfigurationError with every mistake in it."""
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
    return _Reading(path, Lines(text)).settings(values, environment)


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

    def settings(self, values: dict[str, Any], environment: Mapping[str, str]) -> Settings:
        """Raises ConfigurationError with every mistake."""
        self._overrule(values, environment)
        found: list[tuple[Key, str]] = []
        if "path" in values:  # known to the model, but not a key of the file
            del values["path"]
            found.append((("path",), _unknown(("path",))))
        try:
            settings = Settings.model_validate(values, by_name=False)  # `room`, never `rooms`
        except ValidationError as error:
            errors = _innermost([dict(one) for one in error.errors()])
            found += [(tuple(one["loc"]), _words(tuple(one["loc"]), one)) for one in errors]
            found += [one for one in _between(_rest(values, errors)) if not _is_under(one[0], errors)]
            raise self._all(found) from None
        found += _between(settings)
        if found:
            raise self._all(found)
        return settings.model_copy(update={"path": self._path})

    def _overrule(self, values: dict[str, Any], environment: Mapping[str, str]) -> None:
        for variable, (table, key) in _FROM_ENVIRONMENT.items():
            if environment.get(variable) and isinstance(values.setdefault(table, {}), dict):
                values[table][key] = environment[variable]
                self._variables[table, key] = variable

    def _all(self, found: Iterable[tuple[Key, str]]) -> ConfigurationError:
        placed = sorted(dict.fromkeys(found), key=lambda one: self._lines.of(one[0]) or 0)
        return ConfigurationError([Mistake(self._where(key), what) for key, what in placed])

    def _where(self, key: Key) -> str:
        if key in self._variables:
            return self._variables[key]
        line = self._lines.of(key)
        shown = ".".join(str(part) for part in key)
        return f"{self._path}:{line} {shown}" if line else f"{self._path} {shown}"


def _innermost(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those that only follow: a list whose entries are wrong is said to be too short, too."""
    around = {tuple(one["loc"][:length]) for one in errors for length in range(len(one["loc"]))}
    return [one for one in errors if tuple(one["loc"]) not in around]


def _between(settings: Settings | None) -> list[tuple[Key, str]]:
    """What does not fit together, where there are settings at all."""
    if settings is None:
        return []
    return [(_key(mistake.where), mistake.what) for mistake in contradictions(settings)]


def _key(dotted: str) -> Key:
    return tuple(int(part) if part.isdigit() else part for part in dotted.split("."))


def _is_under(key: Key, errors: list[dict[str, Any]]) -> bool:
    return any(key[: len(one["loc"])] == tuple(one["loc"]) for one in errors)


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


_WORDS = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number, without quotes",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be a table",
    "string_too_short": "must not be empty",
    "too_short": "must have at least one entry",
}
_PATTERNS = {
    "currency": "must be three capital letters like EUR",
    "country": "must be two capital letters like AT",
    "proof": 'must be "answer", "heard" or "digit"',
    "exit": "must be one of 1-9, A-D, * or #, or empty",
    "id": "must be letters, digits, dots, dashes or underscores",
    "name": "must be letters, digits, dots, dashes or underscores",
    "node": "must be letters, digits, dots, dashes or underscores",
}


def _words(key: Key, error: dict[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "extra_forbidden":
        return _unknown(key)
    if kind == "value_error":
        return _nearest_zone(str(error["ctx"]["error"]), error.get("input"))
    if kind == "string_pattern_mismatch":
        return f"{_PATTERNS.get(str(key[-1]), 'has a form that is not allowed')} (it is {error['input']!r})"
    return _WORDS.get(kind, str(error["msg"]).lower())


def _nearest_zone(words: str, given: object) -> str:
    if "not a time zone" not in words or not isinstance(given, str):
        return words
    return f"{words}{_did_you_mean(given, available_timezones())}"


def _unknown(key: Key) -> str:
    known = known_keys(key[:-1])
    return f"is not known{_did_you_mean(str(key[-1]), known) or '; there are: ' + ', '.join(known)}"


def _did_you_mean(given: str, known: Iterable[str]) -> str:
    """The nearest name, however it was written."""
    names = {name.lower(): name for name in sorted(known)}
    near = difflib.get_close_matches(given.lower(), names, n=1, cutoff=0.5)
    return f"; did you mean {names[near[0]]}?" if near else ""


def known_keys(table: Key) -> list[str]:
    """The keys that a table may have, as written in the file."""
    model: type[BaseModel] | None = Settings
    for part in table:
        if isinstance(part, int) or model is None:
            continue
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        model = None if field is None else next(_models(field.annotation), None)
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items() if not field.exclude]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
