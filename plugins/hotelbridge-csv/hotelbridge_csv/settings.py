"""`[property.pms.csv]`: where the folder is, how its files are called, and what stands in their columns."""

from __future__ import annotations

import codecs
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from hotelbridge.pms.api import Duration, Span, Table

Words = Annotated[tuple[str, ...], Field(strict=False)]


def _folder(value: str) -> str:
    if not Path(value).is_absolute():
        raise ValueError(f"{value!r} is not a whole path: write it like /srv/pms")
    return value


def _encoding(value: str) -> str:
    try:
        codecs.lookup(value)
    except (LookupError, ValueError):
        raise ValueError(f"{value!r} is no encoding: write it like utf-8 or cp1252") from None
    return value


def _delimiter(value: str) -> str:
    if len(value) != 1 or value in '"\r\n \ufeff':
        raise ValueError(f"{value!r} cannot stand between cells: write one character like , or ;")
    return value


class Columns(Table):
    """The title of each column in the PMS's files; capitals and blanks around it do not count."""

    action: str = "action"
    room: str = "room"
    from_room: str = "from_room"
    reservation: str = "reservation"
    name: Words = ("name",)  # several are joined: "Berger, Anna"
    language: str = "language"
    vip: str = "vip"
    line_class: str = "line_class"
    group: str = "group"
    arrival: str = "arrival"
    departure: str = "departure"
    date: str = "date"
    time: str = "time"


class Actions(Table):
    """The words in the column `action`."""

    checked_in: Words = ("in", "check-in", "checkin", "")  # a list of guests has no such column
    checked_out: Words = ("out", "check-out", "checkout")
    moved: Words = ("move", "moved")
    changed: Words = ("change", "changed")
    wanted: Words = ("wake", "add", "new")  # of a wake-up; an empty cell wants one too
    cancelled: Words = ("cancel", "cancelled")


class CsvSettings(Table):
    """Everything this plugin needs to know."""

    folder: Annotated[str, AfterValidator(_folder)]  # holds in, out, processed and failed
    poll: Span = timedelta(seconds=5)
    settled: Duration = timedelta(seconds=3)  # a file that did not change for so long is complete
    expect_every: Duration = timedelta()  # no file for so long: the PMS is not alive; 0s: none is expected
    guests: Annotated[str, Field(min_length=1)] = "guests*.csv"
    house: Annotated[str, Field(min_length=1)] = "house*.csv"  # the whole house: everybody who is in
    wakeups: Annotated[str, Field(min_length=1)] = "wakeups*.csv"
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8-sig"
    delimiter: Annotated[str, AfterValidator(_delimiter)] = ","
    date_format: Annotated[str, Field(min_length=2)] = "%Y-%m-%d"
    largest: Annotated[int, Field(ge=1_000, le=100_000_000)] = 2_000_000  # bytes of a file
    columns: Columns = Columns()
    actions: Actions = Actions()
    languages: dict[str, str] = {}  # the PMS's word to ISO 639-1: { German = "de" }
