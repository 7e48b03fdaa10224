"""A month of 1,000,000 charged calls on SQLite: how long every report and the reconciliation take.

The database is filled past the store, with indexes made at the end; the reports are asked of the window
that the API has, rendered as they would be sent, and `csv` is the whole of the largest one.
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
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred

from hotelbridge.clock import SystemClock
from hotelbridge.core.records import Actor
from hotelbridge.services.callreportviews import ReconcileRequest, ReportBy, ReportQuery
from hotelbridge.services.frontdesk import House
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
url = "sqlite:///{folder}/month.db"
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
                phone, text, text, seconds, text, 0, f"made by phone {phone}", day, 0)  # fmt: skip
        charge = (n, "main", phone, stay, f"R{stay}", "", text, seconds, trunk, number, number, "guest",
                  PLACES[min(int(dice.paretovariate(0.8)), len(PLACES) - 1)], amount, amount // 6, "EUR", "v",
                  2, state, "", n, phone, 1, None, text, text, "", "", day, 0)  # fmt: skip
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


def count(file: Path) -> None:
    """The running sums, made again from the rows day by day."""
    clock: Any = SystemClock(None)
    db = Database(f"sqlite:///{file}", runner=InlineRunner(), node="bench", clock=clock)
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


def measure(folder: Path, file: Path) -> None:
    """Every report, and the reconciliation of a day and of the month."""
    numbers = "\n".join(f'  {{ number = "{1000 + n}" }},' for n in range(ROOMS))
    config = folder / "month.toml"
    config.write_text(CONFIG.format(folder=folder, rooms=numbers))
    property = load(config).properties[0]
    clock: Any = SystemClock(None)
    db = Database(f"sqlite:///{file}", runner=InlineRunner(), node="bench", clock=clock)
    owner: Any = _Owner(db)
    house: Any = House(Rules(property), None)  # type: ignore[arg-type]
    desk = FrontReports({"main": house}, db, owner, clock)
    me = Actor("bench", "bench")

    async def report(by: ReportBy) -> object:
        return render(await desk.report("main", ReportQuery(by, FIRST, LAST), named=True))

    for by in ReportBy:
        _say(f"report by {by}", timed(lambda by=by: report(by)))  # type: ignore[misc]
    whole = ReportQuery(ReportBy.STAY, FIRST, LAST, None)
    _say("by stay, whole, csv", timed(lambda: desk.report_csv("main", whole, named=True)))
    for words, first in (("reconciliation, month", FIRST), ("reconciliation, day", LAST)):
        asked = ReconcileRequest(first, LAST)
        _say(words, timed(lambda asked=asked: desk.reconcile("main", asked, me)))  # type: ignore[misc]
    db.close()


def _say(what: str, took: tuple[float, float]) -> None:
    print(f"{what:24} p50 {took[0]:6.0f} ms  p95 {took[1]:6.0f} ms", flush=True)


def main() -> None:
    """Fill, measure, print. A folder given as argument keeps the database for another run."""
    print(
        f"{os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}), Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )
    with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as name:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else name)
        file = folder / "month.db"
        if not file.exists():
            schema.prepare(f"sqlite:///{file}")
            began = time.perf_counter()
            fill(file)
            count(file)
            print(f"filled in {time.perf_counter() - began:.0f} s")
        print(f"{CALLS:,} charged calls: {file.stat().st_size / 1e6:,.0f} MB")
        measure(folder, file)


if __name__ == "__main__":
    main()
