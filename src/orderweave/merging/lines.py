"""Lines: the same goods under one line, whoever lists them.

Lines of two systems are the same when their SKUs are equal but for case and outer spaces, in the same turn (a
SKU that stands twice has a first and a second line). A line without SKU is matched by its title.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from orderweave.merging.contest import PARTIAL_KINDS, Members
from orderweave.model.ids import encode_id
from orderweave.model.order import LineQuantities, LineQuantity, OrderLine, Shipment
from orderweave.model.provenance import Fetched
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import (
    GoodsLine,
    Line,
    LineStatus,
    Progress,
    Quantities,
    Return,
    ShipmentStatus,
    SystemKind,
)

_ZERO = Decimal(0)


class LineKey(NamedTuple):
    """What makes lines of several systems one line: the tidied SKU (or title) and its turn."""

    name: str
    turn: int


class LineIndex:
    """All lines of the order's records, aligned. Line ids are stable: made of the order's key and the line key."""

    def __init__(self, order_key: tuple[str, str], members: Members, kinds: Mapping[str, SystemKind]) -> None:
        self._order_key = order_key
        self._kinds = kinds
        self._keys: dict[tuple[str, str], LineKey] = {}
        self.lines: dict[LineKey, list[tuple[Fetched, Line]]] = {}
        for fetched in members.ranked(Aspect.LINE_TITLES):
            turns: dict[str, int] = {}
            for line in fetched.record.lines or ():
                name = _name(line)
                key = LineKey(name, turns.get(name, 0))
                turns[name] = key.turn + 1
                self._keys[fetched.system, line.external_id] = key
                self.lines.setdefault(key, []).append((fetched, line))

    def key_of(self, system: str, goods: GoodsLine) -> LineKey | None:
        """The line that some goods of a system belong to."""
        if goods.line_id is not None and (system, goods.line_id) in self._keys:
            return self._keys[system, goods.line_id]
        return LineKey(tidy_sku(goods.sku), 0) if goods.sku else None

    def id_of(self, key: LineKey) -> str:
        """The line's global id."""
        return encode_id("OrderLine", *self._order_key, key.name, str(key.turn))

    def goods(self, system: str, goods: GoodsLine) -> LineQuantity:
        """A system's goods line in our line ids."""
        key = self.key_of(system, goods)
        return LineQuantity(line_id=self.id_of(key) if key else None, sku=goods.sku, quantity=goods.quantity)

    def merge(
        self, members: Members, shipments: tuple[Shipment, ...], returns: tuple[Return, ...], *, fulfillment_known: bool
    ) -> tuple[OrderLine, ...]:
        """The merged lines, in the order in which the most believed system on titles lists them."""
        shipped, delivered = _sums(shipments)
        returned = self._returned(returns)
        progress = _progress(members)
        order = {fetched.system: place for place, fetched in enumerate(members.ranked(Aspect.LINE_QUANTITIES))}
        merged = []
        for key, said in self.lines.items():
            line_id = self.id_of(key)
            quantities = self._quantities(key, said, members, order)
            found = progress.get(key.name)
            merged.append(
                _line(
                    line_id,
                    said,
                    LineQuantities(
                        ordered=quantities.ordered,
                        canceled=quantities.canceled,
                        current=quantities.current,
                        allocated=found.allocated if found else None,
                        backordered=found.backordered if found else None,
                        picked=found.picked if found else None,
                        shipped=shipped.get(line_id, _ZERO) if fulfillment_known else None,
                        delivered=delivered.get(line_id, _ZERO) if fulfillment_known else None,
                        returned=returned.get(key, _ZERO) if returns else None,
                    ),
                )
            )
        return tuple(merged)

    def _quantities(
        self, key: LineKey, said: list[tuple[Fetched, Line]], members: Members, order: Mapping[str, int]
    ) -> Quantities:
        ranked = sorted(said, key=lambda entry: order[entry[0].system])
        whole = [entry for entry in ranked if self._kinds[entry[0].system] not in PARTIAL_KINDS] or ranked
        label = said[0][1].sku or said[0][1].title or key.name
        merged: dict[str, Decimal | None] = {}
        # A system that overwrites quantities no longer knows what was ordered; where all say what is current, only
        # that is contested.
        contested = "current" if all(line.quantity.current is not None for _, line in whole) else "ordered"
        for field in ("ordered", "canceled", "current"):
            stated = [
                (fetched, value) for fetched, line in whole if (value := getattr(line.quantity, field)) is not None
            ]
            if field != contested:
                merged[field] = stated[0][1] if stated else None
                continue
            merged[field] = members.contest(
                f"lines[{label}].quantity.{field}",
                Aspect.LINE_QUANTITIES,
                stated,
                same=lambda value: value.normalize(),
                show=lambda value: format(value.normalize(), "f"),
            )
        return Quantities(**merged)

    def _returned(self, returns: tuple[Return, ...]) -> dict[LineKey, Decimal]:
        found: dict[LineKey, Decimal] = {}
        for entry in returns:
            for line in entry.lines:
                if line.sku:
                    key = LineKey(tidy_sku(line.sku), 0)
                    found[key] = found.get(key, _ZERO) + line.quantity
        return found


def tidy_sku(sku: str) -> str:
    """A SKU without case and outer spaces: systems differ in both for the same goods."""
    return sku.strip().casefold()


def _name(line: Line) -> str:
    if line.sku:
        return tidy_sku(line.sku)
    return f"title:{(line.title or line.external_id).strip().casefold()}"


def _sums(shipments: tuple[Shipment, ...]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Shipped and delivered quantities per line id; what was canceled never left."""
    shipped: dict[str, Decimal] = {}
    delivered: dict[str, Decimal] = {}
    for shipment in shipments:
        if shipment.is_return or shipment.status is ShipmentStatus.CANCELED:
            continue
        for line in shipment.lines:
            if line.line_id is None:
                continue
            shipped[line.line_id] = shipped.get(line.line_id, _ZERO) + line.quantity
            if shipment.status is ShipmentStatus.DELIVERED:
                delivered[line.line_id] = delivered.get(line.line_id, _ZERO) + line.quantity
    return shipped, delivered


def _progress(members: Members) -> dict[str, Progress]:
    found: dict[str, Progress] = {}
    for fetched in members.ranked(Aspect.FULFILLMENT):
        if fetched.record.fulfillment is not None:
            for progress in fetched.record.fulfillment.progress:
                found.setdefault(tidy_sku(progress.sku), progress)
    return found


def _line(line_id: str, said: list[tuple[Fetched, Line]], quantity: LineQuantities) -> OrderLine:
    """The line: each descriptive field from the first system that fills it, most believed on titles first."""
    lines = [line for _, line in said]
    lead = lines[0]
    return OrderLine(
        id=line_id,
        sku=next((line.sku for line in lines if line.sku), None),
        gtin=next((line.gtin for line in lines if line.gtin), None),
        title=next((line.title for line in lines if line.title), None),
        parent_line_id=lead.parent_line_id,
        unit=next((line.unit for line in lines if line.unit), None),
        quantity=quantity,
        status=_status(quantity),
        unit_price=next((line.unit_price for line in lines if line.unit_price), None),
        total=next((line.total for line in lines if line.total), None),
        discounts=lead.discounts,
        taxes=lead.taxes,
    )


def _status(quantity: LineQuantities) -> LineStatus:
    """From quantities alone (order-model, rule 2)."""
    target = quantity.current if quantity.current is not None else quantity.ordered
    if target is None or quantity.shipped is None:
        return LineStatus.UNKNOWN
    if target == 0:
        return LineStatus.REMOVED
    if quantity.delivered is not None and quantity.delivered >= target:
        return LineStatus.DELIVERED
    if quantity.shipped >= target:
        return LineStatus.FULFILLED
    return LineStatus.PARTIAL if quantity.shipped > 0 else LineStatus.PROCESSING
