"""What pydantic found wrong with a table of a configuration, in words a person can act on.

Serves the file's own tables and a plugin's alike: whose words are whose comes in as an argument. Knows
no file and no line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args, get_origin
from zoneinfo import available_timezones

from pydantic import BaseModel, ValidationError

from hotelbridge.settings_lines import Key

_WORDS = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number, without quotes",
    "tuple_type": "must be a list in [ ]",
    "model_type": "must be a table",
    "string_too_short": "must not be empty",
    "too_short": "must have at least one entry",
}
OF_THE_FILE = {  # of its own keys, by their last part
    "currency": "must be three capital letters like EUR",
    "country": "must be two capital letters like AT",
    "proof": 'must be "answer", "heard" or "digit"',
    "exit": "must be one of 1-9, A-D, * or #, or empty",
    "id": "must be letters, digits, dots, dashes or underscores",
    "name": "must be letters, digits, dots, dashes or underscores",
    "outside_prefix": "must be what is dialled for a line: digits, * or #",
    "rounding": 'must be "half_up", "half_even", "up" or "down"',
    "distribution": "must be sequential, circular or simultaneous, or empty",
    "node": "must be letters, digits, dots, dashes or underscores",
}


def wrong_in(
    error: ValidationError, model: type[BaseModel], forms: Mapping[str, str] = OF_THE_FILE
) -> list[tuple[Key, str]]:
    """Each key that is wrong, as seen from the model, and what to say; `forms`: what a key must look like."""
    return [(place(one), _words(place(one), one, model, forms)) for one in innermost(error)]


def innermost(error: ValidationError) -> list[dict[str, Any]]:
    """Without those that only follow: a list whose entries are wrong is said to be too short, too."""
    errors: list[dict[str, Any]] = [dict(one) for one in error.errors()]
    around = {tuple(one["loc"][:length]) for one in errors for length in range(len(one["loc"]))}
    return [one for one in errors if tuple(one["loc"]) not in around]


def place(error: Mapping[str, Any]) -> Key:
    """The key of an error of pydantic."""
    return tuple(error["loc"])


def _words(key: Key, error: dict[str, Any], model: type[BaseModel], forms: Mapping[str, str]) -> str:
    kind = str(error["type"])
    if kind == "extra_forbidden":
        return not_known(str(key[-1]), known_keys(key[:-1], model))
    if kind == "value_error":
        return _nearest_zone(str(error["ctx"]["error"]), error.get("input"))
    if kind == "string_pattern_mismatch":
        return f"{forms.get(str(key[-1]), 'has a form that is not allowed')} (it is {error['input']!r})"
    if kind == "literal_error":
        near = did_you_mean(str(error["input"]), _literals(str(error["ctx"]["expected"])))
        return f"must be {error['ctx']['expected']} (it is {error['input']!r}){near}"
    return _WORDS.get(kind, str(error["msg"]).lower())


def _literals(expected: str) -> list[str]:
    return expected.split("'")[1::2]


def _nearest_zone(words: str, given: object) -> str:
    if "not a time zone" not in words or not isinstance(given, str):
        return words
    return f"{words}{did_you_mean(given, available_timezones())}"


def not_known(given: str, known: Iterable[str]) -> str:
    """What to say of a key that nobody knows."""
    names = list(known)
    return f"is not known{did_you_mean(given, names) or '; there are: ' + ', '.join(names)}"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The nearest name, however it was written."""
    names = {name.lower(): name for name in sorted(known)}
    near = difflib.get_close_matches(given.lower(), names, n=1, cutoff=0.5)
    return f"; did you mean {names[near[0]]}?" if near else ""


def known_keys(table: Key, model: type[BaseModel]) -> list[str]:
    """The keys that a table of a model may have, as written in the file."""
    inside: type[BaseModel] | None = model
    freely_named = False  # the next part is a name that the file gives
    for part in table:
        if isinstance(part, int) or inside is None:
            continue
        if freely_named:
            freely_named = False
            continue
        field = next((f for n, f in inside.model_fields.items() if part in (n, f.alias)), None)
        inside = None if field is None else next(_models(field.annotation), None)
        freely_named = field is not None and _is_mapping(field.annotation)
    if inside is None:
        return []
    return [field.alias or name for name, field in inside.model_fields.items() if not field.exclude]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _is_mapping(annotation: Any) -> bool:
    return get_origin(annotation) is dict or any(_is_mapping(inner) for inner in get_args(annotation))
