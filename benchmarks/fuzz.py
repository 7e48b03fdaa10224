"""The codecs against bytes that coverage leads to, for as long as one likes.

    python -m benchmarks.fuzz fias|om [libFuzzer's options, such as -max_total_time=600]

Wants atheris, which `make fuzz` installs. What ends a run is a bug: an exception that the codec does not
name, or more kept than one record. The bytes that did it lie in the file that libFuzzer names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import atheris

with atheris.instrument_imports(include=["hotelbridge", "hotelbridge_fias"]):
    from hotelbridge_fias.framing import LONGEST, Deframer, Framing, frame
    from hotelbridge_fias.meaning import meaning
    from hotelbridge_fias.records import BadRecord, parse
    from hotelbridge_fias.settings import FiasSettings

    from hotelbridge.errors import Nonsense
    from hotelbridge.om.codec import decode_push
    from hotelbridge.om.pushes import PushParser, Unreadable

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Vienna")
SITE = FiasSettings.model_validate({"endpoint": "tcp:192.0.2.20:5010"})
PAGES = ("utf-8", "cp850", "shift_jis")
SAMPLES = Path(__file__).parent.parent / "tests/golden/om"
RECORDS = (
    b"LS|DA261124|TI200000|",
    b"GI|RN212|G#1001|GNM\xc3\xbcller, Hans|GLGE|GSN|CS3|GA261124|GD261127|GVY|SFY|",
    b"GO|RN212|G#1001|GSY|",
    b"GC|RN305|RO212|G#1001|GSN|",
    b"RE|RN212|CS1|DNY|RS3|",
    b"WR|RN212|DA261125|TI063000|",
    b"PA|RN212|ASOK|P#7|CTdone|DA261124|TI200000|",
)


def fias(data: bytes) -> None:
    """Bytes of a line; the first of them chooses framing and code page."""
    first, rest = data[:1] or b"\0", data[1:]
    deframer = Deframer(list(Framing)[first[0] % len(Framing)])
    for body in deframer.feed(rest):
        with suppress(BadRecord):
            meaning(parse(body, PAGES[first[0] % len(PAGES)]), SITE, ZONE, AT)
    assert deframer.waiting <= LONGEST


def om(data: bytes) -> None:
    """Bytes of a device's connection, and the same as the body of a push."""
    parser = PushParser()
    with suppress(Unreadable):
        bodies = [push.body for push in (*parser.feed(data), *parser.end())]
        _read(*bodies)
    _read(data)


def _read(*bodies: bytes) -> None:
    for body in bodies:
        with suppress(Nonsense):
            decode_push(body)


def _beginnings(codec: str) -> list[bytes]:
    if codec == "om":
        return [path.read_bytes() for path in sorted(SAMPLES.rglob("*.xml"))]
    kinds = list(Framing)
    return [bytes([n]) + frame(body, kind) for body in RECORDS for n, kind in enumerate(kinds)]


CODECS: dict[str, Callable[[bytes], None]] = {"fias": fias, "om": om}


def main(codec: str, *options: str) -> None:
    """Begin with what the tests know, then try what comes of it."""
    corpus = Path(".fuzz") / codec
    corpus.mkdir(parents=True, exist_ok=True)
    for n, beginning in enumerate(_beginnings(codec)):
        (corpus / f"known-{n}").write_bytes(beginning)
    atheris.Setup([sys.argv[0], str(corpus), "-max_len=8192", *options], CODECS[codec])
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in CODECS:
        sys.exit(__doc__)
    main(*sys.argv[1:])
