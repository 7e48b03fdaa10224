"""What the guest (or the line) does when a simulated phone is rung: scripts, and their short text form.

A phone holds a list of scripts; each call that reaches it takes the next one, the last one repeats.
Knows nothing of the exchange that plays them. All times are seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answers:
    """Rings for `after`, is lifted, is put down after `talk` (None: held until the device clears)."""

    after: float = 5.0
    talk: float | None = 20.0
    keys: tuple[tuple[float, str], ...] = ()  # (seconds after lifting, keys pressed)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody comes; the device gives up after `rings` (None: rings for ever, until it is cleared)."""

    rings: float | None = 30.0
    bye: bool = False  # whether the device also pushes BYE
    cdr: bool = False  # whether it also pushes a CDR of duration 0


@dataclass(frozen=True, slots=True)
class Busy:
    """The phone is in a call of its own: FAILED 6 (busy) or 4 (other call)."""

    code: int = 6
    frees_after: float | None = None  # push the phone's IDLE so long after the refusal


@dataclass(frozen=True, slots=True)
class Fails:
    """The device refuses at once, with one of the codes of chapter 2.4.3."""

    code: int = 1


@dataclass(frozen=True, slots=True)
class Offline:
    """The IP phone is not registered: FAILED 3, or 8."""

    code: int = 3


@dataclass(frozen=True, slots=True)
class Silent:
    """Accepted, and then no report at all, whatever the phone does."""

    rings: float | None = 30.0  # 0: the phone does not even ring
    answers_after: float | None = None


@dataclass(frozen=True, slots=True)
class ReplyLost:
    """The command is executed, as `then` says, but the connection drops without a reply."""

    then: Answers | NoAnswer | Silent = field(default_factory=Answers)


@dataclass(frozen=True, slots=True)
class Dropped:
    """The connection drops without a reply, and the command is not executed either."""


USUAL = Answers()

Script = Answers | NoAnswer | Busy | Fails | Offline | Silent | ReplyLost | Dropped

# Names for what is rung most often.
RINGS_FOR_EVER = NoAnswer(rings=None)
LIFT_AND_DROP = Answers(after=5.0, talk=2.0)
NOT_EXIST = Fails(7)
NO_CIRCUIT = Fails(5)
TEMP_FAILURE = Fails(1)
ANSWERED_BUT_REPLY_LOST = ReplyLost(Answers())


def parse_script(text: str) -> Script:
    """One script from words: `answer 5 20`, `no-answer 30`, `busy 4`, `lost answer 5 20`, ...

    Raises ValueError that names the words there are.
    """
    word, *rest = text.split() or [""]
    if word == "lost":
        then = parse_script(" ".join(rest or ["answer"]))
        if not isinstance(then, Answers | NoAnswer | Silent):
            raise ValueError(
                f"{text!r}: after `lost` only answer, no-answer, rings-for-ever or silent can come"
            )
        return ReplyLost(then)
    if word not in _WORDS:
        raise ValueError(f"{text!r} is no script; the words are: {', '.join([*_WORDS, 'lost'])}")
    try:
        return _WORDS[word]([float(number) for number in rest])
    except (ValueError, IndexError) as error:
        raise ValueError(f"{text!r}: {word} takes {_TAKES[word]}") from error


def parse_scripts(text: str) -> list[Script]:
    """Several scripts, parted by commas: `no-answer 20, busy, answer 5 20`."""
    return [parse_script(part) for part in text.split(",")]


def _answer(numbers: list[float]) -> Script:
    after, talk = [*numbers, *(5.0, 20.0)[len(numbers) :]]
    return Answers(after, talk)


def _held(numbers: list[float]) -> Script:
    (after,) = numbers or [5.0]
    return Answers(after, None)


def _lift_and_drop(numbers: list[float]) -> Script:
    after, talk = [*numbers, *(5.0, 2.0)[len(numbers) :]]
    return Answers(after, talk)


def _no_answer(numbers: list[float]) -> Script:
    (rings,) = numbers or [30.0]
    return NoAnswer(rings)


def _silent(numbers: list[float]) -> Script:
    (rings,) = numbers or [30.0]
    return Silent(rings)


def _busy(numbers: list[float]) -> Script:
    if len(numbers) > 2:
        raise ValueError(numbers)
    return Busy(int(numbers[0]) if numbers else 6, numbers[1] if len(numbers) == 2 else None)


def _coded(make: Callable[[int], Script], default: int) -> Callable[[list[float]], Script]:
    def read(numbers: list[float]) -> Script:
        (code,) = numbers or [default]
        return make(int(code))

    return read


def _plain(script: Script) -> Callable[[list[float]], Script]:
    def read(numbers: list[float]) -> Script:
        if numbers:
            raise ValueError(numbers)
        return script

    return read


_WORDS: dict[str, Callable[[list[float]], Script]] = {
    "answer": _answer,
    "held": _held,
    "lift-and-drop": _lift_and_drop,
    "no-answer": _no_answer,
    "rings-for-ever": _plain(RINGS_FOR_EVER),
    "busy": _busy,
    "offline": _coded(Offline, 3),
    "fail": _coded(Fails, 1),
    "not-exist": _plain(NOT_EXIST),
    "no-circuit": _plain(NO_CIRCUIT),
    "silent": _silent,
    "dropped": _plain(Dropped()),
}
_TAKES = {
    "answer": "the seconds until the phone is lifted and the seconds until it is put down",
    "held": "the seconds until the phone is lifted",
    "lift-and-drop": "the seconds until the phone is lifted and the seconds until it is put down",
    "no-answer": "the seconds it rings",
    "rings-for-ever": "no number",
    "busy": "the code (6 or 4) and the seconds until the phone is free",
    "offline": "the code (3 or 8)",
    "fail": "the code (1 to 8)",
    "not-exist": "no number",
    "no-circuit": "no number",
    "silent": "the seconds it rings unreported",
    "dropped": "no number",
}
