"""How a command finds the daemon's API: an address and a token, from options, environment or files.

What is typed goes before the environment. The token that `run` leaves beside the database is sent
only to the address that the same configuration names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from hotelbridge.commands.options import CONFIG_VARIABLE, Said, read_settings
from hotelbridge.settings import Settings, token_file

F = TypeVar("F", bound=Callable[..., Any])

URL_VARIABLE, TOKEN_VARIABLE = "HOTELBRIDGE_URL", "HOTELBRIDGE_TOKEN"
EVERYWHERE = ("", "0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Access:
    """Where the daemon is, and by what it knows us."""

    url: str  # "http://127.0.0.1:8480"
    token: str
    config: str | None  # the file it came from, for advice


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed."""

    url: str | None = None
    token: str | None = None
    config: str | None = None
    property: str | None = None
    json: bool = False


def api_options(command: F) -> F:
    """The options of every command that asks the API; they come in as `given`."""

    def keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
        def callback(ctx: click.Context, _option: click.Parameter, value: Any) -> None:
            ctx.ensure_object(dict)[name] = value

        return callback

    def option(*flags: str, name: str, **more: Any) -> Callable[[F], F]:
        return click.option(*flags, name, expose_value=False, callback=keep(name), **more)

    for decorate in (
        option("--json", name="json", is_flag=True, help="Print the raw answer."),
        option("--property", name="property", metavar="P", help="Which hotel, where there are several."),
        option("--token", name="token", help=f"Or {TOKEN_VARIABLE}, or the file left by `run`."),
        option("--url", name="url", help=f"Of the daemon; or {URL_VARIABLE}, or by -c."),
        option("-c", "--config", name="config", metavar="FILE", help=f"The daemon's; or {CONFIG_VARIABLE}."),
    ):
        command = decorate(command)
    return command


def given(ctx: click.Context) -> Given:
    """What was typed for this command."""
    kept: dict[str, Any] = ctx.ensure_object(dict)
    return Given(
        **{name: kept.get(name) for name in ("url", "token", "config", "property")}, json=kept["json"]
    )


def find(typed: Given, environment: Mapping[str, str] = os.environ) -> Access:
    """The daemon meant; raises a sentence that says what to type where nothing tells."""
    config = typed.config
    if config is None and typed.url is None and not environment.get(URL_VARIABLE):
        config = environment.get(CONFIG_VARIABLE)
    settings = None if config is None else read_settings(Path(config))
    url = typed.url or (url_of(settings) if settings else environment.get(URL_VARIABLE))
    if not url:
        raise click.UsageError(
            f"where is the daemon? Give -c FILE (or {CONFIG_VARIABLE}), or --url and --token."
        )
    token = typed.token or (None if typed.config else environment.get(TOKEN_VARIABLE))
    if not token and settings is not None:
        token = _left_by_run(settings, config or "")
    token = token or environment.get(TOKEN_VARIABLE)
    if not token:
        raise click.UsageError(f"a token is needed: give --token (or {TOKEN_VARIABLE}), or -c FILE.")
    return Access(_checked(url), _sendable(token.strip()), config)


def url_of(settings: Settings) -> str:
    """The address at which a program on the same machine reaches the daemon."""
    parts = re.split(r"(?<!\\):", settings.web.listen)  # a colon inside a part is written \:
    kind, arguments = parts[0], [part.replace("\\:", ":") for part in parts[1:]]
    named = dict(part.split("=", 1) for part in arguments if "=" in part)
    plain = [part for part in arguments if "=" not in part]
    port = named.get("port") or (plain[0] if plain else "")
    if kind not in ("tcp", "tcp6", "ssl") or port in ("", "0"):
        raise click.UsageError(f"web.listen is {settings.web.listen}: give the daemon's address by --url.")
    host = named.get("interface", "")
    if host in EVERYWHERE:
        host = "::1" if kind == "tcp6" else "127.0.0.1"
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if kind == 'ssl' else 'http'}://{host}:{port}"


def _left_by_run(settings: Settings, config: str) -> str:
    file = token_file(settings)
    try:
        return file.read_text()
    except FileNotFoundError:
        raise Said(
            f"There is no token in {file}: the daemon leaves it there when it starts.\n"
            f"Start it with: hotelbridge run -c {config} (or give --token)"
        ) from None
    except OSError as error:
        raise Said(
            f"{file} cannot be read ({error.strerror}): be the daemon's user, or give --token."
        ) from None


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise click.UsageError(f"{url!r} is not an address: write it like http://127.0.0.1:8480")
    return url.rstrip("/")


def _sendable(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise click.UsageError("a token has neither blanks nor characters outside ASCII.")
    return token
