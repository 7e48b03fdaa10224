"""Call records per second from push to saved charge.

The real daemon on SQLite with every commit synced, the load beside it on the same cores, each record on a
connection of its own. A record counts when its charge is in the database.

    python -m benchmarks.charges [RECORDS]
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.reports import Daemon, compiled, loaded

RECORDS = 10_000
ROWS = 50_000
STAMP, VIENNA = "%Y%m%d%H%M%S", ZoneInfo("Europe/Vienna")


def tariff(folder: Path, rows: int) -> None:
    """A tariff as large as a carrier's."""
    chosen = random.Random(7)
    prefixes = {"+49"} | {f"+{chosen.randint(20, 99)}{chosen.randint(0, 10**6)}" for _ in range(rows)}
    lines = (f"{prefix},Place {n},0.{10 + n % 80},60,60" for n, prefix in enumerate(sorted(prefixes)))
    (folder / "tariff.csv").write_text("\n".join(["prefix,name,rate,first,next", *lines]) + "\n")


def charged(folder: Path) -> int:
    """Charges that are in the database."""
    with closing(sqlite3.connect(f"file:{folder}/bench.db?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM charge").fetchone()[0])


def until_charged(folder: Path, wanted: int, began: float) -> float:
    """Seconds until so many are there."""
    while charged(folder) < wanted:
        if time.monotonic() - began > 300:
            raise SystemExit(f"only {charged(folder)} of {wanted} records became charges")
        time.sleep(0.02)
    return time.monotonic() - began


def until_in_force(folder: Path) -> None:
    """Until the tariff was read: it takes a while beside the rest."""
    for _ in range(600):
        with closing(sqlite3.connect(f"file:{folder}/bench.db?mode=ro", uri=True)) as db:
            if db.execute("SELECT count(*) FROM tariff_version").fetchone()[0]:
                time.sleep(0.5)
                return
        time.sleep(0.1)
    raise SystemExit("the tariff did not come into force")


def main(records: int = RECORDS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as name:
        folder = Path(name)
        load = compiled(folder, "load")
        if load is None:
            raise SystemExit("no C compiler is here: the load is made in C")
        tariff(folder, ROWS)
        keys = 'tariff = "tariff.csv"\nhouse_account = "9000"'
        daemon = Daemon(folder, keys, range(100, 140))
        try:
            until_in_force(folder)
            loaded(load, daemon.events, 4, 500, 0, "1", datetime.now(VIENNA).strftime(STAMP))  # warm
            until_charged(folder, 500, time.monotonic())
            began = time.monotonic()
            loaded(load, daemon.events, 4, records, 0, "1000", datetime.now(VIENNA).strftime(STAMP))
            took = until_charged(folder, 500 + records, began)
            print(f"{records:,} call records flat out: {records / took:,.0f}/s from push to saved charge")
            for rate in (200, 1000):
                first, many = str(10**6 * rate), rate * 5
                before, began = charged(folder), time.monotonic()
                _, p50, p99 = loaded(
                    load, daemon.events, 32, many, rate, first, datetime.now(VIENNA).strftime(STAMP)
                )
                took = until_charged(folder, before + many, began)
                print(
                    f"{rate:,}/s for 5 s: connect to committed p50 {p50:.1f} ms, p99 {p99:.1f} ms; "
                    f"the last charge after {took:.1f} s"
                )
        finally:
            daemon.stop()


if __name__ == "__main__":
    main(*(int(word.replace(",", "")) for word in sys.argv[1:2]))
