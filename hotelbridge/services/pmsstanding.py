"""How a link to a PMS stands, kept where every node's desk can read it; down for a while, it is an alarm."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from hotelbridge.core.records import AlarmKind
from hotelbridge.services import escalation
from hotelbridge.services.pmscontext import LINK, RESYNC_ASKED
from hotelbridge.services.rules import Rules
from hotelbridge.store import pms_state
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

SUBJECT = "link:pms"


@dataclass(frozen=True, slots=True)
class Standing:
    """One moment of a link."""

    plugin: str
    layers: dict[str, bool | None]
    detail: str
    alive: bool
    overdue: bool  # not alive for longer than anybody need not know


def keep(tx: Tx, rules: Rules, now_so: Standing, now: datetime) -> None:
    """Save it where it is different, and raise or close the alarm about it."""
    property = rules.property
    known = json.loads(pms_state.values(tx, property, house=True).get("link", "{}"))
    turned = known.get("layers") != now_so.layers
    if turned or known.get("detail") != now_so.detail:
        since = now.isoformat() if turned else known.get("since", now.isoformat())
        kept = {"layers": now_so.layers, "detail": now_so.detail, "since": since}
        pms_state.keep(tx, property, {f"{pms_state.HOUSE}link": json.dumps(kept)})
        tx.changed(property, "link", LINK, now)
    if now_so.alive:
        escalation.recovered(tx, property, SUBJECT, now, "the PMS answers again")
    elif now_so.overdue:
        escalation.raise_alarm(tx, rules, now, AlarmKind.LINK_DOWN, SUBJECT, _down(now_so))


def _down(now_so: Standing) -> str:
    why = f": {now_so.detail.rstrip('.')}" if now_so.detail else ""
    return phrase(
        f"The link to the hotel's PMS ({now_so.plugin}) is down{why}. Check guests in and out at the desk "
        "meanwhile; what the PMS sends is taken up when it is back."
    )


def want_resync(tx: Tx, property: str, now: datetime) -> None:
    """Ours and the PMS's may differ: how everything stands is asked for when the line is up again."""
    pms_state.keep(tx, property, {f"{pms_state.HOUSE}want_resync": now.isoformat()})


def resync_asked(tx: Tx, property: str, now: datetime | None) -> None:
    """The PMS was asked for a resync, and has not begun one yet; None: it has, or was not asked after all."""
    at = None if now is None else now.isoformat()
    pms_state.keep(tx, property, {f"{pms_state.HOUSE}{RESYNC_ASKED}": at})


def ended_well(tx: Tx, property: str) -> None:
    """Nothing of what the line carried was lost with this process."""
    pms_state.keep(tx, property, {f"{pms_state.HOUSE}running": None})


def begin(tx: Tx, rules: Rules, now_so: Standing, now: datetime) -> dict[str, str]:
    """What is known of this PMS. How everything stands is to be asked where it is new to us, and where the
    life before did not end well: what had come and was not saved yet is told by nobody again.

    What that life has kept of the line does not hold any more.
    """
    keep(tx, rules, now_so, now)
    marks = pms_state.values(tx, rules.property, house=True)
    if "begun" not in marks or "running" in marks:
        want_resync(tx, rules.property, now)
    kept = {f"{pms_state.HOUSE}{key}": now.isoformat() for key in ("begun", "running")}
    pms_state.keep(tx, rules.property, kept)
    return marks
