"""Stock: what is truly there, and what each system says is there.

The warehouse counts its own shelves and is right about them. The ERP and the shops' listings copy that number, and
for some SKUs the copy has drifted. Of some it has set pieces aside that nobody else knows of. In the stores the ERP's
count is the true one, and the listing repeats it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import msgspec

from orderweave.scenario.catalog import CATALOG, SCARCE, Product, warehouse_spelling
from orderweave.scenario.numbering import Ids, Numbering
from orderweave.scenario.places import EAST, PLACES, PLACES_OF_SYSTEM, SHOP_NAMES, BusinessPlace, places
from orderweave.scenario.sales import Plot, Sale
from orderweave.scenario.truth import PlantedOversell, TrueStock
from orderweave_sdk.records import OrderStatus, ProductRecord, StockRecord

_DRIFTING = 4
_SET_ASIDE = 3
# (SKU, place of the business)
Shelf = tuple[str, str]


class Shelves(msgspec.Struct, frozen=True, kw_only=True):
    """The stock of the business by shelf, in pieces.

    `drifted` says for the SKUs that drifted what the systems other than the warehouse's believe is in the warehouse,
    `set_aside` what of some SKUs only the warehouse's own system knows not to be for sale.
    """

    on_hand: Mapping[Shelf, int]
    committed: Mapping[Shelf, int]
    incoming: Mapping[Shelf, int]
    drifted: Mapping[str, int]
    set_aside: Mapping[str, int]
    counted_at: datetime

    def truth(self) -> tuple[TrueStock, ...]:
        """What is truly there, on every shelf."""
        return tuple(
            TrueStock(sku=product.sku, place=place.id, on_hand=Decimal(self.on_hand[product.sku, place.id]))
            for product in CATALOG
            for place in PLACES
        )


def shelves(rng: Random, sales: Iterable[Sale], until: datetime, *, aside: Random) -> Shelves:
    """Fill the shelves: what open orders wait for is there, but of what is scarce there is nothing.

    `aside` deals what is set aside, so that the rest of the story does not depend on it.
    """
    committed = _committed(sales)
    on_hand, incoming = {}, {}
    for product in CATALOG:
        for place in PLACES:
            shelf = product.sku, place.id
            spare = rng.randint(5, 400) if place is EAST else rng.randint(0, 25)
            on_hand[shelf] = 0 if product.sku in SCARCE else committed[shelf] + spare
            short = product.sku in SCARCE or spare < 60
            incoming[shelf] = committed[shelf] + 12 * rng.randint(1, 20) if short and place is EAST else 0
    steady = [product.sku for product in CATALOG if product.sku not in SCARCE]
    drifted = {
        sku: max(0, on_hand[sku, EAST.id] + rng.choice((-3, -2, -1, 1, 2, 5))) for sku in rng.sample(steady, _DRIFTING)
    }
    sound = [sku for sku in steady if sku not in drifted]
    set_aside = {sku: aside.randint(2, 5) for sku in aside.sample(sound, _SET_ASIDE)}
    return Shelves(
        on_hand=on_hand,
        committed=committed,
        incoming=incoming,
        drifted=drifted,
        set_aside=set_aside,
        counted_at=until - timedelta(minutes=15),
    )


def _committed(sales: Iterable[Sale]) -> Counter[Shelf]:
    """What open orders still wait for; goods set aside for collection are still on the shelf."""
    found: Counter[Shelf] = Counter()
    for sale in sales:
        if sale.status is OrderStatus.CANCELED or sale.plot is Plot.DRAFT:
            continue
        for plan in sale.plans:
            left: Counter[int] = Counter()
            for dispatch in plan.dispatches:
                if dispatch.left_at is not None:
                    left.update(dict(dispatch.goods))
            for index, pieces in plan.goods:
                found[sale.lines[index].product.sku, plan.place.id] += pieces - left[index]
    return found


def stock_records(system: str, ids: Ids, filled: Shelves) -> tuple[StockRecord, ...]:
    """What a system says of the shelves that it knows."""
    numbering, known = Numbering(ids), places(system, ids)
    counts_itself = system == "wms"
    spelled = warehouse_spelling if counts_itself else str
    found = []
    for product in CATALOG:
        for place in PLACES_OF_SYSTEM[system]:
            shelf = product.sku, place.id
            on_hand = filled.on_hand[shelf] if counts_itself else _believed(filled, product, place)
            reserved = filled.set_aside.get(product.sku, 0) if counts_itself else 0
            found.append(
                StockRecord(
                    sku=spelled(product.sku),
                    location=known[place.id],
                    external_id=numbering.next("stock"),
                    title=product.title,
                    on_hand=Decimal(on_hand),
                    available=Decimal(on_hand - filled.committed[shelf] - reserved),
                    committed=Decimal(filled.committed[shelf]),
                    reserved=Decimal(reserved) if reserved else None,
                    incoming=Decimal(filled.incoming[shelf]),
                    updated_at=filled.counted_at,
                )
            )
    return tuple(found)


def _believed(filled: Shelves, product: Product, place: BusinessPlace) -> int:
    if place is EAST and product.sku in filled.drifted:
        return filled.drifted[product.sku]
    return filled.on_hand[product.sku, place.id]


def oversells(filled: Shelves) -> tuple[PlantedOversell, ...]:
    """Where a shop lists more at the places that serve it than may be sold there, by SKU and shop."""
    found = []
    for product in CATALOG:
        for shop in SHOP_NAMES:
            listed = available = 0
            for place in PLACES_OF_SYSTEM[shop]:
                committed = filled.committed[product.sku, place.id]
                aside = filled.set_aside.get(product.sku, 0) if place is EAST else 0
                listed += _believed(filled, product, place) - committed
                available += filled.on_hand[product.sku, place.id] - committed - aside
            excess = listed - max(0, available)
            if excess > 0:
                kind = "set_aside" if product.sku in filled.set_aside else "stock_drift"
                found.append(PlantedOversell(sku=product.sku, channel=shop, excess=Decimal(excess), kind=kind))
    return tuple(sorted(found))


def product_records(system: str, ids: Ids) -> tuple[ProductRecord, ...]:
    """The catalog as a system knows it."""
    spelled = warehouse_spelling if system == "wms" else str
    return tuple(
        ProductRecord(
            external_id=ids("product", product.n),
            sku=spelled(product.sku),
            title=product.title,
            gtin=product.gtin,
            active=True,
        )
        for product in CATALOG
    )
