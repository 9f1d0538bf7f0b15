"""Extensiv's server as far as the connector uses it, on a loopback socket, filled with records."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from orderweave_extensiv.expressible import order_as_said, product_as_said, stock_as_said
from orderweave_extensiv.payloads import REL_ITEM, REL_ORDER
from orderweave_extensiv.signing_in import SIGN_IN_PATH
from orderweave_extensiv.simulated_rql import Refused, Row, Table
from orderweave_extensiv.simulated_wire import (
    Document,
    customer_wire,
    facility_wire,
    item_wire,
    order_wire,
    status_code,
    summary_wire,
    time_wire,
)
from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.world import World

CLIENT_ID, CLIENT_SECRET = "simulated-client", "simulated-secret"
USER_LOGIN = "orderweave"
CUSTOMER: Document = {"externalId": "TEA", "name": "Tea and pots", "id": 41}
_FACILITY: Document = {"name": "Main", "id": 1}

# The vendor numbers each table for itself; here no two kinds share an id, so that a mix-up shows.
_FIRST_IDS = {
    "order": 1_000_000,
    "line": 2_000_000,
    "shipment": 5_000_000,
    "package": 6_000_000,
    "product": 7_000_000,
    "location": 100,
}
_UNLISTED_ITEMS = 8_000_000
_DETAILS = frozenset({"none", "orderitems", "packages", "contacts", "all"})
_ITEM_DETAILS = frozenset({"none", "savedelements", "allocations", "all", "allocationswithdetail"})
_JSON = msgspec.json.Encoder(decimal_format="number")


class _List(msgspec.Struct, frozen=True, kw_only=True):
    """One list: its rows, how an entry of it is written, the largest page, and the parameters it takes beside those."""

    table: Table
    entry: Callable[[int, Mapping[str, str]], Document]
    largest: int
    default: int
    parameters: frozenset[str] = frozenset({"rql", "sort"})


class ExtensivSimulator(Simulator):
    """One warehouse company with one customer. It takes the tokens that it gave; `forget_tokens` ends these."""

    sign_in_paths = frozenset({SIGN_IN_PATH})

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []
        self.token_seconds = 3600
        self._lists: dict[str, _List] = {}
        self.seed(World())

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Whole numbers."""
        return str(_FIRST_IDS.get(kind, 20_000_000) + n)

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
        """Where to find it, and a credential that it takes."""
        return {
            "url": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "user_login": USER_LOGIN,
            "customer_id": CUSTOMER["id"],
        }

    def forget_tokens(self) -> None:
        """Take none of the tokens given so far."""
        self.given.clear()

    def seed(self, world: World) -> None:
        """Replace all that the warehouse knows."""
        super().seed(world)
        products = [product_as_said(product) for product in world.products]
        stock = [stock_as_said(level) for level in world.stock]
        items = _with_unlisted(products, stock)
        item_ids = {item.sku: int(item.external_id) for item in items}
        self.put_summaries([summary_wire(level, item_ids) for level in stock])
        self._lists[f"/customers/{CUSTOMER['id']}/items"] = _List(
            table=Table({"sku": item.sku, "readonly.itemid": int(item.external_id)} for item in items),
            entry=lambda place, _: item_wire(items[place]),
            largest=100,
            default=10,
        )
        self.put_orders([order_as_said(order) for order in world.orders])

    def put_summaries(self, documents: Sequence[Document]) -> None:
        """Replace the stock by documents of the vendor's own making, such as no record can say."""
        self._lists["/inventory/stocksummaries"] = _List(
            table=Table(
                {"itemidentifier.id": each["itemIdentifier"]["id"], "facilityid": each["facilityId"]}
                for each in documents
            ),
            entry=lambda place, _: documents[place],
            largest=500,
            default=100,
            parameters=frozenset({"rql"}),
        )

    def put_orders(self, said: Sequence[OrderRecord], documents: Mapping[int, Document] | None = None) -> None:
        """Replace the orders; those of which documents are given, by place, are told as these say."""
        facility = facility_wire(self.world.locations[0].place()) if self.world.locations else _FACILITY

        def entry(place: int, query: Mapping[str, str]) -> Document:
            if documents and place in documents:
                return documents[place]
            return order_wire(said[place], CUSTOMER, facility, _detail(query))

        self._skus = [frozenset((line.sku or "").casefold() for line in order.lines or ()) for order in said]
        self._lists["/orders"] = _List(
            table=Table(map(_order_row, said)),
            entry=entry,
            largest=1000,
            default=100,
            parameters=frozenset({"rql", "sort", "detail", "itemdetail", "skulist"}),
        )

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """What the server would say."""
        if request.path == SIGN_IN_PATH:
            return self._signed_in(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.given:
            return SimulatedAnswer.of({"Message": "Authorization has been denied for this request."}, status=401)
        if request.path == f"/customers/{CUSTOMER['id']}":
            document = customer_wire(CUSTOMER, self.world.locations)
            return _answered(document, headers={"etag": f'"{base64.b64encode(b"customer").decode()}"'})
        found = self._lists.get(request.path)
        if found is None or request.method != "GET":
            return SimulatedAnswer.of({"Message": "No HTTP resource was found."}, status=404)
        try:
            return _answered(self._page(found, request))
        except Refused as refusal:
            return _refused(str(refusal))

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """The resource, and what is looked for."""
        return request.path, [value for name, value in request.query if name in ("rql", "skulist")]

    def _page(self, listed: _List, request: SimulatedRequest) -> Document:
        query = {name.lower(): value for name, value in request.query}
        unknown = query.keys() - listed.parameters - {"pgsiz", "pgnum"}
        if unknown:  # the real server ignores them, which is worse
            raise Refused(f"no such parameter: {', '.join(sorted(unknown))}")
        size, number = _whole(query.get("pgsiz", str(listed.default))), _whole(query.get("pgnum", "1"))
        if size > listed.largest:
            raise Refused("pgsiz")
        places = listed.table.find(query.get("rql", ""), query.get("sort", ""))
        if "skulist" in query:
            wanted = frozenset(query["skulist"].casefold().split(","))
            places = [place for place in places if self._skus[place] & wanted]
        start = (number - 1) * size
        entries = [listed.entry(place, query) for place in places[start : start + size]]
        if request.path == "/inventory/stocksummaries":
            return {"totalResults": len(places), "summaries": entries}
        rel = REL_ORDER if request.path == "/orders" else REL_ITEM
        following = urlencode({**query, "pgnum": str(number + 1)})
        links = {"next": {"href": f"{request.path}?{following}"}} if start + size < len(places) else {}
        return {"totalResults": len(places), "_embedded": {rel: entries}, "_links": links}

    def new_token(self) -> str:
        """One more token."""
        self.given.append(f"simulated-{secrets.token_hex(12)}")
        return self.given[-1]

    def _signed_in(self, request: SimulatedRequest) -> SimulatedAnswer:
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return SimulatedAnswer.of({"Message": "invalid_client: client not registered"}, status=401)
        if request.json() != {"grant_type": "client_credentials", "user_login": USER_LOGIN}:
            return SimulatedAnswer.of({"Message": "invalid_request"}, status=400)
        return SimulatedAnswer.of(
            {
                "access_token": self.new_token(),
                "token_type": "Bearer",
                "expires_in": self.token_seconds,
                "refresh_token": None,
                "scope": None,
            }
        )


def _with_unlisted(products: Sequence[ProductRecord], stock: Sequence[StockRecord]) -> list[ProductRecord]:
    """The items: whatever has stock is one, too."""
    listed = {product.sku for product in products}
    missing = {level.sku: level.title for level in stock if level.sku not in listed}
    return [
        *products,
        *(
            ProductRecord(external_id=str(_UNLISTED_ITEMS + n), sku=sku, title=title, active=True)
            for n, (sku, title) in enumerate(missing.items())
        ),
    ]


def _order_row(said: OrderRecord) -> Row:
    """What orders can be found and sorted by. Of statuses, RQL tells canceled from others and no more."""
    references = {key.namespace: key.value for key in said.references}
    created = time_wire(said.header.placed_at) if said.header else None
    changed = time_wire(said.updated_at)
    return {
        "readonly.orderid": int(said.external_id),
        "readonly.status": 2 if status_code(said) == 2 else 0,
        "readonly.isclosed": status_code(said) == 1,
        "readonly.creationdate": created and datetime.fromisoformat(created),
        "readonly.lastmodifieddate": changed and datetime.fromisoformat(changed),
        "readonly.customeridentifier.id": CUSTOMER["id"],
        "referencenum": references.get("referenceNum"),
        "ponum": references.get("poNum"),
        "externalid": references.get("externalId"),
    }


def _detail(query: Mapping[str, str]) -> frozenset[str]:
    """What an order is to hold. Parts that the server knows and this one does not are refused like misspelled ones."""
    wanted = [part.lower() for part in query.get("detail", "None").split(",")]
    of_items = query.get("itemdetail", "None").lower().split(",")
    if not _DETAILS.issuperset(wanted) or not _ITEM_DETAILS.issuperset(of_items):
        raise Refused("detail")
    names = ("OrderItems", "Packages", "Contacts")
    found = {name for name in names if name.lower() in wanted or "all" in wanted}
    if set(of_items) != {"none"}:
        if "OrderItems" not in found:
            raise Refused("itemdetail")
        found.add("Allocations")
    return frozenset(found)


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise Refused("pgsiz")
    return int(text)


def _answered(document: Document, *, headers: Mapping[str, str] | None = None) -> SimulatedAnswer:
    """Quantities are numbers on this wire."""
    kind = {"content-type": "application/hal+json; charset=utf-8"}
    return SimulatedAnswer(headers={**kind, **(headers or {})}, body=_JSON.encode(document))


def _refused(hint: str) -> SimulatedAnswer:
    document = {
        "$type": "WMS.V2.Generic.Models.Exceptions.QueryParameterException, WMS.V2.Generic.Models",
        "Parameters": ["rql"],
        "ErrorCode": "NotParsable",
        "Hint": hint,
    }
    return SimulatedAnswer.of(document, status=400)
