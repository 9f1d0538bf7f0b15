"""What this connector declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from orderweave_sdk.records import Facet, SystemKind
from orderweave_vendure.statuses import STATUSES

_EQUAL = frozenset({Operator.EQ, Operator.IN})
# A shop may lower the 1,000 entries that one list may hold by default; a hundred pass with any sane setting.
_IN = Batch(strategy=BatchStrategy.IN_FILTER, size=100)

MANIFEST = Manifest(
    name="vendure",
    title="Vendure",
    version="0.1.0",
    kind=SystemKind.STOREFRONT,
    # No LIST_CHANGES: an order's updatedAt stands still while its state, payments and fulfillments move.
    capabilities=frozenset(
        {
            Capability.FIND_ORDERS,
            Capability.SEARCH_ORDERS,
            Capability.READ_STOCK,
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
            Facet.PAYMENTS,
            Facet.FULFILLMENT,
            Facet.TRACKING,
            Facet.TIMELINE,
        }
    ),
    lookups={"id": _IN, "number": _IN},
    mixed_lookups=True,
    references=(),
    numbers_unique=True,
    stock_batch=_IN,
    tracking_batch=None,
    product_batch=_IN,
    filters={
        SearchField.NUMBER: _EQUAL,
        SearchField.PLACED_AT: frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}),
        SearchField.STATUS: _EQUAL,
        SearchField.FULFILLMENT_STATUS: _EQUAL,
        SearchField.CURRENCY: _EQUAL,
    },
    sorts=frozenset({SearchField.PLACED_AT}),
    page_size=50,
    concurrency=4,
    rate_limit=None,
    max_answer_bytes=32 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=True,
            secret=False,
            description="The server's address without a path, such as https://shop.example.com.",
        ),
        Setting(
            name="admin_path",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            default="admin-api",
            description="The path of the Admin API, as the server's apiOptions.adminApiPath has it.",
        ),
        Setting(
            name="username",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            description="The administrator to sign in as; with `password`, and instead of `api_key`.",
        ),
        Setting(
            name="password",
            kind=SettingKind.TEXT,
            required=False,
            secret=True,
            description="The administrator's password.",
        ),
        Setting(
            name="api_key",
            kind=SettingKind.TEXT,
            required=False,
            secret=True,
            description="An API key, where the server's authOptions.tokenMethod has 'api-key' (Vendure 3.6 or newer).",
        ),
        Setting(
            name="channel",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            description="The token that names the channel, sent as vendure-token; the default channel without it.",
        ),
        Setting(
            name="reference_fields",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            description="The order's custom text fields that hold other systems' numbers, with commas between them.",
        ),
    ),
    statuses=STATUSES,
)


def reference_fields(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The custom fields that the settings name, in their order."""
    named = str(settings.get("reference_fields") or "").split(",")
    return tuple(dict.fromkeys(name.strip() for name in named if name.strip()))


def narrowed(settings: Mapping[str, Any]) -> Manifest:
    """The manifest of one instance: orders are found by the custom fields too that the settings name."""
    fields = reference_fields(settings)
    lookups = {**MANIFEST.lookups, **dict.fromkeys(fields, _IN)}
    return msgspec.structs.replace(MANIFEST, references=fields, lookups=lookups)
