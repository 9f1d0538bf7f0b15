"""From Tryton's sales to order records. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Discount,
    Facet,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    Line,
    Money,
    OrderRecord,
    Place,
    ProductRecord,
    Quantities,
    ReceiptRecord,
    StatusWord,
    StockRecord,
    Totals,
)
from orderweave_tryton.goods import fulfillment, return_word, returns
from orderweave_tryton.manifest import STATUSES
from orderweave_tryton.parties import addresses, customer
from orderweave_tryton.payloads import ExpectedMove, InvoiceRow, ProductRow, Sale, SaleLine
from orderweave_tryton.wire import DecimalValue, counted

_LAST_SECOND = time(23, 59, 59)
_BILLED = frozenset({"awaiting payment", "partially paid", "paid"})


def order_record(
    sale: Sale, facets: frozenset[Facet], *, returned: Sequence[Sale] = (), company_category: str | None = None
) -> OrderRecord:
    """The record of one sale with the wanted facets; `returned` are the sales that return goods of it."""
    identity = str(sale.id)
    number = [Key("number", sale.number)] if sale.number else []
    return OrderRecord(
        external_id=identity,
        keys=(Key("id", identity), *number),
        references=(Key("reference", sale.reference),) if sale.reference else (),
        updated_at=updated_at(sale),
        statuses=_statuses(sale, facets, returned),
        header=_header(sale) if Facet.HEADER in facets else None,
        lines=_lines(sale) if Facet.LINES in facets else None,
        customer=customer(sale, company_category) if Facet.CUSTOMER in facets else None,
        addresses=addresses(sale) if Facet.ADDRESSES in facets else None,
        invoices=_invoices(sale) if Facet.INVOICES in facets else None,
        fulfillment=fulfillment(sale) if Facet.FULFILLMENT in facets else None,
        returns=returns(returned) if Facet.RETURNS in facets else None,
    )


def placed_at(sale: Sale) -> datetime:
    """When the sale was entered: the one instant that Tryton keeps; its sale_date is a day without a zone."""
    return sale.create_date.instant()


def updated_at(sale: Sale) -> datetime:
    """The last change; Tryton leaves write_date empty until there is one."""
    return (sale.write_date or sale.create_date).instant()


def product_record(row: ProductRow) -> ProductRecord:
    """One product variant."""
    return ProductRecord(
        external_id=str(row.id),
        sku=row.code,
        title=row.name or None,
        gtin=next((found.code for found in row.identifiers if found.type == "ean"), None),
        active=None if row.active is None else bool(row.active),
    )


def stock_record(row: ProductRow, place: Place) -> StockRecord:
    """One product's stock at one warehouse.

    `available` is Tryton's forecast for today: what is there, less what is planned to leave by today, plus what
    is planned to arrive. Tryton names neither part by itself.
    """
    return StockRecord(
        sku=row.code,
        location=place,
        title=row.name or None,
        on_hand=None if row.quantity is None else counted(row.quantity),
        available=None if row.forecast_quantity is None else counted(row.forecast_quantity),
    )


def receipt_record(row: ExpectedMove, place: Place, today: date) -> ReceiptRecord:
    """Goods on their way from a supplier to a warehouse, expected by the end of their day.

    Tryton's forecast for today has those that are planned for today in it, and none that are late.
    """
    planned = row.planned_date.date() if row.planned_date else None
    return ReceiptRecord(
        sku=row.product.code,
        location=place,
        external_id=str(row.id),
        quantity=counted(row.internal_quantity),
        expected_at=None if planned is None else datetime.combine(planned, _LAST_SECOND, tzinfo=UTC),
        counted=planned == today,
    )


def _statuses(sale: Sale, facets: frozenset[Facet], returned: Sequence[Sale]) -> tuple[StatusWord, ...]:
    words: list[StatusWord] = []
    if Facet.HEADER in facets:
        words.append(STATUSES.read(Axis.ORDER, sale.state or ""))
    if Facet.FULFILLMENT in facets:
        words.append(STATUSES.read(Axis.FULFILLMENT, sale.shipment_state or ""))
    if Facet.INVOICES in facets:
        left = "/to invoice" if sale.to_invoice and sale.invoice_state in _BILLED else ""
        words.append(STATUSES.read(Axis.INVOICE, f"{sale.invoice_state or ''}{left}"))
    if Facet.RETURNS in facets and (word := return_word(returned)) is not None:
        words.append(word)
    return tuple(words)


def _header(sale: Sale) -> Header:
    currency = _currency(sale)
    shipping = sum((_worth(line) for line in sale.lines if _is_freight(line)), Decimal(0))
    reductions = [line for line in sale.lines if _is_reduction(line)]
    discount = -sum((_worth(line) for line in reductions), Decimal(0))
    untaxed = _amount(sale.untaxed_amount)
    return Header(
        number=sale.number or None,
        placed_at=placed_at(sale),
        updated_at=updated_at(sale),
        currency=currency,
        totals=Totals(
            subtotal=_money(None if untaxed is None else untaxed - shipping + discount, currency),
            discount=_money(discount, currency),
            shipping=_money(shipping, currency),
            tax=_money(_amount(sale.tax_amount), currency),
            total=_money(_amount(sale.total_amount), currency),
        ),
        discounts=tuple(
            Discount(title=line.description or "", amount=_money(-_worth(line), currency)) for line in reductions
        ),
    )


def _lines(sale: Sale) -> tuple[Line, ...]:
    currency = _currency(sale)
    return tuple(_line(line, currency) for line in sale.lines if not (_is_freight(line) or _is_reduction(line)))


def _line(line: SaleLine, currency: str | None) -> Line:
    product = line.product
    return Line(
        external_id=str(line.id),
        sku=(product.code or None) if product else None,
        title=(product.name if product else None) or line.description or None,
        unit=(line.unit.symbol or None) if line.unit else None,
        quantity=_quantities(line),
        unit_price=_money(_amount(line.unit_price), currency),
        total=_money(_amount(line.amount), currency),
    )


def _quantities(line: SaleLine) -> Quantities:
    """A sale's quantity is fixed once confirmed; what was taken away since are the moves canceled and ignored."""
    if line.quantity is None:
        return Quantities()
    ordered, unit = counted(line.quantity), line.unit.id if line.unit else None
    if any(move.unit != unit for move in line.moves_ignored):
        return Quantities(ordered=ordered)
    canceled = counted(sum((move.quantity for move in line.moves_ignored), Decimal(0)))
    return Quantities(ordered=ordered, canceled=canceled, current=ordered - canceled)


def _is_freight(line: SaleLine) -> bool:
    """A line that bills the delivery, as the module sale_shipment_cost writes it."""
    return line.shipment_cost is not None


def _is_reduction(line: SaleLine) -> bool:
    """A line that sells nothing and takes something off the total."""
    return line.product is None and not _is_freight(line) and _worth(line) < 0


def _worth(line: SaleLine) -> Decimal:
    return line.amount.decimal if line.amount else Decimal(0)


def _invoices(sale: Sale) -> Invoices:
    return Invoices(
        invoices=tuple(_invoice(row) for row in sorted(sale.invoices, key=lambda row: row.id)),
        payment_terms=(sale.payment_term.name or None) if sale.payment_term else None,
    )


def _invoice(row: InvoiceRow) -> Invoice:
    currency = row.currency.code if row.currency else None
    total, due = _amount(row.total_amount), _amount(row.amount_to_pay)
    if row.state not in ("posted", "paid"):
        due = None  # nothing is owed on a draft, and that does not make it paid
    paid = None if total is None or due is None else total - due
    status = STATUSES.part(Axis.INVOICE_DOCUMENT, row.state, InvoiceDocumentStatus)
    if status is InvoiceDocumentStatus.POSTED and paid:
        status = InvoiceDocumentStatus.PARTIALLY_PAID
    dates = [line.maturity_date.date() for line in row.lines_to_pay if line.maturity_date]
    return Invoice(
        external_id=str(row.id),
        number=row.number or None,
        status=status,
        raw_status=row.state,
        issued_at=row.invoice_date.date() if row.invoice_date else None,
        due_at=min(dates, default=None),
        total=_money(total, currency),
        paid=_money(paid, currency),
        due=_money(due, currency),
    )


def _currency(sale: Sale) -> str | None:
    return (sale.currency.code or None) if sale.currency else None


def _amount(value: DecimalValue | None) -> Decimal | None:
    return None if value is None else value.decimal


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    """Money, where both its parts are known."""
    return None if amount is None or currency is None else Money(amount, currency)
