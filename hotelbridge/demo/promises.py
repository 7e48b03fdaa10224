"""The promises of the story, each a sentence and a look at the evidence.

A look returns nothing when the promise held, else what was expected and what was seen. No look knows
how the house works inside: only calls, rings, answers of the API and what the desk heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotelbridge.demo.evidence import Evidence, Stayed
from hotelbridge.demo.guests import Guest

GUARDED = {"No_Disturb": "on"}  # what the guest of 216 has set on his phone
FORWARDED = {"Fwd_Type": "1", "Fwd_Number": "219"}  # ... and that of 217

ON_TIME = timedelta(seconds=1)
AT_ONCE = timedelta(seconds=2)
FINAL = frozenset({"woken", "closed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept."""

    expected: str
    seen: str


Look = Callable[[Evidence], Broken | None]


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence, and how to see whether it held."""

    sentence: str
    look: Look


def of_guest(guest: Guest) -> Promise:
    """This guest's end, with exactly the rings it takes."""

    def look(evidence: Evidence) -> Broken | None:
        night = evidence.nights[guest.room]
        expected = guest.ends, guest.rings, guest.connects
        seen = night.state, len(night.rings), len(night.connects)
        return None if seen == expected else Broken(_night(*expected), _night(*seen) + _attempts(night))

    return Promise(f"{guest.room}: {guest.promise}", look)


def on_time(guests: Iterable[Guest]) -> Promise:
    """Promise 2 of the house."""
    rooms = [guest.room for guest in guests if guest.on_time]

    def look(evidence: Evidence) -> Broken | None:
        delays = {room: _delay(evidence.nights[room]) for room in rooms}
        wrong = [f"{room}: {_said(delay)}" for room, delay in delays.items() if not _punctual(delay)]
        return Broken("every first ring asked for within 1 s of due", "; ".join(wrong)) if wrong else None

    return Promise("every first ring leaves within a second of due, and never before", look)


def _delay(night: Stayed) -> timedelta | None:
    return night.connects[0] - night.due if night.connects else None


def _punctual(delay: timedelta | None) -> bool:
    return delay is not None and timedelta() <= delay <= ON_TIME


def _said(delay: timedelta | None) -> str:
    return "never" if delay is None else f"{delay.total_seconds():+.2f} s"


def _night(ends: str, rings: int, connects: int) -> str:
    return f"{ends}, heard {rings} time(s), asked for {connects} time(s)"


def _attempts(night: Stayed) -> str:
    told = [f"{one['outcome']} ({one['detail']})" for one in night.wakeup.get("attempts", [])]
    return "; attempts: " + ", ".join(told) if told else ""


# -- guests of the PMS -------------------------------------------------------------------------------


def moved_along(evidence: Evidence) -> Broken | None:
    """The guest was checked in to 221 and moved to 223."""
    seen = evidence.rung["221"], evidence.rung["223"]
    return None if seen == (0, 1) else Broken("221 not rung, 223 once", f"221 {seen[0]}, 223 {seen[1]} times")


def one_result(evidence: Evidence) -> Broken | None:
    """Exactly one, for the room in which the guest is now."""
    said = [record for record in evidence.said_to_pms if record.startswith("-> WA")]
    right = len(said) == 1 and "|RN223|" in said[0] and "|ASOK|" in said[0]
    return None if right else Broken("one WA for room 223 with ASOK", "; ".join(said) or "none")


def phones_follow(evidence: Evidence) -> Broken | None:
    """Vacant rooms are barred, occupied ones are open."""
    wanted = {"221": "1", "222": "1", "223": "3"}
    seen = {room: evidence.held[room].get("Call_Restriction", "") for room in wanted}
    return None if seen == wanted else Broken(f"Call_Restriction {wanted}", str(seen))


def names_are_text(evidence: Evidence) -> Broken | None:
    """As the desk is told it."""
    wanted = {"206": ("$(reboot)",), "207": ("<script>alert(1)</script>",), "204": ("王 小明",)}
    seen = {room: evidence.guests.get(room, ()) for room in wanted}
    return None if seen == wanted else Broken(str(wanted), str(seen))


# -- the evening ------------------------------------------------------------------------------------


def dead_phone_told_at_once(evidence: Evidence) -> Broken | None:
    """The desk knows of the dead phone while the ladder goes on."""
    night = evidence.nights["204"]
    heard = evidence.alarm_of("204", "phone_offline")
    expected = "an alarm phone_offline within 2 s of the first try, and further tries after it"
    if not heard or not night.connects:
        return Broken(expected, "no such alarm on the event stream")
    after = heard[0].at - night.connects[0]
    later = [at for at in night.connects if at > heard[0].at]
    return (
        None
        if after <= AT_ONCE and later
        else Broken(expected, f"{_said(after)}, {len(later)} tries after it")
    )


def alarm_repeats(evidence: Evidence) -> Broken | None:
    """Nobody can miss it."""
    until = evidence.moments.get("acknowledged")
    heard = [one for one in evidence.alarm_of("203", "wakeup_failed") if until is None or one.at < until]
    return None if len(heard) >= 3 else Broken("the alarm heard at least three times", f"{len(heard)} times")


def alarm_is_silent_and_returns(evidence: Evidence) -> Broken | None:
    """Acknowledged is silent, not over."""
    begins, ends = evidence.moments.get("acknowledged"), evidence.moments.get("closed")
    expected = "after the acknowledgement by name 3 s of silence, then the alarm again, until it is closed"
    if begins is None or ends is None:
        return Broken(expected, "it could not be acknowledged")
    heard = [one.at for one in evidence.alarm_of("203", "wakeup_failed")]
    slack = timedelta(seconds=0.5)  # the news of the acknowledgement itself
    early = [at for at in heard if begins + slack < at < begins + timedelta(seconds=3) - slack]
    back = [at for at in heard if begins + timedelta(seconds=3) - slack <= at <= ends]
    seen = f"heard {len(early)} time(s) in the silence, {len(back)} time(s) after it"
    return None if not early and back else Broken(expected, seen)


def closed_by_name(evidence: Evidence) -> Broken | None:
    """Who went, and what they found, stays on record."""
    wakeup = evidence.nights["203"].wakeup
    told = " / ".join(str(line["text"]) for line in wakeup["history"])
    good = wakeup["state"] == "closed" and wakeup["result"] == "woken_by_staff" and "Anna" in _names(wakeup)
    return None if good else Broken("closed as woken_by_staff by Anna", f"{wakeup['state']}, history: {told}")


def _names(wakeup: object) -> str:
    history = wakeup["history"] if isinstance(wakeup, dict) else []
    return " ".join(f"{line['by']} {line['text']}" for line in history)


# -- the hard night ---------------------------------------------------------------------------------


def settings_put_back(evidence: Evidence) -> Broken | None:
    """Do Not Disturb and forwarding belong to the guest."""
    wrong = []
    for phone, own in (("216", GUARDED), ("217", FORWARDED)):
        held = {name: evidence.held.get(phone, {}).get(name) for name in own}
        wrong += [f"{phone} holds {held}"] if held != own else []
    return Broken("what the guests had set before they slept", "; ".join(wrong)) if wrong else None


def nobody_else_rung(evidence: Evidence) -> Broken | None:
    """219 is rung for its own wake-up only."""
    tries = len(evidence.nights["219"].connects)
    heard = len(evidence.nights["219"].rings)
    return None if heard == tries else Broken(f"219 heard {tries} rings, its own", f"{heard}")


def off_hook_told_at_once(evidence: Evidence) -> Broken | None:
    """The phone is not busy, it is off the hook: that does not heal by itself."""
    heard = evidence.alarm_of("218", "phone_offline")
    night = evidence.nights["218"]
    expected = "an alarm that says 'off the hook' within 2 s of the first try"
    if not heard or not night.connects:
        return Broken(expected, "no such alarm on the event stream")
    after, text = heard[0].at - night.connects[0], str(heard[0].item.get("text"))
    good = after <= AT_ONCE and "off the hook" in text
    return None if good else Broken(expected, f"{_said(after)}: {text}")


# -- the clocks change ------------------------------------------------------------------------------


def lost_hour_is_asked(evidence: Evidence) -> Broken | None:
    """A time that does not exist is not guessed."""
    told = evidence.answers.get("forward 02:30", {})
    good = told.get("code") == "no_such_local_time" and "03:00" in str(told.get("detail"))
    return None if good else Broken("refused no_such_local_time, with 03:00", str(dict(told)))


def doubled_hour_is_asked(evidence: Evidence) -> Broken | None:
    """A time that comes twice is not guessed either."""
    told = evidence.answers.get("back 02:30", {})
    detail = str(told.get("detail"))
    good = told.get("code") == "ambiguous_local_time" and "+02:00" in detail and "+01:00" in detail
    return None if good else Broken("refused ambiguous_local_time, with both", str(dict(told)))


def morning_after_a_change(evidence: Evidence) -> Broken | None:
    """The property's wall clock decides, whatever the server's zone is."""
    wanted = {"forward 06:30": "T06:30:00+02:00", "back 06:30": "T06:30:00+01:00"}
    due = {name: str(evidence.answers.get(name, {}).get("due")) for name in wanted}
    wrong = [f"{name}: {due[name]}" for name, end in wanted.items() if not due[name].endswith(end)]
    return Broken("due at 06:30 with the offset of after the change", "; ".join(wrong)) if wrong else None


# -- the device restarts ----------------------------------------------------------------------------


def device_down_told(evidence: Evidence) -> Broken | None:
    """A device that is away is an alarm; when it is back the alarm closes itself."""
    about = [one for one in evidence.alarms if one["kind"] == "device_down"]
    expected = "an alarm device_down that closed itself when the device was back"
    if not about:
        return Broken(expected, "no such alarm")
    still = [one for one in about if one["open"]]
    return Broken(expected, "it is still open") if still else None


def menus_before_every_ring(evidence: Evidence) -> Broken | None:
    """A device that has restarted has forgotten its menus: a guest would hear nothing."""
    held: set[str] = set()
    restarts = [evidence.moments["restarted"]] if "restarted" in evidence.moments else []
    for at, words in evidence.commands:
        if restarts and at > restarts[0]:
            held.clear()
            restarts.pop(0)
        if words.startswith("Assign menu "):
            held.add(words.removeprefix("Assign menu "))
        elif words.startswith("Connect menu ") and not held >= set(evidence.menus):
            missing = ", ".join(sorted(set(evidence.menus) - held))
            return Broken(
                "every menu assigned before a Connect", f"{words} at {at:%H:%M:%S} without menu {missing}"
            )
    return None


# -- the daemon is killed ---------------------------------------------------------------------------


def no_ring_within_the_window(evidence: Evidence) -> Broken | None:
    """Nobody knows what became of the ring that was in the air: so it is waited out."""
    night = evidence.nights["211"]
    expected = "the second Connect only when the first ring is surely over"
    if len(night.connects) < 2 or not night.rings:
        return Broken(expected, f"{len(night.connects)} Connect(s)")
    over = night.rings[0].ended or night.connects[0] + evidence.ring
    early = over - night.connects[1]
    return (
        Broken(expected, f"it came {early.total_seconds():.1f} s too early") if early > timedelta() else None
    )


def late_is_said(evidence: Evidence) -> Broken | None:
    """Late is told, to people and to programs."""
    wakeup = evidence.nights["214"].wakeup
    words = " / ".join(line["text"] for line in wakeup["history"])
    good = (wakeup["late"] or 0) > 1 and "late" in words
    return (
        None
        if good
        else Broken("`late` over 1 s, and 'late' in the history", f"late {wakeup['late']}: {words}")
    )


def too_late_is_an_alarm(evidence: Evidence) -> Broken | None:
    """Beyond the grace a person goes, at once."""
    ready = evidence.moments.get("back")
    expected = "an alarm wakeup_late about room 213 as soon as the daemon was back"
    about = [one for one in evidence.alarms if one["kind"] == "wakeup_late" and one["room"] == "213"]
    if not about or ready is None:
        return Broken(expected, "no such alarm")
    after = datetime.fromisoformat(about[0]["since"]) - ready
    return None if after <= AT_ONCE else Broken(expected, f"{_said(after)} after it was ready")


# -- the whole night --------------------------------------------------------------------------------


def no_overlap(evidence: Evidence) -> Broken | None:
    """Never twice by accident."""
    seen = [f"{one.phone} at {one.at:%H:%M:%S} while it {one.while_it}" for one in evidence.overlaps]
    return Broken("no phone asked to ring while it rings or talks", "; ".join(seen)) if seen else None


def every_phone_reports(evidence: Evidence) -> Broken | None:
    """A phone that reports nothing is rung again though its guest has answered."""
    mute = ", ".join(evidence.mute)
    return (
        Broken("the reports of every phone switched on in the device", f"not those of {mute}")
        if mute
        else None
    )


def nothing_lost(evidence: Evidence) -> Broken | None:
    """Each wake-up has come to exactly one end."""
    open_ones = [f"{room}: {one.state}" for room, one in evidence.nights.items() if one.state not in FINAL]
    return Broken("every wake-up woken or closed by name", "; ".join(open_ones)) if open_ones else None


def desk_heard_every_end(evidence: Evidence) -> Broken | None:
    """The event stream told each end, across restarts of the daemon."""
    last: dict[str, str] = {}
    for one in evidence.heard:
        if one.event == "wakeup" and one.item:
            last[one.id] = str(one.item["state"])
    told = {room: last.get(str(one.wakeup["id"]), "nothing") for room, one in evidence.nights.items()}
    wrong = [f"{room}: {state}" for room, state in told.items() if state != evidence.nights[room].state]
    return Broken("the last event of each wake-up tells its end", "; ".join(wrong)) if wrong else None


def daemon_is_well(evidence: Evidence) -> Broken | None:
    """Killed twice, and still in order."""
    if evidence.failures:
        return Broken("no unexpected failure in the daemon's log", evidence.failures[0])
    code = evidence.exit_code
    return None if code == 0 else Broken("the daemon ends with exit code 0", f"exit code {code}")


WHOLE_NIGHT: Sequence[Promise] = (
    Promise("no phone is rung while it rings or talks", no_overlap),
    Promise("the reports of every phone are switched on", every_phone_reports),
    Promise("no ring before the device has the voice menus", menus_before_every_ring),
    Promise("no wake-up is lost: each ends woken, or closed by name", nothing_lost),
    Promise("the desk heard every end on the event stream", desk_heard_every_end),
    Promise("the daemon ends in order, and no failure is in its log", daemon_is_well),
)
