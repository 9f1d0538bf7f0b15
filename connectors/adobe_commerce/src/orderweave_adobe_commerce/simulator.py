"""An instance of Adobe Commerce as far as the connector uses it, on a loopback socket, filled with records."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from orderweave_adobe_commerce.expressible import expressible_order, expressible_product, expressible_stock
from orderweave_adobe_commerce.signing_in import ADMIN_PATH, IMS_PATH, IMS_SCOPES
from orderweave_adobe_commerce.simulated_criteria import Collection, Refused
from orderweave_adobe_commerce.simulated_documents import (
    creditmemo_documents,
    invoice_documents,
    product_document,
    rma_documents,
    shipment_documents,
    source_document,
    source_item_document,
    transaction_documents,
)
from orderweave_adobe_commerce.simulated_orders import Document, order_document
from orderweave_sdk.records import OrderRecord, ProductRecord, StockRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator
from orderweave_sdk.testing.world import World

ACCESS_TOKEN = "simulated-integration-token"
ADMIN = {"username": "orderweave", "password": "simulated-password"}
CLIENT = {"client_id": "simulated-client", "client_secret": "simulated-secret"}
ORGANIZATION = "simulated@AdobeOrg"

# The vendor numbers each table for itself; here no two kinds share an id, so that a mix-up shows.
_FIRST_IDS = {
    "order": 1_000_000,
    "line": 2_000_000,
    "customer": 3_000_000,
    "company": 4_000_000,
    "shipment": 5_000_000,
    "payment": 6_000_000,
    "transaction": 7_000_000,
    "refund": 8_000_000,
    "invoice": 9_000_000,
    "return": 10_000_000,
    "package": 11_000_000,
    "product": 12_000_000,
}
_OF_ORDERS: Mapping[str, Callable[[OrderRecord], Iterable[Document]]] = {
    "orders": lambda order: [order_document(order)],
    "shipments": shipment_documents,
    "invoices": invoice_documents,
    "creditmemos": creditmemo_documents,
    "transactions": transaction_documents,
    "returns": rma_documents,
}
_JSON = msgspec.json.Encoder(decimal_format="number")


class AdobeCommerceSimulator(Simulator):
    """An instance of the vendor's PaaS, or of Open Source without `has_returns`; its pages hold `most_items`.

    It takes an integration's token, and those that it gives to an admin; `forget_tokens` ends the latter.
    """

    prefix = "/rest/all"
    sign_in_paths = frozenset({f"/rest/all{ADMIN_PATH}", IMS_PATH})

    def __init__(self) -> None:
        super().__init__()
        self.has_returns = True
        self.most_items = 300
        self.given: list[str] = []
        self._collections: dict[str, Collection] = {}
        self.seed(World())

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Whole numbers; a source has a code."""
        return f"source-{n}" if kind == "location" else str(_FIRST_IDS.get(kind, 20_000_000) + n)

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
        """Where to find it, and an integration's token."""
        return {"url": self.url, "access_token": ACCESS_TOKEN}

    def admin_settings(self) -> dict[str, Any]:
        """The same for an admin."""
        return {"url": self.url, **ADMIN}

    def seed(self, world: World) -> None:
        """Replace all that the instance knows."""
        super().seed(world)
        orders = [expressible_order(order) for order in world.orders]
        self._collections = {
            name: Collection(document for order in orders for document in documents(order))
            for name, documents in _OF_ORDERS.items()
        }
        self._collections["inventory/source-items"] = Collection(
            source_item_document(expressible_stock(level)) for level in world.stock
        )
        self._collections["inventory/sources"] = Collection(map(source_document, world.locations))
        self._collections["products"] = Collection(
            product_document(expressible_product(product)) for product in world.products
        )

    def put(self, path: str, documents: Iterable[Document]) -> None:
        """Replace one kind of document by documents of the vendor's own making, such as no record can say."""
        self._collections[path] = Collection(documents)

    def forget_tokens(self) -> None:
        """Take none of the tokens given so far."""
        self.given.clear()

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """What the instance would say."""
        if request.path in self.sign_in_paths:
            return self._signed_in(request)
        if not self._knows(request):
            return _error(401, "The consumer isn't authorized to access %resources.")
        path = request.path.removeprefix(f"{self.prefix}/V1/")
        collection = self._collections.get(path)
        if collection is None or request.method != "GET" or (path == "returns" and not self.has_returns):
            return _error(404, "Request does not match any route.")
        try:
            return _answered(collection.answer(request.query, most=self.most_items))
        except Refused as refusal:
            return _error(400, str(refusal))

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """The resource, and what is looked for."""
        path = request.path.removeprefix(f"{self.prefix}/V1/")
        return path, [value for name, value in request.query if name.endswith(("[field]", "[value]"))]

    def _knows(self, request: SimulatedRequest) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return token == ACCESS_TOKEN or token in self.given

    def _signed_in(self, request: SimulatedRequest) -> SimulatedAnswer:
        if request.path == IMS_PATH or request.json() != ADMIN:
            return _error(401, "The account sign-in was incorrect or your account is disabled temporarily.")
        return _answered(self._new_token())

    def _new_token(self) -> str:
        self.given.append(f"simulated-{secrets.token_hex(12)}")
        return self.given[-1]


class AdobeCommerceCloudSimulator(AdobeCommerceSimulator):
    """An instance of Adobe Commerce as a Cloud Service, with Adobe's identity service at the same address."""

    prefix = "/simulatedtenant"
    sign_in_paths = frozenset({IMS_PATH})
    token_seconds = 86_399

    def settings(self) -> dict[str, Any]:
        """Where to find both, and a server-to-server credential."""
        return {
            "url": f"{self.url}{self.prefix}",
            "ims_url": self.url,
            **CLIENT,
            "organization_id": ORGANIZATION,
        }

    def _knows(self, request: SimulatedRequest) -> bool:
        named = (request.headers.get("x-api-key"), request.headers.get("x-gw-ims-org-id"))
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return named == (CLIENT["client_id"], ORGANIZATION) and token in self.given

    def _signed_in(self, request: SimulatedRequest) -> SimulatedAnswer:
        form = dict(parse_qsl(request.body.decode()))
        if form != {**CLIENT, "grant_type": "client_credentials", "scope": IMS_SCOPES}:
            return SimulatedAnswer.of({"error": "invalid_client"}, status=400)
        return _answered({"access_token": self._new_token(), "token_type": "bearer", "expires_in": self.token_seconds})


def _answered(document: Any) -> SimulatedAnswer:
    """Amounts and quantities are numbers on this wire."""
    return SimulatedAnswer(headers={"content-type": "application/json"}, body=_JSON.encode(document))


def _error(status: int, message: str) -> SimulatedAnswer:
    return SimulatedAnswer.of({"message": message}, status=status)
