"""Figures, made by hand with `make bench`: never part of the tests."""
