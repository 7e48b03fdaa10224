"""`python -m hotelbridge` is the command line."""

from hotelbridge.cli import main

main(prog_name="hotelbridge")
