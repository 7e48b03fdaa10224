"""The token that a run leaves for the command line: at no instant does the file name one that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.errors import StoreUnavailable
from hotelbridge.services import localtoken
from tests.services.evening import Evening


def left(evening: Evening, file: Path, node: str = "a") -> str:
    evening._result(localtoken.leave(evening.daemon.db, node, file, evening.clock.now()))
    return file.read_text().strip()


def good(evening: Evening, token: str) -> bool:
    return evening._result(evening.daemon.desk.caller(token)) is not None


def test_the_token_of_the_run_before_is_good_until_the_next_start(evening: Evening, tmp_path: Path) -> None:
    file = tmp_path / "hotel.token"
    first, second = left(evening, file), left(evening, file)
    assert good(evening, first) and good(evening, second)
    third = left(evening, file)
    assert [good(evening, token) for token in (first, second, third)] == [False, True, True]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("dies_at", [1, 2])
def test_a_start_that_dies_in_between_leaves_a_token_that_is_good(
    evening: Evening, tmp_path: Path, dies_at: int
) -> None:
    file, passed = tmp_path / "hotel.token", 0
    left(evening, file)
    db = evening.daemon.db

    class Dying:
        def run(self, unit: object) -> object:
            nonlocal passed
            passed += 1
            if passed == dies_at:
                raise StoreUnavailable("gone")
            return db.run(unit)  # type: ignore[arg-type]

    with pytest.raises(StoreUnavailable):
        evening._result(localtoken.leave(Dying(), "a", file, evening.clock.now()))  # type: ignore[arg-type]
    assert good(evening, file.read_text().strip())


def test_nodes_that_share_a_store_do_not_refuse_each_others_tokens(evening: Evening, tmp_path: Path) -> None:
    mine, other = tmp_path / "a.token", tmp_path / "b.token"
    left(evening, mine, "a")
    for _ in range(3):
        left(evening, other, "b")
    assert good(evening, mine.read_text().strip())
