"""The report of the story: a mark for each promise, and what was seen where one was not kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotelbridge.demo.evidence import Evidence
from hotelbridge.demo.promises import Broken, Promise


@dataclass(frozen=True, slots=True)
class Chapter:
    """The promises of one scene."""

    title: str
    promises: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise, held against the evidence."""

    promise: Promise
    broken: Broken | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One scene's promises, judged."""

    title: str
    verdicts: tuple[Verdict, ...]


def judge(chapters: Iterable[Chapter], evidence: Evidence) -> list[Judged]:
    """Look at every promise."""
    return [
        Judged(chapter.title, tuple(Verdict(one, one.look(evidence)) for one in chapter.promises))
        for chapter in chapters
    ]


def all_kept(judged: Iterable[Judged]) -> bool:
    """Whether nothing was broken."""
    return all(verdict.broken is None for chapter in judged for verdict in chapter.verdicts)


def written(judged: Iterable[Judged], seconds: float) -> str:
    """The report as text."""
    lines: list[str] = []
    kept = broken = 0
    for chapter in judged:
        lines += ["", chapter.title]
        for verdict in chapter.verdicts:
            lines += _lines(verdict)
            kept, broken = kept + (verdict.broken is None), broken + (verdict.broken is not None)
    end = (
        f"All {kept} promises were kept"
        if not broken
        else f"{broken} of {kept + broken} promises were BROKEN"
    )
    return "\n".join([*lines, "", f"{end}, in {seconds:.0f} s."])


def _lines(verdict: Verdict) -> list[str]:
    if verdict.broken is None:
        return [f"  kept    {verdict.promise.sentence}"]
    return [
        f"  BROKEN  {verdict.promise.sentence}",
        f"            expected: {verdict.broken.expected}",
        f"            seen:     {verdict.broken.seen}",
    ]
