"""Records as the vendor's documents, with all that its contract demands of them. Records must be expressible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from orderweave_salesforce_b2c.expressible import SITE
from orderweave_salesforce_b2c.mapping_catalog import DEFAULT
from orderweave_salesforce_b2c.searching import on_wire
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    ChannelKind,
    Discount,
    Fulfillment,
    Header,
    Line,
    Money,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    ProductRecord,
    Shipment,
    StockRecord,
    Totals,
    TransactionStatus,
)

Document = dict[str, Any]

_STATUS = {"PENDING": "created", "OPEN": "new", "COMPLETED": "completed", "CANCELED": "cancelled", "FAILED": "failed"}
_PAYMENT = {"PAID": "paid", "PARTIALLY_PAID": "part_paid"}
_SHIPPING = {"FULFILLED": "shipped", "PARTIALLY_FULFILLED": "part_shipped"}
_CHANNEL = {
    ChannelKind.ONLINE_STORE: "storefront",
    ChannelKind.SALES_DESK: "callcenter",
    ChannelKind.POINT_OF_SALE: "store",
    ChannelKind.MARKETPLACE: "marketplace",
}
_OK, _ERROR = {"status": 0, "code": "OK"}, {"status": 1, "code": "ERROR"}
_ENDED = {TransactionStatus.SUCCESS: _OK, TransactionStatus.FAILURE: _ERROR}
_ENDED_BY_STATUS = {PaymentStatus.AUTHORIZED: _OK, PaymentStatus.FAILED: _ERROR}
_STREET = ("address1", "address2", "suite", "postBox")
_EAN_DIGITS = 13


def order_document(order: OrderRecord) -> Document:
    """An order. Fields that are never read are there too, so that they are seen to be passed over."""
    header = order.header or Header()
    words = {word.axis: word.normalized for word in order.statuses}
    person = order.customer.person if order.customer else None
    addresses = order.addresses or Addresses()
    totals = header.totals or Totals()
    subtotal, discount = totals.subtotal, totals.discount
    shipments, shipment_of = _shipments(order.fulfillment or Fulfillment(), addresses.shipping)
    return _filled(
        orderNo=order.external_id,
        siteId=SITE,
        channelType=_CHANNEL[header.channel.kind if header.channel else ChannelKind.ONLINE_STORE],
        createdBy="Customer",
        creationDate=header.placed_at and on_wire(header.placed_at),
        placeDate=header.placed_at and on_wire(header.placed_at),
        lastModified=order.updated_at and on_wire(order.updated_at),
        status=_STATUS[words[Axis.ORDER]],
        paymentStatus=_PAYMENT.get(words[Axis.PAYMENT], "not_paid"),
        shippingStatus=_SHIPPING.get(words[Axis.FULFILLMENT], "not_shipped"),
        confirmationStatus="confirmed",
        exportStatus="exported",
        cancelCode=header.cancel_reason,
        currency=header.currency,
        taxation="net",
        orderTotal=_amount(totals.total),
        productSubTotal=_amount(subtotal),
        productTotal=subtotal.amount - discount.amount if subtotal and discount else None,
        shippingTotal=_amount(totals.shipping),
        taxTotal=_amount(totals.tax),
        orderPriceAdjustments=list(map(_adjustment, header.discounts)),
        billingAddress=_address(addresses.billing),
        customerInfo=_filled(
            customerId=person.external_id and f"guest{person.external_id}",
            customerNo=person.external_id,
            customerName=person.name,
            email=person.email,
            guest=False,
        )
        if person
        else {},
        productItems=[
            _item(line, shipment_of.get(line.external_id, shipments[0]["shipmentId"]), position)
            for position, line in enumerate(order.lines or (), start=1)
        ],
        shipments=shipments,
        paymentInstruments=[_instrument(each) for each in (order.payments or Payments()).payments],
        **{key.namespace: key.value for key in order.references},
    )


def _filled(**fields: Any) -> Document:
    """Without what is empty, as the vendor leaves it out."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _amount(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


def _adjustment(discount: Discount) -> Document:
    return _filled(
        promotionId=discount.code or discount.title,
        itemText=discount.title,
        couponCode=discount.code,
        basePrice=None if discount.amount is None else -discount.amount.amount,
    )


def _item(line: Line, shipment_id: str, position: int) -> Document:
    return _filled(
        itemId=line.external_id,
        productId=line.sku,
        productName=line.title,
        position=position,
        quantity=line.quantity.current,
        shipmentId=shipment_id,
        basePrice=_amount(line.unit_price),
        priceAfterItemDiscount=_amount(line.total),
        priceAdjustments=list(map(_adjustment, line.discounts)),
        taxRate=sum((tax.rate or Decimal(0) for tax in line.taxes), Decimal(0)),
        taxItems=[_filled(id=tax.title, rate=tax.rate, value=_amount(tax.amount)) for tax in line.taxes],
    )


def _shipments(fulfillment: Fulfillment, to: Address | None) -> tuple[list[Document], Mapping[str, str]]:
    """The shipments, the first of which is called "me", and which of them each line goes with."""
    sent = {each.external_id: each for each in fulfillment.shipments}
    documents, shipment_of = [], {}
    for place, plan in enumerate(fulfillment.fulfillment_orders):
        own_id = f"shipment{place}" if place else "me"
        shipment_of.update({goods.line_id: own_id for goods in plan.lines if goods.line_id})
        documents.append(
            _filled(
                shipmentId=own_id,
                shipmentNo=plan.external_id,
                gift=False,
                shippingAddress=_address(to),
                shippingMethod={"id": "001"},
                shippingStatus="shipped" if plan.external_id in sent else "not_shipped",
                trackingNumber=_tracking(sent.get(plan.external_id)),
            )
        )
    return documents, shipment_of


def _tracking(shipment: Shipment | None) -> str | None:
    return shipment.packages[0].tracking_number if shipment and shipment.packages else None


def _address(address: Address | None) -> Document | None:
    if address is None:
        return None
    return _filled(
        fullName=address.name,
        companyName=address.company,
        city=address.city,
        stateCode=address.region,
        postalCode=address.postal_code,
        countryCode=address.country_code,
        phone=address.phone,
        **dict(zip(_STREET, address.lines, strict=False)),
    )


def _instrument(payment: Payment) -> Document:
    """A means of payment; its transaction is there where something is to be said of it."""
    (moved, *_) = (*payment.transactions, None)
    amount = moved.amount if moved else payment.authorized
    ended = _ENDED.get(moved.status) if moved else _ENDED_BY_STATUS.get(payment.status)
    return _filled(
        paymentInstrumentId=payment.external_id,
        paymentMethodId=payment.method,
        paymentTransaction=_filled(
            amount=_amount(amount),
            transactionId=moved.external_id if moved else None,
            authorizationStatus=ended,
        )
        or None,
    )


def product_document(product: ProductRecord) -> Document:
    """A product of the simplest type."""
    gtin = product.gtin or ""
    return _filled(
        id=product.sku,
        name={DEFAULT: product.title} if product.title else None,
        ean=gtin if len(gtin) == _EAN_DIGITS else None,
        upc=gtin if len(gtin) != _EAN_DIGITS else None,
        onlineFlag={DEFAULT: product.active is not False},
        lastModified=product.updated_at and on_wire(product.updated_at),
        type={"master": False, "item": True},
    )


def availability_document(sku: str, levels: Iterable[StockRecord]) -> Document:
    """One product in some inventory lists."""
    return {
        "id": sku,
        "inventories": [
            _filled(
                id=level.location.external_id,
                ats=level.available,
                stockLevel=level.on_hand,
                orderable=bool(level.available),
                backorderable=False,
                preorderable=False,
            )
            for level in levels
        ],
    }
