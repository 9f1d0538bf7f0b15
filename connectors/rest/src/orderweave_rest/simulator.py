"""A home-grown order API on a real socket: look-ups of many keys in a body, offsets, cursors, pages, OAuth 2 tokens."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from orderweave_rest import simulator_wire
from orderweave_rest.simulator_api import API, MOST_KEYS, PAGE
from orderweave_rest.simulator_wire import encoded, order_json, thing_json
from orderweave_rest.vocabulary import LOCATION, PRODUCT, STOCK, TRACKING
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.conditions import order_matches, sort_value
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.world import World

_SECRET = "simulated-client-secret"
_TOKEN = "simulated-access-token"
_PLACES_A_PAGE = 25
_MOST_SKUS = 250

_SORTS = {
    "placed": SearchField.PLACED_AT,
    "changed": SearchField.UPDATED_AT,
    "total": SearchField.TOTAL,
    "number": SearchField.NUMBER,
}
_BOUNDS = {
    "placedFrom": (SearchField.PLACED_AT, Operator.GTE),
    "placedTo": (SearchField.PLACED_AT, Operator.LTE),
    "changedFrom": (SearchField.UPDATED_AT, Operator.GTE),
    "changedTo": (SearchField.UPDATED_AT, Operator.LTE),
}
_EQUAL = {
    "number": SearchField.NUMBER,
    "channel": SearchField.CHANNEL,
    "email": SearchField.CUSTOMER_EMAIL,
    "customer": SearchField.CUSTOMER_ID,
    "purchaseOrder": SearchField.PURCHASE_ORDER_NUMBER,
    "sku": SearchField.SKU,
}
# Parameters that take several in one text.
_LISTED = {
    "status": SearchField.STATUS,
    "paymentStatus": SearchField.PAYMENT_STATUS,
    "fulfillmentStatus": SearchField.FULFILLMENT_STATUS,
    "currency": SearchField.CURRENCY,
}


class RestSimulator(Simulator):
    """The API. A look-up takes 50 keys, a list of orders 100."""

    sign_in_paths: frozenset[str] = frozenset({"/oauth/token"})
    page_size: ClassVar[int] = PAGE

    def __init__(self) -> None:
        super().__init__()
        self._by: dict[tuple[str, str], list[OrderRecord]] = {}

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """A short prefix and a number, as home-grown systems like it."""
        return f"{kind[:2].upper()}{n:06d}"

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `simulator_wire.expressible`."""
        return simulator_wire.expressible(record)

    def settings(self) -> dict[str, Any]:
        """The address, the client's secret and what the API's answers mean."""
        return {"url": self.url, "secret": _SECRET, "api": API}

    def seed(self, world: World) -> None:
        """Replace all that the API knows."""
        super().seed(world)
        self._by = {}
        for order in world.orders:
            for key in dict.fromkeys((*order.keys, *order.references)):
                self._by.setdefault((key.namespace, key.value), []).append(order)

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """What was asked, by the path's last words."""
        name = request.path.removeprefix("/v1/").replace("/", " ")
        return name, request.json() if request.method == "POST" else dict(request.query)

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The API's answer, without any fault."""
        if request.path == "/oauth/token":
            return _token(request)
        if request.headers.get("authorization") != f"Bearer {_TOKEN}" or request.headers.get("x-tenant") != "north":
            return SimulatedAnswer.of({"error": "unauthorized"}, status=401)
        found = _ROUTES.get(request.path.removeprefix("/v1"))
        if found is None:
            return SimulatedAnswer.of({"error": "no such resource"}, status=404)
        return found(self, request)

    def _look_up(self, request: SimulatedRequest) -> SimulatedAnswer:
        asked = request.json()
        if len(asked["values"]) > MOST_KEYS:
            return SimulatedAnswer.of({"error": f"at most {MOST_KEYS} values"}, status=400)
        found = [order for value in asked["values"] for order in self._by.get((asked["by"], value), [])]
        return _said({"orders": [order_json(order) for order in found]})

    def _search(self, request: SimulatedRequest) -> SimulatedAnswer:
        query = dict(request.query)
        found: Iterable[OrderRecord] = self.world.orders
        for condition in _conditions(request.query):
            found = [order for order in found if order_matches(order, condition)]
        field = _SORTS[query["sort"]]
        ordered = sorted(found, key=lambda order: sort_value(order, field), reverse=query["direction"] == "down")
        skip, take = int(query["skip"]), min(int(query["take"]), PAGE)
        page = ordered[skip : skip + take]
        return _said({"orders": [order_json(order) for order in page], "total": len(ordered)})

    def _changes(self, request: SimulatedRequest) -> SimulatedAnswer:
        query = dict(request.query)
        since = datetime.fromisoformat(query["since"]) if "since" in query else None
        changed = [
            order
            for order in self.world.orders
            if since is None or (order.updated_at is not None and order.updated_at >= since)
        ]
        changed.sort(key=lambda order: sort_value(order, SearchField.UPDATED_AT))
        start, take = int(query.get("after", "0")), min(int(query["take"]), self.page_size)
        page = changed[start : start + take]
        following = str(start + take) if start + take < len(changed) else None
        return _said({"orders": [order_json(order) for order in page], "next": following})

    def _stock(self, request: SimulatedRequest) -> SimulatedAnswer:
        skus = _skus(request)
        return _said({"levels": [thing_json(level, STOCK) for level in self.world.stock if level.sku in skus]})

    def _stocked(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The SKUs in order, beyond one; a listing goes on from the last of a page."""
        query = dict(request.query)
        found = sorted({level.sku for level in self.world.stock if level.sku > query.get("after", "")})
        page = found[: min(int(query["take"]), _MOST_SKUS)]
        return _said({"skus": page, "next": page[-1] if len(page) < len(found) else None})

    def _products(self, request: SimulatedRequest) -> SimulatedAnswer:
        skus = _skus(request)
        return _said({"products": [thing_json(each, PRODUCT) for each in self.world.products if each.sku in skus]})

    def _parcels(self, request: SimulatedRequest) -> SimulatedAnswer:
        numbers = {value for name, value in request.query if name == "number"}
        shape = TRACKING.fields["package"].shape
        assert shape is not None
        found = {
            package.tracking_number: thing_json(package, shape)
            for order in self.world.orders
            for shipment in (order.fulfillment.shipments if order.fulfillment else ())
            for package in shipment.packages
            if package.tracking_number in numbers
        }
        return _said({"parcels": list(found.values())})

    def _places(self, request: SimulatedRequest) -> SimulatedAnswer:
        page = int(dict(request.query)["page"])
        shown = self.world.locations[page * _PLACES_A_PAGE : (page + 1) * _PLACES_A_PAGE]
        pages = -(-len(self.world.locations) // _PLACES_A_PAGE)
        return _said({"places": [thing_json(place, LOCATION) for place in shown], "pages": pages})

    def _ping(self, request: SimulatedRequest) -> SimulatedAnswer:
        return _said({"version": "1.0"})


_ROUTES: Mapping[str, Callable[[RestSimulator, SimulatedRequest], SimulatedAnswer]] = {
    "/orders/lookup": RestSimulator._look_up,
    "/orders": RestSimulator._search,
    "/orders/changes": RestSimulator._changes,
    "/stock": RestSimulator._stock,
    "/stock/skus": RestSimulator._stocked,
    "/products": RestSimulator._products,
    "/parcels": RestSimulator._parcels,
    "/places": RestSimulator._places,
    "/ping": RestSimulator._ping,
}


def _conditions(query: Sequence[tuple[str, str]]) -> Iterable[Condition]:
    """The filters of a search, each parameter as often as it stands."""
    asked: dict[str, list[str]] = {}
    for name, value in query:
        asked.setdefault(name, []).append(value)
    for name, values in asked.items():
        if name in _BOUNDS:
            field, operator = _BOUNDS[name]
            yield Condition(field, operator, (datetime.fromisoformat(values[0]),))
        elif name in _EQUAL:
            yield Condition(_EQUAL[name], Operator.IN, tuple(values))
        elif name in _LISTED:
            words = values[0].split(",")
            meant = words if name == "currency" else [word.upper().replace(" ", "_") for word in words]
            yield Condition(_LISTED[name], Operator.IN, tuple(meant))


def _skus(request: SimulatedRequest) -> set[str]:
    return set(dict(request.query)["skus"].split(","))


def _token(request: SimulatedRequest) -> SimulatedAnswer:
    expected = base64.b64encode(f"orderweave:{_SECRET}".encode()).decode()
    form = dict(parse_qsl(request.body.decode()))
    if request.headers.get("authorization") != f"Basic {expected}" or form.get("grant_type") != "client_credentials":
        return SimulatedAnswer.of({"error": "invalid_client"}, status=401)
    return SimulatedAnswer.of({"access_token": _TOKEN, "token_type": "Bearer", "expires_in": 3600})


def _said(document: Any) -> SimulatedAnswer:
    return SimulatedAnswer(headers={"content-type": "application/json"}, body=encoded(document))
