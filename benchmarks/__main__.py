"""`make bench`: every figure of the README in one run."""

from benchmarks.reports import main

main()
