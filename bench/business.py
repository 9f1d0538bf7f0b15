"""The business of the benchmark: orders that a shop, the ERP and the warehouse all know, and agree on.

It is the scenario's business without its mess, because the hand-written handlers and the other gateways join by the
number as it stands and cannot do otherwise. Orderweave runs over it with all that it does about mess.
"""

from __future__ import annotations

from collections import defaultdict

import msgspec

from orderweave.demo import DemoBusiness
from orderweave.scenario import Scenario
from orderweave_sdk.records import OrderRecord

SEED = 7
# Of so many generated orders more than the 500 of the longest page are told alike by three systems.
GENERATED = 2_500
SHOPS = ("shop-us", "shop-eu")


def plain_business() -> DemoBusiness:
    """The business, not started: only orders whose three records tie to each other by the shop's number alone."""
    business = DemoBusiness(seed=SEED, orders=GENERATED)
    kept = plain_records(business.scenario)
    business.worlds = {
        name: msgspec.structs.replace(
            world, orders=tuple(order for order in world.orders if (name, order.external_id) in kept)
        )
        for name, world in business.worlds.items()
    }
    return business


def plain_records(scenario: Scenario) -> frozenset[tuple[str, str]]:
    """The records, by system and id, of orders without a slip.

    Placed in a shop, entered in the ERP with exactly the shop's number as reference, shipped whole by the warehouse in
    one shipment that the shop knows of, invoiced once, and disputed by nobody.
    """
    disputed = {conflict.order for conflict in scenario.truth.conflicts}
    records = {(name, order.external_id): order for name, world in scenario.worlds.items() for order in world.orders}
    kept: set[tuple[str, str]] = set()
    for order in scenario.truth.orders:
        by_system = _by_system(order.members)
        if (
            order.anchor[0] not in SHOPS
            or order.anchor in disputed
            or set(by_system) != {order.anchor[0], "erp", "wms"}
        ):
            continue
        shop, erp, wms = (records[member] for member in (order.anchor, by_system["erp"], by_system["wms"]))
        if _is_plain(shop, erp, wms):
            kept |= order.members
    return frozenset(kept)


def _by_system(members: frozenset[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for member in members:
        found[member[0]].append(member)
    return {system: ids[0] for system, ids in found.items() if len(ids) == 1}


def _is_plain(shop: OrderRecord, erp: OrderRecord, wms: OrderRecord) -> bool:
    number = (shop.key("number") or "").removeprefix("#")
    references = {key.namespace: key.value for key in erp.references}
    shipments = [record.fulfillment.shipments if record.fulfillment else () for record in (shop, wms)]
    return (
        references.get("reference") == number
        and all(len(found) == 1 and len(found[0].packages) == 1 for found in shipments)
        and erp.invoices is not None
        and len(erp.invoices.invoices) == 1
        and not any(record.returns or record.holds for record in (shop, erp, wms))
    )
