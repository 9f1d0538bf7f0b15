"""How orders are paid, refunded and billed. Nothing is told that lies after `until`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from orderweave.scenario.amounts import ZERO, Amounts, rounded
from orderweave.scenario.sales import Bill, MoneyBack, Movement, Plot, Settlement
from orderweave_sdk.records import HoldReason, PaymentStatus, TransactionKind, TransactionStatus

_AUTHORIZE, _CAPTURE, _SALE = TransactionKind.AUTHORIZATION, TransactionKind.CAPTURE, TransactionKind.SALE
_DONE = TransactionStatus.SUCCESS

# The desk's payment terms: words to read, days to pay, and the share that is due in advance.
DESK_TERMS = (
    ("14 days net", 14, ZERO),
    ("30 days net", 30, ZERO),
    ("30 days net", 30, ZERO),
    ("40% in advance, rest 14 days net", 14, Decimal("0.40")),
)


def shop_settlement(
    rng: Random,
    *,
    plot: Plot,
    as_placed: Amounts,
    now: Amounts,
    placed_at: datetime,
    left_at: datetime | None,
    canceled_at: datetime | None,
    hold: HoldReason | None,
    back: MoneyBack | None,
) -> Settlement:
    """How a web shop's order is paid: at once, or authorized at once and captured when the goods leave."""
    method = rng.choice(("card", "card", "card", "paypal"))
    moment = placed_at + timedelta(seconds=rng.randrange(20, 120))
    failed: tuple[Movement, ...] = ()
    if rng.random() < 0.04:
        failed = (Movement(kind=_SALE, status=TransactionStatus.FAILURE, amount=as_placed.total, at=moment),)
        moment += timedelta(seconds=90)
    at_once = rng.random() < 0.75
    if hold is HoldReason.AWAITING_PAYMENT:
        return Settlement(method="bank_transfer", status=PaymentStatus.PENDING, authorized=None, captured=ZERO)
    later = plot in (Plot.EDIT, Plot.EDIT_UNSEEN) or hold is HoldReason.FRAUD_RISK
    if later or (not at_once and plot not in (Plot.REFUND, Plot.RETURN)):
        return _authorized(method, failed, moment, as_placed, now, left_at=left_at, canceled_at=canceled_at)
    sale = Movement(kind=_SALE, status=_DONE, amount=now.total, at=moment)
    if canceled_at is not None:
        back = MoneyBack(amount=now.total, at=canceled_at, note="Order canceled")
    movements = [*failed, sale]
    status = PaymentStatus.PAID
    if back is not None:
        movements.append(Movement(kind=TransactionKind.REFUND, status=_DONE, amount=back.amount, at=back.at))
        status = PaymentStatus.REFUNDED if back.amount == now.total else PaymentStatus.PARTIALLY_REFUNDED
    return Settlement(
        method=method,
        status=status,
        authorized=None,
        captured=now.total,
        movements=tuple(movements),
        refunds=() if back is None else (back,),
    )


def _authorized(
    method: str,
    failed: tuple[Movement, ...],
    moment: datetime,
    as_placed: Amounts,
    now: Amounts,
    *,
    left_at: datetime | None,
    canceled_at: datetime | None,
) -> Settlement:
    """Authorized for what was placed; captured for what is left of it, or voided."""
    movements = [*failed, Movement(kind=_AUTHORIZE, status=_DONE, amount=as_placed.total, at=moment)]
    status, captured = PaymentStatus.AUTHORIZED, ZERO
    if canceled_at is not None:
        movements.append(Movement(kind=TransactionKind.VOID, status=_DONE, amount=as_placed.total, at=canceled_at))
        status = PaymentStatus.VOIDED
    elif left_at is not None:
        movements.append(Movement(kind=_CAPTURE, status=_DONE, amount=now.total, at=left_at))
        status, captured = PaymentStatus.PAID, now.total
    return Settlement(
        method=method, status=status, authorized=as_placed.total, captured=captured, movements=tuple(movements)
    )


def shop_bills(now: Amounts, settlement: Settlement, left_at: datetime | None) -> tuple[Bill, ...]:
    """The ERP bills a web order on the day the first goods leave; the customer has paid by then."""
    if left_at is None:
        return ()
    issued = left_at.date()
    return (Bill(total=now.total, paid=settlement.captured, issued=issued, due=issued + timedelta(days=14)),)


def till_settlement(rng: Random, now: Amounts, placed_at: datetime) -> tuple[Settlement, tuple[Bill, ...]]:
    """Paid and billed over the counter."""
    movement = Movement(kind=_SALE, status=_DONE, amount=now.total, at=placed_at)
    settlement = Settlement(
        method=rng.choice(("card", "card", "cash")),
        status=PaymentStatus.PAID,
        authorized=None,
        captured=now.total,
        movements=(movement,),
    )
    day = placed_at.date()
    return settlement, (Bill(total=now.total, paid=now.total, issued=day, due=day),)


def desk_settlement(
    rng: Random, now: Amounts, *, placed_at: datetime, left_at: datetime | None, confirmed: bool, until: datetime
) -> tuple[Settlement, tuple[Bill, ...], str]:
    """Billed on credit, part of it in advance where the terms say so; most pay in time, some late, some not yet.

    An order that is not `confirmed` (a draft, or canceled since) is never billed.
    """
    title, days, share = rng.choice(DESK_TERMS)
    lateness = rng.choice((-9, -6, -3, -2, -1, 0, 0, 1, 5, 12, 60))
    advance = rounded(now.total * share)
    due_bills: list[tuple[Decimal, date, date]] = []
    if advance and confirmed:
        due_bills.append((advance, placed_at.date(), placed_at.date()))
    if left_at is not None:
        due_bills.append((now.total - advance, left_at.date(), left_at.date() + timedelta(days=days)))
    bills, movements = [], []
    for total, issued, due in due_bills:
        paid_at = datetime.combine(max(issued, due + timedelta(days=lateness)), placed_at.timetz()) + timedelta(days=1)
        paid = total if paid_at <= until else ZERO
        bills.append(Bill(total=total, paid=paid, issued=issued, due=due))
        if paid:
            movements.append(Movement(kind=_SALE, status=_DONE, amount=total, at=paid_at))
    captured = sum((bill.paid for bill in bills), ZERO)
    status = PaymentStatus.PAID if captured == now.total else PaymentStatus.PARTIALLY_PAID
    settlement = Settlement(
        method="bank_transfer",
        status=status if captured else PaymentStatus.PENDING,
        authorized=None,
        captured=captured,
        movements=tuple(movements),
    )
    return settlement, tuple(bills), title
