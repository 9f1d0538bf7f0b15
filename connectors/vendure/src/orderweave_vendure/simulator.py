"""Vendure's Admin API as far as the connector uses it, on a loopback socket, filled with records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.graphql_simulator import GraphqlSimulator, Operation
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.world import World
from orderweave_vendure.client import KEY_HEADER, TOKEN_HEADER
from orderweave_vendure.expressible import (
    DEFAULT_CHANNEL,
    LONG_AGO,
    REFERENCE_FIELD,
    order_as_said,
    product_as_said,
    stock_as_said,
)
from orderweave_vendure.search_terms import on_wire
from orderweave_vendure.simulated_lists import OrderList, cut
from orderweave_vendure.simulated_orders import order_wire
from orderweave_vendure.simulated_schema import with_custom_field

USERNAME = "orderweave"
PASSWORD = "simulated-password"
API_KEY = "simulated:api-key"
_RANGES = {
    kind: place
    for place, kind in enumerate(("order", "line", "customer", "payment", "refund", "shipment", "location", "stock"), 1)
}


class VendureSimulator(GraphqlSimulator):
    """One server with one channel, whose orders have the custom field REFERENCE_FIELD.

    `digits` is its money strategy's precision. `password` may be changed; `end_sessions` makes every token worthless.
    """

    sdl: ClassVar[str] = with_custom_field(REFERENCE_FIELD)
    graphql_path: ClassVar[str] = "/admin-api"

    def __init__(self) -> None:
        super().__init__()
        self.digits = 2
        self.password = PASSWORD
        self.sign_ins = 0
        self._index(World())

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Vendure's ids are its database's own numbers; each kind has a range of its own here, to be told apart."""
        return str(_RANGES.get(kind, 9) * 1_000_000 + n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `expressible`."""
        return order_as_said(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """See `expressible`."""
        return stock_as_said(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """See `expressible`."""
        return product_as_said(record)

    def settings(self) -> dict[str, Any]:
        """Where to find it, and the account that it takes."""
        return {
            "url": self.url,
            "username": USERNAME,
            "password": PASSWORD,
            "reference_fields": REFERENCE_FIELD,
        }

    def seed(self, world: World) -> None:
        """Replace all that the server knows."""
        super().seed(world)
        self._index(world)

    def end_sessions(self) -> None:
        """From now on every token is unknown, as after the sessions' time."""
        self.sign_ins += 1

    def _index(self, world: World) -> None:
        self._orders = OrderList(world.orders)
        self._levels: dict[str, list[StockRecord]] = {}
        for level in world.stock:
            self._levels.setdefault(level.sku, []).append(stock_as_said(level))
        products = [product_as_said(product) for product in world.products]
        known = {product.sku for product in products}
        missing = sorted(self._levels.keys() - known)
        self._products = [
            *products,
            *(ProductRecord(external_id=f"v{n}", sku=sku, active=True) for n, sku in enumerate(missing, 1)),
        ]

    def signs_in(self, request: SimulatedRequest) -> bool:
        """The one mutation; it goes to the path of all else."""
        return b'"operationName":"Login"' in request.body

    def turn_away(self, request: SimulatedRequest) -> SimulatedAnswer | None:
        """A 200 that says FORBIDDEN, without the newest token and without the API key."""
        known = (
            request.headers.get("authorization") == f"Bearer {self._token()}",
            request.headers.get(KEY_HEADER) == API_KEY,
        )
        if any(known) or self.signs_in(request) or request.path != self.graphql_path:
            return None
        problem = {
            "message": "You are not currently authorized to perform this action",
            "extensions": {"code": "FORBIDDEN"},
        }
        return SimulatedAnswer.of({"errors": [problem], "data": None})

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The answer; a sign-in that was good carries its token in a header."""
        before = self.sign_ins
        answer = await super().answer(request)
        if self.sign_ins == before or not self.signs_in(request):
            return answer
        return msgspec.structs.replace(answer, headers={**answer.headers, TOKEN_HEADER: self._token()})

    def _token(self) -> str:
        return f"simulated-token-{self.sign_ins}"

    def root(self, operation: Operation) -> Mapping[str, Any]:
        """The root fields of both kinds of operation."""
        return {
            "login": self._login,
            "activeChannel": {"code": DEFAULT_CHANNEL, "pricesIncludeTax": False},
            "globalSettings": {"serverConfig": {"moneyStrategyPrecision": self.digits}},
            "orders": self._order_page,
            "productVariants": self._variant_page,
            "stockLocations": self._place_page,
        }

    def _login(self, _info: Any, *, username: str, password: str, **_: Any) -> dict[str, Any]:
        if (username, password) != (USERNAME, self.password):
            return {
                "__typename": "InvalidCredentialsError",
                "errorCode": "INVALID_CREDENTIALS_ERROR",
                "message": "The provided credentials are invalid",
                "authenticationError": "",
            }
        self.sign_ins += 1
        return {"__typename": "CurrentUser", "id": "1", "identifier": username}

    def _order_page(self, _info: Any, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        found, total = self._orders.page(options or {})
        return {"totalItems": total, "items": [order_wire(order, self.digits) for order in found]}

    def _variant_page(self, _info: Any, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        given = options or {}
        wanted = ((given.get("filter") or {}).get("sku") or {}).get("in")
        chosen = None if wanted is None else frozenset(wanted)
        return _paged(
            [product for product in self._products if chosen is None or product.sku in chosen], given, self._variant
        )

    def _variant(self, product: ProductRecord) -> dict[str, Any]:
        levels = self._levels.get(product.sku, [])
        titles = [title for title in (product.title, *(level.title for level in levels)) if title]
        return {
            "id": product.external_id,
            "sku": product.sku,
            "name": titles[0] if titles else "",
            "enabled": product.active,
            "updatedAt": on_wire(product.updated_at or LONG_AGO),
            "trackInventory": "INHERIT",
            "product": {"id": product.external_id, "enabled": True},
            "stockLevels": [
                {
                    "id": level.external_id or f"{product.external_id}-{n}",
                    "stockOnHand": int(level.on_hand or 0),
                    "stockAllocated": int(level.committed or 0),
                    "updatedAt": on_wire(level.updated_at or LONG_AGO),
                    "stockLocation": {"id": level.location.external_id, "name": level.location.name or ""},
                }
                for n, level in enumerate(levels, 1)
            ],
        }

    def _place_page(self, _info: Any, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return _paged(
            self.world.locations, options or {}, lambda place: {"id": place.external_id, "name": place.name or ""}
        )


def _paged(rows: Any, options: Mapping[str, Any], make: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    return {"totalItems": len(rows), "items": [make(row) for row in cut(rows, options)]}
