"""The forms of the console on the whole daemon: its store, its ladder and a telephone exchange behind them.

What is typed is a number of the house as often as nonsense, so that most forms get as far as they can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address
from twisted.logger import Logger

from hotelbridge.core.records import Actor, Role
from hotelbridge.services import accounts
from hotelbridge.services.passwords import Hasher
from hotelbridge.web.console.console import make_console
from hotelbridge.web.console.visit import Page
from hotelbridge.web.events import EventHub
from hotelbridge.web.site import make_site
from tests.services.evening import ROOMS, Evening

from .browsing import HEADERS, Browser
from .fake_users import PASSWORD, ROLES
from .far_end import Reply, Wire, read_reply
from .test_console_forms import NAMES

PARTS = ("desk", "rooms", "charges", "reports", "handovers", "users")
KNOWN = [
    "110", "110:113", "suite", "w 110 0630 daily until fri", "w 111,112 0645", "x 110", "up 111", "? 212",
    "0631", "06:40", "+2m", "2026-11-24", "2026-11-25", "1", "2", "yes", "woken_by_staff", "not_in_room",
    "cancelled", "en", "de", "open", "all", "new", "old", "DI", "Huber, Anna", "1001", "110 Huber 0700",
    "-1", "9" * 30, "0", "<b>", "%", "''", "\u202e",
]  # fmt: skip
TYPED = st.one_of(st.sampled_from(KNOWN), st.text(max_size=30))


class WholeHouse:
    """A daemon with everything behind its pages, and callers to them."""

    def __init__(self, folder: Path) -> None:
        self.evening = Evening(folder)
        self.daemon = daemon = self.evening.daemon
        self.logged: list[Any] = []
        self.parts = {name: getattr(daemon, name) for name in PARTS}
        self.site = make_site(
            daemon.desk, daemon.rooms, daemon.charges, daemon.clock, daemon.metrics,
            reports=daemon.reports, users=daemon.users, handovers=daemon.handovers,
            log=Logger(namespace="test", observer=self.logged.append),  # type: ignore[arg-type]
        )  # fmt: skip
        hub = EventHub(daemon.desk, daemon.charges, daemon.clock, Logger())
        # The way out, and the stream that has none, are not among them.
        self.pages = [
            page for page in make_console(**self.parts, hub=hub).pages
            if not page.pattern.endswith(("/live", "/logout", "/login", "/password"))
        ]  # fmt: skip
        hashed, actor, now = Hasher().hash(PASSWORD), Actor("root", "test"), self.evening.clock.now()
        for name, role in ROLES.items():
            daemon.db.run(lambda tx, n=name, r=role: accounts.add(tx, n, Role(r), "", hashed, actor, now))
        self.browsers = {name: Browser(self).log_in(name) for name in ROLES}

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Wire:
        peer = IPv4Address("TCP", "192.0.2.7", 40000)
        wire = Wire(peerAddress=peer)
        wire.protocol = self.site.buildProtocol(peer)
        wire.protocol.makeConnection(wire)
        head = {"Host": "hotel", **(headers or {})}
        if body or method == "POST":
            head["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        wire.protocol.dataReceived(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        for _ in range(500):
            if wire.value():
                break
            self.evening.advance(0.02)
        return wire


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHouse]:
    house = WholeHouse(tmp_path_factory.mktemp("whole"))
    for room in ROOMS[:6]:
        house.evening.book(room, "06:30")
    house.evening.advance(600)
    yield house
    house.evening.stop()


def asked(whole: WholeHouse, name: str, page: Page, path: str, fields: dict[str, str]) -> Reply:
    browser = whole.browsers[name]
    head = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    if page.method == "GET":
        query = urlencode(fields, errors="replace")
        return read_reply(whole.send("GET", f"{path}?{query}", b"", head).received())
    browser.get("/desk/main/me")
    mine = browser.fields("/desk/main/me")
    body = urlencode({**fields, "csrf": mine["csrf"], "mark": mine["mark"]}, errors="replace").encode()
    head |= {"Content-Type": "application/x-www-form-urlencoded", **HEADERS}
    return read_reply(whole.send("POST", path, body, head).received())


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_is_typed_is_an_error_of_the_whole_house(whole: WholeHouse, data: st.DataObject) -> None:
    page = data.draw(st.sampled_from(whole.pages), label="page")
    path = page.pattern.replace("{p}", "main")
    ids = st.one_of(st.sampled_from(["1", "2", "3", "110", "111", "suite"]), st.text(min_size=1, max_size=9))
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + quote(data.draw(ids), safe="") + rest.partition("}")[2]
    fields = data.draw(st.dictionaries(st.sampled_from(NAMES), TYPED, max_size=8), label="fields")
    name = data.draw(st.sampled_from(["ana", "ana", "adam", "vera", "carl"]), label="who")
    reply = asked(whole, name, page, path, fields)
    assert reply.status < 500, reply.body.decode()[-2000:]
    assert not [event for event in whole.logged if event.get("log_failure")]


def test_every_page_of_the_whole_house_is_shown_in_every_language(whole: WholeHouse) -> None:
    adam = whole.browsers["adam"]
    for code in ("de", "zh", "en"):
        for page in whole.pages:
            if page.method == "GET" and "{id}" not in page.pattern and not page.pattern.endswith("/paper"):
                path = page.pattern.replace("{p}", "main").replace("{number}", "110")
                reply = adam.get(path, Cookie=f"language={code}")
                assert reply.status in (200, 303, 404, 422), (path, reply.status)
