"""Framing: whatever arrives in whatever pieces, the whole records come out and nothing else."""

from __future__ import annotations

import pytest
from hotelbridge_fias.framing import ETX, LONGEST, STX, Deframer, Framing, Noise, frame, lrc

LS = b"LS|DA161117|TI102926|"
LA = b"LA|DA161117|TI103118|"


@pytest.mark.parametrize(
    ("body", "check"),
    [
        (b"12345", b"2"),
        (b"LS|DA161117|TI102926|", b"w"),
        (b"LS|DA161117|TI103020|", b"y"),
        (b"LD|DA161117|TI103116|V#1.0|IFWW|", b"?"),
        (b"LA|DA161117|TI103118|", b"a"),
        (b"LA|DA161117|TI103024|", b"o"),
        (b"LE|DA161117|TI102536|", b"l"),
        (b"LS|DA161117|TI102540|", b"{"),
    ],
)
def test_the_checksum_is_the_printed_one(body: bytes, check: bytes) -> None:
    assert bytes((lrc(body),)) == check


@pytest.mark.parametrize("framing", Framing)
def test_what_was_framed_comes_out_again(framing: Framing) -> None:
    deframer = Deframer(framing)
    assert deframer.feed(frame(LS, framing) + frame(LA, framing)) == [LS, LA]
    assert not deframer.noise and deframer.waiting == 0


@pytest.mark.parametrize("framing", Framing)
def test_a_record_may_come_byte_by_byte(framing: Framing) -> None:
    deframer = Deframer(framing)
    stream = frame(LS, framing) + frame(LA, framing)
    assert [body for byte in stream for body in deframer.feed(bytes((byte,)))] == [LS, LA]


def test_a_frame_is_stx_the_record_and_etx() -> None:
    assert frame(b"LA|") == b"\x02LA|\x03"
    assert frame(b"12345", Framing.STX_ETX_LRC) == b"\x0212345\x032"
    assert frame(b"LA|", Framing.CRLF) == b"LA|\r\n"


@pytest.mark.parametrize(
    ("stream", "lost"),
    [
        (b"\r\n", 0),  # many a peer ends its records so
        (b"|", 0),  # a sum that nobody asked for
        (b"GI|RN212|\x03", 1),  # without its STX
        (b"\x02GI|RN212|", 1),  # without its ETX
        (b"\x02" + b"x" * (LONGEST + 1) + b"\x03", 1),
    ],
)
def test_a_record_that_was_lost_on_the_line_is_counted_and_what_never_was_one_is_not(
    stream: bytes, lost: int
) -> None:
    deframer = Deframer()
    frames = frame(LS) + stream + frame(LA)
    assert [body for byte in frames for body in deframer.feed(bytes((byte,)))] == [LS, LA]
    assert deframer.noise.lost == lost


def test_noise_between_records_is_skipped_and_counted() -> None:
    deframer = Deframer()
    assert deframer.feed(b"\r\n\x00" + frame(LS) + b"w" + frame(LA) + b"\r\n") == [LS, LA]
    assert deframer.noise == Noise(skipped=6)


def test_a_record_that_the_next_one_cuts_off_is_dropped() -> None:
    deframer = Deframer()
    assert deframer.feed(b"\x02GI|RN2\x02GI|RN21" + frame(LS)) == [LS]
    assert deframer.noise == Noise(skipped=7 + 8, cut_off=2)


def test_an_endless_record_is_dropped_and_the_next_one_is_taken() -> None:
    deframer = Deframer()
    assert deframer.feed(b"\x02" + b"x" * (LONGEST + 1)) == []
    assert deframer.waiting == 0
    assert deframer.feed(b"xxx\x03" + frame(LS)) == [LS]
    assert deframer.noise == Noise(skipped=LONGEST + 6, too_long=1)


@pytest.mark.parametrize("framing", Framing)
def test_a_record_of_the_greatest_length_is_taken(framing: Framing) -> None:
    body = b"x" * LONGEST
    assert Deframer(framing).feed(frame(body, framing)) == [body]


def test_an_endless_line_is_dropped_and_the_next_one_is_taken() -> None:
    deframer = Deframer(Framing.CRLF)
    assert deframer.feed(b"x" * 5000) == []
    assert deframer.feed(b"xx\r\nLS|\r\n") == [b"LS|"]
    assert deframer.noise == Noise(skipped=5002, too_long=1)


def test_lines_may_end_in_either_way() -> None:
    assert Deframer(Framing.CRLF).feed(b"\nLS|\rLA|\nLE|\r\n\r\n") == [b"LS|", b"LA|", b"LE|"]


def test_a_record_is_not_held_back_until_its_checksum_comes() -> None:
    assert Deframer(Framing.STX_ETX_LRC).feed(b"\x02LA|\x03") == [b"LA|"]


@pytest.mark.parametrize(("body", "check"), [(b"BC", STX), (b"AA", ETX)])
def test_a_checksum_may_look_like_a_frame(body: bytes, check: int) -> None:
    assert lrc(body) == check
    deframer = Deframer(Framing.STX_ETX_LRC)
    assert deframer.feed(frame(body, Framing.STX_ETX_LRC) + frame(LS, Framing.STX_ETX_LRC)) == [body, LS]
    assert not deframer.noise


def test_behind_a_wrong_checksum_the_record_is_taken_and_counted() -> None:
    deframer = Deframer(Framing.STX_ETX_LRC)
    assert deframer.feed(frame(LS) + b"!" + frame(LA, Framing.STX_ETX_LRC)) == [LS, LA]
    assert deframer.noise == Noise(wrong_check=1)


def test_a_peer_that_sends_no_checksum_loses_no_record() -> None:
    deframer = Deframer(Framing.STX_ETX_LRC)
    assert deframer.feed(frame(LS) + frame(LA)) == [LS, LA]
    assert deframer.noise == Noise(wrong_check=1)  # the second is still waited for


def test_an_empty_frame_is_no_record() -> None:
    deframer = Deframer()
    assert deframer.feed(b"\x02\x03" + frame(LS)) == [LS]
    assert deframer.noise == Noise(skipped=2)
