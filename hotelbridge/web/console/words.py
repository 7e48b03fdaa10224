"""What the desk reads for the house's own words: a sign and a word for each, never a colour alone."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotelbridge.core.guests import LineClass
from hotelbridge.core.records import AlarmKind, ClosingOutcome, Outcome, Proof, WakeupState
from hotelbridge.services.views import AlarmView
from hotelbridge.texts import N_
from hotelbridge.web.console.languages import Tongue


@dataclass(frozen=True, slots=True)
class Word:
    """A sign, a word, and the tone it is shown in."""

    sign: str
    text: str
    tone: str  # "", ok, warn, bad, call, mute: the class of style


_STATES = {
    WakeupState.SCHEDULED: ("○", N_("set"), ""),
    WakeupState.CALLING: ("◔", N_("ringing"), "call"),
    WakeupState.WAITING: ("↻", N_("rings again"), "warn"),
    WakeupState.ALARMED: ("✕", N_("not woken"), "bad"),
    WakeupState.WOKEN: ("✓", N_("woken"), "ok"),
    WakeupState.CLOSED: ("✓", N_("closed"), "ok"),
    WakeupState.CANCELLED: ("–", N_("cancelled"), "mute"),
}
_RESULTS = {
    Outcome.ANSWERED: N_("answered"),
    Outcome.HEARD: N_("heard to the end"),
    Outcome.CONFIRMED: N_("key pressed"),
    Outcome.NO_ANSWER: N_("no answer"),
    Outcome.BUSY: N_("busy"),
    Outcome.UNREACHABLE: N_("not reachable"),
    Outcome.REFUSED: N_("refused by the exchange"),
    Outcome.DIVERTED: N_("diverted"),
    Outcome.DEVICE_DOWN: N_("exchange is down"),
    Outcome.UNKNOWN: N_("not known"),
    Outcome.CALLED_OUT: N_("made a call himself"),
}
_PROOFS = {
    Proof.ANSWER: N_("lifted and held"),
    Proof.HEARD: N_("heard to the end"),
    Proof.DIGIT: N_("key pressed"),
}
_ENDS = {
    ClosingOutcome.WOKEN_BY_STAFF: N_("woken by staff"),
    ClosingOutcome.NOT_IN_ROOM: N_("not in the room"),
    ClosingOutcome.REFUSED: N_("did not want it"),
    ClosingOutcome.CANCELLED: N_("cancelled"),
    ClosingOutcome.AWAKE: N_("is up already"),
}
_KNOWN = {str(key): text for key, text in (*_ENDS.items(), *_RESULTS.items())}
_KINDS = {
    AlarmKind.WAKEUP_FAILED: ("✕", N_("Did not wake")),
    AlarmKind.WAKEUP_LATE: ("⏱", N_("Rung late")),
    AlarmKind.IN_PERSON: ("☞", N_("Wake in person")),
    AlarmKind.CLOCK: ("◷", N_("Clock in question")),
    AlarmKind.DELIVERY: ("✉", N_("Could not be delivered")),
    AlarmKind.DEVICE_DOWN: ("⚠", N_("Exchange is down")),
    AlarmKind.REPORTS_MISSING: ("⚠", N_("Reports do not arrive")),
    AlarmKind.REPORTS_UNREADABLE: ("⚠", N_("Reports cannot be read")),
    AlarmKind.DEVICE_PARAMETER: ("⚙", N_("Setting of the exchange")),
    AlarmKind.PHONE_OFFLINE: ("⚠", N_("Phone cannot be reached")),
    AlarmKind.PHONE_DRIFT: ("⚙", N_("Phone differs")),
    AlarmKind.LINK_DOWN: ("⚠", N_("Link is down")),
    AlarmKind.PARKED: ("⇥", N_("Checked out, still armed")),
    AlarmKind.PMS_REQUEST: ("⌨", N_("Wish of the PMS")),
    AlarmKind.RESYNC: ("⇄", N_("Resync to confirm")),
    AlarmKind.EMERGENCY_CALL: ("☎", N_("EMERGENCY CALL")),
    AlarmKind.EMERGENCY_UNPROVED: ("☎", N_("Emergency call not proved")),
    AlarmKind.CHARGE_REFUSED: ("€", N_("Charge refused")),
    AlarmKind.CHARGE_UNCERTAIN: ("€", N_("Charge uncertain")),
    AlarmKind.CHARGE_HELD: ("€", N_("Charge held")),
    AlarmKind.CREDIT_LIMIT: ("€", N_("Credit limit passed")),
    AlarmKind.TARIFF: ("€", N_("Tariff has mistakes")),
    AlarmKind.RECONCILIATION: ("€", N_("Calls do not add up")),
    AlarmKind.AUDIT: ("☾", N_("Night audit takes long")),
    AlarmKind.STORAGE: ("⛁", N_("Nothing can be saved")),
}
_LANGUAGES = {
    "en": N_("English"),
    "de": N_("German"),
    "fr": N_("French"),
    "it": N_("Italian"),
    "es": N_("Spanish"),
    "zh": N_("Chinese"),
    "ja": N_("Japanese"),
    "ru": N_("Russian"),
    "ar": N_("Arabic"),
    "pl": N_("Polish"),
    "nl": N_("Dutch"),
    "pt": N_("Portuguese"),
    "cs": N_("Czech"),
    "ko": N_("Korean"),
    "tr": N_("Turkish"),
}
_SYNC = {
    "same": ("✓", N_("in sync"), "mute"),
    "differs": ("≠", N_("differs"), "warn"),
    "offline": ("✕", N_("offline"), "bad"),
    "unread": ("…", N_("not read yet"), "mute"),
    "none": ("–", N_("no phone"), "mute"),
}
_REMARKS = {
    "quiet": ("☾", N_("do not disturb"), "warn"),
    "barred": ("⊘", N_("barred"), "bad"),
    "strange": ("?", N_("not configured"), "bad"),
}
_SETTINGS = {
    "Call_Restriction": N_("May call"),
    "No_Disturb": N_("Do not disturb"),
    "Fwd_Type": N_("Forwarding"),
    "Fwd_Number": N_("Forwarded to"),
    "WAKEUP": N_("Its own alarm clock"),
    "api": N_("Reports to hotelbridge"),
}
_LEVELS = {
    "0": N_("inside the house only"),
    "1": N_("local calls"),
    "2": N_("calls within the country"),
    "3": N_("all calls"),
}
_CLASSES = dict(zip(LineClass, _LEVELS.values(), strict=True))
GUESTS_LANGUAGES = tuple(_LANGUAGES)
CLOSING = (
    ClosingOutcome.WOKEN_BY_STAFF,
    ClosingOutcome.NOT_IN_ROOM,
    ClosingOutcome.REFUSED,
    ClosingOutcome.CANCELLED,
)


def state(tongue: Tongue, state: WakeupState) -> Word:
    """Where a wake-up stands."""
    sign, text, tone = _STATES[state]
    return Word(sign, tongue.gettext(text), tone)


def result(tongue: Tongue, result: Outcome | ClosingOutcome | str | None) -> str:
    """How a ring, or a wake-up, ended; empty where it has not."""
    if result is None:
        return ""
    if isinstance(result, ClosingOutcome):
        return tongue.gettext(_ENDS[result])
    return tongue.gettext(_KNOWN.get(str(result), str(result)))


def proof(tongue: Tongue, proof: Proof) -> str:
    """What must be seen before a guest counts as woken."""
    return tongue.gettext(_PROOFS[proof])


def kind(tongue: Tongue, kind: AlarmKind) -> Word:
    """What an alarm is about."""
    sign, text = _KINDS[kind]
    return Word(sign, tongue.gettext(text), "bad")


def language(tongue: Tongue, code: str) -> str:
    """A guest's language by its name; empty where none is known."""
    short = code.lower()[:2]
    return tongue.gettext(_LANGUAGES[short]) if short in _LANGUAGES else code


def happened(tongue: Tongue, what: str) -> str:
    """The short name of a line of history."""
    return tongue.gettext(what.replace("_", " "))


def lasting(tongue: Tongue, seconds: float) -> str:
    """A length of time in words: "5 min", "30 s"."""
    if seconds < 120 and seconds % 60:
        return f"{round(seconds)} {tongue.gettext(N_('s'))}"
    return f"{round(seconds / 60)} {tongue.gettext(N_('min'))}"


def ahead(tongue: Tongue, at: datetime, now: datetime) -> str:
    """How long until then, or since: "in 5 h 10 min", "3 min ago"."""
    gone = at < now
    minutes = round(abs((at - now) / timedelta(minutes=1)))
    days, rest = divmod(minutes, 24 * 60)
    parts = [(days, N_("d")), (rest // 60, N_("h")), (rest % 60, N_("min"))]
    shown = [f"{count} {tongue.gettext(unit)}" for count, unit in parts if count][:2]
    if not shown:
        return tongue.gettext(N_("now"))
    pattern = N_("{span} ago") if gone else N_("in {span}")
    return tongue.gettext(pattern).format(span=" ".join(shown))


@functools.cache
def occupancy(tongue: Tongue, occupied: bool) -> Word:
    """Whether somebody is in a room."""
    if occupied:
        return Word("●", tongue.gettext(N_("occupied")), "")
    return Word("○", tongue.gettext(N_("vacant")), "mute")


@functools.cache
def sync(tongue: Tongue, key: str) -> Word:
    """Whether phones hold what they should: same, differs, offline, unread, none."""
    sign, text, tone = _SYNC[key]
    return Word(sign, tongue.gettext(text), tone)


@functools.cache
def remark(tongue: Tongue, key: str) -> Word:
    """What else is to be known of a room: quiet, barred, strange."""
    sign, text, tone = _REMARKS[key]
    return Word(sign, tongue.gettext(text), tone)


def line_class(tongue: Tongue, line_class: LineClass) -> str:
    """Where to a guest may telephone."""
    return tongue.gettext(_CLASSES[line_class])


def setting(tongue: Tongue, name: str) -> str:
    """A parameter of a phone by what it does; by its own name where nobody has given it one."""
    return tongue.gettext(_SETTINGS[name]) if name in _SETTINGS else name


def setting_value(tongue: Tongue, name: str, value: str | None) -> str:
    """What a parameter of a phone means; empty where the device does not show it."""
    if name == "Call_Restriction" and value in _LEVELS:
        return f"{tongue.gettext(_LEVELS[value])} ({value})"
    return value or ""


_HEARD = re.compile(r"heard \([^;()]*, \d\d:\d\d\)")
_SIGNED = re.compile(r"\([^;()]*, \d\d:\d\d\)")


def noted(tongue: Tongue, alarm: AlarmView) -> str:
    """The note of an alarm: the house's own words in this language, a person's as they were typed."""
    parts = alarm.note.split("; ")
    typed = alarm.acknowledged_by or any(_SIGNED.search(one) and not _HEARD.fullmatch(one) for one in parts)
    return "; ".join(one if typed and not _HEARD.fullmatch(one) else tongue.said(one) for one in parts)


_COMMAND = re.compile(
    r" ?(?:See|Siehe|参见) ?`hotelbridge [^`]*`[.。]"
    r"|(?:[:;,：；，]? ?(?:or|see|oder|siehe|或|参见)|[:;,：；，]) ?`(?:hotelbridge [^`]*|no)`"
)


_CHANGES = {
    "NEW": N_("new"),
    "CHANGED": N_("changed"),
    "CANCELLED": N_("cancelled"),
    "CLOSED": N_("closed"),
}


def change(tongue: Tongue, what: str) -> str:
    """What a slip says of a wake-up; the code itself where a newer program wrote it."""
    return tongue.gettext(_CHANGES.get(what, what))


def at_a_desk(sentence: str) -> str:
    """A sentence of an alarm without what only a terminal understands; the pages have links and buttons."""
    return _COMMAND.sub("", sentence)
