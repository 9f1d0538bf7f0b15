"""What of our records Extensiv can say: each record reduced to it. What is dropped here is the vendor's gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from orderweave_extensiv import statuses
from orderweave_extensiv.manifest import REFERENCES
from orderweave_extensiv.statuses import STATUSES
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Fulfillment,
    GoodsLine,
    Header,
    Hold,
    HoldReason,
    Key,
    Line,
    LocationKind,
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
)

# A status of which the vendor's documentation says nothing.
UNDOCUMENTED = "7"

_ZERO = Decimal(0)
# A hold is a date in Extensiv; one of which nobody knows since when has this one.
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_NOT_LEFT = frozenset({ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED, ShipmentStatus.UNKNOWN})
_ALL_LEFT = frozenset({"FULFILLED", "DELIVERED", "PARTIALLY_DELIVERED"})

_Quantities = Mapping[str, Decimal]


def order_as_said(record: OrderRecord) -> OrderRecord:
    """The order as Extensiv can say it."""
    word = fulfillment_word(record)
    canceled = word == statuses.CANCELED
    lines = tuple(_line(line, canceled=canceled) for line in record.lines or ())
    references = _references(record)
    return OrderRecord(
        external_id=record.external_id,
        keys=(Key("id", record.external_id),),
        references=references,
        updated_at=record.updated_at,
        statuses=_statuses(word),
        header=Header(
            placed_at=record.header.placed_at if record.header else None,
            updated_at=record.updated_at,
            purchase_order_number=next((key.value for key in references if key.namespace == "poNum"), None),
        ),
        lines=lines,
        addresses=Addresses(
            billing=_address(record.addresses.billing) if record.addresses else None,
            shipping=_address(record.addresses.shipping) if record.addresses else None,
        ),
        fulfillment=Fulfillment(
            shipments=_shipments(record, word, lines),
            progress=_progress(record, word, lines),
        ),
        holds=_holds(record) if word.startswith(statuses.OPEN) else (),
    )


def _references(record: OrderRecord) -> tuple[Key, ...]:
    """Extensiv has no number but its id: a number that the record calls its own stands in `referenceNum`."""
    held = {key.namespace: key.value for key in reversed(record.references)}
    held.setdefault("referenceNum", record.key("number") or "")
    held.setdefault("poNum", (record.header and record.header.purchase_order_number) or "")
    return tuple(Key(field, held[field]) for field in REFERENCES if held.get(field, "").strip())


def fulfillment_word(record: OrderRecord) -> str:
    """The vendor's word, from what left and from the record's own word."""
    said = {word.axis: word for word in record.statuses}
    own = said.get(Axis.FULFILLMENT)
    if own is not None and own.normalized == "UNKNOWN" and own.raw:
        return UNDOCUMENTED
    normalized = own.normalized if own else ""
    order = said.get(Axis.ORDER)
    if "CANCELED" in (normalized, order.normalized if order else ""):
        return statuses.CANCELED
    left = _sums(record, _left(record))
    wanted = {line.external_id: quantity_of(line) for line in record.lines or ()}
    all_left = bool(left) and all(left.get(line_id, _ZERO) >= quantity for line_id, quantity in wanted.items())
    if all_left or normalized in _ALL_LEFT:
        return statuses.CLOSED
    if left:
        return statuses.LOADED_INCOMPLETE
    if _holds(record):
        return statuses.ON_HOLD
    return statuses.PICKED if normalized == "IN_PROGRESS" else statuses.OPEN


def _statuses(word: str) -> tuple[StatusWord, ...]:
    name = word.partition("/")[0]
    return (STATUSES.read(Axis.ORDER, name), STATUSES.read(Axis.FULFILLMENT, word))


def quantity_of(line: Line) -> Decimal:
    """What a line is about: Extensiv overwrites it when it is changed, and keeps it when the order is canceled."""
    current = line.quantity.current
    return (line.quantity.ordered if current is None or current == 0 else current) or _ZERO


def _line(line: Line, *, canceled: bool) -> Line:
    quantity = quantity_of(line)
    gone = quantity if canceled else _ZERO
    return Line(
        external_id=line.external_id,
        sku=line.sku,
        unit=line.unit,
        quantity=Quantities(ordered=quantity, canceled=gone, current=quantity - gone),
    )


def _outbound(record: OrderRecord) -> list[Shipment]:
    shipments = record.fulfillment.shipments if record.fulfillment else ()
    return [shipment for shipment in shipments if not shipment.is_return]


def _left(record: OrderRecord) -> list[Shipment]:
    """The shipments of which the goods are gone."""
    return [
        shipment
        for shipment in _outbound(record)
        if shipment.status is not ShipmentStatus.CANCELED
        and (shipment.status not in _NOT_LEFT or shipment.shipped_at is not None)
    ]


def _gone(record: OrderRecord, word: str) -> list[Shipment]:
    """The shipments that an open order tells of as loaded."""
    return _left(record) if word == statuses.LOADED_INCOMPLETE else []


def _line_of(goods: GoodsLine, record: OrderRecord) -> str | None:
    """The order line that shipped goods belong to: the one named, or the first of that SKU."""
    if goods.line_id is not None:
        return goods.line_id
    return next((line.external_id for line in record.lines or () if goods.sku and line.sku == goods.sku), None)


def _sums(record: OrderRecord, shipments: Iterable[Shipment]) -> dict[str, Decimal]:
    """The goods of these shipments by line."""
    found: dict[str, Decimal] = {}
    for shipment in shipments:
        for goods in shipment.lines:
            line_id = _line_of(goods, record)
            if line_id is not None and goods.quantity:
                found[line_id] = found.get(line_id, _ZERO) + goods.quantity
    return found


def contents(shipment: Shipment) -> list[dict[str, Decimal]]:
    """What is in each package, by line: the pieces dealt out one by one, and what is less than one into the first."""
    packages: list[dict[str, Decimal]] = [{} for _ in shipment.packages]
    dealt = 0
    for goods in shipment.lines if packages else ():
        line_id, whole = goods.line_id or "", int(goods.quantity)
        for _ in range(whole):
            package = packages[dealt % len(packages)]
            package[line_id] = package.get(line_id, _ZERO) + 1
            dealt += 1
        if goods.quantity > whole:
            packages[0][line_id] = packages[0].get(line_id, _ZERO) + goods.quantity - whole
    return packages


def _shipments(record: OrderRecord, word: str, lines: tuple[Line, ...]) -> tuple[Shipment, ...]:
    """One shipment an order; of a half-loaded one what is loaded, and after it what is only packed."""
    standing = [shipment for shipment in _outbound(record) if shipment.status is not ShipmentStatus.CANCELED]
    if word == statuses.CLOSED:
        goods = {line.external_id: line.quantity.ordered or _ZERO for line in lines}
        shipped_at = max((s.shipped_at for s in _left(record) if s.shipped_at), default=None)
        left = _shipment(record, goods, _packages(standing), ShipmentStatus.PICKED_UP)
        return (msgspec.structs.replace(left, shipped_at=shipped_at),)
    if word == statuses.CANCELED:
        void = _outbound(record)
        made = _shipment(record, _in_packages(record, void), _packages(void), ShipmentStatus.CANCELED)
        return (made,) if made.packages else ()
    gone = _gone(record, word)
    here = [shipment for shipment in standing if shipment not in gone]
    left = _shipment(record, _sums(record, gone), _packages(gone), ShipmentStatus.PICKED_UP)
    # Of a package with nothing in it nobody knows that it is gone.
    full = [package for package, inside in zip(left.packages, contents(left), strict=True) if inside]
    empty = [package for package in _packages(gone) if package.external_id not in {each.external_id for each in full}]
    waiting = _shipment(
        record, _in_packages(record, here), [*empty, *_packages(here)], ShipmentStatus.LABEL_CREATED, after=bool(gone)
    )
    found = [msgspec.structs.replace(left, packages=tuple(full))] if gone else []
    return (*found, waiting) if waiting.packages else tuple(found)


def _packages(shipments: Iterable[Shipment]) -> list[Package]:
    return [package for shipment in shipments for package in shipment.packages]


def _in_packages(record: OrderRecord, shipments: Iterable[Shipment]) -> dict[str, Decimal]:
    """What is only packed is known by the packages that it is in."""
    return _sums(record, (shipment for shipment in shipments if shipment.packages))


def _shipment(
    record: OrderRecord,
    goods: _Quantities,
    packages: Sequence[Package],
    status: ShipmentStatus,
    *,
    after: bool = False,
) -> Shipment:
    skus = {line.external_id: line.sku for line in record.lines or ()}
    if status is ShipmentStatus.LABEL_CREATED and not any(package.tracking_number for package in packages):
        status = ShipmentStatus.PENDING
    return Shipment(
        external_id=f"{record.external_id}/packed" if after else record.external_id,
        status=status,
        location=facility_of(record),
        lines=tuple(
            GoodsLine(quantity=goods[line_id], sku=skus[line_id], line_id=line_id)
            for line_id in skus
            if goods.get(line_id)
        ),
        packages=tuple(_package(package, status, carrier_of(record)) for package in packages),
    )


def facility_of(record: OrderRecord) -> Place | None:
    """The one facility that an order is of."""
    for shipment in _outbound(record):
        if shipment.location is not None:
            return place_as_said(shipment.location)
    return None


def place_as_said(place: Place) -> Place:
    """Every place of Extensiv's is a warehouse."""
    return Place(external_id=place.external_id, name=place.name, kind=LocationKind.WAREHOUSE)


def carrier_of(record: OrderRecord) -> Carrier | None:
    """An order has one carrier, by name; where its packages have several, none of them can be told."""
    names = {
        package.carrier.name or package.carrier.code
        for shipment in _outbound(record)
        for package in shipment.packages
        if package.carrier
    }
    name = names.pop() if len(names) == 1 else None
    return Carrier(code=name.lower(), name=name) if name else None


def _package(package: Package, status: ShipmentStatus, carrier: Carrier | None) -> Package:
    unlabeled = status is ShipmentStatus.LABEL_CREATED and not package.tracking_number
    return Package(
        external_id=package.external_id,
        carrier=carrier,
        tracking_number=package.tracking_number,
        status=ShipmentStatus.PENDING if unlabeled else status,
    )


def _progress(record: OrderRecord, word: str, lines: tuple[Line, ...]) -> tuple[Progress, ...]:
    """What of the lines that wait in the house is allocated and picked."""
    if word in (statuses.CLOSED, statuses.CANCELED, statuses.LOADED):
        return ()
    left = _sums(record, _gone(record, word))
    known = {entry.line_id or entry.sku: entry for entry in (record.fulfillment or Fulfillment()).progress}
    found = []
    for line in lines:
        ordered = line.quantity.ordered or _ZERO
        if not line.sku or left.get(line.external_id, _ZERO) >= ordered:
            continue
        entry = known.get(line.external_id) or known.get(line.sku)
        allocated = (entry.allocated if entry else None) or _ZERO
        picked = min((entry.picked if entry else None) or _ZERO, allocated)
        found.append(Progress(sku=line.sku, line_id=line.external_id, allocated=allocated, picked=picked))
    return tuple(found)


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
    """One hold at most, of which the reason is words."""
    standing = [hold for hold in record.holds or () if hold.released_at is None]
    return tuple(
        Hold(
            reason=HoldReason.OTHER,
            raw=hold.raw or hold.reason.value,
            placed_at=hold.placed_at or record.updated_at or _SOME_TIME,
        )
        for hold in standing[:1]
    )


def stock_as_said(record: StockRecord) -> StockRecord:
    """The stock level as Extensiv can say it: a facility by its id, and no quantity that is not known."""
    return StockRecord(
        sku=record.sku,
        location=Place(external_id=record.location.external_id, kind=LocationKind.WAREHOUSE),
        title=record.title,
        on_hand=record.on_hand or _ZERO,
        available=record.available or _ZERO,
        reserved=record.reserved or _ZERO,
    )


def product_as_said(record: ProductRecord) -> ProductRecord:
    """The item as Extensiv can say it; its UPC is whatever barcode the customer uses."""
    return ProductRecord(
        external_id=record.external_id,
        sku=record.sku,
        title=record.title,
        active=record.active is not False,
        updated_at=record.updated_at,
    )
