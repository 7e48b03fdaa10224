"""What every call at the desk's window is made of: one unit for the owner of the property, or one read.

The clock is read once for each; what a unit decided starts only after its commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from hotelbridge.clock import Clock
from hotelbridge.errors import Refusal
from hotelbridge.services import repeats
from hotelbridge.services.effects import Effect
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Once, Replay
from hotelbridge.services.wakeups import PropertyLoop
from hotelbridge.store.database import Database, Tx

T = TypeVar("T")
Deed = tuple[T, Sequence[Effect]]  # what is shown of it, and what it wants done after the commit


@dataclass(frozen=True, slots=True)
class House:
    """One property as the desk reaches it."""

    rules: Rules
    loop: PropertyLoop


def of_property(houses: Mapping[str, T], property: str) -> T:
    """What belongs to a property of this daemon; refuses `unknown_property` (404)."""
    try:
        return houses[property]
    except KeyError:
        raise Refusal("unknown_property", f"There is no property {property}.", status=404) from None


class DeskUnits:
    """The properties of this daemon, and the ways to do or read something in one of them."""

    def __init__(self, houses: Mapping[str, House], db: Database, ownership: Ownership, clock: Clock) -> None:
        self._houses = houses
        self._db = db
        self._ownership = ownership
        self._clock = clock

    def _house(self, property: str) -> House:
        return of_property(self._houses, property)

    async def _act(self, house: House, unit: Callable[[Tx], T]) -> T:
        done = await self._ownership.run(house.rules.property, unit, urgent=True)
        house.loop.poke()
        return done

    async def _do(
        self,
        property: str,
        once: Once | None,
        act: Callable[[Tx, Rules, datetime], tuple[T, Sequence[Effect]]],
    ) -> T | Replay:
        """One deed in one unit; what it wants done starts after the commit."""
        house, now = self._house(property), self._clock.now()
        shown, effects = await self._act(
            house,
            lambda tx: repeats.once_with_effects(tx, property, once, now, lambda: act(tx, house.rules, now)),
        )
        house.loop.start(effects)
        return shown

    async def _read(self, property: str, query: Callable[[Tx, Rules], T]) -> T:
        rules = self._house(property).rules
        return await self._db.read(lambda tx: query(tx, rules))
