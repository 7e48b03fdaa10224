"""Which properties this node runs: the right is a lease row, and every unit of work looks at it.

A property has one owner. The lease is renewed at a third of its time; a node that could not renew
for longer than the lease lasts regards itself as no owner, by its monotonic clock, before another
node can take over. The epoch is the fencing token: a unit of an owner of yesterday is refused by the
database, in the same transaction as its writes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge import instances
from hotelbridge.clock import Clock
from hotelbridge.errors import HotelbridgeError, NotOwner
from hotelbridge.store import leases
from hotelbridge.store.database import Database, Tx
from hotelbridge.texts import phrase

T = TypeVar("T")
LEASE = timedelta(seconds=15)


class Ownership:
    """The leases of one node."""

    _log = Logger()

    def __init__(
        self, db: Database, clock: Clock, node: str, properties: tuple[str, ...], identity: str = ""
    ) -> None:
        """`identity`: of this process of the node, where there may be another one of the same name."""
        self._db = db
        self._clock = clock
        self._name = node
        self._node = identity or node
        self._others: dict[str, str] = {}  # property: which other node or process runs it
        self._properties = properties
        self._epochs: dict[str, int] = {}
        self._good_until: dict[str, float] = {}
        self._timer: IDelayedCall | None = None
        self._stopped = False
        self._gained: Callable[[str], None] = lambda property: None

    def on_gained(self, call: Callable[[str], None]) -> None:
        """Call when a property has become ours (also again, after it was lost)."""
        self._gained = call

    async def start(self) -> None:
        """Claim what is free now; go on claiming and renewing in the background."""
        await self._round()

    async def stop(self) -> None:
        """Give the leases back, so that another node need not wait."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        held, self._epochs = dict(self._epochs), {}
        for property, epoch in held.items():
            try:
                await self._db.run(lambda tx, p=property, e=epoch: leases.release(tx, p, self._node, e))  # type: ignore[misc]
            except HotelbridgeError as error:  # it runs out by itself
                self._log.warn("{property} is not given back: {error}", property=property, error=error)

    def holds(self, property: str) -> bool:
        """Whether this node may act for the property at this very moment."""
        return property in self._epochs and self._clock.monotonic() < self._good_until[property]

    def run(self, property: str, unit: Callable[[Tx], T], *, urgent: bool = False) -> Deferred[T]:
        """Run a unit of work for a property we own; `NotOwner` where we do not (any more)."""
        epoch = self._epochs.get(property)

        def fenced(tx: Tx) -> T:
            if epoch is None:
                raise NotOwner(phrase(f"this node does not run {property} now"))
            leases.fence(tx, property, self._node, epoch)
            return unit(tx)

        return self._db.run(fenced, urgent=urgent)

    def keep(self, property: str, unit: Callable[[Tx, bool], T]) -> Deferred[T]:
        """Run a unit that only keeps what has come, whoever runs the property by now; it hears whether we do.

        What was received is nowhere else: thrown away with a lease that has just ended, it would be lost.
        """
        epoch = self._epochs.get(property)

        def told(tx: Tx) -> T:
            return unit(tx, epoch is not None and leases.is_ours(tx, property, self._node, epoch))

        return self._db.run(told)

    def held(self) -> tuple[str, ...]:
        """The properties that this node runs now."""
        return tuple(property for property in self._epochs if self.holds(property))

    def claimed(self) -> tuple[str, ...]:
        """The properties that this node has claimed, also while it cannot renew that: its store is away."""
        return tuple(self._epochs)

    def run_all(self, unit: Callable[[Tx, tuple[str, ...]], T]) -> Deferred[T]:
        """Run one unit of work for all properties we hold at once; `NotOwner` if one is lost meanwhile."""
        epochs = {property: self._epochs[property] for property in self.held()}

        def fenced(tx: Tx) -> T:
            for property, epoch in epochs.items():
                leases.fence(tx, property, self._node, epoch)
            return unit(tx, tuple(epochs))

        return self._db.run(fenced, urgent=True)

    async def _round(self) -> None:
        """Renew or claim every property once; then wait a third of the lease."""
        for property in self._properties:
            try:
                await self._hold(property)
            except HotelbridgeError as error:
                self._log.warn("lease of {property} not renewed: {error}", property=property, error=error)
        if not self._stopped:
            self._timer = self._clock.call_later(LEASE.total_seconds() / 3, self._again)

    def _again(self) -> None:
        done = Deferred.fromCoroutine(self._round())
        done.addErrback(lambda failure: self._log.failure("lease round failed", failure))

    def is_elsewhere(self, property: str) -> bool:
        """Whether another node or process is known to run a property."""
        return property in self._others

    @property
    def doubled(self) -> bool:
        """Whether another process runs a property under this node's own name."""
        return any(instances.name_of(other) == self._name for other in self._others.values())

    async def _note(self, property: str, ours: leases.Lease | None) -> None:
        """Say once that somebody else has it, and by whose fault if it is the same name."""
        known = None if ours is not None else await self._db.read(lambda tx: leases.holder(tx, property))
        before = self._others.pop(property, None)
        if known is None or known.node == self._node:
            return
        self._others[property] = known.node
        if known.node == before:
            return
        if instances.name_of(known.node) != self._name:
            self._log.info(
                "{property} is run by {node}; this node stands by", property=property, node=known.node
            )
        else:
            self._log.error(
                "{property} is run by another hotelbridge that is called {node} too: this one stands by "
                "until that one has ended. Where both are meant, give each a name of its own (node = ...)",
                property=property,
                node=self._name,
            )

    async def _hold(self, property: str) -> None:
        asked = self._clock.monotonic()
        epoch = self._epochs.get(property)
        if epoch is not None:
            if await self._db.run(
                lambda tx: leases.renew(tx, property, self._node, epoch, LEASE), urgent=True
            ):
                self._good_until[property] = asked + LEASE.total_seconds()
                return
            self._log.error("{property} is run by another node now", property=property)
            del self._epochs[property]
        lease = await self._db.run(
            lambda tx: leases.claim(tx, property, self._node, LEASE, instances.is_dead), urgent=True
        )
        await self._note(property, lease)
        if lease is not None and not self._stopped:
            self._epochs[property] = lease.epoch
            self._good_until[property] = asked + LEASE.total_seconds()
            self._gained(property)
