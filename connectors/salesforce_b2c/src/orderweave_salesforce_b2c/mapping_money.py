"""The amounts of an order and how it is paid. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orderweave_salesforce_b2c.payloads import AdjustmentPayload, InstrumentPayload, OrderPayload
from orderweave_salesforce_b2c.statuses import AUTHORIZED, ERROR, NOT_PAID, NOT_TO_PAY, OK, OVER, REFUSED, STATUSES
from orderweave_sdk.records import (
    Axis,
    Discount,
    Money,
    Payment,
    Payments,
    PaymentStatus,
    StatusWord,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
)

# What the vendor writes for an order without a currency.
_NO_CURRENCY = "N/A"


def money(amount: Decimal | None, currency: str | None) -> Money | None:
    """An amount of the order; None where it or the currency is not told."""
    return None if amount is None or not currency or currency == _NO_CURRENCY else Money(amount, currency)


def totals(order: OrderPayload) -> Totals:
    """In the order's own taxation: net amounts without tax, gross ones with it. What was paid is not told."""
    before, left = order.product_sub_total, order.product_total
    gifts = sum((gift.base_price or Decimal(0) for gift in order.gift_certificate_items or ()), Decimal(0))
    return Totals(
        # The vendor's sums of products are without the gift certificates that were bought; its total is with them.
        subtotal=money(None if before is None else before + gifts, order.currency),
        discount=money(None if before is None or left is None else before - left, order.currency),
        shipping=money(order.shipping_total, order.currency),
        tax=money(order.tax_total, order.currency),
        total=money(order.order_total, order.currency),
    )


def discounts(adjustments: Sequence[AdjustmentPayload] | None, currency: str | None) -> tuple[Discount, ...]:
    """Adjustments that lower the price. What raises it is in the sums alone."""
    return tuple(
        Discount(
            title=each.item_text or each.promotion_id or each.coupon_code or "",
            code=each.coupon_code or None,
            amount=money(None if each.base_price is None else -each.base_price, currency),
        )
        for each in adjustments or ()
        if each.base_price is None or each.base_price <= 0
    )


def payments(order: OrderPayload) -> Payments:
    """Every payment instrument with its one transaction. Refunds are not kept here."""
    return Payments(payments=tuple(_payment(each, order) for each in order.payment_instruments or ()))


def _payment(instrument: InstrumentPayload, order: OrderPayload) -> Payment:
    """By the order's word where there is no other instrument; of several, the authorization alone is its own, and its
    word is the transaction's.
    """
    said = instrument.payment_transaction
    amount = money(said.amount, order.currency) if said else None
    ended = _authorization(instrument)
    transaction_id = said.transaction_id if said else None
    alone = len(order.payment_instruments or ()) == 1
    word = _by_authorization(order, [ended]) if alone else _own_word(ended)
    return Payment(
        external_id=instrument.payment_instrument_id or transaction_id or "",
        status=STATUSES.part(Axis.PAYMENT_PART, word, PaymentStatus),
        raw_status=word if alone else None,
        method=instrument.payment_method_id or None,
        authorized=amount if ended == OK else None,
        transactions=(
            Transaction(
                external_id=transaction_id,
                kind=TransactionKind.UNKNOWN if ended is None else TransactionKind.AUTHORIZATION,
                status=STATUSES.part(Axis.TRANSACTION_STATUS, ended, TransactionStatus),
                raw_status=ended,
                amount=amount,
            ),
        )
        if transaction_id
        else (),
    )


def _own_word(ended: str | None) -> str | None:
    return {OK: AUTHORIZED, ERROR: REFUSED}.get(ended or "")


def payment_word(order: OrderPayload) -> StatusWord | None:
    """The order's word, and whether what is not paid is authorized at least, or will never be."""
    ended = [_authorization(each) for each in order.payment_instruments or ()]
    word = _by_authorization(order, ended)
    return STATUSES.read(Axis.PAYMENT, word) if word else None


def _by_authorization(order: OrderPayload, ended: Sequence[str | None]) -> str | None:
    word = order.payment_status
    if word != NOT_PAID:
        return word
    if ERROR in ended:
        return REFUSED
    if order.status in OVER:
        return NOT_TO_PAY
    return AUTHORIZED if set(ended) == {OK} else word


def _authorization(instrument: InstrumentPayload) -> str | None:
    """How the authorization of an instrument ended, as text; None where the vendor does not say."""
    said = instrument.payment_transaction and instrument.payment_transaction.authorization_status
    return None if not said or said.status is None else str(said.status)
