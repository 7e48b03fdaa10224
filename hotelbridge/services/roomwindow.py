"""The second narrow window of the house: rooms, guests, the flight recorder, resyncs. See `services.desk`.

`named`: whether this caller may know the guests; to others names are empty, and what is personal in
words is masked. Refusals every call may raise: `unknown_property`, `unknown_room`, `unknown_resync`
(404), `bad_cursor` (422), and with a `once` whose key was used otherwise `idempotency_key_reused`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from hotelbridge.core.records import Actor
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
from hotelbridge.services.views import Once, Page, Replay


class RoomDesk(Protocol):
    """What a caller can ask about rooms and those in them."""

    async def rooms(self, property: str, limit: int, cursor: str | None, *, named: bool) -> Page[RoomDetail]:
        """Rooms in the order of the configuration."""
        ...

    def numbers(self, property: str) -> tuple[str, ...]:
        """The rooms of a hotel, in the order of the configuration."""
        ...

    async def guests(
        self, property: str, rooms: Collection[str], *, named: bool
    ) -> Mapping[str, tuple[StayView, ...]]:
        """Who is in these rooms now; empty rooms are left out."""
        ...

    async def hanging(self, property: str) -> Mapping[int, HangingView]:
        """What hangs on those in the house, by the number of the stay; who has nothing is left out."""
        ...

    async def room(self, property: str, number: str, *, named: bool) -> RoomDetail:
        """One room."""
        ...

    async def check_in(
        self, property: str, room: str, request: CheckInRequest, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        """A guest comes. Refuses `occupied` (409), unless the room is shared by intent."""
        ...

    async def check_out(
        self, property: str, room: str, request: CheckOutRequest, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        """A guest goes. Refuses `not_in_house`, `which_guest` and, unless `anyway`, `pending_work` (409)."""
        ...

    async def move(
        self, property: str, room: str, request: MoveRequest, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        """A guest goes to another room with all that is his. Refuses as the other two."""
        ...

    async def unbar(
        self, property: str, room: str, actor: Actor, once: Once | None = None
    ) -> RoomDone | Replay:
        """Let the guests of a room call outside again. Refuses `not_barred` (409)."""
        ...

    async def why(self, property: str, room: str, *, named: bool) -> WhyView:
        """The chain of causes behind a room's present state."""
        ...

    async def recorder(self, property: str, query: RecorderQuery, *, named: bool) -> Page[EntryView]:
        """Messages of links, newest first; their bodies only for those who may know the guests."""
        ...

    async def journal(self, property: str, query: JournalQuery, *, named: bool) -> Page[JournalView]:
        """What happened to rooms and guests, newest first."""
        ...

    async def resyncs(
        self, property: str, limit: int, cursor: str | None, *, named: bool
    ) -> Page[ResyncView]:
        """The times the PMS told how everything stands, newest first."""
        ...

    async def resync(self, property: str, id: int, *, named: bool) -> ResyncView:
        """One of them."""
        ...

    async def decide(
        self, property: str, id: int, apply: bool, actor: Actor, once: Once | None = None
    ) -> ResyncDone | Replay:
        """Apply or dismiss what a resync found. Refuses `not_open` (409) once that is decided."""
        ...

    def takes_status(self, property: str) -> bool:
        """Whether there is a PMS that can be told the status of a room."""
        ...

    async def tell_status(
        self, property: str, room: str, request: StatusRequest, actor: Actor, once: Once | None = None
    ) -> ToldPms | Replay:
        """Tell the PMS the status of a room. Refuses `unknown_room`, and what `request_resync` refuses.

        A status that its plugin does not know is refused as `not_taken` (409).
        """
        ...

    async def request_resync(self, property: str, actor: Actor, once: Once | None = None) -> ToldPms | Replay:
        """Ask the PMS to tell how everything stands. Refuses `no_pms`, `pms_unavailable` (409)."""
        ...
