"""The one result of a wake-up for the PMS: decided at the ladder's end, whatever people find later."""

from __future__ import annotations

import pytest

from hotelbridge.core.records import NoticeState, Outcome
from hotelbridge.core.results import Result, result_of
from hotelbridge.services import results
from hotelbridge.store import notices, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.testing.fake_om_scripts import Answers, Busy, NoAnswer, Offline, Script
from tests.services.evening import Evening


def result(evening: Evening, id: int) -> Result | None:
    def query(tx: Tx) -> Result | None:
        return results.of(tx, wakeups.by_id(tx, id))

    return evening.read(query)


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        (Answers(), Result.WOKEN),
        (NoAnswer(rings=20), Result.NO_ANSWER),
        (Busy(code=6), Result.BUSY),
        (Offline(3), Result.UNABLE),
    ],
)
def test_the_result_is_there_at_the_end_of_the_ladder(
    evening: Evening, script: Script, wanted: Result
) -> None:
    """A4: woken, no answer, busy or unable; it does not wait for the person."""
    evening.phone("212", script)
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:03")
    assert result(evening, wakeup) is None
    evening.until("06:36")
    assert result(evening, wakeup) == wanted


def test_what_a_person_finds_later_does_not_change_it(evening: Evening) -> None:
    """A4: once, at the end of the ladder."""
    evening.phone("212", NoAnswer(rings=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:36")
    evening.acknowledge(evening.open_alarms()[0].id, by="Anna", outcome="woken_by_staff")
    assert result(evening, wakeup) == Result.NO_ANSWER


def test_found_too_late_is_unable(evening: Evening) -> None:
    """A4: nobody was rung."""
    wakeup = evening.book("212", "06:30")
    evening.crash()
    evening.until("06:45")
    evening.start()
    assert result(evening, wakeup) == Result.UNABLE


def test_a_person_who_ends_the_ladder_early_decides_it(evening: Evening) -> None:
    """A4: then what they found is the result."""
    wakeup = evening.book("212", "06:30")
    evening.close(wakeup, "Anna", "awake")
    assert result(evening, wakeup) == Result.WOKEN


def test_a_cancelled_wake_up_of_the_desk_has_none(evening: Evening) -> None:
    """A4: who cancelled knows, and nobody else has asked for it."""
    wakeup = evening.book("212", "06:30")
    evening.cancel(wakeup)
    assert result(evening, wakeup) is None


def test_it_is_one_row_that_nobody_sends_yet(evening: Evening) -> None:
    """A4: a later link to the PMS finds each result once."""
    evening.phone("212", Answers())
    evening.phone("213", Answers())
    booked = [evening.book("212", "06:30"), evening.book("213", "06:30")]
    evening.until("06:32")

    def query(tx: Tx) -> list[tuple[str, str, NoticeState]]:
        found = notices.beginning(tx, "main", "result:")
        return [(one.subject, one.channel, one.state) for one in found]

    assert sorted(evening.read(query)) == [(f"result:{id}", "pms", NoticeState.KEPT) for id in booked]
    assert evening.outside.letters == []


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_word(outcome: Outcome) -> None:
    """A4: no gap."""
    assert result_of(outcome) in set(Result)
