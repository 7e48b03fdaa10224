"""The table `[property.pms.fias]`: where the PMS is, and in which of its manners a site speaks FIAS.

The defaults work against Oracle and protel as they come. Every wrong value is answered with what to write.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from hotelbridge.pms.api import Duration, LineClass, Span, Table
from hotelbridge_fias.framing import Framing
from hotelbridge_fias.key import read_key
from hotelbridge_fias.letters import usable


class Role(StrEnum):
    """Who dials whom; nothing else changes by it."""

    CLIENT = "client"  # we dial the PMS
    SERVER = "server"  # the PMS dials us


class PostingForm(StrEnum):
    """What a charge is told by; a site decides on one for all calls."""

    DIRECT = "direct"  # the amount, in TA
    PULSES = "pulses"  # a number of pulses, in MP: the PMS prices them
    DURATION = "duration"  # how long and where to, in DU and DD: the PMS prices that


class ClassIn(StrEnum):
    """Which records carry the class of service; asking for it in both would tell it twice."""

    RE = "re"
    GI = "gi"


class Newcomer(StrEnum):
    """What happens where the PMS dials us a second time."""

    REPLACE = "replace"  # the old line is dead, it only has not been noticed
    REFUSE = "refuse"


# What a posting can carry, and which of them each form is nothing without.
POSTING_FIELDS = ("RN", "PT", "TA", "MP", "DD", "DU", "DA", "TI", "P#", "CT", "G#")
_NEEDED = {
    PostingForm.DIRECT: ("TA",),
    PostingForm.PULSES: ("MP",),
    PostingForm.DURATION: ("DU", "DD"),
}
_USUAL = {
    PostingForm.DIRECT: "RN PT TA DD DU DA TI P# CT",
    PostingForm.PULSES: "RN PT MP DD DU DA TI P# CT",
    PostingForm.DURATION: "RN PT DD DU DA TI P# CT",
}
_LETTER = {PostingForm.DIRECT: "C", PostingForm.PULSES: "T", PostingForm.DURATION: "T"}
_CLASSES = {
    "0": LineClass.INTERNAL,
    "1": LineClass.LOCAL,
    "2": LineClass.NATIONAL,
    "3": LineClass.UNRESTRICTED,
}
_SERIAL = re.compile(r"serial:(?P<device>/[^:\s]+)(?::(?P<baud>\d+)(?::(?P<format>[78][NEO]1))?)?")
_BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


def _endpoint(value: str) -> str:
    if value.startswith("serial:"):
        match = _SERIAL.fullmatch(value)
        if match is None or int(match["baud"] or 9600) not in _BAUDS:
            raise ValueError(
                f"{value!r} is not a serial line: write it like serial:/dev/ttyS0:9600, "
                "or serial:/dev/ttyS0:9600:7E1 where it is not 8N1"
            )
        return value
    kind, _, rest = value.partition(":")
    if kind not in ("tcp", "tls", "ssl") or not rest or any(char.isspace() for char in value):
        raise ValueError(
            f"{value!r} does not say where the PMS is: write it like tcp:192.0.2.20:5010, "
            "tls:pms.example:5010 or serial:/dev/ttyS0:9600"
        )
    return value


def _port_of(words: list[str], place: int) -> bool:
    named = [word.partition("=")[2] for word in words if word.startswith("port=")]
    plain = [word for word in words if "=" not in word]
    port = named[0] if named else plain[place] if len(plain) > place else ""
    return port.isdigit() and 1 <= int(port) <= 65535


def _encoding(value: str) -> str:
    if not usable(value):
        raise ValueError(f"{value!r} is not a code page known here: write utf-8, cp850 or windows-1252")
    return value


def _key(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        read_key(value.get_secret_value())
    return value


def _words(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


def _field_ids(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        if not re.fullmatch(r"[A-Z0-9#+$]{2}", one):
            raise ValueError(f"{one!r} is not the name of a field: two characters each, like RN TA P#")
    if len(set(value)) != len(value):
        raise ValueError("names a field twice: leave one of them out")
    return value


def _letter(value: str) -> str:
    if value and not re.fullmatch(r"[A-Z]", value):
        raise ValueError(f"{value!r} is not a posting type: write one capital letter, such as C or D")
    return value


def _languages(value: dict[str, str]) -> dict[str, str]:
    for code, language in value.items():
        if not re.fullmatch(r"[a-z]{2}", language):
            raise ValueError(f"{code} = {language!r} is no language: write it as in ISO 639-1, like de")
    return {code.strip().upper(): language for code, language in value.items()}


def _plain_values(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if "|" in text or not text.isprintable():
            raise ValueError(f"{name} = {text!r} cannot be sent: leave out | and control characters")
    return value


def _status_codes(value: dict[str, str]) -> dict[str, str]:
    for name, code in value.items():
        if not re.fullmatch(r"\d{1,2}", code):
            raise ValueError(f'{name} = {code!r} is not a room status: write its number, such as "3"')
    return value


def _version(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.]{1,16}", value):
        raise ValueError(f"{value!r} is not a version: write up to 16 letters, digits and points, like 1.0")
    return value


def _family(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError(f"{value!r} is not an interface type: write PB, or the two letters the vendor names")
    return value


FieldIds = Annotated[
    tuple[str, ...], BeforeValidator(_words), Field(strict=False), AfterValidator(_field_ids)
]


class FiasSettings(Table):
    """How one property speaks to its PMS."""

    endpoint: Annotated[str, AfterValidator(_endpoint)]
    role: Annotated[Role, Field(strict=False)] = Role.CLIENT
    newcomer: Annotated[Newcomer, Field(strict=False)] = Newcomer.REPLACE  # role server only
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    framing: Annotated[Framing, Field(strict=False)] = Framing.STX_ETX
    # how the link is kept
    send_gap: Duration = timedelta(seconds=0.2)
    listen_first: Duration = timedelta(seconds=3)
    alive_within: Span = timedelta(seconds=30)
    keepalive: Span = timedelta(minutes=5)
    retry_at_most: Span = timedelta(minutes=1)
    auth_key: Annotated[SecretStr, Field(strict=False), AfterValidator(_key)] = SecretStr("")
    interface: Annotated[str, AfterValidator(_family)] = "PB"
    version: Annotated[str, AfterValidator(_version)] = "1.0"
    # charges
    answer_within: Span = timedelta(seconds=30)
    posting: Annotated[PostingForm, Field(strict=False)] = PostingForm.DIRECT
    pt: Annotated[str, AfterValidator(_letter)] = ""  # the posting type's letter; "": as `posting` says
    ps_fields: FieldIds = ()  # none: the usual ones of `posting`
    ps_values: Annotated[dict[str, str], AfterValidator(_plain_values)] = {}  # the same in every posting
    resend_same_number: bool = False
    # guests and rooms
    want_moves: bool = True
    languages: Annotated[dict[str, str], AfterValidator(_languages)] = {}
    class_of_service: dict[str, Annotated[LineClass, Field(strict=False)]] = {}
    class_of_service_in: Annotated[ClassIn, Field(strict=False)] = ClassIn.RE
    wakeup_news: bool = False
    room_status: Annotated[dict[str, str], AfterValidator(_status_codes)] = {}
    resync_within: Span = timedelta(seconds=30)

    @model_validator(mode="after")
    def _belongs_together(self) -> FiasSettings:
        self._endpoint_and_role()
        missing = [one for one in ("PT", *_NEEDED[self.posting]) if one not in self.posting_fields]
        if not {"RN", "G#"} & set(self.posting_fields):
            missing.append("RN")
        if missing:
            raise ValueError(f'ps_fields: posting = "{self.posting}" needs {" ".join(missing)}: add it')
        unknown = [one for one in self.posting_fields if one not in {*POSTING_FIELDS, *self.ps_values}]
        if unknown:
            raise ValueError(
                f"ps_fields: nobody here knows what {unknown[0]} is to say: "
                f'give its value in ps_values, like {{ {unknown[0]} = "TEL" }}'
            )
        unused = [one for one in self.ps_values if one not in self.posting_fields]
        if unused:
            raise ValueError(f"ps_values: {unused[0]} is not in ps_fields: add it there too")
        return self

    def _endpoint_and_role(self) -> None:
        if self.serial:
            if self.framing is not Framing.STX_ETX:
                raise ValueError("framing: a serial line has its own: leave it out")
            return
        words = re.split(r"(?<!\\):", self.endpoint)[1:]
        if self.role is Role.CLIENT and not _port_of(words, 1):
            raise ValueError(
                f"endpoint: {self.endpoint!r} does not name host and port: write it like tcp:192.0.2.20:5010"
            )
        if self.role is Role.SERVER and not _port_of(words, 0):
            raise ValueError(
                f"endpoint: {self.endpoint!r} is not a port to listen at: "
                'role = "server" wants it like tcp:5010 or tcp:5010:interface=192.0.2.10'
            )
        if self.role is Role.SERVER and self.endpoint.startswith("tls:"):
            raise ValueError("endpoint: for a port with TLS write ssl:5010:privateKey=FILE:certKey=FILE")

    @property
    def serial(self) -> bool:
        """Whether the PMS is at the other end of an RS-232 line."""
        return self.endpoint.startswith("serial:")

    @property
    def serial_line(self) -> tuple[str, int, str]:
        """Device, bits per second and format ("8N1") of the serial line."""
        match = _SERIAL.fullmatch(self.endpoint)
        assert match is not None  # the validator has seen it
        return match["device"], int(match["baud"] or 9600), match["format"] or "8N1"

    @property
    def posting_fields(self) -> tuple[str, ...]:
        """The fields of a posting, in the order of our link record."""
        return self.ps_fields or (*_USUAL[self.posting].split(), *self.ps_values)

    @property
    def posting_letter(self) -> str:
        """The value of PT."""
        return self.pt or _LETTER[self.posting]

    @property
    def key(self) -> bytes | None:
        """The IfcAuthKey; None where the site has none."""
        text = self.auth_key.get_secret_value()
        return read_key(text) if text else None

    def line_class(self, code: str) -> LineClass | None:
        """What a class of service means; None where nobody said."""
        return {**_CLASSES, **self.class_of_service}.get(code)
