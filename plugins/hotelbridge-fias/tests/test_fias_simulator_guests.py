"""The simulated PMS tells of its guests what was asked for, and only that."""

from __future__ import annotations

import pytest
from fias_peer import NOW, Bench
from hotelbridge_fias.records import parse, rooms
from hotelbridge_fias.simulator_habits import Mode, Resync, chosen

# --- guests ---


def test_fields_come_as_they_were_asked_for_and_no_others() -> None:
    bench = Bench()
    peer = bench.alive()
    bench.pms.front_desk.check_in("101", "1001", "Müller, Hans", {"GL": "GE", "GV": "3"})
    bench.clock.advance(0.1)
    assert peer.take() == ["GI|RN101|G#1001|GSN|GNMüller, Hans|GLGE|"]


def test_a_record_that_nobody_asked_for_is_not_sent() -> None:
    bench = Bench()
    peer = bench.alive(NS="", GI="RN")
    bench.pms.night_audit(True)
    bench.pms.front_desk.check_in("101", "1001", "Müller")
    bench.clock.advance(0.1)
    assert peer.take() == ["GI|RN101|"]


def test_what_happens_while_the_link_is_down_is_told_afterwards() -> None:
    bench = Bench()
    bench.pms.front_desk.check_in("101", "1", "A")
    bench.pms.front_desk.check_out("101")
    peer = bench.dial()
    bench.describe(peer)
    bench.clock.advance(0.1)
    told = [text for text in peer.take() if text[0] == "G"]
    assert told == ["GI|RN101|G#1|GSN|GNA|", "GO|RN101|G#1|GSN|"]


def test_sharers_come_and_go() -> None:
    bench = Bench()
    peer, desk = bench.alive(), bench.pms.front_desk
    desk.check_in("101", "1")
    desk.check_in("101", "2", share=True)
    desk.check_out("101", "1")
    desk.check_out("101")
    bench.clock.advance(0.1)
    flags = [(text[:2], parse(text).first("GS")) for text in peer.take()]
    assert flags == [("GI", "N"), ("GI", "Y"), ("GO", "Y"), ("GO", "N")]


def test_a_move_has_two_share_flags() -> None:
    bench = Bench()
    desk = bench.pms.front_desk
    desk.check_in("101", "1")
    desk.check_in("101", "2", share=True)
    desk.check_in("102", "3")
    peer = bench.alive()
    peer.take()
    desk.move("101", "102", "2")
    bench.clock.advance(0.1)
    assert peer.take() == ["GC|RN102|G#2|GSY|RO101|GSY|"]


def test_a_peer_that_does_not_know_moves_hears_an_out_and_an_in() -> None:
    bench = Bench()
    bench.pms.front_desk.check_in("101", "1")
    peer = bench.alive(GC="RNG#GSGN")
    peer.take()
    bench.pms.front_desk.move("101", "102")
    bench.pms.front_desk.move_in_two("102", "103", in_first=True)
    bench.clock.advance(0.1)
    assert [text[:8] for text in peer.take()] == ["GO|RN101", "GI|RN102", "GI|RN103", "GO|RN102"]


def test_two_rooms_change_their_guests() -> None:
    bench = Bench()
    desk = bench.pms.front_desk
    desk.check_in("101", "1")
    desk.check_in("102", "2")
    desk.swap("101", "102")
    assert [guest.reservation for room in ("101", "102") for guest in bench.pms.hotel.guests(room)] == [
        "2",
        "1",
    ]


@pytest.mark.parametrize(
    "wanted", ["RN G# GS GN RO", "RO GS RN", "GS RN RO", "RO RN GS", "RN RO GS", "GN RO"]
)
def test_no_order_of_fields_parts_a_share_flag_from_its_room(wanted: str) -> None:
    record = parse("GC|RN102|GSN|G#2|GNx|RO101|GSY|SF|")
    read = {one.field: one.shared for one in rooms(chosen(record, (*wanted.split(), "SF")))}
    meant = {"RN": False, "RO": True} if "GS" in wanted else {"RN": None, "RO": None}
    assert read == {field: meant[field] for field in read}


def test_shuffled_fields_mean_the_same() -> None:
    bench = Bench(shuffled=True)
    peer, desk = bench.alive(), bench.pms.front_desk
    desk.check_in("101", "1", "A", {"GL": "GE", "CS": "2"})
    for n in range(20):
        desk.move(*(("101", "102") if n % 2 == 0 else ("102", "101")))
    bench.pms.resync()
    bench.clock.advance(0.1)
    heard = peer.records()
    moves = [record for record in heard if record.id == "GC"]
    assert len({tuple(name for name, _ in record.fields) for record in moves}) > 3
    assert all([one.shared for one in rooms(record)] == [False, False] for record in moves)
    assert all(record.fields[-1] == ("SF", "") for record in heard if record.has("SF"))


# --- resync ---


def test_a_resync_tells_every_room_between_its_marks() -> None:
    bench = Bench()
    bench.pms.front_desk.check_in("101", "1", "A")
    bench.pms.front_desk.check_in("101", "2", "B", share=True)
    peer = bench.alive()
    peer.take()
    peer.say(f"DR|{NOW}")
    bench.clock.advance(0.1)
    assert [text if text[0] == "G" else text[:2] for text in peer.take()] == [
        "DS",
        "GI|RN101|G#1|GSN|GNA|SF|",
        "GI|RN101|G#2|GSY|GNB|SF|",
        "GO|RN102|GSN|SF|",
        "GO|RN103|GSN|SF|",
        "GO|RN0104|GSN|SF|",
        "DE",
    ]


def test_what_happens_during_a_resync_is_told_at_once_and_the_last_record_is_right() -> None:
    bench = Bench(resync_gap=1.0)
    peer = bench.alive()
    peer.say(f"DR|{NOW}")
    bench.clock.advance(1.5)  # 101 and 102 are told
    bench.pms.front_desk.check_in("101", "1")
    bench.pms.front_desk.check_in("103", "3")
    bench.clock.advance(10)
    told = [text for text in peer.take() if text[0] == "G"]
    assert told[2:5] == ["GI|RN101|G#1|GSN|", "GI|RN103|G#3|GSN|", "GI|RN103|G#3|GSN|SF|"]


@pytest.mark.parametrize(
    ("habit", "marks"),
    [(Resync.SILENT, []), (Resync.NO_END, ["DS", "GO"]), (Resync.BARE, ["GO"])],
)
def test_a_wish_for_a_resync_may_meet_less(habit: Resync, marks: list[str]) -> None:
    bench = Bench(resync=habit)
    peer = bench.alive()
    peer.say(f"DR|{NOW}")
    bench.clock.advance(100)
    assert list(dict.fromkeys(text[:2] for text in peer.take())) == marks


def test_protel_has_nothing_to_resync_for_a_peer_without_guests() -> None:
    bench = Bench(mode=Mode.PROTEL)
    peer = bench.alive(GI="", GO="")
    peer.say(f"DR|{NOW}")
    bench.clock.advance(1)
    assert peer.take() == []


def test_data_during_a_resync_is_a_mistake() -> None:
    bench = Bench(resync_gap=1.0)
    peer = bench.alive()
    bench.pms.resync()
    peer.say("RE|RN101|RS3|")
    bench.clock.advance(0.1)
    assert bench.pms.errors == ["RE between DS and DE"]


def test_a_lost_connection_ends_a_resync() -> None:
    bench = Bench(resync_gap=1.0)
    bench.alive()
    bench.pms.resync()
    bench.pms.drop()
    bench.clock.advance(5)
    peer = bench.alive()
    bench.clock.advance(20)
    assert peer.take() == []
