"""Numbers as guests dial them, read with the country of the hotel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.numbers import Dialled, Numbering, is_country, known_code

AUSTRIA, OUTSIDE = Numbering("AT"), Numbering("AT", "0")


@pytest.mark.parametrize(
    ("country", "dialled", "e164"),
    [
        ("AT", "+43 664 1234567", "+436641234567"),
        ("AT", "0043-664/123 45 67", "+436641234567"),
        ("AT", "0664 1234567", "+436641234567"),
        ("AT", "+43 (0)664 1234567", "+436641234567"),
        ("AT", "00493012345", "+493012345"),
        ("AT", "01 51234", "+43151234"),
        ("AT", "06641234567,,42#", "+436641234567"),
        ("AT", "06641234567#", "+436641234567"),
        ("AT", "*31#06641234567", "+436641234567"),
        ("AT", "00881612345678", "+881612345678"),
        ("AT", "0039061234567", "+39061234567"),
        ("IT", "061234567", "+39061234567"),
        ("US", "2125551234", "+12125551234"),
        ("US", "01143151234", "+43151234"),
        ("DK", "32123456", "+4532123456"),
        ("AT", "0066412345678901234", "+664123456789012"),  # what is pressed after an answer
    ],
)
def test_a_full_number_has_its_country(country: str, dialled: str, e164: str) -> None:
    assert Numbering(country).read(dialled).e164 == e164


@pytest.mark.parametrize(
    ("country", "dialled"),
    [
        *[("AT", text) for text in ("118877", "112", "1503", "*21#", "##", "", "+", "0", "00", "212", "abc")],
        *[("AT", text) for text in ("0" * 60, "00999123456", "664x1234567", "١٢٣٤٥٦٧٨", "\0", "++", "0043")],
        *[("DE", "116117"), ("US", "911"), ("US", "411"), ("DK", "112"), ("IT", "12547")],
    ],
)
def test_what_is_no_full_number_is_simply_not_one(country: str, dialled: str) -> None:
    read = Numbering(country).read(dialled)
    assert (read.dialled, read.e164, read.toll_free) == (dialled, "", False)


@pytest.mark.parametrize(
    ("dialled", "outside", "e164"),
    [
        ("0 0664 1234567", "06641234567", "+436641234567"),
        ("000493012345", "00493012345", "+493012345"),
        ("+4930 12345", "+493012345", "+493012345"),
        ("0118877", "118877", ""),
        ("212", "212", ""),
        ("0", "", ""),
    ],
)
def test_what_is_dialled_for_a_line_is_taken_off_once(dialled: str, outside: str, e164: str) -> None:
    assert OUTSIDE.read(dialled) == Dialled(dialled, outside, e164)


@pytest.mark.parametrize(
    ("dialled", "free"),
    [
        ("0800 123456", True),
        ("+43800123456", True),
        ("00800 12345678", True),  # freephone of all countries
        ("0018005551234", False),  # of the United States: from here a call abroad
        ("0810820900", False),  # shared cost
        ("06641234567", False),
    ],
)
def test_a_number_is_toll_free_for_who_calls_from_the_hotels_country(dialled: str, free: bool) -> None:
    assert AUSTRIA.read(dialled).toll_free is free


@given(st.text())
def test_any_text_can_be_read(dialled: str) -> None:
    for numbering in (AUSTRIA, OUTSIDE):
        assert numbering.read(dialled).dialled == dialled


@given(st.text("0123456789+*# -,"))
def test_whatever_is_dialled_can_be_read(dialled: str) -> None:
    for numbering in (AUSTRIA, OUTSIDE):
        read = numbering.read(dialled)
        assert not read.e164 or (read.e164[0] == "+" and read.e164[1:].isdigit())


@pytest.mark.parametrize(
    ("country", "written", "prefix"),
    [
        *[("AT", text, "+49") for text in ("+49", "0049", "49", " +4 9 ")],
        *[("AT", "0664", "+43664"), ("AT", "=118", "=118"), ("AT", "*", "*"), ("AT", "=*21#", "=*21#")],
        *[("IT", "06", "+3906"), ("HU", "0620", "+3620"), ("US", "01144", "+44"), ("US", "1212", "+1212")],
    ],
)
def test_a_prefix_has_one_form(country: str, written: str, prefix: str) -> None:
    assert Numbering(country).prefix(written) == prefix


@pytest.mark.parametrize(
    ("country", "written", "words"),
    [
        ("AT", "abc", "is not a prefix: write it like"),
        ("AT", "4,36E+11", "is not a prefix: write it like"),
        ("AT", "+", "is not a prefix"),
        ("AT", "=", "names nothing to dial"),
        ("AT", "0", r"is all of the country: write \+43"),
        ("AT", "00", "no country code"),
        ("AT", "+0664", "no country code begins with 0"),
        ("ES", "0664", "nothing begins with 0 in ES"),
        ("AT", "9" * 40, "is not a prefix"),
    ],
)
def test_what_is_no_prefix_is_told_with_the_way_to_write_it(country: str, written: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Numbering(country).prefix(written)


def test_only_countries_have_numbers() -> None:
    assert is_country("AT") and not is_country("ZZ") and not is_country("at")
    with pytest.raises(ValueError, match="'ZZ' is no country"):
        Numbering("ZZ")


def test_codes_of_no_country_are_known_as_such() -> None:
    assert all(map(known_code, ("+49", "+4", "+1212", "+881", "+88")))
    assert not any(map(known_code, ("+999", "+2101")))
