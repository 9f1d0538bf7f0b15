"""From Odoo's sale orders to order records. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_odoo.bills import invoice_word, invoices
from orderweave_odoo.dictionary import Dictionary
from orderweave_odoo.goods import Transfers, delivery_word, fulfillment, return_word, returns
from orderweave_odoo.manifest import STATUSES
from orderweave_odoo.parties import addresses, customer
from orderweave_odoo.payloads import InvoiceRow, LineRow, OrderRow, PartnerRow, ProductRow
from orderweave_odoo.wire import amount, instant, link_id, link_name, number, price, text
from orderweave_sdk.records import (
    Axis,
    Discount,
    Facet,
    Header,
    Key,
    Line,
    Money,
    OrderRecord,
    ProductRecord,
    Quantities,
    StatusWord,
    Totals,
)

_CONFIRMED = frozenset({"sale", "done"})
_NOTHING_TO_SEND = frozenset({"service", "combo"})
_NOTHING_LEFT = frozenset({"full", "none"})


class Parts(msgspec.Struct, frozen=True):
    """What was read beside one order; a facet's part is None where the database does not have it."""

    dictionary: Dictionary
    lines: Sequence[LineRow] = ()
    products: Mapping[int, ProductRow] = {}
    partners: Mapping[int, PartnerRow] = {}
    states: Mapping[int, str] = {}
    invoices: Sequence[InvoiceRow] | None = ()
    transfers: Transfers | None = None
    walk_in: int | None = None


def order_record(row: OrderRow, facets: frozenset[Facet], parts: Parts) -> OrderRecord:
    """The record of one order with the wanted facets. Raises ValueError for a moment that is none."""
    identity = str(row.id)
    name = order_number(row)
    kept = (("client_order_ref", row.client_order_ref), ("origin", row.origin))
    bills, transfers = parts.invoices, parts.transfers
    return OrderRecord(
        external_id=identity,
        keys=(Key("id", identity), *((Key("number", name),) if name else ())),
        references=tuple(Key(field, found) for field, value in kept if (found := text(value))),
        updated_at=updated_at(row),
        statuses=_statuses(row, facets, parts),
        header=_header(row, parts) if Facet.HEADER in facets else None,
        lines=_lines(row, parts) if Facet.LINES in facets else None,
        customer=customer(row, parts.partners, parts.walk_in) if Facet.CUSTOMER in facets else None,
        addresses=addresses(row, parts.partners, parts.states, parts.dictionary.countries, walk_in=parts.walk_in)
        if Facet.ADDRESSES in facets
        else None,
        invoices=invoices(row, bills, parts.dictionary) if Facet.INVOICES in facets and bills is not None else None,
        fulfillment=fulfillment(row, transfers) if Facet.FULFILLMENT in facets and transfers else None,
        returns=returns(transfers) if Facet.RETURNS in facets and transfers else None,
    )


def order_number(row: OrderRow) -> str | None:
    """The order's number; until it has one Odoo calls it "New" or "/"."""
    name = text(row.name)
    return None if name in ("/", "New") else name


def placed_at(row: OrderRow) -> datetime:
    """When the order was confirmed, or entered while it is not."""
    return _moment(row.date_order)


def updated_at(row: OrderRow) -> datetime:
    """The last change of the order itself."""
    return _moment(row.write_date)


def product_record(row: ProductRow) -> ProductRecord:
    """One product variant."""
    return ProductRecord(
        external_id=str(row.id),
        sku=text(row.default_code) or "",
        title=text(row.name),
        gtin=text(row.barcode),
        active=row.active,
    )


def order_word(row: OrderRow, lines: Sequence[LineRow]) -> str:
    """The order's state, whether it is locked, and whether nothing is left to be done of it.

    A server without delivery_status (15) tells what is delivered by its lines' quantities.
    """
    word = text(row.state) or ""
    locked = word == "done" or row.locked
    if word not in _CONFIRMED or not locked:
        return word
    if row.delivery_status is None:
        delivered = all(
            (number(line.qty_delivered) or 0) >= (number(line.product_uom_qty) or 0)
            for line in lines
            if _is_goods(line)
        )
    else:
        delivered = (text(row.delivery_status) or "none") in _NOTHING_LEFT
    finished = "/finished" if delivered and row.invoice_status == "invoiced" else ""
    return f"{word}{'' if word == 'done' else '/locked'}{finished}"


def _moment(value: str) -> datetime:
    found = instant(value)
    if found is None:
        raise ValueError("a moment that is empty")
    return found


def _statuses(row: OrderRow, facets: frozenset[Facet], parts: Parts) -> tuple[StatusWord, ...]:
    words: list[StatusWord] = []
    if Facet.HEADER in facets:
        words.append(STATUSES.read(Axis.ORDER, order_word(row, parts.lines)))
    if Facet.FULFILLMENT in facets and parts.transfers:
        words.append(delivery_word(row, parts.transfers, services=_sells_services_alone(parts)))
    if Facet.INVOICES in facets and parts.invoices is not None:
        words.append(invoice_word(row, parts.invoices))
    if Facet.RETURNS in facets and parts.transfers and (word := return_word(parts.transfers)) is not None:
        words.append(word)
    return tuple(words)


def _header(row: OrderRow, parts: Parts) -> Header:
    currency = link_name(row.currency_id)
    digits = parts.dictionary.digits(currency)
    zero = Decimal(0)
    worth = {line.id: amount(line.price_subtotal, digits) or zero for line in parts.lines}
    shipping = sum((worth[line.id] for line in parts.lines if line.is_delivery), zero)
    reductions = [line for line in parts.lines if _is_reduction(line)]
    discount = -sum((worth[line.id] for line in reductions), zero)
    untaxed = amount(row.amount_untaxed, digits)
    return Header(
        number=order_number(row),
        placed_at=placed_at(row),
        updated_at=updated_at(row),
        currency=currency,
        totals=Totals(
            subtotal=_money(None if untaxed is None else untaxed - shipping + discount, currency),
            discount=_money(discount, currency),
            shipping=_money(shipping, currency),
            tax=_money(amount(row.amount_tax, digits), currency),
            total=_money(amount(row.amount_total, digits), currency),
        ),
        discounts=tuple(
            Discount(title=text(line.name) or "", amount=_money(-worth[line.id], currency)) for line in reductions
        ),
    )


def _lines(row: OrderRow, parts: Parts) -> tuple[Line, ...]:
    currency = link_name(row.currency_id)
    digits = parts.dictionary.digits(currency)
    return tuple(
        _line(line, parts.products.get(link_id(line.product_id) or 0), currency, digits)
        for line in sorted(parts.lines, key=lambda line: (line.sequence, line.id))
        if _is_goods(line)
    )


def _line(line: LineRow, product: ProductRow | None, currency: str | None, digits: int) -> Line:
    """A line. Odoo writes a changed quantity over the old one, so what was canceled of it is not known."""
    quantity = number(line.product_uom_qty)
    percent = number(line.discount)
    return Line(
        external_id=str(line.id),
        sku=text(product.default_code) if product else None,
        title=(text(product.name) if product else None) or text(line.name),
        unit=link_name(line.product_uom_id) or link_name(line.product_uom),
        quantity=Quantities(ordered=quantity, current=quantity),
        unit_price=_money(price(line.price_unit, digits), currency),
        total=_money(amount(line.price_subtotal, digits), currency),
        discounts=(Discount(title=f"{percent:f}%"),) if percent else (),
    )


def _sells_services_alone(parts: Parts) -> bool:
    """Whether no line sells what is sent. A combo (from 18) stands over lines of its own; no line says nothing."""
    sold = [parts.products.get(link_id(line.product_id) or 0) for line in parts.lines if _is_goods(line)]
    return bool(sold) and all(product is not None and product.type in _NOTHING_TO_SEND for product in sold)


def _is_goods(line: LineRow) -> bool:
    """A line that sells something: no heading, note, freight, down payment or discount."""
    return not (text(line.display_type) or line.is_delivery or line.is_downpayment or _is_reduction(line))


def _is_reduction(line: LineRow) -> bool:
    """A line that sells nothing and takes something off: a price below zero, as rewards and discounts have."""
    unit_price, quantity = number(line.price_unit), number(line.product_uom_qty)
    return (
        not line.is_delivery and not line.is_downpayment and bool(unit_price and quantity and unit_price < 0 < quantity)
    )


def _money(value: Decimal | None, currency: str | None) -> Money | None:
    """Money, where both its parts are known."""
    return None if value is None or currency is None else Money(value, currency)
