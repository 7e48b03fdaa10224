"""Alembic's way in: runs the steps on the connection that `schema.py` hands over.

There is no ini file and no other way to start it: the URL, the lock and the backup are decided there.
"""

from __future__ import annotations

from alembic import context

from hotelbridge.store import tables
from hotelbridge.store.schema import check_references, include_name

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Row.metadata,
    render_as_batch=True,  # SQLite cannot alter most things: it copies the table
    transaction_per_migration=True,
    transactional_ddl=True,  # also SQLite's, since we begin its transactions ourselves
    on_version_apply=check_references,
    include_name=include_name,
)
with context.begin_transaction():
    context.run_migrations()
