"""The languages of the console: sentences from gettext catalogues, days, times and money by locale.

Catalogues are read as text (`locale/de.po`): there is nothing to compile, and a translator sees what
runs. A sentence that a catalogue lacks is shown in English; a test finds it.
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import IO

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.messages.pofile import read_po
from babel.numbers import format_currency, get_currency_precision
from twisted.logger import Logger

from hotelbridge.core.readback import clock_of
from hotelbridge.plugged import folders
from hotelbridge.web.console.phrasebook import Phrasebook, Template, can_be_said
from hotelbridge.web.console.plainly import amounts, plainly

LANGUAGES = {"en": "English", "de": "Deutsch", "zh": "中文"}
_DAY = {"en": "E d MMM", "de": "E d. MMM", "zh": "M月d日 E"}
_LOCALES = {"en": "en_GB", "de": "de", "zh": "zh_Hans"}
_log = Logger()
Known = dict[str, str | tuple[str, ...]]


def chosen(kept: str, accepted: str) -> str:
    """The language for a browser: what was chosen there, else the first one it accepts that we have."""
    if kept in LANGUAGES:
        return kept
    wanted = (part.split(";")[0].strip().lower()[:2] for part in accepted[:500].split(","))
    return next((one for one in wanted if one in LANGUAGES), "en")


class Tongue(gettext.NullTranslations):
    """One language."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code
        self.locale = Locale.parse(_LOCALES[code])
        self._known = _catalogue(code, code)
        self.said: Callable[[str], str] = str
        self.heard: Callable[[str], str] = (
            str  # of a message of the PMS: there the plugin's word counts first
        )
        if code != "en":
            own, foreign, plain = _phrases(code), of_plugins(folders(), code), plainly(code, self.locale)
            amount = amounts(self.locale)
            self.said = Phrasebook(_first(own, foreign), plain, amount).said
            self.heard = Phrasebook(_first(foreign, own), plain, amount).said

    def gettext(self, message: str) -> str:
        found = self._known.get(message)
        return found if isinstance(found, str) and found else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._known.get(msgid1)
        if isinstance(found, tuple) and all(found):
            return found[min(int(n != 1), len(found) - 1)]
        return msgid1 if n == 1 else msgid2

    def day(self, day: date | datetime) -> str:
        """Tue 24 Nov."""
        return format_date(day, _DAY[self.code], locale=self.locale)

    def short_day(self, day: date | datetime) -> str:
        """24 Nov."""
        return format_date(day, _DAY[self.code].replace("E", "").strip(), locale=self.locale)

    def long_day(self, day: date | datetime) -> str:
        """Tuesday, 24 November 2026."""
        return format_date(day, "full", locale=self.locale)

    def full_day(self, day: date | datetime) -> str:
        """24 Nov 2026."""
        return format_date(day, "medium", locale=self.locale)

    def moment(self, at: datetime) -> str:
        """Tue 24 Nov 06:30; the hotel's own time."""
        return f"{self.day(at)} {clock_of(at)}"

    def month(self, day: date | datetime) -> str:
        """November 2026."""
        return format_datetime(day, "LLLL y", locale=self.locale)

    @functools.cache  # noqa: B019 - a language lives as long as the program
    def zone_city(self, zone: str) -> str:
        """The city after which a time zone is called."""
        return str(get_timezone_location(zone, locale=self.locale, return_city=True))

    def money(self, minor: int, currency: str) -> str:
        """A price of whole minor units, as people of this language write it."""
        digits = get_currency_precision(currency)
        return format_currency(Decimal(minor).scaleb(-digits), currency, locale=self.locale)

    def price(self, amount: str, currency: str) -> str:
        """The same of an amount in decimals; bare where no currency is known."""
        if not currency:
            return amount
        return str(format_currency(Decimal(amount), currency, locale=self.locale))


def lasted(seconds: int) -> str:
    """How long a call was: 0:50, 1:02:09."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@functools.cache
def tongue(code: str) -> Tongue:
    """A language, read once."""
    return Tongue(code if code in LANGUAGES else "en")


def _phrases(code: str) -> dict[str, str]:
    """What the house says, see `hotelbridge.texts`."""
    return {said: other for said, other in _catalogue(f"said.{code}", code).items() if isinstance(other, str)}


def _first(own: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Both; of a sentence that stands in both, whatever its blanks are called, the first."""
    known = {Template.of(said.strip()).fixed for said in own}
    rest = {said: other for said, other in more.items() if Template.of(said.strip()).fixed not in known}
    return {**own, **rest}


def of_plugins(places: Iterable[Path], code: str) -> dict[str, str]:
    """The catalogues beside the modules of plugins. What is wrong in one is logged, and said in English."""
    known: dict[str, str] = {}
    for file in (place / "locale" / f"said.{code}.po" for place in places):
        try:
            with file.open("rb") as written:
                found = _read(written, code)
        except FileNotFoundError:
            continue
        except Exception as error:  # somebody else's file
            _log.warn("{file} cannot be read: {error}", file=str(file), error=repr(error))
            continue
        single = {said: other for said, other in found.items() if isinstance(other, str)}
        good = {said: other for said, other in single.items() if can_be_said(said, other)}
        if wrong := sorted(set(found) - set(good)):
            _log.warn("{file}: what is filled in differs in {wrong}", file=str(file), wrong=wrong)
        known |= good
    return known


def _catalogue(name: str, code: str) -> Known:
    """What is translated in one file."""
    if code == "en":
        return {}
    with (files("hotelbridge.web") / "locale" / f"{name}.po").open("rb") as written:
        return _read(written, code)


def _read(written: IO[bytes], code: str) -> Known:
    known: Known = {}
    for message in read_po(written, locale=_LOCALES[code]):
        if not message.id or message.fuzzy or not message.string:
            continue
        key = message.id[0] if isinstance(message.id, tuple | list) else message.id
        said = message.string
        known[key] = tuple(said) if isinstance(said, tuple | list) else said
    return known
