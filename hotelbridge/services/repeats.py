"""A request that comes again under the same Idempotency-Key gets its first answer, and does nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from hotelbridge.errors import Refusal
from hotelbridge.services.effects import Effect
from hotelbridge.services.views import Once, Replay, render
from hotelbridge.store import answers
from hotelbridge.store.database import Tx

T = TypeVar("T")


def kept(tx: Tx, property: str, key: Once | None) -> Replay | None:
    """The first answer to this request. Refuses `idempotency_key_reused`."""
    found = None if key is None else answers.kept(tx, property, key.key, key.caller)
    if key is None or found is None:
        return None
    if found.fingerprint != key.fingerprint:
        raise Refusal(
            "idempotency_key_reused",
            "This was sent before with something else in it: look what became of that first.",
        )
    first = json.loads(found.answer)
    return Replay(first["status"], first["body"])


def once(tx: Tx, property: str, key: Once | None, now: datetime, act: Callable[[], T]) -> T | Replay:
    """Do it, unless the same request was answered before: then give that answer again."""
    first = kept(tx, property, key)
    if first is not None:
        return first
    answer = act()
    if key is not None:
        text = json.dumps({"status": key.status, "body": render(answer)})
        answers.keep(tx, property, key.key, key.caller, key.fingerprint, text, now)
    return answer


def once_with_effects(
    tx: Tx, property: str, key: Once | None, now: datetime, act: Callable[[], tuple[T, Sequence[Effect]]]
) -> tuple[T | Replay, list[Effect]]:
    """`once`, for what wants something done after the commit; a repeat wants nothing."""
    effects: list[Effect] = []

    def do() -> T:
        answer, follow = act()
        effects.extend(follow)
        return answer

    return once(tx, property, key, now, do), effects
