"""How one property prices its calls now: numbers, tariff and terms. Set on `Rules` by whoever loads them."""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.core.numbers import Numbering
from hotelbridge.core.rating import Terms
from hotelbridge.core.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Charging:
    """What a price is made from; one version of it is in force at a time."""

    numbering: Numbering
    tariff: Tariff
    terms: Terms
    version: str  # of tariff and terms together, as kept in the store
