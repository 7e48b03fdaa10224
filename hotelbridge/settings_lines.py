"""Where each key of a TOML text stands: `tomllib` gives values without lines.

A scan of the text, good for tables, arrays of tables, dotted keys, and arrays whose inline tables each
begin a line. Whatever it does not see is found at the nearest table around it. Knows no configuration.
"""

from __future__ import annotations

import re

Key = tuple[str | int, ...]
_PART = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_NAME})\s*\]\]?\s*(?:#.*)?$")
_ENTRY = re.compile(rf"\s*({_NAME})\s*=\s*(.*)$")
_OPENS = re.compile(r"\[\s*(?:#.*)?$")  # an array that goes on in the next line


class Lines:
    """The lines of one text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._found: dict[Key, int] = {}
        self._counts: dict[Key, int] = {}
        table: Key = ()
        inside: Key | None = None  # an array over several lines
        for number, line in enumerate(text.splitlines(), 1):
            if inside is not None:
                inside = self._element(inside, line, number)
            elif header := _TABLE.match(line):
                table = self._header(header[2], header[1] == "[[", number)
            elif entry := _ENTRY.match(line):
                key = (*table, *_parts(entry[1]))
                self._found.setdefault(key, number)
                inside = key if _OPENS.search(entry[2]) else None

    def _header(self, name: str, is_array: bool, number: int) -> Key:
        key: Key = ()
        parts = _parts(name)
        for index, part in enumerate(parts):
            key = (*key, part)
            if is_array and index == len(parts) - 1:
                self._found.setdefault(key, number)
                self._counts[key] = self._counts.get(key, -1) + 1
            if key in self._counts:
                key = (*key, self._counts[key])
        self._found.setdefault(key, number)
        return key

    def _element(self, array: Key, line: str, number: int) -> Key | None:
        if line.strip().startswith("]"):
            return None
        for _ in re.finditer(r"\{", line.partition("#")[0]):
            index = self._counts[array] = self._counts.get(array, -1) + 1
            self._found.setdefault((*array, index), number)
        return array

    def of(self, key: Key) -> int | None:
        """The line of a key, or of the nearest table around it."""
        while key:
            if key in self._found:
                return self._found[key]
            key = key[:-1]
        return None


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, name)]
