"""Wake-ups that were booked or cancelled here, for a PMS that shows them too: saved in the same unit."""

from __future__ import annotations

import json
from datetime import datetime

from hotelbridge.core.records import Notice, NoticeState, Wakeup
from hotelbridge.services import results
from hotelbridge.services.rules import Rules
from hotelbridge.store import notices
from hotelbridge.store.database import Tx

KIND = "wakeup_news"


def tell(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime, *, booked: bool) -> None:
    """A wake-up was booked or is not wanted any more, and not by the PMS: for one that shows them too."""
    if not rules.pms_news or wakeup.origin == results.FROM_PMS:
        return
    facts = {"wakeup": wakeup.id, "room": wakeup.room, "local": wakeup.local, "booked": booked}
    notices.add(
        tx,
        Notice(
            id=0,
            property=wakeup.property,
            subject=f"news:{wakeup.id}:{wakeup.version}:{'booked' if booked else 'gone'}",
            kind=KIND,
            channel=results.CHANNEL,
            facts=json.dumps(facts),
            state=NoticeState.KEPT,
            tries=0,
            made_at=now,
            next_at=None,
        ),
    )
