"""The configuration that the simulated API is reached with: every field there is, under its own name in camelCase."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from orderweave_rest.vocabulary import (
    CURRENCY,
    LOCATION,
    ORDER,
    PRODUCT,
    REFERENCES,
    STOCK,
    TRACKING,
    FieldKind,
    Shape,
)

MOST_KEYS = 50
PAGE = 100


def camel(name: str) -> str:
    """The API's spelling of a name of ours."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def said(word: StrEnum | str) -> str:
    """The API's spelling of a word of ours."""
    return str(word).lower().replace("_", " ")


def _mapped(shape: Shape, under: str = "") -> dict[str, Any]:
    """Every field of a shape. An amount stands as an object with a number and a currency."""
    found: dict[str, Any] = {}
    amounts = [
        f"{under}{camel(name)}.currency" for name, field in shape.fields.items() if field.kind is FieldKind.AMOUNT
    ]
    for name, field in shape.fields.items():
        at = f"{under}{camel(name)}"
        if name == CURRENCY and field.into is None and amounts:
            found[name] = " || ".join(amounts)
        elif field.kind is FieldKind.AMOUNT:
            found[name] = f"{at}.value"
        elif field.kind is FieldKind.LIST and field.shape is not None:
            found[name] = {"each": at, **_mapped(field.shape)}
        elif field.shape is not None:
            found[name] = _mapped(field.shape, f"{at}.")
        elif field.words is not None:
            found[name] = {"at": at, "words": {said(word): word.value for word in field.words}}
        else:
            found[name] = at
    return found


_ORDER = {**_mapped(ORDER), REFERENCES: {"reference": "references.reference"}}
_LOOKUP = {"method": "POST", "path": "/v1/orders/lookup", "items": "orders", "batch": "body", "size": MOST_KEYS}

API: dict[str, Any] = {
    "kind": "ERP",
    "version": "1",
    "headers": {"X-Tenant": "north"},
    "auth": {"style": "client_credentials", "client_id": "orderweave", "token_url": "/oauth/token", "scope": "read"},
    "check": {"path": "/v1/ping"},
    "order": _ORDER,
    "lookups": {name: {**_LOOKUP, "body": {"by": name, "values": "{keys}"}} for name in ("id", "number", "reference")},
    "search": {
        "path": "/v1/orders",
        "items": "orders",
        "query": {"sort": "{sort}", "direction": "{direction}", "skip": "{offset}", "take": "{size}"},
        "paging": {"style": "offset", "size": PAGE, "total": "total"},
        "sorts": {"PLACED_AT": "placed", "UPDATED_AT": "changed", "TOTAL": "total", "NUMBER": "number"},
        "directions": {"ascending": "up", "descending": "down"},
        "filters": {
            "PLACED_AT": {"from": "placedFrom", "to": "placedTo"},
            "UPDATED_AT": {"from": "changedFrom", "to": "changedTo"},
            "NUMBER": {"equal": "number", "several": "repeated"},
            "STATUS": {"equal": "status", "several": "list"},
            "PAYMENT_STATUS": {"equal": "paymentStatus", "several": "list"},
            "FULFILLMENT_STATUS": {"equal": "fulfillmentStatus", "several": "list"},
            "CHANNEL": {"equal": "channel", "several": "repeated"},
            "CURRENCY": {"equal": "currency", "several": "list"},
            "CUSTOMER_EMAIL": {"equal": "email", "several": "repeated"},
            "CUSTOMER_ID": {"equal": "customer", "several": "repeated"},
            "PURCHASE_ORDER_NUMBER": {"equal": "purchaseOrder", "several": "repeated"},
            "SKU": {"equal": "sku", "several": "repeated"},
        },
    },
    "changes": {
        "path": "/v1/orders/changes",
        "items": "orders",
        "query": {"since": "{since}", "after": "{cursor}", "take": "{size}"},
        "paging": {"style": "cursor", "size": PAGE, "next": "next"},
    },
    "stock": {
        "path": "/v1/stock",
        "items": "levels",
        "batch": "list",
        "size": 100,
        "query": {"skus": "{keys}"},
        "map": _mapped(STOCK),
    },
    "tracking": {
        "path": "/v1/parcels",
        "items": "parcels",
        "batch": "repeated",
        "size": 50,
        "query": {"number": "{keys}"},
        "map": {
            "tracking_number": "trackingNumber",
            "package": _mapped(TRACKING.fields["package"].shape or TRACKING),
        },
    },
    "products": {
        "path": "/v1/products",
        "items": "products",
        "batch": "list",
        "size": 100,
        "query": {"skus": "{keys}"},
        "map": _mapped(PRODUCT),
    },
    "locations": {
        "path": "/v1/places",
        "items": "places",
        "query": {"page": "{page}"},
        "paging": {"style": "page", "size": 25, "first": 0, "pages": "pages"},
        "map": _mapped(LOCATION),
    },
    "skus": {
        "path": "/v1/stock/skus",
        "items": "skus",
        "query": {"after": "{cursor}", "take": "{size}"},
        "paging": {"style": "cursor", "size": 250, "next": "next"},
        "map": {"sku": "@"},
    },
}
