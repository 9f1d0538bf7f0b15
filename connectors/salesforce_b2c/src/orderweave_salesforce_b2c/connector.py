"""The connector: capabilities over the client, the lists and the mapping."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from orderweave_salesforce_b2c.client import Client
from orderweave_salesforce_b2c.listing import Wanted, listed, number_of
from orderweave_salesforce_b2c.manifest import MANIFEST, MOST_LISTS
from orderweave_salesforce_b2c.mapping import order_record
from orderweave_salesforce_b2c.mapping_catalog import product_record, stock_records
from orderweave_salesforce_b2c.payloads import AvailabilityPayload, NamedProduct, OrderPayload, ProductPayload
from orderweave_salesforce_b2c.searching import (
    NOTHING_ASKED,
    SORTS,
    push_down,
    read_position,
    read_stream,
    write_position,
    write_stream,
)
from orderweave_salesforce_b2c.signing_in import ORGANIZATION
from orderweave_sdk.batches import by_lookup
from orderweave_sdk.capabilities import Changes, Gap, Hit, Orders, Page, Products, Search, Settings, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode, decode_each
from orderweave_sdk.errors import BadPayload, CapabilityNotDeclared, GiveUp, UpstreamError
from orderweave_sdk.manifest import Batch, Capability, Manifest, SearchField
from orderweave_sdk.records import Facet, Key, OrderRecord
from orderweave_sdk.upstream import UpstreamFactory

# Characters of an order's number and of a site's id, by the contract.
_LONGEST_NUMBER = 50
_LONGEST_SITE = 32
# What is asked for to see whether it may be asked for.
_NO_PRODUCT = "orderweave-check"
# Read on where a page holds no order that can be read; past so many such pages, the answer is no answer.
_MOST_BARREN = 10


class SalesforceB2cConnector:
    """One site of Salesforce B2C Commerce as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        self._client = Client(settings, upstream)
        self._lists = _inventory_ids(settings)
        self._capabilities = self.narrowed(settings).capabilities

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """Without products where the client may not read them, without stock where no client of SLAS is named, and
        without a list of SKUs where one of the two lacks.
        """
        products, stock = settings.get("products") is not False, bool(settings.get("slas_client_id"))
        lacking = {
            Capability.FIND_PRODUCTS: products,
            Capability.READ_STOCK: stock,
            Capability.LIST_SKUS: products and stock,
        }
        return msgspec.structs.replace(
            MANIFEST,
            capabilities=MANIFEST.capabilities - {capability for capability, there in lacking.items() if not there},
            product_batch=MANIFEST.product_batch if products else None,
            stock_batch=MANIFEST.stock_batch if stock else None,
        )

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """Ids that are none by the contract, and half of what stock needs."""
        found = []
        if ORGANIZATION.fullmatch(str(settings.get("organization_id", ""))) is None:
            found.append("organization_id: must be f_ecom_, the realm, _ and the instance, such as f_ecom_zzxy_prd")
        if not 1 <= len(str(settings.get("site_id", ""))) <= _LONGEST_SITE:
            found.append(f"site_id: must have 1 to {_LONGEST_SITE} characters")
        parts = ("slas_client_id", "slas_client_secret", "inventory_ids")
        given = [part for part in parts if settings.get(part)]
        if given:
            found += [f"{part}: is needed beside {' and '.join(given)}" for part in parts if part not in given]
        return found

    async def check(self, call: Call) -> str:
        """One order of the list, then a product and what is available of it where the settings have these.

        Raises what the list of orders raises; of the others it says which do not answer.
        """
        await self._client.orders([("limit", "1")], call)
        silent = []
        if Capability.FIND_PRODUCTS in self._capabilities:
            silent += [] if await _answers(self._client.products([_NO_PRODUCT], call)) else ["products"]
        if Capability.READ_STOCK in self._capabilities:
            asked = self._client.available([_NO_PRODUCT], self._lists[:1], call)
            silent += [] if await _answers(asked) else ["availability"]
        return "orders readable" + (f"; no answer: {', '.join(silent)}" if silent else "")

    async def close(self) -> None:
        """Nothing is held; tokens end by themselves."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """One request an order, at once as far as the manifest's concurrency goes; the first error ends them all."""
        values = [value for found in by_lookup(keys, MANIFEST).values() for value in found]
        numbers = [number for number in dict.fromkeys(values) if _may_be_number(number)]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._client.order(number, call)) for number in numbers]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return _read([body for task in tasks if (body := task.result()) is not None], facets)

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, sorted by a moment and then by number."""
        if search.sort not in SORTS:
            raise GiveUp(f"orders by search: Salesforce B2C Commerce is not asked to sort by {search.sort}")
        asked = push_down(search.conditions)
        if asked.nobody:
            return Page(hits=(), more=False, remaining=asked.remaining)
        position = None if search.after is None else read_position(search.after)
        gaps: list[Gap] = []
        for _ in range(_MOST_BARREN):
            found = await listed(
                self._client,
                Wanted(
                    asked=asked,
                    field=search.sort,
                    size=search.size,
                    descending=search.descending,
                    position=position,
                ),
                call,
            )
            read = _read([raw for _, raw in found.orders], search.facets)
            gaps += (*found.gaps, *read.gaps)
            records = {record.external_id: record for record in read.records}
            hits = tuple(
                Hit(records[place.order_no], write_position(place), place.moment)
                for place, _ in found.orders
                if place.order_no in records
            )
            if hits or not found.more:
                return Page(hits=hits, more=found.more, remaining=asked.remaining, gaps=tuple(gaps))
            position = found.orders[-1][0]
        raise BadPayload("orders by search: page after page holds no order that can be read")

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """Orders by their last change, oldest first; while it is fresh, the last minute is read again the next time."""
        stream = read_stream(cursor, since)
        found = await listed(
            self._client,
            Wanted(
                asked=NOTHING_ASKED,
                field=SearchField.UPDATED_AT,
                size=MANIFEST.page_size,
                descending=False,
                position=stream.position,
                span=stream.span(),
            ),
            call,
        )
        read = _read([raw for _, raw in found.orders], facets)
        last = found.orders[-1][0] if found.orders else None
        return Changes(
            records=read.records,
            cursor=write_stream(stream.moved(last, more=found.more, now=call.clock.now())),
            more=found.more,
            gaps=(*found.gaps, *read.gaps),
        )

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """What inventory lists have, by one call for each five of them."""
        self._bounded(skus, MANIFEST.stock_batch, Capability.READ_STOCK)
        lists = [each for each in self._lists if locations is None or each in locations]
        raws: list[msgspec.Raw] = []
        for start in range(0, len(lists) if skus else 0, MOST_LISTS):
            raws += await self._client.available(skus, lists[start : start + MOST_LISTS], call)
        products, gaps = decode_each(raws, AvailabilityPayload, what="availability")
        return Stock(records=tuple(level for each in products for level in stock_records(each)), gaps=tuple(gaps))

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products of any type by their ids, in one call."""
        self._bounded(skus, MANIFEST.product_batch, Capability.FIND_PRODUCTS)
        raws = await self._client.products(skus, call) if skus else []
        products, gaps = decode_each(raws, ProductPayload, what="product")
        return Products(records=tuple(map(product_record, products)), gaps=tuple(gaps))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the ids of all products, since nothing lists what inventory lists hold; a cursor is an offset."""
        self._need(Capability.LIST_SKUS)
        if after is not None and not (after.isascii() and after.isdecimal()):
            raise GiveUp("the cursor is not one of this connector's")
        offset = int(after or 0)
        page = await self._client.all_products(offset, call)
        products, gaps = decode_each(page.hits, NamedProduct, what="product")
        end = offset + len(page.hits)
        if end < page.total and not page.hits:
            raise BadPayload("products: an empty page where there are more")
        return Skus(
            skus=tuple(product.id for product in products if product.id),
            after=str(end) if end < page.total else None,
            gaps=tuple(gaps),
        )

    def _need(self, capability: Capability) -> None:
        if capability not in self._capabilities:
            raise CapabilityNotDeclared(MANIFEST.name, capability)

    def _bounded(self, values: Sequence[str], batch: Batch | None, capability: Capability) -> None:
        self._need(capability)
        if batch is None or len(values) > batch.size:
            raise GiveUp(f"{capability}: more values than one batch takes")


async def _answers(asked: Awaitable[object]) -> bool:
    try:
        await asked
    except UpstreamError:
        return False
    return True


def _read(bodies: Sequence[bytes | msgspec.Raw], facets: frozenset[Facet]) -> Orders:
    """The records of these orders, and a gap for each that is an order and cannot be read.

    Raises BadPayload for what is no order at all.
    """
    records: list[OrderRecord] = []
    gaps: list[Gap] = []
    for body in bodies:
        try:
            records.append(order_record(decode(body, OrderPayload, what="order"), facets))
        except BadPayload as error:
            number = number_of(body)
            if number is None:
                raise
            gaps.append(Gap(str(error), number))
    return Orders(records=tuple(records), gaps=tuple(gaps))


def _may_be_number(value: str) -> bool:
    """Whether it can be an order's number, and a part of a path: "." and ".." are ways to walk in it."""
    return bool(value.strip()) and len(value) <= _LONGEST_NUMBER and value not in (".", "..")


def _inventory_ids(settings: Settings) -> list[str]:
    return [part.strip() for part in str(settings.get("inventory_ids") or "").split(",") if part.strip()]
