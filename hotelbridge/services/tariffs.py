"""The tariff of a hotel from its file, and the terms on which its calls are charged, from its settings."""

from __future__ import annotations

from pathlib import Path

from babel.numbers import get_currency_precision

from hotelbridge.core.rating import Terms
from hotelbridge.core.tariff import Tariff
from hotelbridge.core.tariffread import BadTariff, read
from hotelbridge.errors import ConfigurationError, Mistake
from hotelbridge.settings import PropertySettings, Settings

Found = list[tuple[tuple[str | int, ...], str]]  # keys of the configuration, and what is wrong with each


def tariff_file(settings: Settings, property: PropertySettings) -> Path | None:
    """Where the tariff of a property is; None where its calls are not charged."""
    return settings.path.parent / property.tariff if property.tariff else None


def load_tariff(settings: Settings, property: PropertySettings) -> Tariff | None:
    """The tariff of a property; None where it has none. Raises ConfigurationError with every mistake."""
    path = tariff_file(settings, property)
    if path is None:
        return None
    try:
        return read(path.read_text(encoding="utf-8-sig"), property.country)
    except OSError as error:
        raise ConfigurationError([Mistake(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError([_not_text(path, error)]) from None
    except BadTariff as error:
        mistakes = [Mistake(f"{path}:{one.line} {one.column}".rstrip(), one.words) for one in error.mistakes]
        raise ConfigurationError(mistakes) from None


def _not_text(path: Path, error: UnicodeDecodeError) -> Mistake:
    line = error.object[: error.start].count(b"\n") + 1
    return Mistake(f"{path}:{line}", "is not UTF-8 text: save it from the spreadsheet as CSV UTF-8")


def mistakes(settings: Settings) -> Found:
    """What is wrong in the tariffs of a configuration, each told at the key that names the file."""
    found: Found = []
    for number, property in enumerate(settings.properties):
        try:
            load_tariff(settings, property)
        except ConfigurationError as error:
            key = ("property", number, "tariff")
            found += [(key, f"{one.where}: {one.what}") for one in error.mistakes]
    return found


def terms_of(property: PropertySettings) -> Terms:
    """How a property charges. Raises ValueError for a rounding that its currency does not allow."""
    charges = property.charges
    return Terms(
        zone=property.zone,
        currency=property.currency,
        digits=get_currency_precision(property.currency),
        default_rate=property.default_rate,
        surcharge_percent=charges.surcharge_percent,
        surcharge_fixed=charges.surcharge_fixed,
        tax_percent=charges.tax_percent,
        tax_included=charges.tax_included,
        rounding=charges.rounding,
        rounding_unit=charges.rounding_unit,
        holidays=frozenset(charges.holidays),
        split_bands=charges.split_bands,
        trunk_thresholds={
            trunk: int(limit.total_seconds()) for trunk, limit in charges.trunk_thresholds.items()
        },
        toll_free_free=charges.toll_free_free,
    )
