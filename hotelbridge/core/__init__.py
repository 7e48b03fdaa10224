"""The pure heart: standard library only, no I/O, and time is always an argument."""
