"""What `check --online` tells of a link: layer by layer, with what to do about it.

A PMS's interface allows one connection: a second one is refused, or throws the first out. So nothing is
tried while a running daemon was heard from lately. And the handshake is never finished here: with its
end the PMS hands over the check-ins that wait for us, and they would be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionRefusedError, DNSLookupError, TimeoutError, UserError

from hotelbridge.pms.api import Context, Finding, Layer
from hotelbridge_fias.inbox import HEARD
from hotelbridge_fias.lines import Line, Socket, Sockets, reason_words
from hotelbridge_fias.records import BadRecord, Record, parse, render, stamp
from hotelbridge_fias.settings import FiasSettings, Role
from hotelbridge_fias.talk import Talk

_CONNECT_WITHIN = 10.0  # seconds
_ANSWER_WITHIN = 6.0  # a PMS that is down on its own side repeats LS every 5 s
_HANDSHAKE_LATER = (
    "the daemon makes the handshake; here it is left out, because the PMS would hand over the check-ins "
    "that wait for hotelbridge"
)


def standing(talk: Talk) -> Sequence[Finding]:
    """The layers of a link that is running."""
    connected = Finding(Layer.CONNECTED, talk.connected_now, talk.words)
    return (connected, Finding(Layer.ALIVE, talk.up, talk.words)) if talk.connected_now else (connected,)


async def probe(context: Context, settings: FiasSettings) -> Sequence[Finding]:
    """Try a link that is not running, without disturbing one that runs elsewhere."""
    held = await _held_elsewhere(context, settings)
    if held is not None:
        return (held,)
    if settings.serial:
        return (_serial(settings),)
    if settings.role is Role.SERVER:
        return (await _door(context, settings),)
    return await _Trial(context, settings).run()


async def _held_elsewhere(context: Context, settings: FiasSettings) -> Finding | None:
    """The daemon notes when it heard from the PMS last; within one keepalive it still holds the line."""
    state = await context.state()
    if HEARD not in state:
        return None
    heard = datetime.fromisoformat(state[HEARD])
    fresh = settings.keepalive + settings.alive_within + timedelta(minutes=1)
    if not timedelta() <= context.clock.now() - heard < fresh:
        return None
    at = heard.astimezone(context.zone)
    words = (
        f"the running daemon holds the line, it heard from the PMS at {at:%H:%M:%S}: nothing was tried, "
        "because a PMS allows one connection"
    )
    return Finding(Layer.CONNECTED, True, words)


def _serial(settings: FiasSettings) -> Finding:
    """Whether the device can be opened; nothing is written to it."""
    device, _, _ = settings.serial_line
    try:
        with open(device, "rb", buffering=0, opener=_without_waiting):
            return Finding(Layer.CONNECTED, True, f"{device} can be opened; {_HANDSHAKE_LATER}")
    except OSError as wrong:
        words = (
            f"{device} cannot be opened: {wrong.strerror}. Is it the right device, and is the user that "
            "hotelbridge runs as in the group dialout?"
        )
        return Finding(Layer.CONNECTED, False, words)


def _without_waiting(path: str, flags: int) -> int:
    import os

    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


async def _door(context: Context, settings: FiasSettings) -> Finding:
    """Whether the port that the PMS is to dial is free."""
    try:
        port = await context.door(settings.endpoint).listen(Sockets(lambda: None))
    except Exception as wrong:
        words = f"the port cannot be opened: {wrong}. Does something else listen there already?"
        return Finding(Layer.CONNECTED, False, words)
    stopping = port.stopListening()
    if stopping is not None:
        await stopping
    return Finding(Layer.CONNECTED, True, "the port is free; the PMS dials it when the daemon runs")


class _Trial:
    """One connection that listens, asks once, and goes."""

    def __init__(self, context: Context, settings: FiasSettings) -> None:
        self._context = context
        self._settings = settings
        self._heard: Deferred[str] = Deferred()  # the first record's id, or why there is none
        self._lost: Deferred[None] = Deferred()
        self._nonsense = 0

    async def run(self) -> Sequence[Finding]:
        endpoint = self._settings.endpoint
        try:
            dialling: Deferred[Any] = self._context.connector(endpoint).connect(
                Sockets(lambda: Socket(self, self._settings.framing))
            )
            line: Socket = await _within(self._context, dialling, _CONNECT_WITHIN)
        except Exception as wrong:
            return (Finding(Layer.CONNECTED, False, _no_connection(endpoint, wrong)),)
        connected = Finding(Layer.CONNECTED, True, f"{endpoint} takes the connection")
        heard = await self._listen(line)
        line.cut()
        await self._lost
        return connected, self._judged(heard)

    async def _listen(self, line: Socket) -> str:
        """What the PMS says first, or to our LS."""
        wait = self._settings.listen_first.total_seconds()
        first = self._context.clock.call_later(wait, self._ask, line)
        last = self._context.clock.call_later(wait + _ANSWER_WITHIN, self._say, "")
        heard = await self._heard
        for timer in (first, last):
            if timer.active():
                timer.cancel()
        return heard

    def _ask(self, line: Socket) -> None:
        here = self._context.clock.now().astimezone(self._context.zone)
        line.write(render(Record("LS", stamp(here)), self._settings.encoding), lambda gone: None)

    def _say(self, what: str) -> None:
        if not self._heard.called:
            self._heard.callback(what)

    def _judged(self, heard: str) -> Finding:
        if heard == "lost":
            words = (
                "the PMS closes the connection at once: another program holds it, or this machine's "
                "address may not connect"
            )
        elif not heard:
            words = (
                "the line stands, but nobody speaks FIAS on it: is the interface started, is this its port, "
                f"and is its framing {self._settings.framing}?"
            )
        else:
            return Finding(Layer.ALIVE, True, f"the PMS speaks FIAS ({heard}); {_HANDSHAKE_LATER}")
        return Finding(Layer.ALIVE, False, words)

    # --- Owner of the one line ---

    def connected(self, line: Line) -> None:
        """Its Deferred tells."""

    def arrived(self, line: Line, bodies: list[bytes], *, damaged: bool = False) -> None:
        for body in bodies:
            try:
                self._say(parse(body, self._settings.encoding).id)
            except BadRecord:
                self._nonsense += 1

    def lost(self, line: Line, words: str) -> None:
        self._say("lost")
        self._lost.callback(None)

    def not_connected(self, words: str) -> None:
        """Its Deferred tells."""


def _no_connection(endpoint: str, wrong: Exception) -> str:
    if isinstance(wrong, ConnectionRefusedError):
        return f"nobody listens at {endpoint}: is the PMS's interface started, and is this its port?"
    if isinstance(wrong, TimeoutError | UserError | CancelledError):
        return f"{endpoint} does not answer: is the address right, and does a firewall let it through?"
    if isinstance(wrong, DNSLookupError):
        return f"{endpoint}: nobody knows this name: write the PMS's address instead"
    return f"{endpoint}: {reason_words(wrong)}"


async def _within(context: Context, waited: Deferred[Any], seconds: float) -> Any:
    cancel: Callable[[], None] = waited.cancel
    timer = context.clock.call_later(seconds, cancel)
    try:
        return await waited
    finally:
        if timer.active():
            timer.cancel()
