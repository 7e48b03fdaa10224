"""Files of the console that are the same for everybody: under an address that changes with them.

They are kept by browsers for a year; an upgrade gives them other addresses. The mark of all of them
together tells an open page that the program has changed under it.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from hotelbridge import __version__
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
    "webmanifest": "application/manifest+json",
}
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
FOLDER = "/static"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, in memory."""

    body: bytes
    packed: bytes  # by gzip; nothing secret is in these files
    mark: str
    content_type: str


class StaticFiles:
    """All of them, read once."""

    @cached_property
    def kept(self) -> dict[str, StaticFile]:
        """By name."""
        folder = files("hotelbridge.web") / "static"
        return {one.name: _read(one) for one in folder.iterdir() if _ending(one.name) in TYPES}

    @cached_property
    def mark(self) -> str:
        """Another one for every other set of files, templates and version of the program."""
        whole = hashlib.sha256(__version__.encode())
        for name, one in sorted(self.kept.items()):
            whole.update(f"{name} {one.mark} ".encode())
        for template in sorted((files("hotelbridge.web") / "templates").iterdir(), key=lambda one: one.name):
            if template.is_file():
                whole.update(template.read_bytes())
        return whole.hexdigest()[:16]

    def address(self, name: str) -> str:
        """Where a file is to be had."""
        return f"{FOLDER}/{self.kept[name].mark}/{name}"

    def answer(self, mark: str, name: str, *, packed: bool = False) -> Answer:
        """The file; an old mark gets the present file, but is not to be kept. `packed`: as a smaller one."""
        found = self.kept.get(name)
        if found is None:
            raise Problem(404, "not_found", "There is no such file.")
        headers = KEPT if mark == found.mark else {}
        if packed and len(found.packed) < len(found.body):
            headers = {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return Answer(found.packed, content_type=found.content_type, headers=headers)
        return Answer(found.body, content_type=found.content_type, headers=headers)


def _ending(name: str) -> str:
    return name.rpartition(".")[2]


def _read(one: Traversable) -> StaticFile:
    body = one.read_bytes()
    packed = gzip.compress(body, mtime=0)
    return StaticFile(body, packed, hashlib.sha256(body).hexdigest()[:12], TYPES[_ending(one.name)])
