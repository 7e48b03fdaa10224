"""Until when a restored database may not know what it has done, inside units of work (rule K2).

A call record that came before may have been priced and posted already, though the backup shows it as still
to be worked off.
"""

from __future__ import annotations

from datetime import datetime

from hotelbridge.store import pms_state
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

UNTIL = "restored_until"
WHY = phrase("the database was restored from a backup")  # how the reason begins of what is in doubt by it
SINCE = f"{WHY}: {phrase('it may have been posted since')}"
MAY_BE_POSTED = f"{WHY}: {phrase('it may have been posted before the restore')}"


def keep(tx: Tx, property: str, until: datetime) -> None:
    """Save the last instant that the replaced database knew."""
    pms_state.keep(tx, property, {f"{pms_state.HOUSE}{UNTIL}": until.isoformat()})


def may_be_posted(tx: Tx, property: str, arrived: datetime) -> bool:
    """Whether a call record that arrived then may have been worked off before the restore."""
    until = pms_state.values(tx, property, house=True).get(UNTIL)
    return until is not None and arrived <= datetime.fromisoformat(until)
