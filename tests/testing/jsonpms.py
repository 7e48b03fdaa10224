"""A small PMS of JSON lines over TCP, and a plugin for it, to hold the contract suite itself to its word.

The peer keeps a message until it was acknowledged, greets who connects, and answers postings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, DeferredQueue, TimeoutError
from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineOnlyReceiver

from hotelbridge.errors import StoreUnavailable
from hotelbridge.pms.api import (
    Capability,
    CheckedIn,
    CheckedOut,
    Context,
    Fact,
    Finding,
    Later,
    Layer,
    Moved,
    Plugin,
    Posting,
    Received,
    Refused,
    ResyncBegun,
    ResyncEnded,
    RoomStatus,
    Span,
    Table,
    Told,
    Unavailable,
    Unknown,
    WakeupNews,
    WakeupNotWanted,
    WakeupResult,
    WakeupWanted,
)
from hotelbridge.testing.contract import Answer, Guest, House, Peer, SeenPosting, SeenResult

ENDPOINT = "tcp:192.0.2.20:7000"


class Settings(Table):
    endpoint: str
    answer_within: Span = timedelta(seconds=20)


class Line(LineOnlyReceiver):
    """Both ends: what came, in order; None at the end."""

    delimiter = b"\n"
    MAX_LENGTH = 100_000

    def __init__(self) -> None:
        self.lines: DeferredQueue[bytes | None] = DeferredQueue()
        self.ended = False

    def lineReceived(self, line: bytes) -> None:
        self.lines.put(line)

    def connectionLost(self, reason: Any = None) -> None:
        self.ended = True
        self.lines.put(None)

    def say(self, **message: object) -> None:
        self.sendLine(json.dumps(message).encode())


def meaning(body: bytes) -> tuple[Fact, ...]:
    """The facts of one line; none where it is none of ours."""
    try:
        said = json.loads(body)
        kind, room = said["what"], said.get("room", "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()
    guest = {"room": room, "reservation": said.get("reservation"), "name": said.get("name")}
    known: dict[str, Callable[[], Fact]] = {
        "in": lambda: CheckedIn(**guest, resync=said.get("listed", False)),
        "out": lambda: CheckedOut(room=room, reservation=said.get("reservation")),
        "move": lambda: Moved(**guest, from_room=said["from"]),
        "wake": lambda: WakeupWanted(room=room, local=said["at"]),
        "let sleep": lambda: WakeupNotWanted(room=room, local=said["at"]),
        "begin": ResyncBegun,
        "end": ResyncEnded,
    }
    return (known[kind](),) if kind in known else ()


class JsonLink:
    """A link that keeps the contract; what a subclass spoils, the suite must find."""

    def __init__(self, context: Context, settings: Settings) -> None:
        self.context, self.settings = context, settings
        self.line: Line | None = None
        self.life: Deferred[None] | None = None
        self.flowing = False
        self.asked: dict[object, Deferred[Mapping[str, Any]]] = {}

    def start(self) -> None:
        self.life = Deferred.fromCoroutine(self.live())
        self.life.addErrback(lambda failure: None if failure.check(CancelledError) else failure)

    async def stop(self) -> None:
        if self.life is not None:
            self.life.cancel()
        self.lost()

    async def live(self) -> None:
        while True:
            try:
                await self.take_up()
                await self.converse(await self.connect())
            except StoreUnavailable:
                pass
            except OSError:
                pass
            except CancelledError:
                raise
            except Exception as error:
                if "refused" not in str(error).lower():
                    raise
            finally:
                self.lost()
            self.context.layers(dict.fromkeys(Layer, False), "no connection")
            await self.wait(2.0)

    async def wait(self, seconds: float) -> None:
        turn: Deferred[None] = Deferred(lambda _: timer.cancel())
        timer = self.context.clock.call_later(seconds, turn.callback, None)
        await turn

    def lost(self) -> None:
        self.flowing = False
        if self.line is not None and self.line.transport is not None:
            self.line.transport.abortConnection()
        self.line = None
        for waiting in list(self.asked.values()):
            waiting.errback(Unknown("the line was lost"))
        self.asked.clear()

    async def take_up(self) -> None:
        for record in await self.context.left_over():
            await self.tell(record.id, record.body)
        if (await self.context.state()).get("resync"):
            await self.context.tell([Told(None, (ResyncEnded(complete=False),))], {"resync": None})

    async def connect(self) -> Line:
        factory = Factory.forProtocol(Line)
        factory.noisy = False
        line: Line = await self.context.connector(self.settings.endpoint).connect(factory)
        self.line = line
        self.context.layers({Layer.CONNECTED: True, Layer.ALIVE: None, Layer.FLOWING: False}, "greets")
        return line

    async def converse(self, line: Line) -> None:
        while (body := await line.lines.get()) is not None:
            if body == b"hello":
                self.flowing = True
                self.context.layers(dict.fromkeys(Layer, True), "greeted")
                line.say(ready=True)
            elif b'"answer"' in body:
                self.answered(body)
            else:
                await self.take(line, body)
        if (await self.context.state()).get("resync"):
            await self.context.tell([Told(None, (ResyncEnded(complete=False),))], {"resync": None})

    async def take(self, line: Line, body: bytes) -> None:
        rooms = tuple(fact.room for fact in meaning(body) if hasattr(fact, "room"))
        message = Received(body, body.decode("utf-8", "replace"), rooms)
        (record,) = await self.context.received([message])
        await self.tell(record, body)
        line.say(ok=True)

    async def tell(self, record: int, body: bytes) -> None:
        facts, state = meaning(body), {}
        if ResyncBegun() in facts:
            state["resync"] = "open"
        elif any(isinstance(fact, ResyncEnded) for fact in facts):
            state["resync"] = None
        await self.context.tell([Told(record, facts, "" if facts else "nothing we know")], state)

    def answered(self, body: bytes) -> None:
        try:
            said = json.loads(body)
            waiting = self.asked.pop(said["answer"], None)
        except (ValueError, KeyError, TypeError):
            return
        if waiting is not None:
            waiting.callback(said)

    async def ask(self, key: object, **message: object) -> Mapping[str, Any]:
        if self.line is None or not self.flowing or self.line.ended:
            raise Unavailable("no connection")
        answer: Deferred[Mapping[str, Any]] = Deferred()
        self.asked[key] = answer
        self.line.say(**message)
        answer.addTimeout(self.settings.answer_within.total_seconds(), self.context.reactor)
        try:
            return await answer
        except TimeoutError:
            raise Unknown("no answer") from None
        finally:
            self.asked.pop(key, None)

    async def post_charge(self, posting: Posting) -> str:
        said = await self.ask(posting.number, post=posting.number, room=posting.room, minor=posting.minor)
        how = said.get("how")
        if how == "accepted":
            return "on the folio"
        if how == "refused":
            raise Refused("no such guest", "NG")
        if how == "later":
            raise Later("not now")
        raise Unknown(f"it answered {said}")

    async def report_wakeup(self, result: WakeupResult) -> None:
        if self.line is None or not self.flowing:
            raise Unavailable("no connection")
        self.line.say(woken=result.room, at=result.local, result=result.result)

    async def report_wakeup_news(self, news: WakeupNews) -> None:
        raise Refused("not told")

    async def report_room_status(self, status: RoomStatus) -> None:
        raise Refused("not told")

    async def request_resync(self) -> None:
        if self.line is None or not self.flowing:
            raise Unavailable("no connection")
        self.line.say(list=True)

    async def probe(self) -> Sequence[Finding]:
        try:
            line = await self.connect()
        except Exception as error:
            return [Finding("connected", False, f"nobody answers ({error}): start the interface of the PMS")]
        line.transport.abortConnection()
        return [Finding("connected", True, "somebody answers")]


def plugin(link: type[JsonLink] = JsonLink) -> Plugin:
    claims = (Capability.CHARGES, Capability.WAKEUPS_IN, Capability.WAKEUP_RESULTS, Capability.RESYNC)
    return Plugin("json", Settings, link, frozenset(claims))


class JsonPeer(Peer):
    """The PMS."""

    within = 30.0
    back_within = 60.0

    def __init__(self, house: House) -> None:
        self.house = house
        self.line: Line | None = None
        self.kept: list[bytes] = []
        self.last = b""
        self.how = Answer.ACCEPTED
        self.acks = self.lists = 0
        self.posted: list[SeenPosting] = []
        self.results: list[SeenResult] = []
        self.comes_back()

    def goes_away(self) -> None:
        self.house.wires.serve(ENDPOINT, None)
        if self.line is not None and self.line.transport is not None:
            self.line.transport.abortConnection()
        self.line = None

    def comes_back(self) -> None:
        self.house.wires.serve(ENDPOINT, self.accept)

    def accept(self) -> Line:
        line = self.line = Line()
        self.house.world.call_later(0.1, self.greet, line)
        Deferred.fromCoroutine(self.hear(line))
        return line

    def greet(self, line: Line) -> None:
        if not line.ended:
            line.sendLine(b"hello")

    async def hear(self, line: Line) -> None:
        while (body := await line.lines.get()) is not None:
            said = json.loads(body)
            if "ready" in said:
                for one in self.kept:
                    line.sendLine(one)
            elif "ok" in said:
                self.acks += 1
                self.kept.pop(0)
            elif "post" in said:
                self.posted.append(SeenPosting(said["post"], said["room"], said["minor"]))
                if self.how is Answer.NONSENSE:
                    line.sendLine(b'"answer" ]]] what')
                elif self.how is not Answer.SILENT:
                    line.say(answer=said["post"], how=self.how)
            elif "woken" in said:
                self.results.append(SeenResult(said["woken"], said["at"], said["result"]))
            elif "list" in said:
                self.lists += 1

    def send(self, body: bytes) -> None:
        self.last = body
        self.kept.append(body)
        if self.line is not None and not self.line.ended:
            self.line.sendLine(body)

    def says(self, **message: object) -> None:
        self.send(json.dumps(message).encode())

    def guest_checks_in(self, guest: Guest) -> None:
        self.says(what="in", room=guest.room, reservation=guest.reservation, name=guest.name)

    def guest_leaves(self, guest: Guest) -> None:
        self.says(what="out", room=guest.room, reservation=guest.reservation)

    def guest_moves(self, guest: Guest, to: str) -> None:
        self.says(what="move", room=to, reservation=guest.reservation, **{"from": guest.room})

    def repeats(self) -> None:
        self.send(self.last)

    def talks_nonsense(self) -> Sequence[bytes]:
        self.send(b"\xff\x00 what is this")
        self.send(b"[]")
        return [b"\xff\x00 what is this", b"[]"]

    def begins_to_list(self, guests: Sequence[Guest]) -> None:
        self.says(what="begin")
        for one in guests:
            self.says(what="in", room=one.room, reservation=one.reservation, name=one.name, listed=True)

    def lists_the_house(self, guests: Sequence[Guest]) -> None:
        self.begins_to_list(guests)
        self.says(what="end")

    def resyncs_asked_for(self) -> int:
        return self.lists

    def asks_for_wakeup(self, room: str, local: str) -> None:
        self.says(what="wake", room=room, at=local)

    def takes_wakeup_back(self, room: str, local: str) -> None:
        self.says(what="let sleep", room=room, at=local)

    def wakeup_results(self) -> Sequence[SeenResult]:
        return self.results

    def answers_posting(self, how: Answer) -> None:
        self.how = how

    def postings(self) -> Sequence[SeenPosting]:
        return self.posted

    def acknowledged(self) -> int:
        return self.acks
