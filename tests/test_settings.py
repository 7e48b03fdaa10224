"""The configuration: every mistake at once, where it stands, and what would have been right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from hotelbridge.errors import ConfigurationError
from hotelbridge.settings import Settings, masked, token_file
from hotelbridge.settings_base import read_duration
from hotelbridge.settings_load import load
from hotelbridge.settings_words import known_keys

ROOT = Path(__file__).parents[1]
EVERY_KEY = ROOT / "config" / "hotelbridge.toml"

GOOD = """\
[store]
url = "sqlite:///hb.db"

[web]
listen = "tcp:8480:interface=127.0.0.1"

[[property]]
id = "main"
name = "Hotel Example"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"

  [[property.om]]
  name = "om20"
  url = "http://192.0.2.10/xml"
  listen = "tcp:8989"
  path = "/om20"
  allow = ["192.0.2.10"]

    [[property.om.menu]]
    id = 1
    voicefile = "wakeup_en"

  [property.wakeup]
  ring = "45s"
  gaps = ["2m", "3m"]

  [[property.room]]
  number = "212"
  phones = ["212", "213"]

  [[property.room]]
  number = "214"
"""
SECOND_HOTEL = """
[[property]]
id = "annexe"
name = "Annexe"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"

  [[property.om]]
  name = "om50"
  url = "http://192.0.2.11/xml"
  path = "/om50"

    [[property.om.menu]]
    id = 1
    voicefile = "wakeup_en"
"""


def read(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Settings:
    file = folder / "hotel.toml"
    file.write_text(text, "utf-8")
    return load(file, environment or {})


def mistakes(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """What is said about a text, without the folder."""
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text, environment)
    return [line.replace(f"{folder}/", "") for line in str(caught.value).splitlines()]


def spoiled(was: str, becomes: str) -> str:
    assert GOOD.count(was) >= 1
    return GOOD.replace(was, becomes, 1)


def line_of(text: str, words: str) -> int:
    """The line in which something first stands."""
    return text[: text.index(words)].count("\n") + 1


def test_a_configuration_in_order_becomes_typed_values(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD)
    hotel = settings.properties[0]
    assert (hotel.id, hotel.zone.key) == ("main", "Europe/Vienna")
    assert hotel.wakeup.ring == timedelta(seconds=45)
    assert hotel.wakeup.gaps == (timedelta(minutes=2), timedelta(minutes=3))
    assert hotel.phones_of(hotel.rooms[0]) == (("om20", "212"), ("om20", "213"))
    assert hotel.phones_of(hotel.rooms[1]) == (("om20", "214"),)
    assert token_file(settings) == Path("hb.token")


# --- all at once ---


def test_all_mistakes_are_told_at_once_each_with_its_line_and_key(tmp_path: Path) -> None:
    text = GOOD
    for was, becomes in (
        ('timezone = "Europe/Vienna"', 'timezone = "Europe/Viena"'),
        ('currency = "EUR"', 'curency = "EUR"'),
        ("id = 1\n", 'id = "1"\n'),
        ('ring = "45s"', 'ring = "45"'),
        ('number = "214"', "number = 214"),
    ):
        assert was in text
        text = text.replace(was, becomes, 1)
    said = "\n".join(mistakes(tmp_path, text))
    for key, at, what in (
        ("property.0.timezone", "Europe/Viena", "did you mean Europe/Vienna?"),
        ("property.0.curency", "curency", "did you mean currency?"),
        ("property.0.om.0.menu.0.id", 'id = "1"', "must be a whole number, without quotes"),
        ("property.0.wakeup.ring", 'ring = "45"', "write it like 45s, 2m or 1h30m"),
        ("property.0.room.1.number", "number = 214", "must be text in quotes"),
    ):
        found = rf"(?m)^hotel\.toml:{line_of(text, at)} {re.escape(key)}: .*{re.escape(what)}"
        assert re.search(found, said), f"{key} is not in:\n{said}"
    assert re.search(r"(?m)^hotel\.toml:7 property\.0\.currency: is missing", said)
    assert len(said.splitlines()) == 6


def test_mistakes_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = spoiled('number = "214"', "number = 214").replace('country = "AT"', 'country = "at"')
    said = mistakes(tmp_path, text.replace("[web]", "[webb]"))
    lines = [int(re.search(r":(\d+) ", one)[1]) for one in said]  # type: ignore[index]
    assert len(lines) == 3 and lines == sorted(lines)


def test_what_does_not_fit_together_is_told_beside_what_is_wrong_by_itself(tmp_path: Path) -> None:
    text = spoiled('number = "214"', 'number = "212"').replace('country = "AT"', 'countri = "AT"')
    said = "\n".join(mistakes(tmp_path, text))
    assert "did you mean country?" in said and "'212' is there 2 times" in said


@pytest.mark.parametrize(
    ("was", "becomes", "meant"),
    [
        ("[store]", "[stor]", "store"),
        ("[[property]]", "[[properties]]", "property"),
        ("[[property.room]]", "[[property.rooms]]", "room"),
        ("[[property.om.menu]]", "[[property.om.menus]]", "menu"),
        ("gaps =", "gap =", "gaps"),
        ("allow =", "Allow =", "allow"),
        ("voicefile =", "voice_file =", "voicefile"),
        ("path =", "pth =", "path"),
    ],
)
def test_the_nearest_name_is_offered(tmp_path: Path, was: str, becomes: str, meant: str) -> None:
    said = mistakes(tmp_path, GOOD.replace(was, becomes))
    assert any(f"is not known; did you mean {meant}?" in one for one in said), said


def test_a_key_of_the_program_alone_is_not_one_of_the_file(tmp_path: Path) -> None:
    assert mistakes(tmp_path, 'path = "/etc"\n' + GOOD)[0].startswith("hotel.toml:1 path: is not known")


# --- single values ---


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45s", 45.0), ("2m", 120.0), ("1h", 3600.0), ("1h30m", 5400.0), ("1m30s", 90.0), ("1.5s", 1.5)],
)
def test_durations_are_written_as_people_write_them(text: str, seconds: float) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "45", "s", "2 m", "-5s", "5s2m", "two minutes", "1d", 45, None])
def test_what_is_no_duration_is_told_with_the_way_to_write_it(text: object) -> None:
    with pytest.raises(ValueError, match="write it like 45s, 2m or 1h30m"):
        read_duration(text)


@pytest.mark.parametrize(
    ("was", "becomes", "key", "what"),
    [
        ("Europe/Vienna", "Vienna", "property.0.timezone", "'Vienna' is not a time zone"),
        ("http://192.0.2.10/xml", "192.0.2.10", "property.0.om.0.url", "is not the address of a device"),
        ("http://192.0.2.10/xml", "http://h:99999/", "property.0.om.0.url", "is not the address of a device"),
        ("tcp:8989", "tcp:99999", "property.0.om.0.listen", "is not a port"),
        ("tcp:8989", "8989", "property.0.om.0.listen", "write it like tcp:8989"),
        ("tcp:8480:", "tcp:http:", "web.listen", "is not a port"),
        ("tcp:8480:", "http:8480:", "web.listen", "is not a place to listen at"),
        ('"/om20"', '"om20"', "property.0.om.0.path", "begins with /"),
        ('["192.0.2.10"]', '["192.0.2.300"]', "property.0.om.0.allow.0", "neither an address nor a network"),
        ('["192.0.2.10"]', "[]", "property.0.om.0.allow", "no source may push here"),
        ('"EUR"', '"Euro"', "property.0.currency", "three capital letters"),
        ('ring = "45s"', 'proof = "answered"', "property.0.wakeup.proof", '"answer", "heard" or "digit"'),
        (
            '"sqlite:///hb.db"',
            '"mysql://host/db"',
            "store.url",
            "must begin with sqlite:/// or postgresql://",
        ),
        ('ring = "45s"', 'ring = "0s"', "property.0.wakeup.ring", "longer than nothing"),
        ('["2m", "3m"]', '"2m"', "property.0.wakeup.gaps", "must be a list in [ ]"),
    ],
)
def test_a_wrong_value_is_told_at_its_key(
    tmp_path: Path, was: str, becomes: str, key: str, what: str
) -> None:
    text = spoiled(was, becomes)
    (said,) = mistakes(tmp_path, text)
    assert re.match(rf"hotel\.toml:\d+ {re.escape(key)}: ", said) and what in said, said


# --- what does not fit together ---


@pytest.mark.parametrize(
    ("was", "becomes", "key", "what"),
    [
        ('number = "214"', 'number = "212"', "property.0.room.1.number", "'212' is there 2 times"),
        ('["212", "213"]', '["212", "214"]', "property.0.room.1.phones", "phone 214 is in room 212 too"),
        ('["212", "213"]', '["om50/212"]', "property.0.room.0.phones", "on no known device"),
        ("id = 1\n", "id = 7\n", "property.0.wakeup.menu", "om20 has no [[property.om.menu]] with id = 1"),
        ('["2m", "3m"]', '["30s", "3m"]', "property.0.wakeup.gaps", "must be longer than `ring`"),
        ("tcp:8989", "tcp:8480", "property.0.om.0.listen", "cannot both be opened"),
    ],
)
def test_what_does_not_fit_together_is_told(
    tmp_path: Path, was: str, becomes: str, key: str, what: str
) -> None:
    said = mistakes(tmp_path, spoiled(was, becomes))
    assert any(f" {key}: " in one and what in one for one in said), said


def test_the_double_itself_is_pointed_at_not_its_neighbour(tmp_path: Path) -> None:
    text = GOOD + '\n  [[property.room]]\n  number = "214"\n'
    said = mistakes(tmp_path, text)
    assert any(
        one.startswith(f"hotel.toml:{len(text.splitlines())} property.0.room.2.number") for one in said
    )


def test_two_hotels_live_side_by_side(tmp_path: Path) -> None:
    assert len(read(tmp_path, GOOD + SECOND_HOTEL).properties) == 2


def test_two_hotels_of_one_name_are_told(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, GOOD + SECOND_HOTEL.replace('"annexe"', '"main"'))
    assert "property.1.id: 'main' is there 2 times" in said


def test_devices_that_cannot_be_told_apart_are_told(tmp_path: Path) -> None:
    same = SECOND_HOTEL.replace("/om50", "/om20").replace('path = "', 'allow = ["192.0.2.0/24"]\n  path = "')
    (said,) = mistakes(tmp_path, GOOD + same)
    assert "property.1.om.0.path: main/om20 pushes to the same port and path" in said


def test_with_two_devices_a_phone_says_on_which_it_is(tmp_path: Path) -> None:
    second = SECOND_HOTEL[SECOND_HOTEL.index("  [[property.om]]") :]
    text = GOOD.replace("  [property.wakeup]", second + "\n  [property.wakeup]")
    assert all("write device/number (devices: om20, om50)" in one for one in mistakes(tmp_path, text))
    told = text.replace('["212", "213"]', '["om20/212", "om50/213"]').replace(
        'number = "214"', 'number = "214"\n  phones = ["om20/214"]'
    )
    hotel = read(tmp_path, told).properties[0]
    assert hotel.phones_of(hotel.rooms[0]) == (("om20", "212"), ("om50", "213"))


# --- the environment, and secrets ---


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    environment = {
        "HOTELBRIDGE_STORE_URL": "postgresql://hb@db/hotel",
        "HOTELBRIDGE_WEB_LISTEN": "tcp:9000",
    }
    settings = read(tmp_path, GOOD, environment)
    assert settings.store.url == "postgresql://hb@db/hotel"
    assert settings.web.listen == "tcp:9000"
    assert token_file(settings) == tmp_path / "hotel.token"


def test_the_environment_needs_no_table_in_the_file(tmp_path: Path) -> None:
    text = GOOD.replace('[store]\nurl = "sqlite:///hb.db"\n', "")
    assert read(tmp_path, text, {"HOTELBRIDGE_STORE_URL": "sqlite:///x.db"}).store.url == "sqlite:///x.db"


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, GOOD, {"HOTELBRIDGE_WEB_LISTEN": "8480"})
    assert said.startswith("HOTELBRIDGE_WEB_LISTEN: '8480' is not a place to listen at")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:////var/lib/hotel.db", "sqlite:////var/lib/hotel.db"),
        ("postgresql://hb@db/hotel", "postgresql://hb@db/hotel"),
        ("postgresql://hb:s3cret@db/hotel", "postgresql://hb:***@db/hotel"),
        ("postgresql://hb:s3/c@ret@db:5432/hotel", "postgresql://hb:***@db:5432/hotel"),
        ("postgresql://db/hotel?password=s3cret&x=1", "postgresql://db/hotel?password=***&x=1"),
    ],
)
def test_a_password_is_masked_where_the_store_is_shown(tmp_path: Path, url: str, shown: str) -> None:
    assert masked(read(tmp_path, GOOD, {"HOTELBRIDGE_STORE_URL": url})) == shown


def test_no_mistake_shows_a_password(tmp_path: Path) -> None:
    for url in ("postgresql://hb:s3cret@db", "mysql://hb:s3cret@db/hotel"):
        assert "s3cret" not in "".join(mistakes(tmp_path, GOOD, {"HOTELBRIDGE_STORE_URL": url}))


# --- files that cannot be read at all ---


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, spoiled('currency = "EUR"', "currency = EUR"))
    assert said.startswith("hotel.toml:11: is not TOML: ")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="hotel.toml: cannot be read: No such file"):
        load(tmp_path / "hotel.toml", {})


def test_a_folder_is_not_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load(tmp_path, {})


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "hotel.toml").write_bytes(b"name = \xff\xfe")
    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        load(tmp_path / "hotel.toml", {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "store = 1\n",
        "property = []\n",
        "property = 3\n",
        '[property]\nid = "main"\n',
        "property = [[1]]\n",
    ],
)
def test_any_shape_of_file_ends_in_words(tmp_path: Path, text: str) -> None:
    environment = {"HOTELBRIDGE_STORE_URL": "sqlite:///x.db"}
    assert all(one.startswith("hotel.toml") for one in mistakes(tmp_path, text, environment))


# --- the file that shows every key ---


def parts(model: BaseModel, table: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], BaseModel]]:
    """A model and all in it, with the table of the file in which each stands."""
    yield table, model
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, BaseModel):
                yield from parts(inner, (*table, field.alias or name))


def is_table(value: Any) -> bool:
    """Whether a value is a table, or an array of tables, of the file."""
    return isinstance(value, BaseModel) or (
        isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value)
    )


def test_the_file_of_every_key_holds_the_defaults() -> None:
    for table, model in parts(load(EVERY_KEY, {})):
        for name, field in type(model).model_fields.items():
            value = getattr(model, name)
            where = (*table, name)
            if field.is_required() or is_table(value) or name == "allow" or where == ("path",):
                continue
            default = field.get_default(call_default_factory=True, validated_data={})
            assert value == default, f"{'.'.join(where)} is {value}, the default is {default}"


def test_the_file_of_every_key_allows_whom_the_default_allows(tmp_path: Path) -> None:
    text = EVERY_KEY.read_text("utf-8")
    without = re.sub(r"(?m)^  allow = .*\n", "", text)
    assert without != text
    assert read(tmp_path, without).properties[0].om[0].allow == load(EVERY_KEY, {}).properties[0].om[0].allow


def test_the_file_of_every_key_has_every_key_with_a_comment() -> None:
    text, table, found = EVERY_KEY.read_text("utf-8"), "", set()
    for line in text.splitlines():
        if header := re.match(r"\s*\[+([a-z_.]+)\]+", line):
            table = header[1]
        elif entry := re.match(r"\s*(?:# )?([a-z_]+) = .*?  +# \w", line):
            found.add(".".join(filter(None, (table, entry[1]))))
    settings = load(EVERY_KEY, {})
    tables = {table for table, _ in parts(settings)}
    keys = {".".join((*table, key)) for table in tables for key in known_keys(table, Settings)}
    assert found == keys - {".".join(table) for table in tables}


def test_no_value_that_must_be_given_is_without_its_mark() -> None:
    text = EVERY_KEY.read_text("utf-8")
    required = {
        field.alias or name
        for _, model in parts(load(EVERY_KEY, {}))
        for name, field in type(model).model_fields.items()
        if field.is_required() and not is_table(getattr(model, name))
    }
    marked = set(re.findall(r"(?m)^\s*([a-z_]+) = .*# REQUIRED", text))
    assert marked == required
