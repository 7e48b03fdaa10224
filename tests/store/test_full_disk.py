"""A full disk: what was kept back for it is given up, and nobody's promise is lost by that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotelbridge.errors import StoreUnavailable
from hotelbridge.store import reserve
from hotelbridge.store.database import Database, InlineRunner
from hotelbridge.store.health import CALM, Health
from hotelbridge.store.reserve import Reserve
from hotelbridge.testing.fake_clock import FakeClock

from .far_side import FarSide, adding, in_one_batch, result_of
from .test_lost_transactions import big, pages

SIZE = 100_000


class Disk:
    """A disk with a reserve: SQLite's own limit of pages is one connection's, so that a new one has room."""

    def __init__(self) -> None:
        self.reserves = 1

    def make_room(self) -> bool:
        self.reserves -= 1
        return self.reserves >= 0


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def db(sqlite_url: str, disk: Disk) -> Iterator[Database]:
    made = Database(
        sqlite_url, runner=InlineRunner(), node="node-a", clock=FakeClock(), make_room=disk.make_room
    )
    yield made
    made.close()


def test_a_reserve_is_really_taken_and_for_its_owner_alone(tmp_path: Path) -> None:
    kept = Reserve(tmp_path / "hb.db.reserve", SIZE)
    assert kept.take() and kept.take()
    found = kept.path.stat()
    assert (found.st_size, found.st_mode & 0o777) == (SIZE, 0o600)
    assert found.st_blocks * 512 >= SIZE
    assert kept.give_up() and not kept.give_up()
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_left_of_an_unfinished_reserve_is_swept_away(tmp_path: Path) -> None:
    kept = Reserve(tmp_path / "hb.db.reserve", SIZE)
    (tmp_path / "hb.db.reserve.new").write_bytes(b"half")
    assert kept.take()
    assert [file.name for file in tmp_path.iterdir()] == ["hb.db.reserve"]


def test_a_reserve_is_not_what_fills_the_disk(tmp_path: Path) -> None:
    kept = Reserve(tmp_path / "hb.db.reserve", reserve.free(tmp_path))
    assert not kept.take()
    assert list(tmp_path.iterdir()) == []


def test_postgresql_keeps_its_own_disk() -> None:
    assert reserve.beside("postgresql://host/hotel") is None
    assert not reserve.relieve(None)


def test_a_unit_that_found_the_disk_full_is_saved_once_the_reserve_is_given_up(
    db: Database, disk: Disk, beside: Callable[[str], FarSide], sqlite_url: str
) -> None:
    far = beside(sqlite_url)
    result_of(db.run(adding("anna")))
    result_of(db.run(pages(1)))
    result_of(db.run(big("bert")))
    assert far.names() == ["anna", "bert"]
    assert disk.reserves == 0
    assert db.health.since is None


def test_all_units_of_its_batch_are_saved_too_and_once(
    db: Database, beside: Callable[[str], FarSide], sqlite_url: str
) -> None:
    far = beside(sqlite_url)
    result_of(db.run(adding("anna")))
    result_of(db.run(pages(1)))
    in_one_batch(db, adding("bert"), big("carl"), adding("dora"))
    assert far.names() == ["anna", "bert", "carl", "dora"]


def test_without_a_reserve_it_is_refused_and_known_why(db: Database, disk: Disk) -> None:
    disk.reserves = 0
    result_of(db.run(adding("anna")))
    result_of(db.run(pages(1)))
    with pytest.raises(StoreUnavailable, match="full"):
        result_of(db.run(big("bert")))
    assert db.health.since is not None
    assert "full" in db.health.why


def test_trouble_is_over_when_something_was_saved_and_nothing_refused_for_a_moment() -> None:
    clock = FakeClock()
    health = Health(clock)
    health.refused("full")
    clock.advance(CALM - 1)
    health.committed()
    assert health.since == 0.0
    health.refused("full")
    clock.advance(CALM)
    assert health.since == 0.0
    health.committed()
    assert health.since is None
