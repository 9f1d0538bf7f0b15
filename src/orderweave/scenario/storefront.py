"""A web shop's view: the order as the customer placed it, and every facet that a storefront keeps of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from orderweave.scenario.amounts import ZERO, amounts_now, discounts, stated_totals, taxes
from orderweave.scenario.numbering import Ids, Numbering
from orderweave.scenario.places import places
from orderweave.scenario.sales import Plan, Sale
from orderweave.scenario.wording import count, fulfillment_status, goods_lines, packages, statuses
from orderweave_sdk.records import (
    Addresses,
    Axis,
    Channel,
    ChannelKind,
    Customer,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    Happening,
    Header,
    Hold,
    Key,
    Line,
    Money,
    OrderRecord,
    OrderStatus,
    Payment,
    Payments,
    Person,
    Quantities,
    Refund,
    Return,
    ReturnLine,
    Shipment,
    ShipmentStatus,
    Transaction,
)

WEB = Channel(code="web", name="Online store", kind=ChannelKind.ONLINE_STORE)
_TO_FULFILL_WITHIN = timedelta(days=2)


def shop_number(sale: Sale) -> str:
    """The order's number as its shop writes it."""
    return f"#{sale.slot.shop_number}"


class Storefront:
    """Writes one shop's records. Sales must come in order of placing, as the shop numbered them."""

    def __init__(self, system: str, ids: Ids) -> None:
        self._numbering = Numbering(ids)
        self._places = places(system, ids)

    def record(self, sale: Sale, *, lagging: bool) -> OrderRecord:
        """The shop's record; a lagging one has not heard that anything left."""
        number = self._numbering
        external_id = number.next("order")
        lines = self._lines(sale)
        line_ids = {index: line.external_id for index, line in enumerate(lines)}
        plans = sale.plans if not lagging else tuple(_unheard(plan) for plan in sale.plans)
        updated_at = _last_change(sale, plans)
        holds = () if sale.held is None else (Hold(reason=sale.held.reason, placed_at=sale.held.at),)
        return OrderRecord(
            external_id=external_id,
            keys=(Key("id", external_id), Key("number", shop_number(sale))),
            updated_at=updated_at,
            statuses=statuses(
                (Axis.ORDER, sale.status),
                (Axis.PAYMENT, sale.settlement.status),
                (Axis.FULFILLMENT, _fulfillment_word(sale, plans)),
                *(((Axis.RETURN, sale.sent_back.status),) if sale.sent_back else ()),
            ),
            header=_header(sale, updated_at),
            lines=lines,
            customer=self._customer(sale),
            addresses=Addresses(billing=sale.buyer.address, shipping=sale.buyer.address) if sale.buyer else None,
            payments=self._payments(sale),
            fulfillment=Fulfillment(
                fulfillment_orders=tuple(self._fulfillment_order(sale, plan, line_ids, holds) for plan in plans),
                shipments=self._shipments(sale, plans, line_ids),
            ),
            returns=self._returns(sale, line_ids),
            holds=holds,
            timeline=_timeline(sale, plans),
        )

    def _lines(self, sale: Sale) -> tuple[Line, ...]:
        currency = sale.terms.currency
        return tuple(
            Line(
                external_id=self._numbering.next("line"),
                sku=line.product.sku,
                gtin=line.product.gtin,
                title=line.product.title,
                quantity=Quantities(
                    ordered=count(line.ordered), canceled=count(line.canceled), current=count(line.current)
                ),
                unit_price=Money(line.price, currency),
                total=Money(line.price * line.current, currency),
            )
            for line in sale.lines
        )

    def _customer(self, sale: Sale) -> Customer | None:
        buyer = sale.buyer
        if buyer is None:
            return None
        external_id = self._numbering.of("customer", buyer.n)
        return Customer(person=Person(external_id=external_id, name=buyer.name, email=buyer.email, phone=buyer.phone))

    def _payments(self, sale: Sale) -> Payments:
        settlement, currency = sale.settlement, sale.terms.currency
        if not settlement.movements:
            return Payments()
        transactions = tuple(
            Transaction(
                external_id=self._numbering.next("transaction"),
                kind=movement.kind,
                status=movement.status,
                amount=Money(movement.amount, currency),
                processed_at=movement.at,
                gateway=settlement.method,
            )
            for movement in settlement.movements
        )
        payment = Payment(
            external_id=self._numbering.next("payment"),
            status=settlement.status,
            method=settlement.method,
            authorized=None if settlement.authorized is None else Money(settlement.authorized, currency),
            captured=Money(settlement.captured, currency),
            refunded=Money(settlement.refunded, currency),
            transactions=transactions,
        )
        refunds = tuple(
            Refund(
                external_id=self._numbering.next("refund"),
                amount=Money(refund.amount, currency),
                created_at=refund.at,
                note=refund.note,
            )
            for refund in settlement.refunds
        )
        return Payments(payments=(payment,), refunds=refunds)

    def _fulfillment_order(
        self, sale: Sale, plan: Plan, line_ids: dict[int, str], holds: tuple[Hold, ...]
    ) -> FulfillmentOrder:
        return FulfillmentOrder(
            external_id=self._numbering.next("fulfillment_order"),
            status=_plan_word(sale, plan),
            location=self._places[plan.place.id],
            method=plan.method,
            fulfill_at=sale.slot.placed_at,
            fulfill_by=sale.slot.placed_at + _TO_FULFILL_WITHIN,
            lines=goods_lines(plan.goods, sale, line_ids),
            holds=holds,
        )

    def _shipments(self, sale: Sale, plans: Iterable[Plan], line_ids: dict[int, str]) -> tuple[Shipment, ...]:
        gone = [(plan, dispatch) for plan in plans for dispatch in plan.dispatches]
        return tuple(
            Shipment(
                external_id=self._numbering.next("shipment"),
                number=f"{shop_number(sale)}-F{position}",
                status=dispatch.status,
                location=self._places[plan.place.id],
                shipped_at=dispatch.left_at,
                delivered_at=dispatch.delivered_at,
                lines=goods_lines(dispatch.goods, sale, line_ids),
                packages=packages(dispatch, lambda: self._numbering.next("package")),
            )
            for position, (plan, dispatch) in enumerate(gone, start=1)
        )

    def _returns(self, sale: Sale, line_ids: dict[int, str]) -> tuple[Return, ...]:
        back = sale.sent_back
        if back is None:
            return ()
        line = ReturnLine(
            sku=sale.lines[back.line].product.sku,
            line_id=line_ids[back.line],
            quantity=count(back.pieces),
            reason=back.reason,
        )
        external_id = self._numbering.next("return")
        number = f"{shop_number(sale)}-R1"
        return (Return(external_id=external_id, status=back.status, number=number, lines=(line,), created_at=back.at),)


def _unheard(plan: Plan) -> Plan:
    return Plan(place=plan.place, method=plan.method, goods=plan.goods)


def _fulfillment_word(sale: Sale, plans: Iterable[Plan]) -> FulfillmentStatus:
    if sale.held is not None:
        return FulfillmentStatus.ON_HOLD
    dispatches = [dispatch for plan in plans for dispatch in plan.dispatches]
    if any(dispatch.status is ShipmentStatus.AVAILABLE_FOR_PICKUP for dispatch in dispatches):
        return FulfillmentStatus.IN_PROGRESS
    shipped = sum(pieces for dispatch in dispatches for _, pieces in dispatch.goods)
    return fulfillment_status(shipped, sale.wanted())


def _plan_word(sale: Sale, plan: Plan) -> FulfillmentOrderStatus:
    if sale.status is OrderStatus.CANCELED:
        return FulfillmentOrderStatus.CANCELED
    if sale.held is not None:
        return FulfillmentOrderStatus.ON_HOLD
    left = sum(pieces for d in plan.dispatches if d.left_at is not None for _, pieces in d.goods)
    whole = left == sum(pieces for _, pieces in plan.goods)
    return FulfillmentOrderStatus.CLOSED if whole else FulfillmentOrderStatus.OPEN


def _header(sale: Sale, updated_at: datetime) -> Header:
    terms, settlement = sale.terms, sale.settlement
    amounts = amounts_now(sale.lines, terms)
    canceled = sale.status is OrderStatus.CANCELED
    totals = stated_totals(
        amounts,
        terms.currency,
        paid=settlement.captured,
        refunded=settlement.refunded,
        due=ZERO if canceled else amounts.total - settlement.captured,
    )
    return Header(
        number=shop_number(sale),
        channel=WEB,
        placed_at=sale.slot.placed_at,
        updated_at=updated_at,
        canceled_at=sale.canceled_at,
        closed_at=sale.closed_at,
        cancel_reason="CUSTOMER" if canceled else None,
        currency=terms.currency,
        presentment_currency=terms.currency,
        totals=totals,
        discounts=discounts(amounts, terms),
        taxes=taxes(amounts, terms),
    )


def _last_change(sale: Sale, plans: Iterable[Plan]) -> datetime:
    return max(happening.occurred_at for happening in _happenings(sale, plans))


def _timeline(sale: Sale, plans: Iterable[Plan]) -> tuple[Happening, ...]:
    return tuple(sorted(_happenings(sale, plans), key=lambda happening: happening.occurred_at))


def _happenings(sale: Sale, plans: Iterable[Plan]) -> list[Happening]:
    dated = [
        (sale.slot.placed_at, "PLACED", "Placed in the online store"),
        (sale.edited_at, "EDITED", "Quantity changed by the customer"),
        (sale.held.at if sale.held else None, "HELD", "Put on hold"),
        (sale.canceled_at, "CANCELED", "Canceled by the customer"),
        (sale.sent_back.at if sale.sent_back else None, "RETURN_REQUESTED", "Asked for a return"),
        (sale.closed_at if sale.canceled_at is None else None, "CLOSED", "Put away"),
        *((movement.at, movement.kind.value, None) for movement in sale.settlement.movements),
        *((d.left_at, "SHIPPED", f"Left {plan.place.name}") for plan in plans for d in plan.dispatches),
        *((d.delivered_at, "DELIVERED", "Delivered") for plan in plans for d in plan.dispatches),
    ]
    return [Happening(occurred_at=at, kind=kind, message=message) for at, kind, message in dated if at is not None]
