"""Rules of what comes from the PMS: saved, then told in order, then done; nothing lost, nothing made up."""

from __future__ import annotations

import pytest

from hotelbridge.pms.api import CheckedIn, CheckedOut, Moved, WakeupNotWanted, WakeupWanted
from hotelbridge.testing.contract.bench import ANNA, Bench
from hotelbridge.testing.contract.peer import Guest

NAMES = {
    "shell": "$(reboot); `reboot` && $PATH",
    "markup": "<script>alert('212')</script>",
    "chinese": "王小明",
    "right-to-left": "אברהם כהן",
    "accents": "Þórðarson, Zoë Ångström-Łukasz",
    "long": "Maximiliane " * 16 + "the last",  # 200 characters
    "quotes": 'O\'Neill, "Tip"',
    "percent": "100% %s {0} {name}",
}


class Telling:
    """From the wire to the disk and into the house."""

    def test_a_check_in_is_told_with_what_was_said(self, bench: Bench) -> None:
        bench.up()
        bench.peer.guest_checks_in(ANNA)
        bench.until(lambda: bench.check_ins("212"), words="the check-in is told")
        fact = bench.check_ins("212")[-1]
        assert fact.name == bench.peer.as_told(ANNA.name)
        assert fact.reservation in (None, ANNA.reservation) and not fact.resync
        assert not bench.house.unworked()
        assert bench.has_saved("212"), "the flight recorder finds a record by its rooms"

    def test_a_check_out_is_told(self, bench: Bench) -> None:
        bench.up()
        bench.peer.guest_checks_in(ANNA)
        bench.until(lambda: bench.check_ins("212"))
        bench.peer.guest_leaves(ANNA)
        bench.until(lambda: bench.of(CheckedOut), words="the check-out is told")
        assert bench.of(CheckedOut)[-1].room == "212"

    def test_a_move_ends_with_the_guest_in_the_new_room(self, bench: Bench) -> None:
        bench.verbs("guest_moves")
        bench.up()
        bench.peer.guest_checks_in(ANNA)
        bench.until(lambda: bench.check_ins("212"))
        bench.peer.guest_moves(ANNA, "305")

        def there() -> bool:
            moved = any(fact.room == "305" and fact.from_room == "212" for fact in bench.of(Moved))
            return moved or bool(bench.check_ins("305"))

        bench.until(there, words="the move is told")

    def test_a_wakeup_is_told_on_the_hotels_clocks(self, bench: Bench) -> None:
        bench.verbs("asks_for_wakeup")
        bench.up()
        bench.peer.asks_for_wakeup("212", "2026-11-25T06:30:00")
        bench.until(lambda: bench.of(WakeupWanted), words="the wake-up is told")
        assert {(fact.room, fact.local) for fact in bench.of(WakeupWanted)} == {
            ("212", "2026-11-25T06:30:00")
        }

    def test_a_wakeup_that_is_taken_back_is_told(self, bench: Bench) -> None:
        bench.verbs("asks_for_wakeup", "takes_wakeup_back")
        bench.up()
        bench.peer.asks_for_wakeup("212", "2026-11-25T06:30:00")
        bench.until(lambda: bench.of(WakeupWanted))
        bench.peer.takes_wakeup_back("212", "2026-11-25T06:30:00")
        bench.until(lambda: bench.of(WakeupNotWanted), words="it is told that the wake-up is not wanted")
        fact = bench.of(WakeupNotWanted)[-1]
        assert fact.room == "212" and fact.local in (None, "2026-11-25T06:30:00")

    @pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
    def test_a_guests_name_is_text(self, bench: Bench, name: str) -> None:
        bench.up()
        bench.peer.guest_checks_in(Guest("212", "1001", name))
        bench.until(lambda: bench.check_ins("212"))
        assert bench.check_ins("212")[-1].name == bench.peer.as_told(name)

    # --- saved, told, done ---

    def test_nothing_is_acknowledged_before_it_is_saved(self, bench: Bench) -> None:
        bench.up()
        bench.house.refuses = {"received"}
        before = bench.peer.acknowledged() if bench.peer.acknowledges else 0
        bench.peer.guest_checks_in(ANNA)
        bench.let(bench.peer.within)
        assert not bench.check_ins("212"), "it was told and is not on the disk"
        if bench.peer.acknowledges:
            assert bench.peer.acknowledged() == before, "it was acknowledged and is not on the disk"
        bench.house.refuses = set()
        self._arrives_at_last(bench, before)

    def _arrives_at_last(self, bench: Bench, before: int) -> None:
        bench.until(lambda: bench.check_ins("212"), bench.peer.back_within, "it is told in the end")
        if bench.peer.acknowledges:
            bench.until(lambda: bench.peer.acknowledged() > before, words="it is acknowledged")

    def test_what_cannot_be_told_now_is_told_later(self, bench: Bench) -> None:
        bench.up()
        bench.house.refuses = {"tell"}
        bench.peer.guest_checks_in(ANNA)
        bench.let(bench.peer.within)
        assert not bench.house.facts
        bench.house.refuses = set()
        bench.until(lambda: bench.check_ins("212"), bench.peer.back_within, "it is told in the end")
        bench.until(lambda: not bench.house.unworked(), words="every record is worked off")

    def test_what_comes_is_told_in_the_order_of_arrival(self, bench: Bench) -> None:
        bench.up()
        rooms = [str(number) for number in range(201, 221)]
        for room in rooms:
            bench.peer.guest_checks_in(Guest(room, f"9{room}", f"Guest of {room}"))
        bench.until(lambda: bench.check_ins(rooms[-1]), words="the last of twenty is told")
        assert [fact.room for fact in bench.of(CheckedIn)] == rooms

    def test_a_slow_house_is_waited_for(self, bench: Bench) -> None:
        """Nothing is told while something before it is being saved: the house counts that as a breach."""
        bench.up()
        bench.house.commit_takes = bench.house.reply_takes = 1.0
        bench.house.takes_longer = {"tell": 3.0}
        rooms = [str(number) for number in range(201, 209)]
        for room in rooms:
            bench.peer.guest_checks_in(Guest(room, f"9{room}", f"Guest of {room}"))
        limit = bench.peer.within + 10.0 * len(rooms)
        bench.until(lambda: bench.check_ins(rooms[-1]), limit, "the last of eight is told by a slow house")
        told = [fact.room for fact in bench.of(CheckedIn)]
        assert list(dict.fromkeys(told)) == rooms
        assert not bench.house.breaches, bench.story()

    def test_what_is_said_twice_is_told_alike(self, bench: Bench) -> None:
        bench.verbs("repeats")
        bench.up()
        bench.peer.guest_checks_in(ANNA)
        bench.until(lambda: bench.check_ins("212"))
        saved = len(bench.house.saved())
        bench.peer.repeats()
        bench.until(lambda: len(bench.house.saved()) > saved, words="the repeated record is saved too")
        bench.until(lambda: not bench.house.unworked(), words="it is worked off")
        assert len(set(bench.check_ins("212"))) == 1, "the same record has two meanings"

    # --- kill -9 ---

    def test_what_was_saved_by_a_process_that_died_is_told_by_the_next_once(self, bench: Bench) -> None:
        bench.up()
        bench.house.stalls = {"tell"}
        bench.peer.guest_checks_in(ANNA)
        bench.until(bench.house.unworked, words="the record is saved")
        left = [record.id for record in bench.house.unworked()]
        bench.kill()
        assert not bench.house.facts
        bench.house.stalls = set()
        bench.up()
        bench.until(lambda: bench.check_ins("212"), words="what was left over is told")
        bench.let(bench.peer.within)
        told = [one.record for one in bench.house.told if one.record in left]
        assert sorted(told) == left, "each record that was left over is told once"
        assert len(set(bench.check_ins("212"))) == 1

    def test_what_is_left_over_waits_for_no_peer(self, bench: Bench) -> None:
        bench.up()
        bench.house.stalls = {"tell"}
        bench.peer.guest_checks_in(ANNA)
        bench.until(bench.house.unworked, words="the record is saved")
        bench.peer.goes_away()
        bench.kill()
        bench.house.stalls = set()
        bench.start()
        bench.until(lambda: bench.check_ins("212"), words="what was left over is told without the peer")

    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("commit", range(1, 5))
    def test_a_kill_at_any_commit_loses_nothing_that_was_saved(
        self, bench: Bench, commit: int, moment: str
    ) -> None:
        bench.up()
        setattr(bench.house, f"dies_{moment}", commit)
        bench.peer.guest_checks_in(ANNA)
        bench.let(bench.peer.within)
        bench.house.dies_before = bench.house.dies_after = None
        bench.kill()
        if not bench.has_saved("212") and not bench.peer.acknowledges:
            pytest.skip(f"{bench.plugin.name}: what died on the wire is gone, nobody keeps it")
        bench.up()
        bench.until(lambda: bench.check_ins("212"), words="the check-in is told by the next life")
        bench.until(lambda: not bench.house.unworked(), words="every record is worked off")
        assert len(set(bench.check_ins("212"))) == 1

    # --- nonsense ---

    def test_nonsense_raises_nothing_and_is_kept(self, bench: Bench) -> None:
        bench.up()
        kept = bench.peer.talks_nonsense()
        bench.let(bench.peer.within)
        bodies = [record.body for record in bench.house.saved()]
        for what in kept:
            assert any(what in body for body in bodies), f"{what!r} is not in the flight recorder"
        assert not bench.house.facts, "nonsense has no meaning"
        bench.until(lambda: not bench.house.unworked(), words="nonsense is worked off, too")
        bench.until(bench.flows, bench.peer.back_within, "the link stands after nonsense")
        bench.peer.guest_checks_in(ANNA)
        bench.until(lambda: bench.check_ins("212"), words="a check-in after nonsense is told")
