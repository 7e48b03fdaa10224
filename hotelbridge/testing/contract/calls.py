"""Rules of what the house asks a link to do: charges, results of wake-ups, and their outcomes."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import CancelledError

from hotelbridge.pms.api import (
    Capability,
    Later,
    Posting,
    Refused,
    Result,
    RoomStatus,
    Unavailable,
    Unknown,
    WakeupNews,
    WakeupResult,
    WakeupWanted,
)
from hotelbridge.testing.contract.bench import Bench
from hotelbridge.testing.contract.peer import Answer, SeenResult

OUTCOMES = (Unavailable, Refused, Later, Unknown)
ASKED_FOR = "2026-11-25T06:30:00"


def posted(bench: Bench, posting: Posting) -> Any:
    """What came of a posting: the peer's words, or what was raised."""
    assert bench.link is not None
    return bench.ended(bench.link.post_charge(posting), 4 * bench.peer.within)


class Calls:
    """From the house to the wire, and what came of it."""

    def _ready(self, bench: Bench, how: Answer) -> None:
        bench.needs(Capability.CHARGES)
        bench.verbs(how)
        bench.up()
        bench.peer.answers_posting(how)

    def test_an_accepted_posting_gives_the_peers_words(self, bench: Bench) -> None:
        self._ready(bench, Answer.ACCEPTED)
        words = posted(bench, bench.posting())
        assert isinstance(words, str), words
        (seen,) = bench.peer.postings()
        assert (seen.number, seen.room, seen.minor) == (4711, "212", 350)

    def test_a_refused_posting_gives_the_peers_reason(self, bench: Bench) -> None:
        self._ready(bench, Answer.REFUSED)
        outcome = posted(bench, bench.posting())
        assert isinstance(outcome, Refused) and str(outcome), outcome

    def test_later_is_later_and_the_number_stays(self, bench: Bench) -> None:
        self._ready(bench, Answer.LATER)
        outcome = posted(bench, bench.posting())
        assert isinstance(outcome, Later) and str(outcome), outcome
        bench.peer.answers_posting(Answer.ACCEPTED)
        assert isinstance(posted(bench, bench.posting()), str)
        assert [one.number for one in bench.peer.postings()] == [4711, 4711]

    def test_silence_after_a_posting_is_unknown_and_nothing_is_repeated(self, bench: Bench) -> None:
        self._ready(bench, Answer.SILENT)
        outcome = posted(bench, bench.posting())
        assert isinstance(outcome, Unknown), outcome
        bench.let(2 * bench.peer.within)
        assert len(bench.peer.postings()) == 1, "repeated blindly"

    def test_an_answer_that_nobody_understands_is_one_of_the_four(self, bench: Bench) -> None:
        self._ready(bench, Answer.NONSENSE)
        outcome = posted(bench, bench.posting())
        assert isinstance(outcome, OUTCOMES), outcome
        bench.peer.answers_posting(Answer.ACCEPTED)
        bench.until(bench.flows, bench.peer.back_within, "the link stands after nonsense")
        assert isinstance(posted(bench, bench.posting(4712)), str)

    def test_without_a_peer_a_posting_is_unavailable(self, bench: Bench) -> None:
        bench.needs(Capability.CHARGES)
        bench.up()
        bench.peer.goes_away()
        bench.until(lambda: not bench.flows(), words="the loss is seen")
        outcome = posted(bench, bench.posting())
        assert isinstance(outcome, Unavailable), outcome
        bench.peer.comes_back()
        bench.until(bench.flows, bench.peer.back_within, "data flow again")
        assert isinstance(posted(bench, bench.posting()), str)
        assert [one.number for one in bench.peer.postings()] == [4711]

    def test_before_the_link_stands_a_posting_is_unavailable(self, bench: Bench) -> None:
        bench.needs(Capability.CHARGES)
        bench.peer.goes_away()
        bench.start()
        bench.let(1.0)
        assert isinstance(posted(bench, bench.posting()), Unavailable)

    def test_a_peer_that_goes_away_with_a_posting_leaves_it_unknown(self, bench: Bench) -> None:
        self._ready(bench, Answer.SILENT)
        assert bench.link is not None
        done = bench.asked(bench.link.post_charge(bench.posting()))
        bench.until(bench.peer.postings, words="the posting arrives")
        bench.peer.goes_away()
        bench.until(lambda: done, 4 * bench.peer.within, "the posting has an outcome")
        assert isinstance(done[0], Unknown), done[0]

    def test_a_posting_keeps_its_number_in_the_next_life(self, bench: Bench) -> None:
        self._ready(bench, Answer.ACCEPTED)
        posted(bench, bench.posting(7))
        bench.kill()
        bench.up()
        posted(bench, bench.posting(8))
        assert [one.number for one in bench.peer.postings()] == [7, 8]

    def test_the_same_number_after_a_kill_is_the_same_posting(self, bench: Bench) -> None:
        """The house decides whether it asks again; where it does, the peer can see that it is the same."""
        self._ready(bench, Answer.ACCEPTED)
        posted(bench, bench.posting(7))
        bench.kill()
        bench.up()
        posted(bench, bench.posting(7))
        assert {one.number for one in bench.peer.postings()} == {7}

    def test_a_stop_ends_a_posting_that_waits(self, bench: Bench) -> None:
        self._ready(bench, Answer.SILENT)
        assert bench.link is not None
        done = bench.asked(bench.link.post_charge(bench.posting()))
        bench.until(bench.peer.postings, words="the posting arrives")
        bench.stop()
        bench.until(lambda: done, words="the posting has an outcome")
        assert isinstance(done[0], (CancelledError, Unknown)), done[0]
        assert not bench.left_behind()

    def test_what_the_house_cannot_note_down_harms_no_posting(self, bench: Bench) -> None:
        """The flight recorder is for people: a charge does not wait for it."""
        self._ready(bench, Answer.ACCEPTED)
        bench.house.refuses = {"sent"}
        assert isinstance(posted(bench, bench.posting()), str)

    # --- wake-ups ---

    @pytest.mark.parametrize("result", list(Result))
    def test_a_result_arrives_once_with_the_time_that_was_asked_for(
        self, bench: Bench, result: Result
    ) -> None:
        bench.needs(Capability.WAKEUPS_IN, Capability.WAKEUP_RESULTS)
        bench.up()
        bench.peer.asks_for_wakeup("212", ASKED_FOR)
        bench.until(lambda: bench.of(WakeupWanted))
        assert bench.link is not None
        outcome = bench.ended(bench.link.report_wakeup(self._result(bench, result)))
        assert outcome is None, outcome
        bench.until(bench.peer.wakeup_results, words="the result arrives")
        bench.let(bench.peer.within)
        assert list(bench.peer.wakeup_results()) == [SeenResult("212", ASKED_FOR, result)]

    def test_a_result_without_a_peer_is_unavailable(self, bench: Bench) -> None:
        bench.needs(Capability.WAKEUPS_IN, Capability.WAKEUP_RESULTS)
        bench.up()
        bench.peer.asks_for_wakeup("212", ASKED_FOR)
        bench.until(lambda: bench.of(WakeupWanted))
        bench.peer.goes_away()
        bench.until(lambda: not bench.flows(), words="the loss is seen")
        assert bench.link is not None
        outcome = bench.ended(bench.link.report_wakeup(self._result(bench, Result.WOKEN)))
        assert isinstance(outcome, Unavailable), outcome

    def _result(self, bench: Bench, result: Result) -> WakeupResult:
        wanted: WakeupWanted = bench.of(WakeupWanted)[-1]
        return WakeupResult(17, "212", wanted.reservation or "", wanted.local, result, wanted.echo)

    # --- the rest ---

    def test_news_and_room_status_end_in_nothing_or_one_of_the_four(self, bench: Bench) -> None:
        asked = []
        link = bench.up()
        if Capability.WAKEUP_NEWS in bench.plugin.capabilities:
            asked.append(link.report_wakeup_news(WakeupNews(17, "212", ASKED_FOR, booked=True)))
        if Capability.ROOM_STATUS in bench.plugin.capabilities:
            asked.append(link.report_room_status(RoomStatus("212", "3", "Anna")))
        if not asked:
            bench.needs(Capability.WAKEUP_NEWS, Capability.ROOM_STATUS)
        for one in asked:
            outcome = bench.ended(one)
            assert outcome is None or isinstance(outcome, OUTCOMES), outcome
