"""`python -m bench [--quick]` measures; `python -m bench --page` writes page and plot again from the results file."""

from __future__ import annotations

import argparse
import sys

from bench import page
from bench.measuring import FULL, QUICK, measure
from bench.results import load, results, save


def main() -> int:
    """Measure and write; the last line printed is JSON. 1 when Orderweave itself could not run."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the comparison at 16 clients alone")
    parser.add_argument("--page", action="store_true", help="write the page and the plot from the last results")
    given = parser.parse_args()
    if given.page:
        page.write(load())
        return 0
    found = results(measure(QUICK if given.quick else FULL))
    save(found)
    page.write(found)
    print(page.tables(found))
    print(found.last_line())
    if "orderweave" in found.absent:
        print(f"Orderweave itself could not run: {found.absent['orderweave']}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
