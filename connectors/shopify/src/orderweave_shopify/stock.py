"""Reading stock, products and places, page by page and within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from orderweave_sdk.capabilities import Gap, Locations, Products, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.errors import BadPayload
from orderweave_shopify.client import Client
from orderweave_shopify.continuing import Continued, ContinuedNode
from orderweave_shopify.mapping_stock import location_record, product_record, stock_records
from orderweave_shopify.payloads_pages import Page
from orderweave_shopify.payloads_stock import (
    InventoryItemPayload,
    LevelPayload,
    LocationPayload,
    RawPage,
    SkuPayload,
    VariantPayload,
)
from orderweave_shopify.queries import (
    LISTED_SKUS,
    LOCATION_COST,
    LOCATIONS,
    MORE_LEVELS,
    MORE_LEVELS_COST,
    MOST_ENTRIES,
    PRODUCT_COST,
    PRODUCTS_BY_SKU,
    SKU_COST,
    STOCK_BY_SKU,
    STOCK_COST,
    connection_cost,
)
from orderweave_shopify.search_terms import texts_term

# Pages of one list at most; with 250 places a page no shop comes near.
_MOST_PAGES = 20
# Entries asked for beyond one a SKU, since several items may bear one SKU.
_SPARE = 20


class Items(msgspec.Struct, rename="camel"):
    """The answer of the inventory search."""

    inventory_items: RawPage


class VariantsFound(msgspec.Struct, rename="camel"):
    """The answer of the variants search."""

    product_variants: RawPage


class Places(msgspec.Struct):
    """The answer of the locations list."""

    locations: RawPage


class _Listing(msgspec.Struct, frozen=True):
    """A list that is read whole: its document, its answer's type, the answer's one field, and what an entry costs."""

    document: str
    kind: type[Any]
    field: str
    cost: int


_ITEMS = _Listing(STOCK_BY_SKU, Items, "inventory_items", STOCK_COST)
_VARIANTS = _Listing(PRODUCTS_BY_SKU, VariantsFound, "product_variants", PRODUCT_COST)
_LOCATIONS = _Listing(LOCATIONS, Places, "locations", LOCATION_COST)


async def read_stock(client: Client, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
    """Levels of these SKUs (in any case) at these places, or at all when None."""
    raws, gaps = await _by_sku(client, _ITEMS, skus, call)
    items, unread = decode_each(raws, InventoryItemPayload, what="inventory item")
    wanted = _folded(skus)
    records = []
    for item in items:
        if item.sku is not None and item.sku.casefold() in wanted:
            gaps += await _all_levels(client, item, call)
            records += [
                record
                for record in stock_records(item)
                if locations is None or record.location.external_id in locations
            ]
    return Stock(records=tuple(records), gaps=(*gaps, *unread))


async def _all_levels(client: Client, item: InventoryItemPayload, call: Call) -> list[Gap]:
    """Go on with an item's levels past the first page, into the item."""
    levels = item.inventory_levels
    for _ in range(_MOST_PAGES):
        if not levels.page_info.has_next_page:
            return []
        variables = {"id": item.id, "after": levels.page_info.end_cursor}
        answered = await client.ask(
            MORE_LEVELS,
            variables,
            ContinuedNode[LevelPayload],
            operation="more stock levels",
            call=call,
            price=MORE_LEVELS_COST,
        )
        node: Continued[LevelPayload] | None = answered.data.node
        further: Page[LevelPayload] | None = node.page if node else None
        if further is None or answered.errors:
            raise BadPayload("more stock levels: the list broke off between two pages")
        levels.nodes.extend(further.nodes)
        levels.page_info = further.page_info
    return [Gap("an inventory item has more levels than are read", item.id)]


async def find_products(client: Client, skus: Sequence[str], call: Call) -> Products:
    """Variants with these SKUs, in any case and in Shopify's spelling."""
    raws, gaps = await _by_sku(client, _VARIANTS, skus, call)
    variants, unread = decode_each(raws, VariantPayload, what="product variant")
    wanted = _folded(skus)
    records = tuple(
        product_record(variant, variant.sku)
        for variant in variants
        if variant.sku is not None and variant.sku.casefold() in wanted
    )
    return Products(records=records, gaps=(*gaps, *unread))


async def list_skus(client: Client, after: str | None, call: Call) -> Skus:
    """A page of the SKUs of all inventory items, in the order in which they were made."""
    answered = await client.ask(
        LISTED_SKUS,
        {"first": MOST_ENTRIES, "after": after},
        Items,
        operation="inventory items",
        call=call,
        price=connection_cost(MOST_ENTRIES, SKU_COST),
    )
    if answered.errors:
        raise BadPayload(f"inventory items: an answer with errors in it ({answered.errors[0].code})")
    page = answered.data.inventory_items
    items, unread = decode_each(page.nodes, SkuPayload, what="inventory item")
    return Skus(
        skus=tuple(item.sku for item in items if item.sku),
        after=page.page_info.end_cursor if page.page_info.has_next_page else None,
        gaps=tuple(unread),
    )


async def list_locations(client: Client, call: Call) -> Locations:
    """Every place, the deactivated among them."""
    raws, gaps = await _pages(client, _LOCATIONS, {}, call)
    places, unread = decode_each(raws, LocationPayload, what="location")
    return Locations(records=tuple(location_record(place) for place in places), gaps=(*gaps, *unread))


def _folded(skus: Sequence[str]) -> frozenset[str]:
    return frozenset(sku.casefold() for sku in skus)


async def _by_sku(
    client: Client, listing: _Listing, skus: Sequence[str], call: Call
) -> tuple[list[msgspec.Raw], list[Gap]]:
    if not skus:
        return [], []
    variables = {"query": texts_term("sku", dict.fromkeys(skus)), "first": len(skus) + _SPARE}
    return await _pages(client, listing, variables, call)


async def _pages(
    client: Client, listing: _Listing, variables: dict[str, Any], call: Call
) -> tuple[list[msgspec.Raw], list[Gap]]:
    """All entries of a list, undecoded; a Gap when it is longer than the bound."""
    raws: list[msgspec.Raw] = []
    after: str | None = None
    name = listing.field.replace("_", " ")
    for _ in range(_MOST_PAGES):
        answered = await client.ask(
            listing.document,
            {**variables, "after": after},
            listing.kind,
            operation=name,
            call=call,
            price=connection_cost(variables.get("first", MOST_ENTRIES), listing.cost),
        )
        if answered.errors:
            raise BadPayload(f"{name}: an answer with errors in it ({answered.errors[0].code})")
        page: RawPage = getattr(answered.data, listing.field)
        raws += page.nodes
        if not page.page_info.has_next_page:
            return raws, []
        after = page.page_info.end_cursor
    return raws, [Gap(f"{name}: more entries than are read")]
