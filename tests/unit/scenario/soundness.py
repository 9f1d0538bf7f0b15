"""What must hold in every scenario, whatever the seed and the size; each function raises AssertionError."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from orderweave.scenario import UNTIL, Scenario
from orderweave_sdk.records import Axis, LocationKind, Money, OrderRecord, Package, Shipment, ShipmentStatus
from orderweave_sdk.testing.comparing import walk
from tests.unit.scenario.recount import PLACEHOLDERS, SHOPS, tidy, word

RecordId = tuple[str, str]


def all_records(scenario: Scenario) -> Iterator[tuple[RecordId, OrderRecord]]:
    """Every order record with its system."""
    for system, world in scenario.worlds.items():
        for record in world.orders:
            yield (system, record.external_id), record


def shipments(record: OrderRecord) -> tuple[Shipment, ...]:
    """The record's shipments."""
    return record.fulfillment.shipments if record.fulfillment else ()


def totals_add_up(scenario: Scenario) -> None:
    """In every record that states sums: subtotal - discount + shipping + tax = total, and the lines make the subtotal.

    What is paid and what is due make the total, but where the order is canceled: then nothing is due.
    """
    for _, record in all_records(scenario):
        totals = record.header.totals if record.header else None
        if totals is None:
            continue
        subtotal, total = _amount(totals.subtotal), _amount(totals.total)
        assert subtotal - _amount(totals.discount) + _amount(totals.shipping) + _amount(totals.tax) == total
        assert sum(_amount(line.total) for line in record.lines or ()) == subtotal
        for line in record.lines or ():
            assert line.quantity.ordered is not None
            assert line.quantity.current is not None
            assert line.quantity.ordered - (line.quantity.canceled or 0) == line.quantity.current > 0
            assert _amount(line.unit_price) * line.quantity.current == _amount(line.total)
        for discount in record.header.discounts if record.header else ():
            assert _amount(discount.amount) == _amount(totals.discount)
        if totals.paid is not None:
            canceled = word(record, Axis.ORDER) == "CANCELED"
            assert _amount(totals.due) == (0 if canceled else total - _amount(totals.paid)) >= 0


def payments_agree_with_words(scenario: Scenario) -> None:
    """Movements of money make what is captured and refunded, and the payment word says what they say."""
    for (_, _), record in all_records(scenario):
        if record.payments is None:
            continue
        captured = refunded = Decimal(0)
        for payment in record.payments.payments:
            moved: Counter[str] = Counter()
            for transaction in payment.transactions:
                if transaction.status == "SUCCESS":
                    moved[transaction.kind] += _amount(transaction.amount)  # type: ignore[assignment]  # Decimal counts
            assert moved["SALE"] + moved["CAPTURE"] == _amount(payment.captured)
            captured += _amount(payment.captured)
            refunded += moved["REFUND"]
        assert refunded == sum(_amount(refund.amount) for refund in record.payments.refunds)
        status = word(record, Axis.PAYMENT)
        if refunded:
            assert status == ("REFUNDED" if refunded == captured else "PARTIALLY_REFUNDED")
        elif captured:
            assert status in ("PAID", "PARTIALLY_PAID")
        else:
            assert status in ("PENDING", "AUTHORIZED", "VOIDED")


def quantities_agree_with_words(scenario: Scenario) -> None:
    """FULFILLED, PARTIALLY_FULFILLED and UNFULFILLED are what the shipped pieces say; no more leaves than is wanted.

    DELIVERED stands only where a carrier's event says so.
    """
    for _, record in all_records(scenario):
        wanted = sum(line.quantity.current or 0 for line in record.lines or ())
        left = [shipment for shipment in shipments(record) if shipment.shipped_at is not None]
        gone = sum(goods.quantity for shipment in left for goods in shipment.lines)
        assert gone <= wanted
        expected = "FULFILLED" if gone == wanted else "PARTIALLY_FULFILLED" if gone else "UNFULFILLED"
        if not record.holds and word(record, Axis.ORDER) != "CANCELED" and len(left) == len(shipments(record)):
            assert word(record, Axis.FULFILLMENT) == expected
        line_ids = {line.external_id for line in record.lines or ()}
        for shipment in shipments(record):
            assert {goods.line_id for goods in shipment.lines} <= line_ids
            delivered = [_delivered_at(package) for package in shipment.packages]
            if shipment.status is ShipmentStatus.DELIVERED or shipment.delivered_at is not None:
                assert delivered
                assert None not in delivered
            for package, moment in zip(shipment.packages, delivered, strict=True):
                assert (package.status is ShipmentStatus.DELIVERED) == (moment is not None)


def _delivered_at(package: Package) -> datetime | None:
    events = package.events or ()
    return next((event.occurred_at for event in events if event.status is ShipmentStatus.DELIVERED), None)


def times_are_in_order(scenario: Scenario) -> None:
    """Everything is in UTC and has happened; promises apart, nothing comes before what it follows from."""
    for (system, _), record in all_records(scenario):
        header = record.header
        assert header
        assert header.placed_at
        assert record.updated_at
        for path, value in walk(record):
            assert not isinstance(value, float), path
            if isinstance(value, datetime):
                assert value.utcoffset() == timedelta(0), path
                if not any(part in path for part in ("eta", "promised_by", "fulfill_by")):
                    assert header.placed_at <= value <= UNTIL, (path, system)
        assert header.placed_at <= record.updated_at
        for shipment in shipments(record):
            for package in shipment.packages:
                moments = [event.occurred_at for event in package.events or ()]
                assert moments == sorted(moments)
                if package.events:
                    assert shipment.shipped_at in moments
                    assert package.status is package.events[-1].status
            if shipment.delivered_at is not None:
                assert shipment.shipped_at is not None
                assert shipment.shipped_at < shipment.delivered_at
        moments = [happening.occurred_at for happening in record.timeline or ()]
        assert moments == sorted(moments)


_FIRST_NUMBERS = {
    "shop-us": (1001, "#{}"),
    "shop-eu": (1001, "#EU{}"),
    "shop-outlet": (1001, "#OL{}"),
    "erp": (1, "S{:06d}"),
    "wms": (0, ""),
}


def orders_come_in_order_of_number(scenario: Scenario) -> None:
    """In each system a later number is a later order; numbers run without a gap, and no id is given twice."""
    for system, world in scenario.worlds.items():
        ids = [record.external_id for record in world.orders]
        assert len(set(ids)) == len(ids)
        placed = [record.header.placed_at for record in world.orders if record.header and record.header.placed_at]
        if system != "wms":
            assert placed == sorted(placed)
        numbers = [number for record in world.orders if (number := record.key("number"))]
        first, form = _FIRST_NUMBERS[system]
        assert numbers == [form.format(n) for n in range(first, first + len(numbers))]


def parts_have_ids_of_their_own(scenario: Scenario) -> None:
    """Within a system no two lines, shipments, packages, payments or invoices have the same id."""
    for world in scenario.worlds.values():
        ids: Counter[str] = Counter()
        for record in world.orders:
            ids.update(line.external_id for line in record.lines or ())
            ids.update(shipment.external_id for shipment in shipments(record))
            ids.update(package.external_id or "" for s in shipments(record) for package in s.packages)
            ids.update(
                plan.external_id for plan in (record.fulfillment.fulfillment_orders if record.fulfillment else ())
            )
            ids.update(invoice.external_id for invoice in (record.invoices.invoices if record.invoices else ()))
            payments = record.payments.payments if record.payments else ()
            ids.update(payment.external_id for payment in payments)
            ids.update(moved.external_id for payment in payments for moved in payment.transactions)
        assert not [key for key, times in ids.items() if times > 1]


def tracking_numbers_tell_parcels_apart(scenario: Scenario) -> None:
    """A tracking number is one parcel's: unique in a system, and only records of one sale share it."""
    goods_of: dict[str, set[tuple[str, Decimal]]] = {}
    for system, world in scenario.worlds.items():
        seen: set[str] = set()
        for record in world.orders:
            for shipment in shipments(record):
                assert not shipment.packages or shipment.location
                goods = {((line.sku or "").casefold(), line.quantity) for line in shipment.lines}
                for package in shipment.packages:
                    number = package.tracking_number
                    assert number, system
                    assert number not in seen, number
                    seen.add(number)
                    assert goods_of.setdefault(number, goods) == goods


def stores_ship_without_the_warehouse(scenario: Scenario) -> None:
    """What leaves a store stands in the shop and the ERP, never in the warehouse."""
    for record in scenario.worlds["wms"].orders:
        for shipment in shipments(record):
            assert shipment.location
            assert shipment.location.kind is LocationKind.WAREHOUSE


def truth_parts_the_records(scenario: Scenario) -> None:
    """Every record of every system is a member of exactly one true order, and the anchor is one of its own."""
    members = [record for order in scenario.truth.orders for record in order.members]
    assert sorted(members) == sorted(record for record, _ in all_records(scenario))
    for order in scenario.truth.orders:
        assert order.anchor in order.members
        shop = [system for system, _ in order.members if system in SHOPS]
        assert order.anchor[0] == (shop[0] if shop else "erp")
        assert len({system for system, _ in order.members}) == len(order.members)
    numbers = [order.number for order in scenario.truth.orders]
    assert numbers == list(range(1, len(numbers) + 1))


def truth_is_what_references_allow(scenario: Scenario) -> None:
    """Joining by the rule alone gives the true orders.

    A reference counts when, tidied, it names exactly one record and no second record of its system claims the same.
    """
    owners: dict[str, list[RecordId]] = {}
    claims: dict[tuple[str, str, str], list[RecordId]] = {}
    parent = {record_id: record_id for record_id, _ in all_records(scenario)}
    for record_id, record in all_records(scenario):
        if record.key("number"):
            owners.setdefault(tidy(record.key("number") or ""), []).append(record_id)
        for key in record.references:
            if key.value.casefold() not in PLACEHOLDERS:
                claims.setdefault((record_id[0], key.namespace, tidy(key.value)), []).append(record_id)

    def root(record_id: RecordId) -> RecordId:
        while parent[record_id] != record_id:
            record_id = parent[record_id]
        return record_id

    for (_, _, number), claimants in claims.items():
        named = owners.get(number, [])
        if len(claimants) == 1 and len(named) == 1:
            parent[root(claimants[0])] = root(named[0])
    groups: dict[RecordId, set[RecordId]] = {}
    for record_id in parent:
        groups.setdefault(root(record_id), set()).add(record_id)
    assert {frozenset(group) for group in groups.values()} == {order.members for order in scenario.truth.orders}


def conflicts_stand_on_joined_orders(scenario: Scenario) -> None:
    """Every planted conflict is on a true order, one between records is on an order that has the records."""
    orders = {order.anchor: {system for system, _ in order.members} for order in scenario.truth.orders}
    skus = {level.sku for level in scenario.truth.stock}
    needed = {"invoice_off_by_a_cent": "erp", "edit_unseen_by_erp": "erp", "status_lag": "wms"}
    for conflict in scenario.truth.conflicts:
        if conflict.kind == "stock_drift":
            assert conflict.order[0] == "stock"
            assert conflict.order[1] in skus
        else:
            assert needed.get(conflict.kind, conflict.order[0]) in orders[conflict.order]


def every_conflict_can_be_seen(scenario: Scenario) -> None:
    """No two planted conflicts are the same, and none is of a kind that is not counted."""
    conflicts = scenario.truth.conflicts
    assert len({(c.order, c.path, c.kind) for c in conflicts}) == len(conflicts)
    assert {conflict.kind for conflict in conflicts} <= set(scenario.truth.counts)


def _amount(money: Money | None) -> Decimal:
    return money.amount if money is not None else Decimal(0)


ALL = (
    totals_add_up,
    payments_agree_with_words,
    quantities_agree_with_words,
    times_are_in_order,
    orders_come_in_order_of_number,
    parts_have_ids_of_their_own,
    tracking_numbers_tell_parcels_apart,
    stores_ship_without_the_warehouse,
    truth_parts_the_records,
    truth_is_what_references_allow,
    conflicts_stand_on_joined_orders,
    every_conflict_can_be_seen,
)
