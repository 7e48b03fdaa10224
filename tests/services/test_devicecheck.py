"""`check --online`: a real configuration against the simulated device, with and without a daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError

from hotelbridge.core.devicecheck import Finding, Gravity, heading
from hotelbridge.core.records import Report
from hotelbridge.om.client import OmClient
from hotelbridge.om.listener import PushFactory, Route
from hotelbridge.services.devicecheck import Inspection, keys_seen
from hotelbridge.services.ears import Ear, InboxEar, PortEar
from hotelbridge.store import leases
from hotelbridge.store.database import Database, InlineRunner, Tx
from hotelbridge.testing.fake_om_plant import TrunkState
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer, Silent
from tests.services.evening import Evening

KEY = b'<Event attribute="DTMF"><ext id="212"><info>%s</info><menu id="1"/></ext></Event>'


class Check:
    """`check --online` beside the evening's hotel; where the daemon is crashed, it has the port."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.property = evening._settings.properties[0]
        self.om = evening.om
        self.port_taken = False
        self.password: str | None = None
        self._db = Database(
            evening._settings.store.url, runner=InlineRunner(), node="check", clock=evening.clock
        )

    def close(self) -> None:
        self._db.close()

    def run(self, ring: str | None = None, seconds: float = 60.0) -> list[Finding]:
        device = self.property.om[0]
        client = OmClient(self.om.endpoint(source="192.0.2.9"), self.evening.clock, url=device.url)
        inspection = Inspection(self.property, device, client, self.evening.clock, self._db, self.password)

        async def work() -> list[Finding]:
            found = await inspection.look()
            if ring is not None:
                found += await inspection.ring(ring, self._ear)
            return found

        results: list[Any] = []
        Deferred.fromCoroutine(work()).addBoth(results.append)
        self.evening.advance(seconds)
        (result,) = results
        if hasattr(result, "raiseException"):
            result.raiseException()
        return result  # type: ignore[no-any-return]

    def wrong(self, ring: str | None = None) -> list[str]:
        return [heading(f.about) for f in self.run(ring) if f.gravity is Gravity.WRONG]

    def about(self, what: str, ring: str | None = None) -> Finding:
        (one,) = [f for f in self.run(ring) if heading(f.about) == what]
        return one

    def _ear(self, running: bool) -> Ear:
        clock = self.evening.clock
        if running:
            return InboxEar(self._db, "main", "om20", clock)
        routes = [Route("main", "om20", "/om20", ("192.0.2.10",))]
        return PortEar(routes, "tcp:8989", self._listen, clock, self._db)

    def _listen(self, factory: PushFactory) -> _Port:
        if self.port_taken:
            raise CannotListenError("", 8989, OSError(98, "taken"))
        self.om.push_to(factory, source="192.0.2.10")
        return _Port(self.om.push_to)


class _Port:
    def __init__(self, push_to: Callable[[Any], None]) -> None:
        self._push_to = push_to

    def stopListening(self) -> None:  # noqa: N802
        self._push_to(None)


@pytest.fixture
def check(evening: Evening) -> Iterator[Check]:
    one = Check(evening)
    yield one
    one.close()


def alone(check: Check) -> None:
    """No daemon any more, and its lease has run out (it runs by the database's own clock)."""
    check.evening.crash()

    def run_out(tx: Tx) -> None:
        lease = leases.holder(tx, "main")
        assert lease is not None
        leases.release(tx, "main", lease.node, lease.epoch)

    check._db.run(run_out)


def test_a_device_that_hotelbridge_has_set_up_is_all_right(check: Check) -> None:
    assert check.wrong() == []
    assert check.about("menu 1").gravity is Gravity.WELL
    assert "CONTROL_TYPE 0, CONFIG_CHANGE 2" in check.about("parameters").what


def test_a_device_that_is_away_is_told_with_what_to_do(check: Check) -> None:
    check.om.cut()
    one = check.about("the device")
    assert one.gravity is Gravity.WRONG and "does not answer at http://192.0.2.10/xml" in one.what


@pytest.mark.parametrize("manner", ["close", "empty", "failed", "forbidden"])
def test_a_device_that_obeys_another_address_is_told_as_such(check: Check, manner: str) -> None:
    """M4: the OM obeys one address."""
    check.om.server_address, check.om.foreign = "192.0.2.77", manner
    one = check.about("the device")
    assert one.gravity is Gravity.WRONG and "name this machine on its API page" in one.do


def test_a_wrong_management_password_is_a_note(check: Check) -> None:
    check.password = "guess"
    assert check.about("parameters").gravity is Gravity.NOTE
    assert check.wrong() == []


def test_the_factory_password_is_noticed(check: Check) -> None:
    assert check.about("the management password").gravity is Gravity.NOTE


def test_parameters_are_judged(check: Check) -> None:
    check.om.parameters |= {"883": "0", "1089": "s3cret"}
    assert check.about("CONFIG_CHANGE").do == "Set it to 2."
    assert "s3cret" not in repr(check.run())


def test_a_trunk_that_waits_for_a_program_is_wrong(check: Check) -> None:
    check.om._plant.trunks["0900"] = TrunkState("0900", "IPLine 90", control="37")
    assert check.wrong() == ["trunk 0900"]


def test_a_phone_that_answers_by_itself_is_found_in_its_assigned_values_or_in_its_line(check: Check) -> None:
    phone = check.om.phone("212")
    phone.lineid = "IPPhone 80"
    phone.parameters["autoAnswer"] = "yes"
    assert check.wrong() == ["phone 212"]


def test_phones_that_a_wakeup_would_not_reach_are_wrong(check: Check) -> None:
    check.om.unplug("212")
    check.om.phone("213").parameters |= {"Fwd_Type": "4", "Fwd_Number": "900"}
    check.om.phone("110").parameters["No_Disturb"] = "on"
    assert check.wrong() == ["phone 212", "phone 213"]


def test_extensions_that_look_like_rooms_are_a_note(check: Check) -> None:
    check.om.add_phone("214", "Phone 99")
    notes = [f for f in check.run() if "214" in f.what]
    assert [n.gravity for n in notes] == [Gravity.NOTE]


def test_the_desks_own_phones_are_looked_at_too(check: Check) -> None:
    """A1: an alarm rings them, and opens nothing."""
    desk = check.property.desk.model_copy(update={"phones": ("100", "109")})
    check.property = check.property.model_copy(update={"desk": desk})
    check.om.add_phone("100", "Phone 90", No_Disturb="on")
    assert check.wrong() == ["desk phone 109", "desk phone 100"]


def test_a_missing_menu_is_wrong_beside_a_daemon_and_a_note_before_its_start(check: Check) -> None:
    check.om._plant.menus.clear()
    assert check.about("menu 1").gravity is Gravity.WRONG
    alone(check)
    assert check.about("menu 1").gravity is Gravity.NOTE


def test_a_key_of_an_extension_proves_digit_and_a_time_out_does_not() -> None:
    """R4: `T` alone is no key."""
    assert (
        keys_seen([KEY % b"1", KEY % b"T", b"junk DTMF", b'<Event attribute="DTMF"><info>1</info></Event>'])
        == 1
    )


def test_proof_by_digit_looks_into_the_inbox(check: Check) -> None:
    wakeup = check.property.wakeup.model_copy(update={"proof": "digit"})
    check.property = check.property.model_copy(update={"wakeup": wakeup})
    assert check.wrong() == ["proof by digit"]
    check._db.append([Report("main", "om20", check.evening.clock.now(), KEY % b"1#")])
    assert check.wrong() == []


# --- a ring ---


def test_a_ring_alone_is_heard_on_the_port_and_ended_from_here(check: Check) -> None:
    """R1, R5: its RING within 10 s; ended because it rang for us and nobody else is on the phone."""
    alone(check)
    check.evening.phone("212", NoAnswer(None))
    one = check.about("ring of phone 212", ring="212")
    assert one.gravity is Gravity.WELL and "on tcp:8989" in one.what and "ended from here" in one.what
    assert [r.ended_by for r in check.om.rings] == ["clear"]


def test_what_is_heard_on_the_port_meanwhile_is_kept_for_the_daemon(check: Check) -> None:
    alone(check)
    check.run(ring="212")
    check.evening.start()
    assert check.evening.bad_reports() == 0 and "reporting" in str(check.evening.links())


def test_a_ring_beside_the_daemon_is_heard_in_its_inbox(check: Check) -> None:
    check.evening.phone("212", Answers(after=3.0, talk=4.0))
    one = check.about("ring of phone 212", ring="212")
    assert one.gravity is Gravity.WELL and "inbox of the running daemon" in one.what
    assert "it was lifted and hung up" in one.what and not check.om.seen("Clear")


def test_before_the_first_start_the_ring_gets_its_menu_and_its_reports(check: Check) -> None:
    alone(check)
    check.om._plant.menus.clear()
    check.om.phone("212").parameters["api"] = "0"
    assert check.wrong(ring="212") == ["phone 212"]  # set once, and it did not stay
    assert check.om.rings and check.om.menus["1"].voicefile == "wakeup_en"
    assert check.om.phone("212").parameters["api"] == "7"


def test_a_ring_without_reports_is_wrong_and_not_ended_from_here(check: Check) -> None:
    """R1, R5: accepted, no report: told as such; what showed no RING is not cleared."""
    check.evening.phone("212", Silent(rings=30.0))
    one = check.about("ring of phone 212", ring="212")
    assert one.gravity is Gravity.WRONG and "its reports do not arrive" in one.do
    assert not check.om.seen("Clear")


@pytest.mark.parametrize("state", ["active", "offline", "offhook"])
def test_a_phone_that_is_not_free_is_not_rung(check: Check, state: str) -> None:
    if state == "active":
        check.evening.om.guest_dials("212", "213")
        check.evening.advance(12)
    elif state == "offline":
        check.om.unplug("212")
    else:
        check.om.guest_leaves_off_hook("212")
    before = len(check.om.seen("Connect"))
    one = check.about("ring of phone 212", ring="212")
    assert one.gravity is Gravity.WRONG and "was not tried" in one.what
    assert len(check.om.seen("Connect")) == before


def test_a_phone_with_a_wakeup_within_minutes_is_left_alone(check: Check) -> None:
    check.evening.book("212", "06:28")
    one = check.about("ring of phone 212", ring="212")
    assert "due within minutes" in one.what and not check.om.seen("Connect")


def test_a_call_that_somebody_else_took_over_is_not_ended(check: Check) -> None:
    """R5: a Query just before the Clear shows another party."""
    check.evening.phone("212", Answers(after=2.0, talk=None))
    results = _ring_and(check, 10.0, lambda: _somebody_else(check))
    assert not check.om.seen("Clear")
    assert any("was not seen to end" in f.what for f in results)


def _ring_and(check: Check, after: float, do: Callable[[], None]) -> list[Finding]:
    check.evening.clock.call_later(after, do)
    return check.run(ring="212")


def _somebody_else(check: Check) -> None:
    """The guest's phone is in a call with 213 now, and no report of the change came."""
    phone, other = check.om.phone("212"), check.om.phone("213")
    exchange = check.om.exchange
    call = exchange.new_call(exchange.ext(other), [exchange.ext(phone)])
    call.up_at = check.evening.clock.now()
    for leg in call.legs:
        leg.state = "up"


def test_a_port_that_somebody_else_holds_is_told_and_nothing_rings(check: Check) -> None:
    alone(check)
    check.port_taken = True
    one = check.about("ring of phone 212", ring="212")
    assert "is taken by another program" in one.what and not check.om.seen("Connect")
