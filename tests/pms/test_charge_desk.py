"""What a person at the desk decides about a charge, in a whole hotel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.core.charges import ChargeState
from hotelbridge.errors import Refusal
from hotelbridge.services.chargeviews import (
    CallQuery,
    Resolution,
)
from hotelbridge.services.views import Once, Replay
from tests.pms.charge_desk import (
    HOUSE,
    MULLER,
    WEBER,
    ask,
    detail,
    late,
    only,
    refused,
    refused_by_the_pms,
    resolve,
    retry,
    spoil,
    uncertain,
)
from tests.pms.charges_evening import GERMANY, NOWHERE, ChargesEvening
from tests.services.evening import DESK


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[ChargesEvening]:
    opened = ChargesEvening(tmp_path, keys=HOUSE).alive()
    opened.pms.hotel.accounts = frozenset({"9000"})
    yield opened
    opened.stop()


# --- uncertain ones ---


def test_an_uncertain_charge_asks_whether_it_is_on_the_folio(hotel: ChargesEvening) -> None:
    """C2: nobody but who has looked there knows."""
    id = uncertain(hotel)
    why = refused(hotel, id)
    assert (why.code, why.status, why.facts["posted_to"]) == ("on_folio_unknown", 409, "212")
    assert "is it on the folio?" in why.sentence and "as number 1" in why.sentence
    assert hotel.states() == ["uncertain"] and hotel.postings() == ["1"]


def test_what_came_out_of_a_backup_asks_the_same_though_nobody_knows_its_number(
    hotel: ChargesEvening,
) -> None:
    """K2: it may have been posted since."""
    id = late(hotel)
    why = "the database was restored from a backup: it may have been posted since"
    spoil(hotel, id, state=ChargeState.UNCERTAIN, reason=why)
    asked = refused(hotel, id)
    assert asked.code == "on_folio_unknown" and f"may be on a folio already: {why}." in asked.sentence
    assert "None" not in asked.sentence


def test_what_is_not_on_the_folio_goes_again_under_a_new_number(hotel: ChargesEvening) -> None:
    """C2: no takes a new number, seen by the PMS."""
    id = uncertain(hotel)
    done = retry(hotel, id, on_folio=False, note="looked at 7:10")
    assert "to be posted to 212, under a new number" in done.said and done.charge.state == "queued"
    assert hotel.postings() == ["1", "2"] and hotel.states() == ["posted"]
    assert not hotel.notice("charge_uncertain")
    lines = [(line.what, line.by) for line in detail(hotel, id).lines]
    assert ("queued", "Anna, anna (token)") in lines and lines[-1] == ("posted", "hotelbridge")
    assert "looked at 7:10" in [line.text for line in detail(hotel, id).lines if line.what == "queued"][0]


def test_what_was_found_on_the_folio_counts_as_posted_by_name(hotel: ChargesEvening) -> None:
    """C2: yes marks it posted, by name; nothing is sent."""
    id = uncertain(hotel)
    done = retry(hotel, id, on_folio=True)
    assert done.said == f"Charge {id} of 0.50 EUR counts as posted."
    assert hotel.postings() == ["1"] and hotel.states() == ["posted"]
    found = detail(hotel, id)
    assert (found.by, found.posting, found.posted_to) == ("Anna", 1, "212") and found.settled is not None
    assert found.reason == "it is on the folio, says Anna" and not hotel.notice("charge_uncertain")


def test_an_uncertain_charge_of_a_guest_who_has_left_is_not_sent_again_to_his_room(
    hotel: ChargesEvening,
) -> None:
    """C1 holds for what a person says, too."""
    id = uncertain(hotel)
    hotel.play("go 212")
    assert refused(hotel, id, on_folio=False).code == "guest_gone"
    assert hotel.postings() == ["1"]


def test_an_uncertain_charge_is_not_written_off_before_somebody_has_looked_at_the_folio(
    hotel: ChargesEvening,
) -> None:
    """C2: the guest would pay on the folio what the books call written off."""
    id = uncertain(hotel)
    with pytest.raises(Refusal) as why:
        resolve(hotel, id, "written_off", note="short call")
    assert (why.value.code, why.value.status) == ("on_folio_unknown", 409)
    assert why.value.sentence.endswith("is it on the folio? Yes: it counts as posted. No: it is written off.")
    assert hotel.states() == ["uncertain"] and hotel.notice("charge_uncertain")
    done = resolve(hotel, id, "written_off", note="short call", on_folio=False)
    assert done.said == f"Charge {id} of 0.50 EUR is written off." and hotel.states() == ["written_off"]
    assert not hotel.notice("charge_uncertain")


def test_what_was_to_be_written_off_and_is_found_on_the_folio_counts_as_posted_by_name(
    hotel: ChargesEvening,
) -> None:
    id = uncertain(hotel)
    done = resolve(hotel, id, "written_off", note="short call", on_folio=True)
    assert done.said == f"Charge {id} of 0.50 EUR counts as posted." and hotel.states() == ["posted"]
    assert (detail(hotel, id).by, detail(hotel, id).reason) == ("Anna", "it is on the folio, says Anna")


def test_an_uncertain_charge_goes_to_no_other_account_before_somebody_has_looked_at_the_folio(
    hotel: ChargesEvening,
) -> None:
    id = uncertain(hotel)
    hotel.play(WEBER)
    to_room, to_house = refused(hotel, id, room="213"), refused(hotel, id, account=True)
    assert {to_room.code, to_house.code} == {"on_folio_unknown"}
    assert to_room.sentence.endswith("No: it is posted to 213 under a new number.")
    assert to_house.sentence.endswith("No: it is posted to 9000 under a new number.")
    assert hotel.states() == ["uncertain"] and hotel.postings() == ["1"]


# --- refused ones ---


def test_a_refused_charge_goes_again_under_a_new_number_to_where_its_guest_is_now(
    hotel: ChargesEvening,
) -> None:
    """C1, C2: a number that was refused is never used again."""
    id = refused_by_the_pms(hotel)
    hotel.play("move 212 213")
    retry(hotel, id)
    assert hotel.postings() == ["1", "2"] and hotel.states() == ["posted"]
    assert len(hotel.folio("213")) == 1 and not hotel.notice("charge_refused")


def test_what_is_refused_again_waits_again(hotel: ChargesEvening) -> None:
    id = refused_by_the_pms(hotel)
    hotel.play("pa ng")
    retry(hotel, id)
    assert hotel.states() == ["refused"] and hotel.postings() == ["1", "2"]
    assert "1 charge was refused" in hotel.notice("charge_refused")
    retry(hotel, id)
    assert hotel.postings() == ["1", "2", "3"]


# --- held ones ---


def test_a_late_charge_is_not_posted_to_its_old_room_and_the_desk_reads_what_can_be_done(
    hotel: ChargesEvening,
) -> None:
    """C1: even if the room looks vacant."""
    id = late(hotel)
    why = refused(hotel, id)
    assert (why.code, why.status) == ("guest_gone", 409)
    assert why.sentence.startswith("Reservation 1001 has left 212") and "name an occupied room" in (
        why.sentence.lower()
    )
    assert hotel.postings() == [] and hotel.states() == ["held"]


def test_a_late_charge_goes_to_the_guest_of_another_room_and_is_his_from_then_on(
    hotel: ChargesEvening,
) -> None:
    """C1: somebody pays for it who is in the house."""
    id = late(hotel)
    hotel.play(WEBER)
    done = retry(hotel, id, room="213", note="pays for her husband")
    assert "to 213, reservation 1002" in done.said
    assert hotel.states() == ["posted"] and len(hotel.folio("213")) == 1 and hotel.folio("212") == []
    found = detail(hotel, id)
    assert (found.room, found.reservation, found.guest) == ("212", "1002", "Weber, Eva")
    assert (found.posted_to, found.note) == ("213", "pays for her husband")
    assert not hotel.notice("charge_held")


def test_a_guest_who_is_back_is_named_where_what_he_left_is_asked_for(hotel: ChargesEvening) -> None:
    """C1: what somebody has held does not go along by itself."""
    hotel.play(MULLER, "audit on")
    hotel.calls("212", GERMANY)
    id = only(hotel)
    resolve(hotel, id, "held")
    hotel.play("go 212", "audit off", 'gi 213 1001 "Müller, Hans"')
    why = refused(hotel, id)
    assert why.code == "guest_gone" and why.facts["room"] == "213" and "is in 213 now" in why.sentence
    retry(hotel, id, room="213")
    assert hotel.states() == ["posted"] and len(hotel.folio("213")) == 1


def test_a_late_charge_goes_to_the_account_of_the_house(hotel: ChargesEvening) -> None:
    id = late(hotel)
    retry(hotel, id, account=True)
    found = detail(hotel, id)
    assert (found.account, found.reservation, found.guest) == ("9000", "", "")
    assert found.posted_to == "9000" and hotel.states() == ["posted"]


def test_a_hotel_without_an_account_of_its_own_says_so(tmp_path: Path) -> None:
    hotel = ChargesEvening(tmp_path).alive()
    assert refused(hotel, late(hotel), account=True).code == "no_house_account"
    hotel.stop()


@pytest.mark.parametrize(("room", "code"), [("213", "not_in_house"), ("999", "unknown_room")])
def test_a_charge_goes_only_to_a_room_with_somebody_in_it(
    hotel: ChargesEvening, room: str, code: str
) -> None:
    """C1."""
    assert refused(hotel, late(hotel), room=room).code == code
    assert hotel.postings() == []


def test_in_a_shared_room_somebody_says_whose_the_charge_is(hotel: ChargesEvening) -> None:
    """B6; without names, which who counts money need not know."""
    id = late(hotel)
    hotel.play(WEBER, 'share 213 1003 "Weber, Max"')
    why = refused(hotel, id, room="213")
    assert why.code == "which_guest"
    assert why.facts["guests"] == [{"reservation": "1002"}, {"reservation": "1003"}]
    assert refused(hotel, id, room="213", reservation="1004").code == "not_in_house"
    retry(hotel, id, room="213", reservation="1003")
    assert detail(hotel, id).reservation == "1003"


def test_a_charge_without_a_price_wants_an_amount_of_a_person(hotel: ChargesEvening) -> None:
    hotel.play(MULLER)
    hotel.calls("212", NOWHERE)
    id = only(hotel)
    assert refused(hotel, id).code == "amount_needed"
    for amount in ("0", "0.00", "1.005", "-1", "1,50", "a lot", "", "1e3"):
        assert refused(hotel, id, amount=amount).code == "bad_amount", amount
    retry(hotel, id, amount="4.2")
    assert hotel.folio("212")[0].startswith("420 ") and hotel.states() == ["posted"]
    found = detail(hotel, id)
    assert (found.amount, found.minor, found.currency) == ("4.20", 420, "EUR")
    assert found.explanation.lines[-1] == "Amount: 4.20 EUR, says Anna" and found.explanation.agrees is None


def test_an_amount_contains_the_tax_of_the_terms_that_were_in_force(tmp_path: Path) -> None:
    hotel = ChargesEvening(tmp_path, more='  [property.charges]\n  tax_percent = "20"\n').alive()
    hotel.play(MULLER)
    hotel.calls("212", NOWHERE)
    retry(hotel, only(hotel), amount="1.20")
    assert (detail(hotel, only(hotel)).tax, detail(hotel, only(hotel)).tax_minor) == ("0.20", 20)
    hotel.stop()


def test_nobody_changes_a_price_that_the_tariff_has_made(hotel: ChargesEvening) -> None:
    assert refused(hotel, refused_by_the_pms(hotel), amount="0.10").code == "already_priced"


def test_an_amount_counts_for_the_credit_of_the_guest(tmp_path: Path) -> None:
    """M1: the bar comes with the amount, and is lifted by name."""
    hotel = ChargesEvening(tmp_path, more='  [property.charges]\n  credit_limit = "0.80"\n').alive()
    hotel.play(MULLER)
    hotel.calls("212", NOWHERE)
    assert hotel.level("212") == "3"
    retry(hotel, only(hotel), amount="4.20")
    hotel.advance(10)
    assert hotel.level("212") == "1" and "rooms unbar 212" in hotel.notice("credit_limit")
    once = Once("k-1", "anna", "f-1")
    unbar = hotel.daemon.rooms.unbar
    done = hotel._result(unbar("main", "212", DESK, once))
    assert done.said == "reservation 1001 of 212 may call again" and done.rooms[0].number == "212"
    hotel.advance(10)
    assert hotel.level("212") == "3" and not hotel.notice("credit_limit")
    assert isinstance(hotel._result(unbar("main", "212", DESK, once)), Replay)
    with pytest.raises(Refusal, match="Nobody in 212 is barred"):
        hotel._result(unbar("main", "212", DESK))
    with pytest.raises(Refusal, match="There is no room 999"):
        hotel._result(unbar("main", "999", DESK))
    hotel.stop()


def test_a_charge_that_is_nobodys_says_so(hotel: ChargesEvening) -> None:
    """C1: a phone of two occupied rooms."""
    id = late(hotel)

    reason = "phone 301 belongs to 301 and 302, and both were occupied"
    spoil(hotel, id, stay_id=None, reservation="", reason=reason)
    why = refused(hotel, id)
    assert why.code == "which_guest" and "belongs to 301 and 302" in why.sentence


def test_where_no_pms_takes_charges_nothing_is_queued(hotel: ChargesEvening) -> None:
    id = late(hotel)
    hotel.daemon.houses["main"].rules.posts_charges = False
    assert refused(hotel, id, account=True).code == "not_offered"
    assert resolve(hotel, id, "posted").charge.state == "posted"


# --- settled by hand ---


def test_a_charge_is_written_off_by_name_and_with_a_reason(hotel: ChargesEvening) -> None:
    id = late(hotel)
    with pytest.raises(Refusal) as why:
        resolve(hotel, id, "written_off")
    assert why.value.code == "note_needed"
    done = resolve(hotel, id, "written_off", note="regular guest")
    assert done.said == f"Charge {id} of 0.50 EUR is written off." and hotel.states() == ["written_off"]
    last = detail(hotel, id).lines[-1]
    assert (last.what, last.by, last.text) == (
        "written_off", "Anna, anna (token)", "written off by Anna: “regular guest”",
    )  # fmt: skip
    assert not hotel.notice("charge_held") and hotel.postings() == []


def test_a_charge_that_was_put_on_the_bill_by_hand_counts_as_posted(hotel: ChargesEvening) -> None:
    id = refused_by_the_pms(hotel)
    resolve(hotel, id, "posted", note="bill 17")
    assert hotel.states() == ["posted"] and hotel.postings() == ["1"]
    assert not hotel.notice("charge_refused")


def test_one_without_a_price_is_on_the_folio_with_the_amount_that_was_put_there(
    hotel: ChargesEvening,
) -> None:
    """Promise 7: the sums must come out."""
    hotel.play(MULLER)
    hotel.calls("212", NOWHERE)
    with pytest.raises(Refusal, match="say the amount in EUR"):
        resolve(hotel, only(hotel), "posted")
    assert resolve(hotel, only(hotel), "posted", amount="3").charge.amount == "3.00"


def test_a_charge_without_a_price_is_written_off_as_such(hotel: ChargesEvening) -> None:
    hotel.play(MULLER)
    hotel.calls("212", NOWHERE)
    done = resolve(hotel, only(hotel), "written_off", note="wrong number")
    assert done.said == f"Charge {only(hotel)}, which has no price, is written off."


def test_what_is_queued_is_held_or_written_off_but_never_called_posted(hotel: ChargesEvening) -> None:
    hotel.play(MULLER, "audit on")
    hotel.calls("212", GERMANY)
    id = only(hotel)
    assert refused(hotel, id).code == "under_way"
    with pytest.raises(Refusal, match="Hold it first"):
        resolve(hotel, id, "posted")
    assert resolve(hotel, id, "held").charge.reason == "held by Anna"
    assert "1 charge waits" in hotel.notice("charge_held")
    hotel.play("audit off")
    assert hotel.states() == ["held"] and hotel.postings() == []
    with pytest.raises(Refusal) as why:
        resolve(hotel, id, "held")
    assert why.value.code == "not_queued"
    retry(hotel, id)
    assert hotel.states() == ["posted"]


def test_what_is_on_its_way_is_left_alone(hotel: ChargesEvening) -> None:
    """C2: the answer is awaited."""
    hotel.play(MULLER, "pa late 25")
    hotel.calls("212", GERMANY, 5)
    id = only(hotel)
    assert hotel.states() == ["sent"]
    assert refused(hotel, id, on_folio=False).code == "under_way"
    for outcome in Resolution:
        with pytest.raises(Refusal) as why:
            resolve(hotel, id, outcome.value, note="now")
        assert why.value.code == "under_way"


def test_what_is_settled_stays_so_and_says_by_whom(hotel: ChargesEvening) -> None:
    id = late(hotel)
    resolve(hotel, id, "written_off", note="regular guest")
    why = refused(hotel, id, account=True)
    assert why.code == "already_settled" and why.facts["by"] == "Anna"
    assert why.sentence.startswith(f"Charge {id} is settled: written off by Anna, Tue 2026-11-24")
    with pytest.raises(Refusal, match="is settled"):
        resolve(hotel, id, "posted")


def test_two_people_at_once_post_a_charge_once(hotel: ChargesEvening) -> None:
    """C2: the second one is told."""
    id = uncertain(hotel)
    hotel.play("audit on")
    retry(hotel, id, on_folio=False)
    assert refused(hotel, id, on_folio=False).code == "under_way"
    assert refused(hotel, id, on_folio=True).code == "under_way"
    hotel.play("audit off")
    assert hotel.postings() == ["1", "2"]
    assert refused(hotel, id, on_folio=False).code == "already_settled"


def test_the_same_request_again_posts_nothing_twice(hotel: ChargesEvening) -> None:
    once = Once("k-1", "anna", "f-1")
    id = uncertain(hotel)
    first = retry(hotel, id, once, on_folio=False)
    again = retry(hotel, id, once, on_folio=False)
    assert isinstance(again, Replay) and json.loads(again.body_text)["said"] == first.said
    assert hotel.postings() == ["1", "2"]


def test_a_charge_that_was_never_there_and_one_of_another_hotel_are_unknown(hotel: ChargesEvening) -> None:
    assert refused(hotel, 77).code == "unknown_charge"
    for call in ("charge", "charge_in_short"):
        with pytest.raises(Refusal, match="There is no charge 77"):
            ask(hotel, call, 77)
    with pytest.raises(Refusal, match="no property annex"):
        hotel._result(hotel.daemon.charges.charges("annex", CallQuery(), named=True))


def test_a_decision_is_told_to_whoever_looks(hotel: ChargesEvening) -> None:
    id = late(hotel)
    hotel.forget_changes()
    resolve(hotel, id, "written_off", note="x")
    assert hotel.changes("charge") == [str(id)] and hotel.changes("alarm")
