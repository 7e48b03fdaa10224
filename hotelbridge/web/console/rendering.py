"""Templates to pages: one environment for each language, everything escaped, nothing undefined."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hotelbridge.core.readback import clock_of
from hotelbridge.web.console import auditwords, callwords, glances, roomlists, words
from hotelbridge.web.console.languages import LANGUAGES, Tongue, lasted, tongue
from hotelbridge.web.console.security import HEADERS, form_token
from hotelbridge.web.console.static import StaticFiles
from hotelbridge.web.console.visit import HOME, Visit
from hotelbridge.web.routing import ADMIN, DESK, MONEY, Answer

HTML = "text/html; charset=utf-8"
FILES = StaticFiles()


@functools.cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=PackageLoader("hotelbridge.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    spoken = tongue(language)
    install: Any = made.install_gettext_callables  # type: ignore[attr-defined]
    install(spoken.gettext, spoken.ngettext, newstyle=True)
    made.filters.update(_filters(spoken))
    made.globals.update(_words(spoken))
    return made


def _filters(spoken: Tongue) -> dict[str, Callable[..., Any]]:
    """How a template writes what is behind its `|`."""
    return dict(
        at_a_desk=words.at_a_desk,
        clock=clock_of,
        lasted=lasted,
        day=spoken.day,
        iso_day=lambda text: spoken.day(date.fromisoformat(text)),
        long_day=spoken.long_day,
        said=spoken.said,
        heard=lambda entry: (spoken.heard if entry.link == "pms" else spoken.said)(entry.words),
        full_day=spoken.full_day,
        moment=spoken.moment,
        month=spoken.month,
        zone_city=spoken.zone_city,
    )


def _words(spoken: Tongue) -> dict[str, Any]:
    """What a template may call by name."""
    return dict(
        money=spoken.money,
        price=spoken.price,
        static=FILES.address,
        languages=LANGUAGES,
        home=HOME,
        fresh_key=lambda: secrets.token_urlsafe(12),
        state=functools.partial(words.state, spoken),
        result=functools.partial(words.result, spoken),
        place=lambda origin: " ".join(filter(None, auditwords.where(spoken, origin))),
        kind=functools.partial(words.kind, spoken),
        noted=functools.partial(words.noted, spoken),
        proof=functools.partial(words.proof, spoken),
        change_word=functools.partial(words.change, spoken),
        happened=functools.partial(words.happened, spoken),
        tongue_name=functools.partial(words.language, spoken),
        charge_state=functools.partial(callwords.charge_state, spoken),
        to_do=functools.partial(callwords.to_do, spoken),
        call_kind=functools.partial(callwords.call_kind, spoken),
        summed_by=functools.partial(callwords.summed_by, spoken),
        part=functools.partial(callwords.part, spoken),
        trouble=functools.partial(callwords.trouble, spoken),
        rooms_to_do=roomlists.to_do,
        in_short=roomlists.runs,
        ahead=functools.partial(words.ahead, spoken),
        line_class=functools.partial(words.line_class, spoken),
        sync=functools.partial(words.sync, spoken),
        sync_of=glances.sync_of,
        setting=functools.partial(words.setting, spoken),
        setting_value=functools.partial(words.setting_value, spoken),
    )


def html(visit: Visit, template: str, status: int = 200, /, **shown: object) -> Answer:
    """A page, or a piece of one, in the language of whoever asks."""
    made = _environment(visit.language).get_template(template)
    return Answer(made.render(_always(visit) | shown), status, HTML, HEADERS)


def csv(text: str, name: str) -> Answer:
    """A table for a spreadsheet, to be kept under this name."""
    kept = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(text, content_type="text/csv; charset=utf-8", headers=kept)


def see(address: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Send the browser on; what it came with is not sent again."""
    return Answer("", 303, HTML, {**HEADERS, "Location": address, **(headers or {})})


def _always(visit: Visit) -> dict[str, Any]:
    """What every template may use."""
    return {
        "visit": visit,
        "language": visit.language,
        "mark": FILES.mark,
        "csrf": form_token(visit.token) if visit.token else "",
        "at_desk": visit.may(DESK),
        "as_admin": visit.may(ADMIN),
        "with_money": visit.may(MONEY),
        "now": _now(visit),
    }


def _now(visit: Visit) -> datetime | None:
    return None if visit.hotel is None else visit.hotel.now
