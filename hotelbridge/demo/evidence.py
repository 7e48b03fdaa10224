"""What was seen from outside while the story was played: by the phones, by the desk, on the clock.

Plain data, gathered once at the end, for the promises to be held against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hotelbridge.demo.books import Row
from hotelbridge.demo.eventline import Heard
from hotelbridge.demo.guests import Guest
from hotelbridge.testing.fake_om_plant import Overlap, Ring


@dataclass(frozen=True, slots=True)
class Stayed:
    """One guest's night."""

    guest: Guest
    due: datetime
    connects: tuple[datetime, ...]  # the device was asked to ring
    rings: tuple[Ring, ...]  # the phone was heard
    wakeup: Mapping[str, Any]  # as the API tells it at the end

    @property
    def state(self) -> str:
        return str(self.wakeup["state"])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a promise may look at."""

    nights: Mapping[str, Stayed]  # by room
    alarms: tuple[Mapping[str, Any], ...]  # open and closed
    heard: tuple[Heard, ...]  # on the event stream
    commands: tuple[tuple[datetime, str], ...]  # "Assign menu 1", "Connect menu 1, ext 201"
    overlaps: tuple[Overlap, ...]
    menus: tuple[str, ...]  # what must be assigned before a Connect
    ring: timedelta  # how long a phone is rung
    moments: Mapping[str, datetime] = field(default_factory=dict)  # noted by the scenes
    mute: tuple[str, ...] = ()  # phones whose reports are not switched on in the device
    held: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # parameters by phone, at the end
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what the desk was told
    rung: Mapping[str, int] = field(default_factory=dict)  # how often each phone was heard
    guests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by room, as the desk is told
    said_to_pms: tuple[str, ...] = ()  # the records that the PMS received
    postings: tuple[tuple[datetime, str], ...] = ()  # the charges that the PMS received, and when
    folio: tuple[str, ...] = ()  # all that stands on the PMS's folios at the end, a record each
    records: tuple[Row, ...] = ()  # of calls, in the daemon's books
    charges: tuple[Row, ...] = ()  # ... and what became of them
    cdrs: tuple[str, ...] = ()  # ids of the call records that the exchange handed over
    cdrs_maybe: tuple[str, ...] = ()  # ... and of those that may have reached nobody
    failures: tuple[str, ...] = ()  # of the daemon, by its log
    exit_code: int | None = 0  # of the daemon's ordinary end

    def alarm_of(self, room: str, kind: str) -> list[Heard]:
        """Every time an open alarm of this kind was heard about a room."""
        return [one for one in self.heard if _is_about(one, room, kind)]


def _is_about(heard: Heard, room: str, kind: str) -> bool:
    item = heard.item
    return (
        heard.event == "alarm"
        and bool(item.get("open"))
        and item.get("room") == room
        and item.get("kind") == kind
    )
