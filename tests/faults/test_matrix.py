"""The matrix over a gateway process as it is served: every connector, every way to fail, every kind of question."""

from __future__ import annotations

import json
import math

import pytest

from faults.cells import Cell
from faults.matrix import UNTIMED, Matrix, run
from faults.page import last_line, left_out, table
from faults.timing import Timing
from orderweave.config import installed
from orderweave_sdk.manifest import Capability


@pytest.mark.systems
async def test_every_system_fails_in_every_way() -> None:
    """Whatever fails, each question is answered in time with the rest and the reason that fits, no secret is told, no
    answer is a 5xx, and afterwards the answers are as before. Speed is left to `make faults`.
    """
    told: list[str] = []
    matrix = await run(UNTIMED, told.append)
    assert matrix.problems == []
    assert (matrix.failed, matrix.gateway_5xx, matrix.bare) == (0, 0, [])
    tried: dict[tuple[str, str], set[str]] = {}
    for cell in matrix.cells:
        tried.setdefault((cell.system, cell.breakage), set()).add(cell.question)
    # A line a system, such as "erp (tryton): 16 ways to fail".
    assert {line.partition("(")[2].partition(")")[0] for line in told} == set(installed().connectors)
    assert {system for system, _ in tried} == {line.partition(" ")[0] for line in told}
    connector_of = {line.partition(" ")[0]: line.partition("(")[2].partition(")")[0] for line in told}
    for (system, breakage), asked in tried.items():
        manifest = installed().connectors[connector_of[system]]().manifest
        stock = {"stock"} if Capability.READ_STOCK in manifest.capabilities else set()
        # A system that keeps others' numbers and cannot be asked by them has no part in their orders when it joins.
        alone = bool(manifest.references) and not manifest.lookups.keys() & set(manifest.references)
        asks = "own order" if alone else "order"
        assert asked >= {asks, "unaffected"} | stock, (system, breakage)


def cell(question: str, *, again: bool = False, problems: tuple[str, ...] = ()) -> Cell:
    """A cell of the ERP being down."""
    return Cell(
        system="erp",
        breakage="DOWN",
        question=question,
        seconds=0.25,
        recovery=0.5,
        reasons=("UNREACHABLE",),
        problems=problems,
        again=again,
    )


def matrix_of(*cells: Cell, timings: list[Timing], leaks: list[str]) -> Matrix:
    """A matrix of these."""
    return Matrix(
        cells=list(cells),
        timings=timings,
        left_out={"erp": {"DRIP": "it has no line", "RESET": "it has no line"}},
        bare=["acme"],
        leaks=leaks,
        gateway_5xx=0,
        answers=10,
    )


TIMING = Timing(system="erp", breakage="DOWN", well=[0.010, 0.020, 0.030], broken=[0.021, 0.022, 0.011])


def test_table_and_last_line() -> None:
    """A row a failure with the worst of its cells, and JSON with what was tried and the ratio over all blocks."""
    matrix = matrix_of(cell("order"), cell("list", again=True), timings=[TIMING], leaks=[])
    assert table(matrix).splitlines()[2:] == [
        "| erp | DOWN | `UNREACHABLE` | 2, 1 at the second try | 0.25 | 0.50 | 20.0 | 21.0 | 1.05 |"
    ]
    assert list(left_out(matrix)) == [
        "erp: DRIP, RESET cannot be tried: it has no line",
        "acme: ships no simulator and was left out",
    ]
    assert json.loads(last_line(matrix)) == {
        "cells": 3,
        "failed": 0,
        "gateway_5xx": 0,
        "p99_ratio_unaffected": 1.05,
    }


def test_what_fails_is_counted_and_told() -> None:
    """A cell, a figure and a leak are a failure each, and each is told with its place."""
    slow = Timing(system="erp", breakage="DOWN", well=[0.01] * 12, broken=[0.02] * 12)
    matrix = matrix_of(cell("order", problems=("it is late",)), timings=[slow], leaks=["the log holds a secret"])
    assert matrix.failed == 3
    assert matrix.problems == [
        "erp DOWN order: it is late",
        "erp DOWN (unaffected): questions that do not need it have 2.00 of their p99",
        "the log holds a secret",
    ]
    assert "| 1, 1 FAILED |" in table(matrix)


def test_nothing_timed_has_no_ratio() -> None:
    """Without timings the ratio is null, and the row has no figures."""
    matrix = matrix_of(cell("order"), timings=[], leaks=[])
    assert json.loads(last_line(matrix))["p99_ratio_unaffected"] is None
    assert table(matrix).endswith("| 0.25 | 0.50 | — | — | — |")
    assert math.isclose(TIMING.ratio, 1.05)
