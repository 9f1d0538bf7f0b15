"""What this connector declares."""

from __future__ import annotations

from orderweave_sdk.manifest import (
    Batch,
    BatchStrategy,
    Capability,
    Manifest,
    Operator,
    SearchField,
    Setting,
    SettingKind,
)
from orderweave_sdk.records import Axis, Facet, SystemKind
from orderweave_sdk.statuses import StatusMap

STATUSES = StatusMap.of(
    "1",
    {
        Axis.ORDER: {
            "draft": "DRAFT",
            "quotation": "PENDING",
            "confirmed": "OPEN",
            "processing": "OPEN",
            "done": "COMPLETED",
            "cancelled": "CANCELED",
        },
        # The sale's shipment_state. "waiting" says that a shipment is planned, not that anybody works on it.
        # "exception" is a canceled move about which a person has to decide: nothing goes on before.
        Axis.FULFILLMENT: {
            "none": "UNFULFILLED",
            "waiting": "UNFULFILLED",
            "partially shipped": "PARTIALLY_FULFILLED",
            "sent": "FULFILLED",
            "exception": "ON_HOLD",
        },
        # The sale's invoice_state, with "/to invoice" while the sale says that something is left to be invoiced.
        # "pending" is an invoice in draft, so nothing is billed; "exception" is a canceled invoice and may be both.
        Axis.INVOICE: {
            "none": "NOT_INVOICED",
            "pending": "NOT_INVOICED",
            "awaiting payment": "INVOICED",
            "awaiting payment/to invoice": "PARTIALLY_INVOICED",
            "partially paid": "INVOICED",
            "partially paid/to invoice": "PARTIALLY_INVOICED",
            "paid": "INVOICED",
            "paid/to invoice": "PARTIALLY_INVOICED",
            "exception": "UNKNOWN",
        },
        # A return is a sale of its own: its state and, while it is processed, how far its goods came back.
        Axis.RETURN: {
            "draft": "REQUESTED",
            "quotation": "REQUESTED",
            "confirmed": "OPEN",
            "processing/none": "OPEN",
            "processing/waiting": "OPEN",
            "processing/partially shipped": "PARTIALLY_RECEIVED",
            "processing/sent": "RECEIVED",
            "processing/exception": "OPEN",
            "done": "CLOSED",
            "cancelled": "CANCELED",
        },
        # A stock.shipment.out as a plan.
        Axis.FULFILLMENT_ORDER: {
            "draft": "OPEN",
            "waiting": "OPEN",
            "assigned": "ALLOCATED",
            "picked": "PICKING",
            "packed": "PACKED",
            "shipped": "CLOSED",
            "done": "CLOSED",
            "cancelled": "CANCELED",
        },
        # A stock.shipment.out as a fact: it left our hands. "done" closes the paper and says nothing of a delivery.
        Axis.SHIPMENT: {"packed": "PENDING", "shipped": "PICKED_UP", "done": "PICKED_UP"},
        Axis.INVOICE_DOCUMENT: {
            "draft": "DRAFT",
            "validated": "DRAFT",
            "posted": "POSTED",
            "paid": "PAID",
            "cancelled": "CANCELED",
        },
    },
)

_WORDS = frozenset({Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN})
_RANGES = frozenset({Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_ONE_OF = frozenset({Operator.EQ, Operator.IN})
_HUNDRED = Batch(strategy=BatchStrategy.IN_FILTER, size=100)

MANIFEST = Manifest(
    name="tryton",
    title="Tryton",
    version="0.1.0",
    kind=SystemKind.ERP,
    capabilities=frozenset(
        {
            Capability.FIND_ORDERS,
            Capability.SEARCH_ORDERS,
            Capability.LIST_CHANGES,
            Capability.READ_STOCK,
            Capability.READ_RECEIPTS,
            Capability.FIND_PRODUCTS,
            Capability.LIST_LOCATIONS,
            Capability.LIST_SKUS,
        }
    ),
    facets=frozenset(
        {
            Facet.HEADER,
            Facet.LINES,
            Facet.CUSTOMER,
            Facet.ADDRESSES,
            Facet.INVOICES,
            Facet.FULFILLMENT,
            Facet.RETURNS,
        }
    ),
    lookups={"id": _HUNDRED, "number": _HUNDRED, "reference": _HUNDRED},
    mixed_lookups=True,
    references=("reference",),
    numbers_unique=True,
    stock_batch=_HUNDRED,
    tracking_batch=None,
    product_batch=_HUNDRED,
    filters={
        SearchField.NUMBER: _WORDS,
        SearchField.PLACED_AT: _RANGES,
        SearchField.UPDATED_AT: _RANGES,
        SearchField.STATUS: _WORDS,
        SearchField.FULFILLMENT_STATUS: _WORDS,
        SearchField.INVOICE_STATUS: _WORDS,
        SearchField.CURRENCY: _WORDS,
        SearchField.CUSTOMER_EMAIL: _ONE_OF,
        SearchField.CUSTOMER_ID: _ONE_OF,
        SearchField.SKU: _ONE_OF,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT}),
    page_size=100,
    concurrency=4,
    rate_limit=None,
    max_answer_bytes=16 * 1024 * 1024,
    settings=(
        Setting(
            name="url", kind=SettingKind.URL, required=True, secret=False, description="The server, without a path."
        ),
        Setting(
            name="database", kind=SettingKind.TEXT, required=True, secret=False, description="The database's name."
        ),
        Setting(name="user", kind=SettingKind.TEXT, required=True, secret=False, description="A login of its own."),
        Setting(name="password", kind=SettingKind.TEXT, required=True, secret=True, description="Its password."),
        Setting(
            name="company_category",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            description="The party category that marks companies; a party with a tax identifier is one in any case.",
        ),
    ),
    statuses=STATUSES,
)
