"""Which process this is, so that two with the same node name can be told apart, and a dead one from a living.

The word is made of the machine's boot, the process's namespace, its number and its start: no other
process ever has it. Whether another one is dead can be said only of this machine and namespace; of
all others nobody here knows, so they count as alive.
"""

from __future__ import annotations

import os
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PROC = Path("/proc")
SIGN = "/"  # between a node's name, which cannot hold it, and the word


def identity(node: str) -> str:
    """The node's name with the word of this process; the name alone where the machine does not tell."""
    here, started = _here(), _started(os.getpid())
    return f"{node}{SIGN}{here}.{os.getpid()}.{started}" if here and started else node


def name_of(identity: str) -> str:
    """The node's name in an identity."""
    return identity.partition(SIGN)[0]


def is_dead(identity: str) -> bool:
    """Whether the process of an identity certainly lives no more."""
    here, pid, started = (identity.partition(SIGN)[2].rsplit(".", 2) + ["", "", ""])[:3]
    if not here or here != _here() or not pid.isdecimal():
        return False
    found = _started(int(pid))
    return found != started if found else _is_gone(int(pid))


def _is_gone(pid: int) -> bool:
    """Asked of the kernel itself: somebody else's process may not be shown to us."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _here() -> str:
    """This boot of this machine, and the space in which its process numbers count."""
    try:
        boot = _BOOT_ID.read_text("ascii").strip().replace("-", "")
        return f"{boot}.{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process began, in ticks since the boot; "over" of its remains, empty where none is shown."""
    try:
        # The name before it may hold anything, blanks and brackets too.
        words = (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "over" if words[0] in ("Z", "X") else words[19]
