"""All that a mapping may speak of: sections, their fields, and what each field holds. Data only.

A section is one part of our records (orders, lines, shipments …) and is read from one table or query. A dotted
field ("totals.total") stands in the configuration as a nested table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from orderweave_sdk.records import (
    FACET_OF_AXIS,
    WORDS_OF_AXIS,
    Axis,
    ChannelKind,
    Facet,
    LocationKind,
)


class FieldKind(StrEnum):
    """What a field's column holds."""

    TEXT = "TEXT"
    STREET = "STREET"  # one column of lines, or a list of columns
    AMOUNT = "AMOUNT"  # money in the order's currency
    QUANTITY = "QUANTITY"
    RATE = "RATE"  # a fraction, 0.19
    TIME = "TIME"  # an instant
    DATE = "DATE"  # a calendar date
    FLAG = "FLAG"  # yes or no
    WORD = "WORD"  # one of the database's words, with a meaning each


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field. `words` is the enum that a WORD means; `axis` names the status axis of that enum, where it is one."""

    kind: FieldKind
    required: bool = False
    words: type[StrEnum] | None = None
    axis: Axis | None = None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One section. `facets` want it; `parent` is the section whose id its field of that name holds.

    `order` are the fields by which its rows are put in order when no `position` is mapped.
    """

    fields: Mapping[str, Field]
    facets: frozenset[Facet] = frozenset()
    parents: Mapping[str, str] = {}
    order: tuple[str, ...] = ()


_TEXT = Field(kind=FieldKind.TEXT)
_KEY = Field(kind=FieldKind.TEXT, required=True)
_AMOUNT = Field(kind=FieldKind.AMOUNT)
_QUANTITY = Field(kind=FieldKind.QUANTITY)
_NEEDED_QUANTITY = Field(kind=FieldKind.QUANTITY, required=True)
_TIME = Field(kind=FieldKind.TIME)
_NEEDED_TIME = Field(kind=FieldKind.TIME, required=True)
_DATE = Field(kind=FieldKind.DATE)
_FLAG = Field(kind=FieldKind.FLAG)
_LOCATION_KIND = Field(kind=FieldKind.WORD, words=LocationKind)


def _word(axis: Axis, *, required: bool = False) -> Field:
    return Field(kind=FieldKind.WORD, words=WORDS_OF_AXIS[axis], axis=axis, required=required)


def _address(prefix: str) -> dict[str, Field]:
    texts = ("name", "company", "city", "region", "postal_code", "country_code", "phone")
    return {f"{prefix}.{name}": _TEXT for name in texts} | {f"{prefix}.lines": Field(kind=FieldKind.STREET)}


def _place(prefix: str, *, required: bool = False) -> dict[str, Field]:
    return {prefix: _KEY if required else _TEXT, f"{prefix}_name": _TEXT, f"{prefix}_kind": _LOCATION_KIND}


AMOUNTS_OF_TOTALS = (
    "subtotal",
    "discount",
    "shipping",
    "tax",
    "duties",
    "fees",
    "total",
    "paid",
    "refunded",
    "due",
)

# The field of `orders` that holds the raw word of each whole-order axis.
STATUS_FIELDS: dict[Axis, str] = {axis: f"statuses.{axis.value.lower()}" for axis in FACET_OF_AXIS}

# Under this prefix the configuration chooses the names: the fields that hold other systems' numbers.
REFERENCES = "references."
RESERVED_REFERENCES = frozenset({"id", "number"})

_ORDER_FIELDS: dict[str, Field] = {
    "id": _KEY,
    "number": _TEXT,
    "url": _TEXT,
    "updated_at": _TIME,
    "placed_at": _TIME,
    "canceled_at": _TIME,
    "closed_at": _TIME,
    "cancel_reason": _TEXT,
    "archived": _FLAG,
    "origin": _TEXT,
    "currency": _TEXT,
    "presentment_currency": _TEXT,
    "purchase_order_number": _TEXT,
    "channel.code": _TEXT,
    "channel.name": _TEXT,
    "channel.kind": Field(kind=FieldKind.WORD, words=ChannelKind),
    **{f"totals.{name}": _AMOUNT for name in AMOUNTS_OF_TOTALS},
    "customer.id": _TEXT,
    "customer.name": _TEXT,
    "customer.email": _TEXT,
    "customer.phone": _TEXT,
    "company.id": _TEXT,
    "company.name": _TEXT,
    "company.tax_id": _TEXT,
    **_address("billing_address"),
    **_address("shipping_address"),
    "payment_terms": _TEXT,
    **{name: _word(axis) for axis, name in STATUS_FIELDS.items()},
}


def _of_order(
    fields: Mapping[str, Field], *facets: Facet, parents: Mapping[str, str] | None = None, order: tuple[str, ...]
) -> Section:
    """A section whose rows belong to orders, each row holding its order's id."""
    return Section(
        fields={"order": _KEY, **fields, "position": _QUANTITY},
        facets=frozenset(facets),
        parents={"order": "orders", **(parents or {})},
        order=order,
    )


_GOODS: dict[str, Field] = {"line": _TEXT, "sku": _TEXT, "quantity": _NEEDED_QUANTITY}
_CURRENCY: dict[str, Field] = {"currency": _TEXT}

SECTIONS: dict[str, Section] = {
    "orders": Section(fields=_ORDER_FIELDS, facets=frozenset(Facet), order=("id",)),
    "lines": _of_order(
        {
            "id": _KEY,
            "sku": _TEXT,
            "gtin": _TEXT,
            "title": _TEXT,
            "parent_line": _TEXT,
            "unit": _TEXT,
            "ordered": _QUANTITY,
            "canceled": _QUANTITY,
            "current": _QUANTITY,
            "unit_price": _AMOUNT,
            "total": _AMOUNT,
            **_CURRENCY,
        },
        Facet.LINES,
        order=("id",),
    ),
    "discounts": _of_order(
        {"line": _TEXT, "title": _KEY, "code": _TEXT, "amount": _AMOUNT, **_CURRENCY},
        Facet.HEADER,
        Facet.LINES,
        parents={"line": "lines"},
        order=("line", "title"),
    ),
    "taxes": _of_order(
        {"line": _TEXT, "title": _KEY, "rate": Field(kind=FieldKind.RATE), "amount": _AMOUNT, **_CURRENCY},
        Facet.HEADER,
        Facet.LINES,
        parents={"line": "lines"},
        order=("line", "title"),
    ),
    "payments": _of_order(
        {
            "id": _KEY,
            "status": _word(Axis.PAYMENT_PART, required=True),
            "method": _TEXT,
            "authorized": _AMOUNT,
            "captured": _AMOUNT,
            "refunded": _AMOUNT,
            **_CURRENCY,
        },
        Facet.PAYMENTS,
        order=("id",),
    ),
    "transactions": _of_order(
        {
            "payment": _KEY,
            "id": _KEY,
            "kind": _word(Axis.TRANSACTION_KIND, required=True),
            "status": _word(Axis.TRANSACTION_STATUS, required=True),
            "amount": _AMOUNT,
            "processed_at": _TIME,
            "gateway": _TEXT,
            **_CURRENCY,
        },
        Facet.PAYMENTS,
        parents={"payment": "payments"},
        order=("id",),
    ),
    "refunds": _of_order(
        {"id": _KEY, "amount": _AMOUNT, "created_at": _TIME, "note": _TEXT, **_CURRENCY},
        Facet.PAYMENTS,
        order=("id",),
    ),
    "invoices": _of_order(
        {
            "id": _KEY,
            "number": _TEXT,
            "status": _word(Axis.INVOICE_DOCUMENT),
            "issued_at": _DATE,
            "due_at": _DATE,
            "total": _AMOUNT,
            "paid": _AMOUNT,
            "due": _AMOUNT,
            **_CURRENCY,
        },
        Facet.INVOICES,
        order=("id",),
    ),
    "fulfillment_orders": _of_order(
        {
            "id": _KEY,
            "status": _word(Axis.FULFILLMENT_ORDER, required=True),
            **_place("location"),
            "method": _word(Axis.DELIVERY_METHOD),
            "fulfill_at": _TIME,
            "fulfill_by": _TIME,
        },
        Facet.FULFILLMENT,
        order=("id",),
    ),
    "fulfillment_order_lines": _of_order(
        {"fulfillment_order": _KEY, **_GOODS},
        Facet.FULFILLMENT,
        parents={"fulfillment_order": "fulfillment_orders"},
        order=("line", "sku"),
    ),
    "shipments": _of_order(
        {
            "id": _KEY,
            "number": _TEXT,
            "status": _word(Axis.SHIPMENT, required=True),
            **_place("location"),
            "shipped_at": _TIME,
            "delivered_at": _TIME,
            "is_return": _FLAG,
        },
        Facet.FULFILLMENT,
        order=("id",),
    ),
    "shipment_lines": _of_order(
        {"shipment": _KEY, **_GOODS}, Facet.FULFILLMENT, parents={"shipment": "shipments"}, order=("line", "sku")
    ),
    "packages": _of_order(
        {
            "shipment": _KEY,
            "id": _KEY,
            "carrier.code": _TEXT,
            "carrier.name": _TEXT,
            "tracking_number": _TEXT,
            "tracking_url": _TEXT,
            "status": _word(Axis.SHIPMENT),
            "eta.from": _TIME,
            "eta.to": _TIME,
            "eta.source": _TEXT,
            "promised_by": _TIME,
        },
        Facet.FULFILLMENT,
        parents={"shipment": "shipments"},
        order=("id",),
    ),
    "events": _of_order(
        {
            "package": _KEY,
            "occurred_at": _NEEDED_TIME,
            "status": _word(Axis.SHIPMENT, required=True),
            "message": _TEXT,
            "location": _TEXT,
            "recorded_at": _TIME,
        },
        Facet.TRACKING,
        parents={"package": "packages"},
        order=("occurred_at",),
    ),
    "progress": _of_order(
        {"sku": _KEY, "line": _TEXT, "allocated": _QUANTITY, "backordered": _QUANTITY, "picked": _QUANTITY},
        Facet.FULFILLMENT,
        order=("line", "sku"),
    ),
    "returns": _of_order(
        {"id": _KEY, "status": _word(Axis.RETURN_PART, required=True), "number": _TEXT, "created_at": _TIME},
        Facet.RETURNS,
        order=("id",),
    ),
    "return_lines": _of_order(
        {"return": _KEY, **_GOODS, "reason": _TEXT},
        Facet.RETURNS,
        parents={"return": "returns"},
        order=("line", "sku"),
    ),
    "holds": _of_order(
        {
            "fulfillment_order": _TEXT,
            "reason": _word(Axis.HOLD_REASON, required=True),
            "placed_at": _TIME,
            "released_at": _TIME,
        },
        Facet.HOLDS,
        Facet.FULFILLMENT,
        parents={"fulfillment_order": "fulfillment_orders"},
        order=("placed_at", "reason"),
    ),
    "timeline": _of_order(
        {"occurred_at": _NEEDED_TIME, "kind": _KEY, "message": _TEXT}, Facet.TIMELINE, order=("occurred_at",)
    ),
    "stock": Section(
        fields={
            "sku": _KEY,
            **_place("location", required=True),
            "id": _TEXT,
            "title": _TEXT,
            "on_hand": _QUANTITY,
            "available": _QUANTITY,
            "committed": _QUANTITY,
            "reserved": _QUANTITY,
            "incoming": _QUANTITY,
            "safety_stock": _QUANTITY,
            "damaged": _QUANTITY,
            "quality_control": _QUANTITY,
            "updated_at": _TIME,
        },
        order=("sku", "location"),
    ),
    "products": Section(
        fields={"id": _KEY, "sku": _KEY, "title": _TEXT, "gtin": _TEXT, "active": _FLAG, "updated_at": _TIME},
        order=("sku", "id"),
    ),
    "locations": Section(
        fields={"id": _KEY, "name": _TEXT, "kind": _LOCATION_KIND, "active": _FLAG, **_address("address")},
        order=("id",),
    ),
}

# The sections of an order other than `orders` itself, in the order in which they are read.
ORDER_SECTIONS: tuple[str, ...] = tuple(name for name, section in SECTIONS.items() if "order" in section.parents)


def facet_of_order_field(name: str) -> Facet | None:
    """The facet for which a field of `orders` is read; None for those that are always read."""
    if name in ("id", "number", "url", "updated_at", "currency") or name.startswith(REFERENCES):
        return None
    for prefix, facet in (
        ("customer.", Facet.CUSTOMER),
        ("company.", Facet.CUSTOMER),
        ("billing_address.", Facet.ADDRESSES),
        ("shipping_address.", Facet.ADDRESSES),
        ("payment_terms", Facet.INVOICES),
    ):
        if name.startswith(prefix):
            return facet
    for axis, field in STATUS_FIELDS.items():
        if field == name:
            return FACET_OF_AXIS[axis]
    return Facet.HEADER
