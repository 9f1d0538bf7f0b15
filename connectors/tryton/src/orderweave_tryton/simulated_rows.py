"""Told records as Tryton's rows: nested dictionaries with Python's own values, the fields that the connector reads.

A row holds other rows where the server has a relation; reading flattens and nests them as the server does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from orderweave_sdk.records import (
    Address,
    Axis,
    Carrier,
    Customer,
    DeliveryMethod,
    FulfillmentOrderStatus,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Line,
    LocationRecord,
    Money,
    OrderRecord,
    Place,
    ProductRecord,
    Return,
    ReturnStatus,
    Totals,
)
from orderweave_tryton.expressible import party_name
from orderweave_tryton.expressible_goods import Outgoing, outgoing
from orderweave_tryton.wire import wire_date, wire_decimal, wire_instant

COMPANY_CATEGORY = "Company"

Row = dict[str, Any]

_STATES = {"DRAFT": "draft", "PENDING": "quotation", "OPEN": "processing", "COMPLETED": "done", "CANCELED": "cancelled"}
_SHIPPED = {"FULFILLED": "sent", "PARTIALLY_FULFILLED": "partially shipped", "ON_HOLD": "exception"}
_PLANNED = {
    FulfillmentOrderStatus.OPEN: "waiting",
    FulfillmentOrderStatus.ALLOCATED: "assigned",
    FulfillmentOrderStatus.PICKING: "picked",
    FulfillmentOrderStatus.PACKED: "packed",
    FulfillmentOrderStatus.CLOSED: "done",
    FulfillmentOrderStatus.CANCELED: "cancelled",
}
_INVOICED = {
    InvoiceDocumentStatus.DRAFT: "draft",
    InvoiceDocumentStatus.POSTED: "posted",
    InvoiceDocumentStatus.PARTIALLY_PAID: "posted",
    InvoiceDocumentStatus.PAID: "paid",
    InvoiceDocumentStatus.CANCELED: "cancelled",
}
_RETURNED = {
    ReturnStatus.REQUESTED: ("quotation", "none"),
    ReturnStatus.OPEN: ("processing", "waiting"),
    ReturnStatus.PARTIALLY_RECEIVED: ("processing", "partially shipped"),
    ReturnStatus.RECEIVED: ("processing", "sent"),
    ReturnStatus.CLOSED: ("done", "sent"),
    ReturnStatus.CANCELED: ("cancelled", "none"),
}
_UNIT_OF_MOVES = 1


def sale_row(order: OrderRecord) -> Row:
    """A sale.sale of a told order."""
    header, customer = order.header or Header(), order.customer or Customer()
    totals = header.totals or Totals()
    lines = [*(_line(line) for line in order.lines or ()), *_other_lines(header, totals, int(order.external_id))]
    goods = outgoing(order.fulfillment, {line.external_id for line in order.lines or ()}) if order.fulfillment else []
    party = _party(customer)
    invoices = order.invoices.invoices if order.invoices else ()
    terms = order.invoices.payment_terms if order.invoices else None
    addresses = order.addresses
    total, tax = _amount(totals.total), _amount(totals.tax)
    return {
        **_keys(order),
        **_states(order, goods),
        "currency": _currency(header.currency or ""),
        "untaxed_amount": total - tax,
        "tax_amount": tax,
        "total_amount": total,
        "payment_term": {"id": _id_of(terms), "name": terms} if terms else None,
        "line_lines": lines,
        "lines": lines,
        "party": party,
        "contact": _contact(customer),
        "invoice_address": _address(addresses.billing if addresses else None, party, customer),
        "shipment_address": _address(addresses.shipping if addresses else None, party, customer),
        "invoices": [_invoice(invoice) for invoice in invoices],
        "shipments": [_shipment(each, order) for each in goods],
    }


def return_row(record: Return, order: OrderRecord) -> Row:
    """The sale.sale that returns goods of another."""
    state, shipment_state = _RETURNED[record.status]
    lines = [
        {
            "id": _id_of(f"{record.external_id}/{position}"),
            "quantity": -float(line.quantity),
            "product": _product(line.sku, None),
            "amount": Decimal(0),
            "shipment_cost": None,
            "description": None,
        }
        for position, line in enumerate(record.lines)
    ]
    whole = sale_row(order)
    return {
        **whole,
        "id": int(record.external_id),
        "number": record.number,
        "reference": None,
        "origin": f"sale.sale,{order.external_id}",
        "create_date": record.created_at,
        "write_date": None,
        "state": state,
        "shipment_state": shipment_state,
        "invoices": [],
        "shipments": [],
        "lines": lines,
        "line_lines": lines,
    }


def warehouse_row(place: LocationRecord) -> Row:
    """A stock.location of type "warehouse"."""
    address = _address(place.address, {"id": _id_of(place.external_id), "name": place.name}, Customer())
    return {
        "id": int(place.external_id),
        "name": place.name,
        "type": "warehouse",
        "active": place.active is not False,
        "address": address,
    }


def product_row(product: ProductRecord, *, quantity: Decimal, forecast: Decimal) -> Row:
    """A product.product with its stock at the places that were asked for."""
    identifiers = [{"id": _id_of(product.gtin), "type": "ean", "code": product.gtin}] if product.gtin else []
    return {
        "id": int(product.external_id),
        "code": product.sku,
        "name": product.title,
        "active": product.active is not False,
        "identifiers": identifiers,
        "quantity": float(quantity),
        "forecast_quantity": float(forecast),
    }


def read(row: Row, fields: Iterable[str]) -> Row:
    """A row as the server writes it: plain names as they are, dotted ones nested under a name with a dot.

    Raises KeyError for a field that there is not.
    """
    told: Row = {"id": row["id"]}
    nested: dict[str, list[str]] = {}
    for field in fields:
        name, dot, rest = field.partition(".")
        if dot:
            nested.setdefault(name, []).append(rest)
        else:
            told[name] = _scalar(row[name])
    for name, inner in nested.items():
        value = row[name]
        told[f"{name}."] = (
            [read(each, inner) for each in value] if isinstance(value, list) else value and read(value, inner)
        )
    return told


def _scalar(value: Any) -> Any:
    """A value on the wire; a relation is its id, or its ids."""
    if isinstance(value, dict):
        return value["id"]
    if isinstance(value, list):
        return [each["id"] for each in value]
    if isinstance(value, Decimal):
        return wire_decimal(value)
    if isinstance(value, datetime):
        return wire_instant(value)
    return wire_date(value) if isinstance(value, date) else value


def _id_of(text: str | None) -> int:
    """An id for what has none in our records; the same text has the same."""
    return 10_000_000_000 + crc32((text or "").encode())


def _amount(money: Money | None) -> Decimal:
    return money.amount if money else Decimal(0)


def _currency(code: str) -> Row:
    return {"id": _id_of(code), "code": code}


def _keys(order: OrderRecord) -> Row:
    placed = order.header.placed_at if order.header else None
    return {
        "id": int(order.external_id),
        "number": order.key("number"),
        "reference": next((key.value for key in order.references), None),
        "origin": None,
        "create_date": placed,
        "write_date": order.updated_at if order.updated_at != placed else None,
    }


def _states(order: OrderRecord, goods: Sequence[Outgoing]) -> Row:
    words = {word.axis: word.normalized for word in order.statuses}
    shipment_state = _SHIPPED.get(words[Axis.FULFILLMENT], "waiting" if goods else "none")
    invoicing = words[Axis.INVOICE]
    documents = order.invoices.invoices if order.invoices else ()
    paid = [invoice.status is InvoiceDocumentStatus.PAID for invoice in documents]
    billed = "paid" if paid and all(paid) else "partially paid" if any(paid) else "awaiting payment"
    states = {"NOT_INVOICED": "none", "UNKNOWN": "exception"}
    return {
        "state": _STATES[words[Axis.ORDER]],
        "shipment_state": shipment_state,
        "invoice_state": states.get(invoicing, billed),
        "to_invoice": invoicing in ("NOT_INVOICED", "PARTIALLY_INVOICED"),
    }


def _line(line: Line) -> Row:
    canceled = line.quantity.canceled or Decimal(0)
    return {
        "id": int(line.external_id),
        "quantity": float(line.quantity.ordered or 0),
        "description": None if line.sku else line.title,
        "unit_price": _amount(line.unit_price),
        "amount": _amount(line.total),
        "shipment_cost": None,
        "product": _product(line.sku, line.title),
        "unit": {"id": _UNIT_OF_MOVES, "symbol": line.unit},
        "moves_ignored": [{"id": int(line.external_id), "quantity": float(canceled), "unit": {"id": _UNIT_OF_MOVES}}]
        if canceled
        else [],
    }


def _product(sku: str | None, title: str | None) -> Row | None:
    return {"id": _id_of(sku), "code": sku, "name": title} if sku else None


def _other_lines(header: Header, totals: Totals, sale: int) -> list[Row]:
    """The lines that bill the freight and take the discounts off."""
    blank: Row = {"quantity": 1.0, "product": None, "unit": {"id": _UNIT_OF_MOVES, "symbol": "u"}, "moves_ignored": []}
    shipping = _amount(totals.shipping)
    parts: list[tuple[Decimal, str, Decimal | None]] = [
        (-_amount(each.amount), each.title, None) for each in header.discounts
    ]
    if shipping:
        parts.append((shipping, "Delivery", shipping))
    return [
        {
            **blank,
            "id": 20_000_000_000 + 10 * sale + position,
            "amount": amount,
            "unit_price": amount,
            "description": title,
            "shipment_cost": cost,
        }
        for position, (amount, title, cost) in enumerate(parts)
    ]


def _party(customer: Customer) -> Row:
    """The party that buys; a company's own ways to be reached are unknown here, its person is the contact."""
    company = customer.company
    if company is None:
        return _person(customer)
    tax = {"id": _id_of(company.tax_id), "code": company.tax_id} if company.tax_id else None
    return {
        "id": int(company.external_id or 0),
        "name": company.name,
        "categories": [{"id": 1, "name": COMPANY_CATEGORY}],
        "tax_identifier": tax,
        "contact_mechanisms": [],
    }


def _person(customer: Customer) -> Row:
    """The person as a party; nobody in particular has no name."""
    person = customer.person
    reached = (("email", person.email), ("phone", person.phone)) if person else ()
    return {
        "id": int(person.external_id or 0) if person else 1,
        "name": person.name if person else None,
        "categories": [],
        "tax_identifier": None,
        "contact_mechanisms": [
            {"id": _id_of(value), "type": kind, "value": value, "name": None} for kind, value in reached if value
        ],
    }


def _contact(customer: Customer) -> Row | None:
    if customer.company is None or customer.person is None:
        return None
    party = _person(customer)
    first = next(iter(party["contact_mechanisms"]), {"id": 1, "type": "other", "value": "-", "name": None})
    return {**first, "party": party}


def _address(address: Address | None, party: Row, customer: Customer) -> Row | None:
    if address is None:
        return None
    country = address.country_code
    code = f"{country or ''}-{address.region}" if address.region else None
    name = address.company or address.name
    return {
        "id": _id_of(repr(address)),
        "party_name": None if name == party_name(customer) else name,
        "attn": address.name if address.company else None,
        "street": "\n".join(address.lines),
        "city": address.city,
        "postal_code": address.postal_code,
        "country": {"id": _id_of(country), "code": country} if country else None,
        "subdivision": {"id": _id_of(code), "code": code} if code else None,
        "party": {"id": party["id"], "name": party["name"]},
    }


def _invoice(invoice: Invoice) -> Row:
    total = _amount(invoice.total)
    dates = [{"id": int(invoice.external_id), "maturity_date": invoice.due_at}] if invoice.due_at else []
    return {
        "id": int(invoice.external_id),
        "state": _INVOICED[invoice.status],
        "number": invoice.number,
        "invoice_date": invoice.issued_at,
        "total_amount": total,
        "amount_to_pay": _amount(invoice.due),
        "currency": _currency(invoice.total.currency if invoice.total else ""),
        "lines_to_pay": dates,
    }


def _shipment(goods: Outgoing, order: OrderRecord) -> Row:
    plan, fact = goods.plan, goods.fact
    warehouse = _warehouse(plan.location)
    pickup = plan.method is DeliveryMethod.STORE_PICKUP and warehouse is not None
    keys = _keys(order)
    return {
        "id": int(plan.external_id),
        "state": _PLANNED[plan.status],
        "number": fact.number if fact else None,
        "shipping_reference": None,
        "delivery_address": warehouse["address"] if pickup and warehouse else {"id": 1},
        "warehouse": warehouse,
        "carrier": _carrier(goods.carrier),
        "create_date": keys["create_date"],
        "write_date": keys["write_date"],
        "outgoing_moves": [
            {
                "id": int(plan.external_id) * 100 + position,
                "quantity": float(line.quantity),
                "state": "cancelled" if plan.status is FulfillmentOrderStatus.CANCELED else "done" if fact else "draft",
                "origin": f"sale.line,{line.line_id}" if line.line_id else None,
                "product": _product(line.sku, None),
            }
            for position, line in enumerate(plan.lines)
        ],
        "packages": [
            {
                "id": int(package.external_id or 0),
                "shipping_reference": package.tracking_number,
                "shipping_tracking_url": None,
            }
            for package in (fact.packages if fact else ())
        ],
    }


def _warehouse(place: Place | None) -> Row | None:
    if place is None:
        return None
    return {
        "id": int(place.external_id),
        "name": place.name,
        "address": {"id": 30_000_000_000 + int(place.external_id)},
    }


def _carrier(carrier: Carrier | None) -> Row | None:
    if carrier is None:
        return None
    named = {"id": _id_of(carrier.name), "name": carrier.name} if carrier.name else None
    return {"id": _id_of(repr(carrier)), "shipping_service": carrier.code, "party": named}
