"""The reports on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.far_api import FarApi, far_api
from tests.cli.test_api_commands import MINE, ask


@pytest.fixture
def api() -> Iterator[FarApi]:
    with far_api() as far:
        yield far


def quarter(start: str, due: int, calls: int, delay: float = 0.0, **full: bool) -> dict[str, Any]:
    devices = [
        {"device": name, "due": due, "calls": calls, "capacity": 288, "delay": delay, "full": is_full}
        for name, is_full in (full or {"om20": False}).items()
    ]
    return {
        "start": f"{start}:00+01:00", "due": due, "calls": calls, "capacity": 288, "delay": delay,
        "full": any(full.values()), "devices": devices,
    }  # fmt: skip


def forecast(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "promise": 300.0, "next": None}


def test_a_forecast_is_a_small_bar_chart_of_the_quarters_in_which_something_is_due(api: FarApi) -> None:
    api.at(
        f"GET {MINE}/forecast",
        forecast(
            quarter("2026-11-24T05:45", 0, 0),
            quarter("2026-11-24T06:15", 12, 14),
            quarter("2026-11-24T06:30", 102, 120, 300.0, om20=True),
            quarter("2026-11-25T06:30", 1, 1),
        ),
    )
    done = ask(api, "wakeup", "forecast")
    assert done.stdout.splitlines() == [
        "        due      calls",
        "Tue 2026-11-24",
        "06:15    12     14/288  #####",
        "06:30   102    120/288  ######################################## up to 5 min late FULL",
        "Wed 2026-11-25",
        "06:30     1      1/288  #",
        "Calls: wanted/possible in a quarter of an hour. "
        "FULL: one more would ring later than 5 min after its time.",
    ]


def test_a_forecast_names_the_device_that_is_full_where_there_are_several(api: FarApi) -> None:
    api.at(
        f"GET {MINE}/forecast", forecast(quarter("2026-11-24T06:30", 80, 90, 290.0, om20=True, om30=False))
    )
    assert "up to 4 min 50 s late FULL on om20" in ask(api, "wakeup", "forecast").stdout


def test_a_stretch_of_time_can_be_asked_for(api: FarApi) -> None:
    api.at(f"GET {MINE}/forecast", forecast())
    done = ask(api, "wakeup", "forecast", "--from", "2026-11-24T05:00", "--to", "2026-11-25")
    assert done.stdout == "Nothing is due in this time.\n"
    assert api.asked[-1].path.endswith("forecast?from=2026-11-24T05%3A00&to=2026-11-25")


def of(period: str, **more: Any) -> dict[str, Any]:
    plain = {"period": period, "on_time": 10, "late": 0, "missed": 0, "open": 0, "by_hand": 0, "in_person": 0,
             "kept": 10, "share": 1.0, "worst": 0.3, "p50": 0.0, "p99": 0.2}  # fmt: skip
    return plain | more


def test_punctuality_is_a_table_with_a_line_for_all(api: FarApi) -> None:
    bad = {"late": 2, "missed": 1, "kept": 11, "share": 11 / 13, "worst": 312.0, "p99": 75.5}
    days = [of("2026-11-23"), of("2026-11-24", **bad)]
    total = of("", on_time=20, **bad)
    api.at(
        f"GET {MINE}/punctuality",
        {"items": days, "total": total, "by": "day", "promise": 300.0, "next": None},
    )
    lines = ask(api, "wakeup", "punctuality").stdout.splitlines()
    assert lines[0].split() == ["on", "time", "late", "missed", "kept", "median", "99", "%", "worst"]
    assert lines[2].split("  ")[0] == "2026-11-24"
    assert "84.6 %" in lines[2] and "5 min 12 s" in lines[2] and "0.0 s" in lines[2]
    assert lines[3].startswith("all")
    assert lines[-1] == "1 guest was not rung at all: the desk was told."


def test_punctuality_takes_days_and_months(api: FarApi) -> None:
    empty = {"items": [], "total": of(""), "by": "month", "promise": 300.0, "next": None}
    api.at(f"GET {MINE}/punctuality", empty)
    done = ask(api, "wakeup", "punctuality", "--by", "month", "--from", "2026-01-01")
    assert done.stdout == "Nothing was due in this time.\n"
    assert api.asked[-1].path.endswith("punctuality?from=2026-01-01&by=month")
    assert json.loads(ask(api, "wakeup", "punctuality", "--json").stdout) == empty
    assert ask(api, "wakeup", "punctuality", "--by", "week").exit_code == 2
