"""Languages: the six of FIAS, the old ones, ISO, and what a site adds."""

from __future__ import annotations

import pytest
from hotelbridge_fias.languages import language_of


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("EA", "en"),
        ("GE", "de"),
        ("SP", "es"),
        ("JA", "ja"),
        ("FR", "fr"),
        ("IT", "it"),
        ("RL", "ru"),
        ("CZ", "cs"),
        ("SW", "sv"),
        ("NL", "nl"),
        ("TR", "tr"),
        (" de ", "de"),
    ],
)
def test_a_code_is_read_as_sites_mean_it(code: str, language: str) -> None:
    assert language_of(code, {}) == language


def test_the_site_has_the_last_word() -> None:
    assert language_of("GE", {"GE": "ka"}) == "ka"


@pytest.mark.parametrize("code", ["", "7", "German", "1A", "ÄÖ"])
def test_what_nobody_knows_is_no_language(code: str) -> None:
    assert language_of(code, {}) is None
