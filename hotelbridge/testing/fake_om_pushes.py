"""From an event of the exchange to a parcel on the wire, spoilt as the faults say.

Keeps a log of everything the device had to say, whether or not anybody heard it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from hotelbridge.clock import Clock
from hotelbridge.testing.fake_om_faults import EventFault, EventRule, Faults
from hotelbridge.testing.fake_om_http import Parcel, Pusher
from hotelbridge.testing.fake_om_timers import Timers
from hotelbridge.testing.fake_om_xml import Node, comment, event, leaf, node, render

_RECORDING = "20150824/326_013800000011_20150824-104404_20666"


@dataclass(frozen=True, slots=True)
class Pushed:
    """One document that the device meant to send."""

    at: datetime
    name: str
    phone: str | None
    body: bytes


@dataclass(slots=True)
class Outbox:
    """What the device says to its application server."""

    clock: Clock
    faults: Faults
    parameters: dict[str, str]
    mac: str
    pusher: Pusher
    cut: bool = False  # the way to the application server is gone
    said: list[Pushed] = field(default_factory=list)
    lost: list[Parcel] = field(default_factory=list)
    _late: Timers = field(init=False)
    _kept_back: list[Parcel] = field(default_factory=list)  # INCOMING until BYE
    _glued: list[Parcel] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._late = Timers(self.clock)

    def push(self, name: str, document: Node, phone: str | None) -> None:
        """Say one thing, with the faults that apply to it."""
        if self.parameters.get("349") == "yes" and document.first("MAC") is None:
            document = document.having(leaf("MAC", self.mac), *document.children)
        faults = self.faults.take_events(name, phone)
        parcels = _parcels(name, document, faults, self.clock.now())
        self.said.append(Pushed(self.clock.now(), name, phone, parcels[-1].body))
        if EventFault.LOSE in faults:
            self.lost += parcels
        elif (late := faults.get(EventFault.LATE)) is not None:
            self._late.later(late.seconds, self._send_all, parcels)
        elif name == "INCOMING" and self.faults.incoming_last:
            self._kept_back += parcels
        elif EventFault.GLUED in faults:
            self._glued += parcels
        else:
            self._send_all(parcels)
        if name == "BYE":
            self._send_all(self._kept_back)
            self._kept_back = []

    def stop(self) -> None:
        """Forget what was to be sent later."""
        self._late.stop()
        self._kept_back.clear()
        self._glued.clear()

    def _send_all(self, parcels: list[Parcel]) -> None:
        if self.cut:
            self.lost += parcels
            return
        glued, self._glued = self._glued, []
        for parcel in parcels:
            self.pusher.send([*glued, parcel])
            glued = []


def _parcels(name: str, document: Node, faults: dict[EventFault, EventRule], now: datetime) -> list[Parcel]:
    length, segments = EventFault.NO_LENGTH not in faults, EventFault.SEGMENTS in faults
    body = _body(_shaped(document, faults), faults, now)
    main = Parcel(name, body, length, segments)
    parcels = [main]
    if EventFault.UNKNOWN_EVENT in faults:
        queue = event("QUEUE", node("group", {"id": "1"}), node("ext", {"id": "200"}))
        parcels.insert(0, Parcel("QUEUE", render(queue), length, segments))
    if EventFault.DUPLICATE in faults:
        parcels.append(main)
    if EventFault.TWICE_SHORTER in faults:
        shorter = document.having(*document.children[-1:])
        parcels.append(replace(main, body=_body(shorter, faults, now)))
    return parcels


def _shaped(document: Node, faults: dict[EventFault, EventRule]) -> Node:
    children = list(document.children)
    if EventFault.BLANK_NAME in faults:
        attributes = tuple((n, v + " " if n == "attribute" else v) for n, v in document.attributes)
        document = replace(document, attributes=attributes)
    if EventFault.VISITOR_FROM_ONLY in faults:
        children = [_from_only(child) if child.tag == "visitor" else child for child in children]
    if EventFault.COMMENTS in faults:
        children = [comment("seen from the line"), *children, comment("end")]
    if EventFault.UNKNOWN_ELEMENT in faults:
        children = [node("firmware", {"build": "119"}, leaf("note", "x")), *children]
    if EventFault.RECORDING in faults:
        children.append(leaf("recording", _RECORDING))
    return document.having(*children)


def _from_only(visitor: Node) -> Node:
    return Node("visitor", tuple(pair for pair in visitor.attributes if pair[0] == "from"), visitor.children)


def _body(document: Node, faults: dict[EventFault, EventRule], now: datetime) -> bytes:
    if EventFault.GARBAGE in faults:
        return b"<Event attribute=RING><ext id=\xff\n"
    line_end = "\r\n" if EventFault.CRLF in faults else "\n"
    body = render(document, declaration=EventFault.NO_DECLARATION not in faults, line_end=line_end)
    return body + _auth(now) if EventFault.AUTH in faults else body


def _auth(now: datetime) -> bytes:
    """A signature of the right form; what is hashed into it is not public, so it proves nothing."""
    block = node(
        "Auth",
        None,
        leaf("nonce", "0A1B2C3D"),
        leaf("timestamp", str(int(now.timestamp()))),
        leaf("signature", "00112233445566778899aabbccddeeff"),
    )
    return render(block, declaration=False)
