"""The console's front door: finds the page, knows the visitor by his session, lets no strange form in.

What goes wrong becomes a page in words. Knows no page by name but the login.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from twisted.logger import Logger

from hotelbridge.errors import StoreUnavailable
from hotelbridge.services.desk import Desk
from hotelbridge.services.userwindow import UserDesk, Visitor
from hotelbridge.services.views import PropertyView
from hotelbridge.web.console import security
from hotelbridge.web.console.languages import LANGUAGES, chosen, tongue
from hotelbridge.web.console.position import position
from hotelbridge.web.console.rendering import FILES, HTML, html, see
from hotelbridge.web.console.security import HEADERS
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import HOME, Page, Visit
from hotelbridge.web.problems import Problem, problem_of, unexpected
from hotelbridge.web.routing import Answer, parts_of

MOST_FIELDS = 200
LOGIN = f"{HOME}/login"
PUBLIC = ("/", HOME, "/favicon.ico")


@dataclass(frozen=True, slots=True)
class Request:
    """What came over the wire, with nothing believed yet."""

    method: str
    path: bytes
    query: bytes
    body: bytes
    headers: dict[str, str]  # names in small letters
    peer: str
    secure: bool


class ConsoleDoor:
    """Every page of the console."""

    _log = Logger()

    def __init__(self, desk: Desk, users: UserDesk, shell: Shell, pages: Sequence[Page]) -> None:
        self._desk = desk
        self._users = users
        self._shell = shell
        self.pages = tuple(pages)

    def is_ours(self, path: bytes) -> bool:
        """Whether this address belongs to the console."""
        text = path.decode("latin-1")
        return text in PUBLIC or text.startswith((f"{HOME}/", "/static/"))

    async def serve(self, request: Request) -> Any:
        """The answer: a page, a file or a stream of news."""
        path = request.path.decode("latin-1")
        if path.startswith("/static/"):
            return self._file(path, packed="gzip" in request.headers.get("accept-encoding", ""))
        visit = self._visit(request)
        try:
            return await self._page(visit, request)
        except Exception as error:  # noqa: BLE001 - whoever asked gets a page in words
            return self._refused(visit, error)

    def _file(self, path: str, *, packed: bool) -> Answer:
        parts = path.split("/")
        if len(parts) != 4:
            return Answer("There is no such file.\n", 404, "text/plain; charset=utf-8")
        try:
            return FILES.answer(parts[2], parts[3], packed=packed)
        except Problem as problem:
            return Answer(f"{problem.detail}\n", problem.status, "text/plain; charset=utf-8")

    def _visit(self, request: Request) -> Visit:
        """All that needs no look into the store."""
        jar = security.cookies(request.headers.get("cookie", ""))
        kept, accepted = jar.get(security.LANGUAGE, ""), request.headers.get("accept-language", "")
        return Visit(
            path=request.path.decode("latin-1"),
            params={},
            query=_fields(request.query),
            form=_form(request),
            address=request.peer,
            language=chosen(kept, accepted),
            token=jar.get(security.SESSION, ""),
            partial="hx-request" in request.headers,
            secure=request.secure,
            last_event_id=request.headers.get("last-event-id"),
            headers=request.headers,
        )

    async def _page(self, visit: Visit, request: Request) -> Any:
        if visit.path in PUBLIC:
            return see(await self._first(visit))
        page, params = self._found(request)
        visit = replace(visit, params=params)
        if page.roles is not None:
            visitor = await self._users.visitor(visit.token) if visit.token else None
            if visitor is None:
                return self._to_login(visit, request)
            visit = self._known(visit, visitor)
            if page.method == "POST":
                _check_form(visit, of_now=page.of_now)
            self._check_rights(page, visit)
            if visit.hotel is not None:
                return await self._of_a_hotel(page, visit)
        elif page.method == "POST" and security.is_from_elsewhere(visit.headers):
            raise Problem(403, "foreign_form", "This form was not sent by a page of hotelbridge.")
        return await page.handler(visit)

    async def _of_a_hotel(self, page: Page, visit: Visit) -> Any:
        """A page that hears news, from where it was read on; in an outage one with the alarm about that."""
        if page.method == "GET" and not visit.partial:
            visit = replace(visit, since=await position(self._desk, visit.house.id))
        try:
            return await page.handler(visit)
        except StoreUnavailable as error:
            problem = problem_of(error)
            if problem is None or visit.partial or self._desk.unsaved(visit.house.id) is None:
                raise
            return await self._shell.page(visit, "refused_here.html", problem.status, said=problem.detail)

    async def _first(self, visit: Visit) -> str:
        """Where somebody is sent who types the bare address."""
        visitor = await self._users.visitor(visit.token) if visit.token else None
        if visitor is None:
            return LOGIN
        seen = [view for view in self._desk.properties() if visitor.caller.may_see(view.id)]
        return f"{HOME}/{quote(seen[0].id)}" if seen else LOGIN

    def _found(self, request: Request) -> tuple[Page, dict[str, str]]:
        parts = parts_of(request.path)
        found = [(page, params) for page in self.pages if (params := page.fits(parts)) is not None]
        if not found:
            raise Problem(404, "not_found", "There is no such page.")
        wanted = "GET" if request.method == "HEAD" else request.method
        for page, params in found:
            if page.method == wanted:
                return page, params
        if wanted == "GET" and (seen := self._seen_at(request.path.decode("latin-1"), parts)):
            return Page("GET", "", self._go_on, None), {"to": seen}
        allow = ", ".join(sorted({page.method for page, _ in found} | {"HEAD"}))
        raise Problem(
            405, "method_not_allowed", "This page is not asked like that.", headers={"Allow": allow}
        )

    def _seen_at(self, path: str, parts: list[str]) -> str:
        """Where what an address acts on is seen, for who comes again to the address of a form."""
        for n in range(len(parts) - 1, 0, -1):
            if any(page.method == "GET" and page.fits(parts[:n]) is not None for page in self.pages):
                return "/".join(path.split("/")[: n + 1])
        return ""

    async def _go_on(self, visit: Visit) -> Answer:
        return see(visit.params["to"])

    def _known(self, visit: Visit, visitor: Visitor) -> Visit:
        """With who he is, and the hotels he may see."""
        seen = tuple(view for view in self._desk.properties() if visitor.caller.may_see(view.id))
        language = visitor.language if visitor.language in LANGUAGES else visit.language
        wanted = visit.params.get("p")
        house: PropertyView | None = next((view for view in seen if view.id == wanted), None)
        return replace(visit, visitor=visitor, properties=seen, hotel=house, language=language)

    def _check_rights(self, page: Page, visit: Visit) -> None:
        if "p" in visit.params and visit.hotel is None:
            raise Problem(404, "unknown_property", "There is no such hotel, or it is not yours to see.")
        if page.roles is not None and not visit.may(page.roles):
            raise Problem(403, "role", "Your role may not do this. Ask whoever looks after hotelbridge.")

    def _to_login(self, visit: Visit, request: Request) -> Answer:
        """A script is told; a person is sent to the login and comes back afterwards."""
        if visit.partial or "x-csrf" in visit.headers:
            return Answer("", 401, HTML, {**HEADERS, "HX-Redirect": LOGIN})
        query = f"?{request.query.decode('ascii', 'replace')}" if request.query else ""
        way = f"{LOGIN}?to={quote(visit.path + query, safe='/')}"
        return see(f"{way}&undone=1" if request.method == "POST" else way)

    def _refused(self, visit: Visit, error: Exception) -> Answer:
        problem = problem_of(error)
        if problem is None:
            self._log.failure("a page failed in our own code")
            problem = unexpected()
        template = "refused_piece.html" if visit.partial else "refused.html"
        said = tongue(visit.language).said(problem.detail)
        made = html(visit, template, problem.status, said=said, code=problem.code)
        return Answer(made.body, made.status, made.content_type, {**made.headers, **problem.headers})


def _check_form(visit: Visit, *, of_now: bool) -> None:
    """A form of a page of this very session, and of this very program."""
    given = visit.form.get("csrf") or visit.headers.get("x-csrf", "")
    if security.is_from_elsewhere(visit.headers) or not security.is_our_form(visit.token, given):
        raise Problem(403, "foreign_form", "This page is out of date. Load it again and try once more.")
    mark = visit.form.get("mark") or visit.headers.get("x-mark", "")
    if of_now and mark != FILES.mark:
        raise Problem(
            409,
            "old_page",
            "hotelbridge was upgraded since this page was opened. Nothing was done: load it again.",
        )


def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or kind != "application/x-www-form-urlencoded":
        return {}
    return _fields(request.body)


def _fields(encoded: bytes) -> dict[str, str]:
    """Fields by name; several of one name are parted by commas, as rooms and days are."""
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict",
                          max_num_fields=MOST_FIELDS)  # fmt: skip
    except ValueError:
        return {}
    fields: dict[str, str] = {}
    for name, value in pairs:
        clean = re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", value)
        fields[name] = f"{fields[name]},{clean}" if name in fields else clean
    return fields
