"""Every sentence of the console in every language, and of the plugins of this repository: none is missing,
and none has lost what is filled in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import hotelbridge
from hotelbridge.core.records import AlarmKind, ClosingOutcome, Outcome, WakeupState
from hotelbridge.web.console import words
from hotelbridge.web.console.languages import LANGUAGES, Tongue, chosen, of_plugins

PACKAGE = Path(hotelbridge.__file__).parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
OTHERS = [code for code in LANGUAGES if code != "en"]
PLUGINS = {one.parent.name: one.parent for one in sorted(PACKAGE.parent.glob("plugins/*/*/locale"))}
DOMAINS = [(domain, code) for domain in ("", "said.", *PLUGINS) for code in OTHERS]
Sentence = str | tuple[str, ...]


@cache
def sentences(domain: str) -> frozenset[Sentence]:
    """All that the pages say, that the rest of the house does, or a plugin: as `make texts` collects it."""
    config = f"texts.{'plugins.' if domain in PLUGINS else domain}cfg"
    with (PACKAGE.parent / config).open(encoding="utf-8") as written:
        methods, options = parse_mapping_cfg(written)
    found = extract_from_dir(PLUGINS.get(domain, PACKAGE), methods, options, keywords=KEYWORDS)
    return frozenset(message for _, _, message, *_ in found)


@cache
def catalogue(domain: str, code: str) -> dict[str, Sentence]:
    with po(domain, code).open("rb") as written:
        return {
            one.id if isinstance(one.id, str) else one.id[0]: one.string
            for one in read_po(written, locale=code)
            if one.id and not one.fuzzy
        }


def po(domain: str, code: str) -> Path:
    if domain in PLUGINS:
        return PLUGINS[domain] / "locale" / f"said.{code}.po"
    return PACKAGE / "web" / "locale" / f"{domain}{code}.po"


def forms(sentence: Sentence) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else tuple(sentence)


def blanks(text: str) -> set[str]:
    """What is filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name} | set(re.findall(r"%\((\w+)\)", text))


def test_there_is_something_to_say() -> None:
    assert {"Now and next", ("%(num)d room", "%(num)d rooms")} < sentences("")
    assert "Room {room}: wake-up {clock} was {why}. Please wake the guest now." in sentences("said.")
    assert "not connected yet" in sentences("hotelbridge_fias") - sentences("hotelbridge_csv")


@pytest.mark.parametrize(("domain", "code"), DOMAINS)
def test_no_sentence_is_missing_in(domain: str, code: str) -> None:
    known = catalogue(domain, code)
    missing = [one for one in sentences(domain) if not all(forms(known.get(forms(one)[0], "")))]
    some = sorted(map(str, missing))[:20]
    assert not missing, f"{len(missing)} are missing in {po(domain, code)}, see `make texts`: {some}"


@pytest.mark.parametrize(("domain", "code"), DOMAINS)
def test_nothing_is_translated_that_nobody_says_any_more_in(domain: str, code: str) -> None:
    said = {forms(one)[0] for one in sentences(domain)}
    assert not [one for one in catalogue(domain, code) if one not in said]


@pytest.mark.parametrize(("domain", "code"), DOMAINS)
def test_what_is_filled_in_is_the_same_in(domain: str, code: str) -> None:
    known = catalogue(domain, code)
    wrong = [
        (said, form)
        for one in sentences(domain)
        for said in [forms(one)[0]]
        for form in forms(known.get(said, ""))
        if form and blanks(form) != blanks(said)
    ]
    assert not wrong


def test_a_catalogue_of_a_plugin_that_is_missing_or_wrong_takes_nothing_from_the_others(
    tmp_path: Path,
) -> None:
    written = {
        "none": None,
        "bytes": b"\xff\xfe\x00 nonsense",
        "good": b'msgid "all is {state}"\nmsgstr "alles {state}"\n\nmsgid "x"\nmsgstr ""\n',
        "half": b'msgid "no {word}"\nmsgstr "kein {other}"\n\nmsgid "a {"\nmsgstr "ein {"\n\n'
        b'msgid "so {it}"\nmsgstr "so {it.x}"\n\nmsgid "the PMS"\nmsgstr "das PMS"\n',
    }
    for name, content in written.items():
        if content is not None:
            (tmp_path / name / "locale").mkdir(parents=True)
            (tmp_path / name / "locale" / "said.de.po").write_bytes(content)
    places = [tmp_path / name for name in written]
    assert of_plugins(places, "de") == {"all is {state}": "alles {state}", "the PMS": "das PMS"}
    assert of_plugins(places, "zh") == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_word_of_the_house_has_a_sign_and_a_word_in(code: str) -> None:
    spoken = Tongue(code)
    for state in WakeupState:
        assert words.state(spoken, state).sign and words.state(spoken, state).text
    for kind in AlarmKind:
        assert words.kind(spoken, kind).sign and words.kind(spoken, kind).text
    for end in (*Outcome, *ClosingOutcome):
        assert words.result(spoken, end)


@pytest.mark.parametrize(
    ("kept", "accepted", "wanted"),
    [
        ("de", "zh", "de"), ("", "de-AT,de;q=0.9,en", "de"), ("", "fr, zh-CN;q=0.8", "zh"), ("", "", "en"),
        ("xx", "fr", "en"), ("", "d" * 10_000, "en"),
    ],
)  # fmt: skip
def test_the_language_is_what_was_chosen_else_the_first_the_browser_accepts(
    kept: str, accepted: str, wanted: str
) -> None:
    assert chosen(kept, accepted) == wanted
