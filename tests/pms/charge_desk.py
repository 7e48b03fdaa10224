"""What tests of the charge desk ask of a hotel, and how charges come to wait there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services.chargeviews import (
    CallQuery,
    ChargeDetail,
    ChargeDone,
    Resolution,
    ResolveRequest,
    RetryRequest,
)
from hotelbridge.services.views import Once
from hotelbridge.store import charges
from tests.pms.charges_evening import GERMANY, ChargesEvening

MULLER, WEBER = 'gi 212 1001 "Müller, Hans"', 'gi 213 1002 "Weber, Eva"'
HOUSE = 'house_account = "9000"\n'
ANNA = Actor("Anna, anna (token)", "test")


def ask(hotel: ChargesEvening, call: str, *words: Any, named: bool = True) -> Any:
    return hotel._result(getattr(hotel.daemon.charges, call)("main", *words, named=named))


def only(hotel: ChargesEvening) -> int:
    (charge,) = hotel.charges()
    return charge.id


def detail(hotel: ChargesEvening, id: int, *, named: bool = True) -> ChargeDetail:
    return ask(hotel, "charge", id, named=named)  # type: ignore[no-any-return]


def retry(hotel: ChargesEvening, id: int, once: Once | None = None, **asked: Any) -> Any:
    done = ask(hotel, "retry", id, RetryRequest("Anna", **asked), ANNA, once)
    hotel.advance(5)
    return done


def resolve(hotel: ChargesEvening, id: int, outcome: str, **asked: Any) -> ChargeDone:
    done = ask(hotel, "resolve", id, ResolveRequest("Anna", Resolution(outcome), **asked), ANNA)
    hotel.advance(5)
    return done  # type: ignore[no-any-return]


def refused(hotel: ChargesEvening, id: int, **asked: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        retry(hotel, id, **asked)
    return refusal.value


def listed(hotel: ChargesEvening, named: bool = True, **asked: Any) -> list[int]:
    return [one.id for one in ask(hotel, "charges", CallQuery(**asked), named=named).items]


def uncertain(hotel: ChargesEvening) -> int:
    """A posting of which nobody knows whether the PMS has taken it."""
    hotel.play(MULLER, "pa none")
    hotel.calls("212", GERMANY)
    hotel.play("pa ok")
    hotel.advance(120)
    assert hotel.states() == ["uncertain"]
    return only(hotel)


def refused_by_the_pms(hotel: ChargesEvening) -> int:
    hotel.play(MULLER, "pa ng")
    hotel.calls("212", GERMANY)
    hotel.play("pa ok")
    assert hotel.states() == ["refused"]
    return only(hotel)


def late(hotel: ChargesEvening) -> int:
    """A charge whose guest has left meanwhile."""
    hotel.play(MULLER, "audit on")
    hotel.calls("212", GERMANY)
    hotel.play("go 212", "audit off")
    assert hotel.states() == ["held"]
    return only(hotel)


def spoil(hotel: ChargesEvening, id: int, **changes: Any) -> None:
    """Something else stands in the row than was put there."""

    async def work() -> None:
        def unit(tx: Any) -> None:
            charge = charges.get(tx, "main", id)
            assert charge is not None
            charges.save(tx, replace(charge, **changes), hotel.clock.now())

        await hotel.daemon.db.run(unit)

    hotel._result(work())
