"""The hotel of the browser tests, as a test speaks to it: its phones, its PMS, its daemon, its API.

Everything here waits until it is done; nothing of it needs a reactor.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hotelbridge.demo.deskline import Refused
from tests.browser.channel import Channel
from tests.browser.deskapi import DeskApi
from tests.cli.typed import typed

NOBODY = "Bench"  # who clears up between two tests
AT_ONCE = "answer 0.5 2"  # what every phone does that nobody has told otherwise
TALK = "answer 0.3 1.5"  # what somebody outside does who is called
MOMENTS = ("connect_at", "started", "answered", "ended")

Facts = dict[str, Any]


class HotelBench:
    """A hotel of 25 rooms, 201 to 225, guests in 201 to 220; and a second one, `vienna`, with room 301.

    Wake-ups are quick: 3 s of ringing, three tries, 4 s between them.
    """

    def __init__(self, folder: Path) -> None:
        self._far_end = Channel(folder)
        self._tokens: dict[tuple[str, ...], str] = {}
        self.facts: Facts = self._far_end.ask("start")
        self.url: str = self.facts["url"]
        self.log = Path(self.facts["log"])
        self.config = Path(self.facts["config"])
        self.zone = ZoneInfo(self.facts["zone"])

    # -- the desk -----------------------------------------------------------------------------------

    @cached_property
    def api(self) -> DeskApi:
        """The API of the first hotel, with the daemon's own token."""
        return self.of(self.facts["properties"][0])

    def of(self, property: str) -> DeskApi:
        """The API of one of its hotels."""
        return DeskApi(self.url, self.facts["token"], property)

    def token(self, role: str, *properties: str) -> str:
        """A token of this role, for these hotels only (none named: for all)."""
        if (role, *properties) not in self._tokens:
            only = [word for one in properties for word in ("--property", one)]
            said = self.typed("token", "add", "--role", role, *only, "-".join([role, *properties]))
            self._tokens[role, *properties] = said.split()[-1]
        return self._tokens[role, *properties]

    def typed(self, *words: str, **environment: str) -> str:
        """What a command of `hotelbridge` says that is typed beside the daemon; it must succeed."""
        done = typed(*words, "-c", str(self.config), **environment)
        assert done.exit_code == 0, done.output
        return done.stdout

    def now(self) -> datetime:
        """The hotel's wall time."""
        return datetime.now(self.zone)

    def book(self, room: str, after: float = 2.0, **more: Any) -> Facts:
        """Book a wake-up at the first whole second that is at least so many seconds away; the booking.

        `more`: other fields of the request: note, days, proof, ...
        """
        due = self.now() + timedelta(seconds=after, microseconds=999_999)
        body = {"room": room, "at": f"{due:%Y-%m-%dT%H:%M:%S}", **more}
        return dict(self.api.ask("POST", "wakeups", body))

    def wakeup(self, id: int) -> Facts:
        """One wake-up with its attempts and its history."""
        return dict(self.api.ask("GET", f"wakeups/{id}"))

    def alarms(self, room: str | None = None) -> list[Facts]:
        """The open alarms, of one room or of all."""
        return [one for one in self.api.all("alarms", open="true") if room in (None, one["room"])]

    # -- phones and PMS -----------------------------------------------------------------------------

    def phone(self, room: str, *scripts: str) -> None:
        """What the next calls to this phone meet, one after the other; the last one stays.

        `answer 1 3` (is lifted after 1 s, put down after 3), `held 1`, `lift-and-drop 1 0.3`, `no-answer 2`,
        `rings-for-ever`, `busy 6 2` (free after 2 s), `offline`, `fail 1`, `silent`, `dropped`,
        `lost answer 1 3` (the exchange does it, and its reply is lost).
        """
        self._far_end.ask("phone", room, ", ".join(scripts) or AT_ONCE)

    def dials(self, phone: str, number: str, script: str = TALK) -> None:
        """A guest calls a number; what its far side does, as of phones."""
        self._far_end.ask("dials", phone, number, script)

    def exchange(self, does: str, *words: str) -> Any:
        """What else happens there: `guest_lifts 201`, `guest_dials 201 0800123`, `unplug 201`, `cut`."""
        return self._far_end.ask("exchange", does, *words)

    def rings(self, phone: str) -> list[Facts]:
        """Every time a phone rang, in all tests: the moments as the guest heard them, and who ended it."""
        rings: list[Facts] = self._far_end.ask("rings", phone)
        for ring in rings:
            ring |= {one: datetime.fromisoformat(ring[one]) for one in MOMENTS if ring[one]}
        return rings

    def pms(self, line: str) -> None:
        """Have the PMS do something: `gi 222 2001 "Huber, Anna" language=GE`, `go 201`, `wr 203 now`."""
        self._far_end.ask("pms", line)

    def pms_records(self, begins: str) -> list[str]:
        """What came over its line and begins so: `-> WA`, what it received; `<- GI`, what it sent."""
        return list(self._far_end.ask("pms_records", begins))

    # -- the daemon ---------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether the daemon lives."""
        return bool(self._far_end.ask("running"))

    def start(self) -> None:
        """Start the daemon again, at the same address; it is ready then."""
        self.facts = self._far_end.ask("start")
        self.__dict__.pop("api", None)  # its token is another one

    def stop(self) -> int | None:
        """End the daemon in order; its exit code."""
        code: int | None = self._far_end.ask("stop")
        return code

    def kill9(self) -> None:
        """As a power cut would."""
        self._far_end.ask("kill9")

    # -- between two tests --------------------------------------------------------------------------

    def calm(self) -> None:
        """What a test has left is over: the daemon runs, nothing is due, no alarm about a room is open."""
        if not self.running:
            self.start()
        self._far_end.ask("phones", AT_ONCE)
        for order in (one for one in self.api.all("orders") if one["ended_at"] is None):
            self._over("DELETE", f"orders/{order['id']}?by={NOBODY}")
        for one in self.api.all("wakeups", open="true"):
            self._over("POST", f"wakeups/{one['id']}/close", {"by": NOBODY, "outcome": "cancelled"})
        for alarm in self.alarms():
            self._over("POST", f"alarms/{alarm['id']}/acknowledge", {"by": NOBODY, "outcome": "cancelled"})

    def _over(self, method: str, path: str, body: object = None) -> None:
        with suppress(Refused):  # it was over already
            self.api.ask(method, path, body)

    def close(self) -> None:
        """End everything."""
        self._far_end.close()
