"""What this connector declares."""

from __future__ import annotations

from orderweave_extensiv.statuses import STATUSES
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

FACETS = frozenset({Facet.HEADER, Facet.LINES, Facet.ADDRESSES, Facet.FULFILLMENT, Facet.HOLDS})

# The fields in which Extensiv keeps others' order numbers; all are look-ups, too.
REFERENCES = ("referenceNum", "poNum", "externalId")

_EQUAL = frozenset({Operator.EQ, Operator.IN})
_RANGE = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
# As many usual numbers as fit into one address; longer ones are split over several calls (`rql.fitting`).
_IN = Batch(strategy=BatchStrategy.IN_FILTER, size=100)


def _setting(
    name: str,
    description: str,
    kind: SettingKind = SettingKind.TEXT,
    *,
    required: bool = False,
    secret: bool = False,
    default: str | None = None,
) -> Setting:
    return Setting(name=name, kind=kind, required=required, secret=secret, description=description, default=default)


MANIFEST = Manifest(
    name="extensiv",
    title="Extensiv 3PL Warehouse Manager",
    version="0.1.0",
    kind=SystemKind.WMS,
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
    lookups=dict.fromkeys(("id", *REFERENCES), _IN),
    mixed_lookups=True,
    references=REFERENCES,
    numbers_unique=False,
    stock_batch=_IN,
    tracking_batch=None,
    product_batch=_IN,
    filters={
        SearchField.PLACED_AT: _RANGE,
        SearchField.UPDATED_AT: _RANGE,
        SearchField.STATUS: _EQUAL,
        SearchField.PURCHASE_ORDER_NUMBER: _EQUAL,
        SearchField.SKU: _EQUAL,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT}),
    page_size=100,
    concurrency=4,
    # The vendor documents no quota; a 429 is heeded all the same.
    rate_limit=None,
    max_answer_bytes=16 * 1024 * 1024,
    settings=(
        _setting(
            "url",
            "The API's host, without a path; https://secure-wms.com in production.",
            SettingKind.URL,
            required=True,
        ),
        _setting("client_id", "The client id of a REST credential.", required=True),
        _setting("client_secret", "The secret of that credential.", required=True, secret=True),
        _setting("user_login", "The user for whom tokens are made, by login (the 3PL Warehouse Manager ID)."),
        _setting("user_login_id", "The same user by number, for credentials that want it so.", SettingKind.INTEGER),
        _setting("tpl", "The warehouse company's GUID, for credentials that are not bound to one company."),
        _setting(
            "customer_id",
            "The customer of the warehouse company whose orders and items these are.",
            SettingKind.INTEGER,
            required=True,
        ),
        _setting(
            "time_zone",
            "The IANA name of the zone in which the times are meant, which Extensiv writes without one.",
            default="UTC",
        ),
    ),
    statuses=STATUSES,
)
