"""The backup of every night: a copy of the store in a folder, and only so many of them.

It is made beside the running house, on a reader's thread. A night without one is an alarm, because
nobody looks into that folder before the morning on which it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import HotelbridgeError
from hotelbridge.services import escalation
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.settings import StoreSettings
from hotelbridge.store import backups, postgres
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.engines import is_sqlite, sqlite_path
from hotelbridge.texts import phrase

SUBJECT = "backup"
_STAMP = re.compile(r"\.\d{4}-\d{2}-\d{2}-\d{6}")


class NightlyBackup:
    """The copies of one node's store."""

    _log = Logger()

    def __init__(
        self,
        settings: StoreSettings,
        db: Database,
        ownership: Ownership,
        clock: Clock,
        houses: Mapping[str, Rules],
    ) -> None:
        self._settings = settings
        self._db = db
        self._ownership = ownership
        self._clock = clock
        self._houses = houses

    async def run(self) -> None:
        """Make one copy, forget the oldest, and tell the desk where that failed."""
        wrong = ""
        try:
            file = await self._db.aside(self._copy)
            self._log.info("the database is backed up to {file}", file=file)
        except HotelbridgeError as error:
            wrong = str(error)
        for property in self._ownership.held():
            await self._tell(self._houses[property], wrong)

    def _copy(self) -> Path:
        url, folder = self._settings.url, folder_of(self._settings)
        name = sqlite_path(url).name if is_sqlite(url) else "hotelbridge.pgdump"
        zone = next(iter(self._houses.values())).zone
        file = folder / f"{name}.{self._clock.now().astimezone(zone):%Y-%m-%d-%H%M%S}"
        if is_sqlite(url):
            backups.save(url, file)
        else:
            postgres.dump(url, file)
        _forget(folder, name, self._settings.backup_keep)
        return file

    async def _tell(self, rules: Rules, wrong: str) -> None:
        now = self._clock.now()
        text = phrase(
            f"The nightly backup of the database could not be made: {wrong}. Tell whoever looks after the "
            "server; guests are woken all the same."
        )

        def unit(tx: Tx) -> None:
            if wrong:
                escalation.raise_alarm(tx, rules, now, AlarmKind.STORAGE, SUBJECT, text)
            else:
                escalation.recovered(tx, rules.property, SUBJECT, now, "a backup was made")

        await self._ownership.run(rules.property, unit)


def folder_of(settings: StoreSettings) -> Path:
    """Where the copies go."""
    if settings.backup_to:
        return Path(settings.backup_to)
    return sqlite_path(settings.url).parent if is_sqlite(settings.url) else Path()


def _forget(folder: Path, name: str, keep: int) -> None:
    """Delete the oldest copies; files that are called otherwise are somebody else's."""
    ours = [f for f in folder.iterdir() if f.name.startswith(name) and _STAMP.fullmatch(f.name[len(name) :])]
    for old in sorted(ours, key=lambda file: file.name)[:-keep]:
        with suppress(OSError):
            old.unlink()
