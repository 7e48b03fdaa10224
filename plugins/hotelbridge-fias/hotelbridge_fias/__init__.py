"""FIAS for hotelbridge: how OPERA, Suite8, protel and many others speak to a telephone exchange."""

__version__ = "1.0.0"
