"""Records as facts: only what was said, sharers with the right room, moves, resyncs; and their words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hotelbridge_fias.meaning import Meaning, meaning
from hotelbridge_fias.records import Record, parse
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.values import instant
from hotelbridge_fias.words import words
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.pms.api import (
    Changed,
    CheckedIn,
    CheckedOut,
    Fact,
    LineClass,
    Moved,
    NotUnderstood,
    RoomChanged,
    WakeupNotWanted,
    WakeupWanted,
)

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 05:00 in Vienna


def read(text: str, **settings: Any) -> Meaning:
    of_site = FiasSettings.model_validate({"endpoint": "tcp:192.0.2.1:5010", **settings})
    return meaning(parse(text), of_site, VIENNA, NOW)


def fact(text: str, **settings: Any) -> Fact:
    (one,) = read(text, **settings).facts
    return one


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (
            "GI|RN332|G#35869|GNShare1|GLGE|GV0|GA090616|GD090617|GSN|",
            CheckedIn(
                room="332",
                reservation="35869",
                name="Share1",
                language="de",
                vip=False,
                arrival=date(2009, 6, 16),
                departure=date(2009, 6, 17),
                shared=False,
            ),
        ),
        ("GI|RN1001|G#12345|GSN|SF|", CheckedIn(room="1001", reservation="12345", shared=False, resync=True)),
        ("GI|RN1003|GSY|G#12329|", CheckedIn(room="1003", reservation="12329", shared=True)),
        ("GI|RN0101|", CheckedIn(room="0101")),
        ("GI|RN101|GN|", CheckedIn(room="101", name="")),
        ("GO|RN9327|G#12345|GSN|", CheckedOut(room="9327", reservation="12345", others_stay=False)),
        ("GO|RN9327|G#12345|GSY|", CheckedOut(room="9327", reservation="12345", others_stay=True)),
        ("GO|RN1002|GSN|SF|", CheckedOut(room="1002", others_stay=False, resync=True)),
        (
            "GC|G#35870|GNSharer2|RN312|GSY|RO332|GSN|",
            Moved(
                room="312",
                from_room="332",
                reservation="35870",
                name="Sharer2",
                shared=True,
                others_stay=False,
            ),
        ),
        (
            "GC|RN9327|GSN|G#12345|GNGuest, Mr.|GLEA|GV3|GGA123|RO2781|GSY|",
            Moved(
                room="9327",
                from_room="2781",
                reservation="12345",
                name="Guest, Mr.",
                language="en",
                vip=True,
                group="A123",
                shared=False,
                others_stay=True,
            ),
        ),
        ("GC|RN212|RO212|GNSame|", Changed(room="212", name="Same")),
        ("GC|RN212|RO|GLFR|", Changed(room="212", language="fr")),
        ("RE|RN2781|CS2|DNN|", RoomChanged(room="2781", line_class=LineClass.NATIONAL, do_not_disturb=False)),
        ("RE|RN2781|CS0|", RoomChanged(room="2781", line_class=LineClass.INTERNAL)),
        (
            "WR|RN2781|DA001031|TI070015|",
            WakeupWanted(room="2781", local="2000-10-31T07:00:15", echo="001031|070015"),
        ),
        ("WR|RN2781|TI0700|", WakeupWanted(room="2781", local="2026-11-24T07:00:00", echo="261124|0700")),
        ("WR|RN2781|DA|TI0400|", WakeupWanted(room="2781", local="2026-11-25T04:00:00", echo="261125|0400")),
        ("WC|RN2781|DA|TI|", WakeupNotWanted(room="2781")),
        ("WC|RN2781|", WakeupNotWanted(room="2781")),
    ],
)
def test_a_record_says_what_it_says_and_nothing_else(text: str, means: Fact) -> None:
    assert fact(text) == means


def test_no_post_never_bars_a_line() -> None:
    """M1."""
    assert fact("GI|RN212|NPY|") == CheckedIn(room="212")


def test_a_class_of_service_of_the_site_is_read_by_its_map() -> None:
    told = fact("GI|RN212|CSX|", class_of_service={"X": "local"}, class_of_service_in="gi")
    assert isinstance(told, CheckedIn) and told.line_class is LineClass.LOCAL


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("GI|RN212|GL??|", "what language ?? is"),
        ("GI|RN212|CS7|", "what class of service 7 is"),
        ("GI|RN212|GA261399|", "GA 261399 is no date"),
    ],
)
def test_what_cannot_be_read_of_a_guest_is_noted_and_the_rest_told(text: str, note: str) -> None:
    read_ = read(text)
    facts = [fact for fact in read_.facts if not isinstance(fact, NotUnderstood)]
    assert facts == [CheckedIn(room="212")] and note in read_.note


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("WR|RN212|DA261124|TI|", WakeupWanted(room="212", local="DA261124 TI", echo="261124|")),
        ("WR|RN212|TI6:45|", WakeupWanted(room="212", local="DA TI6:45", echo="|6:45")),
        ("WR|RN212|DA261399|TI0630|", WakeupWanted(room="212", local="DA261399 TI0630", echo="261399|0630")),
        ("WR|DA261125|TI0630|", WakeupWanted(room="?", local="2026-11-25T06:30:00", echo="261125|0630")),
    ],
)
def test_a_wakeup_that_nobody_can_do_is_told_as_it_came_so_that_a_person_hears_of_it(
    text: str, fact: WakeupWanted
) -> None:
    assert read(text).facts == (fact,)


@pytest.mark.parametrize("name", ["RN", "RO", "G#"])
def test_no_room_and_no_reservation_has_a_name_of_any_length(name: str) -> None:
    fields = {"RN": "212", "RO": "213", "G#": "1001", name: "x" * 65}
    found = read("GC|" + "".join(f"{key}{value}|" for key, value in fields.items()))
    words = f"GC: its {name} has 65 letters, and 64 are the most"
    assert (found.facts, found.note) == ((NotUnderstood(words=words),), f"{words}, ignored")


@pytest.mark.parametrize(
    ("shown", "now", "means"),
    [
        ("LS|DA261124|TI050000|", NOW, NOW),
        # The hour that comes twice: whichever pass is nearer.
        (
            "LS|DA261025|TI023000|",
            datetime(2026, 10, 25, 0, 31, tzinfo=UTC),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        (
            "LS|DA261025|TI023000|",
            datetime(2026, 10, 25, 1, 31, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),
        ("LS|DA800101|TI000000|", NOW, None),
        ("LS|DA|TI|", NOW, None),
        ("LS|", NOW, None),
    ],
)
def test_the_peers_clock_is_read_in_the_hotels_zone(
    shown: str, now: datetime, means: datetime | None
) -> None:
    assert instant(parse(shown), VIENNA, now) == means


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "GI|RN212|G#1001|GNMüller, Hans|GLGE|GSY|",
            "check-in: room 212, reservation 1001, guest “Müller, Hans”, language GE, with others",
        ),
        ("GO|RN212|GSN|SF|", "vacant: room 212, nobody else there, as it stands in a resync"),
        ("GC|RN305|GSN|RO212|GSY|", "move: room 305, nobody else there, from room 212, others stay there"),
        ("WR|RN212|DA261124|TI0630|", "wake-up wanted: room 212, 2026-11-24 06:30:00"),
        ("PA|ASNG|CTINVALID ROOM|P#7|", "answer to a posting: not found (NG), text “INVALID ROOM”, number 7"),
        ("RE|RN212|DNY|", "room: room 212, do not disturb on"),
        ("LS|", "link start"),
        ("XY|RN212|", "unknown record XY: room 212"),
    ],
)
def test_a_record_can_be_read_by_whoever_never_saw_fias(text: str, said: str) -> None:
    assert words(parse(text)) == said


FIELDS = st.sampled_from("RN RO GS G# GN GL GV GG GA GD CS DN DA TI SF AS P# CT ZZ".split())
VALUES = st.one_of(st.sampled_from(["", "Y", "N", "212", "261124", "0630", "9"]), st.text(max_size=12))
RECORDS = st.builds(
    Record,
    st.sampled_from("GI GO GC RE WR WC NS NE DS DE LS LA LE LC PA XX".split()),
    st.lists(st.tuples(FIELDS, VALUES), max_size=10).map(tuple),
)


@given(RECORDS)
def test_no_record_is_too_strange_to_be_read(record: Record) -> None:
    settings = FiasSettings(endpoint="tcp:192.0.2.1:5010")
    read_ = meaning(record, settings, VIENNA, NOW)
    assert words(record)
    assert read_.facts or read_.note or record.id in ("LS", "LA", "LE", "LC", "PA")
    instant(record, VIENNA, NOW)
