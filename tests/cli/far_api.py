"""A small API at the far end of a real socket: keeps what it is asked, answers what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOTEL = {
    "id": "main",
    "name": "Hotel Example",
    "timezone": "Europe/Vienna",
    "currency": "EUR",
    "country": "AT",
    "now": "2026-11-24T01:20:00+01:00",
}
WAKEUP = {
    "id": 17,
    "order": 17,
    "property": "main",
    "room": "212",
    "state": "scheduled",
    "due": "2026-11-24T06:30:00+01:00",
    "local": "2026-11-24T06:30:00",
    "expected_ring": "2026-11-24T06:30:00+01:00",
    "tries": 0,
    "max_tries": 3,
    "next": "2026-11-24T06:30:00+01:00",
    "late": None,
    "result": None,
    "note": "",
    "language": "",
    "proof": "answer",
    "vip": False,
    "in_person": False,
    "follows": None,
    "reservation": "",
    "connected": None,
    "woken_at": None,
    "created_by": "anna (token)",
    "created_at": "2026-11-24T01:20:00+01:00",
    "origin": "api 127.0.0.1",
}
BOOKING = WAKEUP | {
    "said": "Tuesday 24 November 06:30, in 5 h 10 min",
    "rooms": ["212"],
    "wakeups": [
        {
            "id": 17,
            "room": "212",
            "due": "2026-11-24T06:30:00+01:00",
            "local": "2026-11-24T06:30:00",
            "follows": None,
            "expected_ring": "2026-11-24T06:30:00+01:00",
        }
    ],
    "also": [],
    "warnings": [],
    "preview": False,
}
ORDER = {
    "id": 3,
    "property": "main",
    "rooms": ["110", "111"],
    "local": "2026-11-24T06:30:00",
    "days": ["mon", "fri"],
    "until": None,
    "follow_up": None,
    "proof": "answer",
    "vip": False,
    "in_person": False,
    "note": "",
    "language": "",
    "reservation": "",
    "anyway": False,
    "pending": 4,
    "next": "2026-11-24T06:30:00+01:00",
    "said": "every Monday and Friday 06:30",
    "made_until": "2026-12-04",
    "created_by": "anna (token)",
    "created_at": "2026-11-24T01:20:00+01:00",
    "origin": "api 127.0.0.1",
    "ended_at": None,
    "ended_by": None,
}
CHANGED = (
    ORDER
    | {"changed": [1, 2], "made": [], "cancelled": [3], "left": [4]}
    | {"why_left": ["Wake-up 4 of room 111 stays as it was: why."]}
)
ALARM = {
    "id": 3,
    "kind": "wakeup_failed",
    "room": "212",
    "wakeup": 17,
    "since": "2026-11-24T06:36:00+01:00",
    "level": 1,
    "text": "Room 212: please wake the guest.",
    "open": True,
    "acknowledged_by": "Anna",
    "acknowledged_at": None,
    "outcome": None,
    "note": "",
    "closed_at": None,
    "next": None,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class FarApi:
    """Answers by method and path, without the query; a list of answers is given one by one."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def at(self, call: str, answer: Any, status: int = 200) -> None:
        self.answers.setdefault(call, []).append((status, answer))

    def answer(self, one: Asked) -> tuple[int, Any]:
        self.asked.append(one)
        waiting = self.answers.get(f"{one.method} {one.path.partition('?')[0]}", [(404, None)])
        status, answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return status, answer


@contextmanager
def far_api() -> Iterator[FarApi]:
    """The API on a free port, with one hotel."""
    api = FarApi()
    api.at("GET /api/v1/properties", {"items": [HOTEL], "next": None})

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.loads(content) if content else None
            status, answer = api.answer(Asked(self.command, self.path, dict(self.headers), body))
            if answer is None and status == 200:
                return  # the connection ends without an answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode() if isinstance(answer, str) else json.dumps(answer).encode())

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        api.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
