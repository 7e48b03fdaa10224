"""The people at the console: `services.userwindow.UserDesk`, on the store.

A visitor is read from the store at every call, so that whoever was removed is out at once, whatever
process removed him. What is kept in memory bridges an outage and spares a write for each page.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services import accounts, passwords, whodid
from hotelbridge.services.callers import caller_of, token_hash
from hotelbridge.services.lately import Lately
from hotelbridge.services.loginlines import LoginLines
from hotelbridge.services.logintries import LoginTries, address_of, place_of
from hotelbridge.services.userwindow import LANGUAGES, ActionQuery, ActionView, Visitor
from hotelbridge.services.views import Page
from hotelbridge.store import audit, sessions, users
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.sessions import StoredSession
from hotelbridge.store.users import StoredUser, folded
from hotelbridge.texts import phrase

TOKEN_BYTES = 32
IDLE = timedelta(hours=12)  # a shift: who comes back to his desk is still there
LONGEST = timedelta(days=30)
ANEW = timedelta(days=3)  # so old the session of an alarm display begins anew: it never comes to its end
WRITE_SEEN = timedelta(minutes=10)
LONGEST_NAME = 200  # characters that are looked at

_log = Logger()


@dataclass(slots=True)
class _Known:
    """A session as the store gave it last, and what of it is newer than that."""

    session: StoredSession
    seen_at: datetime
    written_at: datetime  # when `seen_at` was written, or that was tried


@dataclass(frozen=True, slots=True)
class _Login:
    """Who wants to come in, and from where."""

    folded: str  # the name as it is compared; '' where it is none
    place: str
    origin: str  # as the journal shows it
    user: StoredUser | None
    at_home: bool


class FrontUsers:
    """`UserDesk`, on the store."""

    def __init__(self, db: Database, clock: Clock, hasher: passwords.Hasher | None = None) -> None:
        self._db = db
        self._clock = clock
        self._passwords = passwords.PasswordDesk(db, db.runner.readers, hasher)
        self._tries = LoginTries(clock)
        self._lines = LoginLines(db, clock)
        self._known: Lately[_Known] = Lately(db.health, clock)

    # --- coming in ---

    async def log_in(self, name: str, password: str, origin: str) -> str:
        login = await self._who(name, origin)
        user = await self._proved(login, password)
        stronger = await self._passwords.stronger(user.password_hash, password)
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock.now()

        def unit(tx: Tx) -> bool:
            if not _same_password(tx, user):
                return False
            if stronger is not None:
                users.rehash(tx, user.id, user.password_hash, stronger)
            sessions.add(tx, token_hash(token), user.id, now, login.place)
            audit.write(tx, now, Actor(user.name, login.origin), "login", f"{user.name} logged in.")
            return True

        if not await self._db.run(unit):
            raise _wrong_login()
        return token

    async def _who(self, name: str, origin: str) -> _Login:
        compared, place = _compared(name), place_of(origin)

        def query(tx: Tx) -> tuple[StoredUser | None, bool]:
            return users.by_name(tx, compared), sessions.was_there(tx, compared, place)

        user, at_home = await self._db.read(query)
        return _Login(compared, place, _shown(origin), user, at_home)

    async def _proved(self, login: _Login, password: str) -> StoredUser:
        """The user, if that is his password; what it costs does not depend on whether he exists."""
        kept = None if login.user is None else login.user.password_hash
        try:
            fits = await self._tried(login.folded, login.place, login.at_home, kept, password)
        except Refusal:
            self._lines.refused(login.user, login.origin, phrase("too many tries"))
            raise
        if not fits or login.user is None:
            missing, wrong = phrase("there is no such user"), phrase("the password is wrong")
            why = missing if login.user is None else wrong
            self._lines.refused(login.user, login.origin, why)
            raise _wrong_login()
        return login.user

    async def _tried(self, name: str, place: str, at_home: bool, kept: str | None, password: str) -> bool:
        """Whether the password fits, as one counted try; refuses `too_many_tries`."""
        self._tries.begin(name, place, at_home=at_home)
        try:
            fits = await self._passwords.fits(kept, password, at_home=at_home)
        except Exception:
            self._tries.undone(name, place, at_home=at_home)
            raise
        if fits:
            self._tries.right(name, place, at_home=at_home)
        return fits

    # --- being there ---

    async def visitor(self, token: str) -> Visitor | None:
        known = await self._session(token)
        return None if known is None else _visitor(known.session)

    async def _session(self, token: str) -> _Known | None:
        """The session that goes on, seen now."""
        digest, now = token_hash(token), self._clock.now()
        try:
            found = await self._db.read(lambda tx: sessions.by_hash(tx, digest))
        except StoreUnavailable:
            before = self._known.before_the_outage(digest)
            if before is None:
                raise
            return self._seen(before, now)
        known = None if found is None else self._seen(self._renewed(digest, found), now)
        if known is None:
            self._known.forget(digest)
            return None
        self._known.keep(digest, known)
        self._write_seen(known)
        return known

    async def sounds_alarms(self, token: str) -> bool:
        known, now = await self._session(token), self._clock.now()
        if known is None or now - known.session.created_at < ANEW:
            return False
        id, began = known.session.id, known.session.created_at
        return await self._db.run(lambda tx: sessions.begin_anew(tx, id, began, now))

    def _renewed(self, digest: str, found: StoredSession) -> _Known:
        """A session as the store has it, with what memory knows beyond that."""
        before = self._known.get(digest)
        if before is None:
            return _Known(found, found.seen_at, found.seen_at)
        written_at = max(before.written_at, found.seen_at)  # another node may have written it
        return _Known(found, max(before.seen_at, found.seen_at), written_at)

    def _seen(self, known: _Known, now: datetime) -> _Known | None:
        """The same session, seen now; None where it was not for too long, or is too old."""
        if now - known.seen_at >= IDLE or now - known.session.created_at >= LONGEST:
            return None
        known.seen_at = max(known.seen_at, now)
        return known

    def _write_seen(self, known: _Known) -> None:
        """Now and then, and nobody waits for it: not one write for each page."""
        if known.seen_at - known.written_at < WRITE_SEEN:
            return
        id, at = known.session.id, known.seen_at
        known.written_at = at
        self._db.run(lambda tx: sessions.seen(tx, id, at)).addErrback(_not_written)

    async def _logged_in(self, token: str) -> _Known:
        known = await self._session(token)
        if known is None:
            raise Refusal("not_logged_in", "You are not logged in any more.", status=401)
        return known

    # --- going, and what one may change of oneself ---

    async def log_out(self, token: str, origin: str) -> None:
        digest, now, shown = token_hash(token), self._clock.now(), _shown(origin)
        self._known.forget(digest)

        def unit(tx: Tx) -> None:
            found = sessions.by_hash(tx, digest)
            if found is not None:
                sessions.end(tx, found.id, now)
                audit.write(tx, now, Actor(found.name, shown), "logout", f"{found.name} logged out.")

        await self._db.run(unit)

    async def change_password(self, token: str, old: str, new: str, origin: str) -> None:
        session = (await self._logged_in(token)).session
        passwords.check(session.name, new)
        user = await self._db.read(lambda tx: users.by_id(tx, session.user_id))
        # At home wherever he is: who sits at a screen that was left open guesses against this one count.
        name, place = folded(session.name), place_of(origin)
        if user is None or not await self._tried(name, place, True, user.password_hash, old):
            raise Refusal("wrong_password", "The present password is not that one.")
        hashed, now = await self._passwords.hash(new), self._clock.now()

        def unit(tx: Tx) -> bool:
            if not _same_password(tx, user) or sessions.by_hash(tx, token_hash(token)) is None:
                return False
            actor = Actor(user.name, _shown(origin))
            accounts.set_password(tx, user, hashed, actor, now, keep=session.id)
            return True

        if not await self._db.run(unit):
            raise Refusal("not_logged_in", "You are not logged in any more.", status=401)
        self._known.forget_those(_others_of(session))

    async def set_language(self, token: str, language: str) -> None:
        if language and language not in LANGUAGES:
            asked, known = language[:20], ", ".join(LANGUAGES)
            raise Refusal("unknown_language", f"The console does not speak {asked}; it knows: {known}.")
        id = (await self._logged_in(token)).session.user_id
        await self._db.run(lambda tx: users.set_language(tx, id, language))

    # --- who did what ---

    async def actions(self, property: str, query: ActionQuery) -> Page[ActionView]:
        return await self._db.read(lambda tx: whodid.page(tx, property, query))


def _compared(name: str) -> str:
    """A name as users are compared by; '', which is nobody's, where it cannot be one."""
    try:
        return folded(accounts.spelled(name[:LONGEST_NAME]))
    except ValueError:
        return ""


def _shown(origin: str) -> str:
    return f"console {address_of(origin)}"


def _visitor(session: StoredSession) -> Visitor:
    caller = caller_of(session.name, session.role, session.property)
    return Visitor(session.id, session.name, caller, session.language)


def _same_password(tx: Tx, user: StoredUser) -> bool:
    """Whether it is still the password that was looked at: that took a while, off the writer."""
    now = users.by_id(tx, user.id)
    return now is not None and now.changed_at == user.changed_at


def _others_of(session: StoredSession) -> Callable[[_Known], bool]:
    return lambda known: known.session.user_id == session.user_id and known.session.id != session.id


def _wrong_login() -> Refusal:
    return Refusal("wrong_login", "The name or the password is wrong.", status=401)


def _not_written(failure: Failure) -> None:
    _log.warn("when a session was seen was not written: {why}", why=failure.getErrorMessage())
