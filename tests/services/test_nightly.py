"""The copy of every night, and what the desk reads when there is none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from twisted.internet import reactor

from hotelbridge.core.records import AlarmKind
from hotelbridge.services.nightly import NightlyBackup
from hotelbridge.services.schedule import Housekeeping
from hotelbridge.settings import StoreSettings
from tests.services.evening import Evening


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "copies"
    made.mkdir()
    return made


def nightly(evening: Evening, folder: Path, keep: int = 14) -> NightlyBackup:
    url = evening.daemon.settings.store.url
    settings = StoreSettings(url=url, backup="03:10", backup_to=str(folder), backup_keep=keep)
    daemon = evening.daemon
    houses = {id: house.rules for id, house in daemon.houses.items()}
    return NightlyBackup(settings, daemon.db, daemon.ownership, daemon.clock, houses)


def test_a_copy_of_the_running_house_is_made(evening: Evening, folder: Path) -> None:
    """K2: whole, and named by the hotel's clocks."""
    id = evening.book("212", "08:00")
    evening._result(nightly(evening, folder).run())
    (copy,) = folder.iterdir()
    assert copy.name == "hotel.db.2026-11-24-062501"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT id FROM wakeup").fetchall() == [(id,)]
    assert evening.open_alarms() == ()


def test_only_so_many_copies_stay_and_nothing_else_is_touched(evening: Evening, folder: Path) -> None:
    """K2: the oldest go; what somebody else has put there stays."""
    (folder / "hotel.db.before-upgrade-from-0001").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    job = nightly(evening, folder, keep=3)
    for _ in range(5):
        evening._result(job.run())
        evening.advance(60)
    names = sorted(file.name for file in folder.iterdir())
    assert names[-1] == "notes.txt" and "hotel.db.before-upgrade-from-0001" in names
    assert [n for n in names if n.startswith("hotel.db.2026")] == [
        f"hotel.db.2026-11-24-06{minute}01" for minute in (27, 28, 29)
    ]


def test_a_night_without_a_copy_is_an_alarm_until_there_is_one(evening: Evening, folder: Path) -> None:
    """K2, promise 8: nothing fails in silence."""
    folder.rmdir()
    job = nightly(evening, folder)
    evening._result(job.run())
    evening._result(job.run())
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.STORAGE and "no folder" in alarm.text
    folder.mkdir()
    evening._result(job.run())
    assert evening.open_alarms() == () or all(a.next is None for a in evening.open_alarms())


def test_it_is_made_at_the_hotels_time(evening: Evening) -> None:
    """K2: `backup = "03:10"` on the hotel's clocks."""
    daemon: Any = evening.daemon
    housekeeping = Housekeeping(daemon.db, daemon.clock, daemon.metrics, {}, reactor)

    async def job() -> None: ...

    housekeeping.nightly("03:10", ZoneInfo("Europe/Vienna"), job)
    (planned,) = housekeeping._scheduler.get_jobs()
    assert str(planned.trigger) == "cron[hour='3', minute='10']"
    assert str(planned.trigger.timezone) == "Europe/Vienna"
