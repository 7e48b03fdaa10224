"""The configuration as frozen models: one typed declaration, with every default.

What a value means and what is wrong with it is said here. What is wrong between values that are each
right: `settings_checks`; where it stands in a file, and how all is told at once: `settings_load`.
Durations are `45s`, `2m`, `1h30m`. How alarms reach people: `settings_alarms`; what
the phones of rooms get: `settings_phones`; what calls cost: `settings_charges`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from hotelbridge.core.numbers import is_country
from hotelbridge.settings_alarms import AlarmSettings, DeskSettings, ListSettings
from hotelbridge.settings_base import Duration, Span, Table, time_of_day
from hotelbridge.settings_charges import ChargeSettings, DefaultRate
from hotelbridge.settings_phones import EmergencySettings, GroupSettings, PhonesSettings


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone: write it like Europe/Vienna")
    return name


def _country(code: str) -> str:
    if not is_country(code):
        raise ValueError(f"{code!r} is no country that has telephone numbers: write it like AT")
    return code


def _path(value: str) -> str:
    if not value.startswith("/") or "?" in value or " " in value:
        raise ValueError(f"{value!r} is not a path: it begins with / and has neither ? nor blanks")
    return value


def _device_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme == "http" and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{value!r} is not the address of a device: write it like http://192.0.2.10/xml")
    return value


def _source(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{value!r} is neither an address nor a network like 192.0.2.0/24") from None
    return value


def _endpoint(value: str) -> str:
    kind, _, rest = value.partition(":")
    port = rest.split(":")[0].removeprefix("port=")
    if kind not in ("tcp", "tcp6", "ssl", "unix", "systemd") or not rest:
        raise ValueError(f"{value!r} is not a place to listen at: write it like tcp:8480:interface=127.0.0.1")
    if kind in ("tcp", "tcp6") and not (port.isdigit() and int(port) < 65536):
        raise ValueError(f"{port!r} in {value!r} is not a port: a number from 0 to 65535 belongs there")
    return value


def tcp_of(listen: str) -> tuple[int, str]:
    """Port and interface of `tcp:8989` or `tcp:8989:interface=127.0.0.1`. Raises ValueError for others."""
    kind, _, rest = listen.partition(":")
    port, *options = rest.replace("\\:", "\0").split(":")
    known = dict(option.partition("=")[::2] for option in options)
    interface = known.pop("interface", "").replace("\0", ":")
    if kind not in ("tcp", "tcp6") or not port.isdigit() or int(port) > 65535 or known:
        raise ValueError(f"{listen!r} is not a port: write it like tcp:8989 or tcp:8989:interface=127.0.0.1")
    return int(port), interface or ("::" if kind == "tcp6" else "")


def _event_port(value: str) -> str:
    tcp_of(value)
    return value


def _room_number(value: str) -> str:
    if "," in value or value != value.strip():
        raise ValueError(f"{value!r} cannot be a room: commas part the rooms of a list, blanks are not seen")
    return value


def _address(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        raise ValueError(f"{value!r} is not an address of this machine: write it like 192.0.2.9") from None
    return value


def _store_url(value: str) -> str:
    kind, _, rest = value.partition("://")
    if kind.partition("+")[0] not in ("sqlite", "postgresql"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    if not rest.partition("/")[2].partition("?")[0]:
        raise ValueError("names no database: write sqlite:////var/lib/hotel.db or postgresql://HOST/DATABASE")
    return value


Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Zone = Annotated[str, AfterValidator(_zone)]


class StoreSettings(Table):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(_store_url)] = "sqlite:////var/lib/hotelbridge/hotelbridge.db"
    backup: Annotated[str, AfterValidator(time_of_day)] = ""
    backup_to: str = ""
    backup_keep: Annotated[int, Field(ge=1, le=1000)] = 14


class WebSettings(Table):
    """Where people and programs ask."""

    listen: Annotated[str, AfterValidator(_endpoint)] = "tcp:8480:interface=127.0.0.1"


class MenuSettings(Table):
    """A voice menu that this daemon assigns to the device."""

    id: Annotated[int, Field(ge=1, le=50)]
    language: str = ""
    voicefile: Annotated[str, Field(min_length=1)]
    repeat: Annotated[int, Field(ge=1, le=50)] = 3
    infolength: Annotated[int, Field(ge=1, le=255)] = 1
    exit: Annotated[str, Field(pattern=r"^[1-9A-D*#]?$")] = ""


class OmSettings(Table):
    """One telephone exchange."""

    name: Name
    url: Annotated[str, AfterValidator(_device_url)]
    listen: Annotated[str, AfterValidator(_event_port)] = "tcp:8989"
    path: Annotated[str, AfterValidator(_path)] = "/"
    allow: Annotated[tuple[Annotated[str, AfterValidator(_source)], ...], Field(strict=False)] = ()
    max_calls: Annotated[int, Field(ge=1, le=1000)] = 8
    timezone: Zone | None = None
    menus: Annotated[tuple[MenuSettings, ...], Field(strict=False, alias="menu")] = ()
    groups: Annotated[tuple[GroupSettings, ...], Field(strict=False, alias="group")] = ()
    timeout: Span = timedelta(seconds=10)
    in_flight: Annotated[int, Field(ge=1, le=64)] = 4
    bind: Annotated[str, AfterValidator(_address)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _allow_itself(cls, values: Any) -> Any:
        """Without a list, the device's own address may push."""
        if isinstance(values, dict) and "allow" not in values and isinstance(values.get("url"), str):
            try:
                host = urlsplit(values["url"]).hostname
                return values | {"allow": [_source(host or "")]}
            except ValueError:
                return values
        return values


class RoomSettings(Table):
    """A room and its phones: numbers, or device/number where there are several devices."""

    number: Annotated[str, Field(min_length=1, max_length=32), AfterValidator(_room_number)]
    phones: Annotated[tuple[str, ...], Field(strict=False)] = ()


class WakeupSettings(Table):
    """How guests are woken."""

    menu: Annotated[int, Field(ge=1, le=50)] = 1
    ring: Span = timedelta(seconds=45)
    tries: Annotated[int, Field(ge=1, le=20)] = 3
    gaps: Annotated[tuple[Duration, ...], Field(strict=False)] = (timedelta(minutes=2), timedelta(minutes=3))
    proof: Annotated[str, Field(pattern="^(answer|heard|digit)$")] = "answer"
    digit: Annotated[str, Field(pattern=r"^[0-9A-D*#]{0,8}$")] = ""
    min_answer: Duration = timedelta(seconds=5)
    talk: Span = timedelta(seconds=60)
    grace: Duration = timedelta(minutes=5)
    promise: Duration = timedelta(minutes=5)
    too_soon: Duration = timedelta(seconds=60)
    report_within: Span = timedelta(seconds=10)
    again_after: Span = timedelta(seconds=5)
    preflight: Duration = timedelta(minutes=30)
    open_before: Duration = timedelta(minutes=2)
    native_backup: Duration = timedelta()
    call_out_wakes: bool = False
    in_person_before: Duration = timedelta(minutes=5)
    require_stay: Annotated[str, Field(pattern="^(yes|no|auto)$")] = "auto"


class PmsSettings(Table):
    """The hotel's PMS: which plugin speaks with it, and that plugin's own table, unread."""

    # The plugin knows what may stand in its table, and no plugin is brought in to read a configuration.
    model_config = ConfigDict(extra="allow")

    plugin: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.-]*)?$")] = ""
    resync_ask_above: Annotated[int, Field(ge=0, le=100)] = 25

    @property
    def tables(self) -> dict[str, Any]:
        """What stands in `[property.pms]` beside its own keys, as it came."""
        return dict(self.model_extra or {})

    @property
    def own(self) -> dict[str, Any]:
        """`[property.pms.<plugin>]` as it stands in the file; empty where it is not there."""
        table = self.tables.get(self.plugin, {})
        return table if isinstance(table, dict) else {}

    @property
    def nearly_own(self) -> tuple[str, ...]:
        """Tables whose name is nearly the plugin's, where it has none: one of the two is a slip."""
        if not self.plugin or self.plugin in self.tables:
            return ()
        near = [name for name, value in self.tables.items() if isinstance(value, dict)]
        return tuple(get_close_matches(self.plugin, near, cutoff=0.5))


class RetentionSettings(Table):
    """For how many days what speaks of guests is kept, once it is over."""

    guest_days: Annotated[int, Field(ge=1, le=3650)] = 90
    record_days: Annotated[int, Field(ge=1, le=3650)] = 14


class PropertySettings(Table):
    """One hotel."""

    id: Name
    name: Annotated[str, Field(min_length=1)]
    timezone: Zone
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_country)]
    outside_prefix: Annotated[str, Field(pattern=r"^[0-9*#]{0,8}$")] = ""
    tariff: Annotated[str, Field(pattern=r"^[^\x00]*$")] = ""
    default_rate: DefaultRate = None
    house_account: str = ""
    om: Annotated[tuple[OmSettings, ...], Field(strict=False)] = ()
    rooms: Annotated[tuple[RoomSettings, ...], Field(strict=False, alias="room")] = ()
    wakeup: WakeupSettings = WakeupSettings()
    phones: PhonesSettings = PhonesSettings()
    emergency: EmergencySettings = EmergencySettings()
    alarm: AlarmSettings = AlarmSettings()
    desk: DeskSettings = DeskSettings()
    lists: ListSettings = ListSettings()
    pms: PmsSettings = PmsSettings()
    retention: RetentionSettings = RetentionSettings()
    charges: ChargeSettings = ChargeSettings()
    night_list: Annotated[str, AfterValidator(time_of_day)] = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the hotel lives."""
        return ZoneInfo(self.timezone)

    def phones_of(self, room: RoomSettings) -> tuple[tuple[str, str], ...]:
        """The phones of a room as (device, number); the room's own number where none is named."""
        return self._placed(room.phones or (room.number,))

    @property
    def desk_phones(self) -> tuple[tuple[str, str], ...]:
        """The desk's own phones as (device, number)."""
        return self._placed(self.desk.phones)

    @property
    def shared_phones(self) -> tuple[tuple[str, str], ...]:
        """The phones that several rooms have on purpose, as (device, number)."""
        return self._placed(self.phones.shared)

    def _placed(self, phones: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        only = self.om[0].name if len(self.om) == 1 else ""
        pairs = []
        for phone in phones:
            device, slash, number = phone.rpartition("/")
            pairs.append((device if slash else only, number))
        return tuple(pairs)


class Settings(Table):
    """Everything one daemon needs to know."""

    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    node: Name = Field(default_factory=lambda: _node_name(socket.gethostname()))
    properties: Annotated[tuple[PropertySettings, ...], Field(strict=False, alias="property", min_length=1)]
    path: Annotated[Path, Field(strict=False, exclude=True)] = Path("hotelbridge.toml")


def _node_name(host: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", host).strip("-.") or "node"


def database_file(settings: Settings) -> Path | None:
    """The file of an SQLite store; None for PostgreSQL."""
    kind, _, rest = settings.store.url.partition(":///")
    return Path(rest.partition("?")[0]) if kind.startswith("sqlite") else None


def token_file(settings: Settings) -> Path:
    """Where `run` leaves its token for the command line: beside the database, or beside the configuration."""
    beside = database_file(settings) or settings.path.absolute()
    return beside.with_name(f"{beside.stem}.token")


def masked(settings: Settings) -> str:
    """The store's address without its password, for people."""
    without = re.sub(r"(://[^:/?@]*):.*@", r"\1:***@", settings.store.url)
    return re.sub(r"(?i)(pass[a-z]*)=[^&]*", r"\1=***", without)
