"""What this connector declares."""

from __future__ import annotations

from orderweave_sdk.manifest import (
    Batch,
    BatchStrategy,
    Capability,
    Manifest,
    OrderPrice,
    RateLimit,
    Setting,
    SettingKind,
)
from orderweave_sdk.records import Axis, Facet, SystemKind
from orderweave_sdk.statuses import StatusMap
from orderweave_shiphero.credits import (
    CREDITS_PER_SECOND,
    MOST_CREDITS,
    ORDERS_A_PAGE,
    PRODUCT_COST,
    STOCK_COST,
    aliases_a_request,
    look_up_cost,
)

FACETS = frozenset(
    {Facet.HEADER, Facet.LINES, Facet.ADDRESSES, Facet.FULFILLMENT, Facet.TRACKING, Facet.HOLDS},
)

# The fields in which ShipHero keeps other systems' order numbers; both are look-ups, too.
REFERENCES = ("order_number", "partner_order_id")

# One field, `fulfillment_status`, speaks of two axes. The vendor names these words; a shop may add its own, and
# those read as UNKNOWN. An order that is shipped is still OPEN: the warehouse does not know of its money.
STATUSES = StatusMap.of(
    "2022-04",
    {
        Axis.ORDER: {
            "pending": "OPEN",
            "default": "OPEN",
            "unfulfilled": "OPEN",
            "fulfilled": "OPEN",
            "canceled": "CANCELED",
        },
        Axis.FULFILLMENT: {
            "pending": "UNFULFILLED",
            "default": "UNFULFILLED",
            "unfulfilled": "UNFULFILLED",
            "fulfilled": "FULFILLED",
            "canceled": "CANCELED",
        },
        Axis.SHIPMENT: {"valid": "LABEL_CREATED"},
        Axis.HOLD_REASON: {
            "fraud_hold": "FRAUD_RISK",
            "payment_hold": "AWAITING_PAYMENT",
            "address_hold": "INCORRECT_ADDRESS",
            "operator_hold": "MANUAL_REVIEW",
            "shipping_method_hold": "OTHER",
            "client_hold": "OTHER",
            "hold_until_date": "OTHER",
        },
    },
)


def _aliases(cost: int) -> Batch:
    return Batch(strategy=BatchStrategy.ALIAS, size=aliases_a_request(cost, MOST_CREDITS))


def _added_by(facet: Facet) -> int:
    """Credits that a facet adds to one look-up. Lines are counted for both facets that select them: at most so much."""
    return look_up_cost("order_number", frozenset({facet})) - look_up_cost("order_number", frozenset())


MANIFEST = Manifest(
    name="shiphero",
    title="ShipHero",
    version="0.1.0",
    kind=SystemKind.WMS,
    capabilities=frozenset(
        {
            Capability.FIND_ORDERS,
            Capability.LIST_CHANGES,
            Capability.READ_STOCK,
            Capability.FIND_PRODUCTS,
            Capability.LIST_LOCATIONS,
            Capability.LIST_SKUS,
            Capability.RECEIVE_WEBHOOKS,
            Capability.REGISTER_WEBHOOKS,
        }
    ),
    facets=FACETS,
    # As many keys as one request holds when every facet is wanted.
    lookups={by: _aliases(look_up_cost(by, FACETS)) for by in ("id", *REFERENCES)},
    mixed_lookups=True,
    references=REFERENCES,
    numbers_unique=False,
    stock_batch=_aliases(STOCK_COST),
    tracking_batch=None,
    product_batch=_aliases(PRODUCT_COST),
    filters={},
    sorts=frozenset(),
    page_size=ORDERS_A_PAGE,
    concurrency=4,
    rate_limit=RateLimit(
        units="credits",
        burst=MOST_CREDITS,
        per_second=CREDITS_PER_SECOND,
        orders=OrderPrice(
            call=look_up_cost("order_number", frozenset()),
            facets={facet: _added_by(facet) for facet in FACETS},
            most=MOST_CREDITS,
        ),
    ),
    max_answer_bytes=16 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=True,
            secret=False,
            description="The API's host, without /graphql; https://public-api.shiphero.com in production.",
        ),
        Setting(
            name="refresh_token",
            kind=SettingKind.TEXT,
            required=True,
            secret=True,
            description="The refresh token of an API user; access tokens are made from it.",
        ),
        Setting(
            name="webhook_secrets",
            kind=SettingKind.TEXT,
            required=False,
            secret=True,
            description="The webhooks' shared signature secrets, each webhook's own, separated by spaces.",
        ),
    ),
    statuses=STATUSES,
)
