"""ShipHero's server as far as the connector uses it, on a loopback socket, filled with records."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, ClassVar

import msgspec
from graphql import ExecutionResult, GraphQLError

from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.graphql_simulator import GraphqlSimulator, Operation
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.webhooks import SentWebhook
from orderweave_sdk.testing.world import World
from orderweave_shiphero.credits import CREDITS_PER_SECOND, MOST_CREDITS
from orderweave_shiphero.simulated_credits import Prices
from orderweave_shiphero.simulated_records import (
    opaque_id,
    order_as_said,
    product_as_said,
    references_of,
    stock_as_said,
)
from orderweave_shiphero.simulated_schema import SDL
from orderweave_shiphero.simulated_wire import (
    Fields,
    connection,
    order_wire,
    product_wire,
    shipment_wire,
    stock_wire,
    warehouse_wire,
)
from orderweave_shiphero.times import on_wire
from orderweave_shiphero.webhooks import MESSAGE, SIGNATURE

REFRESH_TOKEN = "simulated-refresh-token"
WEBHOOK_SECRET = "simulated-webhook-secret"
_ACCESS_TOKEN = "simulated-access-token"

_TYPE_OF_KIND = {
    "order": "Order",
    "line": "LineItem",
    "shipment": "Shipment",
    "package": "ShippingLabel",
    "location": "Warehouse",
    "product": "Product",
    "stock": "WarehouseProduct",
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class ShipheroSimulator(GraphqlSimulator):
    """Answers /graphql and /auth/refresh.

    An operation that costs more than `credits` is refused, as is one with another access token than the newest.
    """

    sdl: ClassVar[str] = SDL
    graphql_path: ClassVar[str] = "/graphql"
    sign_in_paths: frozenset[str] = frozenset({"/auth/refresh"})

    webhook_signature: ClassVar[str] = SIGNATURE
    webhook_timed: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.most_credits = MOST_CREDITS
        self.credits = MOST_CREDITS
        self.tokens_made = 0
        self._webhooks: list[Fields] = []
        self._index(World())

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Opaque ids, such as the base64 of "Order:1"."""
        return opaque_id(_TYPE_OF_KIND.get(kind, kind), n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """The order as ShipHero can say it."""
        return order_as_said(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """The stock level as ShipHero can say it."""
        return stock_as_said(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """The product as ShipHero can say it."""
        return product_as_said(record)

    def settings(self) -> dict[str, Any]:
        """Where to find it, and the refresh token that it takes."""
        return {"url": self.url, "refresh_token": REFRESH_TOKEN, "webhook_secrets": WEBHOOK_SECRET}

    def webhook(self, at: datetime, *, sent_at: datetime | None = None, forged: bool = False) -> SentWebhook:
        """See `SendsWebhooks`: stock was allocated to the first order."""
        order = self.world.orders[0]
        document = {
            "webhook_type": "Order Allocated",
            "order_uuid": order.external_id,
            "allocated_at": on_wire(at),
            "line_items": [{"sku": line.sku} for line in order.lines or ()],
            **{key.namespace: key.value for key in references_of(order)},
        }
        body = msgspec.json.encode(document)
        secret = "another" if forged else WEBHOOK_SECRET
        headers = {
            MESSAGE: f"message-{at.timestamp():.0f}",
            SIGNATURE: b64encode(hmac.digest(secret.encode(), body, "sha256")).decode(),
        }
        return SentWebhook(headers=headers, body=body)

    def seed(self, world: World) -> None:
        """Replace all that the warehouse knows."""
        super().seed(world)
        self._index(world)

    def expire_token(self) -> None:
        """From now on the newest access token is refused."""
        self.tokens_made += 1

    def _index(self, world: World) -> None:
        self._orders = {order.external_id: order for order in world.orders}
        self._by_reference: dict[tuple[str, str], list[OrderRecord]] = {}
        for order in world.orders:
            for key in references_of(order):
                self._by_reference.setdefault((key.namespace, key.value), []).append(order)
        self._order_of_shipment = {
            shipment.external_id: order
            for order in world.orders
            if order.fulfillment
            for shipment in order.fulfillment.shipments
        }
        self._oldest_first = sorted(world.orders, key=lambda order: (_placed(order), order.external_id))
        self._stock = _grouped([stock_as_said(level) for level in world.stock])
        self._products = _grouped([product_as_said(product) for product in world.products])

    def turn_away(self, request: SimulatedRequest) -> SimulatedAnswer | None:
        """The token endpoint, and the refusal of any but the newest access token."""
        if request.path in self.sign_in_paths:
            if (request.json() or {}).get("refresh_token") != REFRESH_TOKEN:
                return SimulatedAnswer.of({"error": "invalid_grant"}, status=403)
            self.tokens_made += 1
            return SimulatedAnswer.of(
                {"access_token": self._token(), "expires_in": 2419200, "token_type": "Bearer"},
            )
        if request.headers.get("authorization") != f"Bearer {self._token()}":
            return SimulatedAnswer.of({"message": "Unauthorized"}, status=401)
        return None

    def _token(self) -> str:
        return f"{_ACCESS_TOKEN}-{self.tokens_made}"

    def hold_back(self, operation: Operation) -> SimulatedAnswer | None:
        """The refusal of an operation that the account cannot pay."""
        price = Prices(self.schema, operation.document, operation.variables).total()
        if price <= self.credits:
            return None
        wait = f"{-(-(price - self.credits) // CREDITS_PER_SECOND)} seconds"
        problem = {
            "code": 30,
            "message": f"There are not enough credits: {price} are needed, {self.credits} are left. Wait {wait}.",
            "operation": operation.name,
            "required_credits": price,
            "remaining_credits": self.credits,
            "time_remaining": wait,
        }
        extensions = self._throttling(price, cost=0)
        return SimulatedAnswer.of({"errors": [problem], "data": None, "extensions": extensions})

    def extensions(self, operation: Operation, result: ExecutionResult) -> dict[str, Any]:
        """What the operation was priced at, and the account's credits."""
        price = Prices(self.schema, operation.document, operation.variables).total()
        return self._throttling(price, cost=len(result.data or ()))

    def _throttling(self, price: int, *, cost: int) -> dict[str, Any]:
        quota = {
            "credits_remaining": self.credits,
            "max_available": self.most_credits,
            "increment_rate": CREDITS_PER_SECOND,
        }
        return {"throttling": {"estimated_complexity": price, "cost": cost, "user_quota": quota}}

    def root(self, operation: Operation) -> dict[str, Callable[..., Fields]]:
        """The root fields, each with its price."""
        prices = Prices(self.schema, operation.document, operation.variables)

        def priced(find: Callable[..., Any]) -> Callable[..., Fields]:
            def resolve(info: Any, **arguments: Any) -> Fields:
                return {
                    "request_id": f"{len(self.calls):024x}",
                    "complexity": prices.of_root(info.field_nodes[0]),
                    "data": find(**arguments),
                }

            return resolve

        return {
            "account": priced(self._account),
            "order": priced(self._one_order),
            "orders": priced(self._many_orders),
            "shipment": priced(self._one_shipment),
            "warehouse_products": priced(lambda sku: connection(self._stock.get(sku, []), stock_wire)),
            "webhooks": priced(lambda: connection(self._webhooks, dict)),
            "webhook_create": self._make_webhook,
            "products": priced(self._some_products),
        }

    def _some_products(self, sku: str | None = None) -> Callable[..., Fields]:
        found = self._products.values() if sku is None else [self._products.get(sku, [])]
        return connection([product for several in found for product in several], product_wire)

    def _account(self) -> Fields:
        return {
            "id": opaque_id("Account", 1),
            "warehouses": [warehouse_wire(location) for location in self.world.locations],
        }

    def _make_webhook(self, info: Any, data: dict[str, str]) -> Fields:
        self._webhooks.append({"name": data["name"], "url": data["url"]})
        secret = f"simulated-secret-{len(self._webhooks)}"
        made = {**self._webhooks[-1], "shared_signature_secret": secret}
        return {"request_id": f"{len(self.calls):024x}", "complexity": 1, "webhook": made}

    def _one_order(self, id: str) -> Fields | None:
        order = self._orders.get(id)
        return order_wire(order) if order else None

    def _one_shipment(self, id: str) -> Fields | None:
        order = self._order_of_shipment.get(id)
        return shipment_wire(order, id) if order else None

    def _many_orders(self, updated_from: str | None = None, **reference: str) -> Callable[..., Fields]:
        if reference:
            ((field, value),) = reference.items()
            return connection(self._by_reference.get((field, value), []), order_wire)
        since = datetime.fromisoformat(updated_from).replace(tzinfo=UTC) if updated_from else None
        changed = self._oldest_first
        if since is not None:
            changed = [order for order in changed if _changed(order) >= since]
        page = connection(changed, order_wire)

        def sorted_page(info: Any, **arguments: Any) -> Fields:
            if arguments.get("sort") != "order_date":
                raise GraphQLError("the simulator sorts changes by order_date only")
            return page(info, **arguments)

        return sorted_page


def _placed(order: OrderRecord) -> datetime:
    return (order.header and order.header.placed_at) or _BEGINNING


def _changed(order: OrderRecord) -> datetime:
    return order.updated_at or _placed(order)


def _grouped(records: Sequence[Any]) -> dict[str, list[Any]]:
    """The records by their SKU."""
    sku_of = attrgetter("sku")
    found: dict[str, list[Any]] = {}
    for record in records:
        found.setdefault(sku_of(record), []).append(record)
    return found
