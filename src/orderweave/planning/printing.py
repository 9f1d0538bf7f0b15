"""A plan as text: what `orderweave explain` prints and the e2e cases keep beside the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orderweave.model.systems import Business
from orderweave.planning.orders import OrderPlan
from orderweave_sdk.records import Facet


def print_orders(plan: OrderPlan, business: Business, *, root: str) -> str:
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
    lines += [f"  price, {name}: {_price(name, plan, business)}" for name in asked]
    return "\n".join(lines) + "\n"


def print_stock(systems: Iterable[str], batches: Mapping[str, int]) -> str:
    """The plan of an inventory question: every system that keeps stock is asked once a batch."""
    lines = ["inventory: stock at all places"]
    lines += [f"  1. {name}: read stock, up to {batches[name]} SKUs a call" for name in systems]
    return "\n".join(lines) + "\n"


def _price(name: str, plan: OrderPlan, business: Business) -> str:
    """Calls for one order, or for one batch of orders, and what they cost in the system's own units where known."""
    parts = [part[name] for part in (plan.captures, plan.seconds) if name in part]
    calls = f"{len(parts)} call{'s' if len(parts) > 1 else ''} a batch"
    limit = business.systems[name].manifest.rate_limit
    if limit is None or limit.orders is None:
        return calls
    one = sum(limit.orders.of(facets) for facets in parts)
    return f"{calls}, {one:g} {limit.units} for one order, at most {limit.orders.most:g} a call"


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
