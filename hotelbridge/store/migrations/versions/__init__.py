"""One module per step. A released one is never changed."""
