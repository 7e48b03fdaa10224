from __future__ import annotations

import pytest

from .far_end import House


@pytest.fixture
def house() -> House:
    return House()
