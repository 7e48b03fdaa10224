"""The whole way over true sockets, over TLS with certificates, and over a serial line (a pseudo-terminal)."""

from __future__ import annotations

import os
import pty
import tty
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fias_bench import ROOMS, VIENNA, posting
from fias_house import House
from hotelbridge_fias.framing import Deframer, Framing, frame
from hotelbridge_fias.link import FiasLink
from hotelbridge_fias.serial import Discipline
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.simulator_pms import FakePms
from twisted.internet import reactor as installed
from twisted.internet.abstract import FileDescriptor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint, clientFromString, serverFromString
from twisted.internet.ssl import CertificateOptions

from hotelbridge.clock import SystemClock
from hotelbridge.pms.api import CheckedIn, WakeupWanted

reactor: Any = installed


class TrueHouse(House):
    """A house on this machine's clock and sockets."""

    def __init__(self) -> None:
        clock: Any = SystemClock(reactor)
        clock.reactor = reactor
        super().__init__(clock)

    def connector(self, endpoint: str) -> Any:
        client: Any = clientFromString
        return client(reactor, endpoint)


def until(true: Callable[[], bool], seconds: float = 10.0) -> Deferred[None]:
    """Fires when something has become true."""
    done: Deferred[None] = Deferred()
    ends = reactor.seconds() + seconds

    def look() -> None:
        if true():
            done.callback(None)
        elif reactor.seconds() > ends:
            done.errback(AssertionError("it did not become true in time"))
        else:
            reactor.callLater(0.01, look)

    look()
    return done


async def a_stay_with_a_charge(pms: FakePms, link: FiasLink, house: House) -> None:
    """A guest comes, wants to be woken, telephones."""
    await until(lambda: pms.is_alive and link._talk.up)
    pms.front_desk.check_in("212", "1001", "Müller, Hans")
    pms.front_desk.wake("212", datetime(2026, 11, 24, 6, 30))
    await until(lambda: len(house.disk.facts) == 2)
    arrived, wanted = house.disk.facts
    assert isinstance(arrived, CheckedIn) and arrived.name == "Müller, Hans"
    assert isinstance(wanted, WakeupWanted)
    words = await link.post_charge(posting())
    assert words.startswith("accepted (OK)") and len(pms.hotel.charges) == 1
    await link.stop()
    pms.close()
    assert pms.errors == []


def settings(endpoint: str) -> FiasSettings:
    return FiasSettings(endpoint=endpoint, send_gap=timedelta(), listen_first=timedelta(seconds=0.5))


async def test_over_tcp() -> None:
    pms, house = FakePms(SystemClock(reactor), ROOMS, zone=VIENNA), TrueHouse()
    server: Any = serverFromString
    port = await server(reactor, "tcp:0:interface=127.0.0.1").listen(pms)
    try:
        link = FiasLink(house, settings(f"tcp:127.0.0.1:{port.getHost().port}"))
        link.start()
        await a_stay_with_a_charge(pms, link, house)
    finally:
        await port.stopListening()


@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")
async def test_over_tls_with_a_certificate_on_both_sides(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path / "ours.pem"), certificate(tmp_path / "theirs.pem", "localhost")
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "theirs.pem").write_bytes(theirs)
    pms, house = FakePms(SystemClock(reactor), ROOMS, zone=VIENNA), TrueHouse()
    server: Any = SSL4ServerEndpoint
    port = await server(reactor, 0, asking_for(ours, tmp_path / "theirs.pem"), interface="127.0.0.1").listen(
        pms
    )
    where = (
        f"tls:localhost:{port.getHost().port}:certificate={tmp_path}/ours.pem:privateKey={tmp_path}/ours.pem"
    )
    try:
        link = FiasLink(house, settings(f"{where}:trustRoots={tmp_path}/trusted"))
        link.start()
        await a_stay_with_a_charge(pms, link, house)
    finally:
        await port.stopListening()


def certificate(path: Path, name: str = "hotelbridge") -> bytes:
    """A self-signed one, as such interfaces have; the PEM of it alone, and in the file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + pem)
    return pem


def asking_for(client: bytes, own: Path) -> Any:
    """The PMS's side: with its own certificate, and only for whoever shows ours."""
    from twisted.internet.ssl import Certificate, PrivateCertificate

    load: Any = PrivateCertificate.loadPEM
    trusted: Any = Certificate.loadPEM
    options: CertificateOptions = load(own.read_bytes()).options(trusted(client))
    return options


class SerialPms(FileDescriptor):
    """The far end of a pseudo-terminal: the simulated PMS with the discipline of a serial line."""

    def __init__(self, pms: FakePms, master: int) -> None:
        super().__init__(reactor)
        self._master = master
        os.set_blocking(master, False)
        self._deframer = Deframer()
        self.line: Any = pms.buildProtocol(None)
        self.discipline = Discipline(SystemClock(reactor), self._put, self._received)
        self.acknowledged: list[str] = []
        self.line.makeConnection(self)
        self.startReading()

    def fileno(self) -> int:
        return self._master

    def doRead(self) -> None:  # noqa: N802
        self.discipline.data(os.read(self._master, 4096))

    def _put(self, data: bytes) -> None:
        os.write(self._master, data)

    def _received(self, body: bytes) -> None:
        self.line.dataReceived(frame(body))

    def write(self, data: bytes) -> None:
        for body in self._deframer.feed(data):
            self.discipline.send(body).addCallback(self._acknowledged, body)

    def _acknowledged(self, outcome: str, body: bytes) -> None:
        self.acknowledged.append(f"{outcome} {body.decode()[:2]}")

    def loseConnection(self, *args: Any) -> None:  # noqa: N802
        """A serial line has no end that the other side could see."""

    def abortConnection(self) -> None:  # noqa: N802
        """Nor this."""

    def close(self) -> None:
        self.stopReading()
        self.discipline.close()
        self.line.connectionLost()
        os.close(self._master)


@pytest.fixture
def terminal() -> Any:
    """Both ends of a pseudo-terminal: the master's descriptor, the slave's name."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)


async def test_over_a_serial_line(terminal: tuple[int, str]) -> None:
    master, name = terminal
    pms, house = FakePms(SystemClock(reactor), ROOMS, zone=VIENNA), TrueHouse()
    link = FiasLink(house, settings(f"serial:{name}"))
    link.start()
    far = SerialPms(pms, master)
    try:
        await a_stay_with_a_charge(pms, link, house)
        assert set(far.acknowledged) >= {"taken GI", "taken WR", "taken PA"}
    finally:
        far.close()


async def test_on_a_serial_line_nothing_is_acknowledged_before_it_is_saved(terminal: tuple[int, str]) -> None:
    master, name = terminal
    pms, house = FakePms(SystemClock(reactor), ROOMS, zone=VIENNA), TrueHouse()
    link = FiasLink(house, settings(f"serial:{name}"))
    link.start()
    far = SerialPms(pms, master)
    try:
        await until(lambda: pms.is_alive and link._talk.up)
        house.full = True
        pms.front_desk.check_in("212", "1001")
        wait: Deferred[None] = Deferred()
        reactor.callLater(0.4, wait.callback, None)
        await wait
        assert "taken GI" not in far.acknowledged
        house.full = False
        await until(lambda: "taken GI" in far.acknowledged)
        assert house.disk.bodies()[-1].startswith("GI|")
        await link.stop()
    finally:
        pms.close()
        far.close()


async def test_a_serial_line_on_which_nobody_acknowledges_is_given_up_and_tried_again(
    terminal: tuple[int, str],
) -> None:
    master, name = terminal
    house = TrueHouse()
    quick = {"listen_first": "0.05s", "alive_within": "0.2s", "send_gap": "0s"}
    link = FiasLink(house, FiasSettings.model_validate({"endpoint": f"serial:{name}", **quick}))
    link.start()
    os.write(master, frame(b"LS|DA261124|TI050000|", Framing.STX_ETX_LRC))
    await until(lambda: "takes nothing any more" in house.shown[-1][1])
    await until(lambda: "has said nothing yet" in house.shown[-1][1])
    await link.stop()
    os.close(master)


async def test_a_serial_port_that_is_not_there_is_told_and_tried_again() -> None:
    house = TrueHouse()
    link = FiasLink(house, FiasSettings(endpoint="serial:/dev/not-there"))
    link.start()
    await until(lambda: "no connection" in house.shown[-1][1])
    assert "/dev/not-there" in house.shown[-1][1] and "tried again in 1 s" in house.shown[-1][1]
    await link.stop()
