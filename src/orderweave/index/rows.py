"""From a merged order to the rows that are made of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Table

from orderweave.index.tables import order_lines, order_numbers, orders, owners, search_terms, shipments
from orderweave.matching import KeyReader
from orderweave.model.order import Order, OrderLine, Shipment
from orderweave.model.people import tidy_email
from orderweave_sdk.records import Money

_WORD = re.compile(r"\w+")
# A word of one letter finds nearly everything, and one that is longer than any name or number nothing.
_SHORTEST_TERM = 2
LONGEST_TERM = 64
# Words by which one order is found; an order of hundreds of lines is found by its number.
_MOST_TERMS = 400

# Whom a search term is kept from: nobody, who may not read what is personal, and who reads that masked, too.
_OPEN, _PERSONAL, _MASKED = 0, 1, 2

# What is made of orders: all of it goes and comes with the order.
PARTS: tuple[Table, ...] = (order_numbers, order_lines, shipments, search_terms, owners)

Rows = dict[Table, list[dict[str, Any]]]


def rows_of(order: Order, owned_by: Iterable[str], reader: KeyReader) -> Rows:
    """All rows of an order, by table. `owned_by` are the names of `merging.owners.owners_of`."""
    key = order.key
    numbers = {
        own
        for name in order.identifiers
        if name.namespace.endswith(":number") and (own := reader.own_number(name.value)) is not None
    }
    return {
        orders: [_order(order)],
        order_numbers: [{"number": number, "order_key": key} for number in sorted(numbers)],
        order_lines: [_line(key, place, line) for place, line in enumerate(order.order_lines)],
        shipments: [row for shipment in order.shipments for row in _shipment(key, shipment)],
        search_terms: [
            {"term": term, "order_key": key, "personal": kept > _OPEN, "masked": kept > _PERSONAL}
            for term, kept in sorted(_terms(order, numbers).items())
        ],
        owners: [{"name": name, "order_key": key} for name in sorted(owned_by)],
    }


def _order(order: Order) -> dict[str, Any]:
    totals = order.totals
    email = order.customer.email if order.customer else None
    address = order.shipping_address or order.billing_address
    return {
        "key": order.key,
        "number": order.number,
        "channel": order.channel.code if order.channel else None,
        "currency": order.currency,
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "fulfillment_status": order.fulfillment_status.value,
        "invoice_status": order.invoice_status.value,
        "return_status": order.return_status.value if order.return_status else None,
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        **{
            name: _amount(getattr(totals, name)) if totals else None
            for name in ("total", "paid", "refunded", "due", "tax", "shipping", "discount")
        },
        "line_count": len(order.order_lines),
        "line_quantity": sum((line.quantity.ordered or Decimal(0) for line in order.order_lines), Decimal(0)),
        "purchase_order_number": order.purchase_order_number,
        "customer_id": order.customer.id if order.customer else None,
        "customer_email": folded(email) if email else None,
        "company": order.company.name if order.company else None,
        "country": address.country_code if address else None,
        "sources": len(order.sources),
        "conflicts": len(order.conflicts),
    }


def _line(key: str, place: int, line: OrderLine) -> dict[str, Any]:
    return {
        "order_key": key,
        "position": place,
        "line_id": line.id,
        "sku": line.sku,
        "sku_folded": folded(line.sku) if line.sku else None,
        "title": line.title,
        "status": line.status.value,
        **{name: getattr(line.quantity, name) for name in ("ordered", "canceled", "shipped", "delivered", "returned")},
        "unit_price": _amount(line.unit_price),
        "total": _amount(line.total),
        "currency": next((money.currency for money in (line.total, line.unit_price) if money), None),
    }


def _shipment(key: str, shipment: Shipment) -> list[dict[str, Any]]:
    row = {
        "order_key": key,
        "shipment_id": shipment.id,
        "number": shipment.number,
        "status": shipment.status.value,
        "location_id": shipment.location.id if shipment.location else None,
        "location": shipment.location.name if shipment.location else None,
        "shipped_at": shipment.shipped_at,
        "delivered_at": shipment.delivered_at,
        "is_return": shipment.is_return,
        "source": shipment.source,
    }
    nothing: dict[str, Any] = {"package": 0, "carrier": None, "tracking_number": None, "package_status": None}
    packages = [
        {
            "package": place,
            "carrier": (package.carrier.name or package.carrier.code) if package.carrier else None,
            "tracking_number": package.tracking_number,
            "package_status": package.status.value,
        }
        for place, package in enumerate(shipment.packages)
    ]
    return [{**row, **package} for package in packages or [nothing]]


def _terms(order: Order, numbers: Iterable[str]) -> dict[str, int]:
    """Search terms, each with whom it is kept from; what stands in several texts is kept from the fewest."""
    parcels = (package.tracking_number for shipment in order.shipments for package in shipment.packages)
    goods = (text for line in order.order_lines for text in (line.sku, line.title))
    texts = [
        *((text, _OPEN) for text in (*numbers, order.purchase_order_number, *parcels, *goods)),
        (order.company.name if order.company else None, _PERSONAL),
        (order.customer.name if order.customer else None, _MASKED),
    ]
    found = {term: kept for text, kept in reversed(texts) for term in terms_in(text or "")}
    email = whole_of(tidy_email((order.customer.email if order.customer else None) or ""))
    if email is not None:
        # Of an address the whole alone: its parts are everybody's.
        found.setdefault(email, _MASKED)
    return dict(sorted(found.items(), key=lambda entry: entry[1])[:_MOST_TERMS])


def terms_in(text: str) -> list[str]:
    """The whole text and its words, as they are kept to be searched for."""
    return [term for term in dict.fromkeys((whole_of(text), *words_in(text))) if term is not None and _is_term(term)]


def whole_of(text: str) -> str | None:
    """The whole text as one term, without its spaces; None where it is too short or too long for one."""
    whole = _tidied(text).replace(" ", "")
    return whole if _is_term(whole) else None


def words_in(text: str) -> list[str]:
    """The words of a text, each once, but for those of one letter; longer ones than any term are among them."""
    return [word for word in dict.fromkeys(_WORD.findall(_tidied(text))) if len(word) >= _SHORTEST_TERM]


def _tidied(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_term(word: str) -> bool:
    return _SHORTEST_TERM <= len(word) <= LONGEST_TERM


def folded(text: str) -> str:
    """An e-mail address or a SKU as it is compared."""
    return text.strip().casefold()


def _amount(money: Money | None) -> Decimal | None:
    return money.amount if money else None
