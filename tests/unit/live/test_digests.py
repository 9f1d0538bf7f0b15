"""Digests of an order: whatever a caller sees of it moves the digest of its facet, and what is hidden moves none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, combinations
from typing import Any

import msgspec
import pytest

from orderweave.live import Subject, Topic
from orderweave.live.digests import UNREAD, changed, facets_shown, of_order, of_stock, of_tracked
from orderweave.model.access import SCOPES
from orderweave.model.inventory import InventoryItem, InventoryLevel
from orderweave.model.order import (
    Company,
    Customer,
    FulfillmentOrder,
    LineQuantities,
    Location,
    Order,
    OrderLine,
    OrderTotals,
    Package,
    Shipment,
    TimelineEntry,
)
from orderweave.model.provenance import Freshness, IssueReason, SourceIssue
from orderweave.model.rights import ALL_RIGHTS, Rights, Scope
from orderweave_sdk.records import (
    Address,
    Channel,
    DeliveryMethod,
    Discount,
    Facet,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    Hold,
    HoldReason,
    Invoice,
    InvoiceStatus,
    LineStatus,
    LocationKind,
    Money,
    OrderStatus,
    Payment,
    PaymentStatus,
    Refund,
    Return,
    ReturnStatus,
    ShipmentStatus,
    TaxLine,
    TrackingEvent,
)
from tests.unit.fake_clock import NOON

replace = msgspec.structs.replace
EUR = Money(Decimal(1), "EUR")
PLACE = Location(id="l", name="Berlin", kind=LocationKind.WAREHOUSE, systems=("wms",))
QUANTITIES = LineQuantities(ordered=Decimal(2), current=Decimal(2))
LINE = OrderLine(
    id="1",
    sku="A",
    gtin=None,
    title="Tea",
    parent_line_id=None,
    unit=None,
    quantity=QUANTITIES,
    status=LineStatus.PROCESSING,
    unit_price=None,
    total=None,
    discounts=(),
    taxes=(),
)
PLAN = FulfillmentOrder(
    id="p",
    status=FulfillmentOrderStatus.OPEN,
    location=PLACE,
    method=DeliveryMethod.STORE_PICKUP,
    fulfill_at=None,
    fulfill_by=None,
    lines=(),
    holds=(),
)
PACKAGE = Package(
    carrier=None,
    tracking_number="T1",
    tracking_url=None,
    status=ShipmentStatus.IN_TRANSIT,
    eta=None,
    promised_by=None,
    on_time=None,
    last_checked_at=None,
    lines=None,
    events=(),
)
SHIPMENT = Shipment(
    id="s",
    number="S1",
    status=ShipmentStatus.IN_TRANSIT,
    location=PLACE,
    shipped_at=NOON,
    delivered_at=None,
    is_return=False,
    lines=(),
    packages=(PACKAGE,),
    source="wms",
)
ADA = Customer(id="c", name="Ada", email="ada@example.com", phone=None)
FIRM = Company(id="f", name="Firm", tax_id="DE1")
HOME = Address(name="Ada", lines=("Street 1",), city="Berlin", postal_code="10115")
RETURNING = replace(SHIPMENT, id="back", is_return=True)
ORDER = Order(
    id="o",
    key="shop:number/1",
    customer=ADA,
    company=FIRM,
    billing_address=HOME,
    shipping_address=HOME,
    order_lines=(LINE,),
    fulfillment_orders=(PLAN,),
    shipments=(SHIPMENT, RETURNING),
    timeline=(TimelineEntry(occurred_at=NOON, kind="NOTE", message="left at the door", system="shop"),),
    freshness=Freshness(as_of=NOON, max_age_seconds=0, stale=False, missing=()),
)


def a_line(**fields: Any) -> Order:
    """It with its line so."""
    return replace(ORDER, order_lines=(replace(LINE, **fields),))


def a_plan(**fields: Any) -> Order:
    """It with its plan so."""
    return replace(ORDER, fulfillment_orders=(replace(PLAN, **fields),))


def a_shipment(**fields: Any) -> Order:
    """It with its shipment so."""
    return replace(ORDER, shipments=(replace(SHIPMENT, **fields), RETURNING))


def a_package(**fields: Any) -> Order:
    """It with its package so."""
    return a_shipment(packages=(replace(PACKAGE, **fields),))


def told(**fields: Any) -> Order:
    """It with its entry of the timeline so."""
    return replace(ORDER, timeline=(replace(ORDER.timeline[0], **fields),))


HOLD = Hold(reason=HoldReason.FRAUD_RISK)
# The field of the schema, the facet that tells of it, and the order with another value in it.
CHANGES: list[tuple[str, Facet, Order]] = [
    *(
        (name, Facet.HEADER, replace(ORDER, **fields))
        for name, fields in (
            ("Order.number", {"number": "2"}),
            ("Order.channel", {"channel": Channel(code="web")}),
            ("Order.origin", {"origin": "app"}),
            ("Order.status", {"status": OrderStatus.OPEN}),
            ("Order.placedAt", {"placed_at": NOON}),
            ("Order.canceledAt", {"canceled_at": NOON}),
            ("Order.closedAt", {"closed_at": NOON}),
            ("Order.cancelReason", {"cancel_reason": "doubt"}),
            ("Order.archived", {"archived": True}),
            ("Order.currency", {"currency": "EUR"}),
            ("Order.presentmentCurrency", {"presentment_currency": "EUR"}),
            ("Order.purchaseOrderNumber", {"purchase_order_number": "PO"}),
            ("Order.totals", {"totals": OrderTotals(total=EUR)}),
            ("Order.discounts", {"discounts": (Discount(title="TEN"),)}),
            ("Order.taxes", {"taxes": (TaxLine(title="VAT", amount=EUR),)}),
        )
    ),
    ("Order.lines", Facet.LINES, a_line(quantity=replace(QUANTITIES, current=Decimal(1)))),
    ("OrderLine.unitPrice", Facet.LINES, a_line(unit_price=EUR)),
    ("OrderLine.total", Facet.LINES, a_line(total=EUR)),
    ("OrderLine.discounts", Facet.LINES, a_line(discounts=(Discount(title="TEN"),))),
    ("OrderLine.taxes", Facet.LINES, a_line(taxes=(TaxLine(title="VAT", amount=EUR),))),
    ("Order.customer", Facet.CUSTOMER, replace(ORDER, customer=None)),
    ("Order.company", Facet.CUSTOMER, replace(ORDER, company=None)),
    ("Order.billingAddress", Facet.ADDRESSES, replace(ORDER, billing_address=None)),
    ("Order.shippingAddress", Facet.ADDRESSES, replace(ORDER, shipping_address=None)),
    ("Order.paymentStatus", Facet.PAYMENTS, replace(ORDER, payment_status=PaymentStatus.PAID)),
    ("Order.payments", Facet.PAYMENTS, replace(ORDER, payments=(Payment(external_id="1", status=PaymentStatus.PAID),))),
    ("Order.adjustments", Facet.PAYMENTS, replace(ORDER, adjustments=(Refund(external_id="1"),))),
    ("Order.invoiceStatus", Facet.INVOICES, replace(ORDER, invoice_status=InvoiceStatus.INVOICED)),
    ("Order.invoices", Facet.INVOICES, replace(ORDER, invoices=(Invoice(external_id="1"),))),
    ("Order.paymentTerms", Facet.INVOICES, replace(ORDER, payment_terms="30 days")),
    ("Order.fulfillmentStatus", Facet.FULFILLMENT, replace(ORDER, fulfillment_status=FulfillmentStatus.FULFILLED)),
    ("Order.fulfillmentOrders", Facet.FULFILLMENT, a_plan(status=FulfillmentOrderStatus.ON_HOLD)),
    ("FulfillmentOrder.rawStatus", Facet.FULFILLMENT, a_plan(raw_status="waits for a van")),
    ("FulfillmentOrder.holds", Facet.FULFILLMENT, a_plan(holds=(HOLD,))),
    ("Order.shipments", Facet.FULFILLMENT, a_shipment(status=ShipmentStatus.DELIVERED)),
    ("Shipment.rawStatus", Facet.FULFILLMENT, a_shipment(raw_status="sent")),
    ("Order.shipments", Facet.FULFILLMENT, a_package(promised_by=NOON)),
    ("Package.rawStatus", Facet.FULFILLMENT, a_package(raw_status="at the hub")),
    ("Order.shipments", Facet.TRACKING, a_shipment(delivered_at=NOON)),
    ("Order.shipments", Facet.TRACKING, a_package(on_time=True)),
    ("Order.returnStatus", Facet.RETURNS, replace(ORDER, return_status=ReturnStatus.OPEN)),
    ("Order.returns", Facet.RETURNS, replace(ORDER, returns=(Return(external_id="1", status=ReturnStatus.OPEN),))),
    ("Order.holds", Facet.HOLDS, replace(ORDER, holds=(HOLD,))),
    ("Order.timeline", Facet.TIMELINE, told(kind="CALL")),
    ("TimelineEntry.message", Facet.TIMELINE, told(message="left with Bob")),
]
# Changes of texts about people, of which who only counts them sees nothing.
PERSONAL = [
    replace(ORDER, customer=replace(ADA, email="bob@example.com")),
    replace(ORDER, company=replace(FIRM, tax_id="DE2")),
    replace(ORDER, shipping_address=replace(HOME, lines=("Street 2",))),
    told(message="left with Bob"),
]
# Changes that are none to anybody: where things are known from, and what moves with nothing to see.
PROVENANCE = [
    replace(ORDER, updated_at=NOON),
    replace(ORDER, key="erp:id/1"),
    a_plan(location=replace(PLACE, systems=("wms", "erp"))),
    a_shipment(location=replace(PLACE, systems=("wms", "erp"))),
    a_package(last_checked_at=NOON),
]


def every_rights() -> Iterator[Rights]:
    """All that callers may see of orders."""
    extra = (Scope.PERSONAL, Scope.FINANCIALS, Scope.PROVENANCE)
    for some in chain.from_iterable(combinations(extra, count) for count in range(len(extra) + 1)):
        for masked in (False, True):
            yield Rights(scopes=frozenset({Scope.ORDERS, *some}), masked=masked)


def parts(order: Order, rights: Rights) -> tuple[str, ...]:
    """The facets of which whoever has these rights is told that they changed from `ORDER` to this one."""
    facets = facets_shown(rights)
    return changed(of_order(ORDER, facets, rights), of_order(order, facets, rights))


def test_every_field_of_an_order_is_told_or_left_out_for_a_reason() -> None:
    """A new field of the order's that no digest knows fails here."""
    stand_for = {"lines": "order_lines"}
    names = {name.removeprefix("Order.") for name, _, _ in CHANGES if name.startswith("Order.")}
    known = {stand_for.get(name, "".join(f"_{c.lower()}" if c.isupper() else c for c in name)) for name in names}
    provenance = {"identifiers", "source_statuses", "sources", "conflicts", "freshness", "updated_at", "id", "key"}
    assert known | provenance == set(Order.__struct_fields__)


@pytest.mark.parametrize("rights", list(every_rights()), ids=lambda rights: f"{sorted(rights.scopes)} {rights.masked}")
def test_what_is_seen_is_told_and_what_is_hidden_is_not(rights: Rights) -> None:
    """For each set of scopes: a change in one field alone is told as that field's facet to whoever may read the field,
    and is nothing to anybody else.
    """
    for coordinate, facet, order in CHANGES:
        way = {
            "OrderLine": "Order.lines",
            "FulfillmentOrder": "Order.fulfillmentOrders",
            "Shipment": "Order.shipments",
            "Package": "Order.shipments",
            "TimelineEntry": "Order.timeline",
        }
        takes = SCOPES.get(coordinate, frozenset()) | SCOPES.get(way.get(coordinate.split(".")[0], ""), frozenset())
        sees = takes <= rights.scopes and not (coordinate == "TimelineEntry.message" and rights.masked)
        assert parts(order, rights) == ((facet.value,) if sees else ()), coordinate


@pytest.mark.parametrize("rights", list(every_rights()), ids=lambda rights: f"{sorted(rights.scopes)} {rights.masked}")
def test_masked_texts_and_provenance_are_nothing(rights: Rights) -> None:
    """Whoever has people masked is not told that a text about one became another, and nobody of what only tells where
    something is known from.
    """
    for order in PERSONAL:
        assert bool(parts(order, rights)) is (Scope.PERSONAL in rights.scopes and not rights.masked)
    for order in PROVENANCE:
        assert parts(order, rights) == ()


@pytest.mark.parametrize(
    "order",
    [order for name, _, order in CHANGES if SCOPES.get(name) != frozenset({Scope.ORDERS})]
    + PERSONAL
    + PROVENANCE
    + [
        replace(ORDER, returns=(Return(external_id="1", status=ReturnStatus.OPEN),)),
        replace(ORDER, shipments=(SHIPMENT, replace(RETURNING, status=ShipmentStatus.DELIVERED))),
        replace(ORDER, payment_status=PaymentStatus.PAID),
        replace(ORDER, origin="app", archived=True, purchase_order_number="PO"),
        a_shipment(number="S2"),
        a_shipment(raw_status="sent"),
        a_package(raw_status="at the hub"),
        a_plan(raw_status="waits for a van"),
    ],
)
def test_guest_is_told_of_nothing_beyond_the_view(order: Order) -> None:
    """Money, people, holds, returns, own words and what a guest's view has not are no change to a guest."""
    facets = frozenset({Facet.HEADER, Facet.LINES, Facet.FULFILLMENT, Facet.TRACKING})
    assert of_tracked(order, facets) == of_tracked(ORDER, facets)


@pytest.mark.parametrize(
    ("order", "facet"),
    [
        (replace(ORDER, status=OrderStatus.CANCELED), "HEADER"),
        (replace(ORDER, canceled_at=NOON), "HEADER"),
        (a_line(title="Green tea"), "LINES"),
        (a_line(quantity=replace(QUANTITIES, shipped=Decimal(1))), "FULFILLMENT"),
        (replace(ORDER, fulfillment_status=FulfillmentStatus.FULFILLED), "FULFILLMENT"),
        (a_package(status=ShipmentStatus.OUT_FOR_DELIVERY), "FULFILLMENT"),
        (a_plan(status=FulfillmentOrderStatus.PACKED), "FULFILLMENT"),
        (a_shipment(delivered_at=NOON), "TRACKING"),
        (a_package(events=(TrackingEvent(occurred_at=NOON, status=ShipmentStatus.IN_TRANSIT),)), "TRACKING"),
    ],
)
def test_guest_is_told_of_what_the_view_shows(order: Order, facet: str) -> None:
    """Each thing that the tracking page draws is a change of one part."""
    facets = frozenset({Facet.HEADER, Facet.LINES, Facet.FULFILLMENT, Facet.TRACKING})
    assert changed(of_tracked(ORDER, facets), of_tracked(order, facets)) == (facet,)


def test_part_that_rests_on_what_failed_is_unread() -> None:
    """The warehouse did not answer: nothing is said of the events of shipments that are not there, nor of the timeline;
    and where lines are missing, nothing of goods that are called by their titles.
    """

    def without(facet: Facet) -> Order:
        issue = SourceIssue(system="wms", reason=IssueReason.TIMED_OUT, message="", facets=(facet,))
        return replace(ORDER, shipments=(), freshness=replace(ORDER.freshness, missing=(issue,)))

    facets = frozenset(Facet)
    found = of_order(without(Facet.FULFILLMENT), facets, ALL_RIGHTS)
    assert {name for name, digest in found.items() if digest == UNREAD} == {"FULFILLMENT", "TRACKING", "TIMELINE"}
    found = of_tracked(without(Facet.LINES), frozenset({Facet.LINES, Facet.FULFILLMENT}))
    assert set(found.values()) == {UNREAD}


def test_stock_known_to_one_system_more_is_no_change() -> None:
    """The systems that know a place are provenance; its name is not."""
    names = [name for name in InventoryLevel.__struct_fields__ if name not in ("location", "counted")]

    def empty(name: str) -> Any:
        return () if name in ("promises", "expected", "sources", "conflicts") else None

    level = InventoryLevel(location=PLACE, counted=True, **{name: empty(name) for name in names})
    item = InventoryItem(
        sku="A",
        title=None,
        on_hand=None,
        committed=None,
        incoming=None,
        available_to_sell=None,
        levels=(level,),
        listings=(),
        promises=(),
        expected=(),
        channels=(),
        freshness=ORDER.freshness,
    )

    def moved(**fields: Any) -> dict[str, str]:
        return of_stock([replace(item, levels=(replace(level, location=replace(PLACE, **fields)),))])

    assert moved(systems=("wms", "erp")) == of_stock([item])
    assert moved(name="Hamburg") != of_stock([item])


def test_those_who_see_the_same_follow_the_same() -> None:
    """Whose orders a caller sees, and what of stock, makes no other watch; what of orders does."""
    few = Rights(scopes=frozenset({Scope.ORDERS}))
    one = Subject.of_order(Topic.ORDER, "o", few)
    assert Subject.of_order(Topic.ORDER, "o", replace(few, scopes=few.scopes | {Scope.INVENTORY}, masked=True)) == one
    assert Subject.of_order(Topic.ORDER, "o", ALL_RIGHTS) == Subject(Topic.ORDER, ("o",))
    assert Subject.of_order(Topic.ORDER, "o", ALL_RIGHTS).digest != one.digest


def test_cursor_of_one_who_saw_more_is_of_no_log() -> None:
    """Whose rights have become others may come back with the old cursor, and is told of a gap; so is one with a cursor
    of the form before.
    """
    few, more = (
        Subject.of_order(Topic.ORDER, "o", Rights(scopes=scopes))
        for scopes in (frozenset({Scope.ORDERS}), frozenset({Scope.ORDERS, Scope.FINANCIALS}))
    )
    assert few.position(few.cursor("12-0")) == "12-0"
    assert more.position(few.cursor("12-0")) == ""
