"""Hours of a hotel at random, with every fault between: in the end the house was told what the PMS said."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from fias_bench import ROOMS, Bench
from hotelbridge_fias.framing import Framing
from hotelbridge_fias.inbox import CUT_OFF
from hotelbridge_fias.meaning import meaning
from hotelbridge_fias.records import parse
from hotelbridge_fias.simulator_habits import Door, Habits, Mode, Segments

from hotelbridge.pms.api import Later, PmsError, ResyncBegun, ResyncEnded

FAULTS = ["le", "drop", "reset", "mute", "audit on", "audit off", "resync", "kill", "full", "slow", "le"]
SEEDS = range(6)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("framing", [Framing.STX_ETX, Framing.CRLF])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_night_at_random(bench: Any, mode: Mode, framing: Framing, seed: int) -> None:
    random = Random(f"{mode} {framing} {seed}")
    habits = Habits(mode=mode, framing=framing, second=Door.OPEN, shuffled=True, resync_gap=0.3)
    habits.segments = random.choice([s for s in Segments if framing is not Framing.CRLF or s != "noisy"])
    one: Bench = bench(habits, framing=framing, resend_same_number=seed % 2 == 1).alive()
    posted = []
    for n in range(120):
        link = one.link
        something_happens(one, random, n)
        if one.link is not link:  # nobody is left who could hear how those ended
            posted.clear()
        if random.random() < 0.3:
            posted.append(one.post(n + 1, random.choice(ROOMS)))
        one.wait(random.choice([0.0, 0.01, 0.3, 2.0, 20.0]))
    one.house.full, one.house.slow = False, 0.0
    one.wait(900.0)
    assert one.up, one.words
    one.play('share 101 last "Last"')

    assert what_was_told(one) == what_was_received(one)
    assert one.house.disk.unworked == []
    assert all(outcome.over for outcome in posted)
    for outcome in posted:
        assert outcome.error is None or isinstance(outcome.error, PmsError), outcome.error
        assert not isinstance(outcome.error, Later) or seed % 2 or "again" in str(outcome.error)
    numbers = Counter(record.first("P#") for record in one.pms.received("PS"))
    assert max(numbers.values(), default=1) == 1
    one.pms.errors[:] = [words for words in one.pms.errors if "while" in words or "no LR" in words]
    assert not [words for words in one.pms.errors if "no LR" in words]
    one.pms.errors.clear()


def something_happens(one: Bench, random: Random, n: int) -> None:
    if random.random() < 0.25:
        fault = random.choice(FAULTS)
        if fault == "kill":
            one.wait(2.0)
            one.kill()
            one.link.start()
        elif fault == "full":
            one.house.full = not one.house.full
        elif fault == "slow":
            one.house.slow = random.choice([0.0, 0.4])
        else:
            perform(one, fault)
        return
    room = random.choice(ROOMS)
    perform(
        one,
        random.choice(
            [
                f'gi {room} {n} "Guest {n}"',
                f'share {room} {n} "Sharer {n}"',
                f"go {room}",
                f"move {room} {random.choice(ROOMS)}",
                f"move2 {room} {random.choice(ROOMS)} reverse",
                f"wr {room} 0630",
                f"wc {room}",
                f"re {room} cs=1 dn=y",
            ]
        ),
    )


def perform(one: Bench, line: str) -> None:
    try:
        one.player.perform(line)
    except ValueError:
        pass  # not possible in this hotel just now


def what_was_received(one: Bench) -> list[str]:
    """The facts of what is on the disk, in the order of arrival."""
    return [
        str(fact)
        for row in one.house.disk.records
        if not row.words.startswith(CUT_OFF)
        for fact in meaning(parse(row.body), one.settings, one.house.zone, row.at).facts
        if not isinstance(fact, ResyncEnded | ResyncBegun)
    ]


def what_was_told(one: Bench) -> list[str]:
    return [str(fact) for fact in one.facts if not isinstance(fact, ResyncEnded | ResyncBegun)]
