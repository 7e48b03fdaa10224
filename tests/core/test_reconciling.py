"""What became of the calls of some days: every call is in exactly one part, and what is not is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.calls import CallKind
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.reconciling import (
    Charged,
    Finding,
    Part,
    Received,
    Trouble,
    account,
    in_words,
    part_of,
)

OUT, INSIDE = CallKind.OUT, CallKind.FREE
RECEIVED = st.builds(
    Received, st.sampled_from(["om20", "om50"]), st.sampled_from(CallKind), st.integers(0, 99)
)
CHARGED = st.builds(
    Charged,
    st.sampled_from(ChargeState),
    st.sampled_from(["EUR", "CHF"]),
    st.integers(0, 99),
    st.integers(0, 10**9),
    st.integers(0, 10**6),
)


def charged(state: str, calls: int, amount: int = 0) -> Charged:
    return Charged(ChargeState(state), "EUR", calls, amount)


def test_calls_are_what_is_posted_free_open_and_all_the_rest() -> None:
    found = account(
        [Received("om20", OUT, 209), Received("om20", INSIDE, 100), Received("om50", OUT, 3)],
        [charged("posted", 200, 9000), charged("free", 7), charged("queued", 1), charged("sent", 1)]
        + [charged("refused", 1), charged("uncertain", 1), charged("held", 1)],
    )
    assert in_words(found) == (
        "312 calls = 100 not chargeable + 200 posted + 7 free + 1 refused + 1 uncertain + 1 held + 2 open"
    )
    assert found.by_device == (("om20", 309), ("om50", 3))
    assert found.adds_up and not found.difference


def test_a_call_without_a_charge_does_not_add_up() -> None:
    found = account([Received("om20", OUT, 2)], [charged("posted", 1)])
    assert (found.difference, found.adds_up) == (1, False)
    assert in_words(found) == "2 calls = 1 posted + 1 without a charge"


def test_a_charge_without_a_call_does_not_add_up() -> None:
    found = account([Received("om20", OUT, 1)], [charged("posted", 3)])
    assert (found.difference, found.adds_up) == (-2, False)
    assert in_words(found) == "1 call = 3 posted - 2 without a call"


@pytest.mark.parametrize("trouble", list(Trouble), ids=str)
def test_a_clock_that_was_off_and_what_is_open_of_an_earlier_day_change_no_sum(trouble: Trouble) -> None:
    found = account([], [], [Finding(trouble, 1, "words")])
    assert found.adds_up == (trouble in (Trouble.CLOCK, Trouble.STILL_OPEN))


def test_nothing_adds_up_to_nothing() -> None:
    assert in_words(account([], [])) == "0 calls = 0" and account([], []).adds_up


@given(st.lists(RECEIVED), st.lists(CHARGED))
def test_what_was_received_is_always_the_sum_of_the_parts_and_of_what_is_told_to_be_missing(
    received: list[Received], charges: list[Charged]
) -> None:
    found = account(received, charges)
    parts = found.not_chargeable + sum(part.calls for part in found.parts)
    assert found.received == sum(one.calls for one in received) == parts + found.difference
    assert {part.part for part in found.parts} == set(Part)
    for currency in ("EUR", "CHF"):
        mine = sum(one.amount for one in charges if one.currency == currency)
        assert mine == sum(part.amount for part in found.parts if part.currency == currency)


@given(st.lists(RECEIVED), st.lists(CHARGED), st.integers(0, 30), st.integers(0, 30))
def test_splitting_a_month_does_not_change_its_sum(
    received: list[Received], charges: list[Charged], here: int, there: int
) -> None:
    whole = account(received, charges)
    pieces = [account(received[:here], charges[:there]), account(received[here:], charges[there:])]
    assert whole.received == sum(one.received for one in pieces)
    assert whole.difference == sum(one.difference for one in pieces)
    for part in Part:
        for currency in ("EUR", "CHF"):
            sums = [
                sum(p.amount for p in one.parts if (p.part, p.currency) == (part, currency))
                for one in (whole, *pieces)
            ]
            assert sums[0] == sums[1] + sums[2]


@given(st.sampled_from(ChargeState))
def test_every_state_is_in_one_part(state: ChargeState) -> None:
    assert part_of(state) in Part
