"""SQLite's log is worked into its file beside the writer: nobody who is to be woken waits for that."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from hotelbridge.store.database import CHECKPOINT_COMMITS, Database
from hotelbridge.store.engines import LARGEST_LOG_PAGES, Purpose, checkpoint, open_engine

from .far_side import adding, result_of

PAGE = 4096


def in_the_file_alone(path: Path) -> int:
    """How many changes stand in the database's file, without the log beside it."""
    copy = path.with_name("alone.db")
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as alone:
        return int(alone.execute("SELECT count(*) FROM change").fetchone()[0])


def test_what_was_committed_reaches_the_file_long_before_a_commit_would_have_to_do_it(
    sqlite_url: str, tmp_path: Path, open_inline: Callable[[str], Database]
) -> None:

    db = open_inline(sqlite_url)
    for n in range(CHECKPOINT_COMMITS - 1):
        result_of(db.run(adding(f"u{n}")))
    assert in_the_file_alone(tmp_path / "hb.db") == 0
    result_of(db.run(adding("the last one")))
    assert in_the_file_alone(tmp_path / "hb.db") == CHECKPOINT_COMMITS


def test_the_log_is_begun_anew_while_many_are_written(
    sqlite_url: str, tmp_path: Path, open_inline: Callable[[str], Database]
) -> None:

    db = open_inline(sqlite_url)
    for n in range(6 * CHECKPOINT_COMMITS):
        result_of(db.run(adding(f"u{n}")))
    assert (tmp_path / "hb.db-wal").stat().st_size < LARGEST_LOG_PAGES * PAGE / 2


def test_a_reader_in_the_middle_of_its_look_is_left_alone(
    sqlite_url: str, open_inline: Callable[[str], Database]
) -> None:

    db = open_inline(sqlite_url)
    result_of(db.run(adding("before")))
    engine = open_engine(sqlite_url, Purpose.READ, 2)
    with engine.connect() as reader, reader.begin():
        count = "SELECT count(*) FROM change"
        assert reader.exec_driver_sql(count).scalar_one() == 1
        result_of(db.run(adding("after")))
        checkpoint(engine)
        assert reader.exec_driver_sql(count).scalar_one() == 1
    engine.dispose()
