"""Refused logins as lines of the audit journal: one a minute for each user, however many there are.

A name that is nobody's is not written down: people type their password there, and strangers anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.core.records import Actor
from hotelbridge.services import accounts
from hotelbridge.store import audit
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.users import StoredUser
from hotelbridge.texts import phrase

EVERY = 60.0  # seconds
_NOBODY = 0  # an id that no user has

_log = Logger()


@dataclass(slots=True)
class _Told:
    at: float  # monotonic, of the last line
    since: int = 0  # refusals that had none


class LoginLines:
    """What was refused, by one node. Nobody waits for these lines: how long one takes tells a name."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._told: dict[int, _Told] = {}  # by user: no more than there are users

    def refused(self, user: StoredUser | None, origin: str, why: str) -> None:
        """A login was refused; `origin` as the journal shows it, `why` as a sentence goes on."""
        told = self._told.get(_NOBODY if user is None else user.id)
        if told is not None and self._clock.monotonic() - told.at < EVERY:
            told.since += 1
            return
        self._told[_NOBODY if user is None else user.id] = _Told(self._clock.monotonic())
        name = phrase("an unknown name") if user is None else user.name
        more = told.since if told else 0
        whose = "" if user is None else accounts.about(user.name)
        text = phrase(f"A login as {name} was refused: {why}.")
        if more:
            text = phrase(f"A login as {name} was refused: {why} ({more} more since the line before).")
        self._write(text, origin, whose)

    def _write(self, text: str, origin: str, about: str) -> None:
        now = self._clock.now()

        def unit(tx: Tx) -> None:
            audit.write(tx, now, Actor("", origin), "login_refused", text, about=about)

        self._db.run(unit).addErrback(_not_written)


def _not_written(failure: Failure) -> None:
    _log.warn("a refused login was not written down: {why}", why=failure.getErrorMessage())
