"""What stands on the wire: requests taken, replies and pushes given, and each fault made visible."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from hotelbridge.testing.fake_om_faults import CdrShape, CommandFault, EventFault, FailedBy
from hotelbridge.testing.fake_om_http import Push
from hotelbridge.testing.fake_om_scripts import Answers, Busy, NoAnswer

from .om_bench import Bench, request, tree

QUERY = b'<?xml version="1.0"?><Control attribute="Query"><ext id="212"/></Control>'


def test_a_reply_has_the_header_set_of_the_manual() -> None:
    head = Bench().call(request(QUERY)).got.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert head[0] == "HTTP/1.0 200 OK"
    assert head[1] == "Date: Tue, 24 Nov 2026 04:00:00 GMT"
    assert "Server:" in head
    assert "X-Frame-Options:DENY" in head
    assert "Connection: close" in head


@pytest.mark.parametrize(
    "head",
    [
        "POST /xml HTTP/1.0\r\nContent-Type:text/xml\r\nContent-Length:{}\r\n\r\n",
        "POST /xml HTTP/1.1\r\nHost: om\r\nContent-Length: {}\r\n\r\n",
        "POST /xml HTTP/1.0\nContent-Type:text/html\nContent-Length: {}\n\n",
    ],
)
def test_heads_of_every_client_are_taken(head: str) -> None:
    assert b"<state>ready</state>" in Bench().call(request(QUERY, head)).body


def test_a_command_may_come_in_single_bytes() -> None:
    whole = request(QUERY)
    assert b"<state>ready</state>" in Bench().call(*[whole[n : n + 1] for n in range(len(whole))]).body


def test_only_one_request_per_connection_is_served() -> None:
    bench = Bench()
    assert bench.call(request(QUERY), request(QUERY)).got.count(b"HTTP/1.0") == 1
    assert len(bench.om.commands) == 1


def test_a_post_without_length_is_a_bad_request() -> None:
    assert Bench().call(b"POST /xml HTTP/1.0\r\n\r\n" + QUERY).got.startswith(b"HTTP/1.0 400")


def test_another_path_is_not_found() -> None:
    assert Bench().call(b"GET /admin HTTP/1.0\r\n\r\n").got.startswith(b"HTTP/1.0 404")


@pytest.mark.parametrize(
    ("how", "start"),
    [("close", b""), ("forbidden", b"HTTP/1.0 403"), ("empty", b"HTTP/1.0 200"), ("failed", b"HTTP/1.0 200")],
)
def test_a_foreign_address_is_refused(how: str, start: bytes) -> None:
    bench = Bench(server_address="192.0.2.7", foreign=how)
    got = bench.call(request(QUERY), source="192.0.2.8").got
    assert got.startswith(start) and b"ready" not in got
    assert bench.om.commands == []
    assert b"ready" in bench.call(request(QUERY), source="192.0.2.7").got


def test_a_push_is_a_get_with_a_body_in_one_segment() -> None:
    bench = Bench(push=Push(path="/om20", host="192.0.2.31"))
    bench.om.change_configuration()
    bench.clock.advance(0)
    head = b"GET /om20 HTTP/1.0\nHost: 192.0.2.31\nCache-Control: no-cache\nContent-Length: 83\n\n"
    body = b'<?xml version="1.0" encoding="utf-8" ?>\n<Event attribute="CONFIG_CHANGE">\n</Event>\n'
    assert bench.post.connections[0].segments == [head + body]


def test_each_push_has_its_own_connection_from_the_devices_address() -> None:
    bench = Bench()
    bench.om.push_to(bench.post, source="192.0.2.20")
    bench.wake()
    bench.clock.advance(1)
    assert [one.peer for one in bench.post.connections] == ["192.0.2.20"] * 2


def test_the_method_is_post_when_the_device_is_set_so() -> None:
    bench = Bench()
    bench.call(b"GET /xml?method=gw.config.get&id1125=1&pass=admin HTTP/1.0\r\n\r\n")
    bench.om.change_configuration()
    bench.clock.advance(0)
    assert bench.post.requests[0].startswith(b"POST / ")


def test_the_device_may_wait_for_the_close_before_the_next_push() -> None:
    bench = Bench(push=Push(in_turn=True))
    bench.post.closes = False
    bench.wake()
    bench.clock.advance(10)
    assert bench.post.names == ["RING 212"]
    bench.post.connections[0].let_go()
    bench.clock.advance(0)
    assert bench.post.names == ["RING 212", "BUSY 212"]


def test_the_device_does_not_care_about_the_close_by_default() -> None:
    bench = Bench()
    bench.post.closes = False
    bench.wake()
    bench.clock.advance(10)
    assert bench.post.names == ["RING 212", "BUSY 212", "ANSWER 212"]


def test_the_device_may_close_at_once_itself() -> None:
    bench = Bench(push=Push(closes=True))
    bench.post.closes = False
    bench.om.change_configuration()
    bench.clock.advance(0)
    assert bench.post.connections[0].closed
    assert bench.post.names == ["CONFIG_CHANGE"]


def test_a_long_connection_carries_all_events() -> None:
    bench = Bench(push=Push(long_connection=True))
    bench.post.closes = False
    bench.wake()
    bench.clock.advance(30)
    assert len(bench.post.connections) == 1
    assert bench.post.requests[0].count(b"GET / HTTP/1.0\n") == 6
    assert bench.post.connections[0].segments[0].count(b"GET /") == 2


def test_a_long_connection_is_opened_again_when_it_was_closed() -> None:
    bench = Bench(push=Push(long_connection=True))
    bench.wake()
    bench.clock.advance(30)
    assert b"".join(bench.post.requests).count(b"GET /") == 6


def test_two_events_can_come_glued_on_one_connection() -> None:
    bench = Bench()
    bench.om.faults.next(EventFault.GLUED, "RING")
    bench.wake()
    bench.clock.advance(1)
    assert len(bench.post.connections) == 1
    assert bench.post.connections[0].segments[0].count(b"GET /") == 2


def test_what_nobody_takes_is_lost_and_never_sent_again() -> None:
    bench = Bench()
    bench.om.push_to(None)
    bench.wake()
    bench.clock.advance(7)
    bench.om.push_to(bench.post)
    bench.clock.advance(60)
    assert [parcel.name for parcel in bench.om.lost] == ["RING", "BUSY", "ANSWER"]
    assert bench.post.names == ["BYE 212", "IDLE 212", "CDR"]
    assert [pushed.name for pushed in bench.om.said][:3] == ["RING", "BUSY", "ANSWER"]


def test_a_cut_network_refuses_commands_and_loses_reports_but_calls_go_on() -> None:
    bench = Bench()
    bench.wake()
    bench.clock.advance(1)
    bench.om.cut()
    assert bench.call(request(QUERY)).ended == "ConnectionRefusedError"
    bench.clock.advance(10)
    bench.om.mend()
    assert b"active" in bench.call(request(QUERY)).body
    assert bench.post.names == ["RING 212", "BUSY 212"]


def test_a_dead_network_says_nothing_at_all() -> None:
    bench = Bench()
    bench.om.cut("dead")
    caller = bench.call(request(QUERY))
    bench.clock.advance(100)
    assert caller.ended == ""


def test_bytes_travel_as_long_as_the_latency_says() -> None:
    bench = Bench(latency=0.2)
    caller = bench.call(request(QUERY))
    bench.clock.advance(0.5)
    assert caller.got == b""
    bench.clock.advance(0.5)
    assert b"ready" in caller.got


# -- faults of commands ---------------------------------------------------------------------------


def faulty(fault: CommandFault, **more: Any) -> tuple[Bench, Any]:
    bench = Bench()
    bench.om.faults.next(fault, "Connect", **more)
    return bench, bench.wake()


def test_executed_and_dropped() -> None:
    bench, reply = faulty(CommandFault.DROP_EXECUTED)
    bench.clock.advance(1)
    assert (reply.got, reply.ended) == (b"", "ConnectionDone")
    assert bench.post.names == ["RING 212", "BUSY 212"]


def test_dropped_and_not_executed() -> None:
    bench, reply = faulty(CommandFault.DROP_UNEXECUTED)
    bench.clock.advance(1)
    assert (reply.got, reply.ended) == (b"", "ConnectionDone")
    assert bench.om.rings == []


def test_reset_after_a_whole_reply() -> None:
    bench, reply = faulty(CommandFault.RESET)
    bench.clock.advance(0.1)
    assert reply.got.endswith(b"Content-Length: 0\r\n\r\n")
    assert reply.ended == "ConnectionLost"


def test_half_a_reply() -> None:
    _, reply = faulty(CommandFault.CUT)
    assert reply.got.startswith(b"HTTP/1.0 200 OK")
    assert b"\r\n\r\n" not in reply.got


def test_a_reply_without_length() -> None:
    _, reply = faulty(CommandFault.NO_LENGTH)
    assert b"Content-Length" not in reply.got
    assert reply.ended == "ConnectionDone"


def test_a_reply_in_small_segments() -> None:
    bench = Bench()
    bench.om.faults.next(CommandFault.SEGMENTS, "Query")
    assert b"<state>ready</state>" in bench.call(request(QUERY)).body


def test_a_slow_reply_comes_after_the_answer_of_the_phone() -> None:
    bench, reply = faulty(CommandFault.SLOW, seconds=12)
    bench.clock.advance(10)
    assert "ANSWER 212" in bench.post.names
    assert reply.got == b""
    bench.clock.advance(5)
    assert reply.got.startswith(b"HTTP/1.0 200 OK")


def test_a_reply_that_never_comes() -> None:
    bench, reply = faulty(CommandFault.HANG)
    bench.clock.advance(100)
    assert (reply.got, reply.ended) == (b"", "")


def test_a_reply_that_is_no_xml() -> None:
    _, reply = faulty(CommandFault.GARBAGE)
    assert reply.body == b"<html><body>Busy\n"


def test_a_failed_on_demand() -> None:
    bench, reply = faulty(CommandFault.FAIL, code=5)
    assert b'<err code="5" reason="no circuit" />' in reply.body
    bench.clock.advance(5)
    assert bench.om.rings == []


def test_a_fault_for_one_time_is_over_then_and_one_for_ever_is_not() -> None:
    bench = Bench()
    bench.om.faults.next(CommandFault.DROP_UNEXECUTED, "Query")
    assert [bool(bench.call(request(QUERY)).got) for _ in range(2)] == [False, True]
    bench.om.faults.always(CommandFault.DROP_UNEXECUTED, phone="212")
    assert [bool(bench.call(request(QUERY)).got) for _ in range(2)] == [False, False]
    bench.om.faults.clear()
    assert bench.call(request(QUERY)).got


@pytest.mark.parametrize(
    ("how", "in_reply", "pushed"),
    [(FailedBy.REPLY, True, False), (FailedBy.PUSH, False, True), (FailedBy.BOTH, True, True)],
)
def test_a_failure_may_be_told_in_the_reply_or_pushed_or_both(
    how: FailedBy, in_reply: bool, pushed: bool
) -> None:
    bench = Bench()
    bench.om.faults.failed_by = how
    bench.om.script("212", Busy())
    assert (b"FAILED" in bench.wake().body) is in_reply
    bench.clock.advance(1)
    assert bench.post.names == (["FAILED 212"] if pushed else [])


# -- faults of pushes -----------------------------------------------------------------------------


def pushed_with(fault: EventFault, about: str = "RING", **more: Any) -> Bench:
    bench = Bench()
    bench.om.faults.next(fault, about, **more)
    bench.wake()
    bench.clock.advance(30)
    return bench


def test_a_lost_event() -> None:
    assert pushed_with(EventFault.LOSE).post.names[0] == "BUSY 212"


def test_a_duplicate_event() -> None:
    bench = pushed_with(EventFault.DUPLICATE)
    assert bench.post.names[:3] == ["RING 212", "RING 212", "BUSY 212"]
    assert bench.post.requests[0] == bench.post.requests[1]


def test_a_late_event() -> None:
    assert pushed_with(EventFault.LATE, "ANSWER", seconds=22).post.names[-2:] == ["CDR", "ANSWER 212"]


def test_an_event_in_small_segments() -> None:
    bench = pushed_with(EventFault.SEGMENTS)
    assert len(bench.post.connections[0].segments) > 10
    assert bench.post.names[0] == "RING 212"


def test_an_event_without_length() -> None:
    assert b"Content-Length" not in pushed_with(EventFault.NO_LENGTH).post.requests[0]


def test_an_event_name_with_a_blank() -> None:
    assert b'attribute="RING "' in pushed_with(EventFault.BLANK_NAME).post.bodies[0]


def test_a_second_root_element_with_the_signature() -> None:
    body = pushed_with(EventFault.AUTH).post.bodies[0]
    assert re.search(rb"</Event>\n<Auth>\n  <nonce>\w{8}</nonce>\n  <timestamp>\d+</timestamp>", body)


def test_no_declaration() -> None:
    assert pushed_with(EventFault.NO_DECLARATION).post.bodies[0].startswith(b'<Event attribute="RING">')


def test_comments_inside() -> None:
    assert b"<!-- seen from the line -->" in pushed_with(EventFault.COMMENTS).post.bodies[0]


def test_crlf_line_ends_with_the_right_length() -> None:
    request = pushed_with(EventFault.CRLF).post.requests[0]
    head, _, body = request.partition(b"\n\n")
    assert body.endswith(b"</Event>\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


def test_an_element_and_an_event_nobody_knows() -> None:
    assert b"<firmware " in pushed_with(EventFault.UNKNOWN_ELEMENT).post.bodies[0]
    assert pushed_with(EventFault.UNKNOWN_EVENT).post.names[:2] == ["QUEUE 200", "RING 212"]


def test_a_recording_in_bye_and_two_byes_as_of_old_firmware() -> None:
    bench = Bench()
    bench.om.faults.next(EventFault.RECORDING, "BYE")
    bench.om.faults.next(EventFault.TWICE_SHORTER, "BYE")
    bench.om.guest_dials("212", "013800000011", Answers(2, 5), trunk="02161204000")
    bench.clock.advance(30)
    byes = [body for body in bench.post.bodies if b'"BYE"' in body]
    assert len(byes) == 2
    assert b"<recording>20150824/326_" in byes[0]


def test_a_visitor_with_only_from() -> None:
    bench = Bench()
    bench.om.faults.always(EventFault.VISITOR_FROM_ONLY)
    bench.om.incoming("02161204000", "13800000022", "212")
    bench.clock.advance(1)
    assert b'<visitor from="13800000022" />' in bench.post.bodies[0]


def test_a_body_that_is_no_xml() -> None:
    with pytest.raises(etree.XMLSyntaxError):
        tree(pushed_with(EventFault.GARBAGE).post.bodies[0])


def test_the_record_before_bye_and_idle() -> None:
    bench = Bench()
    bench.om.faults.cdr_first = True
    bench.wake()
    bench.clock.advance(30)
    assert bench.post.names[-3:] == ["CDR", "BYE 212", "IDLE 212"]


def test_incoming_after_bye() -> None:
    bench = Bench()
    bench.om.faults.incoming_last = True
    trunk = bench.om.exchange.plant.trunks["02161204000"]
    trunk.control, trunk.operator = "27", "212"
    bench.om.incoming("02161204000", "+8613800000022")
    bench.clock.advance(60)
    names = "RING BUSY ALERT ANSWER ANSWERED BYE INCOMING IDLE CDR CDR"
    assert [name.split()[0] for name in bench.post.names] == names.split()
    assert b'from="+8613800000022"' in bench.post.bodies[0]


def record(shape: CdrShape, talk: float = 4) -> list[Any]:
    """The call records of an incoming call over the analogue trunk."""
    bench = Bench()
    bench.om.faults.cdr = shape
    script = Answers(4, talk) if talk else NoAnswer(8)
    bench.om.incoming("02161208234", "0555-20000001", "212", script)
    bench.clock.advance(60)
    return [tree(body) for body in bench.post.bodies if b"<Cdr" in body]


def test_records_with_everything_and_with_little() -> None:
    (full, other) = record(CdrShape(recording=True, codec=True, mac=True, unknown=True))
    assert [child.tag for child in full] == [
        "MAC", "callid", "visitor", "TimeStart", "Type", "Route", "CPN", "CDPN", "TimeEnd", "Duration",
        "TrunkNumber", "Recording", "RecCodec", "ServiceCode",
    ]  # fmt: skip
    assert re.fullmatch(
        r"20261124/0555-20000001_212_20261124_0400\d\d_8021_cd\.wav", full.findtext("Recording")
    )
    assert [other.findtext("Type"), other.findtext("Route"), other.findtext("TrunkNumber")] == [
        "LO",
        "IC",
        "",
    ]
    (little, _) = record(CdrShape(party=False))
    assert [little.find(tag) for tag in ("visitor", "Recording", "RecCodec", "MAC")] == [None] * 4


def test_a_missed_call_has_duration_0() -> None:
    (missed,) = record(CdrShape(), talk=0)
    assert (missed.findtext("Duration"), missed.findtext("CDPN")) == ("0", "02161208234")


def test_an_incoming_call_written_as_outgoing_by_the_operator() -> None:
    (_, odd) = record(CdrShape(inbound_as_ou_op=True))
    assert [odd.findtext(tag) for tag in ("Type", "Route", "CPN", "CDPN")] == [
        "OU",
        "OP",
        "0555-20000001",
        "212",
    ]


def test_a_clock_that_was_never_set_and_numbers_that_repeat() -> None:
    first, second = record(CdrShape(untouched_clock=True, number=58, callid=90))
    assert first.get("id") == second.get("id")
    assert first.get("id").startswith("582082")
    assert first.findtext("TimeStart").startswith("2082")
    assert first.findtext("callid") == second.findtext("callid") == "90"
