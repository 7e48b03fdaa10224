"""What the house said in English is found again and said in the reader's language."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import hotelbridge
from hotelbridge.testing.said import extract
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.phrasebook import Phrasebook, Template

LOCALE = Path(hotelbridge.__file__).parent / "web" / "locale"
PLUGINS = sorted(LOCALE.parents[2].glob("plugins/*/*/locale"))


def book(**known: str) -> Phrasebook:
    return Phrasebook(
        {one.partition("=")[0]: one.partition("=")[2] for one in known.values()}, lambda _: None
    )


BOOK = book(
    a="Room {room}: {why}. Please wake the guest.=Zimmer {room}: {why}. Bitte den Gast wecken.",
    b="nobody answered=niemand hat abgehoben",
    c="{name} moved from {old} to {new}=von {old} nach {new} ist {name} gezogen",
    d="the phone is off the hook=der Hörer liegt daneben",
    e="Look whether it is switched on.=Ist es eingeschaltet?",
)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Room 212: nobody answered. Please wake the guest.",
         "Zimmer 212: niemand hat abgehoben. Bitte den Gast wecken."),
        ("Ann moved from 101 to 102", "von 101 nach 102 ist Ann gezogen"),
        ("nobody answered; the phone is off the hook", "niemand hat abgehoben; der Hörer liegt daneben"),
        ("Look whether it is switched on. Ann moved from 1 to 2",
         "Ist es eingeschaltet? von 1 nach 2 ist Ann gezogen"),
        ("Something else. nobody answered.", "Something else. niemand hat abgehoben."),
        (" nobody answered\n", " niemand hat abgehoben\n"),
        ("never heard of this", "never heard of this"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_is_found_by_its_template_and_what_is_in_it_by_its_own(english: str, german: str) -> None:
    assert BOOK.said(english) == german


def test_of_two_templates_the_one_that_says_more_is_meant() -> None:
    known = book(a="room {what}=Z {what}", b="room {number} is vacant=Z {number} ist frei")
    assert known.said("room 5 is vacant") == "Z 5 ist frei"


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("room 212", "Zimmer 212"),
        ("room 212, guest “Will, room 5”, with others, from room 5",
         "Zimmer 212, Gast “Will, room 5”, mit anderen, von Zimmer 5"),
        ("room “a b”.", "Zimmer “a b”."),
        ("room needs towels", "room needs towels"),
        ("with him, and her", "bei him, and her"),
    ],
)  # fmt: skip
def test_a_word_in_a_list_is_no_more_than_that(english: str, german: str) -> None:
    known = {
        "room {word}": "Zimmer {word}", "guest {word}": "Gast {word}", "with others": "mit anderen",
        "with {them}": "bei {them}", "from {where}": "von {where}",
    }  # fmt: skip
    assert Phrasebook(known, lambda _: None).said(english) == german


@given(st.text(max_size=300))
def test_no_text_is_ever_lost_or_fails(text: str) -> None:
    assert BOOK.said(text) is not None
    if not any(word in text for word in ("Room", "nobody", "moved", "phone", "Look")):
        assert BOOK.said(text) == text


def test_a_text_that_nearly_matches_over_and_over_is_quick() -> None:
    text = "Ann moved from 1 moved from " * 200
    assert BOOK.said(text) == text
    for many in ("a, ", "room, ", "the. ", "nobody answered; "):
        assert BOOK.said(many * 20_000).endswith(many)
    assert BOOK.said("nobody answered; " * 99).endswith("niemand hat abgehoben; ")
    assert BOOK.said("x" * 100_000 + " moved from ") == "x" * 100_000 + " moved from "


def test_a_moment_is_written_so_in_a_sentence_too() -> None:
    said = "212: 2026-11-28 06:30; 45 s; 12.40 EUR"
    assert tongue("zh").said(said) == "212: 2026年11月28日 06:30; 45秒; €12.40"


@pytest.mark.parametrize(
    ("english", "german", "chinese"),
    [
        ("Sunday 29 November 06:30, in 5 h 10 min", "Sonntag, 29. November 06:30, in 5 Std. 10 Min.",
         "11月29日星期日 06:30（5小时 10分钟后）"),
        ("Tuesday 4 May 2027 06:30:10", "Dienstag, 4. Mai 2027 06:30:10", "2027年5月4日星期二 06:30:10"),
        ("12.40 EUR", "12,40\N{NO-BREAK SPACE}€", "€12.40"),
        ("Sat 2026-11-28 06:30", "28.11.2026 06:30", "2026年11月28日 06:30"),
        ("2026-13-41", "2026-13-41", "2026-13-41"),
        ("45 s", "45 Sek.", "45秒"),
        ("1.05", "1.05", "1.05"),  # may be a room
        ("12.345 EUR", "12,345\N{NO-BREAK SPACE}€", "€12.345"),
        ("04:00, 05:00 and 06:30", "04:00, 05:00 und 06:30", "04:00, 05:00和06:30"),
        ("Mr and Mrs Smith", "Mr and Mrs Smith", "Mr and Mrs Smith"),
    ],
)  # fmt: skip
def test_moments_lengths_and_amounts_are_written_as_people_there_do(
    english: str, german: str, chinese: str
) -> None:
    assert tongue("de").said(english) == german
    assert tongue("zh").said(english) == chinese
    assert tongue("en").said(english) == english


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('phrase("one of them")', ["one of them"]),
        ('phrase(f"Room {row.room}: {why(row)}, {day:%a}{{}}")', ["Room {room}: {why}, {day}{{}}"]),
        ('phrase(f"{a.n} of {b.n}")', ["{n} of {n2}"]),
        ('phrase("yes" if x else f"no, {why}")', ["yes", "no, {why}"]),
        ('phrase("part one, "\n f"part {two}")', ["part one, part {two}"]),
        ('raise Refusal("code", f"There is no room {room}.")', ["There is no room {room}."]),
        ("escalation.raise_alarm(tx, rules, now, kind, f'x{y}', f'It {failed}')", ["It {failed}"]),
        ('phrase(f"{a} {b}")', []),
        ('print("not this")', []),
    ],
)
def test_what_is_said_is_collected_from_the_source(source: str, wanted: list[str]) -> None:
    found = [text for _, _, text, _ in extract(io.BytesIO(source.encode()), None, None, None)]
    assert found == wanted


def test_no_two_blanks_stand_side_by_side_where_nobody_can_tell_them_apart() -> None:
    with (LOCALE / "said.de.po").open("rb") as written:
        known = [Template.of(str(one.id)) for one in read_po(written) if one.id]
    assert not [one.blanks for one in known if "" in one.fixed[1:-1]]


@pytest.mark.parametrize("code", ["de", "zh"])
@pytest.mark.parametrize("locale", [LOCALE, *PLUGINS], ids=lambda place: place.parent.name)
def test_each_sentence_of_the_catalogue_is_found_as_itself_and_as_no_other(locale: Path, code: str) -> None:
    with (locale / f"said.{code}.po").open("rb") as written:
        known = {str(one.id): str(one.string) for one in read_po(written) if one.id and one.string}
    said_by = tongue(code).said if locale == LOCALE else tongue(code).heard
    for english, other in known.items():
        filled = {name: f"<{place}>" for place, name in enumerate(Template.of(english).blanks)}
        said = said_by(english.format(**filled))
        assert _words(said) == _words(other.format(**filled))


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("the PMS answers", "das PMS antwortet"),
        ("no connection: Connection was refused by other side: 111: Connection refused; tried again in 2 s",
         "keine Verbindung: Verbindung wurde von der Gegenseite abgelehnt: 111: Verbindung abgelehnt; "
         "neuer Versuch in 2 Sek."),
        ("GI names no room (RN), ignored", "GI nennt kein Zimmer (RN), ignoriert"),
        ("not found (NG): “no such guest”", "nicht gefunden (NG): “no such guest”"),
        ("file guests.csv, now in `failed`: line 12: names no room (and 3 more)",
         "Datei guests.csv, jetzt in `failed`: Zeile 12: nennt kein Zimmer (und 3 weitere)"),
    ],
)  # fmt: skip
def test_what_a_plugin_says_is_found_in_its_own_catalogue(english: str, german: str) -> None:
    assert tongue("de").said(english) == german
    assert tongue("en").heard(english) == english


def test_in_a_message_of_the_pms_the_word_of_the_plugin_counts() -> None:
    message = "in the house: room 332, with others, reservation 35869, guest “Will, no”, group Smith Wedding"
    wanted = "在住: 房间 332, 与他人同住, 预订号 35869, 客人 “Will, no”, 团队 Smith Wedding"
    assert tongue("zh").heard(message) == wanted


def _words(text: str) -> str:
    """Without what only joins a part to another."""
    return text.strip().lstrip(" ,;，；")


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("EMERGENCY CALL: 144 was dialled in room 1.05, on phone 105 (om20) at 06:25:21. Go there, and let"
         " help in.",
         "NOTRUF: 144 gewählt in Zimmer 1.05, an Telefon 105 (om20), um 06:25:21. Bitte hingehen und die"
         " Helfer einlassen."),
        ("heard (Anna, 06:31)", "gehört (Anna, 06:31)"),
        ("It is over. 8 rooms are still to be woken by hand: 301, 302; see its list.",
         "Es ist vorbei. Noch 8 Zimmer sind von Hand zu wecken: 301, 302; siehe die Liste des Alarms."),
        ("a guest checked in to 319: room 319 is occupied",
         "ein Gast hat in 319 eingecheckt: Zimmer 319 ist belegt"),
        ("cancelled by note", "storniert von note"),
        ("call record OU: 200 to “A to 305, said by fias”, 12 s",
         "Gesprächsdatensatz OU: 200 an “A to 305, said by fias”, 12 Sek."),
        ("Rounded half up to 0.01: 1.125 becomes 1.13", "Kaufmännisch gerundet auf 0,01: 1,125 wird 1,13"),
    ],
)  # fmt: skip
def test_no_name_number_or_word_of_a_guest_is_changed_on_the_way(english: str, german: str) -> None:
    assert tongue("de").said(english) == german


def test_a_text_with_the_signs_that_stand_for_names_is_left_alone() -> None:
    assert tongue("de").said("nobody answered “x” \ue000") == "nobody answered “x” \ue000"
