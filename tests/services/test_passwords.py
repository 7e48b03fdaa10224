"""How a password is kept: by argon2id, with costs that a small machine bears."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from argon2 import extract_parameters
from argon2.exceptions import HashingError, VerificationError
from argon2.low_level import Type
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services.passwords import MOST_WAITING, Hasher, PasswordDesk, check

T = TypeVar("T")

QUICK = Hasher(time_cost=1, memory_kib=8)


def test_a_password_is_kept_by_argon2id_with_64_megabytes() -> None:
    kept = extract_parameters(Hasher().hash("correct horse"))
    assert (kept.type, kept.memory_cost, kept.time_cost, kept.parallelism) == (Type.ID, 65536, 3, 1)
    assert kept == extract_parameters(Hasher().nobodys)


def test_two_hashes_of_one_password_differ_and_both_fit() -> None:
    one, two = QUICK.hash("correct horse"), QUICK.hash("correct horse")
    assert one != two and QUICK.fits(one, "correct horse") and QUICK.fits(two, "correct horse")
    assert not QUICK.fits(one, "correct hors") and not QUICK.fits(one, "")


@pytest.mark.parametrize("password", ["", "correct horse", "\udcff\x00", "x" * 1_000_000])
def test_no_password_fits_nobodys(password: str) -> None:
    assert not QUICK.fits(QUICK.nobodys, password)


def test_what_cannot_be_read_as_a_hash_fits_nothing() -> None:
    assert not QUICK.fits("rubbish", "correct horse")


def test_a_hash_with_less_than_is_asked_for_now_is_weak() -> None:
    assert Hasher(time_cost=2, memory_kib=8).is_weak(QUICK.hash("correct horse"))
    assert not QUICK.is_weak(QUICK.hash("correct horse"))


class NoMemory:
    """argon2 on a machine that has none left."""

    def verify(self, hashed: str, password: bytes) -> bool:
        raise VerificationError("Memory allocation error")

    def hash(self, password: bytes) -> str:
        raise HashingError("Memory allocation error")


def test_a_machine_without_the_memory_for_it_says_nothing_of_the_password() -> None:
    poor = Hasher(time_cost=1, memory_kib=8)
    poor._argon = NoMemory()  # type: ignore[assignment]
    with pytest.raises(StoreUnavailable, match="try again"):
        poor.fits(poor.nobodys, "correct horse")
    with pytest.raises(StoreUnavailable, match="try again"):
        poor.hash("correct horse")


def test_the_name_is_no_password_in_any_spelling() -> None:
    for password in ("FrontDesk", "ｆｒｏｎｔｄｅｓｋ", " frontdesk "):
        with pytest.raises(Refusal) as caught:
            check("frontdesk", password)
        assert caught.value.code == "password_is_name"
    check("frontdesk", "frontdesk1")


class _Busy:
    """Threads that never come to an end with anything."""

    def aside(self, job: Callable[[], T]) -> Deferred[T]:
        return Deferred()


def test_a_crowd_of_strangers_does_not_keep_out_who_is_at_home() -> None:
    desk = PasswordDesk(_Busy(), 2, QUICK)
    for _ in range(MOST_WAITING + 1):
        Deferred.fromCoroutine(desk.fits(None, "guess"))
    refused = Deferred.fromCoroutine(desk.fits(None, "guess"))
    assert isinstance(failure_of(refused), Refusal)
    assert not Deferred.fromCoroutine(desk.fits(None, "correct horse", at_home=True)).called


def failure_of(done: Deferred[bool]) -> BaseException:
    found: list[Failure] = []
    done.addErrback(found.append)
    return found[0].value  # type: ignore[no-any-return]
