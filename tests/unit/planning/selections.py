"""The schema's types below an order, and one order that has something in every field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import graphql
import msgspec

from orderweave.model.order import Order
from orderweave.model.provenance import Fetched
from orderweave.schema import print_sdl
from orderweave_sdk.facets import facets_of
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Channel,
    Company,
    Customer,
    DeliveryMethod,
    Discount,
    Eta,
    Facet,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Happening,
    Header,
    Hold,
    HoldReason,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Line,
    Package,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    Place,
    Progress,
    Quantities,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    TaxLine,
    Totals,
    TrackingEvent,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from tests.unit.businesses import NOON, fetched, record
from tests.unit.merging.orders import merge, usd, word

# Types whose facets are those of the field that leads to them, whatever is selected of them.
WHOLE_TYPES = frozenset(
    {
        "Address",
        "Carrier",
        "Channel",
        "Company",
        "Customer",
        "Discount",
        "Eta",
        "FieldConflict",
        "Freshness",
        "Hold",
        "Identifier",
        "Invoice",
        "Location",
        "Money",
        "OrderLineConnection",
        "OrderLineEdge",
        "OrderTotals",
        "PageInfo",
        "Payment",
        "Refund",
        "Return",
        "ReturnLine",
        "SourceIssue",
        "SourceRecord",
        "SourceStatus",
        "SystemValue",
        "TaxLine",
        "TimelineEntry",
        "TrackingEvent",
        "Transaction",
    }
)
# Fields of the other types that come with the field that leads there.
WITH_PARENT: dict[str, frozenset[str]] = {
    "Order": frozenset(),
    "OrderLine": frozenset(
        {"id", "sku", "gtin", "title", "parentLineId", "unit", "quantity"}
        | {"unitPrice", "total", "discounts", "taxes"}
    ),
    "LineQuantities": frozenset({"ordered", "canceled", "current"}),
    "Package": frozenset(
        {"carrier", "trackingNumber", "trackingUrl", "status", "rawStatus"}
        | {"eta", "promisedBy", "lastCheckedAt", "lines"}
    ),
    "Shipment": frozenset(
        {"id", "number", "status", "rawStatus", "location", "shippedAt", "isReturn", "lines", "packages", "source"}
    ),
    "FulfillmentOrder": frozenset(
        {"id", "status", "rawStatus", "location", "method", "fulfillAt", "fulfillBy", "lines", "holds"}
    ),
    "LineQuantity": frozenset({"sku", "quantity"}),
}
# What is looked up for a root field alone and may not be selected below an order.
_AT_ROOTS = frozenset({"Customer.orders"})


@cache
def schema() -> graphql.GraphQLSchema:
    """The built schema."""
    return graphql.build_schema(print_sdl())


def fields_of(type_name: str) -> dict[str, graphql.GraphQLNamedType]:
    """A type's fields that may stand below an order, and the type that each leads to."""
    kind = schema().type_map[type_name]
    assert isinstance(kind, graphql.GraphQLObjectType)
    return {
        name: graphql.get_named_type(found.type)
        for name, found in kind.fields.items()
        if f"{type_name}.{name}" not in _AT_ROOTS
    }


def types_below(type_name: str) -> set[str]:
    """The type and every object type that can be reached from it."""
    reached, queue = {type_name}, [type_name]
    while queue:
        for kind in fields_of(queue.pop()).values():
            if isinstance(kind, graphql.GraphQLObjectType) and kind.name not in reached:
                reached.add(kind.name)
                queue.append(kind.name)
    return reached


def read(source: Any, field: str) -> Any:
    """What a field of a merged object reads: its attribute in snake case."""
    name = re.sub("([A-Z])", r"_\1", field).lower()
    for candidate in (name, f"{name}_", "external_id" if name == "id" else name):
        if hasattr(source, candidate):
            return getattr(source, candidate)
    raise AttributeError(f"{type(source).__name__} has nothing for {field}")


def full_order() -> list[Fetched]:
    """One order as four systems tell it, with something in every field that can have something."""
    return [_shop(), _erp(), _wms(), _carrier()]


def merged(records: list[Fetched], facets: frozenset[Facet]) -> Order:
    """The order when only these facets were asked for."""
    return merge(
        *(msgspec.structs.replace(one, record=facets_of(one.record, facets)) for one in records),
    )


def _line(external_id: str, *, sku: str | None = "TEA") -> Line:
    return Line(
        external_id=external_id,
        sku=sku,
        gtin="0401",
        title="Assam",
        parent_line_id="0",
        unit="pc",
        quantity=Quantities(ordered=Decimal(3), canceled=Decimal(1), current=Decimal(2)),
        unit_price=usd("4"),
        total=usd("8"),
        discounts=(Discount(title="ten", amount=usd("1")),),
        taxes=(TaxLine(title="VAT", rate=Decimal("0.21"), amount=usd("1")),),
    )


def _shop() -> Fetched:
    sums = {name: usd("1") for name in Totals.__struct_fields__}
    said = record(
        "1",
        "#1001",
        updated_at=NOON,
        url="https://shop.example/1",
        statuses=(
            word(Axis.ORDER, "OPEN"),
            word(Axis.PAYMENT, "PAID"),
            word(Axis.FULFILLMENT, "PARTIALLY_FULFILLED"),
            word(Axis.RETURN, "OPEN"),
        ),
        header=Header(
            number="#1001",
            channel=Channel(code="web"),
            origin="app",
            placed_at=NOON,
            updated_at=NOON,
            canceled_at=NOON,
            closed_at=NOON,
            cancel_reason="customer",
            archived=True,
            currency="USD",
            presentment_currency="EUR",
            purchase_order_number="PO-1",
            totals=Totals(**sums),
            discounts=(Discount(title="ten"),),
            taxes=(TaxLine(title="VAT"),),
        ),
        lines=(_line("l1"), _line("l2")),
        customer=Customer(
            person=Person(external_id="c1", name="Ada", email="ada@example.com", phone="1"),
            company=Company(external_id="f1", name="Loom", tax_id="BE0"),
        ),
        addresses=Addresses(billing=Address(city="Ghent"), shipping=Address(city="Bruges")),
        payments=Payments(
            payments=(
                Payment(
                    external_id="p1",
                    status=PaymentStatus.PAID,
                    raw_status="settled",
                    transactions=(
                        Transaction(
                            external_id="t1",
                            kind=TransactionKind.SALE,
                            raw_kind="charge",
                            status=TransactionStatus.SUCCESS,
                            raw_status="done",
                            processed_at=NOON,
                        ),
                    ),
                ),
            ),
            refunds=(Refund(external_id="r1", amount=usd("1"), created_at=NOON),),
        ),
        fulfillment=Fulfillment(
            fulfillment_orders=(
                FulfillmentOrder(
                    external_id="f1",
                    status=FulfillmentOrderStatus.OPEN,
                    raw_status="new",
                    location=Place(external_id="L1"),
                    method=DeliveryMethod.SHIPPING,
                    fulfill_at=NOON,
                    fulfill_by=NOON,
                    # The second line, which without the lines at hand cannot be told from the first.
                    lines=(GoodsLine(quantity=Decimal(3), sku="TEA", line_id="l2"),),
                    holds=(Hold(reason=HoldReason.CREDIT),),
                ),
            )
        ),
        returns=(
            Return(
                external_id="r1",
                number="R1",
                status=ReturnStatus.OPEN,
                raw_status="under way",
                created_at=NOON,
                lines=(ReturnLine(sku="TEA", line_id="l2", quantity=Decimal(1), reason="broken"),),
            ),
        ),
        holds=(Hold(reason=HoldReason.CREDIT, raw="credit", placed_at=NOON),),
        timeline=(Happening(occurred_at=NOON + timedelta(hours=9), kind="NOTE", message="hello"),),
    )
    return fetched("shop", said)


def _erp() -> Fetched:
    invoice = Invoice(
        external_id="i1",
        number="I1",
        status=InvoiceDocumentStatus.POSTED,
        raw_status="posted",
        issued_at=date(2026, 3, 4),
        due_at=date(2026, 4, 4),
        total=usd("5"),
    )
    said = record(
        "7",
        "S000001",
        references={"reference": "1001"},
        statuses=(word(Axis.ORDER, "COMPLETED"), word(Axis.INVOICE, "INVOICED"), word(Axis.PAYMENT, "PENDING")),
        header=Header(number="S000001", placed_at=NOON + timedelta(hours=1)),
        lines=(_line("e1"), _line("e2"), _line("e3", sku="CUP")),
        invoices=Invoices(invoices=(invoice,), payment_terms="30 days"),
        returns=(),
    )
    return fetched("erp", said)


def _wms() -> Fetched:
    package = Package(
        external_id="b1",
        carrier=Carrier(code="ups"),
        tracking_number="A",
        tracking_url="https://track.example/a",
        status=ShipmentStatus.IN_TRANSIT,
        raw_status="with the carrier",
        eta=Eta(from_=NOON, to=NOON, source="ups"),
        promised_by=NOON + timedelta(hours=8),
        events=(TrackingEvent(occurred_at=NOON, status=ShipmentStatus.IN_TRANSIT),),
    )
    said = record(
        "w1",
        references={"reference": "1001"},
        statuses=(word(Axis.FULFILLMENT, "FULFILLED"),),
        lines=(_line("w1"), _line("w2")),
        fulfillment=Fulfillment(
            shipments=(
                Shipment(
                    external_id="s1",
                    number="S1",
                    status=ShipmentStatus.IN_TRANSIT,
                    raw_status="sent",
                    location=Place(external_id="W1"),
                    shipped_at=NOON,
                    lines=(GoodsLine(quantity=Decimal(2), sku="TEA", line_id="w2"),),
                    packages=(package,),
                ),
            ),
            progress=(
                Progress(sku="TEA", line_id="w2", allocated=Decimal(1), backordered=Decimal(1), picked=Decimal(1)),
            ),
        ),
    )
    return fetched("wms", said)


def _carrier() -> Fetched:
    delivered = TrackingEvent(occurred_at=NOON + timedelta(hours=7), status=ShipmentStatus.DELIVERED)
    package = Package(
        tracking_number="A", status=ShipmentStatus.DELIVERED, raw_status="signed for", events=(delivered,)
    )
    shipment = Shipment(external_id="c1", status=ShipmentStatus.DELIVERED, packages=(package,))
    said = record("c1", references={"reference": "1001"}, fulfillment=Fulfillment(shipments=(shipment,)))
    return fetched("carrier", said)


def leaves(type_name: str, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, str], ...]]:
    """Every path of (type, field) from a type to a value; an order's lines are entered by their nodes."""
    for field, kind in fields_of(type_name).items():
        step = (*path, f"{type_name}.{field}")
        if not isinstance(kind, graphql.GraphQLObjectType):
            yield tuple((name.partition(".")[0], name.partition(".")[2]) for name in step)
        elif kind.name == "OrderLineConnection":
            yield from leaves("OrderLine", step)
        else:
            yield from leaves(kind.name, step)
