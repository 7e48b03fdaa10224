"""Proof of waking beside lifting the handset, and the other ways in which a guest shows he is up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotelbridge.core.records import AlarmKind, Outcome, WakeupState
from hotelbridge.testing.fake_om_faults import CommandFault, EventFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening

Hotel = Callable[[str], Evening]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    """A hotel with lines of its own under `[property.wakeup]`."""
    opened: list[Evening] = []

    def make(wakeup: str) -> Evening:
        opened.append(Evening(tmp_path, more=f"[property.wakeup]\n{wakeup}\n"))
        return opened[-1]

    yield make
    for evening in opened:
        evening.stop()


def test_who_puts_down_before_the_announcement_ends_is_rung_again(hotel: Hotel) -> None:
    """R4: `heard` is not proved by lifting, however long."""
    evening = hotel('proof = "heard"')
    evening.phone("212", Answers(after=5, talk=10), Answers(after=5, talk=30))
    wakeup = evening.book("212", "06:30")
    evening.until("06:34")
    shown = evening.wakeup(wakeup)
    assert evening.rings("212") == ["06:30:00", "06:32:00"]
    assert [a.outcome for a in shown.attempts] == [Outcome.NO_ANSWER, Outcome.HEARD]
    assert (shown.state, shown.result) == (WakeupState.WOKEN, Outcome.HEARD)


def test_a_key_stops_the_announcement_and_proves_all_the_same(hotel: Hotel) -> None:
    """R4: after a key no EndOfAnn comes; the key itself is the proof."""
    evening = hotel('proof = "heard"')
    evening.phone("212", Answers(after=5, talk=12, keys=((6.0, "1"),)))
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    assert evening.wakeup(wakeup).result == Outcome.CONFIRMED


def test_a_guest_who_only_listens_has_not_pressed_the_key(hotel: Hotel) -> None:
    """R4: `digit` wants a key; the desk is told after the last try."""
    evening = hotel('proof = "digit"')
    evening.phone("212", Answers(after=5, talk=None))
    wakeup = evening.book("212", "06:30")
    evening.until("06:38")
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.result, shown.tries) == (WakeupState.ALARMED, Outcome.NO_ANSWER, 3)
    (alarm,) = evening.open_alarms()
    assert "after 3 tries: answered, but that the guest is awake is not proved (lifted for " in alarm.text
    assert "but did not press the key)" in alarm.text and "nobody answered" not in alarm.text
    assert not any("nobody answered" in line.text for line in shown.history)
    assert all(ring.ended_by == "clear" for ring in evening.om.rings)  # bounded by `talk`
    assert "did not press the key" in shown.attempts[0].detail


def test_who_lifted_once_and_not_at_the_last_ring_is_told_so(hotel: Hotel) -> None:
    """The desk reads that somebody was there."""
    evening = hotel('proof = "digit"')
    evening.phone("212", Answers(after=5, talk=10), NoAnswer(rings=20))
    evening.book("212", "06:30")
    evening.until("06:38")
    (alarm,) = evening.open_alarms()
    assert "nobody answered the last ring; an earlier one was answered, but that" in alarm.text


def test_only_the_right_key_counts_where_one_is_named(hotel: Hotel) -> None:
    """R4: the one configured."""
    evening = hotel('proof = "digit"\ndigit = "5"')
    evening.phone("212", Answers(after=5, talk=15, keys=((6.0, "1"),)), Answers(5, 15, keys=((6.0, "5"),)))
    wakeup = evening.book("212", "06:30")
    evening.until("06:34")
    shown = evening.wakeup(wakeup)
    assert [a.outcome for a in shown.attempts] == [Outcome.NO_ANSWER, Outcome.CONFIRMED]


def test_a_key_told_late_saves_the_guest_the_next_ring(hotel: Hotel) -> None:
    """R4: the report of the key overtaken by the phone's IDLE still counts."""
    evening = hotel('proof = "digit"')
    evening.phone("212", Answers(after=5, talk=8, keys=((6.0, "1"),)))
    evening.om.faults.next(EventFault.LATE, "DTMF", seconds=20)
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:30")
    assert evening.wakeup(wakeup).state == WakeupState.WAITING
    evening.until("06:40")
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.result) == (WakeupState.WOKEN, Outcome.CONFIRMED)
    assert evening.rings("212") == ["06:30:00"]


def test_a_key_that_arrives_right_behind_the_end_of_its_call_counts(hotel: Hotel) -> None:
    """R4: the order of reports is not guaranteed, and both may be worked off at once."""
    evening = hotel('proof = "digit"')
    evening.phone("212", Answers(after=5, talk=10.0, keys=((9.999, "1"),)))
    wakeup = evening.book("212", "06:30")
    evening.om.faults.next(EventFault.LATE, "DTMF", seconds=0.005)
    evening.until("06:31")
    assert evening.wakeup(wakeup).result == Outcome.CONFIRMED


def test_without_its_menu_no_more_than_an_answer_can_be_proved(hotel: Hotel) -> None:
    """R7: the menu could not be set: ring all the same, an answer counts, an alarm says so."""
    evening = hotel('proof = "digit"')
    evening.om.faults.always(CommandFault.GARBAGE, "Assign")
    evening.om.reboot(downtime=1)
    evening.advance(20)
    evening.phone("212", Answers(after=5, talk=10))
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    assert evening.wakeup(wakeup).result == Outcome.ANSWERED
    assert AlarmKind.DEVICE_PARAMETER in [alarm.kind for alarm in evening.open_alarms()]


def test_lifting_one_phone_of_a_room_silences_the_other(evening: Evening) -> None:
    """R2: ANSWER on one clears the others at once, not only when the proof is complete."""
    evening.phone("301", Answers(after=4, talk=None))
    evening.phone("302", NoAnswer(rings=None))
    evening.book("suite", "06:30")
    evening.until("06:30:07")
    (other,) = [ring for ring in evening.om.rings if ring.phone == "302"]
    assert other.ended is not None and other.ended_by == "clear"


def test_a_call_of_the_guests_own_ends_the_ladder_where_the_hotel_wants_it(hotel: Hotel) -> None:
    """An outgoing call from the room shows that the guest is up, and is shown as such."""
    evening = hotel("call_out_wakes = true")
    evening.phone("212", NoAnswer(rings=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    evening.om.guest_dials("212", "00431234567")
    evening.until("06:40")
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.result) == (WakeupState.WOKEN, Outcome.CALLED_OUT)
    assert evening.rings("212") == ["06:30:00"]
    assert "called_out" in [line.what for line in shown.history]


def test_a_call_of_the_guests_own_means_nothing_unless_configured(evening: Evening) -> None:
    """A maid may have made it: off by default."""
    evening.phone("212", NoAnswer(rings=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    evening.om.guest_dials("212", "00431234567")
    evening.until("06:40")
    assert evening.wakeup(wakeup).state == WakeupState.ALARMED
