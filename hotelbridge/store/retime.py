"""What is under way is carried to another line of time: waits stay as long as they were.

When it has been said that the wall clock was set rightly, the house's time moves by hours at once.
A wake-up that is still to ring is due at its hour, so it stays; but the pause between two tries, the
time a phone may ring, the silence of an alarm are durations: their instants move along. Otherwise a
clock set back by an hour would make the second try an hour late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_, select, update

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import WakeupState
from hotelbridge.core.signals import Phase
from hotelbridge.store import pms_state, tables
from hotelbridge.store.units import Tx


def _table(row: Any) -> Table:
    found: Table = row.__table__
    return found


_W, _A, _ALARM = _table(tables.Wakeup), _table(tables.Attempt), _table(tables.Alarm)
_LOAN, _CALLS = _table(tables.Loan), _table(tables.DeskCalls)
_CALL, _CHARGE = _table(tables.CallRecord), _table(tables.Charge)
_NOTICE, _CONSOLE, _REPORT = _table(tables.Notice), _table(tables.Console), _table(tables.Report)

_ON_THE_LADDER = _W.c.state.in_((WakeupState.CALLING, WakeupState.WAITING))
_DESK_ROUND = select(_CALLS.c.round).where(_CALLS.c.property == _A.c.property)
_OF_THE_DESK = and_(_A.c.wakeup_id.is_(None), _A.c.n.in_(_DESK_ROUND))
_OF_A_LADDER = _A.c.wakeup_id.in_(select(_W.c.id).where(_ON_THE_LADDER))

_OF_AN_ATTEMPT = ("started", "rang", "answered", "ended", "check_at")
_OF_AN_ALARM = ("since", "acknowledged_at", "next_at", "escalated_at", "loud_from", "healed_at")

# Which instants of which rows are measured from something that has happened.
_MOVED: tuple[tuple[Table, ColumnElement[bool], tuple[str, ...]], ...] = (
    (_A, or_(_A.c.phase != Phase.OVER, _OF_A_LADDER, _OF_THE_DESK), _OF_AN_ATTEMPT),
    (_W, _ON_THE_LADDER, ("next_at", "first_ring", "connected", "looked_at")),
    (_ALARM, _ALARM.c.open.is_(True), _OF_AN_ALARM),
    (_LOAN, _LOAN.c.next_at.is_not(None), ("next_at",)),
    (_CALLS, _CALLS.c.next_at.is_not(None), ("next_at",)),
    (_NOTICE, _NOTICE.c.next_at.is_not(None), ("made_at", "next_at")),
    (_CONSOLE, _CONSOLE.c.name.is_not(None), ("seen_at",)),
    (_REPORT, _REPORT.c.worked_at.is_(None), ("at",)),
    (_CALL, _CALL.c.waits.is_(True), ("arrived",)),
    (_CHARGE, _CHARGE.c.next_at.is_not(None), ("next_at",)),
    (_CHARGE, _CHARGE.c.state == ChargeState.SENT, ("sent_at",)),
)
# Likewise of what is known of the PMS as a whole; and what came before a restore still came before it.
_MARKS = ("audit", "audit_retry", "restored_until")


def carry(tx: Tx, property: str, by: timedelta) -> None:
    """Move the instants of everything that is under way in a property."""
    for table, which, names in _MOVED:
        _carry_rows(tx, table, and_(table.c.property == property, which), names, by)
    marks = pms_state.values(tx, property, house=True)
    moved = {name: datetime.fromisoformat(marks[name]) + by for name in _MARKS if name in marks}
    pms_state.keep(tx, property, {f"{pms_state.HOUSE}{name}": at.isoformat() for name, at in moved.items()})


def _carry_rows(tx: Tx, table: Table, which: Any, names: tuple[str, ...], by: timedelta) -> None:
    keys = [column.name for column in table.primary_key]
    columns = [table.c[name] for name in (*keys, *names)]
    rows = tx.connection.execute(select(*columns).where(which)).mappings().all()
    moved = [
        {f"k_{key}": row[key] for key in keys} | {name: _moved(row[name], by) for name in names}
        for row in rows
    ]
    if not moved:
        return
    query = update(table).where(*(table.c[key] == bindparam(f"k_{key}") for key in keys))
    tx.connection.execute(query.values({name: bindparam(name) for name in names}), moved)


def _moved(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by
