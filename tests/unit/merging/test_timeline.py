"""What happened to the order, oldest first, each thing once, with who says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from orderweave.model.order import Order
from orderweave_sdk.records import (
    Happening,
    Header,
    Payment,
    Payments,
    PaymentStatus,
    Refund,
    ShipmentStatus,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from tests.unit.businesses import NOON
from tests.unit.merging.orders import event, merge, says, sent, shipment


def at(hours: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hours)


def read(order: Order) -> list[tuple[float, str, str | None, str]]:
    """The timeline as hours after noon, kind, words and system."""
    return [
        ((entry.occurred_at - NOON).total_seconds() / 3600, entry.kind, entry.message, entry.system)
        for entry in order.timeline
    ]


def test_dated_facts_of_all_systems_stand_in_order_of_time() -> None:
    """Placed, paid, shipped, delivered, refunded and canceled follow from what systems state, whoever states it."""
    payments = Payments(
        payments=(
            Payment(
                external_id="p",
                status=PaymentStatus.PAID,
                transactions=(
                    transaction("1", TransactionKind.AUTHORIZATION, 1),
                    transaction("2", TransactionKind.CAPTURE, 2),
                    transaction("3", TransactionKind.SALE, 3, TransactionStatus.FAILURE),
                    transaction("4", TransactionKind.SALE, None),
                ),
            ),
        ),
        refunds=(Refund(external_id="r", created_at=at(9), note="broken"), Refund(external_id="s")),
    )
    parcel = shipment(
        "w",
        tracking="A",
        status=ShipmentStatus.DELIVERED,
        shipped_at=at(4),
        events=(event(8, ShipmentStatus.DELIVERED),),
    )
    order = merge(
        says("erp", header=Header(placed_at=at(0.5), canceled_at=at(10))),
        says("shop", header=Header(placed_at=at(0)), payments=payments),
        says("wms", fulfillment=sent(parcel)),
    )
    assert read(order) == [
        (0, "PLACED", None, "shop"),
        (2, "PAID", None, "shop"),
        (4, "SHIPPED", None, "wms"),
        (8, "DELIVERED", None, "wms"),
        (9, "REFUNDED", "broken", "shop"),
        (10, "CANCELED", None, "erp"),
    ]


def transaction(
    external_id: str,
    kind: TransactionKind,
    hours: float | None,
    status: TransactionStatus = TransactionStatus.SUCCESS,
) -> Transaction:
    """A transaction so many hours after noon."""
    processed = None if hours is None else at(hours)
    return Transaction(external_id=external_id, kind=kind, status=status, processed_at=processed)


def test_what_a_system_tells_is_not_told_again() -> None:
    """The shop's own "Placed in the online store" stands for the fact that follows from its date."""
    order = merge(
        says(
            "shop",
            header=Header(placed_at=at(0)),
            timeline=(Happening(occurred_at=at(0), kind="PLACED", message="Placed in the online store"),),
        )
    )
    assert read(order) == [(0, "PLACED", "Placed in the online store", "shop")]


def test_the_same_word_of_two_systems_stands_once() -> None:
    """Under the more believed; other words at the same instant stand beside it, in a fixed order."""

    def note(message: str) -> Happening:
        return Happening(occurred_at=at(1), kind="NOTE", message=message)

    order = merge(says("erp", timeline=(note("b"), note("a"))), says("shop", timeline=(note("b"),)))
    assert read(order) == [(1, "NOTE", "a", "erp"), (1, "NOTE", "b", "shop")]


def test_two_shipments_of_one_instant_are_two_entries() -> None:
    """Their numbers tell them apart."""
    first, second = (shipment(number, tracking=number, shipped_at=at(1)) for number in ("A", "B"))
    order = merge(says("wms", fulfillment=sent(replace(first, number="S1"), replace(second, number="S2"))))
    assert read(order) == [(1, "SHIPPED", "S1", "wms"), (1, "SHIPPED", "S2", "wms")]
