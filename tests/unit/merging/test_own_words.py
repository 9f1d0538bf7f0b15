"""The systems' own words beside what they mean: each goes with the status that its system says."""

from __future__ import annotations

import msgspec
import pytest

from orderweave_sdk.records import (
    Fulfillment,
    FulfillmentOrderStatus,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Package,
    Payment,
    Payments,
    PaymentStatus,
    Return,
    ReturnStatus,
    ShipmentStatus,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from tests.unit.merging.orders import merge, plan, says, sent, shipment

DELIVERED, IN_TRANSIT, PICKED_UP = ShipmentStatus.DELIVERED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.PICKED_UP
LOST, CANCELED, UNKNOWN = ShipmentStatus.LOST, ShipmentStatus.CANCELED, ShipmentStatus.UNKNOWN
EXCEPTION, DELAYED = ShipmentStatus.EXCEPTION, ShipmentStatus.DELAYED


@pytest.mark.parametrize(
    ("carrier", "warehouse", "expected"),
    [
        ((DELIVERED, "signed"), (IN_TRANSIT, "gone"), (DELIVERED, "signed")),
        ((PICKED_UP, "scan"), (IN_TRANSIT, "gone"), (IN_TRANSIT, "gone")),
        ((DELAYED, "snow"), (EXCEPTION, "late"), (DELAYED, "snow")),
        ((DELAYED, None), (EXCEPTION, "late"), (DELAYED, None)),
        ((IN_TRANSIT, "scan"), (IN_TRANSIT, "gone"), (IN_TRANSIT, "scan")),
        ((IN_TRANSIT, None), (IN_TRANSIT, "gone"), (IN_TRANSIT, "gone")),
        ((UNKNOWN, None), (UNKNOWN, "?"), (UNKNOWN, "?")),
    ],
)
def test_a_packages_word_is_that_of_who_says_its_status(
    carrier: tuple[ShipmentStatus, str | None],
    warehouse: tuple[ShipmentStatus, str | None],
    expected: tuple[ShipmentStatus, str | None],
) -> None:
    """The word never stands beside a status that its system does not say; of several who say it, the most believed that
    has a word.
    """

    def parcel(said: tuple[ShipmentStatus, str | None]) -> Fulfillment:
        packages = (Package(tracking_number="A", status=said[0], raw_status=said[1]),)
        return sent(shipment("x", status=said[0], packages=packages))

    order = merge(says("carrier", fulfillment=parcel(carrier)), says("wms", fulfillment=parcel(warehouse)))
    (package,) = order.shipments[0].packages
    assert (package.status, package.raw_status) == expected


@pytest.mark.parametrize(
    ("own", "packages", "expected"),
    [
        ((PICKED_UP, "gone"), [], (PICKED_UP, "gone")),
        ((PICKED_UP, "gone"), [(PICKED_UP, "scan")], (PICKED_UP, "gone")),
        ((PICKED_UP, None), [(PICKED_UP, "scan")], (PICKED_UP, "scan")),
        ((PICKED_UP, "gone"), [(IN_TRANSIT, "hub")], (IN_TRANSIT, "hub")),
        ((PICKED_UP, "gone"), [(DELIVERED, "signed"), (IN_TRANSIT, "hub")], (IN_TRANSIT, "hub")),
        ((PICKED_UP, "gone"), [(DELIVERED, "signed"), (DELIVERED, "left")], (DELIVERED, "signed")),
        ((PICKED_UP, "gone"), [(DELIVERED, "signed"), (LOST, None)], (LOST, None)),
        ((PICKED_UP, "gone"), [(CANCELED, "voided")], (CANCELED, "voided")),
        ((UNKNOWN, "?"), [(UNKNOWN, "!")], (UNKNOWN, "?")),
    ],
)
def test_a_shipments_word_is_that_of_who_says_its_status(
    own: tuple[ShipmentStatus, str | None],
    packages: list[tuple[ShipmentStatus, str | None]],
    expected: tuple[ShipmentStatus, str | None],
) -> None:
    """Its own word where it says the status that is shown, else that of a parcel that does, else none."""
    parts = tuple(Package(tracking_number=f"A{n}", status=at, raw_status=raw) for n, (at, raw) in enumerate(packages))
    told = msgspec.structs.replace(shipment("w", status=own[0], packages=parts), raw_status=own[1])
    (merged,) = merge(says("wms", fulfillment=sent(told))).shipments
    assert (merged.status, merged.raw_status) == expected


def test_a_plans_word_is_its_systems() -> None:
    """A planned fulfillment is one system's, and so is its word."""
    planned = msgspec.structs.replace(plan("f", {"TEA": 1}, status=FulfillmentOrderStatus.UNKNOWN), raw_status="parked")
    (merged,) = merge(says("shop", fulfillment=sent(planned=[planned]))).fulfillment_orders
    assert (merged.status, merged.raw_status) == (FulfillmentOrderStatus.UNKNOWN, "parked")


def test_words_of_money_and_returns_come_with_them() -> None:
    """Payments, their movements, invoices and returns are each one system's, and so are their words."""
    moved = Transaction(
        external_id="t",
        kind=TransactionKind.UNKNOWN,
        raw_kind="swap",
        status=TransactionStatus.UNKNOWN,
        raw_status="in limbo",
    )
    paid = Payment(external_id="p", status=PaymentStatus.UNKNOWN, raw_status="half done", transactions=(moved,))
    back = Return(external_id="r", status=ReturnStatus.UNKNOWN, raw_status="at the door")
    bill = Invoice(external_id="i", status=InvoiceDocumentStatus.UNKNOWN, raw_status="parked")
    order = merge(
        says("shop", payments=Payments(payments=(paid,)), returns=(back,)),
        says("erp", invoices=Invoices(invoices=(bill,))),
    )
    (payment,), (invoice,), (returned,) = order.payments, order.invoices, order.returns
    (transaction,) = payment.transactions
    assert (payment.raw_status, invoice.raw_status, returned.raw_status) == ("half done", "parked", "at the door")
    assert (transaction.raw_kind, transaction.raw_status) == ("swap", "in limbo")
