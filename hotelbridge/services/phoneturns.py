"""The turns of phones on one device: which comes next, which is tried again later, and when to keep still.

One phone at a time, so that a house that is set anew leaves room for everything else. Phones of which
something has happened come before those that are only compared. Knows no command.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.errors import HotelbridgeError

AGAIN = 20.0  # seconds until one that did not go well is tried again
Turn = Callable[[str, bool], Awaitable[float | None]]


class PhoneTurns:
    """The queue of one device.

    `turn(number, compare)` does what there is to do with one phone, and gives the seconds after which it
    wants another turn, or None. `open` says whether anything may be sent at all now; where it may not,
    what waits stays, until `ask` is called again.
    """

    _log = Logger()

    def __init__(self, device: str, clock: Clock, turn: Turn, open: Callable[[], bool]) -> None:
        self._device = device
        self._clock = clock
        self._turn = turn
        self._open = open
        self._waiting: dict[str, bool] = {}  # number -> it is compared even if nothing is known to be amiss
        self._later: dict[str, IDelayedCall] = {}
        self._running = False
        self._stopped = False

    def ask(self, numbers: Iterable[str], *, compare: bool = False) -> None:
        """A turn for each of these, as soon as may be."""
        for number in numbers:
            self._waiting[number] = self._waiting.get(number, False) or compare
            timer = self._later.pop(number, None)
            if timer is not None and timer.active():
                timer.cancel()
        self._begin()

    def is_put_off(self, number: str) -> bool:
        """Whether this one waits for its time to be tried again."""
        return number in self._later

    def stop(self) -> None:
        """No more turns; one that is under way ends with the client of its device."""
        self._stopped = True
        self._waiting.clear()
        for timer in self._later.values():
            if timer.active():
                timer.cancel()
        self._later.clear()

    def _begin(self) -> None:
        if self._running or self._stopped or not self._waiting:
            return
        self._running = True
        turns = Deferred.fromCoroutine(self._run())
        turns.addErrback(lambda failure: self._log.failure("the turns of {device} failed", failure))

    async def _run(self) -> None:
        try:
            while self._waiting and not self._stopped and self._open():
                number = next((one for one, only in self._waiting.items() if not only), None)
                number = next(iter(self._waiting)) if number is None else number
                compare = self._waiting.pop(number)
                after = await self._take(number, compare)
                if after is not None and not self._stopped and number not in self._waiting:
                    self._later[number] = self._clock.call_later(after, self._try_again, number, compare)
        finally:
            self._running = False

    async def _take(self, number: str, compare: bool) -> float | None:
        try:
            return await self._turn(number, compare)
        except HotelbridgeError as error:
            self._log.info("{phone} on {device}: {why}", phone=number, device=self._device, why=error)
        except Exception:
            self._log.failure("{phone} on {device}: a turn failed", phone=number, device=self._device)
        return AGAIN

    def _try_again(self, number: str, compare: bool) -> None:
        self._later.pop(number, None)
        self.ask([number], compare=compare)
