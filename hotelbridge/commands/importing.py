"""`hotelbridge rooms import`: rooms as tables of the configuration, from a list or from the exchange itself.

It prints; a person reads it through and puts it into the file. Rooms that are in the configuration
already are left out. Everything that would be a mistake there is one here, told at once, with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from hotelbridge.commands.options import Misconfigured, Said, config_option, nearest
from hotelbridge.commands.words import clean, plural
from hotelbridge.errors import ConfigurationError, HotelbridgeError, Mistake
from hotelbridge.settings import OmSettings, PropertySettings, RoomSettings, Settings
from hotelbridge.settings_checks import contradictions
from hotelbridge.settings_load import read_room

COLUMNS = ("room", "phones")


@dataclass(frozen=True, slots=True)
class Found:
    """One room, and where it was found."""

    where: str  # "rooms.csv:3", "om20"
    room: RoomSettings


@click.command("import")
@config_option
@click.option(
    "--from-csv", "csv_file", type=click.Path(path_type=Path), metavar="FILE", help="Columns room,phones."
)
@click.option("--from-device", "device", metavar="NAME", help="Each extension that it has is a room.")
@click.option("--property", "property_id", metavar="ID", help="The hotel, where there are several.")
def import_rooms(
    settings: Settings, csv_file: Path | None, device: str | None, property_id: str | None
) -> None:
    """Print the rooms of a list, or of a device, as tables for the configuration.

    A list is CSV with the columns room and phones: several phones of a room are parted by blanks, and
    none means that the phone has the room's number. From a device, each extension is a room of its
    number; take out what is not a guest's.
    """
    if (csv_file is None) == (device is None):
        raise click.UsageError("Say where the rooms come from: --from-csv FILE or --from-device NAME.")
    if csv_file is not None:
        property = _property(settings, property_id)
        found = _from_csv(csv_file)
    else:
        property, exchange = _exchange(settings, property_id, device or "")
        found = [one for one in _from_device(settings, property, exchange) if not _stands(property, one)]
    _print(settings, property, found, device)


def _stands(property: PropertySettings, one: Found) -> bool:
    """Whether an extension is a further phone of a room that the configuration has."""
    placed = {phone for room in property.rooms for phone in property.phones_of(room)}
    known = {room.number for room in property.rooms}
    return one.room.number not in known and set(property.phones_of(one.room)) <= placed


def _print(
    settings: Settings, property: PropertySettings, found: Sequence[Found], device: str | None
) -> None:
    """What a list says otherwise than the configuration is a mistake; what a device says is left out."""
    fresh, otherwise = _new(property, found)
    mistakes = [*(() if device else otherwise), *_mistakes(settings, property, fresh)]
    if mistakes:
        raise Misconfigured(str(ConfigurationError(mistakes)))
    for mistake in otherwise:
        click.echo(f"{mistake.where}: {mistake.what}: left out", err=True)
    for one in fresh:
        click.echo(written(one.room))
    known = len(found) - len(fresh)
    there = f", {plural(known, 'room')} left out that {settings.path} has already" if known else ""
    click.echo(
        f"{plural(len(fresh), 'room')}{there}. Put this below the other tables of {property.id!r} in "
        f"{settings.path}, before the next [[property]], then run: hotelbridge check -c {settings.path}",
        err=True,
    )


def written(room: RoomSettings) -> str:
    """A room as a table of the configuration."""
    lines = ["  [[property.room]]", f"  number = {_quoted(room.number)}"]
    if room.phones:
        lines.append(f"  phones = [{', '.join(map(_quoted, room.phones))}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- which hotel, which device ---


def _property(settings: Settings, wanted: str | None) -> PropertySettings:
    ids = [one.id for one in settings.properties]
    if wanted is None and len(ids) > 1:
        raise click.UsageError(f"Which hotel? Say --property; there are: {', '.join(ids)}.")
    found = [one for one in settings.properties if wanted in (None, one.id)]
    if not found:
        raise click.UsageError(f"there is no property {wanted}{nearest(wanted or '', ids)}")
    return found[0]


def _exchange(settings: Settings, property: str | None, name: str) -> tuple[PropertySettings, OmSettings]:
    among = settings.properties if property is None else (_property(settings, property),)
    found = [(one, device) for one in among for device in one.om if device.name == name]
    if not found:
        names = [device.name for one in among for device in one.om]
        raise click.UsageError(f"there is no device {name}{nearest(name, names)}")
    if len(found) > 1:
        raise click.UsageError(f"Several hotels have a device {name}. Say --property.")
    return found[0]


# --- from a list ---


def _from_csv(file: Path) -> list[Found]:
    rows = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        lines = [(rows.line_num, [cell.strip() for cell in row]) for row in rows]
    except csv.Error as error:
        raise Misconfigured(f"{file}:{rows.line_num}: is not CSV: {error}") from None
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        raise Misconfigured(f"{file}: is empty; its first line names the columns: room,phones")
    (number, head), *rest = filled
    places = _columns(f"{file}:{number}", head)
    found, mistakes = [], []
    for number, cells in rest:
        where = f"{file}:{number}"
        named = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        try:
            found.append(Found(where, _room(named)))
        except ValueError as error:
            mistakes.append(Mistake(where, str(error)))
        if len(cells) > len(head):
            what = (
                f"has {len(cells)} values for {len(head)} columns: part the phones by blanks, or quote them"
            )
            mistakes.append(Mistake(where, what))
    if mistakes:
        raise Misconfigured(str(ConfigurationError(mistakes)))
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{file}: is not UTF-8 text") from None


def _columns(where: str, head: Sequence[str]) -> dict[str, int]:
    """Where each column stands."""
    names = [name.lower() for name in head]
    for name in names:
        if name not in COLUMNS:
            hint = "; columns are parted by commas" if ";" in name or "\t" in name else nearest(name, COLUMNS)
            raise Misconfigured(f"{where}: there is no column {name!r}{hint}")
        if names.count(name) > 1:
            raise Misconfigured(f"{where}: the column {name!r} is there twice")
    if "room" not in names:
        raise Misconfigured(f"{where}: the column room is missing")
    return {name: names.index(name) for name in names}


def _room(named: dict[str, str]) -> RoomSettings:
    """Raises ValueError in words."""
    if not named["room"]:
        raise ValueError("names no room")
    return read_room(named["room"], filter(None, re.split(r"[\s,;]+", named.get("phones", ""))))


# --- from a device ---


def _from_device(settings: Settings, property: PropertySettings, device: OmSettings) -> list[Found]:
    """Each extension that is not the desk's, and that no room of another number has."""
    phones = {(phone, room.number) for room in property.rooms for phone in property.phones_of(room)}
    of_others = {number for (name, number), room in phones if name == device.name and number != room}
    desk = {number for name, number in property.desk_phones if name == device.name}
    several = len(property.om) > 1
    return [
        Found(device.name, read_room(number, (f"{device.name}/{number}",) if several else ()))
        for number in sorted(_extensions(settings, device), key=lambda number: (len(number), number))
        if number not in desk | of_others
    ]


def _extensions(settings: Settings, device: OmSettings) -> list[str]:
    from hotelbridge.commands.underway import Surroundings, run_under_reactor  # here: they bring in much
    from hotelbridge.om import messages as om

    told: list[str] = []

    async def work(around: Surroundings) -> int:
        client = around.client(device)
        try:
            reply = await client.send(om.QueryDevice())
        except HotelbridgeError as error:
            raise Said(f"{device.name} does not answer at {device.url}: {error}") from error
        finally:
            await client.close()
        if not isinstance(reply, om.DeviceInfo):
            raise Said(
                f"{device.name} answers, but not as a device: is its API switched on for this address?"
            )
        told.extend(clean(one.id) for one in reply.exts if one.id.isprintable() and clean(one.id))
        return 0

    run_under_reactor(settings, work)
    return told


# --- beside what the configuration has ---


def _new(property: PropertySettings, found: Iterable[Found]) -> tuple[list[Found], list[Mistake]]:
    """The rooms that the configuration does not have yet, and those that it has otherwise."""
    known = {room.number: property.phones_of(room) for room in property.rooms}
    fresh, mistakes = [], []
    for one in found:
        number = one.room.number
        if number not in known:
            fresh.append(one)
        elif property.phones_of(one.room) != known[number]:
            has = ", ".join(phone for _, phone in known[number])
            mistakes.append(Mistake(one.where, f"room {number} has phones {has} in the configuration"))
    return fresh, mistakes


def _mistakes(settings: Settings, property: PropertySettings, fresh: Sequence[Found]) -> list[Mistake]:
    """What would be wrong with these rooms in the configuration."""
    index = next(n for n, one in enumerate(settings.properties) if one.id == property.id)
    rooms = (*property.rooms, *(one.room for one in fresh))
    changed = property.model_copy(update={"rooms": rooms})
    properties = [changed if n == index else one for n, one in enumerate(settings.properties)]
    together = settings.model_copy(update={"properties": tuple(properties)})
    at = re.compile(rf"property\.{index}\.room\.(\d+)\.")
    mistakes = []
    for one in contradictions(together):
        place = at.match(one.where)
        if place is not None and int(place[1]) >= len(property.rooms):
            mistakes.append(Mistake(fresh[int(place[1]) - len(property.rooms)].where, one.what))
        elif place is None:
            mistakes.append(one)
    return mistakes
