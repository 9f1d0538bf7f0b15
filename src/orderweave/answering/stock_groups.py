"""Groups of stock: by what, and what of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, ColumnElement, and_

from orderweave.answering.aggregates import Asked, Kind, Measure, Question, aggregate
from orderweave.answering.parts import Parts
from orderweave.index.rows import folded
from orderweave.index.tables import stock
from orderweave.model.aggregates import Groups, InventoryGroup

# By what stock is grouped, in the schema's words.
FIELDS: Mapping[str, Column[object]] = {
    "SKU": stock.c.sku,
    "LOCATION": stock.c.location_id,
    "LOCATION_NAME": stock.c.location,
    "LOCATION_KIND": stock.c.location_kind,
}
MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(name="count", kind=Kind.COUNT),
        Measure(name="sku_count", kind=Kind.DISTINCT, column=stock.c.sku_folded),
        Measure(name="on_hand_sum", kind=Kind.SUM, column=stock.c.on_hand),
        Measure(name="available_to_sell_sum", kind=Kind.SUM, column=stock.c.available_to_sell),
        Measure(name="committed_sum", kind=Kind.SUM, column=stock.c.committed),
        Measure(name="reserved_sum", kind=Kind.SUM, column=stock.c.reserved),
        Measure(name="incoming_sum", kind=Kind.SUM, column=stock.c.incoming),
        Measure(name="safety_stock_sum", kind=Kind.SUM, column=stock.c.safety_stock),
    )
}


async def stock_groups(parts: Parts, skus: Sequence[str], locations: Sequence[str], asked: Asked) -> Groups:
    """The groups of all stock, or of that of some SKUs or at some places (global ids); what is only listed is none."""
    where: list[ColumnElement[bool]] = [stock.c.counted]
    if skus:
        where.append(stock.c.sku_folded.in_(sorted(map(folded, skus))))
    if locations:
        where.append(stock.c.location_id.in_(sorted(locations)))
    return await aggregate(
        parts, Question(source=stock, where=and_(*where), part="stock", shape=InventoryGroup, asked=asked)
    )
