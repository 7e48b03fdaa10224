"""Charges and results of wake-ups as CSV: titles, and one row. No I/O."""

from __future__ import annotations

import csv
import io

from hotelbridge.pms.api import Posting, WakeupResult
from hotelbridge_csv.settings import CsvSettings


def charge(sequence: int, posting: Posting, settings: CsvSettings) -> bytes:
    """`seq` has no gap; `number` is the charge's own for its life: the same number is the same charge."""
    return _file(
        settings,
        {
            "seq": sequence,
            "number": posting.number,
            "room": posting.room,
            "reservation": posting.reservation,
            "amount": posting.amount,
            "currency": posting.currency,
            "date": f"{posting.started:{settings.date_format}}",
            "time": f"{posting.started:%H:%M:%S}",
            "seconds": int(posting.duration.total_seconds()),
            "dialled": posting.dialled,
            "text": posting.text,
            "units": posting.units,
        },
    )


def wakeup(sequence: int, result: WakeupResult, settings: CsvSettings) -> bytes:
    """One result; `at` is the time that was asked for, on the hotel's clocks."""
    return _file(
        settings,
        {
            "seq": sequence,
            "id": result.id,
            "room": result.room,
            "reservation": result.reservation,
            "at": result.local,
            "result": result.result,
        },
    )


def _file(settings: CsvSettings, row: dict[str, object]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=settings.delimiter)
    writer.writerow(row)
    writer.writerow(row.values())
    encoding = "utf-8" if settings.encoding.lower() == "utf-8-sig" else settings.encoding
    return out.getvalue().encode(encoding, "replace")
