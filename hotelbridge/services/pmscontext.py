"""The house as a PMS link sees it: `pms.api.Context`, on the store.

What a link says is saved as it came, then applied in one unit with all that follows from it: stays,
wake-ups, the wanted state of phones, the plugin's own values. A record that cannot be applied is an
alarm and is marked so; it never stops those behind it, since the peer will not send them again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint, IStreamServerEndpoint
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.guests import (
    AuditBegun,
    AuditEnded,
    CheckedIn,
    CheckedOut,
    Direction,
    Fact,
    Record,
    ResyncBegun,
    ResyncEnded,
    WakeupWanted,
)
from hotelbridge.core.localtime import is_moment
from hotelbridge.core.records import Actor, AlarmKind
from hotelbridge.errors import HotelbridgeError
from hotelbridge.pms.api import Layer, Received, Told
from hotelbridge.services import escalation, guests, results, resync, roomwants
from hotelbridge.services.doings import FROM_PMS
from hotelbridge.services.effects import Effect
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import leases, pms_state, records
from hotelbridge.store.database import Tx
from hotelbridge.store.units import apart, is_of_the_database
from hotelbridge.texts import phrase

LINK = "pms"  # its name in the flight recorder and in lists of links
GATHER = 1.0  # seconds in which what was sent is noted together
MOST_NOTED = 2000  # sent records that wait to be noted; more are counted, not kept
LEFT_OVER = 500  # records taken up at once
MOST_SAID = 300  # letters of why a record could not be applied
KEY = pms_state.HOUSE + "{}"
RESYNC, SPOILT, RESYNCED, TAKEN_UP = "resync", "resync_spoilt", "resynced", "taken_up"  # marks of the house
RESYNC_ASKED = "resync_asked"  # another mark: when the PMS was asked for a resync that has not begun
TOO_LATE = phrase("came when another node ran the property already: not applied")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a unit has applied."""

    anything: bool  # phones may want something else now
    effects: tuple[Effect, ...]
    audit_ended: bool  # what waited for the end of the PMS's day may go
    resynced: bool  # the PMS has told once how everything stands, and nobody has to look at that any more


@dataclass(frozen=True, slots=True)
class Wires:
    """The far ends, as a link may have them."""

    reactor: Any
    connector: Callable[[str], IStreamClientEndpoint]
    door: Callable[[str], IStreamServerEndpoint]


@dataclass(frozen=True, slots=True)
class Ears:
    """Whom a context tells on the reactor, after the commit."""

    applied: Callable[[Heard], None]
    layers: Callable[[Mapping[Layer, bool | None], str], None]
    peer_time: Callable[[datetime], None]


class PmsContext:
    """`pms.api.Context` for one link of one property; deaf once it was closed."""

    _log = Logger()

    def __init__(
        self, rules: Rules, plugin: str, ownership: Ownership, clock: Clock, wires: Wires, ears: Ears
    ) -> None:
        self._rules = rules
        self._actor = Actor(plugin, FROM_PMS)
        self._plugin = plugin
        self._ownership = ownership
        self._ears = ears
        self._unnoted: list[tuple[datetime, tuple[bytes, str, tuple[str, ...]]]] = []
        self._left_out = 0
        self._noting = False
        self._closed = False
        self.property: str = rules.property
        self.zone: ZoneInfo = rules.zone
        self.currency: str = rules.settings.currency
        self.clock = clock
        self.reactor = wires.reactor
        self._wires = wires

    def close(self) -> None:
        """The link has ended: nothing it says counts any more."""
        self._closed = True

    # --- what came in ---

    async def received(self, messages: Sequence[Received]) -> Sequence[int]:
        now = self.clock.now()
        items = [(one.body, one.words, one.rooms) for one in messages]

        def unit(tx: Tx, ours: bool) -> list[int]:
            late = not ours and is_taken_up(tx, self.property)
            if late:
                _came_too_late(tx, self._rules, len(items), now)
            effect = TOO_LATE if late else ""
            return records.add(tx, self.property, LINK, Direction.IN, now, items, worked=late, effect=effect)

        return await self._ownership.keep(self.property, unit)

    async def tell(self, told: Sequence[Told], state: Mapping[str, str | None] | None = None) -> None:
        now = self.clock.now()

        def unit(tx: Tx) -> Heard:
            heard = take(tx, self._rules, self._actor, told, now)
            prefix = pms_state.of_plugin(self._plugin)
            own = {f"{prefix}{key}": value for key, value in (state or {}).items()}
            pms_state.keep(tx, self.property, own)
            return heard

        heard = await self._ownership.run(self.property, unit, urgent=True)
        if not self._closed:
            self._ears.applied(heard)

    async def left_over(self) -> Sequence[Record]:
        return await self._ownership.run(self.property, lambda tx: take_up(tx, self.property))

    async def state(self) -> dict[str, str]:
        return await self._ownership.run(
            self.property, lambda tx: pms_state.values(tx, self.property, plugin=self._plugin)
        )

    # --- what went out ---

    def sent(self, body: bytes, words: str, rooms: tuple[str, ...] = ()) -> None:
        """Noted with what is sent in the same second; what a crash takes away was only for looking at."""
        if len(self._unnoted) >= MOST_NOTED:
            self._left_out += 1
            return
        self._unnoted.append((self.clock.now(), (body, words, rooms)))
        if not self._noting and not self._closed:
            self._noting = True
            self.clock.call_later(GATHER, self._note)

    def _note(self) -> None:
        noted = Deferred.fromCoroutine(self.note())
        noted.addErrback(lambda failure: self._log.failure("noting what was sent failed", failure))

    async def note(self) -> None:
        """Save what was sent and is not noted yet."""
        self._noting = False
        unnoted, self._unnoted = self._unnoted, []
        left_out, self._left_out = self._left_out, 0
        if left_out and unnoted:
            words = phrase(f"{left_out} more records were sent than could be noted")
            unnoted.append((unnoted[-1][0], (b"", words, ())))

        def unit(tx: Tx) -> None:
            for at, item in unnoted:
                records.add(tx, self.property, LINK, Direction.OUT, at, [item], worked=True)

        try:
            await self._ownership.run(self.property, unit)
        except HotelbridgeError as error:
            self._log.info("{n} sent records were not noted: {why}", n=len(unnoted), why=error)

    # --- how the link stands ---

    def layers(self, up: Mapping[Layer, bool | None], detail: str = "") -> None:
        if not self._closed:
            self._ears.layers(dict(up), detail)

    def peer_time(self, at: datetime) -> None:
        if not self._closed:
            self._ears.peer_time(at)

    def connector(self, endpoint: str) -> IStreamClientEndpoint:
        return self._wires.connector(endpoint)

    def door(self, endpoint: str) -> IStreamServerEndpoint:
        return self._wires.door(endpoint)


def take_up(tx: Tx, property: str) -> list[Record]:
    """What was received and not worked off. Where that is all, what an owner of before saves after it
    would wait for a next start, and be out of date by then: so it is noted from when on."""
    left = records.unworked(tx, property, LINK, LEFT_OVER)
    lease = leases.holder(tx, property)
    if not left and lease is not None:
        pms_state.keep(tx, property, {KEY.format(TAKEN_UP): str(lease.epoch)})
    return left


def is_taken_up(tx: Tx, property: str) -> bool:
    """Whether whoever runs the property now has worked off all that was left to it."""
    lease = leases.holder(tx, property)
    taken_up = pms_state.values(tx, property, house=True).get(TAKEN_UP)
    return lease is not None and taken_up == str(lease.epoch)


def _came_too_late(tx: Tx, rules: Rules, many: int, now: datetime) -> None:
    """What is told anew by a resync is not lost; of the rest somebody must know."""
    pms_state.keep(tx, rules.property, {KEY.format("want_resync"): now.isoformat()})
    text = phrase(
        f"{many} records of the PMS came to a node that had just lost the property, and were not applied. "
        "Look at them in the flight recorder, and ask the PMS for a resync."
    )
    escalation.raise_alarm(tx, rules, now, AlarmKind.PMS_REQUEST, f"late:{now.isoformat()}", text)


def take(tx: Tx, rules: Rules, actor: Actor, told: Sequence[Told], now: datetime) -> Heard:
    """Apply what was told, record by record, each alone where it cannot be applied."""
    touched: dict[str, None] = {}
    effects: list[Effect] = []
    done: dict[int, str] = {}
    came = records.received_at(tx, [one.record for one in told if one.record is not None])
    for one in told:
        one = _as_whole(tx, rules, one)
        words, applied = _taken(tx, rules, actor, one, now, came.get(one.record or 0))
        if one.record is not None:
            done[one.record] = words
        if applied is None:
            continue
        effects += applied.effects
        ended = next((fact for fact in one.facts if isinstance(fact, ResyncEnded)), None)
        if ended is None:
            touched |= dict.fromkeys(applied.rooms)
        else:
            roomwants.want(tx, rules, tuple(touched), now, actor.name)
            stand_as_told(tx, rules, applied.rooms, now, actor.name, complete=ended.complete)
            touched = {}
    records.worked(tx, done, now)
    roomwants.want(tx, rules, tuple(touched), now, actor.name)
    marks = pms_state.values(tx, rules.property, house=True)  # a person at the desk may have set one too
    if RESYNC_ASKED in marks and any(_is_of_resync(fact) for one in told for fact in one.facts):
        pms_state.keep(tx, rules.property, {KEY.format(RESYNC_ASKED): None})
    audit_ended = any(isinstance(fact, AuditEnded) for one in told for fact in one.facts)
    return Heard(bool(done or effects), tuple(effects), audit_ended, RESYNCED in marks)


def _is_of_resync(fact: Fact) -> bool:
    """Whether the PMS tells how everything stands: some begin without saying so."""
    return isinstance(fact, ResyncBegun) or (isinstance(fact, CheckedIn | CheckedOut) and fact.resync)


def _as_whole(tx: Tx, rules: Rules, one: Told) -> Told:
    """The end of a resync of which something could not be applied: nothing may be concluded from silence."""
    if ResyncEnded() not in one.facts or ResyncBegun() in one.facts:
        return one
    if SPOILT not in pms_state.values(tx, rules.property, house=True):
        return one
    facts = tuple(ResyncEnded(complete=False) if fact == ResyncEnded() else fact for fact in one.facts)
    return replace(one, facts=facts)


def stand_as_told(
    tx: Tx, rules: Rules, rooms: Sequence[str], now: datetime, cause: str, *, complete: bool
) -> None:
    """What phones should hold after a resync: of all rooms, where it told of all and was applied."""
    if not resync.is_undecided(tx, rules):
        roomwants.want(tx, rules, None if complete else tuple(rooms), now, cause, resync=True)


def _taken(
    tx: Tx, rules: Rules, actor: Actor, one: Told, now: datetime, came: datetime | None
) -> tuple[str, guests.Applied | None]:
    """One record, and what came of it in words. `came`: when it was received."""
    try:
        applied = apart(tx, lambda: _applied(tx, rules, actor, one, now, came))
    except Exception as error:  # whatever it is: those behind it must not wait for ever
        if is_of_the_database(error):
            raise
        return _not_applied(tx, rules, one, error, now), None
    _keep_marks(tx, rules, one.facts, now)
    return applied.words or one.note, applied


def _applied(
    tx: Tx, rules: Rules, actor: Actor, one: Told, now: datetime, came: datetime | None
) -> guests.Applied:
    for n, fact in enumerate(one.facts):
        if isinstance(fact, WakeupWanted) and not is_moment(fact.local):
            about = f"{now.isoformat()}:{fact.room}" if one.record is None else f"{one.record}"
            results.unable(tx, rules.property, fact, f"{about}:{n}", now)
    return guests.apply(tx, rules, one.facts, actor, now, one.record, came)


def _not_applied(tx: Tx, rules: Rules, one: Told, error: Exception, now: datetime) -> str:
    PmsContext._log.error("record {id} could not be applied: {why!r}", id=one.record, why=error)
    if RESYNC in pms_state.values(tx, rules.property, house=True):
        pms_state.keep(tx, rules.property, {KEY.format(SPOILT): now.isoformat()})
    why = str(error)[:MOST_SAID] or type(error).__name__
    text = phrase(
        f"Record {one.record} of the PMS could not be applied: {why}. Look at it in the flight recorder, and "
        "put the room right by hand."
    )
    escalation.raise_alarm(tx, rules, now, AlarmKind.PMS_REQUEST, f"record:{one.record}", text)
    return phrase(f"could not be applied: {why}")


def _keep_marks(tx: Tx, rules: Rules, facts: Sequence[Fact], now: datetime) -> None:
    """What is known of the PMS as a whole."""
    marks: dict[str, str | None] = {}
    for fact in facts:
        match fact:
            case AuditBegun():
                marks |= {KEY.format("audit"): now.isoformat(), KEY.format("audit_retry"): None}
            case AuditEnded():
                marks |= {KEY.format("audit"): None, KEY.format("audit_retry"): None}
            case ResyncBegun():
                marks |= {KEY.format(RESYNC): now.isoformat(), KEY.format(SPOILT): None}
            case ResyncEnded():
                marks |= {KEY.format(RESYNC): None, KEY.format(SPOILT): None}
                if fact.complete and not resync.is_undecided(tx, rules):
                    keep_resynced(tx, rules, now)
    pms_state.keep(tx, rules.property, marks)


def keep_resynced(tx: Tx, rules: Rules, now: datetime) -> None:
    """The PMS has told how everything stands, and it was applied, or looked at by a person."""
    pms_state.keep(tx, rules.property, {KEY.format(RESYNCED): now.isoformat()})
