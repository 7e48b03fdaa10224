"""What a person types into the demo's own window: lines for the exchange, and behind `pms` for the PMS.

The exchange answers at once. The PMS is a process of its own: its answers are heard among its other lines,
and are passed on from the first line that was typed for it.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable

from hotelbridge.demo.hotel import Hotel
from hotelbridge.testing.fake_om_console import perform
from hotelbridge.testing.typed import hear

_TOLD = re.compile(r"\d\d:\d\d:\d\d ")  # what happens at the PMS begins with its time; answers do not
PMS_WORDS = "pms folio 212 | pms rooms | pms pa once ng    a line for the PMS; `pms help` lists its words"


class Prompt:
    """Hands on the exchange and on the PMS."""

    def __init__(self, hotel: Hotel, say: Callable[[str], None], told: Callable[[str], None]) -> None:
        """`told` takes the PMS's lines that tell what happens."""
        self._hotel = hotel
        self._say = say
        self._told = told
        self._asked = False

    def listen(self) -> None:
        """Take lines from now on, where there is a terminal or a pipe."""
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # in the background nothing is read, and nothing stops
        hear(self.typed)

    def typed(self, line: str) -> None:
        """Carry out one line."""
        word, _, rest = line.partition(" ")
        if word == "pms" and rest:
            self._asked = True
            self._hotel.pms.play(rest)
            return
        try:
            answer = perform(self._hotel.om, line)
        except ValueError as error:
            answer = f"{error}\n{PMS_WORDS}"
        if answer:
            self._say(f"{answer}\n{PMS_WORDS}" if word == "help" else answer)

    def overhear(self, line: str) -> None:
        """One line of the PMS: what happened, or the answer to what was typed."""
        if _TOLD.match(line):
            self._told(line)
        elif self._asked:
            self._say(f"          PMS     {line}")
