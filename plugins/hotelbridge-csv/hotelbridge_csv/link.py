"""The link: looks into the folder again and again, and does one thing at a time.

A file is saved as it came, then told together with its mark in one commit, then put away. Whatever dies
between two of these steps, the next turn finds either a record that was left over or a file whose mark
is the last one kept: it is told once, and put away.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.errors import NotOwner, StoreUnavailable
from hotelbridge.pms.api import (
    Context,
    Finding,
    Layer,
    NotUnderstood,
    PmsError,
    Posting,
    Received,
    Refused,
    RoomStatus,
    Told,
    Unavailable,
    Unknown,
    WakeupNews,
    WakeupResult,
)
from hotelbridge.texts import phrase
from hotelbridge_csv import looking, writing
from hotelbridge_csv.disk import Disk
from hotelbridge_csv.envelope import Envelope, closed, opened
from hotelbridge_csv.folder import Folder, Seen
from hotelbridge_csv.outbox import Outbox
from hotelbridge_csv.reading import Reading, read
from hotelbridge_csv.settings import CsvSettings

T = TypeVar("T")
_NOT_APPLIED = phrase("the house could not apply this: see its log")


class CsvLink:
    """`hotelbridge.pms.api.Link` to one folder."""

    _log = Logger()

    def __init__(self, context: Context, settings: CsvSettings) -> None:
        self._context, self._settings = context, settings
        self._folder = Folder(settings.folder, settings.largest)
        self._disk = Disk(context.reactor, context.clock)
        self._charges = Outbox("charge", self._folder, self._disk, self._keep)
        self._wakeups = Outbox("wakeup", self._folder, self._disk, self._keep)
        self._one_at_a_time = DeferredLock()
        self._under_way: set[Deferred[Any]] = set()
        self._timer: IDelayedCall | None = None
        self._stopped = False
        self._resumed = False  # what an earlier life has kept is known
        self._may_be_left = True  # records that were saved and not told
        self._taken = ""  # the mark of the file that was told last
        self._watched: dict[Seen, float] = {}  # since when each file looks as it does
        self._standing = looking.Standing(context.clock.monotonic(), settings)

    # --- the link's life ---

    def start(self) -> None:
        self._look_in(0.0)

    async def stop(self) -> None:
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        for one in list(self._under_way):
            one.cancel()
        await self._disk.rest()

    def _look_in(self, seconds: float) -> None:
        if not self._stopped:
            self._timer = self._context.clock.call_later(seconds, self._look)

    def _look(self) -> None:
        done = self._tracked(self._turn)
        done.addErrback(_ignored, CancelledError)
        done.addBoth(lambda _: self._look_in(self._settings.poll.total_seconds()))

    def _tracked(self, work: Callable[[], Coroutine[Any, Any, T]]) -> Deferred[T]:
        """What `stop` ends."""
        task = Deferred.fromCoroutine(self._alone(work))
        self._under_way.add(task)

        def forget(result: Any) -> Any:
            self._under_way.discard(task)
            return result

        return task.addBoth(forget)

    async def _alone(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Whoever changes the folder or the state does it alone; this is the order of all that is told."""
        await self._one_at_a_time.acquire()
        try:
            return await work()
        finally:
            self._one_at_a_time.release()

    # --- in ---

    async def _turn(self) -> None:
        """One look into the folder. What fails now is tried at the next look."""
        try:
            await self._resume()
            for seen in self._settled(await self._disk.do(self._folder.look)):
                await self._take(seen)
            self._say(self._standing.well(self._context.clock.monotonic()))
        except (StoreUnavailable, NotOwner):
            pass  # the house knows; a file that was not saved lies where it lay
        except OSError as error:
            self._say(self._standing.bad(error))
        except CancelledError:
            raise
        except Exception:
            self._log.failure("a look into the folder of the PMS failed")

    async def _resume(self) -> None:
        """First what is kept, then what an earlier life, or a turn that failed, has left over."""
        if not self._resumed:
            state = await self._context.state()
            self._taken = state.get("taken", "")
            self._charges.resume(state)
            self._wakeups.resume(state)
            self._resumed = True
        while self._may_be_left:
            records = await self._context.left_over()
            for record in records:
                try:
                    envelope = opened(record.body)
                except ValueError:
                    await self._context.tell([Told(record.id, note=phrase("not of this plugin, ignored"))])
                    continue
                await self._tell(record.id, envelope, self._meaning(envelope))
            self._may_be_left = bool(records)

    def _settled(self, seen: Sequence[Seen]) -> list[Seen]:
        """Files that are complete, in their order; none is overtaken by one that came after it."""
        now = self._context.clock.monotonic()
        self._watched = {one: self._watched.get(one, now) for one in seen}
        ready: list[Seen] = []
        for one in seen:
            if now - self._watched[one] < self._settings.settled.total_seconds():
                break
            ready.append(one)
        return ready

    async def _take(self, seen: Seen) -> None:
        try:
            envelope = Envelope(seen.name, await self._disk.do(self._folder.read, seen))
        except FileNotFoundError:
            return  # taken back meanwhile
        reading = self._meaning(envelope)
        if envelope.content.mark != self._taken:
            message = Received(closed(envelope), reading.words, reading.rooms)
            self._may_be_left = True
            record = await self._saved(message)
            reading = await self._tell(record, envelope, reading)
            self._may_be_left = False
        self._standing.heard(self._context.clock.monotonic())
        await self._put_away(seen.name, reading)

    async def _saved(self, message: Received) -> int:
        """Its number. What the store refuses for what is in it must not keep later files waiting for ever."""
        try:
            (record,) = await self._context.received([message])
        except (StoreUnavailable, NotOwner, CancelledError):
            raise
        except Exception:
            self._log.failure("the rooms and words of a file of the PMS could not be kept")
            bare = Received(message.body, phrase("its words could not be kept"))
            (record,) = await self._context.received([bare])
        return record

    def _meaning(self, envelope: Envelope) -> Reading:
        if envelope.content.wrong:
            wrong = envelope.content.wrong
            return Reading(wrong=(wrong,), words=f"{envelope.name}: {wrong}")
        return read(envelope.name, envelope.content.body, self._settings)

    async def _tell(self, record: int, envelope: Envelope, reading: Reading) -> Reading:
        """Told, as far as the house can apply it; what has become of its meaning."""
        state = {"taken": envelope.content.mark}
        try:
            note = "; ".join(reading.wrong)
            facts = (*reading.facts, *_unread(envelope.name, reading))
            await self._context.tell([Told(record, facts, note)], state)
        except (StoreUnavailable, NotOwner, CancelledError):
            raise
        except Exception:
            self._log.failure("the house could not apply {name}", name=envelope.name)
            reading = replace(reading, facts=(), wrong=(*reading.wrong, _NOT_APPLIED))
            unread = _unread(envelope.name, reading)
            await self._context.tell([Told(record, unread, _NOT_APPLIED)], state)
        self._taken = envelope.content.mark
        return reading

    async def _put_away(self, name: str, reading: Reading) -> None:
        if reading.wrong:
            reason = "\n".join(reading.wrong) + "\n"
            await self._disk.do(self._folder.failed, name, reason)
        else:
            await self._disk.do(self._folder.done, name)

    def _say(self, change: tuple[Mapping[Layer, bool | None], str] | None) -> None:
        if change is not None:
            self._context.layers(*change)

    # --- out ---

    async def post_charge(self, posting: Posting) -> str:
        body = partial(writing.charge, posting=posting, settings=self._settings)
        amount = f"{posting.amount} {posting.currency}"
        words = phrase(f"charge {posting.number}: {amount} to room {posting.room}")
        name = await self._give_out(self._charges, posting.number, body, words, posting.room)
        return phrase(f"written as {name}")

    async def report_wakeup(self, result: WakeupResult) -> None:
        body = partial(writing.wakeup, result=result, settings=self._settings)
        words = phrase(f"wake-up of room {result.room} at {result.local}: {result.result}")
        await self._give_out(self._wakeups, result.id, body, words, result.room)

    async def report_wakeup_news(self, news: WakeupNews) -> None:
        raise Refused(phrase("this PMS is not told of wake-ups that are booked here"))

    async def report_room_status(self, status: RoomStatus) -> None:
        raise Refused(phrase("this PMS is not told of the state of rooms"))

    async def request_resync(self) -> None:
        raise Refused(phrase("nobody can ask this PMS: have its list of the house written into the folder"))

    async def _give_out(
        self, outbox: Outbox, key: int, body: Callable[[int], bytes], words: str, room: str
    ) -> str:
        """Raises the contract's outcomes and nothing else."""
        if self._stopped:
            raise Unavailable("the link has ended")

        async def work() -> str:
            if not (self._resumed and self._standing.connected):
                raise Unavailable(self._standing.words or "the folder was not looked into yet")
            return await outbox.put(key, body)

        try:
            name = await self._tracked(work)
        except (PmsError, CancelledError):
            raise
        except Exception as error:
            self._log.failure("a file for the PMS failed")
            what = phrase(f"it failed on the way, and may have been written: {error}")
            raise Unknown(what) from error
        self._note(f"{name}: {words}", room)
        return name

    def _note(self, words: str, room: str) -> None:
        """For the flight recorder; nothing waits for it."""
        self._context.sent(words.encode(), words, (room,))

    def _keep(self, state: Mapping[str, str | None]) -> Awaitable[None]:
        return self._context.tell([], state)

    # --- a look ---

    async def probe(self) -> Sequence[Finding]:
        return await looking.probed(self._folder, self._disk)


def _ignored(failure: Failure, *kinds: type[BaseException]) -> Failure | None:
    return None if isinstance(failure.value, kinds) else failure


def _unread(name: str, reading: Reading) -> tuple[NotUnderstood, ...]:
    """A file with something in it that nobody could read: a person is told, the reasons lie beside it."""
    if not reading.wrong:
        return ()
    why, more = reading.wrong[0], len(reading.wrong) - 1
    if more:
        why = phrase(f"{why} (and {more} more)")
    return (NotUnderstood(words=phrase(f"file {name}, now in `failed`: {why}")),)
