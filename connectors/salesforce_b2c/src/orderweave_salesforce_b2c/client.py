"""The calls to the Commerce API, and nothing about what the answers mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from orderweave_salesforce_b2c.payloads import AvailabilityFound, OrdersPage, Problem, ProductsFound, ProductsPage
from orderweave_salesforce_b2c.signing_in import ClientToken, admin_token, shopper_token
from orderweave_sdk.capabilities import Settings
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import FixCredentials, GiveUp
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import UpstreamFactory

# The most orders of one list, and the most hits of one search.
MOST_LISTED = 200

_WRONG, _REFUSED, _NOT_FOUND = 400, 401, 404
_NO_SUCH_ORDER = "order-not-found"
_KIND = re.compile(r"[a-z-]{1,60}")


class Client:
    """One site of one organization. A token that is refused is renewed once; a second refusal is about rights."""

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        organization, self._site = str(settings["organization_id"]), str(settings["site_id"])
        self._api = upstream(str(settings["url"]).rstrip("/"))
        self._admin = admin_token(settings, upstream)
        self._shopper = shopper_token(settings, self._api)
        self._orders_path = f"/checkout/orders/v1/organizations/{organization}/orders"
        self._products_path = f"/product/products/v1/organizations/{organization}/product-search"
        self._available_path = f"/product/shopper-availability/v1/organizations/{organization}/availability"

    async def order(self, number: str, call: Call) -> bytes | None:
        """One order by its number; None where the site has none of that number."""
        path = f"{self._orders_path}/{quote(number, safe='')}"
        answer = await self._asked("order by number", "GET", path, self._site_only(), call)
        return None if answer.status == _NOT_FOUND else answer.body

    async def orders(self, query: Sequence[tuple[str, str]], call: Call) -> list[msgspec.Raw]:
        """A page of a list of orders."""
        answer = await self._asked("orders", "GET", self._orders_path, [*self._site_only(), *query], call)
        return decode(answer.body, OrdersPage, what="orders").data

    async def products(self, skus: Sequence[str], call: Call) -> list[msgspec.Raw]:
        """Products by their ids, of the whole catalog."""
        wanted = {"termQuery": {"fields": ["id"], "operator": "one_of", "values": list(skus)}}
        body = {"query": wanted, "limit": MOST_LISTED}
        answer = await self._asked("products", "POST", self._products_path, (), call, json=body)
        return decode(answer.body, ProductsFound, what="products").hits

    async def all_products(self, offset: int, call: Call) -> ProductsPage:
        """A page of all products of the whole catalog by their ids. A search may take no range of ids."""
        body = {
            "query": {"matchAllQuery": {}},
            "sorts": [{"field": "id", "sortOrder": "asc"}],
            "limit": MOST_LISTED,
            "offset": offset,
        }
        answer = await self._asked("products", "POST", self._products_path, (), call, json=body)
        return decode(answer.body, ProductsPage, what="products")

    async def available(self, skus: Sequence[str], lists: Sequence[str], call: Call) -> list[msgspec.Raw]:
        """What is available of products in some inventory lists. Products that are offline are not told of."""
        query = [*self._site_only(), ("productIds", ",".join(skus)), ("inventoryIds", ",".join(lists))]
        answer = await self._asked("availability", "GET", self._available_path, query, call, token=self._shopper)
        return decode(answer.body, AvailabilityFound, what="availability").data

    def _site_only(self) -> list[tuple[str, str]]:
        return [("siteId", self._site)]

    async def _asked(
        self,
        operation: str,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        call: Call,
        *,
        json: Any = None,
        token: ClientToken | None = None,
    ) -> Answer:
        """The answer, which is 404 only where there is no such order."""
        signing_in = token or self._admin

        async def send(bearer: str) -> Answer:
            return await self._api.send(
                method,
                path,
                params=query,
                json=json,
                headers={"authorization": f"Bearer {bearer}"},
                operation=operation,
                call=call,
                accept_statuses=frozenset({_WRONG, _REFUSED, _NOT_FOUND}),
            )

        bearer = await signing_in.token(None, call)
        answer = await send(bearer)
        if answer.status == _REFUSED:
            answer = await send(await signing_in.token(bearer, call))
        if answer.status == _REFUSED:
            raise FixCredentials(f"{operation}: HTTP 401, the client is refused or lacks the scope")
        kind = _kind(answer) if answer.status in (_WRONG, _NOT_FOUND) else None
        if kind is not None and (answer.status, kind) != (_NOT_FOUND, _NO_SUCH_ORDER):
            raise GiveUp(f"{operation}: HTTP {answer.status}, {kind or 'without a reason'}")
        return answer


def _kind(answer: Answer) -> str:
    """The last part of a problem's type, which is a word of the vendor's; empty where there is none."""
    try:
        kind = msgspec.json.decode(answer.body, type=Problem).type.rpartition("/")[2]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return kind if _KIND.fullmatch(kind) else ""
