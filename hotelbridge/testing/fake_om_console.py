"""The simulated exchange as a program of its own, and the words by which a person plays with it.

For integrators (`hotelbridge sim om`) and for the demo. Starts a `FakeOm` on a port, and turns lines
such as `212 dials 004989920920 50` into what guests do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any

from hotelbridge.clock import SystemClock
from hotelbridge.testing.fake_om import FakeOm
from hotelbridge.testing.fake_om_faults import CommandFault, EventFault
from hotelbridge.testing.fake_om_http import Push
from hotelbridge.testing.fake_om_scripts import USUAL, Answers, NoAnswer, Script, parse_scripts

RINGS = 15.0  # seconds until a guest gives up whom nobody answers
WORDS = """\
212 script no-answer 20, answer 5 20    what the next calls to this phone meet
212 lifts | hangs up | presses 1# | is left off the hook
212 dials 004989920920 [50 | 0]         for 50 seconds; 0: nobody answers. Or: dial 212 004989920920 50
212 is unplugged | is plugged
call 02161204000 from 13012345678 to 212
trunk 02161208234 tells nothing | tells       of calls out while they last: no ALERT
reboot 30 | cut | cut dead | mend | configuration
next drop-executed Connect | always duplicate RING | well-behaved
rings | commands | help"""


def parse_phone(text: str) -> tuple[str, list[Script]]:
    """`212` or `212=no-answer 20, answer 5 20`. Raises ValueError."""
    number, _, scripts = text.partition("=")
    return number.strip(), parse_scripts(scripts or "answer 5 20")


async def run_fake_om(
    reactor: Any,
    *,
    listen: str = "tcp:8080:interface=127.0.0.1",
    push_to: str = "127.0.0.1:8989",
    path: str = "/",
    phones: Iterable[str] = ("212", "213", "214"),
    method: str = "GET",
    api: str = "7",
    zone: tzinfo = UTC,
    bind: str | None = None,
    observer: Callable[[str], None] | None = None,
) -> FakeOm:
    """Start a simulated device that takes commands at `listen` and pushes to `push_to` + `path`.

    `phones` as in `parse_phone`. Returns the running device; `close()` ends it. Raises ValueError for
    words it does not know, and CannotListenError.
    """
    host, _, port = push_to.rpartition(":")
    push = Push(method=method, path=path, host=host)
    read = dict(parse_phone(phone) for phone in phones)
    om = FakeOm(SystemClock(reactor), read, push=push, zone=zone, api=api, observer=observer)
    om.push_over(reactor, host, int(port), bind)
    await om.listen(reactor, listen)
    return om


def perform(om: FakeOm, line: str) -> str:
    """Do what one line says; gives words for whoever typed it. Raises ValueError with the words there are."""
    words = line.split()
    if not words:
        return ""
    try:
        if words[0] in om.phone_numbers:
            return _phone(om, words[0], words[1], words[2:])
        return _DEVICE[words[0]](om, words[1:])
    except (KeyError, IndexError) as error:
        raise ValueError(f"{line!r} is not understood. The words are:\n{WORDS}") from error


def _phone(om: FakeOm, number: str, verb: str, rest: list[str]) -> str:
    if verb == "script":
        om.script(number, *parse_scripts(" ".join(rest)))
    elif verb == "lifts":
        om.guest_lifts(number)
    elif verb == "hangs":
        om.guest_hangs_up(number)
    elif verb == "presses":
        om.guest_presses(number, rest[0])
    elif verb == "dials":
        om.guest_dials(number, rest[0], _far_side(rest[1:]))
    else:
        {"left": om.guest_leaves_off_hook, "unplugged": om.unplug, "plugged": om.plug}[rest[0]](number)
    return "done"


def _far_side(words: list[str]) -> Answers | NoAnswer:
    """What a call meets that lasts so many seconds; without a number it is a usual one."""
    if not words:
        return USUAL
    seconds = float(words[0]) if re.fullmatch(r"[0-9]{1,5}(\.[0-9]+)?", words[0]) else None
    if seconds is None or len(words) > 1:
        raise KeyError("dials")
    return Answers(USUAL.after, seconds) if seconds else NoAnswer(RINGS)


def _dial(om: FakeOm, words: list[str]) -> str:
    if not words or words[0] not in om.phone_numbers:
        raise KeyError("dial")
    return _phone(om, words[0], "dials", words[1:])


def _call(om: FakeOm, words: list[str]) -> str:
    if len(words) < 3:
        raise KeyError("call")
    trunk, _, from_, *to = words
    return f"visitor {om.incoming(trunk, from_, to[1] if len(to) > 1 else None)}"


def _trunk(om: FakeOm, words: list[str]) -> str:
    if not words:
        raise KeyError("trunk")
    number, *how = words
    if number not in om.trunk_numbers or how not in (["tells"], ["tells", "nothing"]):
        raise KeyError("trunk")
    om.hush(number, tells=how == ["tells"])
    return f"it {' '.join(how)} of calls out"


def _reboot(om: FakeOm, words: list[str]) -> str:
    om.reboot(float(words[0]) if words else 30.0)
    return "restarting"


def _cut(om: FakeOm, words: list[str]) -> str:
    om.cut("dead" if words == ["dead"] else "refused")
    return "the network is cut"


def _mend(om: FakeOm, words: list[str]) -> str:
    om.mend()
    return "the network is back"


def _configuration(om: FakeOm, words: list[str]) -> str:
    om.change_configuration()
    return "done"


def _next(om: FakeOm, words: list[str]) -> str:
    om.faults.next(_fault(words[0]), words[1] if len(words) > 1 else None)
    return "it will, once"


def _always(om: FakeOm, words: list[str]) -> str:
    om.faults.always(_fault(words[0]), words[1] if len(words) > 1 else None)
    return "it will, from now on"


def _well_behaved(om: FakeOm, words: list[str]) -> str:
    om.faults.clear()
    return "it behaves"


def _fault(word: str) -> CommandFault | EventFault:
    """SEGMENTS and GARBAGE exist for both sides: `reply-segments`, `segments`."""
    name = word.upper().replace("-", "_")
    if name.startswith("REPLY_"):
        return CommandFault[name.removeprefix("REPLY_")]
    return EventFault[name] if name in EventFault.__members__ else CommandFault[name]


def _rings(om: FakeOm, words: list[str]) -> str:
    return "\n".join(
        f"{ring.phone} rang {_clock(om, ring.started)}"
        + (f", answered {_clock(om, ring.answered)}" if ring.answered else "")
        + (f", ended {_clock(om, ring.ended)} by the {ring.ended_by}" if ring.ended else "")
        for ring in om.rings
    )


def _commands(om: FakeOm, words: list[str]) -> str:
    return "\n".join(f"{_clock(om, seen.at)} {seen.words}" for seen in om.commands)


def _clock(om: FakeOm, at: datetime) -> str:
    """As the device's own clock shows it."""
    return f"{at.astimezone(om.zone):%H:%M:%S}"


def _help(om: FakeOm, words: list[str]) -> str:
    return WORDS


_DEVICE: dict[str, Callable[[FakeOm, list[str]], str]] = {
    "call": _call,
    "dial": _dial,
    "reboot": _reboot,
    "trunk": _trunk,
    "cut": _cut,
    "mend": _mend,
    "configuration": _configuration,
    "next": _next,
    "always": _always,
    "well-behaved": _well_behaved,
    "rings": _rings,
    "commands": _commands,
    "help": _help,
}
