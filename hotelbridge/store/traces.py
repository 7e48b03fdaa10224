"""Whether there was a database where none is found: an empty one made in silence would forget every guest.

A disk that is not mounted yet, a file that was moved away: what this program leaves beside its database
tells that. A folder without any of it is a first start. Looks at names only.
"""

from __future__ import annotations

import glob
from pathlib import Path

from sqlalchemy import URL

from hotelbridge.errors import StoreUnavailable
from hotelbridge.store.engines import is_sqlite, sqlite_path

SHOWN = 4


def is_missing(url: str | URL) -> bool:
    """Whether a SQLite database has no file, or one that holds nothing at all."""
    if not is_sqlite(url):
        return False
    try:
        return sqlite_path(url).stat().st_size == 0
    except OSError:
        return True


def left_by(url: str | URL, copies: Path) -> list[Path]:
    """What a used SQLite database has left beside it, and in the folder of its `copies`."""
    path = sqlite_path(url)
    here, name = path.parent, path.name
    beside = (f"{path.stem}.token", f"{name}.reserve", f"{name}-wal")
    found = [here / one for one in beside if (here / one).exists()]
    found += [one for one in _matching(here, f"{name}.run") if one.stat().st_size]  # a daemon's word
    patterns = (f"{path.stem}.spill.[0-9]*", f"{name}.before-upgrade-*", f"{name}.replaced-*")
    found += [one for pattern in patterns for one in _matching(here, pattern)]
    return found + [one for folder in {here, copies} for one in _matching(folder, f"{name}.[0-9]*-[0-9]*")]


def _matching(folder: Path, pattern: str) -> list[Path]:
    return [Path(one) for one in sorted(glob.glob(f"{glob.escape(str(folder))}/{pattern}"))]


def refuse_a_new_one(url: str | URL, config: str, copies: Path) -> None:
    """Raise `StoreUnavailable` where a database is missing although there was one."""
    left = left_by(url, copies) if is_missing(url) else []
    if not left:
        return
    path = sqlite_path(url)
    what = ", ".join(str(one) for one in left[:SHOWN])
    raise StoreUnavailable(
        f"there is no database {path}, but there was one: {what}{' and more' if len(left) > SHOWN else ''} "
        "is still there. Is its disk mounted? Else put a backup in its place: hotelbridge db restore "
        f"-c {config} BACKUP; or begin with an empty one, without any wake-up that was booked: "
        f"hotelbridge run -c {config} --new-database"
    )
