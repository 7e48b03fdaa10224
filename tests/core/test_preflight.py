"""What a phone's status means for its wake-up, and when it is looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotelbridge.core.preflight import (
    Look,
    Weight,
    blocking,
    first_look,
    hindrances,
    known_beforehand,
    look_again,
    trouble,
)

DUE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
BEFORE = timedelta(minutes=30)


def minutes(n: float) -> datetime:
    return DUE + timedelta(minutes=n)


@pytest.mark.parametrize("state", ["ready", "active", "progress", ""])
def test_a_phone_that_may_be_free_by_then_is_in_nobodys_way(state: str) -> None:
    assert hindrances(Look(state=state)) == ()


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Look(known=False), "is not known"),
        (Look(state="offline"), "is not connected"),
        (Look(state="offhook"), "is off the hook"),
        (Look(state="ready", values={"autoAnswer": "yes"}), "answers by itself"),
        (Look(state="ready", values={"Fwd_Type": "9", "Fwd_Number": "218"}), "forwarded to 218"),
        (Look(state="offline", values={"Off_Line_Num": "218"}), "its calls go to 218 instead"),
    ],
)
def test_what_keeps_a_wakeup_from_the_guest_blocks(look: Look, words: str) -> None:
    """R6: `Off_Line_Num`, `autoAnswer` and an unknown `Fwd_Type` cannot be opened."""
    (one,) = blocking(look)
    assert words in one.what and one.do


def test_calls_that_would_go_elsewhere_if_the_phone_were_away_are_a_risk_and_no_alarm() -> None:
    look = Look(state="ready", values={"Off_Line_Num": "218"})
    assert [one.weight for one in hindrances(look)] == [Weight.RISK] and blocking(look) == ()


def test_what_a_wakeup_opens_is_in_nobodys_way() -> None:
    """R6: opened before the first try."""
    for values in (
        {"No_Disturb": "on"},
        {"Fwd_Type": "1", "Fwd_Number": "9"},
        {"Fwd_Type": "2"},
        {"Fork": "9"},
    ):
        assert hindrances(Look(state="ready", values=values)) == ()


def test_a_booking_is_told_what_cannot_be_opened_and_nothing_of_a_phone_never_read() -> None:
    """R6: said at booking."""
    told = known_beforehand({"Off_Line_Num": "218", "autoAnswer": "yes", "api": "7"})
    assert len(told) == 2 and known_beforehand(None) == () == known_beforehand({"api": "7"})


def test_each_wakeup_is_looked_at_once_in_the_time_before_due() -> None:
    assert not first_look(DUE, None, BEFORE, minutes(-31))
    assert first_look(DUE, None, BEFORE, minutes(-30))
    assert not first_look(DUE, minutes(-30), BEFORE, minutes(-29))
    assert not first_look(DUE, None, BEFORE, DUE)


def test_a_wakeup_moved_to_a_later_hour_is_looked_at_again() -> None:
    assert first_look(DUE, minutes(-90), BEFORE, minutes(-20))


def test_a_phone_in_trouble_is_looked_at_again_after_five_minutes_or_when_it_speaks() -> None:
    assert not look_again(minutes(-20), False, minutes(-16))
    assert look_again(minutes(-20), False, minutes(-15))
    assert look_again(minutes(-20), True, minutes(-19.9))
    assert look_again(minutes(40), False, minutes(-19))  # the clock was set back meanwhile


def test_the_alarm_names_the_phone_the_hour_and_what_to_do() -> None:
    (one,) = blocking(Look(state="offhook"))
    said = trouble("suite", "06:30", [("301", one)], ["302"])
    assert said.startswith("Room suite: the wake-up at 06:30 is in danger: phone 301 is off the hook.")
    assert "The room's phone 302 can ring." in said and "put the handset down" in said
