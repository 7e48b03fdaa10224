"""The XML of the simulated exchange: a small tree, its text, and templates of what the manual shows.

Written by hand on purpose, apart from `hotelbridge.om`: two readings of one manual, held against the
same samples, find each other's mistakes. Knows nothing of calls, faults or sockets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="utf-8" ?>'
COMMENT = "!--"

# The error codes of chapter 2.4.3.
REASONS = {
    1: "temp failure",
    2: "restricted",
    3: "offline",
    4: "other call",
    5: "no circuit",
    6: "busy",
    7: "not exist",
    8: "offline",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One element: its attributes in order, and either text or children."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()
    text: str | None = None

    def get(self, name: str) -> str | None:
        """The value of one attribute."""
        return dict(self.attributes).get(name)

    def first(self, tag: str) -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def having(self, *children: Node) -> Node:
        """The same with other children."""
        return replace(self, children=children)


def node(tag: str, attributes: Mapping[str, str] | None = None, *children: Node | None) -> Node:
    """An element; children that are None are left out."""
    kept = tuple(child for child in children if child is not None)
    return Node(tag, tuple((attributes or {}).items()), kept)


def leaf(tag: str, text: str) -> Node:
    """An element with text only."""
    return Node(tag, text=text)


def comment(text: str) -> Node:
    """An XML comment."""
    return Node(COMMENT, text=text)


def render(root: Node, *, declaration: bool = True, line_end: str = "\n") -> bytes:
    """The document as the device writes it: one element per line, LF, and one LF at its end."""
    head = [DECLARATION] if declaration else []
    return line_end.join([*head, *_lines(root, "", root=True), ""]).encode()


def _lines(this: Node, indent: str, *, root: bool = False) -> Iterable[str]:
    if this.tag == COMMENT:
        yield f"{indent}<!-- {this.text} -->"
        return
    start = this.tag + "".join(f" {name}={quoteattr(value)}" for name, value in this.attributes)
    if this.text is not None:
        yield f"{indent}<{start}>{escape(this.text)}</{this.tag}>"
    elif this.children or root:
        yield f"{indent}<{start}>"
        for child in this.children:
            yield from _lines(child, indent + "  ")
        yield f"{indent}</{this.tag}>"
    else:
        yield f"{indent}<{start} />"


def event(name: str, *children: Node | None, **attributes: str) -> Node:
    """An `<Event>` of chapter 2.4 (also the body of some replies, chapter 2.2.1)."""
    return node("Event", {"attribute": name, **attributes}, *children)


def status(*children: Node) -> Node:
    """The `<Status>` that answers Query and Assign."""
    return node("Status", None, *children)


def failed(code: int, reason: str, *parties: Node | None) -> Node:
    """The `FAILED` of chapter 2.4.3."""
    return event("FAILED", *parties, node("err", {"code": str(code), "reason": reason}))


EMPTY_WAITING_LIST = comment("Empty Waiting List")
