"""The schema in numbered steps, for Alembic; `schema.py` runs them."""
