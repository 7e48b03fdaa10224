"""Guests who come and go, and what is said of their rooms, as rows: saved with what follows for phones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from hotelbridge.core.guests import LineClass
from hotelbridge.services.roomsync import want
from hotelbridge.store import stays
from hotelbridge.store import tables_guests as tables
from hotelbridge.store.database import Tx

_S = tables.Stay.__table__  # type: ignore[attr-defined]
_O = tables.Occupancy.__table__  # type: ignore[attr-defined]
_R = tables.RoomState.__table__  # type: ignore[attr-defined]


class Guests:
    """Who is in the house; `run` carries a call of the house to its end."""

    def __init__(self, hotel: Any, run: Callable[[Any], Any] | None = None) -> None:
        self.hotel = hotel
        self._run = run or hotel._result

    def comes(
        self, room: str, line_class: str | None = None, resync: bool = False, alone: bool = False
    ) -> None:
        """A guest is checked in, or a resync tells of one; `alone`: not beside another one."""
        known = None if line_class is None else LineClass(line_class)

        def unit(tx: Tx, now: datetime) -> None:
            if alone and stays.in_house(tx, "main", [room]):
                return
            stay = tx.connection.execute(
                insert(_S).values(
                    property="main", room=room, reservation="", name="Guest", language="", vip=False,
                    line_class=known, group="", since=now, by="fias", origin="pms",
                ).returning(_S.c.id)
            ).scalar_one()  # fmt: skip
            tx.connection.execute(insert(_O).values(property="main", stay_id=stay, room=room, since=now))

        self._said(room, unit, resync)

    def goes(self, room: str, resync: bool = False) -> None:
        """Everybody in the room is checked out."""

        def unit(tx: Tx, now: datetime) -> None:
            here = (_S.c.property == "main", _S.c.room == room, _S.c.ended_at.is_(None))
            ids = list(tx.connection.execute(select(_S.c.id).where(*here)).scalars())
            tx.connection.execute(update(_S).where(*here).values(ended_at=now, end="checked_out"))
            tx.connection.execute(update(_O).where(_O.c.stay_id.in_(ids)).values(until=now))
            tx.connection.execute(delete(_R).where(_R.c.room == room))

        self._said(room, unit, resync)

    def is_classed(self, room: str, line_class: str) -> None:
        """The PMS gives the guests of a room another class of service."""

        def unit(tx: Tx, now: datetime) -> None:
            here = (_S.c.property == "main", _S.c.room == room, _S.c.ended_at.is_(None))
            tx.connection.execute(update(_S).where(*here).values(line_class=LineClass(line_class)))

        self._said(room, unit)

    def is_told(self, room: str, do_not_disturb: bool) -> None:
        """The PMS speaks of Do Not Disturb for a room."""

        def unit(tx: Tx, now: datetime) -> None:
            tx.connection.execute(delete(_R).where(_R.c.room == room))
            values: dict[str, Any] = {"property": "main", "room": room, "line_class_by": "", "at": now}
            tx.connection.execute(insert(_R).values(values | {"do_not_disturb": do_not_disturb}))

        self._said(room, unit)

    def _said(self, room: str, change: Callable[[Tx, datetime], None], resync: bool = False) -> None:
        """One unit of work; then the phones may be seen to."""
        daemon, rules = self.hotel.daemon, self.hotel.daemon.houses["main"].rules
        now = self.hotel.clock.now()

        def unit(tx: Tx) -> None:
            change(tx, now)
            want(tx, rules, [room], now, "told by fias", resync=resync)

        async def saved() -> None:
            await daemon.ownership.run("main", unit)

        self._run(saved())
        daemon.parts["main"]._phones.poke()
