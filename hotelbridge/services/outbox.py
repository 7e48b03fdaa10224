"""Posts the charges of one property to its PMS: one after the other, in order, each handed over once.

The rows are the queue. A charge is saved as sent, then written, then its answer is saved; should the
answer not be saved, it is found as sent at the next start and is uncertain. While an answer waits to be
saved nothing else goes out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.charges import Charge
from hotelbridge.errors import HotelbridgeError, NotOwner
from hotelbridge.pms.api import Posting, Unavailable
from hotelbridge.services import postings
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules

AGAIN = 5.0  # seconds until the store is asked again that did not answer
LONGEST_LOOK = 60.0  # seconds; the wall clock may step while timers do not


class Outbox:
    """The charges of one property on their way."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        ownership: Ownership,
        clock: Clock,
        post: Callable[[Posting], Awaitable[str]],
        may_post: Callable[[], bool],
    ) -> None:
        self._rules = rules
        self._ownership = ownership
        self._clock = clock
        self._post = post
        self._may_post = may_post
        self._running = self._again = self._stopped = False
        self._begun = self._line_is_new = False
        self._timer: IDelayedCall | None = None
        self._answers: dict[int, str | BaseException] = {}  # which are not saved yet, by charge
        self._blocked_until: float | None = None  # by `monotonic`: nothing can be written to the PMS before

    def gained(self) -> None:
        """The property has become ours."""
        self._begun = False
        self.look()

    def line_up(self) -> None:
        """The PMS has begun anew to speak with us."""
        self._line_is_new = True
        self._blocked_until = None
        self.look()

    def look(self) -> None:
        """There may be something to post."""
        self._again = True
        if not self._running and not self._stopped:
            self._running = True
            done = Deferred.fromCoroutine(self._run())
            done.addErrback(lambda failure: self._log.failure("posting charges failed", failure))

    def stop(self) -> None:
        """Nothing more is posted."""
        self._stopped = True
        self._cancel()

    async def _run(self) -> None:
        self._cancel()
        try:
            while self._again and not self._stopped:
                self._again = False
                await self._post_all()
        except NotOwner:
            self._begun = False  # whoever has the property now takes it up
            self._answers.clear()
        except HotelbridgeError as error:
            self._log.info("charges wait: {why}", why=error)
            self._look_in(AGAIN)
        except Exception:
            self._look_in(AGAIN)
            raise
        finally:
            self._running = False

    async def _post_all(self) -> None:
        await self._begin()
        await self._save_answers()
        while self._may_post() and not self._stopped:
            if self._blocked_until is not None and self._clock.monotonic() < self._blocked_until:
                self._look_in(self._blocked_until - self._clock.monotonic())
                return
            found = await self._unit(postings.next_one)
            if found.charge is None or found.posting is None:
                self._look_at(found.look_at)
                return
            await self._hand_over(found.charge, found.posting)

    async def _begin(self) -> None:
        if not self._begun:
            await self._unit(postings.begin)
            self._begun = True
        if self._line_is_new and self._may_post():
            self._line_is_new = False
            await self._unit(postings.line_up)

    async def _hand_over(self, charge: Charge, posting: Posting) -> None:
        """Write one and save the answer. What could not be written goes first again: the order holds."""
        answer: str | BaseException
        try:
            answer = await self._post(posting)
        except Exception as error:  # whatever it is, it may have been written: only `Unavailable` says no
            if not isinstance(error, HotelbridgeError | CancelledError):  # the link has ended
                self._log.failure("posting {number} failed", number=posting.number)
            answer = error
        self._answers[charge.id] = answer
        if isinstance(answer, Unavailable):
            self._blocked_until = self._clock.monotonic() + postings.backoff(charge.tries).total_seconds()
        await self._save_answers()

    async def _save_answers(self) -> None:
        for id, answer in list(self._answers.items()):
            await self._unit(partial(postings.settle, id=id, answer=answer))
            del self._answers[id]

    async def _unit(self, work: Callable[..., postings.Next | None]) -> postings.Next:
        now = self._clock.now()
        unit = partial(work, rules=self._rules, now=now)
        found: postings.Next | None = await self._ownership.run(self._rules.property, unit)
        return found or postings.Next()

    def _look_at(self, at: datetime | None) -> None:
        if at is not None:
            wait = (at - self._clock.now()).total_seconds()
            self._look_in(min(max(wait, 0.0), LONGEST_LOOK))

    def _look_in(self, seconds: float) -> None:
        self._cancel()
        if not self._stopped:
            self._timer = self._clock.call_later(seconds, self.look)

    def _cancel(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
