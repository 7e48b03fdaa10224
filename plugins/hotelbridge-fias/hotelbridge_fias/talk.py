"""The conversation about the link itself: the table of `handshake`, played on the lines as they come.

Knows no guest and no charge. What arrives it hands on, in order, whatever the state of the link.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall

from hotelbridge.pms.api import Context, Layer
from hotelbridge.texts import phrase
from hotelbridge_fias.handshake import UP, Act, Event, State, step
from hotelbridge_fias.inbox import Arrival, arrival, torn
from hotelbridge_fias.lines import Line, tried_again
from hotelbridge_fias.outbox import Outbox
from hotelbridge_fias.outgoing import description
from hotelbridge_fias.records import Record, render, stamp
from hotelbridge_fias.serial import Outcome
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.sources import source_of_lines
from hotelbridge_fias.values import instant, rooms_of
from hotelbridge_fias.words import words

GUARD = 5.0  # seconds in which we answer no LA after having said LS or LA
# A PMS that repeats its LS every few seconds would never hear the end of a description that is begun anew
# with each; one that really forgot the first half says LS again after our LA.
_REPEATS = 2
PARTING = 2.0  # seconds that a peer gets for its LE
KEY_PATIENCE = 600.0  # seconds before another try where the key may be wrong: it stops the PMS's side
_SILENT_EVENTS = frozenset({"LC", "LD", "LR"})  # of the link, and nothing is to be done about them
_DISOWNED = phrase("another node runs this property now")
_OF_STATE = {
    State.LISTENING: phrase("the line stands, the PMS has said nothing yet"),
    State.ASKED: phrase("the line stands, the PMS was asked (LS) and has not answered yet"),
    State.OFFERING: phrase("the PMS asks who we are"),
    State.OFFERED: phrase("the PMS was told what we want to hear, its LA is to come"),
    State.ALIVE: phrase("the PMS answers"),
    State.PROVING: phrase("the PMS answers"),
    State.ENDED: phrase("the PMS has ended the link (LE): it closes the line or begins again"),
    State.LEAVING: phrase("hotelbridge is stopping"),
}
_WHY_DROPPED = {
    State.ASKED: phrase(
        "the line stands, but no FIAS is spoken on it: is this the interface's port, is its framing "
        "the same as here, and does it not hold another connection already?"
    ),
    State.OFFERING: phrase("the line takes nothing any more"),
    State.OFFERED: phrase(
        "the PMS does not answer what we want to hear with LA: is this interface set up as a "
        "telephone exchange (PB) there?"
    ),
    State.PROVING: phrase("the PMS has fallen silent"),
    State.LEAVING: phrase("hotelbridge is stopping"),
    State.ENDED: phrase("hotelbridge is stopping"),
}


class Hearer(Protocol):
    """Whoever the conversation is for."""

    def came(self, arrived: Arrival) -> None:
        """One record, in order."""
        ...

    def that_was_all(self) -> None:
        """What came together, or happened at once, is complete."""
        ...

    def stands(self, up: bool, words: str) -> None:
        """Data may go both ways, or may not any more."""
        ...

    def began_anew(self) -> None:
        """A handshake is made, or a line lost: what was half done before is over."""
        ...

    def line_lost(self, words: str) -> None:
        """The line is gone."""
        ...


class Talk:
    """One link's conversation."""

    def __init__(
        self, context: Context, settings: FiasSettings, hearer: Hearer, random: Callable[[int], bytes]
    ) -> None:
        self._context = context
        self._clock = context.clock
        self._settings = settings
        self._hearer = hearer
        self._random = random
        self._source = source_of_lines(context, settings, self)
        self.outbox = Outbox(context.clock, settings.send_gap.total_seconds(), self._write)
        self.state = State.DOWN
        self.words = phrase("not connected yet")
        self._line: Line | None = None
        self._timer: IDelayedCall | None = None
        self._spoke_at = -GUARD
        self._shown = ""  # DA and TI of the peer's last LS
        self._offers = 0
        self._repeated = 0  # LS that came while our description was being written
        self._refused = 0  # handshakes in a row that the PMS broke off, while a key is set
        self._told: tuple[tuple[bool, bool], str] | None = None
        self._parted: Deferred[None] | None = None
        self._held = False
        self._over = False

    @property
    def up(self) -> bool:
        """Whether data may go both ways."""
        return self.state in UP

    @property
    def connected_now(self) -> bool:
        """Whether a line stands."""
        return self._line is not None

    def start(self) -> None:
        """Get a line."""
        self._show(phrase("not connected yet"))
        self._source.start()

    async def stop(self) -> None:
        """Part in the peer's manner, then let the line go."""
        self._over = True
        await self._source.stop()
        if self._line is not None:
            self._parted = Deferred()
            self._happen(Event.LEAVE)
            await self._parted
        self._show(phrase("stopped"))

    def disown(self) -> None:
        """Somebody else speaks to the PMS from now on: let go at once, and say nothing."""
        self._over = True
        Deferred.fromCoroutine(self._source.stop())
        self._drop(_DISOWNED)
        self._show(_DISOWNED)

    def hold(self, held: bool) -> None:
        """Read nothing for now, or again."""
        self._held = held
        if self._line is not None:
            self._line.hold(held)

    # --- what the lines tell ---

    def connected(self, line: Line) -> None:
        if self._over:
            line.cut()
            return
        if self._line is not None:
            self._drop(phrase("a newer connection took its place"))
        self._line = line
        self._repeated = 0
        if self._held:
            line.hold(True)
        self._happen(Event.CONNECTED)

    def not_connected(self, words: str) -> None:
        self._show(phrase(f"no connection: {words}"))

    def lost(self, line: Line, words: str) -> None:
        if line is self._line:
            self._gone(phrase(f"the connection was lost: {words}"))
        if self._parted is not None and self._line is None:
            self._have_parted()

    def arrived(self, line: Line, bodies: list[bytes], *, damaged: bool = False) -> None:
        if line is not self._line:
            return
        for body in bodies:
            one = arrival(body, self._settings.encoding, self._clock.now())
            one.damaged = damaged
            one.settle.append(line.took())
            if one.record is not None:
                self._heard(one.record)
            if self.state is State.ALIVE:
                self._wait()
            self._hearer.came(one)
        self._hearer.that_was_all()

    def _heard(self, record: Record) -> None:
        self._look_at_clock(record)
        if record.id == "LS":
            self._shown = (record.first("DA") or "") + (record.first("TI") or "")
        if record.id in ("LS", "LA", "LE"):
            self._happen(Event(record.id))
        elif record.id not in _SILENT_EVENTS:
            self._happen(Event.DATA)

    def _look_at_clock(self, record: Record) -> None:
        """What the peer's clock shows. NS and NE are left out: theirs may be of the business day."""
        if record.id in ("LS", "LA", "LE", "DS", "DE"):
            shown = instant(record, self._context.zone, self._clock.now())
            if shown is not None:
                self._context.peer_time(shown)

    # --- the table, played ---

    def _happen(self, event: Event) -> None:
        before = self.state
        if event is Event.LS and before is State.OFFERING:
            self._repeated += 1
            if self._repeated > _REPEATS and self._settings.key is None:
                return
        self.state, act = step(before, event)
        if self.state is not before or act is Act.OFFER:
            self._wait()
        if act is Act.DROP:
            self.state = before
            self._drop(_WHY_DROPPED[before])
            return
        if self.up and before not in UP:
            self._refused = self._repeated = 0
            self._source.settled()
            self._hearer.began_anew()
        elif before in UP and event is Event.LS:
            self._hearer.began_anew()
        self._do(act)
        self._show(_OF_STATE.get(self.state, self.words))
        if self.up is not (before in UP):
            self._hearer.stands(self.up, self.words)

    def _do(self, act: Act) -> None:
        if act is Act.OFFER:
            self._offer()
        elif act is Act.ASK:
            self._say("LS")
        elif act is Act.PART:
            self.outbox.begin_again()
            self._say("LE")
        elif act is Act.ANSWER and self._clock.monotonic() - self._spoke_at >= GUARD:
            self._say("LA")

    def _say(self, kind: str) -> None:
        if kind != "LE":
            self._spoke_at = self._clock.monotonic()
        self.outbox.say([Record(kind, stamp(self._here()))])

    def _offer(self) -> None:
        self.outbox.begin_again()
        self._offers += 1
        mine = self._offers
        self.outbox.say(
            description(self._settings, self._here(), self._shown, self._random(16)),
            lambda: self._offered(mine),
        )

    def _offered(self, offer: int) -> None:
        if offer == self._offers:
            self._spoke_at = self._clock.monotonic()
            self._happen(Event.WRITTEN)

    def _here(self) -> datetime:
        """The hotel's wall time."""
        return self._clock.now().astimezone(self._context.zone)

    def _wait(self) -> None:
        """Nothing from now on for as long as the state waits is an event of its own."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        seconds = self._patience()
        if seconds is not None:
            self._timer = self._clock.call_later(seconds, self._silent)

    def _silent(self) -> None:
        self._timer = None
        self._happen(Event.SILENCE)

    def _patience(self) -> float | None:
        wait: dict[State, timedelta] = {
            State.LISTENING: self._settings.listen_first,
            State.ALIVE: self._settings.keepalive,
            State.LEAVING: timedelta(seconds=PARTING),
            State.OFFERING: self._settings.alive_within + 20 * self._settings.send_gap,
        }
        if self.state is State.DOWN:
            return None
        return wait.get(self.state, self._settings.alive_within).total_seconds()

    # --- the end of a line ---

    def _drop(self, words: str) -> None:
        """Let go of the line ourselves."""
        line = self._line
        if line is None:
            return
        self._gone(words)
        if self._parted is None:
            line.cut()
            return
        line.close()
        self._timer = self._clock.call_later(PARTING, self._cut, line)

    def _cut(self, line: Line) -> None:
        self._timer = None
        line.cut()
        self._have_parted()

    def _have_parted(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._parted is not None and not self._parted.called:
            self._parted.callback(None)

    def _gone(self, words: str) -> None:
        before = self.state
        rest = None if self._line is None else self._line.torn()
        self._line = None
        self.state, _ = step(before, Event.LOST)
        self._wait()
        at_least = self._after_refusal(before)
        self.outbox.line_lost(words)
        self._hearer.line_lost(words)
        if before in UP:
            self._hearer.stands(False, words)
        if rest or (
            rest is not None and before in UP
        ):  # behind all that came whole, and behind what is said of those who wait for it
            self._hearer.came(torn(rest, self._settings.encoding, self._clock.now()))
        self._hearer.began_anew()
        self._hearer.that_was_all()
        if not self._over:
            pause = self._source.again(at_least)
            words = f"{words}; {tried_again(pause)}" if pause else words
        self._show(words)

    def _after_refusal(self, before: State) -> float:
        """With a wrong key the PMS's side stops until a person enters it again: no tries in a loop."""
        if self._settings.key is not None and before in (State.OFFERING, State.OFFERED):
            self._refused += 1
        return KEY_PATIENCE if self._refused > 1 else 0.0

    def _write(self, record: Record, gone: Callable[[Outcome], None]) -> None:
        if self._line is None:
            return
        body = render(record, self._settings.encoding)
        self._context.sent(body, words(record), rooms_of(record))
        self._line.write(body, gone)

    def _show(self, words: str) -> None:
        self.words = words
        connected = self._line is not None
        shown = ((connected, self.up), words)
        if shown != self._told:
            self._told = shown
            up = {Layer.CONNECTED: connected, Layer.ALIVE: self.up, Layer.FLOWING: self.up}
            self._context.layers(up, words)
