"""What is wrong between values of a configuration that are each right by themselves.

Each finding names the key where a person would begin to look. Knows no file and no line.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from hotelbridge.errors import Mistake
from hotelbridge.settings import (
    OmSettings,
    PmsSettings,
    PropertySettings,
    RoomSettings,
    Settings,
    WakeupSettings,
    tcp_of,
)
from hotelbridge.settings_reach import check_reach
from hotelbridge.settings_words import not_known

Say = Callable[[str, str], None]  # the key it is about ("property.0.wakeup.gaps"), and what is wrong


def contradictions(settings: Settings) -> list[Mistake]:
    """Everything that does not fit together; `where` is the dotted key."""
    found: list[Mistake] = []

    def say(key: str, what: str) -> None:
        found.append(Mistake(key, what))

    _doubled([property.id for property in settings.properties], "property", "id", say)
    for number, property in enumerate(settings.properties):
        _check_property(f"property.{number}", property, say)
    _check_routes(settings, say)
    _check_ports(settings, say)
    return found


def _doubled(values: Sequence[str], where: str, key: str, say: Say) -> None:
    counted, seen = Counter(values), set()
    for index, value in enumerate(values):
        if value in seen:
            say(f"{where}.{index}.{key}", f"{value!r} is there {counted[value]} times; each must be its own")
        seen.add(value)


def _check_property(where: str, property: PropertySettings, say: Say) -> None:
    _doubled([om.name for om in property.om], f"{where}.om", "name", say)
    _doubled([room.number for room in property.rooms], f"{where}.room", "number", say)
    for index, om in enumerate(property.om):
        _doubled([str(menu.id) for menu in om.menus], f"{where}.om.{index}.menu", "id", say)
        _check_groups(f"{where}.om.{index}.group", om, say)
        if property.wakeup.menu not in {menu.id for menu in om.menus}:
            menu = property.wakeup.menu
            say(f"{where}.wakeup.menu", f"{om.name} has no [[property.om.menu]] with id = {menu}")
    _check_phones(where, property, say)
    _check_times(f"{where}.wakeup", property.wakeup, say)
    _check_pms(f"{where}.pms", property.pms, say)
    _check_charges(where, property, say)
    check_reach(where, property, say)


def _check_groups(where: str, om: OmSettings, say: Say) -> None:
    _doubled([str(group.id) for group in om.groups], where, "id", say)
    for index, group in enumerate(om.groups):
        here = f"{where}.{index}.members"
        for member, times in Counter(group.members).items():
            if not member or not member.isprintable() or " " in member or "/" in member:
                say(here, f"{member!r} is not the number of a phone of {om.name}")
            elif times > 1:
                say(here, f"phone {member} is there {times} times")


def _check_phones(where: str, property: PropertySettings, say: Say) -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for index, room in enumerate(property.rooms):
        for device, number in property.phones_of(room):
            wrong = _phone(property, room, device, number, owners)
            if wrong:
                say(f"{where}.room.{index}.phones", wrong)
    for device, number in property.shared_phones:
        if len(rooms := owners.get((device, number), [])) < 2:
            has = f"only room {rooms[0]} has it" if rooms else "no room has it"
            say(f"{where}.phones.shared", f"phone {number} is not shared: {has}")


def _phone(
    property: PropertySettings,
    room: RoomSettings,
    device: str,
    number: str,
    owners: dict[tuple[str, str], list[str]],
) -> str | None:
    """What is wrong with one phone of a room."""
    devices = sorted(om.name for om in property.om)
    if not number or not number.isprintable() or " " in number:
        return f"{number!r} is not the number of a phone"
    if device not in devices:
        known = ", ".join(devices) or "none is configured"
        return f"phone {number} is on no known device; write device/number (devices: {known})"
    others = owners.setdefault((device, number), [])
    others.append(room.number)
    if room.number in others[:-1]:
        return f"phone {number} is there twice"
    if others[:-1] and (device, number) not in property.shared_phones:
        return (
            f"phone {number} is in room {others[0]} too; where both really have it, name it in phones.shared"
        )
    return None


def _check_times(where: str, wakeup: WakeupSettings, say: Say) -> None:
    if any(gap <= wakeup.ring for gap in wakeup.gaps):
        say(f"{where}.gaps", "a gap runs from start to start, so it must be longer than `ring`")
    if len(wakeup.gaps) > wakeup.tries - 1:
        needed = wakeup.tries - 1
        say(
            f"{where}.gaps",
            f"{len(wakeup.gaps)} gaps for {wakeup.tries} tries: the first {needed} would be used",
        )
    if wakeup.tries > 1 and not wakeup.gaps:
        say(f"{where}.gaps", f"{wakeup.tries} tries need a gap between them")
    if wakeup.min_answer >= wakeup.talk:
        say(f"{where}.min_answer", "must be shorter than `talk`: the call is ended before it counts")
    if wakeup.report_within > wakeup.ring:
        say(f"{where}.report_within", "must not be longer than `ring`: the call is over before it is missed")
    if wakeup.promise > wakeup.grace:
        what = "must not be longer than `grace`: a ring that was promised would be given up as too late"
        say(f"{where}.promise", what)
    ladder = sum(wakeup.gaps, timedelta()) + wakeup.ring
    if timedelta() < wakeup.native_backup <= ladder:
        what = (
            f"must be longer than all tries take ({ladder.total_seconds():.0f}s): it would ring between them"
        )
        say(f"{where}.native_backup", what)
    if wakeup.too_soon > timedelta(days=1):
        say(f"{where}.too_soon", "no wake-up for tomorrow morning could be booked")


def _check_pms(where: str, pms: PmsSettings, say: Say) -> None:
    """Beside `plugin` only the table of that plugin may stand; what it may hold, the plugin says. Which of
    two names that are nearly the same is wrong knows whoever looks at the plugins that are installed."""
    known = ["plugin", *filter(None, [pms.plugin])]
    for key, value in pms.tables.items():
        if key in pms.nearly_own:
            continue
        if key == pms.plugin:
            if not isinstance(value, dict):
                say(f"{where}.{key}", "must be a table")
        elif not pms.plugin and isinstance(value, dict):
            say(f"{where}.{key}", f'belongs to no plugin: write plugin = "{key}" into [property.pms]')
        else:
            say(f"{where}.{key}", not_known(key, known))


def _check_charges(where: str, property: PropertySettings, say: Say) -> None:
    unit = property.charges.rounding_unit
    if unit is not None:
        from babel.numbers import get_currency_precision  # here: hardly any hotel rounds otherwise

        smallest = Decimal(1).scaleb(-get_currency_precision(property.currency))
        if unit <= 0 or unit % smallest:
            what = f"{unit} is not a multiple of {smallest} {property.currency}, the smallest amount there is"
            say(f"{where}.charges.rounding_unit", what)
    _doubled([str(day) for day in property.charges.holidays], f"{where}.charges", "holidays", say)


def _devices(settings: Settings) -> list[tuple[str, str, OmSettings]]:
    """Every device, with its place in the file and its name among all properties."""
    return [
        (f"property.{number}.om.{index}", f"{property.id}/{om.name}", om)
        for number, property in enumerate(settings.properties)
        for index, om in enumerate(property.om)
    ]


def _check_routes(settings: Settings, say: Say) -> None:
    """Devices that push to one port are told apart by path, then by source."""
    devices = _devices(settings)
    for where, _, om in devices:
        if not om.allow:
            say(f"{where}.allow", "no source may push here: list the device's address")
    for (_, other, one), (where, _, two) in combinations(devices, 2):
        shared = _shared_source(one, two)
        if (one.listen, one.path) == (two.listen, two.path) and shared:
            say(f"{where}.path", f"{other} pushes to the same port and path from {shared}")


def _shared_source(one: OmSettings, two: OmSettings) -> str | None:
    for left in one.allow:
        for right in two.allow:
            a, b = ipaddress.ip_network(left, strict=False), ipaddress.ip_network(right, strict=False)
            if a.version == b.version and a.overlaps(b):
                return right
    return None


def _check_ports(settings: Settings, say: Say) -> None:
    """A port can be opened once."""
    taken = {"web.listen": settings.web.listen}
    taken |= {f"{where}.listen": om.listen for where, _, om in _devices(settings)}
    for (first, one), (key, two) in combinations(taken.items(), 2):
        both_for_devices = first != "web.listen" and one == two
        if not both_for_devices and _collide(one, two):
            say(key, f"{two} and {one} ({first}) cannot both be opened; give one of them another port")


def _collide(one: str, two: str) -> bool:
    try:
        (port, here), (other_port, there) = tcp_of(one), tcp_of(two)
    except ValueError:
        return False  # a TLS port or a socket file
    everywhere = {"", "0.0.0.0", "::"}
    return port == other_port != 0 and (here == there or bool({here, there} & everywhere))
