"""The link as the house sees it: calls out, facts in. Puts together what the other modules do."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.pms.api import (
    Context,
    Finding,
    Posting,
    Refused,
    RoomStatus,
    Unavailable,
    Unknown,
    WakeupNews,
    WakeupResult,
)
from hotelbridge.texts import phrase
from hotelbridge_fias import outgoing
from hotelbridge_fias.inbox import AUDIT, HEARD, Arrival, Disowned, Inbox
from hotelbridge_fias.outbox import Unwritten
from hotelbridge_fias.postings import Postings
from hotelbridge_fias.probe import probe, standing
from hotelbridge_fias.records import Record, Unsendable, render
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.talk import Talk

AUDIT_AT_MOST = timedelta(minutes=90)  # an end of the night audit that got lost holds nothing longer
RESYNC_QUIET = 120.0  # seconds without a record after which a resync will not end any more
_IN_RESYNC = phrase("the PMS is telling how everything stands: nothing is sent meanwhile")


class FiasLink:
    """`hotelbridge.pms.api.Link` over FIAS."""

    log = Logger()

    def __init__(
        self, context: Context, settings: FiasSettings, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._context = context
        self._clock = context.clock
        self._settings = settings
        self._talk = Talk(context, settings, self, random)
        self._outbox = self._talk.outbox
        self._inbox = Inbox(context, settings, hold=self._talk.hold, disowned=self._disowned)
        within = settings.answer_within.total_seconds()
        self._postings = Postings(
            context.clock, self._outbox, within, same_number=settings.resend_same_number
        )
        self._beginning: Deferred[None] | None = None
        self._begun = False  # what was left over is told
        self._stopping: Deferred[None] | None = None
        self._resync_timer: IDelayedCall | None = None  # runs while DS..DE does
        self._resync_asked: Deferred[None] | None = None
        self._audit_since: datetime | None = None
        self._unheard: list[Deferred[None]] = []  # whoever wants to know that the peer still speaks

    # --- the house's calls ---

    def start(self) -> None:
        self._beginning = Deferred.fromCoroutine(self._begin())

    async def stop(self) -> None:
        if self._stopping is not None:
            return
        self._stopping = Deferred()
        self._outbox.shut(Unwritten())
        await self._talk.stop()
        self._postings.stop(CancelledError())
        self._end_waiting_for_resync(CancelledError())
        self._stop_resync_timer()
        if self._begun:
            self._break({HEARD: None})
        await self._inbox.close()
        if self._beginning is not None:
            await self._beginning
        self._stopping.callback(None)

    async def post_charge(self, posting: Posting) -> str:
        try:
            self._must_flow()
            return await self._postings.post(posting, lambda: self._charge(posting))
        except Unwritten as stopped:  # in its turn, or in the gap before it
            raise Unavailable("the link was stopped before it was written") from stopped

    async def report_wakeup(self, result: WakeupResult) -> None:
        """Of one that neither the PMS asked for nor was told of, it is told nothing."""
        if result.echo or self._settings.wakeup_news:
            await self._send(outgoing.wakeup_result(result))
            if not self._settings.serial:  # where each record is acknowledged
                await self._heard_again()

    async def report_wakeup_news(self, news: WakeupNews) -> None:
        if self._settings.wakeup_news:
            await self._send(outgoing.wakeup_news(news))

    async def report_room_status(self, status: RoomStatus) -> None:
        await self._send(outgoing.room_status(status, self._settings))

    async def request_resync(self) -> None:
        if self._resync_timer is not None or self._resync_asked is not None:
            return  # it is coming already, or asked for
        self._must_flow(pause_in_audit=True)
        asked = self._resync_asked = Deferred(lambda _: None)
        timer: IDelayedCall | None = None
        try:
            await self._outbox.put(outgoing.resync(self._here()))
            timer = self._clock.call_later(
                self._settings.resync_within.total_seconds(), self._end_waiting_for_resync, None
            )
            await asked
        finally:
            self._resync_asked = None
            if timer is not None and timer.active():
                timer.cancel()

    async def probe(self) -> Sequence[Finding]:
        if self._beginning is not None:
            return standing(self._talk)
        return await probe(self._context, self._settings)

    # --- what the conversation tells ---

    def came(self, arrived: Arrival) -> None:
        """One record, before it is saved: what it means for the traffic itself."""
        waiting, self._unheard = self._unheard, []
        for heard in waiting:
            heard.callback(None)
        record = arrived.record
        if record is not None:
            self._look_at(record, arrived)
        self._inbox.add(arrived)

    def that_was_all(self) -> None:
        self._inbox.work()

    def stands(self, up: bool, words: str) -> None:
        self._flow()

    def began_anew(self) -> None:
        """A resync will not go on; a night audit may be over without our having heard so."""
        self._stop_resync_timer()
        self._break({AUDIT: None} if self._audit_since is not None else {})
        self._audit_since = None

    def line_lost(self, words: str) -> None:
        self._postings.line_lost(words)
        self._end_waiting_for_resync(Unknown(words))
        waiting, self._unheard = self._unheard, []
        for heard in waiting:
            heard.errback(Unknown(phrase(f"written, and nothing was heard since: {words}")))

    # --- within ---

    def _look_at(self, record: Record, arrived: Arrival) -> None:
        if record.id == "PA":
            arrived.note, settle = self._postings.claim(record)
            arrived.settle += [settle] if settle is not None else []
        elif record.id in ("NS", "NE"):
            self._audit_since = arrived.at if record.id == "NS" else None
        if record.id == "DS" or self._resync_timer is not None:
            self._resync_goes_on(record)
        if record.id == "DS" or record.has("SF"):
            self._end_waiting_for_resync(None)

    async def _begin(self) -> None:
        try:
            state = await self._inbox.take_up()
        except (CancelledError, Disowned):
            return
        if AUDIT in state:
            self._audit_since = datetime.fromisoformat(state[AUDIT])
        if self._stopping is None:
            self._begun = True
            self._talk.start()

    def _charge(self, posting: Posting) -> Record:
        self._must_flow()
        return self._sendable(outgoing.charge(posting, self._settings, self._context.zone))

    async def _send(self, record: Record) -> None:
        self._must_flow(pause_in_audit=True)
        await self._outbox.put(self._sendable(record))

    async def _heard_again(self) -> None:
        """Until the peer has said anything. A connection whose far end is dead takes what is written for a
        long time; where nothing comes, `Talk` asks, and lets go of it in the end: then this is `Unknown`."""
        heard: Deferred[None] = Deferred(self._unheard_forgotten)
        self._unheard.append(heard)
        await heard

    def _unheard_forgotten(self, heard: Deferred[None]) -> None:
        if heard in self._unheard:
            self._unheard.remove(heard)

    def _sendable(self, record: Record) -> Record:
        try:
            render(record, self._settings.encoding)
        except Unsendable as wrong:
            raise Refused(phrase(f"cannot be said in FIAS: {wrong}")) from wrong
        return record

    def _must_flow(self, *, pause_in_audit: bool = False) -> None:
        """Raises what keeps data from going out now."""
        if self._stopping is not None:
            raise Unwritten
        if not self._talk.up:
            raise Unavailable(self._talk.words)
        if self._resync_timer is not None:
            raise Unavailable(_IN_RESYNC)
        if pause_in_audit and self._in_audit():
            raise Unavailable("the PMS closes its day, and is told nothing until that is over")

    def _in_audit(self) -> bool:
        since = self._audit_since
        return since is not None and self._clock.now() - since < AUDIT_AT_MOST

    def _flow(self) -> None:
        """Let data go, or not."""
        if not self._talk.up:
            self._outbox.shut(Unavailable(self._talk.words))
        elif self._resync_timer is not None:
            self._outbox.shut(Unavailable(_IN_RESYNC))
        elif self._stopping is None:
            self._outbox.open()

    def _resync_goes_on(self, record: Record) -> None:
        self._stop_resync_timer()
        if record.id != "DE":
            self._resync_timer = self._clock.call_later(RESYNC_QUIET, self._resync_fell_silent)
        self._flow()

    def _resync_fell_silent(self) -> None:
        self.log.warn("{property}: the PMS has not ended its resync", property=self._context.property)
        self._resync_timer = None
        self._break({})
        self._inbox.work()
        self._flow()

    def _break(self, state: Mapping[str, str | None]) -> None:
        """From here on nothing of what came before goes on."""
        self._inbox.add(Arrival(self._clock.now(), state=state))

    def _stop_resync_timer(self) -> None:
        if self._resync_timer is not None:
            self._resync_timer.cancel()
            self._resync_timer = None

    def _end_waiting_for_resync(self, why: BaseException | None) -> None:
        asked = self._resync_asked
        if asked is not None and not asked.called:
            asked.callback(None) if why is None else asked.errback(why)

    def _disowned(self) -> None:
        self._talk.disown()

    def _here(self) -> datetime:
        return self._clock.now().astimezone(self._context.zone)
