"""The ERP's view: web orders mirrored soon after they came in, and the desk's and the tills' orders of its own.

It knows invoices and terms best, keeps the shops' numbers as people typed them, and hears of shipments by number
alone: no carrier tells it anything, so none of its shipments is ever delivered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from orderweave.scenario.amounts import ZERO, Amounts, amounts_as_placed, amounts_now, discounts, stated_totals, taxes
from orderweave.scenario.mess import Reference
from orderweave.scenario.numbering import Ids, Numbering
from orderweave.scenario.places import HARBOR, places
from orderweave.scenario.sales import SHOPS, Bill, Channel, Dispatch, Plan, Plot, Sale
from orderweave.scenario.storefront import WEB
from orderweave.scenario.wording import count, fulfillment_status, goods_lines, statuses
from orderweave_sdk.records import (
    Addresses,
    Axis,
    ChannelKind,
    Company,
    Customer,
    Fulfillment,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    InvoiceStatus,
    Key,
    Line,
    Money,
    OrderRecord,
    OrderStatus,
    Package,
    Payment,
    Payments,
    Person,
    Quantities,
    Shipment,
    ShipmentStatus,
    Transaction,
)
from orderweave_sdk.records import Channel as ChannelRecord

DESK = ChannelRecord(code="b2b", name="B2B desk", kind=ChannelKind.SALES_DESK)
_TILLS = {
    True: ChannelRecord(code="till-harbor", name="Till, Harbor store", kind=ChannelKind.POINT_OF_SALE),
    False: ChannelRecord(code="till-main-street", name="Till, Main Street store", kind=ChannelKind.POINT_OF_SALE),
}


def numbered(sales: Iterable[Sale]) -> tuple[tuple[Sale, str | None], ...]:
    """The sales that the ERP has, in the order in which it got them, with its numbers; drafts have none yet."""
    known = sorted(
        ((sale.in_erp_at, sale.number, sale) for sale in sales if sale.in_erp_at is not None),
        key=lambda entry: entry[:2],
    )
    found, given = [], 0
    for _, _, sale in known:
        given += sale.plot is not Plot.DRAFT
        found.append((sale, None if sale.plot is Plot.DRAFT else f"S{given:06d}"))
    return tuple(found)


class Erp:
    """Writes the ERP's records, in the order of `numbered`."""

    def __init__(self, ids: Ids) -> None:
        self._numbering = Numbering(ids)
        self._places = places("erp", ids)
        self._invoices = 0
        self._shipments = 0

    def record(self, sale: Sale, number: str | None, reference: Reference, cent: Decimal | None) -> OrderRecord:
        """The ERP's record; `cent` is what its invoice is wrong by."""
        external_id = self._numbering.next("order")
        created_at = sale.in_erp_at or sale.slot.placed_at
        lines = self._lines(sale)
        line_ids = {index: line.external_id for index, line in enumerate(lines)}
        changed_at = _last_change(sale, created_at)
        own = sale.slot.channel not in SHOPS
        invoices = tuple(self._invoice(sale, bill, cent or ZERO) for bill in sale.bills)
        return OrderRecord(
            external_id=external_id,
            keys=(Key("id", external_id), *((Key("number", number),) if number else ())),
            references=() if reference.text is None else (Key("reference", reference.text),),
            updated_at=changed_at,
            statuses=statuses(
                (Axis.ORDER, sale.status),
                *(((Axis.PAYMENT, sale.settlement.status),) if own else ()),
                (Axis.FULFILLMENT, fulfillment_status(sale.shipped(), sale.wanted())),
                (Axis.INVOICE, _invoice_word(sale)),
            ),
            header=_header(sale, number, reference, created_at, changed_at),
            lines=lines,
            customer=self._customer(sale),
            addresses=Addresses(billing=sale.buyer.address, shipping=sale.buyer.address) if sale.buyer else None,
            payments=self._payments(sale) if own else None,
            invoices=Invoices(invoices=invoices, payment_terms=sale.payment_terms),
            fulfillment=Fulfillment(
                shipments=tuple(
                    self._shipment(sale, plan, dispatch, line_ids)
                    for plan in sale.plans
                    for dispatch in plan.dispatches
                    if dispatch.left_at is not None
                )
            ),
        )

    def _lines(self, sale: Sale) -> tuple[Line, ...]:
        """An ERP overwrites quantities: it knows what is wanted now, or what was before an edit it has not seen."""
        currency = sale.terms.currency
        found = []
        for line in sale.lines:
            known = line.ordered if sale.plot is Plot.EDIT_UNSEEN else line.current
            found.append(
                Line(
                    external_id=self._numbering.next("line"),
                    sku=line.product.sku,
                    title=line.product.title,
                    unit="piece",
                    quantity=Quantities(ordered=count(known), canceled=count(0), current=count(known)),
                    unit_price=Money(line.price, currency),
                    total=Money(line.price * known, currency),
                )
            )
        return tuple(found)

    def _customer(self, sale: Sale) -> Customer | None:
        buyer = sale.buyer
        if buyer is None:
            return None
        company = None
        if buyer.company_n is not None:
            company_id = self._numbering.of("company", buyer.company_n)
            company = Company(external_id=company_id, name=buyer.company, tax_id=buyer.tax_id)
        person_id = self._numbering.of("customer", buyer.n)
        person = Person(external_id=person_id, name=buyer.name, email=buyer.email, phone=buyer.phone)
        return Customer(person=person, company=company)

    def _payments(self, sale: Sale) -> Payments:
        settlement, currency = sale.settlement, sale.terms.currency
        if not settlement.movements:
            return Payments()
        payment = Payment(
            external_id=self._numbering.next("payment"),
            status=settlement.status,
            method=settlement.method,
            captured=Money(settlement.captured, currency),
            transactions=tuple(
                Transaction(
                    external_id=self._numbering.next("transaction"),
                    kind=movement.kind,
                    status=movement.status,
                    amount=Money(movement.amount, currency),
                    processed_at=movement.at,
                    gateway=settlement.method,
                )
                for movement in settlement.movements
            ),
        )
        return Payments(payments=(payment,))

    def _invoice(self, sale: Sale, bill: Bill, cent: Decimal) -> Invoice:
        """One invoice. Where the total is wrong, so is what the clerk booked as paid: it still reads as settled."""
        self._invoices += 1
        currency = sale.terms.currency
        total = bill.total + cent
        paid = bill.paid + cent if bill.paid else ZERO
        return Invoice(
            external_id=self._numbering.next("invoice"),
            number=f"INV{self._invoices:06d}",
            status=InvoiceDocumentStatus.PAID if paid == total else InvoiceDocumentStatus.POSTED,
            issued_at=bill.issued,
            due_at=bill.due,
            total=Money(total, currency),
            paid=Money(paid, currency),
            due=Money(total - paid, currency),
        )

    def _shipment(self, sale: Sale, plan: Plan, dispatch: Dispatch, line_ids: dict[int, str]) -> Shipment:
        self._shipments += 1
        handed_over = not dispatch.parcels
        return Shipment(
            external_id=self._numbering.next("shipment"),
            number=f"CS{self._shipments:06d}",
            status=ShipmentStatus.PICKED_UP if handed_over else ShipmentStatus.IN_TRANSIT,
            location=self._places[plan.place.id],
            shipped_at=dispatch.left_at,
            lines=goods_lines(dispatch.goods, sale, line_ids),
            packages=tuple(
                Package(
                    external_id=self._numbering.next("package"),
                    carrier=parcel.carrier,
                    tracking_number=parcel.tracking_number,
                )
                for parcel in dispatch.parcels
            ),
        )


def _header(sale: Sale, number: str | None, reference: Reference, created_at: datetime, changed_at: datetime) -> Header:
    terms, settlement = sale.terms, sale.settlement
    amounts = _amounts(sale)
    totals = stated_totals(amounts, terms.currency)
    if sale.slot.channel not in SHOPS:
        due = ZERO if sale.status is OrderStatus.CANCELED else amounts.total - settlement.captured
        totals = stated_totals(amounts, terms.currency, paid=settlement.captured, refunded=ZERO, due=due)
    return Header(
        number=number,
        channel=_channel(sale),
        placed_at=created_at,
        updated_at=changed_at,
        canceled_at=sale.canceled_at,
        closed_at=sale.closed_at,
        currency=terms.currency,
        purchase_order_number=reference.text if sale.slot.channel is Channel.DESK else None,
        totals=totals,
        discounts=discounts(amounts, terms),
        taxes=taxes(amounts, terms),
    )


def _amounts(sale: Sale) -> Amounts:
    priced = amounts_as_placed if sale.plot is Plot.EDIT_UNSEEN else amounts_now
    return priced(sale.lines, sale.terms)


def _channel(sale: Sale) -> ChannelRecord:
    if sale.slot.channel is Channel.DESK:
        return DESK
    if sale.slot.channel is Channel.TILL:
        return _TILLS[sale.plans[0].place is HARBOR]
    return WEB


def _invoice_word(sale: Sale) -> InvoiceStatus:
    billed = sum((bill.total for bill in sale.bills), ZERO)
    if not billed:
        return InvoiceStatus.NOT_INVOICED
    whole = billed == amounts_now(sale.lines, sale.terms).total
    return InvoiceStatus.INVOICED if whole else InvoiceStatus.PARTIALLY_INVOICED


def _last_change(sale: Sale, created_at: datetime) -> datetime:
    moments = [created_at, sale.canceled_at, sale.closed_at, *(d.left_at for d in sale.dispatches)]
    return max(moment for moment in moments if moment is not None)
