"""The goods of an order: its items as lines, its shipments as plans and, once shipped, as facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orderweave_salesforce_b2c.mapping_money import discounts, money
from orderweave_salesforce_b2c.payloads import ItemPayload, OptionPayload, OrderPayload, ShipmentPayload
from orderweave_salesforce_b2c.statuses import NOT_SHIPPED, NOT_TO_SHIP, OVER, SHIPPED, STATUSES
from orderweave_sdk.records import (
    Axis,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Line,
    Package,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    TaxLine,
)

_ONE = Decimal(1)


def lines(order: OrderPayload) -> tuple[Line, ...]:
    """Every item, followed by the options bought with it and by the pieces of a bundle; then gift certificates."""
    found = [line for item in order.product_items or () for line in _item(item, order.currency, parent=None)]
    for gift in order.gift_certificate_items or ():
        if gift.gift_certificate_item_id:
            price = money(gift.base_price, order.currency)
            found.append(
                Line(
                    external_id=gift.gift_certificate_item_id,
                    title=gift.item_text or None,
                    quantity=_quantities(_ONE),
                    unit_price=price,
                    total=price,
                )
            )
    return tuple(found)


def _item(item: ItemPayload, currency: str | None, *, parent: str | None) -> Iterator[Line]:
    own_id = item.item_id or item.product_id
    yield Line(
        external_id=own_id,
        sku=item.product_id,
        title=item.product_name or item.item_text or None,
        parent_line_id=parent,
        quantity=_quantities(item.quantity),
        unit_price=money(item.base_price, currency),
        total=money(item.price_after_item_discount, currency),
        discounts=discounts(item.price_adjustments, currency),
        taxes=tuple(
            TaxLine(title=tax.id, rate=tax.rate, amount=money(tax.value, currency)) for tax in item.tax_items or ()
        ),
    )
    for option in item.option_items or ():
        yield _option(option, item, own_id, currency)
    for piece in item.bundled_product_items or ():
        yield from _item(piece, currency, parent=own_id)


def _option(option: OptionPayload, item: ItemPayload, parent: str, currency: str | None) -> Line:
    """As many as there are of its item."""
    return Line(
        external_id=f"{parent}/{option.option_id or option.product_id}",
        sku=option.product_id,
        title=option.item_text or None,
        parent_line_id=parent,
        quantity=_quantities(item.quantity),
        unit_price=money(option.base_price, currency),
    )


def _quantities(quantity: Decimal | None) -> Quantities:
    """An order is not edited here but replaced, so that what it says is wanted now, or was when it was canceled."""
    return Quantities(ordered=quantity, current=quantity)


def fulfillment(order: OrderPayload) -> Fulfillment:
    """Every shipment as a plan, and those that are shipped as facts too. When, by whom and whence is not told."""
    shipments = order.shipments or ()
    goods = {each.shipment_id: tuple(_goods(order, each)) for each in shipments}
    return Fulfillment(
        fulfillment_orders=tuple(_plan(order, each, goods[each.shipment_id]) for each in shipments),
        shipments=tuple(
            _shipped(each, goods[each.shipment_id]) for each in shipments if each.shipping_status == SHIPPED
        ),
    )


def _goods(order: OrderPayload, shipment: ShipmentPayload) -> Iterator[GoodsLine]:
    for item in order.product_items or ():
        if item.shipment_id == shipment.shipment_id and item.quantity:
            yield GoodsLine(quantity=item.quantity, sku=item.product_id, line_id=item.item_id or item.product_id)


def _plan(order: OrderPayload, shipment: ShipmentPayload, goods: tuple[GoodsLine, ...]) -> FulfillmentOrder:
    word = _to_ship(order, shipment.shipping_status)
    return FulfillmentOrder(
        external_id=_id_of(shipment),
        status=STATUSES.part(Axis.FULFILLMENT_ORDER, word, FulfillmentOrderStatus),
        raw_status=word,
        lines=goods,
    )


def _shipped(shipment: ShipmentPayload, goods: tuple[GoodsLine, ...]) -> Shipment:
    status = STATUSES.part(Axis.SHIPMENT, shipment.shipping_status, ShipmentStatus)
    number = shipment.tracking_number
    return Shipment(
        external_id=_id_of(shipment),
        number=shipment.shipment_no or None,
        status=status,
        raw_status=shipment.shipping_status,
        lines=goods,
        packages=(Package(tracking_number=number, status=status),) if number else (),
    )


def _id_of(shipment: ShipmentPayload) -> str:
    """Its number, of which there is one in the site; "me" is the first shipment of any order."""
    return shipment.shipment_no or shipment.shipment_id


def fulfillment_word(order: OrderPayload) -> StatusWord | None:
    """The shipping status; what is not shipped of an order that is over will not be."""
    word = _to_ship(order, order.shipping_status)
    return STATUSES.read(Axis.FULFILLMENT, word) if word else None


def _to_ship(order: OrderPayload, word: str | None) -> str | None:
    return NOT_TO_SHIP if word == NOT_SHIPPED and order.status in OVER else word
