"""The simulated PMS takes charges and results, and says what an exchange does wrong."""

from __future__ import annotations

import pytest
from fias_peer import NOW, PS, Bench, Peer, without_time
from hotelbridge_fias.simulator_habits import Answer, Mode

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


def test_an_account_of_the_house_takes_charges_though_nobody_lives_there_and_is_no_room() -> None:
    bench, peer = posting_bench()
    bench.pms.hotel.accounts = frozenset({"9000"})
    peer.say(PS.replace("RN101", "RN9000"))
    bench.clock.advance(1)
    (answer,) = peer.records()
    assert (answer.first("AS"), answer.first("RN")) == ("OK", "9000")
    assert [charge.number for charge in bench.pms.hotel.folio("9000")] == ["7"]
    assert "9000" not in bench.pms.hotel.rooms


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
