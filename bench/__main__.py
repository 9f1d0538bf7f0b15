"""`python -m bench [--quick]` measures what a query costs, `--memory` what becomes of memory; `--page` writes page and
plot again from the results files."""

from __future__ import annotations

import argparse
import sys

import msgspec

from bench import page
from bench.measuring import FULL, QUICK, measure
from bench.memory import QUERIES, QUICK_QUERIES, load_memory, measure_memory, save_memory
from bench.results import load, results, save


def main() -> int:
    """Measure and write; the last line printed is JSON. 1 when Orderweave itself could not run."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the comparison at 16 clients alone, or fewer queries")
    parser.add_argument("--memory", action="store_true", help="memory after many queries and many documents")
    parser.add_argument("--page", action="store_true", help="write the page and the plot from the last results")
    given = parser.parse_args()
    if given.page:
        page.write(load(), load_memory())
        return 0
    return _memory(quick=given.quick) if given.memory else _compare(quick=given.quick)


def _compare(*, quick: bool) -> int:
    found = results(measure(QUICK if quick else FULL))
    save(found)
    page.write(found, load_memory())
    print(page.tables(found))
    print(found.last_line())
    if "orderweave" in found.absent:
        print(f"Orderweave itself could not run: {found.absent['orderweave']}", file=sys.stderr)
        return 1
    return 0


def _memory(*, quick: bool) -> int:
    found = measure_memory(QUICK_QUERIES if quick else QUERIES)
    save_memory(found)
    try:
        page.write(load(), found)
    except (FileNotFoundError, msgspec.ValidationError):
        print("the page waits for the next comparison: there are no results of one yet", file=sys.stderr)
    print(page.memory_tables(found))
    print(found.last_line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
