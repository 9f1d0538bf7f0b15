"""Stock and products by SKU, over every system that keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from orderweave.answering.errors import bad_input, incomplete
from orderweave.answering.parts import Parts
from orderweave.inventory import StockMerger
from orderweave.merging.lines import tidy_sku
from orderweave.merging.product import merge_product
from orderweave.model.inventory import FetchedStock, InventoryItem
from orderweave.model.product import Product
from orderweave.model.provenance import SourceIssue
from orderweave_sdk.capabilities import Products, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import ProductRecord

MOST_SKUS = 200
_LONGEST_SKU = 200


async def inventory(parts: Parts, skus: Sequence[str], call: Call) -> tuple[InventoryItem, ...]:
    """Each SKU asked for, in the order asked, each once; one that no system knows has no level."""
    if not 1 <= len(skus) <= MOST_SKUS:
        raise bad_input(f"skus must hold 1 to {MOST_SKUS} SKUs, holds {len(skus)}")
    _check(skus)
    wanted = dict.fromkeys(tidy_sku(sku) for sku in skus)
    said = {tidy_sku(sku): sku for sku in reversed(skus)}
    names = _having(parts, Capability.READ_STOCK)
    answers = await asyncio.gather(*(_stock(parts, name, _spellings(skus), call) for name in names))
    levels: dict[str, list[FetchedStock]] = {sku: [] for sku in wanted}
    issues: list[SourceIssue] = []
    for found, failed in answers:
        issues += failed
        for entry in found:
            key = tidy_sku(entry.record.sku)
            if key in levels:
                levels[key].append(entry)
    merger = StockMerger(parts.business, parts.authority)
    now = parts.clock.now()
    return tuple(merger.merge(said[sku], levels[sku], now=now, missing=issues) for sku in wanted)


async def product(parts: Parts, sku: str, call: Call) -> Product | None:
    """The product with this SKU, its title from the most believed system that knows it.

    INCOMPLETE when no system that answered knows it and one did not answer.
    """
    _check([sku])
    names = _having(parts, Capability.FIND_PRODUCTS)
    answers = await asyncio.gather(*(_products(parts, name, _spellings([sku]), call) for name in names))
    found = {
        name: record
        for name, (records, _) in zip(names, answers, strict=True)
        for record in records
        if tidy_sku(record.sku) == tidy_sku(sku)
    }
    silent = [name for name, (_, whole) in zip(names, answers, strict=True) if not whole]
    if not found and silent:
        raise incomplete("this product", silent)
    return merge_product(sku, found, parts.authority) if found else None


def _check(skus: Sequence[str]) -> None:
    if any(not sku.strip() or len(sku) > _LONGEST_SKU for sku in skus):
        raise bad_input(f"a SKU must be a text of 1 to {_LONGEST_SKU} characters")


def _having(parts: Parts, capability: Capability) -> list[str]:
    return [name for name, spec in parts.business.systems.items() if capability in spec.manifest.capabilities]


def _spellings(skus: Sequence[str]) -> list[str]:
    """Each SKU as asked and in upper and lower case: systems keep the same SKU in different cases."""
    return list(dict.fromkeys(form for sku in skus for form in (sku.strip(), sku.strip().upper(), sku.strip().lower())))


async def _stock(parts: Parts, name: str, skus: list[str], call: Call) -> tuple[list[FetchedStock], list[SourceIssue]]:
    batch = parts.business.systems[name].manifest.stock_batch
    assert batch is not None

    async def read(part: list[str]) -> tuple[Stock | None, SourceIssue | None]:
        return await parts.systems.ask(
            name, frozenset(), Stock, lambda connector: connector.read_stock(part, None, call), call
        )

    answers = await asyncio.gather(*(read(part) for part in _batches(skus, batch.size)))
    now = parts.clock.now()
    found = [
        FetchedStock(system=name, record=record, fetched_at=now)
        for answer, _ in answers
        if answer is not None
        for record in answer.records
    ]
    issues = list(dict.fromkeys(issue for _, issue in answers if issue is not None))
    gaps = tuple(gap for answer, _ in answers if answer is not None for gap in answer.gaps)
    return found, [*issues, *parts.systems.gaps(name, gaps, frozenset())]


async def _products(parts: Parts, name: str, skus: list[str], call: Call) -> tuple[list[ProductRecord], bool]:
    """The records, and whether the system answered every batch."""
    batch = parts.business.systems[name].manifest.product_batch
    assert batch is not None

    async def find(part: list[str]) -> Products | None:
        found, _ = await parts.systems.ask(
            name, frozenset(), Products, lambda connector: connector.find_products(part, call), call
        )
        return found

    answers = await asyncio.gather(*(find(part) for part in _batches(skus, batch.size)))
    return [record for answer in answers if answer for record in answer.records], None not in answers


def _batches(values: list[str], size: int) -> list[list[str]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
