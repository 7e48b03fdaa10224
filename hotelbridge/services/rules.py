"""A property's settings in the form in which the ladder asks for them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hotelbridge.core.alarming import DeskManners, Manners
from hotelbridge.core.emergency import EmergencyNumbers
from hotelbridge.core.guests import LineClass
from hotelbridge.core.phonepolicy import Policy
from hotelbridge.core.retry import Ladder
from hotelbridge.core.signals import Times
from hotelbridge.services.charging import Charging
from hotelbridge.services.pace import Paces
from hotelbridge.settings import OmSettings, PropertySettings
from hotelbridge.settings_alarms import Channels


class Rules:
    """What applies to one property: its times, its rooms, its devices."""

    def __init__(self, settings: PropertySettings) -> None:
        wakeup = settings.wakeup
        self.settings = settings
        self.property = settings.id
        self.zone = settings.zone
        self.ladder = Ladder(wakeup.tries, wakeup.gaps, wakeup.grace, wakeup.promise, wakeup.again_after)
        self.devices: dict[str, OmSettings] = {om.name: om for om in settings.om}
        self.paces = Paces(settings.id, {om.name: om.max_calls for om in settings.om})
        alarm, desk = settings.alarm, settings.desk
        self.manners = Manners(
            alarm.repeat, alarm.silence, alarm.second_after, alarm.second_repeat, alarm.console_within
        )
        self.desk_phones = settings.desk_phones
        self.desk_manners = DeskManners(desk.ring, desk.pause, len(self.desk_phones))
        self.pms_heard = False  # whether its line is alive now: set by whoever holds its link
        # Whether the PMS is heard and has told once how everything stands: set by whoever holds its link.
        self.pms_trusted = False
        self.pms_news = False  # whether it may want to hear of wake-ups that are booked here
        self.posts_charges = False  # whether it takes charges
        self.charging: Charging | None = None  # how calls are priced now; None: they are not
        self.resync_ask_above = settings.pms.resync_ask_above  # percent of the rooms
        self.policy = _policy(settings)
        own = settings.emergency.numbers
        self.emergency = EmergencyNumbers(settings.country, own, settings.outside_prefix)
        self._phones = {room.number: settings.phones_of(room) for room in settings.rooms}
        self._extensions: dict[str, frozenset[str]] = {}
        self._rooms_of: dict[tuple[str, str], tuple[str, ...]] = {}
        for room, phones in self._phones.items():
            for phone in phones:
                self._rooms_of[phone] = (*self._rooms_of.get(phone, ()), room)
        # The phones (device, number) that several rooms have.
        self.shared = frozenset(phone for phone, rooms in self._rooms_of.items() if len(rooms) > 1)

    def times(self, device: str) -> Times:
        """How long an attempt on this device waits for what."""
        wakeup = self.settings.wakeup
        return Times(
            ring=wakeup.ring,
            min_answer=wakeup.min_answer,
            talk=wakeup.talk,
            report_within=wakeup.report_within,
            reply_within=self.devices[device].timeout if device in self.devices else timedelta(seconds=10),
            digit=wakeup.digit,
        )

    def desk_times(self, device: str) -> Times:
        """The same for a call to one of the desk's own phones."""
        desk = self.settings.desk
        least = timedelta(seconds=1)
        return replace(self.times(device), ring=desk.ring, talk=desk.talk, min_answer=least, digit="")

    def channels(self, group: str) -> Channels | None:
        """The ways out of the house that serve alarms, or lists."""
        return {"alarm": self.settings.alarm, "lists": self.settings.lists}.get(group)

    def rooms(self) -> tuple[str, ...]:
        """All rooms, in the order of the configuration."""
        return tuple(self._phones)

    def phones(self, room: str) -> tuple[tuple[str, str], ...]:
        """The phones of a room as (device, number); none for a room that is not configured."""
        return self._phones.get(room, ())

    def phones_on(self, device: str) -> tuple[str, ...]:
        """The phones of one device whose reports are needed: those of rooms, and the desk's own."""
        return tuple(number for (name, number) in (*self._rooms_of, *self.desk_phones) if name == device)

    def extensions(self, device: str) -> Container[str]:
        """The same, to look one up."""
        if device not in self._extensions:
            self._extensions[device] = frozenset(self.phones_on(device))
        return self._extensions[device]

    def rooms_of(self, device: str, phone: str) -> tuple[str, ...]:
        """Every room that a phone belongs to; none for a phone of the desk."""
        return self._rooms_of.get((device, phone), ())

    def rooms_on(self, devices: Iterable[str]) -> tuple[str, ...]:
        """The rooms that have a phone on one of these devices."""
        wanted = set(devices)
        return tuple(room for room, phones in self._phones.items() if wanted & {d for d, _ in phones})

    def zone_of(self, device: str) -> ZoneInfo:
        """The zone of a device's own clock."""
        own = self.devices[device].timezone
        return ZoneInfo(own) if own else self.zone

    def speaks(self, device: str, language: str) -> bool:
        """Whether a device has a menu of this language."""
        return any(menu.language == language for menu in self.devices[device].menus)

    def menu(self, device: str, language: str) -> str:
        """The menu that wakes a guest of this language: his, else the property's default."""
        menus = self.devices[device].menus
        return next(
            (str(m.id) for m in menus if language and m.language == language), str(self.settings.wakeup.menu)
        )


def _policy(settings: PropertySettings) -> Policy:
    phones = settings.phones
    levels = {cls: int(getattr(phones.classes, cls.value)) for cls in LineClass}
    return Policy(phones.occupied, phones.vacant, levels, bool(settings.emergency.proved))
