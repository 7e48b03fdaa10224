"""`hotelbridge charges`: what calls cost, where each charge stands, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from hotelbridge.commands import chargereports
from hotelbridge.commands.access import Given, api_options
from hotelbridge.commands.apiclient import Api, Hotel, Problem
from hotelbridge.commands.calls import cost, has_price, length, more_of, newest, stands, which_calls, words_of
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.rooms import reach
from hotelbridge.commands.words import clean, exact, raw, short, table

CHARGES = ("id", "started", "length", "room", "whose", "number", "to", "amount", "state", "why")
LINES = ("at", "by", "what", "text")
OUTCOMES = ("posted", "written_off", "held")
YES_NO = ("yes", "no")
# What a refusal of the desk asks for, as it is typed here.
ADVICE = {
    "on_folio_unknown": "Say --on-folio yes or --on-folio no.",
    "guest_gone": "Say --room ROOM or --house; or `hotelbridge charges resolve`.",
    "which_guest": "Say --room ROOM, in a shared room with --reservation; or --house.",
    "amount_needed": "Say --amount.",
    "note_needed": "Say --note.",
    "not_offered": "See `hotelbridge charges resolve`.",
}

_by = click.option("--by", metavar="NAME", required=True, help="Who decides.")
_note = click.option("--note", help="Why; kept with the charge.")


@click.group(cls=WordGroup)
def charges() -> None:
    """Charges for calls: list, show, post again, settle by hand; reports, and whether all adds up."""


chargereports.add_to(charges)


@charges.command("list")
@which_calls
@api_options
@click.pass_context
def list_(ctx: click.Context, /, **asked: Any) -> None:
    """List charges, the newest first; with --open those that are not settled."""
    api, hotel, typed = reach(ctx)
    found = newest(api, hotel, "charges", asked)
    if typed.json:
        click.echo(raw(found))
        return
    rows = list(map(_row, found["items"]))
    click.echo("\n".join([table(CHARGES, rows), *more_of(found)]) if rows else "There is no such charge.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    return (
        one["id"], exact(one["started"]), length(one["seconds"]), one["room"], _whose(one), one["number"],
        one["destination"], cost(one), words_of(one["state"]), one["reason"],
    )  # fmt: skip


def _whose(one: dict[str, Any]) -> str:
    """The guest, or the reservation where names are not for us; or the account of the house."""
    if one["account"]:
        return f"account {one['account']}"
    return " ".join(part for part in (one["guest"], one["reservation"]) if part)


@charges.command()
@click.argument("id", type=int)
@api_options
@click.pass_context
def show(ctx: click.Context, id: int) -> None:
    """Show the charge ID: its call, the sum behind it, and all that happened to it."""
    api, hotel, typed = reach(ctx)
    found = api.ask("GET", f"{hotel.path}/charges/{id}")
    click.echo(raw(found) if typed.json else "\n".join(_shown(found, hotel.today.isoformat())))


def _shown(one: dict[str, Any], today: str) -> Iterator[str]:
    room = f"room {clean(one['room'])}" if one["room"] else "no room"
    whose = f", {clean(_whose(one))}" if _whose(one) else ""
    yield f"Charge {one['id']}: {stands(one)}; {room}{whose}."
    yield from _where(one)
    yield from _call(one["call"])
    yield from _erased(one, today)
    yield "\nThe sum:"
    yield from (f"  {clean(line)}" for line in one["explanation"]["lines"])
    yield from _compared(one)
    yield "\nWhat happened:"
    yield table(LINES, ((exact(line["at"]), line["by"], line["what"], line["text"]) for line in one["lines"]))


def _where(one: dict[str, Any]) -> Iterator[str]:
    """Where it was sent to, and what was said of that."""
    if one["posting"] is not None:
        sent = f", {short(one['sent'])}" if one["sent"] else ""
        yield f"Sent to {clean(one['posted_to'])} as number {one['posting']}{sent}."
    if one["next"]:
        yield f"To be tried {short(one['next'])}."
    if one["reason"]:
        yield f"{words_of(one['state']).capitalize()}: {clean(one['reason'])}."
    if one["by"]:
        note = f": {clean(one['note'])}" if one["note"] else ""
        yield f"Decided by {clean(one['by'])}{note}."


def _call(call: dict[str, Any]) -> Iterator[str]:
    trunk = f" by trunk {clean(call['trunk'])}" if call["trunk"] else ""
    phones = f"{clean(call['caller']) or 'the exchange'} to {clean(call['called'])}"
    yield f"The call: {exact(call['started'])}, {length(call['seconds'])}, from {phones}{trunk}."
    yield f"Record {clean(call['record'])} of {clean(call['device'])}: {clean(call['why'])}."


def _erased(one: dict[str, Any], today: str) -> Iterator[str]:
    """What of people is forgotten when: days of the hotel, which sort as they are written."""
    kinds = (("The dialled number", "number_erased"), ("The guest's name", "guest_erased"))
    for what, key in kinds if one["guest"] else kinds[:1]:
        if one[key] is None:
            until = "the charge is settled" if key == "number_erased" else "he has left and all is settled"
            yield f"{what} is kept until {until}."
        else:
            yield f"{what} {'was' if one[key] < today else 'will be'} erased on {one[key]}."


def _compared(one: dict[str, Any]) -> Iterator[str]:
    agrees, amount = one["explanation"]["agrees"], f"{one['amount']} {one['currency']}"
    if agrees is not None and has_price(one):
        yield f"  This {'is' if agrees else 'is NOT'} what was charged: {amount}."


@charges.command()
@click.argument("id", type=int)
@click.option("--on-folio", type=click.Choice(YES_NO), help="Of an uncertain one: was it found there?")
@click.option("--room", help="To the guest in this room, whose it is from then on.")
@click.option("--reservation", help="In a shared room: whose.")
@click.option("--house", is_flag=True, help="To the account of the house.")
@click.option("--amount", help="Of one that has no price: 0.50, in the hotel's currency.")
@_by
@_note
@api_options
@click.pass_context
def retry(ctx: click.Context, /, id: int, on_folio: str | None, house: bool, **asked: str | None) -> None:
    """Post the charge ID again, under a new number; or say that it is on the folio."""
    if house and asked["room"]:
        raise click.UsageError("one of --room and --house at a time.")
    api, hotel, typed = reach(ctx)
    body: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
    if on_folio is not None:
        body["on_folio"] = on_folio == "yes"
    if house:
        body["account"] = True
    _decide(api, hotel, typed, f"{id}/retry", body)


@charges.command()
@click.argument("id", type=int)
@click.option(
    "--outcome",
    type=click.Choice(OUTCOMES),
    required=True,
    help="On the folio, by whatever way; paid by nobody; or, while it is queued, not to be posted yet.",
)
@click.option("--amount", help="What was put on the folio, where the charge has no price: 0.50.")
@click.option(
    "--on-folio", type=click.Choice(YES_NO), help="Of an uncertain one to be written off: was it found there?"
)
@_by
@_note
@api_options
@click.pass_context
def resolve(ctx: click.Context, /, id: int, on_folio: str | None, **asked: str | None) -> None:
    """Settle the charge ID by hand."""
    api, hotel, typed = reach(ctx)
    body: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
    if on_folio is not None:
        body["on_folio"] = on_folio == "yes"
    _decide(api, hotel, typed, f"{id}/resolve", body)


def _decide(api: Api, hotel: Hotel, typed: Given, what: str, body: dict[str, Any]) -> None:
    try:
        done = api.ask("POST", f"{hotel.path}/charges/{what}", body)
    except Problem as problem:
        if problem.code not in ADVICE:
            raise
        raise Problem(f"{problem.detail} {ADVICE[problem.code]}", problem.code) from problem
    click.echo(raw(done) if typed.json else clean(done["said"]))
