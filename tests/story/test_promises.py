"""The checks of the story catch a broken promise: each is held against evidence that was doctored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotelbridge.demo import promises as looks
from hotelbridge.demo.eventline import Heard
from hotelbridge.demo.evidence import Evidence, Stayed
from hotelbridge.demo.guests import ALL, Guest
from hotelbridge.demo.report import Chapter, all_kept, judge, written
from hotelbridge.testing.fake_om_plant import Overlap, Ring

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def night(guest: Guest, id: int) -> Stayed:
    """A guest's night as it was promised."""
    result = "woken_by_staff" if guest.ends == "closed" else "answered"
    late = 2.5 if guest.room == "214" else None
    history = [{"what": "closed", "by": "token", "text": f"{result} (Anna), 3 s late"}]
    wakeup = {
        "id": id,
        "state": guest.ends,
        "result": result,
        "late": late,
        "history": history,
        "attempts": [],
    }
    starts = [after(guest.due + 4 * n) for n in range(max(guest.connects, guest.rings))]
    rings = [Ring(guest.room, "1", at, at, ended=at + timedelta(seconds=3)) for at in starts[: guest.rings]]
    return Stayed(guest, after(guest.due), tuple(starts[: guest.connects]), tuple(rings), wakeup)


def alarm(at: float, room: str, kind: str, **more: Any) -> Heard:
    item = {"open": True, "room": room, "kind": kind} | more
    return Heard(after(at), "alarm", "1", item)


def as_promised() -> Evidence:
    """Evidence of a night in which every promise was kept."""
    nights = {guest.room: night(guest, id) for id, guest in enumerate(ALL)}
    ends = [
        Heard(after(60), "wakeup", str(one.wakeup["id"]), {"state": one.state}) for one in nights.values()
    ]
    alarms = [alarm(1.2, "204", "phone_offline")]
    alarms += [alarm(at, "203", "wakeup_failed") for at in (12, 13, 14, 18, 19)]
    alarms += [alarm(1.3, "218", "phone_offline", text="Room 218: the phone is off the hook.")]
    closed = {"kind": "device_down", "room": None, "open": False}
    late = {"kind": "wakeup_late", "room": "213", "open": False, "since": after(30).isoformat()}
    return Evidence(
        nights=nights,
        alarms=(closed, late),
        heard=(*alarms, *ends),
        commands=((after(-1), "Assign menu 1"), (after(0), "Connect menu 1, ext 201")),
        overlaps=(),
        menus=("1",),
        ring=timedelta(seconds=3),
        moments={"acknowledged": after(15), "closed": after(20), "back": after(30.2)},
        held={"216": looks.GUARDED, "217": looks.FORWARDED},
        answers={
            "forward 02:30": {"code": "no_such_local_time", "detail": "Take 03:00."},
            "back 02:30": {"code": "ambiguous_local_time", "detail": "02:30+02:00 or 02:30+01:00"},
            "forward 06:30": {"due": "2027-03-28T06:30:00+02:00"},
            "back 06:30": {"due": "2027-10-31T06:30:00+01:00"},
        },
    )


PROMISED = as_promised()
ALL_LOOKS = [
    looks.dead_phone_told_at_once,
    looks.alarm_repeats,
    looks.alarm_is_silent_and_returns,
    looks.closed_by_name,
    looks.settings_put_back,
    looks.nobody_else_rung,
    looks.off_hook_told_at_once,
    looks.lost_hour_is_asked,
    looks.doubled_hour_is_asked,
    looks.morning_after_a_change,
    looks.device_down_told,
    looks.menus_before_every_ring,
    looks.no_ring_within_the_window,
    looks.late_is_said,
    looks.too_late_is_an_alarm,
    looks.no_overlap,
    looks.every_phone_reports,
    looks.nothing_lost,
    looks.desk_heard_every_end,
    looks.daemon_is_well,
]


def spoilt(room: str, **changes: Any) -> Evidence:
    """The same night, with something else seen of one guest."""
    nights = dict(PROMISED.nights)
    wakeup = changes.pop("wakeup", {})
    nights[room] = replace(nights[room], wakeup={**nights[room].wakeup, **wakeup}, **changes)
    return replace(PROMISED, nights=nights)


def without(kind: str, room: str | None) -> Evidence:
    """The same night, with an alarm that nobody heard."""
    heard = [one for one in PROMISED.heard if (one.item.get("kind"), one.item.get("room")) != (kind, room)]
    alarms = [one for one in PROMISED.alarms if (one["kind"], one["room"]) != (kind, room)]
    return replace(PROMISED, heard=tuple(heard), alarms=tuple(alarms))


def more_heard(*heard: Heard) -> Evidence:
    return replace(PROMISED, heard=(*PROMISED.heard, *heard))


def window_broken() -> Evidence:
    known = PROMISED.nights["211"]
    return spoilt("211", connects=(known.connects[0], known.connects[0] + timedelta(seconds=1)))


BROKEN = [
    (looks.dead_phone_told_at_once, without("phone_offline", "204")),
    (looks.dead_phone_told_at_once, spoilt("204", connects=PROMISED.nights["204"].connects[:1])),
    (looks.alarm_repeats, without("wakeup_failed", "203")),
    (looks.alarm_is_silent_and_returns, more_heard(alarm(16.5, "203", "wakeup_failed"))),
    (looks.alarm_is_silent_and_returns, without("wakeup_failed", "203")),
    (looks.closed_by_name, spoilt("203", wakeup={"result": "not_in_room"})),
    (looks.settings_put_back, replace(PROMISED, held={"216": looks.GUARDED, "217": {"Fwd_Type": "0"}})),
    (looks.nobody_else_rung, spoilt("219", connects=PROMISED.nights["219"].connects[:1])),
    (looks.off_hook_told_at_once, without("phone_offline", "218")),
    (looks.lost_hour_is_asked, replace(PROMISED, answers={"forward 02:30": {"due": "03:30"}})),
    (looks.doubled_hour_is_asked, replace(PROMISED, answers={"back 02:30": {"due": "02:30"}})),
    (looks.morning_after_a_change, replace(PROMISED, answers={})),
    (looks.device_down_told, without("device_down", None)),
    (
        looks.device_down_told,
        replace(PROMISED, alarms=({"kind": "device_down", "room": None, "open": True},)),
    ),
    (looks.menus_before_every_ring, replace(PROMISED, commands=PROMISED.commands[1:])),
    (looks.menus_before_every_ring, replace(PROMISED, moments={"restarted": after(-0.5)})),
    (looks.no_ring_within_the_window, window_broken()),
    (looks.late_is_said, spoilt("214", wakeup={"late": None})),
    (looks.too_late_is_an_alarm, without("wakeup_late", "213")),
    (looks.too_late_is_an_alarm, replace(PROMISED, moments={"back": after(20)})),
    (looks.no_overlap, replace(PROMISED, overlaps=(Overlap("205", NOON, "rings"),))),
    (looks.every_phone_reports, replace(PROMISED, mute=("201",))),
    (looks.nothing_lost, spoilt("215", wakeup={"state": "waiting"})),
    (looks.desk_heard_every_end, spoilt("215", wakeup={"state": "waiting"})),
    (looks.daemon_is_well, replace(PROMISED, failures=("ValueError: 1",))),
    (looks.daemon_is_well, replace(PROMISED, exit_code=-9)),
]


@pytest.mark.parametrize("look", ALL_LOOKS, ids=lambda look: look.__name__)
def test_a_promise_that_was_kept_is_found_kept(look: looks.Look) -> None:
    assert look(PROMISED) is None


@pytest.mark.parametrize(("look", "evidence"), BROKEN, ids=lambda it: getattr(it, "__name__", ""))
def test_a_promise_that_was_broken_is_found_broken(look: looks.Look, evidence: Evidence) -> None:
    broken = look(evidence)
    assert broken is not None
    assert broken.expected
    assert broken.seen


@pytest.mark.parametrize("guest", ALL, ids=lambda guest: guest.room)
def test_one_ring_more_than_promised_is_a_broken_promise(guest: Guest) -> None:
    assert looks.of_guest(guest).look(PROMISED) is None
    more = spoilt(guest.room, connects=(*PROMISED.nights[guest.room].connects, after(99)))
    assert looks.of_guest(guest).look(more) is not None


@pytest.mark.parametrize("delay", [-0.1, 1.1, None], ids=["early", "late", "never"])
def test_a_first_ring_out_of_its_second_is_a_broken_promise(delay: float | None) -> None:
    assert looks.on_time(ALL).look(PROMISED) is None
    connects = () if delay is None else (after(delay),)
    broken = looks.on_time(ALL).look(spoilt("201", connects=connects))
    assert broken is not None
    assert broken.seen.startswith("201: ")


def test_the_report_marks_each_promise_and_says_what_was_seen() -> None:
    chapter = Chapter("The whole night", tuple(looks.WHOLE_NIGHT))
    good, bad = judge([chapter], PROMISED), judge([chapter], replace(PROMISED, mute=("207",)))
    assert all_kept(good)
    assert not all_kept(bad)
    assert f"All {len(looks.WHOLE_NIGHT)} promises were kept, in 61 s." in written(good, 61.2)
    report = written(bad, 61.2)
    assert "  BROKEN  the reports of every phone are switched on" in report
    assert "seen:     not those of 207" in report
    assert f"1 of {len(looks.WHOLE_NIGHT)} promises were BROKEN" in report
