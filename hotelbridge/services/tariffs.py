"""The tariff of a hotel from its file, and the terms on which its calls are charged, from its settings."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from babel.numbers import get_currency_precision

from hotelbridge.core.numbers import Numbering
from hotelbridge.core.rating import Terms
from hotelbridge.core.tariff import Tariff
from hotelbridge.core.tariffread import BadTariff, read
from hotelbridge.errors import ConfigurationError, Mistake
from hotelbridge.settings import PropertySettings, Settings
from hotelbridge.settings_charges import ChargeSettings, kept_spans
from hotelbridge.texts import phrase

Found = list[tuple[tuple[str | int, ...], str]]  # keys of the configuration, and what is wrong with each


def tariff_file(settings: Settings, property: PropertySettings) -> Path | None:
    """Where the tariff of a property is; None where its calls are not charged."""
    return settings.path.parent / property.tariff if property.tariff else None


def load_tariff(settings: Settings, property: PropertySettings) -> Tariff | None:
    """The tariff of a property; None where it has none. Raises ConfigurationError with every mistake."""
    path = tariff_file(settings, property)
    return None if path is None else read_file(path, property.country)[1]


def read_file(path: Path, country: str) -> tuple[str, Tariff]:
    """A tariff from its file, and the text of it. Raises ConfigurationError with every mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, read(text, country)
    except OSError as error:
        raise ConfigurationError([Mistake(str(path), phrase(f"cannot be read: {error.strerror}"))]) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError([_not_text(path, error)]) from None
    except BadTariff as error:
        mistakes = [Mistake(f"{path}:{one.line} {one.column}".rstrip(), one.words) for one in error.mistakes]
        raise ConfigurationError(mistakes) from None


def _not_text(path: Path, error: UnicodeDecodeError) -> Mistake:
    line = error.object[: error.start].count(b"\n") + 1
    words = phrase("is not UTF-8 text: save it from the spreadsheet as CSV UTF-8")
    return Mistake(f"{path}:{line}", words)


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


# What of the settings goes into a price; kept with each version, so that a sum can be made again.
_OF_PROPERTY = {"timezone", "currency", "country", "outside_prefix", "default_rate"}
_OF_CHARGES = {
    "surcharge_percent", "surcharge_fixed", "tax_percent", "tax_included", "rounding", "rounding_unit",
    "holidays", "split_bands", "toll_free_free", "trunk_thresholds",
}  # fmt: skip


def terms_text(property: PropertySettings) -> str:
    """The terms of a property as text to be kept."""
    kept = property.model_dump(mode="json", include=_OF_PROPERTY)
    kept["charges"] = property.charges.model_dump(mode="json", include=_OF_CHARGES)
    return json.dumps(kept, sort_keys=True)


def terms_read(text: str) -> tuple[Terms, Numbering]:
    """The terms that were kept, and how numbers were read then."""
    kept = json.loads(text)
    charges = kept.pop("charges")
    if limits := charges.get("trunk_thresholds"):  # they are kept as PT20S, and written as 20s in the file
        charges["trunk_thresholds"] = kept_spans(limits)
    charges = ChargeSettings.model_validate(charges, strict=False)
    then = PropertySettings.model_validate(
        {**kept, "id": "then", "name": "then", "charges": charges}, strict=False
    )
    return terms_of(then), Numbering(then.country, then.outside_prefix)


def version_of(tariff: Tariff, property: PropertySettings) -> str:
    """What names rows and terms together: the same version, the same prices."""
    return sha256(f"{tariff.version} {terms_text(property)}".encode()).hexdigest()[:12]
