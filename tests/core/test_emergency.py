"""Emergency numbers: what is one, however it is dialled; and which reports are of one call."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.emergency import EmergencyCall, EmergencyNumbers, is_anew, is_same_call, told

OWN = ("112", "911")
AT = datetime(2026, 11, 24, 4, 12, 7, tzinfo=UTC)  # 05:12:07 in Vienna


def matches(number: str, country: str = "AT", prefix: str = "", own: tuple[str, ...] = OWN) -> str:
    return EmergencyNumbers(country, own, prefix).matches(number)


@pytest.mark.parametrize(
    ("country", "numbers"),
    [
        ("AT", {"112", "122", "133", "144"}),
        ("DE", {"110", "112"}),
        ("GB", {"112", "999"}),
        ("US", {"112", "911"}),
        ("FR", {"112", "15", "17", "18"}),
        ("IN", {"100", "101", "102", "108", "112", "1298", "2611"}),
    ],
)
def test_a_country_has_its_own_numbers(country: str, numbers: set[str]) -> None:
    """A5: each is found with and without the prefix of an outside line."""
    inside, outside = EmergencyNumbers(country, (), ""), EmergencyNumbers(country, (), "0")
    assert numbers <= set(inside.known)
    for number in numbers:
        assert inside.matches(number) == outside.matches(number) == outside.matches(f"0{number}") == number
        assert inside.matches(f"0{number}") == ""


def test_the_propertys_own_numbers_count_beside_the_countrys() -> None:
    assert matches("911") == "911"
    assert matches("911", own=()) == ""
    assert matches("077", own=("077",)) == "077"
    assert matches("9077", prefix="9", own=("077",)) == "077"
    assert matches("*9#", own=("*9#",)) == "*9#"
    assert EmergencyNumbers("AT", OWN, "").known == ("112", "122", "133", "144", "911")


@pytest.mark.parametrize("number", ["0664112", "66411200", "11", "1", "", "212", "12", "0043112", "+112"])
def test_a_number_that_only_has_one_in_it_is_none(number: str) -> None:
    assert matches(number) == matches(number, prefix="0") == matches(number, prefix="9") == ""


@pytest.mark.parametrize(
    "number",
    ["1 1 2", "1-1-2", "1.1.2", "(112)", " 112 ", "112#", "112,,1", "112;1", "112p1", "+43112", "+43 112"]
    + ["\u0661\u0661\u0662"],
)
def test_how_it_is_written_makes_no_difference(number: str) -> None:
    assert matches(number) == "112"


@pytest.mark.parametrize(
    ("country", "prefix", "number", "found"),
    [
        ("AT", "", "1123", "112"),
        ("US", "", "9112345", "911"),
        ("US", "9", "99112", "911"),  # in panic a digit too much
        ("GB", "9", "9999", "999"),  # as 9 999, and as 999 with a digit too much
        ("BR", "", "1901", ""),  # there the number must be exact
        ("AT", "", "9111", ""),  # the property's own are exact
    ],
)
def test_digits_behind_it_are_let_pass_where_the_country_connects_at_once(
    country: str, prefix: str, number: str, found: str
) -> None:
    assert matches(number, country, prefix) == found


@pytest.mark.parametrize(
    ("country", "prefix", "number"),
    [
        ("IN", "0", "01126101234"),  # Delhi, as it is dialled in India
        ("IN", "", "26112345"),  # a number in Delhi; 2611 alone is for help
        ("US", "0", "01144207946"),  # abroad
        ("US", "1", "12125550100"),
    ],
)
def test_an_ordinary_number_that_begins_like_one_is_none(country: str, prefix: str, number: str) -> None:
    assert matches(number, country, prefix) == ""


def test_a_country_that_nobody_knows_has_only_the_propertys_own() -> None:
    assert matches("112", "ZZ") == "112"
    assert matches("144", "ZZ") == matches("+43112", "ZZ") == ""


@given(
    number=st.text() | st.from_regex(r"[0-9+*#,; -]{0,30}", fullmatch=True),
    country=st.sampled_from(["AT", "US", "IN", "ZZ", "GN", "001"]),
    prefix=st.sampled_from(["", "0", "9", "00"]),
)
def test_any_text_is_a_number_or_none(number: str, country: str, prefix: str) -> None:
    """A5: whatever an exchange tells never raises, and what is found is an emergency number."""
    numbers = EmergencyNumbers(country, OWN, prefix)
    found = numbers.matches(number)
    assert found == "" or numbers.matches(found) == found


def test_a_long_text_takes_no_time() -> None:
    numbers = EmergencyNumbers("AT", OWN, "0")
    begun = time.perf_counter()
    for text in ("1" * 100_000, "112" + "-" * 100_000, "+" * 100_000):
        numbers.matches(text)
    assert time.perf_counter() - begun < 0.5


# --- calls ---

CALL = EmergencyCall(1, "main", "om20", "212", "212", "112", None, AT, None, 7)


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def test_while_a_phone_is_off_the_hook_it_is_one_call() -> None:
    assert is_same_call(CALL, "112", None, after(3000), tail=False)
    assert is_same_call(CALL, "112", "8258", after(30), tail=False)
    assert not is_same_call(CALL, "144", None, after(30), tail=False)


def test_two_numbers_of_the_exchange_are_two_calls() -> None:
    known = replace(CALL, callid="8258")
    assert is_same_call(known, "112", "8258", after(30), tail=False)
    assert not is_same_call(known, "112", "8260", after(30), tail=False)
    ended = replace(known, ended_at=after(20))
    assert is_same_call(ended, "112", "8258", after(30), tail=False)
    assert not is_same_call(ended, "112", "8258", after(3000), tail=False)  # given again


def test_what_ends_a_call_begins_none() -> None:
    ended = replace(CALL, callid="8258", ended_at=after(20))
    assert is_same_call(ended, "112", "8259", after(25), tail=True)
    assert not is_same_call(ended, "112", None, after(25), tail=False)
    assert not is_same_call(ended, "112", None, after(60), tail=True)


def test_a_busy_long_after_it_was_told_is_a_phone_lifted_again() -> None:
    assert not is_anew(CALL, after(1))
    assert is_anew(CALL, after(60))


def test_an_alarm_says_where_and_when_and_what_came_after() -> None:
    zone = ZoneInfo("Europe/Vienna")
    assert told([CALL], zone) == (
        "EMERGENCY CALL: 112 was dialled in room 212, on phone 212 (om20) at 05:12:07. "
        "Go there, and let help in."
    )
    shared = replace(CALL, rooms="212,213")
    later = [replace(CALL, at=after(60)), replace(CALL, at=after(130), number="144", phone="213")]
    assert "in room 212 or 213, on phone" in told([shared], zone)
    assert "Again at 05:13, 05:14 (144, phone 213). Go" in told([CALL, *later], zone)
    many = [replace(CALL, at=after(60 * n)) for n in range(9)]
    assert "Again at 05:16, 05:17, 05:18, 05:19, 05:20. 9 calls so far. Go" in told(many, zone)
    assert "dialled on phone 100 (om20)" in told([replace(CALL, rooms="", phone="100")], zone)
