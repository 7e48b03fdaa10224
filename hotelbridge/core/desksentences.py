"""What the desk is told about something it typed or pasted: a stable code, where it stands, and a sentence.

The sentences are templates in one table, so that they can be collected and translated (`N_` marks them
for gettext); the records carry only the code and what is put in. Whoever shows one may translate it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hotelbridge.texts import N_

DID_YOU_MEAN = N_("Did you mean {near}?")
SENTENCES: Mapping[str, str] = {
    # the line as a whole
    "too_long": N_("This line is far too long."),
    "control_sign": N_("There is a sign here that cannot be seen. Please type the line anew."),
    "not_a_command": N_("{word} is neither a room nor one of w, x, up and ?."),
    "too_much": N_("{word} does not belong here."),
    # rooms
    "room_missing": N_("Which room?"),
    "room_missing_in_list": N_("A room is missing beside the comma."),
    "no_such_room": N_("There is no room {word}."),
    "range_colon": N_("Write a range of rooms with a colon: {near}."),
    "range_turned": N_("{word} runs backwards: write {near}."),
    "not_a_range": N_("{word} is not a range of rooms: write its first and its last room, 110:120."),
    "rooms_apart": N_("{word} is a room too: write several rooms with commas between them."),
    "one_room": N_("Only one room at a time here."),
    # times and days
    "time_missing": N_("At what time?"),
    "not_a_time": N_("{word} is not a time: write it like 0630, 6.30p or +20m."),
    "day_missing": N_("A day is missing behind {word}: write fri, tomorrow or 2026-11-30."),
    "not_a_day": N_("{word} is not a day: write fri, tomorrow or 2026-11-30."),
    "no_such_day": N_("There is no day {word} in the calendar."),
    "day_over": N_("{word} is over. If next year's is meant, write the year as well."),
    "not_days": N_("{word} are no days of the week: write daily, mon-fri or mon,wed."),
    "days_missing": N_("The days are missing behind {word}: write every mon,wed."),
    "day_with_moment": N_("{other} says its day already: leave {word} away."),
    "which_day": N_("{word} may be either of two days: {first}; or {second}. Write {day1} or {day2}."),
    "until_alone": N_("A last day needs the days before it: write daily or mon-fri as well."),
    "too_many_days": N_("{word} is not from d1 to d99."),
    # the other options
    "said_twice": N_("{word} is one too many: {other} was said before it."),
    "minutes_missing": N_("The minutes are missing behind {word}: write again 10."),
    "not_minutes": N_("{word} is not a number of minutes from 1 to 180."),
    "language_missing": N_("The language is missing behind {word}: write lang de."),
    "not_a_language": N_("{word} is not the code of a language: write lang de."),
    "not_understood": N_(
        "{word} is not understood here. If it is a note, put it in quotes or behind a colon."
    ),
    "note_too_long": N_("The note is longer than 500 characters."),
    # how something was read that could be read otherwise
    "room_first": N_("{word} is read as the room and {time} as the time."),
    "room_first_both": N_(
        "Room first: {word} is read as the room and {time} as the time, not the other way."
    ),
    "time_first": N_("{time} is read as the time and {word} as the room."),
    "verb_first": N_("{word} is read as the key, not as room {word}."),
    "room_not_key": N_("{word} is read as room {word}, not as the key."),
    "note_open": N_("The note goes on to the end of the line: its second quotation mark is missing."),
    # sheets
    "row_no_room": N_("No room was found in this line."),
    "row_no_time": N_("No time was found in this line."),
    "row_not_a_time": N_("{word} is not a time of day."),
    "row_part_of_day": N_("{word} may be {first}, or as a part of the day {second}: write it like 06:30."),
    "row_rooms": N_("Which is the room: {words}?"),
    "row_times": N_("Which is the time: {words}?"),
    "row_too_long": N_("This line is too long to be read."),
    "row_comment": N_("This line begins with #: it is not read."),
    "row_title": N_("This line is taken for a title."),
    "row_header": N_("This line names the columns."),
    "sheet_too_long": N_("Only the first {lines} lines were read. Paste the rest by itself."),
    "sheet_room_first": N_("Both columns could be the rooms: the first was taken, the other as the times."),
}


HINTS: Mapping[str, str] = {  # what comes next in a line that is being typed
    "start": N_("a room to wake; x cancels, up: the guest is up, ? shows a room"),
    "room": N_("the room: 214, or 110,111, or 110:120"),
    "time": N_("the time: 0630, 6.30p or +20m; Enter shows the room"),
    "time_only": N_("the time: 0630, 6.30p or +20m"),
    "options": N_("tomorrow, fri, daily, mon-fri, until fri, d2, vip, knock, again 10, digit, de, : note"),
    "cancel": N_("Enter cancels what is next; or the time and day of the one meant"),
    "awake": N_("Enter; or : and how it is known"),
    "enter": N_("Enter"),
    "minutes": N_("minutes until the second call, 1 to 180"),
    "day": N_("a day: fri, tomorrow, 2026-11-30"),
    "days": N_("days of the week: mon,wed or mon-fri"),
    "language": N_("a language: de, en, zh"),
    "note": N_("a note, to the end of the line"),
}


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing to tell, and where what it is about stands in the line."""

    code: str  # a key of SENTENCES, stable for programs
    start: int = 0  # columns of the line, counted from 0, the end not included;
    end: int = 0  # both the same where something is missing, at that place
    args: tuple[tuple[str, str], ...] = ()
    near: str = ""  # the known word that may be meant; empty: none is near

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """The sentence to show; `translate` takes an English template and gives it in another language."""
        words = {"near": self.near, **dict(self.args)}
        template = SENTENCES[self.code]
        said = translate(template).format(**words)
        asks = self.near and "{near}" not in template
        return f"{said} {translate(DID_YOU_MEAN).format(near=self.near)}" if asks else said
