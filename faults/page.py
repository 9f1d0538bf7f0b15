"""The matrix as a reader sees it: one table, what was left out, and the line of JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from faults.cells import Cell
from faults.matrix import Matrix
from faults.timing import Timing

_HEADER = (
    "| system | failure | reason given | questions | slowest s | healed s | p99 ms well | p99 ms failing | ratio |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def table(matrix: Matrix) -> str:
    """A row for each system and failure."""
    timings = {(timing.system, timing.breakage): timing for timing in matrix.timings}
    rows: dict[tuple[str, str], list[Cell]] = {}
    for cell in matrix.cells:
        rows.setdefault((cell.system, cell.breakage), []).append(cell)
    return "\n".join([_HEADER, *(_row(place, cells, timings.get(place)) for place, cells in rows.items())])


def _row(place: tuple[str, str], cells: list[Cell], timing: Timing | None) -> str:
    reasons = sorted({reason for cell in cells for reason in cell.reasons})
    failed = sum(bool(cell.problems) for cell in cells)
    again = sum(cell.again and not cell.problems for cell in cells)
    figures = ["—"] * 3
    if timing is not None:
        well, broken = (1000 * _middle(values) for values in (timing.well, timing.broken))
        figures = [f"{well:.1f}", f"{broken:.1f}", f"{timing.ratio:.2f}"]
    entries = [
        *place,
        ", ".join(f"`{reason}`" for reason in reasons) or "none: the answer is whole",
        f"{len(cells)}{f', {again} at the second try' if again else ''}{f', {failed} FAILED' if failed else ''}",
        f"{max(cell.seconds for cell in cells):.2f}",
        f"{max(cell.recovery for cell in cells):.2f}",
        *figures,
    ]
    return f"| {' | '.join(entries)} |"


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def left_out(matrix: Matrix) -> Iterator[str]:
    """A line for each reason why something was not tried."""
    for system, causes in matrix.left_out.items():
        by_cause: dict[str, list[str]] = {}
        for name, cause in causes.items():
            by_cause.setdefault(cause, []).append(name)
        for cause, names in by_cause.items():
            yield f"{system}: {', '.join(names)} cannot be tried: {cause}"
    for connector in matrix.bare:
        yield f"{connector}: ships no simulator and was left out"


def last_line(matrix: Matrix) -> str:
    """The whole in one line of JSON."""
    return json.dumps(
        {
            "cells": matrix.count,
            "failed": matrix.failed,
            "gateway_5xx": matrix.gateway_5xx,
            "p99_ratio_unaffected": None if matrix.ratio is None else round(matrix.ratio, 3),
        }
    )
