"""A page's request once it is known who asks, and the table of pages.

Knows nothing of Twisted, of templates or of what a page shows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hotelbridge.core.records import Actor, Role
from hotelbridge.services.userwindow import Visitor
from hotelbridge.services.views import Once, PropertyView
from hotelbridge.web.bodies import LARGEST_ID
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import ADMIN, DESK, MONEY, NAMED, READERS, Answer, fitting

__all__ = ["ADMIN", "DESK", "MONEY", "READERS", "Page", "Visit"]

HOME = "/desk"
P = f"{HOME}/{{p}}"


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the console."""

    method: str
    pattern: str
    handler: Callable[[Any], Awaitable[Any]]  # takes a Visit; gives an Answer, or a Stream
    roles: frozenset[Role] | None = READERS  # None: no login
    of_now: bool = True  # a form of an older program is turned away: its fields may mean something else now

    def fits(self, parts: list[str]) -> dict[str, str] | None:
        """The parameters, if this path is ours."""
        return fitting(self.pattern, parts)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for what, and in which language he reads."""

    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    address: str  # of the browser
    language: str
    token: str = ""
    visitor: Visitor | None = None
    hotel: PropertyView | None = None
    properties: tuple[PropertyView, ...] = ()
    partial: bool = False  # a piece of a page is asked for, by a script
    secure: bool = False  # came by TLS
    last_event_id: str | None = None
    since: str = ""  # where the feed of changes stood before anything was read for this page
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def user(self) -> Visitor:
        """Who is logged in; only for pages that need a login."""
        assert self.visitor is not None
        return self.visitor

    @property
    def house(self) -> PropertyView:
        """The hotel in the address; only for pages of one."""
        assert self.hotel is not None
        return self.hotel

    @property
    def base(self) -> str:
        """The beginning of every address of this hotel."""
        return f"{HOME}/{self.house.id}"

    @property
    def named(self) -> bool:
        """Whether he may know guests by name."""
        return self.visitor is not None and self.visitor.caller.role in NAMED

    def may(self, roles: frozenset[Role]) -> bool:
        """Whether he has one of these roles."""
        return self.visitor is not None and self.visitor.caller.role in roles

    @property
    def actor(self) -> Actor:
        """Who does it, for the history: the person who is logged in."""
        return Actor(self.user.name, f"console {self.address}")

    @property
    def once(self) -> Once | None:
        """So that a form that is sent twice is done once; None where it carries no key."""
        key = self.form.get("once", "")
        if not re.fullmatch("[!-~]{8,100}", key):
            return None
        given = "\n".join(f"{name}={value}" for name, value in sorted(self.form.items()) if name != "csrf")
        fingerprint = hashlib.sha256(f"{self.path}\n{given}".encode("utf-8", "replace")).hexdigest()
        return Once(key, f"console {self.user.name}", fingerprint)

    def id(self, code: str) -> int:
        """The number in the address; `code` is the refusal where it cannot be one."""
        number = number_of(self.params["id"])
        if number is None:
            raise Problem(404, code, "There is nothing with this number.")
        return number


def number_of(text: str) -> int | None:
    """The number of something in the store; None where it cannot be one."""
    return int(text) if re.fullmatch("[0-9]{1,19}", text) and int(text) <= LARGEST_ID else None


Handler = Callable[[Visit], Awaitable[Answer]]
