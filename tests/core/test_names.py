"""Whose name it is can be seen wherever it is read."""

from __future__ import annotations

import pytest

from hotelbridge.core.names import name_of


@pytest.mark.parametrize(
    "text", ["Anna", "  Anna B. ", "Zoë", "李", "Ольга", "O'Neill, night", "7", "e\u0301va"]
)
def test_a_name_that_can_be_read_stays_as_it_is(text: str) -> None:
    assert name_of(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\u200b", "\u00a0", "\u3164", "\u2800", "\u0301"]
    + ["An\u200bna", "Anna\u202e", "\u2066Anna", "An\nna", "Anna\x00", "An\u00adna", "\ufeffAnna", "A" * 81],
    ids=ascii,
)
def test_a_name_that_is_not_seen_or_hides_something_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="must have"):
        name_of(text)
