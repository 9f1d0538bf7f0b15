"""Which scopes a field of the schema takes, beside those of the field that leads to it.

A field that stands nowhere here takes what the way to it takes. Every field of `Query`, `Mutation` and `Subscription`
and every one of the types that can be asked for by id stands here; of any other type, those that do not stand here are
named in `tests/access/following.py`, so that a new one without a rule is noticed. A test walks the schema and finds no
way to money, people or provenance around the scope of its kind.

A type that stands here (`Order`) says what its objects take where an interface leads to them.
"""

from __future__ import annotations

from collections.abc import Mapping

from orderweave.model.rights import Rights, Scope

_ORDERS, _INVENTORY = frozenset({Scope.ORDERS}), frozenset({Scope.INVENTORY})
_PERSONAL, _FINANCIALS = frozenset({Scope.PERSONAL}), frozenset({Scope.FINANCIALS})
_TRACKING = frozenset({Scope.TRACKING})
_PROVENANCE, _SYSTEMS = frozenset({Scope.PROVENANCE}), frozenset({Scope.SYSTEMS})
# For whoever may ask at all; what there is to see is decided by what stands below, or by the object itself.
_OPEN: frozenset[Scope] = frozenset()

SCOPES: Mapping[str, frozenset[Scope]] = {
    "Query.order": _ORDERS,
    "Query.orders": _ORDERS,
    "Query.orderAggregates": _ORDERS,
    "Query.inventoryAggregates": _INVENTORY,
    "Query.customer": _ORDERS | _PERSONAL,
    "Query.inventory": _INVENTORY,
    # Where two systems' numbers differ and how old each is: of provenance.
    "Query.oversells": _INVENTORY | _PROVENANCE,
    "Query.product": _INVENTORY,
    "Query.locations": _INVENTORY,
    "Query.systems": _SYSTEMS,
    "Query.statusMappings": _SYSTEMS,
    # Their own rules stand behind them: a token opens one order, and a guest has none before.
    "Query.trackedOrder": _TRACKING,
    "Mutation.trackOrder": _TRACKING,
    # It leads to words of carriers.
    "Mutation.trackingLink": _ORDERS | _PERSONAL,
    "Mutation.revokeTracking": _ORDERS,
    "Subscription.trackedOrderUpdated": _TRACKING,
    "Subscription.orderUpdated": _ORDERS,
    "Subscription.shipmentUpdated": _ORDERS,
    "Subscription.inventoryChanged": _INVENTORY,
    "Subscription.oversellsChanged": _INVENTORY | _PROVENANCE,
    # Who asked for it decides, and of what it is asked; both stand in `answering/exports.py`.
    "Query.export": _OPEN,
    "Mutation.exportCreate": _OPEN,
    "Mutation.exportCancel": _OPEN,
    "Query.node": _OPEN,
    "Query.nodes": _OPEN,
    "Query._entities": _OPEN,
    "Query._service": _OPEN,
    "Order": _ORDERS,
    "Order.id": _OPEN,
    "Order.sources": _PROVENANCE,
    "Order.conflicts": _PROVENANCE,
    "Order.freshness": _ORDERS,
    "Order.number": _ORDERS,
    "Order.identifiers": _PROVENANCE,
    "Order.channel": _ORDERS,
    "Order.origin": _ORDERS,
    "Order.status": _ORDERS,
    "Order.paymentStatus": _ORDERS,
    "Order.fulfillmentStatus": _ORDERS,
    "Order.returnStatus": _ORDERS,
    "Order.invoiceStatus": _ORDERS,
    "Order.sourceStatuses": _PROVENANCE,
    "Order.placedAt": _ORDERS,
    "Order.updatedAt": _ORDERS,
    "Order.canceledAt": _ORDERS,
    "Order.closedAt": _ORDERS,
    "Order.cancelReason": _ORDERS,
    "Order.archived": _ORDERS,
    "Order.customer": _PERSONAL,
    "Order.company": _PERSONAL,
    "Order.purchaseOrderNumber": _ORDERS,
    "Order.paymentTerms": _FINANCIALS,
    "Order.billingAddress": _PERSONAL,
    "Order.shippingAddress": _PERSONAL,
    "Order.currency": _ORDERS,
    "Order.presentmentCurrency": _ORDERS,
    "Order.totals": _FINANCIALS,
    "Order.discounts": _FINANCIALS,
    "Order.taxes": _FINANCIALS,
    "Order.lines": _ORDERS,
    "Order.fulfillmentOrders": _ORDERS,
    "Order.shipments": _ORDERS,
    "Order.payments": _FINANCIALS,
    "Order.adjustments": _FINANCIALS,
    "Order.invoices": _FINANCIALS,
    "Order.returns": _ORDERS,
    # Why a business holds an order back (a suspicion of fraud, say) is not for the one who placed it.
    "Order.holds": _PROVENANCE,
    "FulfillmentOrder.holds": _PROVENANCE,
    "Order.timeline": _ORDERS,
    # The words of a business's own systems may say the same (fraud_review).
    "FulfillmentOrder.rawStatus": _PROVENANCE,
    "Shipment.rawStatus": _PROVENANCE,
    "Package.rawStatus": _PROVENANCE,
    "Payment.rawStatus": _PROVENANCE,
    "Transaction.rawKind": _PROVENANCE,
    "Transaction.rawStatus": _PROVENANCE,
    "Invoice.rawStatus": _PROVENANCE,
    "Return.rawStatus": _PROVENANCE,
    # Words that people typed, about people: a carrier's say who signed for a parcel.
    "TimelineEntry.message": _PERSONAL,
    "Refund.note": _PERSONAL,
    "TrackingEvent.message": _PERSONAL,
    "OrderLine.unitPrice": _FINANCIALS,
    "OrderLine.total": _FINANCIALS,
    "OrderLine.discounts": _FINANCIALS,
    "OrderLine.taxes": _FINANCIALS,
    # Who may not see amounts may not see sums of them either.
    "OrderGroup.totalSum": _FINANCIALS,
    "OrderGroup.totalAverage": _FINANCIALS,
    "OrderGroup.totalMin": _FINANCIALS,
    "OrderGroup.totalMax": _FINANCIALS,
    "OrderGroup.paidSum": _FINANCIALS,
    "OrderGroup.refundedSum": _FINANCIALS,
    "OrderGroup.dueSum": _FINANCIALS,
    "OrderGroup.taxSum": _FINANCIALS,
    "OrderGroup.shippingSum": _FINANCIALS,
    "OrderGroup.discountSum": _FINANCIALS,
    "Customer": _ORDERS | _PERSONAL,
    "Customer.id": _OPEN,
    "Customer.name": _PERSONAL,
    "Customer.email": _PERSONAL,
    "Customer.phone": _PERSONAL,
    "Customer.company": _PERSONAL,
    "Customer.orders": _ORDERS,
    "Product": _INVENTORY,
    "Product.id": _OPEN,
    "Product.sku": _INVENTORY,
    "Product.title": _INVENTORY,
    "Product.gtin": _INVENTORY,
    "Product.active": _INVENTORY,
    "Product.systems": _PROVENANCE,
    "Location": _INVENTORY,
    "Location.id": _OPEN,
    "Location.name": _OPEN,
    "Location.kind": _OPEN,
    "Location.systems": _PROVENANCE,
    "InventoryLevel.sources": _PROVENANCE,
    "InventoryLevel.conflicts": _PROVENANCE,
    "ExpectedReceipt.number": _PROVENANCE,
    "ExpectedReceipt.source": _PROVENANCE,
}


def may_see(type_name: str, rights: Rights) -> bool:
    """Whether objects of a type may be shown where an interface leads to them."""
    return SCOPES.get(type_name, _OPEN) <= rights.scopes
