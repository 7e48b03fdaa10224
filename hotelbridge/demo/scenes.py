"""The scenes of the story: each books its guests, does something to the house, and waits for the end.

A scene judges nothing: it notes moments on the stage, and brings promises to be looked at when the
night is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hotelbridge.demo import promises as looks
from hotelbridge.demo.calls import EVENING_OF_CALLS
from hotelbridge.demo.guests import EVENING, HARD, KILL, LIFTS, OUTAGE, POWER_CUT, REBOOT
from hotelbridge.demo.hotel import Hotel
from hotelbridge.demo.promises import FORWARDED, GUARDED, Promise
from hotelbridge.demo.stage import Scene, Stage
from hotelbridge.demo.waiting import pause, until
from hotelbridge.testing.fake_om_scripts import RINGS_FOR_EVER


async def _evening(stage: Stage) -> None:
    begins = await stage.book(EVENING)
    await stage.at(begins, EVENING[-1].due)
    await stage.ended(EVENING, within=25.0)


async def _alarm(stage: Stage) -> None:
    """The alarm of the guest who never answered: heard, acknowledged, back, closed."""
    heard = stage.hotel.events.heard
    number = await stage.alarm("203", "wakeup_failed")
    if number is None:
        return
    await until(stage.hotel.clock, lambda: _times_heard(heard, number) >= 3, within=8.0)
    stage.note("acknowledged")
    await stage.hotel.api.acknowledge(number, "Anna")
    silence = stage.hotel.property.alarm.silence.total_seconds()
    await pause(stage.hotel.clock, silence + stage.hotel.property.alarm.repeat.total_seconds() + 0.5)
    await stage.hotel.api.acknowledge(number, "Anna", "woken_by_staff", "went up and knocked")
    stage.note("closed")


def _times_heard(heard: Sequence[Any], number: int) -> int:
    return sum(
        1
        for one in heard
        if one.event == "alarm" and one.id == str(number) and one.item.get("kind") == "wakeup_failed"
    )


async def _hard(stage: Stage) -> None:
    """What guests do to their phones before they sleep."""
    om = stage.hotel.om
    om.phone("216").parameters.update(GUARDED)
    om.phone("217").parameters.update(FORWARDED)
    om.guest_leaves_off_hook("218")
    begins = await stage.book(HARD)
    await stage.at(begins, HARD[-1].due)
    await stage.ended(HARD, within=25.0)
    om.guest_hangs_up("218")
    await until(stage.hotel.clock, lambda: om.phone("217").parameters.get("Fwd_Type") == "1", 5.0)


async def _power_cut(stage: Stage) -> None:
    begins = await stage.book(POWER_CUT)
    await stage.at(begins, 0.5)
    stage.say("the power is gone: no daemon, no telephone exchange")
    stage.hotel.om.reboot(downtime=5.0)
    await stage.hotel.kill9()
    await stage.at(begins, POWER_CUT[0].due + 1.0)
    stage.say(f"started again, ready after {await stage.hotel.start():.1f} s")
    await stage.ended(POWER_CUT, within=25.0)


async def _summer_time(stage: Stage) -> None:
    """Nobody waits for March: what the desk is told when it books for that night is what will ring."""
    hotel = stage.hotel
    changes = clock_changes(hotel.settings.properties[1].zone, hotel.clock.now())
    for name, day in changes.items():
        for clock in ("02:30", "06:30"):
            stage.answers[f"{name} {clock}"] = await hotel.second.offer("301", f"{day}T{clock}")


def clock_changes(zone: ZoneInfo, now: datetime) -> dict[str, date]:
    """The next days on which the clocks are put forward and back."""
    found: dict[str, date] = {}
    for ahead in range(1, 400):
        noon = datetime.combine(now.astimezone(zone).date() + timedelta(days=ahead), time(12), zone)
        turned = (noon.utcoffset() or timedelta()) - ((noon - timedelta(days=1)).utcoffset() or timedelta())
        if turned:
            found.setdefault("forward" if turned > timedelta() else "back", noon.date())
    return found


async def _reboot(stage: Stage) -> None:
    begins = await stage.book(REBOOT)
    await stage.at(begins, 1.3)
    stage.note("restarted")
    stage.hotel.om.reboot(downtime=3.0)
    await stage.ended(REBOOT, within=20.0)


async def _kill(stage: Stage) -> None:
    begins = await stage.book(KILL)
    await stage.at(begins, 1.0)
    stage.say("kill -9, with one phone ringing and one just lifted")
    await stage.hotel.kill9()
    stage.say(f"started again, ready after {await stage.hotel.start():.1f} s")
    await stage.ended(KILL, within=20.0)


async def _outage(stage: Stage) -> None:
    begins = await stage.book(OUTAGE)
    await stage.at(begins, 0.0)
    stage.say("kill -9, with two wake-ups due before the daemon is back")
    await stage.hotel.kill9()
    grace = stage.hotel.property.wakeup.grace.total_seconds()
    await stage.at(begins, OUTAGE[0].due + grace + 0.6)
    took = await stage.hotel.start()
    stage.note("back")
    stage.say(f"started again, ready after {took:.1f} s")
    await stage.at(begins, OUTAGE[-1].due)
    await stage.ended(OUTAGE, within=10.0)


async def _guest_life(stage: Stage) -> None:
    """Guests come, share, move and go at the PMS; the daemon is killed in between."""
    hotel, pms = stage.hotel, stage.hotel.pms
    hotel.scripts({"221": (RINGS_FOR_EVER,), "223": (LIFTS,)})
    pms.play('gi 221 2001 "Müller, Hans" language=GE')
    pms.play('gi 222 2002 "$(reboot)"')
    pms.play('share 222 2003 "<script>"')
    due = hotel.whole_second(11.0)
    pms.play(f"wr 221 {hotel.local(due):%H%M%S}")
    await until(hotel.clock, lambda: _holds(hotel, "221", "3") and _holds(hotel, "222", "3"), 4.0)
    pms.play("move 221 223 2001")
    await until(hotel.clock, lambda: _holds(hotel, "223", "3"), 3.0)
    stage.say("kill -9, with a wake-up that the PMS has asked for")
    await hotel.kill9()
    pms.play("go 222 2003")
    stage.say(f"started again, ready after {await hotel.start():.1f} s")
    await until(hotel.clock, lambda: hotel.pms.records("-> WA"), 20.0)
    pms.play("go 222")
    await until(hotel.clock, lambda: _holds(hotel, "222", "1"), 8.0)


def _holds(hotel: Hotel, phone: str, level: str) -> bool:
    return hotel.om.phone(phone).parameters.get("Call_Restriction") == level


async def close_what_is_open(stage: Stage) -> None:
    """The end of the night shift: a person says of every open alarm what they found."""
    for alarm in await stage.hotel.api.alarms(open=True):
        if alarm["wakeup"] is not None:
            await stage.hotel.api.acknowledge(alarm["id"], "Bela", "woken_by_staff")
    rooms = [guest for guest, _, _ in stage.booked.values()]
    await stage.ended(rooms, within=3.0)
    await pause(stage.hotel.clock, 0.5)  # the news of it is on its way


SCENES: tuple[Scene, ...] = (
    Scene(
        "evening", "Eight guests, and nothing is as it should be", EVENING, _evening,
        (Promise("204: the desk is told at once that the phone is dead", looks.dead_phone_told_at_once),),
    ),
    Scene(
        "alarm", "Nobody woke room 203: the desk's alarm", (), _alarm,
        (
            Promise("the alarm is heard again and again", looks.alarm_repeats),
            Promise("acknowledged by name it is silent, and returns", looks.alarm_is_silent_and_returns),
            Promise("closed by name, with what was found", looks.closed_by_name),
        ),
    ),
    Scene(
        "hard", "Do Not Disturb, forwarding, a handset off the hook, a long night at the bar", HARD, _hard,
        (
            Promise("216, 217: the guests have their settings back", looks.settings_put_back),
            Promise("217: nobody rings the room he forwards to", looks.nobody_else_rung),
            Promise("218: the desk is told at once what is wrong", looks.off_hook_told_at_once),
        ),
    ),
    Scene(
        "reboot", "The device restarts", REBOOT, _reboot,
        (Promise("the desk is told that the device is away, until it is back", looks.device_down_told),),
    ),
    Scene(
        "kill", "The daemon is killed in the middle of a ring", KILL, _kill,
        (Promise("211: no second ring while the first may go on", looks.no_ring_within_the_window),),
    ),
    Scene(
        "outage", "The daemon is dead for a while", OUTAGE, _outage,
        (
            Promise("214: late is said", looks.late_is_said),
            Promise("213: an alarm as soon as the daemon is back", looks.too_late_is_an_alarm),
        ),
    ),
    Scene(
        "guest life", "Guests come, share, move and go at the PMS", (), _guest_life,
        (
            Promise("223: the wake-up goes along with the guest, and rings there, once", looks.moved_along),
            Promise("the PMS hears how it ended, once", looks.one_result),
            Promise("221, 222, 223: each phone holds what its room should", looks.phones_follow),
            Promise("a guest's name is text", looks.names_are_text),
        ),
    ),
    EVENING_OF_CALLS,
    Scene("power cut", "A power cut of the whole house", POWER_CUT, _power_cut),
    Scene(
        "summer time", "The nights on which the clocks change", (), _summer_time,
        (
            Promise("02:30 in the lost hour is refused, and 03:00 is offered", looks.lost_hour_is_asked),
            Promise("02:30 in the doubled hour is asked for: which one?", looks.doubled_hour_is_asked),
            Promise("06:30 is 06:30 by the hotel's clocks on both days", looks.morning_after_a_change),
        ),
    ),
)  # fmt: skip
