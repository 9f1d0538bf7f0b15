"""An order that one system keeps in several records, as a rule with `many` allows: each record is a part."""

from __future__ import annotations

from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Fulfillment,
    Header,
    Invoice,
    Invoices,
    Payment,
    Payments,
    PaymentStatus,
    Progress,
    Totals,
)
from tests.unit.merging.orders import amounts, line, merge, plan, says, sent, shipment, usd, word


def test_quantities_of_the_parts_add_up() -> None:
    """Two and three in the ERP are the shop's five: no conflict, and not two."""
    order = merge(
        says("shop", lines=(line("TEA", "5"),)),
        says("erp", "1", lines=(line("TEA", "2"),)),
        says("erp", "2", lines=(line("TEA", "3"),)),
    )
    assert amounts(order.order_lines[0].quantity) == {"ordered": "5"}
    assert order.conflicts == ()
    alone = merge(says("wms", "1", lines=(line("TEA", "2"),)), says("wms", "2", lines=(line("TEA", "3"),)))
    assert amounts(alone.order_lines[0].quantity) == {"ordered": "5"}
    assert alone.conflicts == ()


def test_sums_of_a_part_do_not_contradict_the_whole() -> None:
    """The parts' totals are no disagreement with the shop's, and are nobody's total without it."""
    parts = [
        says("erp", str(n), header=Header(totals=Totals(total=usd(amount))))
        for n, amount in enumerate(("40.00", "60.00"))
    ]
    order = merge(says("shop", header=Header(totals=Totals(total=usd("100.00")))), *parts)
    assert order.conflicts == ()
    assert order.totals is not None
    assert order.totals.total == usd("100.00")
    assert merge(*parts).totals is None
    assert merge(*parts).conflicts == ()


def test_words_of_a_part_do_not_speak_for_the_whole() -> None:
    """One part done and one not is no conflict; where only parts speak, they speak when they agree."""
    done, open_ = (word(Axis.ORDER, "COMPLETED"),), (word(Axis.ORDER, "OPEN"),)
    order = merge(says("shop", statuses=open_), says("erp", "1", statuses=done), says("erp", "2", statuses=open_))
    assert order.status.value == "OPEN"
    assert order.conflicts == ()
    assert merge(says("erp", "1", statuses=done), says("erp", "2", statuses=open_)).status.value == "UNKNOWN"
    assert merge(says("erp", "1", statuses=done), says("erp", "2", statuses=done)).status.value == "COMPLETED"


def test_shipments_of_both_parts_stand() -> None:
    """Two records of the warehouse tell of two shipments, with tracking numbers or without; the shop's are those."""
    order = merge(
        says("shop", fulfillment=sent(shipment("s1"), shipment("s2"))),
        says("wms", "1", fulfillment=sent(shipment("w1"))),
        says("wms", "2", fulfillment=sent(shipment("w2"))),
    )
    assert [entry.source for entry in order.shipments] == ["wms", "wms"]


def test_plans_invoices_and_payments_of_both_parts_stand() -> None:
    """Nothing that only the second record has is lost, and all invoices add up to the order."""
    parts = [
        says(
            "erp",
            str(n),
            statuses=(word(Axis.INVOICE, "INVOICED"),),
            invoices=Invoices(invoices=(Invoice(external_id=str(n), total=usd(amount)),)),
            payments=Payments(payments=(Payment(external_id=str(n), status=PaymentStatus.PAID),)),
            fulfillment=sent(planned=[plan(str(n), {"TEA": 1})]),
        )
        for n, amount in enumerate(("40.00", "60.00"))
    ]
    order = merge(says("shop", header=Header(totals=Totals(total=usd("100.00")))), *parts)
    assert [invoice.external_id for invoice in order.invoices] == ["0", "1"]
    assert [payment.external_id for payment in order.payments] == ["0", "1"]
    assert len(order.fulfillment_orders) == 2
    assert order.conflicts == ()


def test_progress_of_the_parts_adds_up() -> None:
    """Two allocated in one record and one in the other are three."""
    parts = [
        says("wms", str(n), fulfillment=Fulfillment(progress=(Progress(sku="TEA", allocated=Decimal(count)),)))
        for n, count in enumerate((2, 1))
    ]
    order = merge(says("shop", lines=(line("TEA", "5"),)), *parts)
    assert amounts(order.order_lines[0].quantity)["allocated"] == "3"
