"""A shop's own database as it grew over the years, and the mapping that reads it.

Names are the shop's, not ours; columns say more than one thing; places are joined in by queries.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from orderweave_sdk.records import (
    DeliveryMethod,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    HoldReason,
    InvoiceDocumentStatus,
    InvoiceStatus,
    LocationKind,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
    ShipmentStatus,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sdk.records.words import ChannelKind

_MONEY = "NUMERIC"
_ADDRESS = ("name", "firm", "street1", "street2", "street3", "town", "state", "zip", "country", "phone")
_GOODS = {"ord_no": "INTEGER", "row": "INTEGER", "line_no": "INTEGER", "article": "TEXT", "qty": "NUMERIC"}
_PART = {"ord_no": "INTEGER NOT NULL", "row": "INTEGER NOT NULL"}

# Columns by table. `row` keeps the order in which the shop's people typed things.
TABLES: dict[str, dict[str, str]] = {
    "purchase_orders": {
        "ord_no": "INTEGER PRIMARY KEY",
        "doc_no": "TEXT",
        "web_ref": "TEXT",
        "changed_tms": "TEXT",
        "order_tms": "TEXT",
        "cancel_tms": "TEXT",
        "closed_tms": "TEXT",
        "cancel_why": "TEXT",
        "archived": "INTEGER",
        "origin": "TEXT",
        "cur": "TEXT",
        "shown_cur": "TEXT",
        "cust_po": "TEXT",
        "sales_channel": "TEXT",
        "sales_channel_name": "TEXT",
        "sales_channel_kind": "TEXT",
        "amt_goods": _MONEY,
        "amt_discount": _MONEY,
        "amt_freight": _MONEY,
        "amt_tax": _MONEY,
        "amt_duty": _MONEY,
        "amt_fee": _MONEY,
        "amt_total": _MONEY,
        "amt_paid": _MONEY,
        "amt_refunded": _MONEY,
        "amt_due": _MONEY,
        "cust_no": "INTEGER",
        "cust_name": "TEXT",
        "cust_mail": "TEXT COLLATE NOCASE",
        "cust_phone": "TEXT",
        "firm_no": "INTEGER",
        "firm_name": "TEXT",
        "firm_vat": "TEXT",
        "terms": "TEXT",
        "st_order": "TEXT",
        "st_payment": "TEXT",
        "st_fulfillment": "TEXT",
        "st_return": "TEXT",
        "st_invoice": "TEXT",
        **{f"{use}_{name}": "TEXT" for use in ("bill", "ship") for name in _ADDRESS},
    },
    "po_lines": {
        **_PART,
        "line_no": "INTEGER",
        "article": "TEXT",
        "ean": "TEXT",
        "descr": "TEXT",
        "set_line_no": "INTEGER",
        "uom": "TEXT",
        "qty_ordered": "NUMERIC",
        "qty_canceled": "NUMERIC",
        "qty_open": "NUMERIC",
        "price": _MONEY,
        "amount": _MONEY,
        "cur": "TEXT",
    },
    "po_discounts": {**_PART, "line_no": "INTEGER", "descr": "TEXT", "coupon": "TEXT", "amount": _MONEY, "cur": "TEXT"},
    "po_taxes": {**_PART, "line_no": "INTEGER", "descr": "TEXT", "rate": "NUMERIC", "amount": _MONEY, "cur": "TEXT"},
    "receipts": {
        **_PART,
        "receipt_no": "INTEGER",
        "state": "TEXT",
        "means": "TEXT",
        "amt_authorized": _MONEY,
        "amt_captured": _MONEY,
        "amt_refunded": _MONEY,
        "cur": "TEXT",
    },
    "receipt_moves": {
        **_PART,
        "receipt_no": "INTEGER",
        "move_no": "INTEGER",
        "kind": "TEXT",
        "state": "TEXT",
        "amount": _MONEY,
        "cur": "TEXT",
        "move_tms": "TEXT",
        "provider": "TEXT",
    },
    "credits": {**_PART, "credit_no": "INTEGER", "amount": _MONEY, "cur": "TEXT", "credit_tms": "TEXT", "note": "TEXT"},
    "bills": {
        **_PART,
        "bill_id": "INTEGER",
        "bill_no": "TEXT",
        "state": "TEXT",
        "bill_date": "TEXT",
        "due_date": "TEXT",
        "amount": _MONEY,
        "amt_paid": _MONEY,
        "amt_due": _MONEY,
        "cur": "TEXT",
    },
    "picks": {
        **_PART,
        "pick_no": "INTEGER",
        "state": "TEXT",
        "place_no": "INTEGER",
        "ship_via": "TEXT",
        "start_tms": "TEXT",
        "latest_tms": "TEXT",
    },
    "pick_lines": {"pick_no": "INTEGER", **_GOODS},
    "deliveries": {
        **_PART,
        "del_id": "INTEGER",
        "del_no": "TEXT",
        "state": "TEXT",
        "place_no": "INTEGER",
        "left_tms": "TEXT",
        "arrived_tms": "TEXT",
        "inbound": "INTEGER",
    },
    "delivery_lines": {"del_id": "INTEGER", **_GOODS},
    "parcels": {
        **_PART,
        "del_id": "INTEGER",
        "parcel_no": "TEXT",
        "carrier": "TEXT",
        "carrier_name": "TEXT",
        "track_no": "TEXT",
        "track_url": "TEXT",
        "state": "TEXT",
        "eta_from": "TEXT",
        "eta_to": "TEXT",
        "eta_by": "TEXT",
        "promised_tms": "TEXT",
    },
    "parcel_scans": {
        **_PART,
        "parcel_no": "TEXT",
        "scan_tms": "TEXT",
        "state": "TEXT",
        "remark": "TEXT",
        "town": "TEXT",
        "known_tms": "TEXT",
    },
    "line_progress": {
        **_PART,
        "line_no": "INTEGER",
        "article": "TEXT",
        "qty_allocated": "NUMERIC",
        "qty_backordered": "NUMERIC",
        "qty_picked": "NUMERIC",
    },
    "rmas": {**_PART, "rma_id": "INTEGER", "rma_no": "TEXT", "state": "TEXT", "rma_tms": "TEXT"},
    "rma_lines": {"rma_id": "INTEGER", **_GOODS, "why": "TEXT"},
    "blocks": {**_PART, "pick_no": "INTEGER", "reason": "TEXT", "block_tms": "TEXT", "free_tms": "TEXT"},
    "diary": {**_PART, "entry_tms": "TEXT", "kind": "TEXT", "remark": "TEXT"},
    "places": {
        "place_no": "INTEGER PRIMARY KEY",
        "name": "TEXT",
        "kind": "TEXT",
        "open": "INTEGER",
        "listed": "INTEGER",
        **{f"at_{name}": "TEXT" for name in _ADDRESS},
    },
    "articles": {
        "art_id": "INTEGER PRIMARY KEY",
        "article": "TEXT",
        "descr": "TEXT",
        "ean": "TEXT",
        "sellable": "INTEGER",
        "changed_tms": "TEXT",
    },
    "stock_levels": {
        "level_id": "INTEGER",
        "article": "TEXT",
        "place_no": "INTEGER",
        "descr": "TEXT",
        "qty_here": "NUMERIC",
        "qty_free": "NUMERIC",
        "qty_promised": "NUMERIC",
        "qty_reserved": "NUMERIC",
        "qty_coming": "NUMERIC",
        "qty_safety": "NUMERIC",
        "qty_damaged": "NUMERIC",
        "qty_checked": "NUMERIC",
        "counted_tms": "TEXT",
    },
}


def create_statements() -> list[str]:
    """The tables, with the indexes that look-ups need."""
    found = []
    for table, columns in TABLES.items():
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        found.append(f"CREATE TABLE {table} ({declared})")
        if "ord_no" in columns and table != "purchase_orders":
            found.append(f"CREATE INDEX {table}_order ON {table} (ord_no)")
    indexed = (("purchase_orders", "doc_no"), ("purchase_orders", "web_ref"), ("stock_levels", "article"))
    return [*found, *(f"CREATE INDEX {table}_{column} ON {table} ({column})" for table, column in indexed)]


def raw_word(meaning: str) -> str:
    """The shop's word for one of ours."""
    return meaning.lower().replace("_", " ")


def _word(column: str, enum: type[StrEnum]) -> dict[str, Any]:
    words = {raw_word(member): member.value for member in enum if member.value != "UNKNOWN"}
    return {"column": column, "words": words, "documented": list(words)}


def _address(prefix: str) -> dict[str, Any]:
    return {
        "name": f"{prefix}_name",
        "company": f"{prefix}_firm",
        "lines": [f"{prefix}_street1", f"{prefix}_street2", f"{prefix}_street3"],
        "city": f"{prefix}_town",
        "region": f"{prefix}_state",
        "postal_code": f"{prefix}_zip",
        "country_code": f"{prefix}_country",
        "phone": f"{prefix}_phone",
    }


def _with_place(table: str) -> str:
    joined = "LEFT JOIN places p USING (place_no)"
    return f"SELECT t.*, p.name AS place_name, p.kind AS place_kind FROM {table} t {joined}"  # noqa: S608 - own names


def _part(table: str, **fields: Any) -> dict[str, Any]:
    return {"from": table, "order": "ord_no", "position": "row", **fields}


_PLACE = {
    "location": "place_no",
    "location_name": "place_name",
    "location_kind": _word("place_kind", LocationKind),
}
_LINE = {"line": "line_no", "sku": "article", "quantity": "qty"}

MAPPING: dict[str, Any] = {
    "version": "simulated-1",
    "time_zone": "UTC",
    "orders": {
        "from": "purchase_orders",
        "id": "ord_no",
        "number": "doc_no",
        "references": {"reference": "web_ref"},
        "updated_at": "changed_tms",
        "placed_at": "order_tms",
        "canceled_at": "cancel_tms",
        "closed_at": "closed_tms",
        "cancel_reason": "cancel_why",
        "archived": "archived",
        "origin": "origin",
        "currency": "cur",
        "presentment_currency": "shown_cur",
        "purchase_order_number": "cust_po",
        "payment_terms": "terms",
        "channel": {
            "code": "sales_channel",
            "name": "sales_channel_name",
            "kind": _word("sales_channel_kind", ChannelKind),
        },
        "totals": {
            "subtotal": "amt_goods",
            "discount": "amt_discount",
            "shipping": "amt_freight",
            "tax": "amt_tax",
            "duties": "amt_duty",
            "fees": "amt_fee",
            "total": "amt_total",
            "paid": "amt_paid",
            "refunded": "amt_refunded",
            "due": "amt_due",
        },
        "customer": {"id": "cust_no", "name": "cust_name", "email": "cust_mail", "phone": "cust_phone"},
        "company": {"id": "firm_no", "name": "firm_name", "tax_id": "firm_vat"},
        "billing_address": _address("bill"),
        "shipping_address": _address("ship"),
        "statuses": {
            "order": _word("st_order", OrderStatus),
            "payment": _word("st_payment", PaymentStatus),
            "fulfillment": _word("st_fulfillment", FulfillmentStatus),
            "return": _word("st_return", ReturnStatus),
            "invoice": _word("st_invoice", InvoiceStatus),
        },
    },
    "lines": _part(
        "po_lines",
        id="line_no",
        sku="article",
        gtin="ean",
        title="descr",
        parent_line="set_line_no",
        unit="uom",
        ordered="qty_ordered",
        canceled="qty_canceled",
        current="qty_open",
        unit_price="price",
        total="amount",
        currency="cur",
    ),
    "discounts": _part("po_discounts", line="line_no", title="descr", code="coupon", amount="amount", currency="cur"),
    "taxes": _part("po_taxes", line="line_no", title="descr", rate="rate", amount="amount", currency="cur"),
    "payments": _part(
        "receipts",
        id="receipt_no",
        status=_word("state", PaymentStatus),
        method="means",
        authorized="amt_authorized",
        captured="amt_captured",
        refunded="amt_refunded",
        currency="cur",
    ),
    "transactions": _part(
        "receipt_moves",
        payment="receipt_no",
        id="move_no",
        kind=_word("kind", TransactionKind),
        status=_word("state", TransactionStatus),
        amount="amount",
        currency="cur",
        processed_at="move_tms",
        gateway="provider",
    ),
    "refunds": _part("credits", id="credit_no", amount="amount", currency="cur", created_at="credit_tms", note="note"),
    "invoices": _part(
        "bills",
        id="bill_id",
        number="bill_no",
        status=_word("state", InvoiceDocumentStatus),
        issued_at="bill_date",
        due_at="due_date",
        total="amount",
        paid="amt_paid",
        due="amt_due",
        currency="cur",
    ),
    "fulfillment_orders": _part(
        _with_place("picks"),
        id="pick_no",
        status=_word("state", FulfillmentOrderStatus),
        method=_word("ship_via", DeliveryMethod),
        fulfill_at="start_tms",
        fulfill_by="latest_tms",
        **_PLACE,
    ),
    "fulfillment_order_lines": _part("pick_lines", fulfillment_order="pick_no", **_LINE),
    "shipments": _part(
        _with_place("deliveries"),
        id="del_id",
        number="del_no",
        status=_word("state", ShipmentStatus),
        shipped_at="left_tms",
        delivered_at="arrived_tms",
        is_return="inbound",
        **_PLACE,
    ),
    "shipment_lines": _part("delivery_lines", shipment="del_id", **_LINE),
    "packages": _part(
        "parcels",
        shipment="del_id",
        id="parcel_no",
        carrier={"code": "carrier", "name": "carrier_name"},
        tracking_number="track_no",
        tracking_url="track_url",
        status=_word("state", ShipmentStatus),
        eta={"from": "eta_from", "to": "eta_to", "source": "eta_by"},
        promised_by="promised_tms",
    ),
    "events": _part(
        "parcel_scans",
        package="parcel_no",
        occurred_at="scan_tms",
        status=_word("state", ShipmentStatus),
        message="remark",
        location="town",
        recorded_at="known_tms",
    ),
    "progress": _part(
        "line_progress",
        sku="article",
        line="line_no",
        allocated="qty_allocated",
        backordered="qty_backordered",
        picked="qty_picked",
    ),
    "returns": _part("rmas", id="rma_id", number="rma_no", status=_word("state", ReturnStatus), created_at="rma_tms"),
    "return_lines": _part("rma_lines", **{"return": "rma_id"}, **_LINE, reason="why"),
    "holds": _part(
        "blocks",
        fulfillment_order="pick_no",
        reason=_word("reason", HoldReason),
        placed_at="block_tms",
        released_at="free_tms",
    ),
    "timeline": _part("diary", occurred_at="entry_tms", kind="kind", message="remark"),
    "stock": {
        "from": _with_place("stock_levels"),
        "id": "level_id",
        "sku": "article",
        **_PLACE,
        "title": "descr",
        "on_hand": "qty_here",
        "available": "qty_free",
        "committed": "qty_promised",
        "reserved": "qty_reserved",
        "incoming": "qty_coming",
        "safety_stock": "qty_safety",
        "damaged": "qty_damaged",
        "quality_control": "qty_checked",
        "updated_at": "counted_tms",
    },
    "products": {
        "from": "articles",
        "id": "art_id",
        "sku": "article",
        "title": "descr",
        "gtin": "ean",
        "active": "sellable",
        "updated_at": "changed_tms",
    },
    "locations": {
        "from": "SELECT * FROM places WHERE listed = 1",
        "id": "place_no",
        "name": "name",
        "kind": _word("kind", LocationKind),
        "active": "open",
        "address": _address("at"),
    },
}
