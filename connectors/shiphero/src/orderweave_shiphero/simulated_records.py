"""What of our records ShipHero can say: each record reduced to it. What is dropped here is the vendor's gap."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Channel,
    Fulfillment,
    GoodsLine,
    Header,
    Hold,
    HoldReason,
    Key,
    Line,
    LocationKind,
    Money,
    OrderRecord,
    Package,
    Place,
    ProductRecord,
    Progress,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    StockRecord,
    Totals,
    TrackingEvent,
)
from orderweave_shiphero.manifest import REFERENCES

_NOT_LEFT = frozenset(
    {ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED, ShipmentStatus.CANCELED, ShipmentStatus.UNKNOWN}
)
_HOLD_OF_REASON = {
    HoldReason.FRAUD_RISK: "fraud_hold",
    HoldReason.AWAITING_PAYMENT: "payment_hold",
    HoldReason.INCORRECT_ADDRESS: "address_hold",
    HoldReason.OTHER: "client_hold",
}
# In the order in which the connector reads them, with what each says.
_REASON_OF_HOLD = {
    "fraud_hold": HoldReason.FRAUD_RISK,
    "payment_hold": HoldReason.AWAITING_PAYMENT,
    "address_hold": HoldReason.INCORRECT_ADDRESS,
    "operator_hold": HoldReason.MANUAL_REVIEW,
    "shipping_method_hold": HoldReason.OTHER,
    "client_hold": HoldReason.OTHER,
}


class LineCounts(msgspec.Struct, frozen=True):
    """A line's counts in ShipHero's terms, and its word."""

    quantity: int | None
    shipped: int
    pending: int
    status: str


def opaque_id(kind: str, n: int | str) -> str:
    """An id in ShipHero's form: base64 of the kind and the number that it had in the older API."""
    return base64.b64encode(f"{kind}:{n}".encode()).decode()


def legacy_id(external_id: str) -> int | None:
    """The number inside such an id."""
    try:
        number = base64.b64decode(external_id, validate=True).decode().rpartition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(number) if number.isascii() and number.isdigit() and int(number) < 2**31 else None


def order_as_said(record: OrderRecord) -> OrderRecord:
    """The order as ShipHero can say it."""
    own = Key("id", record.external_id)
    legacy = legacy_id(record.external_id)
    counts = line_counts(record)
    return OrderRecord(
        external_id=record.external_id,
        keys=(own,) if legacy is None else (own, Key("legacy_id", str(legacy))),
        references=references_of(record),
        statuses=_statuses(record, counts),
        header=_header(record),
        lines=tuple(_line(line, counts[line.external_id], currency_of(record)) for line in record.lines or ()),
        addresses=Addresses(
            billing=_address(record.addresses.billing) if record.addresses else None,
            shipping=_address(record.addresses.shipping) if record.addresses else None,
        ),
        fulfillment=_fulfillment(record),
        holds=_holds(record),
    )


def currency_of(record: OrderRecord) -> str | None:
    """The order's one currency."""
    if record.header and record.header.currency:
        return record.header.currency
    return next((line.unit_price.currency for line in record.lines or () if line.unit_price), None)


def references_of(record: OrderRecord) -> tuple[Key, ...]:
    """ShipHero has no number of its own: a number that the record calls its own stands in `order_number`."""
    held = {key.namespace: key.value for key in reversed(record.references)}
    held.setdefault("order_number", record.key("number") or "")
    return tuple(Key(field, held[field]) for field in REFERENCES if held.get(field, "").strip())


def raw_status(record: OrderRecord) -> str:
    """The one word for two axes; a word of the shop's own stands for itself."""
    words = {word.axis: word for word in record.statuses}
    order, fulfillment = words.get(Axis.ORDER), words.get(Axis.FULFILLMENT)
    if fulfillment and fulfillment.normalized == "UNKNOWN" and fulfillment.raw:
        return fulfillment.raw
    if "CANCELED" in (order and order.normalized, fulfillment and fulfillment.normalized):
        return "canceled"
    if fulfillment and fulfillment.normalized in ("FULFILLED", "DELIVERED", "PARTIALLY_DELIVERED"):
        return "fulfilled"
    return "pending"


def _statuses(record: OrderRecord, counts: dict[str, LineCounts]) -> tuple[StatusWord, ...]:
    raw = raw_status(record)
    meanings = {"canceled": ("CANCELED", "CANCELED"), "fulfilled": ("OPEN", "FULFILLED")}
    order, fulfillment = meanings.get(raw, ("UNKNOWN", "UNKNOWN"))
    if raw == "pending":
        shipped = any(count.shipped for count in counts.values())
        pending = any(count.pending for count in counts.values())
        order, fulfillment = "OPEN", "PARTIALLY_FULFILLED" if shipped and pending else "UNFULFILLED"
    return (StatusWord(Axis.ORDER, raw, order, ""), StatusWord(Axis.FULFILLMENT, raw, fulfillment, ""))


def _header(record: OrderRecord) -> Header:
    header = record.header or Header()
    currency = currency_of(record)
    totals = header.totals or Totals()
    shop = header.channel.name or header.channel.code if header.channel else None
    return Header(
        channel=Channel(code=shop, name=shop) if shop else None,
        origin=header.origin,
        placed_at=header.placed_at,
        currency=currency,
        totals=Totals(
            subtotal=_money(totals.subtotal, currency),
            discount=_money(totals.discount, currency),
            shipping=_money(totals.shipping, currency),
            tax=_money(totals.tax, currency),
            total=_money(totals.total, currency),
        )
        if currency
        else None,
    )


def _money(money: Money | None, currency: str | None) -> Money | None:
    return money if money and money.currency == currency else None


def _line(line: Line, count: LineCounts, currency: str | None) -> Line:
    return Line(
        external_id=line.external_id,
        sku=line.sku,
        title=line.title,
        quantity=_quantities(count),
        unit_price=_money(line.unit_price, currency),
    )


def _quantities(count: LineCounts) -> Quantities:
    if count.quantity is None:
        return Quantities()
    ordered = Decimal(count.quantity)
    gone = ordered - count.shipped - count.pending
    if gone < 0:
        return Quantities(ordered=ordered)
    return Quantities(ordered=ordered, canceled=gone, current=ordered - gone)


def line_counts(record: OrderRecord) -> dict[str, LineCounts]:
    """Each line's counts: what left is read off the shipments."""
    shipped: dict[str, int] = {}
    for shipment in outbound(record):
        if shipment.status is not ShipmentStatus.CANCELED:
            for goods in shipment.lines:
                line_id = line_of(goods, record)
                if line_id is not None:
                    shipped[line_id] = shipped.get(line_id, 0) + int(goods.quantity)
    return {line.external_id: _count(line.quantity, shipped.get(line.external_id, 0)) for line in record.lines or ()}


def _count(quantity: Quantities, shipped: int) -> LineCounts:
    if quantity.ordered is None:
        return LineCounts(None, shipped, 0, "pending")
    ordered = int(quantity.ordered)
    current = int(quantity.current) if quantity.current is not None else ordered - int(quantity.canceled or 0)
    pending = max(0, current - shipped)
    status = "pending" if pending else "canceled" if shipped < ordered else "fulfilled"
    return LineCounts(ordered, shipped, pending, status)


def outbound(record: OrderRecord) -> tuple[Shipment, ...]:
    """The shipments that go to the customer; ShipHero's list has no others."""
    shipments = record.fulfillment.shipments if record.fulfillment else ()
    return tuple(shipment for shipment in shipments if not shipment.is_return)


def line_of(goods: GoodsLine, record: OrderRecord) -> str | None:
    """The order line that shipped goods belong to: the one named, or the first of that SKU."""
    lines = record.lines or ()
    if goods.line_id is not None:
        return goods.line_id
    return next((line.external_id for line in lines if goods.sku and line.sku == goods.sku), None)


def _fulfillment(record: OrderRecord) -> Fulfillment:
    known = {entry.line_id or entry.sku: entry for entry in (record.fulfillment or Fulfillment()).progress}
    skus = {line.external_id: line.sku for line in record.lines or ()}
    progress = []
    for line in record.lines or ():
        if line.sku:
            entry = known.get(line.external_id) or known.get(line.sku)
            progress.append(
                Progress(
                    sku=line.sku,
                    line_id=line.external_id,
                    allocated=_whole(entry.allocated if entry else None),
                    backordered=_whole(entry.backordered if entry else None),
                )
            )
    shipments = tuple(_shipment(shipment, record, skus) for shipment in outbound(record))
    return Fulfillment(shipments=shipments, progress=tuple(progress))


def _whole(quantity: Decimal | None) -> Decimal:
    return Decimal(int(quantity or 0))


def _shipment(shipment: Shipment, record: OrderRecord, skus: dict[str, str | None]) -> Shipment:
    canceled = shipment.status is ShipmentStatus.CANCELED
    packages = tuple(
        _package(package, shipment, n, _goods(package.lines, record, skus), canceled=canceled)
        for n, package in enumerate(shipment.packages)
    )
    status = _milestone(shipment.status)
    if status not in (ShipmentStatus.DELIVERED, ShipmentStatus.PICKED_UP):
        void = all(package.status is ShipmentStatus.CANCELED for package in packages)
        status = ShipmentStatus.CANCELED if void else ShipmentStatus.LABEL_CREATED
    if not packages and status in (ShipmentStatus.CANCELED, ShipmentStatus.LABEL_CREATED):
        status = ShipmentStatus.UNKNOWN
    return Shipment(
        external_id=shipment.external_id,
        status=status,
        location=warehouse(shipment.location) if shipment.location else None,
        shipped_at=shipment.shipped_at,
        lines=_goods(shipment.lines, record, skus),
        packages=packages,
    )


def _goods(lines: Iterable[GoodsLine], record: OrderRecord, skus: dict[str, str | None]) -> tuple[GoodsLine, ...]:
    found = ((line_of(goods, record), goods) for goods in lines)
    return tuple(
        GoodsLine(quantity=_whole(goods.quantity), sku=skus.get(line_id or ""), line_id=line_id)
        for line_id, goods in found
    )


def _milestone(status: ShipmentStatus) -> ShipmentStatus:
    """ShipHero knows labels, parcels that were picked up, and delivered ones; nothing in between."""
    if status is ShipmentStatus.PENDING:
        return ShipmentStatus.LABEL_CREATED
    if status in _NOT_LEFT or status is ShipmentStatus.DELIVERED:
        return status
    return ShipmentStatus.PICKED_UP


def _package(package: Package, shipment: Shipment, n: int, lines: tuple[GoodsLine, ...], *, canceled: bool) -> Package:
    carrier = package.carrier and (package.carrier.code or package.carrier.name)
    made = next(
        (event.occurred_at for event in package.events or () if event.status is ShipmentStatus.LABEL_CREATED),
        shipment.shipped_at,
    )
    return Package(
        external_id=package.external_id or opaque_id("ShippingLabel", f"{shipment.external_id}/{n}"),
        carrier=Carrier(code=carrier.lower(), name=carrier) if carrier else None,
        tracking_number=package.tracking_number,
        status=ShipmentStatus.CANCELED if canceled else _milestone(package.status),
        raw_status=package.raw_status,
        events=(TrackingEvent(occurred_at=made, status=ShipmentStatus.LABEL_CREATED),) if made else (),
        lines=lines,
    )


def warehouse(place: Place) -> Place:
    """Every place of ShipHero's is a warehouse."""
    return Place(external_id=place.external_id, name=place.name, kind=LocationKind.WAREHOUSE)


def _address(address: Address | None) -> Address | None:
    if address is None:
        return None
    code = address.country_code
    first, *rest = address.lines or ("",)
    said = Address(
        name=address.name or None,
        company=address.company or None,
        lines=tuple(line for line in (first, ", ".join(rest)) if line),
        city=address.city or None,
        region=address.region or None,
        postal_code=address.postal_code or None,
        country_code=code.upper() if code and len(code) == 2 and code.isalpha() else None,
        phone=address.phone or None,
    )
    return None if said == Address() else said


def _holds(record: OrderRecord) -> tuple[Hold, ...]:
    """Flags for what stands now; a hold that ends by itself is one until a date, and there is one at most."""
    up = {
        hold.raw if hold.raw in _REASON_OF_HOLD else _HOLD_OF_REASON.get(hold.reason, "operator_hold")
        for hold in record.holds or ()
        if hold.released_at is None
    }
    until = next((hold.released_at for hold in record.holds or () if hold.raw == "hold_until_date"), None)
    flags = tuple(Hold(reason=reason, raw=raw) for raw, reason in _REASON_OF_HOLD.items() if raw in up)
    ending = (Hold(reason=HoldReason.OTHER, raw="hold_until_date", released_at=until),) if until else ()
    return flags + ending


def stock_as_said(record: StockRecord) -> StockRecord:
    """The stock level as ShipHero can say it: whole counts, and nothing of what is on its way."""
    return StockRecord(
        sku=record.sku,
        location=warehouse(record.location),
        external_id=record.external_id or opaque_id("WarehouseProduct", f"{record.sku}/{record.location.external_id}"),
        title=record.title,
        on_hand=_count_or_none(record.on_hand),
        available=_count_or_none(record.available),
        committed=_count_or_none(record.committed),
        reserved=_count_or_none(record.reserved),
        updated_at=record.updated_at,
    )


def _count_or_none(quantity: Decimal | None) -> Decimal | None:
    return None if quantity is None else Decimal(int(quantity))


def product_as_said(record: ProductRecord) -> ProductRecord:
    """The product as ShipHero can say it; its barcode need not be a GTIN."""
    return ProductRecord(
        external_id=record.external_id,
        sku=record.sku,
        title=record.title,
        active=record.active,
        updated_at=record.updated_at,
    )
