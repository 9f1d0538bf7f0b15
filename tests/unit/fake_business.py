"""Orders, stock and the usual three systems of the tests: a shop, an ERP that mirrors it, and a warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from orderweave.model.systems import ReferenceRule
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import (
    Axis,
    Customer,
    Facet,
    Fulfillment,
    Header,
    Invoice,
    Invoices,
    Key,
    Line,
    Money,
    OrderRecord,
    Package,
    Payments,
    Person,
    Place,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    StockRecord,
    SystemKind,
    Totals,
)
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FakeSystem, manifest


def order(
    external_id: str,
    number: str | None = None,
    *,
    hours: float = 0,
    placed_at: datetime | None = None,
    email: str | None = None,
    customer_id: str | None = None,
    reference: tuple[str, str] | None = None,
    total: str = "10.00",
    skus: Sequence[str] = (),
    invoice: str | None = None,
    tracking: str | None = None,
    words: Sequence[tuple[Axis, str, str]] = ((Axis.ORDER, "open", "OPEN"),),
) -> OrderRecord:
    """An order placed so many hours after noon, with every facet that the arguments give something for."""
    placed = placed_at or NOON + timedelta(hours=hours)
    amount = Money(Decimal(total), "USD")
    shipments = (
        Shipment(
            external_id=f"shipment-{external_id}",
            status=ShipmentStatus.IN_TRANSIT,
            packages=(Package(tracking_number=tracking, status=ShipmentStatus.IN_TRANSIT, events=()),),
        ),
    )
    return OrderRecord(
        external_id=external_id,
        keys=(Key("id", external_id), *((Key("number", number),) if number is not None else ())),
        references=(Key(*reference),) if reference else (),
        updated_at=placed,
        statuses=tuple(StatusWord(axis, raw, meaning, "1") for axis, raw, meaning in words),
        header=Header(number=number, placed_at=placed, updated_at=placed, currency="USD", totals=Totals(total=amount)),
        lines=tuple(
            Line(external_id=f"{external_id}-{n}", sku=sku, quantity=Quantities(ordered=Decimal(n), current=Decimal(n)))
            for n, sku in enumerate(skus, start=1)
        ),
        customer=Customer(person=Person(external_id=customer_id, name="Ada", email=email)) if email else None,
        payments=Payments(),
        invoices=Invoices(invoices=(Invoice(external_id=f"invoice-{external_id}", number=invoice),) if invoice else ()),
        fulfillment=Fulfillment(shipments=shipments if tracking else ()),
        returns=(),
        holds=(),
        timeline=(),
    )


def stock(sku: str, place: str, on_hand: int, *, available: int | None = None) -> StockRecord:
    """A stock level; available is on hand unless told otherwise."""
    return StockRecord(
        sku=sku,
        location=Place(external_id=place, name=place),
        on_hand=Decimal(on_hand),
        available=Decimal(on_hand if available is None else available),
    )


def shop(
    orders: Sequence[OrderRecord] = (),
    *,
    name: str = "shop",
    facets: frozenset[Facet] = frozenset(Facet) - {Facet.INVOICES},
    batch: int = 50,
    page_size: int = 50,
    number_pattern: str | None = r"\d{4}",
) -> FakeSystem:
    """A storefront where orders are placed; it has no invoices."""
    declared = manifest(name, SystemKind.STOREFRONT, facets=facets, batch=batch, page_size=page_size)
    return FakeSystem(name, declared, orders=orders, number_pattern=number_pattern)


def erp(
    orders: Sequence[OrderRecord] = (),
    *,
    name: str = "erp",
    names: tuple[str, ...] = ("shop:number",),
    batch: int = 50,
    page_size: int = 50,
    many: bool = False,
) -> FakeSystem:
    """An ERP that mirrors the shop's orders under its own numbers, and has orders of its own."""
    declared = manifest(name, SystemKind.ERP, references=("reference",), batch=batch, page_size=page_size)
    rule = ReferenceRule(field="reference", names=names, spellings=("{}", "#{}"), many=many)
    return FakeSystem(name, declared, orders=orders, references=(rule,), number_pattern=r"SO\d+")


def wms(
    orders: Sequence[OrderRecord] = (), *, names: tuple[str, ...] = ("shop:number",), batch: int = 50
) -> FakeSystem:
    """A warehouse that knows the shop's orders by their numbers and can only look up."""
    declared = manifest(
        "wms",
        SystemKind.WMS,
        capabilities=frozenset({Capability.FIND_ORDERS, Capability.READ_STOCK}),
        facets=frozenset({Facet.HEADER, Facet.LINES, Facet.FULFILLMENT, Facet.TRACKING, Facet.HOLDS}),
        references=("order_number",),
        batch=batch,
    )
    rule = ReferenceRule(field="order_number", names=names, spellings=("{}",))
    return FakeSystem("wms", declared, orders=orders, references=(rule,))
