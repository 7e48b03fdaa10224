"""Reads a TOML configuration and tells every mistake at once, with its line and its key.

`tomllib` gives no line numbers, so the text is scanned once more for where each key stands: tables,
arrays of tables, and inline tables of which each begins a line.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args
from zoneinfo import available_timezones

from pydantic import BaseModel, ValidationError

from hotelbridge.errors import ConfigurationError, Mistake
from hotelbridge.settings import Settings, contradictions

Key = tuple[str | int, ...]
_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_ENTRY = re.compile(r"""\s*("[^"]+"|'[^']+'|[A-Za-z0-9_-]+)\s*=\s*(.*)$""")
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
    for variable, (table, key) in _FROM_ENVIRONMENT.items():
        if environment.get(variable):
            values.setdefault(table, {})[key] = environment[variable]
    return _checked(path, values, Lines(text))


def _syntax(path: Path, error: tomllib.TOMLDecodeError) -> Mistake:
    match = re.search(r"\(at line (\d+)", str(error))
    where = f"{path}:{match[1]}" if match else f"{path}"
    return Mistake(where, f"is not TOML: {str(error).partition(' (at')[0]}")


def _checked(path: Path, values: dict[str, Any], lines: Lines) -> Settings:
    try:
        settings = Settings.model_validate({**values, "path": path} if "path" not in values else values)
    except ValidationError as error:
        mistakes = [_mistake(path, values, lines, dict(one)) for one in error.errors()]
        raise ConfigurationError(_sorted(mistakes)) from None
    between = [_placed(path, lines, mistake) for mistake in contradictions(settings)]
    if between:
        raise ConfigurationError(_sorted(between))
    return settings


def _placed(path: Path, lines: Lines, mistake: Mistake) -> Mistake:
    key: Key = tuple(int(part) if part.isdigit() else part for part in mistake.where.split("."))
    return Mistake(_where(path, lines, key), mistake.what)


def _sorted(mistakes: list[Mistake]) -> list[Mistake]:
    def line(mistake: Mistake) -> int:
        match = re.match(r".*?:(\d+)", mistake.where)
        return int(match[1]) if match else 0

    return sorted(dict.fromkeys(mistakes), key=line)


def _where(path: Path, lines: Lines, key: Key) -> str:
    line = lines.of(key)
    shown = ".".join(str(part) for part in key)
    return f"{path}:{line} {shown}" if line else f"{path} {shown}"


def _mistake(path: Path, values: dict[str, Any], lines: Lines, error: dict[str, Any]) -> Mistake:
    key: Key = tuple(error["loc"])
    return Mistake(_where(path, lines, key), _words(key, values, error))


_WORDS = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number, without quotes",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be a table",
}
_PATTERNS = {
    "currency": "must be three capital letters like EUR",
    "country": "must be two capital letters like AT",
    "proof": 'must be "answer"',
    "exit": "must be one of 1-9, A-D, * or #, or empty",
    "id": "must be letters, digits, dots, dashes or underscores",
    "name": "must be letters, digits, dots, dashes or underscores",
}


def _words(key: Key, values: dict[str, Any], error: dict[str, Any]) -> str:
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
    return f"is not known{_did_you_mean(str(key[-1]), known_keys(key[:-1]))}"


def _did_you_mean(given: str, known: Any) -> str:
    near = difflib.get_close_matches(given, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


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
    return [field.alias or name for name, field in model.model_fields.items() if name != "path"]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


class Lines:
    """Where each key of a TOML text stands."""

    def __init__(self, text: str) -> None:
        self._found: dict[Key, int] = {}
        self._counts: dict[Key, int] = {}
        table: Key = ()
        inside: Key | None = None  # an array whose inline tables each begin a line
        for number, line in enumerate(text.splitlines(), 1):
            if inside is not None:
                inside = self._element(inside, line, number)
                continue
            header = _TABLE.match(line)
            if header:
                table = self._header(header, number)
                continue
            entry = _ENTRY.match(line)
            if entry:
                key = (*table, entry[1].strip("\"'"))
                self._found.setdefault(key, number)
                inside = key if entry[2].rstrip().endswith("[") else None

    def _header(self, header: re.Match[str], number: int) -> Key:
        parts = [part.strip().strip("\"'") for part in header[2].split(".")]
        key: Key = ()
        for index, part in enumerate(parts):
            key = (*key, part)
            last = index == len(parts) - 1
            if last and header[1] == "[[":
                self._counts[key] = self._counts.get(key, -1) + 1
            if key in self._counts:
                key = (*key, self._counts[key])
        self._found.setdefault(key, number)
        return key

    def _element(self, array: Key, line: str, number: int) -> Key | None:
        for _ in re.finditer(r"\{", line):
            index = self._counts[array] = self._counts.get(array, -1) + 1
            self._found.setdefault((*array, index), number)
        return None if line.strip().startswith("]") else array

    def of(self, key: Key) -> int | None:
        """The line of a key, or of the nearest table around it."""
        while key:
            if key in self._found:
                return self._found[key]
            key = key[:-1]
        return None
