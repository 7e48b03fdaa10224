"""How alarms and lists reach people: the desk's phones, the second level, the list of the night.

A way out of the house (a *channel*) is a command, an HTTP hook or mail; each is off while it is empty.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from hotelbridge.settings_base import Duration, Span, Table


def _hook(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
        usable = usable and value.isascii() and not any(char.isspace() for char in value)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{value!r} is not an address to post to: write it like https://example.com/alarm")
    if parts.username is not None:
        raise ValueError("must not hold a name or password: put a secret into the path instead")
    return value


def _command(value: tuple[str, ...]) -> tuple[str, ...]:
    if value and (not value[0].startswith("/") or any("\0" in word for word in value)):
        raise ValueError(f"{value[0]!r} must be the full path of a program, such as /usr/local/bin/page")
    return value


def _mail_address(value: str) -> str:
    name, at, host = value.rpartition("@")
    wrong = not (name and at and host) or not value.isascii() or any(c.isspace() or c in "<>," for c in value)
    if value and (wrong or not value.isprintable()):
        raise ValueError(f"{value!r} is not a mail address: write it like desk@example.com")
    return value


Command = Annotated[tuple[str, ...], Field(strict=False), AfterValidator(_command)]
Hook = Annotated[str, AfterValidator(_hook)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]


class MailSettings(Table):
    """A mail server to hand messages to; without a host there is none."""

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    sender: Annotated[MailAddress, Field(alias="from")] = ""
    to: Annotated[tuple[MailAddress, ...], Field(strict=False)] = ()
    starttls: bool = True
    user: str = ""
    password: Annotated[str, Field(repr=False)] = ""
    password_file: str = ""
    helo: str = ""


class Channels(Table):
    """The ways out of the house."""

    command: Command = ()
    hook: Hook = ""
    mail: MailSettings = MailSettings()

    @property
    def configured(self) -> tuple[str, ...]:
        """The channels there are, by name."""
        there = {"command": bool(self.command), "hook": bool(self.hook), "mail": bool(self.mail.host)}
        return tuple(name for name, is_there in there.items() if is_there)


class AlarmSettings(Channels):
    """How alarms make themselves heard; the channels are the second level."""

    repeat: Span = timedelta(seconds=30)
    silence: Span = timedelta(minutes=10)
    second_after: Duration = timedelta(minutes=3)
    second_repeat: Span = timedelta(minutes=5)
    console_within: Span = timedelta(seconds=60)


class DeskSettings(Table):
    """The desk's own phones, rung while an alarm wants to be heard."""

    phones: Annotated[tuple[str, ...], Field(strict=False)] = ()
    menu: Annotated[int, Field(ge=1, le=50)] = 9
    ring: Span = timedelta(seconds=20)
    pause: Span = timedelta(seconds=10)
    talk: Span = timedelta(seconds=30)


class ListSettings(Channels):
    """Where the list of the night and its slips go; a command gets the page itself to print."""

    gather: Span = timedelta(seconds=5)
