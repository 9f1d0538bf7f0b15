"""From Shopify's words to ours: an order and its header, lines, customer, addresses, returns and timeline. Pure.

Amounts are in the shop's currency. Totals are those before returns and after edits (`totalPriceSet` and its
like), because the model keeps what was refunded apart from what was owed.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    ChannelKind,
    Company,
    Customer,
    Discount,
    Facet,
    Happening,
    Header,
    Key,
    Line,
    Money,
    OrderRecord,
    Person,
    Return,
    ReturnLine,
    ReturnStatus,
    StatusWord,
    TaxLine,
    Totals,
    utc,
)
from orderweave_shopify.mapping_fulfillment import fulfillment, holds
from orderweave_shopify.mapping_payments import money, payments
from orderweave_shopify.mapping_quantities import quantities, units_back
from orderweave_shopify.payloads import (
    AddressPayload,
    DiscountPayload,
    LinePayload,
    MoneyBag,
    OrderPayload,
    ReturnLinePayload,
    ReturnPayload,
    TaxPayload,
    present,
)
from orderweave_shopify.statuses import NO_RETURN, STATUSES

# What kind of place the source names stand for; other names are apps and marketplaces of any kind.
_CHANNEL_KINDS = {
    "web": ChannelKind.ONLINE_STORE,
    "online_store": ChannelKind.ONLINE_STORE,
    "pos": ChannelKind.POINT_OF_SALE,
    "shopify_draft_order": ChannelKind.SALES_DESK,
}


def order_record(order: OrderPayload, facets: frozenset[Facet], shop_url: str) -> OrderRecord:
    """The record of one order with the wanted facets. Raises BadPayload when a facet's part is missing."""
    return OrderRecord(
        external_id=order.id,
        keys=tuple(Key(name, value) for name, value in (("id", order.id), ("number", order.name)) if value),
        references=tuple(
            Key(field, value)
            for field, value in (("po_number", order.po_number), ("source_identifier", order.source_identifier))
            if value
        ),
        url=f"{shop_url}/admin/orders/{order.id.rpartition('/')[2]}",
        updated_at=utc(order.updated_at),
        statuses=tuple(_statuses(order, facets)),
        header=_header(order) if Facet.HEADER in facets else None,
        lines=tuple(_lines(order)) if Facet.LINES in facets else None,
        customer=_customer(order) if Facet.CUSTOMER in facets else None,
        addresses=(
            Addresses(billing=_address(order.billing_address), shipping=_address(order.shipping_address))
            if Facet.ADDRESSES in facets
            else None
        ),
        payments=(
            payments(present(order.transactions, "transactions"), present(order.refunds, "refunds"))
            if Facet.PAYMENTS in facets
            else None
        ),
        fulfillment=(
            fulfillment(
                present(order.fulfillment_orders, "fulfillmentOrders").nodes,
                present(order.fulfillments, "fulfillments"),
                tracking=Facet.TRACKING in facets,
            )
            if Facet.FULFILLMENT in facets
            else None
        ),
        returns=(
            tuple(_return(item) for item in present(order.returns, "returns").nodes)
            if Facet.RETURNS in facets
            else None
        ),
        holds=(
            tuple(
                hold
                for planned in present(order.fulfillment_orders, "fulfillmentOrders").nodes
                for hold in holds(planned)
            )
            if Facet.HOLDS in facets
            else None
        ),
        timeline=(
            tuple(
                Happening(occurred_at=utc(entry.created_at), kind=entry.action.upper(), message=entry.message or None)
                for entry in present(order.events, "events").nodes
            )
            if Facet.TIMELINE in facets
            else None
        ),
    )


def _statuses(order: OrderPayload, facets: frozenset[Facet]) -> Iterable[StatusWord]:
    if Facet.HEADER in facets:
        yield STATUSES.read(Axis.ORDER, order_word(order))
    if Facet.PAYMENTS in facets and order.display_financial_status is not None:
        yield STATUSES.read(Axis.PAYMENT, order.display_financial_status)
    if Facet.FULFILLMENT in facets:
        yield STATUSES.read(Axis.FULFILLMENT, present(order.display_fulfillment_status, "displayFulfillmentStatus"))
    if Facet.RETURNS in facets and present(order.return_status, "returnStatus") != NO_RETURN:
        yield STATUSES.read(Axis.RETURN, present(order.return_status, "returnStatus"))


def order_word(order: OrderPayload) -> str:
    """The order's word: cancelled outranks closed, for Shopify closes canceled orders too."""
    if order.cancelled_at is not None:
        return "cancelled"
    return "closed" if order.closed_at is not None else "open"


def _header(order: OrderPayload) -> Header:
    return Header(
        number=order.name or None,
        channel=_channel(order),
        placed_at=utc(present(order.processed_at, "processedAt")),
        updated_at=utc(order.updated_at),
        canceled_at=utc(order.cancelled_at) if order.cancelled_at else None,
        closed_at=utc(order.closed_at) if order.closed_at else None,
        cancel_reason=order.cancel_reason,
        currency=present(order.currency_code, "currencyCode"),
        presentment_currency=present(order.presentment_currency_code, "presentmentCurrencyCode"),
        purchase_order_number=order.po_number or None,
        totals=_totals(order),
        discounts=tuple(
            _order_discount(item)
            for item in present(order.discount_applications, "discountApplications").nodes
            if item.target_selection == "ALL"
        ),
        taxes=tuple(_tax(tax) for tax in present(order.tax_lines, "taxLines")),
    )


def _channel(order: OrderPayload) -> Channel | None:
    code = order.attribution.handle if order.attribution else order.source_name
    if not code:
        return None
    return Channel(
        code=code,
        name=order.attribution.display_name if order.attribution else None,
        kind=channel_kind(order.source_name or code),
    )


def channel_kind(source: str) -> ChannelKind:
    """What kind of channel a source name stands for."""
    return _CHANNEL_KINDS.get(source, ChannelKind.UNKNOWN)


def _totals(order: OrderPayload) -> Totals:
    """Shopify's subtotal is after the order's own discounts; ours is before them, so they are added back."""
    discount = _amount(order.cart_discount_amount_set)
    subtotal = _amount(order.subtotal_price_set)
    if subtotal is not None and discount is not None:
        subtotal = Money(subtotal.amount + discount.amount, subtotal.currency)
    return Totals(
        subtotal=subtotal,
        discount=discount,
        shipping=_shipping(order),
        tax=_amount(order.total_tax_set),
        duties=_amount(order.original_total_duties_set),
        fees=_amount(order.original_total_additional_fees_set),
        total=money(present(order.total_price_set, "totalPriceSet")),
        paid=money(present(order.total_received_set, "totalReceivedSet")),
        refunded=money(present(order.total_refunded_set, "totalRefundedSet")),
        due=money(present(order.total_outstanding_set, "totalOutstandingSet")),
    )


def _amount(bag: MoneyBag | None) -> Money | None:
    return money(bag) if bag else None


def _shipping(order: OrderPayload) -> Money:
    """What delivery costs after its discounts; nothing chosen costs nothing."""
    prices = [money(line.discounted_price_set) for line in present(order.shipping_lines, "shippingLines").nodes]
    return Money(sum((price.amount for price in prices), Decimal(0)), present(order.currency_code, "currencyCode"))


def _order_discount(discount: DiscountPayload) -> Discount:
    """An amount is stated only where a fixed sum is spread over all lines; others depend on the lines."""
    value = discount.value
    stated = (
        Money(value.amount, value.currency_code)
        if value and value.amount is not None and value.currency_code and discount.allocation_method == "ACROSS"
        else None
    )
    return Discount(title=_discount_title(discount), code=discount.code, amount=stated)


def _discount_title(discount: DiscountPayload) -> str:
    return discount.title or discount.code or ""


def _tax(tax: TaxPayload) -> TaxLine:
    return TaxLine(title=tax.title, rate=tax.rate, amount=money(tax.price_set))


def _lines(order: OrderPayload) -> Iterable[Line]:
    lines = present(order.line_items, "lineItems").nodes
    back = units_back(present(order.refunds, "refunds"))
    return (_line(line, back.get(line.id, 0)) for line in lines)


def _line(line: LinePayload, back: int) -> Line:
    return Line(
        external_id=line.id,
        sku=line.sku or None,
        title=line.name or None,
        quantity=quantities(line, back),
        unit_price=money(line.original_unit_price_set),
        total=money(line.discounted_total_set),
        discounts=tuple(
            Discount(
                title=_discount_title(allocation.discount_application),
                code=allocation.discount_application.code,
                amount=money(allocation.allocated_amount_set),
            )
            for allocation in line.discount_allocations
            if allocation.discount_application.target_selection != "ALL"
        ),
        taxes=tuple(_tax(tax) for tax in line.tax_lines),
    )


def _customer(order: OrderPayload) -> Customer:
    account = order.customer
    email = order.email or (
        account.default_email_address.email_address if account and account.default_email_address else None
    )
    phone = order.phone or (
        account.default_phone_number.phone_number if account and account.default_phone_number else None
    )
    person = None
    if account is not None or email or phone:
        person = Person(
            external_id=account.id if account else None,
            name=(account.display_name or None) if account else None,
            email=email,
            phone=phone,
        )
    return Customer(person=person, company=_company(order))


def _company(order: OrderPayload) -> Company | None:
    buyer = order.purchasing_entity
    if buyer is None or buyer.company is None:
        return None
    return Company(
        external_id=buyer.company.id,
        name=buyer.company.name or None,
        tax_id=buyer.location.tax_settings.tax_registration_id if buyer.location else None,
    )


def _address(address: AddressPayload | None) -> Address | None:
    if address is None:
        return None
    return Address(
        name=address.name or None,
        company=address.company or None,
        lines=tuple(line for line in (address.address1, address.address2) if line),
        city=address.city or None,
        region=address.province_code or address.province or None,
        postal_code=address.zip or None,
        country_code=address.country_code_v2,
        phone=address.phone or None,
    )


def _return(item: ReturnPayload) -> Return:
    return Return(
        external_id=item.id,
        status=STATUSES.part(Axis.RETURN_PART, item.status, ReturnStatus),
        raw_status=item.status,
        number=item.name,
        created_at=utc(item.created_at),
        lines=tuple(_return_line(line) for line in item.return_line_items.nodes),
    )


def _return_line(line: ReturnLinePayload) -> ReturnLine:
    goods = line.fulfillment_line_item.line_item if line.fulfillment_line_item else None
    reason = line.return_reason_definition
    return ReturnLine(
        sku=goods.sku or None if goods else None,
        line_id=goods.id if goods else None,
        quantity=Decimal(line.quantity),
        reason=reason.handle if reason else None,
    )
