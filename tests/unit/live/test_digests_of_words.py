"""The systems' own words of money and returns are a change to whoever may read them, and to nobody else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from orderweave.live.digests import changed, facets_shown, of_order
from orderweave.model.order import Order
from orderweave.model.rights import Scope
from orderweave_sdk.records import (
    Facet,
    Invoice,
    Payment,
    PaymentStatus,
    Return,
    ReturnStatus,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from tests.unit.live.test_digests import ORDER, every_rights


def worded(**words: str) -> Order:
    """It with a payment, an invoice and a return, of which one has another word of its system."""
    movement = Transaction(
        external_id="t1",
        kind=TransactionKind.SALE,
        raw_kind=words.get("kind"),
        status=TransactionStatus.SUCCESS,
        raw_status=words.get("transaction"),
    )
    payment = Payment(
        external_id="p1", status=PaymentStatus.PAID, raw_status=words.get("payment"), transactions=(movement,)
    )
    return replace(
        ORDER,
        payments=(payment,),
        invoices=(Invoice(external_id="i1", raw_status=words.get("invoice")),),
        returns=(Return(external_id="r1", status=ReturnStatus.OPEN, raw_status=words.get("return")),),
    )


@pytest.mark.parametrize(
    ("word", "facet", "scopes"),
    [
        ("payment", Facet.PAYMENTS, {Scope.FINANCIALS}),
        ("transaction", Facet.PAYMENTS, {Scope.FINANCIALS}),
        ("kind", Facet.PAYMENTS, {Scope.FINANCIALS}),
        ("invoice", Facet.INVOICES, {Scope.FINANCIALS}),
        ("return", Facet.RETURNS, set()),
    ],
)
def test_own_words_of_money_and_returns(word: str, facet: Facet, scopes: set[Scope]) -> None:
    """Another word of the system alone is told to whoever may read where things are known from, beside the part."""
    for rights in every_rights():
        before, after = (of_order(order, facets_shown(rights), rights) for order in (worded(), worded(**{word: "x"})))
        sees = {*scopes, Scope.PROVENANCE} <= rights.scopes
        assert changed(before, after) == ((facet.value,) if sees else ())
