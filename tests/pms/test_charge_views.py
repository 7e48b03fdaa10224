"""What people are shown of calls and charges, and the sum behind each, in a whole hotel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.core.charges import ChargeState
from hotelbridge.errors import Refusal
from hotelbridge.services.chargeviews import CallQuery
from tests.pms.charge_desk import HOUSE, MULLER, WEBER, ask, detail, listed, only, resolve, spoil
from tests.pms.charges_evening import GERMANY, MOBILE, NOWHERE, TARIFF, ChargesEvening


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[ChargesEvening]:
    opened = ChargesEvening(tmp_path, keys=HOUSE).alive()
    opened.pms.hotel.accounts = frozenset({"9000"})
    yield opened
    opened.stop()


# --- what is shown ---


def test_charges_are_found_by_room_guest_state_number_time_and_account(hotel: ChargesEvening) -> None:
    hotel.play(MULLER, WEBER)
    hotel.calls("212", GERMANY)
    hotel.calls("213", MOBILE, 61)
    middle = hotel.clock.now()
    hotel.calls("213", NOWHERE)
    hotel.calls("110", GERMANY)
    first, second, third, fourth = (charge.id for charge in hotel.charges())
    assert listed(hotel) == [fourth, third, second, first]
    assert listed(hotel, room="213") == [third, second]
    assert listed(hotel, reservation="1001") == [first]
    assert listed(hotel, state=(ChargeState.HELD, ChargeState.REFUSED)) == [third]
    assert listed(hotel, state=(ChargeState.POSTED,)) == [fourth, second, first]
    assert listed(hotel, open=True) == [third] and listed(hotel, open=False) == [fourth, second, first]
    assert listed(hotel, open=True, state=(ChargeState.POSTED,)) == []
    assert listed(hotel, number="6641234") == [second] == listed(hotel, number="0664")
    assert listed(hotel, number="%") == []
    assert listed(hotel, account="9000") == [fourth]
    assert listed(hotel, to=middle) == [second, first] and listed(hotel, from_=middle) == [fourth, third]
    assert listed(hotel, trunk="no such trunk") == []
    assert listed(hotel, guest="LLER, hans") == [first] and listed(hotel, guest="%") == []
    page = ask(hotel, "charges", CallQuery(limit=3))
    rest = ask(hotel, "charges", CallQuery(limit=3, cursor=page.next))
    assert [one.id for one in (*page.items, *rest.items)] == [fourth, third, second, first]
    assert rest.next is None
    with pytest.raises(Refusal, match="is not the `next`"):
        ask(hotel, "charges", CallQuery(cursor="nowhere"))


def test_calls_are_listed_with_what_became_of_them(hotel: ChargesEvening) -> None:
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    hotel.om.incoming("02161208234", "018201008888", "212")
    hotel.advance(90)
    _inside, coming, going = ask(hotel, "calls", CallQuery()).items
    assert (going.room, going.phone, going.charge.amount, going.charge.reservation) == (
        "212", "212", "0.50", "1001",
    )  # fmt: skip
    assert coming.charge is None and coming.why
    assert [one.id for one in ask(hotel, "calls", CallQuery(reservation="1001")).items] == [going.id]
    assert [one.id for one in ask(hotel, "calls", CallQuery(state=(ChargeState.POSTED,))).items] == [going.id]
    assert ask(hotel, "calls", CallQuery(open=True)).items == ()
    assert [one.id for one in ask(hotel, "calls", CallQuery(number="4989")).items] == [going.id]
    page = ask(hotel, "calls", CallQuery(limit=2))
    assert [one.id for one in ask(hotel, "calls", CallQuery(limit=2, cursor=page.next)).items] == [going.id]


def test_who_need_not_know_the_guests_sees_no_name_and_no_whole_number(hotel: ChargesEvening) -> None:
    """Promise 9: nor can a number be guessed digit by digit."""
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    hotel.om.incoming("02161208234", "018201008888", "212")
    hotel.advance(90)
    full, cut = detail(hotel, only_posted(hotel)), detail(hotel, only_posted(hotel), named=False)
    assert (full.guest, full.number, full.call.called) == ("Müller, Hans", "+4989920920", GERMANY)
    assert (cut.guest, cut.number, cut.dialled) == ("", "+4989920XXX", "004989920XXX")
    assert (cut.call.caller, cut.call.called) == ("212", "004989920XXX") and cut.reservation == "1001"
    assert "Müller" not in repr(cut) and "920920" not in repr(cut)
    calls = ask(hotel, "calls", CallQuery(), named=False).items
    assert "018201008888" not in repr(calls) and "920920" not in repr(calls)
    assert listed(hotel, number="920920") and not listed(hotel, named=False, number="920920")
    assert listed(hotel, named=False, number="89920")
    assert listed(hotel, guest="Hans") and not listed(hotel, named=False, guest="Hans")


def only_posted(hotel: ChargesEvening) -> int:
    (id,) = listed(hotel, state=(ChargeState.POSTED,))
    return id


def test_words_of_the_pms_and_notes_of_the_desk_are_for_those_who_may_know_the_guests(
    hotel: ChargesEvening,
) -> None:
    hotel.play(MULLER, 'pa ng "Müller, Hans has no post flag"')
    hotel.calls("212", GERMANY)
    id = only(hotel)
    assert "Müller" in detail(hotel, id).reason and "Müller" in detail(hotel, id).lines[-1].text
    hidden = detail(hotel, id, named=False)
    assert "(NG): “…”" in hidden.reason and "Müller" not in str(hidden)
    resolve(hotel, id, "written_off", note="Mr. Müller did not want to pay")
    assert detail(hotel, id).note == "Mr. Müller did not want to pay"
    assert "Mr. Müller did not" in detail(hotel, id).lines[-1].text
    hidden = detail(hotel, id, named=False)
    assert hidden.note == "“…”" and "Müller" not in str(hidden)


def test_a_sum_is_made_again_also_where_trunks_have_thresholds(tmp_path: Path) -> None:
    spans = '  [property.charges]\n  trunk_thresholds = { XO = "0s", 8 = "1m30s" }\n'
    hotel = ChargesEvening(tmp_path, more=spans).alive()
    hotel.play(MULLER)
    hotel.calls("212", GERMANY, 100)
    assert detail(hotel, only(hotel)).explanation.agrees is True
    hotel.stop()


def test_a_hotel_may_cut_more_of_a_number(tmp_path: Path) -> None:
    hotel = ChargesEvening(tmp_path, more="  [property.charges]\n  cut_digits = 5\n").alive()
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    assert detail(hotel, only(hotel), named=False).number == "+49899XXXXX"
    assert detail(hotel, only(hotel)).number == "+4989920920"
    hotel.stop()


def test_a_number_that_is_no_phone_of_ours_is_not_told_in_words_either(hotel: ChargesEvening) -> None:
    """A caller who was sent on to outside by nobody of ours."""
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    id = only(hotel)

    spoil(hotel, id, reason="made by “06601234567”, which is no phone of ours")
    assert "0660" in detail(hotel, id).reason and "0660" not in detail(hotel, id, named=False).reason


def test_a_charge_that_waits_in_a_night_audit_says_so(hotel: ChargesEvening) -> None:
    """C3."""
    hotel.play(MULLER, "audit on")
    hotel.calls("212", GERMANY)
    hotel.calls("110", GERMANY)
    guests, house = (charge.id for charge in hotel.charges())
    why = "the PMS closes its day: waits for the end of its night audit"
    assert detail(hotel, guests).reason == why
    assert detail(hotel, house).reason == f"nobody was in 110; {why}"
    assert [one.reason for one in ask(hotel, "charges", CallQuery(reservation="1001")).items] == [why]
    hotel.play("audit off")
    hotel.advance(30)
    assert hotel.states() == ["posted", "posted"]
    assert not any("audit" in detail(hotel, id).reason for id in (guests, house))


def test_a_charge_that_waits_while_the_line_is_down_says_so(hotel: ChargesEvening) -> None:
    hotel.play(MULLER, "refuse", "drop")
    hotel.advance(60)
    hotel.calls("212", GERMANY)
    assert hotel.states() == ["queued"]
    assert detail(hotel, only(hotel)).reason == "waits for the link to the PMS"
    hotel.play("open")
    hotel.advance(120)
    assert hotel.states() == ["posted"] and "link" not in detail(hotel, only(hotel)).reason


# --- the sum behind it ---


def test_a_charge_is_explained_by_the_tariff_of_its_day_also_when_that_has_changed(
    hotel: ChargesEvening,
) -> None:
    hotel.play(MULLER)
    hotel.calls("212", GERMANY, 61)
    hotel.tariff.write_text(TARIFF.replace("0.50", "0.90"))
    hotel.advance(120)
    hotel.calls("212", GERMANY, 61)
    old, new = (detail(hotel, charge.id).explanation for charge in hotel.charges())
    assert (old.agrees, old.amount, new.agrees, new.amount) == (True, "1.00", True, "1.80")
    assert any("0.50 per 60 s" in line for line in old.lines) and old.lines[-1] == "Amount: 1.00 EUR"


def test_every_charge_of_an_evening_is_explained_to_the_minor_unit(hotel: ChargesEvening) -> None:
    hotel.play(MULLER)
    for number, seconds in ((GERMANY, 1), (MOBILE, 95), (GERMANY, 0), (NOWHERE, 30), ("144", 20)):
        hotel.calls("212", number, seconds)
    hotel.calls("110", MOBILE, 31)
    found = [detail(hotel, charge.id) for charge in hotel.charges()]
    assert len(found) == 6 and all(one.explanation.agrees for one in found)
    assert all(one.explanation.minor == one.minor for one in found)


def test_the_sum_of_an_emergency_call_says_that_it_is_free_as_such(tmp_path: Path) -> None:
    """A5: neither a threshold of its trunk nor a row for any number is the reason."""
    threshold = '  [property.charges]\n  trunk_thresholds = { IP = "2m" }\n'
    hotel = ChargesEvening(tmp_path, more=threshold).alive()
    hotel.tariff.write_text(f"{TARIFF}=144,Any,0.70,60,60\n")
    hotel.advance(120)
    hotel.play(MULLER)
    for seconds in (20, 180):
        hotel.calls("212", "144", seconds)
    for found in [detail(hotel, charge.id) for charge in hotel.charges()]:
        assert found.state == ChargeState.FREE and found.minor == found.explanation.minor == 0
        _, why, amount = found.explanation.lines
        assert why == "Free: a call to the emergency number 144" and amount == "Amount: 0.00 EUR"
    hotel.stop()


def test_a_sum_that_does_not_come_to_the_amount_is_told(hotel: ChargesEvening) -> None:
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    id = only(hotel)
    spoil(hotel, id, amount=51)
    explanation = detail(hotel, id).explanation
    assert (explanation.agrees, explanation.minor) == (False, 50)


def test_what_is_not_kept_any_more_cannot_be_explained(hotel: ChargesEvening) -> None:
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    id = only(hotel)
    for missing in ({"dialled": "00498..."}, {"dialled": ""}, {"dialled": GERMANY, "version": "gone"}):
        spoil(hotel, id, **missing)
        explanation = detail(hotel, id).explanation
        assert explanation.agrees is None and "not kept any more" in explanation.lines[0]
