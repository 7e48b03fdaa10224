"""`make bench`: every figure of the README in one run."""

from benchmarks import charges, console, due, guests, past, posting, rating, reports

for part in (reports, due, past, guests, rating, charges, posting, console):
    part.main()
