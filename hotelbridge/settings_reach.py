"""Whether alarms and lists can reach anybody, and calls for help the outside, by what the configuration says.

`check_reach` finds what cannot be meant so; `warnings` what is allowed and will be missed one night.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hotelbridge.errors import Mistake
from hotelbridge.settings import PropertySettings, Settings
from hotelbridge.settings_alarms import Channels, MailSettings

Say = Callable[[str, str], None]


def check_reach(where: str, property: PropertySettings, say: Say) -> None:
    """What does not fit together between desk phones, rooms, menus, lists and mail."""
    _check_desk(where, property, say)
    _check_mail(f"{where}.alarm.mail", property.alarm.mail, say)
    _check_mail(f"{where}.lists.mail", property.lists.mail, say)
    if property.night_list and not property.lists.configured:
        say(f"{where}.night_list", "goes nowhere: give [property.lists] a command, a hook or a mail host")


def _check_desk(where: str, property: PropertySettings, say: Say) -> None:
    of_rooms = {phone: room.number for room in property.rooms for phone in property.phones_of(room)}
    devices = {om.name: om for om in property.om}
    known = ", ".join(sorted(devices)) or "none is configured"
    for index, (device, number) in enumerate(property.desk_phones):
        here = f"{where}.desk.phones"
        if not number or not number.isprintable() or " " in number:
            say(here, f"{number!r} is not the number of a phone")
        elif device not in devices:
            say(here, f"phone {number} is on no known device; write device/number (devices: {known})")
        elif (device, number) in property.desk_phones[:index]:
            say(here, f"phone {number} is there twice")
        elif (device, number) in of_rooms:
            say(here, f"phone {number} belongs to room {of_rooms[device, number]}: a guest would be rung")
        elif property.desk.menu not in {menu.id for menu in devices[device].menus}:
            say(f"{where}.desk.menu", f"{device} has no [[property.om.menu]] with id = {property.desk.menu}")
    if property.desk.phones and property.desk.menu == property.wakeup.menu:
        say(f"{where}.desk.menu", "wakes guests: the alarm needs a menu of its own")


def _check_mail(where: str, mail: MailSettings, say: Say) -> None:
    if not mail.host:
        if mail.sender or mail.to or mail.user:
            say(f"{where}.host", "is missing: without a mail server nothing is sent")
        return
    if not mail.sender:
        say(f"{where}.from", "is missing")
    if not mail.to:
        say(f"{where}.to", "is missing: nobody would get the mail")
    if mail.password and mail.password_file:
        say(f"{where}.password_file", "is given beside `password`; one of them must go")
    if mail.user and not (mail.password or mail.password_file):
        say(f"{where}.password", "is missing: `user` asks for a login")
    if mail.user and not mail.starttls:
        say(f"{where}.starttls", "must be true where a password is sent")


def warnings(settings: Settings) -> list[Mistake]:
    """What is allowed, and what a hotel should know about it."""
    found = []
    for number, property in enumerate(settings.properties):
        where = f"property.{number}"
        if not property.alarm.configured:
            what = "there is no second level: an alarm that nobody at the desk hears is heard by nobody else"
            found.append(Mistake(f"{where}.alarm", f"{what}. Give it a command, a hook or a mail host."))
        if not property.desk.phones:
            what = "no desk phone is rung for an alarm: it shows and sounds on consoles alone"
            found.append(Mistake(f"{where}.desk.phones", f"{what}."))
        found += _unproved(where, property)
        for name, channels in (("alarm", property.alarm), ("lists", property.lists)):
            found += _open_letters(f"{where}.{name}", channels)
        found += _not_dialled(where, property)
        found += _unsaid_threshold(where, property)
    return found


def _unsaid_threshold(where: str, property: PropertySettings) -> list[Mistake]:
    """Analogue trunks do not report an answer: how long a call rings there is charged, or is not."""
    if not property.tariff or "XO" in property.charges.trunk_thresholds:
        return []
    what = (
        "says nothing of analogue trunks, on which ringing counts as talking: write "
        '{ XO = "20s" } for calls that are free up to 20 s there, or { XO = "0s" } for none'
    )
    return [Mistake(f"{where}.charges.trunk_thresholds", f"{what}.")]


def _not_dialled(where: str, property: PropertySettings) -> list[Mistake]:
    """Names of rooms that were left to be their phones' numbers, and cannot be."""
    found = []
    for index, room in enumerate(property.rooms):
        for _, number in property.phones_of(room):
            if not re.fullmatch("[0-9*#]+", number):
                what = f"{number!r} is no number that a telephone exchange knows"
                advice = "" if room.phones else f"; give room {room.number} its `phones`"
                found.append(Mistake(f"{where}.room.{index}.phones", f"{what}{advice}"))
    return found


def _unproved(where: str, property: PropertySettings) -> list[Mistake]:
    """Level 0 is "internal only", and no exemption of emergency numbers is known: somebody must try it."""
    keys = property.phones.asks_for_none_outside
    if property.emergency.proved or not keys or not property.rooms:
        return []
    asked = ", ".join(f"phones.{key}" for key in keys)
    what = (
        f"no emergency call from a phone at Call_Restriction 0 has been proved: for 0 ({asked}) "
        "1 is sent. Make a real test call from such a phone, then write the day and who made it, "
        'like "2026-11-24 A. Porter"'
    )
    return [Mistake(f"{where}.emergency.proved", f"{what}.")]


def _open_letters(where: str, channels: Channels) -> list[Mistake]:
    """Room numbers and notes of guests that would leave the house unencrypted."""
    found = []
    if channels.hook.startswith("http://"):
        found.append(Mistake(f"{where}.hook", "is not encrypted; use https outside the house"))
    if channels.mail.host and not channels.mail.starttls:
        found.append(Mistake(f"{where}.mail.starttls", "mail is not encrypted; keep it inside the house"))
    return found
