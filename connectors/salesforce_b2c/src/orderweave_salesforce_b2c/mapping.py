"""From the vendor's words to ours: one order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from orderweave_salesforce_b2c.mapping_goods import fulfillment, fulfillment_word, lines
from orderweave_salesforce_b2c.mapping_money import discounts, payment_word, payments, totals
from orderweave_salesforce_b2c.payloads import AddressPayload, OrderPayload
from orderweave_salesforce_b2c.statuses import STATUSES
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    ChannelKind,
    Customer,
    Facet,
    Header,
    Key,
    OrderRecord,
    Person,
    StatusWord,
    utc,
)

# Kinds of the vendor's channel types; those that are not named are markets of others.
CHANNELS = {
    "storefront": ChannelKind.ONLINE_STORE,
    "subscriptions": ChannelKind.ONLINE_STORE,
    "onlinereservation": ChannelKind.ONLINE_STORE,
    "callcenter": ChannelKind.SALES_DESK,
    "customerservicecenter": ChannelKind.SALES_DESK,
    "dss": ChannelKind.POINT_OF_SALE,
    "store": ChannelKind.POINT_OF_SALE,
    "marketplace": ChannelKind.MARKETPLACE,
    "pinterest": ChannelKind.MARKETPLACE,
    "twitter": ChannelKind.MARKETPLACE,
    "facebookads": ChannelKind.MARKETPLACE,
    "instagramcommerce": ChannelKind.MARKETPLACE,
    "tiktok": ChannelKind.MARKETPLACE,
    "snapchat": ChannelKind.MARKETPLACE,
    "google": ChannelKind.MARKETPLACE,
    "whatsapp": ChannelKind.MARKETPLACE,
    "youtube": ChannelKind.MARKETPLACE,
}


def order_record(order: OrderPayload, facets: frozenset[Facet]) -> OrderRecord:
    """The order with these facets. The vendor's number of an order is its id. Raises BadPayload for a naive time."""
    return OrderRecord(
        external_id=order.order_no,
        keys=(Key("id", order.order_no), Key("number", order.order_no)),
        references=tuple(_references(order)),
        updated_at=_moment(order.last_modified),
        statuses=tuple(_words(order, facets)),
        header=_header(order) if Facet.HEADER in facets else None,
        lines=lines(order) if Facet.LINES in facets else None,
        customer=_customer(order) if Facet.CUSTOMER in facets else None,
        addresses=_addresses(order) if Facet.ADDRESSES in facets else None,
        payments=payments(order) if Facet.PAYMENTS in facets else None,
        fulfillment=fulfillment(order) if Facet.FULFILLMENT in facets else None,
    )


def _moment(moment: datetime | None) -> datetime | None:
    try:
        return None if moment is None else utc(moment)
    except ValueError:
        raise BadPayload("a time without a zone") from None


def _references(order: OrderPayload) -> Iterator[Key]:
    if order.external_order_no:
        yield Key("externalOrderNo", order.external_order_no)
    if order.customer_order_reference:
        yield Key("customerOrderReference", order.customer_order_reference)


def _words(order: OrderPayload, facets: frozenset[Facet]) -> Iterator[StatusWord]:
    said: dict[Facet, Callable[[OrderPayload], StatusWord | None]] = {
        Facet.HEADER: _order_word,
        Facet.PAYMENTS: payment_word,
        Facet.FULFILLMENT: fulfillment_word,
    }
    for facet, word in said.items():
        found = word(order) if facet in facets else None
        if found is not None:
            yield found


def _order_word(order: OrderPayload) -> StatusWord | None:
    return STATUSES.read(Axis.ORDER, order.status) if order.status else None


def _header(order: OrderPayload) -> Header:
    """`placed_at` is when the order was created, by which the vendor sorts; an order that failed was never placed."""
    return Header(
        number=order.order_no,
        channel=_channel(order),
        placed_at=_moment(order.creation_date),
        updated_at=_moment(order.last_modified),
        cancel_reason=order.cancel_code or None,
        currency=order.currency,
        totals=totals(order),
        discounts=discounts(order.order_price_adjustments, order.currency),
    )


def _channel(order: OrderPayload) -> Channel | None:
    if not order.site_id:
        return None
    return Channel(code=order.site_id, kind=CHANNELS.get(order.channel_type or "", ChannelKind.UNKNOWN))


def _customer(order: OrderPayload) -> Customer:
    """A registered customer by number, a guest by the id that was made for the order."""
    info = order.customer_info
    if info is None:
        return Customer()
    person = Person(
        external_id=info.customer_no or info.customer_id or None,
        name=info.customer_name or None,
        email=info.email or None,
    )
    return Customer() if person == Person() else Customer(person=person)


def _addresses(order: OrderPayload) -> Addresses:
    """Shipping is where the first shipment goes; each may go elsewhere."""
    shipping = next((each.shipping_address for each in order.shipments or () if each.shipping_address), None)
    return Addresses(billing=_address(order.billing_address), shipping=_address(shipping))


def _address(said: AddressPayload | None) -> Address | None:
    if said is None:
        return None
    names = " ".join(part for part in (said.first_name, said.last_name) if part)
    found = Address(
        name=said.full_name or names or None,
        company=said.company_name or None,
        lines=tuple(line for line in (said.address1, said.address2, said.suite, said.post_box) if line),
        city=said.city or None,
        region=said.state_code or None,
        postal_code=said.postal_code or None,
        country_code=said.country_code or None,
        phone=said.phone or None,
    )
    return None if found == Address() else found
