"""What the desk reads of links, clocks, messages and resyncs: a sign and a word for each."""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.core.records import Standing
from hotelbridge.services.views import LinkView
from hotelbridge.texts import N_
from hotelbridge.web.console.languages import Tongue
from hotelbridge.web.console.words import Word

_LAYERS = {
    "connected": (N_("connected"), N_("not connected"), N_("not known whether connected")),
    "alive": (N_("alive"), N_("silent"), N_("not known whether alive")),
    "flowing": (N_("data flowing"), N_("no data flows"), N_("not known whether data flows")),
    "reporting": (N_("reports arrive"), N_("no reports arrive"), N_("no report yet")),
}
_TONES = {True: ("●", "ok"), False: ("✕", "bad"), None: ("○", "warn")}
_STANDINGS = {
    Standing.AGREED: ("●", N_("in order"), "ok"),
    Standing.DOUBTED: ("⚠", N_("in question"), "bad"),
    Standing.HELD: ("⚠", N_("wrong: guests are woken by the right time all the same"), "warn"),
}
_RESYNCS = {
    "open": ("◔", N_("being told"), "call"),
    "asking": ("⚠", N_("to be decided"), "bad"),
    "applied": ("✓", N_("applied"), "ok"),
    "dismissed": ("–", N_("dismissed"), "mute"),
    "dropped": ("–", N_("dropped for a later one"), "mute"),
}
_STEPS = {
    "comes": ("+", N_("would come"), "ok"),
    "goes": ("−", N_("would go"), "bad"),
    "moves": ("→", N_("would move"), "call"),
    "changes": ("≠", N_("would change"), ""),
}
_DONE = {"comes": N_("came"), "goes": N_("went"), "moves": N_("moved"), "changes": N_("changed")}
STEPS = tuple(_STEPS)


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link with the words of its layers."""

    view: LinkView
    layers: tuple[Word, ...]

    @property
    def down(self) -> bool:
        """Whether a layer of it is known to be broken."""
        return False in self.view.layers.values()


def link_line(tongue: Tongue, view: LinkView) -> LinkLine:
    """A link to be shown."""
    return LinkLine(view, tuple(layer(tongue, name, up) for name, up in view.layers.items()))


def layer(tongue: Tongue, name: str, up: bool | None) -> Word:
    """How one layer of a link is."""
    sign, tone = _TONES[up]
    good, bad, unknown = _LAYERS.get(name, (name, name, name))
    return Word(sign, tongue.gettext(good if up else unknown if up is None else bad), tone)


def standing(tongue: Tongue, standing: Standing) -> Word:
    """How the server's clock is regarded."""
    return _word(tongue, _STANDINGS[standing])


def resync(tongue: Tongue, state: str) -> Word:
    """Where a resync stands."""
    return _word(tongue, _RESYNCS.get(state, ("", state, "")))


def step(tongue: Tongue, name: str, *, done: bool) -> Word:
    """What a resync would do with a guest, or has done."""
    sign, text, tone = _STEPS[name]
    return _word(tongue, (sign, _DONE[name] if done else text, tone))


def drift(tongue: Tongue, seconds: float) -> str:
    """By how much a clock differs from the house's; ahead is positive for the house."""
    whole = round(abs(seconds))
    if not whole:
        return tongue.gettext("the same")
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, N_("h")), (minutes, N_("min")), (rest, N_("s"))]
    span = " ".join([f"{count} {tongue.gettext(unit)}" for count, unit in parts if count][:2])
    pattern = N_("{span} behind") if seconds > 0 else N_("{span} ahead")
    return tongue.gettext(pattern).format(span=span)


def _word(tongue: Tongue, known: tuple[str, str, str]) -> Word:
    sign, text, tone = known
    return Word(sign, tongue.gettext(text), tone)
