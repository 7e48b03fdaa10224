"""Killed between any two steps, nothing is lost and nothing is there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from csv_peer import CsvPeer
from hotelbridge_csv.folder import Folder
from test_csv_contract import TestContract as Contract

from hotelbridge.pms.api import CheckedIn, CheckedOut, Unavailable, Unknown, WakeupWanted
from hotelbridge.testing.contract import ANNA, Bench
from hotelbridge.testing.contract.calls import posted

TURNS = 60  # of the process, while four files come and three charges go


@contextmanager
def stage(folder: Path) -> Iterator[Bench]:
    folder.mkdir(exist_ok=True)
    with Contract().stage(folder) as bench:
        yield bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with stage(tmp_path) as bench:
        yield bench


def an_evening(bench: Bench, turn: int) -> None:
    """Guests come and go and telephone; the process is killed at one of its turns."""
    peer = bench.peer
    assert isinstance(peer, CsvPeer) and bench.link is not None
    peer.guest_checks_in(ANNA)
    peer.asks_for_wakeup("212", "2026-11-25T06:30:00")
    peer.guest_leaves(ANNA)
    peer.talks_nonsense()
    bench.house.dies_at_turn = turn
    outcomes = [bench.asked(bench.link.post_charge(bench.posting(number))) for number in (1, 2, 3)]
    bench.let(peer.within)
    bench.house.dies_at_turn = None
    bench.kill()
    bench.up()
    bench.let(peer.within)
    for number, outcome in enumerate(outcomes, 1):
        if not (outcome and isinstance(outcome[0], str)):
            again = posted(bench, bench.posting(number))
            assert isinstance(again, (str, Unknown)), again


@pytest.mark.parametrize("tens", range(0, TURNS, 10))
def test_a_kill_at_any_turn_loses_and_doubles_nothing(tmp_path: Path, tens: int) -> None:
    for turn in range(tens + 1, tens + 11):
        with stage(tmp_path / str(turn)) as bench:
            bench.up()
            an_evening(bench, turn)
            peer = bench.peer
            assert isinstance(peer, CsvPeer)
            kinds = [type(fact) for fact in bench.house.facts]
            assert kinds == [CheckedIn, WakeupWanted, CheckedOut], f"turn {turn}: {bench.story()}"
            rows = peer.rows("charge")
            assert sorted(int(row["number"]) for row in rows) == [1, 2, 3], f"turn {turn}: {rows}"
            assert [int(row["seq"]) for row in rows] == [1, 2, 3], f"turn {turn}: a gap or a double"
            assert not list((peer.folder / "in").iterdir()), f"turn {turn}: left in the folder"
            assert len(list((peer.folder / "failed").glob("*.reason"))) == 2
            assert not bench.house.unworked() and not bench.house.breaches


# --- charges ---


def refused(bench: Bench, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk refuses one step from now on."""

    def refuse(self: Folder, *words: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, name, refuse)


def test_a_charge_that_the_disk_refuses_keeps_its_number_and_leaves_no_gap(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.up()
    peer = bench.peer
    assert isinstance(peer, CsvPeer)
    with monkeypatch.context() as patch:
        refused(bench, "give_out", patch)
        outcome = posted(bench, bench.posting(1))
        assert isinstance(outcome, Unavailable) and "No space left" in str(outcome)
    assert posted(bench, bench.posting(2)) == "written as charge-00000002.csv"
    bench.kill()
    bench.up()
    assert posted(bench, bench.posting(1)) == "written as charge-00000001.csv"
    assert [(row["seq"], row["number"]) for row in peer.rows("charge")] == [("1", "1"), ("2", "2")]


def test_a_charge_that_was_taken_before_the_process_died_is_unknown_and_not_written_again(
    bench: Bench,
) -> None:
    bench.up()
    peer = bench.peer
    assert isinstance(peer, CsvPeer) and bench.link is not None
    bench.asked(bench.link.post_charge(bench.posting(1)))
    bench.house.stalls = {"sent"}
    bench.until(lambda: peer.rows("charge"), words="the charge is written")
    bench.kill()
    bench.house.kept["charge.1"] = "1 begun"  # its end was not kept any more
    (peer.folder / "out" / "charge-00000001.csv").unlink()
    bench.house.stalls = set()
    bench.up()
    assert isinstance(posted(bench, bench.posting(1)), Unknown)
    assert not peer.rows("charge")


def test_files_of_a_time_that_the_house_does_not_remember_are_not_overwritten(bench: Bench) -> None:
    peer = bench.peer
    assert isinstance(peer, CsvPeer)
    (peer.folder / "out" / "charge-00000001.csv").write_text("old")
    bench.up()
    assert posted(bench, bench.posting(1)) == "written as charge-00000002.csv"
    assert (peer.folder / "out" / "charge-00000001.csv").read_text() == "old"


def test_keys_that_nobody_asks_for_any_more_are_forgotten(bench: Bench) -> None:
    bench.house.kept |= {"charge.last": "2000"} | {f"charge.{n}": f"{n} written" for n in (5, 1999)}
    bench.up()
    posted(bench, bench.posting(3000))
    charges = {key: value for key, value in bench.house.kept.items() if key.startswith("charge.")}
    assert charges == {"charge.last": "2001", "charge.1999": "1999 written", "charge.3000": "2001 written"}


# --- files ---


def test_a_file_that_is_still_written_waits_and_none_overtakes_it(bench: Bench) -> None:
    bench.up()
    peer = bench.peer
    assert isinstance(peer, CsvPeer)
    slow = peer.folder / "in" / "guests-0.csv"
    for line in ("Action,Room\n", "in,301\n", "in,302\n"):
        with open(slow, "a") as file:
            file.write(line)
        bench.let(2.5)
        assert not bench.house.saved()
    bench.until(lambda: len(bench.of(CheckedIn)) == 2, words="the whole file is told")


@pytest.mark.parametrize("name", ["guests.csv.part", ".guests.csv", "guests.csv.tmp", "guests.csv.filepart"])
def test_a_file_that_was_not_renamed_yet_is_not_touched(bench: Bench, name: str) -> None:
    bench.up()
    peer = bench.peer
    assert isinstance(peer, CsvPeer)
    (peer.folder / "in" / name).write_text("Action,Room\nin,301\n")
    bench.let(peer.within)
    assert not bench.house.saved() and (peer.folder / "in" / name).exists()


def test_the_same_file_dropped_again_later_is_another_one(bench: Bench) -> None:
    bench.up()
    peer = bench.peer
    assert isinstance(peer, CsvPeer)
    for count in (1, 2):
        (peer.folder / "in" / "house.csv").write_text("Room,Booking\n301,1\n")
        bench.until(lambda: len(bench.check_ins("301")) == count, words=f"it is told {count} times")  # noqa: B023
        bench.until(lambda: not list((peer.folder / "in").iterdir()))
    names = sorted(path.name for path in (peer.folder / "processed").iterdir())
    assert names == ["house.2.csv", "house.csv"]


def test_a_refused_file_has_its_reason_beside_it(bench: Bench) -> None:
    bench.up()
    peer = bench.peer
    assert isinstance(peer, CsvPeer)
    (peer.folder / "in" / "guests-7.csv").write_text("Action,Room\nin,301\ndance,302\nin,\n")
    bench.until(lambda: list((peer.folder / "failed").glob("*.reason")))
    bench.until(lambda: not list((peer.folder / "in").iterdir()))
    reason = (peer.folder / "failed" / "guests-7.csv.reason").read_text()
    assert "line 3: the action 'dance' is none of in, " in reason and "line 4: names no room" in reason
    assert (peer.folder / "failed" / "guests-7.csv").exists()
    assert [fact.room for fact in bench.of(CheckedIn)] == ["301"], "the good row counts"


def test_a_file_that_cannot_be_moved_holds_up_the_others_and_is_told_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.up()
    with monkeypatch.context() as patch:
        refused(bench, "done", patch)
        bench.peer.guest_checks_in(ANNA)
        bench.peer.guest_leaves(ANNA)
        bench.let(bench.peer.within)
        assert len(bench.house.facts) == 1 and not bench.flows()
        assert "No space left" in bench.house.standing[-1].detail
    bench.until(lambda: bench.of(CheckedOut), words="the next file is told")
    assert len(bench.check_ins("212")) == 1


# --- a drive that hangs ---


def test_a_drive_that_hangs_is_said_and_a_charge_is_unavailable_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.up()
    assert bench.house.life is not None
    back: list[Callable[[], None]] = []

    class Hung:
        def callInThreadWithCallback(self, done: Callable[..., None], work: Callable[..., object]) -> None:
            back.append(lambda: done(True, work()))

    with monkeypatch.context() as patch:
        patch.setattr(type(bench.house.life.reactor), "getThreadPool", lambda reactor: Hung())
        bench.until(lambda: not bench.flows(), 120.0, "the hang is seen")
        assert "does not answer" in bench.house.standing[-1].detail
        assert isinstance(posted(bench, bench.posting(1)), Unavailable)
    back[0]()
    bench.until(bench.flows, words="the drive is back")
    assert isinstance(posted(bench, bench.posting(1)), str)


def test_a_pms_that_falls_silent_is_not_alive(tmp_path: Path) -> None:
    class Expecting(Contract):
        def make_settings(self, peer: CsvPeer, folder: Path) -> dict[str, object]:
            return {**peer.table(), "expect_every": "1h"}

    with Expecting().stage(tmp_path) as bench:
        bench.up()
        bench.until(lambda: not bench.flows(), 4000.0, "the silence is seen")
        assert "no file came for 60 min" in bench.house.standing[-1].detail
        bench.peer.guest_checks_in(ANNA)
        bench.until(bench.flows, words="a file came")
