"""The simulated PMS keeps its link as the interfaces of the field do."""

from __future__ import annotations

import pytest
from fias_peer import NOW, PS, Bench, Peer, without_time
from hotelbridge_fias.framing import Framing, frame
from hotelbridge_fias.records import Record
from hotelbridge_fias.simulator_habits import Door, Mode, Segments
from hypothesis import given
from hypothesis import strategies as st

BOTH = pytest.mark.parametrize("mode", Mode)


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
    heard = peer.take()
    assert heard == [] and peer.lost is (door is Door.REFUSE)


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
