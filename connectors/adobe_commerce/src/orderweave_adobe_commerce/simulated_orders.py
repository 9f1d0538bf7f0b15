"""Orders as the vendor's documents, from records that it can say (`expressible`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from orderweave_adobe_commerce.expressible import CURRENCY, MAIN_STORE, state_of
from orderweave_adobe_commerce.expressible_goods import ZERO, shipped_of
from orderweave_adobe_commerce.times import on_wire
from orderweave_sdk.records import (
    Address,
    Addresses,
    Customer,
    Fulfillment,
    Happening,
    Header,
    Line,
    Money,
    OrderRecord,
    Payments,
    Person,
    Totals,
)

Document = dict[str, Any]

# What one unit of the website's currency is in the customer's, where they differ.
RATE = Decimal("1.25")
# A remark that no customer may read; should it turn up in an answer, no test that compares records passes.
FOR_STAFF = "For staff alone"


class Purse:
    """Writes each amount twice, as the vendor does: `base_` in the website's currency, plain in the customer's."""

    def __init__(self, header: Header) -> None:
        self.base = header.currency or CURRENCY
        self.shown = header.presentment_currency or self.base
        self.rate = Decimal(1) if self.base == self.shown else RATE

    def both(self, **amounts: Money | Decimal | None) -> Document:
        """The fields of these amounts; those that are None are left out."""
        found: Document = {}
        for name, amount in amounts.items():
            number = amount.amount if isinstance(amount, Money) else amount
            if number is not None:
                found[f"base_{name}"] = number
                found[name] = number * self.rate
        return found

    def named(self) -> Document:
        """The codes of the currencies."""
        return {
            "base_currency_code": self.base,
            "order_currency_code": self.shown,
            "base_to_order_rate": self.rate,
        }


def without_nothing(document: Document) -> Document:
    """The document as the vendor writes it: what is null is left out."""
    return {name: value for name, value in document.items() if value is not None}


def moment(value: datetime | None) -> str | None:
    """A time as the vendor writes it."""
    return None if value is None else on_wire(value)


def number_of(external_id: str | None) -> int | None:
    """An id as the vendor writes it."""
    return None if external_id is None else int(external_id)


def order_document(order: OrderRecord) -> Document:
    """One order, whole."""
    header, purse = order.header or Header(), Purse(order.header or Header())
    state, status = state_of(order)
    totals, references = header.totals or Totals(), {key.namespace: key.value for key in order.references}
    person = (order.customer.person if order.customer else None) or Person()
    first, last = _names(person.name)
    addresses = order.addresses or Addresses()
    discount = header.discounts[0] if header.discounts else None
    due = totals.due if state != "canceled" else totals.total
    order_id, channel = int(order.external_id), header.channel
    store_id = int(channel.code if channel else MAIN_STORE)
    items = _items(order, purse, order_id)
    return without_nothing(
        {
            "entity_id": order_id,
            "increment_id": header.number,
            "created_at": moment(header.placed_at),
            "updated_at": moment(header.updated_at),
            "ext_order_id": references.get("ext_order_id"),
            "original_increment_id": references.get("original_increment_id"),
            "state": state,
            "status": status,
            "store_id": store_id,
            "store_name": f"Main Website\nMain Website Store\n{channel.name}" if channel and channel.name else None,
            "is_virtual": 0,
            **purse.named(),
            "customer_id": number_of(person.external_id),
            "customer_is_guest": int(person.external_id is None),
            "customer_email": person.email or "",
            "customer_firstname": first,
            "customer_lastname": last,
            "customer_taxvat": _tax_id(order.customer),
            "coupon_code": discount.code if discount else None,
            "discount_description": discount.title if discount else None,
            "total_item_count": len(items),
            **purse.both(
                subtotal=totals.subtotal,
                discount_amount=None if totals.discount is None else -totals.discount.amount,
                shipping_amount=totals.shipping,
                tax_amount=totals.tax,
                grand_total=totals.total or ZERO,
                total_canceled=totals.total if state == "canceled" else None,
                total_paid=_moved(totals.paid),
                total_refunded=_moved(totals.refunded),
                total_due=due or ZERO,
            ),
            "items": items,
            "billing_address": _address(addresses.billing, "billing", order_id),
            "payment": _payment(order, purse, order_id),
            "status_histories": _histories(order, status, order_id),
            "extension_attributes": _extension(order, purse, addresses, items, order_id),
        }
    )


def _moved(money: Money | None) -> Decimal | None:
    """Money that moved; the vendor leaves a sum out until something has."""
    return money.amount if money and money.amount else None


def _names(name: str | None) -> tuple[str | None, str | None]:
    first, _, last = (name or "").partition(" ")
    return first or None, last or None


def _tax_id(customer: Customer | None) -> str | None:
    return customer.company.tax_id if customer and customer.company else None


def _items(order: OrderRecord, purse: Purse, order_id: int) -> list[Document]:
    fulfillment = order.fulfillment or Fulfillment()
    shipped = shipped_of(fulfillment)
    backordered = {entry.line_id: entry.backordered for entry in fulfillment.progress}
    return [
        _item(line, purse, order_id, shipped.get(line.external_id, ZERO), backordered.get(line.external_id))
        for line in order.lines or ()
    ]


def _item(line: Line, purse: Purse, order_id: int, shipped: Decimal, backordered: Decimal | None) -> Document:
    discount = line.discounts[0].amount if line.discounts else None
    row = None if line.total is None else line.total.amount + (discount.amount if discount else ZERO)
    return without_nothing(
        {
            "item_id": int(line.external_id),
            "order_id": order_id,
            "sku": line.sku or "",
            "name": line.title,
            "product_type": "simple",
            "is_virtual": 0,
            "qty_ordered": line.quantity.ordered,
            "qty_canceled": line.quantity.canceled,
            "qty_refunded": ZERO,
            "qty_shipped": shipped,
            "qty_backordered": backordered,
            **purse.both(price=line.unit_price, row_total=row, discount_amount=discount or ZERO),
        }
    )


def _address(address: Address | None, kind: str, order_id: int) -> Document | None:
    if address is None:
        return None
    first, last = _names(address.name)
    return without_nothing(
        {
            "address_type": kind,
            "parent_id": order_id,
            "firstname": first or "",
            "lastname": last or "",
            "company": address.company,
            "street": list(address.lines),
            "city": address.city or "",
            "region": address.region,
            "region_code": address.region,
            "postcode": address.postal_code or "",
            "country_id": address.country_code or "",
            "telephone": address.phone or "",
        }
    )


def _payment(order: OrderRecord, purse: Purse, order_id: int) -> Document:
    (payment,) = (order.payments or Payments()).payments
    return without_nothing(
        {
            "entity_id": int(payment.external_id),
            "parent_id": order_id,
            "method": payment.method or "",
            "po_number": order.header.purchase_order_number if order.header else None,
            "account_status": "",
            "additional_information": [],
            "cc_last4": "",
            **purse.both(
                amount_authorized=payment.authorized,
                amount_paid=payment.captured,
                amount_refunded=payment.refunded,
            ),
        }
    )


def _histories(order: OrderRecord, status: str, order_id: int) -> list[Document]:
    """The newest first."""
    return [_history(entry, status, order_id) for entry in reversed(order.timeline or ())]


def _history(entry: Happening, status: str, order_id: int) -> Document:
    """A remark that nobody may read is one that staff alone can."""
    remark = entry.kind != "STATUS"
    return {
        "parent_id": order_id,
        "created_at": on_wire(entry.occurred_at),
        "status": status if remark else entry.message,
        "comment": entry.message or FOR_STAFF if remark else "",
        "is_customer_notified": 0,
        "is_visible_on_front": int(remark and bool(entry.message)),
        "entity_name": "order",
    }


def _extension(
    order: OrderRecord, purse: Purse, addresses: Addresses, items: list[Document], order_id: int
) -> Document:
    shipping: Document = {"method": "flatrate_flatrate"}
    address = _address(addresses.shipping, "shipping", order_id)
    if address is not None:
        shipping["address"] = address
    company = order.customer.company if order.customer else None
    taxes = order.header.taxes if order.header else ()
    return without_nothing(
        {
            "shipping_assignments": [{"shipping": shipping, "items": items}],
            "applied_taxes": [
                without_nothing(
                    {
                        "code": tax.title,
                        "title": tax.title,
                        "percent": None if tax.rate is None else tax.rate * 100,
                        **purse.both(amount=tax.amount),
                    }
                )
                for tax in taxes
            ],
            "company_order_attributes": None
            if company is None
            else without_nothing(
                {"order_id": order_id, "company_id": number_of(company.external_id), "company_name": company.name}
            ),
        }
    )
