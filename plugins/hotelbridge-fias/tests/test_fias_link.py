"""The link: how it comes up, stays up, and comes back, with each kind of PMS and each fault of one."""

from __future__ import annotations

from typing import Any

import pytest
from fias_bench import Outcome
from hotelbridge_fias.framing import Framing
from hotelbridge_fias.handshake import TABLE, Act, Event, State, as_text
from hotelbridge_fias.key import read_key, shown_by
from hotelbridge_fias.records import Record
from hotelbridge_fias.simulator_habits import Door, Habits, Mode, Segments
from twisted.internet.defer import CancelledError

from hotelbridge.pms.api import CheckedOut, Layer, Unavailable
from hotelbridge.testing.fake_om_memory import MemoryEndpoint

KEY = "FidCrypt0S|GVDpVnl6qYlTQXQJZxXdbw=="
MODES = pytest.mark.parametrize("mode", Mode)


@MODES
@pytest.mark.parametrize("framing", Framing)
def test_it_comes_up_with_what_we_want_to_hear(bench: Any, mode: Mode, framing: Framing) -> None:
    one = bench(Habits(mode=mode, framing=framing), framing=framing).alive()
    assert one.pms.lists["GI"] == ("RN", "GS", "G#", "GN", "GL", "GV", "GG", "GA", "GD", "SF")
    assert one.pms.lists["RE"] == ("RN", "CS", "DN")
    assert one.house.shown[-1] == (dict.fromkeys(Layer, True), "the PMS answers")


@MODES
@pytest.mark.parametrize("segments", Segments)
def test_records_arrive_however_the_stream_is_cut(bench: Any, mode: Mode, segments: Segments) -> None:
    one = bench(Habits(mode=mode, segments=segments, shuffled=True)).alive()
    one.play('gi 212 1001 "Müller, Hans" language=GE vip=1', "go 212")
    arrived, left = one.facts
    assert (arrived.room, arrived.reservation, arrived.name) == ("212", "1001", "Müller, Hans")
    assert (arrived.language, arrived.vip, arrived.shared) == ("de", True, False)
    assert left == CheckedOut(room="212", reservation="1001", others_stay=False)


def test_nothing_is_said_before_the_pms_had_time_to_speak(bench: Any) -> None:
    one = bench()
    one.pms.door = Door.HANG
    one.link.start()
    one.wait(2.9)
    assert one.house.wrote == []
    one.wait(0.2)
    assert [word[:3] for word in one.house.wrote] == ["LS|"]


def test_records_are_written_with_a_pause_between(bench: Any) -> None:
    one = bench(send_gap="1s")
    one.link.start()
    one.wait(5.0)
    assert len(one.pms.received("LR")) == 4
    one.wait(30.0)
    assert one.up


def test_a_pms_that_is_started_again_hears_everything_again_before_any_data(bench: Any) -> None:
    one = bench(Habits(mode=Mode.PROTEL)).alive()
    one.play('gi 212 1001 "Huber"')
    before = len(one.pms.received())
    one.pms.line.is_alive = False
    one.pms.line._start()  # as a program that was restarted behind a connection that stands
    one.wait(0.05)
    posted = one.post()
    assert isinstance(posted.error, Unavailable)
    one.wait(30.0)
    kinds = [record.id for record in one.pms.received()[before:]]
    assert kinds[0] == "LD" and kinds[-1] == "LA" and set(kinds[1:-1]) == {"LR"}
    assert one.up


def test_a_pms_that_repeats_its_link_start_while_it_is_answered_is_answered_to_the_end(bench: Any) -> None:
    one = bench(send_gap="1s")
    one.link.start()
    for _ in range(15):
        one.wait(3.0)
        if not one.pms.is_alive:
            one.pms.line._start()
    assert one.up


@MODES
def test_silence_is_met_with_a_link_start_and_that_is_answered(bench: Any, mode: Mode) -> None:
    one = bench(Habits(mode=mode)).alive()
    one.wait(3600.0)
    asked = len(one.wrote("LS"))
    assert asked <= 12
    assert asked == (0 if mode is Mode.PROTEL else asked) and one.up
    assert len(one.wrote("LD")) == 1


def test_two_that_answer_each_answer_do_not_do_so_for_ever(bench: Any) -> None:
    one = bench().alive()
    line = one.pms.line
    line._reported = lambda record: line._say("LA")  # answers each, also while alive
    line._say("LA")
    one.wait(1.0)
    assert len(one.wrote("LA")) <= 3


@MODES
@pytest.mark.parametrize("fault", ["le", "drop", "reset", "mute"])
def test_the_link_comes_back_and_what_happened_meanwhile_is_told_once(
    bench: Any, mode: Mode, fault: str
) -> None:
    one = bench(Habits(mode=mode, second=Door.OPEN)).alive()
    one.play('gi 101 1 "Before"')
    one.play(fault)
    if fault != "mute":
        one.play('gi 102 2 "Meanwhile"')
    one.wait(600.0)
    assert one.up, one.words
    one.play('gi 103 3 "After"')
    told = [fact.reservation for fact in one.facts]
    assert told == (["1", "3"] if fault == "mute" else ["1", "2", "3"])


def test_each_change_of_the_link_is_told_with_words(bench: Any) -> None:
    one = bench().alive()
    one.play("drop")
    one.wait(60.0)
    words = [words for _, words in one.house.shown]
    assert any("lost" in text and "tried again in 1 s" in text for text in words), words
    assert words[0] == "not connected yet" and words[-1] == "the PMS answers"
    assert all(now != then for now, then in zip(one.house.shown, one.house.shown[1:], strict=False))


def test_a_pms_that_refuses_is_tried_for_ever_ever_more_slowly(bench: Any) -> None:
    one = bench()
    one.pms.door = Door.REFUSE
    one.link.start()
    one.wait(7200.0)
    tries = [words for _, words in one.house.shown if "no connection" in words]
    assert "tried again in 1 s" in tries[0] and "tried again in 60 s" in tries[-1]
    one.pms.door = Door.OPEN
    one.wait(90.0)
    assert one.up


def test_a_line_on_which_nobody_speaks_fias_is_told_as_such(bench: Any) -> None:
    one = bench()
    one.pms.door = Door.HANG
    one.link.start()
    one.wait(34.0)
    assert "no FIAS is spoken" in one.words
    one.pms.door = Door.OPEN
    one.wait(90.0)
    assert one.up


def test_a_pms_that_never_answers_our_description_is_told_and_tried_again(bench: Any) -> None:
    one = bench(Habits(alive_after=1000.0))
    one.link.start()
    one.wait(33.0)
    assert "does not answer what we want to hear" in one.words
    one.pms.habits.alive_after = 0.0
    one.wait(90.0)
    assert one.up


def test_with_another_framing_the_link_does_not_come_up_and_the_words_say_why(bench: Any) -> None:
    one = bench(Habits(framing=Framing.CRLF))
    one.link.start()
    one.wait(34.0)
    assert "framing" in one.words


def test_lc_before_la_changes_nothing(bench: Any) -> None:
    one = bench(Habits(mode=Mode.ORACLE), prove=None, auth_key=KEY).alive()
    assert one.pms.sent("LC")
    assert one.pms.received("LD")[0].has("CG") and one.pms.received("LD")[0].first("RT") == "4"


def test_the_key_proves_the_time_of_the_last_link_start(bench: Any) -> None:
    one = bench(prove=lambda proof: shown_by(read_key(KEY), proof), auth_key=KEY).alive()
    assert not one.pms.locked


def test_a_wrong_key_is_not_tried_in_a_loop(bench: Any) -> None:
    one = bench(prove=lambda proof: "", auth_key=KEY)
    one.link.start()
    one.wait(20.0)
    one.pms.locked = False
    one.wait(300.0)
    assert len(one.pms.received("LD")) == 2
    assert "tried again in 600 s" in "".join(words for _, words in one.house.shown)
    one.pms.errors.clear()


def test_the_pms_may_be_the_one_that_dials(bench: Any) -> None:
    one = bench(endpoint="tcp:5010", role="server")
    one.link.start()
    dial = MemoryEndpoint(one.house.doors[0].accept, one.clock)
    dial.connect(one.pms)
    one.wait(20.0)
    assert one.up
    one.play("drop")
    dial.connect(one.pms)
    one.wait(20.0)
    assert one.up


def test_a_newcomer_takes_the_place_of_a_line_that_nobody_noticed_is_dead(bench: Any) -> None:
    one = bench(endpoint="tcp:5010", role="server")
    one.link.start()
    dial = MemoryEndpoint(one.house.doors[0].accept, one.clock)
    dial.connect(one.pms)
    one.wait(20.0)
    one.pms.mute()
    one.pms.habits.second = Door.OPEN
    dial.connect(one.pms)
    one.wait(20.0)
    assert one.up and one.pms.is_alive


def test_a_newcomer_is_refused_where_that_is_wanted(bench: Any, logged_failures: Any) -> None:
    one = bench(endpoint="tcp:5010", role="server", newcomer="refuse")
    one.link.start()
    accept = one.house.doors[0].accept
    MemoryEndpoint(accept, one.clock).connect(one.pms)
    one.wait(20.0)
    assert accept(None) is None
    assert one.up


def test_the_pms_clock_is_a_witness_in_the_hotels_zone(bench: Any) -> None:
    one = bench().alive()
    assert all(abs((shown - one.clock.now()).total_seconds()) < 60 for shown in one.house.times)
    assert one.house.times


def test_a_clock_that_was_never_set_is_no_witness(bench: Any) -> None:
    one = bench().alive()
    one.house.times.clear()
    one.pms.line.send(Record("LA", (("DA", "700101"), ("TI", "000001"))))
    one.pms.line.send(Record("LA", (("DA", "261399"), ("TI", "990001"))))
    one.wait(1.0)
    assert one.house.times == []


@MODES
def test_a_stop_says_le_and_leaves_nothing(bench: Any, mode: Mode) -> None:
    one = bench(Habits(mode=mode)).alive()
    one.stop()
    assert len(one.wrote("LE")) == 1
    assert one.words == "stopped"


def test_a_stop_does_not_wait_for_a_pms_that_says_nothing(bench: Any) -> None:
    one = bench().alive()
    one.pms.mute()
    stopping = Outcome(one.link.stop())
    one.wait(2.5)
    assert stopping.over


def test_after_a_stop_calls_are_cancelled_and_a_charge_is_certainly_not_written(bench: Any) -> None:
    one = bench().alive()
    one.stop()
    assert isinstance(one.woken("261124|063000").error, CancelledError)
    assert isinstance(one.post().error, Unavailable)


def test_the_table_of_the_link_is_whole_and_can_be_printed() -> None:
    assert set(TABLE) == set(State)
    for state in set(State) - {State.DOWN}:
        assert TABLE[state][Event.LOST] == (State.DOWN, Act.NOTHING)
        assert Event.SILENCE in TABLE[state], "nothing is waited for without an end"
        assert Event.LEAVE in TABLE[state] or state is State.LEAVING
    assert "alive      silence    -> proving    say LS" in as_text()
