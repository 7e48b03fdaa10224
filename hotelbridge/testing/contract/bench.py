"""What a test of the contract works with: a house, a peer, and the link between them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from hotelbridge.pms.api import (
    Capability,
    CheckedIn,
    Context,
    Layer,
    Link,
    Plugin,
    Posting,
)
from hotelbridge.testing.contract.peer import Guest, Peer
from hotelbridge.testing.house import House

ANNA = Guest("212", "1001", "Berger, Anna")
MOMENT = 0.25  # seconds by which the clock is moved while something is awaited


class Bench:
    """One test's stage."""

    def __init__(self, plugin: Plugin, house: House, peer: Peer, settings: Any) -> None:
        self.plugin, self.house, self.peer, self.settings = plugin, house, peer, settings
        self.link: Link | None = None

    # --- what the protocol knows ---

    def needs(self, *capabilities: Capability) -> None:
        """Skip what the plugin does not claim to do."""
        for one in capabilities:
            if one not in self.plugin.capabilities:
                pytest.skip(f"{self.plugin.name} does not claim the capability {one}")

    def verbs(self, *names: str) -> None:
        """Skip what the protocol does not know."""
        for name in names:
            if name in self.peer.lacks:
                pytest.skip(f"{self.plugin.name}: no {name}: {self.peer.lacks[name]}")

    # --- time ---

    def let(self, seconds: float) -> None:
        """Let time pass in small steps, as it does."""
        for _ in range(max(1, round(seconds / MOMENT))):
            self.house.let(MOMENT)

    def until(self, what: Callable[[], object], seconds: float | None = None, words: str = "") -> None:
        """Let time pass until something is so; fails where it is not in time."""
        limit = self.peer.within if seconds is None else seconds
        for _ in range(round(limit / MOMENT) + 1):
            if what():
                return
            self.house.let(MOMENT)
        pytest.fail(f"not within {limit:.0f} s: {words or 'what was awaited'}\n{self.story()}", pytrace=False)

    def story(self) -> str:
        """What the house knows, for a person who looks for the reason."""
        lines = [f"layers: {self.house.stands()}"]
        lines += [f"{r.direction} {r.id}: {r.words} {r.body[:120]!r}" for r in self.house.records.values()]
        lines += [f"told: {told}" for told in self.house.told]
        return "\n".join(lines + [f"breach: {one}" for one in self.house.breaches])

    # --- the link's life ---

    def make(self) -> Link:
        """A link that is not started."""
        context: Context = self.house.context()
        self.link = self.plugin.connect(context, self.settings)
        return self.link

    def start(self) -> Link:
        """A new life, begun."""
        link = self.make()
        link.start()
        return link

    def up(self) -> Link:
        """A new life in which data flow."""
        link = self.start()
        self.until(self.flows, self.peer.back_within, "data flow")
        return link

    def flows(self) -> bool:
        return all(self.house.stands().get(layer) for layer in Layer)

    def kill(self) -> None:
        """The process is gone."""
        self.house.kill()
        self.link = None

    def stop(self) -> None:
        """End the link in order, and hold it to having ended."""
        assert self.link is not None and self.house.life is not None
        link, life, self.link = self.link, self.house.life, None
        self.ended(link.stop())
        life.stopped = True

    def ended(self, asked: Coroutine[Any, Any, Any], seconds: float | None = None) -> Any:
        """Wait for the end of a call to the link; what it gave, or what it raised."""
        done = self.asked(asked)
        self.until(lambda: done, seconds, "the call to the link ends")
        return done[0]

    def asked(self, asked: Coroutine[Any, Any, Any]) -> list[Any]:
        """Call the link and do not wait; where the result, or the exception, will be."""
        done: list[Any] = []
        Deferred.fromCoroutine(asked).addCallbacks(done.append, lambda failure: _keep(done, failure))
        return done

    # --- what was told ---

    def check_ins(self, room: str) -> list[CheckedIn]:
        """Of one room, in order."""
        return [fact for fact in self.house.facts if isinstance(fact, CheckedIn) and fact.room == room]

    def has_saved(self, room: str) -> bool:
        """Whether the flight recorder has anything of a room."""
        return any(room in record.rooms for record in self.house.saved())

    def of(self, kind: type[Any]) -> list[Any]:
        """The facts of one kind, in order."""
        return [fact for fact in self.house.facts if isinstance(fact, kind)]

    def posting(self, number: int = 4711, room: str = "212") -> Posting:
        """A call that Anna Berger has made."""
        return Posting(
            number=number,
            room=room,
            reservation=ANNA.reservation,
            amount=Decimal("3.50"),
            currency=self.house.currency,
            minor=350,
            started=self.house.world.now().astimezone(self.house.zone) - timedelta(minutes=4),
            duration=timedelta(minutes=3, seconds=20),
            dialled="004930123456",
            text="Call to Germany",
        )

    def left_behind(self) -> Sequence[str]:
        """Timers, ports and connections that the present life still holds; those that end get a moment."""
        life = self.house.life
        if life is None:
            return ()
        timers = life.timers.pending()
        self.let(MOMENT)
        return [*timers, *life.wires.open()]


def _keep(done: list[Any], failure: Failure) -> None:
    done.append(failure.value)
