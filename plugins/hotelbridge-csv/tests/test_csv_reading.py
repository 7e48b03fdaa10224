"""What a file means: titles, words, dates, and what is said of a row that has no meaning."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hotelbridge_csv.envelope import Envelope, closed, opened
from hotelbridge_csv.folder import Content
from hotelbridge_csv.reading import Reading, read
from hotelbridge_csv.settings import Columns, CsvSettings
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.pms.api import (
    Changed,
    CheckedIn,
    CheckedOut,
    LineClass,
    Moved,
    ResyncBegun,
    ResyncEnded,
    WakeupNotWanted,
    WakeupWanted,
)


def settings(**table: object) -> CsvSettings:
    return CsvSettings.model_validate({"folder": "/srv/pms", **table}, by_name=False)


def guests(text: str, **table: object) -> Reading:
    return read("guests.csv", text.encode(), settings(**table))


def test_every_column_of_a_guest_is_read() -> None:
    titles = "action,room,reservation,name,language,vip,line_class,group,arrival,departure"
    row = 'in,212,1001,"Berger, Anna",DE,y,National,Choir,2026-11-24,2026-11-27'
    (fact,) = guests(f"{titles}\r\n{row}\r\n").facts
    assert fact == CheckedIn(
        room="212",
        reservation="1001",
        name="Berger, Anna",
        language="de",
        vip=True,
        line_class=LineClass.NATIONAL,
        group="Choir",
        arrival=date(2026, 11, 24),
        departure=date(2026, 11, 27),
    )


def test_what_is_not_said_is_none() -> None:
    """M1: an empty cell, and a column that is not there, change nothing."""
    (fact,) = guests("Room,Name,VIP\n212,,\n").facts
    assert fact == CheckedIn(room="212")


def test_each_action_has_its_fact() -> None:
    rows = "out,212,\nmove,305,212\nchange,305,\n"
    facts = guests(f"Action,Room,From_Room\n{rows}").facts
    assert facts == (CheckedOut(room="212"), Moved(room="305", from_room="212"), Changed(room="305"))


def test_the_hotels_own_titles_and_words() -> None:
    table = {
        "columns": {
            "room": "Zimmer",
            "action": "Art",
            "name": ["Nachname", "Vorname"],
            "language": "Sprache",
        },
        "actions": {"checked_in": ["Anreise"], "checked_out": ["Abreise"]},
        "languages": {"Deutsch": "de"},
        "delimiter": ";",
        "encoding": "cp1252",
        "date_format": "%d.%m.%Y",
    }
    text = "Vorname;Zimmer; ART ;Nachname;Sprache;arrival\nJürgen;12;ANREISE;Groß;Deutsch;24.11.2026\n"
    (fact,) = read("guests.csv", text.encode("cp1252"), settings(**table)).facts
    assert fact == CheckedIn(room="12", name="Groß, Jürgen", language="de", arrival=date(2026, 11, 24))


def test_a_byte_order_mark_is_no_part_of_a_title() -> None:
    assert guests("\ufeffroom\n212\n").facts == (CheckedIn(room="212"),)


def test_a_list_of_the_house_is_a_resync() -> None:
    facts = read("house-1.csv", b"room,name\n201,Anna\n202,Ben\n", settings()).facts
    assert facts == (
        ResyncBegun(),
        CheckedIn(room="201", name="Anna", resync=True),
        CheckedIn(room="202", name="Ben", resync=True),
        ResyncEnded(complete=True),
    )


def test_a_list_with_a_row_that_is_not_understood_is_not_complete() -> None:
    reading = read("house.csv", b"room,vip\n201,maybe\n202,no\n", settings())
    assert reading.facts[-1] == ResyncEnded(complete=False)
    assert reading.wrong == ("line 2: 'maybe' is neither yes nor no",)


def test_wakeups_are_wanted_and_taken_back() -> None:
    rows = "212,2026-11-25,06:30,\n213,2026-11-25,6:45:30,new\n212,2026-11-25,06:30,cancel\n214,,,cancel\n"
    rows += "215,2026-11-25,0630,\n"
    facts = read("wakeups.csv", f"room,date,time,action\n{rows}".encode(), settings()).facts
    assert facts == (
        WakeupWanted(room="212", local="2026-11-25T06:30:00"),
        WakeupWanted(room="213", local="2026-11-25T06:45:30"),
        WakeupNotWanted(room="212", local="2026-11-25T06:30:00"),
        WakeupNotWanted(room="214"),
        WakeupWanted(room="215", local="2026-11-25T06:30:00"),
    )


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("guests.csv", "", "not even the titles"),
        ("guests.csv", "Zimmer\n212\n", "no column is called 'room'; there are: Zimmer"),
        ("guests.csv", "room,action\n212,dance\n", "line 2: the action 'dance' is none of in, "),
        ("guests.csv", "room,action\n212,move\n", "does not say from which room"),
        ("guests.csv", "room\n212,x\n", "line 2: has 2 cells, and 1 columns have a title"),
        ("guests.csv", "room,arrival\n212,24.11.\n", "is no date of the form %Y-%m-%d"),
        ("guests.csv", "room,line_class\n212,moon\n", "is none of internal, local, national, unrestricted"),
        ("guests.csv", 'room\n"212\n', "unexpected end of data"),
        ("guests.csv", "room,action\n" + 65 * "9" + ",in\n", "its room has 65 letters, and 64 are the most"),
        ("guests.csv", "room,reservation\n1," + 65 * "9" + "\n", "its reservation has 65 letters"),
        ("wakeups.csv", "room,time\n212,06:30\n", "needs a date and a time"),
        ("wakeups.csv", "room,date,time\n212,2026-11-25,25:00\n", "'25:00' is no time like 06:30"),
        ("wakeups.csv", "room,date,time,action\n212,2026-11-25,06:00,hm\n", "nor a cancellation"),
        ("letter.csv", "Dear PMS\n", "its name is none of guests*.csv, house*.csv, wakeups*.csv"),
    ],
)
def test_what_has_no_meaning_is_said_with_its_reason(name: str, text: str, why: str) -> None:
    reading = read(name, text.encode(), settings())
    assert not any(isinstance(fact, (CheckedIn, WakeupWanted)) for fact in reading.facts)
    assert why in "\n".join(reading.wrong)


def test_the_lines_of_a_long_list_of_mistakes_are_counted() -> None:
    reading = guests("room,action\n" + "1,dance\n" * 80)
    assert len(reading.wrong) == 51 and reading.wrong[-1] == "and 30 more"


@given(st.binary(max_size=300), st.sampled_from(["guests.csv", "house.csv", "wakeups.csv"]))
def test_no_bytes_raise_anything(body: bytes, name: str) -> None:
    reading = read(name, body, settings())
    assert reading.facts or reading.wrong or not body.strip() or not reading.rooms


@given(st.text(max_size=200), st.sampled_from(",;|\t\x1f"))
def test_no_text_raises_anything(text: str, delimiter: str) -> None:
    body = f"room{delimiter}action{delimiter}date\n{text}".encode("utf-8", "replace")
    for kind in ("guests", "house", "wakeups"):
        read(f"{kind}.csv", body, settings(delimiter=delimiter))


@given(st.text(max_size=30), st.binary(max_size=100), st.text(max_size=20))
def test_an_envelope_gives_back_what_was_put_in(name: str, body: bytes, wrong: str) -> None:
    envelope = Envelope(name, Content(body, "1-2-3", wrong))
    assert opened(closed(envelope)) == envelope


@pytest.mark.parametrize("body", [b"", b"x", b"{}", b"[1]", b"[1, 2]\n", b"\xff\n", b"null\n"])
def test_what_was_never_closed_here_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        opened(body)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"folder": "pms"}, "is not a whole path"),
        ({"encoding": "klingon"}, "is no encoding"),
        ({"delimiter": ";;"}, "write one character like"),
        ({"poll": "0s"}, "longer than nothing"),
    ],
)
def test_settings_say_what_is_wrong(table: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        settings(**table)


def test_the_readme_names_every_key_and_every_column() -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    for model in (CsvSettings, Columns):
        missing = [name for name in model.model_fields if f"`{name}`" not in text and f"{name} =" not in text]
        assert not missing, missing


def test_a_quotation_mark_that_is_not_closed_costs_what_is_behind_it_and_nothing_before() -> None:
    found = read("guests-1.csv", b'Action,Room\nin,212\nin,213\nin,"214\nin,215\n', CsvSettings(folder="/x"))
    assert len(found.facts) == 2 and "behind line 3" in found.wrong[0] and "quotation" in found.wrong[0]


def test_a_file_in_another_encoding_says_what_to_set() -> None:
    found = read("guests-1.csv", "Action,Room\nin,Zürich\n".encode("cp1252"), CsvSettings(folder="/x"))
    assert "`encoding`" in found.wrong[0]
