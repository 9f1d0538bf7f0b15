"""The guest's view of an order: what it shows, and that nothing of the person, the money or the systems is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from orderweave.merging.tracking import tracked
from orderweave.model.order import (
    Company,
    Customer,
    FulfillmentOrder,
    LineQuantities,
    LineQuantity,
    Location,
    Order,
    OrderLine,
    OrderTotals,
    Package,
    Shipment,
    TimelineEntry,
)
from orderweave.model.provenance import Freshness, Identifier, IssueReason, SourceIssue, SourceRecord, Via
from orderweave.model.tracking import MilestoneKind, TrackedGoods, TrackedMilestone, TrackingAccess
from orderweave_sdk.records import (
    Address,
    Carrier,
    Channel,
    DeliveryMethod,
    Discount,
    Eta,
    Facet,
    FulfillmentOrderStatus,
    Hold,
    HoldReason,
    Invoice,
    LineStatus,
    LocationKind,
    Money,
    Payment,
    PaymentStatus,
    Refund,
    Return,
    ReturnStatus,
    ShipmentStatus,
    SystemKind,
    TaxLine,
    TrackingEvent,
)

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ACCESS = TrackingAccess(token="sealed", expires_at=NOON)
# Stands in every text that no guest may see.
SECRET = "§"
AMOUNT = Decimal("7319.53")
private = st.text(max_size=8).map(lambda text: f"{SECRET}{text}")
money = st.just(Money(AMOUNT, f"{SECRET}USD"))


def after(hours: int) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hours)


def event(hours: int, status: ShipmentStatus, message: str = "scanned", location: str = "Reno") -> TrackingEvent:
    """What a carrier tells, with a code of its own."""
    return TrackingEvent(
        occurred_at=after(hours), status=status, raw_code=f"{SECRET}9", message=message, location=location
    )


def package(*events: TrackingEvent, url: str | None = "https://carrier.example/1Z") -> Package:
    """One parcel."""
    return Package(
        carrier=Carrier(code="ups", name="UPS"),
        tracking_number="1Z",
        tracking_url=url,
        status=ShipmentStatus.IN_TRANSIT,
        eta=Eta(from_=after(50), to=after(60), source=f"{SECRET}wms"),
        promised_by=after(70),
        on_time=None,
        last_checked_at=NOON,
        lines=None,
        events=events,
    )


def shipment(name: str, *packages: Package, returns: bool = False, delivered: int | None = None) -> Shipment:
    """What left a day after noon, from a place of the business."""
    return Shipment(
        id=f"{SECRET}{name}",
        number=f"{SECRET}{name}",
        status=ShipmentStatus.IN_TRANSIT,
        location=Location(id=f"{SECRET}1", name=f"{SECRET}hall 4", kind=LocationKind.WAREHOUSE, systems=()),
        shipped_at=after(24),
        delivered_at=None if delivered is None else after(delivered),
        is_return=returns,
        lines=(LineQuantity(line_id=f"{SECRET}line", sku="MUG", quantity=Decimal(1)),),
        packages=packages,
        source=f"{SECRET}wms",
    )


def line(*, price: Money | None = None, title: str | None = "Mug") -> OrderLine:
    """One line."""
    return OrderLine(
        id=f"{SECRET}line",
        sku="MUG",
        gtin=f"{SECRET}gtin",
        title=title,
        parent_line_id=None,
        unit=None,
        quantity=LineQuantities(ordered=Decimal(2), shipped=Decimal(1), returned=Decimal(1)),
        status=LineStatus.UNKNOWN,
        unit_price=price,
        total=price,
        discounts=(Discount(title=f"{SECRET}code"),),
        taxes=(),
    )


def planned(method: DeliveryMethod) -> FulfillmentOrder:
    """Goods that are to be ready in the harbor store."""
    return FulfillmentOrder(
        id=f"{SECRET}fo",
        status=FulfillmentOrderStatus.PACKED,
        location=Location(id=f"{SECRET}2", name="Harbor store", kind=LocationKind.STORE, systems=()),
        method=method,
        fulfill_at=None,
        fulfill_by=after(5),
        lines=(LineQuantity(line_id=f"{SECRET}line", sku="MUG", quantity=Decimal(1)),),
        holds=(Hold(reason=HoldReason.OTHER, raw=f"{SECRET}hold"),),
    )


def freshness(*, missing: bool = False) -> Freshness:
    """Fetched at noon; with a system that did not answer, if so said."""
    issue = SourceIssue(
        system=f"{SECRET}wms", reason=IssueReason.TIMED_OUT, message=f"{SECRET}no answer", facets=(Facet.TRACKING,)
    )
    return Freshness(as_of=NOON, max_age_seconds=0, stale=True, missing=(issue,) if missing else ())


def order(**fields: Any) -> Order:
    """An order with two lines' worth of goods."""
    given: dict[str, Any] = {"number": "1001", "placed_at": NOON, "order_lines": (line(),), "freshness": freshness()}
    return Order(id=f"{SECRET}id", key=f"{SECRET}key", **given | fields)


addresses = st.builds(
    Address,
    name=private,
    company=private,
    lines=st.tuples(private),
    city=private,
    region=private,
    postal_code=private,
    country_code=private,
    phone=private,
)
orders = st.builds(
    order,
    customer=st.builds(Customer, id=private, name=private, email=private, phone=private),
    company=st.builds(Company, id=private, name=private, tax_id=private),
    billing_address=addresses,
    shipping_address=addresses,
    channel=st.builds(Channel, code=private, name=private),
    origin=private,
    cancel_reason=private,
    purchase_order_number=private,
    payment_terms=private,
    currency=private,
    presentment_currency=private,
    totals=st.builds(OrderTotals, total=money, paid=money, due=money),
    discounts=st.tuples(st.builds(Discount, title=private, code=private, amount=money)),
    taxes=st.tuples(st.builds(TaxLine, title=private, amount=money)),
    order_lines=st.tuples(st.builds(line, price=money)),
    payments=st.tuples(st.builds(Payment, external_id=private, status=st.just(PaymentStatus.PAID), captured=money)),
    adjustments=st.tuples(st.builds(Refund, external_id=private, amount=money, note=private)),
    invoices=st.tuples(st.builds(Invoice, external_id=private, number=private, total=money)),
    returns=st.tuples(st.builds(Return, external_id=private, status=st.just(ReturnStatus.UNKNOWN), number=private)),
    timeline=st.tuples(
        st.builds(TimelineEntry, occurred_at=st.just(NOON), kind=st.just("PAID"), message=private, system=private)
    ),
    identifiers=st.tuples(st.builds(Identifier, namespace=private, value=private)),
    sources=st.tuples(
        st.builds(
            SourceRecord,
            system=private,
            kind=st.just(SystemKind.ERP),
            external_id=private,
            number=private,
            url=private,
            fetched_at=st.just(NOON),
            source_updated_at=st.none(),
            stale=st.booleans(),
            via=st.just(Via.LIVE),
        )
    ),
    freshness=st.builds(freshness, missing=st.booleans()),
    shipments=st.tuples(st.builds(shipment, private, st.just(package(event(30, ShipmentStatus.IN_TRANSIT))))),
    fulfillment_orders=st.tuples(st.builds(planned, st.sampled_from(DeliveryMethod))),
)


@given(orders)
def test_nothing_private_is_in_it(whole: Order) -> None:
    """Whatever is said of customer, company, addresses, money, payments, invoices, returns, notes, systems, ids and
    places of work: not one of these texts, and no amount, is anywhere in the view.
    """
    assert SECRET in msgspec.json.encode(whole).decode()
    seen = msgspec.json.encode(tracked(whole, ACCESS)).decode()
    assert SECRET not in seen
    assert str(AMOUNT) not in seen


def test_lines_and_what_is_in_a_parcel() -> None:
    """Quantities are told but for what came back; a shipment names its goods as the order's lines do, or by SKU."""
    seen = tracked(order(shipments=(shipment("a", package()),)), ACCESS)
    assert [(entry.title, entry.quantity.ordered, entry.quantity.returned) for entry in seen.lines] == [
        ("Mug", Decimal(2), None)
    ]
    assert seen.shipments[0].lines == (TrackedGoods(title="Mug", quantity=Decimal(1)),)
    untitled = tracked(order(order_lines=(line(title=None),), shipments=(shipment("a"),)), ACCESS)
    assert untitled.shipments[0].lines == (TrackedGoods(title="MUG", quantity=Decimal(1)),)


def test_returns_are_left_out() -> None:
    """A shipment that travels back is not shown and makes no milestone; the others have ids of their own."""
    seen = tracked(order(shipments=(shipment("a"), shipment("b"), shipment("c", returns=True, delivered=90))), ACCESS)
    assert len({entry.id for entry in seen.shipments}) == 2
    assert MilestoneKind.DELIVERED not in [step.kind for step in seen.milestones]


def test_milestones_in_order_of_time() -> None:
    """Placed, shipped, out for delivery (the first time of a parcel), delivered, canceled: each with its instant."""
    parcel = package(
        event(40, ShipmentStatus.OUT_FOR_DELIVERY),
        event(41, ShipmentStatus.ATTEMPTED_DELIVERY),
        event(64, ShipmentStatus.OUT_FOR_DELIVERY),
    )
    whole = order(shipments=(shipment("a", parcel, delivered=66), shipment("b")), canceled_at=after(80))
    assert tracked(whole, ACCESS).milestones == tuple(
        TrackedMilestone(kind=MilestoneKind(kind), occurred_at=after(hours))
        for kind, hours in (
            ("PLACED", 0),
            ("SHIPPED", 24),
            ("OUT_FOR_DELIVERY", 40),
            ("DELIVERED", 66),
            ("CANCELED", 80),
        )
    )


def test_pickups_are_what_the_customer_fetches() -> None:
    """Of what is planned, only goods that the customer fetches are shown, with the place and the time."""
    seen = tracked(order(fulfillment_orders=tuple(planned(method) for method in DeliveryMethod)), ACCESS)
    assert [pickup.method for pickup in seen.pickups] == [
        DeliveryMethod.STORE_PICKUP,
        DeliveryMethod.CURBSIDE,
        DeliveryMethod.LOCKER,
        DeliveryMethod.PICKUP_POINT,
    ]
    assert {(pickup.location, pickup.ready_by) for pickup in seen.pickups} == {("Harbor store", after(5))}


def test_events_as_the_carrier_tells_them() -> None:
    """Words and place of an event stand as given; a link is kept only where it leads to the web."""
    parcels = (
        package(event(30, ShipmentStatus.IN_TRANSIT, "départ", "Nîmes")),
        package(url="javascript:alert(1)"),
        package(url=None),
    )
    seen = tracked(order(shipments=(shipment("a", *parcels),)), ACCESS).shipments[0].packages
    assert (seen[0].events[0].message, seen[0].events[0].location) == ("départ", "Nîmes")
    assert [parcel.tracking_url for parcel in seen] == ["https://carrier.example/1Z", None, None]


def test_freshness_names_no_system() -> None:
    """Age and staleness are told, and whether something may be wanting."""
    told = [tracked(order(freshness=freshness(missing=missing)), ACCESS).freshness for missing in (False, True)]
    assert [(entry.as_of, entry.stale, entry.incomplete) for entry in told] == [(NOON, True, False), (NOON, True, True)]
