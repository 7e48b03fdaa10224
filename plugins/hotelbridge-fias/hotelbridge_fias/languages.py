"""Languages of guests: what FIAS calls them, and what the rest of the world does.

Six pairs of letters are FIAS's own and never mean anything else (GE is German, not Georgian); sites that are
older than ISO 639 have more of them. Whatever else has two letters is ISO 639-1 already.
"""

from __future__ import annotations

from collections.abc import Mapping

FIXED = {"EA": "en", "FR": "fr", "GE": "de", "IT": "it", "JA": "ja", "SP": "es"}
OLD = {
    "CN": "zh",
    "CZ": "cs",
    "DK": "da",
    "GB": "en",
    "GR": "el",
    "JP": "ja",
    "NR": "no",
    "PO": "pt",
    "RL": "ru",
    "RS": "ru",
    "SW": "sv",
    "US": "en",
}


def language_of(code: str, site: Mapping[str, str]) -> str | None:
    """ISO 639-1, lower case; the site's own map counts first. None: nobody knows this code."""
    code = code.strip().upper()
    known = {**OLD, **FIXED, **site}.get(code)
    if known is not None:
        return known
    return code.lower() if len(code) == 2 and code.isascii() and code.isalpha() else None
