"""The warehouse's view: what the warehouse is to ship and shipped, with all that the carriers said.

It knows an order by the number under which it was sent over: the shop's, or the ERP's for orders of the desk. Of an
order that is split it has its own part only. It gives orders no numbers of its own, and spells some SKUs its own way.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from orderweave.scenario.catalog import SCARCE, warehouse_spelling
from orderweave.scenario.numbering import Ids, Numbering
from orderweave.scenario.places import EAST, places
from orderweave.scenario.sales import Dispatch, Plan, Sale
from orderweave.scenario.wording import count, fulfillment_status, goods_lines, packed, statuses
from orderweave_sdk.records import (
    Addresses,
    Axis,
    Fulfillment,
    FulfillmentStatus,
    Header,
    Hold,
    Key,
    Line,
    Money,
    OrderRecord,
    OrderStatus,
    Progress,
    Quantities,
    Shipment,
)


def released(sales: Iterable[Sale]) -> tuple[Sale, ...]:
    """The sales that the warehouse has, in the order in which it got them."""
    known = [(sale.in_warehouse_at, sale.number, sale) for sale in sales if sale.in_warehouse_at is not None]
    return tuple(sale for _, _, sale in sorted(known, key=lambda entry: entry[:2]))


class Warehouse:
    """Writes the warehouse's records, in the order of `released`."""

    def __init__(self, ids: Ids) -> None:
        self._numbering = Numbering(ids)
        self._place = places("wms", ids)[EAST.id]

    def record(self, sale: Sale, order_number: str, partner_order_id: str | None) -> OrderRecord:
        """The warehouse's record; `partner_order_id` is the ERP's number, where it was sent along."""
        external_id = self._numbering.next("order")
        (plan,) = (plan for plan in sale.plans if plan.place is EAST)
        lines, line_ids = self._lines(sale, plan)
        created_at = sale.in_warehouse_at or sale.slot.placed_at
        updated_at = _last_change(sale, plan, created_at)
        partner = () if partner_order_id is None else (Key("partner_order_id", partner_order_id),)
        return OrderRecord(
            external_id=external_id,
            keys=(Key("id", external_id),),
            references=(Key("order_number", order_number), *partner),
            updated_at=updated_at,
            statuses=statuses((Axis.ORDER, sale.status), (Axis.FULFILLMENT, _fulfillment_word(sale, plan))),
            header=Header(
                placed_at=sale.slot.placed_at,
                updated_at=updated_at,
                canceled_at=sale.canceled_at,
                currency=sale.terms.currency,
            ),
            lines=lines,
            addresses=Addresses(shipping=sale.buyer.address) if sale.buyer else None,
            fulfillment=Fulfillment(
                shipments=tuple(self._shipment(sale, dispatch, line_ids) for dispatch in plan.dispatches),
                progress=_progress(sale, plan, line_ids),
            ),
            holds=() if sale.held is None else (Hold(reason=sale.held.reason, placed_at=sale.held.at),),
        )

    def _lines(self, sale: Sale, plan: Plan) -> tuple[tuple[Line, ...], dict[int, str]]:
        line_ids, found = {}, []
        for index, pieces in plan.goods:
            line, currency = sale.lines[index], sale.terms.currency
            line_ids[index] = self._numbering.next("line")
            found.append(
                Line(
                    external_id=line_ids[index],
                    sku=warehouse_spelling(line.product.sku),
                    gtin=line.product.gtin,
                    title=line.product.title,
                    quantity=Quantities(ordered=count(pieces), canceled=count(0), current=count(pieces)),
                    unit_price=Money(line.price, currency),
                    total=Money(line.price * pieces, currency),
                )
            )
        return tuple(found), line_ids

    def _shipment(self, sale: Sale, dispatch: Dispatch, line_ids: dict[int, str]) -> Shipment:
        lines = goods_lines(dispatch.goods, sale, line_ids, warehouse_spelling)
        return Shipment(
            external_id=self._numbering.next("shipment"),
            status=dispatch.status,
            location=self._place,
            shipped_at=dispatch.left_at,
            delivered_at=dispatch.delivered_at,
            lines=lines,
            packages=packed(dispatch, lines, lambda: self._numbering.next("package")),
        )


def _fulfillment_word(sale: Sale, plan: Plan) -> FulfillmentStatus:
    if sale.status is OrderStatus.CANCELED:
        return FulfillmentStatus.CANCELED
    if sale.held is not None:
        return FulfillmentStatus.ON_HOLD
    shipped = sum(pieces for dispatch in plan.dispatches for _, pieces in dispatch.goods)
    return fulfillment_status(shipped, sum(pieces for _, pieces in plan.goods))


def _progress(sale: Sale, plan: Plan, line_ids: dict[int, str]) -> tuple[Progress, ...]:
    """What is still to be picked: allocated, or waited for."""
    if sale.status is OrderStatus.CANCELED:
        return ()
    gone = {index for dispatch in plan.dispatches for index, _ in dispatch.goods}
    found = []
    for index, pieces in plan.goods:
        if index in gone:
            continue
        sku = sale.lines[index].product.sku
        scarce = sku in SCARCE
        found.append(
            Progress(
                sku=warehouse_spelling(sku),
                line_id=line_ids[index],
                allocated=count(0 if scarce else pieces),
                backordered=count(pieces if scarce else 0),
            )
        )
    return tuple(found)


def _last_change(sale: Sale, plan: Plan, created_at: datetime) -> datetime:
    moments = [created_at, sale.canceled_at if sale.canceled_at and sale.canceled_at > created_at else None]
    for dispatch in plan.dispatches:
        moments += [event.occurred_at for parcel in dispatch.parcels for event in parcel.events[-1:]]
    return max(moment for moment in moments if moment is not None)
