"""The process killed in the middle of writing: exactly what was confirmed is there, and it is whole."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

WRITER = """
import sys, time
from datetime import UTC, datetime
from twisted.internet import reactor
from hotelbridge.clock import SystemClock
from hotelbridge.core.records import Report
from hotelbridge.store.database import Database, ThreadRunner

db = Database(sys.argv[1], runner=ThreadRunner(reactor), node="n", clock=SystemClock(reactor))
AT = datetime(2026, 11, 24, tzinfo=UTC)

def one(n):
    def said(_):
        sys.stdout.write(f"{n}\\n"); sys.stdout.flush()
    db.append([Report("main", "om20", AT, str(n).encode())]).addCallback(said)
    db.run(lambda tx: tx.changed("main", "wakeup", n, AT))

def some(n):
    for m in range(n, n + 20):
        one(m)
    reactor.callLater(0.002, some, n + 20)

reactor.callWhenRunning(some, 0)
reactor.run()
"""


def test_a_kill_while_writing_leaves_a_whole_database_with_all_that_was_confirmed(sqlite_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, sqlite_url],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    confirmed = [int(process.stdout.readline()) for _ in range(2000)]
    process.send_signal(signal.SIGKILL)
    confirmed += [
        int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")
    ]
    process.stdout.close()
    process.wait()

    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        saved = [int(bytes(row[0])) for row in connection.execute("SELECT body FROM report ORDER BY id")]
        numbers = [row[0] for row in connection.execute("SELECT n FROM change ORDER BY n")]
    connection.close()
    # Confirmed ones are all there; beyond them at most what was committed and could not be told any more.
    assert saved == list(range(len(saved)))
    assert set(confirmed) <= set(saved)
    assert len(saved) - len(confirmed) < 1000
    assert numbers == list(range(1, len(numbers) + 1))
