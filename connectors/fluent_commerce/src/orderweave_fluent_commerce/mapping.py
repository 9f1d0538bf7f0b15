"""From Fluent's words to ours: orders. Pure.

An amount without a currency is not money, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from orderweave_fluent_commerce.goods import fulfillment, progress_word
from orderweave_fluent_commerce.payloads import (
    AddressPayload,
    CustomerPayload,
    ItemPayload,
    OrderPayload,
    ReturnItemPayload,
    ReturnPayload,
    TransactionPayload,
    nodes,
)
from orderweave_fluent_commerce.statuses import STATUSES
from orderweave_fluent_commerce.times import in_utc
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    Customer,
    Facet,
    Header,
    Key,
    Line,
    Money,
    OrderRecord,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    Quantities,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    StatusWord,
    Transaction,
    TransactionKind,
    TransactionStatus,
)


def order_record(
    payload: OrderPayload,
    facets: frozenset[Facet],
    attributes: Sequence[str] = (),
    returns: Mapping[str, Sequence[ReturnPayload]] | None = None,
) -> OrderRecord:
    """The record of one order with the wanted facets.

    `attributes` are the fields of the account's own that hold references; `returns` the return orders by the orders'
    ids.
    """
    of_this = (returns or {}).get(payload.id, ())
    return OrderRecord(
        external_id=payload.id,
        keys=(Key("id", payload.id),),
        references=_references(payload, attributes),
        updated_at=in_utc(payload.updated_on),
        statuses=_statuses(payload, facets),
        header=_header(payload) if Facet.HEADER in facets else None,
        lines=tuple(map(_line, nodes(payload.items))) if Facet.LINES in facets else None,
        customer=_customer(payload.customer) if Facet.CUSTOMER in facets else None,
        addresses=_addresses(payload) if Facet.ADDRESSES in facets else None,
        payments=_payments(nodes(payload.financial_transactions)) if Facet.PAYMENTS in facets else None,
        fulfillment=fulfillment(payload, events=Facet.TRACKING in facets) if Facet.FULFILLMENT in facets else None,
        returns=tuple(map(_return, of_this)) if Facet.RETURNS in facets else None,
    )


def _references(payload: OrderPayload, attributes: Sequence[str]) -> tuple[Key, ...]:
    """The order's reference, its fulfilments', and the attributes that hold one; blanks are empty."""
    values = {each.name: each.value for each in payload.attributes or ()}
    found = [("ref", payload.ref), *(("fulfilment_ref", each.ref) for each in nodes(payload.fulfilments))]
    found += [(name, _text(values.get(name))) for name in attributes]
    return tuple(dict.fromkeys(Key(field, value) for field, value in found if value and value.strip()))


def _text(value: object) -> str | None:
    """An attribute as a reference: a text, or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _statuses(payload: OrderPayload, facets: frozenset[Facet]) -> tuple[StatusWord, ...]:
    raw = payload.status
    if raw is None:
        return ()
    found = []
    if Facet.HEADER in facets:
        found.append(STATUSES.read(Axis.ORDER, raw))
    if Facet.FULFILLMENT in facets:
        word = STATUSES.read(Axis.FULFILLMENT, raw)
        found.append(msgspec.structs.replace(word, normalized=progress_word(payload, word.normalized)))
    return tuple(found)


def _header(payload: OrderPayload) -> Header:
    retailer = payload.retailer
    return Header(
        channel=Channel(code=retailer.ref, name=retailer.trading_name or None) if retailer and retailer.ref else None,
        placed_at=in_utc(payload.created_on),
        updated_at=in_utc(payload.updated_on),
        currency=_currency(payload),
    )


def _currency(payload: OrderPayload) -> str | None:
    """An order has none of its own: its delivery's, else its first item's."""
    choice = payload.fulfilment_choice
    priced = [item.currency for item in nodes(payload.priced)]
    return next((code for code in (choice.currency if choice else None, *priced) if code), None)


def _line(item: ItemPayload) -> Line:
    quantity = None if item.quantity is None else Decimal(item.quantity)
    return Line(
        external_id=item.id,
        sku=item.product.ref if item.product else None,
        title=(item.product.name or None) if item.product else None,
        # Amending an order overwrites the quantity: what is ordered now is all that is known.
        quantity=Quantities()
        if quantity is None
        else Quantities(ordered=quantity, canceled=Decimal(0), current=quantity),
        unit_price=_money(item.price, item.currency),
    )


def _customer(payload: CustomerPayload | None) -> Customer:
    if payload is None:
        return Customer()
    person = Person(
        external_id=payload.id,
        name=" ".join(part for part in (payload.first_name, payload.last_name) if part) or None,
        email=payload.primary_email or None,
        phone=payload.primary_phone or None,
    )
    return Customer(person=person)


def _addresses(payload: OrderPayload) -> Addresses:
    choice = payload.fulfilment_choice
    shipping = address(choice.delivery_address) if choice else None
    if shipping is not None and choice is not None and choice.delivery_contact:
        shipping = msgspec.structs.replace(shipping, phone=choice.delivery_contact)
    return Addresses(billing=address(payload.billing_address), shipping=shipping)


def address(payload: AddressPayload | None) -> Address | None:
    """An address; a country's name is not looked up, and is no code."""
    if payload is None:
        return None
    code = payload.country
    found = Address(
        name=payload.name or None,
        company=payload.company_name or None,
        lines=tuple(line for line in (payload.street, payload.street2) if line),
        city=payload.city or None,
        region=payload.state or payload.region or None,
        postal_code=payload.postcode or None,
        country_code=code.upper() if code and len(code) == 2 and code.isalpha() else None,
    )
    return None if found == Address() else found


def _payments(transactions: Sequence[TransactionPayload]) -> Payments:
    """A payment for each transaction that is none of giving back, and a refund for each that is."""
    payments, refunds = [], []
    for payload in transactions:
        kind = STATUSES.part(Axis.TRANSACTION_KIND, payload.type, TransactionKind)
        if kind is TransactionKind.REFUND:
            refunds.append(
                Refund(external_id=payload.id, amount=_amount(payload), created_at=in_utc(payload.created_on))
            )
        else:
            payments.append(_payment(payload, kind))
    return Payments(payments=tuple(payments), refunds=tuple(refunds))


def _payment(payload: TransactionPayload, kind: TransactionKind) -> Payment:
    """One transaction is one means of payment; how far it is paid follows from how it ended, so that the words are the
    transaction's alone.
    """
    status = STATUSES.part(Axis.TRANSACTION_STATUS, payload.status, TransactionStatus)
    amount = _amount(payload)
    paid = kind is TransactionKind.SALE and status is TransactionStatus.SUCCESS
    transaction = Transaction(
        external_id=payload.id,
        kind=kind,
        raw_kind=payload.type,
        status=status,
        raw_status=payload.status,
        amount=amount,
        processed_at=in_utc(payload.created_on),
        gateway=payload.payment_provider_name or None,
    )
    return Payment(
        external_id=payload.id,
        status=PaymentStatus.PAID if paid else _UNPAID.get(status, PaymentStatus.UNKNOWN),
        method=payload.payment_method or None,
        captured=amount if paid else None,
        transactions=(transaction,),
    )


_UNPAID = {
    TransactionStatus.PENDING: PaymentStatus.PENDING,
    TransactionStatus.FAILURE: PaymentStatus.FAILED,
    TransactionStatus.ERROR: PaymentStatus.FAILED,
}


def _amount(payload: TransactionPayload) -> Money | None:
    """The exact amount where it is given, else the one that went through a float."""
    if payload.unscaled_value is not None and payload.scale is not None:
        return Money(Decimal(payload.unscaled_value).scaleb(-payload.scale), payload.currency)
    return _money(payload.total, payload.currency)


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return Money(amount, currency) if amount is not None and currency else None


def _return(payload: ReturnPayload) -> Return:
    return Return(
        external_id=payload.id,
        status=STATUSES.part(Axis.RETURN_PART, payload.status, ReturnStatus),
        raw_status=payload.status,
        number=payload.ref or None,
        lines=tuple(map(_return_line, nodes(payload.return_order_items))),
        created_at=in_utc(payload.created_on),
    )


def _return_line(payload: ReturnItemPayload) -> ReturnLine:
    count = payload.unit_quantity.quantity if payload.unit_quantity else None
    reason = payload.return_reason
    return ReturnLine(
        sku=payload.product.ref if payload.product else None,
        quantity=Decimal(count or 0),
        reason=(reason.value or reason.label or None) if reason else None,
    )
