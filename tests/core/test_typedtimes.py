"""What is typed as a time or a day, as records; how each form reads is tested with the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.typedtimes import When, WhichDay, read_day, read_days, read_when

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 23, 21, 20, 30, tzinfo=UTC)  # Monday, 22:20:30 in Vienna


def test_a_time_has_a_day_only_where_one_was_typed() -> None:
    """B4."""
    assert read_when("630", NOW, VIENNA) == When(time="06:30:00")
    assert read_when("630", NOW, VIENNA, "fri") == When(time="06:30:00", date="2026-11-27")
    assert read_when("+20m", NOW, VIENNA) == When(at="2026-11-23T22:40:30")


def test_of_two_weekdays_that_may_be_meant_both_are_given_as_days_and_in_words() -> None:
    """B4: between 00:00 and 04:00 both days are offered."""
    night = datetime(2026, 11, 28, 1, 10, tzinfo=VIENNA)  # a Saturday
    with pytest.raises(WhichDay, match="It is 01:10: which Saturday is meant") as asked:
        read_when("0630", night, VIENNA, "sat")
    assert asked.value.choices == (date(2026, 11, 28), date(2026, 12, 5))
    assert asked.value.said == (
        "Saturday 28 November 06:30, in 5 h 20 min",
        "Saturday 5 December 06:30, in 7 d 5 h",
    )


@given(st.text(max_size=20), st.none() | st.text(max_size=12))
def test_any_text_is_read_or_refused_with_a_sentence(text: str, day: str | None) -> None:
    for read in (
        lambda: read_when(text, NOW, VIENNA, day),
        lambda: read_day(text, NOW.date()),
        lambda: read_days(text),
    ):
        try:
            read()
        except ValueError as error:
            assert str(error)
