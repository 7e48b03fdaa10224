"""Who takes part in a call, in the words of the OM manual. Numbers are text: leading zeros count."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ext:
    """An extension, by its number."""

    id: str
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """An incoming call; old firmware may tell no more than `from`."""

    id: str | None = None
    from_: str | None = None
    to: str | None = None
    callid: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Outer:
    """An outgoing call: `id` names one in progress, `to` a number to be called."""

    id: str | None = None
    from_: str | None = None
    to: str | None = None
    trunk: str | None = None
    callid: str | None = None
    display: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """A voice menu."""

    id: str


@dataclass(frozen=True, slots=True)
class Group:
    """An extension group."""

    id: str


@dataclass(frozen=True, slots=True)
class Trunk:
    """A trunk, by its number."""

    id: str


Party = Ext | Visitor | Outer | Menu | Group | Trunk
