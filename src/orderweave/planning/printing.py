"""A plan as text: what `orderweave explain` prints and the e2e cases keep beside the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orderweave.model.systems import Business
from orderweave.planning.orders import OrderPlan
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Facet


def print_orders(plan: OrderPlan, calls: Mapping[str, int], business: Business, *, root: str) -> str:
    """The plan of one root field, one line a system and part."""
    verb = "find by key" if root in ("order", "node", "nodes") else "search"
    lines = [f"{root}: {_facets(plan.needs.facets)}"]
    if plan.needs.all_sources:
        lines.append("  every system that may know the order is asked (sources or conflicts are selected)")
    for name, facets in plan.captures.items():
        lines.append(f"  1. {name}: {verb} -> {_facets(facets)}")
    for name, facets in plan.seconds.items():
        lines.append(f"  2. {name}: {_by_keys(name, business)} -> {_facets(facets)}")
    for name in plan.carriers:
        batch = business.systems[name].manifest.tracking_batch
        lines.append(f"  3. {name}: by tracking number, up to {batch.size if batch else 1} parcels a call -> TRACKING")
    lines += [f"  if one fails, {facet}: {' > '.join(names)}" for facet, names in plan.fallbacks.items() if names]
    asked = dict.fromkeys([*plan.captures, *plan.seconds])
    lines += [f"  price, {name}: {_price(name, plan, calls, business)}" for name in asked if name in calls]
    return "\n".join(lines) + "\n"


def print_stock(
    calls: Mapping[str, int], business: Business, *, root: str = "inventory", receipts: bool = False
) -> str:
    """The plan of a question about stock: every system that keeps some is asked batch by batch, and those that expect
    goods for these as well.
    """
    lines = [f"{root}: stock at all places"]
    for name in calls:
        manifest = business.systems[name].manifest
        batch = manifest.stock_batch
        assert batch is not None, "a system with stock declares its batch"
        lines.append(f"  1. {name}: read stock, up to {batch.size} SKUs a call")
        if receipts and Capability.READ_RECEIPTS in manifest.capabilities:
            lines.append(f"  1. {name}: read expected receipts, up to {batch.size} SKUs a call")
    lines += [f"  price, {name}: {_calls(count)}" for name, count in calls.items()]
    return "\n".join(lines) + "\n"


def print_index(calls: Mapping[str, int], *, root: str) -> str:
    """The plan of a root field that is answered out of the index."""
    lines = [f"{root}: out of the index"]
    if calls:
        lines.append("  what it does not keep: from the systems, by key")
    lines += [f"  price, {name}: {_calls(count)}" for name, count in calls.items()]
    return "\n".join(lines) + "\n"


def print_others(calls: Mapping[str, int], *, root: str) -> str:
    """The plan of a root field that asks for neither orders nor stock."""
    lines = [f"{root}: no order is asked for"]
    lines += [f"  price, {name}: {_calls(count)}" for name, count in calls.items()]
    return "\n".join(lines) + "\n"


def _price(name: str, plan: OrderPlan, calls: Mapping[str, int], business: Business) -> str:
    """The calls, and what an order and a call cost in the system's own units where known."""
    limit = business.systems[name].manifest.rate_limit
    if limit is None or limit.orders is None:
        return _calls(calls[name])
    one = sum(limit.orders.of(part[name]) for part in (plan.captures, plan.seconds) if name in part)
    return f"{_calls(calls[name])}, {one:g} {limit.units} for one order, at most {limit.orders.most:g} a call"


def _calls(count: int) -> str:
    return f"{count} call{'s' if count != 1 else ''}"


def _facets(facets: Iterable[Facet]) -> str:
    return ", ".join(sorted(facet.value for facet in facets)) or "keys only"


def _by_keys(name: str, business: Business) -> str:
    spec = business.systems[name]
    parts = []
    for rule in spec.references:
        batch = spec.manifest.lookups.get(rule.field)
        if batch is not None:
            how = f"{batch.strategy.value.lower().replace('_', ' ')} of up to {batch.size}"
            parts.append(f"by {rule.field} = {' or '.join(rule.names)} ({how})")
    return "; ".join(parts)
