"""From Extensiv's words to ours: orders. Pure.

Amounts stand in an order without a currency, so that there is no money in these records.
"""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from orderweave_extensiv.goods import fulfillment
from orderweave_extensiv.manifest import REFERENCES
from orderweave_extensiv.payloads import Contact, OrderItem, OrderPayload
from orderweave_extensiv.statuses import CANCELED, OPEN, STATUSES, fulfillment_word, order_word
from orderweave_extensiv.times import in_utc
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Facet,
    Header,
    Hold,
    HoldReason,
    Key,
    Line,
    OrderRecord,
    Quantities,
    StatusWord,
)


def order_record(payload: OrderPayload, facets: frozenset[Facet], zone: ZoneInfo) -> OrderRecord:
    """The record of one order with the wanted facets. Raises ValueError for a time that is none."""
    order_id = str(payload.read_only.order_id)
    canceled = order_word(payload.read_only) == CANCELED
    return OrderRecord(
        external_id=order_id,
        keys=(Key("id", order_id),),
        references=_references(payload),
        updated_at=in_utc(payload.read_only.last_modified_date, zone),
        statuses=_statuses(payload, facets),
        header=_header(payload, zone) if Facet.HEADER in facets else None,
        lines=tuple(_line(item, canceled=canceled) for item in payload.items) if Facet.LINES in facets else None,
        addresses=Addresses(billing=_address(payload.bill_to), shipping=_address(payload.ship_to))
        if Facet.ADDRESSES in facets
        else None,
        fulfillment=fulfillment(payload, zone) if Facet.FULFILLMENT in facets else None,
        holds=_holds(payload, zone) if Facet.HOLDS in facets else None,
    )


def _references(payload: OrderPayload) -> tuple[Key, ...]:
    """The other systems' numbers as they stand; a field with nothing but blanks is empty."""
    values = {"referenceNum": payload.reference_num, "poNum": payload.po_num, "externalId": payload.external_id}
    return tuple(Key(field, value) for field in REFERENCES if (value := values[field]) and value.strip())


def _statuses(payload: OrderPayload, facets: frozenset[Facet]) -> tuple[StatusWord, ...]:
    found = []
    if Facet.HEADER in facets:
        found.append(STATUSES.read(Axis.ORDER, order_word(payload.read_only)))
    if Facet.FULFILLMENT in facets:
        found.append(STATUSES.read(Axis.FULFILLMENT, fulfillment_word(payload.read_only)))
    return tuple(found)


def _header(payload: OrderPayload, zone: ZoneInfo) -> Header:
    """The order's facts. Its number is another system's, and it was placed when the warehouse got it."""
    purchase_order = (payload.po_num or "").strip()
    return Header(
        placed_at=in_utc(payload.read_only.creation_date, zone),
        updated_at=in_utc(payload.read_only.last_modified_date, zone),
        purchase_order_number=payload.po_num if purchase_order else None,
    )


def _line(item: OrderItem, *, canceled: bool) -> Line:
    unit = item.read_only.unit_identifier
    gone = item.qty if canceled else Decimal(0)
    return Line(
        external_id=str(item.read_only.order_item_id),
        sku=(item.item_identifier.sku if item.item_identifier else None) or None,
        unit=(unit.name if unit else None) or None,
        quantity=Quantities(ordered=item.qty, canceled=gone, current=item.qty - gone),
    )


def _address(contact: Contact | None) -> Address | None:
    if contact is None:
        return None
    found = Address(
        name=contact.name or None,
        company=contact.company_name or None,
        lines=tuple(line for line in (contact.address1, contact.address2) if line),
        city=contact.city or None,
        region=contact.state or None,
        postal_code=contact.zip or None,
        country_code=_country_code(contact.country),
        phone=contact.phone_number or None,
    )
    return None if found == Address() else found


def _country_code(text: str | None) -> str | None:
    """The code where the field holds one; a country's name is not looked up."""
    return text.upper() if text and len(text) == 2 and text.isascii() and text.isalpha() else None


def _holds(payload: OrderPayload, zone: ZoneInfo) -> tuple[Hold, ...]:
    """The hold of an open order; its reason is words of people, which nobody can map."""
    order = payload.read_only
    if not order.on_hold_date or order_word(order) != OPEN:
        return ()
    return (
        Hold(
            reason=HoldReason.OTHER,
            raw=order.on_hold_reason or None,
            placed_at=in_utc(order.on_hold_date, zone),
        ),
    )
