"""What a configuration names on this machine and is not there: folders, programs.

Only looked at when a person asks for a check: it may be made on another machine than the daemon's.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from hotelbridge.errors import Mistake
from hotelbridge.settings import Settings
from hotelbridge.store.engines import is_sqlite, sqlite_path


def missing(settings: Settings) -> list[Mistake]:
    """Each thing that is not on this machine, with the key that names it."""
    return [*_folders(settings), *_programs(settings)]


def unwritable(settings: Settings) -> str:
    """Why whoever calls this could not run the daemon on the store; "" where it could, or nobody can say."""
    if not is_sqlite(settings.store.url):
        return ""
    path = sqlite_path(settings.store.url).absolute()
    for one, needed in ((path.parent, os.W_OK | os.X_OK), (path, os.R_OK | os.W_OK)):
        if one.exists() and not os.access(one, needed):
            who = _user()
            what = "the folder" if one == path.parent else "the database"
            return (
                f"{what} {one} cannot be written by {who}: sudo chown {who} {one}, or do this as the user "
                "that hotelbridge runs as (sudo -u hotelbridge ...)"
            )
    return ""


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


def _folders(settings: Settings) -> Iterator[Mistake]:
    store = settings.store
    if is_sqlite(store.url) and not (folder := sqlite_path(store.url).absolute().parent).is_dir():
        yield Mistake("store.url", f"the folder {folder} is not there: make it before the daemon starts")
    if words := unwritable(settings):
        yield Mistake("store.url", words)
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
