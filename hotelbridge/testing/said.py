"""Collects what the house says for its translators: the marked literals and f-strings of a Python file.

Babel's own extractor passes over f-strings with blanks; here `phrase(f"Room {row.room}: {why(row)}")`
becomes "Room {room}: {why}". What an alarm, a refusal or a line of a history is made with needs no mark.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import BinaryIO

SAYS: Mapping[str, int] = {  # who says something, and where in the arguments the sentence stands
    "phrase": 0,
    "doing.say": 0,
    "doing.note": 2,
    "Refusal": 1,
    "Problem": 2,
    "raise_alarm": 5,
    "recovered": 4,
    "NotWritten": 0,
    "Stale": 0,
    "ReplyLost": 0,
    "Nonsense": 0,
    "Unavailable": 0,
    "worded": 5,
    "withdraw": 4,
    "history.write": 4,
    "journal.write": 6,
    "audit.write": 4,
    "charges.write": 4,
}
Found = tuple[int, None, str, list[str]]


def extract(source: BinaryIO, keywords: object, comments: object, options: object) -> Iterator[Found]:
    """The sentences of a file, as Babel wants them from a method of extraction (`texts.said.cfg`)."""
    for node in ast.walk(ast.parse(source.read())):
        place = _place(node.func) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
            yield from ((node.lineno, None, text, []) for text in sentences(node.args[place]))


def sentences(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression can be; those in the blanks of an f-string come after it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if any(sign.isalpha() for sign in node.value):
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from sentences(node.body)
        yield from sentences(node.orelse)
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        for part in [node.left, node.right] if isinstance(node, ast.BinOp) else node.values:
            yield from sentences(part)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from sentences(value)
    elif isinstance(node, ast.Subscript):
        yield from sentences(node.value)
    elif isinstance(node, ast.JoinedStr):
        template, blanks = _template(node)
        if any(sign.isalpha() for sign in template.fixed):
            yield template.text
        for blank in blanks:
            yield from sentences(blank)


class _Template:
    """An f-string on its way to become a template."""

    def __init__(self) -> None:
        self.text = self.fixed = ""
        self._names: dict[str, int] = {}

    def add(self, literal: str) -> None:
        self.fixed += literal
        self.text += literal.replace("{", "{{").replace("}", "}}")

    def blank(self, name: str) -> None:
        count = self._names[name] = self._names.get(name, 0) + 1
        self.text += f"{{{name}{count if count > 1 else ''}}}"


def _template(node: ast.JoinedStr) -> tuple[_Template, list[ast.expr]]:
    made, blanks = _Template(), []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            made.blank(_blank(part.value))
            blanks.append(part.value)
        elif isinstance(part, ast.Constant):
            made.add(str(part.value))
    return made, blanks


def _blank(node: ast.expr) -> str:
    """What a translator reads for an expression: its last name, of a call what is called."""
    if isinstance(node, ast.Call):
        return _name(node.func).strip("_") or "what"
    if isinstance(node, ast.Subscript):
        return _blank(node.value)
    return _name(node).strip("_") or "what"


def _place(said_by: ast.expr) -> int | None:
    whole = ast.unparse(said_by)
    return SAYS.get(whole, SAYS.get(whole.rpartition(".")[2]))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
