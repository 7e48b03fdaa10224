"""What the PMS is told of wake-ups, on its way: read from the rows that decided it, said once each, in order.

A row is marked after the peer's side has taken it. Should the program die between the two, or nobody know
whether the peer has it, a result is said again: that a wake-up was answered is true twice, while a result
that is never said leaves the PMS's screen waiting for ever. What was booked and cancelled here is not said
again, as it might come behind what was said after it. What the PMS never heard of is not said to it.

That a wake-up was deleted here is a word about a screen that may show another one of the same minute by now:
it is said only when what the PMS wants has been heard, where no such one is pending, and never in doubt.

A link may take minutes until it knows; what comes after does not wait for that.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Notice, NoticeState
from hotelbridge.core.results import Result
from hotelbridge.errors import HotelbridgeError
from hotelbridge.pms.api import Later, PmsError, Unavailable, Unknown, WakeupNews, WakeupResult
from hotelbridge.services import pmsnews, results
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import notices, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

AGAIN = 30.0  # seconds until one is tried again that could not be said
AT_ONCE = 50
UNKNOWN_AGAIN = 300.0  # seconds until a result is said again of which nobody knows whether it was taken
SETTLED = timedelta(seconds=15)  # after the line is up: by then what the PMS has kept for us has come
LONGEST = timedelta(days=1)  # after which it is of no use to anybody


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
        self._timers: dict[float, IDelayedCall] = {}  # by how long they run
        self._under_way: set[int] = set()  # rows that the link has now
        self._unknown: set[int] = set()  # rows of which nobody knows whether they were taken
        self._held = False  # nothing can be said now
        self._settled_at = clock.now()  # when what was deleted may be said

    def look(self) -> None:
        """The PMS may listen again: also to what it may not have heard."""
        self._unknown.clear()
        self.look_for_new()

    def line_up(self) -> None:
        """The PMS listens again, and will first say what it has kept for us."""
        self._settled_at = self._clock.now() + SETTLED
        self._look_in(SETTLED.total_seconds(), self.look_for_new)
        self.look()

    def look_for_new(self) -> None:
        """There may be something to say."""
        self._again = True
        if not self._running and not self._stopped:
            self._running = True
            done = Deferred.fromCoroutine(self._run())
            done.addErrback(lambda failure: self._log.failure("words for the PMS failed", failure))

    def stop(self) -> None:
        """Nothing more is said."""
        self._stopped = True
        for timer in self._timers.values():
            if timer.active():
                timer.cancel()

    async def _run(self) -> None:
        try:
            while self._again and not self._stopped:
                self._again = False
                await self._say_all()
        except HotelbridgeError as error:
            self._wait(error)
        finally:
            self._running = False

    def _wait(self, why: Exception) -> None:
        self._held = True
        self._log.info("words for the PMS wait: {why}", why=why)
        self._look_in(AGAIN, self.look_for_new)

    def _look_in(self, seconds: float, look: Callable[[], None]) -> None:
        timer = self._timers.get(seconds)
        if not self._stopped and (timer is None or not timer.active()):
            self._timers[seconds] = self._clock.call_later(seconds, look)

    async def _say_all(self) -> None:
        self._held = False
        while not self._held and (new := await self._new()):
            for notice in new:
                if not self._held:
                    self._begin(notice)

    async def _new(self) -> list[Notice]:
        """Rows that nobody says now, oldest first."""
        property, away, now = self._rules.property, self._under_way | self._unknown, self._clock.now()

        def unit(tx: Tx) -> list[Notice]:
            kept = notices.kept(tx, property, results.CHANNEL, AT_ONCE + len(away))
            waiting = [one for one in kept if one.id not in away]
            deleted = [one for one in waiting if _is_deleted(one)]
            if now < self._settled_at:
                return [one for one in waiting if one not in deleted]
            over = [one for one in deleted if _is_wanted_again(tx, one)]
            for one in over:
                why = phrase("the same is wanted again")
                notices.save(tx, replace(one, state=NoticeState.DROPPED, done_at=now, detail=why))
            return [one for one in waiting if one not in over]

        return await self._ownership.run(property, unit)

    def _begin(self, notice: Notice) -> None:
        """Say it; the link has it in its turn when this returns."""
        self._under_way.add(notice.id)
        said = Deferred.fromCoroutine(self._said(notice))
        said.addErrback(lambda failure: self._log.failure("words for the PMS failed", failure))

    async def _said(self, notice: Notice) -> None:
        try:
            await self._say(notice)
        except CancelledError:
            self._held = True  # no link: `look` comes when there is one
        except HotelbridgeError as error:
            self._wait(error)
        except Exception:
            self._held = True
            raise
        finally:
            self._under_way.discard(notice.id)

    async def _say(self, notice: Notice) -> None:
        words = _words(notice, known_anyway=self._rules.pms_news)
        if words is None:
            await self._mark(notice, NoticeState.DROPPED, phrase("not asked for by the PMS"))
            return
        try:
            await self._to_the_pms(words)
        except (Unavailable, Later):
            raise
        except Unknown as error:
            await self._in_doubt(notice, error)
        except PmsError as error:
            await self._mark(notice, NoticeState.GIVEN_UP, str(error))
        else:
            await self._mark(notice, NoticeState.SENT, phrase("said to the PMS"))

    async def _in_doubt(self, notice: Notice, why: Unknown) -> None:
        if notice.kind != results.KIND or _is_deleted(notice) or self._clock.now() - notice.made_at > LONGEST:
            await self._mark(notice, NoticeState.GIVEN_UP, str(why))
            return
        self._log.info("a result is said to the PMS again later: {why}", why=why)
        self._unknown.add(notice.id)
        self._look_in(UNKNOWN_AGAIN, self.look)

    async def _mark(self, notice: Notice, state: NoticeState, detail: str) -> None:
        now = self._clock.now()
        done = replace(notice, state=state, tries=notice.tries + 1, done_at=now, detail=detail)
        await self._ownership.run(self._rules.property, lambda tx: notices.save(tx, done))


def _is_deleted(notice: Notice) -> bool:
    """Whether it says that a wake-up was taken back here."""
    return notice.kind == results.KIND and json.loads(notice.facts)["result"] == Result.DELETED


def _is_wanted_again(tx: Tx, notice: Notice) -> bool:
    """Whether another wake-up of its room and minute is to ring: the PMS knows no other name for it."""
    facts = json.loads(notice.facts)
    there = wakeups.of_rooms(tx, notice.property, [facts["room"]], wakeups.PENDING)
    return any(one.local == facts["local"] for one in there)


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
