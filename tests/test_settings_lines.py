"""Where keys stand in a TOML text, and that whatever is written there is answered in words."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hotelbridge.errors import ConfigurationError
from hotelbridge.settings_lines import Key, Lines
from hotelbridge.settings_load import load

TEXT = """\
a = 1
[b]
"c d".e = [ # over
  "several lines",
]
[[f]]
[f.g]
h = 1
[[f]]
k = [
  { l = 1 },
  { l = 2 }, # { not this }
]
"""
PLACES: dict[Key, int | None] = {
    ("a",): 1,
    ("b",): 2,
    ("b", "c d", "e"): 3,
    ("b", "c d", "e", 0): 3,
    ("f",): 6,
    ("f", 0, "g", "h"): 8,
    ("f", 1): 9,
    ("f", 1, "k", 0): 11,
    ("f", 1, "k", 1, "l"): 12,
    ("f", 1, "unseen"): 9,
    ("z",): None,
}
PIECES = [
    "[[property]]", 'id = "main"', 'name = "Hotel"', 'timezone = "UTC"', 'currency = "EUR"',
    'country = "AT"', "[property.wakeup]", 'ring = "45s"', "ring = [1]", "[[property.om]]",
    'name = "om20"', "[property.om.menu]", 'url = "http://192.0.2.10/xml"', "allow = [[1]]",
    'path = ""', "[[property.om.menu]]", "id = 1", "om = 5", 'voicefile = "x"', 'room = ["x"]',
    'room = [{ number = "1" }]', "room = [", "]", "property = 1", "web = 3",
    'wakeup = { ring = "x" }', "[", "[]", "= 1", "store.url = 1", 'path.x = "y"',
]  # fmt: skip


def test_every_way_to_write_a_key_is_found() -> None:
    lines = Lines(TEXT)
    assert {key: lines.of(key) for key in PLACES} == PLACES


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("\n".join))
@example("[[property]]\nroom = ['x']\nom = [[]]")
@example("a = " + "[" * 3000)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_file_holds_is_read_or_its_mistakes_are_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "hotel.toml"
    file.write_text(text, "utf-8")
    try:
        load(file, {"HOTELBRIDGE_WEB_LISTEN": "tcp:9000"})
    except ConfigurationError as error:
        assert error.mistakes
        assert all(mistake.where and mistake.what for mistake in error.mistakes)
