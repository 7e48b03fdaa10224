"""From the call of a guest to his folio: each charge priced, posted once, answered, or before a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hotelbridge_fias.simulator_habits import Habits, Mode

from hotelbridge.commands.backup import put_back
from hotelbridge.core import rating
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.guests import Direction
from hotelbridge.errors import Refusal
from hotelbridge.services.roomviews import CheckOutRequest
from hotelbridge.store import backups, callrecords, pms_state, records
from hotelbridge.store.database import Tx
from hotelbridge.testing.fake_om_faults import CdrShape, EventFault
from hotelbridge.testing.fake_om_scripts import Answers
from tests.pms.charges_evening import ALWAYS, GERMANY, MOBILE, NOWHERE, TARIFF, ChargesEvening
from tests.services.evening import DESK
from tests.services.guestlife import GuestLife
from tests.services.shared_phones import ROOMS as SHARED_ROOMS
from tests.services.shared_phones import SHARED, SUITE

MULLER = 'gi 212 1001 "Müller, Hans"'


@pytest.fixture(params=list(Mode), ids=str)
def hotel(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ChargesEvening]:
    opened = ChargesEvening(tmp_path, Habits(mode=request.param)).alive()
    yield opened
    opened.stop()


@pytest.fixture
def oracle(tmp_path: Path) -> Iterator[ChargesEvening]:
    opened = ChargesEvening(tmp_path).alive()
    yield opened
    opened.stop()


# --- the way to the folio ---


def test_a_call_is_priced_and_posted_to_the_guest_who_made_it(hotel: ChargesEvening) -> None:
    """Promises 6 and 7: 50 seconds to Germany are one minute of 0.50."""
    hotel.play(MULLER)
    hotel.calls("212", GERMANY, 50)
    hotel.calls("212", MOBILE, 61)
    assert hotel.folio("212") == ["50 +4989920920 Call Germany", "45 +436641234567 Call Mobile"]
    assert hotel.states() == ["posted", "posted"] and hotel.postings() == ["1", "2"]


def test_what_came_in_stayed_in_the_house_or_was_not_answered_is_never_on_a_folio(
    oracle: ChargesEvening,
) -> None:
    """C5: a call that was not answered is free, before fees and minimum."""
    oracle.play(MULLER)
    oracle.calls("212", "213", 20)
    oracle.om.incoming("02161208234", "018201008888", "212")
    oracle.advance(90)
    oracle.calls("212", GERMANY, 0)
    assert oracle.folio("212") == [] and set(oracle.states()) <= {"free"}


def test_an_emergency_call_is_never_charged(oracle: ChargesEvening) -> None:
    """Promise 10."""
    oracle.play(MULLER)
    oracle.calls("212", "144", 90)
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.FREE and "emergency number 144" in charge.reason
    assert oracle.folio("212") == []


def test_a_call_belongs_to_who_was_in_the_room_when_it_began_and_goes_to_where_he_is_now(
    oracle: ChargesEvening,
) -> None:
    """C1: a guest who moves in the middle of his call finds it on the folio of his present room."""
    oracle.play(MULLER)
    oracle.om.guest_dials("212", GERMANY)
    oracle.advance(4)
    oracle.play("move 212 213", 'gi 212 1002 "Weber, Eva"')
    oracle.advance(60)
    assert (len(oracle.folio("213")), oracle.folio("212")) == (1, [])
    (charge,) = oracle.charges()
    assert (charge.room, charge.reservation, charge.posted_to) == ("212", "1001", "213")


def test_a_call_that_began_before_the_check_in_is_not_the_new_guests(oracle: ChargesEvening) -> None:
    oracle.om.guest_dials("212", GERMANY)
    oracle.advance(4)
    oracle.play(MULLER)
    oracle.advance(60)
    (charge,) = oracle.charges()
    assert (charge.stay_id, charge.state) == (None, ChargeState.FREE)
    assert "nobody was in 212" in charge.reason and oracle.folio("212") == []


def test_calls_of_the_staff_and_of_vacant_rooms_go_to_the_accounts_of_the_house(tmp_path: Path) -> None:
    keys = 'house_account = "9000"\n'
    more = '  [property.charges]\n  staff_account = "9001"\n'
    desk = '  [property.desk]\n  phones = ["100"]\n  menu = 9\n'
    desk += '  [[property.om.menu]]\n  id = 9\n  voicefile = "alarm"\n'
    hotel = ChargesEvening(tmp_path, keys=keys, more=more + desk).alive()
    hotel.pms.hotel.rooms["9000"] = hotel.pms.hotel.rooms["9001"] = []
    hotel.calls("110", GERMANY)
    hotel.calls("100", GERMANY)
    accounts = [(one.account, one.stay_id, one.posted_to) for one in hotel.charges()]
    assert accounts == [("9000", None, "9000"), ("9001", None, "9001")]
    hotel.stop()


# --- what the PMS says ---


def test_a_refused_charge_waits_for_a_person_with_the_words_of_the_pms(oracle: ChargesEvening) -> None:
    oracle.play(MULLER, "pa ng")
    oracle.calls("212", GERMANY)
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.REFUSED and "INVALID ROOM" in charge.reason
    assert "1 charge was refused by the PMS: 212" in oracle.notice("charge_refused")
    oracle.play("pa ok")
    oracle.advance(600)
    assert oracle.postings() == ["1"]


@pytest.mark.parametrize("how", ["pa none", "pa lost", "pa drop", "pa drop-after"])
def test_a_charge_whose_answer_is_lost_is_uncertain_and_never_sent_again_by_itself(
    oracle: ChargesEvening, how: str
) -> None:
    """C2: it may stand on the folio."""
    oracle.play(MULLER, how)
    oracle.calls("212", GERMANY)
    oracle.play("pa ok")
    oracle.advance(1200)
    if how == "pa drop-after":
        assert oracle.states() == ["posted"]
    else:
        assert oracle.states() == ["uncertain"] and "212" in oracle.notice("charge_uncertain")
    assert oracle.postings() == ["1"]


def test_what_the_pms_wants_later_is_said_again_under_its_number(oracle: ChargesEvening) -> None:
    """C2."""
    oracle.play(MULLER, "pa once ry")
    oracle.calls("212", GERMANY)
    oracle.advance(120)
    assert oracle.postings() == ["1", "1"] and oracle.states() == ["posted"]
    assert len(oracle.folio("212")) == 1


def test_while_the_line_is_down_charges_wait_in_order_and_go_when_it_is_back(oracle: ChargesEvening) -> None:
    oracle.play(MULLER)
    oracle.play("refuse", "drop")
    oracle.calls("212", GERMANY)
    oracle.calls("212", MOBILE)
    assert oracle.states() == ["queued", "queued"] and oracle.postings() == []
    oracle.play("open")
    oracle.advance(120)
    assert oracle.postings() == ["1", "2"] and oracle.states() == ["posted", "posted"]


# --- night audit ---


def test_in_the_night_audit_charges_wait_for_its_end(oracle: ChargesEvening) -> None:
    """C3."""
    oracle.play(MULLER, "audit on")
    oracle.calls("212", GERMANY)
    assert oracle.states() == ["queued"]
    oracle.play("audit off")
    assert oracle.states() == ["posted"]


def test_an_audit_without_an_end_is_told_and_tried_and_the_answer_audit_pauses_again(
    oracle: ChargesEvening,
) -> None:
    """C3: after 90 minutes an alarm, then one posting; "audit" as its answer pauses ten minutes more."""
    oracle.play(MULLER, "audit on", "pa na")
    oracle.calls("212", GERMANY)
    oracle.advance(85 * 60)
    assert oracle.postings() == [] and not oracle.notice("audit")
    oracle.advance(6 * 60)
    assert oracle.postings() == ["1"] and "night audit" in oracle.notice("audit")
    oracle.advance(7 * 60)
    assert oracle.postings() == ["1"]
    oracle.play("pa ok")
    oracle.advance(5 * 60)
    assert oracle.postings() == ["1", "1"] and oracle.states() == ["posted"]
    assert not oracle.notice("audit")


def test_the_answer_to_what_was_sent_before_an_audit_does_not_end_it(oracle: ChargesEvening) -> None:
    oracle.play(MULLER, "pa once late 8")
    oracle.om.guest_dials("212", GERMANY, Answers(after=1.0, talk=5.0))
    oracle.advance(9)
    assert oracle.states() == ["sent"]
    oracle.play("audit on")
    oracle.advance(10)
    oracle.calls("212", GERMANY)
    assert oracle.states() == ["posted", "queued"] and oracle.postings() == ["1"]


def test_the_next_audit_holds_though_the_pms_had_said_audit_before(oracle: ChargesEvening) -> None:
    oracle.play(MULLER, "pa once na", "pa once ng")
    oracle.calls("212", GERMANY)
    oracle.advance(700)
    assert oracle.states() == ["refused"]
    oracle.play("audit on")
    oracle.calls("212", GERMANY)
    assert oracle.states() == ["refused", "queued"] and oracle.postings() == ["1", "1"]


def test_an_audit_is_over_when_the_link_begins_anew(oracle: ChargesEvening) -> None:
    """C3."""
    oracle.play(MULLER, "audit on")
    oracle.calls("212", GERMANY)
    oracle.play("refuse", "drop")
    oracle.advance(10)
    oracle.play("open")
    oracle.advance(120)
    assert oracle.states() == ["posted"]


# --- kill -9 ---


def test_what_was_sent_when_the_process_died_is_uncertain_and_what_was_queued_is_posted(
    oracle: ChargesEvening,
) -> None:
    """C2, promise 6: nothing is missing and nothing doubled on the folio."""
    oracle.play(MULLER, "pa late 25")
    oracle.calls("212", GERMANY, 5)
    oracle.calls("212", MOBILE, 2)
    assert oracle.states() == ["sent", "queued"]
    oracle.crash()
    oracle.play("pa ok")
    oracle.start()
    oracle.alive()
    oracle.advance(60)
    assert oracle.states() == ["uncertain", "posted"]
    assert oracle.postings() == ["1", "2"] and len(oracle.folio("212")) == 2


def test_what_waits_for_its_turn_at_a_stop_is_queued_and_posted_once_by_the_next_life(tmp_path: Path) -> None:
    """C2: its bytes were certainly not written, so nobody need look at the folio."""
    hotel = ChargesEvening(tmp_path, send_gap="12s")
    hotel.advance(300)
    hotel.alive().play(MULLER)
    hotel.advance(80)
    hotel.record(1)
    hotel.record(2)
    assert hotel.states() == ["posted", "sent"] and hotel.postings() == ["1"]
    hotel._result(hotel.daemon.stop())
    hotel.crash()
    hotel.start()
    (_, waits) = hotel.charges()
    assert waits.state == ChargeState.QUEUED and waits.reason.startswith("not written")
    hotel.advance(400)
    assert hotel.states() == ["posted", "posted"] and hotel.postings() == ["1", "2"]
    assert len(hotel.folio("212")) == 2
    hotel.stop()


def test_what_was_written_and_not_answered_at_a_stop_is_uncertain(oracle: ChargesEvening) -> None:
    oracle.play(MULLER, "pa none")
    oracle.advance(60)
    oracle.record(1)
    assert oracle.states() == ["sent"] and oracle.postings() == ["1"]
    oracle._result(oracle.daemon.stop())
    oracle.crash()
    oracle.play("pa ok")
    oracle.start()
    oracle.advance(60)
    assert oracle.states() == ["uncertain"] and oracle.postings() == ["1"]


def test_a_record_that_comes_twice_is_one_charge(oracle: ChargesEvening) -> None:
    oracle.om.faults.always(EventFault.DUPLICATE, "CDR")
    oracle.play(MULLER)
    oracle.calls("212", GERMANY)
    assert len(oracle.charges()) == 1


# --- check-out ---


def test_nothing_is_posted_once_the_guest_has_gone(oracle: ChargesEvening) -> None:
    """C1: even if the room looks vacant; it is a late charge for the desk."""
    oracle.play(MULLER, "audit on")
    oracle.calls("212", GERMANY)
    oracle.play("go 212", "audit off")
    oracle.advance(300)
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.HELD and charge.reason.startswith("late charge")
    assert oracle.postings() == [] and "1 charge waits" in oracle.notice("charge_held")


def test_a_call_that_ends_after_the_check_out_is_a_late_charge(oracle: ChargesEvening) -> None:
    oracle.play(MULLER)
    oracle.om.guest_dials("212", GERMANY)
    oracle.advance(4)
    oracle.play("go 212")
    oracle.advance(60)
    assert oracle.states() == ["held"] and oracle.postings() == []


def test_a_move_told_as_out_and_in_takes_what_is_unposted_along(oracle: ChargesEvening) -> None:
    """B7 for charges."""
    oracle.play(MULLER, "audit on")
    oracle.calls("212", GERMANY)
    oracle.play("move2 212 213", "audit off")
    oracle.advance(120)
    assert oracle.states() == ["posted"] and len(oracle.folio("213")) == 1
    assert not oracle.notice("charge_held")


def test_the_desk_is_shown_what_is_not_on_the_folio_before_a_guest_leaves(oracle: ChargesEvening) -> None:
    oracle.play(MULLER, "pa ng")
    oracle.calls("212", GERMANY)
    leave = oracle.daemon.rooms.check_out
    with pytest.raises(Refusal, match="not on the folio: 1 call of 0.50 EUR") as refused:
        oracle._result(leave("main", "212", CheckOutRequest(), DESK))
    assert refused.value.code == "pending_work" and refused.value.facts["charges"][0]["amount"] == "0.50"
    oracle._result(leave("main", "212", CheckOutRequest(anyway=True), DESK))
    assert oracle.states() == ["refused"]


# --- what nobody can price ---


def test_a_number_that_no_row_prices_is_held_never_free(oracle: ChargesEvening) -> None:
    oracle.play(MULLER)
    oracle.calls("212", NOWHERE)
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.HELD and "no price" in charge.reason


def test_a_tariff_with_mistakes_leaves_the_old_one_in_force_also_over_a_restart(
    oracle: ChargesEvening,
) -> None:
    oracle.play(MULLER)
    oracle.tariff.write_text("prefix,name,rate\n+49,Germany,0.60\n+33,France,dear\n")
    oracle.advance(120)
    assert "tariff.csv:3" in oracle.notice("tariff") and "stays in force" in oracle.notice("tariff")
    oracle.tariff.write_text("prefix,name,rate\n+49,Germany,free\n")
    oracle.advance(120)
    assert "tariff.csv:2" in oracle.notice("tariff") and "tariff.csv:3" not in oracle.notice("tariff")
    oracle.calls("212", GERMANY)
    oracle.crash()
    oracle.start()
    oracle.alive()
    oracle.calls("212", GERMANY)
    oracle.tariff.write_text("prefix,name,rate\n+49,Germany,0.60\n")
    oracle.advance(120)
    assert not oracle.notice("tariff")
    oracle.calls("212", GERMANY)
    assert [charge.amount for charge in oracle.charges()] == [50, 50, 60]
    assert len({charge.version for charge in oracle.charges()}) == 2


def test_calls_that_came_before_any_tariff_was_in_force_are_charged_when_there_is_one(tmp_path: Path) -> None:
    """Promise 6: at every start records are worked off while the tariff is still being read."""
    (tmp_path / "tariff.csv").write_text("nonsense")
    hotel = ChargesEvening(tmp_path).alive()
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    hotel.play("move 212 213")
    assert hotel.charges() == [] and "No call is priced meanwhile" in hotel.notice("tariff")
    hotel.tariff.write_text(TARIFF)
    hotel.advance(120)
    assert hotel.states() == ["posted"] and len(hotel.folio("213")) == 1
    hotel.stop()


@pytest.mark.parametrize("duration", ["", "<Duration>300s</Duration>", "<Duration>00:05:00</Duration>",
                                      "<Duration>-1</Duration>"])  # fmt: skip
def test_a_length_that_cannot_be_read_is_not_the_same_as_no_call(
    oracle: ChargesEvening, duration: str
) -> None:
    oracle.play(MULLER)
    oracle.record(duration=duration)
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.HELD and "how long" in charge.reason


def test_whose_a_call_was_is_asked_while_the_pms_was_not_heard(oracle: ChargesEvening) -> None:
    """B3 for charges: silence about a room says nothing of who is in it."""
    oracle.play("refuse", "drop", MULLER)
    oracle.advance(60)
    oracle.calls("212", GERMANY)
    oracle.play("open")
    oracle.advance(120)
    (charge,) = oracle.charges()
    assert charge.state == ChargeState.HELD and "the PMS was not heard" in charge.reason


def test_a_held_charge_says_that_no_resync_was_completed_or_which_one_waits(oracle: ChargesEvening) -> None:
    """The line is alive meanwhile: that the PMS was not heard would not be true."""
    forget = {f"{pms_state.HOUSE}resynced": None}
    oracle.play(MULLER, "wr 212 0700")

    async def forgotten() -> None:
        await oracle.daemon.ownership.run("main", lambda tx: pms_state.keep(tx, "main", forget))

    oracle._result(forgotten())
    oracle.play("dr silent")
    oracle.crash()
    oracle.start()
    oracle.advance(60)
    oracle.calls("213", GERMANY)
    oracle.pms.hotel.rooms["212"].clear()
    oracle.play("resync")
    oracle.advance(30)
    (asking,) = [one for one in GuestLife(oracle).resyncs() if one.state == "asking"]
    oracle.calls("213", GERMANY)
    first, second = oracle.charges()
    assert first.state == second.state == ChargeState.HELD
    assert first.reason.startswith("no resync with the PMS was completed yet")
    assert second.reason.startswith(f"the PMS's list of guests waits for a decision: resync {asking.id}: ")


@pytest.mark.parametrize("waits", [False, True], ids=["at first", "later"])
def test_a_call_of_a_shared_phone_is_of_the_room_it_is_charged_to_whenever_it_is_priced(
    tmp_path: Path, waits: bool
) -> None:
    (tmp_path / "tariff.csv").write_text("nonsense" if waits else TARIFF)
    hotel = ChargesEvening(tmp_path)
    hotel.crash()
    hotel.reconfigure(SUITE, SHARED_ROOMS + SHARED + "\n")
    hotel.start()
    hotel.alive().play('gi suite 1001 "Müller, Hans"')
    hotel.calls("302", GERMANY)
    assert hotel.states() == ([] if waits else ["posted"])
    hotel.tariff.write_text(TARIFF)
    hotel.advance(120)
    (charge,) = hotel.charges()
    (call,) = hotel.read(lambda tx: callrecords.listed(tx, "main", *ALWAYS, 10))
    assert (charge.room, charge.state, call.room) == ("suite", "posted", "suite")
    hotel.stop()


def test_one_call_that_cannot_be_priced_keeps_none_of_those_that_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tariff.csv").write_text("nonsense")
    hotel = ChargesEvening(tmp_path).alive()
    hotel.play(MULLER)
    hotel.calls("212", MOBILE)
    hotel.calls("212", GERMANY)
    real = rating.rate

    def rate(call: rating.Call, *how: Any) -> rating.Priced:
        if "664" in call.number.e164:
            raise ArithmeticError("a price of our own making")
        return real(call, *how)

    monkeypatch.setattr(rating, "rate", rate)
    hotel.tariff.write_text(TARIFF)
    hotel.advance(120)
    assert hotel.states() == ["posted"] and "could not be charged" in hotel.notice("reports_unreadable")
    hotel.stop()


# --- what was received and not worked off when the process died ---


def killed_with(hotel: ChargesEvening, body: str) -> None:
    """A record of the PMS is saved, then the process is killed, and started again half a minute later."""
    item = (body.encode(), "", ("212",))

    def unit(tx: Tx) -> None:
        records.add(tx, "main", "pms", Direction.IN, hotel.clock.now(), [item], worked=False)

    async def save() -> None:
        await hotel.daemon.db.run(unit)

    hotel._result(save())
    hotel.crash()
    hotel.advance(30)


def test_a_guest_whose_check_in_was_left_over_was_there_since_it_was_received(oracle: ChargesEvening) -> None:
    """Promise 6: a call made meanwhile is his."""
    oracle.advance(60)
    killed_with(oracle, "GI|RN212|G#1001|GNHuber|")
    oracle.play('gi 212 1001 "Huber"')
    oracle.start()
    oracle.alive()
    oracle.record()  # it began 55 s ago, before the start
    (charge,) = oracle.charges()
    assert (charge.reservation, charge.state) == ("1001", "posted")


def test_a_guest_whose_check_out_was_left_over_had_gone_when_it_was_received(tmp_path: Path) -> None:
    hotel = ChargesEvening(tmp_path, keys='house_account = "9000"\n').alive()
    hotel.pms.hotel.accounts = frozenset({"9000"})
    hotel.play(MULLER)
    hotel.advance(60)
    killed_with(hotel, "GO|RN212|G#1001|")
    hotel.play("go 212")
    hotel.start()
    hotel.alive()
    hotel.record()
    (charge,) = hotel.charges()
    assert (charge.reservation, charge.account) == ("", "9000")
    hotel.stop()


# --- credit ---


def test_calls_beyond_the_credit_bar_the_phones_of_a_stay_until_a_person_lifts_that(tmp_path: Path) -> None:
    """M1: a credit-limit bar outranks the PMS's class until lifted by name."""
    hotel = ChargesEvening(tmp_path, more='  [property.charges]\n  credit_limit = "0.80"\n').alive()
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    assert hotel.level("212") == "3"
    hotel.calls("212", GERMANY)
    hotel.advance(10)
    assert hotel.level("212") == "1" and "pass the credit" in hotel.notice("credit_limit")
    hotel.play("re 212 cs=3")
    assert hotel.level("212") == "1"
    hotel.stop()


@pytest.mark.parametrize("how", ["move 212 213", "move2 212 213", "move2 212 213 reverse"])
def test_a_bar_goes_along_with_its_guest_however_his_move_is_told(tmp_path: Path, how: str) -> None:
    """M1, B7."""
    hotel = ChargesEvening(tmp_path, more='  [property.charges]\n  credit_limit = "0.80"\n').alive()
    hotel.play(MULLER)
    hotel.calls("212", GERMANY)
    hotel.calls("212", GERMANY)
    hotel.play(how)
    hotel.advance(30)
    assert hotel.level("213") == "1" and "rooms unbar 213" in hotel.notice("credit_limit")
    hotel.stop()


# --- clocks ---


def test_a_device_whose_clock_is_wrong_is_told_once_and_its_calls_count_all_the_same(
    oracle: ChargesEvening,
) -> None:
    """C4."""
    oracle.play(MULLER)
    oracle.om.faults.cdr = CdrShape(untouched_clock=True)
    oracle.calls("212", GERMANY)
    assert "call records of om20" in oracle.notice("clock")
    assert oracle.states() == ["posted"]
    oracle.om.faults.cdr = CdrShape()
    oracle.calls("212", GERMANY)
    assert not oracle.notice("clock")


def test_a_record_that_cannot_be_charged_is_kept_and_told_and_stops_nothing_behind_it(
    oracle: ChargesEvening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own in a price must not cost anybody his wake-up."""
    oracle.play(MULLER)
    monkeypatch.setattr(rating, "rate", lambda *asked: 1 / 0)
    oracle.phone("213", Answers())
    id = oracle.order("213", at=f"{oracle.day}T06:35", anyway=True).id
    oracle.calls("212", GERMANY)
    oracle.until("06:37")
    assert oracle.wakeup(id).state == "woken" and oracle.charges() == []
    monkeypatch.undo()
    oracle.calls("212", GERMANY)
    assert oracle.states() == ["posted"] and "could not be charged" in oracle.notice("reports_unreadable")


def test_after_a_restore_what_was_to_be_posted_is_uncertain_and_no_number_is_given_again(
    oracle: ChargesEvening, tmp_path: Path
) -> None:
    """K2: what the backup has queued or sent may be on the folio by now."""
    oracle.play(MULLER, "audit on")
    oracle.calls("212", GERMANY)
    backups.save(oracle._settings.store.url, tmp_path / "copy.db")
    oracle.play("audit off")
    oracle.calls("212", MOBILE)
    assert oracle.postings() == ["1", "2"]
    oracle.crash()
    put_back(oracle._settings, tmp_path / "copy.db", oracle.clock.now())
    oracle.start()
    oracle.alive()
    assert oracle.states() == ["uncertain"] and "212" in oracle.notice("charge_uncertain")
    oracle.calls("212", GERMANY)
    assert int(oracle.postings()[-1]) > 1000
