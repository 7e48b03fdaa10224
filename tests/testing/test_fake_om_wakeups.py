"""Each script of a phone: what is pushed, in which order, and what the phone went through."""

from __future__ import annotations

from typing import Any

import pytest

from hotelbridge.testing.fake_om_plant import TrunkState
from hotelbridge.testing.fake_om_scripts import (
    LIFT_AND_DROP,
    NOT_EXIST,
    RINGS_FOR_EVER,
    Answers,
    Busy,
    Dropped,
    Fails,
    NoAnswer,
    Offline,
    ReplyLost,
    Silent,
    parse_script,
    parse_scripts,
)

from .om_bench import Bench, tree


def failure(body: bytes) -> str | None:
    """The code of a FAILED."""
    found = tree(body).find("err")
    return found.get("code") if found is not None else None


def test_an_answered_wakeup_pushes_ring_busy_answer_end_bye_idle_and_a_record() -> None:
    bench = Bench()
    bench.menu()
    bench.om.script("212", Answers(after=5, talk=20))
    assert bench.wake().body == b""
    bench.clock.advance(30)
    assert bench.post.names == [
        "RING 212",
        "BUSY 212",
        "ANSWER 212",
        "EndOfAnn 212",
        "BYE 212",
        "IDLE 212",
        "CDR",
    ]
    ring: Any = bench.om.rings[0]
    assert (ring.answered - ring.started).total_seconds() == 5
    assert (ring.ended - ring.answered).total_seconds() == 20
    assert ring.ended_by == "guest"


def test_the_answer_names_the_extension_and_the_menu() -> None:
    bench = Bench()
    bench.wake()
    bench.clock.advance(6)
    answer = tree(bench.post.bodies[2])
    assert [(child.tag, child.get("id")) for child in answer] == [("ext", "212"), ("menu", "1")]


def test_a_phone_that_is_lifted_and_dropped_hears_no_end_of_the_announcement() -> None:
    bench = Bench()
    bench.menu()
    bench.om.script("212", LIFT_AND_DROP)
    bench.wake()
    bench.clock.advance(30)
    assert bench.post.names == ["RING 212", "BUSY 212", "ANSWER 212", "BYE 212", "IDLE 212", "CDR"]


def test_a_menu_that_repeats_for_ever_or_was_never_assigned_has_no_end() -> None:
    for repeat in (0, None):
        bench = Bench()
        if repeat is not None:
            bench.menu(repeat)
        bench.om.script("212", Answers(after=5, talk=500))
        bench.wake()
        bench.clock.advance(400)
        assert "EndOfAnn 212" not in bench.post.names


@pytest.mark.parametrize(
    ("script", "after"),
    [
        (NoAnswer(20), ["IDLE 212"]),
        (NoAnswer(20, bye=True), ["BYE 212", "IDLE 212"]),
        (NoAnswer(20, cdr=True), ["IDLE 212", "CDR"]),
        (NoAnswer(20, bye=True, cdr=True), ["BYE 212", "IDLE 212", "CDR"]),
    ],
)
def test_nobody_answers_with_and_without_bye_and_record(script: NoAnswer, after: list[str]) -> None:
    bench = Bench()
    bench.om.script("212", script)
    bench.wake()
    bench.clock.advance(60)
    assert bench.post.names == ["RING 212", "BUSY 212", *after]
    assert bench.om.rings[0].answered is None


def test_the_record_of_an_unanswered_call_has_duration_0() -> None:
    bench = Bench()
    bench.om.script("212", NoAnswer(20, cdr=True))
    bench.wake()
    bench.clock.advance(60)
    record = tree(bench.post.bodies[-1])
    assert record.findtext("Duration") == "0"
    assert record.findtext("CPN") == ""
    assert record.get("id").endswith(record.findtext("TimeEnd") + "-0")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (Busy(6), "6"),
        (Busy(4), "4"),
        (Offline(3), "3"),
        (Offline(8), "8"),
        (NOT_EXIST, "7"),
        (Fails(5), "5"),
        (Fails(1), "1"),
    ],
)
def test_a_call_that_cannot_be_placed_is_failed_in_the_reply_and_does_not_ring(
    script: Busy, code: str
) -> None:
    bench = Bench()
    bench.om.script("212", script)
    assert failure(bench.wake().body) == code
    bench.clock.advance(60)
    assert bench.post.names == []
    assert bench.om.rings == []


def test_a_busy_phone_says_idle_when_it_is_free() -> None:
    bench = Bench()
    bench.om.script("212", Busy(6, frees_after=30), Answers())
    bench.wake()
    assert bench.query().findtext("state") == "active"
    bench.clock.advance(31)
    assert bench.post.names == ["IDLE 212"]
    assert bench.query().findtext("state") == "ready"


def test_an_offline_phone_says_so_when_asked() -> None:
    bench = Bench()
    bench.om.script("212", Offline(3))
    assert bench.query().findtext("state") == "offline"


def test_a_phone_rings_for_ever_until_it_is_cleared() -> None:
    bench = Bench()
    bench.om.script("212", RINGS_FOR_EVER)
    bench.wake()
    bench.clock.advance(1000)
    assert bench.query().findtext("state") == "active"
    assert bench.clear().body == b""
    bench.clock.advance(1)
    assert bench.post.names == ["RING 212", "BUSY 212", "IDLE 212"]
    assert bench.om.rings[0].ended_by == "clear"


def test_a_phone_that_is_not_put_down_stays_in_the_call_until_it_is_cleared() -> None:
    bench = Bench()
    bench.om.script("212", Answers(5, None))
    bench.wake()
    bench.clock.advance(300)
    bench.clear()
    bench.clock.advance(0)
    assert bench.post.names[-3:] == ["BYE 212", "IDLE 212", "CDR"]


def test_scripts_are_used_up_one_per_call_and_the_last_one_stays() -> None:
    bench = Bench()
    bench.om.script("212", NoAnswer(5), Busy(), Answers(1, 5))
    for _ in range(4):
        bench.wake()
        bench.clock.advance(10)
    assert [ring.answered is not None for ring in bench.om.rings] == [False, True, True]


def test_a_silent_device_accepts_and_reports_nothing_though_the_phone_rings() -> None:
    bench = Bench()
    bench.om.script("212", Silent(rings=30, answers_after=10))
    assert bench.wake().body == b""
    bench.clock.advance(60)
    assert bench.post.names == []
    assert [(ring.reported, ring.answered is not None) for ring in bench.om.rings] == [(False, True)]


def test_a_silent_device_may_not_even_ring() -> None:
    bench = Bench()
    bench.om.script("212", Silent(rings=0))
    assert bench.wake().ended == "ConnectionDone"
    bench.clock.advance(60)
    assert bench.om.rings == []


def test_a_lost_reply_does_not_keep_the_phone_from_ringing() -> None:
    bench = Bench()
    bench.om.script("212", ReplyLost(Answers(5, 20)))
    reply = bench.wake()
    assert (reply.got, reply.ended) == (b"", "ConnectionDone")
    bench.clock.advance(30)
    assert bench.post.names[:3] == ["RING 212", "BUSY 212", "ANSWER 212"]
    assert bench.om.commands[-1].reply is None
    assert bench.om.commands[-1].executed


def test_a_dropped_command_leaves_the_phone_alone() -> None:
    bench = Bench()
    bench.om.script("212", Dropped())
    assert bench.wake().got == b""
    bench.clock.advance(30)
    assert bench.om.rings == []
    assert not bench.om.commands[-1].executed


def test_a_phone_without_status_subscription_rings_unreported() -> None:
    bench = Bench(api="0")
    bench.wake()
    bench.clock.advance(60)
    assert [name for name in bench.post.names if name != "CDR"] == []
    assert [ring.reported for ring in bench.om.rings] == [False]


def test_assigning_api_7_turns_the_reports_on() -> None:
    bench = Bench(api="0")
    bench.assign('<ext lineid="Phone 1"><api>7</api></ext>')
    bench.wake()
    bench.clock.advance(1)
    assert bench.post.names == ["RING 212", "BUSY 212"]


def test_a_second_ring_on_a_ringing_phone_is_refused_and_remembered() -> None:
    bench = Bench()
    bench.om.script("212", NoAnswer(30))
    bench.wake()
    bench.clock.advance(5)
    assert failure(bench.wake().body) == "6"
    assert [(one.phone, one.while_it) for one in bench.om.overlapping] == [("212", "rings")]


def test_a_connect_to_a_phone_in_a_call_is_failed_4() -> None:
    bench = Bench()
    bench.om.script("212", Answers(1, 100))
    bench.wake()
    bench.clock.advance(5)
    assert failure(bench.wake().body) == "4"
    assert [one.while_it for one in bench.om.overlapping] == ["talks"]


def test_a_guest_in_a_call_of_their_own_is_no_overlap() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "013012345678")
    bench.clock.advance(7)
    assert failure(bench.wake().body) == "4"
    assert bench.om.overlapping == []


def test_a_phone_off_the_hook_is_busy() -> None:
    bench = Bench()
    bench.om.guest_leaves_off_hook("212")
    assert bench.query().findtext("state") == "offhook"
    assert failure(bench.wake().body) == "6"


def test_more_wakeups_than_announcement_channels_are_failed_5() -> None:
    bench = Bench("212", "213", "214", max_announcements=2)
    assert [bench.wake(phone).body for phone in ("212", "213")] == [b"", b""]
    assert failure(bench.wake("214").body) == "5"
    bench.clock.advance(60)
    assert bench.wake("214").body == b""


def test_exhausted_channels_may_also_be_failed_1() -> None:
    bench = Bench(max_announcements=0)
    bench.om.faults.channels_code = 1
    assert failure(bench.wake().body) == "1"


def test_an_unknown_phone_does_not_exist() -> None:
    assert failure(Bench().wake("999").body) == "7"


def test_do_not_disturb_keeps_the_phone_quiet() -> None:
    bench = Bench()
    bench.assign('<ext lineid="Phone 1"><No_Disturb>on</No_Disturb></ext>')
    assert failure(bench.wake().body) == "6"
    assert bench.om.rings == []


def test_a_phone_that_is_away_hands_its_calls_on_where_it_is_set_so() -> None:
    bench = Bench()
    bench.menu()
    bench.om.unplug("212")
    assert b'code="3"' in bench.wake().body
    bench.om.phone("212").parameters["Off_Line_Num"] = "213"
    bench.wake()
    bench.clock.advance(1)
    assert [ring.phone for ring in bench.om.rings] == ["213"]


def test_an_ip_phone_set_to_answer_by_itself_does() -> None:
    bench = Bench()
    bench.menu()
    bench.om.add_phone("208", "IPPhone 50", autoAnswer="yes")
    bench.wake("208")
    bench.clock.advance(1)
    (ring,) = bench.om.rings
    assert ring.answered is not None and "ANSWER 208" in bench.post.names


def test_a_forwarded_phone_rings_elsewhere_and_says_divert() -> None:
    bench = Bench()
    fields = "<Fwd_Type>1</Fwd_Type><Fwd_Number>213</Fwd_Number>"
    bench.assign(f'<ext lineid="Phone 1">{fields}</ext>')
    bench.wake()
    bench.clock.advance(10)
    assert bench.post.names == ["DIVERT 212", "RING 213", "BUSY 213", "ANSWER 213"]
    assert bench.query("212").findtext("state") == "ready"


def test_forward_on_no_answer_moves_the_ring() -> None:
    bench = Bench()
    bench.om.script("212", NoAnswer(60))
    bench.om.phone("212").parameters |= {"Fwd_Type": "2", "Fwd_Number": "213"}
    bench.wake()
    bench.clock.advance(30)
    assert bench.post.names == [
        "RING 212",
        "BUSY 212",
        "IDLE 212",
        "DIVERT 212",
        "RING 213",
        "BUSY 213",
        "ANSWER 213",
    ]


def test_a_forked_phone_rings_too_and_the_first_to_lift_has_the_call() -> None:
    bench = Bench()
    bench.om.phone("212").parameters["fork"] = "213"
    bench.om.script("212", NoAnswer(60))
    bench.om.script("213", Answers(3, 10))
    bench.wake()
    bench.clock.advance(5)
    assert bench.post.names == ["RING 212", "BUSY 212", "RING 213", "BUSY 213", "IDLE 212", "ANSWER 213"]


def test_keys_stop_the_announcement_and_are_reported_as_the_menu_says() -> None:
    bench = Bench()
    bench.ask('<Control attribute="Assign"><menu id="1"><voicefile>w</voicefile><repeat>1</repeat>'
              "<infolength>5</infolength><exit>#</exit></menu></Control>")  # fmt: skip
    bench.om.script("212", Answers(5, 60, keys=((2.0, "1#"), (10.0, "12"))))
    bench.wake()
    bench.clock.advance(60)
    assert bench.post.names[3:] == ["DTMF 212", "DTMF 212"]
    infos = [tree(body).findtext("ext/info") for body in bench.post.bodies[3:]]
    assert infos == ["1#", "12T"]


def test_a_guest_who_lifts_answers_the_ring() -> None:
    bench = Bench()
    bench.om.script("212", RINGS_FOR_EVER)
    bench.wake()
    bench.clock.advance(3)
    bench.om.guest_lifts("212")
    bench.om.guest_hangs_up("212")
    bench.clock.advance(0)
    assert bench.post.names[2:] == ["ANSWER 212", "BYE 212", "IDLE 212", "CDR"]


def test_a_restart_loses_calls_menus_and_groups_and_says_bootup() -> None:
    bench = Bench()
    bench.menu()
    bench.assign('<group id="1"><ext>212</ext></group>')
    bench.wake()
    bench.clock.advance(7)
    bench.om.reboot(downtime=30)
    assert bench.wake("213").ended == "ConnectionRefusedError"
    bench.clock.advance(31)
    assert bench.post.names == ["RING 212", "BUSY 212", "ANSWER 212", "BOOTUP"]
    assert bench.om.rings[0].ended_by == "restart"
    assert bench.ask('<Control attribute="Query"><menu id="1"/></Control>').body == b""
    assert bench.ask('<Control attribute="Query"><group id="1"/></Control>').body == b""
    assert bench.query().findtext("state") == "ready"
    assert bench.query().findtext("api") == "7"


def test_after_a_restart_the_first_report_of_a_phone_may_be_idle() -> None:
    bench = Bench()
    bench.om.faults.idle_first = True
    bench.om.reboot(5)
    bench.clock.advance(6)
    assert bench.post.names == ["BOOTUP", "IDLE 212", "IDLE 213"]


def test_the_device_is_watched_in_plain_words() -> None:
    bench = Bench()
    bench.wake()
    bench.clock.advance(30)
    bench.om.reboot()
    assert bench.told == ["212 rings", "212 answers", "212 hangs up", "the device restarts"]


def test_an_ip_phone_says_when_it_comes_and_goes() -> None:
    bench = Bench()
    bench.om.add_phone("300", "IPPhone 50")
    bench.om.unplug("300")
    bench.om.plug("300")
    bench.clock.advance(0)
    assert bench.post.names == ["OFFLINE 300", "ONLINE 300"]
    assert b'RegisterIP="10.129.91.202"' in bench.post.bodies[1]


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("answer", Answers(5, 20)),
        ("answer 8", Answers(8, 20)),
        ("answer 5 40", Answers(5, 40)),
        ("held 3", Answers(3, None)),
        ("lift-and-drop", LIFT_AND_DROP),
        ("no-answer", NoAnswer(30)),
        ("rings-for-ever", RINGS_FOR_EVER),
        ("busy", Busy(6)),
        ("busy 4 30", Busy(4, 30)),
        ("offline", Offline(3)),
        ("offline 8", Offline(8)),
        ("not-exist", Fails(7)),
        ("no-circuit", Fails(5)),
        ("silent 0", Silent(0)),
        ("lost answer 5 20", ReplyLost(Answers(5, 20))),
        ("dropped", Dropped()),
    ],
)
def test_scripts_are_written_in_words(text: str, script: object) -> None:
    assert parse_script(text) == script


def test_several_scripts_are_parted_by_commas() -> None:
    assert parse_scripts("no-answer 20, busy, answer 5 20") == [NoAnswer(20), Busy(), Answers(5, 20)]


@pytest.mark.parametrize("text", ["", "sleeps", "answer 1 2 3", "busy x", "not-exist 7", "lost busy"])
def test_a_wrong_script_names_the_words_there_are(text: str) -> None:
    with pytest.raises(ValueError, match=r"words are|takes|only"):
        parse_script(text)


def test_trunks_come_with_the_lines_they_are_on() -> None:
    assert TrunkState("5", "Line 2").analogue
    assert not TrunkState("5", "IPLine 2").analogue
