"""Counting the mess again from what the systems say, without a word from the generator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from orderweave.scenario import Scenario
from orderweave_sdk.records import Axis, ChannelKind, DeliveryMethod, LocationKind, OrderRecord

SHOPS = frozenset({"shop-us", "shop-eu", "shop-outlet"})
PLACEHOLDERS = {"n/a", "0", "-", "none", "tbd"}


def reference(record: OrderRecord, field: str) -> str | None:
    """What stands in a reference field."""
    return next((key.value for key in record.references if key.namespace == field), None)


def word(record: OrderRecord, axis: Axis) -> str | None:
    """The record's word on an axis."""
    return next((status.normalized for status in record.statuses if status.axis is axis), None)


def tidy(text: str) -> str:
    """A shop's number without what people put round it."""
    return text.strip().removeprefix("SO-").removeprefix("#").casefold()


def recount(scenario: Scenario) -> dict[str, int]:
    """The counts of `Truth.counts`, from the worlds alone."""
    found: Counter[str] = Counter()
    worlds = scenario.worlds
    warehouse = {reference(record, "order_number"): record for record in worlds["wms"].orders}
    for shop in SHOPS & worlds.keys():
        for record in worlds[shop].orders:
            found.update(_of_shop(record, warehouse.get(record.key("number"))))
    found.update(_of_references(scenario))
    found.update(_of_joined_records(scenario))
    found["b2b_draft"] = sum(record.key("number") is None for record in worlds["erp"].orders)
    shop_skus = {product.sku for product in worlds["shop-us"].products}
    found["sku_case"] = sum(product.sku not in shop_skus for product in worlds["wms"].products)
    truly = {level.sku.casefold(): level.on_hand for level in worlds["wms"].stock}
    found["stock_drift"] = sum(level.on_hand != truly[level.sku.casefold()] for level in worlds["shop-eu"].stock)
    return dict(found)


def _of_shop(record: OrderRecord, in_warehouse: OrderRecord | None) -> Iterator[str]:
    assert record.fulfillment
    assert record.payments
    assert record.lines is not None
    goods = record.fulfillment
    kinds = {s.location.kind for s in goods.shipments if s.location}
    pickup = any(plan.method is DeliveryMethod.STORE_PICKUP for plan in goods.fulfillment_orders)
    progress = in_warehouse.fulfillment.progress if in_warehouse and in_warehouse.fulfillment else ()
    signs = {
        "partial_shipment": word(record, Axis.FULFILLMENT) == "PARTIALLY_FULFILLED",
        "split_shipment": kinds == {LocationKind.WAREHOUSE, LocationKind.STORE},
        "ship_from_store": kinds == {LocationKind.STORE} and not pickup,
        "store_pickup": pickup,
        "backorder": any(entry.backordered for entry in progress),
        "cancellation": word(record, Axis.ORDER) == "CANCELED",
        "edit": any(line.quantity.canceled for line in record.lines),
        "refund": bool(record.payments.refunds),
        "return": bool(record.returns),
        "hold": bool(record.holds),
    }
    return (kind for kind, shown in signs.items() if shown)


def _of_references(scenario: Scenario) -> Counter[str]:
    found: Counter[str] = Counter()
    shop_numbers = {
        tidy(number)
        for shop in SHOPS & scenario.worlds.keys()
        for record in scenario.worlds[shop].orders
        if (number := record.key("number"))
    }
    texts: list[str] = []
    for record in scenario.worlds["erp"].orders:
        text = reference(record, "reference")
        web = record.header and record.header.channel and record.header.channel.kind is ChannelKind.ONLINE_STORE
        if text is None:
            found["reference_missing"] += bool(web)
        elif text.casefold() in PLACEHOLDERS:
            found["reference_placeholder"] += 1
        elif web:
            texts.append(text)
    claims = Counter(tidy(text) for text in texts)
    for text in texts:
        found["reference_used_twice"] += claims[tidy(text)] > 1
        found["reference_to_nowhere"] += tidy(text) not in shop_numbers
        found["reference_mistyped"] += text.casefold() != tidy(text)
    return found


def _of_joined_records(scenario: Scenario) -> Counter[str]:
    """The kinds that show only between the records of one order."""
    found: Counter[str] = Counter()
    records = {
        (system, record.external_id): record for system, world in scenario.worlds.items() for record in world.orders
    }
    for order in scenario.truth.orders:
        members = {system: records[system, external_id] for system, external_id in order.members}
        shop = next((members[name] for name in SHOPS if name in members), None)
        erp, wms = members.get("erp"), members.get("wms")
        if shop is None:
            continue
        lags = word(shop, Axis.FULFILLMENT) == "UNFULFILLED"
        found["status_lag"] += bool(wms and lags and word(wms, Axis.FULFILLMENT) == "FULFILLED")
        if erp is None:
            continue
        found["joined_through_third"] += tidy(reference(erp, "reference") or "") != tidy(shop.key("number") or "")
        found["edit_unseen_by_erp"] += _current(shop) != _current(erp)
        found["invoice_off_by_a_cent"] += _billed(erp) not in (None, _total(shop))
    return found


def _current(record: OrderRecord) -> dict[str | None, Decimal | None]:
    return {line.sku: line.quantity.current for line in record.lines or ()}


def _billed(record: OrderRecord) -> Decimal | None:
    invoices = record.invoices.invoices if record.invoices else ()
    return sum((invoice.total.amount for invoice in invoices if invoice.total), Decimal(0)) if invoices else None


def _total(record: OrderRecord) -> Decimal | None:
    totals = record.header.totals if record.header else None
    return totals.total.amount if totals and totals.total else None
