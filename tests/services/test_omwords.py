"""Messages of a telephone exchange in plain words; numbers of people are marked as personal."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.core.personal import mask, personal
from hotelbridge.om import messages as om
from hotelbridge.services.omwords import answered, asked, phones_of, said

GOLDEN = Path(__file__).parents[1] / "golden" / "om"


def event(name: str, inside: str) -> bytes:
    return f'<?xml version="1.0"?><Event attribute="{name}">{inside}</Event>'.encode()


@pytest.mark.parametrize(
    ("name", "inside", "words"),
    [
        ("RING", '<ext id="212"/><menu id="1"/>', "212 rings, menu 1"),
        ("ANSWER", '<ext id="212"/>', "212 is lifted"),
        ("BYE", '<ext id="212"/><ext id="213"/>', "the call of 212 is over, with 213"),
        ("DTMF", '<ext id="212"/><info>1#</info>', "212 pressed keys, 1#"),
        ("FAILED", '<ext id="212"/><err code="4" reason="busy"/>', "a call of 212 failed, busy (4)"),
        ("SHOUTED", '<ext id="212"/>', "the event SHOUTED"),
    ],
)
def test_what_the_exchange_says_is_told_in_words(name: str, inside: str, words: str) -> None:
    told = said(event(name, inside))
    assert told.words == words and told.phones[0] == "212"


def test_numbers_of_the_outside_and_what_a_guest_dials_are_personal() -> None:
    alert = said(event("ALERT", '<ext id="212"/><outer id="3" to="06641234567"/>'))
    assert alert.words == f"the far side of 212 rings, to {personal('06641234567')}"
    keys = said(event("DTMF", '<ext id="212"/><info>4711#</info>'))
    assert "4711" in keys.words and "4711" not in mask(keys.words)


def test_what_cannot_be_read_is_said_to_be_so() -> None:
    for body in (b"\xff\x00", b"<x", b"<Status/>"):
        told = said(body)
        assert "cannot be read" in told.words and told.phones == ()


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("[ceo][!o]*/*.xml")), ids=lambda file: file.name)
def test_everything_the_manual_shows_has_words(file: Path) -> None:
    assert said(file.read_bytes()).words


@pytest.mark.parametrize(
    ("command", "words", "phones"),
    [
        (om.Connect(om.Menu("1"), om.Ext("212")), "call 212 with menu 1", ("212",)),
        (om.Clear(om.Ext("212")), "end the call of 212", ("212",)),
        (om.QueryExt("212"), "tell about phone 212", ("212",)),
        (
            om.AssignExt("IPPhone 3", (("api", "7"), ("Fwd_Number", "06641234567"))),
            "set api = 7, Fwd_Number = “06641234567” on the line IPPhone 3",
            (),
        ),
        (om.AssignMenu("1", "wakeup_en", 3), "set menu 1: wakeup_en, played 3", ()),
        (om.Connect(om.Ext("100"), om.Outer(to="06641234567")), "connect 100 with “06641234567”", ("100",)),
        (om.Hold("212"), "Hold ext 212", ("212",)),
        (om.ConfigGet(1089, password="secret"), "tell the parameter 1089", ()),
    ],
)
def test_what_it_is_asked_is_told_in_words(command: om.Command, words: str, phones: tuple[str, ...]) -> None:
    assert asked(command) == words
    assert phones_of(command, None) == phones


def test_what_it_answers_is_told_in_words() -> None:
    query = om.QueryExt("212")
    status = om.ExtStatus("212", values={"Call_Restriction": "1"}, state="active", menus=("1",))
    assert answered(query, status) == "212 is active; with menu 1; it holds Call_Restriction = 1"
    assert answered(query, om.Failed(code=4, reason="busy")) == "it failed: busy (4)"
    assert answered(query, om.Empty()) == "nothing: done, or there is no such thing"
    assert phones_of(om.AssignExt("IPPhone 3", (("api", "7"),)), status) == ("212",)


def test_a_password_is_never_told() -> None:
    known = om.ParameterValue("1089", "swordfish")
    assert answered(om.ConfigGet(1089), known) == "it is set"
    assert answered(om.ConfigGet(883), om.ParameterValue("883", "1")) == "it is 1"
