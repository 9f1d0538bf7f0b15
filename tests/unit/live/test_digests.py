"""Of which changes a caller is told: of none in a facet whose fields they may not see."""

from __future__ import annotations

import pytest

from orderweave.config.roles import BUILT_IN
from orderweave.live.digests import seen_by
from orderweave.model.rights import Rights, Scope
from orderweave_sdk.records import Facet

GOODS = {Facet.HEADER, Facet.LINES, Facet.FULFILLMENT, Facet.TRACKING, Facet.RETURNS, Facet.TIMELINE}
PEOPLE = {Facet.CUSTOMER, Facet.ADDRESSES}
MONEY = {Facet.PAYMENTS, Facet.INVOICES}


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        (frozenset(Scope), set(Facet)),
        (BUILT_IN["customer"].scopes, GOODS | PEOPLE | MONEY),
        (frozenset({Scope.ORDERS}), GOODS),
        (frozenset({Scope.ORDERS, Scope.PERSONAL}), GOODS | PEOPLE),
        (frozenset({Scope.ORDERS, Scope.FINANCIALS}), GOODS | MONEY),
        (frozenset({Scope.ORDERS, Scope.PROVENANCE}), GOODS | {Facet.HOLDS}),
    ],
    ids=["all", "customer", "goods", "people", "money", "provenance"],
)
def test_what_one_may_not_see_does_not_change(scopes: frozenset[Scope], told: set[Facet]) -> None:
    """A customer is not told that their order was held back, nor a picker that somebody paid."""
    assert seen_by(Rights(scopes=scopes), [facet.value for facet in Facet]) == tuple(
        facet.value for facet in Facet if facet in told
    )
