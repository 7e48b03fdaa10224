"""The serial line: a record reaches the other end once, or its sender knows that it did not."""

from __future__ import annotations

import os
import pty
import select
import tty
from collections.abc import Callable, Iterator

import pytest
from hotelbridge_fias.framing import Framing, frame
from hotelbridge_fias.serial import ACK, ENQ, NAK, Discipline, Outcome
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred

from hotelbridge.testing.fake_clock import FakeClock

PS = b"PS|RN101|TA100|P#7|"
LRC = Framing.STX_ETX_LRC
A, N, E = bytes((ACK,)), bytes((NAK,)), bytes((ENQ,))


class End:
    """One end, with what it wrote and what it got."""

    def __init__(self, received: Callable[[bytes], Deferred[None] | None] | None = None) -> None:
        self.clock = FakeClock()
        self.written: list[bytes] = []
        self.got: list[bytes] = []
        self.line = Discipline(self.clock, self.written.append, received or self.got.append)

    def take(self) -> list[bytes]:
        written, self.written[:] = list(self.written), []
        return written

    def send(self, body: bytes = PS) -> list[Outcome]:
        outcomes: list[Outcome] = []
        self.line.send(body).addCallback(outcomes.append)
        return outcomes


# --- sending ---


def test_a_record_that_is_acknowledged_is_taken() -> None:
    end = End()
    outcome = end.send()
    assert end.take() == [frame(PS, LRC)] and outcome == []
    end.line.data(A)
    assert outcome == [Outcome.TAKEN] and end.clock.reactor.getDelayedCalls() == []


def test_the_next_record_waits_for_the_answer_to_the_one_before() -> None:
    end = End()
    first, second = end.send(b"one"), end.send(b"two")
    assert end.take() == [frame(b"one", LRC)]
    end.line.data(A)
    assert end.take() == [frame(b"two", LRC)] and (first, second) == ([Outcome.TAKEN], [])


def test_a_record_that_is_not_understood_goes_four_times_and_is_then_refused() -> None:
    end = End()
    outcome = end.send()
    for _ in range(4):
        assert outcome == [] and end.take() == [frame(PS, LRC)]
        end.line.data(N)
    assert outcome == [Outcome.REFUSED] and end.take() == []


def test_without_an_answer_the_other_end_is_asked_and_the_record_does_not_go_again() -> None:
    end = End()
    outcome = end.send()
    end.take()
    end.clock.advance(2.9)
    assert end.take() == []
    end.clock.advance(0.2)
    assert end.take() == [E]
    end.line.data(A)
    assert outcome == [Outcome.TAKEN] and end.take() == []


def test_three_questions_without_an_answer_end_in_silence() -> None:
    end = End()
    outcome = end.send()
    end.clock.advance(11.9)
    assert end.take() == [frame(PS, LRC), E, E, E] and outcome == []
    end.clock.advance(0.2)
    assert outcome == [Outcome.SILENT]


def test_asked_the_other_end_may_want_the_record_again() -> None:
    end = End()
    outcome = end.send()
    end.clock.advance(3.1)
    end.line.data(N)
    assert end.take() == [frame(PS, LRC), E, frame(PS, LRC)]
    end.line.data(A)
    assert outcome == [Outcome.TAKEN]


def test_an_odd_answer_is_none() -> None:
    end = End()
    outcome = end.send()
    end.line.data(b"\x86?")
    assert outcome == []
    end.clock.advance(3.1)
    assert end.take()[-1] == E


def test_an_answer_that_comes_twice_is_not_taken_for_the_next_record() -> None:
    end = End()
    first, second = end.send(b"one"), end.send(b"two")
    end.clock.advance(3.1)  # asked
    end.line.data(A + A)  # the late answer, and the one to the question
    assert first == [Outcome.TAKEN] and second == []
    end.clock.advance(1.1)
    assert end.take()[-1] == frame(b"two", LRC) and second == []


def test_the_end_of_the_line_leaves_nothing_open() -> None:
    end = End()
    first, second = end.send(b"one"), end.send(b"two")
    end.line.close()
    assert (first, second) == ([Outcome.CLOSED], [Outcome.UNSENT])
    assert end.send() == [Outcome.UNSENT] and end.take() == [frame(b"one", LRC)]
    assert end.clock.reactor.getDelayedCalls() == []


def test_what_was_called_off_before_its_turn_is_not_sent() -> None:
    end = End()
    end.send(b"one")
    second = end.line.send(b"two")
    second.addErrback(lambda failure: None)
    second.cancel()
    end.take()
    end.line.data(A)
    assert end.take() == []


# --- receiving ---


def test_a_whole_record_is_acknowledged_and_a_damaged_one_wanted_again() -> None:
    end = End()
    end.line.data(frame(PS, LRC)[:-1] + b"\x00")
    assert end.take() == [N] and end.got == []
    end.line.data(frame(PS, LRC))
    assert end.take() == [A] and end.got == [PS]
    assert end.line.noise == len(PS) + 3


def test_asked_it_says_its_last_answer_again() -> None:
    end = End()
    end.line.data(E)
    assert end.take() == [N]  # nothing was received yet
    end.line.data(frame(PS, LRC) + E)
    assert end.take() == [A, A] and end.got == [PS]


@pytest.mark.parametrize("noise", [b"x", b"\x02", b"\x02PS|RN1", b"\x03", frame(PS, LRC)[:-1]])
def test_whatever_came_since_its_last_answer_was_not_acknowledged(noise: bytes) -> None:
    end = End()
    end.line.data(frame(PS, LRC) + noise)
    end.take()
    end.clock.advance(3)
    end.line.data(E)
    assert end.take() == [N]


def test_an_answer_to_our_own_record_leaves_our_last_answer_as_it_is() -> None:
    end = End()
    end.send()
    end.line.data(frame(b"GI|RN101|", LRC) + A + E)
    assert end.take() == [frame(PS, LRC), A, A]


def test_a_record_is_acknowledged_when_it_is_saved_and_not_before() -> None:
    saving: list[Deferred[None]] = []

    def save(body: bytes) -> Deferred[None]:
        saving.append(Deferred())
        return saving[-1]

    end = End(save)
    end.line.data(frame(PS, LRC))
    end.line.data(E)  # the other end grows impatient
    assert end.take() == []
    saving[0].callback(None)
    assert end.take() == [A]


@pytest.mark.parametrize("fails_at_once", [True, False])
def test_a_record_that_could_not_be_saved_is_wanted_again(fails_at_once: bool) -> None:
    waiting: Deferred[None] = Deferred()

    def save(body: bytes) -> Deferred[None]:
        if fails_at_once:
            raise OSError("the disk is full")
        return waiting

    end = End(save)
    end.line.data(frame(PS, LRC))
    if not fails_at_once:
        waiting.errback(OSError("the disk is full"))
    assert end.take() == [N]


def test_a_record_that_the_next_one_cuts_off_is_dropped() -> None:
    end = End()
    end.line.data(b"\x02GI|RN1" + frame(PS, LRC))
    assert end.got == [PS] and end.take() == [A]


def test_a_checksum_may_look_like_anything() -> None:
    end = End()
    bodies = [b"BC", b"AA", b"CE", b"BG", b"AW"]  # STX, ETX, ENQ, ACK, NAK
    for body in bodies:
        end.line.data(frame(body, LRC))
    assert end.got == bodies and end.take() == [A] * 5


def test_an_endless_record_costs_no_memory_and_is_not_acknowledged() -> None:
    end = End()
    end.line.data(b"\x02" + b"x" * 5000 + b"\x03x" + E)
    assert end.got == [] and end.take() == [N]


# --- two ends ---


class Cable:
    """Two ends and what joins them; `spoil` may lose or change any byte."""

    def __init__(self, spoil: Callable[[int, bytes], bytes] = lambda n, byte: byte) -> None:
        self.clock = FakeClock()
        self.spoil = spoil
        self.carried = 0
        self.got: tuple[list[bytes], list[bytes]] = ([], [])
        self.ends = [
            Discipline(self.clock, lambda data, other=1 - n: self.carry(other, data), self.got[n].append)
            for n in (0, 1)
        ]

    def carry(self, to: int, data: bytes) -> None:
        for byte in data:
            arriving = self.spoil(self.carried, bytes((byte,)))
            self.carried += 1
            self.clock.call_later(0.001, self.ends[to].data, arriving)

    def send(self, end: int, *bodies: bytes) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for body in bodies:
            self.ends[end].send(body).addCallback(outcomes.append)
        return outcomes


def test_both_ends_send_at_the_same_time() -> None:
    cable = Cable()
    bodies = [b"record %d" % n for n in range(20)]
    outcomes = cable.send(0, *bodies) + cable.send(1, *bodies)
    cable.clock.advance(60)
    assert cable.got == (bodies, bodies) and {*outcomes} <= {Outcome.TAKEN}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(23, 60), st.sampled_from([b"", b"?", b"\x02", b"\x06"])), max_size=6))
def test_a_record_that_is_said_to_be_taken_has_arrived(faults: list[tuple[int, bytes]]) -> None:
    """One damaged byte of a record is always found; two may cancel each other out in so short a checksum."""
    spoilt, place = {}, -1
    for distance, byte in faults:
        place += distance if spoilt else distance - 23
        spoilt[place] = byte
    cable = Cable(lambda n, byte: spoilt.get(n, byte))
    outcomes = cable.send(0, PS)
    cable.clock.advance(200)
    assert len(outcomes) == 1 and {*cable.got[1]} <= {PS}
    assert outcomes != [Outcome.TAKEN] or cable.got[1]


@pytest.mark.parametrize("place", range(len(frame(PS, LRC)) + 1))
def test_a_byte_that_is_lost_costs_time_and_no_record(place: int) -> None:
    cable = Cable(lambda n, byte: b"" if n == place else byte)
    outcomes = cable.send(0, PS, b"LA|")
    cable.clock.advance(60)
    assert cable.got[1] == [PS, b"LA|"] and outcomes == [Outcome.TAKEN] * 2


@settings(deadline=None)
@given(st.lists(st.integers(60, 200), max_size=12))
def test_lost_bytes_make_no_record_come_twice_or_never(distances: list[int]) -> None:
    lost = {sum(distances[: n + 1]) for n in range(len(distances))}
    cable = Cable(lambda n, byte: b"" if n in lost else byte)
    bodies = [b"PS|RN101|TA100|P#%d|" % n for n in range(15)]
    outcomes = cable.send(0, *bodies) + cable.send(1, *bodies)
    cable.clock.advance(600)
    assert cable.got == (bodies, bodies) and {*outcomes} <= {Outcome.TAKEN}


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_bytes_are_too_strange(chunks: list[bytes]) -> None:
    end = End()
    end.send()
    for chunk in chunks:
        end.line.data(chunk)
    end.clock.advance(200)
    end.line.close()
    assert end.clock.reactor.getDelayedCalls() == []


# --- a pseudo-terminal ---


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a line, raw, as a serial port is opened."""
    ends = pty.openpty()
    for end in ends:
        tty.setraw(end)
    yield ends
    for end in ends:
        os.close(end)


def pump(terminal: tuple[int, int], ends: list[Discipline]) -> None:
    """Carry what was written until nothing is under way."""
    while ready := select.select(terminal, [], [], 0.05)[0]:
        for end in ready:
            ends[terminal.index(end)].data(os.read(end, 1024))


def test_records_travel_over_a_real_line(terminal: tuple[int, int]) -> None:
    clock = FakeClock()
    got: tuple[list[bytes], list[bytes]] = ([], [])
    ends = [
        Discipline(clock, lambda data, end=end: void(os.write(end, data)), got[n].append)
        for n, end in enumerate(terminal)
    ]
    there = [b"GI|RN101|GNM\x81ller|", b"BC", b"AA", b"AW", b"XT|MTone\r\ntwo|", bytes(range(0x20, 0x100))]
    back = [PS, b"LA|"]
    outcomes: list[Outcome] = []
    for n, bodies in enumerate((there, back)):
        for body in bodies:
            ends[n].send(body).addCallback(outcomes.append)
    pump(terminal, ends)
    assert got == (back, there) and outcomes == [Outcome.TAKEN] * 8


def void(anything: object) -> None:
    return None
