"""Reading orders: batches that fit the cost of one query, records of what came, gaps for what did not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_in_place
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import Facet, OrderRecord, utc
from orderweave_shopify.client import Answered, Client, GraphqlError, TooCostly
from orderweave_shopify.continuing import complete, goes_on
from orderweave_shopify.mapping import order_record
from orderweave_shopify.payloads import OrderPayload
from orderweave_shopify.payloads_pages import Edges, PageInfo
from orderweave_shopify.queries import most_orders, orders_by_id, orders_by_search, orders_cost

_ORDER_ID = re.compile(r"gid://shopify/Order/\d+")
# Orders whose long lists are continued at a time; more would only wait for the shop's few calls at once.
_CONTINUED_AT_ONCE = 16


class Nodes(msgspec.Struct):
    """The answer to `nodes(ids:)`, each order still undecoded; null for an id that nothing has."""

    nodes: list[msgspec.Raw]


class Searched(msgspec.Struct):
    """The answer to the orders search."""

    orders: Edges


class OrderSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for (None: everything) and in which order."""

    query: str | None
    sort_key: str = "PROCESSED_AT"
    descending: bool = False


class Found(msgspec.Struct, frozen=True):
    """One order of a search with its cursor and when it was placed; no record where it could not be read."""

    cursor: str
    record: OrderRecord | None
    placed_at: datetime | None


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a search: its orders, what could not be read, and where to go on."""

    found: tuple[Found, ...]
    gaps: tuple[Gap, ...]
    page: PageInfo


class OrderReader:
    """Orders as records. `shop_url` is where a person opens them."""

    def __init__(self, client: Client, shop_url: str) -> None:
        self._client = client
        self._shop_url = shop_url
        self._continuing = asyncio.Semaphore(_CONTINUED_AT_ONCE)

    async def by_ids(
        self, ids: Sequence[str], facets: frozenset[Facet], call: Call
    ) -> tuple[list[OrderRecord], list[Gap]]:
        """Orders by global id, in as few queries as their cost allows; what is no order's id is not asked for."""
        asked = [value for value in dict.fromkeys(ids) if _ORDER_ID.fullmatch(value)]
        size = most_orders(facets)
        batches = [asked[start : start + size] for start in range(0, len(asked), size)]
        answers = await asyncio.gather(*(self._batch(batch, facets, call) for batch in batches))
        return [record for records, _ in answers for record in records], [gap for _, gaps in answers for gap in gaps]

    async def _batch(
        self, ids: Sequence[str], facets: frozenset[Facet], call: Call
    ) -> tuple[list[OrderRecord], list[Gap]]:
        try:
            answered = await self._client.ask(
                orders_by_id(facets),
                {"ids": list(ids)},
                Nodes,
                operation="orders by id",
                call=call,
                price=orders_cost(facets, len(ids)),
            )
        except TooCostly:
            if len(ids) == 1:
                raise
            half = len(ids) // 2
            first, second = await asyncio.gather(
                self._batch(ids[:half], facets, call), self._batch(ids[half:], facets, call)
            )
            return first[0] + second[0], first[1] + second[1]
        broken = _broken(answered.errors, ("nodes",))
        gaps = [
            Gap(f"order: Shopify failed to answer it ({code})", ids[position] if position < len(ids) else None)
            for position, code in broken.items()
        ]
        raws = [
            raw for position, raw in enumerate(answered.data.nodes) if position not in broken and bytes(raw) != b"null"
        ]
        read, unread = await self._records(raws, facets, call)
        return [record for record, _ in read if record is not None], gaps + unread

    async def search(
        self, wanted: OrderSearch, facets: frozenset[Facet], call: Call, *, size: int, after: str | None
    ) -> Results:
        """One page of a search, of at most `size` orders and of fewer where the cost demands it."""
        variables = {
            "query": wanted.query,
            "sortKey": wanted.sort_key,
            "reverse": wanted.descending,
            "first": max(1, min(size, most_orders(facets))),
            "after": after,
        }
        answered = await self._affordable(facets, variables, call)
        edges = answered.data.orders
        broken = _broken(answered.errors, ("orders", "edges"))
        gaps = [Gap(f"order: Shopify failed to answer it ({code})") for code in broken.values()]
        sound = [edge for at, edge in enumerate(edges.edges) if edge is not None and at not in broken]
        records, unread = await self._records([edge.node for edge in sound], facets, call)
        found = tuple(
            Found(edge.cursor, record, placed_at) for edge, (record, placed_at) in zip(sound, records, strict=True)
        )
        return Results(found=found, gaps=(*gaps, *unread), page=edges.page_info)

    async def _affordable(self, facets: frozenset[Facet], variables: dict[str, Any], call: Call) -> Answered[Searched]:
        """The page, halved as often as Shopify finds it too costly."""
        try:
            return await self._client.ask(
                orders_by_search(facets),
                variables,
                Searched,
                operation="orders by search",
                call=call,
                price=orders_cost(facets, variables["first"]),
            )
        except TooCostly:
            if variables["first"] == 1:
                raise
            return await self._affordable(facets, {**variables, "first": variables["first"] // 2}, call)

    async def _records(
        self, raws: Sequence[msgspec.Raw], facets: frozenset[Facet], call: Call
    ) -> tuple[list[tuple[OrderRecord | None, datetime | None]], list[Gap]]:
        """A record for each raw order in order and when it was placed, no record for one that could not be read."""
        payloads, gaps = decode_in_place(raws, OrderPayload, what="order")
        # Nearly every order is whole as it comes, so that those which are not are waited for by themselves.
        cut = [payload for payload in payloads if payload is not None and goes_on(payload, facets)]
        broken: dict[str, Gap] = {}
        outcomes = await asyncio.gather(*(self._complete(payload, facets, call) for payload in cut))
        for order, outcome in zip(cut, outcomes, strict=True):
            if isinstance(outcome, Gap):
                broken[order.id] = outcome
            else:
                gaps += outcome
        found: list[tuple[OrderRecord | None, datetime | None]] = []
        for payload in payloads:
            record = None
            if payload is not None and payload.id not in broken:
                try:
                    record = order_record(payload, facets, self._shop_url)
                except BadPayload as error:
                    broken[payload.id] = Gap(str(error), payload.id)
            found.append((record, utc(payload.processed_at) if payload and payload.processed_at else None))
        return found, [*gaps, *broken.values()]

    async def _complete(self, payload: OrderPayload, facets: frozenset[Facet], call: Call) -> list[Gap] | Gap:
        """What of the order's lists is still cut, or the gap in place of the order."""
        try:
            async with self._continuing:
                return await complete(self._client, payload, facets, call)
        except BadPayload as error:
            return Gap(str(error), payload.id)


def _broken(errors: Sequence[GraphqlError], prefix: tuple[str, ...]) -> dict[int, str]:
    """The positions under `prefix` that errors speak of, with their codes.

    An error of anything else leaves an answer that cannot be trusted: BadPayload.
    """
    found: dict[int, str] = {}
    for error in errors:
        path = error.path or []
        position = path[len(prefix)] if len(path) > len(prefix) else None
        if tuple(path[: len(prefix)]) != prefix or not isinstance(position, int):
            raise BadPayload(f"orders: an error that names no order ({error.code})")
        found[position] = error.code
    return found
