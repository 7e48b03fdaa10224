"""What a configuration names on this machine and is not there: folders, programs.

Only looked at when a person asks for a check: it may be made on another machine than the daemon's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hotelbridge.errors import Mistake
from hotelbridge.settings import Settings
from hotelbridge.store.engines import is_sqlite, sqlite_path


def missing(settings: Settings) -> list[Mistake]:
    """Each thing that is not on this machine, with the key that names it."""
    return [*_folders(settings), *_programs(settings)]


def _folders(settings: Settings) -> Iterator[Mistake]:
    store = settings.store
    if is_sqlite(store.url) and not (folder := sqlite_path(store.url).absolute().parent).is_dir():
        yield Mistake("store.url", f"the folder {folder} is not there: make it before the daemon starts")
    if store.backup_to and not Path(store.backup_to).is_dir():
        yield Mistake(
            "store.backup_to", f"the folder {store.backup_to} is not there: no backup could be made"
        )


def _programs(settings: Settings) -> Iterator[Mistake]:
    for number, property in enumerate(settings.properties):
        for name, channels in (("alarm", property.alarm), ("lists", property.lists)):
            program = channels.command[0] if channels.command else ""
            if program and not (os.path.isfile(program) and os.access(program, os.X_OK)):
                where = f"property.{number}.{name}.command"
                yield Mistake(where, f"{program} is no program that can be run here")
