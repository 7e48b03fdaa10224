"""The change of shift, on a whole daemon: what is open is counted, words are kept with it, and purged."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services.handoverwindow import LONGEST_WORDS, HandoverView, OpenNow
from hotelbridge.services.views import Once, Page, Replay, WakeupQuery
from hotelbridge.store import handovers
from tests.services.evening import DESK, Evening

ANA = Actor("ana", "console 192.0.2.7")


def open_now(evening: Evening) -> OpenNow:
    return evening._result(evening.daemon.handovers.open_now("main"))  # type: ignore[no-any-return]


def sign(evening: Evening, words: str, once: Once | None = None) -> Any:
    return evening._result(evening.daemon.handovers.hand_over("main", words, ANA, once))


def past(
    evening: Evening, cursor: str | None = None, *, limit: int = 20, named: bool = True
) -> Page[HandoverView]:
    asked = evening.daemon.handovers.handovers("main", limit, cursor, named=named)
    return evening._result(asked)  # type: ignore[no-any-return]


def test_wake_ups_of_the_next_hours_are_counted_and_those_that_are_over_are_not(evening: Evening) -> None:
    assert (open_now(evening).wakeups, open_now(evening).first) == (0, None)
    evening.book("110", "06:50")
    first = evening.book("212", "06:40")
    gone = evening.book("213", "07:00")
    evening._result(evening.daemon.desk.cancel("main", gone, DESK))
    found = open_now(evening)
    assert found.wakeups == 2
    assert found.first == evening.wakeup(first).due
    assert found.first is not None and f"{found.first:%H:%M}" == "06:40"


def test_a_link_that_is_down_and_the_alarm_about_it_are_named(evening: Evening) -> None:
    assert open_now(evening).links == ()
    evening.om.cut()
    evening.advance(120)
    found = open_now(evening)
    assert found.links == ("om20",)
    assert found.alarms == len(evening.open_alarms()) > 0


def test_what_is_signed_is_kept_with_what_was_open_then(evening: Evening) -> None:
    evening.book("110", "06:30")
    signed = sign(evening, "tea for 110")
    evening.book("111", "06:30")
    (kept,) = past(evening).items
    assert kept == signed
    assert (kept.by, kept.words, kept.open.wakeups) == ("ana", "tea for 110", 1)


def test_a_signature_that_is_sent_again_is_given_once(evening: Evening) -> None:
    once = Once("k" * 12, "console ana", "f")
    first = sign(evening, "tea", once)
    again = sign(evening, "tea", once)
    assert isinstance(again, Replay)
    assert json.loads(again.body_text)["id"] == first.id
    assert len(past(evening).items) == 1


def test_words_are_not_for_those_who_may_not_know_guests(evening: Evening) -> None:
    sign(evening, "Mr Okafor wants tea")
    assert [one.words for one in past(evening, named=False).items] == [None]


def test_the_list_of_hand_overs_has_an_end(evening: Evening) -> None:
    for n in range(3):
        sign(evening, f"shift {n}")
    page = past(evening, limit=2)
    assert [one.words for one in page.items] == ["shift 2", "shift 1"]
    rest = past(evening, page.next, limit=2)
    assert ([one.words for one in rest.items], rest.next) == (["shift 0"], None)
    with pytest.raises(Refusal, match="is not the `next`"):
        past(evening, "strange")


def test_words_without_end_are_refused(evening: Evening) -> None:
    with pytest.raises(Refusal) as refused:
        sign(evening, "x" * (LONGEST_WORDS + 1))
    assert refused.value.code == "words_too_long"
    assert past(evening).items == ()


def test_what_speaks_of_guests_is_forgotten_one_day(evening: Evening) -> None:
    sign(evening, "tea")
    later = evening.clock.now() + timedelta(seconds=1)

    async def purge() -> int:
        return await evening.daemon.db.run(lambda tx: handovers.purge(tx, "main", later))

    assert evening._result(purge()) == 1
    assert past(evening).items == ()


def test_wake_ups_of_several_orders_are_found_together(evening: Evening) -> None:
    booked = [evening.booked(room, "06:50") for room in ("110", "111", "112")]
    query = WakeupQuery(orders=(booked[0].order, booked[2].order))
    page = evening._result(evening.daemon.desk.wakeups("main", query))
    assert [one.room for one in page.items] == ["110", "112"]
