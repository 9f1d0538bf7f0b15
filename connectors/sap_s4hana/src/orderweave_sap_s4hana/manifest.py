"""What this connector declares."""

from __future__ import annotations

from orderweave_sap_s4hana.statuses import STATUSES
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

CUSTOMER_REFERENCE = "PurchaseOrderByCustomer"
SHIP_TO_REFERENCE = "PurchaseOrderByShipToParty"
EXTERNAL_DOCUMENT = "ExternalDocumentID"
# The fields that hold others' numbers, with the most characters that they take.
REFERENCES = {CUSTOMER_REFERENCE: 35, SHIP_TO_REFERENCE: 35, EXTERNAL_DOCUMENT: 40}
# Header fields of a delivery in which companies keep its tracking number: SAP has no field of that name.
TRACKING_FIELDS = ("BillOfLading", "MeansOfTransport", "DeliveryDocumentBySupplier")
PLACES = ("plant", "storage_location")

_WORDS = frozenset({Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN})
_RANGES = frozenset({Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
_HUNDRED = Batch(strategy=BatchStrategy.OR_CHAIN, size=100)


def _setting(
    name: str,
    description: str,
    *,
    kind: SettingKind = SettingKind.TEXT,
    required: bool = False,
    secret: bool = False,
    default: str | None = None,
) -> Setting:
    return Setting(name=name, kind=kind, required=required, secret=secret, description=description, default=default)


MANIFEST = Manifest(
    name="sap_s4hana",
    title="SAP S/4HANA",
    version="0.1.0",
    kind=SystemKind.ERP,
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
    facets=frozenset(
        {
            Facet.HEADER,
            Facet.LINES,
            Facet.CUSTOMER,
            Facet.ADDRESSES,
            Facet.INVOICES,
            Facet.FULFILLMENT,
            Facet.HOLDS,
        }
    ),
    lookups={"id": _HUNDRED, "number": _HUNDRED, **dict.fromkeys(REFERENCES, _HUNDRED)},
    mixed_lookups=True,
    references=tuple(REFERENCES),
    numbers_unique=True,
    stock_batch=_HUNDRED,
    tracking_batch=None,
    product_batch=_HUNDRED,
    filters={
        SearchField.NUMBER: _WORDS,
        SearchField.PLACED_AT: _RANGES,
        SearchField.UPDATED_AT: _RANGES,
        SearchField.STATUS: _WORDS,
        SearchField.CHANNEL: _WORDS,
        SearchField.CURRENCY: _WORDS,
        SearchField.PURCHASE_ORDER_NUMBER: _WORDS,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT}),
    page_size=100,
    concurrency=4,
    rate_limit=None,
    max_answer_bytes=32 * 1024 * 1024,
    settings=(
        _setting(
            "url",
            "The system with its scheme, and with what stands before /sap/opu/odata, if anything does.",
            kind=SettingKind.URL,
            required=True,
        ),
        _setting("user", "The communication user, for basic authentication."),
        _setting("password", "Its password.", secret=True),
        _setting("oauth_url", "The token endpoint, for OAuth 2.0 client credentials.", kind=SettingKind.URL),
        _setting("client_id", "The OAuth client."),
        _setting("client_secret", "Its secret.", secret=True),
        _setting("client", "The SAP client of three digits (sap-client), where it is not the system's default."),
        _setting("language", "The language of texts, as two letters (sap-language).", default="EN"),
        _setting(
            "time_zone",
            "The system's time zone by its IANA name: SAP keeps the day on which an order was made, and no time.",
            default="UTC",
        ),
        _setting("places", "What a place is: plant, or storage_location (plant/storage location).", default=PLACES[0]),
        _setting(
            "tracking_field",
            f"The delivery's field in which tracking numbers are kept: {', '.join(TRACKING_FIELDS)}.",
            default=TRACKING_FIELDS[0],
        ),
    ),
    statuses=STATUSES,
)
