"""Lines: the same goods under one line, whoever lists them.

Lines of two systems are the same when their SKUs are equal but for case and outer spaces, in the same turn (a
SKU that stands twice has a first and a second line). A line without SKU is matched by its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

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
    ReturnLine,
    ReturnStatus,
    ShipmentStatus,
    SystemKind,
)

_ZERO = Decimal(0)
# SKUs whose tidied form is kept: the same goods stand in many orders.
_MOST_TIDIED = 8192

_NO_PROGRESS: dict[str, Decimal | None] = {"allocated": None, "backordered": None, "picked": None}


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
        self._ids: dict[LineKey, str] = {}
        self.lines: dict[LineKey, list[tuple[Fetched, Line]]] = {}
        for fetched in members.ranked(Aspect.LINE_TITLES):
            turns: dict[str, int] = {}
            for line in fetched.record.lines or ():
                name = _name(line)
                key = LineKey(name, turns.get(name, 0))
                turns[name] = key.turn + 1
                self._keys[fetched.system, line.external_id] = key
                self.lines.setdefault(key, []).append((fetched, line))

    def key_of(self, system: str, goods: GoodsLine | Progress | ReturnLine) -> LineKey | None:
        """The line that some goods of a system belong to."""
        if goods.line_id is not None and (system, goods.line_id) in self._keys:
            return self._keys[system, goods.line_id]
        return LineKey(tidy_sku(goods.sku), 0) if goods.sku else None

    def id_of(self, key: LineKey) -> str:
        """The line's global id."""
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = encode_id("OrderLine", *self._order_key, key.name, str(key.turn))
        return known

    def goods(self, system: str, goods: GoodsLine) -> LineQuantity:
        """A system's goods line in our line ids."""
        key = self.key_of(system, goods)
        return LineQuantity(line_id=self.id_of(key) if key else None, sku=goods.sku, quantity=goods.quantity)

    def merge(
        self,
        members: Members,
        shipments: tuple[Shipment, ...],
        returns: Sequence[tuple[Fetched, tuple[Return, ...]]],
        *,
        fulfillment_known: bool,
    ) -> tuple[OrderLine, ...]:
        """The merged lines, in the order in which the most believed system on titles lists them."""
        shipped, delivered = _sums(shipments)
        returned = self._returned(returns)
        returns_known = any(fetched.record.returns is not None for fetched in members.ranked(Aspect.RETURNS))
        progress = self._progress(members)
        order = {fetched.system: place for place, fetched in enumerate(members.ranked(Aspect.LINE_QUANTITIES))}
        merged = []
        for key, said in self.lines.items():
            line_id = self.id_of(key)
            quantities = self._quantities(key, said, members, order)
            found = progress.get(key, _NO_PROGRESS)
            merged.append(
                _line(
                    line_id,
                    said,
                    LineQuantities(
                        ordered=quantities.ordered,
                        canceled=quantities.canceled,
                        current=quantities.current,
                        allocated=found["allocated"],
                        backordered=found["backordered"],
                        picked=found["picked"],
                        shipped=shipped.get(line_id, _ZERO) if fulfillment_known else None,
                        delivered=delivered.get(line_id, _ZERO) if fulfillment_known else None,
                        returned=returned.get(key, _ZERO) if returns_known else None,
                    ),
                )
            )
        return tuple(merged)

    def _quantities(
        self, key: LineKey, said: list[tuple[Fetched, Line]], members: Members, order: Mapping[str, int]
    ) -> Quantities:
        ranked = sorted(said, key=lambda entry: order[entry[0].system]) if len(said) > 1 else said
        whole = [entry for entry in ranked if self._kinds[entry[0].system] not in PARTIAL_KINDS] or ranked
        ordered: list[tuple[Fetched, Decimal]] = []
        canceled: list[tuple[Fetched, Decimal]] = []
        current: list[tuple[Fetched, Decimal]] = []
        for fetched, line in whole:
            quantity = line.quantity
            _add(ordered, fetched, quantity.ordered)
            _add(canceled, fetched, quantity.canceled)
            _add(current, fetched, quantity.current)
        # A system that overwrites quantities no longer knows what was ordered; where all say what is current, only
        # that is contested, and who knows of the most ordered has forgotten nothing.
        by_current = all(line.quantity.current is not None for _, line in whole)
        label = said[0][1].sku or said[0][1].title or key.name
        believed = members.contest(
            f"lines[{label}].quantity.{'current' if by_current else 'ordered'}",
            Aspect.LINE_QUANTITIES,
            current if by_current else ordered,
            same=lambda value: value,
            show=lambda value: format(value.normalize(), "f"),
        )
        if by_current:
            most = max((value for _, value in ordered), default=None)
            return _balanced(most, believed, _first(canceled))
        return _balanced(believed, _first(current), _first(canceled))

    def _returned(self, returns: Sequence[tuple[Fetched, tuple[Return, ...]]]) -> dict[LineKey, Decimal]:
        """What comes or came back per line; what was declined or canceled does not."""
        found: dict[LineKey, Decimal] = {}
        for fetched, said in returns:
            for entry in said:
                if entry.status in (ReturnStatus.DECLINED, ReturnStatus.CANCELED):
                    continue
                for line in entry.lines:
                    key = self.key_of(fetched.system, line)
                    if key is not None:
                        found[key] = found.get(key, _ZERO) + line.quantity
        return found

    def _progress(self, members: Members) -> dict[LineKey, dict[str, Decimal | None]]:
        """How far each line is, by the most believed system that says so of it, all its records together."""
        said: dict[LineKey, list[tuple[str, Progress]]] = {}
        for fetched in members.ranked(Aspect.FULFILLMENT):
            for progress in fetched.record.fulfillment.progress if fetched.record.fulfillment else ():
                key = self.key_of(fetched.system, progress)
                if key is not None:
                    said.setdefault(key, []).append((fetched.system, progress))
        return {
            key: {
                name: _total(getattr(progress, name) for system, progress in entries if system == entries[0][0])
                for name in _NO_PROGRESS
            }
            for key, entries in said.items()
        }


@lru_cache(maxsize=_MOST_TIDIED)
def tidy_sku(sku: str) -> str:
    """A SKU without case and outer spaces: systems differ in both for the same goods."""
    return sku.strip().casefold()


def _name(line: Line) -> str:
    if line.sku:
        return tidy_sku(line.sku)
    return f"title:{(line.title or line.external_id).strip().casefold()}"


def has_left(shipment: Shipment) -> bool:
    """Whether goods are on their way to the customer: what is only packed or labeled is not."""
    if shipment.is_return or shipment.status is ShipmentStatus.CANCELED:
        return False
    waiting = shipment.status in (ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED)
    return not waiting or shipment.shipped_at is not None


def _sums(shipments: tuple[Shipment, ...]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Shipped and delivered quantities per line id."""
    shipped: dict[str, Decimal] = {}
    delivered: dict[str, Decimal] = {}
    for shipment in filter(has_left, shipments):
        for line in shipment.lines:
            if line.line_id is None:
                continue
            shipped[line.line_id] = shipped.get(line.line_id, _ZERO) + line.quantity
            if shipment.status is ShipmentStatus.DELIVERED:
                delivered[line.line_id] = delivered.get(line.line_id, _ZERO) + line.quantity
    return shipped, delivered


def _add(stated: list[tuple[Fetched, Decimal]], fetched: Fetched, value: Decimal | None) -> None:
    """One number a system: the parts of an order that one system keeps in several records add up.

    Records of one system come one after the other.
    """
    if value is None:
        return
    if stated and stated[-1][0].system == fetched.system:
        first, so_far = stated[-1]
        stated[-1] = (first, so_far + value)
    else:
        stated.append((fetched, value))


def _balanced(ordered: Decimal | None, current: Decimal | None, canceled: Decimal | None) -> Quantities:
    """What was canceled is what is missing of the ordered, where both are known."""
    if ordered is not None and current is not None and ordered >= current:
        canceled = ordered - current
    return Quantities(ordered=ordered, canceled=canceled, current=current)


def _first(stated: Sequence[tuple[Fetched, Decimal]]) -> Decimal | None:
    return stated[0][1] if stated else None


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    stated = [value for value in values if value is not None]
    return sum(stated, _ZERO) if stated else None


def _line(line_id: str, said: list[tuple[Fetched, Line]], quantity: LineQuantities) -> OrderLine:
    """The line: each descriptive field from the first system that fills it, most believed on titles first."""
    lines = [line for _, line in said]
    lead = lines[0]
    return OrderLine(
        id=line_id,
        sku=lead.sku or _filled(lines, "sku"),
        gtin=lead.gtin or _filled(lines, "gtin"),
        title=lead.title or _filled(lines, "title"),
        parent_line_id=lead.parent_line_id,
        unit=lead.unit or _filled(lines, "unit"),
        quantity=quantity,
        status=_status(quantity),
        unit_price=lead.unit_price or _filled(lines, "unit_price"),
        total=lead.total or _filled(lines, "total"),
        discounts=lead.discounts,
        taxes=lead.taxes,
    )


def _filled(lines: list[Line], name: str) -> Any:
    """The field of the first line that has it."""
    for line in lines:
        if value := getattr(line, name):
            return value
    return None


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
