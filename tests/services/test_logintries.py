"""How often a password may be tried."""

from __future__ import annotations

import pytest

from hotelbridge.errors import Refusal
from hotelbridge.services.logintries import LONGEST_WAIT, Counts, LoginTries, address_of, place_of
from hotelbridge.testing.fake_clock import FakeClock

DESK = "192.0.2.7"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def wait_of(tries: LoginTries, name: str, place: str = DESK, *, at_home: bool = False) -> int:
    """One more try; the seconds it must wait."""
    try:
        tries.begin(name, place, at_home=at_home)
    except Refusal as refusal:
        assert isinstance(refusal.facts["retry_after"], int)
        return refusal.facts["retry_after"]
    return 0


def test_the_wait_grows_with_each_try_up_to_a_quarter_of_an_hour(clock: FakeClock) -> None:
    counts, waits = Counts(clock, free=5), []
    for _ in range(16):
        counts.add("anna")
        waits.append(counts.wait("anna"))
        clock.advance(waits[-1])
    assert waits[:9] == [0, 0, 0, 0, 30, 60, 120, 240, 240]
    assert sorted(waits[:12]) == waits[:12] and waits[-1] >= 480
    for _ in range(20):
        counts.add("anna")
    assert counts.wait("anna") == LONGEST_WAIT


def test_patience_gives_a_guess_every_ten_minutes_and_no_more(clock: FakeClock) -> None:
    counts, guesses = Counts(clock, free=5), 0
    for _ in range(24 * 60):
        if not counts.wait("anna"):
            counts.add("anna")
            guesses += 1
        clock.advance(60)
    assert 100 < guesses < 155


def test_tries_are_forgiven_one_by_one(clock: FakeClock) -> None:
    tries = LoginTries(clock)
    assert [wait_of(tries, "anna") for _ in range(6)] == [0, 0, 0, 0, 0, 30]
    clock.advance(3000)
    assert [wait_of(tries, "anna") for _ in range(6)] == [0, 0, 0, 0, 0, 30]


def test_a_hundred_tries_at_once_are_not_all_free(clock: FakeClock) -> None:
    tries = LoginTries(clock)
    assert sum(not wait_of(tries, "anna") for _ in range(100)) == 5


def test_a_name_from_a_thousand_addresses_is_one_count(clock: FakeClock) -> None:
    tries = LoginTries(clock)
    assert sum(not wait_of(tries, "anna", f"198.51.100.{n}") for n in range(1000)) == 5


def test_one_address_with_many_names_is_held(clock: FakeClock) -> None:
    tries = LoginTries(clock)
    assert sum(not wait_of(tries, f"name {n}") for n in range(100)) == 20


def test_at_home_neither_strangers_nor_colleagues_count_against_a_name(clock: FakeClock) -> None:
    tries = LoginTries(clock)
    for n in range(100):
        wait_of(tries, "anna", f"198.51.100.{n}")
        wait_of(tries, f"name {n}")
    assert wait_of(tries, "anna", at_home=True) == 0
    assert wait_of(tries, "anna") > 0


def test_at_home_a_right_password_forgives_all_elsewhere_only_itself(clock: FakeClock) -> None:
    tries = LoginTries(clock)
    for at_home, free in ((True, 5), (False, 1)):
        for _ in range(4):
            assert wait_of(tries, "anna", at_home=at_home) == 0
        tries.begin("anna", DESK, at_home=at_home)
        tries.right("anna", DESK, at_home=at_home)
        assert [wait_of(tries, "anna", at_home=at_home) for _ in range(free + 1)] == [0] * free + [30]


def test_memory_is_bounded_whatever_strangers_send(clock: FakeClock) -> None:
    counts = Counts(clock, free=5, most=100)
    for n in range(1000):
        counts.add(f"name {n}")
    assert len(counts) == 100
    tries = LoginTries(clock)
    tries.begin("n" * 10_000, DESK, at_home=False)
    (key,) = tries._by_name._kept
    assert len(str(key)) == 100


@pytest.mark.parametrize(
    ("origin", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("some\x00thing\n", "something"),
    ],
)
def test_an_address_of_ipv6_counts_as_its_network(origin: str, place: str) -> None:
    assert place_of(origin) == place


def test_an_address_is_kept_without_what_cannot_be_seen() -> None:
    assert address_of("192.0.2.7\x1b[2J\udcff" + "x" * 1000) == "192.0.2.7[2J" + "x" * 86
