"""When guests were rung, from the wire to the report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from hotelbridge.core.records import Wakeup, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.reportviews import Period, PunctualityQuery, PunctualityView
from hotelbridge.store import wakeups
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer, ReplyLost

from .evening import Evening

DUE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def row(evening: Evening, id: int) -> Wakeup:
    results: list[Any] = []
    evening.daemon.db.read(lambda tx: wakeups.by_id(tx, id)).addCallback(results.append)
    found: Wakeup = results[0]
    return found


def report(evening: Evening, **asked: Any) -> PunctualityView:
    results: list[Any] = []
    call = evening.daemon.desk.punctuality("main", PunctualityQuery(**asked))
    Deferred.fromCoroutine(call).addBoth(results.append)
    if hasattr(results[0], "raiseException"):
        results[0].raiseException()
    return results[0]  # type: ignore[no-any-return]


def delays(evening: Evening) -> tuple[float, float]:
    """How many delays were measured, and their sum in seconds."""
    registry = evening.daemon.metrics.registry
    name, labels = "hotelbridge_wakeup_delay_seconds", {"property": "main"}
    count = registry.get_sample_value(f"{name}_count", labels) or 0.0
    return count, registry.get_sample_value(f"{name}_sum", labels) or 0.0


def test_the_instant_of_the_first_connect_is_kept(evening: Evening) -> None:
    evening.phone("212", NoAnswer(rings=20))
    id = evening.book("212", "06:30")
    evening.until("06:29:59")
    assert row(evening, id).connected is None
    evening.until("06:36")
    assert row(evening, id).connected == DUE
    assert delays(evening) == (1, 0)


def test_a_lost_reply_keeps_it_too(evening: Evening) -> None:
    evening.phone("212", ReplyLost(Answers(after=15, talk=20)))
    id = evening.book("212", "06:30")
    evening.until("06:32")
    assert row(evening, id).connected == DUE
    assert delays(evening) == (1, 0)


def test_a_connect_that_was_not_written_is_none(evening: Evening) -> None:
    """The delay is that of the first Connect that left, however often one was tried before."""
    evening.phone("212", Answers())
    id = evening.book("212", "06:30")
    evening.until("06:29")
    evening.om.cut()
    evening.until("06:30:12")
    shown = evening.wakeup(id)
    assert shown.attempts and row(evening, id).connected is None
    evening.om.mend()
    evening.until("06:35")
    connected = row(evening, id).connected
    assert connected is not None
    (ring,) = evening.om.rings
    assert connected == ring.connect_at > DUE + timedelta(seconds=10)
    late = (connected - DUE).total_seconds()
    assert evening.wakeup(id).late == pytest.approx(late)
    assert delays(evening) == (1, pytest.approx(late))


def test_a_room_of_several_phones_is_rung_once(evening: Evening) -> None:
    evening.phone("301", Answers())
    evening.phone("302", NoAnswer())
    id = evening.book("suite", "06:30")
    evening.until("06:33")
    assert row(evening, id).connected == DUE
    assert delays(evening)[0] == 1


def test_a_night_is_reported_by_day_and_by_month(evening: Evening) -> None:
    for room in range(110, 122):
        evening.phone(str(room), Answers(after=5, talk=20))
        evening.book(str(room), "06:30")
    cancelled = evening.book("122", "06:30")
    evening.cancel(cancelled)
    waiting = evening.book("123", "06:50")
    evening.until("06:40")
    view = report(evening)
    (day,) = view.items
    assert (day.period, day.on_time, day.late, day.open) == ("2026-11-24", 12, 0, 1)
    assert (day.kept, day.share) == (12, 1.0)
    assert day.worst == pytest.approx(50, abs=5)
    assert view.total.on_time == 12 and view.promise == 300
    evening.until("07:00")
    assert evening.wakeup(waiting).state != WakeupState.SCHEDULED
    (month,) = report(evening, by=Period.MONTH).items
    assert (month.period, month.on_time, month.open) == ("2026-11", 13, 0)


def test_what_nobody_could_ring_was_missed(evening: Evening) -> None:
    evening.book("212", "06:30")
    evening.until("06:29")
    evening.crash()
    evening.advance(1200)
    evening.start()
    evening.advance(5)
    (day,) = report(evening).items
    assert (day.missed, day.share, day.worst) == (1, 0.0, None)


def test_a_ring_whose_daemon_died_before_it_could_note_it_counts_by_its_report(evening: Evening) -> None:
    evening.om.faults.next(CommandFault.SLOW, "Connect")
    evening.phone("212", NoAnswer(rings=40))
    id = evening.book("212", "06:30")
    evening.until("06:30:02")
    evening.crash()
    evening.advance(3)
    evening.start()
    evening.advance(90)
    assert evening.rings("212")[0] == "06:30:00"
    assert row(evening, id).connected is None
    (day,) = report(evening).items
    assert (day.on_time, day.missed) == (1, 0)


def test_a_range_must_be_one_and_not_too_long(evening: Evening) -> None:
    with pytest.raises(Refusal) as backwards:
        report(evening, from_=date(2026, 2, 1), to=date(2026, 1, 1))
    assert backwards.value.code == "range_backwards"
    with pytest.raises(Refusal) as long:
        report(evening, from_=date(2020, 1, 1), to=date(2026, 1, 1))
    assert long.value.code == "range_too_long"
    assert report(evening, from_=date(2020, 1, 1), to=date(2026, 1, 1), by=Period.MONTH).items == ()
