"""Orders as Vendure writes them, for the cases of the mapping."""

from __future__ import annotations

from typing import Any

import msgspec

from orderweave_sdk.records import Facet, OrderRecord
from orderweave_vendure.manifest import MANIFEST
from orderweave_vendure.mapping import order_record
from orderweave_vendure.payloads import OrderPayload

PLACED = "2026-03-01T08:30:00.125Z"


def line(**given: Any) -> dict[str, Any]:
    """A line of two at 9.90 net, a fifth of it tax."""
    return {
        "id": "11",
        "productVariant": {"sku": "TEA", "name": "Green tea"},
        "quantity": 2,
        "orderPlacedQuantity": 2,
        "unitPrice": 990,
        "unitPriceWithTax": 1188,
        "discountedLinePrice": 1980,
        "discountedLinePriceWithTax": 2376,
        "proratedLinePrice": 1980,
        "proratedLinePriceWithTax": 2376,
        "discounts": [],
        "taxLines": [{"description": "Sales tax", "taxRate": 20}],
    } | given


def payment(**given: Any) -> dict[str, Any]:
    """A card payment of the whole."""
    return {
        "id": "21",
        "createdAt": PLACED,
        "method": "card",
        "amount": 2976,
        "state": "Settled",
        "transactionId": "tr-1",
        "refunds": [],
    } | given


def refund(**given: Any) -> dict[str, Any]:
    """Five given back."""
    return {
        "id": "31",
        "createdAt": PLACED,
        "total": 500,
        "method": "card",
        "state": "Settled",
        "transactionId": None,
        "reason": "late",
    } | given


def parcel(**given: Any) -> dict[str, Any]:
    """All of the line in one parcel."""
    return {
        "id": "41",
        "state": "Shipped",
        "method": "UPS",
        "trackingCode": "1Z1",
        "lines": [{"orderLineId": "11", "quantity": 2}],
    } | given


def entry(
    kind: str, moment: str, number: int = 1, *, public: bool = True, move: tuple[str, str] | None = None, **data: Any
) -> dict[str, Any]:
    """One entry of a history; `move` is from one state to another."""
    if move is not None:
        data |= {"from": move[0], "to": move[1]}
    return {"id": str(number), "createdAt": moment, "type": kind, "isPublic": public, "data": data}


def history(*entries: dict[str, Any]) -> dict[str, Any]:
    """A history of these entries."""
    return {"totalItems": len(entries), "items": list(entries)}


def wire(**given: Any) -> dict[str, Any]:
    """A paid order of one line, with 5.00 net for sending."""
    return {
        "id": "1",
        "code": "A1B2",
        "state": "PaymentSettled",
        "currencyCode": "USD",
        "updatedAt": "2026-03-01T08:00:00.000Z",
        "orderPlacedAt": PLACED,
        "latest": {"items": []},
        "channels": [{"code": "__default_channel__", "pricesIncludeTax": False}],
        "couponCodes": [],
        "promotions": [],
        "discounts": [],
        "surcharges": [],
        "taxSummary": [{"description": "Sales tax", "taxRate": 20, "taxTotal": 396}],
        "subTotal": 1980,
        "subTotalWithTax": 2376,
        "shipping": 500,
        "shippingWithTax": 600,
        "total": 2480,
        "totalWithTax": 2976,
        "lines": [line()],
        "customer": None,
        "billingAddress": {},
        "shippingAddress": None,
        "payments": [payment()],
        "fulfillments": [],
        "moved": history(),
        "happened": history(),
    } | given


def read(digits: int = 2, facets: frozenset[Facet] = MANIFEST.facets, **given: Any) -> OrderRecord:
    """The record of an order on the wire."""
    payload = msgspec.json.decode(msgspec.json.encode(wire(**given)), type=OrderPayload)
    return order_record(payload, facets, digits)


def words(record: OrderRecord) -> dict[str, tuple[str, str]]:
    """The raw word and its meaning, by axis."""
    return {word.axis.value: (word.raw, word.normalized) for word in record.statuses}
