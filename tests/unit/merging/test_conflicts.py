"""Disagreements are kept, and what is no disagreement raises none."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orderweave.matching import Ambiguity
from orderweave_sdk.records import (
    Axis,
    Fulfillment,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    Money,
    Totals,
)
from tests.unit.businesses import NOON
from tests.unit.merging.orders import amounts, conflict, line, merge, plan, says, sent, shipment, usd, values, word


def test_totals_that_differ_are_a_conflict() -> None:
    """The shop's total stands, and both are shown with who said them when."""
    shop = says("shop", updated_at=NOON, header=Header(totals=Totals(total=usd("12.30"))))
    erp = says("erp", updated_at=NOON - timedelta(days=1), header=Header(totals=Totals(total=usd("12.31"))))
    order = merge(erp, shop)
    assert order.totals is not None
    assert order.totals.total == usd("12.30")
    found = conflict(order, "totals.total")
    assert values(found) == {"shop": "12.30 USD", "erp": "12.31 USD"}
    assert found.winner is not None
    assert (found.winner.system, found.winner.source_updated_at) == ("shop", NOON)
    assert found.rule == "header: shop is believed most of those that say something"


def test_the_same_amount_is_no_conflict() -> None:
    """9.90 is 9.9, and keeps the zero of the system that is believed."""
    shop = says("shop", header=Header(totals=Totals(total=usd("9.90"))))
    erp = says("erp", header=Header(totals=Totals(total=usd("9.9"))))
    order = merge(shop, erp)
    assert order.conflicts == ()
    assert order.totals is not None
    assert str(order.totals.total.amount if order.totals.total else None) == "9.90"


def test_amounts_of_two_currencies_are_not_compared() -> None:
    """A total in another currency neither confirms nor contradicts."""
    shop = says("shop", header=Header(totals=Totals(total=usd("9.90"))))
    erp = says("erp", header=Header(totals=Totals(total=Money(Decimal("9.00"), "EUR"))))
    assert merge(shop, erp).conflicts == ()


def test_sums_are_whole_from_one_system() -> None:
    """The ERP's tax does not slip into the shop's sums; the parts are added up and the difference is shown."""
    shop = Totals(
        subtotal=usd("10.00"), discount=usd("1.00"), shipping=usd("2.50"), tax=usd("0.88"), total=usd("12.39")
    )
    erp = Totals(tax=usd("9.99"), paid=usd("12.39"), total=usd("12.39"))
    order = merge(says("shop", header=Header(totals=shop)), says("erp", header=Header(totals=erp)))
    assert order.totals is not None
    assert order.totals.tax == usd("0.88")
    assert order.totals.paid is None
    assert order.totals.computed_total == usd("12.38")
    assert order.totals.rounding_difference == usd("0.01")


def test_without_tax_nothing_is_added_up() -> None:
    """A sum is not computed from parts that are not all stated."""
    order = merge(says("shop", header=Header(totals=Totals(subtotal=usd("10.00"), total=usd("10.00")))))
    assert order.totals is not None
    assert order.totals.computed_total is None
    assert order.totals.rounding_difference is None


def test_invoices_off_by_a_cent_are_a_conflict() -> None:
    """Invoices of a wholly invoiced order that do not add up to its total are shown with both sums."""
    shop = says("shop", header=Header(totals=Totals(total=usd("12.30"))))
    invoices = Invoices(
        invoices=(
            Invoice(external_id="1", total=usd("6.15")),
            Invoice(external_id="2", total=usd("6.16")),
            Invoice(external_id="3", total=usd("99"), status=InvoiceDocumentStatus.CANCELED),
        )
    )
    erp = says("erp", invoices=invoices, statuses=(word(Axis.INVOICE, "INVOICED"),))
    order = merge(shop, erp)
    found = conflict(order, "invoices.total")
    assert values(found) == {"shop": "12.30 USD", "erp": "12.31 USD"}
    assert len(order.invoices) == 3


@pytest.mark.parametrize(
    ("invoice", "status"),
    [
        (Invoice(external_id="1", total=usd("12.3")), "INVOICED"),
        (Invoice(external_id="1", total=usd("6.00")), "PARTIALLY_INVOICED"),
        (Invoice(external_id="1"), "INVOICED"),
        (Invoice(external_id="1", total=Money(Decimal("11"), "EUR")), "INVOICED"),
        (Invoice(external_id="1", total=usd("5"), status=InvoiceDocumentStatus.CANCELED), "INVOICED"),
    ],
    ids=["equal", "partly invoiced", "no total", "another currency", "canceled"],
)
def test_invoices_that_need_not_add_up_are_no_conflict(invoice: Invoice, status: str) -> None:
    """Equal sums, a part of the order, unstated sums, another currency and canceled invoices contradict nothing."""
    shop = says("shop", header=Header(totals=Totals(total=usd("12.30"))))
    erp = says("erp", invoices=Invoices(invoices=(invoice,)), statuses=(word(Axis.INVOICE, status),))
    assert merge(shop, erp).conflicts == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("UNFULFILLED", "IN_PROGRESS"),
        ("UNFULFILLED", "BACKORDERED"),
        ("SCHEDULED", "ON_HOLD"),
        ("READY_FOR_PICKUP", "UNFULFILLED"),
        ("CANCELED", "UNFULFILLED"),
        ("FULFILLED", "DELIVERED"),
        ("FULFILLED", "PARTIALLY_DELIVERED"),
    ],
)
def test_fulfillment_words_that_only_say_it_more_finely_do_not_disagree(one: str, other: str) -> None:
    """Nothing has left, or all has left: both words are true."""
    order = merge(
        says("shop", statuses=(word(Axis.FULFILLMENT, one),)), says("wms", statuses=(word(Axis.FULFILLMENT, other),))
    )
    assert order.conflicts == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [("UNFULFILLED", "FULFILLED"), ("PARTIALLY_FULFILLED", "FULFILLED"), ("IN_PROGRESS", "PARTIALLY_FULFILLED")],
)
def test_fulfillment_words_that_differ_are_a_conflict(one: str, other: str) -> None:
    """A status that lags in one system shows."""
    order = merge(
        says("shop", statuses=(word(Axis.FULFILLMENT, one),)), says("wms", statuses=(word(Axis.FULFILLMENT, other),))
    )
    assert values(conflict(order, "fulfillmentStatus")) == {"wms": other, "shop": one}


def test_a_warehouse_that_ships_a_part_does_not_contradict_the_whole() -> None:
    """Where goods go from two places, the warehouse's "fulfilled" speaks of its part, and is no conflict."""
    shop = says(
        "shop",
        statuses=(word(Axis.FULFILLMENT, "PARTIALLY_FULFILLED"),),
        fulfillment=sent(planned=[plan("1", {"TEA": 1}, place="L1"), plan("2", {"CUP": 1}, place="L2")]),
    )
    wms = says(
        "wms",
        statuses=(word(Axis.FULFILLMENT, "FULFILLED"),),
        fulfillment=sent(shipment("w1", {"TEA": 1}, place="W1")),
    )
    order = merge(shop, wms)
    assert order.fulfillment_status.value == "PARTIALLY_FULFILLED"
    assert order.conflicts == ()


def test_a_warehouse_does_not_speak_for_the_order_as_such() -> None:
    """The warehouse closes its own work; the order is the shop's and the ERP's to close."""
    order = merge(
        says("shop", statuses=(word(Axis.ORDER, "OPEN"),)), says("wms", statuses=(word(Axis.ORDER, "COMPLETED"),))
    )
    assert order.status.value == "OPEN"
    assert order.conflicts == ()


def test_quantities_that_differ_are_a_conflict_on_that_line() -> None:
    """The path names the line by its SKU, the values are plain numbers."""
    order = merge(says("shop", lines=(line("TEA-1", "3.0"),)), says("erp", lines=(line("TEA-1", "2"),)))
    found = conflict(order, "lines[TEA-1].quantity.ordered")
    assert values(found) == {"erp": "2", "shop": "3"}


def test_the_same_line_under_another_case_or_form_is_no_conflict() -> None:
    """SKUs are equal but for case and outer spaces, and 3 is 3.000."""
    order = merge(says("shop", lines=(line("TEA-1", "3"),)), says("erp", lines=(line(" tea-1 ", "3.000"),)))
    assert len(order.order_lines) == 1
    assert order.order_lines[0].sku == "TEA-1"
    assert order.conflicts == ()


def test_a_warehouse_that_knows_a_part_does_not_contradict_quantities() -> None:
    """Of a split order the warehouse lists two of three; the ERP's and the shop's three stand."""
    order = merge(
        says("shop", lines=(line("TEA-1", "3"), line("CUP", "1"))),
        says("wms", lines=(line("TEA-1", "2"),)),
    )
    assert [entry.quantity.ordered for entry in order.order_lines] == [3, 1]
    assert order.conflicts == ()


def test_an_edit_that_a_system_overwrites_is_no_conflict() -> None:
    """The ERP knows only what is current; ordered, canceled and current still add up."""
    order = merge(
        says("shop", lines=(line("TEA-1", "4", canceled="1", current="3"),)),
        says("erp", lines=(line("TEA-1", "3", current="3"),)),
    )
    assert amounts(order.order_lines[0].quantity) == {"ordered": "4", "canceled": "1", "current": "3"}
    assert order.conflicts == ()


def test_an_edit_that_a_system_did_not_see_is_a_conflict() -> None:
    """The ERP still has four; what is shown adds up."""
    order = merge(
        says("shop", lines=(line("TEA-1", "4", canceled="1", current="3"),)),
        says("erp", lines=(line("TEA-1", "4", current="4"),)),
    )
    assert values(conflict(order, "lines[TEA-1].quantity.current")) == {"erp": "4", "shop": "3"}
    assert amounts(order.order_lines[0].quantity) == {"ordered": "4", "canceled": "0", "current": "4"}


def test_a_system_that_says_nothing_does_not_disagree() -> None:
    """An ERP without totals, lines or words contradicts nothing."""
    shop = says(
        "shop",
        header=Header(totals=Totals(total=usd("1"))),
        lines=(line("TEA", "1"),),
        statuses=(word(Axis.ORDER, "OPEN"),),
    )
    erp = says("erp", header=Header(), lines=(), fulfillment=Fulfillment())
    assert merge(shop, erp).conflicts == ()


def test_an_ambiguous_key_is_a_conflict_of_identity() -> None:
    """It names the key and everyone who claims it, and nobody wins."""
    ambiguity = Ambiguity(Key("shop:number", "1001"), (("erp", "1"), ("erp", "2"), ("shop", "1")))
    found = conflict(merge(says("shop"), ambiguities=(ambiguity,)), "identity")
    assert found.winner is None
    assert found.rule.startswith("shop:number 1001 is claimed more than once")
    assert [(entry.system, entry.value) for entry in found.values] == [("erp", "1"), ("erp", "2"), ("shop", "1")]
