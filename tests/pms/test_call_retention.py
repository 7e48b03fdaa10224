"""What is kept of calls: numbers and names for some days, sums for years, what is not posted until it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotelbridge.core.charges import Call, Charge, ChargeState
from hotelbridge.core.guests import JournalLine
from hotelbridge.services import callretention
from hotelbridge.services.chargeviews import CallQuery
from hotelbridge.store import callrecords, charges, journal, pieces
from hotelbridge.store import callretention as rows
from hotelbridge.store.database import Tx
from tests.pms.charge_desk import ask, detail
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


def days_shown(hotel: ChargesEvening, id: int) -> tuple[str, str, str]:
    found = detail(hotel, id)
    assert (found.call.number_erased, found.call.erased) == (found.number_erased, found.erased)
    return str(found.number_erased), str(found.guest_erased), str(found.erased)


def test_the_days_on_which_number_and_name_and_sum_are_erased_are_shown(hotel: ChargesEvening) -> None:
    """Promise 9. A name goes with the stay, so its day is known when the guest has left."""
    (charge,) = hotel.charges()
    assert days_shown(hotel, charge.id) == ("2027-02-22", "None", "2033-11-29")
    hotel.play("go 212")
    assert days_shown(hotel, charge.id) == ("2027-02-22", "2027-02-22", "2033-11-29")
    assert detail(hotel, charge.id, named=False).guest_erased is None
    (call,) = ask(hotel, "calls", CallQuery()).items
    assert str(call.number_erased) == "2027-02-22"


def test_no_day_is_shown_for_what_is_kept_until_it_is_settled(hotel: ChargesEvening) -> None:
    hotel.calls("212", NOWHERE, 30)
    posted, held = hotel.charges()
    hotel.play("go 212")
    assert days_shown(hotel, held.id) == ("None", "None", "None")
    assert days_shown(hotel, posted.id) == ("2027-02-22", "None", "2033-11-29")


def test_what_is_settled_after_its_day_is_erased_on_the_day_of_that(hotel: ChargesEvening) -> None:
    hotel.calls("212", NOWHERE, 30)
    settings = hotel.daemon.parts["main"].rules.settings
    late = hotel.clock.now() + timedelta(days=100)
    settled = replace(hotel.charges()[1], state=ChargeState.WRITTEN_OFF, done_at=late)
    days = callretention.erased_on(settled, settings)
    assert (str(days.number), str(days.everything)) == ("2027-03-04", "2033-11-29")


def test_a_call_that_is_free_has_its_day_and_one_that_waits_to_be_priced_has_none(
    hotel: ChargesEvening,
) -> None:
    (call,) = calls(hotel)
    settings = hotel.daemon.parts["main"].rules.settings
    assert str(callretention.call_erased_on(call, None, settings).number) == "2027-02-22"
    waits = replace(call, waits=True)
    assert callretention.call_erased_on(waits, None, settings) == callretention.Days()
