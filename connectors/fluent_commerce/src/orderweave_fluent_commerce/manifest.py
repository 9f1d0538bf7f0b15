"""What this connector declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderweave_fluent_commerce.operations import ORDERS_A_QUERY, ROWS_A_PAGE
from orderweave_fluent_commerce.statuses import STATUSES
from orderweave_sdk.manifest import Batch, BatchStrategy, Capability, Manifest, Setting, SettingKind
from orderweave_sdk.records import Facet, SystemKind

_LIST = Batch(strategy=BatchStrategy.LIST, size=ORDERS_A_QUERY)


def _text(name: str, description: str, *, required: bool = False, secret: bool = False) -> Setting:
    return Setting(name=name, kind=SettingKind.TEXT, required=required, secret=secret, description=description)


MANIFEST = Manifest(
    name="fluent_commerce",
    title="Fluent Commerce",
    version="0.1.0",
    kind=SystemKind.OMS,
    capabilities=frozenset(
        {
            Capability.FIND_ORDERS,
            Capability.LIST_CHANGES,
            Capability.READ_STOCK,
            Capability.FIND_PRODUCTS,
            Capability.LIST_LOCATIONS,
            Capability.LIST_SKUS,
            Capability.RECEIVE_WEBHOOKS,
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
            Facet.RETURNS,
        }
    ),
    lookups={
        "id": Batch(strategy=BatchStrategy.ALIAS, size=ORDERS_A_QUERY),
        "ref": _LIST,
        "fulfilment_ref": _LIST,
    },
    mixed_lookups=False,
    references=("ref", "fulfilment_ref"),
    numbers_unique=False,
    stock_batch=Batch(strategy=BatchStrategy.LIST, size=ROWS_A_PAGE),
    tracking_batch=None,
    product_batch=Batch(strategy=BatchStrategy.LIST, size=ROWS_A_PAGE),
    filters={},
    sorts=frozenset(),
    page_size=ORDERS_A_QUERY,
    concurrency=4,
    rate_limit=None,
    max_answer_bytes=32 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=True,
            secret=False,
            description="The account's API host without a path, such as https://ACCOUNT.api.fluentretail.com.",
        ),
        _text("client_id", "The account's API client.", required=True),
        _text("client_secret", "The API client's secret.", required=True, secret=True),
        _text("username", "The user to sign in as.", required=True),
        _text("password", "The user's password.", required=True, secret=True),
        _text(
            "account",
            "The account's id, where the host does not begin with it: sent as fluent.account, and named by webhooks.",
        ),
        Setting(
            name="retailer_id",
            kind=SettingKind.INTEGER,
            required=False,
            secret=False,
            description="The retailer whose orders are read; without it, all that the user may see.",
        ),
        _text("reference_attributes", "Attributes of orders that hold other systems' numbers, with commas between."),
        _text("inventory_catalogue", "The inventory catalogue whose positions are the stock; all of them without it."),
        _text("virtual_catalogue", "The virtual catalogue, of type BASE, that says what may be sold at each location."),
        _text("product_catalogue", "The product catalogue in which SKUs are looked up; all of them without it."),
        _text(
            "webhook_public_keys",
            "Fluent's public keys that sign webhooks, of the account's region: PEM or base64, separated by spaces.",
        ),
    ),
    statuses=STATUSES,
)


def reference_attributes(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The attributes that the settings name, in their order."""
    named = str(settings.get("reference_attributes") or "").split(",")
    return tuple(dict.fromkeys(name.strip() for name in named if name.strip()))


def narrowed(settings: Mapping[str, Any]) -> Manifest:
    """The manifest of one instance: attributes that the settings name are references too, but no look-ups."""
    references = (*MANIFEST.references, *reference_attributes(settings))
    return msgspec.structs.replace(MANIFEST, references=references)
