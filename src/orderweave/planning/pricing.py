"""How many calls a plan makes, system by system, when all goes well. Pure: no I/O, no clock.

It is what the systems are asked for at most before anything fails, comes from a cache or is waited for together with
others; second tries, stand-ins and further rounds of a filter that no system can apply are not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from orderweave.model.systems import Business, SystemSpec
from orderweave.planning.orders import OrderPlan
from orderweave_sdk.manifest import Capability

# A SKU is asked for as it is written, in upper and in lower case.
_SKU_SPELLINGS = 3
# A page needs one order more to know that there is another page, and one for what else may fall out.
_BEYOND = 2


def look_up_calls(plan: OrderPlan, business: Business) -> Counter[str]:
    """The calls that find one order by a name."""
    calls = Counter(dict.fromkeys(plan.captures, 1))
    for name in plan.seconds:
        calls[name] += _by_reference(business.systems[name], 1)
    return calls


def list_calls(plan: OrderPlan, business: Business, size: int) -> Counter[str]:
    """The calls for a page of so many orders: searches, one batch after another for what is known elsewhere."""
    calls: Counter[str] = Counter()
    for name in plan.captures:
        spec = business.systems[name]
        mirrors = _mirrors(spec, plan)
        hits = (size + _BEYOND) * (2 if mirrors else 1)
        calls[name] += _batches(hits, spec.manifest.page_size)
        if mirrors and plan.captures[name]:
            calls[name] += _batches(size, spec.manifest.lookups["id"].size)
    for name in plan.seconds:
        calls[name] += _by_reference(business.systems[name], size)
    return calls


def stock_calls(business: Business, skus: int) -> Counter[str]:
    """The calls that read the stock of so many SKUs."""
    return _calls_of(Capability.READ_STOCK, business, skus)


def receipt_calls(business: Business, skus: int) -> Counter[str]:
    """The calls that read what is expected of so many SKUs."""
    return _calls_of(Capability.READ_RECEIPTS, business, skus)


def _calls_of(capability: Capability, business: Business, skus: int) -> Counter[str]:
    found = {}
    for name, spec in business.systems.items():
        batch = spec.manifest.stock_batch
        if capability in spec.manifest.capabilities and batch is not None:
            found[name] = _batches(skus * _SKU_SPELLINGS, batch.size)
    return Counter(found)


def product_calls(business: Business) -> Counter[str]:
    """The calls that find one product."""
    found = {}
    for name, spec in business.systems.items():
        batch = spec.manifest.product_batch
        if Capability.FIND_PRODUCTS in spec.manifest.capabilities and batch is not None:
            found[name] = _batches(_SKU_SPELLINGS, batch.size)
    return Counter(found)


def place_calls(business: Business) -> Counter[str]:
    """The calls that list all places."""
    return Counter(
        name for name, spec in business.systems.items() if Capability.LIST_LOCATIONS in spec.manifest.capabilities
    )


def times(calls: Mapping[str, int], count: int) -> Counter[str]:
    """The same calls so many times."""
    return Counter({name: many * count for name, many in calls.items()})


def _by_reference(spec: SystemSpec, orders: int) -> int:
    """The calls that look so many orders up by the fields in which a system keeps others' numbers."""
    manifest = spec.manifest
    wanted: dict[str, int] = {}
    for rule in spec.references:
        if rule.lookup and rule.field in manifest.lookups:
            wanted[rule.field] = max(wanted.get(rule.field, 0), len(rule.spellings))
    batches = [_batches(orders * spellings, manifest.lookups[field].size) for field, spellings in wanted.items()]
    if not batches:
        return 1
    return max(batches) if manifest.mixed_lookups else sum(batches)


def _mirrors(spec: SystemSpec, plan: OrderPlan) -> bool:
    """Whether orders of other places of capture stand in this one too."""
    return any(key.partition(":")[0] in plan.captures for rule in spec.references for key in rule.names)


def _batches(values: int, size: int) -> int:
    return max(1, -(-values // size))
