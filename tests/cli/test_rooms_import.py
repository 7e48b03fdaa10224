"""`hotelbridge rooms import`: rooms from a list or from the exchange, as tables of the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.demo.ports import free_ports
from hotelbridge.settings_load import load
from tests.cli.test_real_daemon import heard, program
from tests.cli.typed import config, typed


def imported(folder: Path, text: str, *more: object) -> tuple[int, str, str]:
    """What the command says of a list: exit code, tables, words."""
    (folder / "rooms.csv").write_text(text, "utf-8")
    result = typed("rooms", "import", "-c", config(folder), "--from-csv", folder / "rooms.csv", *more)
    return result.exit_code, result.stdout, result.stderr


def test_a_list_becomes_tables_that_the_configuration_takes(tmp_path: Path) -> None:
    code, tables, words = imported(tmp_path, "\ufeffRoom,Phones\r\n212,\r\n213,213 214\r\nsuite,301;302\r\n")
    assert code == 0
    file = config(tmp_path)
    text = file.read_text().replace('room = [\n  { number = "101" },\n  { number = "102" },\n]\n', "")
    file.write_text(text + tables)
    (property,) = load(file, {}).properties
    assert [(room.number, [n for _, n in property.phones_of(room)]) for room in property.rooms] == [
        ("212", ["212"]),
        ("213", ["213", "214"]),
        ("suite", ["301", "302"]),
    ]
    assert "3 rooms. Put this below" in words and "check -c" in words


def test_rooms_that_are_there_already_are_left_out(tmp_path: Path) -> None:
    code, tables, words = imported(tmp_path, "room\n101\n212\n")
    assert code == 0 and '"101"' not in tables and '"212"' in tables
    assert "1 room, 1 room left out" in words


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty; its first line names the columns"),
        ("rooms,phones\n212,\n", "rooms.csv:1: there is no column 'rooms'; did you mean room?"),
        ("phones\n212\n", "rooms.csv:1: the column room is missing"),
        ("room;phones\n212;\n", "columns are parted by commas"),
        ("room,room\n212,\n", "is there twice"),
        ("room,phones\n,212\n", "rooms.csv:2: names no room"),
        ("room,phones\n212,\n213,212\n", "rooms.csv:3: phone 212 is in room 212 too"),
        ("room,phones\n212,\n212,214\n", "rooms.csv:3: '212' is there 2 times"),
        ("room,phones\n212,om50/212\n", "rooms.csv:2: phone 212 is on no known device"),
        ("room,phones\n212,212,213\n", "rooms.csv:2: has 3 values for 2 columns"),
        ("room,phones\n101,105\n", "rooms.csv:2: room 101 has phones 101 in the configuration"),
        ("room,phones\n212,101\n", "rooms.csv:2: phone 101 is in room 101 too"),
        ('room,phones\n"21,2",\n', "rooms.csv:2: '21,2' cannot be a room"),
    ],
)
def test_a_list_that_cannot_be_meant_so_is_bad_usage(tmp_path: Path, text: str, what: str) -> None:
    code, tables, words = imported(tmp_path, text)
    assert (code, tables) == (2, "") and what in words


def test_every_mistake_of_a_list_is_told_at_once(tmp_path: Path) -> None:
    _, _, words = imported(tmp_path, "room,phones\n,212\n213,213,214\n")
    assert "rooms.csv:2: " in words and "rooms.csv:3: " in words


def test_where_the_rooms_come_from_must_be_said_once(tmp_path: Path) -> None:
    file = config(tmp_path)
    assert typed("rooms", "import", "-c", file).exit_code == 2
    both = typed("rooms", "import", "-c", file, "--from-csv", "x.csv", "--from-device", "om20")
    assert both.exit_code == 2
    wrong = typed("rooms", "import", "-c", file, "--from-device", "om2")
    assert wrong.exit_code == 2 and "did you mean om20?" in wrong.stderr
    missing = typed("rooms", "import", "-c", file, "--from-csv", tmp_path / "none.csv")
    assert missing.exit_code == 2 and "cannot be read" in missing.stderr


def test_each_extension_of_a_device_is_a_room(tmp_path: Path) -> None:
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    push = f"http://127.0.0.1:{ports.push}/om20"
    simulation = ["sim", "om", "--port", ports.device, "--push-url", push, "--phones", "101-104"]
    with program(*simulation) as sim:
        heard(sim, "takes commands")
        with program("rooms", "import", "-c", file, "--from-device", "om20") as command:
            said, _ = command.communicate(timeout=25)
            assert command.returncode == 0, said
    assert [f'number = "{n}"' in said for n in (101, 102, 103, 104)] == [False, False, True, True]


def test_a_device_that_is_not_there_is_exit_1(tmp_path: Path) -> None:
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    with program("rooms", "import", "-c", file, "--from-device", "om20") as command:
        said, _ = command.communicate(timeout=25)
        assert command.returncode == 1 and "om20 does not answer at" in said
