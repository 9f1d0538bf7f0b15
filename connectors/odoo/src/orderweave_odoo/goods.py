"""What goes out and what comes back: transfers in our words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_odoo.manifest import STATUSES
from orderweave_odoo.payloads import MoveRow, OrderRow, PickingRow, ProductRow
from orderweave_odoo.wire import instant, link_id, link_name, number, text
from orderweave_sdk.records import (
    Axis,
    Carrier,
    DeliveryMethod,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    LocationKind,
    Package,
    Place,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    StatusWord,
)

_NONE = Decimal(0)
# Odoo keeps the numbers of several parcels in one field.
_BETWEEN_NUMBERS = re.compile(r"[,+;\s]+")
_GOES_OUT = frozenset({"outgoing", "dropship"})
# How far a return is, least first; the order's word is that of the return that is least far.
_RETURN_PROGRESS = (
    *(ReturnStatus.UNKNOWN, ReturnStatus.REQUESTED, ReturnStatus.OPEN),
    *(ReturnStatus.RECEIVED, ReturnStatus.CANCELED),
)


class Transfers(msgspec.Struct, frozen=True):
    """The transfers of one order with their moves; `places` are the warehouses by operation type."""

    pickings: Sequence[PickingRow]
    moves: Mapping[int, Sequence[MoveRow]]
    places: Mapping[int, Place]
    products: Mapping[int, ProductRow]

    def back(self) -> list[PickingRow]:
        """Those that bring something back: incoming, and of goods that had gone out."""
        return [row for row in self.pickings if self._is_return(row)]

    def out(self) -> list[PickingRow]:
        """Those that send goods; steps within the warehouse are left out."""
        return [row for row in self.pickings if row.picking_type_code in _GOES_OUT or self._is_dropshipped(row)]

    def _is_return(self, row: PickingRow) -> bool:
        moves = self.moves.get(row.id, ())
        return row.picking_type_code == "incoming" and any(link_id(move.origin_returned_move_id) for move in moves)

    def _is_dropshipped(self, row: PickingRow) -> bool:
        """From a supplier to the customer, an incoming transfer until 16: its moves serve lines of the sale."""
        moves = self.moves.get(row.id, ())
        incoming = row.picking_type_code == "incoming" and not self._is_return(row)
        return incoming and any(link_id(move.sale_line_id) for move in moves)


def place_of(warehouse: int, name: str | None) -> Place:
    """A warehouse as a place. Odoo does not tell a store from a warehouse."""
    return Place(external_id=str(warehouse), name=name, kind=LocationKind.WAREHOUSE)


def fulfillment(order: OrderRow, transfers: Transfers) -> Fulfillment:
    """Every transfer that sends goods is a plan (fulfillment order); done it is a shipment too, under the same id.

    The delivery date that was agreed with the customer is the promise of every package.
    """
    promised = instant(order.commitment_date)
    rows = sorted(transfers.out(), key=lambda row: row.id)
    return Fulfillment(
        fulfillment_orders=tuple(_plan(row, transfers) for row in rows),
        shipments=tuple(_fact(row, transfers, promised) for row in rows if row.state == "done"),
    )


def delivery_word(order: OrderRow, transfers: Transfers, *, services: bool) -> StatusWord:
    """The order's delivery_status, and where it is empty whether anything is to be sent at all.

    `services`: the order sells nothing else. Orders are canceled with the transfers that were not done.
    """
    word = text(order.delivery_status) if order.delivery_status is not None else _delivery(transfers)
    if word is None:
        word = "none/canceled" if order.state == "cancel" else "none/services" if services else "none"
    return STATUSES.read(Axis.FULFILLMENT, word)


def _delivery(transfers: Transfers) -> str | None:
    """What delivery_status would say, for a server that has no such field (15)."""
    states = {row.state for row in transfers.out()} - {"cancel"}
    if not states:
        return None
    if states == {"done"}:
        return "full"
    return "partial" if "done" in states else "pending"


def returns(transfers: Transfers) -> tuple[Return, ...]:
    """The transfers that bring goods back."""
    return tuple(
        Return(
            external_id=str(row.id),
            status=STATUSES.part(Axis.RETURN, text(row.state), ReturnStatus),
            raw_status=text(row.state),
            number=text(row.name),
            lines=tuple(
                ReturnLine(sku=goods.sku, line_id=goods.line_id, quantity=goods.quantity)
                for goods in _goods(row, transfers)
            ),
            created_at=instant(row.create_date),
        )
        for row in sorted(transfers.back(), key=lambda row: row.id)
    )


def return_word(transfers: Transfers) -> StatusWord | None:
    """The word for all the returns of an order together; None when there are none."""
    words = [STATUSES.read(Axis.RETURN, text(row.state) or "") for row in transfers.back()]
    return min(words, key=lambda word: _RETURN_PROGRESS.index(ReturnStatus(word.normalized)), default=None)


def tracking_numbers(row: PickingRow) -> list[str]:
    """The numbers in the transfer's one field for them, each once."""
    told = text(row.carrier_tracking_ref) or ""
    return list(dict.fromkeys(part for part in _BETWEEN_NUMBERS.split(told) if part))


def _plan(row: PickingRow, transfers: Transfers) -> FulfillmentOrder:
    return FulfillmentOrder(
        external_id=str(row.id),
        status=STATUSES.part(Axis.FULFILLMENT_ORDER, text(row.state), FulfillmentOrderStatus),
        raw_status=text(row.state),
        location=transfers.places.get(link_id(row.picking_type_id) or 0),
        method=DeliveryMethod.SHIPPING if link_id(row.carrier_id) else DeliveryMethod.UNKNOWN,
        fulfill_at=instant(row.scheduled_date),
        fulfill_by=instant(row.date_deadline),
        lines=_goods(row, transfers),
    )


def _fact(row: PickingRow, transfers: Transfers, promised: datetime | None) -> Shipment:
    status = STATUSES.part(Axis.SHIPMENT, text(row.state), ShipmentStatus)
    name = link_name(row.carrier_id)
    return Shipment(
        external_id=str(row.id),
        number=text(row.name),
        status=status,
        raw_status=text(row.state),
        location=transfers.places.get(link_id(row.picking_type_id) or 0),
        shipped_at=instant(row.date_done),
        lines=_goods(row, transfers),
        packages=tuple(
            Package(
                carrier=Carrier(name=name) if name else None,
                tracking_number=found,
                promised_by=promised,
                status=status,
                raw_status=text(row.state),
            )
            for found in tracking_numbers(row)
        ),
    )


def _goods(row: PickingRow, transfers: Transfers) -> tuple[GoodsLine, ...]:
    """The moves of a transfer in order of the order's lines: what was done, or what is wanted while it is not done."""
    moves = [move for move in transfers.moves.get(row.id, ()) if move.state != "cancel" or row.state == "cancel"]
    found: list[tuple[int, int, GoodsLine]] = []
    for move in moves:
        quantity = _done(move) if row.state == "done" else number(move.product_uom_qty) or _NONE
        line = link_id(move.sale_line_id)
        product = transfers.products.get(link_id(move.product_id) or 0)
        goods = GoodsLine(
            quantity=quantity,
            sku=text(product.default_code) if product else None,
            line_id=None if line is None else str(line),
        )
        if quantity:
            found.append((line or 0, move.id, goods))
    return tuple(goods for _, _, goods in sorted(found, key=lambda entry: entry[:2]))


def _done(move: MoveRow) -> Decimal:
    """What was done of a move: `quantity` from 17, `quantity_done` before."""
    done = number(move.quantity)
    return (number(move.quantity_done) if done is None else done) or _NONE


def linked(links: Iterable[int | None]) -> list[int]:
    """Ids to look up, each once, in order."""
    return sorted({found for found in links if found is not None})
