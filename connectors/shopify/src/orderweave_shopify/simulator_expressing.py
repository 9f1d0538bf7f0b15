"""What is left of a record when Shopify says it: whole numbers, its own enums, its fields that are never empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    Customer,
    Discount,
    Happening,
    Header,
    Key,
    Line,
    LocationRecord,
    Money,
    OrderRecord,
    Person,
    Place,
    ProductRecord,
    Quantities,
    Return,
    ReturnLine,
    StatusWord,
    StockRecord,
    TaxLine,
    Totals,
)
from orderweave_shopify.mapping import channel_kind
from orderweave_shopify.queries import STOCK_NAMES
from orderweave_shopify.simulator_expressing_goods import expressible_fulfillment, found_line, order_holds, whole
from orderweave_shopify.simulator_expressing_money import expressible_payments
from orderweave_shopify.simulator_words import heard, raw_word
from orderweave_shopify.statuses import NO_RETURN, STATUSES

# Where Shopify always states a time and the record has none.
SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
CANCEL_REASONS = ("CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF")


def expressible_order(order: OrderRecord) -> OrderRecord:
    """The order as Shopify can say it. Doing it twice changes nothing more."""
    number = order.key("number") or (order.header.number if order.header else None)
    header = _header(order, number)
    lines = tuple(_line(line, header.currency or "USD") for line in order.lines or ())
    fulfillment = expressible_fulfillment(order, lines, header.placed_at or SOME_TIME)
    return OrderRecord(
        external_id=order.external_id,
        keys=tuple(Key(name, value) for name, value in (("id", order.external_id), ("number", number)) if value),
        references=tuple(_references(order, header)),
        updated_at=header.updated_at,
        statuses=tuple(_statuses(order, header)),
        header=header,
        lines=lines,
        customer=_customer(order.customer or Customer()),
        addresses=Addresses(
            billing=_address(order.addresses.billing if order.addresses else None),
            shipping=_address(order.addresses.shipping if order.addresses else None),
        ),
        payments=expressible_payments(order.payments, header.currency or "USD"),
        fulfillment=fulfillment,
        returns=tuple(
            _return(item, lines, f"{number or order.external_id}-R{n}", header.updated_at or SOME_TIME)
            for n, item in enumerate(order.returns or (), start=1)
        ),
        holds=order_holds(fulfillment),
        timeline=tuple(
            Happening(occurred_at=entry.occurred_at, kind=entry.kind.upper(), message=entry.message or None)
            for entry in order.timeline or ()
        ),
    )


def _references(order: OrderRecord, header: Header) -> Iterable[Key]:
    if header.purchase_order_number:
        yield Key("po_number", header.purchase_order_number)
    yield from [key for key in order.references if key.namespace == "source_identifier" and key.value][:1]


def _statuses(order: OrderRecord, header: Header) -> Iterable[StatusWord]:
    said = {word.axis: word.normalized for word in order.statuses}
    raw = "cancelled" if header.canceled_at else "closed" if header.closed_at else "open"
    yield STATUSES.read(Axis.ORDER, raw)
    yield STATUSES.read(Axis.FULFILLMENT, raw_word(Axis.FULFILLMENT, said.get(Axis.FULFILLMENT, "UNKNOWN")))
    if said.get(Axis.PAYMENT, "UNKNOWN") != "UNKNOWN":
        yield STATUSES.read(Axis.PAYMENT, raw_word(Axis.PAYMENT, said[Axis.PAYMENT]))
    returned = raw_word(Axis.RETURN, said[Axis.RETURN]) if Axis.RETURN in said else NO_RETURN
    if returned != NO_RETURN:
        yield STATUSES.read(Axis.RETURN, returned)


def _header(order: OrderRecord, number: str | None) -> Header:
    header = order.header or Header()
    placed = header.placed_at or order.updated_at or SOME_TIME
    updated = order.updated_at or header.updated_at or placed
    said = next((word.normalized for word in order.statuses if word.axis is Axis.ORDER), None)
    canceled = header.canceled_at or (updated if said == "CANCELED" else None)
    reason = header.cancel_reason
    currency = header.currency or "USD"
    reference = next((key.value for key in order.references if key.namespace == "po_number"), None)
    return Header(
        number=number,
        channel=_channel(header.channel),
        placed_at=placed,
        updated_at=updated,
        canceled_at=canceled,
        closed_at=header.closed_at or (updated if said == "COMPLETED" else None),
        cancel_reason=reason if reason is None or reason in CANCEL_REASONS else "OTHER",
        currency=currency,
        presentment_currency=header.presentment_currency or currency,
        purchase_order_number=header.purchase_order_number or reference or None,
        totals=_totals(header.totals or Totals(), currency),
        discounts=tuple(
            Discount(title=item.code or item.title, code=item.code, amount=item.amount) for item in header.discounts
        ),
        taxes=tuple(_tax(tax, currency) for tax in header.taxes),
    )


def _channel(channel: Channel | None) -> Channel | None:
    if channel is None or not channel.code:
        return None
    return Channel(code=channel.code, name=channel.name or channel.code, kind=channel_kind(source_name(channel)))


def source_name(channel: Channel) -> str:
    """The source name under which Shopify files orders of such a channel."""
    kinds = {"ONLINE_STORE": "web", "POINT_OF_SALE": "pos", "SALES_DESK": "shopify_draft_order"}
    return kinds.get(channel.kind, channel.code)


def _totals(totals: Totals, currency: str) -> Totals:
    nothing = Money(Decimal(0), currency)
    return msgspec.structs.replace(
        totals,
        shipping=totals.shipping or nothing,
        total=totals.total or nothing,
        paid=totals.paid or nothing,
        refunded=totals.refunded or nothing,
        due=totals.due or nothing,
    )


def _tax(tax: TaxLine, currency: str) -> TaxLine:
    return msgspec.structs.replace(tax, amount=tax.amount or Money(Decimal(0), currency))


def _line(line: Line, currency: str) -> Line:
    quantity = line.quantity
    ordered = whole(quantity.ordered if quantity.ordered is not None else quantity.current)
    current = whole(quantity.current if quantity.current is not None else ordered - whole(quantity.canceled))
    price = line.unit_price or Money(Decimal(0), currency)
    return Line(
        external_id=line.external_id,
        sku=line.sku or None,
        title=line.title or None,
        quantity=Quantities(ordered=ordered, canceled=ordered - current, current=current),
        unit_price=price,
        total=line.total or Money(price.amount * ordered, price.currency),
        discounts=tuple(
            Discount(title=item.code or item.title, code=item.code, amount=item.amount or Money(Decimal(0), currency))
            for item in line.discounts
        ),
        taxes=tuple(_tax(tax, currency) for tax in line.taxes),
    )


def _customer(customer: Customer) -> Customer:
    person, company = customer.person, customer.company
    if person is not None and person.external_id is None:
        person = Person(email=person.email, phone=person.phone) if person.email or person.phone else None
    return Customer(person=person, company=company if company and company.external_id else None)


def _address(address: Address | None) -> Address | None:
    if address is None:
        return None
    lines = address.lines if len(address.lines) <= 2 else (address.lines[0], ", ".join(address.lines[1:]))
    return msgspec.structs.replace(address, lines=tuple(line for line in lines if line))


def _return(item: Return, lines: Sequence[Line], name: str, moment: datetime) -> Return:
    return Return(
        external_id=item.external_id,
        status=heard(Axis.RETURN_PART, item.status),
        number=item.number or name,
        created_at=item.created_at or moment,
        lines=tuple(_return_line(line, lines) for line in item.lines),
    )


def _return_line(item: ReturnLine, lines: Sequence[Line]) -> ReturnLine:
    line = found_line(lines, item.line_id, item.sku)
    return ReturnLine(
        sku=line.sku if line else None,
        line_id=line.external_id if line else None,
        quantity=whole(item.quantity),
        reason=item.reason or None,
    )


def expressible_stock(level: StockRecord) -> StockRecord:
    """The level with whole numbers, a time, and a place whose kind Shopify does not tell."""
    numbers = {name: None if getattr(level, name) is None else whole(getattr(level, name)) for name in STOCK_NAMES}
    place = Place(external_id=level.location.external_id, name=level.location.name or None)
    return msgspec.structs.replace(level, location=place, updated_at=level.updated_at or SOME_TIME, **numbers)


def expressible_product(product: ProductRecord) -> ProductRecord:
    """The product as a variant: it is sold or it is not, and it was changed at some time."""
    return msgspec.structs.replace(
        product, active=product.active is not False, updated_at=product.updated_at or SOME_TIME
    )


def expressible_location(location: LocationRecord) -> LocationRecord:
    """The place without its kind."""
    return LocationRecord(
        external_id=location.external_id,
        name=location.name,
        active=location.active is not False,
        address=_address(location.address or Address()),
    )
