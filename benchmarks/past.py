"""How the years weigh: the time of a start and the memory, with many wake-ups behind the hotel.

One wake-up is booked and rung for real; its rows are then copied over the days before, as often as asked.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.stage import Plant, Stage

PAST = 100_000
A_DAY = 300  # wake-ups on each day before
STARTS = 3
SETTLED = 10.0  # seconds after a start until its memory is read
FOLLOWING = {"attempt": "wakeup_id", "history": "wakeup_id", "loan": "wakeup_id"}


def measured(folder: Path, past: int) -> tuple[list[float], int, int]:
    """Seconds of each start, and memory in kB after it and at the most."""
    stage = Stage(folder, Plant(1, 300, 60))
    try:
        stage.start()
        stage.book({stage.plant.phones()[0]: float(int(time.time()) + 5)})
        stage.settled(60)
        while stage.asked("SELECT count(*) FROM attempt WHERE phase <> 'over'")[0]:
            time.sleep(0.5)
        stage.daemon.stop()
        if past:
            _copy(stage.database, past)
        starts = []
        for _ in range(STARTS):
            starts.append(stage.daemon.start())
            time.sleep(SETTLED)
            now, most = stage.daemon.status("VmRSS"), stage.daemon.status("VmHWM")
            stage.daemon.stop()
    finally:
        stage.stop()
    return starts, now, most


def _copy(database: Path, count: int) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.row_factory = sqlite3.Row
        order, wakeup = (db.execute(f"SELECT * FROM {t}").fetchone() for t in ("wakeup_order", "wakeup"))
        back = [timedelta(days=1 + n // A_DAY) for n in range(count)]
        _insert(db, "wakeup_order", (_moved(order, n + 1, {}, by) for n, by in enumerate(back)))
        _insert(
            db,
            "wakeup",
            (_moved(wakeup, n + 1, {"order_id": order["id"] + n + 1}, by) for n, by in enumerate(back)),
        )
        for table, to in FOLLOWING.items():
            rows = db.execute(f"SELECT * FROM {table}").fetchall()
            step = max((row["id"] for row in rows), default=0)
            _insert(
                db,
                table,
                (
                    _moved(row, (n + 1) * step, {to: wakeup["id"] + n + 1}, by)
                    for n, by in enumerate(back)
                    for row in rows
                ),
            )


def _moved(row: sqlite3.Row, by_id: int, keys: dict[str, int], back: timedelta) -> dict[str, Any]:
    """A row as it would stand some days earlier."""
    values: dict[str, Any] = dict(row) | keys | {"id": row["id"] + by_id}
    return {name: _earlier(value, back) for name, value in values.items()}


def _earlier(value: Any, back: timedelta) -> Any:
    if isinstance(value, str) and value[4:5] == value[7:8] == "-" and value[10:11] == "T":
        form = "%Y-%m-%dT%H:%M:%S.%fZ" if value.endswith("Z") else "%Y-%m-%dT%H:%M:%S"
        return (datetime.strptime(value, form) - back).strftime(form)
    return value


def _insert(db: sqlite3.Connection, table: str, rows: Any) -> None:
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    words = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join(f':{name}' for name in first)})"
    db.execute(words, first)
    db.executemany(words, rows)


def main() -> None:
    """Measure and print, with nothing behind the hotel and with much."""
    for past in (0, PAST):
        with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as name:
            starts, now, most = measured(Path(name), past)
            size = sum(file.stat().st_size for file in Path(name).glob("bench.db*")) / 1e6
        print(
            f"start with {past:,} past wake-ups ({size:,.0f} MB): {median(starts):.2f} s until ready, "
            f"{now / 1024:.0f} MB in memory, {most / 1024:.0f} MB at the most",
            flush=True,
        )


if __name__ == "__main__":
    main()
