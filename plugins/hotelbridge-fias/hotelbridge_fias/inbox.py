"""What came, in the order of arrival: saved as it is, then told as facts, then the next.

Stands apart from the line: what was received is saved and told also when the line is gone meanwhile, and
while the store cannot be written it is tried again until it can. A record that nobody can read, or that
the house cannot apply, is told with a note and stops nothing; but where a part of a resync is lost
in that way, its end is told as an incomplete one: nothing may be concluded from what it did not name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.errors import NotOwner, StoreUnavailable
from hotelbridge.pms.api import (
    AuditBegun,
    AuditEnded,
    Context,
    Fact,
    NotUnderstood,
    Received,
    ResyncBegun,
    ResyncEnded,
    Told,
    personal,
)
from hotelbridge.pms.api import Record as Saved
from hotelbridge.texts import phrase
from hotelbridge_fias.meaning import Meaning, meaning
from hotelbridge_fias.records import BadRecord, Record, parse
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.values import rooms_of
from hotelbridge_fias.words import words

T = TypeVar("T")
_AT_ONCE = 200  # records in one commit
FULL, ROOM_AGAIN = 1000, 200  # records that wait: from here on, and until, the line is held
_ENOUGH = 5.0  # seconds that a stop may tell what has come
_FIRST_RETRY, _LAST_RETRY = 1.0, 30.0  # seconds
# How the words of what was torn begin, in the flight recorder.
CUT_OFF = phrase("cut off when the line broke")
_LOST = phrase("a record was lost on the line, or was longer than any is")
_BROKEN = phrase("a record was cut off when the line broke")
_ASK = phrase("what it said is lost: ask the PMS for a resync (hotelbridge resync --ask)")
_OF_THE_LINK = b"L"  # how the records begin that speak of the link alone: LS, LA, LE, LD, LR
# What is kept in the plugin's durable state.
RESYNC, AUDIT, HEARD = "resync", "audit", "heard"


@dataclass(eq=False, slots=True)
class Arrival:
    """One record that arrived; without a body a break of the link, which counts in the same order."""

    at: datetime
    body: bytes | None = None
    record: Record | None = None  # None: it is none
    words: str = ""
    note: str = ""
    damaged: bool = False  # something before it, or near it, was lost on the line
    torn: bool = False  # the line broke in the middle of it
    settle: list[Callable[[], None]] = field(default_factory=list)  # to be called when it is saved
    state: Mapping[str, str | None] = field(default_factory=dict)  # to be kept with it


def arrival(body: bytes, encoding: str, at: datetime) -> Arrival:
    """A frame's content as it came, read as far as it can be."""
    try:
        record = parse(body, encoding)
    except BadRecord as wrong:
        text = personal(repr(body.decode(encoding, "replace")[:200]))  # may hold a name
        return Arrival(at, body, None, phrase(f"not a record: {text}"), phrase(f"cannot be read: {wrong}"))
    return Arrival(at, body, record, words(record))


def torn(rest: bytes, encoding: str, at: datetime) -> Arrival:
    """What came of a record whose line broke. It is never read as one: its last value may be cut too."""
    text = personal(repr(rest.decode(encoding, "replace")[:200]))  # may hold a name
    note = phrase("not whole: nothing was done by it")
    return Arrival(at, rest, None, f"{CUT_OFF}: {text}", note, torn=True)


@dataclass(frozen=True, slots=True)
class Resync:
    """How far a resync has been told."""

    runs: bool = False
    whole: bool = True  # nothing of it was lost


class Disowned(Exception):
    """The node lost the property: nothing may be said or told by it any more."""


class Inbox:
    """The way in of one link."""

    log = Logger()

    def __init__(
        self,
        context: Context,
        settings: FiasSettings,
        *,
        hold: Callable[[bool], None],
        disowned: Callable[[], None],
    ) -> None:
        self._context = context
        self._settings = settings
        self._hold = hold  # True: too much waits, read no more for now
        self._disowned = disowned
        self._queue: deque[Arrival] = deque()
        self._held = False
        self._closing: float | None = None  # since when the store is not waited for any more
        self._closed = False
        self._foreign = False  # somebody else tells the house what is saved
        self._working: Deferred[None] | None = None
        self._waiting: tuple[IDelayedCall, Deferred[None]] | None = None
        self._resync = Resync()  # as told
        self._unapplied = False  # the house could not apply something that came since

    async def take_up(self) -> dict[str, str]:
        """Tell what was saved and not told before this process; the durable state as it was before.

        A resync that was cut off by the end of that process is ended, incomplete.
        """
        state = await self._surely(self._context.state)
        self._resync = Resync(RESYNC in state)
        seen: set[int] = set()
        while self._closing is None:
            left = [one for one in await self._surely(self._context.left_over) if one.id not in seen]
            if not left:
                break
            for start in range(0, len(left), _AT_ONCE):
                if self._closing is not None:
                    raise CancelledError
                part = left[start : start + _AT_ONCE]
                seen.update(one.id for one in part)
                items = [_again(one, self._settings.encoding) for one in part]
                await self._tell(items, [one.id for one in part])
        if self._resync.runs:
            await self._tell([Arrival(self._context.clock.now())], [None])
        return await self._surely(self._context.state)

    def add(self, one: Arrival) -> None:
        """Put it behind all that came before; `work` begins with it."""
        self._queue.append(one)
        if not self._held and len(self._queue) >= FULL:
            self._held = True
            self._hold(True)

    def work(self) -> None:
        """Save and tell what was added."""
        if self._working is None and self._queue and not self._closed:
            self._working = Deferred.fromCoroutine(self._work())
            if self._working.called:
                self._working = None

    async def close(self) -> None:
        """Finish what waits as far as the store takes it; afterwards nothing is told."""
        self.work()
        self._closing = self._context.clock.monotonic()
        if self._waiting is not None:
            timer, waited = self._waiting
            timer.cancel()
            waited.errback(CancelledError())
        if self._working is not None:
            done: Deferred[None] = Deferred()
            self._working.addBoth(lambda _: done.callback(None))
            await done
        self._closed = True

    async def _work(self) -> None:
        try:
            while self._queue:
                part = [self._queue[i] for i in range(min(_AT_ONCE, len(self._queue)))]
                numbers = await self._save(part)
                for _ in part:
                    self._queue.popleft()
                self._make_room()
                if not self._foreign and not self._late():
                    await self._tell_if_ours(part, numbers)
        except (CancelledError, Disowned):
            self._queue.clear()
        except Exception:
            self.log.failure(
                "{property}: records of the PMS are not worked off", property=self._context.property
            )
        finally:
            self._working = None

    async def _tell_if_ours(self, part: Sequence[Arrival], numbers: Sequence[int | None]) -> None:
        """Where it is not, what came is saved nevertheless: whoever runs the property now takes it up."""
        try:
            await self._tell(part, numbers)
        except Disowned:
            self._foreign = True

    def _late(self) -> bool:
        """Whether a stop takes too long to tell what is saved: it will be left over."""
        return self._closing is not None and self._context.clock.monotonic() - self._closing > _ENOUGH

    def _make_room(self) -> None:
        if self._held and len(self._queue) <= ROOM_AGAIN:
            self._held = False
            self._hold(False)

    async def _save(self, part: Sequence[Arrival]) -> list[int | None]:
        records = [one for one in part if one.body is not None]
        messages = [Received(one.body or b"", one.words, _rooms(one)) for one in records]
        numbers = iter(await self._saved(messages) if messages else ())
        for one in records:
            for settle in one.settle:
                settle()
        return [None if one.body is None else next(numbers) for one in part]

    async def _saved(self, messages: Sequence[Received]) -> Sequence[int]:
        """Their numbers. One that the store refuses for what is in it keeps none of the others waiting."""
        try:
            return await self._surely(lambda: self._context.received(messages), patient=False)
        except (CancelledError, Disowned):
            raise
        except Exception:
            self.log.failure("{property}: what came is not saved", property=self._context.property)
        if len(messages) > 1:  # find the one that it is
            return [number for one in messages for number in await self._saved([one])]
        bare = [Received(one.body, phrase("its words could not be kept")) for one in messages]
        return await self._surely(lambda: self._context.received(bare))

    async def _tell(self, part: Sequence[Arrival], numbers: Sequence[int | None]) -> None:
        told: list[Told] = []
        state: dict[str, str | None] = {}
        resync = replace(self._resync, whole=self._resync.whole and not self._unapplied)
        self._unapplied = False
        for one, number in zip(part, numbers, strict=True):
            meant = self._mean(one)
            facts, note, resync = _in_resync(one, meant, resync)
            told.append(Told(number, facts, note))
            state.update(_kept(one, facts))
        told = [one for one in told if one.record is not None or one.facts]
        if told or state:
            await self._apply(told, state)
        self._resync = resync

    def _mean(self, one: Arrival) -> Meaning:
        if one.torn:
            return Meaning(_of_torn(one.body or b"", self._settings.encoding), one.note)
        lost = (NotUnderstood(words=f"{_LOST}; {_ASK}"),)
        if one.record is None and one.body is not None:
            unread = NotUnderstood(words=phrase("something that is no record"))
            return Meaning((unread, *(lost if one.damaged else ())), one.note)
        if one.record is None:
            return Meaning(note=one.note)
        try:
            meant = meaning(one.record, self._settings, self._context.zone, one.at)
        except Exception:
            self.log.failure("a record {id} of the PMS could not be read", id=one.record.id)
            return Meaning(note=phrase("could not be read by this program"))
        meant = replace(meant, facts=(*(lost if one.damaged else ()), *meant.facts))
        note = one.note or meant.note
        if one.record.id == "PA" and not note:
            note = phrase("the answer to a posting of an earlier run of this program")
        return Meaning(meant.facts, note)

    async def _apply(self, told: Sequence[Told], state: Mapping[str, str | None]) -> None:
        if len(told) == 1:
            told = [self._as_whole(told[0])]
        try:
            await self._surely(lambda: self._context.tell(told, state), patient=False)
            return
        except (CancelledError, Disowned):
            raise
        except Exception:
            self.log.failure("the house could not apply {n} records of the PMS", n=len(told))
        if len(told) > 1:  # find the one that it is
            for one in told:
                await self._apply([one], state)
        elif told and told[0].facts:
            self._unapplied = True
            note = phrase("the house could not apply this: see its log")
            await self._apply([Told(told[0].record, (), note)], state)

    def _as_whole(self, one: Told) -> Told:
        """An end of a resync tells whether the house could apply all of it."""
        if ResyncBegun() in one.facts:
            self._unapplied = False
        if not self._unapplied:
            return one
        facts = (ResyncEnded(complete=False) if fact == ResyncEnded() else fact for fact in one.facts)
        return replace(one, facts=tuple(facts))

    async def _surely(self, call: Callable[[], Awaitable[T]], *, patient: bool = True) -> T:
        """The same call until the store takes it; where not `patient`, only the store is waited for."""
        wait = _FIRST_RETRY
        while True:
            try:
                return await call()
            except NotOwner:
                self._disowned()
                raise Disowned from None
            except StoreUnavailable as reason:
                self.log.warn("{property}: {reason}", property=self._context.property, reason=str(reason))
            except Exception:
                if not patient:
                    raise
                self.log.failure("{property}: what came is not saved", property=self._context.property)
            if self._closing is not None:
                raise CancelledError
            await self._pause(wait)
            wait = min(2 * wait, _LAST_RETRY)

    async def _pause(self, seconds: float) -> None:
        waited: Deferred[None] = Deferred()
        timer = self._context.clock.call_later(seconds, waited.callback, None)
        self._waiting = (timer, waited)
        try:
            await waited
        finally:
            self._waiting = None


def _again(saved: Saved, encoding: str) -> Arrival:
    """What was saved by a process that died, as it would have been told by it."""
    make = torn if saved.words.startswith(CUT_OFF) else arrival
    return make(saved.body, encoding, saved.at)


def _of_torn(rest: bytes, encoding: str) -> tuple[Fact, ...]:
    """That a record of the hotel was cut off, and of which room where that much of it is whole."""
    if rest.lstrip(b"\x02").startswith(_OF_THE_LINK):
        return ()
    try:
        rooms = rooms_of(parse(rest.rpartition(b"|")[0], encoding))
    except BadRecord:
        rooms = ()
    return (NotUnderstood(words=f"{_BROKEN}; {_ASK}", room=rooms[0] if rooms else ""),)


def _rooms(one: Arrival) -> tuple[str, ...]:
    return rooms_of(one.record) if one.record is not None else ()


def _in_resync(one: Arrival, meant: Meaning, before: Resync) -> tuple[tuple[Fact, ...], str, Resync]:
    """The facts of an arrival, a note, and how the resync stands afterwards."""
    if one.body is None:  # the link broke, or began anew: what was not told by now will not be
        return ((ResyncEnded(complete=False),) if before.runs else ()), "", Resync()
    facts = meant.facts
    whole = before.whole and not _is_lost(one, meant)
    if any(isinstance(fact, ResyncEnded) for fact in facts):
        if not before.runs:
            note = phrase("a resync ends that did not begin, or was broken off: ignored")
            return (), note, Resync()
        if not whole:
            return (ResyncEnded(complete=False),), phrase("a part of this resync was lost"), Resync()
        return facts, meant.note, Resync()
    begun = any(isinstance(fact, ResyncBegun) for fact in facts)
    if begun and before.runs:  # the one before was given up by the PMS
        return (ResyncEnded(complete=False), *facts), meant.note, Resync(runs=True)
    return facts, meant.note, Resync(runs=True) if begun else Resync(before.runs, whole)


def _is_lost(one: Arrival, meant: Meaning) -> bool:
    """Whether something of a resync may be missing here. An RE says nothing of guests, and often nothing
    that this house acts on."""
    if one.record is None:
        return True
    stands = one.record.has("SF") and one.record.id != "RE"
    return one.damaged or (stands and all(isinstance(fact, NotUnderstood) for fact in meant.facts))


def _kept(one: Arrival, facts: Sequence[Fact]) -> dict[str, str | None]:
    """What of an arrival stays in the durable state."""
    at = one.at.isoformat()
    kept: dict[str, str | None] = dict(one.state) if one.body is None else {HEARD: at}
    for fact in facts:
        if isinstance(fact, ResyncBegun):
            kept[RESYNC] = at
        elif isinstance(fact, ResyncEnded):
            kept[RESYNC] = None
        elif isinstance(fact, AuditBegun):
            kept[AUDIT] = at
        elif isinstance(fact, AuditEnded):
            kept[AUDIT] = None
    return kept
