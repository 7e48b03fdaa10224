"""What the tests of the command line type, and the configuration they type it for."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from hotelbridge.cli import main

CONFIG = """
[store]
url = "sqlite:///{folder}/hotel.db"
[web]
listen = "tcp:{web}:interface=127.0.0.1"
[[property]]
id = "main"
name = "Hotel Example"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"
room = [
  {{ number = "101" }},
  {{ number = "102" }},
]
  [property.wakeup]
  too_soon = "0s"
  min_answer = "1s"
  [[property.om]]
  name = "om20"
  url = "http://127.0.0.1:{device}/xml"
  listen = "tcp:{push}:interface=127.0.0.1"
  path = "/om20"
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup_en"
"""


def config(folder: Path, web: int = 8480, push: int = 8989, device: int = 8481) -> Path:
    """A configuration with its database beside it."""
    file = folder / "hotel.toml"
    file.write_text(CONFIG.format(folder=folder, web=web, push=push, device=device))
    return file


def typed(*words: object, **environment: str) -> Result:
    """Run one command; nothing of the environment that could lead it elsewhere."""
    clean = {f"HOTELBRIDGE_{name}": None for name in ("CONFIG", "URL", "TOKEN", "STORE_URL", "WEB_LISTEN")}
    return CliRunner(env={**clean, **environment}).invoke(main, [str(word) for word in words])
