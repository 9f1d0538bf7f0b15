"""Orders as the vendor writes them, for the cases that no record of ours can make: bundles, guests, two currencies."""

from __future__ import annotations

from typing import Any

import msgspec

from orderweave_adobe_commerce.fields import Amounts
from orderweave_adobe_commerce.manifest import FACETS
from orderweave_adobe_commerce.mapping import Documents, order_record
from orderweave_adobe_commerce.payloads import (
    CreditmemoPayload,
    InvoicePayload,
    OrderPayload,
    RmaPayload,
    ShipmentPayload,
    TransactionPayload,
)
from orderweave_sdk.records import Axis, Facet, OrderRecord

BASE, ORDER = Amounts(base=True), Amounts(base=False)
_PAYLOADS: dict[str, Any] = {
    "shipments": ShipmentPayload,
    "invoices": InvoicePayload,
    "creditmemos": CreditmemoPayload,
    "transactions": TransactionPayload,
    "rmas": RmaPayload,
}


def wire(**changed: Any) -> dict[str, Any]:
    """An order that was placed and nothing more, with what is changed of it."""
    return {
        "entity_id": 12,
        "increment_id": "000000012",
        "created_at": "2026-03-01 10:00:00",
        "updated_at": "2026-03-01 10:00:05",
        "state": "new",
        "status": "pending",
        "store_id": 2,
        "store_name": "Main Website\nMain Website Store\nGerman",
        "base_currency_code": "USD",
        "order_currency_code": "USD",
        "customer_email": "robin@example.com",
        "grand_total": 100,
        "base_grand_total": 100,
        "items": [item(1, "TEA")],
        **changed,
    }


def item(item_id: int, sku: str, ordered: float = 2, **changed: Any) -> dict[str, Any]:
    """A simple item."""
    found = {"item_id": item_id, "sku": sku, "product_type": "simple", "qty_ordered": ordered, "qty_shipped": 0}
    return {**found, **changed}


def record(
    order: dict[str, Any],
    facets: frozenset[Facet] = FACETS,
    amounts: Amounts = BASE,
    **documents: list[dict[str, Any]],
) -> OrderRecord:
    """What the connector makes of an order and its documents, read from JSON as from the wire."""
    read = {
        name: [_read({"order_id": order["entity_id"], **document}, _PAYLOADS[name]) for document in found]
        for name, found in documents.items()
    }
    return order_record(_read(order, OrderPayload), Documents(**read), facets, amounts)


def word(found: OrderRecord, axis: Axis) -> tuple[str, str] | None:
    """The raw word of an axis and what it means; None where the record has none."""
    return next(((said.raw, said.normalized) for said in found.statuses if said.axis is axis), None)


def _read(document: dict[str, Any], kind: Any) -> Any:
    return msgspec.json.decode(msgspec.json.Encoder(decimal_format="number").encode(document), type=kind)
