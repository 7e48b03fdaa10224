"""The contract suite itself: a plugin that keeps the contract passes, and each breach of it is found."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hotelbridge.errors import StoreUnavailable
from hotelbridge.pms.api import Layer, Posting, Received, ResyncEnded, Told, Unavailable, Unknown
from hotelbridge.testing.contract import House, Peer, PluginContract
from hotelbridge.testing.contract.rules import breaches
from tests.testing.jsonpms import ENDPOINT, JsonLink, JsonPeer, Line, plugin


class TestAPluginThatKeepsTheContract(PluginContract):
    plugin = plugin()
    test_the_entry_point_gives_this_plugin = None  # it is no package

    def make_peer(self, house: House, folder: Path) -> Peer:
        return JsonPeer(house)

    def make_settings(self, peer: Any, folder: Path) -> dict[str, Any]:
        return {"endpoint": ENDPOINT}

    test_it_knows_only_the_contract = None  # the peer stands in the same file


# --- links that break it, each in one way ---


class AcknowledgesFirst(JsonLink):
    async def take(self, line: Line, body: bytes) -> None:
        line.say(ok=True)
        await super().take(line, body)


class TellsWithoutSaving(JsonLink):
    async def take(self, line: Line, body: bytes) -> None:
        await self.context.tell([Told(None, self.meaning(body))])
        line.say(ok=True)

    def meaning(self, body: bytes) -> Any:
        from tests.testing.jsonpms import meaning

        return meaning(body)


class WaitsForNothing(JsonLink):
    async def tell(self, record: int, body: bytes) -> None:
        from twisted.internet.defer import Deferred

        Deferred.fromCoroutine(super().tell(record, body))


class ForgetsWhatTheStoreRefused(JsonLink):
    async def tell(self, record: int, body: bytes) -> None:
        try:
            await super().tell(record, body)
        except StoreUnavailable:
            pass


class ForgetsWhatWasLeftOver(JsonLink):
    async def take_up(self) -> None:
        pass


class TellsLeftOversLate(JsonLink):
    async def converse(self, line: Line) -> None:
        await super().take_up()
        await super().converse(line)

    async def take_up(self) -> None:
        pass


class TellsLeftOversTwice(JsonLink):
    async def take_up(self) -> None:
        for record in await self.context.left_over():
            await self.tell(record.id, record.body)
            await self.tell(record.id, record.body)


class DropsNonsense(JsonLink):
    async def take(self, line: Line, body: bytes) -> None:
        if body.startswith(b'{"'):
            await super().take(line, body)
        else:
            line.say(ok=True)


class RepeatsBlindly(JsonLink):
    async def post_charge(self, posting: Posting) -> str:
        try:
            return await super().post_charge(posting)
        except Unknown:
            return await super().post_charge(posting)


class RaisesItsOwn(JsonLink):
    async def post_charge(self, posting: Posting) -> str:
        try:
            return await super().post_charge(posting)
        except Unknown:
            raise ValueError("what") from None


class TakesSilenceForANo(JsonLink):
    async def post_charge(self, posting: Posting) -> str:
        try:
            return await super().post_charge(posting)
        except Unknown:
            raise Unavailable("no answer") from None


class NumbersItself(JsonLink):
    given = 100

    async def post_charge(self, posting: Posting) -> str:
        from dataclasses import replace

        NumbersItself.given += 1
        return await super().post_charge(replace(posting, number=NumbersItself.given))


class SaysAllIsWell(JsonLink):
    def start(self) -> None:
        self.context.layers({Layer.FLOWING: True})
        super().start()


class NeverNoticesALoss(JsonLink):
    def lost(self) -> None:
        self.context.layers = self._nothing  # type: ignore[method-assign]
        super().lost()

    def _nothing(self, up: Mapping[Layer, bool | None], detail: str = "") -> None:
        pass


class LeavesATimer(JsonLink):
    async def stop(self) -> None:
        await super().stop()
        self.context.clock.call_later(60.0, print)


class LeavesTheLine(JsonLink):
    async def stop(self) -> None:
        if self.line is not None:
            self.line = None
        await super().stop()


class GoesOnAfterStop(JsonLink):
    async def stop(self) -> None:
        pass


class CallsItComplete(JsonLink):
    async def converse(self, line: Line) -> None:
        await super().converse(line)

    async def tell(self, record: int, body: bytes) -> None:
        await super().tell(record, body)

    def __init__(self, context: Any, settings: Any) -> None:
        super().__init__(context, settings)
        told = context.tell

        async def complete(what: Any, state: Any = None) -> None:
            changed = [
                Told(one.record, tuple(_complete(fact) for fact in one.facts), one.note) for one in what
            ]
            await told(changed, state)

        context.tell = complete


def _complete(fact: Any) -> Any:
    return ResyncEnded() if isinstance(fact, ResyncEnded) else fact


class CleansNames(JsonLink):
    async def take(self, line: Line, body: bytes) -> None:
        await super().take(line, body.replace(b"<", b"").replace(b"$", b""))


class MakesUpReservations(JsonLink):
    async def take(self, line: Line, body: bytes) -> None:
        import itertools

        MakesUpReservations.count = getattr(MakesUpReservations, "count", itertools.count())
        changed = body.replace(b"1001", str(next(MakesUpReservations.count)).encode())
        (record,) = await self.context.received([Received(body, "")])
        await self.tell(record, changed)
        line.say(ok=True)


BREACHES: list[tuple[type[JsonLink], str, tuple[Any, ...]]] = [
    (AcknowledgesFirst, "test_nothing_is_acknowledged_before_it_is_saved", ()),
    (TellsWithoutSaving, "test_nothing_is_acknowledged_before_it_is_saved", ()),
    (WaitsForNothing, "test_a_slow_house_is_waited_for", ()),
    (ForgetsWhatTheStoreRefused, "test_what_cannot_be_told_now_is_told_later", ()),
    (ForgetsWhatWasLeftOver, "test_what_was_saved_by_a_process_that_died_is_told_by_the_next_once", ()),
    (ForgetsWhatWasLeftOver, "test_a_kill_at_any_commit_loses_nothing_that_was_saved", (2, "before")),
    (TellsLeftOversLate, "test_what_is_left_over_waits_for_no_peer", ()),
    (TellsLeftOversTwice, "test_what_was_saved_by_a_process_that_died_is_told_by_the_next_once", ()),
    (DropsNonsense, "test_nonsense_raises_nothing_and_is_kept", ()),
    (RepeatsBlindly, "test_silence_after_a_posting_is_unknown_and_nothing_is_repeated", ()),
    (RaisesItsOwn, "test_an_answer_that_nobody_understands_is_one_of_the_four", ()),
    (TakesSilenceForANo, "test_silence_after_a_posting_is_unknown_and_nothing_is_repeated", ()),
    (TakesSilenceForANo, "test_a_peer_that_goes_away_with_a_posting_leaves_it_unknown", ()),
    (NumbersItself, "test_later_is_later_and_the_number_stays", ()),
    (SaysAllIsWell, "test_the_layers_are_told_one_above_the_other", ()),
    (NeverNoticesALoss, "test_a_peer_that_goes_away_is_seen_and_one_that_comes_back_too", ()),
    (LeavesATimer, "test_a_link_that_is_stopped_leaves_nothing_and_says_nothing", ("flowing",)),
    (LeavesTheLine, "test_a_link_that_is_stopped_leaves_nothing_and_says_nothing", ("flowing",)),
    (GoesOnAfterStop, "test_a_link_that_is_stopped_leaves_nothing_and_says_nothing", ("just started",)),
    (CallsItComplete, "test_a_resync_that_breaks_off_is_not_complete", ()),
    (CallsItComplete, "test_a_resync_that_died_with_the_process_is_not_complete", ()),
    (CleansNames, "test_a_guests_name_is_text", ("<script>alert('212')</script>",)),
    (MakesUpReservations, "test_what_is_said_twice_is_told_alike", ()),
]


@pytest.mark.parametrize(("link", "rule", "words"), BREACHES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_breach_of_the_contract_is_found(
    tmp_path: Path, link: type[JsonLink], rule: str, words: tuple[Any, ...]
) -> None:
    suite = TestAPluginThatKeepsTheContract()
    suite.plugin = plugin(link)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        with suite.stage(tmp_path) as bench:
            getattr(suite, rule)(bench, *words)


PLANTED: list[tuple[str, str, str]] = [
    ("link.py", "from twisted.internet import reactor", "twisted.internet.reactor"),
    ("link.py", "def late():\n    from twisted.internet import reactor", "twisted.internet.reactor"),
    ("simulator.py", "from twisted.internet import reactor", "twisted.internet.reactor"),
    ("link.py", "from datetime import datetime\nnow = datetime.now()", "datetime.now"),
    ("link.py", "import time\ntime.sleep(1)", "time.sleep"),
    ("link.py", "from time import sleep", "time.sleep"),
    ("link.py", "from hotelbridge.services import rules", "hotelbridge.services.rules"),
    ("link.py", "import hotelbridge.store.database", "hotelbridge.store.database"),
    ("link.py", "from hotelbridge.testing import house", "hotelbridge.testing.house"),
]
ALLOWED = [
    ("simulator.py", "def main():\n    from twisted.internet import reactor"),
    ("simulator_prompt.py", "from hotelbridge.testing.fake_clock import FakeClock"),
    ("link.py", "from hotelbridge.pms.api import Plugin\nfrom hotelbridge.errors import NotOwner"),
    ("link.py", "from datetime import datetime\nday = datetime.strptime('1', '%d')"),
]


@pytest.mark.parametrize(("file", "text", "what"), PLANTED)
def test_what_a_plugin_must_not_know_is_found_in_its_source(file: str, text: str, what: str) -> None:
    assert any(what in breach for breach in breaches(Path(file), ast.parse(text)))


@pytest.mark.parametrize(("file", "text"), ALLOWED)
def test_what_a_plugin_may_know_is_let_pass(file: str, text: str) -> None:
    assert not list(breaches(Path(file), ast.parse(text)))


def test_each_breach_is_tried_against_a_rule_that_the_suite_has() -> None:
    assert all(hasattr(PluginContract, rule) for _, rule, _ in BREACHES)
