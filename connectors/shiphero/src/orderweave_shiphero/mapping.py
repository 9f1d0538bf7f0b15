"""From ShipHero's words to ours: orders. Pure.

An amount without the order's currency is not money, and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    Facet,
    FulfillmentStatus,
    Header,
    Hold,
    HoldReason,
    Key,
    Line,
    Money,
    OrderRecord,
    Quantities,
    StatusWord,
    Totals,
)
from orderweave_shiphero.goods import fulfillment, quantity, shows_part_shipment
from orderweave_shiphero.manifest import REFERENCES, STATUSES
from orderweave_shiphero.payloads import AddressPayload, HoldsPayload, LinePayload, OrderPayload
from orderweave_shiphero.times import in_utc


def order_record(payload: OrderPayload, facets: frozenset[Facet]) -> OrderRecord:
    """The record of one order with the wanted facets. Raises ValueError for an amount that is no number."""
    lines = [edge.node for edge in payload.line_items.edges] if payload.line_items else []
    events = Facet.TRACKING in facets
    return OrderRecord(
        external_id=payload.id,
        keys=_keys(payload),
        references=_references(payload),
        statuses=_statuses(payload, lines, facets),
        header=_header(payload) if Facet.HEADER in facets else None,
        lines=tuple(_line(line, payload.currency) for line in lines) if Facet.LINES in facets else None,
        addresses=_addresses(payload) if Facet.ADDRESSES in facets else None,
        fulfillment=fulfillment(payload, lines, events=events) if Facet.FULFILLMENT in facets else None,
        holds=_holds(payload) if Facet.HOLDS in facets else None,
    )


def _keys(payload: OrderPayload) -> tuple[Key, ...]:
    own = Key("id", payload.id)
    return (own,) if payload.legacy_id is None else (own, Key("legacy_id", str(payload.legacy_id)))


def _references(payload: OrderPayload) -> tuple[Key, ...]:
    """The other systems' numbers as they stand; a field with nothing but blanks is empty."""
    values = {"order_number": payload.order_number, "partner_order_id": payload.partner_order_id}
    return tuple(Key(field, value) for field in REFERENCES if (value := values[field]) and value.strip())


def _statuses(payload: OrderPayload, lines: Sequence[LinePayload], facets: frozenset[Facet]) -> tuple[StatusWord, ...]:
    raw = payload.fulfillment_status
    if raw is None:
        return ()
    found = []
    if Facet.HEADER in facets:
        found.append(STATUSES.read(Axis.ORDER, raw))
    if Facet.FULFILLMENT in facets:
        found.append(_fulfillment_word(STATUSES.read(Axis.FULFILLMENT, raw), lines))
    return tuple(found)


def _fulfillment_word(word: StatusWord, lines: Sequence[LinePayload]) -> StatusWord:
    """ShipHero's words know no half-way: an open order of which some is shipped is partially fulfilled."""
    if word.normalized == FulfillmentStatus.UNFULFILLED and shows_part_shipment(lines):
        return msgspec.structs.replace(word, normalized=FulfillmentStatus.PARTIALLY_FULFILLED.value)
    return word


def _header(payload: OrderPayload) -> Header:
    shop = payload.shop_name or None
    return Header(
        channel=Channel(code=shop, name=shop) if shop else None,
        origin=payload.source or None,
        placed_at=in_utc(payload.order_date),
        currency=payload.currency or None,
        totals=_totals(payload),
    )


def _totals(payload: OrderPayload) -> Totals | None:
    if not payload.currency:
        return None
    shipping = payload.shipping_lines.price if payload.shipping_lines else None
    return Totals(
        subtotal=_money(payload.subtotal, payload.currency),
        discount=_money(payload.total_discounts, payload.currency),
        shipping=_money(shipping, payload.currency),
        tax=_money(payload.total_tax, payload.currency),
        total=_money(payload.total_price, payload.currency),
    )


def _money(text: str | None, currency: str | None) -> Money | None:
    if not text or not currency:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise ValueError("an amount is not a decimal number")
    return Money(amount, currency)


def _line(line: LinePayload, currency: str | None) -> Line:
    return Line(
        external_id=line.id,
        sku=line.sku or None,
        title=line.product_name or None,
        quantity=_quantities(line),
        unit_price=_money(line.price, currency),
    )


def _quantities(line: LinePayload) -> Quantities:
    """Neither shipped nor waiting to be is canceled, but on a line that was marked as fulfilled: there, who knows."""
    ordered = quantity(line.quantity)
    if ordered is None or line.quantity_shipped is None or line.quantity_pending_fulfillment is None:
        return Quantities(ordered=ordered)
    gone = ordered - line.quantity_shipped - line.quantity_pending_fulfillment
    if gone < 0 or (gone > 0 and line.fulfillment_status == "fulfilled"):
        return Quantities(ordered=ordered)
    return Quantities(ordered=ordered, canceled=gone, current=ordered - gone)


def _addresses(payload: OrderPayload) -> Addresses:
    return Addresses(billing=_address(payload.billing_address), shipping=_address(payload.shipping_address))


def _address(payload: AddressPayload | None) -> Address | None:
    if payload is None:
        return None
    found = Address(
        name=" ".join(part for part in (payload.first_name, payload.last_name) if part) or None,
        company=payload.company or None,
        lines=tuple(line for line in (payload.address1, payload.address2) if line),
        city=payload.city or None,
        region=payload.state_code or payload.state or None,
        postal_code=payload.zip or None,
        country_code=country_code(payload.country_code) or country_code(payload.country),
        phone=payload.phone or None,
    )
    return None if found == Address() else found


def country_code(text: str | None) -> str | None:
    """The code where the field holds one; a country's name is not looked up."""
    return text.upper() if text and len(text) == 2 and text.isalpha() else None


def _holds(payload: OrderPayload) -> tuple[Hold, ...]:
    """The flags that are up, and a hold until a date, which ends by itself."""
    flags = payload.holds or HoldsPayload()
    found = [_hold(name) for name in flags.__struct_fields__ if getattr(flags, name)]
    until = in_utc(payload.hold_until_date)
    if until is not None:
        found.append(msgspec.structs.replace(_hold("hold_until_date"), released_at=until))
    return tuple(found)


def _hold(raw: str) -> Hold:
    return Hold(reason=STATUSES.part(Axis.HOLD_REASON, raw, HoldReason), raw=raw)
