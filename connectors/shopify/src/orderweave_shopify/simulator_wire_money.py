"""Money on Shopify's wire: transactions, refunds, and the units that an order lost through refunds and returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from orderweave_sdk.records import Axis, Money, OrderRecord, Payments, ReturnStatus
from orderweave_shopify.simulator_paging import Wire, connection
from orderweave_shopify.simulator_words import raw_word


def bag(money: Money | None) -> Wire | None:
    """A money bag; None for no amount."""
    if money is None:
        return None
    return {"shopMoney": {"amount": format(money.amount, "f"), "currencyCode": money.currency}}


def transaction_wires(payments: Payments) -> list[Wire]:
    """The transactions of all payments, in one list as Shopify has them."""
    return [
        {
            "id": item.external_id,
            "kind": raw_word(Axis.TRANSACTION_KIND, item.kind),
            "status": raw_word(Axis.TRANSACTION_STATUS, item.status),
            "gateway": item.gateway,
            "formattedGateway": payment.method,
            "paymentId": payment.external_id,
            "processedAt": item.processed_at,
            "amountSet": bag(item.amount),
            "parentTransaction": None,
        }
        for payment in payments.payments
        for item in payment.transactions
    ]


def units_back(order: OrderRecord) -> Mapping[str, int]:
    """How many units of each line, by its id, came back: those of closed returns, and never more than there are."""
    sent: Counter[str] = Counter()
    for item in order.returns or ():
        if item.status is ReturnStatus.CLOSED:
            for line in item.lines:
                if line.line_id is not None:
                    sent[line.line_id] += int(line.quantity)
    held = {line.external_id: int(line.quantity.current or 0) for line in order.lines or ()}
    return {line_id: min(units, held[line_id]) for line_id, units in sent.items()}


def refund_wires(order: OrderRecord, lines: Mapping[str, Wire], back: Mapping[str, int]) -> list[Wire]:
    """The refunds. `lines` are the order's lines on the wire, by id, and `back` the units of each that came back.

    Our records do not tell which refund was for which goods: the first stands for all that was canceled or came back.
    """
    refunds = order.payments.refunds if order.payments else ()
    return [
        {
            "__typename": "Refund",
            "id": refund.external_id,
            "createdAt": refund.created_at,
            "note": refund.note,
            "totalRefundedSet": bag(refund.amount),
            "refundLineItems": connection(list(_goods(order, lines, back)) if refund is refunds[0] else []),
        }
        for refund in refunds
    ]


def _goods(order: OrderRecord, lines: Mapping[str, Wire], back: Mapping[str, int]) -> Iterable[Wire]:
    for line in order.lines or ():
        canceled = int(line.quantity.canceled or 0)
        for units, restock in ((canceled, "CANCEL"), (back.get(line.external_id, 0), "RETURN")):
            if units:
                yield {"quantity": units, "restockType": restock, "lineItem": lines[line.external_id]}
