"""The front door: HTTP requests in, answers out, on plain twisted.web.

Reads heads and bodies within limits, knows the caller by token, finds the route, and turns whatever
goes wrong into a problem document. Knows no call of the API by name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from hotelbridge.clock import Clock
from hotelbridge.core.records import Actor
from hotelbridge.metrics import Metrics
from hotelbridge.services.chargewindow import ChargeDesk
from hotelbridge.services.desk import Desk
from hotelbridge.services.handoverwindow import HandoverDesk
from hotelbridge.services.reportwindow import ReportDesk
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.userwindow import UserDesk
from hotelbridge.services.views import Caller, Once, render
from hotelbridge.web.api import Api
from hotelbridge.web.chargereports import ReportApi, report_routes
from hotelbridge.web.charges import ChargeApi, charge_routes
from hotelbridge.web.checks import body_form, query_form
from hotelbridge.web.console.console import make_console
from hotelbridge.web.console.door import ConsoleDoor
from hotelbridge.web.console.door import Request as PageRequest
from hotelbridge.web.events import EVENT_STREAM, EventHub, EventStream, Stream
from hotelbridge.web.openapi import PROBLEM_TYPE
from hotelbridge.web.problems import Problem, problem_of, unexpected
from hotelbridge.web.rooms import RoomApi, room_routes
from hotelbridge.web.routing import Answer, Ask, Route, Router

LARGEST_BODY = 64 * 1024
HOPELESS_BODY = 16 * 1024 * 1024  # what we read and forget to be able to answer 413; beyond it we hang up
LOOPBACK = ("127.0.0.1", "::1")
IDLE = 60.0  # seconds between requests of one connection


class BoundedRequest(Request):
    """A request whose body is kept up to a limit and never read as a form."""

    too_large = False
    began = 0.0
    _got = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        self.kept = self.content = BytesIO()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._got += len(data)
        self.too_large = self._got > LARGEST_BODY
        if not self.too_large:
            self.kept.write(data)
        elif self._got > HOPELESS_BODY:
            self.channel.forceAbortClient()  # type: ignore[no-untyped-call]

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        self.kept.seek(0)
        self.args = {}
        self.method, self.uri, self.clientproto = command, path, version
        self.path = path.partition(b"?")[0]
        self.process()  # type: ignore[no-untyped-call]

    @property
    def query(self) -> bytes:
        return bytes(self.uri.partition(b"?")[2])


class HotelSite(Site):
    """The HTTP server; its timers are the house's clock, its access log has no dates and no secrets."""

    noisy = False

    def __init__(self, door: Resource, clock: Clock, hub: EventHub, log: Logger) -> None:
        timers = _Timers(clock)
        super().__init__(door, BoundedRequest, timeout=IDLE, reactor=timers)  # type: ignore[no-untyped-call]
        self._clock = clock
        self._hub = hub
        self._access = log

    def startFactory(self) -> None:  # noqa: N802
        """No access log of Twisted's: its dates are monotonic seconds read as an epoch."""

    def stopFactory(self) -> None:  # noqa: N802
        self.close_streams()

    def close_streams(self) -> None:
        """End all event streams at once; they would outlive the listening port."""
        self._hub.close()

    def log(self, request: Any) -> None:
        """One quiet line for each answered request: no query, no headers."""
        self._access.debug(
            "{peer} {method} {path} {status} {size} bytes in {ms} ms",
            peer=peer(request),
            method=_printable(request.method),
            path=_printable(request.path),
            status=request.code,
            size=request.sentLength,
            ms=round((self._clock.monotonic() - request.began) * 1000),
        )


class Door(Resource):
    """Every address of the house."""

    isLeaf = True

    def __init__(self, desk: Desk, clock: Clock, router: Router, console: ConsoleDoor, log: Logger) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._desk = desk
        self._console = console
        self._clock = clock
        self._router = router
        self._log = log

    def render(self, request: Any) -> int:
        request.began = self._clock.monotonic()
        Deferred.fromCoroutine(self._serve(request)).addErrback(self._hang_up, request)
        return NOT_DONE_YET

    async def _serve(self, request: Any) -> None:
        gone: list[Failure] = []
        request.notifyFinish().addErrback(gone.append)
        try:
            made = await self._answer(request)
        except Exception as error:
            made = self._problem(error)
        if gone:
            return
        if isinstance(made, Stream):
            _stream(request, made)
        else:
            _send(request, made)

    def _problem(self, error: Exception) -> Answer:
        problem = problem_of(error)
        if problem is None:
            self._log.failure("a request failed in our own code")
            problem = unexpected()
        body = render(problem.document())
        return Answer(body, problem.status, PROBLEM_TYPE, problem.headers)

    def _hang_up(self, failure: Failure, request: Any) -> None:
        self._log.failure("an answer could not be sent", failure=failure)
        if not request.finished:
            request.loseConnection()

    async def _answer(self, request: Any) -> Answer | Stream:
        method = request.method.decode("latin-1")
        if self._console.is_ours(request.path):
            return await self._page(request, method)
        if method == "OPTIONS":
            return Answer(b"", 204, headers={"Allow": self._router.allow(request.path)})
        route, params = self._router.find(method, request.path)
        token = _token(request)
        caller = None if route.roles is None else await self._caller(token)
        self._check_rights(route, params, caller)
        made: Answer | Stream = await route.handler(_ask(request, route, params, caller, token))
        if method == "HEAD" and isinstance(made, Stream):
            return Answer(b"", content_type=EVENT_STREAM)
        return made

    async def _page(self, request: Any, method: str) -> Answer | Stream:
        """A page of the console."""
        asked = PageRequest(
            method,
            request.path,
            request.query,
            _content(request),
            _heads(request),
            browser(request),
            _tls(request),
        )
        made: Answer | Stream = await self._console.serve(asked)
        if method == "HEAD" and isinstance(made, Stream):
            return Answer(b"", content_type=EVENT_STREAM)
        return made

    async def _caller(self, token: str) -> Caller:
        challenge = {"WWW-Authenticate": 'Bearer realm="hotelbridge"'}
        if not token:
            raise Problem(
                401, "no_token", "Send `Authorization: Bearer TOKEN`; `hotelbridge token add` makes one.",
                headers=challenge,
            )  # fmt: skip
        caller = await self._desk.caller(token)
        if caller is None:
            challenge["WWW-Authenticate"] += ', error="invalid_token"'
            raise Problem(401, "bad_token", "This token is unknown or was revoked.", headers=challenge)
        return caller

    def _check_rights(self, route: Route, params: dict[str, str], caller: Caller | None) -> None:
        if route.roles is None or caller is None:
            return
        property = params.get("p")
        if property is not None and not caller.may_see(property):
            raise Problem(403, "other_property", "This token is bound to other properties.")
        if caller.role not in route.roles:
            roles = " or ".join(sorted(role.value for role in route.roles))
            sentence = f"The role {caller.role.value} may not do this; it takes {roles}."
            raise Problem(403, "role", sentence)
        if property is not None and all(view.id != property for view in self._desk.properties()):
            raise Problem(404, "unknown_property", "There is no such property.")


class _RequestOutlet:
    """An event stream's connection."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def open(self, producer: Any) -> None:
        _head(self._request, 200, EVENT_STREAM, {"X-Accel-Buffering": "no", "Connection": "close"})
        self._request.registerProducer(producer, True)
        self._request.write(b"retry: 2000\n\n")

    def write(self, data: bytes) -> None:
        self._request.write(data)

    def close(self) -> None:
        channel = self._request.channel  # the request forgets it when it is finished
        self._request.unregisterProducer()
        self._request.finish()
        channel.loseConnection()

    def abort(self) -> None:
        self._request.channel.forceAbortClient()


class _Timers:
    """The part of a reactor that twisted.web's time-outs use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def seconds(self) -> float:
        return self._clock.monotonic()

    def callLater(self, delay: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:  # noqa: N802
        return self._clock.call_later(delay, call, *args)


def make_site(
    desk: Desk,
    rooms: RoomDesk,
    charges: ChargeDesk,
    clock: Clock,
    metrics: Metrics,
    *,
    reports: ReportDesk,
    users: UserDesk,
    handovers: HandoverDesk,
    log: Logger | None = None,
) -> HotelSite:
    """The whole HTTP side, ready to listen; stopping the port ends its event streams."""
    log = log or Logger(namespace="hotelbridge.web")
    hub = EventHub(desk, charges, clock, log)
    more = [
        *report_routes(ReportApi(reports)),  # before the charges, one of which may not be named "report"
        *room_routes(RoomApi(rooms, desk)),
        *charge_routes(ChargeApi(charges, desk)),
    ]
    api = Api(desk, metrics, hub, more)
    console = make_console(desk, rooms, charges, reports, handovers, users, hub)
    return HotelSite(Door(desk, clock, api.router, console, log), clock, hub, log)


def peer(request: Any) -> str:
    """The caller's address; v4-mapped ones as IPv4."""
    host = getattr(request.getClientAddress(), "host", None) or "local"
    return str(host).removeprefix("::ffff:")


def browser(request: Any) -> str:
    """Where a person sits: what a proxy on this machine says of it, else the caller's address."""
    told = (_header(request, "X-Forwarded-For") or "").rpartition(",")[2].strip()
    proxied = peer(request) in LOOPBACK and re.fullmatch("[0-9A-Fa-f.:]{2,45}", told)
    return told if proxied else peer(request)


def _ask(request: Any, route: Route, params: dict[str, str], caller: Caller | None, token: str) -> Ask:
    query = None if route.query is None else query_form(route.query, request.query)
    if query is None and request.query and route.roles is not None:
        raise Problem(422, "invalid_query", "This call takes no parameters after `?`.", errors=[])
    body = None
    if route.body is not None:
        body = body_form(route.body, _content(request))
    name = "nobody" if caller is None else caller.name
    return Ask(
        params=params,
        actor=Actor(f"{name} (token)", f"api {peer(request)}"),
        caller=caller,
        token=token,
        query=query,
        body=body,
        once=_once(request, route, name),
        last_event_id=_header(request, "Last-Event-ID"),
    )


def _content(request: Any) -> bytes:
    if request.too_large:
        raise Problem(413, "too_large", f"A body may have {LARGEST_BODY} bytes.")
    return bytes(request.kept.getvalue())


def _once(request: Any, route: Route, caller: str) -> Once | None:
    key = _header(request, "Idempotency-Key")
    if key is None or route.method != "POST":
        return None
    if not re.fullmatch("[!-~]{1,200}", key):
        sentence = "An Idempotency-Key has 1 to 200 visible ASCII characters."
        raise Problem(422, "bad_idempotency_key", sentence)
    body = request.kept.getvalue()
    fingerprint = hashlib.sha256(b"\0".join((request.method, request.uri, body))).hexdigest()
    return Once(key, caller, fingerprint, route.status)


def _heads(request: Any) -> dict[str, str]:
    """The headers by their names in small letters; of several the first counts."""
    found = request.requestHeaders.getAllRawHeaders()
    return {name.decode("latin-1").lower(): values[0].decode("utf-8", "replace") for name, values in found}


def _tls(request: Any) -> bool:
    """Whether it came encrypted, here or at a proxy on this machine."""
    proxied = _header(request, "X-Forwarded-Proto") == "https" and peer(request) in LOOPBACK
    return bool(request.isSecure()) or proxied


def _token(request: Any) -> str:
    """The bearer token; empty where there is none that could be one."""
    found = re.fullmatch("[Bb][Ee][Aa][Rr][Ee][Rr] +([!-~]{1,200})", _header(request, "Authorization") or "")
    return found[1] if found else ""


def _header(request: Any, name: str) -> str | None:
    value: bytes | None = request.requestHeaders.getRawHeaders(name.encode(), [None])[0]
    return None if value is None else value.decode("utf-8", "replace")


def _stream(request: Any, made: Stream) -> None:
    stream: EventStream = made.start(_RequestOutlet(request))
    request.notifyFinish().addErrback(lambda _: stream.lost())


def _send(request: Any, made: Answer) -> None:
    body = made.body if isinstance(made.body, bytes) else made.body.encode("utf-8", "replace")
    _head(request, made.status, made.content_type, made.headers)
    if made.status != 204:
        request.setHeader(b"content-length", str(len(body)).encode())
        request.write(body)
    request.finish()


def _head(request: Any, status: int, content_type: str, headers: Any) -> None:
    request.setResponseCode(status)
    request.setHeader(b"server", b"hotelbridge")
    request.setHeader(b"cache-control", b"no-store")
    request.setHeader(b"x-content-type-options", b"nosniff")
    if status != 204:
        request.setHeader(b"content-type", content_type.encode())
    for name, value in headers.items():
        request.setHeader(name.encode(), value.encode("utf-8", "replace"))


def _printable(text: bytes) -> str:
    return "".join(char if " " <= char <= "~" else "?" for char in text[:200].decode("latin-1"))
