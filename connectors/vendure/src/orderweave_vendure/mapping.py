"""From Vendure's orders to our records, facet by facet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    Customer,
    Facet,
    Happening,
    Header,
    Key,
    Line,
    OrderRecord,
    Person,
    Quantities,
    StatusWord,
    TaxLine,
    utc,
)
from orderweave_vendure.goods import fulfillment, fulfillment_word
from orderweave_vendure.mapping_money import (
    Purse,
    channel_of,
    fraction,
    line_discounts,
    order_discounts,
    order_taxes,
    payment_word,
    payments,
    totals,
)
from orderweave_vendure.payloads import AddressPayload, EntryPayload, LinePayload, OrderPayload
from orderweave_vendure.statuses import CANCELED, STATUSES


def order_record(
    order: OrderPayload, facets: frozenset[Facet], digits: int, references: Sequence[str] = ()
) -> OrderRecord:
    """One order with these facets; `digits` is how many the server keeps of money, `references` its custom fields that
    hold other systems' numbers.
    """
    purse = Purse.of(order, digits)
    changed = last_change(order)
    return OrderRecord(
        external_id=order.id,
        keys=(Key("id", order.id), Key("number", order.code)),
        references=tuple(_references(order, references)),
        updated_at=changed,
        statuses=tuple(_statuses(order, facets)),
        header=_header(order, purse, changed) if Facet.HEADER in facets else None,
        lines=tuple(_line(line, purse, emptied=order.state == CANCELED) for line in order.lines)
        if Facet.LINES in facets
        else None,
        customer=_customer(order) if Facet.CUSTOMER in facets else None,
        addresses=(
            Addresses(billing=_address(order.billing_address), shipping=_address(order.shipping_address))
            if Facet.ADDRESSES in facets
            else None
        ),
        payments=payments(order, purse) if Facet.PAYMENTS in facets else None,
        fulfillment=fulfillment(order, events=Facet.TRACKING in facets) if Facet.FULFILLMENT in facets else None,
        timeline=tuple(_timeline(order)) if Facet.TIMELINE in facets else None,
    )


def _references(order: OrderPayload, fields: Sequence[str]) -> Iterable[Key]:
    """What the custom fields hold, as it stands; empty ones are left out."""
    held = order.custom_fields or {}
    return (Key(field, str(held[field])) for field in fields if held.get(field) not in (None, ""))


def last_change(order: OrderPayload) -> datetime:
    """When anything last became of the order.

    Its own updatedAt does not move with its state, its payments and its fulfillments; its history does. The moment at
    which it was placed is a little later than what came of it.
    """
    moments = [order.updated_at, *(entry.created_at for entry in order.latest.items)]
    return utc(max([*moments, order.order_placed_at] if order.order_placed_at else moments))


def _statuses(order: OrderPayload, facets: frozenset[Facet]) -> Iterable[StatusWord]:
    if Facet.HEADER in facets:
        yield STATUSES.read(Axis.ORDER, order.state)
    if Facet.PAYMENTS in facets:
        yield payment_word(order)
    if Facet.FULFILLMENT in facets:
        yield fulfillment_word(order)


def _header(order: OrderPayload, purse: Purse, changed: datetime) -> Header:
    channel = channel_of(order)
    return Header(
        number=order.code,
        channel=Channel(code=channel.code) if channel else None,
        placed_at=utc(order.order_placed_at) if order.order_placed_at else None,
        updated_at=changed,
        currency=order.currency_code,
        totals=totals(order, purse),
        discounts=tuple(order_discounts(order, purse)),
        taxes=tuple(order_taxes(order, purse)),
    )


def _line(line: LinePayload, purse: Purse, *, emptied: bool) -> Line:
    """One line. A canceled order has been emptied: of its lines only what was ordered, and at what price, is told."""
    goods = line.product_variant
    price = purse.price(line.unit_price, line.unit_price_with_tax)
    if emptied:
        return Line(
            external_id=line.id,
            sku=goods.sku or None,
            title=goods.name or None,
            quantity=Quantities(ordered=Decimal(line.order_placed_quantity)),
            unit_price=price,
        )
    return Line(
        external_id=line.id,
        sku=goods.sku or None,
        title=goods.name or None,
        quantity=_quantities(line),
        unit_price=price,
        total=purse.price(line.discounted_line_price, line.discounted_line_price_with_tax),
        discounts=tuple(line_discounts(line.discounts, purse)),
        taxes=tuple(_line_taxes(line, purse)),
    )


def _quantities(line: LinePayload) -> Quantities:
    """What was added after the order was placed counts as ordered, too."""
    ordered = max(line.quantity, line.order_placed_quantity)
    return Quantities(
        ordered=Decimal(ordered), canceled=Decimal(ordered - line.quantity), current=Decimal(line.quantity)
    )


def _line_taxes(line: LinePayload, purse: Purse) -> Iterable[TaxLine]:
    """The taxes; the sum of them is known, so the amount is told where there is one."""
    tax = purse.money(line.prorated_line_price_with_tax - line.prorated_line_price)
    alone = len(line.tax_lines) == 1
    return (
        TaxLine(title=entry.description, rate=fraction(entry.tax_rate), amount=tax if alone else None)
        for entry in line.tax_lines
    )


def _customer(order: OrderPayload) -> Customer:
    """Guests are customers too, with an id of their own."""
    known = order.customer
    if known is None:
        return Customer()
    return Customer(
        person=Person(
            external_id=known.id,
            name=f"{known.first_name} {known.last_name}".strip() or None,
            email=known.email_address or None,
            phone=known.phone_number or None,
        )
    )


def _address(address: AddressPayload | None) -> Address | None:
    """An address that was never given is there with nothing in it."""
    if address is None:
        return None
    found = Address(
        name=address.full_name or None,
        company=address.company or None,
        lines=tuple(line for line in (address.street_line1, address.street_line2) if line),
        city=address.city or None,
        region=address.province or None,
        postal_code=address.postal_code or None,
        country_code=address.country_code or None,
        phone=address.phone_number or None,
    )
    return None if found == Address() else found


def _timeline(order: OrderPayload) -> Iterable[Happening]:
    """The history but for the moves of fulfillments, oldest first."""
    entries = order.happened.items if order.happened else []
    return (
        Happening(occurred_at=utc(entry.created_at), kind=entry.type, message=_message(entry))
        for entry in sorted(entries, key=lambda entry: (entry.created_at, entry.id.zfill(12)))
    )


def _message(entry: EntryPayload) -> str | None:
    """What an entry says; a note that staff wrote for themselves stays with them."""
    if not entry.is_public:
        return None
    said = entry.data.note or entry.data.reason
    if said:
        return said
    return f"{entry.data.from_} → {entry.data.to}" if entry.data.from_ and entry.data.to else None
