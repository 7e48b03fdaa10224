"""The change of shift: `services.handoverwindow.HandoverDesk`, on the store.

What is open is counted in the same unit of work that keeps the words, so that the two agree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from hotelbridge.clock import Clock
from hotelbridge.core.charges import ASKING_STATES
from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services import reading, repeats, resync
from hotelbridge.services.deskunits import of_property
from hotelbridge.services.handoverwindow import LONGEST_WORDS, HandoverView, OpenNow, OpenView
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Once, Page, Replay, plain
from hotelbridge.store import alarms, audit, charges, handovers
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.handovers import StoredHandover

HOURS = 12  # a night, as the one who begins it looks ahead


class FrontHandovers:
    """`HandoverDesk`, on the store."""

    def __init__(self, rules: Mapping[str, Rules], db: Database, ownership: Ownership, clock: Clock) -> None:
        self._known = rules
        self._db = db
        self._ownership = ownership
        self._clock = clock

    async def open_now(self, property: str) -> OpenNow:
        rules = self._rules(property)
        return await self._db.read(lambda tx: self._open(tx, rules))

    async def handovers(
        self, property: str, limit: int, cursor: str | None, *, named: bool
    ) -> Page[HandoverView]:
        rules = self._rules(property)
        before = None if cursor is None else reading.number_of(cursor)

        def query(tx: Tx) -> Page[HandoverView]:
            found = handovers.newest(tx, property, limit + 1, before)
            shown = found[:limit]
            more = str(shown[-1].id) if len(found) > len(shown) and shown else None
            return Page(tuple(_view(rules, one, named=named) for one in shown), more)

        return await self._db.read(query)

    async def hand_over(
        self, property: str, words: str, actor: Actor, once: Once | None = None
    ) -> HandoverView | Replay:
        rules, now = self._rules(property), self._clock.now()
        if len(words) > LONGEST_WORDS:
            raise Refusal("words_too_long", f"These words are longer than {LONGEST_WORDS} characters.")

        def unit(tx: Tx) -> HandoverView | Replay:
            def sign() -> HandoverView:
                kept = json.dumps(plain(self._open(tx, rules)), ensure_ascii=False)
                signed = handovers.add(tx, property, now, actor, words, kept)
                audit.write(tx, now, actor, "handover", "", property, f"handover {signed.id}")
                return _view(rules, signed, named=True)

            return repeats.once(tx, property, once, now, sign)

        return await self._ownership.run(property, unit)

    def _open(self, tx: Tx, rules: Rules) -> OpenNow:
        property, now = rules.property, self._clock.now()
        count, first = handovers.to_come(tx, property, now, now + timedelta(hours=HOURS))
        waiting = resync.waiting(tx, rules)
        return OpenNow(
            alarms=alarms.count_open(tx).get(property, 0),
            wakeups=count,
            hours=HOURS,
            charges=sum(charges.count(tx, property, state) for state in ASKING_STATES),
            links=tuple(
                one.link for one in reading.link_views(tx, rules, now) if False in one.layers.values()
            ),
            resync=None if waiting is None else waiting.id,
            first=None if first is None else first.astimezone(rules.zone),
        )

    def _rules(self, property: str) -> Rules:
        return of_property(self._known, property)


def _view(rules: Rules, one: StoredHandover, *, named: bool) -> HandoverView:
    kept = json.loads(one.open)
    open = OpenView(
        kept["alarms"], kept["wakeups"], kept["hours"], kept["charges"], tuple(kept["links"]), kept["resync"]
    )
    return HandoverView(one.id, one.at.astimezone(rules.zone), one.by, one.words if named else None, open)
