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
    "2",
    {
        # The order's state. Odoo has no word for an order that is over: "done" (until 16) and the lock (from 17) only
        # say that it may no longer be edited. Where such an order has nothing left to deliver and nothing left to
        # invoice, it is "/finished" here.
        Axis.ORDER: {
            "draft": "DRAFT",
            "sent": "PENDING",
            "sale": "OPEN",
            "sale/locked": "OPEN",
            "sale/locked/finished": "COMPLETED",
            "done": "OPEN",
            "done/finished": "COMPLETED",
            "cancel": "CANCELED",
        },
        # The order's delivery_status (from 16), "none" where it is empty: there is no transfer, or none that stands.
        # "started" is a transfer done within the warehouse while nothing has left it. Before 16 the same is made of
        # the transfers' states. "none" alone is not for ever: behind it stands what leaves nothing to be sent.
        Axis.FULFILLMENT: {
            "none": "UNFULFILLED",
            "none/canceled": "CANCELED",
            "none/services": "NOT_REQUIRED",
            "pending": "UNFULFILLED",
            "started": "IN_PROGRESS",
            "partial": "PARTIALLY_FULFILLED",
            "full": "FULFILLED",
        },
        # The order's invoice_status, with "/billed" where it says that something may be left and a posted invoice is
        # there. "no" is also said of what is delivered later; "upselling" is more delivered than was invoiced in full.
        Axis.INVOICE: {
            "no": "NOT_INVOICED",
            "no/billed": "PARTIALLY_INVOICED",
            "to invoice": "NOT_INVOICED",
            "to invoice/billed": "PARTIALLY_INVOICED",
            "invoiced": "INVOICED",
            "upselling": "INVOICED",
        },
        # The state of a transfer that brings goods back.
        Axis.RETURN: {
            "draft": "REQUESTED",
            "waiting": "OPEN",
            "confirmed": "OPEN",
            "assigned": "OPEN",
            "done": "RECEIVED",
            "cancel": "CANCELED",
        },
        # The state of a transfer that sends goods, as a plan. "waiting" is for another transfer, "confirmed" for goods.
        Axis.FULFILLMENT_ORDER: {
            "draft": "OPEN",
            "waiting": "OPEN",
            "confirmed": "OPEN",
            "assigned": "ALLOCATED",
            "done": "CLOSED",
            "cancel": "CANCELED",
        },
        # The same as a fact: done is gone from our hands, and says nothing of a delivery.
        Axis.SHIPMENT: {"done": "PICKED_UP"},
        # An invoice's state, and what is paid of it once it is posted. "in_payment" is paid and not yet seen at the
        # bank; Odoo's own portal calls it paid. "reversed" is taken back by a credit note.
        Axis.INVOICE_DOCUMENT: {
            "draft": "DRAFT",
            "posted/not_paid": "POSTED",
            "posted/blocked": "POSTED",
            "posted/partial": "PARTIALLY_PAID",
            "posted/in_payment": "PAID",
            "posted/paid": "PAID",
            "posted/reversed": "CANCELED",
            "posted/invoicing_legacy": "UNKNOWN",
            "cancel": "CANCELED",
        },
    },
)

_WORDS = frozenset({Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN})
_RANGES = frozenset({Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_ONE_OF = frozenset({Operator.EQ, Operator.IN})
_HUNDRED = Batch(strategy=BatchStrategy.IN_FILTER, size=100)
# Nothing of these without the modules that the settings `stock` and `invoices` stand for.
STOCK_FACETS = frozenset({Facet.FULFILLMENT, Facet.RETURNS})
STOCK_CAPABILITIES = frozenset(
    {Capability.READ_STOCK, Capability.READ_RECEIPTS, Capability.LIST_LOCATIONS, Capability.LIST_SKUS}
)


def _setting(
    name: str,
    kind: SettingKind,
    description: str,
    *,
    required: bool = False,
    secret: bool = False,
    default: str | bool | None = None,
) -> Setting:
    return Setting(name=name, kind=kind, required=required, secret=secret, description=description, default=default)


MANIFEST = Manifest(
    name="odoo",
    title="Odoo",
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
    lookups={"id": _HUNDRED, "number": _HUNDRED, "client_order_ref": _HUNDRED, "origin": _HUNDRED},
    mixed_lookups=True,
    references=("client_order_ref", "origin"),
    numbers_unique=True,
    stock_batch=_HUNDRED,
    tracking_batch=None,
    product_batch=_HUNDRED,
    filters={
        SearchField.NUMBER: _WORDS,
        SearchField.PLACED_AT: _RANGES,
        SearchField.UPDATED_AT: _RANGES,
        SearchField.STATUS: _ONE_OF,
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
        _setting("url", SettingKind.URL, "The server, without a path.", required=True),
        _setting("database", SettingKind.TEXT, "The database's name.", required=True),
        _setting("api_key", SettingKind.TEXT, "An API key of that user.", required=True, secret=True),
        _setting("login", SettingKind.TEXT, "The user's login; JSON-RPC (before 19) needs it, JSON-2 does not."),
        _setting("api", SettingKind.TEXT, "json2 or jsonrpc; without it the server is asked for its version once."),
        _setting(
            "companies", SettingKind.TEXT, 'Ids of the companies to look at, such as "1, 3"; by default the user\'s.'
        ),
        _setting("language", SettingKind.TEXT, "In which names are told.", default="en_US"),
        _setting("walk_in_customer", SettingKind.INTEGER, "Id of the partner that stands for nobody in particular."),
        _setting("stock", SettingKind.BOOLEAN, "Whether sale_stock is installed and readable.", default=True),
        _setting("invoices", SettingKind.BOOLEAN, "Whether the user may read invoices.", default=True),
        _setting(
            "numbers_unique",
            SettingKind.BOOLEAN,
            "Whether an order number names one order; false where companies number by themselves.",
            default=True,
        ),
    ),
    statuses=STATUSES,
)
