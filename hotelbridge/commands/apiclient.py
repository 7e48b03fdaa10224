"""Asks the daemon's API and waits for the answer; says in words what went wrong on the way.

One request for one connection, never through a proxy and never twice: where an answer is lost, the
person is told that it is not known. Knows no command and prints nothing.
"""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

import click

from hotelbridge.commands.access import Access
from hotelbridge.commands.options import nearest
from hotelbridge.commands.words import clean
from hotelbridge.errors import HotelbridgeError

PATIENCE = 30.0  # seconds for an answer
PIECE = 500  # entries of a list per request


class NobodyThere(HotelbridgeError):
    """No daemon answers at the address; the message says how to start it."""


class NoAnswer(HotelbridgeError):
    """The request was sent, and no answer that can be read came back."""


class Problem(HotelbridgeError):
    """The API said no: its sentence and its code."""

    def __init__(self, detail: str, code: str) -> None:
        super().__init__(f"{detail} ({code})")
        self.detail = detail
        self.code = code


@dataclass(frozen=True, slots=True)
class Hotel:
    """The property a command is about."""

    id: str
    name: str
    zone: ZoneInfo
    now: datetime  # the hotel's, when it was asked

    @property
    def today(self) -> date:
        """Its own day."""
        return self.now.astimezone(self.zone).date()

    @property
    def path(self) -> str:
        """Its place in the API."""
        return f"/properties/{quote(self.id, safe='')}"


class Api:
    """The API of one daemon, for one token."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._base = urlsplit(access.url)

    def hotel(self, asked: str | None) -> Hotel:
        """The property asked for, or the only one."""
        found = {one["id"]: one for one in self.all("/properties")["items"]}
        if asked is None and len(found) != 1:
            names = ", ".join(sorted(found)) or "none that this token may see"
            raise click.UsageError(f"which hotel? Give --property; there are: {names}")
        id = asked if asked is not None else next(iter(found))
        if id not in found:
            raise click.UsageError(f"there is no property {id}{nearest(id, found)}")
        one = found[id]
        return Hotel(id, one["name"], ZoneInfo(one["timezone"]), datetime.fromisoformat(one["now"]))

    def all(self, path: str, **query: str | None) -> dict[str, Any]:
        """A whole list, however many pieces it comes in."""
        wanted = {"limit": str(PIECE)} | {name: value for name, value in query.items() if value is not None}
        answer: dict[str, Any] = self.ask("GET", f"{path}?{urlencode(wanted)}")
        items = list(answer["items"])
        while answer["next"] is not None:
            answer = self.ask("GET", f"{path}?{urlencode(wanted | {'cursor': answer['next']})}")
            items += answer["items"]
        return {"items": items, "next": None}

    def page(self, path: str, **query: str | None) -> str:
        """A page of plain text, as it is printed. Raises what `ask` raises."""
        wanted = urlencode({name: value for name, value in query.items() if value is not None})
        status, reason, content = self._exchanged("GET", f"{path}?{wanted}" if wanted else path, None)
        if status >= 400:
            self._read(status, reason, content)
        return content.decode("utf-8", "replace")

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """One request; the answer's JSON. Raises `Problem`, `NobodyThere`, `NoAnswer`."""
        return self._read(*self._exchanged(method, path, body))

    def _exchanged(self, method: str, path: str, body: Mapping[str, object] | None) -> tuple[int, str, bytes]:
        connection = self._connected()
        try:
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, f"{self._base.path}/api/v1{path}", content, self._headers(method))
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise self._lost(method, error) from error
        finally:
            connection.close()
        return response.status, response.reason, answer

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._access.token}", "Accept": "application/json"}
        if method in ("POST", "PATCH"):
            headers["Content-Type"] = "application/json"
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_urlsafe(16)
        return headers

    def _connected(self) -> http.client.HTTPConnection:
        secure = self._base.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._base.hostname or "", self._base.port, timeout=PATIENCE)
        try:
            connection.connect()
        except OSError as error:
            config = self._access.config or "FILE"
            why = error.strerror or str(error)
            raise NobodyThere(
                f"The daemon does not answer at {self._access.url} ({why}).\n"
                f"Start it with: hotelbridge run -c {config}"
            ) from error
        return connection

    def _lost(self, method: str, error: Exception) -> NoAnswer:
        why = clean(error) or type(error).__name__
        advice = (
            "Try again."
            if method == "GET"
            else "It may have been done all the same: look before you repeat it."
        )
        return NoAnswer(f"No answer came from {self._access.url} ({why}). {advice}")

    def _read(self, status: int, reason: str, content: bytes) -> Any:
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if status < 400 and isinstance(answer, dict):
            return answer
        if isinstance(answer, dict) and "detail" in answer:
            raise Problem(clean(answer["detail"]), clean(answer.get("code", status)))
        what = f"{status} {clean(reason)}".strip()
        raise NoAnswer(f"{self._access.url} answered {what}, not as hotelbridge does; is the address right?")
