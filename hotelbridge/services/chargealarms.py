"""What of the charges wants a person: one notice for all of one kind, until none is left.

They are seen on every board and heard by nobody: at three in the morning there is nothing to be done
about a bill. The list itself is the charges in that state.
"""

from __future__ import annotations

from datetime import datetime

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import AlarmKind
from hotelbridge.services import escalation, restored
from hotelbridge.services.rules import Rules
from hotelbridge.store import charges
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

_MOST_NAMED = 8  # rooms in one sentence
_LOOKED_AT = 50  # charges that are looked at for it: there may be thousands
_LOOK = phrase(
    "Look at the folio before the guest leaves, and say whether it is there: `hotelbridge charges retry ID "
    "--on-folio yes`, or `no`; `hotelbridge charges list --state uncertain`."
)
_KINDS = {
    ChargeState.REFUSED: AlarmKind.CHARGE_REFUSED,
    ChargeState.UNCERTAIN: AlarmKind.CHARGE_UNCERTAIN,
    ChargeState.HELD: AlarmKind.CHARGE_HELD,
}
_ONE = {
    ChargeState.REFUSED: phrase("1 charge was refused by the PMS"),
    ChargeState.UNCERTAIN: phrase("1 charge may stand on the folio or not"),
    ChargeState.HELD: phrase("1 charge waits for a person"),
}


def look(tx: Tx, rules: Rules, state: ChargeState, now: datetime) -> None:
    """How many charges of a state wait now: say so, or that none is left."""
    waiting = charges.count(tx, rules.property, state)
    subject = f"charges:{state}"
    if not waiting:
        escalation.recovered(tx, rules.property, subject, now, "every one of them was decided")
        return
    counted = _ONE[state] if waiting == 1 else _several(state, waiting)
    whose = _whose(charges.first_places(tx, rules.property, state, _LOOKED_AT), waiting)
    if state == ChargeState.UNCERTAIN:
        counted, what = f"{counted}: {_doubt(tx, rules, waiting)}", _LOOK
    else:
        what = phrase("Decide before the guest leaves: `hotelbridge charges list --open`.")
    text = f"{counted}: {whose}. {what}"
    escalation.worded(tx, rules, now, _KINDS[state], subject, text)


def _several(state: ChargeState, count: int) -> str:
    return {
        ChargeState.REFUSED: phrase(f"{count} charges were refused by the PMS"),
        ChargeState.UNCERTAIN: phrase(f"{count} charges may stand on the folio or not"),
        ChargeState.HELD: phrase(f"{count} charges wait for a person"),
    }[state]


def _doubt(tx: Tx, rules: Rules, waiting: int) -> str:
    """Why nobody knows whether they are on a folio."""
    lost = charges.count_because(tx, rules.property, ChargeState.UNCERTAIN, restored.WHY)
    if not lost:
        return phrase("no answer of the PMS is known")
    if lost == waiting:
        return phrase("the database was restored from a backup, which does not know what was posted since")
    return phrase(
        f"of {lost} the database was restored from a backup, which does not know what was posted since; of "
        "the others no answer is known"
    )


def _whose(places: list[str], waiting: int) -> str:
    all_rooms = list(dict.fromkeys(place or phrase("of no room") for place in places))
    rooms = ", ".join(all_rooms[:_MOST_NAMED])
    more = len(all_rooms) > _MOST_NAMED or waiting > len(places)
    return phrase(f"{rooms} and more") if more else rooms
