"""A simulated OM IP-PBX: the far end of both wires, faithful to the manual and awkward on purpose.

Speaks the protocol by itself, from templates of its own. Moved by the injected clock alone, so that a
fake clock plays a whole night; reached in memory (`endpoint`, `push_to`) or over real TCP (`listen`,
`push_over`). It lives apart from the daemon under test and remembers what its phones went through
(`rings`, `commands`, `overlapping`): promises are checked there, from outside.

What it cannot prove, because no public capture shows it: how signatures are hashed, how a device
waits between pushes, how events share a long connection, and the call record of a wake-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Protocol

from hotelbridge.clock import Clock
from hotelbridge.testing.fake_om_commands import Command, Commands, Seen, read
from hotelbridge.testing.fake_om_connect import Connects, Refused, Unanswered
from hotelbridge.testing.fake_om_exchange import Exchange
from hotelbridge.testing.fake_om_faults import CommandFault, FailedBy, Faults
from hotelbridge.testing.fake_om_guests import Guests
from hotelbridge.testing.fake_om_habits import Habits
from hotelbridge.testing.fake_om_http import (
    DROPPED,
    CommandFactory,
    Deaf,
    Door,
    Parcel,
    Push,
    Pusher,
    Reply,
    Request,
)
from hotelbridge.testing.fake_om_manners import (
    DEFAULT_PARAMETERS,
    as_set,
    parameters_of,
    spoilt,
    to_foreigner,
    usual_trunks,
)
from hotelbridge.testing.fake_om_memory import MemoryEndpoint, NowhereEndpoint
from hotelbridge.testing.fake_om_plant import Overlap, PhoneState, Plant, Ring, TrunkState
from hotelbridge.testing.fake_om_pushes import Outbox, Pushed
from hotelbridge.testing.fake_om_scripts import USUAL, Answers, NoAnswer, Script
from hotelbridge.testing.fake_om_timers import Timers
from hotelbridge.testing.fake_om_xml import REASONS, Node, event, failed, node, render

Phones = Iterable[str] | Mapping[str, Script | Iterable[Script]]


@dataclass(slots=True)
class FakeOm:
    """One simulated device.

    `phones`: numbers, or numbers with their scripts. `api`: the status subscription every phone starts
    with ("0" is the factory's: nothing is pushed until it is assigned 7). `server_address`: the only
    source whose commands are obeyed (None: any); `foreign`: what others get: close, forbidden, empty
    or failed. `latency`: seconds that bytes travel in memory. `dated`: by how many seconds the Date of
    its answers is wrong; None: they carry none.
    """

    clock: Clock
    phones: Phones = ()
    trunks: Iterable[TrunkState] = field(default_factory=usual_trunks)
    max_announcements: int = 8
    push: Push = field(default_factory=Push)
    faults: Faults = field(default_factory=Faults)
    habits: Habits = field(default_factory=Habits)
    zone: tzinfo = UTC
    api: str = "7"
    server_address: str | None = None
    foreign: str = "close"
    latency: float = 0.0
    dated: float | None = 0.0
    observer: Callable[[str], None] | None = None
    commands: list[Seen] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    up: bool = True
    network: str = "up"  # up, refused (as when the cable ends in a router), dead (nothing answers)
    exchange: Exchange = field(init=False)
    guests: Guests = field(init=False)
    _plant: Plant = field(init=False)
    _executor: Commands = field(init=False)
    _connects: Connects = field(init=False)
    _outbox: Outbox = field(init=False)
    _servers: CommandFactory = field(init=False)
    _door: Door | None = None
    _timers: Timers = field(init=False)

    def __post_init__(self) -> None:
        self._timers = Timers(self.clock)
        self.parameters = DEFAULT_PARAMETERS | parameters_of(self.push) | self.parameters
        self._plant = Plant(trunks={trunk.number: trunk for trunk in self.trunks})
        pusher = Pusher(self.push, NowhereEndpoint())
        self._outbox = Outbox(self.clock, self.faults, self.parameters, self._plant.mac, pusher)
        self.exchange = Exchange(
            self.clock,
            self._plant,
            self.faults,
            self._outbox,
            self.parameters,
            self.max_announcements,
            self.zone,
            self.habits,
            self._observe,
        )
        self._connects = Connects(self.exchange)
        self._executor = Commands(self.exchange, self._connects)
        self.guests = Guests(self.exchange, self._connects)
        self._servers = CommandFactory(
            self.clock, lambda request: replace(self._answer(request), dated=self.dated)
        )
        for index, number in enumerate(self.phones, 1):
            self.add_phone(number, f"Phone {index}")
        if isinstance(self.phones, Mapping):
            for number, scripts in self.phones.items():
                self.script(number, *([scripts] if isinstance(scripts, Script) else scripts))

    # -- the hotel --------------------------------------------------------------------------------

    def add_phone(self, number: str, lineid: str, **parameters: str) -> PhoneState:
        """One more extension; lineid `Phone 1` is analogue, `IPPhone 50` is not."""
        phone = PhoneState(number, lineid, {"api": self.api, "Call_Restriction": "3"} | parameters)
        self._plant.phones[number] = phone
        return phone

    def phone(self, number: str) -> PhoneState:
        """The state of one extension, to look at or to change by hand."""
        return self._plant.phones[number]

    @property
    def phone_numbers(self) -> list[str]:
        """Every extension."""
        return list(self._plant.phones)

    def script(self, number: str, *scripts: Script) -> None:
        """What the next calls to this phone meet, one after the other; the last one stays."""
        phone = self.phone(number)
        phone.scripts.clear()
        phone.scripts.extend(scripts or (Answers(),))

    @property
    def rings(self) -> list[Ring]:
        """Every time a phone rang, reported or not."""
        return self.exchange.rings

    @property
    def overlapping(self) -> list[Overlap]:
        """Every Connect for a phone that was in a call of the application server already."""
        return self._connects.overlapping

    @property
    def said(self) -> list[Pushed]:
        """Everything it meant to push, in order."""
        return self._outbox.said

    @property
    def lost(self) -> list[Parcel]:
        """What nobody received."""
        return [*self._outbox.lost, *self._outbox.pusher.lost]

    @property
    def menus(self) -> dict[str, Any]:
        """The voice menus it holds now."""
        return dict(self._plant.menus)

    def seen(self, verb: str) -> list[Seen]:
        """The commands of one verb, in order."""
        return [one for one in self.commands if one.verb == verb]

    # -- what happens to it -----------------------------------------------------------------------

    def reboot(self, downtime: float = 30.0) -> None:
        """Restart: calls, menus and groups are lost, connections refused; BOOTUP when it is up again."""
        self._observe("the device restarts")
        self.up = False
        self.exchange.drop_everything()
        self._plant.forget()
        self._outbox.stop()
        self._outbox.pusher.close()
        self._shut()
        self._timers.later(downtime, self._booted)

    def _booted(self) -> None:
        self.up = True
        self._open()
        self._observe("the device is up again")
        self._outbox.push("BOOTUP", event("BOOTUP"), None)
        if self.faults.idle_first:
            for number in self._plant.phones:
                self.exchange.say(None, "IDLE", [node("ext", {"id": number})])

    def _shut(self) -> None:
        self._servers.drop_all()
        if self._door is not None:
            self._door.shut()

    def _open(self) -> None:
        if self._door is not None and self.up and self.network != "refused":
            self._door.reopen()

    def cut(self, how: str = "refused") -> None:
        """The network between device and server is gone: `refused` at once, or `dead` silence."""
        self.network = how
        self._outbox.cut = True
        if how == "refused":
            self._shut()

    def mend(self) -> None:
        """The network is back; nothing is sent again."""
        self.network = "up"
        self._outbox.cut = False
        self._open()

    def unplug(self, number: str) -> None:
        """An IP phone loses its registration."""
        phone = self.phone(number)
        if phone.call is not None:
            self.exchange.end(phone.call, "device")
        phone.connected = False
        self.exchange.say(None, "OFFLINE", [node("ext", {"id": number})])

    def plug(self, number: str, address: str = "10.129.91.202") -> None:
        """It registers again."""
        phone = self.phone(number)
        phone.connected = True
        if phone.reports:
            online = event("ONLINE", node("ext", {"id": number}), RegisterIP=address)
            self._outbox.push("ONLINE", online, number)

    def change_configuration(self) -> None:
        """Somebody saves a page of the device's web interface."""
        self._outbox.push("CONFIG_CHANGE", event("CONFIG_CHANGE"), None)

    def guest_lifts(self, phone: str) -> None:
        """Lift the phone: answers it when it rings."""
        self.guests.lift(phone)

    def guest_leaves_off_hook(self, phone: str) -> None:
        """Lifted and forgotten: state `offhook`."""
        self.guests.leave_off_hook(phone)

    def guest_hangs_up(self, phone: str) -> None:
        """Put the phone down."""
        self.guests.hang_up(phone)

    def guest_presses(self, phone: str, keys: str) -> None:
        """Press keys in a call; ValueError when there is none."""
        self.guests.press(phone, keys)

    def guest_dials(
        self, phone: str, number: str, script: Answers | NoAnswer = USUAL, trunk: str | None = None
    ) -> None:
        """A guest calls a number, inside or outside; `script` is what the far side does."""
        self.guests.dial(phone, number, script, trunk)

    def hush(self, trunk: str, tells: bool = False) -> None:
        """A trunk that tells nothing of calls out while they last: no TRANSIENT, ALERT or ANSWERED."""
        self._plant.trunks[trunk].tells = tells

    @property
    def trunk_numbers(self) -> list[str]:
        """Every trunk."""
        return list(self._plant.trunks)

    def incoming(self, trunk: str, from_: str, to: str | None = None, script: Script | None = None) -> str:
        """A call from outside; gives the visitor's id. `to`: put through to this extension."""
        return self.guests.incoming(trunk, from_, to, script)

    # -- wires ------------------------------------------------------------------------------------

    def endpoint(self, source: str = "127.0.0.1") -> MemoryEndpoint:
        """Where a client sends commands, in memory; `source` is the address it seems to come from."""
        return MemoryEndpoint(
            self._accept,
            self.clock,
            source=source,
            latency=self.latency,
            hangs=lambda: self.network == "dead",
        )

    def push_to(self, factory: Any, source: str = "127.0.0.1") -> None:
        """Push in memory to this listener; None: nobody listens."""

        def accept(address: IAddress) -> Any:
            return factory.buildProtocol(address) if factory is not None else None

        self.push_through(MemoryEndpoint(accept, self.clock, source=source, port=8989, latency=self.latency))

    def push_over(self, reactor: Any, host: str, port: int, bind: str | None = None) -> None:
        """Push over TCP, from the source address `bind`."""
        address = (bind, 0) if bind is not None else None
        self.push_through(TCP4ClientEndpoint(reactor, host, port, 10, address))

    def push_through(self, endpoint: Any) -> None:
        """Push to whatever this endpoint reaches."""
        self._outbox.pusher.endpoint = endpoint

    def listen(self, reactor: Any, description: str = "tcp:0:interface=127.0.0.1") -> Deferred[Any]:
        """Take commands on a port; fires with it."""
        self._door = Door(reactor, self._accept)
        return self._door.open(description)

    @property
    def port(self) -> int:
        """The number of the port it listens on; 0 without one."""
        return self._door.number if self._door is not None else 0

    def close(self) -> Deferred[None]:
        """Switch it off without a word: no timers, no connections, no port remain."""
        self.exchange.drop_everything()
        self._outbox.stop()
        self._outbox.pusher.close()
        self._servers.drop_all()
        self._timers.stop()
        return self._door.shut() if self._door is not None else succeed(None)

    # -- commands ---------------------------------------------------------------------------------

    def _accept(self, address: IAddress | None) -> Protocol | None:
        if self.network == "dead":
            return Deaf()
        return self._servers.buildProtocol(address) if self.up and self.network == "up" else None

    def _answer(self, request: Request) -> Reply:
        if self.server_address is not None and request.source != self.server_address:
            return to_foreigner(self.foreign)
        path, _, query = request.target.partition("?")
        if path != "/xml":
            return Reply(line="404 Not Found")
        if request.method == "GET":
            configured = self._executor.configured(query)
            self._outbox.pusher.push = as_set(self._outbox.pusher.push, self.parameters)
            return Reply(render(configured))
        try:
            command = read(request.body)
        except ValueError:
            self.commands.append(Seen(self.clock.now(), "", "", request.body, request.source, False, b""))
            return Reply()
        seen = Seen(self.clock.now(), command.verb, command.words, request.body, request.source)
        self.commands.append(seen)
        reply = self._carry_out(command, seen)
        seen.reply = None if reply.silent or reply.hang else reply.body
        return reply

    def _carry_out(self, command: Command, seen: Seen) -> Reply:
        rule = self.faults.take_command(command.verb, command.phones)
        if rule is not None and rule.fault is CommandFault.DROP_UNEXECUTED:
            seen.executed = False
            return DROPPED
        try:
            if rule is not None and rule.fault is CommandFault.FAIL:
                raise Refused(rule.code, *(node("ext", {"id": one}) for one in command.phones))
            document = self._executor.execute(command)
        except Refused as refused:
            seen.executed = False
            document = self._refusal(command, refused)
        except Unanswered as unanswered:
            seen.executed = unanswered.executed
            return DROPPED
        body = render(document) if document is not None else b""
        return spoilt(body, rule) if rule is not None else Reply(body)

    def _refusal(self, command: Command, refused: Refused) -> Node | None:
        document = failed(refused.code, REASONS.get(refused.code, ""), *refused.parties)
        if command.verb != "Connect" or self.faults.failed_by is FailedBy.REPLY:
            return document
        phone = next(iter(command.phones), None)
        self._timers.later(self.habits.ring_after, self._outbox.push, "FAILED", document, phone)
        return document if self.faults.failed_by is FailedBy.BOTH else None

    def _observe(self, text: str) -> None:
        if self.observer is not None:
            self.observer(text)
