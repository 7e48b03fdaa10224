"""The words by which a person or a script plays with the simulated PMS."""

from __future__ import annotations

import pytest
from fias_peer import Bench
from hotelbridge_fias.simulator_habits import Answer, Door, Resync
from hotelbridge_fias.simulator_words import _ACTS, HELP, Player
from hypothesis import given
from hypothesis import strategies as st


class Played:
    """A player at a bench with a peer whose link is alive."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.peer = self.bench.alive()
        self.answers: list[str] = []
        self.ended = False
        self.player = Player(self.bench.pms, self.answers.append, self._end)

    def _end(self) -> None:
        self.ended = True

    def play(self, *lines: str, seconds: float = 0.1) -> list[str]:
        """What the peer heard of it."""
        for line in lines:
            self.player.play(line)
        self.bench.clock.advance(seconds)
        return self.peer.take()


def test_a_guest_checks_in_by_name_and_out() -> None:
    played = Played()
    assert played.play('gi 101 1001 "Müller, Hans" language=GE gv=3', "go 101") == [
        "GI|RN101|G#1001|GSN|GNMüller, Hans|GLGE|",
        "GO|RN101|G#1001|GSN|",
    ]
    assert played.answers == ["1001 is in room 101", "checked out of room 101"]


def test_a_field_may_be_named_by_its_two_letters() -> None:
    played = Played()
    played.play('gi 101 1 gn="A # B" a0=7')
    assert played.bench.pms.hotel.find("101").details == (("GN", "A # B"), ("A0", "7"))


def test_guests_share_change_and_move_in_either_manner() -> None:
    played = Played()
    heard = played.play(
        "gi 101 1 A",
        "share 101 2 B",
        'gc 101 1 name="A. B"',
        "move 101 102 1",
        "move2 102 0104",
        "move2 0104 102 reverse",
        "swap 101 102",
    )
    assert [text[:8] for text in heard] == [
        *("GI|RN101", "GI|RN101", "GC|RN101", "GC|RN102"),
        *("GO|RN102", "GI|RN010", "GI|RN102", "GO|RN010"),
        *("GC|RN102", "GC|RN101"),
    ]


def test_a_wakeup_is_for_the_next_such_time() -> None:
    played = Played()  # it is 04:00
    assert played.play("wr 101 0630", "wr 101 033017", "wr 101 now", "wr 101 06:30 261201 twice") == [
        "WR|RN101|DA261124|TI063000|",
        "WR|RN101|DA261125|TI033017|",
        "WR|RN101|DA261124|TI040000|",
        "WR|RN101|DA261201|TI063000|",
        "WR|RN101|DA261201|TI063000|",
    ]
    assert played.play("wc 101 0630", "wc 101") == ["WC|RN101|DA261124|TI063000|", "WC|RN101|DA|TI|"]


def test_rooms_the_day_and_a_resync() -> None:
    played = Played()
    heard = played.play("re 101 cs=2 dn=y", "audit on", "audit off", "resync")
    assert heard[0] == "RE|RN101|CS2|DNY|"
    assert [text[:2] for text in heard[1:]] == ["NS", "NE", "DS", *["GO"] * 4, "DE"]


def test_answers_to_postings_are_planned() -> None:
    played = Played()
    played.play("pa ng THE ROOM IS EMPTY", "pa once late 5", "pa once none")
    answers = played.bench.pms.answers
    assert answers.usual == Answer("NG", "THE ROOM IS EMPTY")
    assert answers.coming == [Answer(after=5.0), Answer(times=0)]


@pytest.mark.parametrize("line", ["le", "drop", "reset"])
def test_the_connection_ends(line: str) -> None:
    played = Played()
    played.play(line, seconds=4)
    assert played.peer.lost


def test_the_door_and_the_resync_have_habits() -> None:
    played = Played()
    played.play("refuse", "dr no-end")
    assert played.bench.pms.door is Door.REFUSE and played.bench.habits.resync is Resync.NO_END
    played.play("open", "dr answer")
    assert played.bench.pms.door is Door.OPEN


def test_what_there_is_can_be_asked_for() -> None:
    played = Played()
    played.play('gi 101 1 "A"', "wr 101 0630")
    played.peer.say("PS|RN101|PTC|TA100|DA261124|TI040000|P#1|")
    played.play()
    played.answers.clear()
    played.play("rooms", "folio 101", "folio 102", "wakeups", "errors", "help", "", "# nothing")
    assert played.answers == [
        "101: 1 A\n3 rooms are empty",
        "PS|RN101|PTC|TA100|DA261124|TI040000|P#1|",
        "nothing was charged",
        "101 261124 063000 open",
        "none",
        HELP,
    ]


def test_lines_wait_for_their_turn() -> None:
    played = Played()
    assert played.play("wait 5", "gi 101 1", "wait 1", "go 101") == []
    assert not played.player.idle
    assert [text[:2] for text in played.play(seconds=5)] == ["GI"]
    assert [text[:2] for text in played.play(seconds=1)] == ["GO"]
    assert played.player.idle


def test_lines_wait_for_the_link() -> None:
    bench = Bench()
    player = Player(bench.pms, lambda words: None)
    player.play("wait alive")
    player.play("gi 101 1")
    bench.clock.advance(10)
    assert bench.pms.hotel.guests("101") == []
    bench.alive()
    assert len(bench.pms.hotel.guests("101")) == 1


def test_a_line_is_carried_out_later() -> None:
    played = Played()
    assert played.play('at +30 gi 101 1 "A, B"', seconds=29) == []
    assert played.play(seconds=2) == ["GI|RN101|G#1|GSN|GNA, B|"]


def test_the_simulation_can_be_ended() -> None:
    played = Played()
    played.play("quit")
    assert played.ended


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("audt on", "audt is not understood; did you mean audit?"),
        ("xyzzy", "xyzzy is not understood; help lists what there is"),
        ("gi 101", "something is missing; write it like: gi 212 1001"),
        ("go", "something is missing; write it like: go 212 [1002]"),
        ("folio", "something is missing; write it like: rooms | folio 212"),
        ("gi 999 1", "there is no room 999"),
        ("go 101", "nobody is in room 101"),
        ("gc 101 1", "something is missing; write it like: gc 212"),
        ("gi 101 1 colour=red", "colour is not known: write name, first"),
        ("gi 101 1 g#=2", "G# comes by itself"),
        ("wr 101 6pm", "6pm is no time: write it like 0630"),
        ("wr 101 0630 tomorrow", "tomorrow is no date: write it like 261124"),
        ("re 101", "say what: cs=2 dn=y"),
        ("audit maybe", "maybe is not known: write on or off"),
        ("pa perhaps", "perhaps is no answer: write late 5"),
        ("dr loud", "loud is not known: write answer or silent"),
        ("wait long", "long is no number of seconds"),
        ("at 30", "write it like: at +30 wr 212 now"),
        ("at +30 fly", "write it like: at +30 wr 212 now"),
        ('gi 101 1 "open', "a quotation mark is opened and not closed"),
    ],
)
def test_wrong_input_is_answered_with_what_can_be_written(line: str, answer: str) -> None:
    played = Played()
    assert played.play(line) == []
    assert played.answers[0].startswith(answer) and len(played.answers) == 1


def test_a_taken_room_and_a_shared_one_are_explained() -> None:
    played = Played()
    played.play(
        'gi 101 1 "A"', "gi 101 2", "share 101 2", "go 101", "go 101 3", "share 101 2", "move 101 101 1"
    )
    assert played.answers == [
        "1 is in room 101",
        "room 101 is taken by 1 A: use share",
        "2 is in room 101",
        "room 101 is shared, say who: 1 A, 2",
        "3 is not in room 101: 1 A, 2",
        "2 is in room 101 already",
        "room 101 is the same room",
    ]


def test_a_mistake_in_a_script_is_told_with_its_place_and_the_rest_is_played() -> None:
    played = Played()
    played.player.play("gu 101", "evening.txt line 3")
    assert played.play("gi 101 1")[0].startswith("GI|")
    assert played.answers[0].startswith("evening.txt line 3: gu is not understood")


def test_every_word_is_in_the_help() -> None:
    assert {*_ACTS} <= {*HELP.split()}


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from([*_ACTS, "101", "1", "on", "0630", "a=b", '"'])).map(" ".join)
    )
)
def test_no_line_is_too_strange_to_be_answered(line: str) -> None:
    bench = Bench()
    player = Player(bench.pms, lambda words: None)
    try:
        player.perform(line)
    except ValueError as error:
        assert str(error)


def test_a_class_that_the_other_side_wants_with_the_room_is_said_to_stay_here() -> None:
    played = Played()
    played.bench.pms.lists["GI"] = ("RN", "G#", "GN")
    played.play("gi 101 1001 A class=2")
    (said,) = played.answers
    assert said.endswith("the class is not sent, the other side wants it with the room: re 101 cs=2")
