"""What this connector declares: all that an API could give, and what one API does give by its mapping."""

from __future__ import annotations

import msgspec

from orderweave_rest.api_map import ApiMap, BatchStyle, Filter, Request
from orderweave_rest.vocabulary import STATUSES, TABLE_OF_FACET
from orderweave_sdk.manifest import (
    Batch,
    BatchStrategy,
    Capability,
    Manifest,
    Operator,
    RateLimit,
    SearchField,
    Setting,
    SettingKind,
)
from orderweave_sdk.records import FACET_OF_AXIS, Facet, SystemKind
from orderweave_sdk.statuses import StatusMap

# Keys of one call, and items of one page, at most.
MOST_KEYS = 100
MOST_ITEMS = 250

_KEYS = Batch(strategy=BatchStrategy.LIST, size=MOST_KEYS)
# What no mapping speaks of.
_NOT_MAPPED = {Capability.READ_RECEIPTS, Capability.RECEIVE_WEBHOOKS, Capability.REGISTER_WEBHOOKS}
_AMONG = frozenset({Operator.EQ, Operator.IN})
_LOWER = frozenset({Operator.GT, Operator.GTE})
_UPPER = frozenset({Operator.LT, Operator.LTE})

MANIFEST = Manifest(
    name="rest",
    title="REST API by mapping",
    version="0.1.0",
    kind=SystemKind.OMS,
    capabilities=frozenset(Capability) - _NOT_MAPPED,
    facets=frozenset(Facet),
    lookups={"id": _KEYS, "number": _KEYS, "reference": _KEYS},
    mixed_lookups=False,
    references=("reference",),
    numbers_unique=False,
    stock_batch=_KEYS,
    tracking_batch=_KEYS,
    product_batch=_KEYS,
    filters={
        SearchField.NUMBER: _AMONG,
        SearchField.PLACED_AT: _LOWER | _UPPER,
        SearchField.UPDATED_AT: _LOWER | _UPPER,
        SearchField.STATUS: _AMONG,
        SearchField.PAYMENT_STATUS: _AMONG,
        SearchField.FULFILLMENT_STATUS: _AMONG,
        SearchField.CHANNEL: _AMONG,
        SearchField.CURRENCY: _AMONG,
        SearchField.CUSTOMER_EMAIL: _AMONG,
        SearchField.CUSTOMER_ID: _AMONG,
        SearchField.PURCHASE_ORDER_NUMBER: _AMONG,
        SearchField.SKU: _AMONG,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT, SearchField.TOTAL, SearchField.NUMBER}),
    page_size=MOST_ITEMS,
    concurrency=4,
    rate_limit=None,
    max_answer_bytes=32 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=True,
            secret=False,
            description="Where the API is, with the part that all its paths share: https://orders.example.com/api/v2.",
        ),
        Setting(
            name="secret",
            kind=SettingKind.TEXT,
            required=False,
            secret=True,
            description="The API key, password, token or client secret that api.auth speaks of.",
        ),
        Setting(
            name="api",
            kind=SettingKind.TABLE,
            required=True,
            secret=False,
            description="Which requests there are and what the answers mean; see docs/connectors/rest.md.",
        ),
    ),
    statuses=StatusMap(version="0", documented={}, words={}),
)

# The fields that only some times, amounts and texts can be compared by: bounds, or equality.
BOUNDED = frozenset(field for field, operators in MANIFEST.filters.items() if operators & _LOWER)


def narrowed(api: ApiMap) -> Manifest:
    """The manifest of one mapping."""
    search, orders = api.search, api.order is not None
    given = {
        Capability.FIND_ORDERS: orders and bool(api.lookups),
        Capability.SEARCH_ORDERS: orders and search is not None,
        Capability.LIST_CHANGES: orders and api.changes is not None,
        Capability.READ_STOCK: api.stock is not None,
        Capability.READ_TRACKING: api.tracking is not None,
        Capability.FIND_PRODUCTS: api.products is not None,
        Capability.LIST_LOCATIONS: api.locations is not None,
        Capability.LIST_SKUS: api.skus is not None,
    }
    pages = [request.paging.size for request in (search and search.request, api.changes) if request and request.paging]
    return msgspec.structs.replace(
        MANIFEST,
        kind=api.kind,
        capabilities=frozenset(capability for capability, there in given.items() if there),
        facets=_facets(api),
        lookups={name: _batch(request) for name, request in api.lookups.items()} if orders else {},
        references=api.references,
        numbers_unique=api.numbers_unique,
        stock_batch=_batch(api.stock.request) if api.stock else None,
        tracking_batch=_batch(api.tracking.request) if api.tracking else None,
        product_batch=_batch(api.products.request) if api.products else None,
        filters={field: _operators(told) for field, told in search.filters.items()} if search else {},
        sorts=frozenset(search.sorts) if search else frozenset(),
        page_size=min(pages, default=MOST_ITEMS),
        concurrency=api.concurrency,
        rate_limit=RateLimit.window("requests", *api.rate) if api.rate else None,
        statuses=api.statuses(),
    )


def _batch(request: Request) -> Batch:
    batch = request.batch
    assert batch is not None
    strategy = BatchStrategy.NONE if batch.style is BatchStyle.ONE else BatchStrategy.LIST
    return Batch(strategy=strategy, size=batch.size)


def _operators(told: Filter) -> frozenset[Operator]:
    found: set[Operator] = set()
    if told.equal is not None:
        found |= _AMONG if told.several is not None else {Operator.EQ}
    if told.from_ is not None:
        found |= _LOWER
    if told.to is not None:
        found |= _UPPER
    return frozenset(found)


def _facets(api: ApiMap) -> frozenset[Facet]:
    """The header always; another facet when its table or its status word is mapped."""
    if api.order is None:
        return frozenset()
    found = {facet for facet, name in TABLE_OF_FACET.items() if name in api.order.fields}
    statuses = api.order.table("statuses")
    found |= {FACET_OF_AXIS[STATUSES[name]] for name in (statuses.fields if statuses else ())}
    if api.field("fulfillment", "shipments", "packages", "events") is not None:
        found.add(Facet.TRACKING)
    return frozenset(found | {Facet.HEADER})
