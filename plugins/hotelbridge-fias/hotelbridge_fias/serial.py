"""The discipline of a serial line: each record is repeated until the other end has it. No port, no meaning.

A record goes as `STX data ETX LRC`; the other end says ACK or NAK within three seconds. After a NAK the
record goes again; where no answer comes the sender asks with ENQ, and the other end says its last answer
again, so that a lost ACK makes no second posting. Both directions run at the same time. Fed with bytes,
writes bytes; moved by a clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge_fias.framing import ETX, LONGEST, STX, Framing, frame, lrc

ENQ, ACK, NAK = 0x05, 0x06, 0x15
PATIENCE = 3.0  # seconds for an answer
SENDINGS = 4  # of one record, all in all
QUESTIONS = 3  # ENQ after one sending
GAP = 1.0  # seconds of silence in a record after which its end does not come any more
SETTLE = 1.0  # seconds in which answers that are under way twice may come in, before the next record


class Outcome(StrEnum):
    """What became of a record."""

    TAKEN = "taken"
    REFUSED = "refused"  # every sending was answered by NAK: the other end does not have it
    SILENT = "silent"  # no answer: it may have been taken
    CLOSED = "closed"  # the line ended before the answer: it may have been taken
    UNSENT = "unsent"  # the line ended before it was written


@dataclass(slots=True)
class _Outgoing:
    body: bytes
    done: Deferred[Outcome] = field(default_factory=Deferred)
    sendings: int = 0
    questions: int = 0  # since the last sending


class Discipline:
    """One end of a line.

    `received` is given each whole record in order; where it returns a Deferred the acknowledgement waits
    for it, and a failure becomes a NAK: the other end sends the record again. It gets a record twice
    where an answer of ours was lost beyond repair.
    """

    def __init__(
        self,
        clock: Clock,
        write: Callable[[bytes], None],
        received: Callable[[bytes], object],
        *,
        longest: int = LONGEST,
    ) -> None:
        self._clock = clock
        self._write = write
        self._waiting: deque[_Outgoing] = deque()
        self._current: _Outgoing | None = None
        self._timer: IDelayedCall | None = None
        self._open = True
        self._ear = _Ear(clock, write, received, self._answered, longest)

    # --- what comes ---

    def data(self, chunk: bytes) -> None:
        """Take what arrived, in pieces of any size. Raises nothing."""
        if self._open:
            self._ear.data(chunk)

    @property
    def noise(self) -> int:
        """Bytes since the beginning that belong to nothing, and of records that came damaged."""
        return self._ear.noise

    # --- what goes ---

    def send(self, body: bytes) -> Deferred[Outcome]:
        """Send a record when its turn comes; fires with what became of it. Cancelled, it is not sent any
        more, unless it is on its way already."""
        one = _Outgoing(body)
        if self._open:
            self._waiting.append(one)
            self._next()
        else:
            one.done.callback(Outcome.UNSENT)
        return one.done

    def close(self) -> None:
        """The line has ended; nothing is written and no timer is left."""
        self._open = False
        self._ear.close()
        self._stop_timer()
        left = [(one, Outcome.UNSENT) for one in self._waiting]
        if self._current is not None:
            left.insert(0, (self._current, Outcome.CLOSED))
        self._waiting.clear()
        self._current = None
        for one, outcome in left:
            _fire(one, outcome)

    def _next(self) -> None:
        if self._current is None and self._timer is None:
            while self._waiting and self._current is None:
                one = self._waiting.popleft()
                if not one.done.called:  # cancelled meanwhile
                    self._current = one
            if self._current is not None:
                self._send_it(self._current)

    def _send_it(self, one: _Outgoing) -> None:
        one.sendings += 1
        one.questions = 0
        self._write(frame(one.body, Framing.STX_ETX_LRC))
        self._await_answer()

    def _await_answer(self) -> None:
        self._stop_timer()
        self._timer = self._clock.call_later(PATIENCE, self._no_answer)

    def _no_answer(self) -> None:
        self._timer = None
        one = self._current
        if one is None:
            return
        if one.questions >= QUESTIONS:
            self._finished(one, Outcome.SILENT)
            return
        one.questions += 1
        self._write(bytes((ENQ,)))
        self._await_answer()

    def _answered(self, taken: bool) -> None:
        """ACK or NAK; one that nobody waits for is a late second, and means nothing."""
        one = self._current
        if one is None:
            return
        if taken:
            self._finished(one, Outcome.TAKEN)
        elif one.sendings >= SENDINGS:
            self._finished(one, Outcome.REFUSED)
        else:
            self._send_it(one)

    def _finished(self, one: _Outgoing, outcome: Outcome) -> None:
        """Where ENQ was sent, the first answer may still come as well: it must not meet the next record."""
        self._stop_timer()
        self._current = None
        if one.questions:
            self._timer = self._clock.call_later(SETTLE, self._settled)
        _fire(one, outcome)
        self._next()

    def _settled(self) -> None:
        self._timer = None
        self._next()

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None


def _fire(one: _Outgoing, outcome: Outcome) -> None:
    if not one.done.called:
        one.done.callback(outcome)


class _Ear:
    """The receiving half: records with their answers, and answers to the other half."""

    _log = Logger()

    def __init__(
        self,
        clock: Clock,
        write: Callable[[bytes], None],
        received: Callable[[bytes], object],
        answered: Callable[[bool], None],
        longest: int,
    ) -> None:
        self._clock = clock
        self._heard = 0.0  # when the last bytes came
        self._write = write
        self._received = received
        self._answered = answered
        self._longest = longest
        self._step = self._outside
        self._kept = bytearray()
        self._last = NAK  # what ENQ is answered with
        self._saving = 0  # records that `received` has not let go yet
        self._open = True
        self.noise = 0

    def data(self, chunk: bytes) -> None:
        """A record that stopped in the middle is given up, else it would swallow the question about it."""
        now = self._clock.monotonic()
        if now - self._heard > GAP and self._step != self._outside:
            self.noise += len(self._kept) + 1
            self._kept.clear()
            self._step = self._outside
        self._heard = now
        for byte in chunk:
            if self._open:
                self._step(byte)

    def close(self) -> None:
        self._open = False

    def _outside(self, byte: int) -> None:
        if byte == ENQ:
            self._say_again()
        elif byte in (ACK, NAK):
            self._answered(byte == ACK)
        else:
            self._last = NAK  # whatever comes now, the last answer is no answer to it
            if byte == STX:
                self._kept.clear()
                self._step = self._inside
            else:
                self.noise += 1

    def _inside(self, byte: int) -> None:
        """No answer is looked for here: a damaged byte must not pass for an ACK."""
        if byte == STX:  # the end of the one before was lost
            self.noise += len(self._kept) + 1
            self._kept.clear()
        elif byte == ETX:
            self._step = self._check
        elif len(self._kept) >= self._longest:
            self.noise += len(self._kept) + 2
            self._kept.clear()
            self._step = self._outside
        else:
            self._kept.append(byte)

    def _check(self, byte: int) -> None:
        self._step = self._outside
        body = bytes(self._kept)
        self._kept.clear()
        if not body or byte != lrc(body):
            self.noise += len(body) + 3
            self._answer(NAK)
            return
        self._saving += 1
        saved = maybeDeferred(self._received, body)
        saved.addCallbacks(lambda _: self._saved(ACK), self._not_saved)

    def _not_saved(self, failure: Failure) -> None:
        self._log.warn(
            "a record could not be taken, the other end will send it again: {why}",
            why=f"{type(failure.value).__name__}: {failure.getErrorMessage()}",
        )
        self._saved(NAK)

    def _saved(self, answer: int) -> None:
        self._saving -= 1
        if self._open:
            self._answer(answer)

    def _say_again(self) -> None:
        """Not while a record is being saved: NAK would bring it a second time, and ACK would be a lie.
        Its answer comes anyway."""
        if not self._saving:
            self._answer(self._last)

    def _answer(self, answer: int) -> None:
        self._last = answer
        self._write(bytes((answer,)))
