"""The running sums of calls are those of their rows, whatever has become of the charges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from hotelbridge.core.charges import ChargeState
from hotelbridge.store import callreports, callsums, charges, tables
from hotelbridge.store.database import Tx
from tests.pms.charges_evening import GERMANY, NOWHERE, ChargesEvening

MULLER = 'gi 212 1001 "Müller, Hans"'
TABLE = tables.CallSum.__table__  # type: ignore[attr-defined]
SUMS = [column for column in TABLE.c if column.name != "property"]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[ChargesEvening]:
    opened = ChargesEvening(tmp_path).alive()
    opened.play(MULLER)
    opened.calls("212", GERMANY, 50)
    opened.calls("212", GERMANY, 0)
    opened.calls("212", NOWHERE, 30)
    opened.calls("110", GERMANY, 30)
    opened.calls("212", "213", 5)
    yield opened
    opened.stop()


def kept(hotel: ChargesEvening) -> set[tuple[object, ...]]:
    """All running sums but those in which nothing is left."""

    def read(tx: Tx) -> set[tuple[object, ...]]:
        rows = [tuple(row) for row in tx.connection.execute(select(*SUMS))]
        return {row for row in rows if any(row[4:])}

    return hotel.read(read)


def run(hotel: ChargesEvening, unit: object) -> None:
    async def work() -> None:
        await hotel.daemon.db.run(unit)  # type: ignore[arg-type]

    hotel._result(work())


def assert_as_made_again(hotel: ChargesEvening) -> None:
    before = kept(hotel)
    run(hotel, lambda tx: callsums.recount(tx, "main", hotel.day))
    assert kept(hotel) == before


def test_they_are_kept_with_every_call_and_every_answer_of_the_pms(hotel: ChargesEvening) -> None:
    assert hotel.states() == ["posted", "free", "held", "free"]
    assert_as_made_again(hotel)


def test_they_follow_a_charge_to_another_state_and_another_stay(hotel: ChargesEvening) -> None:
    held = hotel.charges()[2]
    now = hotel.clock.now()
    for change in (
        {"amount": 700, "state": ChargeState.REFUSED},
        {"stay_id": None, "account": "9000", "room": ""},
        {"state": ChargeState.WRITTEN_OFF},
        {"state": ChargeState.FREE},
    ):
        held = replace(held, **change)  # type: ignore[arg-type]
        run(hotel, lambda tx, one=held: charges.save(tx, one, now))
        assert_as_made_again(hotel)


def test_what_is_undone_is_not_counted(hotel: ChargesEvening) -> None:
    before, held, now = kept(hotel), hotel.charges()[2], hotel.clock.now()

    def unit(tx: Tx) -> None:
        charges.save(tx, replace(held, state=ChargeState.WRITTEN_OFF), now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(hotel, unit)
    assert kept(hotel) == before


def test_sums_that_are_not_those_of_the_rows_are_noticed_by_day(hotel: ChargesEvening) -> None:
    day = date.fromisoformat(hotel.day)
    whole = date(2026, 1, 1), date(2026, 12, 31)
    assert hotel.read(lambda tx: callreports.counts(tx, "main", day, day)).drifted == ()
    before = hotel.read(lambda tx: callreports.counts(tx, "main", *whole))
    state = TABLE.c.kind == "state"
    run(hotel, lambda tx: tx.connection.execute(TABLE.delete().where(state)) and None)
    assert hotel.read(lambda tx: callreports.counts(tx, "main", day, day)).drifted == (hotel.day,)
    after = hotel.read(lambda tx: callreports.counts(tx, "main", *whole))
    assert after.uneven == () and set(after.charged) == set(before.charged)
