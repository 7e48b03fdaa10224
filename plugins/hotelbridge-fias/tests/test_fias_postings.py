"""Charges: one at a time, answered by number, and never repeated blindly."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from fias_bench import VIENNA, Bench
from hotelbridge_fias.records import Record
from hotelbridge_fias.simulator_habits import Answer, Habits, Mode
from hotelbridge_fias.values import money
from twisted.internet.defer import CancelledError

from hotelbridge.pms.api import Later, Refused, Unavailable, Unknown

MODES = pytest.mark.parametrize("mode", Mode)


@pytest.fixture
def desk(bench: Any) -> Any:
    """A link with a guest in 212."""

    def make(habits: Habits | None = None, **settings: Any) -> Bench:
        one: Bench = bench(habits, **settings).alive()
        one.play('gi 212 1001 "Huber"')
        return one

    return make


@MODES
def test_a_charge_is_posted_with_the_sites_fields_and_the_pms_words_come_back(desk: Any, mode: Mode) -> None:
    one = desk(Habits(mode=mode))
    posted = one.post(1729)
    one.wait(1.0)
    assert one.wrote("PS") == [
        "PS|RN212|PTC|TA1050|DD004989920920|DU000123|DA261124|TI045830|P#1729|CTCall to Germany|"
    ]
    assert posted.value.startswith("accepted (OK)")
    assert len(one.pms.hotel.charges) == 1


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("10.50", "EUR", "1050"),
        ("10", "EUR", "1000"),
        ("0", "EUR", "0"),
        ("0.05", "CHF", "5"),
        ("500", "JPY", "50000"),
        ("1.250", "KWD", "1250"),
        ("-3.10", "EUR", "-310"),
    ],
)
def test_an_amount_is_told_without_its_point(amount: str, currency: str, said: str) -> None:
    assert money(Decimal(amount), currency) == said


def test_an_amount_that_cannot_be_told_is_refused_and_not_rounded(desk: Any) -> None:
    one = desk()
    assert isinstance(one.post(1, amount="10.505").error, Refused)
    assert one.wrote("PS") == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"posting": "pulses"}, "PS|RN212|PTT|MP8|"),
        ({"posting": "duration"}, "PS|RN212|PTT|DD004989920920|DU000123|"),
        ({"pt": "D"}, "PS|RN212|PTD|TA1050|"),
        (
            {"ps_fields": "RN G# TA PT SO CT P# WS", "ps_values": {"SO": "TEL", "WS": "BRIDGE"}},
            "PS|RN212|G#1001|TA1050|PTC|SOTEL|CTCall to Germany|P#1|WSBRIDGE|",
        ),
    ],
)
def test_a_site_has_its_own_form(desk: Any, settings: dict[str, Any], said: str) -> None:
    one = desk(**settings)
    posted = one.post(1, units=8)
    one.wait(1.0)
    assert one.wrote("PS")[0].startswith(said)
    assert posted.error is None


@pytest.mark.parametrize("code", ["NG", "NP", "CO", "FX", "DN", "IA", "DM", "UR", "ZZ"])
def test_a_no_of_the_pms_is_for_a_person_with_its_words(desk: Any, code: str) -> None:
    one = desk()
    one.pms.answers.coming.append(Answer(code=code, text="BECAUSE OF SOMETHING"))
    posted = one.post()
    one.wait(1.0)
    assert isinstance(posted.error, Refused) and posted.error.code == code
    assert "BECAUSE OF SOMETHING" in str(posted.error)


def test_an_answer_that_says_neither_yes_nor_no_leaves_it_open(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming.append(Answer(code="", text="WHO KNOWS"))
    posted = one.post()
    one.wait(1.0)
    assert isinstance(posted.error, Unknown) and "WHO KNOWS" in str(posted.error)


def test_retry_and_night_audit_come_again_later(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming += [Answer(code="RY"), Answer(code="NA")]
    first = one.post(1)
    one.wait(1.0)
    second = one.post(2)
    one.wait(1.0)
    assert isinstance(first.error, Later) and not first.error.audit
    assert isinstance(second.error, Later) and second.error.audit


def test_the_next_waits_until_the_first_is_answered(desk: Any) -> None:
    one = desk()
    one.pms.answers.usual = Answer(after=5.0)
    first, second = one.post(1), one.post(2)
    one.wait(4.0)
    assert len(one.wrote("PS")) == 1
    one.wait(10.0)
    assert first.value and second.value and len(one.wrote("PS")) == 2


@MODES
def test_silence_is_unknown_and_its_late_answer_is_kept_with_a_note(desk: Any, mode: Mode) -> None:
    one = desk(Habits(mode=mode))
    one.pms.answers.coming.append(Answer(after=40.0))
    posted = one.post(17)
    one.wait(29.0)
    assert not posted.over
    one.wait(2.0)
    assert isinstance(posted.error, Unknown)
    one.wait(15.0)
    late = one.house.disk.records[-1]
    assert late.body.startswith(b"PA|") and "it came too late to count" in one.house.disk.notes[late.id]


def test_a_late_answer_does_not_settle_the_next_charge(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming += [Answer(after=31.0, code="NG"), Answer(after=5.0)]
    one.post(17)
    one.wait(30.5)
    one.pms._postings._open = ""  # this PMS, too, knows that a new one comes
    second = one.post(18)
    one.wait(1.0)
    assert not second.over
    one.wait(10.0)
    assert second.value


def test_an_answer_without_a_number_is_that_of_the_one_that_waits(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming.append(Answer(numbered=False))
    posted = one.post(5)
    one.wait(1.0)
    assert posted.value


def test_an_answer_without_a_number_for_another_room_is_not(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming.append(Answer(times=0))
    posted = one.post(5)
    one.pms.answer(Record("PA", (("RN", "999"), ("AS", "OK"))))
    one.wait(1.0)
    assert not posted.over
    one.wait(30.0)
    assert isinstance(posted.error, Unknown)


def test_an_answer_without_a_number_after_one_that_stayed_away_settles_nothing(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming += [Answer(after=31.0, numbered=False), Answer(after=5.0, numbered=False)]
    one.post(1)
    one.wait(30.5)
    one.pms._postings._open = ""
    second = one.post(2)
    one.wait(2.0)
    assert isinstance(second.error, Unknown)


def unnumbered(one: Bench, code: str = "OK", room: str = "212") -> None:
    one.pms._postings._open = ""  # this PMS takes the next one before it has answered all
    one.pms.answer(Record("PA", (("RN", room), ("AS", code))))
    one.wait(1.0)


def silent(one: Bench, number: int) -> Any:
    """A posting that the PMS takes, and answers when the test says so."""
    one.pms._postings._open = ""
    one.pms.answers.coming.append(Answer(times=0))
    return one.post(number)


def test_answers_without_a_number_are_nobodys_while_one_is_still_missing(desk: Any) -> None:
    """The first comes late, so each is taken for the next one's: none may be."""
    one = desk()
    silent(one, 1)
    one.wait(30.5)
    second = silent(one, 2)
    unnumbered(one)
    third = silent(one, 3)
    unnumbered(one)
    assert isinstance(second.error, Unknown) and isinstance(third.error, Unknown)
    unnumbered(one, "NG")
    fourth = silent(one, 4)
    unnumbered(one)
    assert fourth.value.startswith("accepted")


def calls_at(*minutes: int) -> list[dict[str, Any]]:
    """Calls of one room, each begun at a minute of its own."""
    return [{"started": datetime(2026, 11, 24, 4, minute, tzinfo=VIENNA)} for minute in minutes]


def echoing(one: Bench, call: dict[str, Any]) -> None:
    """A PMS that was seen to give back the date and time of a posting, and never its number."""
    one.pms.answers.usual = Answer(numbered=False)
    first = one.post(90, **call)
    one.wait(1.0)
    assert first.value


def test_one_answer_that_stayed_away_spoils_none_where_the_pms_gives_back_date_and_time(desk: Any) -> None:
    one = desk()
    before, lost, *rest = calls_at(1, 2, 3, 4)
    echoing(one, before)
    one.pms.answers.coming.append(Answer(times=0))
    dropped = one.post(1, **lost)
    one.wait(31.0)
    assert isinstance(dropped.error, Unknown)
    for number, call in enumerate(rest, 2):
        posted = one.post(number, **call)
        one.wait(1.0)
        assert posted.value


def test_a_late_answer_that_gives_back_date_and_time_settles_nothing_else(desk: Any) -> None:
    one = desk()
    before, slow, other, third = calls_at(1, 2, 3, 4)
    echoing(one, before)
    one.pms.answers.coming += [
        Answer(after=31.0, code="NG", numbered=False),
        Answer(after=5.0, numbered=False),
    ]
    one.post(1, **slow)
    one.wait(30.5)
    one.pms._postings._open = ""
    second = one.post(2, **other)
    one.wait(2.0)
    assert not second.over
    one.wait(5.0)
    assert second.value.startswith("accepted")
    posted = one.post(3, **third)
    one.wait(1.0)
    assert posted.value


def test_calls_of_one_second_are_not_told_apart_by_their_time(desk: Any) -> None:
    one = desk()
    before, same = calls_at(1, 2)
    echoing(one, before)
    one.pms.answers.coming.append(Answer(times=0))
    one.post(1, **same)
    one.wait(31.0)
    posted = one.post(2, **same)
    one.wait(1.0)
    assert isinstance(posted.error, Unknown)


def test_a_pms_that_gives_back_its_own_time_is_not_believed_to_tell_charges_apart(desk: Any) -> None:
    one = desk()
    before, lost, other = calls_at(1, 2, 3)
    echoing(one, before)
    one.pms.answers.coming.append(Answer(times=0))
    strange = one.post(1, **lost)
    one.pms.answer(Record("PA", (("RN", "212"), ("AS", "OK"), ("DA", "261124"), ("TI", "063001"))))
    one.wait(1.0)
    assert strange.value
    silent(one, 2)
    one.wait(31.0)
    posted = one.post(3, **other)
    one.wait(1.0)
    assert isinstance(posted.error, Unknown)


def test_what_a_room_lacks_spoils_no_answer_to_another_room(desk: Any) -> None:
    one = desk()
    silent(one, 1)
    one.wait(30.5)
    one.pms._postings._open = ""
    one.pms.answers.coming.append(Answer(times=0))
    second = one.post(2, room="213")
    unnumbered(one, room="213")
    assert second.value.startswith("accepted")


def test_an_answer_that_comes_twice_settles_once(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming.append(Answer(times=2))
    first = one.post(1)
    one.wait(1.0)
    second = one.post(2)
    one.wait(1.0)
    assert first.value and second.value and len(one.pms.hotel.charges) == 2


def test_an_answer_counts_when_it_arrives_and_settles_when_it_is_saved(desk: Any) -> None:
    one = desk()
    one.house.full = True
    posted = one.post(1)
    one.wait(60.0)
    assert not posted.over
    one.house.full = False
    one.wait(60.0)
    assert posted.value


@MODES
@pytest.mark.parametrize(("same", "wanted"), [(False, Unknown), (True, Later)])
def test_a_line_lost_after_the_write_leaves_it_open(
    desk: Any, mode: Mode, same: bool, wanted: type[Exception]
) -> None:
    one = desk(Habits(mode=mode), resend_same_number=same)
    one.pms.answers.coming.append(Answer(drop="before"))
    posted = one.post(1)
    one.wait(1.0)
    assert isinstance(posted.error, wanted)
    one.wait(60.0)
    assert one.up


def test_a_line_lost_before_the_write_is_certain(bench: Any) -> None:
    one = bench(send_gap="5s").alive(100.0)
    one.woken("261124|063000")
    posted = one.post(1)
    one.pms.hotel.wakeups[("212", "261124", "063000")] = None
    one.wait(0.5)
    assert one.wrote("PS") == []
    one.play("reset")
    assert isinstance(posted.error, Unavailable)
    one.wait(200.0)
    assert one.wrote("PS") == []


def test_without_a_line_nothing_is_posted(bench: Any) -> None:
    one = bench()
    assert isinstance(one.post().error, Unavailable)
    one.alive()
    one.play("le")
    assert isinstance(one.post().error, Unavailable)


def test_after_le_nothing_is_posted_although_the_line_stands(bench: Any) -> None:
    one = bench(Habits(mode=Mode.PROTEL)).alive()
    one.pms.end()
    one.wait(1.0)
    assert one.pms.line is not None
    posted = one.post()
    assert isinstance(posted.error, Unavailable) and "LE" in str(posted.error)
    one.wait(30.0)
    assert one.up


def test_a_stop_leaves_open_what_was_written_and_not_what_waited_for_its_turn(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming.append(Answer(times=0))
    posted, next_one = one.post(1), one.post(2)
    one.wait(1.0)
    one.stop()
    assert isinstance(posted.error, Unknown)
    assert isinstance(next_one.error, Unavailable) and len(one.wrote("PS")) == 1


def test_a_stop_in_the_gap_before_a_charge_is_written_is_certain(bench: Any) -> None:
    """C2: what was not written goes back to the queue."""
    one = bench(send_gap="5s").alive(100.0)
    one.woken("261124|063000")
    one.pms.hotel.wakeups[("212", "261124", "063000")] = None
    posted = one.post(1)
    one.wait(0.5)
    one.stop()
    assert isinstance(posted.error, Unavailable) and one.wrote("PS") == []


def test_a_charge_that_its_caller_gives_up_makes_room_for_the_next(desk: Any) -> None:
    one = desk()
    one.pms.answers.coming.append(Answer(after=2.0))
    posted = one.post(1)
    one.wait(1.0)
    posted.running.cancel()
    assert isinstance(posted.error, CancelledError)
    one.wait(2.0)
    assert "too late" in "".join(one.house.disk.notes.values())
    second = one.post(2)
    one.wait(1.0)
    assert second.value
