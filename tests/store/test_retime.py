"""What is under way moves to another line of time; the saved time of each node is kept. On both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from hotelbridge.core.records import Standing
from hotelbridge.core.timeline import Mark
from hotelbridge.store import clock_marks, pms_state, retime, tables
from hotelbridge.store.database import Database, Tx

from .filled import AT, fill

FIRST = "property 1: O'Brien, Zürich"  # of the rows that `fill` makes
HOUR = timedelta(hours=1)


def done(db: Database, unit: Any) -> Any:
    results: list[Any] = []
    db.run(unit).addBoth(results.append)
    (result,) = results
    if hasattr(result, "raiseException"):
        result.raiseException()
    return result


def row(db: Database, table: Any, n: int = 1) -> Any:
    which = table.__table__
    query = select(which).where(which.c.property == FIRST.replace("1", str(n)))
    return done(db, lambda tx: dict(tx.connection.execute(query).mappings().one()))


def filled(db: Database, state: str = "waiting") -> None:
    def unit(tx: Tx) -> None:
        fill(tx.connection)
        tx.connection.execute(update(tables.Wakeup.__table__).values(state=state))  # type: ignore[attr-defined]
        tx.connection.execute(update(tables.Alarm.__table__).values(open=True))  # type: ignore[attr-defined]

    done(db, unit)


def test_the_waits_of_a_property_move_and_those_of_another_do_not(db: Database) -> None:
    """K1: its ladder, its calls, its alarms."""
    filled(db)
    done(db, lambda tx: retime.carry(tx, FIRST, -HOUR))
    moved = AT + timedelta(days=1) - HOUR
    wakeup, attempt, alarm = row(db, tables.Wakeup), row(db, tables.Attempt), row(db, tables.Alarm)
    assert (wakeup["next_at"], wakeup["first_ring"]) == (moved, moved)
    assert (attempt["check_at"], attempt["started"]) == (moved, moved)
    assert (alarm["next_at"], alarm["since"]) == (moved, moved)
    assert row(db, tables.Alarm, 2)["since"] == AT + timedelta(days=2)


def test_the_desk_s_round_moves_with_its_pause_though_its_rings_are_over(db: Database) -> None:
    """K1: an alarm that is newer than the last ring of the desk stays newer."""
    filled(db)
    over = update(tables.Attempt.__table__).values(phase="over", wakeup_id=None)  # type: ignore[attr-defined]
    done(db, lambda tx: tx.connection.execute(over).rowcount)
    done(db, lambda tx: retime.carry(tx, FIRST, -HOUR))
    assert row(db, tables.Attempt)["started"] == AT + timedelta(days=1) - HOUR


def test_what_waits_to_leave_the_house_is_not_given_up_sooner(db: Database) -> None:
    """K1: how long it is tried is counted from when it was made."""
    filled(db)
    done(db, lambda tx: retime.carry(tx, FIRST, HOUR))
    assert row(db, tables.Notice)["made_at"] == AT + timedelta(days=1) + HOUR


def test_the_hour_that_a_guest_has_asked_for_does_not_move(db: Database) -> None:
    """K1: a wake-up is due at its hour; only its pauses are durations."""
    filled(db)
    done(db, lambda tx: retime.carry(tx, FIRST, HOUR))
    assert row(db, tables.Wakeup)["due"] == AT + timedelta(days=1)
    assert row(db, tables.Wakeup)["created_at"] == AT + timedelta(days=1)


def test_a_wakeup_that_waits_for_its_hour_does_not_move_at_all(db: Database) -> None:
    """K1: it rings when the hotel's clocks show its hour, by the time that is right."""
    filled(db, "scheduled")
    before = row(db, tables.Wakeup)
    done(db, lambda tx: retime.carry(tx, FIRST, HOUR))
    assert row(db, tables.Wakeup) == before


def test_what_was_null_stays_null(db: Database) -> None:
    """K1: nothing waits that did not."""
    filled(db)
    second = FIRST.replace("1", "2")
    done(db, lambda tx: retime.carry(tx, second, HOUR))
    assert row(db, tables.Wakeup, 2)["next_at"] is None


def test_the_last_trusted_time_of_each_node_is_kept_apart(db: Database) -> None:
    """K1: a machine has one clock, and a row of its own."""
    at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    one = Mark(at, "boot-1", 1234.5)
    two = Mark(at + HOUR, "boot-2", 7.25, Standing.DOUBTED, -3600.5, 6.0, True, 70.5)
    done(db, lambda tx: clock_marks.save(tx, "a", Mark(at - HOUR, "boot-0", 1.0)))
    done(db, lambda tx: clock_marks.save(tx, "a", one))
    done(db, lambda tx: clock_marks.save(tx, "b", two))
    assert done(db, lambda tx: clock_marks.get(tx, "a")) == one
    assert done(db, lambda tx: clock_marks.get(tx, "b")) == two
    assert done(db, lambda tx: clock_marks.get(tx, "c")) is None


def test_the_pauses_of_charges_and_of_the_night_audit_move(db: Database) -> None:
    """K1: a clock that is put right by an hour keeps no charge from the folio for an hour."""
    filled(db)
    names = ("audit", "audit_retry", "restored_until")
    marks = {f"{pms_state.HOUSE}{name}": AT.isoformat() for name in names}
    done(db, lambda tx: pms_state.keep(tx, FIRST, marks))
    done(db, lambda tx: retime.carry(tx, FIRST, -HOUR))
    assert row(db, tables.Charge)["next_at"] == AT + timedelta(days=1) - HOUR
    assert row(db, tables.Charge)["started"] == AT + timedelta(days=1)
    assert row(db, tables.CallRecord)["arrived"] == AT + timedelta(days=1) - HOUR
    kept = done(db, lambda tx: pms_state.values(tx, FIRST, house=True))
    assert {kept[name.removeprefix(pms_state.HOUSE)] for name in marks} == {(AT - HOUR).isoformat()}
