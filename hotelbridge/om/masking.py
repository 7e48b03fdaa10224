"""A device's messages as text in which no person can be recognised, and every fault still can.

Kept is only what is known to be harmless: names of elements and events, states, times, running
numbers, the numbers of extensions. Telephone numbers of the outside keep their length and their last
two digits; of everything else only the shape is left: N for a digit, x for a letter. What cannot be
read as XML is masked sign by sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from xml.sax.saxutils import escape

from hotelbridge.om.commands import EXT_PARAMETERS
from hotelbridge.om.events import EVENTS, REASONS

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)-->"
    r"|<\?(?P<declaration>.*?)\?>"
    r"|<(?P<close>/?)(?P<loose>\s*)(?P<tag>[A-Za-z_][\w.-]*)"
    r"(?P<attributes>(?:\s+[A-Za-z_][\w.-]*\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)(?P<tail>\s*)(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(\s+)([A-Za-z_][\w.-]*)(\s*=\s*)(?:\"([^\"<]*)\"|'([^'<]*)')")
_DECLARATION = re.compile(r"xml(?: version=\"1\.\d\")?(?: encoding=\"[A-Za-z0-9-]{1,12}\")? ?")
_COMMENTS = frozenset({"Empty Waiting List"})
_NAME = re.compile(r"[A-Za-z_]{1,32}\d{0,2}")
_WORD = re.compile(r"[A-Za-z_]+")
_RECORDING = re.compile(
    r"(?P<folder>(?:20\d{6}/)?)(?P<one>[^_/]*)_(?P<other>[^_/]*)_(?P<rest>20\d{6}[_-]\d{6}_[0-9a-fA-F]{1,6}"
    r"(?:_c[dg])?(?:\.wav)?(?:_(?:send|recv)\.dat)?)"
)
_VERBS = (
    "Query Assign Clear Connect Queue Conference Accept Hold Unhold Mute Unmute Talk Listen Monitor Bargein"
)
_ELEMENTS = (
    "Event Cdr Status Control Transfer Notify DeviceInfo devices manufacturer model version mac ext line "
    "trunk group menu visitor outer called err code reason info state recording lineid callid from to "
    "display TimeStart TimeEnd Type Route CPN CDPN Duration TrunkNumber RecCodec repeat infolength exit "
    "distribution Auth nonce timestamp signature attribute id RegisterIP rsp stat item value "
    "xml encoding utf HTTP GET POST Host Content Length Cache no cache Connection close"
)
_STATES = (
    "ready active progress offline offhook talk wait unwired yes no on off sequential circular simultaneous"
)
VOCABULARY = frozenset(
    word.lower()
    for text in (_VERBS, _ELEMENTS, _STATES, " ".join(EVENTS), " ".join(EXT_PARAMETERS), " ".join(REASONS))
    for word in text.split()
)
_EVENT_NAMES = frozenset(name.lower() for name in (*EVENTS, *_VERBS.split()))

Policy = Callable[[str], str]


def shape(text: str) -> str:
    """What is left of a text that nobody may read: N for a digit, x for a letter; line ends stay."""
    return "".join(_shapes(c) for c in text)


def _shapes(c: str) -> str:
    if c.isdigit():
        return "N"
    if c.isalpha():
        return "x"
    return c if c.isprintable() or c in "\n\t" else "."


def number(text: str) -> str:
    """A telephone number of the outside: its length, and its last two digits (of a short one, half)."""
    digits = sum(c.isdigit() for c in text)
    hidden = digits - min(2, digits // 2)
    out = []
    for c in text:
        if c.isdigit():
            hidden -= 1
            out.append("N" if hidden >= 0 else c)
        else:
            out.append(shape(c))
    return "".join(out)


def unreadable(body: bytes) -> str:
    """What is no XML: only words of the device's language stay, of all else the shape."""
    text = body.decode("utf-8", errors="replace").replace("\ufffd", "?").replace("\r\n", "\n")

    def masked(match: re.Match[str]) -> str:
        word = match[0]
        return word if word.lower() in VOCABULARY else shape(word)

    parts, end = [], 0
    for match in _WORD.finditer(text):
        parts += [shape(text[end : match.start()]), masked(match)]
        end = match.end()
    return "".join([*parts, shape(text[end:])])


class Masker:
    """Masks the messages of one device; `extensions` and `voicefiles` are known and stay."""

    def __init__(self, extensions: Iterable[str] = (), voicefiles: Iterable[str] = ()) -> None:
        self.extensions = set(extensions)
        self._voicefiles = frozenset(voicefiles)
        self._texts = self._text_policies()
        self._attributes = self._attribute_policies()

    def mask(self, body: bytes) -> str:
        """A message as text that may be shown; laid out as it came."""
        try:
            return self._readable(body.decode("utf-8"))
        except (UnicodeDecodeError, ValueError):
            return unreadable(body)

    def _readable(self, text: str) -> str:
        """Raises ValueError where it is not the plain XML that devices send."""
        parts: list[str] = []
        inside: list[str] = []
        end = 0
        for match in _TOKEN.finditer(text):
            parts += [self._text(inside, text[end : match.start()]), self._token(match, inside)]
            end = match.end()
        if end == 0 or inside:
            raise ValueError("no whole document")
        return "".join([*parts, self._text([], text[end:])])

    def _token(self, match: re.Match[str], inside: list[str]) -> str:
        if match["comment"] is not None:
            known = match["comment"].strip() in _COMMENTS
            return f"<!--{match['comment'] if known else shape(match['comment'])}-->"
        if match["declaration"] is not None:
            known = _DECLARATION.fullmatch(match["declaration"]) is not None
            return f"<?{match['declaration'] if known else shape(match['declaration'])}?>"
        tag = match["tag"]
        if match["close"]:
            if not inside or inside.pop() != tag:
                raise ValueError("an end without its beginning")
            return f"</{match['loose']}{_safe_name(tag)}{match['tail']}>"
        if not match["empty"]:
            inside.append(tag)
        attributes = _ATTRIBUTE.sub(lambda a: self._attribute(tag, a), match["attributes"])
        return f"<{match['loose']}{_safe_name(tag)}{attributes}{match['tail']}{match['empty']}>"

    def _attribute(self, tag: str, match: re.Match[str]) -> str:
        blank, name, equals = match[1], match[2], match[3]
        value = unescape(match[4] if match[4] is not None else match[5])
        key = name.lower()
        policy = self._attributes.get((tag.lower(), key)) or self._attributes.get(("*", key), shape)
        shown = escape(_keeping_blanks(policy, value), {'"': "&quot;"})
        return f'{blank}{_safe_name(name)}{equals}"{shown}"'

    def _text(self, inside: list[str], text: str) -> str:
        if "<" in text:
            raise ValueError("a bracket that belongs to nothing")
        if not text.strip():
            return text
        policy = self._texts.get(inside[-1].lower(), shape) if inside else shape
        return escape(_keeping_blanks(policy, unescape(text)))

    # --- what stays, by element and attribute ---

    def _attribute_policies(self) -> dict[tuple[str, str], Policy]:
        outside = {
            (tag, name): self._party for tag in ("visitor", "outer") for name in ("from", "to", "trunk")
        }
        return outside | {
            ("*", "attribute"): _event_name,
            ("ext", "id"): self._extension,
            ("called", "id"): self._extension,
            ("*", "lineid"): _only(r"(IP)?(Phone|Line) \d{1,4}"),
            ("menu", "id"): _only(r"\d{1,2}"),
            ("group", "id"): _only(r"\d{1,2}"),
            ("visitor", "id"): _only(r"\d{1,5}"),
            ("outer", "id"): _only(r"\d{1,5}"),
            ("*", "callid"): _only(r"\d{1,6}"),
            ("trunk", "id"): self._party,
            ("line", "id"): self._party,
            ("cdr", "id"): _only(r"\d{1,6}20\d\d(0\d|1[0-2])[0-3]\d[0-2]\d[0-5]\d[0-5]\d-\d{1,2}"),
            ("err", "code"): _only(r"\d{1,3}"),
            ("err", "reason"): _only("|".join(REASONS)),
        }

    def _text_policies(self) -> dict[str, Policy]:
        numbers = dict.fromkeys(
            ("cpn", "cdpn", "trunknumber", "fwd_number", "fork", "mobile", "off_line_num"), self._party
        )
        switches = dict.fromkeys(
            ("call_pickup", "no_disturb", "record", "autoanswer"), _only("yes|no|on|off")
        )
        small = dict.fromkeys(("repeat", "infolength", "duration", "callid"), _only(r"\d{1,6}"))
        return (
            numbers
            | switches
            | small
            | {
                "ext": self._extension,
                "called": self._extension,
                "id": self._extension,
                "lineid": _only(r"(IP)?(Phone|Line) \d{1,4}"),
                "group": _only(r"\d{1,2}"),
                "call_restriction": _only(r"\d"),
                "fwd_type": _only(r"\d"),
                "api": _only(r"(0x)?[0-9A-Fa-f]{1,2}"),
                "wakeup": _only("00:00"),
                "state": _only("|".join(_STATES.split())),
                "exit": _only(r"[0-9A-D*#]"),
                "distribution": _only("sequential|circular|simultaneous"),
                "timestart": _only(r"20\d{12}"),
                "timeend": _only(r"20\d{12}"),
                "type": _only("IN|OU|FI|FW|LO|CB"),
                "route": _only("[A-Z]{2}"),
                "reccodec": _only(r"PCMU|PCMA|G7\d\d[A-Z]?|AMR|OPUS"),
                "manufacturer": _only(r"New Rock Technologies, Inc\.?"),
                "model": _only(r"Rev \d{1,2}(\.\d{1,3}){1,4} [A-Z]{2,5}\d{0,4}[A-Z]?(-[0-9A-Z/-]{1,10})?"),
                "version": _only(r"Rev \d{1,2}(\.\d{1,4}){1,5}"),
                "voicefile": self._voicefile,
                "recording": self._recording,
                "info": _keys,
            }
        )

    def _extension(self, text: str) -> str:
        short = text.isascii() and text.isdigit() and len(text) <= 6
        return text if short or text in self.extensions else number(text)

    def _party(self, text: str) -> str:
        return text if text in self.extensions else number(text)

    def _voicefile(self, text: str) -> str:
        return text if text in self._voicefiles else shape(text)

    def _recording(self, text: str) -> str:
        match = _RECORDING.fullmatch(text)
        if match is None:
            return shape(text)
        parties = "_".join(self._party(match[name]) for name in ("one", "other"))
        return f"{match['folder']}{parties}_{match['rest']}"


def _only(pattern: str) -> Policy:
    """Stays where it is just this; else its shape."""
    known = re.compile(pattern)
    return lambda text: text if known.fullmatch(text) and text.isascii() else shape(text)


def _event_name(text: str) -> str:
    """Names of events stay, also such as the manual does not know: those are in capitals."""
    return text if text.lower() in _EVENT_NAMES or re.fullmatch(r"[A-Z_]{2,20}", text) else shape(text)


def _keys(text: str) -> str:
    """One key stays, with its terminator; of more only how many: they may be somebody's number."""
    if re.fullmatch(r"[0-9A-D*#]?[#*]?T?", text):
        return text
    return "".join(c if c in "T*#" else shape(c) for c in text)


def _safe_name(name: str) -> str:
    """The name of an element: kept, also an unknown one, unless it could carry a number."""
    return name if name.lower() in VOCABULARY or _NAME.fullmatch(name) else shape(name)


def _keeping_blanks(policy: Policy, text: str) -> str:
    """The policy for the words, the blanks around them as they came."""
    bare = text.strip()
    start = text.index(bare) if bare else 0
    return text[:start] + policy(bare) + text[start + len(bare) :]
