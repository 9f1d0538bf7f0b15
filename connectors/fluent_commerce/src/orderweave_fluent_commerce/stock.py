"""Stock, products and places: reading them, and what they mean.

Fluent's `onHand` of a position has the active reservations taken off already. What is on the shelf is that and the
reservations; what may be sold is that alone, or what a virtual catalogue makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from orderweave_fluent_commerce.client import Client
from orderweave_fluent_commerce.goods import location_kind, place
from orderweave_fluent_commerce.mapping import address
from orderweave_fluent_commerce.operations import (
    LOCATIONS,
    POSITIONS,
    POSITIONS_A_PAGE,
    QUANTITIES_A_POSITION,
    ROWS_A_PAGE,
    STANDARD_PRODUCTS,
    STOCKED,
    VARIANTS,
    VIRTUAL_POSITIONS,
)
from orderweave_fluent_commerce.payloads import (
    LocationPayload,
    PositionPayload,
    ProductPayload,
    StockedPayload,
    VirtualPositionPayload,
    goes_on,
    nodes,
)
from orderweave_fluent_commerce.reading import read_page, read_pages
from orderweave_fluent_commerce.times import in_utc
from orderweave_sdk.capabilities import Gap, Locations, Products, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.records import LocationRecord, ProductRecord, StockRecord

RESERVED, EXPECTED = "RESERVED", "EXPECTED"

# What may be sold of a product at a location, as a virtual catalogue has it; None without such a catalogue.
ToSell = Mapping[tuple[str, str], int] | None


class Catalogues(NamedTuple):
    """Which catalogues are read, by their references; None for all of them, and for no virtual one."""

    inventory: str | None
    virtual: str | None
    product: str | None


async def read_stock(
    client: Client, catalogues: Catalogues, skus: Sequence[str], places: Sequence[str] | None, call: Call
) -> Stock:
    """Positions of these SKUs, and what of them may be sold."""
    what = "stock by SKU"
    variables: dict[str, Any] = {
        "skus": list(skus),
        "places": None if places is None else list(places),
        "catalogue": _key(catalogues.inventory),
        "types": [RESERVED, EXPECTED],
        "counted": QUANTITIES_A_POSITION,
        "first": POSITIONS_A_PAGE,
    }
    page = await read_pages(client, POSITIONS, variables, operation="Positions", what=what, call=call)
    positions, gaps = decode_each(page.nodes, PositionPayload, what=what)
    to_sell, more = await _to_sell(client, catalogues, skus, places, call)
    found = [(position, stock_record(position, to_sell)) for position in positions]
    gaps += [Gap(f"{what}: a position without a location", each.id) for each, record in found if record is None]
    gaps += [Gap(f"{what}: more reservations than are read", each.id) for each in positions if _is_cut(each)]
    return Stock(records=tuple(record for _, record in found if record), gaps=(*page.gaps, *gaps, *more))


async def _to_sell(
    client: Client, catalogues: Catalogues, skus: Sequence[str], places: Sequence[str] | None, call: Call
) -> tuple[ToSell, list[Gap]]:
    if catalogues.virtual is None:
        return None, []
    what = "available to sell"
    variables = {
        "skus": list(skus),
        "places": None if places is None else list(places),
        "catalogue": _key(catalogues.virtual),
        "first": POSITIONS_A_PAGE,
    }
    page = await read_pages(client, VIRTUAL_POSITIONS, variables, operation="VirtualPositions", what=what, call=call)
    found, gaps = decode_each(page.nodes, VirtualPositionPayload, what=what)
    sold = {
        (each.product_ref, each.group_ref): each.quantity
        for each in found
        if each.product_ref and each.group_ref and each.quantity is not None
    }
    return sold, [*page.gaps, *gaps]


def stock_record(payload: PositionPayload, to_sell: ToSell) -> StockRecord | None:
    """One product at one location; None for a position that names none."""
    location = place(payload.location_ref, payload.location.location if payload.location else None)
    if location is None:
        return None
    left = payload.on_hand
    reserved = None if _is_cut(payload) else -sum(_counts(payload, RESERVED))
    available = left if to_sell is None else to_sell.get((payload.product_ref, location.external_id))
    expected = _counts(payload, EXPECTED)
    return StockRecord(
        sku=payload.product_ref,
        location=location,
        external_id=payload.id,
        on_hand=None if left is None or reserved is None else Decimal(left + reserved),
        available=None if available is None else Decimal(available),
        committed=None if reserved is None else Decimal(reserved),
        incoming=Decimal(sum(expected)) if expected and not _is_cut(payload) else None,
        updated_at=in_utc(payload.updated_on),
    )


def _counts(payload: PositionPayload, kind: str) -> list[int]:
    return [each.quantity or 0 for each in nodes(payload.quantities) if each.type == kind]


def _is_cut(payload: PositionPayload) -> bool:
    return goes_on(payload.quantities)


async def list_skus(client: Client, catalogues: Catalogues, after: str | None, call: Call) -> Skus:
    """A page of what positions are of. Products are no list of these: Fluent does not hold the two to each other."""
    what = "SKUs"
    variables = {"catalogue": _key(catalogues.inventory), "first": POSITIONS_A_PAGE, "after": after}
    page = await read_page(client, STOCKED, variables, operation="Stocked", what=what, call=call)
    found, gaps = decode_each(page.nodes, StockedPayload, what=what)
    skus = dict.fromkeys(each.product_ref for each in found if each.product_ref)
    return Skus(skus=tuple(skus), after=page.after, gaps=(*page.gaps, *gaps))


async def find_products(client: Client, catalogues: Catalogues, skus: Sequence[str], call: Call) -> Products:
    """Variants with these references, and standard products for those that no variant has."""
    what = "products by SKU"
    found: dict[str, ProductRecord] = {}
    gaps: list[Gap] = []
    for document in (VARIANTS, STANDARD_PRODUCTS):
        wanted = [sku for sku in skus if sku not in found]
        if wanted:
            variables = {"skus": wanted, "catalogue": _key(catalogues.product), "first": ROWS_A_PAGE}
            page = await read_pages(client, document, variables, operation="Products", what=what, call=call)
            payloads, more = decode_each(page.nodes, ProductPayload, what=what)
            gaps += [*page.gaps, *more]
            for payload in payloads:
                if payload.ref in wanted:
                    found.setdefault(payload.ref, product_record(payload))
    return Products(records=tuple(found.values()), gaps=tuple(gaps))


def product_record(payload: ProductPayload) -> ProductRecord:
    """One product."""
    return ProductRecord(
        external_id=payload.id or payload.ref,
        sku=payload.ref,
        title=payload.name or None,
        gtin=payload.gtin or None,
        active=None if payload.status is None else payload.status == "ACTIVE",
        updated_at=in_utc(payload.updated_on),
    )


async def list_locations(client: Client, call: Call) -> Locations:
    """Every location, by the reference that orders and stock name it by."""
    what = "locations"
    page = await read_pages(client, LOCATIONS, {"first": ROWS_A_PAGE}, operation="Locations", what=what, call=call)
    payloads, gaps = decode_each(page.nodes, LocationPayload, what=what)
    return Locations(
        records=tuple(location_record(payload, payload.ref) for payload in payloads if payload.ref),
        gaps=(*page.gaps, *gaps),
    )


def location_record(payload: LocationPayload, ref: str) -> LocationRecord:
    """One warehouse or store."""
    return LocationRecord(
        external_id=ref,
        name=payload.name or None,
        kind=location_kind(payload),
        active=None if payload.status is None else payload.status == "ACTIVE",
        address=address(payload.primary_address),
    )


def _key(ref: str | None) -> dict[str, str] | None:
    """A catalogue as Fluent's filters take it."""
    return None if ref is None else {"ref": ref}
