"""Says in plain words what happens: on the simulated phones' side, and at the desk by the event stream.

Each line carries the hotel's time. What the desk was told already is not told again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from hotelbridge.clock import Clock
from hotelbridge.demo.eventline import Heard

# The phones tell these by themselves.
_OF_THE_LINE = ("LS", "LD", "LR", "LA", "LC", "LE")
_TOLD_BY_PHONES = frozenset({"ringing", "rings", "off_hook"})


class Narrator:
    """One voice for both sides."""

    def __init__(
        self,
        say: Callable[[str], None],
        clock: Clock,
        zone: tzinfo,
        advice: Callable[[dict[str, Any]], str] = lambda alarm: "",
    ) -> None:
        self._say = say
        self._clock = clock
        self._zone = zone
        self._advice = advice  # what to type about an alarm
        self._told: dict[str, int] = {}  # lines of history told, by wake-up
        self._alarms: dict[str, tuple[str, str | None]] = {}  # text and acknowledgement told, by alarm
        self._links: dict[str, str] = {}

    def tell(self, who: str, words: str) -> None:
        """One line with the hotel's time."""
        self._say(f"{self._clock.now().astimezone(self._zone):%H:%M:%S}  {who:<6}  {words}")

    def phone(self, words: str) -> None:
        """What the simulated device observes of itself."""
        self.tell("phone" if words[:1].isdigit() else "device", words)

    def pms(self, line: str) -> None:
        """What the simulated PMS says of itself: records of guests, rooms and wake-ups, not of the line."""
        words = line[9:]
        if words[:3] in ("<- ", "-> ") and words[3:5] not in _OF_THE_LINE:
            self.tell("PMS", words)

    def desk(self, heard: Heard) -> None:
        """One event as the desk's screen would get it."""
        if heard.event == "wakeup":
            self._wakeup(heard)
        elif heard.event == "alarm":
            self._alarm(heard.id, heard.item)
        elif heard.event == "link" and heard.item:
            self._link(heard.id, heard.item)

    def _wakeup(self, heard: Heard) -> None:
        history = heard.item.get("history", [])
        told = self._told.get(heard.id, 0)
        self._told[heard.id] = max(told, len(history))
        for line in history[told:]:
            if line["what"] not in _TOLD_BY_PHONES:
                self.tell("desk", f"room {heard.item['room']}: {line['text']}")

    def _alarm(self, id: str, alarm: dict[str, Any]) -> None:
        if not alarm:
            return
        text, acknowledged = self._alarms.get(id, ("", None))
        self._alarms[id] = alarm["text"], alarm["acknowledged_at"]
        if not alarm["open"]:
            self.tell(
                "desk", f"alarm {id} is closed by {alarm['acknowledged_by'] or 'itself'}: {_how(alarm)}"
            )
        elif alarm["acknowledged_at"] != acknowledged and alarm["acknowledged_by"]:
            until = f"silent until {alarm['next'][11:19]}"
            self.tell("desk", f"alarm {id} is acknowledged by {alarm['acknowledged_by']}, {until}")
        elif alarm["text"] == text:
            self.tell("desk", f"ALARM {id} again: {_short(text)}")
        else:
            self.tell("desk", "\n".join(filter(None, [f"ALARM {id}: {alarm['text']}", self._advice(alarm)])))

    def _link(self, id: str, link: dict[str, Any]) -> None:
        connected = link["layers"].get("connected")
        words = "answers" if connected else "does not answer" if connected is False else "was not asked yet"
        if self._links.get(id) != words:
            self._links[id] = words
            self.tell("desk", f"{id} {words}")


def _how(alarm: dict[str, Any]) -> str:
    return ", ".join(filter(None, [alarm["outcome"], alarm["note"]]))


def _short(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else text[: longest - 3].rstrip() + "..."
