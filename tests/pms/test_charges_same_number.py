"""A PMS that knows a number again: what got no answer goes again, and its doubt stays known (C2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hotelbridge_fias.simulator_habits import Answer

from hotelbridge.errors import Refusal
from tests.pms.charge_desk import HOUSE, MULLER, only, refused, resolve, retry
from tests.pms.charges_evening import GERMANY, ChargesEvening


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[ChargesEvening]:
    """The PMS has booked a charge of 212, and its answer is lost."""
    opened = ChargesEvening(tmp_path, keys=HOUSE, resend_same_number=True, answer_within="20s").alive()
    opened.pms.hotel.rooms["9000"] = []
    opened.play(MULLER)
    opened.pms.answers.coming.append(Answer(times=0))
    opened.calls("212", GERMANY, 5)
    opened.advance(21)
    assert opened.states() == ["queued"] and len(opened.pms.hotel.charges) == 1
    yield opened
    opened.stop()


def test_what_got_no_answer_goes_again_under_its_number_and_the_answer_ends_the_doubt(
    hotel: ChargesEvening,
) -> None:
    assert hotel.charges()[0].unsure
    hotel.advance(120)
    (charge,) = hotel.charges()
    assert (charge.state, charge.unsure, hotel.postings()) == ("posted", False, ["1", "1"])


def test_a_charge_in_doubt_whose_guest_leaves_is_uncertain_and_not_merely_late(
    hotel: ChargesEvening,
) -> None:
    hotel.play("go 212")
    hotel.advance(200)
    assert hotel.states() == ["uncertain"] and "212" in hotel.notice("charge_uncertain")
    assert refused(hotel, only(hotel), account=True).code == "on_folio_unknown"
    retry(hotel, only(hotel), on_folio=True)
    assert hotel.states() == ["posted"] and len(hotel.pms.hotel.charges) == 1


def test_a_charge_in_doubt_that_the_desk_holds_asks_whether_it_is_on_the_folio(
    hotel: ChargesEvening,
) -> None:
    resolve(hotel, only(hotel), "held")
    assert refused(hotel, only(hotel)).code == "on_folio_unknown"
    retry(hotel, only(hotel), on_folio=False)
    (charge,) = hotel.charges()
    assert (charge.state, charge.unsure, charge.number_at_pms) == ("posted", False, 2)


def test_a_charge_in_doubt_that_waits_to_go_again_is_not_written_off_unasked(hotel: ChargesEvening) -> None:
    """It stands on the folio here, though nobody heard so."""
    with pytest.raises(Refusal) as why:
        resolve(hotel, only(hotel), "written_off", note="short call")
    assert why.value.code == "on_folio_unknown" and hotel.states() == ["queued"]
    resolve(hotel, only(hotel), "written_off", note="short call", on_folio=True)
    (charge,) = hotel.charges()
    assert (charge.state, charge.unsure, hotel.postings()) == ("posted", False, ["1"])


def test_that_the_pms_wants_it_later_does_not_end_the_doubt(hotel: ChargesEvening) -> None:
    hotel.play("pa once ry")
    hotel.advance(61)
    assert hotel.postings() == ["1", "1"]
    hotel.play("go 212")
    assert hotel.states() == ["uncertain"]
