"""What is left of a record when Salesforce B2C Commerce says it. Doing it twice changes nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from orderweave_salesforce_b2c.expressible_goods import expressible_fulfillment, expressible_line
from orderweave_salesforce_b2c.expressible_money import (
    expressible_discounts,
    expressible_payments,
    expressible_totals,
    payment_meaning,
)
from orderweave_salesforce_b2c.searching import floor
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    ChannelKind,
    Customer,
    Header,
    Key,
    OrderRecord,
    Person,
    Place,
    ProductRecord,
    StatusWord,
    StockRecord,
)

SITE = "RefArch"
CURRENCY = "USD"
# Where a record does not say when it came about or changed; the vendor always does.
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
REFERENCES = ("externalOrderNo", "customerOrderReference")

_ORDER: Mapping[str, str] = {
    "DRAFT": "PENDING",
    "PENDING": "PENDING",
    "COMPLETED": "COMPLETED",
    "CANCELED": "CANCELED",
    "EXPIRED": "CANCELED",
    "FAILED": "FAILED",
}
_GOODS: Mapping[str, str] = {
    "FULFILLED": "FULFILLED",
    "DELIVERED": "FULFILLED",
    "PARTIALLY_DELIVERED": "FULFILLED",
    "PARTIALLY_FULFILLED": "PARTIALLY_FULFILLED",
}
_COUNTRY = re.compile(r"[A-Z]{2}")
# Street lines: address1, address2, suite, postBox.
_MOST_LINES = 4


def expressible_order(order: OrderRecord) -> OrderRecord:
    """The order as the Orders API can say it: by its number alone, without what happened when."""
    said = order.header or Header()
    number = order.key("number") or said.number or order.external_id
    currency = said.currency or CURRENCY
    words = {word.axis: word.normalized for word in order.statuses}
    status = _ORDER.get(words.get(Axis.ORDER, ""), "OPEN")
    over = status in ("CANCELED", "FAILED")
    goods = _GOODS.get(words.get(Axis.FULFILLMENT, ""), "CANCELED" if over else "UNFULFILLED")
    paid = payment_meaning(words.get(Axis.PAYMENT, ""), order.payments, over=over)
    lines = tuple(expressible_line(line, currency) for line in order.lines or ())
    changed = floor(order.updated_at or said.updated_at or said.placed_at or LONG_AGO)
    addresses = order.addresses or Addresses()
    return OrderRecord(
        external_id=number,
        keys=(Key("id", number), Key("number", number)),
        references=tuple(_references(order)),
        updated_at=changed,
        statuses=(
            StatusWord(Axis.ORDER, "", status, ""),
            StatusWord(Axis.PAYMENT, "", paid, ""),
            StatusWord(Axis.FULFILLMENT, "", goods, ""),
        ),
        header=Header(
            number=number,
            channel=_channel(said.channel),
            placed_at=floor(said.placed_at or order.updated_at or LONG_AGO),
            updated_at=changed,
            cancel_reason=said.cancel_reason or None,
            currency=currency,
            totals=expressible_totals(said, currency),
            discounts=expressible_discounts(said.discounts, currency),
        ),
        lines=lines,
        customer=_customer(order.customer),
        addresses=Addresses(billing=_address(addresses.billing), shipping=_address(addresses.shipping)),
        payments=expressible_payments(order.payments, paid, currency),
        fulfillment=expressible_fulfillment(order, lines, number=number, goods=goods, over=over),
    )


def _references(order: OrderRecord) -> Iterable[Key]:
    for field in REFERENCES:
        yield from [key for key in order.references if key.namespace == field and key.value][:1]


def _channel(channel: Channel | None) -> Channel:
    kind = channel.kind if channel else ChannelKind.UNKNOWN
    return Channel(code=SITE, kind=ChannelKind.ONLINE_STORE if kind is ChannelKind.UNKNOWN else kind)


def _customer(customer: Customer | None) -> Customer:
    """A person without a telephone; companies stand in addresses."""
    person = customer.person if customer else None
    if person is None or person == Person(phone=person.phone):
        return Customer()
    return Customer(
        person=Person(external_id=person.external_id or None, name=person.name or None, email=person.email or None)
    )


def _address(address: Address | None) -> Address | None:
    if address is None:
        return None
    code = address.country_code or ""
    found = Address(
        name=address.name or None,
        company=address.company or None,
        lines=tuple(line for line in address.lines if line)[:_MOST_LINES],
        city=address.city or None,
        region=address.region or None,
        postal_code=address.postal_code or None,
        country_code=code if _COUNTRY.fullmatch(code) else None,
        phone=address.phone or None,
    )
    return None if found == Address() else found


def expressible_stock(level: StockRecord) -> StockRecord:
    """What an inventory list has in all, and what of it is available to sell."""
    return StockRecord(
        sku=level.sku,
        location=Place(external_id=level.location.external_id),
        on_hand=level.on_hand,
        available=level.available,
    )


def expressible_product(product: ProductRecord) -> ProductRecord:
    """A product, by its SKU alone."""
    return msgspec.structs.replace(
        product,
        external_id=product.sku,
        title=product.title or None,
        gtin=product.gtin or None,
        active=product.active is not False,
        updated_at=None if product.updated_at is None else floor(product.updated_at),
    )
