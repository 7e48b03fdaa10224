"""Records: read leniently, written so that every peer can read them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hotelbridge_fias.letters import usable
from hotelbridge_fias.records import (
    BadRecord,
    Record,
    RoomField,
    Unsendable,
    format_date,
    format_time,
    moment,
    parse,
    parse_date,
    parse_time,
    render,
    room,
    rooms,
    stamp,
)


def test_fields_keep_their_order_and_repetition() -> None:
    record = parse(b"GC|RN312|GSN|G#35869|RO332|GSY|")
    assert record == Record("GC", (("RN", "312"), ("GS", "N"), ("G#", "35869"), ("RO", "332"), ("GS", "Y")))
    assert record.first("GS") == "N" and record.all("GS") == ("N", "Y")
    assert record.first("GN") is None and not record.has("GN")


@pytest.mark.parametrize("body", [b"GI|RN212|GN|", b"GI|RN212|GN", b"GI|RN212|GN|\r\n", "GI|RN212|GN|"])
def test_the_last_bar_may_be_missing(body: bytes | str) -> None:
    assert parse(body) == Record("GI", (("RN", "212"), ("GN", "")))


def test_ids_of_digits_and_signs_are_kept() -> None:
    body = b"GI|A0one|S12|G+3|$Jx|K#7|+0y|"
    assert [name for name, _ in parse(body).fields] == ["A0", "S1", "G+", "$J", "K#", "+0"]
    assert render(parse(body)) == body


def test_a_record_without_fields_is_one() -> None:
    assert parse(b"LA") == parse(b"LA|") == Record("LA")


def test_leading_zeros_and_spaces_mean_something() -> None:
    assert parse(b"GI|RN0101|GN Li |").fields == (("RN", "0101"), ("GN", " Li "))


@pytest.mark.parametrize("body", [b"", b"|", b"G", b"GIX|RN1|", b"\xff\xfe|x|", b"GET / HTTP/1.1", b"{}|"])
def test_nonsense_has_one_name(body: bytes) -> None:
    with pytest.raises(BadRecord):
        parse(body)


def test_pieces_that_are_no_fields_are_left_out() -> None:
    assert parse(b"GI||x|RN1|  |").fields == (("RN", "1"),)


def test_a_byte_that_the_encoding_lacks_is_replaced() -> None:
    assert parse(b"GI|GNM\xfcller|").first("GN") == "M\ufffdller"
    assert parse(b"GI|GNM\xfcller|", "cp1252").first("GN") == "Müller"
    assert parse(b"GI|GNM\x81ller|", "cp850").first("GN") == "Müller"


def test_control_characters_do_not_come_in() -> None:
    assert parse(b"XT|MTone\ntwo\x1b[2J\x00|").first("MT") == "one\ntwo[2J"


@pytest.mark.parametrize(
    ("name", "encoding", "there"),
    [
        ("Müller", "cp850", b"M\x81ller"),
        ("Mu\u0308ller", "cp850", b"M\x81ller"),
        ("Jiří Dvořák", "cp850", b"Jir\xa1 Dvor\xa0k"),
        ("Łukasz Straße", "ascii", b"Lukasz Strasse"),
        ("Чайковский, Пётр", "cp850", b"Chaykovskiy, Petr"),
        ("Παπαδόπουλος", "latin-1", b"Papadopoylos"),
        ("O’Brien – “Pat”", "latin-1", b'O\'Brien - "Pat"'),
        ("王芳", "cp850", b"??"),
        ("王芳", "utf-8", "王芳".encode()),
        ("a｜b|c\x02\x03\r\n", "cp850", b"abc"),
        ("x\ud800", "utf-8", b"x?"),
    ],
)
def test_a_name_reaches_every_code_page(name: str, encoding: str, there: bytes) -> None:
    assert render(Record("GI", (("GN", name),)), encoding) == b"GI|GN" + there + b"|"


def test_words_are_cut_to_their_field_and_what_identifies_is_not() -> None:
    record = Record("PS", (("RN", "1" * 30), ("TA", "9" * 30), ("CT", "c" * 30), ("GN", "n" * 300)))
    cut = (("RN", "1" * 30), ("TA", "9" * 30), ("CT", "c" * 20), ("GN", "n" * 200))
    assert parse(render(record)).fields == cut
    assert parse(render(Record("PA", (("CT", "c" * 99),)))).first("CT") == "c" * 99


@pytest.mark.parametrize(
    "record",
    [
        Record("G"),
        Record("G|"),
        Record("GI", (("R", "1"),)),
        Record("GI", (("R|", "1"),)),
        Record("XT", (("MT", "x" * 2000),)),
    ],
)
def test_what_nobody_could_read_is_not_written(record: Record) -> None:
    with pytest.raises(Unsendable):
        render(record)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"GI|RN332|G#1|GNShare1|GSN|", [("RN", "332", False)]),
        (b"GI|GSY|RN332|", [("RN", "332", True)]),
        (b"GI|RN332|", [("RN", "332", None)]),
        (b"GI|RN332|GS|", [("RN", "332", None)]),
        (b"GC|RN9327|GSN|G#12345|GNGuest, Mr.|RO2781|GSY|", [("RN", "9327", False), ("RO", "2781", True)]),
        (b"GC|RO2781|GSY|RN9327|GSN|", [("RO", "2781", True), ("RN", "9327", False)]),
        (b"GC|RN1|RO2|GSY|", [("RN", "1", None), ("RO", "2", True)]),
        (b"LA|", []),
    ],
)
def test_a_share_flag_belongs_to_the_room_before_it(
    body: bytes, found: list[tuple[str, str, bool | None]]
) -> None:
    assert [(one.field, one.room, one.shared) for one in rooms(parse(body))] == found


def test_the_room_is_asked_for_by_its_field() -> None:
    record = parse(b"GC|RN9327|GSN|RO2781|GSY|")
    assert room(record) == RoomField("RN", "9327", False)
    assert room(record, "RO") == RoomField("RO", "2781", True)
    assert room(parse(b"GC|RN|")) is None


def test_dates_and_times_are_those_of_the_hotels_clocks() -> None:
    record = parse(b"WR|RN2781|DA261124|TI063015|")
    assert moment(record) == datetime(2026, 11, 24, 6, 30, 15)
    assert stamp(datetime(2026, 11, 24, 6, 30, 15)) == (("DA", "261124"), ("TI", "063015"))
    assert (format_date(date(2026, 1, 2)), format_time(time(6, 5))) == ("260102", "060500")


@pytest.mark.parametrize("value", [None, "", "261324", "26112", "2611245", "²61124", "x"])
def test_a_date_that_is_none_is_not_invented(value: str | None) -> None:
    assert parse_date(value) is None


@pytest.mark.parametrize(
    ("value", "read"),
    [("0630", time(6, 30)), ("063015", time(6, 30, 15)), ("240000", None), ("630", None), (None, None)],
)
def test_a_time_may_come_without_seconds(value: str | None, read: time | None) -> None:
    assert parse_time(value) == read


@pytest.mark.parametrize("encoding", ["utf-8", "cp850", "cp1252", "latin-1", "iso8859-15", "cp437"])
def test_the_code_pages_of_the_field_are_usable(encoding: str) -> None:
    assert usable(encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "no-such", "rot13", "iso2022_jp", "cp037", ""])
def test_an_encoding_that_would_break_records_is_not(encoding: str) -> None:
    assert not usable(encoding)
