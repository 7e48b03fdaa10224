"""`check --online` beside a daemon: whether one runs, and how it says that its link to the PMS stands.

Only the daemon knows its line. What it has left in the store counts while it runs, and not when it has
ended, in whatever way: then nobody holds the line, and it can be tried.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotelbridge.commands.underway import Surroundings
from hotelbridge.core.devicecheck import Finding, Gravity
from hotelbridge.pms.api import Layer
from hotelbridge.settings import PropertySettings
from hotelbridge.store import inuse, leases, pms_state
from hotelbridge.store.database import Tx

ABOUT = ("the daemon",)
_UP = {
    Layer.CONNECTED: "the line stands",
    Layer.ALIVE: "the PMS answers",
    Layer.FLOWING: "data goes both ways",
}
_DOWN = {
    Layer.CONNECTED: "the line does not stand",
    Layer.ALIVE: "the PMS does not answer",
    Layer.FLOWING: "nothing goes to the PMS now",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known without trying the line."""

    findings: tuple[Finding, ...]
    runs: bool  # a daemon holds the line, or tries to have it
    well: bool = True  # as far as that daemon knows


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the store says of a property."""

    marks: Mapping[str, str]
    lease: leases.Lease | None
    held: bool


async def heard(around: Surroundings, url: str, property: PropertySettings) -> Heard:
    """Whether a daemon runs, and how its link stands."""
    process = inuse.is_running(url)
    if around.db is None:
        return Heard((), process is True)
    kept = await around.db.read(lambda tx: _read(tx, property.id))
    if not (kept.held if process is None else process):
        return Heard((_does_not_run(kept),), False)
    if not kept.held:
        return Heard((_without_hotel(kept, property),), True, False)
    link: dict[str, Any] = json.loads(kept.marks.get("link", "{}"))
    if not link:
        note = Finding(Gravity.NOTE, ABOUT, "it runs, and has not said yet how the link stands")
        return Heard((note,), True, False)
    layers = _layers(link, property)
    return Heard(layers, True, all(one.gravity is Gravity.WELL for one in layers))


def _read(tx: Tx, property: str) -> _Kept:
    marks = pms_state.values(tx, property, house=True)
    return _Kept(marks, leases.holder(tx, property), leases.is_held(tx, property))


def _does_not_run(kept: _Kept) -> Finding:
    if "running" in kept.marks:  # taken away by every end in order
        return Finding(
            Gravity.WRONG,
            ABOUT,
            "it does not run, and its last run did not end well: no guest is rung, nobody hears the PMS",
            "Start it (systemctl start hotelbridge), and look into its log (journalctl -u hotelbridge).",
        )
    words = "it does not run" if kept.lease is not None else "it has not run here yet"
    return Finding(Gravity.NOTE, ABOUT, f"{words}: the line is tried from here")


def _without_hotel(kept: _Kept, property: PropertySettings) -> Finding:
    since = "" if kept.lease is None else f" since {kept.lease.expires.astimezone(property.zone):%H:%M:%S}"
    return Finding(
        Gravity.WRONG,
        ABOUT,
        f"its process is there, and has not had this hotel{since}: it hangs, or cannot write its database",
        "Look into its log (journalctl -u hotelbridge); systemctl restart hotelbridge.",
    )


def _layers(link: Mapping[str, Any], property: PropertySettings) -> tuple[Finding, ...]:
    """As `links list` shows them, and in words."""
    since = datetime.fromisoformat(link["since"]).astimezone(property.zone)
    why = f": {link['detail'].rstrip('.')}" if link["detail"] else ""
    found: list[Finding] = []
    for name, up in link["layers"].items():
        layer = Layer(name)
        if up is None:
            found.append(Finding(Gravity.NOTE, (name,), f"not known yet by the running daemon{why}"))
        elif up:
            words = f"{_UP[layer]}, says the running daemon; so since {since:%H:%M:%S on %Y-%m-%d}"
            found.append(Finding(Gravity.WELL, (name,), words))
        else:
            words = f"{_DOWN[layer]}, says the running daemon; so since {since:%H:%M:%S on %Y-%m-%d}{why}"
            found.append(Finding(Gravity.WRONG, (name,), words))
            break  # what is above is no better
    return tuple(found)
