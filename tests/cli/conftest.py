"""The databases of the store's tests, for the daemons that run here."""

from tests.store.conftest import postgres, postgres_database, postgres_url

__all__ = ["postgres", "postgres_database", "postgres_url"]
