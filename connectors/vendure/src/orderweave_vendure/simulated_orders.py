"""Our order records in Vendure's wire, for the simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Customer,
    Discount,
    Header,
    Line,
    Money,
    OrderRecord,
    Shipment,
    TaxLine,
    Totals,
)
from orderweave_vendure.expressible import (
    DEFAULT_CHANNEL,
    REFERENCE_FIELD,
    delivered_move,
    order_as_said,
    shipment_state,
    state_of,
)
from orderweave_vendure.expressible_money import Settled, as_settled
from orderweave_vendure.operations import FULFILLMENT_MOVED
from orderweave_vendure.search_terms import on_wire

Fields = dict[str, Any]
Units = Callable[[Money | None], int]
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def order_wire(record: OrderRecord, digits: int) -> Fields:
    """One order; its money in units of so many digits."""
    said = order_as_said(record)
    header = said.header or Header()
    totals = header.totals or Totals()
    units = partial(_units, digits=digits)
    settled = as_settled(record.payments, header.currency or "USD", header.placed_at)
    fees, off, tax = units(totals.fees), units(totals.discount), units(totals.tax)
    subtotal = units(totals.subtotal) + fees - off
    total = units(totals.total)
    return {
        "id": said.external_id,
        "code": said.key("number") or "",
        "state": raw_state(record),
        "currencyCode": header.currency,
        "updatedAt": on_wire(said.updated_at or _NEVER),
        "orderPlacedAt": on_wire(header.placed_at) if header.placed_at else None,
        "customFields": {REFERENCE_FIELD: next((key.value for key in said.references), None)},
        "channels": _channels(header),
        "couponCodes": [entry.code for entry in header.discounts if entry.code],
        "promotions": [{"id": str(n), "couponCode": entry.code} for n, entry in enumerate(header.discounts, 1)],
        "discounts": _discounts(header.discounts, "DISTRIBUTED_ORDER_PROMOTION", units),
        "surcharges": [{"price": fees, "priceWithTax": fees}] if fees else [],
        "taxSummary": [
            {"description": tax.title, "taxRate": _percent(tax), "taxTotal": units(tax.amount)} for tax in header.taxes
        ],
        "subTotal": subtotal,
        "subTotalWithTax": subtotal,
        "shipping": units(totals.shipping),
        "shippingWithTax": units(totals.shipping),
        "total": total - tax,
        "totalWithTax": total,
        "lines": [_line(line, units) for line in said.lines or ()],
        "customer": _customer(said.customer),
        **_addresses(said.addresses),
        "payments": [_payment(payment, units) for payment in settled],
        "fulfillments": [
            _fulfillment(shipment) for shipment in (said.fulfillment.shipments if said.fulfillment else ())
        ],
        "history": partial(_history, list(_entries(said))),
    }


def raw_state(record: OrderRecord) -> str:
    """The order's state: the record's own raw word where it is one of Vendure's, as a record from there has."""
    raw = next((word.raw for word in record.statuses if word.axis is Axis.ORDER), "")
    return raw or state_of(record)


def _units(money: Money | None, digits: int) -> int:
    return int(money.amount.scaleb(digits)) if money else 0


def _percent(tax: TaxLine) -> float:
    return float((tax.rate or Decimal(0)).scaleb(2))


def _channels(header: Header) -> list[Fields]:
    codes = dict.fromkeys((DEFAULT_CHANNEL, header.channel.code if header.channel else DEFAULT_CHANNEL))
    return [{"code": code, "pricesIncludeTax": False} for code in codes]


def _discounts(discounts: Iterable[Discount], type_: str, units: Units) -> list[Fields]:
    return [
        {
            "adjustmentSource": f"PROMOTION:{n}",
            "type": type_,
            "description": entry.title,
            "amount": -units(entry.amount),
            "amountWithTax": -units(entry.amount),
        }
        for n, entry in enumerate(discounts, 1)
    ]


def _line(line: Line, units: Units) -> Fields:
    total = units(line.total)
    tax = sum(units(entry.amount) for entry in line.taxes)
    return {
        "id": line.external_id,
        "productVariant": {"sku": line.sku or "", "name": line.title or ""},
        "quantity": int(line.quantity.current or 0),
        "orderPlacedQuantity": int(line.quantity.ordered or 0),
        "unitPrice": units(line.unit_price),
        "unitPriceWithTax": units(line.unit_price),
        "discountedLinePrice": total,
        "discountedLinePriceWithTax": total + tax,
        "proratedLinePrice": total,
        "proratedLinePriceWithTax": total + tax,
        "discounts": _discounts(line.discounts, "PROMOTION", units),
        "taxLines": [{"description": entry.title, "taxRate": _percent(entry)} for entry in line.taxes],
    }


def _customer(customer: Customer | None) -> Fields | None:
    person = customer.person if customer else None
    if person is None:
        return None
    first, _, last = (person.name or "").partition(" ")
    return {
        "id": person.external_id,
        "firstName": first,
        "lastName": last,
        "emailAddress": person.email or "",
        "phoneNumber": person.phone,
    }


def _addresses(addresses: Addresses | None) -> Fields:
    found = addresses or Addresses()
    return {"billingAddress": _address(found.billing), "shippingAddress": _address(found.shipping)}


def _address(address: Address | None) -> Fields:
    """An address that was never given is an object with nothing in it."""
    given = address or Address()
    first, second, *_ = (*given.lines, None, None)
    return {
        "fullName": given.name,
        "company": given.company,
        "streetLine1": first,
        "streetLine2": second,
        "city": given.city,
        "province": given.region,
        "postalCode": given.postal_code,
        "countryCode": given.country_code,
        "phoneNumber": given.phone,
    }


def _payment(payment: Settled, units: Units) -> Fields:
    return {
        "id": payment.external_id,
        "createdAt": on_wire(payment.made_at or _NEVER),
        "method": payment.method,
        "amount": units(payment.amount),
        "state": payment.state,
        "transactionId": payment.transaction_id,
        "refunds": [
            {
                "id": refund.external_id,
                "createdAt": on_wire(refund.created_at or _NEVER),
                "total": units(refund.amount),
                "method": payment.method,
                "state": "Settled",
                "transactionId": None,
                "reason": refund.note,
            }
            for refund in payment.refunds
        ],
    }


def _fulfillment(shipment: Shipment) -> Fields:
    package = shipment.packages[0] if shipment.packages else None
    return {
        "id": shipment.external_id,
        "state": shipment_state(shipment),
        "method": (package.carrier.name if package and package.carrier else None) or "",
        "trackingCode": package.tracking_number if package else None,
        "lines": [{"orderLineId": goods.line_id, "quantity": int(goods.quantity)} for goods in shipment.lines],
    }


def _entries(said: OrderRecord) -> Iterable[Fields]:
    """The history: what the timeline holds, and the moves of the fulfillments."""
    happenings = [(entry.occurred_at, entry.kind, _told(entry.kind, entry.message)) for entry in said.timeline or ()]
    for shipment in said.fulfillment.shipments if said.fulfillment else ():
        moves = (("Pending", "Shipped", shipment.shipped_at), ("Shipped", "Delivered", delivered_move(shipment)))
        happenings += [
            (moment, FULFILLMENT_MOVED, {"fulfillmentId": shipment.external_id, "from": before, "to": after})
            for before, after, moment in moves
            if moment is not None
        ]
    for n, (moment, kind, data) in enumerate(happenings, 1):
        yield {"id": str(n), "createdAt": on_wire(moment), "type": kind, "isPublic": True, "data": data}


def _told(kind: str, message: str | None) -> Fields:
    if message is None:
        return {}
    before, arrow, after = message.partition(" → ")
    if arrow and kind != "ORDER_NOTE":
        return {"from": before, "to": after}
    return {"note" if kind == "ORDER_NOTE" else "reason": message}


def _history(entries: list[Fields], _info: Any, options: Fields | None = None) -> Fields:
    given = options or {}
    wanted = (given.get("filter") or {}).get("type") or {}
    found = [
        entry for entry in entries if wanted.get("eq") in (None, entry["type"]) and wanted.get("notEq") != entry["type"]
    ]
    newest_first = (given.get("sort") or {}).get("createdAt") == "DESC"
    found.sort(key=lambda entry: str(entry["createdAt"]), reverse=newest_first)
    start = given.get("skip") or 0
    return {"totalItems": len(found), "items": found[start : start + (given.get("take") or len(found))]}
