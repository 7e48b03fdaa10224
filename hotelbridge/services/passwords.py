"""Passwords: which may be chosen, and how they are kept. The only place that knows argon2.

Hashing is slow and takes memory on purpose: never on the reactor's thread. `PasswordDesk` does it on a
reader's thread of the store, in turn.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Callable
from typing import Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError
from argon2.low_level import Type
from twisted.internet.defer import Deferred, DeferredSemaphore
from twisted.logger import Logger

from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.store.users import folded
from hotelbridge.texts import phrase

T = TypeVar("T")

SHORTEST, LONGEST = 8, 256  # characters; nobody types more, and to normalise a megabyte takes long
MOST_AT_ONCE = 2
MOST_WAITING = 40  # some seconds of work
COME_AGAIN = 10  # seconds
# RFC 9106, the second choice, on one lane: 0.2 s on a small machine whose other core wakes guests.
TIME_COST, MEMORY_KIB, LANES = 3, 64 * 1024, 1

_log = Logger()


def normal(password: str) -> str:
    """The one form of a password, however a keyboard puts its signs together."""
    return unicodedata.normalize("NFKC", password)


def check(name: str, password: str) -> None:
    """Refuse what nobody should choose: `password_too_short`, `password_too_long`, `password_is_name`."""
    if len(password) > LONGEST:
        raise Refusal("password_too_long", f"A password has at most {LONGEST} characters.")
    if len(normal(password)) < SHORTEST:
        raise Refusal("password_too_short", f"A password has at least {SHORTEST} characters.")
    if folded(normal(password)).strip() == folded(normal(name)):
        raise Refusal("password_is_name", "The name itself is no password.")


class Hasher:
    """How passwords are hashed: by argon2id. For a thread that may be kept busy."""

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB, lanes: int = LANES) -> None:
        self._argon = PasswordHasher(time_cost, memory_kib, lanes, type=Type.ID)
        self.nobodys = _of_no_password(self._argon)  # takes as long to verify, and no password fits it

    def hash(self, password: str) -> str:
        """What is kept of a password, its salt and its parameters included."""
        try:
            return self._argon.hash(_bytes(password))
        except Argon2Error as error:
            raise _cannot(error) from error

    def fits(self, hashed: str, password: str) -> bool:
        """Whether this is the password; one longer than any that could be set is not."""
        sent = password if len(password) <= LONGEST else ""
        try:
            return self._argon.verify(hashed, _bytes(sent)) and sent == password
        except VerifyMismatchError:
            return False
        except InvalidHashError:
            _log.error("the password of a user cannot be read from the store; set it anew")
            return False
        except Argon2Error as error:
            raise _cannot(error) from error

    def is_weak(self, hashed: str) -> bool:
        """Whether it was hashed with less than is asked for now."""
        return self._argon.check_needs_rehash(hashed)


def _cannot(error: Argon2Error) -> StoreUnavailable:
    """No memory for it: that says nothing about the password."""
    return StoreUnavailable(f"passwords cannot be looked at now: {error}; try again")


def _bytes(password: str) -> bytes:
    return normal(password).encode("utf-8", "surrogatepass")


def _of_no_password(argon: PasswordHasher) -> str:
    """A hash of nothing, made without hashing: the daemon starts at once, its first login is like others."""
    salt, rest = (_base64(secrets.token_bytes(size)) for size in (argon.salt_len, argon.hash_len))
    costs = f"m={argon.memory_cost},t={argon.time_cost},p={argon.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${rest}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=")


class Threads(Protocol):
    """What the store offers beside its writer."""

    def aside(self, job: Callable[[], T]) -> Deferred[T]:
        """Run something slow on a reader's thread."""
        ...


class PasswordDesk:
    """Hashing in turn, beside the reactor. A crowd of logins must not take all readers of the store."""

    def __init__(self, threads: Threads, readers: int, hasher: Hasher | None = None) -> None:
        """`readers`: how many threads there are; one is always left to whoever reads a page."""
        self._threads = threads
        self._hasher = hasher or Hasher()
        self._turns = DeferredSemaphore(min(MOST_AT_ONCE, max(1, readers - 1)))

    async def hash(self, password: str) -> str:
        """What is to be kept of a password."""
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def fits(self, hashed: str | None, password: str, *, at_home: bool = False) -> bool:
        """Whether this is the password. Nobody's (None) takes as long to say as a wrong one.

        Who is at home where he tries waits his turn in any crowd: strangers cannot keep him out by it.
        """
        kept = self._hasher.nobodys if hashed is None else hashed
        return await self._in_turn(lambda: self._hasher.fits(kept, password), always=at_home)

    async def stronger(self, hashed: str, password: str) -> str | None:
        """The same password hashed anew, where less was asked for when it was set."""
        return await self.hash(password) if self._hasher.is_weak(hashed) else None

    async def _in_turn(self, job: Callable[[], T], *, always: bool = False) -> T:
        if len(self._turns.waiting) >= MOST_WAITING and not always:
            sentence = phrase(f"Too many people log in just now; try again in {COME_AGAIN} seconds.")
            raise Refusal("too_many_tries", sentence, status=429, retry_after=COME_AGAIN)
        return await self._turns.run(self._threads.aside, job)
