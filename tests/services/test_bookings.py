"""What the desk books: rooms, days, follow-ups, what is read back, and what is refused with every reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotelbridge.core.records import AlarmKind, ClosingOutcome, Proof, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.orderviews import AwakeRequest, BookingRequest, ChangeRequest
from hotelbridge.services.views import CloseRequest, Once, Replay, WakeupQuery
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import DESK, Evening

DAILY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hotel = Callable[[str], Evening]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    opened: list[Evening] = []

    def open_with(more: str) -> Evening:
        opened.append(Evening(tmp_path, more=more))
        return opened[-1]

    yield open_with
    for one in opened:
        one.stop()


def refused(evening: Evening, room: str, **asked: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        evening.order(room, **asked)
    return refusal.value


def listed(evening: Evening, **wanted: Any) -> list[str]:
    """The wake-ups as "day time room"."""
    found = evening.ask("wakeups", WakeupQuery(limit=500, **wanted)).items
    return [f"{w.local[8:10]} {w.local[11:16]} {w.room}" for w in found]


def history(evening: Evening, id: int) -> list[str]:
    return [line.text for line in evening.wakeup(id).history]


def skip(evening: Evening, **time: float) -> None:
    """Let days go by in which the daemon does not run: its own turns would take long to play."""
    evening.crash()
    evening.advance(timedelta(**time).total_seconds())
    evening.start()


# --- many rooms, many days ---


def test_one_call_for_many_rooms_makes_one_order_and_a_wake_up_for_each(evening: Evening) -> None:
    """B1: one per room and day, each with its own id."""
    booked = evening.order("110:113,suite", at="2026-11-24T06:30", proof=Proof.DIGIT, vip=True, note="bus")
    assert booked.rooms == ("110", "111", "112", "113", "suite")
    assert [one.room for one in booked.wakeups] == list(booked.rooms)
    assert {evening.wakeup(one.id).order for one in booked.wakeups} == {booked.order}
    shown = evening.wakeup(booked.wakeups[-1].id)
    assert (shown.proof, shown.vip, shown.note) == (Proof.DIGIT, True, "bus")
    for room in ("110", "111", "112", "113", "301", "302"):
        evening.phone(room, Answers())
    evening.until("06:32")
    assert evening.rings("111") == ["06:30:00"]


def test_every_room_is_named_with_its_reason_and_nothing_is_booked(evening: Evening) -> None:
    """B1: all or nothing."""
    refusal = refused(evening, "110,119,999,500:600", at="2026-11-24T06:30")
    assert (refusal.code, refusal.status) == ("unknown_room", 422)
    assert [(one["room"], one["detail"]) for one in refusal.facts["rooms"]] == [  # type: ignore[attr-defined]
        ("999", "There is no room 999."),
        ("500:600", "There is no room 500. The nearest is 213. There is no room 600. The nearest is 213."),
    ]
    assert "Nothing was booked" in refusal.sentence
    assert listed(evening) == []


def test_a_standing_order_is_made_for_the_days_ahead_up_to_its_last_one(evening: Evening) -> None:
    """B1: days and until."""
    booked = evening.order("212", at="2026-11-24T06:30", days=("tue", "thu"), until="2026-12-01")
    assert listed(evening) == ["24 06:30 212", "26 06:30 212", "01 06:30 212"]
    assert booked.said == (
        "Tuesday 24 November 06:30, in 4 min 59 s; then every Tuesday and Thursday until Tuesday 1 December"
    )


def test_a_standing_order_begins_on_the_first_of_its_days(evening: Evening) -> None:
    """B1: days."""
    booked = evening.order("212", at="2026-11-24T06:30", days=("fri",))
    assert booked.local == "2026-11-27T06:30:00"


def test_each_day_the_days_ahead_grow_by_one_and_nothing_is_made_twice(evening: Evening) -> None:
    """B1: wake-ups of a standing order."""
    evening.order("212", at="2026-11-24T22:00", days=DAILY)
    assert len(listed(evening)) == 11
    skip(evening, hours=17, minutes=34)
    assert len(listed(evening)) == 11  # 23:59
    evening.advance(65)
    assert len(listed(evening)) == 12
    skip(evening, seconds=1)
    skip(evening, seconds=1)
    assert len(listed(evening)) == len(set(listed(evening))) == 12


def test_days_missed_while_down_are_made_and_are_alarms(evening: Evening) -> None:
    """Promise 1: never silence, also after a long stop."""
    evening.order("212", at="2026-11-24T06:30", days=DAILY)
    skip(evening, days=14)
    evening.advance(5)
    (late,) = [alarm for alarm in evening.open_alarms() if alarm.kind == AlarmKind.WAKEUP_LATE]
    assert len(late.items) == 14  # 24 November to 7 December, of which three were never made before
    assert len(listed(evening, open=True)) == 14 + 11
    assert evening.om.rings == []


def test_the_missing_hour_rings_a_standing_order_at_the_jump(evening: Evening) -> None:
    """B1: nobody can be asked; the history says so."""
    skip(evening, days=117)  # 21 March 2027
    booked = evening.order("212", at="2027-03-27T02:30", days=DAILY, until="2027-03-29")
    assert listed(evening, order=booked.order) == ["27 02:30 212", "28 03:00 212", "29 02:30 212"]
    second = evening.ask("wakeups", WakeupQuery(order=booked.order)).items[1]
    assert history(evening, second.id) == ["booked for 2027-03-28 03:00:00 (when the clocks are put forward)"]


def test_the_same_room_and_minute_twice_is_told_and_one_ring_serves_both(evening: Evening) -> None:
    """B1: in the same minute one ring serves both."""
    evening.phone("212", Answers())
    first = evening.order("212", at="2026-11-24T06:30")
    assert first.also == ()
    second = evening.order("212:213", at="2026-11-24T06:30:20")
    assert second.also == (first.id,)
    evening.until("06:32")
    assert evening.rings("212") == ["06:30:00"]


# --- follow-ups ---


def test_a_follow_up_rings_even_after_proof(evening: Evening) -> None:
    """B1: a follow-up is rung even after proof."""
    evening.phone("212", Answers(), Answers())
    booked = evening.order("212", at="2026-11-24T06:30", follow_up=10)
    main, later = booked.wakeups
    assert (later.follows, later.local[11:16]) == (main.id, "06:40")
    assert booked.said.endswith(", and again 10 min later")
    evening.until("06:42")
    assert evening.rings("212") == ["06:30:00", "06:40:00"]
    assert evening.wakeup(later.id).state == WakeupState.WOKEN


def test_a_follow_up_goes_with_its_main_one_when_that_is_cancelled(evening: Evening) -> None:
    """B1: unless cancelled."""
    main, later = evening.order("212", at="2026-11-24T06:30", follow_up=10).wakeups
    evening.cancel(main.id)
    assert evening.wakeup(later.id).state == WakeupState.CANCELLED
    assert history(evening, later.id)[-1] == f"cancelled with wake-up {main.id} by anna"


def test_a_cancellation_that_comes_again_is_answered_as_the_first_time_and_touches_no_other(
    evening: Evening,
) -> None:
    """The desk's line names no wake-up: what is the next one of the room has changed by the second time."""
    first, second = evening.book("212", "06:30"), evening.book("212", "07:30")
    once = Once("k" * 12, "console ana", "f")
    assert evening.ask("cancel", first, DESK, once).state == WakeupState.CANCELLED
    assert isinstance(evening.ask("cancel", second, DESK, once), Replay)
    assert evening.wakeup(second).state == WakeupState.SCHEDULED


def test_a_follow_up_alone_may_be_cancelled_and_moves_with_its_main_one(evening: Evening) -> None:
    """B1: each wake-up has its own state."""
    main, later = evening.order("212", at="2026-11-24T06:30", follow_up=10).wakeups
    moved = evening.ask("change", main.id, ChangeRequest(time="07:00", vip=True), DESK)
    assert moved.said == "Tuesday 24 November 07:00, in 34 min 59 s"
    shown = evening.wakeup(later.id)
    assert (shown.local, shown.vip) == ("2026-11-24T07:10:00", True)
    assert "with wake-up" in history(evening, later.id)[-1]
    evening.cancel(later.id)
    assert evening.wakeup(main.id).state == WakeupState.SCHEDULED


# --- in person ---


def test_in_person_is_never_a_call_but_an_alarm_before_due(evening: Evening) -> None:
    """B5."""
    booked = evening.order("212", at="2026-11-24T06:45", in_person=True, note="deaf guest, knock")
    assert (booked.expected_ring, booked.in_person) == (None, True)
    evening.until("06:39:59")
    assert evening.open_alarms() == ()
    evening.until("06:40:01")
    (alarm,) = evening.open_alarms()
    assert (alarm.kind, alarm.room, alarm.wakeup) == (AlarmKind.IN_PERSON, "212", booked.id)
    assert alarm.text == (
        "Room 212: to be woken in person at 06:45 (“deaf guest, knock”). Please go to the room."
    )
    evening.acknowledge(alarm.id, by="Anna")
    evening.until("06:55")
    assert evening.open_alarms()[0].id == alarm.id  # not closed by its time being over
    evening.acknowledge(alarm.id, by="Anna", outcome="woken_by_staff")
    assert evening.wakeup(booked.id).state == WakeupState.CLOSED
    assert evening.om.rings == []


def test_in_person_found_overdue_is_an_alarm_at_once(evening: Evening) -> None:
    """B5, promise 3."""
    booked = evening.order("212", at="2026-11-24T06:45", in_person=True)
    evening.crash()
    evening.until("06:47")
    evening.start()
    evening.advance(1)
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.IN_PERSON
    assert "it is 06:47 now. Please go to the room at once." in alarm.text
    assert evening.wakeup(booked.id).state == WakeupState.ALARMED
    assert evening.om.rings == []


def test_a_wake_up_changed_to_in_person_is_not_rung(evening: Evening) -> None:
    """B5."""
    booked = evening.book("212", "06:30")
    evening.ask("change", booked, ChangeRequest(in_person=True), DESK)
    evening.until("06:32")
    assert evening.om.rings == []
    assert [alarm.kind for alarm in evening.open_alarms()] == [AlarmKind.IN_PERSON]


# --- who must be in the house ---


def test_a_known_guest_is_wanted_only_where_the_house_says_so(hotel: Hotel) -> None:
    """B3: auto counts as no while no PMS tells who is in."""
    evening = hotel('  [property.wakeup]\n  require_stay = "yes"\n')
    refusal = refused(evening, "212,213", at="2026-11-24T06:30")
    assert (refusal.code, refusal.status) == ("not_in_house", 409)
    assert [one["room"] for one in refusal.facts["rooms"]] == ["212", "213"]  # type: ignore[attr-defined]
    booked = evening.order("212", at="2026-11-24T06:30", anyway=True)
    assert history(evening, booked.id) == [
        "booked, anyway: nobody is known to be there for 2026-11-24 06:30:00"
    ]


# --- which day ---


def test_a_time_without_a_date_is_its_next_occurrence_and_is_read_back(evening: Evening) -> None:
    """B4."""
    assert evening.order("212", time="06:20").said == "Wednesday 25 November 06:20, in 23 h 55 min"
    assert evening.order("213", time="23:00").local == "2026-11-24T23:00:00"


def test_in_the_small_hours_both_days_are_offered_and_either_may_be_sent_back(evening: Evening) -> None:
    """B4."""
    skip(evening, hours=18, minutes=45, seconds=-2)  # 01:10 of the 25th
    refusal = refused(evening, "212", time="06:30")
    assert (refusal.code, refusal.status) == ("which_day", 409)
    assert refusal.facts["said"] == [
        "Wednesday 25 November 06:30, in 5 h 20 min",
        "Thursday 26 November 06:30, in 1 d 5 h",
    ]
    assert refusal.sentence.startswith("It is 01:10: which day is meant? Wednesday 25 November 06:30,")
    today, tomorrow = refusal.facts["choices"]  # type: ignore[misc]
    assert evening.order("212", at=tomorrow).local == "2026-11-26T06:30:00"
    assert evening.order("212", at=today).said == refusal.facts["said"][0]  # type: ignore[index]


def test_a_preview_says_what_would_be_booked_and_saves_nothing(evening: Evening) -> None:
    """B4: preview and read-back say the same."""
    asked: dict[str, Any] = {"time": "06:40", "follow_up": 5, "days": DAILY}
    tried = evening.order("110:111", preview=True, **asked)
    assert (tried.preview, tried.id, tried.order) == (True, 0, 0)
    assert [(one.id, one.room, one.follows) for one in tried.wakeups] == [
        (0, "110", None), (0, "111", None), (0, "110", 0), (0, "111", 0),
    ]  # fmt: skip
    assert listed(evening) == []
    assert evening.order("110:111", **asked).said == tried.said
    assert refused(evening, "999", preview=True, **asked).code == "unknown_room"


def test_the_doubled_hour_is_asked_about_and_either_choice_may_be_sent_back(evening: Evening) -> None:
    """B1: single ones are asked; promise 1 through a change of the clocks."""
    refusal = refused(evening, "212", at="2027-10-31T02:30")
    assert refusal.code == "ambiguous_local_time"
    first, second = refusal.facts["choices"]  # type: ignore[misc]
    assert (first[-6:], second[-6:]) == ("+02:00", "+01:00")
    assert evening.order("212", at=second).due.isoformat() == "2027-10-31T02:30:00+01:00"
    assert refused(evening, "212", at="2027-03-28T02:30").code == "no_such_local_time"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"at": "2026-11-24T06:20"}, "past"),
        ({"at": "2026-11-24T06:25:30"}, "too_soon"),
        ({"at": "2026-11-24T06:20", "days": DAILY}, "past"),
        ({"at": "2026-11-24T06:30", "days": DAILY, "until": "2026-11-23"}, "invalid_until"),
        ({"at": "2026-11-24T06:30", "until": "2026-11-30"}, "invalid_until"),
        ({"time": "half six"}, "invalid_time"),
    ],
)
def test_what_cannot_be_booked_says_why(evening: Evening, asked: dict[str, Any], code: str) -> None:
    assert refused(evening, "212", **asked).code == code
    assert listed(evening) == []


def test_a_booking_repeated_under_its_key_is_one_order(evening: Evening) -> None:
    """Promise 4."""
    key = Once("k", "anna", "f", 201)
    request = BookingRequest(room="110:112", time="07:00")
    first = evening.ask("book", request, DESK, key)
    again = evening.ask("book", request, DESK, key)
    assert isinstance(again, Replay) and f'"id":{first.id}' in again.body_text
    assert len(listed(evening)) == 3


# --- "I'm up" ---


def test_one_that_rings_cannot_be_changed_and_what_can_be_done_is_said(evening: Evening) -> None:
    evening.phone("212", NoAnswer(rings=20))
    id = evening.book("212", "06:30")
    for until, state, advice in (
        (
            "06:30:10",
            "ringing",
            "It is under way: cancel it, or say that the guest is awake, and book a new one",
        ),
        ("06:31", "waiting for its next ring", "It is under way: cancel it"),
        ("06:40", "handed to the desk", "Close it with what was found, and book a new one"),
    ):
        evening.until(until)
        with pytest.raises(Refusal, match=f"is {state}: it cannot be changed. {advice}"):
            evening.ask("change", id, ChangeRequest(time="07:00"), DESK)
    evening.close(id, "Anna", "woken_by_staff")
    with pytest.raises(Refusal, match="is closed: it cannot be changed. Book a new one."):
        evening.ask("change", id, ChangeRequest(time="07:00"), DESK)


def test_awake_ends_every_ladder_of_the_room_and_its_alarm(evening: Evening) -> None:
    """A2: closed with an outcome, by name."""
    evening.phone("212", NoAnswer(rings=20))
    first, second = evening.book("212", "06:30"), evening.book("212", "06:31")
    later = evening.book("212", "07:30")
    evening.until("06:30:10")
    answer = evening.ask("awake", "212", AwakeRequest("Anna", "rang the desk"), DESK)
    evening.advance(3)
    assert [one.id for one in answer.closed] == [first]
    assert answer.next.id == second
    assert evening.om.rings[0].ended_by == "clear"
    evening.until("06:37:30")
    assert evening.wakeup(second).state == WakeupState.ALARMED
    answer = evening.ask("awake", "212", AwakeRequest("Anna", "rang the desk"), DESK)
    assert ([one.id for one in answer.closed], answer.next.id) == ([second], later)
    assert evening.open_alarms() == ()
    shown = evening.wakeup(second)
    assert (shown.state, shown.result) == (WakeupState.CLOSED, "awake")
    assert history(evening, second)[-1] == "awake (Anna): “rang the desk”"
    again = evening.ask("awake", "212", AwakeRequest("Anna"), DESK)
    assert (again.closed, again.next.id) == ((), later)


def test_awake_ends_what_waits_for_its_turn_too(evening: Evening) -> None:
    """B1: the later one waits; nobody rings a guest who said that he is up."""
    evening.phone("212", NoAnswer(rings=20))
    both = {evening.book("212", "06:30"), evening.book("212", "06:31")}
    evening.until("06:31:10")
    answer = evening.ask("awake", "212", AwakeRequest("Anna"), DESK)
    assert {one.id for one in answer.closed} == both
    evening.until("06:40")
    assert len(evening.om.rings) == 1


def test_awake_in_a_room_that_is_not_there_is_refused(evening: Evening) -> None:
    with pytest.raises(Refusal, match="There is no room 999"):
        evening.ask("awake", "999", AwakeRequest("Anna"), DESK)


def test_closed_as_cancelled_its_follow_up_is_cancelled_too(evening: Evening) -> None:
    """B1: unless cancelled."""
    evening.phone("212", NoAnswer(rings=20))
    main, later = evening.order("212", at="2026-11-24T06:30", follow_up=10).wakeups
    evening.until("06:36")
    evening.ask("close", main.id, CloseRequest("Anna", ClosingOutcome.CANCELLED), DESK)
    assert evening.wakeup(later.id).state == WakeupState.CANCELLED


# --- closed before it is due ---


def test_what_is_not_due_for_hours_is_not_closed_but_named_with_day_and_time(evening: Evening) -> None:
    """A number that was mistyped must not silence a guest who sleeps."""
    id = evening.book("212", "11:30")
    with pytest.raises(Refusal) as refusal:
        evening.close(id, "Anna", "woken_by_staff")
    told = refusal.value
    assert (told.code, told.status) == ("not_due_yet", 409)
    assert told.sentence == (
        f"Wake-up {id} of room 212 is not due yet: it is for Tuesday 24 November 11:30, in 5 h 5 min. "
        "Cancel it if it is not wanted any more; it can be closed from 11:00 on."
    )
    assert (told.facts["due"], evening.wakeup(id).state) == (
        "2026-11-24T11:30:00+01:00",
        WakeupState.SCHEDULED,
    )


def test_a_knock_some_minutes_before_due_closes_it(evening: Evening) -> None:
    id = evening.book("212", "06:50")
    evening.close(id, "Anna", "woken_by_staff")
    assert evening.wakeup(id).state == WakeupState.CLOSED


def test_closed_as_cancelled_long_before_due_it_is_cancelled_by_name(evening: Evening) -> None:
    id = evening.book("212", "11:30")
    evening.close(id, "Anna", "cancelled", note="leaves tonight")
    assert evening.wakeup(id).state == WakeupState.CANCELLED
    assert history(evening, id)[-2:] == ["cancelled by Anna, anna", "“leaves tonight”"]


def test_one_in_person_is_closed_from_its_alarm_on_however_early_that_is(hotel: Hotel) -> None:
    """B5: the alarm comes before due, and its acknowledgement closes the wake-up."""
    house = hotel('  [property.wakeup]\n  preflight = "0s"\n  in_person_before = "1h"\n')
    id = house.order("212", at="2026-11-24T07:20", in_person=True).id
    house.until("06:26")
    house.acknowledge(house.open_alarms()[0].id, "Anna", "woken_by_staff")
    assert (house.wakeup(id).state, house.open_alarms()) == (WakeupState.CLOSED, ())


def test_one_in_person_is_not_said_to_be_served_by_a_ring_nor_is_it(hotel: Hotel) -> None:
    """B1, B5: a person goes, whatever rings."""
    house = hotel('  [property.wakeup]\n  in_person_before = "0s"\n')
    knock = house.order("212", at="2026-11-24T06:30:40", in_person=True)
    ring = house.order("212", at="2026-11-24T06:30")
    again = house.order("212", at="2026-11-24T06:30", in_person=True)
    assert (knock.also, ring.also, again.also) == ((), (), ())
    house.phone("212", Answers())
    house.until("06:30:20")
    assert house.wakeup(ring.id).state == WakeupState.WOKEN
    assert house.wakeup(knock.id).state == WakeupState.SCHEDULED
    house.until("06:30:45")
    assert house.wakeup(knock.id).state == WakeupState.ALARMED


def test_one_in_person_is_read_back_so_after_a_change_too(evening: Evening) -> None:
    """B4, B5."""
    id = evening.book("212", "07:00")
    told = evening.ask("change", id, ChangeRequest(in_person=True), DESK)
    assert told.said == "Tuesday 24 November 07:00, in 34 min 59 s, in person"


def test_a_language_without_an_announcement_is_booked_and_said(evening: Evening) -> None:
    """R7: a language without a menu takes the property's default."""
    told = evening.order("212", time="07:00", language="xx").warnings
    assert told == ("There is no announcement in xx on om20: the usual one is played.",)
    assert evening.order("213", time="07:00", language="en").warnings == ()


def test_a_proof_asked_for_in_person_is_said_to_be_asked_of_nobody(evening: Evening) -> None:
    """B5."""
    told = evening.order("212", time="07:00", in_person=True, proof=Proof.DIGIT).warnings
    assert told == ("A person goes and says what was found: the proof digit is asked of nobody.",)
    assert evening.order("213", time="07:00", in_person=True).warnings == ()
