"""The one result of a wake-up for the PMS: saved in the unit that ends its ladder, and kept.

It does not wait for the person who goes afterwards, and what they find does not change it. Nobody
sends it from here: a link to a PMS reads the rows (`NoticeState.KEPT`, kind `result`) and marks them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hotelbridge.core.guests import WakeupWanted
from hotelbridge.core.records import Notice, NoticeState, Wakeup
from hotelbridge.core.results import Result, result_of
from hotelbridge.store import notices
from hotelbridge.store.database import Tx

KIND, CHANNEL = "result", "pms"
FROM_PMS = "pms"  # the origin of what the PMS asked for


def decide(tx: Tx, wakeup: Wakeup, now: datetime) -> None:
    """The ladder of this wake-up is at its end. Only the first word counts."""
    _decided(tx, wakeup, result_of(wakeup.result), now)


def deleted(tx: Tx, wakeup: Wakeup, now: datetime) -> None:
    """Its ladder never comes to an end: the PMS that asked for it would show it for ever."""
    if wakeup.origin == FROM_PMS:
        _decided(tx, wakeup, Result.DELETED, now)


def _decided(tx: Tx, wakeup: Wakeup, result: Result, now: datetime) -> None:
    facts = {
        "wakeup": wakeup.id,
        "room": wakeup.room,
        "reservation": wakeup.reservation,
        "due": wakeup.due.isoformat(),
        "local": wakeup.local,
        "result": result.value,
        "asked": wakeup.origin == FROM_PMS,
        "echo": wakeup.echo,
    }
    _keep(tx, wakeup.property, f"result:{wakeup.id}", facts, now)


def unable(tx: Tx, property: str, asked: WakeupWanted, about: str, now: datetime) -> None:
    """A wake-up that the PMS asked for at no readable time: nobody will be woken, and it is to know that."""
    facts = {
        "wakeup": 0,
        "room": asked.room,
        "reservation": asked.reservation or "",
        "local": asked.local,
        "result": Result.UNABLE.value,
        "asked": True,
        "echo": asked.echo,
    }
    _keep(tx, property, f"result:record:{about}", facts, now)


def _keep(tx: Tx, property: str, subject: str, facts: Mapping[str, Any], now: datetime) -> None:
    notices.add(
        tx,
        Notice(
            id=0,
            property=property,
            subject=subject,
            kind=KIND,
            channel=CHANNEL,
            facts=json.dumps(facts),
            state=NoticeState.KEPT,
            tries=0,
            made_at=now,
            next_at=None,
        ),
    )


def of(tx: Tx, wakeup: Wakeup) -> Result | None:
    """What was decided for a wake-up; None while its ladder runs."""
    kept = notices.about(tx, wakeup.property, f"result:{wakeup.id}")
    return None if kept is None else Result(json.loads(kept.facts)["result"])
