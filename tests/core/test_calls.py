"""Call records read for what they are worth: who made the call, by what way, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.calls import CallKind, CallRecord, recognise, times
from hotelbridge.om.codec import decode_push
from hotelbridge.om.messages import Cdr

VIENNA = ZoneInfo("Europe/Vienna")
PHONES = {"200", "201", "212", "326", "770"}
GOLDEN = Path(__file__).parent.parent / "golden/om/cdr"


def record(
    type: str = "OU", route: str = "IP", cpn: str = "212", cdpn: str = "004912345", **more: object
) -> CallRecord:
    values: dict[str, object] = {
        "device": "om20", "id": "720261124063000-0", "trunk": "888", "start": "20261124062900",
        "end": "20261124063000", "seconds": 50,
    }  # fmt: skip
    return CallRecord(type=type, route=route, cpn=cpn, cdpn=cdpn, **{**values, **more})  # type: ignore[arg-type]


def golden(name: str) -> CallRecord:
    cdr = decode_push((GOLDEN / name).read_bytes())
    assert isinstance(cdr, Cdr)
    texts = (cdr.id, cdr.type, cdr.route, cdr.cpn, cdr.cdpn, cdr.trunk_number, cdr.time_start, cdr.time_end)
    return CallRecord("om20", *(text or "" for text in texts), cdr.duration or 0)


@pytest.mark.parametrize(
    ("name", "kind", "phone", "number"),
    [
        ("ou_xo_2020170309161117-0.xml", CallKind.OUT, "200", "18201008888"),
        ("ou_ip_2520170309162028-0.xml", CallKind.BY_THE_HOUSE, "", "18201008888"),
        ("fw_xo_5920821018163856-0.xml", CallKind.FORWARDED, "200", "13012345678"),
        ("cb_ip_420170328135454-0.xml", CallKind.BY_THE_HOUSE, "", "13012345678"),
        ("cb_ip_520170328135455-0.xml", CallKind.BY_THE_HOUSE, "", "02167103750"),
        ("fi_ic_5820821018163856-0.xml", CallKind.FREE, "", ""),
        ("in_ic_13620170308103713-0.xml", CallKind.FREE, "", ""),
        ("in_ic_2220170309161649-0.xml", CallKind.FREE, "", ""),
        ("in_ip_2820170309162713-0.xml", CallKind.FREE, "", ""),
        ("in_ip_2920170309162714-0.xml", CallKind.FREE, "", ""),
        ("in_xo_3120170309162952-0.xml", CallKind.FREE, "", ""),
        ("lo_ic_5720170309175055-0.xml", CallKind.FREE, "", ""),
        ("lo_ic_5820170309175319-0.xml", CallKind.FREE, "", ""),
    ],
)
def test_the_records_of_the_manual_are_what_they_should_be(
    name: str, kind: CallKind, phone: str, number: str
) -> None:
    seen = recognise(golden(name), PHONES)
    assert (seen.kind, seen.phone, seen.number) == (kind, phone, number)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        # As devices in the field wrote them.
        (record("OU", "IP", "326", "013800000011", trunk="500000001"), CallKind.OUT),
        (record("IN", "XO", "13800000022", "316", trunk="80000003"), CallKind.FREE),
        (record("OU", "OP", "13800000022", "316", trunk="13800000022"), CallKind.FREE),
        (record("OU", "OP", "212", "316"), CallKind.FREE),
        (record("OU", "IP", "770", "013800000055", trunk="500000002"), CallKind.OUT),
        (record("OU", "XO", "0555-20000001", "13800000033", trunk="207"), CallKind.BY_THE_HOUSE),
        (record("IN", "XO", "13800000033", "0555-20000001", trunk="207", seconds=0), CallKind.FREE),
        (record("LO", "IC", "", "212"), CallKind.FREE),
        (record("OU", "IC", "", "212"), CallKind.FREE),
        (record("OU", "", "212", "004912345"), CallKind.FREE),
        (record("ZZ", "XO", "212", "004912345"), CallKind.UNCLEAR),
        (record("ZZ", "IC", "212", "004912345"), CallKind.FREE),
        (record("ou", "xo", "212", "004912345"), CallKind.OUT),
    ],
)
def test_never_the_type_alone_makes_a_call_chargeable(seen: CallRecord, kind: CallKind) -> None:
    found = recognise(seen, PHONES)
    assert found.kind == kind and found.why


def test_records_are_told_apart_by_more_than_their_id() -> None:
    forwarded, incoming = record("FW"), record("FI")
    assert forwarded.id == incoming.id and forwarded.identity != incoming.identity


@pytest.mark.parametrize(
    ("id", "end", "counter"),
    [
        ("14420150824104517-0", "20150824104517", 144),
        ("5820821018163856-0", "20821018163856", 58),
        ("720261124063000-0", "20261124063001", None),
        ("garbage", "20261124063000", None),
        ("20261124063000-0", "20261124063000", None),
        ("", "", None),
    ],
)
def test_the_running_number_is_the_first_part_of_the_id(id: str, end: str, counter: int | None) -> None:
    assert record(id=id, end=end).counter == counter


# --- when it was ---


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_the_devices_time_counts_where_it_agrees_with_the_arrival() -> None:
    """C4: the start is that of dialling; the record comes at the end."""
    found = times(record(), VIENNA, at("2026-11-24T06:30:41+01:00"))
    assert (found.started, found.ended) == (at("2026-11-24T06:29+01:00"), at("2026-11-24T06:30+01:00"))
    assert found.off == timedelta(seconds=-41)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("20821124062900", "20821124063000"),  # a clock that was never set
        ("20261124052900", "20261124053000"),  # an hour off
        ("20261124063400", "20261124063500"),  # five minutes off
    ],
)
def test_a_device_whose_clock_is_wrong_tells_the_length_alone(start: str, end: str) -> None:
    """C4: start = arrival - (TimeEnd - TimeStart), as the arrival is the end of the call."""
    arrived = at("2026-11-24T06:30:00+01:00")
    found = times(record(start=start, end=end), VIENNA, arrived)
    assert (found.started, found.ended) == (arrived - timedelta(minutes=1), arrived)
    assert found.off is not None and abs(found.off) > timedelta(minutes=2)


@pytest.mark.parametrize(
    "text", ["", "soon", "20261324062900", "2026112406290", "２０２６１１２４０６２９００"]
)
def test_times_that_cannot_be_read_leave_the_arrival_and_what_was_talked(text: str) -> None:
    arrived = at("2026-11-24T06:30:00+01:00")
    found = times(record(start=text), VIENNA, arrived)
    assert (found.started, found.ended, found.off) == (arrived - timedelta(seconds=50), arrived, None)


@pytest.mark.parametrize(
    ("start", "end", "minutes", "arrived", "started"),
    [
        # The night on which 02:00 to 03:00 comes twice: first pass, second pass, and over the change.
        ("20261025021000", "20261025022000", 9, "2026-10-25T02:20:10+02:00", "2026-10-25T02:10:10+02:00"),
        ("20261025021000", "20261025022000", 9, "2026-10-25T02:20:10+01:00", "2026-10-25T02:10:10+01:00"),
        ("20261025025500", "20261025020500", 9, "2026-10-25T02:05:10+01:00", "2026-10-25T02:55:10+02:00"),
        ("20261025014000", "20261025030000", 139, "2026-10-25T03:00:05+01:00", "2026-10-25T01:40:00+02:00"),
        # The night on which 02:00 to 03:00 is missing.
        ("20270328015000", "20270328031000", 19, "2027-03-28T03:10:05+02:00", "2027-03-28T01:50:00+01:00"),
    ],
)
def test_a_call_in_the_night_of_a_change_is_as_long_as_it_was(
    start: str, end: str, minutes: int, arrived: str, started: str
) -> None:
    """C4: in the doubled hour the arrival tells which of the two it was."""
    seen = record(start=start, end=end, seconds=minutes * 60)
    assert times(seen, VIENNA, at(arrived)).started == at(started)


@pytest.mark.parametrize("start", ["19700101000510", "20261124055000", "20261124063100"])
def test_a_clock_that_was_set_during_a_call_makes_it_no_longer_than_was_talked(start: str) -> None:
    """C4: the end alone is right then, and the call is not that of a guest of another day."""
    arrived = at("2026-11-24T06:30:00+01:00")
    found = times(record(start=start), VIENNA, arrived)
    assert (found.started, found.off) == (arrived - timedelta(seconds=50), None)


STAMPS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.strftime("%Y%m%d%H%M%S"))


@given(STAMPS | st.text(max_size=14), STAMPS | st.text(max_size=14), st.integers(0, 100_000))
def test_whatever_a_record_says_a_call_begins_before_it_ends_and_lasts_as_long_as_was_talked(
    start: str, end: str, seconds: int
) -> None:
    arrived = at("2026-11-24T06:30:00+01:00")
    found = times(record(start=start, end=end, seconds=seconds), VIENNA, arrived)
    assert found.ended - found.started >= timedelta(seconds=seconds)
    assert abs(found.ended - arrived) <= timedelta(minutes=2)


@given(*[st.text(max_size=20)] * 6)
def test_no_record_is_too_strange(id: str, type: str, route: str, cpn: str, cdpn: str, end: str) -> None:
    strange = record(type, route, cpn, cdpn, id=id, end=end)
    recognise(strange, PHONES), strange.counter, strange.identity
