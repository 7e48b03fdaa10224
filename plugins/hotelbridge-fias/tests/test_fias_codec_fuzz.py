"""The codec against everything that may come: any bytes, in any pieces, and names of any script."""

from __future__ import annotations

from random import Random

import pytest
from hotelbridge_fias.framing import LONGEST, Deframer, Framing, frame
from hotelbridge_fias.letters import encoded, usable
from hotelbridge_fias.records import (
    BadRecord,
    Record,
    Unsendable,
    moment,
    parse,
    parse_date,
    parse_time,
    render,
    room,
    rooms,
)
from hypothesis import given
from hypothesis import strategies as st

FRAMINGS = st.sampled_from(Framing)
ENCODINGS = st.sampled_from(["utf-8", "cp850", "cp1252", "latin-1", "ascii", "cp866", "gb18030", "shift_jis"])
# What matters to a framer, more often than chance has it.
STREAMS = st.lists(
    st.one_of(st.binary(max_size=30), st.sampled_from([b"\x02", b"\x03", b"\r\n", b"GI|RN1|", b"x" * 2500]))
).map(b"".join)
BODIES = st.lists(
    st.binary(min_size=1, max_size=60).map(lambda b: b.translate(None, b"\x02\x03\r\n") or b"x")
)
IDS = st.from_regex(r"[A-Z][A-Z0-9]", fullmatch=True)
FIELD_IDS = st.from_regex(r"[A-Z$+][A-Z0-9#+]", fullmatch=True)
WIRE_TEXT = st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="|"), max_size=15)
NAMES = {
    "chinese": "王芳",
    "right to left": "محمد بن سلمان",
    "a command": "$(reboot) `reboot`; rm -rf /",
    "markup": "<script>alert(1)</script>&amp;",
    "endless": "Ñandú" * 40,
    "apostrophe": 'O\'Brien \\ "Pat"',
    "bars and controls": "A|B\x02\x03\r\n\x1b[2J\x00C",
    "direction marks": "\u202eLi\u202c \u200bx",
    "emoji": "Zoë 👩‍👩‍👧",
    "lone surrogate": "a\ud800b",
    "nothing": "",
}


def cut(stream: bytes, seed: int) -> list[bytes]:
    random, pieces = Random(seed), []
    while stream:
        size = random.choice((1, 2, 3, 50, 1000, 5000))
        pieces.append(stream[:size])
        stream = stream[size:]
    return pieces


@given(STREAMS, FRAMINGS, st.integers(0, 1000))
def test_any_bytes_in_any_pieces_give_the_same_records(stream: bytes, framing: Framing, seed: int) -> None:
    whole, pieces = Deframer(framing), Deframer(framing)
    found = whole.feed(stream)
    assert [body for piece in cut(stream, seed) for body in pieces.feed(piece)] == found
    assert (whole.noise.skipped, whole.waiting) == (pieces.noise.skipped, pieces.waiting)


@given(STREAMS, FRAMINGS, st.integers(0, 1000))
def test_no_stream_costs_more_memory_than_one_record(stream: bytes, framing: Framing, seed: int) -> None:
    deframer = Deframer(framing)
    for piece in cut(stream, seed):
        assert all(0 < len(body) <= LONGEST for body in deframer.feed(piece))
        assert deframer.waiting <= LONGEST


@given(STREAMS, BODIES, FRAMINGS)
def test_after_any_noise_the_records_of_the_line_come_in(
    noise: bytes, bodies: list[bytes], framing: Framing
) -> None:
    deframer = Deframer(framing)
    deframer.feed(noise)
    # What the noise began is ended by the first frame, at the latest.
    deframer.feed(frame(b"LA|", framing))
    assert deframer.feed(b"".join(frame(body, framing) for body in bodies)) == bodies
    if framing is not Framing.STX_ETX_LRC:
        assert deframer.waiting == 0


@given(st.binary(max_size=300), ENCODINGS)
def test_any_bytes_are_a_record_or_named_nonsense(body: bytes, encoding: str) -> None:
    try:
        record = parse(body, encoding)
    except BadRecord as error:
        assert str(error).isprintable()
        return
    assert not any("|" in value or "\x1b" in value for _, value in record.fields)
    rooms(record), room(record), moment(record)


@given(IDS, st.lists(st.tuples(FIELD_IDS, WIRE_TEXT), max_size=10))
def test_what_is_written_is_read_again(id: str, fields: list[tuple[str, str]]) -> None:
    record = Record(id, tuple((name, value[:10]) for name, value in fields))
    assert parse(render(record)) == record


@given(IDS, st.lists(st.tuples(FIELD_IDS, st.text(max_size=300)), max_size=8), ENCODINGS)
def test_whatever_a_value_holds_its_record_is_whole(
    id: str, fields: list[tuple[str, str]], encoding: str
) -> None:
    record = Record(id, tuple(fields))
    try:
        body = render(record, encoding)
    except Unsendable:
        return
    assert not {*body} & {*range(0x20), 0x7F} and len(body) <= LONGEST
    for framing in Framing:
        assert Deframer(framing).feed(frame(body, framing)) == [body]
    assert [name for name, _ in parse(body, encoding).fields] == [name for name, _ in fields]


@pytest.mark.parametrize("encoding", ["utf-8", "cp850"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_guests_name_is_text_and_nothing_else(name: str, encoding: str) -> None:
    record = Record("GI", (("RN", "212"), ("GN", name), ("GS", "N")))
    body = render(record, encoding)
    assert body.count(b"|") == 4 and not {*body} & {*range(0x20)}
    read = parse(body, encoding)
    assert [id for id, _ in read.fields] == ["RN", "GN", "GS"]
    assert len(read.all("GN")[0]) == min(len(name), 200) or name is NAMES["bars and controls"]


@pytest.mark.parametrize(
    ("name", "cp850"),
    [
        ("chinese", "??"),
        ("right to left", "???? ?? ?????"),
        ("a command", NAMES["a command"]),
        ("markup", NAMES["markup"]),
        ("endless", NAMES["endless"]),
        ("apostrophe", NAMES["apostrophe"]),
        ("bars and controls", "AB[2JC"),
    ],
)
def test_a_name_comes_through_as_well_as_the_code_page_allows(name: str, cp850: str) -> None:
    sent = Record("GI", (("GN", NAMES[name]),))
    assert parse(render(sent, "cp850"), "cp850").first("GN") == cp850
    there = parse(render(sent)).first("GN")
    assert there == (cp850 if name == "bars and controls" else NAMES[name])


@given(st.text(max_size=20), ENCODINGS, st.none() | st.integers(0, 20))
def test_every_text_can_be_written_in_every_code_page(text: str, encoding: str, limit: int | None) -> None:
    written = encoded(text, encoding, limit)
    assert limit is None or len(written.decode(encoding, "replace")) <= limit


@given(st.text(max_size=10))
def test_no_text_is_too_strange_for_a_date_a_time_or_a_code_page(text: str) -> None:
    parse_date(text), parse_time(text), usable(text)
