"""Which process it is: a dead one is known as dead only where that is certain."""

from __future__ import annotations

import os
import subprocess
import sys

from hotelbridge import instances


def of_another_process(*, wait: bool) -> tuple[str, subprocess.Popen[str]]:
    words = "from hotelbridge import instances; print(instances.identity('front-1'), flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    found = other.stdout.readline().strip()
    if wait:
        other.communicate("\n")
    return found, other


def test_a_process_knows_itself_as_alive_and_its_node() -> None:
    mine = instances.identity("front-1")
    assert instances.name_of(mine) == "front-1"
    assert mine == instances.identity("front-1")
    assert not instances.is_dead(mine)


def test_a_process_that_has_ended_is_dead_and_one_that_lives_is_not() -> None:
    found, other = of_another_process(wait=False)
    assert found != instances.identity("front-1")
    assert not instances.is_dead(found)
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # nobody has asked for its end yet
    assert instances.is_dead(found)
    other.communicate()
    assert instances.is_dead(found)


def test_a_number_that_was_given_to_another_process_since_is_not_taken_for_the_dead_one() -> None:
    mine = instances.identity("front-1")
    assert instances.is_dead(f"{mine}0")


def test_of_other_machines_and_bare_names_nobody_knows() -> None:
    here, pid, started = instances.identity("front-1").rsplit(".", 2)
    assert not instances.is_dead(f"{here}9.99999999.{started}")
    assert not instances.is_dead("front-1")
    assert not instances.is_dead(f"front-1/{pid}")
