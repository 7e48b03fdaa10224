"""Lines that end in the middle of a record: nobody says it again, so it is kept, and a person hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from fias_bench import Bench
from hotelbridge_fias.framing import Deframer, Framing, frame
from hotelbridge_fias.inbox import CUT_OFF
from hotelbridge_fias.simulator_habits import Habits

from hotelbridge.pms.api import CheckedIn, ResyncEnded

BEGUN = {Framing.STX_ETX: b"\x02", Framing.STX_ETX_LRC: b"\x02", Framing.CRLF: b""}
FRAMINGS = pytest.mark.parametrize("framing", Framing)


def says(bench: Bench, *pieces: bytes) -> None:
    """The PMS writes this."""
    for piece in pieces:
        bench.pms.line.transport.write(piece)
    bench.wait(0.1)


def comes_back(bench: Bench, how: str = "reset") -> None:
    bench.play(how)
    bench.wait(30.0)
    assert bench.up


def cut_off(bench: Bench) -> list[bytes]:
    return [one.body for one in bench.house.disk.records if one.words.startswith(CUT_OFF)]


def guests(bench: Bench) -> list[str]:
    return [fact.reservation or "" for fact in bench.facts if isinstance(fact, CheckedIn)]


@FRAMINGS
def test_a_record_that_the_end_of_its_line_tears_is_kept_as_it_came_and_told(
    bench: Any, framing: Framing
) -> None:
    one = bench(Habits(framing=framing), framing=str(framing)).alive()
    says(one, frame(b"GI|RN212|G#1001|GSN|", framing), BEGUN[framing] + b"GI|RN305|G#10")
    comes_back(one)
    assert guests(one) == ["1001"] and cut_off(one) == [b"GI|RN305|G#10"]
    (unread,) = one.house.disk.unread
    assert unread.room == "305" and "hotelbridge resync --ask" in unread.words


def test_a_room_whose_number_may_be_cut_is_not_named(bench: Any) -> None:
    one = bench().alive()
    says(one, b"\x02GI|RN30")
    comes_back(one)
    assert [unread.room for unread in one.house.disk.unread] == [""]


@FRAMINGS
@pytest.mark.parametrize("left", ["nothing", "frame", "noise"])
def test_a_line_that_ends_between_two_records_leaves_nothing_to_tell(
    bench: Any, framing: Framing, left: str
) -> None:
    one = bench(Habits(framing=framing), framing=str(framing)).alive()
    rest = {"nothing": b"", "frame": BEGUN[framing], "noise": b"\x00\x05 "}[left]
    says(one, frame(b"GI|RN212|G#1001|GSN|", framing), rest)
    comes_back(one)
    assert (guests(one), cut_off(one), one.house.disk.unread) == (["1001"], [], [])


def test_a_torn_record_of_the_link_alone_is_kept_and_rings_for_nobody(bench: Any) -> None:
    one = bench().alive()
    says(one, b"\x02LA|DA2611")
    comes_back(one)
    assert cut_off(one) == [b"LA|DA2611"] and one.house.disk.unread == []


def test_what_was_torn_is_told_too_where_it_is_we_who_let_go_of_the_line(bench: Any) -> None:
    """A PMS that falls silent in the middle of a record is let go of in the end."""
    one = bench(keepalive="5m").alive()
    says(one, b"\x02GI|RN305|G#10")
    one.pms.mute()
    one.wait(600.0)
    assert cut_off(one) == [b"GI|RN305|G#10"] and len(one.house.disk.unread) == 1


def test_a_process_that_dies_with_a_torn_record_saved_does_not_read_it_as_a_whole_one(bench: Any) -> None:
    one = bench().alive()
    one.house.slow = 0.5
    says(one, b"\x02GI|RN305|G#10")
    one.pms.drop(hard=True)
    one.wait(0.6)  # saved, and not told
    assert len(one.house.disk.unworked) == 1
    one.kill()
    one.alive()
    assert guests(one) == [] and len(one.house.disk.unread) == 1


def test_a_resync_that_is_torn_ends_incomplete(bench: Any) -> None:
    one = bench().alive()
    says(one, frame(b"DS|DA261124|TI062600|"), b"\x02GI|RN305|G#10")
    comes_back(one)
    ends = [fact for fact in one.facts if isinstance(fact, ResyncEnded)]
    assert ends[-1] == ResyncEnded(complete=False) and len(one.house.disk.unread) == 1


def test_a_record_without_its_beginning_counts_as_lost_where_the_stream_ends_behind_it() -> None:
    deframer = Deframer()
    deframer.feed(frame(b"LA|") + b"GI|RN212|G#1001|\x03")
    assert deframer.noise.lost == 0
    assert (deframer.end(), deframer.noise.lost) == (b"", 1)
    assert (deframer.end(), deframer.noise.lost) == (b"", 1)
