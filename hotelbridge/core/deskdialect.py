"""The words of the desk's line in the language of the desk: `214 0630 täglich bis fr` is as good as English.

Each is changed into the English one before the line is read, so that nothing behind knows of it. Only the
words of one language are known at a time: `fr` is French on an English page, and Friday on a German one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TAGE = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_GERMAN = {
    "heute": "today", "morgen": "tomorrow", **dict(zip(_TAGE, _WEEK, strict=True)), "sonnabend": "saturday",
    **{f"{tag}s": f"{day}s" for tag, day in zip(_TAGE, _WEEK, strict=True)}, "sonnabends": "saturdays",
    "mo": "mon", "di": "tue", "mi": "wed", "do": "thu", "fr": "fri", "sa": "sat", "so": "sun",
    "täglich": "daily", "taeglich": "daily", "werktags": "weekdays", "wochentags": "weekdays",
    "wochenende": "weekend", "jeden": "every", "jede": "every", "tag": "day", "bis": "until",
    "wieder": "again", "nochmal": "again", "klopfen": "knock", "trotzdem": "anyway", "taste": "digit",
    "sprache": "lang",
}  # fmt: skip
_DAYS_OF_WEEK = [  # 周一, 星期一, 礼拜一
    (f"{week}{day}", english)
    for week in ("周", "星期", "礼拜")
    for day, english in zip("一二三四五六日天", (*_WEEK, "sunday"), strict=True)
]
_CHINESE = {
    "今天": "today", "今晚": "today", "明天": "tomorrow", "每天": "daily", "天天": "daily",
    "工作日": "weekdays", "周末": "weekend", "每": "every", "到": "until", "至": "until",
    "再叫": "again", "敲门": "knock", "仍然": "anyway", "按键": "digit", "语言": "lang", "贵宾": "vip",
    **dict(_DAYS_OF_WEEK),
    **{f"每{own}": f"{english}s" for own, english in _DAYS_OF_WEEK},
}  # fmt: skip
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"de": _GERMAN, "zh": _CHINESE})
VERBS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "de": {
            "weck": "w", "wecke": "w", "wecken": "w", "storno": "x", "storniere": "x", "stornieren": "x",
            "wach": "up", "auf": "up", "zimmer": "?", "zeige": "?",
        },
        "zh": {"叫醒": "w", "唤醒": "w", "取消": "x", "起床": "up", "已起": "up", "房间": "?", "查看": "?"},
    }
)  # fmt: skip
_AHEAD = {"de": {"übermorgen": 2, "uebermorgen": 2}, "zh": {"后天": 2, "大后天": 3}}  # days
_RANGE = re.compile(r"[^\W\d_]+")
_DATES = {
    "de": re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})?", re.ASCII),
    "zh": re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]", re.ASCII),
}
_CLOCKS = {
    "de": re.compile(r"(\d{1,2})(?:[.:]?(\d{2}))?uhr(\d{2})?", re.ASCII | re.IGNORECASE),
    "zh": re.compile(r"(\d{1,2})(?:[.:](\d{2}))?[点點](?:(\d{1,2})分?|整|(半))?", re.ASCII),
}
_OF_CLOCK = {"de": "uhr", "zh": "点"}  # what stands behind an hour, also by itself
_NUMBER = re.compile(r"\d+(?:[.:]\d+)?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LATELY = timedelta(days=60)


def english(word: str, tongue: str, today: date) -> str:
    """A word as the line knows it: `mon-fri` for `mo-fr`, 2026-12-05 for `5.12.`; any other as it is."""
    words = WORDS.get(tongue)
    if words is None:
        return word
    if (known := words.get(word.casefold())) is not None:
        return known
    if ahead := _AHEAD[tongue].get(word.casefold()):
        return (today + timedelta(days=ahead)).isoformat()
    if found := _DATES[tongue].fullmatch(word):
        return _day(found, today) or word
    if found := _CLOCKS[tongue].fullmatch(word):
        return _clock(found) or word
    parts = _RANGE.findall(word)
    if len(parts) > 1 and all(part.casefold() in words for part in parts):  # mo-fr and mo,mi
        return _RANGE.sub(lambda part: words[part[0].casefold()], word)
    return word


def pieces(word: str, tongue: str) -> list[str]:
    """The words of `每天到周五`, without blanks; the word itself where it is not all known."""
    if tongue != "zh" or word.isascii():
        return [word]
    known = sorted({*WORDS[tongue], *_AHEAD[tongue]}, key=len, reverse=True)
    found: list[str] = []
    at = 0
    while at < len(word):
        sign = _DATES[tongue].match(word, at) or _CLOCKS[tongue].match(word, at) or _NUMBER.match(word, at)
        piece = sign[0] if sign else next((one for one in known if word.startswith(one, at)), "")
        if not piece:
            return [word]
        found.append(piece)
        at += len(piece)
    return found


def clock_of(first: str, second: str, tongue: str) -> str:
    """The time that two words are together, `6 Uhr` and `6 Uhr` `30`; empty where they are none."""
    sign, both = _OF_CLOCK.get(tongue, ""), f"{first}{second}".replace(" ", "")
    if not sign or not (second.casefold().startswith(sign) or first.casefold().endswith(sign)):
        return ""
    found = _CLOCKS[tongue].fullmatch(both)
    return _clock(found) if found else ""


def verb_of(word: str, tongue: str) -> str:
    """The English key that a word stands for, in small letters; any other as it is."""
    small = word.casefold()
    return VERBS.get(tongue, {}).get(small, small)


def is_day(word: str, tongue: str) -> bool:
    """Whether a word has the form of a date, be there such a day or not."""
    form = _DATES.get(tongue)
    return bool(_ISO.fullmatch(word) or (form and form.fullmatch(word)))


def is_over(word: str, tongue: str, today: date) -> bool:
    """Whether a date without a year was a day of the last weeks."""
    found = _DATES[tongue].fullmatch(word) if tongue in _DATES else None
    if found is None or found["year"]:
        return False
    for year in (today.year, today.year - 1):
        try:
            day = date(year, int(found["month"]), int(found["day"]))
        except ValueError:
            continue
        if timedelta() < today - day <= _LATELY:
            return True
    return False


def words_of(tongue: str) -> tuple[str, ...]:
    """All words that are known in this language alone."""
    return (*WORDS.get(tongue, ()), *_AHEAD.get(tongue, ()))


def own_word(known: str, tongue: str) -> str:
    """An English word as it is typed in this language."""
    return own_words([known], tongue)[0]


def own_words(known: Iterable[str], tongue: str) -> tuple[str, ...]:
    """English words as they are typed in this language: those that stand for them, else they themselves."""
    words, wanted = WORDS.get(tongue, {}), tuple(known)
    own = [one for one, meant in words.items() if meant in wanted]
    return (*own, *(one for one in wanted if one not in words.values()))


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


def _clock(found: re.Match[str]) -> str:
    """06:30 of `6.30 Uhr`, `6 Uhr 30` and 6点半; empty where there is no such time, or it says two."""
    hour, before, behind, *half = found.groups()
    if before and behind:
        return ""
    minute = before or behind or ("30" if any(half) else "00")
    return f"{int(hour):02}:{int(minute):02}" if int(hour) < 24 and int(minute) < 60 else ""
