"""Rules of a resync: between its beginning and its end stands everything, or it is not called complete."""

from __future__ import annotations

from hotelbridge.pms.api import Capability, CheckedIn, ResyncBegun, ResyncEnded, Unavailable
from hotelbridge.testing.contract.bench import Bench
from hotelbridge.testing.contract.peer import Guest

IN_HOUSE = [
    Guest("201", "2001", "Berger, Anna"),
    Guest("202", "2002", "王小明"),
    Guest("203", "2003", "O'Neill, Tip"),
]


class Resyncs:
    """The whole house, told at once."""

    def test_a_resync_has_a_beginning_its_guests_and_an_end(self, bench: Bench) -> None:
        bench.verbs("lists_the_house")
        bench.up()
        before = len(bench.house.facts)
        bench.peer.lists_the_house(IN_HOUSE)
        bench.until(lambda: bench.of(ResyncEnded), words="the resync ends")
        first, *inside, last = bench.house.facts[before:]
        assert first == ResyncBegun() and last == ResyncEnded(complete=True)
        guests = [fact for fact in inside if isinstance(fact, CheckedIn)]
        assert [fact.room for fact in guests] == [guest.room for guest in IN_HOUSE]
        assert all(fact.resync for fact in guests), "no check-in happens now"

    def test_an_empty_house_is_a_resync_too(self, bench: Bench) -> None:
        bench.verbs("lists_the_house")
        bench.up()
        bench.peer.lists_the_house([])
        bench.until(lambda: bench.of(ResyncEnded), words="the resync ends")
        assert bench.of(ResyncEnded)[-1].complete and not bench.of(CheckedIn)

    def test_a_check_in_after_a_resync_is_none_of_it(self, bench: Bench) -> None:
        bench.verbs("lists_the_house")
        bench.up()
        bench.peer.lists_the_house(IN_HOUSE)
        bench.until(lambda: bench.of(ResyncEnded))
        bench.peer.guest_checks_in(Guest("305", "3001", "Late, Lea"))
        bench.until(lambda: bench.check_ins("305"))
        assert not bench.check_ins("305")[-1].resync

    def test_a_resync_that_breaks_off_is_not_complete(self, bench: Bench) -> None:
        bench.verbs("begins_to_list")
        bench.up()
        bench.peer.begins_to_list(IN_HOUSE)
        bench.until(lambda: bench.of(CheckedIn), words="the first guests are told")
        bench.peer.goes_away()
        bench.until(lambda: bench.of(ResyncEnded), bench.peer.back_within, "it is told that the resync ended")
        assert not bench.of(ResyncEnded)[-1].complete
        bench.peer.comes_back()
        bench.until(bench.flows, bench.peer.back_within)
        paired(bench)

    def test_a_resync_that_died_with_the_process_is_not_complete(self, bench: Bench) -> None:
        bench.verbs("begins_to_list")
        bench.up()
        bench.peer.begins_to_list(IN_HOUSE)
        bench.until(lambda: bench.of(CheckedIn), words="the first guests are told")
        bench.kill()
        bench.up()
        bench.let(bench.peer.within)
        assert not any(fact.complete for fact in bench.of(ResyncEnded))
        begun, ended = len(bench.of(ResyncBegun)), len(bench.of(ResyncEnded))
        assert begun == ended, f"{begun} begun and {ended} ended: the next life ends what the last one began"

    def test_after_one_that_broke_off_the_next_is_complete(self, bench: Bench) -> None:
        bench.verbs("begins_to_list", "lists_the_house")
        bench.up()
        bench.peer.begins_to_list(IN_HOUSE[:1])
        bench.until(lambda: bench.of(CheckedIn))
        bench.peer.goes_away()
        bench.until(lambda: bench.of(ResyncEnded), bench.peer.back_within)
        bench.peer.comes_back()
        bench.until(bench.flows, bench.peer.back_within)
        bench.peer.lists_the_house(IN_HOUSE)
        bench.until(lambda: bench.of(ResyncEnded)[-1].complete, words="the next resync ends")
        paired(bench)

    def test_one_can_be_asked_for(self, bench: Bench) -> None:
        bench.needs(Capability.RESYNC)
        link = bench.up()
        before = bench.peer.resyncs_asked_for()
        outcome = bench.ended(link.request_resync())
        assert outcome is None, outcome
        bench.until(lambda: bench.peer.resyncs_asked_for() > before, words="the peer is asked")

    def test_without_a_peer_asking_for_one_is_unavailable(self, bench: Bench) -> None:
        bench.needs(Capability.RESYNC)
        link = bench.up()
        bench.peer.goes_away()
        bench.until(lambda: not bench.flows(), words="the loss is seen")
        outcome = bench.ended(link.request_resync())
        assert isinstance(outcome, Unavailable), outcome


def paired(bench: Bench) -> None:
    """Begin and end take turns."""
    marks = [fact for fact in bench.house.facts if isinstance(fact, (ResyncBegun, ResyncEnded))]
    wanted = [ResyncBegun, ResyncEnded] * (len(marks) // 2)
    assert [type(mark) for mark in marks] == wanted, marks
