"""A price list of calls, worked out by hand: the rows, the call, what it costs in minor units, and why."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from hotelbridge.core.rating import rate
from tests.core.tariffrows import call, tariff, terms

TUE = "2026-11-24T12:00:00"
DE, AT = "+493012345678", "+4318765432"
PLAIN = ["+49 0.20"]
EACH_SECOND = ["+49 0.20 first=1 next=1"]
BANDS = ["+49 0.30 days=mon-fri hours=08:00-18:00", "+49 0.20"]
NIGHT = ["+49 0.20", "+49 0.10 hours=22:00-06:00"]
TO_HALF_PAST_TWO = ["+49 0.20", "+49 0.10 hours=01:00-02:30"]
CLASSES = ["+49 0.20", "+49 0.10 guest_class=vip", "+49 0.15 guest_class=group", "+49 0.12 guest_class=staff"]
TRUNKS = [*CLASSES, "+49 0.30 trunk=XO", "+49 0.31 trunk=3"]
HOL = ["+49 0.20", "+49 0.10 days=sun", "+49 0.05 days=hol"]
WORLD = ["+43 0.10", "0664 0.30", "* 1.80", "=118 2.20"]
XMAS = {"holidays": ["2026-12-25"]}  # a Friday
SPLIT = {"split_bands": True}
YEN, DINAR = {"currency": "JPY", "digits": 0}, {"currency": "KWD", "digits": 3}

# rows, number, start, seconds, minor units, why, and what is special about the terms or the call
Case = tuple[list[str], str, str, int, int, str, dict[str, Any]]
XO = {"by": "3 XO", "trunk_thresholds": {"XO": 20}}
CASES: list[Case] = [
    # -- increments --
    (PLAIN, DE, TUE, 1, 20, "the first minute is charged whole", {}),
    (PLAIN, DE, TUE, 60, 20, "and it is over after 60 s", {}),
    (PLAIN, DE, TUE, 61, 40, "then the second minute", {}),
    (PLAIN, DE, TUE, 200, 80, "200 s are four minutes", {}),
    (["+49 0.20 first=30 next=6"], DE, TUE, 1, 10, "30 s at once", {}),
    (["+49 0.20 first=30 next=6"], DE, TUE, 31, 12, "30 + 6 = 36 s", {}),
    (["+49 0.20 first=30 next=6"], DE, TUE, 200, 68, "30 + 29 x 6 = 204 s", {}),
    (EACH_SECOND, DE, TUE, 200, 67, "200 s x 0.20 / 60 = 0.6667", {}),
    (EACH_SECOND, DE, TUE, 1, 0, "a third of a cent comes to nothing", {}),
    (["+49 0.01 per_seconds=1 first=1 next=1"], DE, TUE, 45, 45, "a cent a second", {}),
    (["+49 0.20 first=0 next=10"], DE, TUE, 25, 10, "three steps of 10 s", {}),
    (["+49 0.20 first=180 next=0"], DE, TUE, 600, 60, "one price, three minutes, however long", {}),
    (["+49 0.20 first=180"], DE, TUE, 181, 80, "180 + 60 s", {}),
    (["+49 6.00 per_seconds=3600"], DE, TUE, 90, 20, "two minutes at 6.00 an hour", {}),
    # -- fee, minimum, maximum --
    (["+49 0.20 connect_fee=0.10"], DE, TUE, 0, 0, "not answered: no fee", {}),
    (["+49 0.20 connect_fee=0.10"], DE, TUE, -5, 0, "shorter than nothing is not answered", {}),
    (["+49 0.20 connect_fee=0.10"], DE, TUE, 1, 30, "fee and a minute", {}),
    (["+49 0.20 min=0.50"], DE, TUE, 0, 0, "not answered: no minimum", {}),
    (["+49 0.20 min=0.50"], DE, TUE, 1, 50, "0.20 is less than the minimum", {}),
    (["+49 0.20 min=0.50"], DE, TUE, 200, 80, "0.80 is more than the minimum", {}),
    (["+49 0.20 connect_fee=0.10 max=1.00"], DE, TUE, 600, 100, "2.10 is cut to the maximum", {}),
    (["+49 0.20 connect_fee=0.10 max=1.00"], DE, TUE, 200, 90, "0.90 is not", {}),
    # -- threshold --
    (["+49 0.20 threshold=5"], DE, TUE, 5, 0, "not longer than the threshold", {}),
    (["+49 0.20 threshold=5 first=1 next=1"], DE, TUE, 6, 2, "longer: 6 s count, not one", {}),
    (["+49 0.20 threshold=5 min=1.00"], DE, TUE, 5, 0, "free before the minimum", {}),
    (PLAIN, DE, TUE, 20, 0, "the trunk's threshold", XO),
    (EACH_SECOND, DE, TUE, 21, 7, "21 s from the first", XO),
    (["+49 0.20 threshold=5"], DE, TUE, 20, 0, "the longer one", XO),
    (["+49 0.20 threshold=30"], DE, TUE, 25, 0, "the longer one", XO),
    (PLAIN, DE, TUE, 5, 20, "IP reports answers", {"by": "IP", "trunk_thresholds": {"XO": 20}}),
    (PLAIN, DE, TUE, 10, 0, "by the trunk's number", {"by": "3 XO", "trunk_thresholds": {"3": 10}}),
    (PLAIN, DE, TUE, 20, 40, "its number goes before its route: 10 s", {
        "by": "3 XO", "trunk_thresholds": {"3": 10, "XO": 30}, "surcharge_fixed": "0.20"}),
    # -- free seconds --
    (["+49 0.20 free_seconds=60"], DE, TUE, 60, 0, "within the free minute", {}),
    (["+49 0.20 free_seconds=60"], DE, TUE, 61, 20, "one second is left: a minute", {}),
    (["+49 0.20 free_seconds=60 min=1.00"], DE, TUE, 60, 0, "free before the minimum", {}),
    (["+49 0.20 free_seconds=60 first=1 next=1"], DE, TUE, 200, 47, "140 s: 0.4667", {}),
    (["+49 0.20 free_seconds=60 threshold=10"], DE, TUE, 200, 60, "140 s are three minutes", {}),
    # -- bands --
    (BANDS, DE, "2026-11-24T07:59:59", 60, 20, "a second before eight", {}),
    (BANDS, DE, "2026-11-24T08:00:00", 60, 30, "from eight on", {}),
    (BANDS, DE, "2026-11-24T17:59:59", 60, 30, "a second before six", {}),
    (BANDS, DE, "2026-11-24T18:00:00", 60, 20, "from six on", {}),
    (BANDS, DE, "2026-11-28T12:00:00", 60, 20, "on Saturday", {}),
    (BANDS, DE, "2026-11-24T17:59:00", 200, 120, "the band of the start holds", {}),
    (BANDS, DE, "2026-11-24T16:59:59+00:00", 60, 30, "the hotel's clocks count, not UTC's", {}),
    (NIGHT, DE, "2026-11-24T22:00:00", 60, 10, "over midnight: from ten", {}),
    (NIGHT, DE, "2026-11-24T23:59:59", 60, 10, "before midnight", {}),
    (NIGHT, DE, "2026-11-25T05:59:59", 60, 10, "after midnight", {}),
    (NIGHT, DE, "2026-11-25T06:00:00", 60, 20, "until six", {}),
    (["+49 0.20", "+49 0.10 days=fri hours=22:00-06:00"], DE, "2026-11-28T02:00:00", 60, 20,
     "the small hours of Saturday are Saturday", {}),
    (["+49 0.20", "+49 0.10 days=fri hours=22:00-06:00"], DE, "2026-11-27T02:00:00", 60, 10,
     "those of Friday are Friday", {}),
    (["+49 0.20", "+49 0.10 hours=06:00-08:00,20:00-22:00"], DE, "2026-11-24T21:00:00", 60, 10,
     "the second of two spans", {}),
    (["+49 0.30 days=mon-fri", "+49 0.10 hours=08:00-18:00"], DE, TUE, 60, 10, "hours go before days", {}),
    (["+49 0.30 days=sat-mon", "+49 0.10"], DE, "2026-11-29T12:00:00", 60, 30, "over the week's end", {}),
    # -- the nights of the change --
    (TO_HALF_PAST_TWO, DE, "2026-10-25T02:15:00+02:00", 60, 10, "02:15, first pass", {}),
    (TO_HALF_PAST_TWO, DE, "2026-10-25T02:15:00+01:00", 60, 10, "02:15, second pass", {}),
    (TO_HALF_PAST_TWO, DE, "2026-10-25T02:45:00+02:00", 60, 20, "02:45, first pass", {}),
    (TO_HALF_PAST_TWO, DE, "2026-10-25T01:10:00+00:00", 60, 10, "02:10 again, after 02:45", {}),
    (TO_HALF_PAST_TWO, DE, "2026-10-25T02:25:00+02:00", 600, 150, "5 x 0.10, then 5 x 0.20", SPLIT),
    (TO_HALF_PAST_TWO, DE, "2026-10-25T02:55:00+02:00", 600, 150, "5 x 0.20, then 02:00 again", SPLIT),
    (TO_HALF_PAST_TWO, DE, "2027-03-28T00:30:00+00:00", 60, 10, "01:30 before the jump", {}),
    (TO_HALF_PAST_TWO, DE, "2027-03-28T01:30:00+00:00", 60, 20, "03:30 after it", {}),
    (TO_HALF_PAST_TWO, DE, "2027-03-28T01:58:00+01:00", 300, 80, "two at 0.10, then it is 03:00", SPLIT),
    (["+49 0.20", "+49 0.10 hours=02:00-03:00"], DE, "2027-03-28T01:58:00+01:00", 300, 100,
     "that hour does not exist", SPLIT),
    # -- split bands --
    (BANDS, DE, "2026-11-24T17:58:30", 200, 100, "two begin before six, two after", SPLIT),
    (["+49 0.30 hours=08:00-18:00 first=180", "+49 0.20"], DE, "2026-11-24T17:59:00", 200, 110,
     "three minutes at once, the fourth begins at 18:02", SPLIT),
    (["+49 0.30 hours=08:00-18:00 connect_fee=0.50", "+49 0.20 connect_fee=0.05 min=9"], DE,
     "2026-11-24T17:59:00", 120, 100, "fee and minimum are those of the start", SPLIT),
    (["+49 0.30 hours=08:00-18:00 free_seconds=60", "+49 0.20"], DE, "2026-11-24T17:59:00", 120, 20,
     "the free minute is the dear one", SPLIT),
    (["+49 0.30 hours=08:00-18:00", "+49 0.10 per_seconds=7 next=1"], DE, "2026-11-24T17:59:00", 120, 116,
     "0.30 + 60 s x 0.10 / 7 = 1.1571", SPLIT),
    (["+49 0.30 hours=08:00-18:00"], DE, "2026-11-24T17:59:00", 120, 60, "no other band", SPLIT),
    (["+49 0.30 days=tue", "+49 0.20 days=wed"], DE, "2026-11-24T23:59:00", 120, 50, "over midnight", SPLIT),
    ([*BANDS, "+493 0.05"], DE, "2026-11-24T17:58:30", 60, 5, "other prefixes have no part", SPLIT),
    # -- surcharge --
    (PLAIN, DE, TUE, 200, 88, "0.80 + 10 %", {"surcharge_percent": "10"}),
    (PLAIN, DE, TUE, 200, 85, "0.80 + 0.05", {"surcharge_fixed": "0.05"}),
    (PLAIN, DE, TUE, 200, 93, "10 %, then 0.05", {"surcharge_percent": "10", "surcharge_fixed": "0.05"}),
    (["+49 0.20 max=0.85"], DE, TUE, 200, 85, "the maximum after it", {"surcharge_percent": "10"}),
    (["+49 0.20 min=1.00"], DE, TUE, 200, 100, "the minimum after it", {"surcharge_percent": "10"}),
    (PLAIN, DE, TUE, 0, 0, "not answered: no surcharge", {"surcharge_fixed": "0.05"}),
    # -- tax --
    (PLAIN, DE, TUE, 200, 80, "20 % are in it: 0.1333", {"tax_percent": "20", "tax": 13}),
    (PLAIN, DE, TUE, 200, 96, "0.80 + 20 %", {"tax_percent": "20", "tax_included": False, "tax": 16}),
    (["+49 0.20 max=0.50"], DE, TUE, 200, 60, "tax on the maximum", {
        "tax_percent": "20", "tax_included": False, "tax": 10}),
    (["+49 0.20 min=1.00"], DE, TUE, 1, 120, "tax on the minimum", {
        "tax_percent": "20", "tax_included": False, "tax": 20}),
    # -- rounding --
    (["+49 0.125"], DE, TUE, 60, 13, "half up", {}),
    (["+49 0.125"], DE, TUE, 60, 12, "half to even: down to 12", {"rounding": "half_even"}),
    (["+49 0.135"], DE, TUE, 60, 14, "half to even: up to 14", {"rounding": "half_even"}),
    (["+49 0.121"], DE, TUE, 60, 13, "always up", {"rounding": "up"}),
    (["+49 0.12"], DE, TUE, 60, 12, "up, and nothing to round", {"rounding": "up"}),
    (["+49 0.129"], DE, TUE, 60, 12, "always down", {"rounding": "down"}),
    (["+49 0.12"], DE, TUE, 60, 10, "to five cents", {"rounding_unit": "0.05"}),
    (["+49 0.125"], DE, TUE, 60, 15, "to five cents, the half up", {"rounding_unit": "0.05"}),
    (["+49 0.11"], DE, TUE, 60, 15, "to five cents, up", {"rounding_unit": "0.05", "rounding": "up"}),
    (["+49 0.004 connect_fee=0.004"], DE, TUE, 60, 1, "0.008: rounded once, at the end", {}),
    (["+49 1 per_seconds=3 first=1 next=1"], DE, TUE, 1, 1, "a third and its half are half a yen", {
        **YEN, "surcharge_percent": "50"}),
    # -- currencies --
    (["+49 30"], DE, TUE, 61, 60, "two minutes at 30 yen", YEN),
    (["+49 10 first=1 next=1"], DE, TUE, 50, 8, "8.33 yen", YEN),
    (["+49 0.1255"], DE, TUE, 60, 126, "0.126 dinars of Kuwait", DINAR),
    (["+49 0.350"], DE, TUE, 60, 350, "350 millimes of Tunisia", {"currency": "TND", "digits": 3}),
    # -- classes and trunks --
    (CLASSES, DE, TUE, 60, 20, "no class", {}),
    (CLASSES, DE, TUE, 60, 20, "a class that no row names", {"classes": "guest"}),
    (CLASSES, DE, TUE, 60, 10, "vip", {"classes": "vip guest"}),
    (CLASSES, DE, TUE, 60, 15, "group goes before staff", {"classes": "staff group"}),
    (CLASSES, DE, TUE, 60, 10, "vip goes before group", {"classes": "group vip"}),
    (TRUNKS, DE, TUE, 60, 30, "the trunk goes before the class", {"by": "XO", "classes": "vip"}),
    (TRUNKS, DE, TUE, 60, 31, "its number before its route", {"by": "3 XO"}),
    (TRUNKS, DE, TUE, 60, 10, "another trunk", {"by": "4 IP", "classes": "vip"}),
    # -- holidays --
    (HOL, DE, "2026-12-25T12:00:00", 60, 5, "a row that names holidays goes first", XMAS),
    (HOL[:2], DE, "2026-12-25T12:00:00", 60, 10, "else it is a Sunday", XMAS),
    (["+49 0.30 days=mon-fri", "+49 0.20"], DE, "2026-12-25T12:00:00", 60, 20, "and no Friday", XMAS),
    (["+49 0.10 days=sun hours=08:00-18:00", "+49 0.05 days=hol"], DE, "2026-12-25T12:00:00", 60, 5,
     "holidays go before hours", XMAS),
    (["+49 0.20", "+49 0.05 days=sat,hol", "+49 0.07 hours=08:00-18:00"], DE, "2026-11-28T12:00:00", 60, 7,
     "but on no other day", XMAS),
    (BANDS, DE, "2026-12-24T23:30:00", 60, 20, "the eve is a Thursday night", XMAS),
    # -- validity --
    (["+49 0.20 until=2026-11-24", "+49 0.30 from=2026-11-25"], DE, "2026-11-24T23:59:59", 60, 20,
     "the last day counts", {}),
    (["+49 0.20 until=2026-11-24", "+49 0.30 from=2026-11-25"], DE, "2026-11-25T00:00:00", 60, 30,
     "then the next price", {}),
    (["+49 0.20", "+49 0.30 from=2026-01-01", "+49 0.25 from=2026-06-01"], DE, TUE, 60, 25,
     "the latest of several", {}),
    # -- prefixes --
    (WORLD, "0664 1234567", TUE, 60, 30, "the longest prefix", {}),
    (WORLD, AT, TUE, 60, 10, "the country", {}),
    (WORLD, "0012125551234", TUE, 60, 180, "any other number", {}),
    (WORLD, "118877", TUE, 60, 220, "a short code, as it was dialled", {}),
    (["+43 0.10", "0664 0.30 days=sun"], "06641234567", TUE, 60, 10, "no row holds: the shorter prefix", {}),
    (["+43 0.10", "0664 0.30", "=0664 0.05"], "06641234567", TUE, 60, 5, "as dialled goes first", {}),
    # -- free numbers, numbers without a row --
    (WORLD, "0800 123456", TUE, 60, 0, "freephone", {}),
    (WORLD, "00800 12345678", TUE, 60, 0, "freephone of all countries", {}),
    (WORLD, "0800 123456", TUE, 60, 10, "by the tariff where the hotel wants it", {"toll_free_free": False}),
    (WORLD, "0018005551234", TUE, 60, 180, "another country's freephone is a call there", {}),
    (WORLD, "1503", TUE, 61, 100, "no row: two minutes at the default rate", {"default_rate": "0.50"}),
    (WORLD, "1503", TUE, 0, 0, "no row, not answered", {}),
    (WORLD, "1503", TUE, 20, 0, "no row, within the trunk's threshold", {
        "by": "XO", "trunk_thresholds": {"XO": 20}}),
]  # fmt: skip
OF_THE_CALL = ("by", "classes", "tax")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[5]}, {case[3]} s")
def test_a_call_costs_what_was_worked_out_by_hand(case: Case) -> None:
    rows, number, at, seconds, minor, _, special = case
    on = terms(**{name: value for name, value in special.items() if name not in OF_THE_CALL})
    made = call(number, at, seconds, special.get("by", ""), special.get("classes", ""))
    for order in (rows, rows[::-1]):
        priced = rate(made, tariff(*order), on)
        assert (priced.minor, priced.held) == (minor, "")
        assert priced.amount == Fraction(minor, 10**on.digits)
        assert bool(priced.free) == (minor == 0)
        if "tax" in special:
            assert priced.tax_minor == special["tax"]


def test_there_are_enough_of_them() -> None:
    assert len(CASES) > 100
