"""The Commerce API, Account Manager and SLAS as far as the connector uses them, on one loopback socket."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from orderweave_salesforce_b2c.expressible import SITE, expressible_order, expressible_product, expressible_stock
from orderweave_salesforce_b2c.manifest import MOST_AVAILABLE, MOST_LISTS
from orderweave_salesforce_b2c.signing_in import ACCOUNT_MANAGER_PATH, slas_path
from orderweave_salesforce_b2c.simulated_documents import (
    Document,
    availability_document,
    order_document,
    product_document,
)
from orderweave_salesforce_b2c.simulated_lists import OrderList, Refused
from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.world import World

ORGANIZATION = "f_ecom_zzxy_prd"
TENANT = "SALESFORCE_COMMERCE_API:zzxy_prd"
CLIENT = {"client_id": "simulated-client", "client_secret": "simulated-password"}
SHOPPER = {"slas_client_id": "simulated-shopper-client", "slas_client_secret": "simulated-shopper-secret"}

ORDERS = f"/checkout/orders/v1/organizations/{ORGANIZATION}/orders"
PRODUCTS = f"/product/products/v1/organizations/{ORGANIZATION}/product-search"
AVAILABILITY = f"/product/shopper-availability/v1/organizations/{ORGANIZATION}/availability"
_SLAS = slas_path(ORGANIZATION)
_ERRORS = "https://api.commercecloud.salesforce.com/documentation/error/v1/errors/"
_JSON = msgspec.json.Encoder(decimal_format="number")
_SHOPPER_SCOPE = "shopper"
_MOST_HITS = 200


class SalesforceB2cSimulator(Simulator):
    """One site. Its clients may have `scopes`; tokens last for `token_seconds`, and `forget_tokens` ends them."""

    sign_in_paths = frozenset({ACCOUNT_MANAGER_PATH, _SLAS})

    def __init__(self) -> None:
        super().__init__()
        self.scopes = {TENANT, "sfcc.orders", "sfcc.products"}
        self.token_seconds = 1799
        # Each token with the scopes that it was given for.
        self.given: dict[str, frozenset[str]] = {}
        self._orders: dict[str, Document] = {}
        self._list = OrderList(())
        self._products: dict[str, Document] = {}
        self._levels: dict[str, list[StockRecord]] = {}

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """An order's id is its number, a product's its SKU; a place is an inventory list."""
        if kind == "order":
            return str(1000 + n)
        return f"inventory-{n}" if kind == "location" else f"{kind[:4]}{n:08d}"

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `expressible`."""
        return expressible_order(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """See `expressible`."""
        return expressible_stock(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """See `expressible`."""
        return expressible_product(record)

    def settings(self) -> dict[str, Any]:
        """Where to find the three, and clients of both kinds."""
        lists = sorted({level.location.external_id for level in self.world.stock}) or [self.external_id("location", 1)]
        return {
            "url": self.url,
            "account_manager_url": self.url,
            "organization_id": ORGANIZATION,
            "site_id": SITE,
            **CLIENT,
            **SHOPPER,
            "inventory_ids": ",".join(lists),
        }

    def seed(self, world: World) -> None:
        """Replace all that the site knows."""
        super().seed(world)
        self.put_orders(*(order_document(expressible_order(order)) for order in world.orders))
        products = {product.sku: product for product in world.products}
        self._levels = {}
        for level in world.stock:  # what is available is a product
            products.setdefault(level.sku, ProductRecord(external_id=level.sku, sku=level.sku, title=level.title))
            self._levels.setdefault(level.sku, []).append(expressible_stock(level))
        self._products = {sku: product_document(expressible_product(product)) for sku, product in products.items()}

    def put_orders(self, *documents: Document) -> None:
        """Replace the orders by documents of the vendor's own making, such as no record can say."""
        self._orders = {document["orderNo"]: document for document in documents}
        self._list = OrderList(documents)

    def forget_tokens(self) -> None:
        """Take none of the tokens given so far."""
        self.given.clear()

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """What the three would say."""
        if request.path == ACCOUNT_MANAGER_PATH:
            return self._signed_in(request)
        if request.path == _SLAS:
            return self._shopper_signed_in(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        for method, path, scope, answer in self._resources():
            own = request.path == path or (path == ORDERS and request.path.startswith(f"{ORDERS}/"))
            if own and method == request.method:
                if scope not in self.given.get(token, ()):
                    return _problem(401, "unauthorized", "Unauthorized", plain=path == ORDERS)
                return answer(request)
        return _problem(404, "resource-not-found", "Resource Not Found")

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """The resource, and what is looked for."""
        if request.path.startswith(f"{ORDERS}/"):
            return "order by number", unquote(request.path.rpartition("/")[2])
        if request.path == PRODUCTS:
            return "products", (request.json() or {}).get("query")
        asked = [[name, value] for name, value in request.query if name != "siteId"]
        return "availability" if request.path == AVAILABILITY else "orders", asked

    def _resources(self) -> tuple[tuple[str, str, str, Callable[[SimulatedRequest], SimulatedAnswer]], ...]:
        return (
            ("GET", ORDERS, "sfcc.orders", self._orders_answered),
            ("POST", PRODUCTS, "sfcc.products", self._products_answered),
            ("GET", AVAILABILITY, _SHOPPER_SCOPE, self._availability_answered),
        )

    def _orders_answered(self, request: SimulatedRequest) -> SimulatedAnswer:
        if dict(request.query).get("siteId") != SITE:
            return _problem(404, "site-not-found", "Site Not Found")
        if request.path == ORDERS:
            try:
                return _answered({"data": self._list.page(request.query)})
            except Refused as refusal:
                return _problem(400, "invalid-parameter", str(refusal))
        found = self._orders.get(unquote(request.path.rpartition("/")[2]))
        return _answered(found) if found else _problem(404, "order-not-found", "Order Not Found")

    def _products_answered(self, request: SimulatedRequest) -> SimulatedAnswer:
        asked = request.json()
        limit, offset, term = asked["limit"], asked.get("offset", 0), asked["query"].get("termQuery")
        every = asked["query"] == {"matchAllQuery": {}} and asked.get("sorts") == [{"field": "id", "sortOrder": "asc"}]
        by_id = term is not None and (term["fields"], term["operator"]) == (["id"], "one_of")
        if not (every or by_id) or limit > _MOST_HITS:
            return _problem(400, "invalid-parameter", "Invalid Parameter", plain=False)
        wanted = sorted(self._products) if every else [sku for sku in term["values"] if sku in self._products]
        hits = [self._products[sku] for sku in wanted[offset : offset + limit]]
        total = len(wanted)
        return _answered({"limit": limit, "offset": offset, "total": total, "hits": hits, "query": asked["query"]})

    def _availability_answered(self, request: SimulatedRequest) -> SimulatedAnswer:
        asked = dict(request.query)
        skus, lists = asked["productIds"].split(","), asked["inventoryIds"].split(",")
        if asked.get("siteId") != SITE or len(skus) > MOST_AVAILABLE or len(lists) > MOST_LISTS:
            return _problem(400, "invalid-parameter", "Invalid Parameter", plain=False)
        data = [
            availability_document(sku, [level for level in self._levels[sku] if level.location.external_id in lists])
            for sku in skus
            if sku in self._levels
        ]
        return _answered({"limit": len(data), "data": data, "total": len(data)})

    def _signed_in(self, request: SimulatedRequest) -> SimulatedAnswer:
        form = dict(parse_qsl(request.body.decode()))
        asked = frozenset(form.get("scope", "").split())
        if request.headers.get("authorization") != _basic(*CLIENT.values()):
            return SimulatedAnswer.of({"error": "invalid_client"}, status=401)
        if form.get("grant_type") != "client_credentials" or TENANT not in asked or not asked <= self.scopes:
            return SimulatedAnswer.of({"error": "invalid_scope"}, status=400)
        return self._token(asked)

    def _shopper_signed_in(self, request: SimulatedRequest) -> SimulatedAnswer:
        form = dict(parse_qsl(request.body.decode()))
        if request.headers.get("authorization") != _basic(*SHOPPER.values()):
            return SimulatedAnswer.of({"status_code": "401 UNAUTHORIZED"}, status=401)
        if form != {"grant_type": "client_credentials", "channel_id": SITE}:
            return SimulatedAnswer.of({"status_code": "400 BAD_REQUEST"}, status=400)
        return self._token(frozenset({_SHOPPER_SCOPE}))

    def _token(self, scopes: frozenset[str]) -> SimulatedAnswer:
        token = f"simulated-{secrets.token_hex(12)}"
        self.given[token] = scopes
        return _answered({"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds})


def _basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def _answered(document: Any) -> SimulatedAnswer:
    """Amounts and quantities are numbers on this wire."""
    return SimulatedAnswer(headers={"content-type": "application/json"}, body=_JSON.encode(document))


def _problem(status: int, kind: str, title: str, *, plain: bool = True) -> SimulatedAnswer:
    """A refusal as RFC 7807 has it; the contract of orders alone calls its type plain JSON."""
    headers = {} if plain else {"content-type": "application/problem+json"}
    return SimulatedAnswer.of({"type": _ERRORS + kind, "title": title, "detail": title}, status=status, headers=headers)
