"""Stock and expected goods by warehouse: what lies or will lie at the locations that belong to it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from orderweave_odoo.goods import place_of
from orderweave_odoo.payloads import ExpectedRow, ProductRow, QuantRow, WarehouseRow
from orderweave_odoo.wire import instant, link_id, number, text
from orderweave_sdk.records import ReceiptRecord, StockRecord

_NONE = Decimal(0)


def is_stored(row: ProductRow) -> bool:
    """Whether stock is kept of a product: not of services and consumables, which are never out of stock."""
    return row.is_storable or row.type == "product"


def expected(
    products: Sequence[ProductRow],
    moves: Sequence[ExpectedRow],
    warehouse_of: Mapping[int, int],
    warehouses: Sequence[WarehouseRow],
) -> tuple[ReceiptRecord, ...]:
    """What suppliers are to bring to these warehouses; `warehouse_of` is by location. Raises ValueError."""
    sku_of = {row.id: sku for row in products if (sku := text(row.default_code))}
    wanted = {place.id: text(place.name) for place in warehouses}
    found = []
    for move in moves:
        sku = sku_of.get(link_id(move.product_id) or 0)
        warehouse = warehouse_of.get(link_id(move.location_dest_id) or 0)
        quantity = number(move.product_qty) or _NONE
        if sku is not None and warehouse in wanted and quantity > 0:
            record = ReceiptRecord(
                sku=sku,
                location=place_of(warehouse, wanted[warehouse]),
                external_id=str(move.id),
                quantity=quantity,
                expected_at=instant(move.date),
                number=text(move.origin),
            )
            found.append(record)
    return tuple(found)


def levels(
    products: Sequence[ProductRow],
    quants: Sequence[QuantRow],
    warehouse_of: Mapping[int, int],
    warehouses: Sequence[WarehouseRow],
) -> tuple[StockRecord, ...]:
    """One level for each SKU and warehouse; `warehouse_of` is by location.

    Odoo deletes a quant that has become zero, so a stored product without one is none on hand. Reserved is what is
    promised to transfers; what is on hand and not reserved is what Odoo would still promise.
    """
    sku_of = {row.id: sku for row in products if (sku := text(row.default_code))}
    title_of = {sku_of[row.id]: text(row.name) for row in reversed(products) if row.id in sku_of}
    there: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    reserved: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in products:
        for place in warehouses if is_stored(row) and row.id in sku_of else ():
            there[sku_of[row.id], place.id] += _NONE
    wanted = {place.id: text(place.name) for place in warehouses}
    for quant in quants:
        sku = sku_of.get(link_id(quant.product_id) or 0)
        warehouse = warehouse_of.get(link_id(quant.location_id) or 0)
        if sku is not None and warehouse in wanted:
            there[sku, warehouse] += number(quant.quantity) or _NONE
            reserved[sku, warehouse] += number(quant.reserved_quantity) or _NONE
    return tuple(
        StockRecord(
            sku=sku,
            location=place_of(warehouse, wanted[warehouse]),
            title=title_of[sku],
            on_hand=on_hand,
            committed=reserved[sku, warehouse],
            available=on_hand - reserved[sku, warehouse],
        )
        for (sku, warehouse), on_hand in there.items()
    )
