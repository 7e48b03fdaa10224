"""What a device told, judged: one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hotelbridge.core import devicecheck as judge
from hotelbridge.core.devicecheck import Finding, Gravity, MenuShape, Trial
from hotelbridge.core.preflight import Look

WAKEUP = MenuShape("wakeup_en", 3)
WELL = Look(state="ready", values={"api": "7"})


def graves(findings: list[Finding]) -> list[Gravity]:
    return [one.gravity for one in findings]


def test_a_room_phone_that_is_no_extension_is_wrong_and_the_like_one_is_named() -> None:
    (one,) = judge.of_lines(["12"], {"0012": "Phone 1"})
    assert one.gravity is Gravity.WRONG and "0012" in one.do


def test_extensions_numbered_like_rooms_are_told_and_others_are_not() -> None:
    lines = {"211": "Phone 1", "212": "Phone 2", "900": "Phone 3", "2150": "Phone 4", "21": "Phone 5"}
    assert judge.room_like(["212"], lines) == ["211"]


def test_a_desk_phone_must_be_there_and_let_alarms_through() -> None:
    """A1: the first level rings the desk's own phones."""
    missing = [one for one in judge.of_lines(["212"], {"212": "Phone 1"}, ["100"]) if "desk" in one.about[0]]
    assert graves(missing) == [Gravity.WRONG]
    assert judge.of_desk_phone("100", WELL, prepared=True) == []
    closed = Look(state="ready", values={"api": "7", "No_Disturb": "on", "Fwd_Type": "1", "Fwd_Number": "9"})
    assert graves(judge.of_desk_phone("100", closed, prepared=True)) == [Gravity.WRONG, Gravity.NOTE]


def test_a_phone_that_is_well_gives_no_finding() -> None:
    assert judge.of_phone("212", WELL, prepared=True) == []


def test_a_phone_without_reports_is_wrong_only_once_hotelbridge_has_set_it() -> None:
    """R1: without `api` 7 the device reports no ANSWER."""
    silent = Look(state="ready")
    assert graves(judge.of_phone("212", silent, prepared=True)) == [Gravity.WRONG]
    assert graves(judge.of_phone("212", silent, prepared=False)) == [Gravity.NOTE]


@pytest.mark.parametrize(
    ("state", "values", "gravity"),
    [
        ("offline", {}, Gravity.WRONG),
        ("offhook", {}, Gravity.WRONG),
        ("ready", {"autoAnswer": "yes"}, Gravity.WRONG),
        ("ready", {"Fwd_Type": "3", "Fwd_Number": "900"}, Gravity.WRONG),
        ("ready", {"Off_Line_Num": "218"}, Gravity.NOTE),
    ],
)
def test_what_a_wakeup_cannot_overcome_is_told(state: str, values: dict[str, str], gravity: Gravity) -> None:
    """R6: `Off_Line_Num` and `autoAnswer` cannot be opened."""
    assert graves(judge.of_phone("212", Look(state=state, values=values | {"api": "7"}), prepared=True)) == [
        gravity
    ]


def test_a_phone_at_level_0_is_told_because_of_emergency_calls() -> None:
    """A5: 0 is "internal only", and the API knows no exemption."""
    (one,) = judge.of_phone(
        "212", Look(state="ready", values={"api": "7", "Call_Restriction": "0"}), prepared=True
    )
    assert one.gravity is Gravity.WRONG and "emergency" in one.what


@pytest.mark.parametrize(
    "values",
    [
        {"No_Disturb": "on"},
        {"Fwd_Type": "1", "Fwd_Number": "900"},
        {"Fwd_Type": "2"},
        {"Fwd_Type": "no"},
        {"autoAnswer": "no"},
    ],
)
def test_what_a_wakeup_opens_by_itself_is_no_finding(values: dict[str, str]) -> None:
    """R6: `No_Disturb` and `Fwd_Type` 1 and 2 are opened before the first try."""
    assert judge.of_phone("212", Look(state="ready", values=values | {"api": "7"}), prepared=True) == []


def test_a_phone_that_its_line_lets_answer_by_itself_is_wrong() -> None:
    (one,) = judge.of_phone("212", WELL, prepared=True, by_itself=True)
    assert one.gravity is Gravity.WRONG and "empty room" in one.what


def test_a_menu_not_there_yet_is_a_note_and_missing_beside_a_running_daemon_is_wrong() -> None:
    """R7: menus are assigned at start."""
    assert judge.of_menu(1, WAKEUP, None, running=False).gravity is Gravity.NOTE
    assert judge.of_menu(1, WAKEUP, None, running=True).gravity is Gravity.WRONG


def test_a_menu_that_plays_something_else_is_wrong_and_says_what() -> None:
    one = judge.of_menu(1, WAKEUP, MenuShape("welcome"), running=False)
    assert one.gravity is Gravity.WRONG and "'welcome' now, not 'wakeup_en'" in one.what


def test_a_menu_as_wanted_is_well_and_an_endless_one_is_not() -> None:
    """R7: the device's default of `repeat`, 0, plays for ever."""
    assert judge.of_menu(1, WAKEUP, WAKEUP, running=True).gravity is Gravity.WELL
    assert "repeat is 0, not 3" in judge.of_menu(1, WAKEUP, MenuShape("wakeup_en"), running=True).what


def test_parameters_as_they_should_be_are_only_told() -> None:
    values = {"API_METHOD": "1", "CONTROL_TYPE": "0", "CONFIG_CHANGE": "2", "API_PASSWORD": ""}
    assert graves(judge.of_parameters(values)) == [Gravity.WELL]


@pytest.mark.parametrize("wrong", [{"CONTROL_TYPE": "1"}, {"CONFIG_CHANGE": "0"}, {"API_METHOD": "2"}])
def test_a_parameter_that_matters_is_a_note(wrong: dict[str, str]) -> None:
    values = {"API_METHOD": "0", "CONTROL_TYPE": "0", "CONFIG_CHANGE": "2"} | wrong
    assert graves(judge.of_parameters(values)) == [Gravity.NOTE, Gravity.WELL]


def test_the_signature_password_is_never_shown() -> None:
    found = judge.of_parameters({"API_PASSWORD": "s3cret", "API_TIMEOUT": "30"})
    assert "s3cret" not in repr(found) and len(found) == 3


def test_trunks_that_wait_for_a_program_are_wrong() -> None:
    (one,) = judge.of_trunks({"0211": "17", "0212": "7", "0213": None}, "8")
    assert one.gravity is Gravity.WRONG and one.about == ("trunk 0211",) and "waits 8 s" in one.what


def test_proof_by_digit_is_unproved_until_a_key_was_seen() -> None:
    """R4: where no key of an extension was ever seen from this device, `check` says so."""
    assert graves(judge.of_proof("digit", 0)) == [Gravity.WRONG]
    assert graves(judge.of_proof("digit", 2)) == [Gravity.WELL]
    assert judge.of_proof("answer", 0) == []


def test_an_accepted_ring_without_a_report_says_whether_it_is_the_ring_or_the_report_that_is_missing() -> (
    None
):
    """R1: a Connect that was accepted and followed by no report is not `no_answer`."""
    silent = Trial("212", "on tcp:8989")
    (reports,) = judge.of_trial(replace(silent, seen=Look(state="active")))
    (ring,) = judge.of_trial(replace(silent, seen=Look(state="ready")))
    assert "its reports do not arrive" in reports.do and "Does it ring?" in ring.do
    assert reports.gravity is ring.gravity is Gravity.WRONG


def test_a_ring_that_was_seen_is_well_and_one_not_seen_to_end_is_told() -> None:
    seen = Trial("212", "on tcp:8989", rang_after=0.6, answered=True)
    assert graves(judge.of_trial(replace(seen, ended=True))) == [Gravity.WELL]
    assert graves(judge.of_trial(seen)) == [Gravity.WELL, Gravity.NOTE]


def test_a_refusal_is_told_in_words() -> None:
    (one,) = judge.of_trial(Trial("212", "here", refused="busy", code=6))
    assert one.gravity is Gravity.WRONG and "the phone is busy (code 6)" in one.what


def test_findings_with_the_same_words_are_one_and_what_is_wrong_comes_first() -> None:
    offline = [judge.of_phone(str(n), Look(state="offline", values={"api": "7"}), prepared=True)[0]
               for n in range(110, 130)]  # fmt: skip
    found = judge.gathered([Finding(Gravity.WELL, ("x",), "y"), *offline])
    assert graves(found) == [Gravity.WRONG, Gravity.WELL]
    assert judge.heading(found[0].about).endswith("121 and 8 more")
    assert judge.is_wrong(found) and not judge.is_wrong(found[1:])


def test_a_clock_that_is_off_is_a_note_and_a_little_is_nothing() -> None:
    assert judge.of_clock(timedelta(seconds=30)) == judge.of_clock(None) == []
    (one,) = judge.of_clock(timedelta(days=20000))
    assert "20000 days ahead" in one.what
