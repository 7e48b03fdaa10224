"""Nothing of a person is left in a masked message, and everything that helps to find a fault is."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from lxml import etree

from hotelbridge.om.codec import decode_push
from hotelbridge.om.masking import Masker, number, shape, unreadable

GOLDEN = Path(__file__).parent.parent / "golden" / "om"
ALL = sorted(GOLDEN.rglob("*.xml"))
EXTENSIONS = ("200", "201", "208", "212")
SECRETS = ("4369912345678", "+43 699 123 45 678", "0699-1234567", "Zwetschkenbaum", "Žofie", "192.168.77.31",
           "zwetsch@baum.at", "00:0E:A9:44:66:BD", "&#52;&#51;&#54;&#57;&#57;&#49;&#50;&#51;")  # fmt: skip
TIMES = ("TimeStart", "TimeEnd")


def masked(xml: str | bytes) -> str:
    body = xml if isinstance(xml, bytes) else xml.encode()
    return Masker(EXTENSIONS, ["wakeup_en"]).mask(body)


def leaks(text: str, secret: str) -> bool:
    """Whether four neighbouring digits, or a word, of a secret can be read."""
    digits = re.sub(r"\D", "", secret)
    joined = re.sub(r"[ +.:/-]", "", text)
    fours = {digits[n : n + 4] for n in range(len(digits) - 3)}
    words = re.findall(r"[^\W\d_]{3,}", secret)
    return any(four in joined for four in fours) or any(word in text for word in words)


def slots(body: bytes) -> list[bytes]:
    """The document once for each place that carries a value, with that place marked."""
    text = body.decode()
    found = [m.span(1) for m in re.finditer(r'="([^"]*)"', text[text.find("?>") + 1 :] and text)]
    found += [m.span(1) for m in re.finditer(r">([^<>\s][^<>]*)<", text)]
    return [
        (text[:start] + "@@" + text[end:]).encode()
        for start, end in found
        if "?>" not in text[end : end + 12]
    ]


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_whatever_stands_in_whichever_place_is_masked(path: Path) -> None:
    for slot in slots(path.read_bytes()):
        for secret in SECRETS:
            text = masked(slot.replace(b"@@", secret.encode()))
            assert not leaks(text, unescape(secret)), f"{secret} in:\n{text}"


@pytest.mark.parametrize("path", [p for p in ALL if p.parent.name != "odd"], ids=lambda path: path.stem)
def test_no_number_of_the_outside_stays_in_a_sample_of_the_manual(path: Path) -> None:
    root = etree.fromstring(path.read_bytes())
    attributes = [v for e in root.iter() for k, v in e.attrib.items() if (e.tag, k) != ("Cdr", "id")]
    texts = [e.text or "" for e in root.iter() if e.tag not in TIMES]
    text = masked(path.read_bytes())
    for value in [one.strip() for one in (*attributes, *texts)]:
        if value.isdigit() and len(value) > 6:
            assert value not in text


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_masked_sample_is_laid_out_as_it_came(path: Path) -> None:
    body = path.read_bytes().decode()
    text = masked(body)
    assert [len(line) for line in text.splitlines()] == [len(line) for line in body.splitlines()]


@pytest.mark.parametrize("path", sorted((GOLDEN / "events").glob("*.xml")), ids=lambda path: path.stem)
def test_a_masked_event_is_still_the_same_event(path: Path) -> None:
    before, after = decode_push(path.read_bytes()), decode_push(masked(path.read_bytes()).encode())
    assert type(before) is type(after)


def test_what_helps_to_find_a_fault_stays() -> None:
    said = masked('<Event attribute="ANSWER"><ext id="212" /><menu id="1"/></Event>\n')
    assert said == '<Event attribute="ANSWER"><ext id="212" /><menu id="1"/></Event>\n'
    cdr = masked(
        '<Cdr id="14420150824104517-0"><callid>20666</callid><outer id="186" />'
        "<TimeStart>20150824104339</TimeStart><Type>OU</Type><Route>IP</Route><CPN>212</CPN><CDPN>013800000011</CDPN>"
        "<TimeEnd>20150824104517</TimeEnd><Duration>73</Duration><TrunkNumber>500000001</TrunkNumber>"
        "<Recording>20150824/212_013800000011_20150824-104404_20666</Recording></Cdr>"
    )
    for kept in ("14420150824104517-0", ">20666<", "20150824104339", ">212<", ">NNNNNNNNNN11<", ">73<",
                 "NNNNNNN01", "20150824/212_NNNNNNNNNN11_20150824-104404_20666"):  # fmt: skip
        assert kept in cdr


def test_an_unknown_event_of_the_device_stays_and_a_text_in_its_place_does_not() -> None:
    assert 'attribute="QUEUE"' in masked('<Event attribute="QUEUE"><group id="3"/></Event>')
    assert "Maria" not in masked('<Event attribute="Maria Gruber"></Event>')


def test_a_signed_event_keeps_its_shape_and_not_its_signature() -> None:
    text = masked(
        '<?xml version="1.0" encoding="utf-8" ?>\n<Event attribute="IDLE">\n  <ext id="230" />\n</Event>\n'
        "<Auth>\n <nonce>0A1B2C3D</nonce>\n <signature>00112233445566778899aabbccddeeff</signature>\n</Auth>"
    )
    assert '<ext id="230" />' in text and "<nonce>NxNxNxNx</nonce>" in text and "2233" not in text


def test_one_key_stays_and_several_may_be_somebodys_number() -> None:
    for info, shown in (("1", "1"), ("1#", "1#"), ("T", "T"), ("1234#", "NNNN#"), ("99T", "NNT")):
        assert f"<info>{shown}</info>" in masked(f'<Event attribute="DTMF"><info>{info}</info></Event>')


@pytest.mark.parametrize("body", [
    b"<Event attribute=\"RING\"><ext id=\"212\" /><visitor from=\"4369912345678\"",
    b"GET /om20 HTTP/1.0\nHost: 192.168.77.31\n\nZwetschkenbaum 4369912345678",
    b"\xff\xfe4369912345678 Zwetschkenbaum",
    b"<a><![CDATA[4369912345678]]></a>",
    b"<!DOCTYPE a [<!ENTITY n \"4369912345678\">]><a>&n;</a>",
    b"<a>4369912345678 < Zwetschkenbaum</a>",
    b"<a>4369912345678</b>",
    b"4369912345678",
    b"",
])  # fmt: skip
def test_what_cannot_be_read_is_masked_sign_by_sign(body: bytes) -> None:
    text = masked(body)
    assert not re.search(r"\d{2}", text.replace("1.0", "")) and "Zwetsch" not in text


def test_what_cannot_be_read_keeps_the_words_of_the_device() -> None:
    assert unreadable(b'<Event attribute="RING"><ext id="212"') == '<Event attribute="RING"><ext id="NNN"'


@pytest.mark.parametrize(("text", "shown"), [("013800000011", "NNNNNNNNNN11"), ("112", "NN2"), ("7", "N"),
                                             ("+43 1 2345", "+NN N NN45"), ("", "")])  # fmt: skip
def test_a_number_keeps_its_length_and_its_end(text: str, shown: str) -> None:
    assert number(text) == shown


def test_a_shape_has_neither_letters_nor_digits_of_its_text() -> None:
    assert shape("Žofie 212, 10.0.0.1") == "xxxxx NNN, NN.N.N.N"
