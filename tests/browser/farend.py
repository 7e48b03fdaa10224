"""The far end of the browser tests: a simulated exchange, a simulated PMS and the daemon, run from here.

    python -m tests.browser.farend FOLDER

A process of its own, because a reactor runs in it and the browser's driver does not like one beside itself.
One request in JSON on each line of its input: `{"n": 1, "do": "phone", "with": ["201", "busy"]}`; one answer
on each line of its output: `{"n": 1, "answer": null}`, or `{"n": 1, "error": "..."}`. When its input ends,
it ends all that it has started.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, maybeDeferred
from twisted.internet.protocol import connectionDone
from twisted.internet.stdio import StandardIO
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from hotelbridge.clock import SystemClock, install_monotonic
from hotelbridge.demo.hotel import Hotel, write_config
from hotelbridge.demo.ports import free_ports
from hotelbridge.demo.story import QUICK, VACANT
from hotelbridge.demo.waiting import until
from hotelbridge.testing.fake_om_scripts import parse_scripts

HOTEL_ZONE = (
    "Africa/Lagos"  # not UTC, nor the browser's; and no hour comes twice there, so that any may be booked
)
STARTS_WITHIN = 20.0


class FarEnd:
    """What may be asked of it: every method without an underscore."""

    def __init__(self, reactor: Any, folder: Path) -> None:
        config = write_config("story.toml", folder, free_ports(), pms=True)
        text = config.read_text("utf-8").replace('timezone = "UTC"', f'timezone = "{HOTEL_ZONE}"')
        config.write_text(text, "utf-8")
        self._hotel = Hotel(reactor, SystemClock(reactor), config, habits=QUICK)

    async def start(self) -> dict[str, Any]:
        """Start the daemon (and the others, the first time); where to find everything."""
        hotel = self._hotel
        began = not hotel.pms.running
        await hotel.start([room.number for room in hotel.property.rooms if room.number < VACANT])
        await hotel.settled(STARTS_WITHIN)
        if began:
            await until(hotel.clock, lambda: hotel.pms.records("<- DE"), STARTS_WITHIN)
            await hotel.settled(STARTS_WITHIN)
        return {
            "config": str(hotel.config),
            "log": str(hotel.daemon.log),
            "url": hotel.api.door.base,
            "token": hotel.api.door.token,
            "properties": [one.id for one in hotel.settings.properties],
            "zone": hotel.property.timezone,
        }

    def running(self) -> bool:
        """Whether the daemon lives."""
        return self._hotel.daemon.running

    async def stop(self) -> int | None:
        """End the daemon in order; its exit code."""
        return await self._hotel.stop()

    async def kill9(self) -> None:
        """The daemon is gone in the middle of whatever it was doing."""
        await self._hotel.kill9()

    def phone(self, number: str, scripts: str) -> None:
        """What the next calls to a phone meet, in words: `no-answer 2, busy, answer 1 3`."""
        self._hotel.om.script(number, *parse_scripts(scripts))

    def phones(self, scripts: str) -> None:
        """The same of every phone."""
        for number in self._hotel.om.phone_numbers:
            self.phone(number, scripts)

    def dials(self, phone: str, number: str, script: str) -> None:
        """A guest calls a number; what its far side does, in words: `answer 0.3 2`, `no-answer 2`."""
        self._hotel.om.guest_dials(phone, number, *parse_scripts(script))

    def exchange(self, does: str, *words: Any) -> Any:
        """Anything that the simulated exchange can do: `guest_lifts 201`, `unplug 201`, `cut`, `mend`."""
        done = getattr(self._hotel.om, does)(*words)
        return done if isinstance(done, str | int | None) else None

    def rings(self, phone: str) -> list[dict[str, Any]]:
        """Every time a phone rang, as the guest heard it."""
        return [asdict(ring) for ring in self._hotel.rings(phone)]

    def pms(self, line: str) -> None:
        """Have the PMS do something: `gi 222 2001 "Huber, Anna"`."""
        self._hotel.pms.play(line)

    def pms_records(self, begins: str) -> list[str]:
        """What came over its line and begins so: `-> WA`, `<- GI`."""
        return self._hotel.pms.records(begins)

    async def _close(self) -> None:
        await self._hotel.close()


_base: Any = LineReceiver  # twisted has no annotations for it


class Channel(_base):  # type: ignore[misc]
    """The lines of input and output."""

    delimiter = b"\n"

    def __init__(self, far_end: FarEnd) -> None:
        self._far_end = far_end
        self.over: Deferred[None] = Deferred()

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        asked = json.loads(line)
        done: Deferred[Any] = maybeDeferred(self._begun, asked)
        done.addCallbacks(lambda answer: {"answer": answer}, lambda failure: {"error": _words(failure)})
        done.addCallback(lambda told: self._tell({"n": asked["n"], **told}))

    def _begun(self, asked: dict[str, Any]) -> Any:
        does: Callable[..., Any] = getattr(self._far_end, asked["do"])
        begun = does(*asked["with"])
        return ensureDeferred(begun) if hasattr(begun, "send") else begun

    def _tell(self, told: dict[str, Any]) -> None:
        self.sendLine(json.dumps(told, default=_plain).encode())

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if not self.over.called:
            self.over.callback(None)


def _words(failure: Failure) -> str:
    return f"{failure.type.__name__}: {failure.getErrorMessage()}"


def _plain(value: object) -> str:
    assert isinstance(value, datetime), value
    return value.isoformat()


async def _serve(reactor: Any, folder: Path) -> None:
    far_end = FarEnd(reactor, folder)
    channel = Channel(far_end)
    StandardIO(channel, reactor=reactor)
    try:
        await channel.over
    finally:
        await far_end._close()


def main(reactor: Any) -> Deferred[None]:
    """Serve until the input ends."""
    install_monotonic(reactor)
    return Deferred.fromCoroutine(_serve(reactor, Path(sys.argv[1])))


if __name__ == "__main__":
    react(main)
