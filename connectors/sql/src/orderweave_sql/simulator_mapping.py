"""The mapping that reads the simulated shop's tables: every section there is, with places joined in by queries."""

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
