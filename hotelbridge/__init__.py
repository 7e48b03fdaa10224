"""hotelbridge: the daemon between a hotel's property management system and its telephone exchange."""

__version__ = "0.1.0"
