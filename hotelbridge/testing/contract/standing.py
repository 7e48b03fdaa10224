"""Rules of how a link stands, begins and ends."""

from __future__ import annotations

import pytest

from hotelbridge.pms.api import Finding, Layer
from hotelbridge.testing.contract.bench import ANNA, Bench

MOMENTS = ("not started", "just started", "flowing", "peer away", "store refuses")


class Standing:
    """Layers, stops, probes."""

    def test_the_layers_are_told_one_above_the_other(self, bench: Bench) -> None:
        """That none stands on one that does not, the house looks at each time it is told."""
        bench.up()
        first: dict[Layer, int] = {}
        for moment, one in enumerate(bench.house.standing):
            for layer, good in one.up.items():
                if good:
                    first.setdefault(layer, moment)
        assert set(first) == set(Layer), "every layer is told"
        assert first[Layer.CONNECTED] <= first[Layer.ALIVE] <= first[Layer.FLOWING]

    def test_a_peer_that_goes_away_is_seen_and_one_that_comes_back_too(self, bench: Bench) -> None:
        bench.up()
        for _ in range(2):
            bench.peer.goes_away()
            bench.until(lambda: bench.house.stands().get(Layer.FLOWING) is False, words="the loss is seen")
            assert bench.house.standing[-1].detail, "it is said why"
            bench.peer.comes_back()
            bench.until(bench.flows, bench.peer.back_within, "data flow again")
        bench.peer.guest_checks_in(ANNA)
        bench.until(lambda: bench.check_ins("212"), words="a check-in after a loss is told")

    def test_a_peer_that_is_not_there_yet_is_waited_for(self, bench: Bench) -> None:
        bench.peer.goes_away()
        bench.start()
        bench.let(bench.peer.back_within)
        assert not bench.flows()
        bench.peer.comes_back()
        bench.until(bench.flows, bench.peer.back_within, "data flow")

    def test_start_returns_before_anything_is_said(self, bench: Bench) -> None:
        bench.start()
        assert not bench.house.records and not bench.house.told

    # --- the end ---

    @pytest.mark.parametrize("moment", MOMENTS)
    def test_a_link_that_is_stopped_leaves_nothing_and_says_nothing(self, bench: Bench, moment: str) -> None:
        self._brought_to(bench, moment)
        bench.stop()
        left = bench.left_behind()
        assert not left, "left behind after stop: " + ", ".join(left)
        bench.house.refuses = set()
        if moment == "peer away":
            bench.peer.comes_back()
        told = len(bench.house.told)
        bench.peer.guest_checks_in(ANNA)
        bench.let(bench.peer.within)
        assert len(bench.house.told) == told
        assert not bench.house.breaches, bench.story()

    def _brought_to(self, bench: Bench, moment: str) -> None:
        if moment == "not started":
            bench.make()
        elif moment == "just started":
            bench.start()
        else:
            bench.up()
        if moment == "peer away":
            bench.peer.goes_away()
            bench.let(bench.peer.within)
        if moment == "store refuses":
            bench.house.refuses = {"received", "tell"}
            bench.peer.guest_checks_in(ANNA)
            bench.let(bench.peer.within)

    def test_a_link_can_be_stopped_while_the_house_is_slow(self, bench: Bench) -> None:
        """What was on its way is committed or left over; the next life tells it."""
        bench.up()
        bench.house.commit_takes = 20.0
        bench.peer.guest_checks_in(ANNA)
        bench.let(bench.peer.within / 10)
        bench.stop()
        assert not bench.left_behind()
        bench.house.commit_takes = 0.0
        bench.let(30.0)
        if not bench.has_saved("212") and not bench.peer.acknowledges:
            pytest.skip(f"{bench.plugin.name}: what died on the wire is gone, nobody keeps it")
        bench.up()
        bench.until(lambda: bench.check_ins("212"), words="the check-in is told in the end")

    def test_the_next_life_goes_on_where_the_one_before_stopped(self, bench: Bench) -> None:
        bench.up()
        bench.peer.guest_checks_in(ANNA)
        bench.until(lambda: bench.check_ins("212"))
        bench.stop()
        bench.up()
        bench.peer.guest_leaves(ANNA)
        bench.until(lambda: len(bench.house.facts) > 1, words="what is said to the next life is told")

    # --- a look ---

    def test_a_probe_of_a_good_link_finds_it_good(self, bench: Bench) -> None:
        findings = self._probed(bench)
        assert all(one.good for one in findings), findings

    def test_a_probe_says_what_to_do_where_the_peer_is_not_there(self, bench: Bench) -> None:
        bench.peer.goes_away()
        bad = [one for one in self._probed(bench) if not one.good]
        assert bad, "nothing is wrong, though the peer is away"
        assert all(len(one.words.split()) > 3 for one in bad), "a sentence on what to do"

    def _probed(self, bench: Bench) -> list[Finding]:
        link = bench.make()
        findings = bench.ended(link.probe())
        assert not isinstance(findings, BaseException), findings
        assert findings, "layer by layer"
        assert not bench.house.records and not bench.house.told, "a look takes nothing"
        bench.stop()
        assert not bench.left_behind()
        return list(findings)
