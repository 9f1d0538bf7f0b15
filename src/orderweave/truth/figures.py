"""What the pure rooms make of all records of a scenario, against what is true of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave.inventory import StockMerger
from orderweave.matching import KeyReader, match
from orderweave.merging import Merger
from orderweave.merging.lines import tidy_sku
from orderweave.model.inventory import FetchedStock, InventoryItem
from orderweave.model.order import Order
from orderweave.model.provenance import Fetched
from orderweave.model.systems import Business
from orderweave.planning.authority import Authority
from orderweave.scenario import Scenario, Truth
from orderweave_sdk.manifest import Capability
from orderweave_sdk.testing.world import World

RecordId = tuple[str, str]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How often the gateway was wrong; all but `orders` should be zero.

    Joins are counted in pairs of records: `wrong_joins` are pairs joined that are not one order, `missed_joins`
    pairs of one order left apart though usable references connect them. `conflicts_missed` are planted
    disagreements that no answer shows. `stock_double_counted` are SKUs whose sum on hand is not what is there.
    `conflicts_invented` are disagreements shown that nobody planted: false alarms, which wear out.
    """

    orders: int
    wrong_joins: int
    missed_joins: int
    conflicts_missed: int
    stock_double_counted: int
    conflicts_invented: int = 0
    missed: tuple[str, ...] = ()

    def plus(self, other: Figures) -> Figures:
        """The sum of two runs."""
        return Figures(
            orders=self.orders + other.orders,
            wrong_joins=self.wrong_joins + other.wrong_joins,
            missed_joins=self.missed_joins + other.missed_joins,
            conflicts_missed=self.conflicts_missed + other.conflicts_missed,
            stock_double_counted=self.stock_double_counted + other.stock_double_counted,
            conflicts_invented=self.conflicts_invented + other.conflicts_invented,
            missed=(*self.missed, *other.missed)[:20],
        )


def figures(scenario: Scenario, worlds: Mapping[str, World], business: Business, now: datetime) -> Figures:
    """The figures of one scenario; `worlds` are its records as each vendor can say them."""
    reader = KeyReader(business)
    authority = Authority(business)
    fetched = [
        Fetched(system=name, record=record, fetched_at=now)
        for name, world in worlds.items()
        if Capability.FIND_ORDERS in business.systems[name].manifest.capabilities
        for record in world.orders
    ]
    groups = match(fetched, business, reader)
    together = [[(f.system, f.record.external_id) for f in group.members] for group in groups]
    true_order = {member: order.number for order in scenario.truth.orders for member in order.members}
    wrong = sum(_pairs_apart(members, true_order) for members in together)
    group_of = {member: place for place, members in enumerate(together) for member in members}
    missed = sum(_pairs_apart(order.members, group_of) for order in scenario.truth.orders)
    merger = Merger(business, authority)
    orders = {
        member: order
        for group in groups
        for order in (merger.merge(group, now=now),)
        for member in ((f.system, f.record.external_id) for f in group.members)
    }
    stock = _stock(worlds, StockMerger(business, authority), now)
    unseen = _unseen(scenario.truth, orders, stock)
    return Figures(
        orders=len(scenario.truth.orders),
        wrong_joins=wrong,
        missed_joins=missed,
        conflicts_missed=len(unseen),
        stock_double_counted=_miscounted(scenario.truth, stock),
        conflicts_invented=_invented(scenario.truth, orders),
        missed=tuple(unseen[:20]),
    )


def _pairs_apart(members: Iterable[RecordId], place_of: Mapping[RecordId, int]) -> int:
    """Pairs of these records that stand in different places."""
    counts: dict[int, int] = defaultdict(int)
    for member in members:
        counts[place_of[member]] += 1
    total = sum(counts.values())
    return (total * total - sum(count * count for count in counts.values())) // 2


def _stock(worlds: Mapping[str, World], merger: StockMerger, now: datetime) -> dict[str, InventoryItem]:
    by_sku: dict[str, list[FetchedStock]] = defaultdict(list)
    for name, world in worlds.items():
        for record in world.stock:
            by_sku[tidy_sku(record.sku)].append(FetchedStock(system=name, record=record, fetched_at=now))
    return {sku: merger.merge(sku, entries, now=now) for sku, entries in by_sku.items()}


def _unseen(truth: Truth, orders: Mapping[RecordId, Order], stock: Mapping[str, InventoryItem]) -> list[str]:
    """Planted conflicts that no answer shows, in words."""
    found = []
    for planted in truth.conflicts:
        system, name = planted.order
        if system == "stock":
            item = stock.get(tidy_sku(name))
            paths = {conflict.path for level in item.levels for conflict in level.conflicts} if item else set()
        else:
            order = orders.get(planted.order)
            paths = {conflict.path for conflict in order.conflicts} if order else set()
        if planted.path not in paths:
            found.append(f"{planted.kind}: {system} {name}: {planted.path}")
    return found


def _invented(truth: Truth, orders: Mapping[RecordId, Order]) -> int:
    """Conflicts of orders that nobody planted."""
    planted = {(orders[conflict.order].id, conflict.path) for conflict in truth.conflicts if conflict.order in orders}
    shown = {(order.id, conflict.path) for order in orders.values() for conflict in order.conflicts}
    return len(shown - planted)


def _miscounted(truth: Truth, stock: Mapping[str, InventoryItem]) -> int:
    there: dict[str, Decimal] = defaultdict(Decimal)
    for entry in truth.stock:
        there[tidy_sku(entry.sku)] += entry.on_hand
    return sum(1 for sku, on_hand in there.items() if sku not in stock or stock[sku].on_hand != on_hand)
