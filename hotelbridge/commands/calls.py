"""`hotelbridge calls`: what the telephone exchange recorded of calls; and what lists of calls share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

import click

from hotelbridge.commands.access import api_options
from hotelbridge.commands.apiclient import PIECE, Api, Hotel
from hotelbridge.commands.bookings import options
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.rooms import reach
from hotelbridge.commands.words import exact, raw, table
from hotelbridge.core.charges import UNPOSTED, ChargeState

F = TypeVar("F", bound=Callable[..., Any])

CALLS = ("id", "started", "length", "room", "phone", "from", "to", "trunk", "kind", "charge", "why")

which_calls = options(
    click.option("--room", help="Made from this room."),
    click.option("--reservation", help="Charged to this reservation."),
    click.option("--state", "states", multiple=True, type=click.Choice([one.value for one in ChargeState]),
                 help="Whose charge is in this state; may be given several times."),
    click.option("--open", "only_open", is_flag=True, help="Whose charge is not settled."),
    click.option("--from", "since", metavar="DAY", help="By the hotel's time: 2026-11-24, yesterday, "
                 "2026-11-24T18:00."),
    click.option("--to", "until", metavar="DAY", help="The same; a day is all of it."),
    click.option("--number", help="Digits anywhere in the number."),
    click.option("--trunk", help="By this trunk."),
    click.option("--account", help="Charged to this account of the house."),
    click.option("--limit", type=click.IntRange(1, 50_000), default=100, show_default=True,
                 help="How many, the newest."),
)  # fmt: skip


@click.group(cls=WordGroup)
def calls() -> None:
    """Calls as the telephone exchange recorded them."""


@calls.command("list")
@which_calls
@api_options
@click.pass_context
def list_(ctx: click.Context, /, **asked: Any) -> None:
    """List calls, the newest first, with what became of each."""
    api, hotel, typed = reach(ctx)
    found = newest(api, hotel, "call-records", asked)
    if typed.json:
        click.echo(raw(found))
        return
    rows = list(map(_row, found["items"]))
    click.echo("\n".join([table(CALLS, rows), *more_of(found)]) if rows else "There is no such call.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    charge = one["charge"]
    return (
        one["id"], exact(one["started"]), length(one["seconds"]), one["room"], one["phone"], one["caller"],
        one["called"], one["trunk"], one["kind"], "" if charge is None else stands(charge), one["why"],
    )  # fmt: skip


# --- what others use too ---


def newest(api: Api, hotel: Hotel, what: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The newest of a list, as many as are wanted, in as many requests as it takes; `next` where more are."""
    wanted, left = _query(hotel, asked), int(asked["limit"])
    items: list[Any] = []
    while True:
        query = urlencode(wanted | {"limit": str(min(left, PIECE))})
        answer: dict[str, Any] = api.ask("GET", f"{hotel.path}/{what}?{query}")
        items += answer["items"]
        left -= len(answer["items"])
        if answer["next"] is None or left <= 0:
            return {"items": items, "next": answer["next"]}
        wanted["cursor"] = answer["next"]


def _query(hotel: Hotel, asked: dict[str, Any]) -> dict[str, str]:
    given = {name: asked[name] for name in ("room", "reservation", "number", "trunk", "account")}
    given["state"] = ",".join(asked["states"])
    given["open"] = "true" if asked["only_open"] else None
    given["from"], given["to"] = (day_back(hotel, asked[name]) for name in ("since", "until"))
    return {name: str(value) for name, value in given.items() if value}


def day_back(hotel: Hotel, text: str | None) -> str | None:
    """A day of the past as people type it; the API reads the others."""
    back = {"today": 0, "yesterday": 1}.get((text or "").strip().lower())
    return text if back is None else (hotel.today - timedelta(days=back)).isoformat()


def more_of(found: dict[str, Any]) -> list[str]:
    """A line where a list goes on."""
    return ["There are older ones: see --from, --to and --limit."] if found["next"] is not None else []


def length(seconds: int) -> str:
    """How long a call was: 0:50, 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def cost(charge: dict[str, Any]) -> str:
    """What a charge comes to; nothing where it is free, and words where it has no price yet."""
    if charge["state"] == ChargeState.FREE:
        return ""
    return f"{charge['amount']} {charge['currency']}" if has_price(charge) else "no price yet"


def has_price(charge: dict[str, Any]) -> bool:
    """Whether its amount is one: what is not settled and comes to nothing waits for somebody to name it."""
    return bool(charge["minor"]) or charge["state"] not in UNPOSTED


def stands(charge: dict[str, Any]) -> str:
    """What a charge comes to, and where it stands."""
    if not has_price(charge):
        return f"{words_of(charge['state'])}, {cost(charge)}"
    return f"{cost(charge)} {words_of(charge['state'])}".strip()


def words_of(state: str) -> str:
    """A state as people say it."""
    return state.replace("_", " ")
