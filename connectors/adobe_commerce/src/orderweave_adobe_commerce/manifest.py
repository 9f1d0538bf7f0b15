"""What this connector declares."""

from __future__ import annotations

from orderweave_adobe_commerce.statuses import STATUSES
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

_EQUAL = frozenset({Operator.EQ, Operator.IN})
_RANGE = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
# The vendor states no bound of a list; this one keeps an address well under the 8 KB that web servers take.
_IN = Batch(strategy=BatchStrategy.IN_FILTER, size=100)

# The most items a page where a shop limits them and does not say otherwise.
MOST_ITEMS = 300

FACETS = frozenset(Facet) - {Facet.TRACKING}


def _text(name: str, description: str, *, secret: bool = False, required: bool = False) -> Setting:
    return Setting(name=name, kind=SettingKind.TEXT, required=required, secret=secret, description=description)


MANIFEST = Manifest(
    name="adobe_commerce",
    title="Adobe Commerce",
    version="0.1.0",
    kind=SystemKind.STOREFRONT,
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
    facets=FACETS,
    lookups={"id": _IN, "number": _IN, "ext_order_id": _IN, "original_increment_id": _IN},
    mixed_lookups=True,
    references=("ext_order_id", "original_increment_id", "po_number"),
    numbers_unique=True,
    stock_batch=_IN,
    tracking_batch=None,
    product_batch=_IN,
    filters={
        SearchField.NUMBER: _EQUAL,
        SearchField.PLACED_AT: _RANGE,
        SearchField.UPDATED_AT: _RANGE,
        SearchField.STATUS: _EQUAL,
        SearchField.CURRENCY: _EQUAL,
        SearchField.CUSTOMER_EMAIL: _EQUAL,
        SearchField.CUSTOMER_ID: _EQUAL,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT}),
    page_size=100,
    concurrency=4,
    rate_limit=None,
    max_answer_bytes=32 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=True,
            secret=False,
            description="The shop's address (PaaS), or that of the REST API with the tenant's id (SaaS).",
        ),
        _text("access_token", "The access token of an integration (PaaS and Open Source).", secret=True),
        _text("username", "An admin user without a second factor, in place of access_token."),
        _text("password", "That user's password.", secret=True),
        _text("client_id", "The client id of a server-to-server credential (SaaS)."),
        _text("client_secret", "The secret of that credential.", secret=True),
        _text("organization_id", "The IMS organization that the instance belongs to (SaaS)."),
        Setting(
            name="ims_url",
            kind=SettingKind.URL,
            required=False,
            secret=False,
            default="https://ims-na1.adobelogin.com",
            description="Adobe's identity service (SaaS).",
        ),
        Setting(
            name="store_code",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            default="all",
            description="The store view whose names of products are read, as in /rest/<store_code>/V1 (PaaS).",
        ),
        _text("store_ids", "Ids of the store views whose orders belong to this system, separated by commas; else all."),
        Setting(
            name="amounts",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            default="base",
            description="Whose amounts count: base (the website's currency) or order (the customer's).",
        ),
        Setting(
            name="page_size",
            kind=SettingKind.INTEGER,
            required=False,
            secret=False,
            default=MOST_ITEMS,
            description="The most items of a page, for shops that limit them (Web API input limits) to fewer.",
        ),
        _text("website", "The code of the website whose salable quantities are read beside the sources' stock."),
        Setting(
            name="returns",
            kind=SettingKind.BOOLEAN,
            required=False,
            secret=False,
            default=True,
            description="Whether there are returns (RMA). Magento Open Source has none.",
        ),
    ),
    statuses=STATUSES,
)
