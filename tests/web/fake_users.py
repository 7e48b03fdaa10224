"""People who may log in, without a store."""

from __future__ import annotations

from hotelbridge.core.records import Role
from hotelbridge.errors import Refusal
from hotelbridge.services.userwindow import ActionQuery, ActionView, Visitor
from hotelbridge.services.views import Caller, Page

PASSWORD = "correct horse"
ROLES = {"ana": Role.FRONTDESK, "vera": Role.VIEWER, "carl": Role.ACCOUNTING, "adam": Role.ADMIN}


class FakeUsers:
    """`UserDesk`: a session's token is "s-" and the name."""

    def __init__(self) -> None:
        self.sessions: dict[str, Visitor] = {}
        self.bound: dict[str, frozenset[str]] = {}
        self.tries: list[tuple[str, str]] = []
        self.locked = False
        self.sounding: list[str] = []  # by token
        self.anew = False  # the session of an alarm display has just begun anew
        self.did: list[ActionView] = []
        self.asked: list[tuple[str, ActionQuery]] = []

    async def log_in(self, name: str, password: str, origin: str) -> str:
        self.tries.append((name, origin))
        if self.locked:
            raise Refusal("too_many_tries", "Too many tries. Wait 30 s.", status=429, retry_after=30)
        if name not in ROLES or password != PASSWORD:
            raise Refusal("wrong_login", "Name or password is wrong.", status=401)
        caller = Caller(name, ROLES[name], self.bound.get(name))
        self.sessions[f"s-{name}"] = Visitor(len(self.sessions) + 1, name, caller, "")
        return f"s-{name}"

    async def visitor(self, token: str) -> Visitor | None:
        return self.sessions.get(token)

    async def sounds_alarms(self, token: str) -> bool:
        self.sounding.append(token)
        return self.anew

    async def log_out(self, token: str, origin: str) -> None:
        self.sessions.pop(token, None)

    async def change_password(self, token: str, old: str, new: str, origin: str) -> None:
        if old != PASSWORD:
            raise Refusal("wrong_password", "The present password is wrong.", status=422)

    async def set_language(self, token: str, language: str) -> None:
        known = self.sessions[token]
        self.sessions[token] = Visitor(known.session, known.name, known.caller, language)

    async def actions(self, property: str, query: ActionQuery) -> Page[ActionView]:
        self.asked.append((property, query))
        begin = int(query.cursor or 0)
        shown = self.did[begin : begin + query.limit]
        more = begin + query.limit < len(self.did)
        return Page(tuple(shown), str(begin + query.limit) if more else None)
