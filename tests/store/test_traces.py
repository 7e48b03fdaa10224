"""No database where there was one: what lies beside it tells, and a fresh folder is asked nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.errors import StoreUnavailable
from hotelbridge.store import inuse, traces


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "data").mkdir()
    return f"sqlite:///{tmp_path}/data/hotel.db"


def refused(url: str, folder: Path) -> str:
    with pytest.raises(StoreUnavailable) as error:
        traces.refuse_a_new_one(url, "hotel.toml", folder)
    return str(error.value)


def test_a_fresh_folder_is_a_first_start(url: str, tmp_path: Path) -> None:
    assert traces.is_missing(url)
    (tmp_path / "data" / "hotel.toml").touch()
    with inuse.running(url):  # its locks alone are there before the first database is
        traces.refuse_a_new_one(url, "hotel.toml", tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "hotel.token",
        "hotel.spill.00000001-abcdef",
        "hotel.db.reserve",
        "hotel.db-wal",
        "hotel.db.2026-11-24-031000",
        "hotel.db.replaced-2026-11-24-031000",
        "hotel.db.before-upgrade-from-0001",
    ],
)
def test_what_a_database_leaves_beside_it_tells_that_there_was_one(
    url: str, tmp_path: Path, name: str
) -> None:
    (tmp_path / "data" / name).touch()
    words = refused(url, tmp_path / "data")
    assert name in words and "db restore -c hotel.toml" in words and "--new-database" in words


def test_its_backups_elsewhere_tell_it_too(url: str, tmp_path: Path) -> None:
    (tmp_path / "hotel.db.2026-11-24-031000").touch()
    assert "hotel.db.2026-11-24-031000" in refused(url, tmp_path)


def test_the_word_of_a_daemon_that_ran_tells_it(url: str, tmp_path: Path) -> None:
    with inuse.running(url) as run:
        run.leave_word()
    with inuse.running(url):
        assert "hotel.db.run" in refused(url, tmp_path / "data")


def test_a_database_that_is_there_and_postgresql_are_not_missing(url: str, tmp_path: Path) -> None:
    file = tmp_path / "data" / "hotel.db"
    file.touch()
    assert traces.is_missing(url)  # an empty file is no database
    file.write_bytes(b"SQLite format 3\0")
    assert not traces.is_missing(url)
    assert not traces.is_missing("postgresql://host/hotel")


def test_a_second_daemon_is_refused_until_the_first_has_gone(url: str, tmp_path: Path) -> None:
    with inuse.running(url) as run:
        run.leave_word()
        with pytest.raises(StoreUnavailable, match=r"already \(process \d+\)"), inuse.running(url):
            pass
        with inuse.shared(url):  # other commands work beside it
            pass
        with pytest.raises(StoreUnavailable, match="stop it first"), inuse.alone(url):
            pass
    with inuse.running(url), pytest.raises(StoreUnavailable, match="stop it first"), inuse.alone(url):
        pass
    with inuse.alone(url), pytest.raises(StoreUnavailable, match="being restored"), inuse.running(url):
        pass
