"""`hotelbridge recorder`, `why` and `resync`: what came and went by the links, and what it led to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import click

from hotelbridge.commands.access import api_options
from hotelbridge.commands.apiclient import Api
from hotelbridge.commands.rooms import reach, room_path
from hotelbridge.commands.words import clean, moment, printed, raw, short, table
from hotelbridge.core.guests import Direction

PAUSE = 2.0  # seconds between two looks of --follow
AT_ONCE = 100  # messages of one request
LONGEST_LOOK = 20  # requests, where few messages are about the room that is asked for
SHOWN_ROOMS = 8  # of one part of a resync's difference
RESYNCS = ("id", "begun", "ended", "state", "decided by", "at", "difference")
JOURNAL = ("at", "by", "what", "text", "message")


# --- the flight recorder ---


def _number(ctx: click.Context, option: click.Parameter, text: str | None) -> str | None:
    """The number of a record: 17, or r17 as it is shown."""
    if text is None:
        return None
    number = text.removeprefix("r")
    if not (number.isascii() and number.isdigit()):
        raise click.BadParameter(f"{text!r} is not the number of a record, such as 17 or r17")
    return number


@click.command()
@click.option("--room", help="Only what speaks of this room.")
@click.option(
    "--record", metavar="N", callback=_number, help="This one alone, as an alarm or `why` names it."
)
@click.option("--link", help="Only of this link: pms, or the name of a telephone exchange.")
@click.option(
    "--direction", type=click.Choice([one.value for one in Direction]), help="Came in, or went out."
)
@click.option("--before", help="Earlier than this, by the hotel's time: 2026-11-24T06:30.")
@click.option("--limit", type=click.IntRange(1, 5000), default=50, show_default=True, help="How many.")
@click.option("--raw", "bytes_too", is_flag=True, help="Each as it was on the wire, too.")
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@api_options
@click.pass_context
def recorder(ctx: click.Context, /, limit: int, bytes_too: bool, follow: bool, **asked: str | None) -> None:
    """Show what came and went by the links, decoded, the newest at the end."""
    api, hotel, typed = reach(ctx)
    path = f"{hotel.path}/recorder"
    found = _last(api, path, asked, limit)
    if typed.json:
        click.echo(raw({"items": found, "next": None}))
        return
    _print(reversed(found), bytes_too)
    if not found and not follow:
        click.echo("Nothing of that kind is recorded.")
    seen = {one["id"] for one in found}
    while follow:
        threading.Event().wait(PAUSE)
        news = _news(api, path, asked, seen)
        _print(reversed(news), bytes_too)
        seen |= {one["id"] for one in news}


def _last(api: Api, path: str, asked: dict[str, str | None], limit: int) -> list[dict[str, Any]]:
    """The last messages, newest first, in as many requests as it takes."""
    found: list[dict[str, Any]] = []
    wanted = {name: value for name, value in asked.items() if value}
    for _ in range(max(LONGEST_LOOK, limit // AT_ONCE + 1)):
        query = wanted | {"limit": str(min(AT_ONCE, limit - len(found)))}
        answer = api.ask("GET", f"{path}?{urlencode(query)}")
        found += answer["items"]
        if answer["next"] is None or len(found) >= limit:
            break
        wanted |= {"cursor": answer["next"]}
    return found


def _news(api: Api, path: str, asked: dict[str, str | None], seen: set[str]) -> list[dict[str, Any]]:
    """What came since, newest first; some of it is saved a little later than what came after it."""
    found: list[dict[str, Any]] = []
    wanted = {name: value for name, value in asked.items() if value} | {"limit": str(AT_ONCE)}
    for _ in range(LONGEST_LOOK):
        answer = api.ask("GET", f"{path}?{urlencode(wanted)}")
        fresh = [one for one in answer["items"] if one["id"] not in seen]
        found += fresh
        if answer["next"] is None or len(fresh) < len(answer["items"]):
            break
        wanted |= {"cursor": answer["next"]}
    return found


def _print(entries: Iterable[dict[str, Any]], bytes_too: bool) -> None:
    for one in entries:
        click.echo("\n".join(_entry(one, bytes_too)))


def _entry(one: dict[str, Any], bytes_too: bool) -> Iterator[str]:
    at = moment(one["at"])
    assert at is not None
    way = "->" if one["direction"] == Direction.OUT else "<-"
    room = f" [{', '.join(clean(room) for room in one['rooms'])}]" if one["rooms"] else ""
    effect = f" => {clean(one['effect'])}" if one["effect"] else ""
    waiting = " (waits)" if one["waiting"] else ""
    link = f" {clean(one['link'])}" if one["link"] else ""
    when = f"{at:%Y-%m-%d %H:%M:%S}{_part(at)} {clean(one['id'])}"
    yield f"{when} {way}{link}{room} {clean(one['words'])}{effect}{waiting}"
    if bytes_too and one["body"]:
        yield from (f"    {line}" for line in printed(one["body"]).splitlines())


def _part(at: datetime) -> str:
    return f".{at.microsecond // 1000:03}"


# --- why ---


@click.command()
@click.argument("room")
@api_options
@click.pass_context
def why(ctx: click.Context, room: str) -> None:
    """Say why ROOM is as it is: why it is barred, who is in it, what its phones hold and by which rule."""
    api, hotel, typed = reach(ctx)
    found = api.ask("GET", f"{room_path(hotel, room)}/why")
    click.echo(raw(found) if typed.json else "\n".join(_why(found)))


def _why(found: dict[str, Any]) -> Iterator[str]:
    yield from (clean(sentence) for sentence in found["said"])
    if found["journal"]:
        yield "\nThe journal, newest first:"
        yield table(JOURNAL, map(_line, found["journal"]))
    if found["records"]:
        yield "\nThe last messages about it:"
        for one in reversed(found["records"]):
            yield from _entry(one, bytes_too=False)


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    return short(one["at"]), one["by"], one["what"], one["text"], one["record"]


# --- resyncs ---


@click.command()
@click.option("--ask", "asking", is_flag=True, help="Ask the PMS to tell how everything stands.")
@click.option("--apply", "applied", type=int, metavar="N", help="Make the house as resync N told it.")
@click.option("--dismiss", "dismissed", type=int, metavar="N", help="Leave the house as it is.")
@click.option("--by", metavar="NAME", help="Who says so.")
@api_options
@click.pass_context
def resync(
    ctx: click.Context, asking: bool, applied: int | None, dismissed: int | None, by: str | None
) -> None:
    """List the resyncs of the PMS and what each would change; ask for one; decide on one."""
    if asking + (applied is not None) + (dismissed is not None) > 1:
        raise click.UsageError("one of --ask, --apply and --dismiss at a time.")
    decided = applied if applied is not None else dismissed
    if decided is not None and not by:
        raise click.UsageError("who decides? Give --by NAME.")
    api, hotel, typed = reach(ctx)
    if asking:
        done = api.ask("POST", f"{hotel.path}/resync", {"by": by} if by else {})
    elif decided is not None:
        what = "apply" if applied is not None else "dismiss"
        done = api.ask("POST", f"{hotel.path}/resyncs/{decided}/{what}", {"by": by})
    else:
        found = api.all(f"{hotel.path}/resyncs")
        click.echo(raw(found) if typed.json else _resyncs(found["items"]))
        if not typed.json:
            for link in api.all(f"{hotel.path}/links")["items"]:
                if link.get("resync"):
                    click.echo(f"{clean(link['link'])}: {clean(link['resync'])}.")
        return
    click.echo(raw(done) if typed.json else clean(done["said"]))


def _resyncs(found: list[dict[str, Any]]) -> str:
    if not found:
        return "The PMS has not told how everything stands yet."
    return table(RESYNCS, map(_resync, found))


def _resync(one: dict[str, Any]) -> tuple[object, ...]:
    return (one["id"], short(one["begun"]), short(one["ended"]), one["state"], one["decided_by"],
            short(one["decided_at"]), _difference(one["difference"] or {}))  # fmt: skip


def _difference(found: dict[str, Any]) -> str:
    """Each part of it: how many and in which rooms, or what."""
    return ", ".join(f"{name}: {_part_of(value)}" for name, value in found.items() if value)


def _part_of(value: object) -> str:
    if not isinstance(value, list):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    rooms = [str(one["room"]) for one in value if isinstance(one, dict) and "room" in one]
    more = ", ..." if len(rooms) > SHOWN_ROOMS else ""
    return f"{len(value)} ({', '.join(rooms[:SHOWN_ROOMS])}{more})" if rooms else str(len(value))
