"""Stock and products by SKU, over every system that keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from orderweave.answering.errors import RequestError, bad_input, incomplete
from orderweave.answering.parts import Parts
from orderweave.inventory import StockMerger
from orderweave.merging.lines import tidy_sku
from orderweave.merging.product import merge_product
from orderweave.model.inventory import FetchedStock, InventoryItem
from orderweave.model.product import Product
from orderweave.model.provenance import SourceIssue
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import ProductRecord

MOST_SKUS = 200
_LONGEST_SKU = 200


async def inventory(parts: Parts, skus: Sequence[str], call: Terms, most: int = MOST_SKUS) -> tuple[InventoryItem, ...]:
    """Each SKU asked for, in the order asked, each once; one that no system knows has no level."""
    if not 1 <= len(skus) <= most:
        raise bad_input(f"skus must hold 1 to {most} SKUs, holds {len(skus)}")
    _check(skus)
    wanted = dict.fromkeys(tidy_sku(sku) for sku in skus)
    said = {tidy_sku(sku): sku for sku in reversed(skus)}
    names = _having(parts, Capability.READ_STOCK)
    with parts.observing.stage(Stage.FETCH):
        answers = await asyncio.gather(*(_stock(parts, name, _spellings(skus), call) for name in names))
    levels: dict[str, list[FetchedStock]] = {sku: [] for sku in wanted}
    issues: list[SourceIssue] = []
    for found, failed in answers:
        issues += failed
        for entry in found:
            key = tidy_sku(entry.record.sku)
            if key in levels:
                levels[key].append(entry)
    parts.tell_ages(entry for found in levels.values() for entry in found)
    with parts.observing.stage(Stage.MERGE):
        merger = StockMerger(parts.business, parts.authority)
        now = parts.clock.now()
        return tuple(merger.merge(said[sku], levels[sku], now=now, missing=issues) for sku in wanted)


async def product(parts: Parts, sku: str, call: Terms) -> Product | None:
    """The product with this SKU, its title from the most believed system that knows it.

    INCOMPLETE when no system that answered knows it and one did not answer.
    """
    (found,) = await products(parts, [sku], call)
    if isinstance(found, RequestError):
        raise found
    return found


async def products(parts: Parts, skus: Sequence[str], call: Terms) -> list[Product | RequestError | None]:
    """What `product` gives for each of at most 200 SKUs, its error in its place, each system asked for all at once."""
    asked = [sku for sku in skus if _problem(sku) is None]
    names = _having(parts, Capability.FIND_PRODUCTS) if asked else []
    with parts.observing.stage(Stage.FETCH):
        answers = await asyncio.gather(*(_products(parts, name, _spellings(asked), call) for name in names))
    silent = [name for name, (_, whole) in zip(names, answers, strict=True) if not whole]
    found: dict[str, dict[str, ProductRecord]] = {}
    for name, (records, _) in zip(names, answers, strict=True):
        for record in records:
            found.setdefault(tidy_sku(record.sku), {})[name] = record
    return [_problem(sku) or _product(parts, sku, found.get(tidy_sku(sku), {}), silent) for sku in skus]


def _product(
    parts: Parts, sku: str, found: dict[str, ProductRecord], silent: list[str]
) -> Product | RequestError | None:
    if found:
        return merge_product(sku, found, parts.authority)
    return incomplete("this product", silent) if silent else None


def _check(skus: Sequence[str]) -> None:
    for sku in skus:
        if problem := _problem(sku):
            raise problem


def _problem(sku: str) -> RequestError | None:
    if sku.strip() and len(sku) <= _LONGEST_SKU:
        return None
    return bad_input(f"a SKU must be a text of 1 to {_LONGEST_SKU} characters")


def _having(parts: Parts, capability: Capability) -> list[str]:
    return [name for name, spec in parts.business.systems.items() if capability in spec.manifest.capabilities]


def _spellings(skus: Sequence[str]) -> list[str]:
    """Each SKU as asked and in upper and lower case: systems keep the same SKU in different cases."""
    return list(dict.fromkeys(form for sku in skus for form in (sku.strip(), sku.strip().upper(), sku.strip().lower())))


async def _stock(parts: Parts, name: str, skus: list[str], call: Terms) -> tuple[list[FetchedStock], list[SourceIssue]]:
    batch = parts.business.systems[name].manifest.stock_batch
    assert batch is not None
    answers = await asyncio.gather(*(parts.systems.read_stock(name, part, call) for part in _batches(skus, batch.size)))
    found = [entry for answer in answers for entry in answer.found]
    issues = [answer.failed for answer in answers if answer.failed is not None]
    return found, list(dict.fromkeys([*issues, *(gap for answer in answers for gap in answer.gaps)]))


async def _products(parts: Parts, name: str, skus: list[str], call: Terms) -> tuple[list[ProductRecord], bool]:
    """The records, and whether the system answered every batch."""
    batch = parts.business.systems[name].manifest.product_batch
    assert batch is not None
    answers = await asyncio.gather(
        *(parts.systems.find_products(name, part, call) for part in _batches(skus, batch.size))
    )
    return [record for answer in answers for record in answer.found], all(a.failed is None for a in answers)


def _batches(values: list[str], size: int) -> list[list[str]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
