"""What the PMS is told of wake-ups, on its way: read from the rows that decided it, said once each, in order.

A row is marked after the peer's side has taken it. Should the program die between the two, it is said
again: that a wake-up was answered is true twice, while a result that is never said leaves the PMS's
screen waiting for ever. What the PMS never heard of is not said to it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Notice, NoticeState
from hotelbridge.core.results import Result
from hotelbridge.errors import HotelbridgeError
from hotelbridge.pms.api import Later, PmsError, Unavailable, WakeupNews, WakeupResult
from hotelbridge.services import pmsnews, results
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import notices

AGAIN = 30.0  # seconds until one is tried again that could not be said
AT_ONCE = 50


class WordsOut:
    """Says what one property has to tell its PMS, one after the other."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        ownership: Ownership,
        clock: Clock,
        say: Callable[[WakeupResult | WakeupNews], Awaitable[None]],
    ) -> None:
        self._rules = rules
        self._ownership = ownership
        self._clock = clock
        self._to_the_pms = say
        self._running = self._again = self._stopped = False
        self._timer: IDelayedCall | None = None

    def look(self) -> None:
        """There may be something to say, or the PMS may listen again."""
        self._again = True
        if not self._running and not self._stopped:
            self._running = True
            done = Deferred.fromCoroutine(self._run())
            done.addErrback(lambda failure: self._log.failure("words for the PMS failed", failure))

    def stop(self) -> None:
        """Nothing more is said."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    async def _run(self) -> None:
        try:
            while self._again and not self._stopped:
                self._again = False
                await self._say_all()
        except CancelledError:
            pass  # no link: `look` comes when there is one
        except HotelbridgeError as error:
            self._log.info("words for the PMS wait: {why}", why=error)
            self._look_later()
        finally:
            self._running = False

    def _look_later(self) -> None:
        if not self._stopped and (self._timer is None or not self._timer.active()):
            self._timer = self._clock.call_later(AGAIN, self.look)

    async def _say_all(self) -> None:
        property = self._rules.property
        while kept := await self._ownership.run(
            property, lambda tx: notices.kept(tx, property, results.CHANNEL, AT_ONCE)
        ):
            for notice in kept:
                await self._say(notice)

    async def _say(self, notice: Notice) -> None:
        words = _words(notice, known_anyway=self._rules.pms_news)
        if words is None:
            await self._mark(notice, NoticeState.DROPPED, "not asked for by the PMS")
            return
        try:
            await self._to_the_pms(words)
        except (Unavailable, Later):
            raise
        except PmsError as error:
            await self._mark(notice, NoticeState.GIVEN_UP, str(error))
        else:
            await self._mark(notice, NoticeState.SENT, "said to the PMS")

    async def _mark(self, notice: Notice, state: NoticeState, detail: str) -> None:
        now = self._clock.now()
        done = replace(notice, state=state, tries=notice.tries + 1, done_at=now, detail=detail)
        await self._ownership.run(self._rules.property, lambda tx: notices.save(tx, done))


def _words(notice: Notice, *, known_anyway: bool) -> WakeupResult | WakeupNews | None:
    """What a row says; None for the result of a wake-up that the PMS has never heard of."""
    facts = json.loads(notice.facts)
    if notice.kind == pmsnews.KIND:
        return WakeupNews(facts["wakeup"], facts["room"], facts["local"], facts["booked"])
    if not facts.get("asked") and not known_anyway:
        return None
    return WakeupResult(
        id=facts["wakeup"],
        room=facts["room"],
        reservation=facts["reservation"],
        local=facts["local"],
        result=Result(facts["result"]),
        echo=facts.get("echo", ""),
    )
