"""The token that a running daemon leaves beside its store, for the command line of whoever may read it.

A new one for each run. The one before stays good until the next start: somebody may have read it a
moment ago, and there is no instant at which the file names a token that is refused, whenever the
program dies.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

from hotelbridge.core.records import Role
from hotelbridge.services.callers import token_hash
from hotelbridge.store import tokens
from hotelbridge.store.database import Database, Tx

NAME = "local"


def name_on(node: str) -> str:
    """What the token of a node is called: several nodes may share a store."""
    return f"{NAME}@{node}"


def is_ours(name: str) -> bool:
    """Whether a name belongs to tokens of the daemon."""
    return name == NAME or name.startswith(name_on(""))


async def leave(db: Database, node: str, file: Path, now: datetime) -> str:
    """Make a token and put it into the file; refuse those of earlier runs from now on."""
    token = secrets.token_urlsafe(32)
    before = token_hash(file.read_text("utf-8").strip()) if file.exists() else ""

    def add(tx: Tx) -> None:
        tokens.add(tx, "", name_on(node), Role.ADMIN, token_hash(token), now)

    def revoke(tx: Tx) -> None:
        tokens.revoke(tx, name_on(node), now, keep=(token_hash(token), before))

    await db.run(add)
    _put(file, token + "\n")
    await db.run(revoke)
    return token


def _put(file: Path, text: str) -> None:
    """Replace the file in one step; nobody else may read it."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)
