"""From bytes to a checked form, or to a problem that names everything wrong with them at once.

The one place that reads JSON and query strings. It never shows back more of the input than a field
name, and it does not trip over what JSON can hide: depth, halves of characters, endless numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hotelbridge.web.bodies import AMOUNT, Form
from hotelbridge.web.problems import Problem

F = TypeVar("F", bound=Form)

MOST_FIELDS_NAMED = 20
LONGEST_NAME = 60


def body_form(form: type[F], content: bytes) -> F:
    """The checked body; 400 `invalid_json`, 422 `invalid_body`."""
    given = _json(content)
    if not isinstance(given, dict):
        raise Problem(422, "invalid_body", 'The body must be a JSON object, {"name": value, ...}.', errors=[])
    return _checked(form, given, "invalid_body", "field")


def query_form(form: type[F], query: bytes) -> F:
    """The checked query string; 422 `invalid_query`. A parameter without a value counts as not given."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError as error:
        raise Problem(422, "invalid_query", "The query string cannot be read.", errors=[]) from error
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _problem("invalid_query", {_short(name): "is given twice" for name in twice}, {})
    return _checked(form, {name: value for name, value in pairs if value}, "invalid_query", "parameter")


def _json(content: bytes) -> Any:
    if not content.strip():
        raise _not_json("it is empty")
    try:
        given = json.loads(content.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
        json.dumps(given, ensure_ascii=False).encode("utf-8")  # refuses a lone half of a character
    except UnicodeError as error:
        raise _not_json("it is not well-formed UTF-8 text") from error
    except RecursionError as error:
        raise _not_json("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise _not_json(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        raise _not_json(str(error)) from error
    return given


def _not_json(why: str) -> Problem:
    return Problem(400, "invalid_json", f"The body cannot be read as JSON: {why}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a field is given twice")
    return made


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _checked(form: type[F], given: Mapping[str, Any], code: str, what: str) -> F:
    wrong = form.contradictions({name: value for name, value in given.items() if value is not None})
    try:
        checked = form.model_validate(given)
    except ValidationError as error:
        known = [field.alias or name for name, field in form.model_fields.items()]
        near: dict[str, str] = {}
        details = error.errors(include_url=False, include_input=False, include_context=True)
        within = {detail["loc"][:-1] for detail in details if len(detail["loc"]) > 1}
        for detail in details:
            if detail["type"] == "too_short" and detail["loc"] in within:
                continue  # an entry was left out because it is wrong, and that is told
            _tell(detail, known, what, wrong, near)
        raise _problem(code, wrong, near) from error
    if wrong:
        raise _problem(code, wrong, {})
    return checked


def _tell(
    detail: ErrorDetails, known: list[str], what: str, wrong: dict[str, str], near: dict[str, str]
) -> None:
    name = _short(".".join(str(part) for part in detail["loc"]))
    if detail["type"] != "extra_forbidden":
        wrong.setdefault(name, _sentence(detail))
    elif close := get_close_matches(name, known, 1):
        wrong[name] = f"unknown {what}; did you mean `{close[0]}`?"
        near[name] = close[0]
    else:
        wrong[name] = f"unknown {what}; known are {', '.join(f'`{each}`' for each in known) or 'none'}"


def _problem(code: str, wrong: Mapping[str, str], near: Mapping[str, str]) -> Problem:
    errors: list[dict[str, str]] = []
    for name, sentence in list(wrong.items())[:MOST_FIELDS_NAMED]:
        entry = {"field": name, "detail": sentence}
        errors.append(entry | ({"did_you_mean": near[name]} if name in near else {}))
    detail = "; ".join(f"`{entry['field']}` {entry['detail']}" for entry in errors)
    more = len(wrong) - len(errors)
    return Problem(422, code, f"{detail}; and {more} more." if more else f"{detail}.", errors=errors)


# The checker's own words speak of tuples and of input that it is unable to interpret.
_SENTENCES = {
    "missing": "is required",
    "string_pattern_mismatch": "contains characters that are not allowed here",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "tuple_type": "must be a list, [ ... ]",
    "too_short": "must have at least {min_length} entry",
    "too_long": "must have at most {max_length} entries",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "greater_than_equal": "must be at least {ge}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}


# What is written in one way alone is answered with that.
_PATTERNS = {AMOUNT: "must be an amount: write it like 0.50"}


def _sentence(detail: ErrorDetails) -> str:
    pattern = str(detail.get("ctx", {}).get("pattern"))
    if pattern in _PATTERNS:
        return _PATTERNS[pattern]
    known = _SENTENCES.get(detail["type"])
    if known is not None:
        return known.format(**detail.get("ctx", {}))
    return detail["msg"][:1].lower() + detail["msg"][1:]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 3] + "..."
