"""Who is believed, aspect by aspect, and who stands in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Company,
    Customer,
    Discount,
    Header,
    Hold,
    HoldReason,
    Invoice,
    Invoices,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    Refund,
    Return,
    ReturnStatus,
    TaxLine,
)
from tests.unit.businesses import NOON
from tests.unit.merging.orders import conflict, line, merge, plan, says, sent, shipment, usd, word


def test_header_fields_come_from_the_shop_and_gaps_from_the_next() -> None:
    """Each field is the most believed system's that fills it; false and empty lists fill."""
    shop = Header(number="#1001", archived=False, discounts=(Discount(title="ten"),), cancel_reason=None)
    erp = Header(
        number="S000001",
        archived=True,
        cancel_reason="customer",
        purchase_order_number="PO-1",
        taxes=(TaxLine(title="VAT"),),
        discounts=(Discount(title="other"),),
    )
    order = merge(says("erp", header=erp), says("shop", header=shop))
    assert order.number == "#1001"
    assert order.archived is False
    assert order.cancel_reason == "customer"
    assert order.purchase_order_number == "PO-1"
    assert order.discounts == (Discount(title="ten"),)
    assert order.taxes == ()


@pytest.mark.parametrize("believed", ["shop", "oms", "erp", "legacy", "wms", "carrier"])
def test_the_order_of_belief_in_the_header(believed: str) -> None:
    """Storefront, OMS, ERP, database, warehouse, carrier: the first that answers is believed."""
    ranked = ["shop", "oms", "erp", "legacy", "wms", "carrier"]
    members = [says(name, header=Header(number=name)) for name in ranked[ranked.index(believed) :]]
    assert merge(*reversed(members)).number == believed


def test_the_newest_word_decides_within_a_rank_only() -> None:
    """Of two equally believed systems the one that changed last is believed; a higher rank is, however old."""
    late, early = NOON, NOON - timedelta(days=1)
    authority = {"header": ("shop", "erp")}
    order = merge(
        says("shop", updated_at=early, header=Header(number="old")),
        says("erp", updated_at=late, header=Header(number="new")),
        authority=authority,
    )
    assert order.number == "old"
    same_rank = merge(
        says("wms", "1", updated_at=early, header=Header(number="early")),
        says("wms", "2", updated_at=late, header=Header(number="late")),
        says("wms", "3", header=Header(number="never")),
    )
    assert same_rank.number == "late"


def test_the_configuration_overrides_by_name_or_kind() -> None:
    """A named system or kind goes first; who is not named follows in the default order."""
    members = [says(name, header=Header(number=name)) for name in ("shop", "oms", "erp", "legacy")]
    assert merge(*members, authority={"header": ("legacy",)}).number == "legacy"
    assert merge(*members, authority={"header": ("erp", "oms")}).number == "erp"
    assert merge(*members, authority={"header": ("DATABASE",)}).number == "legacy"
    assert merge(*members, authority={"invoices": ("legacy",)}).number == "shop"


def test_customer_and_addresses_are_the_shops_before_the_erps() -> None:
    """A customer's gaps are filled from the next system; an address is whole from one."""
    shop = says(
        "shop",
        customer=Customer(person=Person(external_id="c1", name="Ada", email="ada@example.com")),
        addresses=Addresses(shipping=Address(city="Ghent")),
    )
    erp = says(
        "erp",
        customer=Customer(
            person=Person(external_id="p9", name="A. Byron", phone="+32 1"),
            company=Company(external_id="9", name="Loom"),
        ),
        addresses=Addresses(billing=Address(city="Bruges"), shipping=Address(city="Gent", lines=("Kaai 1",))),
    )
    order = merge(erp, shop)
    assert order.customer is not None
    assert (order.customer.name, order.customer.email, order.customer.phone) == ("Ada", "ada@example.com", "+32 1")
    assert order.company is not None
    assert order.company.name == "Loom"
    assert order.shipping_address == Address(city="Ghent")
    assert order.billing_address == Address(city="Bruges")
    assert order.conflicts == ()


def test_a_differing_email_is_a_conflict_and_its_case_is_not() -> None:
    """Two e-mail addresses of one customer may be two people."""

    def person(system_name: str, email: str) -> Any:
        return says(system_name, customer=Customer(person=Person(email=email)))

    assert merge(person("shop", "ada@example.com"), person("erp", " Ada@Example.com ")).conflicts == ()
    order = merge(person("shop", "ada@example.com"), person("erp", "bob@example.com"))
    found = conflict(order, "customer.email")
    assert found.winner is not None
    assert (found.winner.system, found.winner.value) == ("shop", "ada@example.com")


def test_invoices_and_terms_are_the_erps() -> None:
    """The ERP's invoices are believed over the shop's; where it has none, another's stand."""
    shop = says("shop", invoices=Invoices(invoices=(Invoice(external_id="s"),), payment_terms="at once"))
    erp = says("erp", invoices=Invoices(invoices=(Invoice(external_id="e"),), payment_terms="30 days"))
    order = merge(shop, erp)
    assert [invoice.external_id for invoice in order.invoices] == ["e"]
    assert order.payment_terms == "30 days"
    assert [entry.external_id for entry in merge(shop, says("erp", invoices=Invoices())).invoices] == ["s"]


def test_payments_are_the_shops_before_the_erps() -> None:
    """Payments and refunds come together from one system."""

    def paid(system_name: str) -> Any:
        payment = Payment(external_id=system_name, status=PaymentStatus.PAID)
        return says(system_name, payments=Payments(payments=(payment,), refunds=(Refund(external_id=system_name),)))

    order = merge(paid("erp"), paid("shop"))
    assert [payment.external_id for payment in order.payments] == ["shop"]
    assert [refund.external_id for refund in order.adjustments] == ["shop"]


def test_returns_come_from_the_first_who_knows_of_any() -> None:
    """A shop that says there are none does not hide the warehouse's."""
    back = Return(external_id="r1", status=ReturnStatus.RECEIVED)
    order = merge(says("shop", returns=()), says("wms", returns=(back,)))
    assert order.returns == (back,)


def test_everyones_holds_count_once() -> None:
    """What any system holds is held; the same hold in two systems is one."""
    fraud = Hold(reason=HoldReason.FRAUD_RISK, raw="fraud")
    credit = Hold(reason=HoldReason.CREDIT, raw="over limit")
    order = merge(says("shop", holds=(fraud,)), says("wms", holds=(fraud,)), says("erp", holds=(credit,)))
    assert set(order.holds) == {fraud, credit}
    assert len(order.holds) == 2


def test_titles_are_the_shops_and_quantities_the_erps() -> None:
    """One line takes its words from the shop and its numbers from the ERP, prices from the first who has them."""
    shop = line("TEA-1", "3", title="Assam", unit_price=usd("4.00"))
    erp = line("TEA-1", "2", title="TEA ASSAM 50G", unit_price=usd("3.99"), total=usd("7.98"), unit="pc")
    order = merge(says("shop", lines=(shop,)), says("erp", lines=(erp,)))
    (merged,) = order.order_lines
    assert (merged.title, merged.unit, merged.unit_price, merged.total) == ("Assam", "pc", usd("4.00"), usd("7.98"))
    assert merged.quantity.ordered == 2


def test_shipments_are_the_warehouses_and_the_plan_the_shops() -> None:
    """What left is the warehouse's word; what is planned for the whole order is the shop's."""
    shop = says("shop", fulfillment=sent(shipment("s1"), planned=[plan("p-shop", {"TEA": 1})]))
    wms = says("wms", fulfillment=sent(shipment("w1"), planned=[plan("p-wms", {"TEA": 1})]))
    order = merge(shop, wms)
    assert [entry.source for entry in order.shipments] == ["wms"]
    (planned,) = order.fulfillment_orders
    assert planned.id == merge(shop).fulfillment_orders[0].id


@pytest.mark.parametrize(
    ("axis", "field", "words", "winner"),
    [
        (Axis.ORDER, "status", {"shop": "OPEN", "erp": "COMPLETED"}, "OPEN"),
        (Axis.PAYMENT, "payment_status", {"shop": "PAID", "erp": "PENDING"}, "PAID"),
        (Axis.FULFILLMENT, "fulfillment_status", {"shop": "UNFULFILLED", "wms": "FULFILLED"}, "FULFILLED"),
        (Axis.INVOICE, "invoice_status", {"shop": "NOT_INVOICED", "erp": "INVOICED"}, "INVOICED"),
        (Axis.RETURN, "return_status", {"shop": "REQUESTED", "erp": "CLOSED"}, "REQUESTED"),
    ],
)
def test_each_axis_has_its_own_authority(axis: Axis, field: str, words: dict[str, str], winner: str) -> None:
    """The most believed word of each axis wins, the disagreement is kept, and every word stays to be read."""
    order = merge(*(says(name, statuses=(word(axis, said),)) for name, said in words.items()))
    assert getattr(order, field).value == winner
    (found,) = order.conflicts
    assert {entry.value for entry in found.values} == set(words.values())
    assert {(entry.system, entry.normalized) for entry in order.source_statuses} == set(words.items())


def test_an_unknown_word_never_wins() -> None:
    """A word that nobody mapped is kept with its raw form, and the next system's known one is believed."""
    order = merge(
        says("shop", statuses=(word(Axis.ORDER, "UNKNOWN", "frobbed"),)),
        says("erp", statuses=(word(Axis.ORDER, "OPEN"),)),
    )
    assert order.status.value == "OPEN"
    assert order.conflicts == ()
    assert [(entry.system, entry.raw) for entry in order.source_statuses] == [("shop", "frobbed"), ("erp", "raw")]


def test_nobody_knows() -> None:
    """Without any word the axes are UNKNOWN, returns are none, and nothing else is made up."""
    order = merge(says("shop"))
    assert order.status.value == order.payment_status.value == order.fulfillment_status.value == "UNKNOWN"
    assert order.return_status is None
    assert order.totals is None
    assert order.customer is None
    assert not any((order.order_lines, order.shipments, order.invoices, order.conflicts))
