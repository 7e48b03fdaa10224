"""A resync: told from its beginning to its end, and never taken for whole where a part of it was lost."""

from __future__ import annotations

from typing import Any

import pytest
from fias_bench import Outcome
from hotelbridge_fias.framing import frame
from hotelbridge_fias.records import Record
from hotelbridge_fias.simulator_habits import Door, Habits, Mode, Resync, Segments

from hotelbridge.pms.api import CheckedIn, ResyncBegun, ResyncEnded, Unavailable

MODES = pytest.mark.parametrize("mode", Mode)


DAMAGE = {
    "an id": frame(b"G\x11I|RN212|G#2|GNTwo|GSN|SF|"),
    "no STX": b"GI|RN212|G#2|GNTwo|GSN|SF|\x03",
    "no ETX": b"\x02GI|RN212|G#2|GNTwo|GSN|SF|",
    "too long": frame(b"GI|RN212|G#2|GN" + b"x" * 2100 + b"|GSN|SF|"),
    "no room": frame(b"GI|G#2|GNTwo|GSN|SF|"),
    "an unknown id": frame(b"GX|RN212|G#2|GNTwo|GSN|SF|"),
}


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_resync_of_which_a_record_was_lost_ends_incomplete(
    bench: Any, damage: bytes, together: bool
) -> None:
    """Nothing may be concluded from what it did not name."""
    one = bench().alive()
    pieces = [frame(b"DS|DA261124|TI062600|"), damage, frame(b"GI|RN101|G#1|GSN|SF|"), frame(b"DE|")]
    for piece in [b"".join(pieces)] if together else pieces:
        one.pms.line.transport.write(piece)
        one.wait(1.0)
    assert [fact for fact in one.facts if isinstance(fact, ResyncEnded)] == [ResyncEnded(complete=False)]
    one.play("resync")
    one.wait(10.0)
    assert one.facts[-1] == ResyncEnded(complete=True)


def test_a_resync_whose_rooms_say_nothing_that_this_house_acts_on_is_complete(bench: Any) -> None:
    one = bench().alive()
    for body in (b"DS|", b"RE|RN101|MLN|SF|", b"GO|RN101|SF|", b"DE|"):
        one.pms.line.transport.write(frame(body) + b"\r\n")
    one.wait(1.0)
    assert one.facts[-1] == ResyncEnded(complete=True)


def test_a_resync_of_which_the_house_could_not_apply_all_ends_incomplete(
    bench: Any, logged_failures: Any
) -> None:
    one = bench(Habits(segments=Segments.MERGED)).alive()
    one.play('gi 101 1 "One"', 'gi 212 2 "Two"')
    one.house.refuses = lambda fact: getattr(fact, "reservation", None) == "2"
    one.play("resync")
    one.wait(10.0)
    assert one.facts[-1] == ResyncEnded(complete=False)
    assert logged_failures.take("could not apply")
    one.house.refuses = lambda fact: False
    one.play("resync")
    one.wait(10.0)
    assert one.facts[-1] == ResyncEnded(complete=True)


@MODES
def test_a_resync_is_told_from_its_beginning_to_its_end_with_what_happens_meanwhile(
    bench: Any, mode: Mode
) -> None:
    one = bench(Habits(mode=mode, resync_gap=0.5)).alive()
    one.play('gi 101 1 "One"', 'gi 212 2 "Two"', 'share 212 3 "Three"')
    one.facts.clear()
    asked = Outcome(one.link.request_resync())
    one.wait(0.5)
    one.play('gi 305 4 "Now"')
    one.wait(10.0)
    assert asked.over and asked.error is None
    assert one.facts[0] == ResyncBegun() and one.facts[-1] == ResyncEnded(complete=True)
    arrivals = {fact.reservation: fact for fact in one.facts if isinstance(fact, CheckedIn) and fact.resync}
    assert arrivals["3"].shared is True and arrivals["2"].shared is False
    assert any(isinstance(f, CheckedIn) and not f.resync and f.reservation == "4" for f in one.facts)


@MODES
def test_a_pms_that_ignores_the_wish_for_a_resync_is_no_fault(bench: Any, mode: Mode) -> None:
    one = bench(Habits(mode=mode, resync=Resync.SILENT)).alive()
    asked = Outcome(one.link.request_resync())
    one.wait(29.0)
    assert not asked.over
    one.wait(2.0)
    assert asked.over and asked.error is None and one.up


def test_rooms_that_come_without_beginning_and_end_are_taken(bench: Any) -> None:
    one = bench(Habits(resync=Resync.BARE)).alive()
    one.play('gi 101 1 "One"')
    one.facts.clear()
    asked = Outcome(one.link.request_resync())
    one.wait(1.0)
    assert asked.over
    assert not any(isinstance(fact, ResyncBegun | ResyncEnded) for fact in one.facts)
    assert one.facts[0].resync is True


def test_nothing_is_sent_while_a_resync_runs(bench: Any) -> None:
    one = bench(Habits(resync_gap=2.0)).alive()
    one.play("resync")
    posted, woken = one.post(), one.woken("261124|063000")
    again = Outcome(one.link.request_resync())
    assert isinstance(posted.error, Unavailable) and isinstance(woken.error, Unavailable)
    assert again.over and again.error is None
    one.wait(15.0)
    assert one.wrote("DR") == [] and one.wrote("PS") == []
    one.play('gi 212 1001 "Huber"')
    assert not one.post().over


@pytest.mark.parametrize("broken", ["drop", "le", "again"])
def test_a_resync_that_breaks_off_is_ended_incomplete(bench: Any, broken: str) -> None:
    one = bench(Habits(mode=Mode.PROTEL, resync_gap=2.0, second=Door.OPEN)).alive()
    one.play("resync")
    if broken == "again":
        one.pms.line.is_alive = False
        one.pms.line._start()
        one.wait(20.0)
    else:
        one.play(broken)
    one.wait(60.0)
    ends = [fact for fact in one.facts if isinstance(fact, ResyncEnded)]
    assert ends[0] == ResyncEnded(complete=False)
    assert one.up


def test_a_resync_without_an_end_does_not_hold_the_traffic_for_ever(bench: Any) -> None:
    one = bench(Habits(resync=Resync.NO_END)).alive()
    one.play("resync")
    one.wait(119.0)
    assert isinstance(one.woken("261124|063000").error, Unavailable)
    one.wait(2.0)
    assert one.facts[-1] == ResyncEnded(complete=False)
    one.pms._listing = None
    one.pms.hotel.wanted(("212", "261124", "063000"))
    assert one.woken("261124|063000").error is None
    one.wait(1.0)
    assert len(one.wrote("WA")) == 1


def test_an_end_without_a_beginning_concludes_nothing(bench: Any) -> None:
    one = bench().alive()
    one.pms.line.send(Record("DE"))
    one.wait(1.0)
    assert one.facts == []


def test_a_process_that_dies_within_a_resync_ends_it_incomplete_at_its_next_start(bench: Any) -> None:
    one = bench(Habits(resync_gap=2.0)).alive()
    one.play("resync")
    one.wait(3.0)
    one.kill()
    one.alive()
    assert [fact for fact in one.facts if isinstance(fact, ResyncEnded)] == [ResyncEnded(complete=False)]
