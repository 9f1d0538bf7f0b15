"""The vendors' content already in the API's form, for the gateways that do not speak the vendors' protocols.

This is in their favor: what Orderweave and the hand-written handlers must translate, match and merge comes to them
translated, and each record is found by the order's number.

Mercurius and Yoga are given JSON: `GET /ready/orders/PAGE/PART` from the systems in which orders are searched, then
`POST /ready/invoices` to the ERP and `POST /ready/shipments` to the warehouse with a list of numbers. `Parts` tells how
many calls of each kind Orderweave made for the page, so that they make as many. Hive Gateway is given one federation
subgraph a system at `POST /subgraph`, and asks each once a page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from bench.recording import Page, Recording

SHOP, ERP, WAREHOUSE = "shop-us", "erp", "wms"
Json = dict[str, Any]


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """The calls behind one page, for a gateway that merges by number."""

    first: int
    after: str | None
    lists: list[tuple[str, str]]  # system and path
    numbers_a_call: dict[str, int]  # by system


def pages_of(recording: Recording) -> list[Page]:
    """Every page that may be asked for."""
    return [page for pages in recording.pages.values() for page in pages]


def parts_of(recording: Recording) -> list[Parts]:
    """The calls of every page."""
    return [_parts(place, page) for place, page in enumerate(pages_of(recording))]


def _parts(place: int, page: Page) -> Parts:
    shops = [call.system for call in page.calls if call.system not in (ERP, WAREHOUSE)]
    searched = [call.system for call in page.calls if call.system == ERP and call.searched]
    asked = {
        ERP: sum(call.system == ERP for call in page.calls) - len(searched),
        WAREHOUSE: sum(call.system == WAREHOUSE for call in page.calls),
    }
    return Parts(
        first=page.first,
        after=page.after,
        lists=[(system, f"/ready/orders/{place}/{part}") for part, system in enumerate((*shops, *searched))],
        numbers_a_call={system: math.ceil(len(page.orders) / max(1, calls)) for system, calls in asked.items()},
    )


class ReadyMade:
    """What one system answers; made when first asked for."""

    def __init__(self, recording: Recording, system: str) -> None:
        self._system = system
        self._lists: dict[bytes, bytes] = {}
        self._orders: dict[str, Json] = {}
        self._pages = {(page.first, page.after): page for page in pages_of(recording)}
        for parts, page in zip(parts_of(recording), pages_of(recording), strict=True):
            self._orders |= {order["number"]: order for order in page.orders}
            self._deal(parts, page)

    def _deal(self, parts: Parts, page: Page) -> None:
        """The page's orders, spread over the calls to shops; nobody places orders in the ERP here."""
        shops = [path for system, path in parts.lists if system != ERP]
        for system, path in parts.lists:
            if system == self._system:
                turn = shops.index(path) if path in shops else len(page.orders)
                mine = page.orders[turn :: len(shops)]
                self._lists[f"GET {path}".encode()] = msgspec.json.encode([_header(order) for order in mine])

    def answer(self, target: bytes, body: bytes) -> bytes | None:
        """The JSON for a target and a body; None for what is not known."""
        if target in self._lists:
            return self._lists[target]
        field = {ERP: "invoices", WAREHOUSE: "shipments"}.get(self._system)
        if field is not None and target == f"POST /ready/{field}".encode():
            return msgspec.json.encode([self._orders[number][field] for number in msgspec.json.decode(body)])
        if target == b"POST /subgraph":
            return self._subgraph(msgspec.json.decode(body))
        return None

    def _subgraph(self, question: Mapping[str, Any]) -> bytes | None:
        variables: Json = question.get("variables") or {}
        lists = [value for value in variables.values() if isinstance(value, list)]
        if lists:
            entities = [self._entity(representation["number"]) for representation in lists[0]]
            return msgspec.json.encode({"data": {"_entities": entities}})
        page = self._pages.get((variables.get("first", 0), variables.get("after")))
        if page is None or self._system != SHOP:
            return None
        nodes = [{"__typename": "Order", **_header(order)} for order in page.orders]
        return msgspec.json.encode({"data": {"orders": {"nodes": nodes, "pageInfo": {"endCursor": None}}}})

    def _entity(self, number: str) -> Json:
        field = "invoices" if self._system == ERP else "shipments"
        return {"__typename": "Order", "number": number, field: self._orders[number][field]}


def _header(order: Json) -> Json:
    return {name: value for name, value in order.items() if name not in ("invoices", "shipments")}
