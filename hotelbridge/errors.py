"""Errors speak to the person who must act: the message is what they read.

`Refusal` is for callers who can read it (desk, API, command line). `ConfigurationError` carries
every mistake at once. The others tell temporary from permanent, so that the caller knows whether
trying again can help.
"""

from __future__ import annotations

from dataclasses import dataclass


class HotelbridgeError(Exception):
    """Anything this project raises on purpose."""


class Refusal(HotelbridgeError):
    """A request that cannot be granted, with a stable `code` and a sentence a receptionist understands."""

    def __init__(self, code: str, sentence: str, *, status: int = 422, **facts: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.status = status  # as an HTTP answer: 404, 409 or 422
        self.facts = facts  # extra members of the problem document


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a configuration file."""

    where: str  # "config/demo.toml:12 property.wakeup.gaps"
    what: str  # what is wrong and what to write instead


class ConfigurationError(HotelbridgeError):
    """The configuration cannot be used; lists every mistake."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(f"{m.where}: {m.what}" for m in mistakes))
        self.mistakes = mistakes


class StoreUnavailable(HotelbridgeError):
    """The database cannot be written now (disk full, connection lost); trying again may help."""


class StoreMismatch(HotelbridgeError):
    """The database has another schema than this program; the message names the command to run."""


class NotOwner(HotelbridgeError):
    """This node does not hold the property's lease (any more); nothing was done."""


class DeviceError(HotelbridgeError):
    """A command to the telephone exchange did not end well."""


class NotWritten(DeviceError):
    """Certainly not executed: the connection failed, or the command was stale before it was written."""


class Stale(NotWritten):
    """Dropped by ourselves before a byte was written: too late, or decided anew meanwhile."""


class ReplyLost(DeviceError):
    """Written, but no whole reply came: it may have been executed. Never repeat a `Transfer` for this."""


class Nonsense(HotelbridgeError):
    """The far end sent something that cannot be read; the message says where."""
