"""Invoices, and whether they add up to the order."""

from __future__ import annotations

from decimal import Decimal

from orderweave.merging.contest import Members, written
from orderweave.model.order import OrderTotals
from orderweave.model.provenance import Fetched, FieldConflict, SystemValue
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import Invoice, InvoiceDocumentStatus, InvoiceStatus, Money


def invoices_of(fetched: Fetched) -> tuple[Invoice, ...] | None:
    """A record's invoices; None where it has none, so that the next system is believed."""
    return (fetched.record.invoices.invoices or None) if fetched.record.invoices else None


def contest_invoices(
    members: Members, totals: OrderTotals | None, invoices: tuple[Invoice, ...], word: InvoiceStatus
) -> tuple[FieldConflict, ...]:
    """A wholly invoiced order whose invoices do not add up to its total: who says which sum."""
    if totals is None or totals.total is None or word is not InvoiceStatus.INVOICED:
        return ()
    live = [invoice for invoice in invoices if invoice.status is not InvoiceDocumentStatus.CANCELED]
    if not live or any(i.total is None or i.total.currency != totals.total.currency for i in live):
        return ()
    invoiced = Money(sum((i.total.amount for i in live if i.total), Decimal(0)), totals.total.currency)
    if invoiced.amount == totals.total.amount:
        return ()
    stating = members.whole(
        members.saying(Aspect.HEADER, lambda f: f.record.header.totals if f.record.header else None)
    )
    billing = members.leading(Aspect.INVOICES, invoices_of)
    values = (_value(stating[0][0], totals.total), _value(billing[0][0], invoiced))
    return (
        FieldConflict(
            path="invoices.total",
            winner=values[0],
            rule="invoices of a wholly invoiced order add up to its total",
            values=values,
        ),
    )


def _value(fetched: Fetched, money: Money) -> SystemValue:
    return SystemValue(system=fetched.system, value=written(money), source_updated_at=fetched.record.updated_at)
