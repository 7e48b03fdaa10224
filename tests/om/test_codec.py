"""The codec against the samples of the manual and against what real devices send beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hotelbridge.errors import Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.codec import config_path, decode_push, decode_reply, encode

GOLDEN = Path(__file__).parent.parent / "golden" / "om"
WAKE = om.Connect(om.Menu("1"), om.Ext("200"))
CALLED = om.Outer(to="13012345678")

COMMANDS: dict[str, om.Command] = {
    "control_assign_ext": om.AssignExt(
        "IPPhone 50",
        (
            ("id", "208"),
            ("staffid", "1304081"),
            ("mobile", "18603752800"),
            ("group", "1"),
            ("group", "2"),
            ("voicefile", "busy"),
            ("email", "admin@hotmail.com"),
            ("Call_Restriction", "3"),
            ("Call_Pickup", "no"),
            ("No_Disturb", "no"),
            ("Fwd_Type", "0"),
            ("Fwd_Number", "18603752801"),
            ("Fork", "18603752802"),
            ("WAKEUP", "06:30"),
            ("record", "on"),
            ("autoAnswer", "yes"),
            ("api", "7"),
        ),
    ),
    "control_assign_group": om.AssignGroup("1", "NewMorning", "sequential", ("200", "208")),
    "control_assign_menu": om.AssignMenu("1", "welcome", 3, 5, "#"),
    "control_assign_menu_2": om.AssignMenu("10", "input_id_card_no", 1, 20, "#"),
    "control_bargein_ext_ext": om.Bargein("200", "208"),
    "control_clear_ext": om.Clear(om.Ext("200")),
    "control_clear_outer": om.Clear(om.Outer("20")),
    "control_clear_visitor": om.Clear(om.Visitor("2")),
    "control_hold_ext": om.Hold("200"),
    "control_listen_ext": om.Listen("201"),
    "control_monitor_ext_ext": om.Monitor("200", "208"),
    "control_mute_ext": om.Mute("200"),
    "control_query_deviceinfo": om.QueryDevice(),
    "control_query_ext": om.QueryExt("208"),
    "control_query_group": om.QueryGroup("1"),
    "control_query_menu": om.QueryMenu("1"),
    "control_query_outer": om.QueryOuter("5"),
    "control_query_trunk": om.QueryTrunk("2174"),
    "control_query_visitor": om.QueryVisitor("1"),
    "control_talk_ext": om.Talk("201"),
    "control_unhold_ext": om.Unhold("200"),
    "control_unmute_ext": om.Unmute("200"),
    "notify_accept_visitor": om.Accept("1"),
    "transfer_conference_ext": om.Conference("200"),
    "transfer_connect_ext_ext": om.Connect(om.Ext("200"), om.Ext("201")),
    "transfer_connect_ext_outer_to": om.Connect(om.Ext("208"), CALLED),
    "transfer_connect_ext_outer_to_keys": om.Connect(om.Ext("208"), om.Outer(to="13012345678,,1")),
    "transfer_connect_ext_outer_to_prefix": om.Connect(om.Ext("208"), om.Outer(to="9,13012345678")),
    "transfer_connect_ext_trunk_outer_to": om.Connect(om.Ext("208"), CALLED, trunk="50017"),
    "transfer_connect_ext_voicefile": om.Connect(om.Ext("200"), voicefile="welcome"),
    "transfer_connect_menu_ext": WAKE,
    "transfer_connect_menu_outer_to": om.Connect(om.Menu("1"), CALLED),
    "transfer_connect_outer_ext": om.Connect(om.Outer("14"), om.Ext("200")),
    "transfer_connect_outer_menu": om.Connect(om.Outer("41"), om.Menu("1")),
    "transfer_connect_outer_outer_to": om.Connect(om.Outer("14"), CALLED),
    "transfer_connect_outer_to_outer_to": om.Connect(CALLED, om.Outer(to="02167103750")),
    "transfer_connect_outer_to_outer_to_display_display": om.Connect(
        replace(CALLED, display="50018"), om.Outer(to="02167103750", display="50019")
    ),
    "transfer_connect_outer_voicefile": om.Connect(om.Outer("22"), voicefile="welcome"),
    "transfer_connect_visitor_ext": om.Connect(om.Visitor("14"), om.Ext("200")),
    "transfer_connect_visitor_ext_voicefile": om.Connect(
        om.Visitor("14"), om.Ext("200"), voicefile="200+NewMorning"
    ),
    "transfer_connect_visitor_menu": om.Connect(om.Visitor("41"), om.Menu("1")),
    "transfer_connect_visitor_menu_voicefile": om.Connect(
        om.Visitor("41"), om.Menu("10"), voicefile="input_wrong+input_id_card_no"
    ),
    "transfer_connect_visitor_outer_to": om.Connect(om.Visitor("3"), CALLED),
    "transfer_connect_visitor_outer_to_display": om.Connect(
        om.Visitor("3"), replace(CALLED, display="18201008888")
    ),
    "transfer_connect_visitor_voicefile": om.Connect(om.Visitor("15"), voicefile="welcome"),
    "transfer_queue_visitor_ext": om.Queue("1", om.Ext("200")),
    "transfer_queue_visitor_group": om.Queue("1", om.Group("1")),
}


def files(kind: str) -> list[str]:
    return sorted(file.stem for file in (GOLDEN / kind).glob("*.xml"))


def golden(kind: str, name: str) -> bytes:
    return (GOLDEN / kind / f"{name}.xml").read_bytes()


def shape(document: bytes) -> object:
    """A document without its blanks and comments."""

    def of(x: etree._Element) -> object:
        return (x.tag, dict(x.attrib), (x.text or "").strip(), [of(c) for c in x if isinstance(c.tag, str)])

    return of(etree.fromstring(document))


def test_every_command_of_the_manual_is_in_the_table() -> None:
    assert set(files("commands")) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_written_as_the_manual_shows_it(name: str) -> None:
    assert shape(encode(COMMANDS[name])) == shape(golden("commands", name))


def test_what_people_type_is_escaped() -> None:
    body = encode(om.AssignMenu("1", 'a<b>&"c'))
    assert etree.fromstring(body).findtext(".//voicefile") == 'a<b>&"c'


def test_a_signature_stands_behind_the_root_and_sees_it() -> None:
    signed = encode(WAKE, lambda root: b"<Auth>" + str(len(root)).encode() + b"</Auth>")
    assert signed.rstrip().endswith(b"</Auth>")
    assert encode(WAKE) == signed[: signed.index(b"<Auth>")]


@pytest.mark.parametrize(
    "build",
    [
        lambda: om.Connect(om.Menu("1"), om.Menu("2")),
        lambda: om.Connect(om.Ext("1"), om.Visitor("2")),
        lambda: om.Connect(om.Ext("1")),
        lambda: om.Connect(om.Ext("1"), om.Outer("7")),
        lambda: om.Connect(om.Visitor(from_="1"), om.Ext("1")),
        lambda: om.Connect(om.Outer(to="1"), om.Ext("1")),
        lambda: om.Connect(om.Menu("1"), om.Ext("1"), trunk="5"),
        lambda: om.Connect(om.Menu("1"), om.Ext("1"), voicefile="x"),
        lambda: om.Clear(om.Outer(to="123")),
        lambda: om.AssignExt("Phone 1", (("no_disturb", "on"),)),
        lambda: om.AssignExt("Phone 1", (("api", "7"), ("api", "0"))),
    ],
)
def test_what_the_manual_does_not_know_cannot_be_built(build: object) -> None:
    with pytest.raises(ValueError):
        build()  # type: ignore[operator]


@pytest.mark.parametrize("name", files("events"))
def test_every_event_of_the_manual_has_its_type_and_its_parts(name: str) -> None:
    event = decode_push(golden("events", name))
    tree = etree.fromstring(golden("events", name))
    assert isinstance(event, om.Event) and not isinstance(event, om.UnknownEvent)
    assert type(event) is om.EVENTS[(tree.get("attribute") or "").strip().upper()]
    assert event.exts == tuple((x.get("id") or "").strip() for x in tree.findall("ext"))
    assert (event.menu is None) == (tree.find(".//menu") is None)
    for kind, party in (("visitor", event.visitor), ("outer", event.outer)):
        found = tree.find(f".//{kind}")
        assert (party is None) == (found is None)
        if party is not None and found is not None:
            assert (party.id, party.from_, party.to) == (found.get("id"), found.get("from"), found.get("to"))
    assert event.extra == {} or name.endswith("group")


def test_every_kind_of_event_has_a_sample() -> None:
    seen = {type(decode_push(golden("events", name))) for name in files("events")}
    assert seen == set(om.EVENTS.values())


@pytest.mark.parametrize(
    ("name", "info"), [("dtmf_visitor", "12345"), ("dtmf_visitor_2", "200#"), ("dtmf_ext_info_outer", "5")]
)
def test_keys_are_found_inside_a_party_and_beside_it(name: str, info: str) -> None:
    event = decode_push(golden("events", name))
    assert isinstance(event, om.Dtmf) and event.info == info


def test_a_failure_has_its_code() -> None:
    event = decode_push(golden("events", "failed_ext_ext_err_4"))
    assert isinstance(event, om.Failed)
    assert (event.code, event.reason, event.exts) == (4, "other call", ("200", "208"))


def test_an_address_comes_with_online() -> None:
    event = decode_push(golden("events", "online_ext"))
    assert isinstance(event, om.Online) and event.register_ip == "10.129.91.202"


@pytest.mark.parametrize("name", files("cdr"))
def test_every_call_record_of_the_manual_is_read_whole(name: str) -> None:
    cdr = decode_push(golden("cdr", name))
    tree = etree.fromstring(golden("cdr", name))
    assert isinstance(cdr, om.Cdr)
    text = {x.tag: (x.text or "").strip() or None for x in tree}
    assert (cdr.id, cdr.type, cdr.route) == (tree.get("id"), text["Type"], text["Route"])
    assert (cdr.cpn, cdr.cdpn, cdr.trunk_number) == (text["CPN"], text["CDPN"], text["TrunkNumber"])
    assert cdr.duration == int(text["Duration"] or "0")
    assert (cdr.time_start, cdr.time_end, cdr.callid) == (text["TimeStart"], text["TimeEnd"], text["callid"])
    assert (cdr.mac, cdr.recording) == (text.get("MAC"), text.get("Recording"))
    assert cdr.extra == {}


def test_all_six_types_of_call_record_have_a_sample() -> None:
    types = {getattr(decode_push(golden("cdr", name)), "type") for name in files("cdr")}  # noqa: B009
    assert types == {"IN", "OU", "LO", "FI", "FW", "CB"}


def test_the_device_tells_its_lines_and_groups() -> None:
    info = decode_reply(
        om.QueryDevice(), golden("replies", "deviceinfo_manufacturer_model_version_mac_devices_2")
    )
    assert isinstance(info, om.DeviceInfo)
    assert info.model == "Rev 6.0.0 OM20-2S/2"
    assert om.ExtLine("Phone 1", "200") in info.exts
    assert info.groups == (("1", ("200",)),)


def test_an_extension_tells_its_parameters_and_its_call() -> None:
    status = decode_reply(om.QueryExt("208"), golden("replies", "status_ext_lineid_group_group"))
    assert isinstance(status, om.ExtStatus)
    assert (status.lineid, status.state, status.groups) == ("Phone 1", "active", ("1", "2"))
    assert status.values["api"] == "7" and status.values["Fork"] == "18603752802"
    assert [outer.to for outer in status.outers] == ["13012345678"]


def test_a_trunk_a_group_a_menu_and_the_calls_are_read() -> None:
    trunk = decode_reply(om.QueryTrunk("2174"), golden("replies", "status_trunk_lineid_state_visitor"))
    group = decode_reply(om.QueryGroup("1"), golden("replies", "status_group_voicefile_ext_ext"))
    menu = decode_reply(om.QueryMenu("1"), golden("replies", "status_menu_voicefile_repeat_infolength"))
    visitor = decode_reply(om.QueryVisitor("1"), golden("replies", "status_visitor_ext_state"))
    outer = decode_reply(om.QueryOuter("5"), golden("replies", "status_outer_outer"))
    assert isinstance(trunk, om.TrunkStatus) and trunk.visitors[0].from_ == "202"
    assert isinstance(group, om.GroupStatus) and group.exts == ("200", "208")
    assert isinstance(menu, om.MenuStatus) and (menu.voicefile, menu.repeat) == ("welcome", 3)
    assert isinstance(visitor, om.CallsStatus) and visitor.calls[0].exts == ("200",)
    assert isinstance(outer, om.CallsStatus) and outer.calls[0].party.to == "13012345678"


@pytest.mark.parametrize("name", [n for n in files("events") if n.startswith(("transient", "failed"))])
def test_events_that_answer_a_command_are_read_as_replies(name: str) -> None:
    assert isinstance(decode_reply(WAKE, golden("events", name)), om.Transient | om.Failed)


@pytest.mark.parametrize("body", [b"", b"  \r\n"])
def test_no_body_is_an_answer(body: bytes) -> None:
    assert decode_reply(WAKE, body) == om.Empty()


def test_a_system_parameter_is_asked_by_its_number_and_its_password_is_in_no_log() -> None:
    ask = om.ConfigGet(om.PARAMETERS["API_MAC"], line_id=3, password="adm&in")
    assert config_path(ask) == "/xml?method=gw.config.get&line_id=3&id=349&pass=adm%26in"
    assert "adm" not in repr(ask)
    known = decode_reply(ask, b'<rsp stat="ok"><item id="349" value="yes"/></rsp>')
    unknown = decode_reply(ask, b'<rsp stat="ok"><item id="349" value="not defined"/></rsp>')
    assert known == om.ParameterValue("349", "yes")
    assert unknown == om.ParameterValue("349", None)


# --- what real devices send beside the manual ---


def test_a_signed_event_keeps_its_signature() -> None:
    event = decode_push(golden("odd", "idle_signed"))
    assert isinstance(event, om.Idle) and event.exts == ("230",)
    assert event.auth is not None and event.auth["nonce"] == "0A1B2C3D"


def test_blanks_in_names_comments_and_a_late_declaration_do_not_matter() -> None:
    assert type(decode_push(golden("odd", "ring_blank_no_declaration"))) is om.Ring
    answer = decode_push(golden("odd", "answer_blank_before_declaration"))
    assert isinstance(answer, om.Answer) and (answer.ext, answer.menu) == ("212", "1")


def test_an_event_that_nobody_knows_is_kept_by_its_name() -> None:
    event = decode_push(golden("odd", "queue_unknown_event"))
    assert isinstance(event, om.UnknownEvent)
    assert (event.name, event.extra) == ("QUEUE", {"group": "1", "news": "1"})


def test_old_firmware_is_read_too() -> None:
    bye = decode_push(golden("odd", "bye_recording"))
    ring = decode_push(golden("odd", "ring_visitor_from_only"))
    trap = decode_push(golden("odd", "cdr_inbound_as_ou_op"))
    assert isinstance(bye, om.Bye) and bye.recording is not None
    assert isinstance(ring, om.Ring) and ring.visitor == om.Visitor(from_="13800000022")
    assert isinstance(trap, om.Cdr) and (trap.type, trap.route, trap.cpn) == ("OU", "OP", "13800000022")


def test_the_manuals_own_broken_sample_is_mended_and_names_are_spelled_one_way() -> None:
    status = decode_reply(om.QueryExt("208"), golden("odd", "reply_assign_ext_loose_end_tag"))
    assert isinstance(status, om.ExtStatus)
    assert status.values["No_Disturb"] == "off"
    assert status.values["autoAnswer"] == "yes"
    assert status.values["Fork"] == "18603752802"


@pytest.mark.parametrize("kind", ["replies", "odd"])
def test_half_an_answer_is_never_an_answer(kind: str) -> None:
    for name in files(kind):
        whole = golden(kind, name).rstrip()
        for cut in range(1, len(whole)):
            if whole[:cut].strip() and not whole[:cut].rstrip().endswith((b"</Event>", b"</Auth>")):
                with pytest.raises(Nonsense):
                    decode_push(whole[:cut])


BOMB = (
    b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<Event attribute="RING"><ext id="&b;"/></Event>'
)


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Event attribute="RING"/>',
        b"<Event attribute='RING'>" + b"x" * 2_000_000 + b"</Event>",
        b"<html><body>404</body></html>",
        b"\xff\xfe\x00",
        b"not xml",
    ],
)
def test_what_is_no_message_is_nonsense(body: bytes) -> None:
    with pytest.raises(Nonsense):
        decode_push(body)


SAMPLES = [golden(kind, name) for kind in ("events", "cdr", "replies", "odd") for name in files(kind)]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_nonsense(body: bytes) -> None:
    for read in (decode_push, lambda b: decode_reply(WAKE, b)):
        try:
            read(body)
        except Nonsense:
            pass


@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=4)), max_size=4))
def test_a_sample_with_random_damage_is_read_or_nonsense(
    sample: bytes, damage: list[tuple[int, bytes]]
) -> None:
    body = bytearray(sample)
    for at, piece in damage:
        body[at : at + len(piece)] = piece
    for read in (decode_push, lambda b: decode_reply(WAKE, b)):
        try:
            read(bytes(body))
        except Nonsense:
            pass
