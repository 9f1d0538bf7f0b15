"""Sums that add up to the cent.

All prices are net in both markets and tax comes on top, so that one equation holds everywhere:
subtotal - discount + shipping + tax = total.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from orderweave.scenario.sales import SaleLine, Terms
from orderweave_sdk.records import Discount, Money, TaxLine, Totals

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """An order's sums."""

    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal


def rounded(amount: Decimal) -> Decimal:
    """To the cent, halves up, as invoices are."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def amounts_as_placed(lines: Iterable[SaleLine], terms: Terms) -> Amounts:
    """The sums of the order as it was placed."""
    return _amounts(sum((line.price * line.ordered for line in lines), ZERO), terms)


def amounts_now(lines: Iterable[SaleLine], terms: Terms) -> Amounts:
    """The sums after edits."""
    return _amounts(sum((line.price * line.current for line in lines), ZERO), terms)


def _amounts(subtotal: Decimal, terms: Terms) -> Amounts:
    discount = rounded(subtotal * terms.discount_rate)
    tax = rounded((subtotal - discount + terms.shipping) * terms.tax_rate)
    return Amounts(
        subtotal=subtotal,
        discount=discount,
        shipping=terms.shipping,
        tax=tax,
        total=subtotal - discount + terms.shipping + tax,
    )


def worth(line: SaleLine, pieces: int, terms: Terms) -> Decimal:
    """What so many pieces of a line cost the customer, tax and discount included."""
    return rounded(line.price * pieces * (1 - terms.discount_rate) * (1 + terms.tax_rate))


def stated_totals(
    amounts: Amounts,
    currency: str,
    *,
    paid: Decimal | None = None,
    refunded: Decimal | None = None,
    due: Decimal | None = None,
) -> Totals:
    """The sums in the words of a record; a system that does not keep payments says None there."""
    zero = Money(ZERO, currency)

    def money(amount: Decimal | None) -> Money | None:
        if amount is None:
            return None
        return Money(amount, currency) if amount else zero

    return Totals(
        subtotal=money(amounts.subtotal),
        discount=money(amounts.discount),
        shipping=money(amounts.shipping),
        tax=money(amounts.tax),
        total=money(amounts.total),
        paid=money(paid),
        refunded=money(refunded),
        due=money(due),
    )


def discounts(amounts: Amounts, terms: Terms) -> tuple[Discount, ...]:
    """The order's discount, where it has one."""
    if terms.discount_title is None:
        return ()
    amount = Money(amounts.discount, terms.currency)
    return (Discount(title=terms.discount_title, code=terms.discount_code, amount=amount),)


def taxes(amounts: Amounts, terms: Terms) -> tuple[TaxLine, ...]:
    """The order's one tax; none where it is exempt."""
    if not terms.tax_rate:
        return ()
    return (TaxLine(title=terms.tax_title, rate=terms.tax_rate, amount=Money(amounts.tax, terms.currency)),)
