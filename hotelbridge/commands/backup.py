"""`hotelbridge db backup` and `hotelbridge db restore`: a whole copy of the store, and the way back.

A backup is made beside a running daemon; a restore wants it stopped. Either is done whole or not at
all: the copy is read through under another name first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from twisted.python.failure import Failure

from hotelbridge.clock import SystemClock
from hotelbridge.commands.options import Said, config_option
from hotelbridge.services import restoring
from hotelbridge.services.rules import Rules
from hotelbridge.settings import Settings, masked
from hotelbridge.store import backups, inuse, postgres, remains, schema
from hotelbridge.store.database import Database, InlineRunner
from hotelbridge.store.engines import is_sqlite, sqlite_path

CLOCK = SystemClock(None)  # only its time is asked for: no reactor runs here


@click.command()
@config_option
@click.argument("target", required=False, type=click.Path(path_type=Path))
def backup(settings: Settings, target: Path | None) -> None:
    """Copy the database to TARGET (a file or a folder), beside a running daemon, and read the copy through.

    Without TARGET the copy is made beside the database. A file that is there is never overwritten.
    """
    url = settings.store.url
    file = _target(settings, target)
    found = backups.save(url, file) if is_sqlite(url) else postgres.dump(url, file)
    click.echo(f"{masked(settings)} is backed up to {file} (schema {found.current}; read through, in order).")


def _target(settings: Settings, target: Path | None) -> Path:
    stamp = _stamp(settings)
    url = settings.store.url
    name = f"{sqlite_path(url).name}.{stamp}" if is_sqlite(url) else f"hotelbridge.{stamp}.pgdump"
    if target is None:
        return (sqlite_path(url).parent if is_sqlite(url) else Path()) / name
    return target / name if target.is_dir() else target


def _stamp(settings: Settings) -> str:
    """Now, by the hotel's clocks, as part of a file's name."""
    return f"{CLOCK.now().astimezone(settings.properties[0].zone):%Y-%m-%d-%H%M%S}"


@click.command()
@config_option
@click.argument("file", metavar="BACKUP", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(settings: Settings, file: Path) -> None:
    """Put BACKUP in the place of the database, which is kept under another name. The daemon must be stopped.

    Wake-ups that came due since the backup become alarms, and the desk reads which orders are lost.
    """
    url = settings.store.url
    if not is_sqlite(url):
        raise Said(postgres.how_to_restore(url, file))
    path = sqlite_path(url)
    if file.resolve() == path.resolve():
        raise Said(f"{file} is the database itself")
    with inuse.alone(url):
        done = put_back(settings, file, CLOCK.now())
    _tell(settings, done)


@dataclass(frozen=True, slots=True)
class PutBack:
    """What a restore has done."""

    backup: schema.Status
    aside: Path | None  # where the database as it was is kept
    marked: tuple[restoring.Marked, ...]


def put_back(settings: Settings, file: Path, now: datetime) -> PutBack:
    """Restore a SQLite database that nobody uses; nothing has changed where it raises."""
    path, before = sqlite_path(settings.store.url), backups.checked(file)
    lost = remains.read(settings.store.url)
    stamp = now.astimezone(settings.properties[0].zone)
    fresh, aside = _free(path, "restoring"), _free(path, f"replaced-{stamp:%Y-%m-%d-%H%M%S}")
    had = path.exists()
    try:
        schema.backup_to(f"sqlite:///{file.absolute()}", fresh)
        schema.upgrade(f"sqlite:///{fresh}", backup_first=False)
        marked = _mark(settings, f"sqlite:///{fresh}", lost, now)
        backups.checked(fresh)
        backups.replace(path, fresh, aside)
    finally:
        backups.remove(fresh)
    return PutBack(before, aside if had else None, marked)


def _free(path: Path, word: str) -> Path:
    """A name beside the database that nobody has."""
    names = (path.with_name(f"{path.name}.{word}{n}") for n in ("", *(f".{n}" for n in range(2, 1000))))
    return next(name for name in names if not name.exists())


def _mark(settings: Settings, url: str, lost: remains.Remains, now: datetime) -> tuple[restoring.Marked, ...]:
    houses = tuple(Rules(property) for property in settings.properties)
    db = Database(url, runner=InlineRunner(), node="restore", clock=CLOCK)
    marked: list[tuple[restoring.Marked, ...]] = []
    failed: list[Failure] = []
    done = db.run(lambda tx: restoring.mark(tx, houses, lost, settings.node, now))
    done.addCallbacks(marked.append, failed.append)
    db.close()
    for failure in failed:
        failure.raiseException()
    return marked[0]


@click.command("mark-restored")
@config_option
@click.option("--replaced", metavar="DATABASE", help="The lost one, if it is kept on the same server.")
def mark_restored(settings: Settings, replaced: str | None) -> None:
    """After `pg_restore` (PostgreSQL): upgrade the database, and tell the desk what it does not know.

    Wake-ups that came due since the backup become alarms, and the desk reads which orders are lost.
    """
    url = settings.store.url
    if is_sqlite(url):
        raise click.UsageError("on SQLite `hotelbridge db restore` does all of it.")
    postgres.refuse_while_used(url)
    before = schema.status(url)
    schema.upgrade(url)
    lost = remains.Remains(readable=False)
    if replaced is not None:
        lost = remains.read(postgres.beside(url, replaced))
        if not lost.readable:
            raise Said(f"the database {replaced} cannot be read; without --replaced larger gaps are left")
    _tell(settings, PutBack(before, None, _mark(settings, url, lost, CLOCK.now())))


def _tell(settings: Settings, done: PutBack) -> None:
    if done.aside is not None:
        click.echo(f"The database as it was is kept in {done.aside}.")
    was = done.backup
    upgraded = "" if was.up_to_date else f", upgraded from schema {was.current} to {was.head}"
    click.echo(f"{masked(settings)} is restored{upgraded}.")
    for one in done.marked:
        click.echo(f"{one.property}: {one.alarm}")
        for wakeup in one.wakeups:
            click.echo(f"  room {wakeup.room}, {wakeup.local.replace('T', ' ')[:16]}")
    click.echo("Now start the daemon again.")
