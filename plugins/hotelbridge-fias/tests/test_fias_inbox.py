"""What comes: saved before it is told, told once and in order, whatever store, line and process do."""

from __future__ import annotations

from typing import Any

import pytest
from fias_bench import Bench, Outcome
from hotelbridge_fias.records import Record
from hotelbridge_fias.simulator_habits import Habits, Mode, Segments

from hotelbridge.pms.api import (
    AuditBegun,
    AuditEnded,
    CheckedIn,
    Unavailable,
)

MODES = pytest.mark.parametrize("mode", Mode)


def guests(bench: Bench) -> list[str]:
    return [fact.reservation or "" for fact in bench.facts if isinstance(fact, CheckedIn)]


def test_every_record_is_saved_as_it_came_with_words_and_rooms(bench: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber, Anna"', "move 212 305")
    sent = [str(record) for record in one.pms.sent()]
    assert one.house.disk.bodies() == sent
    arrival, move = one.house.disk.records[-2:]
    assert arrival.rooms == ("212",) and "guest “Huber, Anna”" in arrival.words
    assert move.rooms == ("305", "212") and move.words.startswith("move: room 305")
    assert one.house.disk.unworked == []


def test_what_comes_together_is_saved_together(bench: Any) -> None:
    one = bench(Habits(segments=Segments.MERGED)).alive()
    one.house.saved_together.clear()
    for n in range(50):
        one.pms.front_desk.check_in("212", str(n), share=True)
    one.wait(1.0)
    assert one.house.saved_together == [50]
    assert guests(one) == [str(n) for n in range(50)]


def test_while_the_store_is_slow_what_comes_waits_and_stays_in_order(bench: Any) -> None:
    one = bench().alive()
    one.house.slow = 2.0
    for n in range(300):
        one.pms.front_desk.check_in("212", str(n), share=True)
        one.wait(0.05)
    one.wait(60.0)
    assert guests(one) == [str(n) for n in range(300)]
    assert max(one.house.saved_together) <= 200


def test_while_the_store_takes_nothing_nothing_is_lost_and_the_line_is_held(bench: Any) -> None:
    one = bench(listen_first="1s").alive()
    one.house.full = True
    for n in range(3000):
        one.pms.front_desk.check_in("212", str(n), share=True)
        one.wait(0.01)
    assert len(one.link._inbox._queue) < 1100
    one.house.full = False
    one.wait(200.0)
    assert guests(one) == [str(n) for n in range(3000)]


@MODES
def test_what_was_received_is_told_also_when_the_line_is_gone_meanwhile(bench: Any, mode: Mode) -> None:
    one = bench(Habits(mode=mode)).alive()
    one.house.full = True
    one.play('gi 212 1001 "Huber"', "drop")
    one.wait(20.0)
    one.house.full = False
    one.wait(60.0)
    assert guests(one) == ["1001"] and one.up


def test_a_process_that_dies_before_it_told_what_it_saved_tells_it_at_its_next_start(bench: Any) -> None:
    one = bench().alive()
    one.house.slow = 0.5
    one.play('gi 212 1001 "Huber"')
    one.pms.front_desk.check_in("305", "1002")
    one.wait(0.6)  # saved, and not told
    assert len(one.house.disk.unworked) >= 1 and guests(one) == ["1001"]
    one.kill()
    one.alive()
    assert guests(one) == ["1001", "1002"]
    assert one.house.disk.unworked == []


def test_what_was_left_over_is_told_before_anything_new_and_before_the_pms_is_dialled(bench: Any) -> None:
    one = bench().alive()
    one.house.slow = 0.5
    one.pms.front_desk.check_in("305", "1002")
    one.wait(0.6)
    one.kill()
    one.house.full = True
    one.link.start()
    one.wait(1.0)
    one.pms.front_desk.check_in("212", "1003")
    one.wait(100.0)
    assert not one.pms.is_alive
    one.house.full = False
    one.wait(100.0)
    assert guests(one) == ["1002", "1003"] and one.up


def test_an_answer_that_was_saved_by_a_process_that_died_is_kept_with_a_note(bench: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber"')
    one.post(7)
    one.wait(0.05)
    one.house.slow = 0.5
    one.wait(0.7)
    (left,) = one.house.disk.unworked
    assert left.body.startswith(b"PA|")
    one.kill()
    one.alive()
    assert one.house.disk.notes[left.id] == "the answer to a posting of an earlier run of this program"


def test_a_node_that_lost_the_property_lets_go_of_the_line_at_once(bench: Any) -> None:
    one = bench().alive()
    one.house.owner = False
    one.play('gi 212 1001 "Huber"')
    one.wait(600.0)
    assert one.pms.line is None and guests(one) == []
    assert one.words == "another node runs this property now"
    assert isinstance(one.post().error, Unavailable)


@pytest.mark.parametrize(
    ("record", "note"),
    [
        (Record("XY", (("RN", "212"),)), "unknown record XY, ignored"),
        (Record("GI", (("GN", "Nobody"),)), "GI names no room (RN), ignored"),
        (Record("RE", (("RN", "212"), ("ML", "Y"))), "nothing in it that this house acts on"),
        (Record("RE", (("RN", "212"), ("CS", "9"))), "nobody said what class of service 9 is"),
        (Record("WC", (("RN", "212"), ("DA", "261199"), ("TI", "0700"))), "its time cannot be read"),
        (Record("PA", (("AS", "OK"), ("P#", "7"))), "the answer to posting 7, which does not wait for one"),
    ],
)
def test_what_means_nothing_is_kept_with_a_note_and_stops_nothing(
    bench: Any, record: Record, note: str
) -> None:
    one = bench().alive()
    one.pms.line.send(record)
    one.play('gi 212 1001 "Huber"')
    kept = next(row for row in one.house.disk.records if row.body.decode() == str(record))
    assert kept.worked_at is not None
    assert note in one.house.disk.notes[kept.id]
    assert guests(one) == ["1001"] and one.up


def test_bytes_that_are_no_record_are_kept_too(bench: Any) -> None:
    one = bench().alive()
    one.pms.line._wire.put(b"?what is this")
    one.play('gi 212 1001 "Huber"')
    kept = next(row for row in one.house.disk.records if row.body == b"?what is this")
    assert kept.words == "not a record: “'?what is this'”"  # it may hold a name
    assert "cannot be read" in one.house.disk.notes[kept.id]
    assert guests(one) == ["1001"]


def test_what_the_house_cannot_apply_stops_nothing_else(bench: Any, logged_failures: Any) -> None:
    one = bench(Habits(segments=Segments.MERGED)).alive()
    one.house.refuses = lambda fact: getattr(fact, "reservation", None) == "1002"
    for n in (1001, 1002, 1003):
        one.pms.front_desk.check_in("212", str(n), share=True)
    one.wait(1.0)
    assert guests(one) == ["1001", "1003"]
    assert one.house.disk.unworked == []
    assert logged_failures.take("could not apply")


def test_a_guests_name_is_text_whatever_stands_in_it(bench: Any) -> None:
    names = ["$(reboot)", "<script>alert(1)</script>", "x" * 200, "王小明", "שלום", "O'Neil; DROP TABLE"]
    one = bench().alive()
    for n, name in enumerate(names):
        one.pms.front_desk.check_in("212", str(n), name, share=True)
    one.wait(1.0)
    assert [fact.name for fact in one.facts] == names


def test_another_code_page_is_read_and_a_wrong_byte_does_no_harm(bench: Any) -> None:
    one = bench(Habits(encoding="cp850"), encoding="cp850").alive()
    one.play('gi 212 1001 "Müller"')
    assert one.facts[0].name == "Müller"
    other = bench(Habits(encoding="cp850"), encoding="utf-8").alive()
    other.play('gi 212 1001 "Müller"')
    assert other.facts[0].name == "M\ufffdller" and other.up


def test_what_the_store_refuses_for_what_is_in_it_keeps_nothing_else_waiting(
    bench: Any, logged_failures: Any
) -> None:
    one = bench(Habits(segments=Segments.MERGED)).alive()
    one.house.cannot_save = lambda message: "1002" in message.words
    for n in (1001, 1002, 1003):
        one.pms.front_desk.check_in("212", str(n), share=True)
    one.wait(1.0)
    assert guests(one) == ["1001", "1002", "1003"]
    assert [row.words for row in one.house.disk.records if b"1002" in row.body] == [
        "its words could not be kept"
    ]
    assert logged_failures.take("is not saved")


def test_what_waits_when_the_property_goes_to_another_node_is_saved_for_it(bench: Any) -> None:
    one = bench().alive()
    one.house.slow = 0.5
    one.play('gi 212 1001 "Huber"')
    one.pms.front_desk.check_in("305", "1002")
    one.wait(0.1)
    one.house.lease = False
    one.pms.front_desk.check_in("101", "1003")
    one.wait(10.0)
    assert one.pms.line is None
    assert [row.body for row in one.house.disk.unworked][-1].startswith(b"GI|RN101|")
    one.kill()
    one.alive()
    assert guests(one) == ["1001", "1002", "1003"] and one.house.disk.unworked == []


# --- the night audit ---


def test_in_the_night_audit_results_wait_and_no_resync_is_asked_for(bench: Any) -> None:
    one = bench().alive()
    one.play("audit on")
    assert one.facts == [AuditBegun()]
    assert isinstance(one.woken("261124|063000").error, Unavailable)
    assert isinstance(Outcome(one.link.request_resync()).error, Unavailable)
    one.play("audit off")
    assert one.facts[-1] == AuditEnded()
    assert not Outcome(one.link.request_resync()).error
    one.wait(40.0)


def test_an_audit_whose_end_was_lost_holds_nothing_for_longer_than_90_minutes(bench: Any) -> None:
    one = bench().alive()
    one.play("audit on")
    one.wait(91 * 60.0)
    one.pms.hotel.wanted(("212", "261124", "063000"))
    assert one.woken("261124|063000").error is None
    one.wait(1.0)


def test_an_audit_is_remembered_over_a_restart_and_over_with_the_next_handshake(bench: Any) -> None:
    one = bench().alive()
    one.play("audit on")
    assert "audit" in one.house.disk.state
    one.kill()
    one.alive()
    assert "audit" not in one.house.disk.state
