"""What calls cost beside the tariff, as a hotel writes it down, and the tariff file that it names."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hotelbridge.errors import ConfigurationError
from hotelbridge.services.tariffs import load_tariff, mistakes, terms_of, terms_read, terms_text
from hotelbridge.settings import Settings
from hotelbridge.settings_load import load
from hotelbridge.settings_reach import warnings
from tests.test_settings_phones import HOTEL, mistake, read

ROOT = Path(__file__).parents[1]


def hotel(folder: Path, own: str = "", charges: str = "") -> Settings:
    """A hotel with keys of its own and of `[property.charges]`."""
    file = folder / "hotel.toml"
    text = HOTEL.replace('country = "AT"\n', f'country = "AT"\n{own}\n')
    file.write_text(f"{text}  [property.charges]\n{charges}\n", "utf-8")
    return load(file, {}, further=mistakes)


def refused(folder: Path, own: str = "", charges: str = "") -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        hotel(folder, own, charges)
    return [line.replace(f"{folder}/", "") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("surcharge_fixed = 0.05", '0.05 is not an amount of money: write it in quotes like "0.20"'),
        ('surcharge_fixed = "0,05"', "'0,05' is not an amount of money"),
        (
            'surcharge_percent = "10 %"',
            '\'10 %\' is not a percentage: write it in quotes like "20" or "12.5"',
        ),
        ("tax_percent = 20", "20 is not a percentage"),
        ('credit_limit = "none"', "'none' is not an amount of money"),
        ('rounding = "nearest"', 'must be "half_up", "half_even", "up" or "down"'),
        ('rounding_unit = "0.005"', "0.005 is not a multiple of 0.01 EUR, the smallest amount there is"),
        ('rounding_unit = "0"', "0 is not a multiple of 0.01 EUR"),
        ('holidays = ["25.12.2026"]', "'25.12.2026' is not a day: write it like \"2026-12-25\""),
        ('holidays = ["2026-12-25", "2026-12-25"]', "'2026-12-25' is there 2 times"),
        ('trunk_thresholds = { XO = "20" }', "'20' is not a duration: write it like 45s, 2m or 1h30m"),
        ('audit_max = "0s"', "must be longer than nothing"),
        ("cut_digits = 16", "less than or equal to 15"),
        ("keep_dys = 9", "is not known; did you mean keep_days?"),
    ],
)
def test_a_wrong_key_of_charges_is_told(tmp_path: Path, more: str, what: str) -> None:
    assert what in mistake(tmp_path, f"  [property.charges]\n{more}\n")


@pytest.mark.parametrize(
    ("own", "what"),
    [
        ('default_rate = "free"', '\'free\' must be "hold", or a price per minute in quotes like "0.20"'),
        ("default_rate = 0.2", '0.2 must be "hold"'),
        ('outside_prefix = "0 "', "must be what is dialled for a line: digits, * or #"),
        ('tariff = "gone.csv"', "gone.csv: cannot be read: No such file or directory"),
        ('tariff = "."', "cannot be read: Is a directory"),
    ],
)
def test_a_wrong_key_of_the_property_is_told(tmp_path: Path, own: str, what: str) -> None:
    (said,) = refused(tmp_path, own)
    assert what in said and said.startswith("hotel.toml:7 property.0.")


def test_a_country_without_telephone_numbers_is_told(tmp_path: Path) -> None:
    file = tmp_path / "hotel.toml"
    file.write_text(HOTEL.replace('"AT"', '"ZZ"'))
    with pytest.raises(ConfigurationError, match="property.0.country: 'ZZ' is no country that has telephone"):
        load(file, {})


def test_the_mistakes_of_a_tariff_are_told_with_row_and_column(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("prefix,rate,days\n+49,x,\n+48,0.2,mo\n+1,1,\n1,2,\n")
    said = refused(tmp_path, 'tariff = "calls.csv"', "tax_percent = 1")
    assert [one.partition(": ")[::2] for one in said[:2]] == [
        ("hotel.toml:7 property.0.tariff", "calls.csv:2 rate: 'x' is not an amount: write it like 0.20"),
        (
            "hotel.toml:7 property.0.tariff",
            "calls.csv:3 days: 'mo' are no days: write them like mon-fri or sat,sun,hol",
        ),
    ]
    assert "calls.csv:5: prices the same calls as line 4 (+1): remove one of them" in said[2]
    assert said[3].startswith("hotel.toml:16 property.0.charges.tax_percent: 1 is not a percentage")
    assert len(said) == 4


def test_a_tariff_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_bytes("prefix,rate,name\n+49,1,a\n+43,1,Österreich\n".encode("latin-1"))
    (said,) = refused(tmp_path, 'tariff = "calls.csv"')
    assert "calls.csv:3: is not UTF-8 text: save it from the spreadsheet as CSV UTF-8" in said


def test_a_tariff_is_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("\ufeffprefix;rate\n+49;0,20\n", "utf-8")
    settings = hotel(tmp_path, 'tariff = "calls.csv"')
    found = load_tariff(settings, settings.properties[0])
    assert found is not None and [row.prefix for row in found.rows] == ["+49"]


def test_without_a_tariff_nothing_is_charged(tmp_path: Path) -> None:
    settings = hotel(tmp_path)
    assert load_tariff(settings, settings.properties[0]) is None


def test_the_terms_are_what_the_hotel_wrote(tmp_path: Path) -> None:
    (property,) = hotel(
        tmp_path,
        'default_rate = "0.50"',
        'surcharge_percent = "12.5"\nsurcharge_fixed = "0.05"\ntax_percent = "20"\ntax_included = false\n'
        'rounding = "up"\nrounding_unit = "0.05"\nholidays = ["2026-12-25"]\nsplit_bands = true\n'
        'trunk_thresholds = { XO = "20s", 3 = "1m" }\ntoll_free_free = false\ncredit_limit = "300"',
    ).properties
    on = terms_of(property)
    assert (on.zone.key, on.currency, on.digits, on.default_rate) == (
        *("Europe/Vienna", "EUR"),
        *(2, Decimal("0.50")),
    )
    assert (on.surcharge_percent, on.surcharge_fixed) == (Decimal("12.5"), Decimal("0.05"))
    assert (on.tax_percent, on.tax_included, on.rounding, on.unit) == (20, False, "up", Decimal("0.05"))
    assert (on.holidays, on.split_bands, on.toll_free_free) == ({date(2026, 12, 25)}, True, False)
    assert on.trunk_thresholds == {"XO": 20, "3": 60}
    assert property.charges.credit_limit == Decimal(300)
    assert property.charges.audit_max == timedelta(minutes=90)


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("TND", 3)])
def test_a_currency_has_its_own_smallest_unit(tmp_path: Path, currency: str, digits: int) -> None:
    (property,) = read(tmp_path, "").properties
    on = terms_of(property.model_copy(update={"currency": currency}))
    assert (on.digits, on.default_rate) == (digits, None)


def test_analogue_trunks_without_a_threshold_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("prefix,rate\n+49,0.20\n")

    def warned(charges: str, own: str = 'tariff = "calls.csv"') -> bool:
        found = warnings(hotel(tmp_path, own, charges))
        return any(one.where == "property.0.charges.trunk_thresholds" for one in found)

    assert warned("")
    assert not warned('trunk_thresholds = { XO = "0s" }')
    assert not warned("", own="")


def test_the_example_tariff_can_be_used() -> None:
    settings = load(ROOT / "config" / "hotelbridge.toml", {})
    property = settings.properties[0].model_copy(update={"tariff": "tariff.csv"})
    found = load_tariff(settings, property)
    assert found is not None and len(found.rows) > 20


@pytest.mark.parametrize(
    "charges",
    [
        "",
        'trunk_thresholds = { XO = "20s" }',
        'trunk_thresholds = { XO = "0s", 02161208234 = "1m30s" }',
        'tax_percent = "20"\nsurcharge_fixed = "0.05"\nrounding_unit = "0.05"\n'
        'holidays = ["2026-12-25"]\nsplit_bands = true',
    ],
)
def test_the_terms_that_are_kept_with_a_tariff_are_read_as_they_were(tmp_path: Path, charges: str) -> None:
    """What a charge is explained by, and a price by hand taxed."""
    (property,) = hotel(tmp_path, 'outside_prefix = "0"', charges).properties
    terms, numbering = terms_read(terms_text(property))
    assert terms == terms_of(property)
    assert numbering.country == "AT" and numbering.read("0004930123456").e164 == "+4930123456"
