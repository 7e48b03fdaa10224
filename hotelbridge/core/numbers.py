"""A number as it was dialled, read with the country of the hotel: what a tariff can be asked for.

Guests dial with blanks, codes and keys that follow a connection, and exchanges report it all. Nothing of
that is a mistake here: what is no full number is simply not one, and a tariff may still know it as dialled.
Knows no price.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from hotelbridge.texts import phrase

# Written between digits for the eye alone; the dashes and blanks beyond ASCII come from copied lists.
_SEPARATORS = dict.fromkeys(map(ord, " \t-/.()[]\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014"))
_AFTER = re.compile(r"[,;pPwW]")  # what follows was dialled into the connection, not to reach it
_CODE = re.compile(
    r"[*#][*#\d]*#(?=\+?\d)", re.ASCII
)  # a network's code before the number: *31# hides the caller
_NUMBER = re.compile(r"\+?[0-9]+")
_LONGEST = 17  # of an E.164 number and its international prefix; keys of a voice menu may follow
_KEPT = 16_384  # numbers that are remembered: those of a hotel come again
_UNIVERSAL = 800  # the country code of freephone numbers that are free from everywhere

_LONG_ENOUGH = (
    ValidationResult.IS_POSSIBLE,
    ValidationResult.TOO_LONG,  # it reached somebody: the rest was pressed too much
    ValidationResult.INVALID_LENGTH,  # between two lengths: a plan that has changed since
)


@dataclass(frozen=True, slots=True)
class Dialled:
    """One number, read."""

    dialled: str  # as it came
    outside: str  # what the public network was given: no separators, no outside prefix
    e164: str = ""  # "+436641234567"; empty where it is no full number: a short code, a code, garbage
    toll_free: bool = False  # free for who calls from the hotel's country


def is_country(code: str) -> bool:
    """Whether numbers can be read as of this country, "AT"."""
    return code in phonenumbers.SUPPORTED_REGIONS


class Numbering:
    """Reads numbers as somebody in one hotel means them.

    `outside_prefix` is what its phones dial to get a line. Raises ValueError for a country that nobody knows.
    """

    def __init__(self, country: str, outside_prefix: str = "") -> None:
        metadata = (
            phonenumbers.PhoneMetadata.metadata_for_region(country, None) if is_country(country) else None
        )
        if metadata is None:
            raise ValueError(f"{country!r} is no country that has telephone numbers: write it like AT")
        self.country = country
        self._code = int(metadata.country_code or 0)
        self._national = metadata.national_prefix or ""
        self._abroad = re.compile(metadata.international_prefix or "(?!)", re.ASCII)
        self._outside_prefix = outside_prefix
        self.read = lru_cache(maxsize=_KEPT)(self._read)

    def _read(self, dialled: str) -> Dialled:
        """What was dialled. Never raises, whatever the text."""
        outside = _AFTER.split(dialled, 1)[0].translate(_SEPARATORS)
        if self._outside_prefix:
            outside = outside.removeprefix(self._outside_prefix)
        number = _CODE.sub("", outside, count=1) if outside[:1] in ("*", "#") else outside
        number = number.rstrip("#")  # the key that ends dialling
        if not _NUMBER.fullmatch(number):
            return Dialled(dialled, outside)
        parsed = self._parsed(number)
        if parsed is None or not self._is_full(number, parsed):
            return Dialled(dialled, outside)
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return Dialled(dialled, outside, e164, self._is_toll_free(parsed))

    def _parsed(self, number: str) -> PhoneNumber | None:
        try:
            return phonenumbers.parse(number[:_LONGEST], self.country)
        except NumberParseException:
            return None

    def _is_full(self, number: str, parsed: PhoneNumber) -> bool:
        """Whether it names one line of the world: with the country, with the area, or valid as it stands.

        Numbers with a prefix need not be valid: plans grow faster than their description, and the call was
        answered. Without one, only what is valid is no short code.
        """
        if number[0] == "+":
            return True
        abroad = self._abroad.match(number)
        if abroad and number[abroad.end() : abroad.end() + 1] not in ("", "0"):
            return True
        if self._national and number.startswith(self._national):
            enough = phonenumbers.is_possible_number_with_reason(parsed) in _LONG_ENOUGH
            return enough and not number.startswith("0", len(self._national))
        return phonenumbers.is_valid_number(parsed)

    def _is_toll_free(self, parsed: PhoneNumber) -> bool:
        """Free numbers of other countries cost what a call to that country costs."""
        if parsed.country_code == _UNIVERSAL:
            return True
        return (
            parsed.country_code == self._code
            and phonenumbers.number_type(parsed) == PhoneNumberType.TOLL_FREE
        )

    def prefix(self, text: str) -> str:
        """The prefix of a tariff in one form: "+43664", "=118" (as dialled) or "*" (any full number).

        Takes +43664, 0043664, 43664 and 0664. Raises ValueError with what to write.
        """
        text = text.strip().translate(_SEPARATORS)
        if text == "*":
            return text
        if text.startswith("="):
            if not re.fullmatch(r"=[0-9*#]+", text):
                raise ValueError(phrase(f"{text!r} names nothing to dial: write = and digits, like =118"))
            return text
        if not _NUMBER.fullmatch(text) or len(text) > _LONGEST:
            words = phrase(f"{text!r} is not a prefix: write it like +49, 0049, 0664, =118 or *")
            raise ValueError(words)
        return f"+{self._international(text)}"

    def _international(self, text: str) -> str:
        """Country code and what follows."""
        if text[0] == "+":
            digits = text[1:]
        elif text[0] != "0":
            digits = text
        elif abroad := self._abroad.match(text):
            digits = text[abroad.end() :]
        else:
            digits = f"{self._code}{self._area(text)}"
        if not digits or digits[0] == "0":
            words = phrase(f"{text!r} is not a prefix: no country code begins with 0 or is empty")
            raise ValueError(words)
        return digits

    def _area(self, text: str) -> str:
        """A national prefix and area without the former; Italy's zero is a digit like others."""
        if self._national.startswith("0") and text.startswith(self._national):
            if area := text[len(self._national) :]:
                return area
            raise ValueError(phrase(f"{text!r} is all of the country: write +{self._code}"))
        if self.country in ("IT", "SM", "VA"):
            return text
        raise ValueError(phrase(f"nothing begins with 0 in {self.country}: write it like +{self._code}1"))


def known_code(prefix: str) -> bool:
    """Whether numbers with this prefix, "+49", belong to any country, or it is the begin of such a code."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    digits = prefix.removeprefix("+")
    begun = any(str(code).startswith(digits) for code in codes) if len(digits) < 3 else False
    return begun or any(int(digits[:length]) in codes for length in (1, 2, 3) if digits[:length])
