"""The narrow window between the console and the people who use it: logins, sessions, passwords, who did what.

Whoever stands before it knows this protocol, nothing of stores or hashes. What cannot be granted is an
`errors.Refusal` with a stable code; `StoreUnavailable` means that nothing was done, and trying again may
help. An `origin` is the address of the far end alone ("192.0.2.7"): whoever stands behind a proxy must
find the address of the browser, or all browsers share what is counted against one address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hotelbridge.services.views import Caller, Page

LANGUAGES = ("de", "en", "zh")  # and '' for the browser's own


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is logged in."""

    session: int  # its id: stable for as long as he is logged in, and no secret
    name: str
    caller: Caller
    language: str  # '' where none was chosen


@dataclass(frozen=True, slots=True)
class ActionQuery:
    """Which part of what people did is asked for: that of one property, newest first."""

    limit: int
    cursor: str | None = None
    by: str | None = None  # a user's name in any case, or any other name exactly as it is shown
    room: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    node_wide: bool = False  # with logins and users too, which belong to no single property


@dataclass(frozen=True, slots=True)
class ActionView:
    """One thing that a person did, or that was refused to somebody."""

    id: str  # unique among them
    at: datetime  # with its zone, of no hotel
    by: str  # '' where nobody is known
    origin: str  # "console 192.0.2.7", "api 192.0.2.7", "command line"
    what: str  # "booked", "closed", "moved", "login", "login_refused", "user_role", ...
    text: str  # what came of it
    kind: str  # what it is about: wakeup, room, charge, alarm, resync, handover, count, user, token or ''
    about: str  # its number or name
    room: str  # '' where it is about none


class UserDesk(Protocol):
    """Everything the console asks about people."""

    async def log_in(self, name: str, password: str, origin: str) -> str:
        """The token of a new session: random, fit for a cookie; it is kept nowhere but with the browser.

        Refuses `wrong_login` (401), in the same words and after the same time whether the name or the
        password is wrong, and `too_many_tries` (429) with `retry_after`, in whole seconds.
        """
        ...

    async def visitor(self, token: str) -> Visitor | None:
        """Who has this token, as he is now; counts as a sign of life.

        None where it is unknown or ended, was not seen for 12 hours or began more than 30 days ago, and
        where its user was removed or his password changed by somebody else. What stays open for long (a
        stream of events) asks again now and then: nothing tells it. `StoreUnavailable` where the store
        cannot be read and he was not seen shortly before.
        """
        ...

    async def sounds_alarms(self, token: str) -> bool:
        """This session is an alarm display, which is not logged out (rule A1): in time it begins anew.

        True where it just did: its cookie is to be given once more, with its full length of life.
        """
        ...

    async def log_out(self, token: str, origin: str) -> None:
        """End a session; one that has ended or never was is no error."""
        ...

    async def change_password(self, token: str, old: str, new: str, origin: str) -> None:
        """Set another password and end all other sessions of the user; this one goes on.

        Refuses `not_logged_in` (401), `wrong_password` (422: the old one), `password_too_short`,
        `password_too_long`, `password_is_name` (422), and `too_many_tries` (429) as a login does.
        """
        ...

    async def set_language(self, token: str, language: str) -> None:
        """Show the console in this language; '' in the browser's.

        Refuses `not_logged_in` (401), `unknown_language` (422).
        """
        ...

    async def actions(self, property: str, query: ActionQuery) -> Page[ActionView]:
        """What people did in this property; names guests, for those who may know them.

        Refuses `bad_cursor` (422).
        """
        ...
