"""What the phones of rooms get, as a hotel writes it down: names of the device's manual, values it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.errors import ConfigurationError
from hotelbridge.om.commands import EXT_PARAMETERS
from hotelbridge.settings import Settings
from hotelbridge.settings_load import load
from hotelbridge.settings_phones import SETTABLE
from hotelbridge.settings_reach import warnings

HOTEL = """\
[[property]]
id = "main"
name = "Hotel Example"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"
room = [{ number = "212" }]
  [[property.om]]
  name = "om20"
  url = "http://192.0.2.10/xml"
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup_en"
"""


def read(folder: Path, more: str) -> Settings:
    file = folder / "hotel.toml"
    file.write_text(HOTEL + more, "utf-8")
    return load(file, {})


def mistake(folder: Path, more: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        read(folder, more)
    (only,) = raised.value.mistakes
    return f"{only.where}: {only.what}"


def test_every_parameter_that_may_be_written_is_one_that_the_device_takes() -> None:
    assert SETTABLE < EXT_PARAMETERS
    assert not SETTABLE & {"api", "id", "group"}


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ('occupied = { No_disturb = "off" }', "did you mean No_Disturb?"),
        ('occupied = { api = "0" }', "api is always 7"),
        ('occupied = { Call_Restriction = "4" }', "one of 0, 1, 2, 3, not '4'"),
        ("occupied = { Call_Restriction = 3 }", "must be text in quotes"),
        ('vacant = { WAKEUP = "24:00" }', "WAKEUP is a time like 06:30"),
        ('vacant = { No_Disturb = "maybe" }', "No_Disturb is on or off"),
        ('compare_every = "0s"', "must be longer than nothing"),
        ("classes = { local = 4 }", "classes.local"),
        ("classes = { lokal = 1 }", "did you mean local?"),
    ],
)
def test_a_policy_that_no_phone_could_hold_is_told(tmp_path: Path, more: str, what: str) -> None:
    assert what in mistake(tmp_path, f"[property.phones]\n{more}\n")


def test_a_switch_is_kept_as_the_device_spells_it(tmp_path: Path) -> None:
    """M2: the manual writes `no` where it means `off`."""
    settings = read(tmp_path, '[property.phones]\nvacant = { No_Disturb = "no", record = "yes" }\n')
    assert settings.properties[0].phones.vacant == {"No_Disturb": "off", "record": "on"}


@pytest.mark.parametrize("proved", ["yes", "2026-11-24", "2026-13-24 A. Porter", "24.11.2026 A. Porter"])
def test_a_proof_names_its_day_and_its_person(tmp_path: Path, proved: str) -> None:
    """A5: a real test, by somebody who can be asked."""
    said = mistake(tmp_path, f'[property.emergency]\nproved = "{proved}"\n')
    assert "emergency.proved" in said and "2026-11-24 A. Porter" in said


def test_a_hotel_is_told_that_level_0_is_not_proved_until_it_is(tmp_path: Path) -> None:
    """A5: until then 1 is sent."""
    (before,) = [one for one in warnings(read(tmp_path, "")) if "emergency" in one.where]
    assert "1 is sent" in before.what and "phones.vacant, phones.classes.internal" in before.what
    proved = '[property.emergency]\nproved = "2026-11-24 A. Porter"\n'
    assert not [one for one in warnings(read(tmp_path, proved)) if "emergency" in one.where]


def test_a_hotel_that_never_asks_for_level_0_is_not_bothered(tmp_path: Path) -> None:
    more = '[property.phones]\nvacant = { Call_Restriction = "1" }\nclasses = { internal = 1 }\n'
    assert not [one for one in warnings(read(tmp_path, more)) if "emergency" in one.where]


GROUP = "[[property.om.group]]\nid = 1\nmembers = {members}\n"


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ("[]", "must have at least one entry"),
        ('["212", "212"]', "phone 212 is there 2 times"),
        ('["om20/212"]', "is not the number of a phone of om20"),
    ],
)
def test_a_group_that_cannot_be_meant_so_is_told(tmp_path: Path, members: str, what: str) -> None:
    menu = "    [[property.om.menu]]"
    text = HOTEL.replace(menu, GROUP.format(members=members) + menu)
    file = tmp_path / "hotel.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=what.replace("[", r"\[")):
        load(file, {})


# --- one phone of several rooms ---

TWO_ROOMS = HOTEL.replace(
    '{ number = "212" }', '{ number = "212", phones = ["212", "250"] }, { number = "214", phones = ["250"] }'
)


def told(folder: Path, text: str) -> str:
    (folder / "hotel.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load(folder / "hotel.toml", {})
    return " ".join(f"{one.where}: {one.what}" for one in raised.value.mistakes)


def test_a_phone_that_two_rooms_have_is_a_mistake_unless_it_is_said(tmp_path: Path) -> None:
    said = told(tmp_path, TWO_ROOMS)
    assert "phone 250 is in room 212 too; where both really have it, name it in phones.shared" in said
    (tmp_path / "hotel.toml").write_text(TWO_ROOMS + '[property.phones]\nshared = ["250"]\n', "utf-8")
    (hotel,) = load(tmp_path / "hotel.toml", {}).properties
    assert hotel.shared_phones == (("om20", "250"),)


@pytest.mark.parametrize(("shared", "what"), [("212", "only room 212 has it"), ("299", "no room has it")])
def test_a_phone_that_is_said_to_be_shared_and_is_not_is_a_mistake(
    tmp_path: Path, shared: str, what: str
) -> None:
    said = told(tmp_path, TWO_ROOMS + f'[property.phones]\nshared = ["250", "{shared}"]\n')
    assert f"phone {shared} is not shared: {what}" in said


def test_all_that_is_wrong_in_one_policy_is_told_at_once(tmp_path: Path) -> None:
    wrong = 'occupied = { No_Disturb = "maybe", Call_Restriction = "9", WAKEUP = "6" }'
    told = mistake(tmp_path, f"[property.phones]\n{wrong}\n")
    assert "No_Disturb is on or off" in told and "Call_Restriction is one of" in told
    assert "WAKEUP is a time" in told
