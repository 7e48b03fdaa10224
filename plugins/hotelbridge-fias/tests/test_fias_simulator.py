"""The simulated PMS behaves as the interfaces of the field do, and says what an exchange does wrong."""

from __future__ import annotations

import pytest
from fias_peer import Bench, Peer
from hotelbridge_fias.framing import Framing, frame
from hotelbridge_fias.records import Record, parse, rooms
from hotelbridge_fias.simulator_habits import Answer, Door, Mode, Resync, Segments, chosen
from hypothesis import given
from hypothesis import strategies as st

BOTH = pytest.mark.parametrize("mode", Mode)
NOW = "DA261124|TI040000|"
PS = "PS|RN101|PTC|TA1050|DA261124|TI035900|P#7|CTcall|"


def without_time(heard: list[str]) -> list[str]:
    return [text.split("|DA")[0] for text in heard]


# --- the link ---


@BOTH
def test_the_pms_speaks_first_and_the_link_is_alive_after_a_description(mode: Mode) -> None:
    bench = Bench(mode=mode)
    peer = bench.dial()
    assert peer.take() == [f"LS|{NOW}"]
    bench.describe(peer)
    assert without_time(peer.take()) == ["LA"] and bench.pms.is_alive
    assert bench.pms.errors == []


def test_oracle_tells_its_versions_before_it_is_alive_where_it_was_asked() -> None:
    bench = Bench()
    peer = bench.dial()
    peer.say(f"LD|{NOW}V#1|IFPB|RT4|")
    peer.say("LR|RIGI|FLRN|")
    peer.say(f"LA|{NOW}")
    bench.clock.advance(0.1)
    assert without_time(peer.take()) == ["LS", "LC", "LA"]


@BOTH
def test_without_any_list_the_peer_has_to_begin_again(mode: Mode) -> None:
    bench = Bench(mode=mode)
    peer = bench.dial()
    peer.say(f"LD|{NOW}V#1|IFPB|")
    peer.say(f"LA|{NOW}")
    bench.clock.advance(0.1)
    assert without_time(peer.take()) == ["LS", "LS"] and not bench.pms.is_alive


@BOTH
def test_a_start_is_answered_and_a_sign_of_life_is_not_while_alive(mode: Mode) -> None:
    bench = Bench(mode=mode)
    peer = bench.alive()
    peer.say(f"LA|{NOW}")
    bench.clock.advance(1)
    assert peer.take() == []
    peer.say(f"LS|{NOW}")
    bench.clock.advance(1)
    assert without_time(peer.take()) == ["LA"]


def test_protel_says_that_it_is_alive_when_idle_and_oracle_is_silent() -> None:
    protel, oracle = Bench(mode=Mode.PROTEL), Bench()
    heard = {}
    for bench in (protel, oracle):
        peer = bench.alive()
        bench.clock.advance(65)
        heard[bench.habits.mode] = without_time(peer.take())
    assert heard == {Mode.PROTEL: ["LA", "LA"], Mode.ORACLE: []}


def test_protel_says_its_start_again_until_somebody_answers() -> None:
    bench = Bench(mode=Mode.PROTEL)
    peer = bench.dial()
    bench.clock.advance(11)
    assert without_time(peer.take()) == ["LS", "LS", "LS"]


@BOTH
def test_what_comes_before_the_link_is_alive_is_ignored(mode: Mode) -> None:
    bench = Bench(mode=mode)
    bench.pms.front_desk.check_in("101", "1")
    peer = bench.dial()
    peer.say(PS)
    peer.say(PS)
    bench.clock.advance(1)
    assert without_time(peer.take()) == (["LS", "LS"] if mode is Mode.ORACLE else ["LS"])
    assert bench.pms.hotel.charges == [] and "before the link was alive" in bench.pms.errors[0]


def test_oracle_answers_the_end_and_closes() -> None:
    bench = Bench()
    peer = bench.alive()
    peer.say(f"LE|{NOW}")
    bench.clock.advance(1)
    assert without_time(peer.take()) == ["LE"] and peer.lost


def test_protel_answers_the_end_and_soon_begins_again_on_the_same_connection() -> None:
    bench = Bench(mode=Mode.PROTEL)
    peer = bench.alive()
    peer.say(f"LE|{NOW}")
    bench.clock.advance(6)
    assert without_time(peer.take()) == ["LE", "LS"] and not peer.lost
    bench.describe(peer)
    assert bench.pms.is_alive


@BOTH
@pytest.mark.parametrize("answers", [True, False])
def test_a_pms_that_ends_waits_for_the_peers_word(mode: Mode, answers: bool) -> None:
    bench = Bench(mode=mode)
    peer = bench.alive()
    bench.pms.end()
    bench.clock.advance(1)
    assert without_time(peer.take()) == ["LE"] and not peer.lost
    if answers:
        peer.say(f"LE|{NOW}")
    bench.clock.advance(9)
    assert peer.lost is (mode is Mode.ORACLE)
    assert without_time(peer.take())[:1] == ([] if mode is Mode.ORACLE else ["LS"])


def test_a_newcomer_takes_the_place_of_the_old_connection_at_oracle() -> None:
    bench = Bench()
    old = bench.alive()
    new = bench.dial()
    assert old.lost and not new.lost
    bench.describe(new)
    assert bench.pms.is_alive


def test_a_newcomer_is_refused_by_protel() -> None:
    bench = Bench(mode=Mode.PROTEL)
    old, new = bench.alive(), bench.dial()
    assert new.lost and not old.lost and bench.pms.is_alive


def test_protel_still_knows_the_lists_after_a_new_connection() -> None:
    bench = Bench(mode=Mode.PROTEL)
    bench.alive()
    bench.pms.drop()
    bench.clock.advance(1)
    peer = bench.dial()
    peer.say(f"LA|{NOW}")
    bench.clock.advance(1)
    assert bench.pms.is_alive


@pytest.mark.parametrize("door", [Door.REFUSE, Door.HANG])
def test_a_closed_door_speaks_to_nobody(door: Door) -> None:
    bench = Bench()
    bench.pms.door = door
    peer = bench.dial()
    peer_says_nothing = peer.take() == []
    assert peer_says_nothing and peer.lost is (door is Door.REFUSE)


def test_a_mute_pms_keeps_the_connection_and_is_silent() -> None:
    bench = Bench()
    peer = bench.alive()
    bench.pms.mute()
    peer.say(f"LS|{NOW}")
    bench.clock.advance(100)
    assert peer.take() == [] and not peer.lost


# --- the key ---


def described_with(bench: Bench, fields: str) -> Peer:
    peer = bench.dial()
    peer.say(f"LD|{NOW}V#1|IFPB|{fields}")
    peer.say("LR|RIGI|FLRN|")
    peer.say(f"LA|{NOW}")
    bench.clock.advance(0.1)
    return peer


def test_the_right_key_proves_the_time_of_the_last_start() -> None:
    bench = Bench()
    bench.proof = "261124040000"
    described_with(bench, "RT4|CGproof|")
    assert bench.pms.is_alive and bench.pms.errors == []


def test_a_wrong_key_stops_the_interface_until_it_is_entered_again() -> None:
    bench = Bench()
    peer = described_with(bench, "RT4|CGproof|")
    assert peer.lost and bench.pms.locked and bench.dial().lost
    bench.pms.locked = False
    assert not bench.dial().lost


def test_a_proof_without_a_wish_for_versions_ends_the_link() -> None:
    assert described_with(Bench(), "CGproof|").lost


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


# --- postings ---


def posting_bench(**habits: Mode) -> tuple[Bench, Peer]:
    bench = Bench(**habits)
    bench.pms.front_desk.check_in("101", "1")
    peer = bench.alive()
    peer.take()
    return bench, peer


def test_a_posting_is_put_onto_the_folio_and_answered() -> None:
    bench, peer = posting_bench()
    peer.say(PS)
    bench.clock.advance(1)
    (answer,) = peer.records()
    assert (answer.id, answer.first("AS"), answer.first("P#"), answer.first("RN")) == ("PA", "OK", "7", "101")
    assert [charge.number for charge in bench.pms.hotel.folio("101")] == ["7"]
    assert bench.pms.errors == []


@pytest.mark.parametrize(("mode", "code", "room"), [(Mode.ORACLE, "NG", "102"), (Mode.PROTEL, "UR", None)])
def test_a_posting_to_an_empty_room_is_refused(mode: Mode, code: str, room: str | None) -> None:
    bench, peer = posting_bench(mode=mode)
    peer.say(PS.replace("RN101", "RN102"))
    bench.clock.advance(1)
    (answer,) = peer.records()
    assert (answer.first("AS"), answer.first("RN")) == (code, room)
    assert bench.pms.hotel.charges == []


@pytest.mark.parametrize(
    ("plan", "codes", "booked", "lost"),
    [
        (Answer("RY"), ["RY"], 0, False),
        (Answer(times=2), ["OK", "OK"], 1, False),
        (Answer(times=0), [], 1, False),
        (Answer(times=0, booked=False), [], 0, False),
        (Answer(drop="before"), [], 1, True),
        (Answer(drop="after"), ["OK"], 1, True),
        (Answer(after=20), [], 1, False),
    ],
)
def test_the_answer_to_a_posting_is_as_it_was_planned(
    plan: Answer, codes: list[str], booked: int, lost: bool
) -> None:
    bench, peer = posting_bench()
    bench.pms.answers.coming.append(plan)
    peer.say(PS)
    bench.clock.advance(5)
    assert [answer.first("AS") for answer in peer.records()] == codes
    assert (len(bench.pms.hotel.charges), peer.lost) == (booked, lost)


def test_an_answer_may_come_without_its_number() -> None:
    bench, peer = posting_bench()
    bench.pms.answers.usual = Answer(numbered=False)
    peer.say(PS)
    bench.clock.advance(5)
    assert not peer.records()[0].has("P#")


def test_a_second_posting_before_the_answer_is_a_mistake() -> None:
    bench, peer = posting_bench()
    peer.say(PS)
    peer.say(PS.replace("P#7", "P#8"))
    bench.clock.advance(5)
    assert bench.pms.errors == ["PS 8 while P#7 has no answer"]


def test_a_charge_that_comes_twice_is_booked_twice_and_said() -> None:
    bench, peer = posting_bench()
    for _ in range(2):
        peer.say(PS)
        bench.clock.advance(5)
    assert len(bench.pms.hotel.charges) == 2 and bench.pms.errors == ["P#7 is on a folio twice"]


def test_an_amount_with_a_point_is_a_mistake() -> None:
    bench, peer = posting_bench()
    peer.say(PS.replace("TA1050", "TA10.50"))
    bench.clock.advance(1)
    assert bench.pms.errors == ["PS with TA10.50: not a whole number"]


# --- wake-ups, rooms, the day ---


def test_a_wakeup_wants_one_result_under_its_very_time() -> None:
    bench = Bench()
    peer = bench.alive()
    at = bench.pms.local().replace(hour=6, minute=30, second=17)
    bench.pms.front_desk.wake("101", at, times=2)
    bench.clock.advance(0.1)
    assert peer.take() == ["WR|RN101|DA261124|TI063017|"] * 2
    peer.say("WA|RN101|DA261124|TI063000|ASOK|")
    peer.say("WA|RN101|DA261124|TI063017|ASNR|")
    peer.say("WA|RN101|DA261124|TI063017|ASOK|")
    peer.say("WA|RN101|DA261124|TI063017|ASSV|")
    bench.clock.advance(0.1)
    assert [error.split(":")[0] for error in bench.pms.errors] == [
        "WA for 101 261124 063000",
        "WA for 101 261124 063017 again",
        "WA with ASSV for 101 261124 063017",
        "WA for 101 261124 063017 again",
    ]


def test_wakeups_are_cleared_one_or_all_of_a_room() -> None:
    bench = Bench()
    peer, desk = bench.alive(), bench.pms.front_desk
    at = bench.pms.local().replace(hour=7)
    desk.wake("101", at)
    desk.do_not_wake("101", at)
    desk.wake("101", at)
    desk.do_not_wake("101")
    bench.clock.advance(0.1)
    assert [text for text in peer.take() if text[:2] == "WC"] == [
        "WC|RN101|DA261124|TI070000|",
        "WC|RN101|DA|TI|",
    ]
    assert bench.pms.hotel.wakeups == {}


def test_what_the_exchange_says_of_rooms_is_kept() -> None:
    bench = Bench()
    peer = bench.alive()
    peer.say("RE|RN101|RS3|IDMaid5|")
    peer.say("RE|RN101|RS8|")
    peer.say(f"WR|RN101|{NOW}")
    bench.clock.advance(0.1)
    assert bench.pms.hotel.equipment == {"101": {"RS": "8", "ID": "Maid5"}}
    assert list(bench.pms.hotel.wakeups) == [("101", "261124", "040000")]


def test_a_record_without_a_list_or_without_sense_is_a_mistake() -> None:
    bench = Bench()
    peer = bench.alive(WA="")
    peer.say("WA|RN101|DA261124|TI063000|ASOK|")
    peer.say("MW|RN101|")
    bench.clock.advance(0.1)
    assert "WA and no LR for it" in bench.pms.errors
    assert "MW is nothing that a telephone exchange says" in bench.pms.errors


def test_the_day_is_closed_between_two_marks() -> None:
    bench = Bench()
    peer = bench.alive()
    bench.pms.night_audit(True)
    bench.pms.night_audit(False)
    bench.clock.advance(0.1)
    assert without_time(peer.take()) == ["NS", "NE"]


# --- the line ---


@pytest.mark.parametrize("segments", Segments)
@pytest.mark.parametrize("framing", Framing)
def test_records_arrive_whole_however_they_are_cut(segments: Segments, framing: Framing) -> None:
    bench = Bench(segments=segments, framing=framing)
    peer = bench.dial()
    bench.describe(peer)
    peer.take()
    for n in range(5):
        bench.pms.front_desk.equip("101", {"CS": str(n)})
    bench.clock.advance(1)
    assert peer.take() == [f"RE|RN101|CS{n}|" for n in range(5)]


def test_on_a_serial_line_every_record_is_acknowledged() -> None:
    bench = Bench(serial=True)
    peer = bench.alive()
    bench.pms.front_desk.check_in("101", "1", "A")
    peer.say(PS)
    bench.clock.advance(1)
    assert [text[:2] for text in peer.take()] == ["GI", "PA"] and bench.pms.errors == []


def test_on_a_serial_line_silence_is_seen_and_the_pms_begins_again() -> None:
    bench = Bench(serial=True)
    peer = bench.alive()
    peer.deaf = True
    bench.pms.front_desk.check_in("101", "1", "A")
    bench.clock.advance(13)
    assert bench.pms.errors == ["nobody answers on the serial line"] and not bench.pms.is_alive
    peer.deaf = False
    bench.clock.advance(6)
    assert [text[:2] for text in peer.take()] == ["LS"]


def test_a_name_is_written_in_the_code_page_of_the_line() -> None:
    bench = Bench(encoding="cp850")
    peer = bench.alive()
    bench.pms.front_desk.check_in("101", "1", "Müller 王")
    bench.clock.advance(0.1)
    assert peer.bodies[-1].endswith(b"GNM\x81ller ?|")


def test_nonsense_and_noise_are_told_and_end_nothing() -> None:
    bench = Bench()
    peer = bench.alive()
    peer.say("LA|")
    peer.transport.write(b"rubbish\x02GET / HTTP/1.1\x03")  # type: ignore[union-attr]
    bench.clock.advance(0.1)
    assert bench.pms.is_alive and "begins with two letters" in bench.pms.errors[0]


def test_the_end_of_the_simulation_leaves_no_timer() -> None:
    bench = Bench(mode=Mode.PROTEL)
    peer = bench.alive()
    peer.say(PS)
    bench.clock.advance(0.05)
    bench.pms.close()
    bench.clock.advance(0.0)
    assert peer.lost and bench.clock.reactor.getDelayedCalls() == []


def test_what_was_said_can_be_asked_for() -> None:
    bench = Bench()
    bench.alive()
    assert bench.pms.sent("LS") == [Record("LS", (("DA", "261124"), ("TI", "040000")))]
    assert [record.first("RI") for record in bench.pms.received("LR")][:2] == ["GI", "GO"]
    assert any(words.startswith("<- LA|") for words in bench.said)


TOLD = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.builds(
            lambda id, fields: f"{id}|{'|'.join(fields)}|".encode(),
            st.sampled_from("LS LD LR LA LE PS WA WR WC RE DR GI XX".split()),
            st.lists(
                st.sampled_from(
                    "RIGI RIPA RIPS FLRNG# FLASP#RN FLRN# RN101 RN999 RN RT4 CGx IFPB V#1 PTC TA1 TAx P#1 "
                    "DA261124 TI0630 TI ASOK AS RS3".split()
                ),
                max_size=4,
            ),
        ),
    ),
    max_size=20,
)


@given(TOLD, st.sampled_from(Mode))
def test_nothing_that_a_peer_says_ends_the_simulation(told: list[bytes], mode: Mode) -> None:
    bench = Bench(mode=mode)
    bench.pms.front_desk.check_in("101", "1", "A")
    peer = bench.dial()
    for body in told:
        peer.transport.write(frame(body))  # type: ignore[union-attr]
        bench.clock.advance(1)
    bench.pms.close()
    bench.clock.advance(1)
    assert peer.lost and bench.clock.reactor.getDelayedCalls() == []
