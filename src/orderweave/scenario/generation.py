"""From a seed to a scenario: tell every order, let every system write down its part, and keep the truth apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from random import Random

from orderweave.scenario.catalog import WAREHOUSE_SPELLINGS
from orderweave.scenario.erp import Erp, numbered
from orderweave.scenario.mess import ReferenceKind, Slips, slips
from orderweave.scenario.numbering import Ids
from orderweave.scenario.oms import OrderManagement, overseen
from orderweave.scenario.people import People
from orderweave.scenario.places import locations
from orderweave.scenario.plots import dealt, slots
from orderweave.scenario.purchases import purchases
from orderweave.scenario.sales import SHOPS, Channel, Plot, Sale
from orderweave.scenario.stock import Shelves, oversells, product_records, shelves, stock_records
from orderweave.scenario.storefront import Storefront, shop_number
from orderweave.scenario.telling import Teller
from orderweave.scenario.truth import PlantedConflict, RecordId, Scenario, TrueOrder, Truth
from orderweave.scenario.warehouse import Warehouse, released
from orderweave_sdk.records import OrderRecord, utc
from orderweave_sdk.testing.world import World

# Those that every scenario has. An order management system is told of beside them where it has ids.
SYSTEMS = ("shop-us", "shop-eu", "erp", "wms")
# A third shop, told of where its ids are given.
OUTLET = Channel.OUTLET.value
_OMS = "oms"
UNTIL = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)

_COUNTED_PLOTS = tuple(plot for plot in Plot if plot not in (Plot.PLAIN, Plot.EDIT, Plot.REFUND, Plot.CANCELLATION))
_COUNTED_REFERENCES = (
    ReferenceKind.MISSING,
    ReferenceKind.MISTYPED,
    ReferenceKind.PLACEHOLDER,
    ReferenceKind.USED_TWICE,
    ReferenceKind.NOWHERE,
)


def generate(*, seed: int, orders: int, ids: Mapping[str, Ids], until: datetime = UNTIL) -> Scenario:
    """The scenario of this seed: so many orders up to the instant `until`, the same each time.

    `ids` gives each of the four systems' ids in that system's own form; with ids of the outlet among them, a part of
    the US shop's orders are the outlet's, and with ids for "oms" it is told of, too. From 200 orders on, every kind of
    mess is there. Raises ValueError for a negative number of orders, a naive `until`, or a system of the four without
    ids.
    """
    missing = [system for system in SYSTEMS if system not in ids]
    if missing:
        raise ValueError(f"no ids for {', '.join(missing)}")
    if orders < 0:
        raise ValueError("the number of orders must not be negative")
    until = utc(until)
    rng = Random(seed)  # noqa: S311 - a story to show, not a secret
    people = People(rng, us=3 + orders // 4, eu=3 + orders // 7, companies=2 + orders // 30)
    told_of = dict.fromkeys((*(shop.value for shop in SHOPS), *SYSTEMS, _OMS))
    systems = [system for system in told_of if system in ids]
    run = slots(rng, orders, until, outlet=OUTLET in ids)
    plots = dealt(rng, run, until)
    teller = Teller(rng, people, until)
    sales = tuple(teller.tell(slot, plots[slot.number]) for slot in run)
    dealt_slips = slips(rng, sales)
    filled = shelves(rng, sales, until, aside=Random(f"{seed} set aside"))  # noqa: S311 - as above
    written = _Written(sales, dealt_slips, ids)
    bought = purchases(seed, ids["erp"], filled, until)
    return Scenario(
        worlds={
            system: World(
                orders=tuple(written.records[system]),
                stock=stock_records(system, ids[system], filled),
                receipts=bought if system == "erp" else (),
                products=product_records(system, ids[system]),
                locations=locations(system, ids[system]),
            )
            for system in systems
        },
        truth=Truth(
            orders=tuple(_true_orders(sales, dealt_slips, written)),
            conflicts=tuple(sorted(_conflicts(sales, dealt_slips, filled, written))),
            stock=filled.truth(),
            counts=_counts(sales, dealt_slips, filled),
            oversells=oversells(filled),
        ),
    )


class _Written:
    """All that the systems wrote down: the records by system, and where each sale stands in which."""

    def __init__(self, sales: Sequence[Sale], made: Slips, ids: Mapping[str, Ids]) -> None:
        self.records: dict[str, list[OrderRecord]] = {system: [] for system in ids}
        self.ids: dict[tuple[str, int], RecordId] = {}
        shops = {shop.value: Storefront(shop.value, ids[shop.value]) for shop in SHOPS if shop.value in ids}
        for sale in sales:
            if sale.slot.channel in SHOPS:
                shop = sale.slot.channel.value
                self._keep(shop, sale, shops[shop].record(sale, lagging=sale.number in made.lagging))
        erp, erp_numbers = Erp(ids["erp"]), dict[int, str | None]()
        for sale, number in numbered(sales):
            erp_numbers[sale.number] = number
            cent = made.cents.get(sale.number)
            self._keep("erp", sale, erp.record(sale, number, made.references[sale.number], cent))
        senders: list[tuple[str, Warehouse | OrderManagement, tuple[Sale, ...]]] = [
            ("wms", Warehouse(ids["wms"]), released(sales))
        ]
        if _OMS in ids:
            senders.append((_OMS, OrderManagement(ids[_OMS]), overseen(sales)))
        for system, writer, known in senders:
            for sale in known:
                own, erp_number = sale.slot.channel in SHOPS, erp_numbers[sale.number]
                order_number = shop_number(sale) if own else erp_number or ""
                partner = erp_number if sale.number in made.carrying else None
                self._keep(system, sale, writer.record(sale, order_number, partner))

    def _keep(self, system: str, sale: Sale, record: OrderRecord) -> None:
        self.records[system].append(record)
        self.ids[system, sale.number] = (system, record.external_id)

    def anchor(self, sale: Sale) -> RecordId:
        """Where the order was captured."""
        return self.ids[sale.slot.channel.value if sale.slot.channel in SHOPS else "erp", sale.number]


def _true_orders(sales: Iterable[Sale], made: Slips, written: _Written) -> Iterator[TrueOrder]:
    """Every sale with all that is tied to it, then the ERP's records that nothing ties to their sale."""
    number, apart = 0, []
    for number, sale in enumerate(sales, start=1):
        members = {written.anchor(sale)}
        in_erp, *sending = (written.ids.get((system, sale.number)) for system in ("erp", "wms", _OMS))
        members.update(record for record in sending if record is not None)
        if in_erp is not None:
            if in_erp in members or made.joins_erp(sale):
                members.add(in_erp)
            else:
                apart.append(in_erp)
        yield TrueOrder(
            number=number,
            anchor=written.anchor(sale),
            members=frozenset(members),
            bridged=in_erp in members and made.is_bridged(sale),
        )
    for offset, record in enumerate(apart, start=1):
        yield TrueOrder(number=number + offset, anchor=record, members=frozenset({record}))


def _conflicts(sales: Sequence[Sale], made: Slips, filled: Shelves, written: _Written) -> Iterator[PlantedConflict]:
    by_number = {sale.number: sale for sale in sales}
    for number in made.cents:
        yield _conflict(written.anchor(by_number[number]), "invoices.total", "invoice_off_by_a_cent")
    for number in made.lagging:
        yield _conflict(written.anchor(by_number[number]), "fulfillmentStatus", "status_lag")
    for sale in sales:
        if sale.plot is Plot.EDIT_UNSEEN and sale.in_erp_at is not None:
            anchor, kind = written.anchor(sale), Plot.EDIT_UNSEEN.value
            yield _conflict(anchor, "totals.total", kind)
            for line in sale.lines:
                if line.canceled:
                    yield _conflict(anchor, f"lines[{line.product.sku}].quantity.current", kind)
    for claimed, claiming in made.doubled.items():
        involved = (written.anchor(by_number[claimed]), written.ids["erp", claimed], written.ids["erp", claiming])
        for record in involved:
            yield _conflict(record, "identity", ReferenceKind.USED_TWICE.value)
    for sku in filled.drifted:
        yield _conflict(("stock", sku), "onHand", "stock_drift")


def _conflict(order: RecordId, path: str, kind: str) -> PlantedConflict:
    return PlantedConflict(order=order, path=path, kind=kind)


def _counts(sales: Iterable[Sale], made: Slips, filled: Shelves) -> dict[str, int]:
    """See `Truth.counts`."""
    found: Counter[str] = Counter()
    for sale in sales:
        shop = sale.slot.channel in SHOPS
        if sale.plot in _COUNTED_PLOTS and (shop or sale.slot.channel is Channel.DESK):
            found[sale.plot.value] += 1
        if shop:
            found["edit"] += sale.edited_at is not None
            found["refund"] += bool(sale.settlement.refunds)
            found["cancellation"] += sale.canceled_at is not None
            reference = made.references.get(sale.number)
            apart = reference is not None and not reference.usable
            found["joined_through_third"] += apart and made.joins_erp(sale)
    kinds = Counter(reference.kind for reference in made.references.values())
    found.update({kind.value: kinds[kind] for kind in _COUNTED_REFERENCES})
    found.update(
        {
            "invoice_off_by_a_cent": len(made.cents),
            "status_lag": len(made.lagging),
            "sku_case": len(WAREHOUSE_SPELLINGS),
            "stock_drift": len(filled.drifted),
        }
    )
    every = (*(plot.value for plot in _COUNTED_PLOTS), *found)
    return {kind: found[kind] for kind in sorted(set(every))}
