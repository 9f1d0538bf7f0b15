"""From SAP's sales orders to order records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from orderweave_sap_s4hana.deliveries import Reading, Sent, fulfillment, issued
from orderweave_sap_s4hana.invoicing import how_far, invoices
from orderweave_sap_s4hana.manifest import CUSTOMER_REFERENCE, EXTERNAL_DOCUMENT, SHIP_TO_REFERENCE
from orderweave_sap_s4hana.parties import addresses, customer
from orderweave_sap_s4hana.payloads import BillingItem, Condition, SalesOrder, SalesOrderItem
from orderweave_sap_s4hana.statuses import NOT_RELEVANT, REJECTED, STATUSES, WHOLLY
from orderweave_sap_s4hana.wire import day, decimal, instant, plain, start_of
from orderweave_sdk.records import (
    Axis,
    Channel,
    Discount,
    Facet,
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

# ConditionCategory of freight, and ConditionClass of what is taken off or put on.
FREIGHT, REDUCTION = "F", "A"
_NONE = Decimal(0)


def order_record(
    order: SalesOrder,
    facets: frozenset[Facet],
    reading: Reading,
    *,
    sent: Sequence[Sent] = (),
    billed: Sequence[BillingItem] = (),
) -> OrderRecord:
    """The record of one sales order with the wanted facets; `sent` and `billed` are what later documents say of it."""
    number = plain(order.sales_order)
    references = (
        (CUSTOMER_REFERENCE, order.purchase_order_by_customer),
        (SHIP_TO_REFERENCE, order.purchase_order_by_ship_to_party),
        (EXTERNAL_DOCUMENT, order.external_document_id),
    )
    return OrderRecord(
        external_id=number,
        keys=(Key("id", number), Key("number", number)),
        references=tuple(Key(field, value) for field, value in references if value),
        updated_at=updated_at(order),
        statuses=tuple(_statuses(order, facets, sent, billed)),
        header=_header(order, number, reading.time_zone) if Facet.HEADER in facets else None,
        lines=tuple(_line(item, order) for item in order.to_item.results) if Facet.LINES in facets else None,
        customer=customer(order.to_partner.results) if Facet.CUSTOMER in facets else None,
        addresses=addresses(order.to_partner.results) if Facet.ADDRESSES in facets else None,
        invoices=invoices(order, billed) if Facet.INVOICES in facets else None,
        fulfillment=fulfillment(sent, reading) if Facet.FULFILLMENT in facets else None,
        holds=_holds(order) if Facet.HOLDS in facets else None,
    )


def placed_at(order: SalesOrder, where: tzinfo) -> datetime | None:
    """The beginning of the day on which the order was made: SAP tells no time of it."""
    made = day(order.creation_date)
    return None if made is None else start_of(made, where)


def updated_at(order: SalesOrder) -> datetime | None:
    """The last change, to the millisecond."""
    return instant(order.last_change_date_time)


def _statuses(
    order: SalesOrder, facets: frozenset[Facet], sent: Sequence[Sent], billed: Sequence[BillingItem]
) -> Iterable[StatusWord]:
    rejected = REJECTED if order.overall_rejection_status == WHOLLY else ""
    if Facet.HEADER in facets:
        yield STATUSES.read(Axis.ORDER, f"{order.overall_process_status or NOT_RELEVANT}{rejected}")
    if Facet.FULFILLMENT in facets:
        ending = issued(sent) or rejected
        yield STATUSES.read(Axis.FULFILLMENT, f"{order.overall_total_delivery_status or NOT_RELEVANT}{ending}")
    if Facet.INVOICES in facets:
        yield STATUSES.read(Axis.INVOICE, how_far(order, billed))


def _header(order: SalesOrder, number: str, where: tzinfo) -> Header:
    currency = order.transaction_currency or None
    channel = order.distribution_channel
    conditions = [each for each in order.to_pricing_element.results if _counts(each)]
    reductions = [each for each in conditions if _reduces(each)]
    shipping = sum((_amount(each) for each in conditions if each.condition_category == FREIGHT), _NONE)
    discount = -sum((_amount(each) for each in reductions), _NONE)
    net, tax = _net(order), _tax(order)
    return Header(
        number=number,
        channel=Channel(code=channel) if channel else None,
        placed_at=placed_at(order, where),
        updated_at=updated_at(order),
        currency=currency,
        purchase_order_number=order.purchase_order_by_customer or None,
        totals=Totals(
            subtotal=_money(None if net is None else net - shipping + discount, currency),
            discount=_money(discount, currency),
            shipping=_money(shipping, currency),
            tax=_money(tax, currency),
            total=_money(None if net is None or tax is None else net + tax, currency),
        ),
        discounts=tuple(
            Discount(title=each.condition_type or "", amount=_money(-_amount(each), currency)) for each in reductions
        ),
    )


def _counts(condition: Condition) -> bool:
    return not condition.condition_inactive_reason and not condition.condition_is_for_statistics


def _reduces(condition: Condition) -> bool:
    return (
        condition.condition_class == REDUCTION
        and condition.condition_category != FREIGHT
        and _amount(condition) < _NONE
    )


def _amount(condition: Condition) -> Decimal:
    return decimal(condition.condition_amount) or _NONE


def _net(order: SalesOrder) -> Decimal | None:
    """The order's value before tax.

    SAP counts no rejected items in it. Of an order that is rejected as a whole it is told what it was worth.
    """
    if order.overall_rejection_status != WHOLLY:
        return decimal(order.total_net_amount)
    amounts = [decimal(item.net_amount) for item in order.to_item.results]
    return sum((amount for amount in amounts if amount is not None), _NONE)


def _tax(order: SalesOrder) -> Decimal | None:
    """The taxes of the items that count; None where one of them does not tell its own."""
    counted = [
        decimal(item.tax_amount)
        for item in order.to_item.results
        if order.overall_rejection_status == WHOLLY or not item.sales_document_rjcn_reason
    ]
    if any(amount is None for amount in counted):
        return None
    return sum((amount for amount in counted if amount is not None), _NONE)


def _line(item: SalesOrderItem, order: SalesOrder) -> Line:
    above = plain(item.higher_level_item)
    return Line(
        external_id=plain(item.sales_order_item),
        sku=plain(item.material) if item.material else None,
        title=item.sales_order_item_text or None,
        parent_line_id=above if above not in ("", "0") else None,
        unit=item.requested_quantity_unit or None,
        quantity=_quantities(item, order),
        total=_money(decimal(item.net_amount), item.transaction_currency or order.transaction_currency or None),
    )


def _quantities(item: SalesOrderItem, order: SalesOrder) -> Quantities:
    """SAP overwrites quantities when an order is changed; an item that is rejected is canceled as a whole.

    An order that is rejected as a whole is canceled, and tells what it was.
    """
    ordered = decimal(item.requested_quantity)
    if ordered is None:
        return Quantities()
    rejected = item.sales_document_rjcn_reason and order.overall_rejection_status != WHOLLY
    canceled = ordered if rejected else _NONE
    return Quantities(ordered=ordered, canceled=canceled, current=ordered - canceled)


def _holds(order: SalesOrder) -> tuple[Hold, ...]:
    """What keeps the order from going on; since when SAP does not tell."""
    found: list[Hold] = []
    if block := order.delivery_block_reason:
        found.append(_hold(f"delivery block {block}"))
    if block := order.header_billing_block_reason:
        found.append(Hold(reason=_reason("billing block"), raw=f"billing block {block}"))
    for raw in (f"credit {order.total_credit_check_status}", f"approval {order.sales_doc_approval_status}"):
        if raw in STATUSES.words[Axis.HOLD_REASON]:
            found.append(_hold(raw))
    return tuple(found)


def _hold(raw: str) -> Hold:
    return Hold(reason=_reason(raw), raw=raw)


def _reason(raw: str) -> HoldReason:
    return STATUSES.part(Axis.HOLD_REASON, raw, HoldReason)


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    """Money, where both its parts are known."""
    return None if amount is None or currency is None else Money(amount, currency)
