"""The unified words: every status axis and kind that Orderweave speaks.

Each enum has UNKNOWN: a vendor word that nobody mapped becomes UNKNOWN beside its raw form, never a guess.
"""

from __future__ import annotations

from enum import StrEnum


class SystemKind(StrEnum):
    """What kind of system a connector speaks to; the default authority tables are written in these."""

    STOREFRONT = "STOREFRONT"
    ERP = "ERP"
    WMS = "WMS"
    OMS = "OMS"
    CARRIER = "CARRIER"
    PAYMENT_PROVIDER = "PAYMENT_PROVIDER"
    DATABASE = "DATABASE"


class Facet(StrEnum):
    """A part of an order that systems deliver as a whole; the unit of planning, fetching and authority."""

    HEADER = "HEADER"
    LINES = "LINES"
    CUSTOMER = "CUSTOMER"
    ADDRESSES = "ADDRESSES"
    PAYMENTS = "PAYMENTS"
    INVOICES = "INVOICES"
    FULFILLMENT = "FULFILLMENT"
    TRACKING = "TRACKING"
    RETURNS = "RETURNS"
    HOLDS = "HOLDS"
    TIMELINE = "TIMELINE"


class Axis(StrEnum):
    """A status axis. One word never speaks for two axes: billed is not paid, completed is not delivered."""

    ORDER = "ORDER"
    PAYMENT = "PAYMENT"
    FULFILLMENT = "FULFILLMENT"
    RETURN = "RETURN"
    INVOICE = "INVOICE"
    # The axes below describe a part of an order; their words stay on that part.
    FULFILLMENT_ORDER = "FULFILLMENT_ORDER"
    SHIPMENT = "SHIPMENT"
    INVOICE_DOCUMENT = "INVOICE_DOCUMENT"
    PAYMENT_PART = "PAYMENT_PART"
    RETURN_PART = "RETURN_PART"
    TRANSACTION_KIND = "TRANSACTION_KIND"
    TRANSACTION_STATUS = "TRANSACTION_STATUS"
    HOLD_REASON = "HOLD_REASON"
    DELIVERY_METHOD = "DELIVERY_METHOD"


class OrderStatus(StrEnum):
    """Where the order as a whole stands."""

    DRAFT = "DRAFT"
    PENDING = "PENDING"
    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"


class PaymentStatus(StrEnum):
    """How far the order, or one payment, is paid."""

    NOT_REQUIRED = "NOT_REQUIRED"
    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    PARTIALLY_AUTHORIZED = "PARTIALLY_AUTHORIZED"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    OVERPAID = "OVERPAID"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
    DISPUTED = "DISPUTED"
    UNKNOWN = "UNKNOWN"


class FulfillmentStatus(StrEnum):
    """How far the goods are on their way. DELIVERED comes only from a carrier or a proof of delivery."""

    NOT_REQUIRED = "NOT_REQUIRED"
    UNFULFILLED = "UNFULFILLED"
    SCHEDULED = "SCHEDULED"
    ON_HOLD = "ON_HOLD"
    BACKORDERED = "BACKORDERED"
    IN_PROGRESS = "IN_PROGRESS"
    READY_FOR_PICKUP = "READY_FOR_PICKUP"
    PARTIALLY_FULFILLED = "PARTIALLY_FULFILLED"
    FULFILLED = "FULFILLED"
    PARTIALLY_DELIVERED = "PARTIALLY_DELIVERED"
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"


class FulfillmentOrderStatus(StrEnum):
    """Where one planned fulfillment stands."""

    OPEN = "OPEN"
    SCHEDULED = "SCHEDULED"
    ON_HOLD = "ON_HOLD"
    ALLOCATED = "ALLOCATED"
    RELEASED = "RELEASED"
    PICKING = "PICKING"
    PACKED = "PACKED"
    CLOSED = "CLOSED"
    REJECTED = "REJECTED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"


class ShipmentStatus(StrEnum):
    """The milestone that a shipment, a package or a tracking event speaks of.

    A connector says DELIVERED for what a carrier, a proof of delivery or the customer's collection witnessed, and for
    nothing else: goods that staff or a program marked as delivered are IN_TRANSIT, and the raw word tells more.
    """

    PENDING = "PENDING"
    LABEL_CREATED = "LABEL_CREATED"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    DELAYED = "DELAYED"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    AVAILABLE_FOR_PICKUP = "AVAILABLE_FOR_PICKUP"
    ATTEMPTED_DELIVERY = "ATTEMPTED_DELIVERY"
    DELIVERED = "DELIVERED"
    EXCEPTION = "EXCEPTION"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    LOST = "LOST"
    EXPIRED = "EXPIRED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"


class LineStatus(StrEnum):
    """Where one line stands, derived from its quantities."""

    PROCESSING = "PROCESSING"
    PARTIAL = "PARTIAL"
    FULFILLED = "FULFILLED"
    DELIVERED = "DELIVERED"
    REMOVED = "REMOVED"
    UNKNOWN = "UNKNOWN"


class InvoiceStatus(StrEnum):
    """How far the order is invoiced. Billed is not paid."""

    NOT_INVOICED = "NOT_INVOICED"
    PARTIALLY_INVOICED = "PARTIALLY_INVOICED"
    INVOICED = "INVOICED"
    UNKNOWN = "UNKNOWN"


class InvoiceDocumentStatus(StrEnum):
    """Where one invoice stands."""

    DRAFT = "DRAFT"
    POSTED = "POSTED"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"


class ReturnStatus(StrEnum):
    """Where one return, or the order's returns together, stand."""

    REQUESTED = "REQUESTED"
    OPEN = "OPEN"
    PARTIALLY_RECEIVED = "PARTIALLY_RECEIVED"
    RECEIVED = "RECEIVED"
    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"


class HoldReason(StrEnum):
    """Why something may not go on."""

    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    FRAUD_RISK = "FRAUD_RISK"
    INCORRECT_ADDRESS = "INCORRECT_ADDRESS"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    AWAITING_RETURN = "AWAITING_RETURN"
    UNKNOWN_DELIVERY_DATE = "UNKNOWN_DELIVERY_DATE"
    APPROVAL = "APPROVAL"
    CREDIT = "CREDIT"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class DeliveryMethod(StrEnum):
    """How the goods reach the customer. Ship-from-store is SHIPPING from a location of kind STORE."""

    SHIPPING = "SHIPPING"
    STORE_PICKUP = "STORE_PICKUP"
    CURBSIDE = "CURBSIDE"
    LOCKER = "LOCKER"
    PICKUP_POINT = "PICKUP_POINT"
    LOCAL_DELIVERY = "LOCAL_DELIVERY"
    DIGITAL = "DIGITAL"
    IN_STORE = "IN_STORE"
    UNKNOWN = "UNKNOWN"


class LocationKind(StrEnum):
    """What kind of place holds stock or hands out goods."""

    WAREHOUSE = "WAREHOUSE"
    STORE = "STORE"
    SUPPLIER = "SUPPLIER"
    VIRTUAL = "VIRTUAL"
    UNKNOWN = "UNKNOWN"


class ChannelKind(StrEnum):
    """Where an order was captured."""

    ONLINE_STORE = "ONLINE_STORE"
    MARKETPLACE = "MARKETPLACE"
    POINT_OF_SALE = "POINT_OF_SALE"
    SALES_DESK = "SALES_DESK"
    UNKNOWN = "UNKNOWN"


class TransactionKind(StrEnum):
    """What a payment transaction did."""

    AUTHORIZATION = "AUTHORIZATION"
    CAPTURE = "CAPTURE"
    SALE = "SALE"
    REFUND = "REFUND"
    VOID = "VOID"
    UNKNOWN = "UNKNOWN"


class TransactionStatus(StrEnum):
    """How a payment transaction ended."""

    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


# The enum that each axis speaks; a status map is checked against it.
WORDS_OF_AXIS: dict[Axis, type[StrEnum]] = {
    Axis.ORDER: OrderStatus,
    Axis.PAYMENT: PaymentStatus,
    Axis.FULFILLMENT: FulfillmentStatus,
    Axis.RETURN: ReturnStatus,
    Axis.INVOICE: InvoiceStatus,
    Axis.FULFILLMENT_ORDER: FulfillmentOrderStatus,
    Axis.SHIPMENT: ShipmentStatus,
    Axis.INVOICE_DOCUMENT: InvoiceDocumentStatus,
    Axis.PAYMENT_PART: PaymentStatus,
    Axis.RETURN_PART: ReturnStatus,
    Axis.TRANSACTION_KIND: TransactionKind,
    Axis.TRANSACTION_STATUS: TransactionStatus,
    Axis.HOLD_REASON: HoldReason,
    Axis.DELIVERY_METHOD: DeliveryMethod,
}

# The facet with which a whole-order status word travels.
FACET_OF_AXIS: dict[Axis, Facet] = {
    Axis.ORDER: Facet.HEADER,
    Axis.PAYMENT: Facet.PAYMENTS,
    Axis.FULFILLMENT: Facet.FULFILLMENT,
    Axis.RETURN: Facet.RETURNS,
    Axis.INVOICE: Facet.INVOICES,
}
