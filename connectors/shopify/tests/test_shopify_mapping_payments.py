"""Transactions become payments, with a status that follows from sums."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_sdk.records import Money, PaymentStatus, TransactionKind, TransactionStatus
from orderweave_shopify.mapping_payments import payments
from orderweave_shopify.payloads import TransactionPayload


def bag(amount: str) -> dict[str, Any]:
    """A money bag in dollars."""
    return {"shopMoney": {"amount": amount, "currencyCode": "USD"}}


def usd(amount: str) -> Money:
    """Dollars."""
    return Money(Decimal(amount), "USD")


def transaction(id_: int, kind: str, amount: str, status: str = "SUCCESS", **fields: Any) -> TransactionPayload:
    """One transaction."""
    wire = {"id": f"t{id_}", "kind": kind, "status": status, "amountSet": bag(amount), "gateway": "card", **fields}
    return msgspec.convert(wire, TransactionPayload, strict=False)


@pytest.mark.parametrize(
    ("transactions", "status"),
    [
        ([transaction(1, "SALE", "10")], PaymentStatus.PAID),
        ([transaction(1, "AUTHORIZATION", "10")], PaymentStatus.AUTHORIZED),
        ([transaction(1, "EMV_AUTHORIZATION", "10"), transaction(2, "CAPTURE", "10", parentTransaction={"id": "t1"})],
         PaymentStatus.PAID),
        ([transaction(1, "AUTHORIZATION", "10"), transaction(2, "CAPTURE", "4", parentTransaction={"id": "t1"})],
         PaymentStatus.PARTIALLY_PAID),
        ([transaction(1, "AUTHORIZATION", "10"), transaction(2, "VOID", "10", parentTransaction={"id": "t1"})],
         PaymentStatus.VOIDED),
        ([transaction(1, "SALE", "10"), transaction(2, "REFUND", "10", parentTransaction={"id": "t1"})],
         PaymentStatus.REFUNDED),
        ([transaction(1, "SALE", "10"), transaction(2, "REFUND", "3", parentTransaction={"id": "t1"})],
         PaymentStatus.PARTIALLY_REFUNDED),
        ([transaction(1, "SALE", "10"), transaction(2, "REFUND", "3", "FAILURE", parentTransaction={"id": "t1"})],
         PaymentStatus.PAID),
        ([transaction(1, "SALE", "10", "AWAITING_RESPONSE")], PaymentStatus.PENDING),
        ([transaction(1, "SALE", "10", "FAILURE")], PaymentStatus.FAILED),
        ([transaction(1, "SALE", "10", "UNKNOWN")], PaymentStatus.UNKNOWN),
    ],
)  # fmt: skip
def test_a_payments_status_comes_from_its_sums(transactions: list[TransactionPayload], status: PaymentStatus) -> None:
    """Money that moved decides; a failed movement counts for nothing; words speak only where nothing moved."""
    (payment,) = payments(transactions, []).payments
    assert payment.status is status
    assert payment.external_id == "t1"
    assert payment.raw_status is None  # Shopify has no word for it


def test_a_transaction_with_words_that_nobody_mapped() -> None:
    """It is UNKNOWN twice beside the words."""
    (payment,) = payments([transaction(1, "SWAP", "10", "IN_LIMBO")], []).payments
    (found,) = payment.transactions
    assert (found.kind, found.raw_kind) == (TransactionKind.UNKNOWN, "SWAP")
    assert (found.status, found.raw_status) == (TransactionStatus.UNKNOWN, "IN_LIMBO")


def test_transactions_are_grouped_to_payments() -> None:
    """By the payment they name, or by the chain they hang on; a till's change lowers what was taken."""
    found = payments(
        [
            transaction(1, "AUTHORIZATION", "10", paymentId="pay-1"),
            transaction(2, "CAPTURE", "10", parentTransaction={"id": "t1"}),
            transaction(3, "SALE", "50", gateway="cash"),
            transaction(4, "CHANGE", "8", parentTransaction={"id": "t3"}),
        ],
        [],
    )
    assert [(item.external_id, item.captured, len(item.transactions)) for item in found.payments] == [
        ("pay-1", usd("10"), 2),
        ("t3", usd("42"), 2),
    ]
