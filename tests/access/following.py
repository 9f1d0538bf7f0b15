"""Fields that take no scope of their own, type by type, under what the types take that they belong to.

A field of the schema stands in `orderweave.model.access`, with its scopes, or here: somebody has looked at it and said
that whoever may come to its type may see it. A new field that stands in neither fails a test, and so does a new way to
a type that takes less than what is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from orderweave.model.rights import Scope

# Each way to a type takes at least one of these sets of scopes.
Ways: TypeAlias = frozenset[frozenset[Scope]]


def ways(*taken: str) -> Ways:
    """The least that the ways to a type take, such as "orders:read + orders:personal"; "" takes nothing."""
    return frozenset(frozenset(map(Scope, filter(None, each.split(" + ")))) for each in taken)


FOLLOWING: Mapping[Ways, Mapping[str, str]] = {
    ways("orders:read"): {
        "ChangeSeen": "cursor at changed",
        "Eta": "from to source",
        "FulfillmentOrder": "id status location method fulfillAt fulfillBy lines",
        "LineQuantity": "lineId sku quantity",
        "Order": "",
        "OrderConnection": "edges nodes pageInfo coverage totalCount",
        "OrderEdge": "cursor node",
        "OrderGroup": "keys count customerCount lineQuantitySum lineQuantityAverage "
        "totalKnown paidKnown refundedKnown dueKnown taxKnown shippingKnown discountKnown",
        "OrderGroups": "groups totalCount pageInfo coverage",
        "OrderLine": "id sku gtin title parentLineId unit quantity status",
        "OrderLineConnection": "edges nodes pageInfo totalCount",
        "OrderLineEdge": "cursor node",
        "OrderUpdate": "cursor at changed gap changes order",
        "Package": ("carrier trackingNumber trackingUrl status eta promisedBy onTime lastCheckedAt lines events"),
        "Return": "status number createdAt lines id",
        "ReturnLine": "sku quantity reason",
        "Shipment": "id number status location shippedAt deliveredAt isReturn lines packages source",
        "ShipmentUpdate": "cursor at changed gap changes shipments order",
        "TimelineEntry": "occurredAt kind system",
        "TrackingEvent": "occurredAt recordedAt status rawCode location",
        "TrackingRevocation": "revokedBefore shared",
    },
    ways("orders:read + orders:personal"): {
        "Address": "name company lines city region postalCode countryCode phone",
        "Company": "id name taxId",
        "Customer": "",
        "TrackingLink": "url token expiresAt",
    },
    ways("orders:read + orders:financials"): {
        "Discount": "title code amount",
        "Invoice": "number status issuedAt dueAt total paid due id",
        "Money": "amount currency",
        "OrderTotals": (
            "subtotal discount shipping tax duties fees total paid refunded due computedTotal roundingDifference"
        ),
        "Payment": "status method authorized captured refunded transactions id",
        "Refund": "amount createdAt id",
        "TaxLine": "title rate amount",
        "Transaction": "externalId kind status amount processedAt gateway",
    },
    ways("orders:read + orders:provenance"): {
        "Hold": "reason raw placedAt releasedAt",
        "Identifier": "namespace value",
        "SourceStatus": "system axis raw normalized mappingVersion",
    },
    ways("orders:read", "inventory:read"): {
        "Channel": "code name kind",
        "Coverage": "complete sources",
        "Freshness": "asOf maxAgeSeconds stale missing unmet",
        "GroupKey": "field value",
        "Location": "",
        "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
        "SourceCoverage": "system ok from to truncated error",
        "SourceIssue": "system reason message facets",
    },
    ways("orders:read + orders:provenance", "inventory:read + orders:provenance"): {
        "FieldConflict": "path winner rule values",
        "SourceRecord": "system kind externalId number url fetchedAt sourceUpdatedAt stale via",
        "SystemValue": "system value sourceUpdatedAt",
    },
    ways("orders:read", "tracking:read"): {
        "Carrier": "code name",
        "LineQuantities": "ordered canceled current allocated backordered picked shipped delivered returned",
    },
    ways("inventory:read"): {
        "ChannelStock": "channel available promises listed excess availableToPromise",
        "DatedQuantity": "quantity asOf ageSeconds sourceUpdatedAt stale",
        "ExpectedReceipt": "location quantity expectedAt overdue promised",
        "InventoryGroup": (
            "keys count skuCount onHandSum availableToSellSum committedSum reservedSum incomingSum safetyStockSum"
        ),
        "InventoryGroups": "groups totalCount pageInfo coverage",
        "InventoryItem": (
            "sku title onHand committed incoming availableToSell levels listings promises expected channels "
            "freshness availableToPromise"
        ),
        "InventoryLevel": (
            "location onHand available committed reserved incoming safetyStock damaged qualityControl "
            "availableToSell promises expected counted availableToPromise"
        ),
        "InventoryUpdate": "cursor at changed gap items",
        "Listing": "channel quantity oversold",
        "Product": "",
        "Promise": "availableFrom quantity",
    },
    ways("inventory:read + orders:provenance"): {
        "Oversell": "sku title channel listed available excess",
        "OversellReport": "oversells checked unjudged missing nextCursor",
        "OversellUpdate": "cursor at changed gap oversells unjudged",
    },
    ways("tracking:read"): {
        "TrackOrderResult": "access",
        "TrackedEta": "from to",
        "TrackedEvent": "occurredAt status message location",
        "TrackedFreshness": "asOf stale incomplete",
        "TrackedGoods": "title quantity",
        "TrackedLine": "title sku quantity toCome",
        "TrackedMilestone": "kind occurredAt",
        "TrackedOrder": "number placedAt status fulfillmentStatus lines shipments pickups milestones freshness access",
        "TrackedOrderUpdate": "cursor at gap order",
        "TrackedPackage": "carrier trackingNumber trackingUrl status promisedBy eta onTime lines events",
        "TrackedPickup": "status state method location readyBy lines",
        "TrackedShipment": "id status isPickup shippedAt deliveredAt lines packages",
        "TrackingAccess": "token expiresAt",
    },
    ways("systems:read"): {
        "Breaker": "operation state since retryAt reason",
        "Quota": "units available maximum perSecond shared waiting",
        "StatusMapping": "system axis raw normalized mappingVersion",
        "System": (
            "name title kind connector connectorVersion capabilities facets capturesOrders healthy lastSuccessAt "
            "lastErrorAt lastError lastReason calls failures inFlight waiting retries hedges notAsked heldBack "
            "breakers quota unknownWords"
        ),
        "UnknownWord": "word count",
    },
    ways(""): {
        "Export": "id state table format rows expectedRows createdAt finishedAt expiresAt error files manifestUrl",
        "ExportFile": "name url rows bytes sha256",
        "_Service": "sdl",
    },
}
