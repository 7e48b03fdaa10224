"""From bytes to one parsed root, for devices that are nearly right, and for nobody else.

Hardened: no entities, no document type, no network, bounded in size. Tolerant of what devices send: a
second root `<Auth>`, blanks before the declaration, none at all, end tags like `</ No_Disturb>`.
Never of a document that ends too early: that it is whole is the only proof that a reply was complete.
"""

from __future__ import annotations

import re

from lxml import etree

from hotelbridge.errors import Nonsense

LARGEST = 1024 * 1024
_LOOSE_END = re.compile(rb"</\s+")


def parse(body: bytes) -> tuple[etree._Element, dict[str, str] | None]:
    """The root element, and the signature block behind it if there is one. Raises Nonsense."""
    if len(body) > LARGEST:
        size = len(body)
        raise Nonsense(f"{size} bytes are too many for a message of the device")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Nonsense("a document type or an entity has no place in a message of the device")
    try:
        return _root(body), None
    except etree.XMLSyntaxError as error:
        return _recovered(body, error)


def _root(text: bytes) -> etree._Element:
    parser: etree.XMLParser[etree._Element] = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(text, parser)


def _recovered(body: bytes, error: etree.XMLSyntaxError) -> tuple[etree._Element, dict[str, str] | None]:
    """The second look: only what can be read in one way is repaired."""
    text = _LOOSE_END.sub(b"</", body.strip(b" \t\r\n\0\xef\xbb\xbf"))
    main, mark, rest = text.partition(b"<Auth>")
    try:
        root = _root(main)
        auth = None if not mark else {strip_name(e.tag): words(e) or "" for e in _root(mark + rest)}
    except (etree.XMLSyntaxError, ValueError):
        wrong = error.msg
        raise Nonsense(f"not well-formed XML: {wrong}") from None
    return root, auth


def strip_name(tag: object) -> str:
    """An element's name without a namespace."""
    return str(tag).rpartition("}")[2]


def words(element: etree._Element | None) -> str | None:
    """The text of an element without blanks around it; None where it is missing or empty."""
    if element is None or element.text is None:
        return None
    return element.text.strip() or None


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute without blanks around it; None where it is missing."""
    value = element.get(name)
    return None if value is None else value.strip()
