"""Calls that guests and strangers make, and the commands that are not wake-ups."""

from __future__ import annotations

import pytest

from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer

from .om_bench import Bench, tree


def names(bench: Bench) -> list[str]:
    return [name.split()[0] for name in bench.post.names]


def fields(bench: Bench, *wanted: str) -> list[list[str | None]]:
    """These elements of every call record."""
    records = [tree(body) for body in bench.post.bodies if b"<Cdr" in body]
    return [[record.findtext(one) for one in wanted] for record in records]


def test_a_guest_calls_outside_over_an_ip_trunk() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "13012345678", Answers(5, 12), trunk="02161204000")
    bench.clock.advance(30)
    assert names(bench) == ["BUSY", "ALERT", "ANSWERED", "BYE", "IDLE", "CDR"]
    assert fields(bench, "Type", "Route", "CPN", "CDPN", "Duration", "TrunkNumber") == [
        ["OU", "IP", "212", "13012345678", "12", "02161204000"]
    ]


def test_over_an_analogue_trunk_the_numbers_follow_in_a_transient() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "13012345678", Answers(5, 12))
    bench.clock.advance(30)
    assert names(bench) == ["BUSY", "TRANSIENT", "ALERT", "ANSWERED", "BYE", "IDLE", "CDR"]
    assert b'<outer to="13012345678" />' in bench.post.bodies[2]


def test_a_call_outside_that_nobody_answers_has_duration_0() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "13012345678", NoAnswer(20))
    bench.clock.advance(30)
    assert fields(bench, "Type", "Duration") == [["OU", "0"]]


def test_a_barred_phone_reaches_nobody_outside() -> None:
    bench = Bench()
    bench.assign('<ext lineid="Phone 1"><Call_Restriction>0</Call_Restriction></ext>')
    bench.om.guest_dials("212", "13012345678")
    bench.clock.advance(30)
    assert names(bench) == ["BUSY", "FAILED", "IDLE"]
    assert b'code="2" reason="restricted"' in bench.post.bodies[1]


def test_a_guest_calls_another_room() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "213", Answers(5, 13))
    bench.clock.advance(30)
    assert bench.post.names == ["BUSY 212", "RING 213", "BUSY 213", "ALERT 212", "ANSWER 213", "ANSWERED 212",
                                "BYE 212", "IDLE 212", "IDLE 213", "CDR", "CDR"]  # fmt: skip
    assert fields(bench, "Type", "Route", "CPN", "CDPN", "Duration") == [
        ["LO", "IC", "212", "213", "13"],
        ["IN", "IC", "212", "213", "13"],
    ]


def test_only_an_analogue_phone_is_busy_when_it_is_lifted() -> None:
    bench = Bench()
    bench.om.add_phone("300", "IPPhone 50")
    for phone in ("212", "300"):
        bench.om.guest_lifts(phone)
        bench.om.guest_hangs_up(phone)
    bench.clock.advance(0)
    assert bench.post.names == ["BUSY 212", "IDLE 212"]


def test_an_incoming_call_rings_the_phone_it_is_for() -> None:
    bench = Bench()
    bench.om.incoming("02161204000", "13012345678", "212", Answers(3, 2))
    bench.clock.advance(30)
    assert names(bench) == ["RING", "BUSY", "ALERT", "ANSWER", "ANSWERED", "BYE", "IDLE", "CDR", "CDR"]
    assert fields(bench, "Type", "Route", "CDPN", "Duration") == [
        ["IN", "IP", "212", "2"],
        ["IN", "IP", "02161204000", "5"],
    ]


def test_an_incoming_call_waits_for_accept_when_the_trunk_is_set_so() -> None:
    bench = Bench()
    trunk = bench.om.exchange.plant.trunks["02161204000"]
    trunk.control, trunk.operator = "37", "213"
    visitor = bench.om.incoming("02161204000", "13012345678")
    bench.clock.advance(1)
    assert names(bench) == ["INVITE"]
    assert bench.ask(f'<Notify attribute="Accept"><visitor id="{visitor}"/></Notify>').body == b""
    assert names(bench) == ["INVITE", "INCOMING"]
    bench.clock.advance(6)
    assert bench.post.names[2] == "RING 213"


def test_an_incoming_call_is_let_in_when_nobody_decides() -> None:
    bench = Bench()
    bench.om.exchange.plant.trunks["02161204000"].control = "37"
    bench.om.incoming("02161204000", "13012345678")
    bench.clock.advance(4)
    assert names(bench) == ["INVITE"]
    bench.clock.advance(2)
    assert names(bench) == ["INVITE", "INCOMING"]


def visitor_at_the_door(bench: Bench) -> str:
    bench.om.exchange.plant.trunks["02161204000"].control = "27"
    visitor = bench.om.incoming("02161204000", "13012345678")
    bench.clock.advance(1)
    return visitor


def test_a_visitor_is_put_through_to_a_menu_and_then_to_a_phone() -> None:
    bench = Bench()
    bench.menu(repeat=1)
    visitor = visitor_at_the_door(bench)
    reply = bench.connect(f'<visitor id="{visitor}"/><menu id="1"/>')
    assert [child.tag for child in tree(reply)] == ["visitor", "menu"]
    bench.clock.advance(10)
    assert names(bench) == ["INCOMING", "EndOfAnn"]
    inside = bench.ask('<Control attribute="Query"><menu id="1"/></Control>').body
    assert f'<visitor id="{visitor}" from="13012345678" to="02161204000" />'.encode() in inside
    bench.connect(f'<visitor id="{visitor}"/><ext id="212"/>')
    bench.clock.advance(30)
    assert names(bench)[2:6] == ["RING", "BUSY", "ALERT", "ANSWER"]


def test_a_visitor_waits_in_the_queue_of_a_busy_phone() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "013", Answers(1, 20))
    visitor = visitor_at_the_door(bench)
    reply = bench.ask(f'<Transfer attribute="Queue"><visitor id="{visitor}"/><ext id="212"/></Transfer>').body
    assert tree(reply).findtext("state") == "wait"
    bench.clock.advance(30)
    assert "RING 212" in bench.post.names


def test_a_visitor_in_a_group_queue_gets_the_free_member() -> None:
    bench = Bench()
    bench.assign('<group id="1"><ext>212</ext><ext>213</ext></group>')
    bench.om.guest_dials("212", "013", Answers(1, 300))
    visitor = visitor_at_the_door(bench)
    reply = bench.ask(f'<Transfer attribute="Queue"><visitor id="{visitor}"/><group id="1"/></Transfer>').body
    assert tree(reply).find("state") is None
    bench.clock.advance(2)
    assert "RING 213" in bench.post.names


def test_an_extension_calls_an_extension_by_command() -> None:
    bench = Bench()
    bench.om.script("212", Answers(2, 30))
    bench.om.script("213", Answers(4, 10))
    assert bench.connect('<ext id="212"/><ext id="213"/>') == b""
    bench.clock.advance(30)
    assert bench.post.names[:3] == ["RING 213", "BUSY 213", "ALERT 212"]
    assert fields(bench, "Type", "Duration") == [["LO", "10"], ["IN", "10"]]


def test_with_api_calling_the_caller_rings_first() -> None:
    bench = Bench(parameters={"978": "yes"})
    bench.connect('<ext id="212"/><ext id="213"/>')
    bench.clock.advance(20)
    rings = [name for name in bench.post.names if name.startswith("RING")]
    assert rings == ["RING 212", "RING 213"]


def test_a_two_way_call_makes_two_records() -> None:
    bench = Bench()
    reply = bench.connect('<outer to="13012345678"/><outer to="02167103750"/>')
    outer = tree(reply).find("outer").get("id")
    bench.clock.advance(20)
    bench.ask(f'<Control attribute="Clear"><outer id="{outer}"/></Control>')
    bench.clock.advance(0)
    assert [name for name in names(bench) if name == "BYE"] == ["BYE", "BYE"]
    assert fields(bench, "Type", "CPN") == [["CB", "13012345678"], ["CB", ""]]


def test_outside_transfers_can_be_forbidden() -> None:
    bench = Bench(parameters={"1070": "0"})
    reply = bench.connect('<menu id="1"/><outer to="13012345678"/>')
    assert b'code="2"' in reply


def test_a_menu_calls_outside_and_the_record_has_no_caller() -> None:
    bench = Bench()
    bench.menu(repeat=1)
    bench.connect('<menu id="1"/><trunk id="02161204000"/><outer to="13012345678"/>')
    bench.clock.advance(20)
    assert names(bench) == ["ALERT", "ANSWERED", "EndOfAnn"]
    outer = tree(bench.post.bodies[0]).find("outer").get("id")
    bench.ask(f'<Control attribute="Clear"><outer id="{outer}"/></Control>')
    assert fields(bench, "Type", "CPN") == [["OU", ""]]


@pytest.mark.parametrize("verb", ["Hold", "Mute", "Talk", "Conference"])
def test_what_needs_a_call_is_refused_without_one(verb: str) -> None:
    assert b'code="1"' in Bench().ask(f'<Control attribute="{verb}"><ext id="212"/></Control>').body


def test_hold_and_unhold_during_a_call() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "013", Answers(1, 300))
    bench.clock.advance(5)
    for verb in ("Hold", "Unhold", "Mute", "Unmute"):
        assert bench.ask(f'<Control attribute="{verb}"><ext id="212"/></Control>').body == b""


def test_a_monitor_rings_whoever_wants_to_listen() -> None:
    bench = Bench("200", "212")
    bench.om.guest_dials("212", "013", Answers(1, 300))
    bench.clock.advance(5)
    assert bench.ask('<Control attribute="Monitor"><ext id="200"/><ext id="212"/></Control>').body == b""
    bench.clock.advance(2)
    assert "RING 200" in bench.post.names
    bench.clock.advance(10)
    assert bench.ask('<Control attribute="Talk"><ext id="200"/></Control>').body == b""


def test_queries_of_what_is_not_there_are_empty() -> None:
    bench = Bench()
    for asked in (
        '<ext id="999"/>',
        '<trunk id="9"/>',
        '<visitor id="9"/>',
        '<outer id="9"/>',
        '<menu id="9"/>',
    ):
        reply = bench.ask(f'<Control attribute="Query">{asked}</Control>')
        assert reply.got.startswith(b"HTTP/1.0 200 OK")
        assert reply.body == b""


def test_a_phone_in_a_call_shows_its_peer() -> None:
    bench = Bench()
    bench.om.guest_dials("212", "013012345678", Answers(1, 300))
    bench.clock.advance(5)
    found = bench.query()
    assert found.findtext("state") == "active"
    assert found.find("outer").get("to") == "013012345678"
    assert found.findtext("outer/state") == "talk"


def test_default_values_are_left_out_of_an_answer() -> None:
    bench = Bench()
    fields = "<No_Disturb>no</No_Disturb><Fwd_Type>0</Fwd_Type><WAKEUP>06:30</WAKEUP><staffid>7</staffid>"
    reply = bench.assign(f'<ext lineid="Phone 1">{fields}</ext>')
    shown = [child.tag for child in tree(reply).find("ext")]
    assert shown == ["id", "staffid", "Call_Restriction", "WAKEUP", "api"]
    assert [child.tag for child in bench.query()] == ["lineid", "staffid", "Call_Restriction", "api", "state"]


def test_a_menu_without_calls_has_an_empty_waiting_list() -> None:
    reply = Bench().assign('<menu id="1"><voicefile>w</voicefile></menu>')
    assert b"<!-- Empty Waiting List -->" in reply
    assert b"repeat" not in reply


def test_members_stay_in_a_group_until_it_is_emptied() -> None:
    bench = Bench()
    for members in ("<ext>212</ext>", "<ext>213</ext>"):
        reply = bench.assign(f'<group id="1">{members}</group>')
    assert [one.get("id") for one in tree(reply).iter("ext")] == ["212", "213"]
    reply = bench.assign('<group id="1"/>')
    assert [one.get("id") for one in tree(reply).iter("ext")] == []


def test_a_phone_may_be_given_another_number() -> None:
    bench = Bench()
    bench.assign('<ext lineid="Phone 1"><id>001</id></ext>')
    assert bench.query("001").findtext("lineid") == "Phone 1"


def test_parameters_are_read_and_written_by_url() -> None:
    bench = Bench()

    def get(query: str) -> bytes:
        return bench.call(f"GET /xml?method=gw.config.get&{query} HTTP/1.0\r\n\r\n".encode()).body

    assert b'<item id="349" value="no" />' in get("id=349&pass=admin")
    assert b'stat="restart"' in get("id349=yes&pass=admin")
    assert b"<mac>" in bench.ask('<Control attribute="Query"><DeviceInfo/></Control>').body
    assert b'value="not defined"' in get("id=9&pass=admin")
    assert b'stat="fail"' in get("id=349&pass=guess")
    assert b'<item id="1089" value="" />' in get("id=1089&pass=admin")


def test_parameters_of_a_line_are_what_its_phone_or_trunk_holds() -> None:
    bench = Bench(api="7")
    bench.om.add_phone("208", "IPPhone 50", autoAnswer="yes")
    bench.om._plant.trunks["02161204000"].control = "17"

    def get(query: str) -> bytes:
        return bench.call(f"GET /xml?method=gw.config.get&{query}&pass=admin HTTP/1.0\r\n\r\n".encode()).body

    assert b'value="7"' in get("line_id=1&id=599")
    assert b'value="17"' in get("line_id=21&id=599")
    assert b'value="on"' in get("line_id=50&id=986")
    assert b'value="not defined"' in get("line_id=1&id=986")  # an analogue phone cannot
    assert b'value="not defined"' in get("line_id=99&id=599")


def test_a_signed_command_and_one_that_is_no_xml() -> None:
    bench = Bench()
    signed = '<Control attribute="Query"><ext id="212"/></Control>\n<Auth>\n<nonce>0</nonce>\n</Auth>\n'
    assert b"ready" in bench.ask(signed).body
    assert bench.ask(b"<Control").body == b""
    assert [seen.words for seen in bench.om.commands] == ["Query ext 212", ""]
