"""The hotel that most tests of the services play in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.evening import Evening


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    hotel = Evening(tmp_path)
    yield hotel
    hotel.stop()
