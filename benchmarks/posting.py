"""Charges per second on their way to a folio, one posting outstanding at a time, and what each costs us.

The daemon, the simulated exchange and the simulated PMS are processes of their own over TCP; the PMS answers
at once. The charges wait in a night audit, and its end is the start of the watch.

    python -m benchmarks.posting [CHARGES]
"""

from __future__ import annotations

import http.client
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.guests import Stage

CHARGES = 500
ROOMS = 40
STAMP, VIENNA = "%Y%m%d%H%M%S", ZoneInfo("Europe/Vienna")
RECORD = (
    '<?xml version="1.0" encoding="utf-8" ?>\n<Cdr id="{n}{at}-0"><callid>{n}</callid>'
    "<TimeStart>{at}</TimeStart>"
    "<Type>OU</Type><Route>IP</Route><CPN>{room}</CPN><CDPN>004989920920</CDPN><TimeEnd>{at}</TimeEnd>"
    "<Duration>1</Duration><TrunkNumber>888</TrunkNumber></Cdr>\n"
)
OPEN = "SELECT count(*) FROM charge WHERE state <> 'posted'"


def push(port: int, body: str) -> None:
    """One call record, as a device pushes it."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("POST", "/om", body.encode())
    line.getresponse().read()
    line.close()


def main(charges: int = CHARGES) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as name:
        folder = Path(name)
        (folder / "tariff.csv").write_text("prefix,name,rate\n+49,Germany,0.50\n")
        with Stage(folder, ROOMS, 'tariff = "tariff.csv"') as stage:
            stage.play(*(f'gi {room} {n + 1} "Guest {n}"' for n, room in enumerate(stage.rooms)))
            stage.daemon.start()
            stage.until("SELECT count(*) FROM stay WHERE ended_at IS NULL", ROOMS)
            stage.until("SELECT count(*) FROM tariff_version", 1)
            time.sleep(2)
            stage.play("pa late 0", "audit on")
            time.sleep(1)
            for n in range(charges):
                room = stage.rooms[n % ROOMS]
                push(stage.events, RECORD.format(n=n + 1, at=datetime.now(VIENNA).strftime(STAMP), room=room))
            stage.until("SELECT count(*) FROM charge WHERE state = 'queued'", charges)
            before = stage.daemon.cpu()
            stage.play("audit off")
            took = stage.until(OPEN, 0)
            spent = stage.daemon.cpu() - before
            print(
                f"{charges:,} charges posted one after the other: {charges / took:,.0f}/s, "
                f"{took / charges * 1000:.1f} ms each with the PMS's answer; "
                f"{spent / charges * 1000:.1f} ms of it is processor time of the daemon"
            )


if __name__ == "__main__":
    main(*(int(word.replace(",", "")) for word in sys.argv[1:2]))
