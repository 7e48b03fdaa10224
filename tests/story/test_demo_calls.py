"""The calls of the demo: what guests do by themselves, what a person may type, what is said of charges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hotelbridge.demo.books import Books
from hotelbridge.demo.hotel import write_config, write_tariffs
from hotelbridge.demo.live import BOOKED, GUEST_LIFE
from hotelbridge.demo.prompt import Prompt
from hotelbridge.demo.telephone import CALLS, NO_POST
from hotelbridge.demo.typed import Typed
from hotelbridge.settings_load import load
from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om import FakeOm


class Pms:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.played: list[str] = []

    def play(self, line: str) -> None:
        self.played.append(line)


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Any]:
    """As much of the demo's hotel as talks with people; nothing of it runs."""
    config = write_config("demo.toml", tmp_path, pms=True)
    settings = load(config, {})
    door = SimpleNamespace(base="http://127.0.0.1:8480", token_file=tmp_path / "demo.token")
    clock = FakeClock()
    yield SimpleNamespace(
        config=config,
        property=settings.properties[0],
        clock=clock,
        local=lambda at: at,
        api=SimpleNamespace(door=door),
        om=FakeOm(clock, ["212", "213"]),
        pms=Pms(),
        books=SimpleNamespace(in_state=lambda state: [{"id": 7, "posted_to": "214"}]),
    )


def test_one_posting_of_the_demo_is_refused_and_one_gets_no_answer() -> None:
    assert [call.mood for call in CALLS if call.mood] == [f"pa once np {NO_POST}", "pa once lost"]


def test_no_other_charge_is_under_way_while_the_pms_waits_to_refuse_one() -> None:
    for special in (call for call in CALLS if call.mood):
        others = [call for call in CALLS if call is not special and not call.free]
        assert not [one for one in others if special.at <= one.ends <= special.ends]


def test_nobody_telephones_from_a_room_in_which_something_else_is_played() -> None:
    busy = {room for room, *_ in BOOKED} | {line.split()[1] for _, line in GUEST_LIFE}
    assert not busy & {phone for call in CALLS for phone in (call.phone, call.number)}


def test_the_guests_of_the_demo_make_every_kind_of_call() -> None:
    assert [call.at for call in CALLS] == sorted(call.at for call in CALLS)
    assert any(call.incoming for call in CALLS)
    assert any(call.number == "307" for call in CALLS)
    assert any(not call.talk for call in CALLS)
    assert any(call.number.startswith("0800") for call in CALLS)


def test_the_welcome_says_how_to_see_charges_and_how_to_call(hotel: Any) -> None:
    said = Typed(hotel).welcome("201 (answers)")
    for words in ("list", "reconcile --from today", "report --by room --from today"):
        assert f"hotelbridge charges {words} -c " in said
    assert "    dial 212 004989920920 50" in said
    assert "tariff.csv" in said and "Booked for the next minutes: 201 (answers)." in said


def test_a_demo_of_an_earlier_version_says_that_it_has_no_tariff(hotel: Any) -> None:
    hotel.property = hotel.property.model_copy(update={"tariff": ""})
    assert "names no tariff" in Typed(hotel).welcome("")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("charge_refused", "charges resolve 7 --outcome written_off --by Anna --note "),
        ("charge_uncertain", "charges retry 7 --on-folio no --by Anna"),
        ("charge_held", "charges resolve 7 --outcome written_off --by Anna --note "),
    ],
)
def test_an_alarm_about_a_charge_says_what_to_type_about_that_very_charge(
    hotel: Any, kind: str, words: str
) -> None:
    advice = Typed(hotel).advice({"id": 3, "kind": kind})
    assert "charges show 7 -c " in advice and words in advice
    assert "woken" not in advice
    hotel.books.in_state = lambda state: []
    assert Typed(hotel).advice({"id": 3, "kind": kind}) == ""


@pytest.mark.parametrize(
    ("wakeup", "items", "outcome"),
    [(None, [], "cancelled"), (17, [], "woken_by_staff"), (None, [{"wakeup": 17}], "woken_by_staff")],
)
def test_an_alarm_about_no_wakeup_is_not_closed_as_if_somebody_was_woken(
    hotel: Any, wakeup: int | None, items: list[Any], outcome: str
) -> None:
    alarm = {
        "id": 3,
        "kind": "emergency_call",
        "text": "Room 212 calls 112.",
        "wakeup": wakeup,
        "items": items,
    }
    assert f"alarm acknowledge 3 --by Anna --outcome {outcome} -c" in Typed(hotel).advice(alarm)


def test_a_line_that_is_typed_is_for_the_exchange_or_for_the_pms(hotel: Any) -> None:
    said: list[str] = []
    told: list[str] = []
    prompt = Prompt(hotel, said.append, told.append)
    prompt.overhear("in 35 s")
    prompt.typed("dial 212 004989920920 5")
    hotel.clock.advance(20)
    assert [one.name for one in hotel.om.said].count("CDR") == 1
    prompt.typed("pms folio 212")
    prompt.overhear("nothing was charged")
    prompt.overhear("10:22:44 -> PS|RN212|")
    assert hotel.pms.played == ["folio 212"]
    assert said == ["done", "          PMS     nothing was charged"]
    assert told == ["10:22:44 -> PS|RN212|"]
    for line in ("dance", "help"):
        prompt.typed(line)
        assert "dial 212" in said[-1] and "pms folio 212" in said[-1]


def test_the_tariff_comes_with_the_configuration_and_a_changed_one_is_kept(tmp_path: Path) -> None:
    config = write_config("demo.toml", tmp_path, pms=True)
    assert "Germany" in (tmp_path / "tariff.csv").read_text()
    (tmp_path / "tariff.csv").write_text("prefix,rate\n+49,9.00\n")
    write_tariffs(config)
    assert (tmp_path / "tariff.csv").read_text() == "prefix,rate\n+49,9.00\n"
    (tmp_path / "tariff.csv").unlink()
    write_tariffs(config)
    assert (tmp_path / "tariff.csv").exists()


def test_books_that_are_in_no_file_are_empty() -> None:
    assert Books("postgresql://hotel@db/hotel", "main").charges() == []
