"""What is kept of calls: numbers and names for some days, sums for years, what is not posted until it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hotelbridge.core.charges import Call, Charge, ChargeState
from hotelbridge.core.guests import JournalLine
from hotelbridge.services import callretention
from hotelbridge.store import callrecords, charges, journal, pieces
from hotelbridge.store import callretention as rows
from hotelbridge.store.database import Tx
from tests.pms.charges_evening import ALWAYS, GERMANY, NOWHERE, ChargesEvening

MULLER = 'gi 212 1001 "Müller, Hans"'


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[ChargesEvening]:
    opened = ChargesEvening(tmp_path).alive()
    opened.play(MULLER)
    opened.calls("212", GERMANY, 50)
    yield opened
    opened.stop()


def purge(hotel: ChargesEvening, after: timedelta) -> None:
    rules = hotel.daemon.parts["main"].rules
    hotel._result(callretention.purge(hotel.daemon.db, rules, hotel.clock.now() + after))


def calls(hotel: ChargesEvening) -> list[Call]:
    return hotel.read(lambda tx: callrecords.listed(tx, "main", *ALWAYS, 100))


def erased(hotel: ChargesEvening) -> list[str]:
    lines: list[JournalLine] = hotel.read(lambda tx: journal.of_house(tx, "main"))
    return [line.text for line in lines if line.what == "erased"]


def texts(hotel: ChargesEvening, charge: Charge) -> list[str]:
    return [line.text for line in hotel.read(lambda tx: charges.lines(tx, charge))]


def test_before_its_day_nothing_is_cut(hotel: ChargesEvening) -> None:
    before = hotel.charges()
    purge(hotel, timedelta(days=89))
    assert hotel.charges() == before and not erased(hotel)


def test_after_its_days_of_a_call_only_sum_and_destination_stay(hotel: ChargesEvening) -> None:
    (before,) = hotel.charges()
    purge(hotel, timedelta(days=91))
    (after,) = hotel.charges()
    assert (after.number, after.dialled) == ("+49899...", "00498...")
    assert (after.reservation, after.note, after.reason) == ("", "", "")
    assert (after.amount, after.state, after.name) == (before.amount, ChargeState.POSTED, "Germany")
    (call,) = calls(hotel)
    assert (call.cpn, call.cdpn) == ("212", "00498...")
    assert set(texts(hotel, after)) == {""}
    assert len(erased(hotel)) == 1 and "1 call records and 1 charges" in erased(hotel)[0]
    purge(hotel, timedelta(days=91))
    assert len(erased(hotel)) == 1


def test_what_is_not_posted_is_neither_cut_nor_erased(hotel: ChargesEvening) -> None:
    hotel.calls("212", NOWHERE, 30)
    held = hotel.charges()[1]
    assert held.state == ChargeState.HELD
    purge(hotel, timedelta(days=366 * 9))
    assert hotel.charges() == [held]
    assert [call.cdpn for call in calls(hotel)] == [NOWHERE]


def test_after_the_years_of_the_tax_law_nothing_stays(hotel: ChargesEvening) -> None:
    purge(hotel, timedelta(days=366 * 7 + 1))
    assert hotel.charges() == [] and calls(hotel) == []
    assert "erased" in erased(hotel)[0]


def test_it_goes_in_pieces(hotel: ChargesEvening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PIECE", 2)
    assert pieces.PIECE == 1000
    for _ in range(4):
        hotel.calls("212", GERMANY, 0)
    later = hotel.clock.now() + timedelta(days=100)
    done: list[int] = []

    def piece(tx: Tx) -> int:
        return rows.cut_charges(tx, "main", later)

    async def all_of_them() -> None:
        while n := await hotel.daemon.db.run(piece):
            done.append(n)

    hotel._result(all_of_them())
    assert done == [2, 2, 1]


def test_a_short_number_names_nobody_and_stays(hotel: ChargesEvening) -> None:
    hotel.calls("212", "144", 5)
    purge(hotel, timedelta(days=91))
    assert hotel.charges()[1].dialled == "144" and "144" in hotel.charges()[1].reason


def test_when_a_charge_will_be_erased_is_told(hotel: ChargesEvening) -> None:
    (charge,) = hotel.charges()
    settings = hotel.daemon.parts["main"].rules.settings
    cut, gone = callretention.erased_on(charge, settings)
    assert (str(cut), str(gone)) == ("2027-02-22", "2033-11-29")
    waits = replace(charge, state=ChargeState.HELD)
    assert callretention.erased_on(waits, settings) == (None, None)
    assert isinstance(charge, Charge) and isinstance(charge.started, datetime)
