"""`make bench`: every figure of the README in one run."""

from benchmarks import due, past, reports

for part in (reports, due, past):
    part.main()
