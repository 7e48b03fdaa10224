"""Charges on their way: one at a time, each with its number, until the PMS has answered or fell silent.

An answer belongs to a charge by the number, never by the room (sharers). It is claimed when it arrives,
so that no timer calls it late, and settles its charge when it is on the disk. A PMS that numbers no answer
may still give back date and time of the call; where it was seen to do so, they tell two charges apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall

from hotelbridge.clock import Clock
from hotelbridge.pms.api import Later, Posting, Unknown
from hotelbridge.texts import phrase
from hotelbridge_fias.answers import outcome, reason_of
from hotelbridge_fias.outbox import Outbox
from hotelbridge_fias.records import Record
from hotelbridge_fias.values import filled

_REMEMBERED = 1000  # numbers that were given up
Settle = Callable[[], None]
When = tuple[str, str]  # DA and TI, as they were sent


@dataclass(eq=False, slots=True)
class _Open:
    """The charge that is under way."""

    number: int
    room: str
    when: When | None = None  # as the record says; None: it does not
    answer: Deferred[Record] = field(default_factory=Deferred)
    written: bool = False
    claimed: bool = False
    timer: IDelayedCall | None = None


class Postings:
    """The charges of one link."""

    def __init__(self, clock: Clock, outbox: Outbox, within: float, *, same_number: bool) -> None:
        self._clock = clock
        self._outbox = outbox
        self._within = within
        self._same_number = same_number  # what got no answer goes again under its number
        self._lock = DeferredLock()
        self._open: _Open | None = None
        self._given_up: dict[int, str] = {}
        self._unanswered = 0  # charges of this line that got no answer: one without a number may be theirs
        self._doubtful: list[tuple[str, When | None]] = []  # rooms and times of these, and of who may be
        self._echoes = False  # the last answer that was surely one charge's gave back its date and time

    async def post(self, posting: Posting, record: Callable[[], Record]) -> str:
        """Post and wait for the answer; the PMS's words. `record` is called when its turn has come."""
        await self._lock.acquire()
        try:
            return await self._post(posting, record())
        except Unknown as silence:
            if self._same_number:
                raise Later(str(silence), unknown=True) from silence
            raise
        finally:
            self._lock.release()

    async def _post(self, posting: Posting, record: Record) -> str:
        one = self._open = _Open(posting.number, posting.room, _when(record))
        try:
            await self._outbox.put(record)
            one.written = True
            if not one.claimed:
                one.timer = self._clock.call_later(self._within, self._silent, one)
            answer = await one.answer
        finally:
            self._close(one)
        refused = outcome(answer)
        if refused is not None:
            raise refused
        return reason_of(answer)

    def claim(self, answer: Record) -> tuple[str, Settle | None]:
        """What an answer that has just arrived belongs to, in words, and how to settle it once saved."""
        number, one = _number(answer), self._open
        doubtful = number is None and self._may_be_anothers(answer)
        if one is not None and one.claimed:
            return self._stray(number), None
        by_time = self._told_apart(one, answer) if one is not None and doubtful else None
        if one is None or by_time is False or not self._belongs(one, number, answer):
            if doubtful:
                self._one_answered(answer)
            return self._stray(number), None
        one.claimed = True
        if one.timer is not None and one.timer.active():
            one.timer.cancel()
        if doubtful and by_time is None:
            return self._nobodys(one)
        if not doubtful:
            self._echoes = one.when is not None and _when(answer) == one.when
        if number is not None:
            self._all_answered()
        return phrase(f"the answer to posting {one.number}"), lambda: _settle(one, answer)

    def _nobodys(self, one: _Open) -> tuple[str, Settle]:
        """One more charge, one more answer: as many lack theirs as before."""
        self._doubt(one)
        words = phrase(
            "an answer without a number came, and two charges wait for one: nobody knows which it is"
        )
        return words, lambda: _fail(one, Unknown(words))

    def line_lost(self, words: str) -> None:
        """No answer can come any more, but one that was claimed already settles its charge."""
        self._all_answered()
        if self._open is not None and self._open.written and not self._open.claimed:
            _fail(self._open, Unknown(words))

    def stop(self, why: BaseException) -> None:
        """Nothing is waited for any more."""
        if self._open is not None:
            _fail(self._open, why)

    def _belongs(self, one: _Open, number: int | None, answer: Record) -> bool:
        if number is not None:
            return number == one.number
        room = filled(answer, "RN")
        return room is None or room == one.room

    def _may_be_anothers(self, answer: Record) -> bool:
        """Whether an answer without a number may belong to a charge that was given up."""
        room = filled(answer, "RN")
        return self._unanswered > 0 and (room is None or room in {room for room, _ in self._doubtful})

    def _told_apart(self, one: _Open, answer: Record) -> bool | None:
        """Whether what may be another's answer is this charge's, by date and time; None: they do not tell."""
        when, others = _when(answer), {when for _, when in self._doubtful}
        if not self._echoes or when is None or None in others or (when == one.when) == (when in others):
            return None
        return when == one.when

    def _one_answered(self, answer: Record) -> None:
        """An answer without a number came that is not for the open charge: one of the others has it."""
        when, known = _when(answer), [when for _, when in self._doubtful]
        if self._echoes and when is not None and None not in known:
            if when not in known:
                return  # said twice
            del self._doubtful[known.index(when)]
        self._unanswered -= 1
        if self._unanswered <= 0:
            self._all_answered()

    def _doubt(self, one: _Open) -> None:
        """An answer may be this charge's from now on; where no time tells whose, only rooms are noted."""
        entry = (one.room, one.when if self._echoes else None)
        if entry[1] is not None or entry not in self._doubtful:
            self._doubtful.append(entry)

    def _all_answered(self) -> None:
        """No answer without a number can come any more for a charge that was given up."""
        self._unanswered = 0
        self._doubtful.clear()

    def _stray(self, number: int | None) -> str:
        if number is None:
            return phrase("an answer without a number, and no posting waits for one")
        if number in self._given_up:
            whose = self._given_up[number]
            return phrase(f"the answer to posting {number} ({whose}): it came too late to count")
        return phrase(f"the answer to posting {number}, which does not wait for one")

    def _silent(self, one: _Open) -> None:
        self._unanswered += 1
        self._doubt(one)
        span = f"{self._within:g} s"
        _fail(one, Unknown(phrase(f"no answer from the PMS within {span}: it may have been posted")))

    def _close(self, one: _Open) -> None:
        if one.timer is not None and one.timer.active():
            one.timer.cancel()
        if self._open is one:
            self._open = None
        one.answer.addErrback(lambda _: None)  # it may have failed before anybody waited for it
        if one.written and not one.claimed:
            self._given_up[one.number] = f"room {one.room}"
            for old in list(self._given_up)[:-_REMEMBERED]:
                del self._given_up[old]


def _number(answer: Record) -> int | None:
    text = (filled(answer, "P#") or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _when(record: Record) -> When | None:
    day, time = filled(record, "DA"), filled(record, "TI")
    return None if day is None or time is None else (day, time)


def _settle(one: _Open, answer: Record) -> None:
    if not one.answer.called:
        one.answer.callback(answer)


def _fail(one: _Open, why: BaseException) -> None:
    if not one.answer.called:
        one.answer.errback(why)
