"""Fluent's server as far as the connector uses it, on a loopback socket, filled with records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import NAMESPACE_URL, uuid5

import msgspec

from orderweave_fluent_commerce.client import GRAPHQL_PATH, TOKEN_PATH
from orderweave_fluent_commerce.expressible import (
    REFERENCE_ATTRIBUTE,
    channel_of,
    order_as_said,
    product_as_said,
    references_of,
    stock_as_said,
)
from orderweave_fluent_commerce.expressible_goods import legs
from orderweave_fluent_commerce.operations import MOST_COMPLEXITY
from orderweave_fluent_commerce.simulated_complexity import Complexity
from orderweave_fluent_commerce.simulated_schema import SDL
from orderweave_fluent_commerce.simulated_wire import (
    Fields,
    connection,
    fulfilment_wire,
    location_wire,
    order_wire,
    position_wire,
    product_wire,
    return_wire,
    virtual_position_wire,
)
from orderweave_fluent_commerce.webhooks import FULFILMENT, ORDER, SIGNATURE
from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.graphql_simulator import GraphqlSimulator, Operation
from orderweave_sdk.testing.signing import rsa_key
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.webhooks import SentWebhook
from orderweave_sdk.testing.world import World

ACCOUNT = {
    "client_id": "SIMULATED",
    "client_secret": "simulated-client-secret",
    "username": "orderweave",
    "password": "simulated-password",
}
ACCOUNT_ID = "SIMULATED"
VIRTUAL_CATALOGUE = "VC:BASE"
_ACCESS_TOKEN = "simulated-access-token"  # of the simulator's own
_RANGES = {
    kind: place
    for place, kind in enumerate(
        (
            *("order", "line", "customer", "fulfillment_order", "shipment", "package"),
            *("transaction", "refund", "return", "product"),
        ),
        start=1,
    )
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class FluentCommerceSimulator(GraphqlSimulator):
    """One account, whose orders have the attribute REFERENCE_ATTRIBUTE.

    A query that costs more than Fluent allows is refused, as is any other token than the newest. `password` may be
    changed; `lifetime` is how many seconds a token is said to hold.
    """

    sdl: ClassVar[str] = SDL
    graphql_path: ClassVar[str] = GRAPHQL_PATH
    sign_in_paths: frozenset[str] = frozenset({TOKEN_PATH})
    webhook_signature: ClassVar[str] = SIGNATURE
    webhook_timed: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.password = ACCOUNT["password"]
        self.lifetime = 86400
        self.tokens_made = 0
        self.costs: list[int] = []
        self._index(World())

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Numbers of the platform's own, a range for each kind; locations and positions go by references."""
        if kind == "location":
            return f"LOC_{n}"
        if kind == "stock":
            return f"7e1f0c52-0000-4000-8000-{n:012d}"
        return str(_RANGES.get(kind, 99) * 10_000_000 + n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """The order as Fluent can say it."""
        return order_as_said(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """The stock level as Fluent can say it."""
        return stock_as_said(record)

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """The product as Fluent can say it."""
        return product_as_said(record)

    def settings(self) -> dict[str, Any]:
        """Where to find it, the account that it takes, and what the account has of its own."""
        return {
            "url": self.url,
            **ACCOUNT,
            "account": ACCOUNT_ID,
            "reference_attributes": REFERENCE_ATTRIBUTE,
            "virtual_catalogue": VIRTUAL_CATALOGUE,
            "webhook_public_keys": rsa_key("fluent_commerce").public,
        }

    def webhook(self, at: datetime, *, sent_at: datetime | None = None, forged: bool = False) -> SentWebhook:
        """See `SendsWebhooks`: a fulfilment of the first order changed."""
        order = self.world.orders[0]
        refs = {key.namespace: key.value for key in references_of(order)}
        event: Fields = {
            "id": str(uuid5(NAMESPACE_URL, f"{order.external_id} {at.isoformat()}")),
            "name": "FulfilmentStatus",
            "accountId": ACCOUNT_ID,
            "retailerId": self._retailers[channel_of(order).code],
            "entityId": "1",
            "entityRef": refs.get("fulfilment_ref"),
            "entityType": FULFILMENT,
            "entityStatus": "FULFILLED",
            "rootEntityId": order.external_id,
            "rootEntityRef": refs.get("ref"),
            "rootEntityType": ORDER,
            "type": "NORMAL",
            "attributes": {},
        }
        body = msgspec.json.encode(event)
        key = rsa_key("somebody else" if forged else "fluent_commerce")
        return SentWebhook(headers={SIGNATURE: key.signed(body)}, body=body)

    def seed(self, world: World) -> None:
        """Replace all that the account knows."""
        super().seed(world)
        self._index(world)

    def expire_token(self) -> None:
        """From now on the newest token is refused."""
        self.tokens_made += 1

    def _index(self, world: World) -> None:
        self._orders = {order.external_id: order for order in world.orders}
        self._by: dict[str, dict[str, list[OrderRecord]]] = {"ref": {}, "fulfilment_ref": {}}
        for order in world.orders:
            for key in references_of(order):
                if key.namespace in self._by:
                    self._by[key.namespace].setdefault(key.value, []).append(order)
        codes = sorted({channel_of(order).code for order in world.orders})
        self._retailers = {code: str(n) for n, code in enumerate(codes, start=1)}
        self._levels = _grouped(map(stock_as_said, world.stock))
        self._products = _grouped(map(product_as_said, world.products))

    def turn_away(self, request: SimulatedRequest) -> SimulatedAnswer | None:
        """The token endpoint, and the refusal of any but the newest token."""
        if request.path == TOKEN_PATH:
            return self._token_answer(parse_qs(request.body.decode()))
        if request.headers.get("authorization") != f"Bearer {self._token()}":
            return SimulatedAnswer.of({"error": "invalid_token", "error_description": "unknown"}, status=401)
        return None

    def _token_answer(self, form: Mapping[str, list[str]]) -> SimulatedAnswer:
        wanted = {**ACCOUNT, "password": self.password, "grant_type": "password", "scope": "api"}
        if form != {name: [value] for name, value in wanted.items()}:
            return SimulatedAnswer.of({"error": "invalid_grant", "error_description": "Bad credentials"}, status=400)
        self.tokens_made += 1
        return SimulatedAnswer.of(
            {
                "access_token": self._token(),
                "token_type": "bearer",
                "refresh_token": "simulated-refresh-token",
                "expires_in": self.lifetime,
                "scope": "api",
            }
        )

    def _token(self) -> str:
        return f"{_ACCESS_TOKEN}-{self.tokens_made}"

    def hold_back(self, operation: Operation) -> SimulatedAnswer | None:
        """The refusal of a query that could lead to too many reads."""
        cost = Complexity(self.schema, operation.document, operation.variables).total()
        self.costs.append(cost)
        if cost <= MOST_COMPLEXITY:
            return None
        message = f"Query complexity {cost} exceeds the maximum of {MOST_COMPLEXITY}"
        return SimulatedAnswer.of({"errors": [{"message": message}], "data": None})

    def root(self, operation: Operation) -> Mapping[str, Any]:
        """The root fields."""
        return {
            "me": {"username": ACCOUNT["username"]},
            "orderById": lambda _info, id: self._order(self._orders[id]) if id in self._orders else None,
            "orders": self._order_list,
            "fulfilments": self._fulfilment_list,
            "returnOrders": self._return_list,
            "inventoryPositions": self._position_list,
            "virtualPositions": self._virtual_list,
            "variantProducts": lambda info, ref=None, catalogue=None, **page: connection(
                _chosen(self._products, ref), product_wire
            )(info, **page),
            "standardProducts": lambda info, ref=None, catalogue=None, **page: connection([], product_wire)(
                info, **page
            ),
            "locations": connection(self.world.locations, location_wire),
        }

    def _order(self, record: OrderRecord) -> Fields:
        return order_wire(record, self._retailers)

    def _order_list(
        self,
        info: Any,
        ref: Sequence[str] | None = None,
        updatedOn: Mapping[str, str] | None = None,  # noqa: N803  # the vendor's name
        retailerId: Sequence[int] | None = None,  # noqa: N803  # the vendor's name
        **page: Any,
    ) -> Fields:
        found = self._found("ref", ref)
        kept = [order for order in found if self._is_of(order, retailerId) and _changed(order, updatedOn)]
        return connection(kept, self._order)(info, **page)

    def _fulfilment_list(
        self,
        info: Any,
        ref: Sequence[str] | None = None,
        updatedOn: Mapping[str, str] | None = None,  # noqa: N803  # the vendor's name
        retailerId: Sequence[int] | None = None,  # noqa: N803  # the vendor's name
        **page: Any,
    ) -> Fields:
        """Fulfilments by their reference, which the first of an order has; each changes with its order."""
        found = [
            (order, leg, n)
            for order in self._found("fulfilment_ref", ref)
            if self._is_of(order, retailerId) and _changed(order, updatedOn)
            for n, leg in enumerate(legs(order))
            if ref is None or n == 0
        ]
        return connection(found, lambda entry: self._fulfilment(*entry))(info, **page)

    def _fulfilment(self, order: OrderRecord, leg: Any, n: int) -> Fields:
        refs = {key.namespace: key.value for key in references_of(order)}
        return fulfilment_wire(leg, refs.get("fulfilment_ref") if n == 0 else None, lambda: self._order(order))

    def _found(self, field: str, values: Sequence[str] | None) -> Iterable[OrderRecord]:
        if values is None:
            return self._orders.values()
        by = self._by[field]
        return {order.external_id: order for value in values for order in by.get(value, ())}.values()

    def _is_of(self, order: OrderRecord, retailers: Sequence[int] | None) -> bool:
        return retailers is None or int(self._retailers[channel_of(order).code]) in retailers

    def _return_list(self, info: Any, order: Mapping[str, Any] | None = None, **page: Any) -> Fields:
        link = order or {}
        retailer = (link.get("retailer") or {}).get("id")
        found = [
            returned
            for record in self._by["ref"].get(link.get("ref", ""), ())
            if self._retailers[channel_of(record).code] == retailer
            for returned in record.returns or ()
        ]
        return connection(found, return_wire)(info, **page)

    def _position_list(
        self,
        info: Any,
        productRef: Sequence[str] | None = None,  # noqa: N803  # the vendor's name
        locationRef: Sequence[str] | None = None,  # noqa: N803  # the vendor's name
        catalogue: Mapping[str, str] | None = None,
        **page: Any,
    ) -> Fields:
        return connection(_at(_chosen(self._levels, productRef), locationRef), position_wire)(info, **page)

    def _virtual_list(
        self,
        info: Any,
        productRef: Sequence[str] | None = None,  # noqa: N803  # the vendor's name
        groupRef: Sequence[str] | None = None,  # noqa: N803  # the vendor's name
        catalogue: Mapping[str, str] | None = None,
        **page: Any,
    ) -> Fields:
        known = (catalogue or {}).get("ref", VIRTUAL_CATALOGUE) == VIRTUAL_CATALOGUE
        levels = [level for level in _at(_chosen(self._levels, productRef), groupRef) if level.available is not None]
        return connection(levels if known else [], virtual_position_wire)(info, **page)


def _changed(order: OrderRecord, span: Mapping[str, str] | None) -> bool:
    if span is None:
        return True
    since = span.get("from")
    moment = order.updated_at or (order.header.placed_at if order.header else None) or _BEGINNING
    return since is None or moment >= datetime.fromisoformat(since)


def _at(levels: Iterable[StockRecord], places: Sequence[str] | None) -> list[StockRecord]:
    return [level for level in levels if places is None or level.location.external_id in places]


def _chosen(records: Mapping[str, list[Any]], skus: Sequence[str] | None) -> list[Any]:
    wanted: Iterable[str] = records if skus is None else dict.fromkeys(skus)
    return [record for sku in wanted for record in records.get(sku, ())]


def _grouped(records: Iterable[Any]) -> dict[str, list[Any]]:
    """The records by their SKU."""
    found: dict[str, list[Any]] = {}
    for record in records:
        found.setdefault(record.sku, []).append(record)
    return found
