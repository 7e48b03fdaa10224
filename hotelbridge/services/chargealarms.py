"""What of the charges wants a person: one notice for all of one kind, until none is left.

They are seen on every board and heard by nobody: at three in the morning there is nothing to be done
about a bill. The list itself is the charges in that state.
"""

from __future__ import annotations

from datetime import datetime

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import AlarmKind
from hotelbridge.services import escalation
from hotelbridge.services.rules import Rules
from hotelbridge.store import charges
from hotelbridge.store.database import Tx

_MOST_NAMED = 8  # rooms in one sentence
_LOOKED_AT = 50  # charges that are looked at for it: there may be thousands
_KINDS = {
    ChargeState.REFUSED: (AlarmKind.CHARGE_REFUSED, "were refused by the PMS", "was refused by the PMS"),
    ChargeState.UNCERTAIN: (
        AlarmKind.CHARGE_UNCERTAIN,
        "may stand on the folio or not: the PMS never answered",
        "may stand on the folio or not: the PMS never answered",
    ),
    ChargeState.HELD: (AlarmKind.CHARGE_HELD, "wait for a person", "waits for a person"),
}


def look(tx: Tx, rules: Rules, state: ChargeState, now: datetime) -> None:
    """How many charges of a state wait now: say so, or that none is left."""
    kind, several, one = _KINDS[state]
    waiting = charges.count(tx, rules.property, state)
    subject = f"charges:{state}"
    if not waiting:
        escalation.recovered(tx, rules.property, subject, now, "every one of them was decided")
        return
    counted = f"1 charge {one}" if waiting == 1 else f"{waiting} charges {several}"
    whose = _whose(charges.first_places(tx, rules.property, state, _LOOKED_AT), waiting)
    text = f"{counted}: {whose}. Decide before the guest leaves: `hotelbridge charges list`."
    escalation.worded(tx, rules, now, kind, subject, text)


def _whose(places: list[str], waiting: int) -> str:
    rooms = list(dict.fromkeys(place or "of no room" for place in places))
    more = " and more" if len(rooms) > _MOST_NAMED or waiting > len(places) else ""
    return f"{', '.join(rooms[:_MOST_NAMED])}{more}"
