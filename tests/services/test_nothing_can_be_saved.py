"""Nothing can be saved: whoever sits at the desk, and whoever is outside, must know it all the same."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred, fail

from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services.views import AlarmView
from hotelbridge.testing.fake_om_scripts import RINGS_FOR_EVER, Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.test_desk_phones import DESK, calls

OUTSIDE = """
  [property.alarm]
  command = ["/usr/local/bin/page", "night"]
  second_repeat = "2m"
"""
Hotel = Callable[..., Evening]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    made: list[Evening] = []

    def make(more: str = "") -> Evening:
        made.append(Evening(tmp_path, more=more))
        return made[0]

    yield make
    for evening in made:
        evening.stop()


@contextmanager
def nothing_written() -> Iterator[None]:
    """A disk that takes not one byte more, whoever writes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def the_alarm(evening: Evening) -> AlarmView:
    (found,) = [one for one in evening.open_alarms() if one.kind == AlarmKind.STORAGE]
    return found


def test_an_alarm_without_a_row_stands_among_the_open_ones(hotel: Hotel) -> None:
    evening = hotel()
    evening.book("212", "06:30")
    evening.until("06:29:50")
    with nothing_written():
        evening.until("06:30:20")
        found = the_alarm(evening)
        assert (found.id, found.open, found.since.strftime("%H:%M")) == (0, True, "06:29")
        assert "1 wake-up is due now, to be woken by hand: 212 (06:30)" in found.text
        assert evening.ask("alarm", 0).text == found.text
        assert "ALARM 0: Nothing can be saved" in evening.printed(0)
        assert evening.daemon.ready()["store"] is False
        with pytest.raises(Refusal, match="nothing can be saved") as refused:
            evening.acknowledge(0, "Anna")
        assert (refused.value.code, refused.value.status) == ("not_saved", 409)


def test_a_moment_in_which_nothing_is_saved_is_no_alarm(hotel: Hotel) -> None:
    evening = hotel()
    evening.book("212", "06:30")
    evening.until("06:29:58")
    with nothing_written():
        evening.until("06:30:01")
    evening.until("06:31")
    assert evening.alarms() == ()
    assert len(evening.rings("212")) == 1


def test_while_all_is_well_there_is_no_alarm_0(hotel: Hotel) -> None:
    evening = hotel()
    for call in (lambda: evening.ask("alarm", 0), lambda: evening.acknowledge(0, "Anna")):
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.code == "unknown_alarm"


def test_afterwards_an_ordinary_alarm_says_from_when_to_when_and_who_was_due(hotel: Hotel) -> None:
    """A guest within the grace rings late, one beyond it is handed to a person; nobody is rung twice."""
    evening = hotel('  [property.wakeup]\n  grace = "60s"\n  promise = "60s"\n')
    evening.phone("212", Answers())
    evening.phone("213", Answers())
    evening.book("212", "06:30")
    evening.book("213", "06:31")
    evening.until("06:29:50")
    with nothing_written():
        evening.until("06:31:30")
        assert evening.rings("212") == evening.rings("213") == []
    evening.until("06:33")
    assert evening.rings("212") == []
    assert len(evening.rings("213")) == 1
    found = the_alarm(evening)
    assert found.id > 0
    assert "From 2026-11-24 06:29:5" in found.text and " to 2026-11-24 06:31:3" in found.text
    assert "212 (06:30), 213 (06:31)" in found.text
    assert evening.daemon.ready()["store"] is True
    assert AlarmKind.WAKEUP_LATE in {alarm.kind for alarm in evening.open_alarms()}
    evening.until("06:50")
    assert the_alarm(evening).open
    evening.acknowledge(found.id, "Anna", "awake")
    assert not [one for one in evening.open_alarms() if one.kind == AlarmKind.STORAGE]


def test_whoever_is_outside_is_told_directly_and_again(hotel: Hotel) -> None:
    evening = hotel(OUTSIDE)
    evening.until("06:30")
    with nothing_written():
        evening.until("06:32:30")
    told = [at for at in evening.told("command") if at <= "06:32:30"]
    assert len(told) == 2
    assert told[0] <= "06:30:15"
    (first, second) = [letter for _, letter in evening.outside.letters[:2]]
    assert first.name != second.name
    facts = json.loads(first.facts)
    assert (facts["alarm"], facts["kind"]) == (0, "storage")
    assert "Nothing can be saved since 06:30" in first.text


def test_a_way_out_that_fails_is_tried_again_after_a_minute(hotel: Hotel) -> None:
    evening = hotel(OUTSIDE)
    evening.outside.failing["command"] = "no line"
    evening.until("06:30")
    with nothing_written():
        evening.until("06:31:20")
    assert len([at for at in evening.told("command") if at <= "06:31:20"]) == 2


def test_the_desks_phones_ring_one_at_a_time_without_a_row(hotel: Hotel) -> None:
    evening = hotel(DESK)
    evening.phone("100", RINGS_FOR_EVER)
    evening.phone("101", NoAnswer(rings=30))
    evening.until("06:30")
    with nothing_written():
        evening.until("06:31:30")
        found = calls(evening)
        assert [phone for _, phone in found][:3] == ["100", "101", "100"]
        desk = [ring for ring in evening.om.rings if ring.phone in ("100", "101")]
        for ring, following in zip(desk, desk[1:], strict=False):
            assert ring.ended is not None
            assert (following.connect_at - ring.ended).total_seconds() >= 9


def test_a_desk_phone_that_was_lifted_leaves_the_desk_in_peace_for_a_while(hotel: Hotel) -> None:
    evening = hotel(DESK + '  [property.alarm]\n  second_repeat = "60s"\n')
    evening.phone("100", Answers(), Answers())
    evening.until("06:30")
    with nothing_written():
        evening.until("06:31:05")
        assert len(calls(evening)) == 1
        evening.until("06:32:10")
        assert len(calls(evening)) == 2


def test_every_listener_hears_it_again_and_again_and_that_it_is_over(hotel: Hotel) -> None:
    evening = hotel()
    evening.until("06:30")
    evening.forget_changes()
    with nothing_written():
        evening.until("06:31:20")
        assert evening.changes("alarm") == ["0", "0", "0"]
    evening.until("06:31:40")
    saved, over = evening.changes("alarm")[3:5]
    assert saved != "0" and over == "0"
    assert evening.daemon.desk.unsaved("main") is None


def test_a_database_that_is_deleted_while_it_runs_is_an_alarm_and_guests_are_rung(
    hotel: Hotel, tmp_path: Path
) -> None:
    evening = hotel()
    evening.phone("212", Answers())
    evening.book("212", "06:30")
    file = tmp_path / "hotel.db"
    os.rename(file, tmp_path / "elsewhere.db")
    evening.until("06:29")
    found = the_alarm(evening)
    assert found.id == 0
    assert f"{file} was deleted or replaced" in found.text and "db restore" in found.text
    assert evening.daemon.ready()["store"] is False
    evening.until("06:31")
    assert len(evening.rings("212")) == 1
    os.rename(tmp_path / "elsewhere.db", file)
    evening.until("06:32")
    assert "the database was not in its place" in the_alarm(evening).text
    assert the_alarm(evening).id > 0


def test_another_file_under_the_databases_name_is_noticed(hotel: Hotel, tmp_path: Path) -> None:
    evening = hotel()
    file = tmp_path / "hotel.db"
    os.rename(file, tmp_path / "kept.db")
    file.write_bytes(b"")
    evening.until("06:26")
    assert the_alarm(evening).id == 0
    os.rename(tmp_path / "kept.db", file)


def test_who_came_before_the_store_went_away_is_known_on(hotel: Hotel) -> None:
    evening = hotel()
    callers = evening.daemon.desk.callers
    callers.own("secret", "local@here")

    def cannot(*_: object) -> Deferred[None]:
        return fail(StoreUnavailable("gone"))

    assert evening._result(callers.caller("secret")) is None
    evening.daemon.db.read = cannot  # type: ignore[method-assign, assignment]
    assert evening._result(callers.caller("secret")).name == "local@here"
    with pytest.raises(StoreUnavailable):
        evening._result(callers.caller("strange"))


def test_a_ring_that_was_dropped_here_is_not_called_refused_by_the_device(hotel: Hotel) -> None:
    """The claim to the property ran out meanwhile: the first ring after that is dropped unasked."""
    evening = hotel()
    evening.phone("212", Answers())
    id = evening.book("212", "06:30")
    evening.until("06:29:50")
    with nothing_written():
        evening.until("06:32:03")
    evening.until("06:33")
    assert len(evening.rings("212")) == 1
    history = evening.wakeup(id).history
    assert not [one.text for one in history if "refused" in f"{one.what} {one.text}"]
    dropped = [one.text for one in history if one.what == "not_asked"]
    assert dropped and all("212: the device was not asked" in text for text in dropped)
    assert any(one.what == "again" and "was not asked" in one.text for one in history)


def test_a_claim_that_ran_out_in_the_outage_does_not_cost_the_alarm_about_it(
    hotel: Hotel, tmp_path: Path
) -> None:
    evening = hotel()
    evening.until("06:30")
    with nothing_written():
        evening.until("06:30:20")
    with closing(sqlite3.connect(tmp_path / "hotel.db", isolation_level=None)) as beside:
        beside.execute("UPDATE lease SET epoch = epoch + 1")
    evening.until("06:30:50")
    assert the_alarm(evening).text.startswith("From 2026-11-24 06:30:0")


def test_a_call_for_help_is_told_though_it_cannot_be_saved(hotel: Hotel) -> None:
    """A5: at once, before everything else that the alarm without a row says; a row follows when it can."""
    evening = hotel(OUTSIDE)
    evening.until("06:29:50")
    with nothing_written():
        evening.until("06:30:20")
        told = len(evening.told())
        evening.om.guest_dials("212", "144", Answers(after=3, talk=60))
        evening.advance(1)
        words = "EMERGENCY CALL: 144 was dialled in room 212, on phone 212 (om20)."
        assert the_alarm(evening).text.startswith(f"{words} Nothing can be saved")
        assert len(evening.told()) == told + 1
        evening.advance(20)
        assert the_alarm(evening).text.count("EMERGENCY CALL") == 1
    evening.advance(60)
    assert AlarmKind.EMERGENCY_CALL in [alarm.kind for alarm in evening.open_alarms()]
