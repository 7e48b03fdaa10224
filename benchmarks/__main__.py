"""`make bench`: every figure of the README in one run."""

from benchmarks import due, guests, past, rating, reports

for part in (reports, due, past, guests, rating):
    part.main()
