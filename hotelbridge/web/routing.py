"""The route table: which method and path mean which call, who may make it, what goes in and out.

One table serves requests and describes itself as OpenAPI. Knows nothing of Twisted or of the desk.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from hotelbridge.core.records import Actor, Role
from hotelbridge.services.views import Caller, Once, Replay, render
from hotelbridge.web.bodies import LARGEST_ID, Form
from hotelbridge.web.problems import Problem

F = TypeVar("F", bound=Form)

READERS = frozenset(Role)
DESK = frozenset({Role.FRONTDESK, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
MONEY = DESK | {Role.ACCOUNTING}  # the roles that have to do with bills
NAMED = DESK  # the roles that have to do with guests by name
LONGEST_PART = 100  # characters of one parameter of a path

JSON = "application/json"
V1 = "/api/v1"
P = f"{V1}/properties/{{p}}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the caller."""

    body: str | bytes
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request whose caller, path, query and body have been checked."""

    params: Mapping[str, str]
    actor: Actor
    caller: Caller | None
    token: str
    query: Form | None
    body: Form | None
    once: Once | None
    last_event_id: str | None

    @property
    def named(self) -> bool:
        """Whether the caller may know guests by name."""
        return self.caller is not None and self.caller.role in NAMED

    @property
    def property(self) -> str:
        return self.params["p"]

    def form(self, kind: type[F], form: Form | None) -> F:
        """The form as the kind that the route declared."""
        assert isinstance(form, kind)
        return form

    def acting(self, by: str) -> Actor:
        """The person who acts, where one is named; beside the token that was used."""
        name = f"{by}, {self.actor.name}" if by else self.actor.name
        return Actor(name, self.actor.origin)

    def id(self, unknown: str) -> int:
        """The number in the path; `unknown` is the refusal's code where it cannot be one."""
        text = self.params["id"]
        if not re.fullmatch("[0-9]{1,19}", text) or not int(text) <= LARGEST_ID:
            raise Problem(404, unknown, "There is nothing with this number.")
        return int(text)


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API."""

    method: str
    pattern: str  # "/api/v1/properties/{p}/wakeups/{id}"
    handler: Callable[[Ask], Awaitable[Any]]  # an Answer, or a Stream that takes the connection over
    summary: str
    view: Any = None  # the type of a good answer; None: not JSON of ours
    status: int = 200
    tried: int | None = None  # another good status, where nothing was done
    roles: frozenset[Role] | None = READERS  # None: no login
    query: type[Form] | None = None
    body: type[Form] | None = None
    content_type: str = JSON
    also: str | None = None  # another content type that may be asked for

    def fits(self, parts: Sequence[str]) -> dict[str, str] | None:
        """The parameters, if this path is ours."""
        return fitting(self.pattern, parts)


def fitting(pattern: str, parts: Sequence[str]) -> dict[str, str] | None:
    """The parameters of a path that this pattern means; None where it means another."""
    ours = pattern.split("/")[1:]
    if len(ours) != len(parts):
        return None
    params: dict[str, str] = {}
    for own, given in zip(ours, parts, strict=True):
        if own.startswith("{"):
            params[own.strip("{}")] = given
        elif own != given:
            return None
    return params


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)

    def find(self, method: str, path: bytes) -> tuple[Route, dict[str, str]]:
        """404 `not_found` for a path nobody has, 405 with Allow for a method it does not take."""
        parts = parts_of(path)
        found = [(route, params) for route in self.routes if (params := route.fits(parts)) is not None]
        if not found:
            raise Problem(404, "not_found", "There is nothing at this address; see /api/v1/openapi.json.")
        wanted = "GET" if method == "HEAD" else method
        for route, params in found:
            if route.method == wanted:
                return route, params
        allow = ", ".join(allowed(route for route, _ in found))
        raise Problem(405, "method_not_allowed", f"This address takes {allow}.", headers={"Allow": allow})

    def allow(self, path: bytes) -> str:
        """The methods a path takes, for OPTIONS; 404 `not_found`."""
        parts = parts_of(path)
        here = [route for route in self.routes if route.fits(parts) is not None]
        if not here:
            raise Problem(404, "not_found", "There is nothing at this address; see /api/v1/openapi.json.")
        return ", ".join(allowed(here))


def allowed(routes: Any) -> list[str]:
    """The methods of these routes, with those every address takes."""
    methods = {route.method for route in routes}
    return sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()))


def answer(view: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A view, or the kept first answer to the same request, as JSON."""
    if isinstance(view, Replay):
        kept = {**(headers or {}), "Idempotency-Replayed": "true"}
        return Answer(view.body_text, view.status, headers=kept)
    return Answer(render(view), status, headers=headers or {})


def parts_of(path: bytes) -> list[str]:
    """The decoded parts of a path; one that no text of ours can be is nowhere."""
    nowhere = Problem(404, "not_found", "There is nothing at this address; see /api/v1/openapi.json.")
    try:
        parts = [unquote_to_bytes(part).decode("utf-8") for part in path.split(b"/")[1:]]
    except UnicodeDecodeError as error:
        raise nowhere from error
    for part in parts:
        if not part or len(part) > LONGEST_PART or any(ord(char) < 32 or char == "\x7f" for char in part):
            raise nowhere
    return parts
