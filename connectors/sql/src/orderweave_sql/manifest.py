"""What this connector declares: all that a mapping could give, and what one mapping does give."""

from __future__ import annotations

import msgspec

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
from orderweave_sdk.records import FACET_OF_AXIS, Facet, SystemKind
from orderweave_sdk.statuses import StatusMap
from orderweave_sql.conditions import FIELD_OF
from orderweave_sql.database_map import DatabaseMap
from orderweave_sql.vocabulary import REFERENCES, STATUS_FIELDS, facet_of_order_field

ROW_LIMIT = 10_000
STATEMENT_SECONDS = 10

_KEYS = Batch(strategy=BatchStrategy.IN_FILTER, size=100)
_SKUS = Batch(strategy=BatchStrategy.IN_FILTER, size=250)

_EQUAL = frozenset({Operator.EQ, Operator.IN, Operator.NE, Operator.NOT_IN})
_ORDERED = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_AMONG = frozenset({Operator.EQ, Operator.IN})

MANIFEST = Manifest(
    name="sql",
    title="Database by mapping",
    version="0.1.0",
    kind=SystemKind.DATABASE,
    capabilities=frozenset(
        {
            Capability.FIND_ORDERS,
            Capability.SEARCH_ORDERS,
            Capability.LIST_CHANGES,
            Capability.READ_STOCK,
            Capability.FIND_PRODUCTS,
            Capability.LIST_LOCATIONS,
            Capability.LIST_SKUS,
        }
    ),
    facets=frozenset(Facet),
    lookups={"id": _KEYS, "number": _KEYS, "reference": _KEYS},
    mixed_lookups=False,
    references=("reference",),
    numbers_unique=False,
    stock_batch=_SKUS,
    tracking_batch=None,
    product_batch=_SKUS,
    filters={
        SearchField.NUMBER: _EQUAL,
        SearchField.PLACED_AT: _ORDERED,
        SearchField.UPDATED_AT: _ORDERED,
        SearchField.STATUS: _EQUAL,
        SearchField.PAYMENT_STATUS: _EQUAL,
        SearchField.FULFILLMENT_STATUS: _EQUAL,
        SearchField.INVOICE_STATUS: _EQUAL,
        SearchField.RETURN_STATUS: _EQUAL,
        SearchField.CHANNEL: _EQUAL,
        SearchField.CURRENCY: _EQUAL,
        SearchField.TOTAL: _ORDERED,
        SearchField.CUSTOMER_EMAIL: _EQUAL,
        SearchField.CUSTOMER_ID: _EQUAL,
        SearchField.PURCHASE_ORDER_NUMBER: _EQUAL,
        SearchField.SKU: _AMONG,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT, SearchField.TOTAL, SearchField.NUMBER}),
    page_size=100,
    concurrency=4,
    rate_limit=None,
    max_answer_bytes=64 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.TEXT,
            required=True,
            secret=True,
            description="The database's address, such as postgresql://reader:password@host/orders.",
        ),
        Setting(
            name="mapping",
            kind=SettingKind.TABLE,
            required=True,
            secret=False,
            description="Which tables and columns mean what; see the connector's README.",
        ),
        Setting(
            name="row_limit",
            kind=SettingKind.INTEGER,
            required=False,
            secret=False,
            description="Rows that one statement may give; more is an error.",
            default=ROW_LIMIT,
        ),
        Setting(
            name="statement_seconds",
            kind=SettingKind.INTEGER,
            required=False,
            secret=False,
            description="Seconds that one statement may take; the caller's deadline may be sooner.",
            default=STATEMENT_SECONDS,
        ),
    ),
    statuses=StatusMap(version="0", documented={}, words={}),
)


def narrowed(database: DatabaseMap) -> Manifest:
    """The manifest of one mapping."""
    columns = database.orders.columns if database.orders else {}
    named = {name for name, column in columns.items() if column.names}
    lookups = {"id": _KEYS} if "id" in named else {}
    if "number" in named:
        lookups["number"] = _KEYS
    references = tuple(name for name in database.references if f"{REFERENCES}{name}" in named)
    lookups |= dict.fromkeys(references, _KEYS)
    filters = {field: operators for field, operators in MANIFEST.filters.items() if FIELD_OF.get(field) in columns}
    lines = database.sections.get("lines")
    if lines is not None and "sku" in lines.columns:
        filters[SearchField.SKU] = MANIFEST.filters[SearchField.SKU]
    sorts = frozenset(sort for sort in MANIFEST.sorts if FIELD_OF[sort] in named)
    capabilities = {
        Capability.FIND_ORDERS: bool(lookups),
        Capability.SEARCH_ORDERS: bool(sorts),
        Capability.LIST_CHANGES: "updated_at" in named,
        Capability.READ_STOCK: "stock" in database.sections,
        Capability.FIND_PRODUCTS: "products" in database.sections,
        Capability.LIST_LOCATIONS: "locations" in database.sections,
        Capability.LIST_SKUS: "stock" in database.sections,
    }
    return msgspec.structs.replace(
        MANIFEST,
        capabilities=frozenset(capability for capability, given in capabilities.items() if given),
        facets=_facets(database),
        lookups=lookups,
        references=references,
        numbers_unique=database.numbers_unique and "number" in named,
        stock_batch=MANIFEST.stock_batch if "stock" in database.sections else None,
        product_batch=MANIFEST.product_batch if "products" in database.sections else None,
        filters=filters,
        sorts=sorts,
        statuses=database.statuses(),
    )


# The section with which each facet stands, where it is not in the order's own row.
_SECTIONS_OF: dict[Facet, tuple[str, ...]] = {
    Facet.LINES: ("lines",),
    Facet.PAYMENTS: ("payments", "refunds"),
    Facet.INVOICES: ("invoices",),
    Facet.FULFILLMENT: ("fulfillment_orders", "shipments", "progress"),
    Facet.TRACKING: ("events",),
    Facet.RETURNS: ("returns",),
    Facet.HOLDS: ("holds",),
    Facet.TIMELINE: ("timeline",),
}


def _facets(database: DatabaseMap) -> frozenset[Facet]:
    """The header always; another facet when a section, a status word or a column of it is mapped."""
    if database.orders is None:
        return frozenset()
    found = {facet for facet, sections in _SECTIONS_OF.items() if any(name in database.sections for name in sections)}
    found |= {FACET_OF_AXIS[axis] for axis, field in STATUS_FIELDS.items() if field in database.orders.columns}
    found |= {facet for name in database.orders.columns if (facet := facet_of_order_field(name)) is not None}
    return frozenset(found | {Facet.HEADER})
