"""Commands over the wire: what is known after an answer, after half an answer, after none."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionRefusedError, DNSLookupError, getConnectError
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.python.failure import Failure

from hotelbridge.errors import Nonsense, NotWritten, ReplyLost, Stale
from hotelbridge.om import messages as om
from hotelbridge.om.client import Exchange, OmClient, device_endpoint
from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om import FakeOm
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import Busy

WAKE = om.Connect(om.Menu("1"), om.Ext("212"))


class Wire:
    """A client before a simulated device, on one clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.om = FakeOm(self.clock, phones=["212", "213"])
        self.client = OmClient(
            self.om.endpoint(), self.clock, url="http://192.0.2.10/xml", timeout=10, in_flight=2
        )

    def send(self, command: om.Command, **how: Any) -> list[Any]:
        """Send; the list gets the answer or the error when there is one."""
        results: list[Any] = []
        self.client.send(command, **how).addBoth(
            lambda r: results.append(r.value if isinstance(r, Failure) else r)
        )
        return results

    def answer(self, command: om.Command, seconds: float = 1, **how: Any) -> Any:
        """Send and let time pass; the one result."""
        results = self.send(command, **how)
        self.clock.advance(seconds)
        (result,) = results
        return result


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.client.close()
    wire.om.close()


def test_a_wake_up_that_is_taken_is_answered_with_nothing(wire: Wire) -> None:
    assert wire.answer(WAKE) == om.Empty()


def test_head_and_body_leave_as_a_request_of_http_1_0(wire: Wire) -> None:
    wire.answer(WAKE)
    (seen,) = wire.om.commands
    assert seen.verb == "Connect" and seen.body.startswith(b"<?xml")


def test_a_refusal_is_an_answer_although_its_status_is_200(wire: Wire) -> None:
    wire.om.script("212", Busy(6))
    reply = wire.answer(WAKE)
    assert isinstance(reply, om.Failed) and reply.code == 6


@pytest.mark.parametrize("fault", [CommandFault.RESET, CommandFault.NO_LENGTH, CommandFault.SEGMENTS])
def test_a_whole_answer_counts_however_it_came(wire: Wire, fault: CommandFault) -> None:
    wire.om.faults.next(fault)
    assert isinstance(wire.answer(om.QueryDevice()), om.DeviceInfo)


@pytest.mark.parametrize(
    "fault", [CommandFault.DROP_EXECUTED, CommandFault.DROP_UNEXECUTED, CommandFault.CUT]
)
def test_written_and_not_wholly_answered_is_lost_and_never_repeated(wire: Wire, fault: CommandFault) -> None:
    wire.om.faults.next(fault)
    assert isinstance(wire.answer(om.QueryDevice()), ReplyLost)
    wire.clock.advance(60)
    assert len(wire.om.commands) == 1


def test_an_answer_that_never_comes_is_lost_after_the_time_out(wire: Wire) -> None:
    wire.om.faults.next(CommandFault.HANG)
    results = wire.send(WAKE)
    wire.clock.advance(9.9)
    assert results == []
    wire.clock.advance(0.2)
    assert isinstance(results[0], ReplyLost)


def test_an_answer_that_is_no_message_is_nonsense(wire: Wire) -> None:
    wire.om.faults.next(CommandFault.GARBAGE)
    assert isinstance(wire.answer(WAKE), Nonsense)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (getConnectError((errno.ECONNREFUSED, "Connection refused")), "no connection: connection refused"),
        (ConnectionRefusedError(), "no connection: connection refused"),
        (getConnectError((errno.EHOSTUNREACH, "No route")), "no connection: no route to host"),
        (ConnectTimeout(), "no connection: it did not stand in time"),
        (DNSLookupError("no such name: om.example"), "no connection: no such name: om.example"),
    ],
)
def test_why_there_is_no_connection_is_said_once(error: Exception, words: str) -> None:
    class Nowhere:
        def connect(self, factory: object) -> Deferred[object]:
            return fail(error)

    client = OmClient(Nowhere(), FakeClock(), url="http://192.0.2.10/xml")  # type: ignore[arg-type]
    told: list[Failure] = []
    client.send(WAKE).addErrback(told.append)
    assert isinstance(told[0].value, NotWritten) and str(told[0].value) == words


def test_a_device_that_is_not_there_was_certainly_not_written_to(wire: Wire) -> None:
    wire.om.cut("refused")
    assert isinstance(wire.answer(WAKE), NotWritten)


def test_a_connection_that_never_stands_was_certainly_not_written_to(wire: Wire) -> None:
    wire.om.cut("dead")
    assert isinstance(wire.answer(WAKE, seconds=11), NotWritten)


def test_what_is_not_wanted_any_more_is_not_written(wire: Wire) -> None:
    assert isinstance(wire.answer(WAKE, still_good=lambda: succeed(False)), Stale)
    assert wire.om.commands == []


def test_what_would_be_too_late_is_not_written(wire: Wire) -> None:
    wire.om.faults.always(CommandFault.SLOW, seconds=5)
    wire.send(om.QueryExt("212")), wire.send(om.QueryExt("213"))
    results = wire.send(WAKE, not_after=wire.clock.now() + timedelta(seconds=2), urgent=True)
    wire.clock.advance(30)
    assert isinstance(results[0], Stale)
    assert wire.om.seen("Connect") == []


def test_the_last_look_is_taken_when_the_connection_stands(wire: Wire) -> None:
    asked: list[Deferred[bool]] = []

    def still_good() -> Deferred[bool]:
        asked.append(Deferred())
        return asked[-1]

    results = wire.send(WAKE, still_good=still_good, not_after=wire.clock.now() + timedelta(seconds=2))
    wire.clock.advance(3)
    assert len(asked) == 1 and wire.om.commands == []
    asked[0].callback(True)
    wire.clock.advance(1)
    assert isinstance(results[0], Stale)  # good, but too late by then


def test_calls_go_before_configuration_and_few_are_in_flight(wire: Wire) -> None:
    """R8: Connect and Clear go before all configuration traffic of a device."""
    wire.om.faults.always(CommandFault.SLOW, seconds=1)
    for _ in range(4):
        wire.send(om.QueryExt("212"))
    wire.send(om.Connect(om.Menu("1"), om.Ext("213")), urgent=True)
    wire.clock.advance(0.5)
    assert len(wire.om.commands) == 2
    wire.clock.advance(10)
    assert [seen.verb for seen in wire.om.commands] == ["Query", "Query", "Connect", "Query", "Query"]


def test_a_call_for_help_is_looked_into_behind_rings_and_before_the_rest(wire: Wire) -> None:
    """A5, R8: a Query after BUSY waits for no configuration traffic, and for every Connect."""
    wire.om.faults.always(CommandFault.SLOW, seconds=1)
    for _ in range(4):
        wire.send(om.QueryExt("212"))
    wire.send(om.QueryExt("213"), soon=True)
    wire.send(om.Connect(om.Menu("1"), om.Ext("213")), urgent=True)
    wire.clock.advance(10)
    asked = [seen.words for seen in wire.om.commands]
    assert [words.split()[0] for words in asked] == ["Query", "Query", "Connect", "Query", "Query", "Query"]
    assert "213" in asked[3] and "212" in asked[4]


def test_closing_tells_what_waits_that_it_was_not_written(wire: Wire) -> None:
    wire.om.faults.always(CommandFault.HANG)
    results = [wire.send(om.QueryExt("212")) for _ in range(3)]
    wire.clock.advance(0.1)
    wire.client.close()
    assert [type(r[0]) for r in results] == [ReplyLost, ReplyLost, NotWritten]
    assert isinstance(wire.answer(WAKE), NotWritten)


def test_a_cancelled_command_lets_the_next_one_go(wire: Wire) -> None:
    wire.om.faults.next(CommandFault.HANG)
    wire.om.faults.next(CommandFault.HANG)
    stuck = [wire.client.send(om.QueryExt("212")) for _ in range(2)]
    results = wire.send(om.QueryDevice())
    wire.clock.advance(0.1)
    assert results == []
    for one in stuck:
        one.addErrback(lambda _: None)
        one.cancel()
    wire.clock.advance(0.1)
    assert isinstance(results[0], om.DeviceInfo)


def test_a_system_parameter_is_read_by_get(wire: Wire) -> None:
    ask = om.ConfigGet(om.PARAMETERS["CONTROL_TYPE"], password="admin")
    assert wire.answer(ask) == om.ParameterValue("554", "0")


def test_a_wrong_management_password_is_said_in_words(wire: Wire) -> None:
    assert "password" in str(wire.answer(om.ConfigGet(554, password="guess")))


def test_only_plain_http_reaches_a_device() -> None:
    with pytest.raises(ValueError, match="http://"):
        device_endpoint(None, "https://192.0.2.10/xml")


def test_the_instant_of_the_write_is_told_also_where_the_reply_is_lost(wire: Wire) -> None:
    wrote: list[datetime] = []
    wire.om.faults.next(CommandFault.DROP_EXECUTED)
    begun = wire.clock.now()
    assert isinstance(wire.answer(WAKE, wrote=wrote.append), ReplyLost)
    (at,) = wrote
    assert begun <= at <= begun + timedelta(seconds=1)


def test_what_is_not_written_has_no_such_instant(wire: Wire) -> None:
    wrote: list[datetime] = []
    stale = wire.answer(WAKE, not_after=wire.clock.now() - timedelta(seconds=1), wrote=wrote.append)
    assert isinstance(stale, Stale)
    assert isinstance(wire.answer(WAKE, still_good=lambda: succeed(False), wrote=wrote.append), Stale)
    wire.om.cut()
    assert isinstance(wire.answer(WAKE, seconds=20, wrote=wrote.append), NotWritten)
    assert wrote == []


# --- the tap ---


@pytest.fixture
def tapped() -> Iterator[tuple[Wire, list[Exchange]]]:
    wire, told = Wire(), []
    wire.client = OmClient(
        wire.om.endpoint(), wire.clock, url="http://192.0.2.10/xml", timeout=10, tap=told.append
    )
    yield wire, told
    wire.client.close()
    wire.om.close()


def test_a_tap_is_told_what_was_written_when_and_what_was_answered(
    tapped: tuple[Wire, list[Exchange]],
) -> None:
    wire, told = tapped
    begun = wire.clock.now()
    reply = wire.answer(om.QueryExt("212"))
    (one,) = told
    assert (one.command, one.reply, one.fault) == (om.QueryExt("212"), reply, "")
    assert b'<ext id="212"' in one.sent and b"POST" not in one.sent
    assert b"212" in one.answer and begun <= one.at <= one.ended


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (CommandFault.DROP_EXECUTED, "the connection ended before the whole answer"),
        (CommandFault.HANG, "no answer within 10 s"),
        (CommandFault.GARBAGE, ""),
    ],
)
def test_a_tap_is_told_why_there_is_no_answer(
    tapped: tuple[Wire, list[Exchange]], fault: CommandFault, why: str
) -> None:
    wire, told = tapped
    wire.om.faults.next(fault)
    wire.answer(WAKE, seconds=30)
    (one,) = told
    assert one.reply is None and one.fault.startswith(why) and one.fault
    assert bool(one.answer) == (fault == CommandFault.GARBAGE)


def test_a_tap_is_not_told_of_what_was_never_written(tapped: tuple[Wire, list[Exchange]]) -> None:
    wire, told = tapped
    stale = wire.answer(WAKE, not_after=wire.clock.now() - timedelta(seconds=1))
    assert isinstance(stale, Stale) and told == []


def test_a_tap_never_learns_the_password(tapped: tuple[Wire, list[Exchange]]) -> None:
    wire, told = tapped
    wire.client.send(om.ConfigGet(883, password="swordfish")).addErrback(lambda _: None)
    wire.clock.advance(30)
    (one,) = told
    assert one.sent.endswith(b"id=883") and b"swordfish" not in one.sent
