"""Shopify's server as far as the connector uses it, on a loopback socket, filled with records."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from graphql import ExecutionResult, GraphQLError

from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.graphql_simulator import GraphqlSimulator, Operation
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.webhooks import SentWebhook
from orderweave_sdk.testing.world import World
from orderweave_shopify.connector import DEFAULT_VERSION, SCOPES
from orderweave_shopify.queries import MOST_COST, MOST_ENTRIES
from orderweave_shopify.simulator_catalog import Catalog
from orderweave_shopify.simulator_cost import Bucket, requested_cost
from orderweave_shopify.simulator_expressing import expressible_order, expressible_product, expressible_stock
from orderweave_shopify.simulator_paging import Wire, connection
from orderweave_shopify.simulator_schema import SDL
from orderweave_shopify.simulator_search import SearchError, parsed
from orderweave_shopify.webhooks import SIGNATURE, TOPIC

TOKEN = "shpat_simulated"
WEBHOOK_SECRET = "shpss_simulated"

# The last part of the global id of each kind of record.
_TYPES = {
    "order": "Order",
    "line": "LineItem",
    "customer": "Customer",
    "company": "Company",
    "fulfillment_order": "FulfillmentOrder",
    "shipment": "Fulfillment",
    "transaction": "OrderTransaction",
    "refund": "Refund",
    "return": "Return",
    "location": "Location",
    "product": "ProductVariant",
}


class ShopifySimulator(GraphqlSimulator):
    """One shop.

    Queries are priced as `queries` says and refused above `most_cost`; `bucket` gives the figures of the throttle,
    and turns queries away only once `throttles` is set, so that a demo is never slowed by it.
    """

    sdl = SDL
    graphql_path = f"/admin/api/{DEFAULT_VERSION}/graphql.json"
    webhook_signature: ClassVar[str] = SIGNATURE
    webhook_timed: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.bucket = Bucket(maximum=20_000, per_second=1_000)
        self.throttles = False
        self.most_cost = MOST_COST
        self._catalog = Catalog(World())
        self._cost = 0
        self._subscriptions: list[Wire] = []

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Global ids; a payment's is the checkout's own, an inventory level's names its item too."""
        if kind == "payment":
            return f"c{n:08d}.1"
        if kind == "stock":
            return f"gid://shopify/InventoryLevel/{n}?inventory_item_id={n}"
        return f"gid://shopify/{_TYPES.get(kind, kind.title())}/{n}"

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `simulator_expressing`."""
        return expressible_order(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """See `simulator_expressing`."""
        return expressible_stock(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """See `simulator_expressing`."""
        return expressible_product(record)

    def settings(self) -> dict[str, Any]:
        """Where to find it, and the token that it takes."""
        return {
            "url": self.url,
            "access_token": TOKEN,
            "api_version": DEFAULT_VERSION,
            "webhook_secrets": WEBHOOK_SECRET,
        }

    def webhook(self, at: datetime, *, sent_at: datetime | None = None, forged: bool = False) -> SentWebhook:
        """See `SendsWebhooks`: the first order was updated."""
        order = self.world.orders[0]
        document = {
            "id": int(order.external_id.rpartition("/")[2]),
            "admin_graphql_api_id": order.external_id,
            "name": next(key.value for key in order.keys if key.namespace == "number"),
            "updated_at": at.isoformat(),
        }
        body = msgspec.json.encode(document)
        secret = "another" if forged else WEBHOOK_SECRET
        headers = {
            TOPIC: "orders/updated",
            "x-shopify-webhook-id": f"webhook-{at.timestamp():.0f}",
            "x-shopify-triggered-at": at.isoformat(),
            SIGNATURE: b64encode(hmac.digest(secret.encode(), body, "sha256")).decode(),
        }
        return SentWebhook(headers=headers, body=body)

    def seed(self, world: World) -> None:
        """Replace all that the shop knows."""
        super().seed(world)
        self._catalog = Catalog(world)

    def turn_away(self, request: SimulatedRequest) -> SimulatedAnswer | None:
        """401 without the token."""
        if request.headers.get("x-shopify-access-token") == TOKEN:
            return None
        return SimulatedAnswer.of({"errors": "[API] Invalid API key or access token"}, status=401)

    def hold_back(self, operation: Operation) -> SimulatedAnswer | None:
        """Refuse what costs too much or finds the bucket empty: 200 with an error, as Shopify does."""
        self._cost = requested_cost(self.schema, operation.document, operation.variables)
        if self._cost > self.most_cost:
            return self._refusal("MAX_COST_EXCEEDED", "Query cost exceeds the max cost")
        if self.throttles and not self.bucket.take(self._cost):
            return self._refusal("THROTTLED", "Throttled")
        return None

    def _refusal(self, code: str, message: str) -> SimulatedAnswer:
        return SimulatedAnswer.of(
            {"errors": [{"message": message, "extensions": {"code": code}}], "extensions": self._figures(None)}
        )

    def extensions(self, operation: Operation, result: ExecutionResult) -> dict[str, Any] | None:
        """The cost."""
        return self._figures(self._cost)

    def _figures(self, actual: int | None) -> dict[str, Any]:
        return {
            "cost": {
                "requestedQueryCost": self._cost,
                "actualQueryCost": actual,
                "throttleStatus": self.bucket.status(),
            }
        }

    def root(self, operation: Operation) -> Mapping[str, Any]:
        """The root fields."""
        catalog = self._catalog
        return {
            "nodes": self._nodes,
            "node": lambda info, id: catalog.node(id),
            "orders": self._orders,
            "inventoryItems": lambda info, **page: _found_by_sku(catalog.items, info, **page),
            "productVariants": lambda info, **page: _found_by_sku(catalog.variants, info, **page),
            "locations": connection(catalog.places),
            "webhookSubscriptions": self._subscribed,
            "webhookSubscriptionCreate": self._subscribe,
            "shop": {"id": "gid://shopify/Shop/1", "name": "Simulated shop"},
            "currentAppInstallation": {
                "id": "gid://shopify/AppInstallation/1",
                "accessScopes": [{"handle": scope} for scope in SCOPES],
            },
        }

    def _subscribed(self, info: Any, *, uri: str, **page: Any) -> Wire:
        return connection([wire for wire in self._subscriptions if wire["uri"] == uri])(info, **page)

    def _subscribe(self, info: Any, topic: str, webhookSubscription: dict[str, str]) -> Wire:  # noqa: N803  # the vendor's name
        uri = webhookSubscription["uri"]
        if not uri.startswith("https://"):
            return {"webhookSubscription": None, "userErrors": [{"field": ["webhookSubscription", "uri"]}]}
        number = len(self._subscriptions) + 1
        made = {"id": f"gid://shopify/WebhookSubscription/{number}", "topic": topic, "uri": uri}
        self._subscriptions.append(made)
        return {"webhookSubscription": made, "userErrors": []}

    def _nodes(self, info: Any, ids: Sequence[str]) -> list[Wire | None]:
        if len(ids) > MOST_ENTRIES:
            raise GraphQLError(f"The input array size of {len(ids)} is greater than the maximum allowed of 250.")
        return [self._catalog.node(id_) for id_ in ids]

    def _orders(
        self,
        info: Any,
        *,
        first: int,
        query: str | None = None,
        sortKey: str = "PROCESSED_AT",  # noqa: N803  # the vendor's name
        reverse: bool = False,
        after: str | None = None,
    ) -> Wire:
        try:
            found, more = self._catalog.search(query, sortKey, descending=reverse, first=first, after=after)
        except SearchError as error:
            raise GraphQLError(str(error)) from None
        return {
            "edges": [{"cursor": cursor, "node": node} for cursor, node in found],
            "pageInfo": {"hasNextPage": more, "endCursor": found[-1][0] if found else None},
        }


def _found_by_sku(wires: Sequence[Wire], info: Any, *, query: str | None = None, **page: Any) -> Wire:
    """The inventory items or variants that a query by SKU finds, paged."""
    tree = parsed(query) if query else None
    return connection([wire for wire in wires if tree is None or tree.holds({"sku": [wire["sku"]]})])(info, **page)
