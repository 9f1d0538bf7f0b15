"""From Vendure's money to ours: totals, discounts, taxes, payments and refunds. Pure.

Vendure keeps money as whole numbers with one count of digits for the whole server, whatever the currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Axis,
    Discount,
    Money,
    Payment,
    Payments,
    PaymentStatus,
    Refund,
    StatusWord,
    TaxLine,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
    utc,
)
from orderweave_vendure.payloads import ChannelPayload, DiscountPayload, OrderPayload, PaymentPayload, RefundPayload
from orderweave_vendure.statuses import CANCELED, STATUSES

# Vendure puts every order into this channel too, beside the one that it was placed in.
_DEFAULT_CHANNEL = "__default_channel__"
# A discount of the order as a whole, spread over its lines.
_OF_THE_ORDER = "DISTRIBUTED_ORDER_PROMOTION"
_OF_A_LINE = "PROMOTION"
_SETTLED, _AUTHORIZED = "Settled", "Authorized"


class Purse(msgspec.Struct, frozen=True):
    """The order's currency, the server's digits, and whether the channel's prices are with tax."""

    currency: str
    digits: int
    with_tax: bool

    @classmethod
    def of(cls, order: OrderPayload, digits: int) -> Purse:
        """The purse of one order."""
        channel = channel_of(order)
        return cls(order.currency_code, digits, bool(channel and channel.prices_include_tax))

    def money(self, units: int) -> Money:
        """So many of the server's smallest units."""
        return Money(Decimal(units).scaleb(-self.digits), self.currency)

    def price(self, net: int, gross: int) -> Money:
        """An amount as the channel shows prices."""
        return self.money(gross if self.with_tax else net)


def channel_of(order: OrderPayload) -> ChannelPayload | None:
    """The channel that the order was placed in."""
    own = [channel for channel in order.channels if channel.code != _DEFAULT_CHANNEL]
    return next(iter(own or order.channels), None)


def totals(order: OrderPayload, purse: Purse) -> Totals:
    """The order's sums.

    Vendure's subtotal is after the order's own discounts and holds the surcharges; ours is before and without them.
    A canceled order has been emptied, its prices are all zero: then only what was paid and given back is told.
    """
    paid = sum(payment.amount for payment in _settled(order))
    back = sum(refund.total for refund in _given_back(order))
    if order.state == CANCELED:
        return Totals(paid=purse.money(paid), refunded=purse.money(back))
    discount = [entry for entry in order.discounts if entry.type == _OF_THE_ORDER]
    off = -sum(entry.amount for entry in discount), -sum(entry.amount_with_tax for entry in discount)
    fees = (
        sum(entry.price for entry in order.surcharges),
        sum(entry.price_with_tax for entry in order.surcharges),
    )
    return Totals(
        subtotal=purse.price(order.sub_total - fees[0] + off[0], order.sub_total_with_tax - fees[1] + off[1]),
        discount=purse.price(*off),
        shipping=purse.price(order.shipping, order.shipping_with_tax),
        tax=purse.money(order.total_with_tax - order.total),
        fees=purse.price(*fees),
        total=purse.money(order.total_with_tax),
        paid=purse.money(paid),
        refunded=purse.money(back),
    )


def order_discounts(order: OrderPayload, purse: Purse) -> Iterable[Discount]:
    """The discounts of the order as a whole."""
    coupons = {f"PROMOTION:{promotion.id}": promotion.coupon_code for promotion in order.promotions}
    return _discounts(order.discounts, _OF_THE_ORDER, purse, coupons)


def line_discounts(discounts: Sequence[DiscountPayload], purse: Purse) -> Iterable[Discount]:
    """The discounts of one line alone."""
    return _discounts(discounts, _OF_A_LINE, purse, {})


def _discounts(
    discounts: Sequence[DiscountPayload], type_: str, purse: Purse, coupons: dict[str, str | None]
) -> Iterable[Discount]:
    return (
        Discount(
            title=entry.description,
            code=coupons.get(entry.adjustment_source) or None,
            amount=purse.price(-entry.amount, -entry.amount_with_tax),
        )
        for entry in discounts
        if entry.type == type_
    )


def order_taxes(order: OrderPayload, purse: Purse) -> Iterable[TaxLine]:
    """What taxes the order holds; none once it was emptied."""
    if order.state == CANCELED:
        return ()
    return (
        TaxLine(title=tax.description, rate=fraction(tax.tax_rate), amount=purse.money(tax.tax_total))
        for tax in order.tax_summary
    )


def fraction(percent: Decimal) -> Decimal:
    """A rate of 20 percent as 0.2."""
    return percent.scaleb(-2)


def payments(order: OrderPayload, purse: Purse) -> Payments:
    """The payments, and of the refunds those that were given."""
    return Payments(
        payments=tuple(_payment(payment, purse) for payment in order.payments or ()),
        refunds=tuple(
            Refund(
                external_id=refund.id,
                amount=purse.money(refund.total),
                created_at=utc(refund.created_at),
                note=refund.reason or None,
            )
            for refund in _given_back(order)
        ),
    )


def _payment(payment: PaymentPayload, purse: Purse) -> Payment:
    amount = purse.money(payment.amount)
    back = sum(refund.total for refund in payment.refunds if refund.state == _SETTLED)
    return Payment(
        external_id=payment.id,
        status=STATUSES.part(Axis.PAYMENT_PART, payment.state, PaymentStatus),
        raw_status=payment.state,
        method=payment.method or None,
        authorized=amount if payment.state == _AUTHORIZED else None,
        captured=amount if payment.state == _SETTLED else None,
        refunded=purse.money(back) if back else None,
        transactions=(
            Transaction(
                external_id=payment.transaction_id or payment.id,
                kind=STATUSES.part(Axis.TRANSACTION_KIND, payment.state, TransactionKind),
                raw_kind=payment.state,
                status=STATUSES.part(Axis.TRANSACTION_STATUS, payment.state, TransactionStatus),
                raw_status=payment.state,
                amount=amount,
                processed_at=utc(payment.created_at),
                gateway=payment.method or None,
            ),
            *(_refunding(refund, payment, purse) for refund in payment.refunds),
        ),
    )


def _refunding(refund: RefundPayload, payment: PaymentPayload, purse: Purse) -> Transaction:
    return Transaction(
        external_id=refund.id,
        kind=TransactionKind.REFUND,
        status=STATUSES.part(Axis.TRANSACTION_STATUS, refund.state, TransactionStatus),
        raw_status=refund.state,
        amount=purse.money(refund.total),
        processed_at=utc(refund.created_at),
        gateway=refund.method or payment.method or None,
    )


def payment_word(order: OrderPayload) -> StatusWord:
    """The word for the order's payments together, for which Vendure has none."""
    return STATUSES.read(Axis.PAYMENT, _payment_raw(order))


def _payment_raw(order: OrderPayload) -> str:
    settled = sum(payment.amount for payment in _settled(order))
    back = sum(refund.total for refund in _given_back(order))
    authorized = sum(payment.amount for payment in order.payments or () if payment.state == _AUTHORIZED)
    if back:
        return "Refunded" if back >= settled else "PartiallyRefunded"
    if settled:
        if settled < order.total_with_tax:
            return "PartiallySettled"
        return "OverSettled" if settled > order.total_with_tax and order.state != CANCELED else _SETTLED
    if authorized:
        return _AUTHORIZED if authorized >= order.total_with_tax else "PartiallyAuthorized"
    if order.payments:
        return max(order.payments, key=lambda payment: payment.created_at).state
    return "NoPayment" if order.total_with_tax or order.state == CANCELED else "NothingToPay"


def _settled(order: OrderPayload) -> list[PaymentPayload]:
    return [payment for payment in order.payments or () if payment.state == _SETTLED]


def _given_back(order: OrderPayload) -> list[RefundPayload]:
    """Refunds whose money is back; Vendure keeps those that a person must still pay out as Pending."""
    return [refund for payment in order.payments or () for refund in payment.refunds if refund.state == _SETTLED]
