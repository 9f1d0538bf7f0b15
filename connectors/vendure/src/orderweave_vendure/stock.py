"""Stock, products and places: read page by page, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from orderweave_sdk.capabilities import Gap, Locations, Products, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.records import LocationRecord, Place, ProductRecord, StockRecord, utc
from orderweave_vendure.client import Client
from orderweave_vendure.operations import LISTED_SKUS, LOCATIONS, STOCK, VARIANTS, variants_page, whole_list_page
from orderweave_vendure.payloads import (
    LevelPayload,
    LocationsData,
    PlacePayload,
    RawList,
    SkuPayload,
    StockedPayload,
    VariantPayload,
    VariantsData,
)

T = TypeVar("T")

# Pages of one list. A SKU may stand on many variants, yet hardly on a thousand.
_MOST_PAGES = 10
# Rows of a listing that are read again with the next page: so many may be deleted meanwhile, and none is passed over.
_OVERLAP = 10
# A variant whose stock is not tracked is always sold.
_NOT_TRACKED = "FALSE"


async def read_stock(client: Client, skus: Sequence[str], places: Sequence[str] | None, call: Call) -> Stock:
    """The levels of these SKUs, at these places or at all."""
    variants, gaps = await _variants(client, STOCK, "Stock", skus, kind=StockedPayload, call=call)
    records = [
        _stock_record(variant, level)
        for variant in variants
        for level in variant.stock_levels
        if places is None or level.stock_location.id in places
    ]
    return Stock(records=tuple(records), gaps=tuple(gaps))


async def find_products(client: Client, skus: Sequence[str], call: Call) -> Products:
    """The variants with these SKUs."""
    variants, gaps = await _variants(client, VARIANTS, "Variants", skus, kind=VariantPayload, call=call)
    return Products(records=tuple(map(_product_record, variants)), gaps=tuple(gaps))


async def list_skus(client: Client, after: str | None, call: Call) -> Skus:
    """A page of the SKUs of all variants by their ids. A cursor is how many rows were read, and the last one's id."""
    before, last = (0, "") if after is None else _position(after)
    skip = max(0, before - _OVERLAP)
    what = "SKUs of all variants"
    variables = {"options": whole_list_page(skip)}
    told = await client.ask(LISTED_SKUS, variables, VariantsData, operation="ListedSkus", what=what, call=call)
    page = told.product_variants
    rows, gaps = decode_each(page.items, SkuPayload, what=what)
    known = next((place for place, row in enumerate(rows, 1) if row.id == last), 0)
    read = skip + len(page.items)
    more = read < page.total_items
    if more and read <= before:
        raise BadPayload(f"{what}: a page without a row beyond those read before")
    return Skus(
        skus=tuple(row.sku for row in rows[known:] if row.sku),
        after=f"{read}/{rows[-1].id if rows else last}" if more else None,
        gaps=tuple(gaps),
    )


def _position(cursor: str) -> tuple[int, str]:
    read, _, last = cursor.partition("/")
    if not read.isdecimal():
        raise GiveUp("the cursor is not one of this connector's")
    return int(read), last


async def list_locations(client: Client, call: Call) -> Locations:
    """Every stock location."""

    async def page(skip: int) -> RawList:
        variables = {"options": whole_list_page(skip)}
        told = await client.ask(
            LOCATIONS, variables, LocationsData, operation="Locations", what="stock locations", call=call
        )
        return told.stock_locations

    places, gaps = await _all(page, PlacePayload, "stock locations")
    return Locations(
        records=tuple(LocationRecord(external_id=place.id, name=place.name) for place in places), gaps=tuple(gaps)
    )


async def _variants(
    client: Client, document: str, operation: str, skus: Sequence[str], *, kind: type[T], call: Call
) -> tuple[list[T], list[Gap]]:
    wanted = list(dict.fromkeys(sku for sku in skus if sku))
    what = f"{operation.lower()} by SKU"

    async def page(skip: int) -> RawList:
        variables = {"options": variants_page(wanted, skip)}
        told = await client.ask(document, variables, VariantsData, operation=operation, what=what, call=call)
        return told.product_variants

    return await _all(page, kind, what) if wanted else ([], [])


async def _all(page: Callable[[int], Any], kind: type[T], what: str) -> tuple[list[T], list[Gap]]:
    """All rows of a list, within the bound."""
    found: list[T] = []
    gaps: list[Gap] = []
    read = 0
    for _ in range(_MOST_PAGES):
        told: RawList = await page(read)
        rows, bad = decode_each(told.items, kind, what=what)
        found += rows
        gaps += bad
        read += len(told.items)
        if not told.items or read >= told.total_items:
            return found, gaps
    return found, [*gaps, Gap(f"{what}: more rows than are read; the rest is missing")]


def _stock_record(variant: StockedPayload, level: LevelPayload) -> StockRecord:
    """One variant at one place. The threshold below which a shop sells no more is one for all places, and not here."""
    on_hand, allocated = Decimal(level.stock_on_hand), Decimal(level.stock_allocated)
    return StockRecord(
        sku=variant.sku,
        location=Place(external_id=level.stock_location.id, name=level.stock_location.name),
        external_id=level.id,
        title=variant.name or None,
        on_hand=on_hand,
        available=None if variant.track_inventory == _NOT_TRACKED else on_hand - allocated,
        committed=allocated,
        updated_at=utc(level.updated_at),
    )


def _product_record(variant: VariantPayload) -> ProductRecord:
    """One variant; it is sold while neither it nor its product is disabled."""
    return ProductRecord(
        external_id=variant.id,
        sku=variant.sku,
        title=variant.name or None,
        active=variant.enabled and variant.product.enabled,
        updated_at=utc(variant.updated_at),
    )
