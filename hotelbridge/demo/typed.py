"""What a person may type at the demo, with the real names and ports, to be copied as it stands."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hotelbridge.demo.hotel import Hotel
from hotelbridge.demo.login import NAME, PASSWORD
from hotelbridge.demo.telephone import LINE

# What is said of a charge that wants a person, and what may be typed, by the kind of the alarm.
_CHARGES = {
    "charge_refused": (
        "refused",
        "the PMS's words, and how a person ends it:",
        ("show {id}", 'resolve {id} --outcome written_off --by Anna --note "no post flag"'),
    ),
    "charge_uncertain": (
        "uncertain",
        "is it on the folio? Type `pms folio {place}` here. It is not, so it goes again, by name:",
        ("show {id}", "retry {id} --on-folio no --by Anna"),
    ),
    "charge_held": (
        "held",
        "it is not posted by itself; how a person ends it:",
        ("show {id}", 'resolve {id} --outcome written_off --by Anna --note "guest has left"'),
    ),
}


class Typed:
    """What a person may type, with the real names and ports, to be copied as it stands."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._base = hotel.api.door.base
        self._mine = f"{self._base}/api/v1/properties/{hotel.property.id}"

    def curl(self, path: str, *options: str) -> str:
        """A request with the token of this run."""
        token = _near(self._hotel.api.door.token_file)
        return " ".join(["curl -s", *options, f'-H "Authorization: Bearer $(cat {token})"', f"'{path}'"])

    def post(self, path: str, body: str) -> str:
        """A request with a JSON body."""
        return self.curl(f"{self._mine}/{path}", "-H 'Content-Type: application/json'", f"-d '{body}'")

    def command(self, words: str) -> str:
        """The program itself, on this hotel's configuration."""
        return f"{_program()} {words} -c {_near(self._hotel.config)}"

    def advice(self, alarm: Mapping[str, Any]) -> str:
        """What to do about an alarm: by name, whatever it is."""
        about = _CHARGES.get(str(alarm["kind"]))
        return self._of_alarm(alarm) if about is None else self._of_charge(*about)

    def _of_charge(self, state: str, words: str, commands: tuple[str, ...]) -> str:
        """What may be done about the last charge that stands so."""
        waiting = self._hotel.books.in_state(state)
        if not waiting:
            return ""
        id, place = waiting[-1]["id"], waiting[-1]["posted_to"]
        typed = [f"  {self.command('charges ' + one.format(id=id))}" for one in commands]
        return "\n".join([f"          {words.format(place=place)}", *typed])

    def _of_alarm(self, alarm: Mapping[str, Any]) -> str:
        """How to silence it, and how to close it."""
        id = alarm["id"]
        asked = re.search(r"resync --apply ([0-9]+)", alarm["text"])
        if asked is not None:
            ends = "decide what it asks"
            words = [f"resync --{what} {asked[1]} --by Anna" for what in ("apply", "dismiss")]
        else:
            ends = "close it with what was found"
            # Nobody was to be woken by an alarm that is about no wake-up: it is over, whatever was found.
            wakes = alarm["wakeup"] is not None or alarm["items"]
            outcome = "woken_by_staff" if wakes else "cancelled"
            words = [f"alarm acknowledge {id} --by Anna --outcome {outcome}"]
        return "\n".join(
            [
                f"          to silence it for a while, and to {ends}:",
                "  " + self.post(f"alarms/{id}/acknowledge", '{"by": "Anna"}'),
                *(f"  {self.command(one)}" for one in words),
            ]
        )

    def welcome(self, booked: str) -> str:
        """Where to look, and what to do next. `booked`: the wake-ups there are, in words."""
        hotel = self._hotel
        soon = f"$(TZ={hotel.property.timezone} date -d '+2 minutes' +%FT%T)"
        body = f"""{{"room": "213", "at": "'{soon}'"}}"""
        events = self.curl(f"{self._base}/api/v1/events", "-N")
        return "\n".join(
            [
                "",
                f"{hotel.property.name}: {len(hotel.property.rooms)} rooms (201-220, 301-320), "
                "vacant from 316 on, "
                f"and it is {hotel.local(hotel.clock.now()):%H:%M:%S} there ({hotel.property.timezone}).",
                f"Everything is in {_near(hotel.config.parent)}/: the configuration, the database, the log.",
                "",
                f"The desk's console is at {self._base}/ : log in as {NAME} with the password {PASSWORD}",
                "",
                "Or type in another terminal, in this folder:",
                f"  {self.command('wakeup add 212 +2m')}",
                f"  {self.command('wakeup list')}",
                f"  {self.command('rooms list')}",
                f"  {self.command('why 212')}",
                f"  {self.command('alarm list')}",
                "or ask the daemon itself:",
                f"  {self.post('wakeups', body)}",
                f"  {self.curl(f'{self._mine}/wakeups')}",
                f"  {self.curl(f'{self._mine}/alarms?open=true')}",
                f"  {events}",
                "",
                *self._telephone(),
                "",
                f"Booked for the next minutes: {booked}.",
                "What happens is told here. Ctrl-C ends it.",
            ]
        )

    def _telephone(self) -> list[str]:
        """How to see what calls cost, and how to call."""
        if not self._hotel.property.tariff:
            config = _near(self._hotel.config)
            return [f"{config} names no tariff, so calls cost nothing. Remove it to begin anew with one."]
        return [
            f"Guests telephone meanwhile: priced by {_near(self._hotel.config.parent)}/tariff.csv and posted "
            "to the PMS (PS, its answer PA).",
            "One posting will be refused, and one will get no answer:",
            *(
                f"  {self.command(f'charges {words}')}"
                for words in ("list", "reconcile --from today", "report --by room --from today")
            ),
            "To telephone yourself, type here, in this very window (help lists more):",
            "    dial 212 004989920920 50           for 50 seconds; 0: nobody answers",
            f"    call {LINE} from 00498912345 to 212",
            "    pms folio 212                      what the PMS has on it",
        ]


def _near(path: Path) -> str:
    """A path as it is typed from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _program() -> str:
    """The running program as it is typed from here."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py" or not os.access(started, os.X_OK):
        return f"{_near(Path(sys.executable))} -m hotelbridge"
    return _near(started)
