"""From items, shipments and returns to lines, fulfillment and returns. Pure.

A product of several parts is an item itself and its parts are items that point to it. The parts of a configurable
product say the same goods once more, and are left out. The parts of a bundle are lines under the bundle's; what is
shipped is counted on the bundle or on its parts, whichever the shop ships.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from orderweave_adobe_commerce.fields import Amounts
from orderweave_adobe_commerce.payloads import (
    ItemPayload,
    OrderPayload,
    RmaPayload,
    ShipmentPayload,
    TrackPayload,
)
from orderweave_adobe_commerce.statuses import STATUSES
from orderweave_adobe_commerce.times import in_utc
from orderweave_sdk.records import (
    Axis,
    Carrier,
    Discount,
    Fulfillment,
    GoodsLine,
    Line,
    Money,
    Package,
    Place,
    Progress,
    Quantities,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    StatusWord,
)

_ZERO = Decimal(0)
_CONFIGURABLE = "configurable"
# The carrier code of a tracking number that was typed in with a carrier of its own name.
_CUSTOM = "custom"
# Returns that are still going on tell more than those that are over.
_OVER = frozenset({ReturnStatus.CLOSED, ReturnStatus.DECLINED, ReturnStatus.CANCELED})


class Goods:
    """The items of one order: which are lines, and to which line each of them belongs."""

    def __init__(self, items: Sequence[ItemPayload]) -> None:
        by_id = {item.item_id: item for item in items}
        self.lines: list[ItemPayload] = []
        self._line_of: dict[int, ItemPayload] = {}
        for item in items:
            parent = by_id.get(item.parent_item_id) if item.parent_item_id is not None else None
            folded = parent is not None and parent.product_type == _CONFIGURABLE
            self._line_of[item.item_id] = parent if parent is not None and folded else item
            if not folded:
                self.lines.append(item)
        self._parts: dict[int, list[ItemPayload]] = {}
        for item in self.lines:
            if item.parent_item_id in by_id:
                self._parts.setdefault(item.parent_item_id, []).append(item)

    def line(self, item_id: int) -> ItemPayload | None:
        """The line that an item belongs to; None for an item that the order does not have."""
        return self._line_of.get(item_id)

    def shipped_by_themselves(self) -> list[ItemPayload]:
        """The items on which shipped quantities are counted, without those that need no shipping."""
        found: list[ItemPayload] = []
        for item in self.lines:
            if item.parent_item_id is None or self.line(item.parent_item_id) is None:
                parts = self._parts.get(item.item_id, [])
                apart = not item.qty_shipped and any(part.qty_shipped for part in parts)
                found += parts if apart else [item]
        return [item for item in found if not item.is_virtual]


def lines(goods: Goods, amounts: Amounts, currency: str | None) -> tuple[Line, ...]:
    """The LINES facet."""
    return tuple(_line(item, goods, amounts, currency) for item in goods.lines)


def _line(item: ItemPayload, goods: Goods, amounts: Amounts, currency: str | None) -> Line:
    ordered, canceled = item.qty_ordered, item.qty_canceled or _ZERO
    row, discount = amounts.number(item, "row_total"), amounts.number(item, "discount_amount") or _ZERO
    parent = goods.line(item.parent_item_id) if item.parent_item_id is not None else None
    return Line(
        external_id=str(item.item_id),
        sku=item.sku or None,
        title=item.name or None,
        parent_line_id=str(parent.item_id) if parent else None,
        quantity=Quantities(
            ordered=ordered, canceled=canceled, current=None if ordered is None else ordered - canceled
        ),
        unit_price=amounts.money(item, "price", currency),
        total=None if row is None or currency is None else Money(row - discount, currency),
        discounts=(Discount(title="Discount", amount=Money(discount, currency)),) if discount and currency else (),
    )


def fulfillment_word(order: OrderPayload, goods: Goods) -> StatusWord:
    """How far the goods are: by the state where it speaks of goods, else by quantities."""
    return STATUSES.read(Axis.FULFILLMENT, _fulfillment(order, goods))


def _fulfillment(order: OrderPayload, goods: Goods) -> str:
    if order.state in ("holded", "canceled"):
        return order.state
    items = goods.shipped_by_themselves()
    if order.is_virtual or not items:
        return "virtual"
    shipped = sum((item.qty_shipped or _ZERO for item in items), _ZERO)
    if any(_to_ship(item) > 0 for item in items):
        return "partly shipped" if shipped else "nothing shipped"
    return "shipped" if shipped else "nothing left to ship"


def _to_ship(item: ItemPayload) -> Decimal:
    """As Adobe Commerce counts it: what was refunded before it was shipped is not shipped any more."""
    gone = max(item.qty_shipped or _ZERO, item.qty_refunded or _ZERO)
    return (item.qty_ordered or _ZERO) - gone - (item.qty_canceled or _ZERO)


def fulfillment(goods: Goods, shipments: Iterable[ShipmentPayload]) -> Fulfillment:
    """The FULFILLMENT facet. Adobe Commerce keeps no plan of it, and no tracking events."""
    return Fulfillment(
        shipments=tuple(_shipment(shipment, goods) for shipment in shipments),
        progress=tuple(
            Progress(sku=item.sku, line_id=str(item.item_id), backordered=item.qty_backordered)
            for item in goods.lines
            if item.qty_backordered and item.sku
        ),
    )


def _shipment(shipment: ShipmentPayload, goods: Goods) -> Shipment:
    source = shipment.extension_attributes.source_code if shipment.extension_attributes else None
    return Shipment(
        external_id=str(shipment.entity_id),
        number=shipment.increment_id or None,
        status=ShipmentStatus.UNKNOWN,
        location=Place(external_id=source) if source else None,
        shipped_at=in_utc(shipment.created_at),
        lines=tuple(_goods_line(item.order_item_id, item.qty, item.sku, goods) for item in shipment.items or ()),
        packages=tuple(_package(track) for track in shipment.tracks or ()),
    )


def _goods_line(item_id: int, quantity: Decimal, sku: str | None, goods: Goods) -> GoodsLine:
    line = goods.line(item_id)
    return GoodsLine(
        quantity=quantity,
        sku=(line.sku if line else sku) or None,
        line_id=str(line.item_id if line else item_id),
    )


def _package(track: TrackPayload) -> Package:
    code = track.carrier_code if track.carrier_code != _CUSTOM else None
    return Package(
        external_id=None if track.entity_id is None else str(track.entity_id),
        carrier=Carrier(code=code or None, name=track.title or None) if code or track.title else None,
        tracking_number=track.track_number or None,
    )


def returns(rmas: Iterable[RmaPayload], goods: Goods) -> tuple[Return, ...]:
    """The RETURNS facet."""
    return tuple(_return(rma, goods) for rma in rmas)


def _return(rma: RmaPayload, goods: Goods) -> Return:
    return Return(
        external_id=str(rma.entity_id),
        status=STATUSES.part(Axis.RETURN, rma.status, ReturnStatus),
        raw_status=rma.status,
        number=rma.increment_id or None,
        created_at=in_utc(rma.date_requested),
        lines=tuple(
            _return_line(item.order_item_id, item.qty_requested, item.reason, goods) for item in rma.items or ()
        ),
    )


def _return_line(item_id: int, quantity: Decimal | None, reason: str | None, goods: Goods) -> ReturnLine:
    line = goods.line(item_id)
    return ReturnLine(
        sku=(line.sku or None) if line else None,
        line_id=str(line.item_id if line else item_id),
        quantity=quantity or _ZERO,
        reason=reason or None,
    )


def return_word(rmas: Sequence[RmaPayload]) -> StatusWord | None:
    """The word of the newest return that still goes on, else of the newest; None where there is none."""
    words = [STATUSES.read(Axis.RETURN, rma.status) for rma in rmas if rma.status]
    going_on = [word for word in words if word.normalized not in _OVER]
    return next(reversed(going_on or words), None)
