"""`RoomDesk` on the store: what rooms are like and why, and what the desk does with its guests.

What changes a room is done by the neighbours that it is handed in `Actions`, each inside one unit of
work for the owner of the property; what that unit decided starts only after its commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from hotelbridge.clock import Clock
from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.pms.api import PmsError, Refused, RoomStatus, Unavailable
from hotelbridge.services import hanging, pmsstanding, recorder, repeats, roomreading, why
from hotelbridge.services.deskunits import House, of_property
from hotelbridge.services.effects import Effect
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.roomviews import (
    CheckInRequest,
    CheckOutRequest,
    EntryView,
    HangingView,
    JournalQuery,
    JournalView,
    MoveRequest,
    RecorderQuery,
    ResyncDone,
    ResyncView,
    RoomDetail,
    RoomDone,
    StatusRequest,
    StayView,
    ToldPms,
    WhyView,
)
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Once, Page, Replay
from hotelbridge.store import audit, journal, resyncs
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.resyncs import Resync
from hotelbridge.texts import phrase

T = TypeVar("T")
V = TypeVar("V")
ASKED = phrase("The PMS was asked to tell how everything stands.")


class Applied(Protocol):
    """What a change of the house came to, as those who do it tell it."""

    @property
    def words(self) -> str:
        """What changed, in words; guests' names marked as personal."""
        ...

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms that it touched."""
        ...

    @property
    def effects(self) -> list[Effect]:
        """What is to be done after the commit."""
        ...


class Actions(Protocol):
    """Who can change the rooms of one property. All but the last two run inside a unit of work."""

    def check_in(self, tx: Tx, room: str, request: CheckInRequest, actor: Actor, now: datetime) -> Applied:
        """A guest comes; with what his phones should hold from now on."""
        ...

    def check_out(self, tx: Tx, room: str, request: CheckOutRequest, actor: Actor, now: datetime) -> Applied:
        """A guest goes."""
        ...

    def move(self, tx: Tx, room: str, request: MoveRequest, actor: Actor, now: datetime) -> Applied:
        """A guest goes to another room."""
        ...

    def unbar(self, tx: Tx, room: str, actor: Actor, now: datetime) -> Applied:
        """The guests of a room may call outside again, whatever their calls have cost."""
        ...

    def decide(self, tx: Tx, id: int, apply: bool, actor: Actor, now: datetime) -> Applied:
        """Apply or dismiss what a resync found."""
        ...

    def committed(self) -> None:
        """What one of these did is saved: phones may have to be told."""
        ...

    def takes_status(self) -> bool:
        """Whether there is a PMS that can be told the status of a room."""
        ...

    async def tell_status(self, status: RoomStatus) -> None:
        """Tell the PMS the status of a room; raises `Refusal` or a `PmsError`."""
        ...

    async def request_resync(self) -> None:
        """Ask the PMS to tell how everything stands; raises `Refusal` or a `PmsError`."""
        ...


class FrontRooms:
    """`RoomDesk`, on the store."""

    def __init__(
        self,
        houses: Mapping[str, House],
        actions: Mapping[str, Actions],
        db: Database,
        ownership: Ownership,
        clock: Clock,
        explain: why.Explain = why.unexplained,
    ) -> None:
        self._houses = houses
        self._actions = actions
        self._db = db
        self._ownership = ownership
        self._clock = clock
        self._explain = explain

    # --- what is shown ---

    async def rooms(self, property: str, limit: int, cursor: str | None, *, named: bool) -> Page[RoomDetail]:
        return await self._read(
            property, lambda tx, rules: roomreading.room_page(tx, rules, limit, cursor, named=named)
        )

    def numbers(self, property: str) -> tuple[str, ...]:
        return tuple(self._house(property).rules.rooms())

    async def guests(
        self, property: str, rooms: Collection[str], *, named: bool
    ) -> Mapping[str, tuple[StayView, ...]]:
        return await self._read(
            property, lambda tx, rules: roomreading.inside(tx, rules, tuple(rooms), named=named)
        )

    async def hanging(self, property: str) -> Mapping[int, HangingView]:
        return await self._read(property, lambda tx, rules: hanging.in_house(tx, rules))

    async def room(self, property: str, number: str, *, named: bool) -> RoomDetail:
        def query(tx: Tx, rules: Rules) -> RoomDetail:
            _known(rules, number)
            return roomreading.details(tx, rules, (number,), named=named)[0]

        return await self._read(property, query)

    async def why(self, property: str, room: str, *, named: bool) -> WhyView:
        def query(tx: Tx, rules: Rules) -> WhyView:
            _known(rules, room)
            return why.why(tx, rules, room, self._explain, named=named)

        return await self._read(property, query)

    async def recorder(self, property: str, query: RecorderQuery, *, named: bool) -> Page[EntryView]:
        return await self._read(property, lambda tx, rules: recorder.page(tx, rules, query, named=named))

    async def journal(self, property: str, query: JournalQuery, *, named: bool) -> Page[JournalView]:
        return await self._read(
            property, lambda tx, rules: roomreading.journal_page(tx, rules, query, named=named)
        )

    async def resyncs(
        self, property: str, limit: int, cursor: str | None, *, named: bool
    ) -> Page[ResyncView]:
        return await self._read(
            property, lambda tx, rules: roomreading.resync_page(tx, rules, limit, cursor, named=named)
        )

    async def resync(self, property: str, id: int, *, named: bool) -> ResyncView:
        def read(tx: Tx, rules: Rules) -> ResyncView:
            return roomreading.resync_view(rules, _resync(tx, property, id), named=named)

        return await self._read(property, read)

    # --- what is done ---

    async def check_in(
        self, property: str, room: str, request: CheckInRequest, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        now, actions = self._clock.now(), self._doer(property)
        _known(self._house(property).rules, room)
        act = lambda tx: actions.check_in(tx, room, request, actor, now)  # noqa: E731
        return await self._act(property, once, now, act, _room_done)

    async def check_out(
        self, property: str, room: str, request: CheckOutRequest, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        now, actions = self._clock.now(), self._doer(property)
        _known(self._house(property).rules, room)
        act = lambda tx: actions.check_out(tx, room, request, actor, now)  # noqa: E731
        return await self._act(property, once, now, act, _room_done)

    async def move(
        self, property: str, room: str, request: MoveRequest, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        now, actions = self._clock.now(), self._doer(property)
        rules = self._house(property).rules
        _known(rules, room)
        _known(rules, request.to, status=422)
        act = lambda tx: actions.move(tx, room, request, actor, now)  # noqa: E731
        return await self._act(property, once, now, act, _room_done)

    async def unbar(
        self, property: str, room: str, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        now, actions = self._clock.now(), self._doer(property)
        _known(self._house(property).rules, room)
        act = lambda tx: actions.unbar(tx, room, actor, now)  # noqa: E731
        return await self._act(property, once, now, act, _room_done)

    async def decide(
        self, property: str, id: int, apply: bool, actor: Actor, once: Once | None = None
    ) -> ResyncDone | Replay:
        now, actions = self._clock.now(), self._doer(property)

        def act(tx: Tx) -> Applied:
            _resync(tx, property, id)
            return actions.decide(tx, id, apply, actor, now)

        def view(tx: Tx, rules: Rules, done: Applied) -> ResyncDone:
            return ResyncDone(
                done.words, roomreading.resync_view(rules, _resync(tx, property, id), named=True)
            )

        return await self._act(property, once, now, act, view)

    def takes_status(self, property: str) -> bool:
        self._house(property)
        return property in self._actions and self._actions[property].takes_status()

    async def tell_status(
        self, property: str, room: str, request: StatusRequest, actor: Actor, once: Once | None = None
    ) -> ToldPms | Replay:
        _known(self._house(property).rules, room)
        now, doer = self._clock.now(), self._doer(property)
        status = RoomStatus(room, request.status, request.by)
        code = request.status
        words = phrase(f"sent to the PMS: {room} is {code}")

        def note(tx: Tx) -> None:
            journal.write(tx, property, now, actor, room, "room_status", words)

        told = phrase(f"Sent to the PMS: {room} is {code}. It does not say whether it has heard that.")
        said = ToldPms(told)
        return await self._tell_pms(property, once, lambda: doer.tell_status(status), lambda: said, note)

    async def request_resync(self, property: str, actor: Actor, once: Once | None = None) -> ToldPms | Replay:
        doer, now = self._doer(property), self._clock.now()
        later: list[Unavailable] = []  # the wish is kept, and whoever has it is told so

        async def ask() -> None:
            try:
                await doer.request_resync()
            except Unavailable as why:
                later.append(why)

        def note(tx: Tx) -> None:
            words = phrase("not asked yet: the wish is kept") if later else phrase("the PMS is asked")
            audit.write(tx, now, actor, "resync_asked", words, property)
            if later:
                pmsstanding.want_resync(tx, property, now)

        return await self._tell_pms(property, once, ask, lambda: _asked(later), note)

    async def _tell_pms(
        self,
        property: str,
        once: Once | None,
        ask: Callable[[], Awaitable[None]],
        told: Callable[[], ToldPms],
        note: Callable[[Tx], None] = lambda tx: None,
    ) -> ToldPms | Replay:
        """Something said to the PMS at once, or not at all: whoever asks gets to know it, and asks again.

        After a crash in between the same is said twice, which does no harm.
        """
        now = self._clock.now()
        first = await self._db.read(lambda tx: repeats.kept(tx, property, once))
        if first is not None:
            return first
        try:
            await ask()
        except PmsError as error:
            raise not_taken(error) from error

        def unit(tx: Tx) -> ToldPms | Replay:
            note(tx)
            return repeats.once(tx, property, once, now, told)

        await self._ownership.run(property, unit, urgent=True)
        return told()

    async def _act(
        self,
        property: str,
        once: Once | None,
        now: datetime,
        act: Callable[[Tx], Applied],
        view: Callable[[Tx, Rules, Applied], V],
    ) -> V | Replay:
        """One change in one unit of work; the same request again gives the first answer again."""
        house = self._house(property)

        def unit(tx: Tx) -> tuple[V | Replay, list[Effect]]:
            def do() -> tuple[V, Sequence[Effect]]:
                done = act(tx)
                return view(tx, house.rules, done), done.effects

            return repeats.once_with_effects(tx, property, once, now, do)

        shown, effects = await self._ownership.run(property, unit, urgent=True)
        house.loop.start(effects)
        self._actions[property].committed()
        return shown

    # --- inside ---

    def _house(self, property: str) -> House:
        return of_property(self._houses, property)

    def _doer(self, property: str) -> Actions:
        self._house(property)
        try:
            return self._actions[property]
        except KeyError:
            sentence = phrase(f"The rooms of {property} are not kept here: nobody checks in or out.")
            raise Refusal("rooms_not_kept", sentence, status=409) from None

    async def _read(self, property: str, query: Callable[[Tx, Rules], T]) -> T:
        rules = self._house(property).rules
        return await self._db.read(lambda tx: query(tx, rules))


def _room_done(tx: Tx, rules: Rules, done: Applied) -> RoomDone:
    rooms = tuple(room for room in done.rooms if room in rules.rooms())
    return RoomDone(done.words, roomreading.details(tx, rules, rooms, named=True))


def _known(rules: Rules, room: str, *, status: int = 404) -> None:
    if room not in rules.rooms():
        raise Refusal("unknown_room", f"There is no room {room}.", status=status)


def _resync(tx: Tx, property: str, id: int) -> Resync:
    found = resyncs.get(tx, property, id)
    if found is None:
        raise Refusal("unknown_resync", f"There is no resync {id}.", status=404)
    return found


def _asked(later: Sequence[Unavailable]) -> ToldPms:
    """What became of the wish for a resync."""
    if not later:
        return ToldPms(ASKED)
    why = str(later[0]) or phrase("the PMS takes nothing now")
    return ToldPms(
        phrase(f"Not asked yet: {why}. The wish is kept, and the PMS is asked as soon as it can be.")
    )


def not_taken(why: PmsError) -> Refusal:
    """Why the PMS was not told, for whoever wanted it."""
    said = str(why) or phrase("it does not answer")
    if isinstance(why, Refused):
        return Refusal("not_taken", f"The PMS cannot be told that: {said}.", status=409)
    return Refusal("pms_unavailable", f"The PMS was not told: {said}.", status=409)
