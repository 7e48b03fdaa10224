"""The HTTP API as a program without a reactor asks it: one call after the other, each with its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from hotelbridge.demo.deskline import Refused

PATIENCE = 30.0  # seconds for one answer


@dataclass(frozen=True, slots=True)
class DeskApi:
    """One caller. Paths are below the property, or below the root where they start with a slash."""

    base: str  # "http://127.0.0.1:8480"
    token: str
    property: str

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer; Refused where the daemon says no."""
        inside = path if path.startswith("/") else f"/api/v1/properties/{self.property}/{path}"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        connection = HTTPConnection(urlsplit(self.base).netloc, timeout=PATIENCE)
        try:
            connection.request(method, inside, sent, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        if response.status >= 400:
            raise _refused(response.status, text)
        return json.loads(text) if "json" in (response.getheader("content-type") or "") else text

    def all(self, path: str, **asked: str) -> list[dict[str, Any]]:
        """Every item of a list."""
        items: list[dict[str, Any]] = []
        while True:
            page = self.ask("GET", f"{path}?{urlencode(asked)}")
            items += page["items"]
            if page["next"] is None:
                return items
            asked["cursor"] = page["next"]


def _refused(status: int, text: str) -> Refused:
    try:
        problem = json.loads(text)
    except ValueError:
        return Refused(status, "", text[:200])
    return Refused(status, str(problem.get("code", "")), str(problem.get("detail", "")))
