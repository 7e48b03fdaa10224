"""The narrow window between the console and the people who use it: logins, sessions, passwords.

Whoever stands before it knows this protocol, nothing of stores or hashes. What cannot be granted is an
`errors.Refusal` with a stable code; `StoreUnavailable` means that nothing was done, and trying again may
help. An `origin` is the address of the far end alone ("192.0.2.7"): whoever stands behind a proxy must
find the address of the browser, or all browsers share what is counted against one address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hotelbridge.services.views import Caller

LANGUAGES = ("de", "en", "zh")  # and '' for the browser's own


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is logged in."""

    session: int  # its id: stable for as long as he is logged in, and no secret
    name: str
    caller: Caller
    language: str  # '' where none was chosen


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
