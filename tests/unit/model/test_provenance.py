"""Which failures a record from the cache makes up for."""

from __future__ import annotations

import pytest

from orderweave.model.provenance import IssueReason, SourceIssue, stands_for, unmet_of
from orderweave_sdk.records import Facet


def issue(system: str, message: str, *facets: Facet) -> SourceIssue:
    """A system that could not be reached."""
    return SourceIssue(system=system, reason=IssueReason.UNREACHABLE, message=message, facets=facets)


DOWN = issue("erp", "by reference: no connection", Facet.LINES, Facet.HEADER)


@pytest.mark.parametrize(
    ("other", "made_up"),
    [
        (DOWN, True),
        (issue("erp", "by reference: no connection", Facet.LINES, Facet.HEADER, Facet.HOLDS), True),
        (issue("erp", "by number: no connection", Facet.LINES), True),
        (issue("erp", "by number: no connection", Facet.LINES, Facet.HOLDS), False),
        (issue("wms", "by reference: no connection", Facet.LINES), False),
    ],
)
def test_what_a_record_makes_up_for(other: SourceIssue, made_up: bool) -> None:
    """The failure in whose place it stands, and others of that system about no more facets; no other system's."""
    assert stands_for(other, DOWN) is made_up
    assert not stands_for(other, None)


def test_each_failure_behind_an_unmet_age_is_told_once() -> None:
    """Records that are older than was asked tell the failures behind them, each once; those young enough tell none."""
    wms = issue("wms", "no connection")
    assert unmet_of([(True, DOWN), (True, DOWN), (False, wms), (True, None)]) == (DOWN,)
    assert unmet_of([(False, DOWN)]) == ()
