"""Is a telephone exchange set up as its wake-ups need it? What it said is judged here, in plain words.

Each finding says how grave it is, what it is about, what is so and what to do. A finding is wrong where
a guest might not be woken because of it or the program is set against the device; a note is worth
knowing. Nothing is asked here: whoever did the asking hands over what the device told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from hotelbridge.core.preflight import Look, Weight, hindrances
from hotelbridge.core.signals import FAILURES

REPORTS_ON = "7"
CONTROLLED = {"17": "before", "27": "after", "37": "before and after"}  # FT_API of a trunk
CLOCK_OFF = timedelta(minutes=2)
MOST_NAMED = 12  # of a list of phones; the rest is counted


class Gravity(StrEnum):
    """How grave a finding is."""

    WRONG = "wrong"
    NOTE = "note"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: about what, what is so, and what to do about it."""

    gravity: Gravity
    about: tuple[str, ...]  # "phone 212", "menu 1", "CONTROL_TYPE"; several where they share their words
    what: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class MenuShape:
    """A voice menu, as wanted or as the device holds it; what an answer leaves out is the default."""

    voicefile: str
    repeat: int = 0
    infolength: int = 1
    exit: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A ring that somebody asked for, to see whether its reports arrive."""

    phone: str
    where: str  # at which its reports were awaited: "on port 8989"
    refused: str = ""  # why it was not rung at all
    code: int | None = None  # of the device's FAILED
    within: float = 10.0  # seconds in which RING had to be there
    rang_after: float | None = None  # seconds from Connect to the report RING
    answered: bool = False
    ended: bool = False  # IDLE or BYE came
    seen: Look | None = None  # a Query after the silence
    cleared: bool = False


# --- the device ---


def of_silence(why: str, url: str) -> Finding:
    """No answer at all."""
    do = (
        "Look at the address in `url`, the cable and the firewall in between. Where this machine has "
        "several addresses, `bind` must name the one that the device's API page names."
    )
    return Finding(Gravity.WRONG, ("the device",), f"does not answer at {url}: {why}", do)


def of_deafness(why: str) -> Finding:
    """It is there, and does not do what we say."""
    do = (
        "It obeys one address only: name this machine on its API page (Application, API, Application "
        "server, Customized), save, restart the device. Another program may be named there now."
    )
    return Finding(Gravity.WRONG, ("the device",), f"does not obey commands from here: {why}", do)


def of_identity(model: str, version: str, phones: int, trunks: int) -> Finding:
    """Who it is."""
    what = f"is {model or 'a device without a model'}, firmware {version or 'not told'}"
    return Finding(Gravity.WELL, ("the device",), f"{what}; it has {phones} extensions and {trunks} trunks")


def of_clock(ahead: timedelta | None) -> list[Finding]:
    """Its clock, as its answers tell; `ahead` None: they do not."""
    if ahead is None or abs(ahead) <= CLOCK_OFF:
        return []
    days = f"{abs(ahead).days} days" if abs(ahead).days else f"{abs(ahead).seconds // 60} min"
    side = "ahead of" if ahead > timedelta() else "behind"
    what = f"is {days} {side} this machine's: its call records would carry wrong times"
    return [Finding(Gravity.NOTE, ("its clock",), what, "Give it a time server, or set its clock by hand.")]


# --- its extensions ---


def of_lines(wanted: Sequence[str], lines: Mapping[str, str], desk: Sequence[str] = ()) -> list[Finding]:
    """Are the phones of the configuration extensions of the device, and the other way round?"""
    missing = [number for number in wanted if number not in lines]
    found = [_not_there(number, lines) for number in missing]
    if wanted and not missing:
        found.append(Finding(Gravity.WELL, ("extensions",), "every room phone is one of the device's"))
    if not wanted:
        what = "no room of the configuration has a phone on this device"
        found.append(Finding(Gravity.NOTE, ("extensions",), what, "Add rooms, or take the device out."))
    found += [_no_desk(number) for number in desk if number not in lines]
    alike = room_like(wanted, set(lines) - set(desk))
    if alike:
        what = f"on the device, numbered like room phones, in no room: {_named(alike)}"
        do = "If they stand in guest rooms, add them to the configuration; nobody there can be woken now."
        found.append(Finding(Gravity.NOTE, ("extensions",), what, do))
    return found


def _not_there(number: str, lines: Mapping[str, str]) -> Finding:
    near = next((n for n in lines if n.lstrip("0") == number.lstrip("0") or n.endswith(number)), None)
    hint = f" The device has {near}: is that the one?" if near else ""
    do = f"Correct the room's number in the configuration, or add the extension to the device.{hint}"
    what = "is in the configuration and not on the device: a wake-up there cannot ring"
    return Finding(Gravity.WRONG, (f"phone {number}",), what, do)


def _no_desk(number: str) -> Finding:
    what = "is no extension of the device: an alarm cannot ring it"
    return Finding(Gravity.WRONG, (f"desk phone {number}",), what, "Correct `[property.desk] phones`.")


def room_like(wanted: Iterable[str], lines: Iterable[str]) -> list[str]:
    """Extensions beside the room phones: as many digits, and the same but for the last two of them."""
    known = set(wanted)
    floors = {(len(number), number[:-2]) for number in known if number.isdigit() and len(number) > 2}
    return sorted(n for n in set(lines) - known if n.isdigit() and (len(n), n[:-2]) in floors)


def of_phone(number: str, look: Look, *, prepared: bool, by_itself: bool = False) -> list[Finding]:
    """One room phone. `prepared`: hotelbridge has set it up already; `by_itself`: FT_ALERT_INFO is on."""
    about = (f"phone {number}",)
    if not look.known:
        return []  # said with the lines
    values = dict(look.values) | ({"autoAnswer": "yes"} if by_itself else {})
    found = []
    for one in hindrances(replace(look, values=values)):
        gravity = Gravity.WRONG if one.weight is Weight.BLOCKS else Gravity.NOTE
        found.append(Finding(gravity, about, one.what, one.do))
    if look.values.get("api", "0") != REPORTS_ON:
        found.append(_unsubscribed(about, prepared))
    if look.values.get("Call_Restriction") == "0":
        what = "may call inside only (Call_Restriction 0): it is unproved that an emergency call gets out"
        do = "Set it to 1 until a real emergency call from a phone at level 0 has gone through."
        found.append(Finding(Gravity.WRONG, about, what, do))
    return found


def of_desk_phone(number: str, look: Look, *, prepared: bool) -> list[Finding]:
    """One of the desk's own phones. Nothing is opened there: its Do Not Disturb keeps alarms away."""
    about = (f"desk phone {number}",)
    found = [replace(one, about=about) for one in of_phone(number, look, prepared=prepared)]
    if look.values.get("No_Disturb", "off").lower() in ("on", "yes"):
        what = "has Do Not Disturb on: an alarm cannot ring it"
        found.append(Finding(Gravity.WRONG, about, what, "Switch it off at the phone."))
    if look.values.get("Fwd_Type", "0") in ("1", "2"):
        what = f"is forwarded to {look.values.get('Fwd_Number') or 'nobody'}: alarms ring there"
        found.append(Finding(Gravity.NOTE, about, what, "Switch it off at the phone, unless it is meant so."))
    return found


def _unsubscribed(about: tuple[str, ...], prepared: bool) -> Finding:
    what = "does not report what it does (status subscription, api 7): a guest who answers is rung again"
    if prepared:
        do = "hotelbridge set it and it did not stay: switch on its status subscription on the API page."
        return Finding(Gravity.WRONG, about, what, do)
    return Finding(Gravity.NOTE, about, what, "hotelbridge switches it on when it starts.")


# --- its parameters ---


def of_parameters(values: Mapping[str, str | None]) -> list[Finding]:
    """System parameters by name; None: this firmware does not know it. The password is never shown."""
    found = []
    if values.get("CONTROL_TYPE") == "1":
        what = "is 1: reports come over one long connection, which nobody has seen at work with this program"
        found.append(_parameter("CONTROL_TYPE", what, "Set it to 0: a connection for each report."))
    if values.get("CONFIG_CHANGE") == "0":
        what = "is 0: nobody hears when somebody changes the device on its web pages"
        found.append(_parameter("CONFIG_CHANGE", what, "Set it to 2."))
    if values.get("API_METHOD") not in ("0", "1", None):
        what = f"is {values['API_METHOD']!r}: reports are known to come by GET (0) and by POST (1)"
        found.append(_parameter("API_METHOD", what, "Set it to 0."))
    if values.get("API_PASSWORD"):
        what = (
            "is set: reports carry a signature, which is kept but cannot be verified, and commands are "
            "obeyed because of this machine's address, not of a signature"
        )
        found.append(
            _parameter("API_PASSWORD", what, "Empty both signature passwords, unless you need them.")
        )
        if values.get("API_TIMEOUT") not in ("0", "", None):
            found.append(_parameter("API_TIMEOUT", "limits the age of signatures", "Set it to 0."))
    known = {name: value for name, value in values.items() if value is not None and name != "API_PASSWORD"}
    if known:
        told = ", ".join(f"{name} {value or 'empty'}" for name, value in known.items())
        found.append(Finding(Gravity.WELL, ("parameters",), f"were read: {told}"))
    return found


def _parameter(name: str, what: str, do: str) -> Finding:
    return Finding(Gravity.NOTE, (name,), what, do)


def of_unread_parameters(why: str) -> Finding:
    """The device does not let us read them."""
    do = (
        "Give the device's management password (--ask-password, or HOTELBRIDGE_DEVICE_PASSWORD), or look at "
        "them yourself: CONTROL_TYPE (554) 0, CONFIG_CHANGE (883) 2, API_METHOD (1125) 0 or 1."
    )
    return Finding(Gravity.NOTE, ("parameters",), f"could not be read: {why}", do)


def of_factory_password() -> Finding:
    """Everybody knows the way in."""
    what = "is the one that every manual prints: whoever reaches the device can change it"
    return Finding(Gravity.NOTE, ("the management password",), what, "Change it on the device.")


def of_trunks(switches: Mapping[str, str | None], patience: str | None) -> list[Finding]:
    """FT_API of each trunk by its number; `patience`: API_RESPONSE_TO."""
    held = sorted(number for number, value in switches.items() if value in CONTROLLED)
    if not held:
        return []
    what = (
        "hands incoming calls to a program before they go on (pre- or post-answer control); hotelbridge "
        f"does not take them, so every caller waits {patience or '5'} s (API_RESPONSE_TO)"
    )
    do = (
        "Switch pre-answer and post-answer control of the trunk off on the API page; leave its status "
        "subscription on."
    )
    return [Finding(Gravity.WRONG, tuple(f"trunk {number}" for number in held), what, do)]


# --- its menus ---


def of_menu(number: int, wanted: MenuShape, held: MenuShape | None, *, running: bool) -> Finding:
    """One voice menu of the configuration. `running`: hotelbridge runs now, so it should be set."""
    about = (f"menu {number}",)
    if held is None and running:
        what = "is not on the device although hotelbridge runs: guests are rung, and hear nothing"
        do = f"See its alarms; is the voice file {wanted.voicefile} on the device, under just this name?"
        return Finding(Gravity.WRONG, about, what, do)
    if held is None:
        what = "is not on the device yet: hotelbridge sets it when it starts"
        return Finding(Gravity.NOTE, about, what, f"Is the voice file {wanted.voicefile} on the device?")
    if held.voicefile != wanted.voicefile:
        what = f"plays {held.voicefile or 'nothing'!r} now, not {wanted.voicefile!r}"
        do = (
            "hotelbridge sets it when it starts. If the device uses this menu for something else, give ours "
            "another id."
        )
        return Finding(Gravity.WRONG, about, what, do)
    differs = [
        f"{name} is {getattr(held, name)!r}, not {getattr(wanted, name)!r}"
        for name in ("repeat", "infolength", "exit")
        if getattr(held, name) != getattr(wanted, name)
    ]
    if differs:
        gravity = Gravity.WRONG if running else Gravity.NOTE
        return Finding(gravity, about, ", ".join(differs), "hotelbridge sets it when it starts.")
    return Finding(Gravity.WELL, about, f"plays {held.voicefile} {held.repeat} times")


def of_proof(proof: str, keys_seen: int) -> list[Finding]:
    """Where a key is wanted as proof: was one ever seen?"""
    if proof != "digit":
        return []
    if keys_seen:
        what = f"proved here: {keys_seen} keys of room phones were reported in the days that are kept"
        return [Finding(Gravity.WELL, ("proof by digit",), what)]
    what = "is unproved: no key of an extension was ever seen from this device"
    do = (
        "Ring a phone (check --online --ring NUMBER), lift it, press a key while the announcement plays, and "
        'check again. Until then take proof = "answer": a guest who presses in vain is rung again and again.'
    )
    return [Finding(Gravity.WRONG, ("proof by digit",), what, do)]


# --- a ring ---


def of_taken_port(phone: str, listen: str) -> Finding:
    """Somebody else has the event port: a ring would not be seen."""
    what = (
        f"was not tried: {listen} is taken by another program, and no hotelbridge runs with this database, "
        "so the ring's reports could not be seen"
    )
    do = (
        "If systemd holds the port for hotelbridge, start it: systemctl start hotelbridge. Otherwise find "
        "the program: ss -ltnp"
    )
    return Finding(Gravity.WRONG, (f"ring of phone {phone}",), what, do)


def of_trial(trial: Trial) -> list[Finding]:
    """What a ring that was asked for has shown."""
    about = (f"ring of phone {trial.phone}",)
    if trial.code is not None:
        _, _, words = FAILURES.get(trial.code, (None, None, "the device refused the call"))
        return [
            Finding(Gravity.WRONG, about, f"was refused: {words} (code {trial.code})", _after(trial.code))
        ]
    if trial.refused:
        return [Finding(Gravity.WRONG, about, f"was not tried: {trial.refused}")]
    if trial.rang_after is None:
        return [_no_ring(about, trial)]
    what = f"RING came after {trial.rang_after:.1f} s {trial.where}"
    what += "; it was lifted" if trial.answered else "; nobody lifted it"
    what += " and hung up" if trial.ended else " and the call was ended from here" if trial.cleared else ""
    found = [Finding(Gravity.WELL, about, what)]
    if not trial.ended and not trial.cleared:
        what = "was not seen to end, and was not ended from here: it was not certain whose call it was"
        found.append(Finding(Gravity.NOTE, about, what, "Lift the phone and put it down."))
    return found


def _no_ring(about: tuple[str, ...], trial: Trial) -> Finding:
    """Accepted, and no report: is it the ring that is missing, or only its report?"""
    what = f"was accepted, and no RING came within {trial.within:g} s {trial.where}"
    if trial.seen is not None and trial.seen.state == "active":
        do = (
            "The phone is ringing: its reports do not arrive. On the device's API page check server address "
            "and port, the URL and the phone's status subscription; then the firewall here and `allow` in "
            "the configuration. It stops by itself, or lift it: a call that is not reported is not ended "
            "from here."
        )
        return Finding(Gravity.WRONG, about, what, do)
    do = (
        "Nor does the device say that the phone is in a call. Does it ring? Call it by hand, and look at the "
        "menu."
    )
    return Finding(Gravity.WRONG, about, what, do)


def _after(code: int) -> str:
    advice = {
        3: "Connect the phone, then try again.",
        5: "All announcements of the device are taken; try again, and look at `max_calls`.",
        7: "Look at the number, and whether the menu is on the device (hotelbridge sets it when it starts).",
        8: "Connect the phone, then try again.",
    }
    return advice.get(code, "Try again when the phone is free; Do Not Disturb can be the cause too.")


# --- all of them ---


def gathered(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that say the same of several things as one, what is wrong first."""
    together: dict[tuple[Gravity, str, str], Finding] = {}
    for one in findings:
        key = (one.gravity, one.what, one.do)
        known = together.get(key)
        together[key] = one if known is None else replace(known, about=(*known.about, *one.about))
    order = list(Gravity)
    return sorted(together.values(), key=lambda one: order.index(one.gravity))


def heading(about: Sequence[str]) -> str:
    """`phones 110, 111 and 22 more` of several, the thing itself of one."""
    if len(about) == 1:
        return about[0]
    kinds = {one.rpartition(" ")[0] for one in about}
    if len(kinds) != 1 or "" in kinds:
        return _named(about)
    return f"{kinds.pop()}s {_named([one.rpartition(' ')[2] for one in about])}"


def _named(items: Sequence[str]) -> str:
    if len(items) <= MOST_NAMED + 1:
        return ", ".join(items)
    return f"{', '.join(items[:MOST_NAMED])} and {len(items) - MOST_NAMED} more"


def is_wrong(findings: Iterable[Finding]) -> bool:
    """Whether something must be done."""
    return any(one.gravity is Gravity.WRONG for one in findings)
