"""What this connector declares."""

from __future__ import annotations

from orderweave_salesforce_b2c.signing_in import ACCOUNT_MANAGER
from orderweave_salesforce_b2c.statuses import STATUSES
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
from orderweave_sdk.records import Facet, SystemKind

_EQUAL = frozenset({Operator.EQ, Operator.IN})
_RANGE = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
# There is no list of orders by their numbers: one request an order, at most so many for one question.
_EACH = Batch(strategy=BatchStrategy.NONE, size=20)

# Products in one answer of the Shopper Availability API, and inventory lists beside each.
MOST_AVAILABLE, MOST_LISTS = 24, 5


def _text(name: str, description: str, *, secret: bool = False, required: bool = False) -> Setting:
    return Setting(name=name, kind=SettingKind.TEXT, required=required, secret=secret, description=description)


MANIFEST = Manifest(
    name="salesforce_b2c",
    title="Salesforce B2C Commerce",
    version="0.1.0",
    kind=SystemKind.STOREFRONT,
    capabilities=frozenset(
        {
            Capability.FIND_ORDERS,
            Capability.SEARCH_ORDERS,
            Capability.LIST_CHANGES,
            Capability.READ_STOCK,
            Capability.FIND_PRODUCTS,
            Capability.LIST_SKUS,
        }
    ),
    facets=frozenset({Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES, Facet.PAYMENTS, Facet.FULFILLMENT}),
    lookups={"id": _EACH, "number": _EACH},
    mixed_lookups=True,
    references=("externalOrderNo", "customerOrderReference"),
    numbers_unique=True,
    stock_batch=Batch(strategy=BatchStrategy.LIST, size=MOST_AVAILABLE),
    tracking_batch=None,
    product_batch=Batch(strategy=BatchStrategy.IN_FILTER, size=100),
    filters={
        SearchField.PLACED_AT: _RANGE,
        SearchField.UPDATED_AT: _RANGE,
        SearchField.STATUS: _EQUAL,
        SearchField.PAYMENT_STATUS: _EQUAL,
        SearchField.FULFILLMENT_STATUS: _EQUAL,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT}),
    page_size=100,
    concurrency=8,
    # Reads of single orders in 60 seconds (throttle rates of the vendor's guide), shared by all of an organization.
    rate_limit=RateLimit.window("requests", 4000, 60),
    max_answer_bytes=32 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=True,
            secret=False,
            description="The address of the Commerce API: https://<short code>.api.commercecloud.salesforce.com.",
        ),
        _text("organization_id", "The organization's id: f_ecom_, the realm, _ and the instance.", required=True),
        _text("site_id", "The site whose orders belong to this system, such as RefArch.", required=True),
        _text("client_id", "The id of an API client of Account Manager.", required=True),
        _text("client_secret", "That client's password.", secret=True, required=True),
        Setting(
            name="account_manager_url",
            kind=SettingKind.URL,
            required=False,
            secret=False,
            default=ACCOUNT_MANAGER,
            description="Where Account Manager is.",
        ),
        Setting(
            name="products",
            kind=SettingKind.BOOLEAN,
            required=False,
            secret=False,
            default=True,
            description="Whether the client may read products (scope sfcc.products).",
        ),
        _text("slas_client_id", "The id of a private client of SLAS, for what the shop has available."),
        _text("slas_client_secret", "That client's secret.", secret=True),
        _text("inventory_ids", "The inventory lists that are places with stock, separated by commas."),
    ),
    statuses=STATUSES,
)
