"""The words of the desk's line in the language of the desk: `214 0630 täglich bis fr` is as good as English.

Each is changed into the English one before the line is read, so that nothing behind knows of it. Only the
words of one language are known at a time: `fr` is French on an English page, and Friday on a German one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

_GERMAN = {
    "heute": "today", "morgen": "tomorrow",
    "montag": "monday", "dienstag": "tuesday", "mittwoch": "wednesday", "donnerstag": "thursday",
    "freitag": "friday", "samstag": "saturday", "sonnabend": "saturday", "sonntag": "sunday",
    "mo": "mon", "di": "tue", "mi": "wed", "do": "thu", "fr": "fri", "sa": "sat", "so": "sun",
    "täglich": "daily", "taeglich": "daily", "werktags": "weekdays", "wochenende": "weekend",
    "jeden": "every", "jede": "every", "tag": "day", "bis": "until", "wieder": "again", "nochmal": "again",
    "klopfen": "knock", "trotzdem": "anyway", "taste": "digit", "sprache": "lang",
}  # fmt: skip
_CHINESE = {
    "今天": "today", "今晚": "today", "明天": "tomorrow", "每天": "daily", "天天": "daily",
    "工作日": "weekdays", "周末": "weekend", "每": "every", "到": "until", "至": "until",
    "再叫": "again", "敲门": "knock", "仍然": "anyway", "按键": "digit", "语言": "lang", "贵宾": "vip",
    **{
        f"{week}{day}": english
        for week in ("周", "星期", "礼拜")
        for day, english in zip("一二三四五六日天", "mon tue wed thu fri sat sun sun".split(), strict=True)
    },
}  # fmt: skip
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"de": _GERMAN, "zh": _CHINESE})
_RANGE = re.compile(r"[^\W\d_]+")
_DATES = {
    "de": re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})?", re.ASCII),
    "zh": re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]", re.ASCII),
}


def english(word: str, tongue: str, today: date) -> str:
    """A word as the line knows it: `mon-fri` for `mo-fr`, 2026-12-05 for `5.12.`; any other as it is."""
    words = WORDS.get(tongue)
    if words is None:
        return word
    if (known := words.get(word.casefold())) is not None:
        return known
    if found := _DATES[tongue].fullmatch(word):
        return _day(found, today) or word
    parts = _RANGE.findall(word)
    if len(parts) > 1 and all(part.casefold() in words for part in parts):  # mo-fr and mo,mi
        return _RANGE.sub(lambda part: words[part[0].casefold()], word)
    return word


def _day(found: re.Match[str], today: date) -> str:
    """The day of a date as it is written; without a year the next one. Empty where there is none."""
    day, month, year = int(found["day"]), int(found["month"]), found["year"]
    years = (
        [int(year) % 100 + 2000 if len(year) == 2 else int(year)]
        if year
        else range(today.year, today.year + 9)
    )
    for one in years:
        try:
            meant = date(one, month, day)
        except ValueError:  # 29 February has its year, too
            continue
        if year or meant >= today:
            return meant.isoformat()
    return ""
