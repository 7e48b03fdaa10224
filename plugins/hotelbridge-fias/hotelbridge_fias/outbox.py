"""What is to be written, one record after the other, with a pause between: many a PMS wants to breathe.

Records of the link go before data. Data goes only while the outbox is open; what was not given to the
line when it goes away certainly was not written, and says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.pms.api import PmsError, Refused, Unavailable, Unknown
from hotelbridge.texts import phrase
from hotelbridge_fias.records import Record
from hotelbridge_fias.serial import Outcome

# Writes a record; calls back with what became of it.
Write = Callable[[Record, Callable[[Outcome], None]], None]
_WHY: dict[Outcome, Callable[[], PmsError]] = {
    Outcome.REFUSED: lambda: Refused(phrase("the PMS refused the record several times as damaged"), "NAK"),
    Outcome.SILENT: lambda: Unknown(phrase("the PMS did not say whether it has the record")),
    Outcome.CLOSED: lambda: Unknown(phrase("the line ended before the PMS said whether it has the record")),
    Outcome.UNSENT: lambda: Unavailable("the line ended before the record was written"),
}


@dataclass(eq=False, slots=True)
class _Item:
    record: Record
    done: Deferred[None] | None = None  # data: fires when it has gone
    then: Callable[[], None] | None = None  # link: called when it was given to the line


class Unwritten(CancelledError):
    """The link was stopped, and this was certainly not written."""


class Outbox:
    """The way out of one link."""

    log = Logger()

    def __init__(self, clock: Clock, gap: float, write: Write) -> None:
        self._clock = clock
        self._gap = gap
        self._write = write
        self._of_link: deque[_Item] = deque()
        self._data: deque[_Item] = deque()
        self._open = False
        self._under_way: _Item | None = None
        self._timer: IDelayedCall | None = None
        self._free_at = 0.0
        self._within = False  # a record is being written just now

    def say(self, records: Sequence[Record], then: Callable[[], None] | None = None) -> None:
        """Write records of the link before everything else; `then` is called when the line has the last.

        Not when it has gone: on a serial line the peer's answer may come before its acknowledgement.
        """
        self._of_link += [_Item(record) for record in records]
        self._of_link[-1].then = then
        self._next()

    def put(self, record: Record) -> Deferred[None]:
        """Write data; fires when it has gone. `Unavailable`: it has not; `Unknown`: nobody can tell."""
        item = _Item(record)
        item.done = Deferred(lambda _: self._forget(item))
        self._data.append(item)
        self._next()
        return item.done

    def open(self) -> None:
        """Data may go."""
        self._open = True
        self._next()

    def shut(self, why: PmsError | BaseException) -> None:
        """Data may not go any more; what waits fails with `why`."""
        self._open = False
        waiting, self._data = self._data, deque()
        for item in waiting:
            _fail(item, why)

    def begin_again(self) -> None:
        """Forget the link's own records that wait: others will be said instead."""
        self._of_link.clear()

    def line_lost(self, words: str) -> None:
        """Nothing that waits can be written; of what is under way nobody knows."""
        self.begin_again()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        item, self._under_way = self._under_way, None
        if item is not None:
            _fail(item, Unknown(words))
        self.shut(Unavailable(words))

    def _forget(self, item: _Item) -> None:
        if item in self._data:
            self._data.remove(item)

    def _next(self) -> None:
        """Write as much as may go now. A loop: a line may say within the call that a record has gone."""
        while self._under_way is None and self._timer is None:
            queue = self._of_link or (self._data if self._open else None)
            if not queue:
                return
            wait = self._free_at - self._clock.monotonic()
            if wait > 0:
                self._timer = self._clock.call_later(wait, self._waited)
                return
            item = self._under_way = queue.popleft()
            if not self._give(item):
                continue
            if item.then is not None:
                item.then()

    def _give(self, item: _Item) -> bool:
        """Give a record to the line. One that cannot be written fails alone: others wait behind it."""
        self._within = True
        try:
            self._write(item.record, partial(self._gone, item))
        except Exception as wrong:
            self.log.failure("a record {id} for the PMS cannot be written", id=item.record.id)
            if self._under_way is item:
                self._under_way = None
            _fail(item, Refused(phrase(f"cannot be written: {wrong}")))
            return False
        finally:
            self._within = False
        return True

    def _waited(self) -> None:
        self._timer = None
        self._next()

    def _gone(self, item: _Item, outcome: Outcome) -> None:
        if self._under_way is not item:
            return
        self._under_way = None
        self._free_at = self._clock.monotonic() + self._gap
        if outcome in _WHY:
            _fail(item, _WHY[outcome]())
        else:
            if item.done is not None and not item.done.called:
                item.done.callback(None)
        if not self._within:
            self._next()


def _fail(item: _Item, why: BaseException) -> None:
    if item.done is not None and not item.done.called:
        item.done.errback(why)
