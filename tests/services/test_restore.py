"""A database out of a backup: what it does not know is told, and nobody is rung twice for it."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hotelbridge.commands.backup import PutBack, put_back
from hotelbridge.core.guests import ResyncBegun, ResyncEnded
from hotelbridge.core.records import AlarmKind, WakeupState
from hotelbridge.errors import StoreMismatch, StoreUnavailable
from hotelbridge.store import backups, inuse, schema, tokens
from hotelbridge.store.database import Database, InlineRunner
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.guestlife import GuestLife, gi

DUMPS = Path(__file__).parents[1] / "schema"


class Restored(Evening):
    """The hotel, with a backup of its database and the way back."""

    def __init__(self, folder: Path) -> None:
        self.database, self.copy = folder / "hotel.db", folder / "copy.db"
        super().__init__(folder)

    def backup(self) -> None:
        """As `hotelbridge db backup` does beside the running daemon."""
        backups.save(f"sqlite:///{self.database}", self.copy)

    def restore(self) -> PutBack:
        """The daemon is gone; as `hotelbridge db restore` does, and a new start."""
        if not self.life.dead:
            self.crash()
        done = put_back(self._settings, self.copy, self.clock.now())
        self.start()
        return done

    def query(self, sql: str, path: Path | None = None) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(path or self.database)) as connection:
            return connection.execute(sql).fetchall()

    def newest_change(self) -> int:
        return self._result(self.daemon.desk.latest_change("main"))  # type: ignore[no-any-return]

    def oldest_change(self) -> int:
        return self._result(self.daemon.desk.oldest_change("main"))  # type: ignore[no-any-return]

    def rooms_in_alarm(self) -> list[str]:
        late = [alarm for alarm in self.open_alarms() if alarm.kind == AlarmKind.WAKEUP_LATE]
        return sorted(room for a in late for room in ([i.room for i in a.items] or [a.room or ""]))


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Restored]:
    made = Restored(tmp_path)
    yield made
    made.stop()


def test_what_came_due_since_the_backup_is_an_alarm_in_every_state(hotel: Restored) -> None:
    """K2, promise 4: it may have rung or not, so a person goes and no phone is called again."""
    hotel.phone("212", NoAnswer(), NoAnswer(), Answers())  # between two tries at the backup
    hotel.phone("213", Answers(after=15))  # rings at the backup
    for room in ("111", "112"):
        hotel.phone(room, Answers())
    waiting, due = hotel.book("212", "06:30"), hotel.book("111", "06:45")
    calling, after = hotel.book("213", "06:31"), hotel.book("112", "07:10")
    hotel.until("06:31:05")
    assert hotel.wakeup(waiting).state == WakeupState.WAITING
    assert hotel.wakeup(calling).state == WakeupState.CALLING
    hotel.backup()
    hotel.until("06:48")
    rung = len(hotel.om.rings)
    assert hotel.wakeup(due).state == WakeupState.WOKEN
    done = hotel.restore()
    assert [w.id for w in done.marked[0].wakeups] == [waiting, calling, due]
    hotel.until("07:05")
    assert len(hotel.om.rings) == rung
    assert hotel.rooms_in_alarm() == ["111", "212", "213"]
    assert {hotel.wakeup(id).state for id in (waiting, calling, due)} == {WakeupState.ALARMED}
    assert hotel.query("SELECT count(*) FROM attempt WHERE phase != 'over'") == [(0,)]
    hotel.until("07:11")
    assert hotel.rings("112") == ["07:10:00"]
    assert hotel.wakeup(after).state == WakeupState.WOKEN


def test_the_alarms_of_a_restore_are_closed_like_all_others(hotel: Restored) -> None:
    """K2, A2: a person goes, looks and says what happened."""
    id = hotel.book("212", "06:30")
    hotel.backup()
    hotel.until("06:40")
    hotel.restore()
    (alarm,) = [a for a in hotel.open_alarms() if a.room == "212"]
    assert "it may have rung or not" in alarm.text
    hotel.acknowledge(alarm.id, "anna", "woken_by_staff")
    assert hotel.wakeup(id).state == WakeupState.CLOSED


def test_what_was_over_at_the_backup_stays_over(hotel: Restored) -> None:
    """K2, promise 1: an outcome is an outcome; an open alarm stays open."""
    hotel.phone("212", Answers())
    hotel.phone("213", NoAnswer())
    woken, alarmed = hotel.book("212", "06:30"), hotel.book("213", "06:30")
    hotel.until("06:40")
    assert hotel.wakeup(alarmed).state == WakeupState.ALARMED
    hotel.backup()
    hotel.until("06:45")
    hotel.restore()
    assert hotel.wakeup(woken).state == WakeupState.WOKEN
    assert [a.room for a in hotel.open_alarms() if a.kind == AlarmKind.WAKEUP_FAILED] == ["213"]


def test_the_desk_reads_between_which_times_orders_are_lost(hotel: Restored) -> None:
    """K2: "orders made 02:00-04:40 are lost: see the night list and slips"."""
    hotel.until("06:32")
    hotel.backup()
    hotel.until("06:50")
    hotel.book("212", "07:30")
    hotel.advance(1)
    hotel.crash()
    hotel.until("07:20")
    hotel.restore()
    (alarm,) = [a for a in hotel.open_alarms() if a.kind == AlarmKind.STORAGE]
    assert "Orders made 06:32-06:50 are lost: see the night list and slips" in alarm.text
    assert hotel.wakeups() == ()


def test_without_the_lost_database_orders_may_be_lost_until_now(hotel: Restored) -> None:
    """K2: nobody can say when it last took one."""
    hotel.until("06:32")
    hotel.backup()
    hotel.crash()
    hotel.database.write_bytes(b"a disk that has lost its mind" * 1000)
    for suffix in ("-wal", "-shm"):
        hotel.database.with_name(f"hotel.db{suffix}").unlink(missing_ok=True)
    hotel.until("07:20")
    done = hotel.restore()
    assert "Orders made 06:32-07:20 are lost" in done.marked[0].alarm
    assert done.aside is not None and done.aside.read_bytes().startswith(b"a disk that has lost")
    assert hotel.book("212", "07:30") > 1_000_000


def test_a_resync_is_asked_for_and_what_was_told_before_is_forgotten(hotel: Restored) -> None:
    """K2: who came and left since the backup is known to the PMS alone."""
    life = GuestLife(hotel)
    life.tell(gi("212", "1001"), gi("213", "1002"))
    hotel.book("212", "07:00")
    hotel.advance(60)
    life.tell(ResyncBegun(), gi("213", "1002", resync=True), ResyncEnded())
    assert [one.state for one in life.resyncs()] == ["asking"]
    hotel.backup()
    hotel.restore()
    kept = [("house:posting_number",), ("house:restored_until",), ("house:want_resync",)]
    assert hotel.query("SELECT key FROM pms_state ORDER BY key") == kept
    assert hotel.query("SELECT state FROM resync") == [("dropped",)]
    assert AlarmKind.RESYNC not in [alarm.kind for alarm in hotel.open_alarms()]


def test_no_id_is_handed_out_twice(hotel: Restored) -> None:
    """K2: 17 on a slip of paper must not become another room's wake-up."""
    hotel.book("212", "08:00")
    hotel.backup()
    lost = max(hotel.book("213", f"08:{n:02}") for n in range(20))
    hotel.restore()
    assert hotel.book("111", "09:00") > lost


def test_open_browsers_start_anew(hotel: Restored) -> None:
    """K2: whatever number of the change feed they hold, it is not in the kept part."""
    hotel.book("212", "08:00")
    at_backup = hotel.newest_change()
    hotel.backup()
    for n in range(20):
        hotel.book("213", f"08:{n:02}")
    lost = hotel.newest_change()
    hotel.restore()
    assert hotel.oldest_change() > lost + 1 > at_backup
    assert hotel.newest_change() >= hotel.oldest_change()


def test_a_token_revoked_since_the_backup_stays_revoked(hotel: Restored) -> None:
    """K2, promise 9: a backup opens no door."""
    now = hotel.clock.now()

    def on_store(unit: object) -> None:
        hotel._result(_run(hotel.daemon.db, unit))

    on_store(lambda tx: tokens.add(tx, "", "carl", "admin", "h" * 64, now))
    hotel.backup()
    on_store(lambda tx: tokens.revoke(tx, "carl", now))
    hotel.restore()
    assert hotel.query("SELECT count(*) FROM token WHERE revoked_at IS NULL AND name = 'carl'") == [(0,)]


async def _run(db: Database, unit: object) -> object:
    return await db.run(unit)  # type: ignore[arg-type]


def test_the_replaced_database_is_kept_whole(hotel: Restored) -> None:
    """K2: nothing is thrown away."""
    hotel.backup()
    id = hotel.book("212", "08:00")
    done = hotel.restore()
    assert done.aside is not None and done.aside.name == "hotel.db.replaced-2026-11-24-062501"
    assert hotel.query("SELECT id FROM wakeup", done.aside) == [(id,)]
    assert not [file for file in hotel.database.parent.iterdir() if "restoring" in file.name]


def test_a_restore_twice_in_a_second_keeps_both(hotel: Restored) -> None:
    """K2: one name is never used twice."""
    hotel.backup()
    hotel.crash()
    one = put_back(hotel._settings, hotel.copy, hotel.clock.now())
    two = put_back(hotel._settings, hotel.copy, hotel.clock.now())
    assert one.aside and two.aside and one.aside != two.aside
    assert one.aside.exists() and two.aside.exists()


def test_a_backup_of_an_older_program_is_upgraded(hotel: Restored) -> None:
    """K2: the backup itself is left as it is."""
    with closing(sqlite3.connect(hotel.copy)) as old:
        old.executescript((DUMPS / "0001.sqlite.sql").read_text())
    hotel.crash()
    before = hotel.copy.read_bytes()
    done = put_back(hotel._settings, hotel.copy, hotel.clock.now())
    assert done.backup.current == "0001"
    assert schema.status(f"sqlite:///{hotel.database}").up_to_date
    assert hotel.copy.read_bytes() == before


@pytest.mark.parametrize("spoil", ["cut", "scratched", "foreign", "empty", "newer"])
def test_a_backup_that_is_not_whole_changes_nothing(hotel: Restored, spoil: str) -> None:
    """K2: it is read through before anything is touched."""
    for n in range(60):
        hotel.book("212", f"08:{n:02}")
    hotel.backup()
    whole = hotel.copy.read_bytes()
    if spoil == "cut":
        hotel.copy.write_bytes(whole[: len(whole) // 2])
    elif spoil == "scratched":
        hotel.copy.write_bytes(whole[:20_480] + b"\xff" * 8_192 + whole[28_672:])
    elif spoil == "newer":
        with closing(sqlite3.connect(hotel.copy)) as copy, copy:
            copy.execute("UPDATE alembic_version SET version_num = '9999'")
    else:
        hotel.copy.unlink()
        with closing(sqlite3.connect(hotel.copy)) as other, other:
            other.execute(
                "CREATE TABLE cats (name TEXT)" if spoil == "foreign" else "PRAGMA user_version = 1"
            )
    hotel.crash()
    with pytest.raises(StoreMismatch):
        put_back(hotel._settings, hotel.copy, hotel.clock.now())
    assert hotel.query("SELECT count(*) FROM wakeup") == [(60,)]
    assert [f.name for f in hotel.database.parent.glob("hotel.db.*")] == []


def test_a_database_that_is_missing_can_be_restored(hotel: Restored) -> None:
    """K2: the new disk is empty."""
    id = hotel.book("212", "08:00")
    hotel.backup()
    hotel.crash()
    for suffix in ("", "-wal", "-shm"):
        hotel.database.with_name(f"hotel.db{suffix}").unlink(missing_ok=True)
    done = hotel.restore()
    assert done.aside is None
    assert hotel.wakeup(id).state == WakeupState.SCHEDULED


def test_a_log_of_the_old_database_is_not_played_into_the_new_one(hotel: Restored) -> None:
    """K2: SQLite's own log is kept beside the replaced file."""
    hotel.backup()
    hotel.book("212", "08:00")
    hotel.crash()
    hotel.database.with_name("hotel.db-wal").write_bytes(b"\x37\x7f\x06\x82" + b"\0" * 4_000)
    hotel.restore()
    assert hotel.query("PRAGMA integrity_check") == [("ok",)]
    assert hotel.wakeups() == ()


def test_a_backup_is_for_its_owner_alone_and_never_overwrites(hotel: Restored) -> None:
    """K2: it holds guests' nights."""
    hotel.backup()
    assert stat.S_IMODE(hotel.copy.stat().st_mode) == 0o600
    before = hotel.copy.read_bytes()
    hotel.book("212", "08:00")
    with pytest.raises(StoreUnavailable, match="is there already"):
        hotel.backup()
    assert hotel.copy.read_bytes() == before
    assert [f.name for f in hotel.copy.parent.glob("copy*")] == ["copy.db"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_restores_belongs_to_the_daemons_user(hotel: Restored) -> None:
    """K2: a restore by `sudo` must not lock the daemon out of its database."""
    hotel.backup()
    hotel.crash()
    os.chown(hotel.database, 12_345, 12_346)
    os.chown(hotel.database.parent, 12_345, 12_346)
    with inuse.alone(f"sqlite:///{hotel.database}"):
        put_back(hotel._settings, hotel.copy, hotel.clock.now())
    for file in (hotel.database, hotel.database.with_name("hotel.db.lock")):
        assert (file.stat().st_uid, file.stat().st_gid) == (12_345, 12_346)


def test_a_clock_in_question_at_the_backup_is_not_in_question_after_the_restore(hotel: Restored) -> None:
    """K1, K2: the saved line of time is hours old by then."""
    hotel.clock.step_wall(3600)
    hotel.advance(30)
    hotel.backup()
    hotel.clock.step_wall(-3600)
    hotel.crash()
    hotel.until("09:00")
    hotel.restore()
    assert abs((hotel.daemon.clock.now() - hotel.clock.true()).total_seconds()) < 1


def test_the_runner_of_a_restore_leaves_the_database_closed(hotel: Restored) -> None:
    """K2: what is put in place is one file, complete in itself."""
    hotel.backup()
    hotel.crash()
    put_back(hotel._settings, hotel.copy, hotel.clock.now())
    assert not hotel.database.with_name("hotel.db-wal").exists()
    db = Database(f"sqlite:///{hotel.database}", runner=InlineRunner(), node="n", clock=hotel.clock)
    db.close()
