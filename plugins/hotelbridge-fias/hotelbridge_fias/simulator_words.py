"""The words by which a person or a script plays with the simulated PMS.

One line is one act, such as `gi 212 1001 "Huber, Anna" language=GE`. Whatever is not understood is
answered with what can be written instead.
"""

from __future__ import annotations

import difflib
import shlex
from collections import deque
from collections.abc import Callable, Mapping

from hotelbridge_fias.letters import printable
from hotelbridge_fias.simulator_habits import Door, Resync
from hotelbridge_fias.simulator_hotel import NotPossible
from hotelbridge_fias.simulator_pms import FakePms
from hotelbridge_fias.simulator_reading import (
    answer_of,
    details_of,
    moment_of,
    one_of,
    seconds_of,
    word_at,
    words_of,
)

HELP = """\
gi 212 1001 "Huber, Anna" language=GE vip=1 class=2   a guest checks in (room, reservation, name, more)
share 212 1002 "Huber, Max"          a second guest joins the room
go 212 [1002]                        a guest checks out; in a shared room say who
gc 212 1001 name="Huber-Berg, Anna"  what is known of a guest changes
move 212 305 [1001]                  a guest moves, told in one record where the other side knows moves
move2 212 305 [1001] [reverse]       the same as check-out and check-in, or the other way round
swap 212 305                         two rooms change their guests
wr 212 0630 [261124] [twice]         a wake-up is wanted: HHMM, HHMMSS or now
wc 212 [0630 [261124]]               it is not wanted any more; without a time none of the room
re 212 cs=2 dn=y ml=n                class of service, Do Not Disturb, lamp
audit on | off                       the day is closed
resync                               tell every room from the beginning
dr answer | silent | no-end | bare   what the other side's wish for that meets
dr gap 0.5                           seconds between its records
pa ok | ng | na | ry | ... [TEXT]    what postings meet from now on, as a code
pa late 5 | none | lost | twice | nonumber | long | drop | drop-after
pa once ...                          the same for the next posting alone
le | drop | reset | mute             the connection ends: politely, or not; or nobody is there any more
refuse | hang | open                 what the next connection meets
rooms | folio 212 | wakeups | errors what there is
wait 5 | wait alive                  the lines after it wait: seconds, or until the link is alive
at +30 wr 212 now                    in 30 seconds
help | quit"""


class Player:
    """Carries out lines in order; a `wait` holds up those that come after it."""

    def __init__(
        self, pms: FakePms, say: Callable[[str], None], quit: Callable[[], None] = lambda: None
    ) -> None:
        self._pms = pms
        self._say = say
        self._quit = quit
        self._lines: deque[tuple[str, str]] = deque()  # where a line stands, the line
        self._waits = False

    def play(self, line: str, where: str = "") -> None:
        """Carry it out when its turn comes; `where` is told with what is wrong in it."""
        self._lines.append((where, line))
        self._go_on()

    @property
    def idle(self) -> bool:
        return not self._lines and not self._waits

    def _go_on(self) -> None:
        while self._lines and not self._waits:
            where, line = self._lines.popleft()
            try:
                answer = self.perform(line)
            except ValueError as error:
                answer = f"{where}: {error}" if where else str(error)
            if answer:
                self._say(answer)

    def perform(self, line: str) -> str:
        """Do what one line says; words for whoever wrote it. Raises ValueError with what could be written."""
        words = words_of(line)
        if not words:
            return ""
        verb, *rest = words
        act = _ACTS.get(verb.lower())
        if act is None:
            near = difflib.get_close_matches(verb.lower(), _ACTS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else "help lists what there is"
            raise ValueError(f"{printable(verb)} is not understood; {hint}")
        try:
            return act(self, rest)
        except NotPossible:
            raise
        except IndexError as error:
            raise ValueError(f"something is missing; write it like: {_usage(verb.lower())}") from error

    # --- guests ---

    def _check_in(self, words: list[str]) -> str:
        return self._in(words, share=False)

    def _share(self, words: list[str]) -> str:
        return self._in(words, share=True)

    def _in(self, words: list[str], *, share: bool) -> str:
        plain, details = details_of(words)
        room, reservation, name = plain[0], plain[1], " ".join(plain[2:])
        self._pms.front_desk.check_in(room, reservation, name, details, share=share)
        return f"{reservation} is in room {room}{self._class_left_out(room, details)}"

    def _class_left_out(self, room: str, details: Mapping[str, str]) -> str:
        """The class goes with the room where the other side has not asked for it with the guest."""
        asked = self._pms.lists.get("GI")
        if "CS" not in details or asked is None or "CS" in asked:
            return ""
        return f"; the class is not sent, the other side wants it with the room: re {room} cs={details['CS']}"

    def _check_out(self, words: list[str]) -> str:
        self._pms.front_desk.check_out(words[0], word_at(words, 1))
        return f"checked out of room {words[0]}"

    def _change(self, words: list[str]) -> str:
        plain, details = details_of(words)
        if not details:
            raise IndexError
        self._pms.front_desk.change(plain[0], plain[1], details)
        return "changed"

    def _move(self, words: list[str]) -> str:
        self._pms.front_desk.move(words[0], words[1], word_at(words, 2))
        return f"moved from {words[0]} to {words[1]}"

    def _move_in_two(self, words: list[str]) -> str:
        plain = [word for word in words if word != "reverse"]
        reverse = len(plain) < len(words)
        self._pms.front_desk.move_in_two(plain[0], plain[1], word_at(plain, 2), in_first=reverse)
        return f"moved from {plain[0]} to {plain[1]}"

    def _swap(self, words: list[str]) -> str:
        self._pms.front_desk.swap(words[0], words[1])
        return f"{words[0]} and {words[1]} have changed their guests"

    # --- rooms ---

    def _wake(self, words: list[str]) -> str:
        plain = [word for word in words if word != "twice"]
        at = moment_of(plain[1:], self._pms.local())
        self._pms.front_desk.wake(plain[0], at, times=1 + (len(plain) < len(words)))
        return f"a wake-up for room {plain[0]} on {at:%a %Y-%m-%d at %H:%M:%S}"

    def _do_not_wake(self, words: list[str]) -> str:
        at = moment_of(words[1:], self._pms.local()) if len(words) > 1 else None
        self._pms.front_desk.do_not_wake(words[0], at)
        return "cleared"

    def _equip(self, words: list[str]) -> str:
        plain, details = details_of(words)
        self._pms.front_desk.equip(plain[0], details)
        return "done"

    # --- the house ---

    def _audit(self, words: list[str]) -> str:
        begins = one_of(words[0], ("on", "off")) == "on"
        self._pms.night_audit(begins)
        return "the day is being closed" if begins else "the day is closed"

    def _resync(self, words: list[str]) -> str:
        if not self._pms.is_alive:
            raise NotPossible("the link is not alive")
        self._pms.resync()
        return "telling every room"

    def _asked(self, words: list[str]) -> str:
        if words[0] == "gap":
            self._pms.habits.resync_gap = seconds_of(words[1])
            return "it will take its time"
        self._pms.habits.resync = Resync(one_of(words[0], tuple(Resync)))
        return "it will"

    def _answers(self, words: list[str]) -> str:
        once = words[0] == "once"
        answer = answer_of(words[1:] if once else words)
        if once:
            self._pms.answers.coming.append(answer)
            return "the next posting will meet that"
        self._pms.answers.usual = answer
        return "postings will meet that"

    # --- the connection ---

    def _end(self, words: list[str]) -> str:
        self._pms.end()
        return "said LE" if self._pms.line else "nobody is connected"

    def _drop(self, words: list[str]) -> str:
        return self._connection(lambda: self._pms.drop())

    def _reset(self, words: list[str]) -> str:
        return self._connection(lambda: self._pms.drop(hard=True))

    def _mute(self, words: list[str]) -> str:
        return self._connection(self._pms.mute)

    def _connection(self, act: Callable[[], None]) -> str:
        if self._pms.line is None:
            raise NotPossible("nobody is connected")
        act()
        return "done"

    def _door(self, door: Door) -> str:
        self._pms.door = door
        return {Door.OPEN: "connections are taken", Door.REFUSE: "connections are refused"}.get(
            door, "connections are taken, and nobody speaks"
        )

    # --- what there is ---

    def _rooms(self, words: list[str]) -> str:
        taken = [
            f"{room}: " + ", ".join(printable(f"{g.reservation} {g.detail('GN')}") for g in guests)
            for room, guests in self._pms.hotel.rooms.items()
            if guests
        ]
        return "\n".join([*taken, f"{len(self._pms.hotel.rooms) - len(taken)} rooms are empty"])

    def _folio(self, words: list[str]) -> str:
        charges = self._pms.hotel.folio(words[0])
        return "\n".join(printable(str(charge.record)) for charge in charges) or "nothing was charged"

    def _wakeups(self, words: list[str]) -> str:
        return (
            "\n".join(
                printable(f"{room} {day} {at} {result or 'open'}")
                for (room, day, at), result in self._pms.hotel.wakeups.items()
            )
            or "none"
        )

    def _errors(self, words: list[str]) -> str:
        return "\n".join(printable(words) for words in self._pms.errors) or "none"

    # --- time ---

    def _wait(self, words: list[str]) -> str:
        self._waits = True
        if words[0] == "alive":
            self._until_alive()
        else:
            try:
                self._pms.clock.call_later(seconds_of(words[0]), self._waited)
            except ValueError:
                self._waits = False
                raise
        return ""

    def _until_alive(self) -> None:
        if self._pms.is_alive:
            self._pms.clock.call_later(0.0, self._waited)
        else:
            self._pms.clock.call_later(0.1, self._until_alive)

    def _waited(self) -> None:
        self._waits = False
        self._go_on()

    def _at(self, words: list[str]) -> str:
        seconds = seconds_of(words[0])
        line = shlex.join(words[1:])
        if not line or words[1].lower() not in _ACTS:
            raise ValueError("write it like: at +30 wr 212 now")
        self._pms.clock.call_later(seconds, self.play, line)
        return f"in {seconds:g} s"

    def _help(self, words: list[str]) -> str:
        return HELP

    def _leave(self, words: list[str]) -> str:
        self._quit()
        return ""


Act = Callable[[Player, list[str]], str]
_ACTS: dict[str, Act] = {
    "gi": Player._check_in,
    "share": Player._share,
    "go": Player._check_out,
    "gc": Player._change,
    "move": Player._move,
    "move2": Player._move_in_two,
    "swap": Player._swap,
    "wr": Player._wake,
    "wc": Player._do_not_wake,
    "re": Player._equip,
    "audit": Player._audit,
    "resync": Player._resync,
    "dr": Player._asked,
    "pa": Player._answers,
    "le": Player._end,
    "drop": Player._drop,
    "reset": Player._reset,
    "mute": Player._mute,
    "refuse": lambda player, words: player._door(Door.REFUSE),
    "hang": lambda player, words: player._door(Door.HANG),
    "open": lambda player, words: player._door(Door.OPEN),
    "rooms": Player._rooms,
    "folio": Player._folio,
    "wakeups": Player._wakeups,
    "errors": Player._errors,
    "wait": Player._wait,
    "at": Player._at,
    "help": Player._help,
    "quit": Player._leave,
}


def _usage(verb: str) -> str:
    """The line of the help that is about it."""
    lines = sorted(HELP.splitlines(), key=lambda text: text.split()[0] != verb)
    return " ".join(next(text for text in lines if verb in text.split()).split())
