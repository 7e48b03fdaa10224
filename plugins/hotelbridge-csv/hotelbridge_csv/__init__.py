"""A PMS that can write and read files: a watched folder instead of an interface."""

__version__ = "0.1.0"
