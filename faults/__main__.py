"""`python -m faults [--quick]` lets every system fail in every way and tells what became of the answers."""

from __future__ import annotations

import argparse
import asyncio
import sys

from faults.matrix import FULL, QUICK, run
from faults.page import last_line, left_out, table
from faults.timing import MOST_RATIO


def main() -> int:
    """Run the matrix; the last line printed is JSON. 1 when anything did not hold."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one system of each connector, and fewer rounds of timing")
    given = parser.parse_args()
    matrix = asyncio.run(run(QUICK if given.quick else FULL, lambda told: print(told, file=sys.stderr, flush=True)))
    print(table(matrix))
    print("\n".join(left_out(matrix)))
    for problem in matrix.problems:
        print(f"FAILED {problem}")
    print(last_line(matrix))
    well = not matrix.failed and not matrix.gateway_5xx and (matrix.ratio or 0) <= MOST_RATIO
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
