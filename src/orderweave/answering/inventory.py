"""Stock and products by SKU, over every system that keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from itertools import chain
from typing import Generic, TypeVar

from orderweave.answering.errors import RequestError, bad_input, incomplete
from orderweave.answering.parts import Parts
from orderweave.fetching.found import Found
from orderweave.merging.lines import tidy_sku
from orderweave.merging.product import merge_product
from orderweave.model.inventory import FetchedReceipt, FetchedStock, InventoryItem
from orderweave.model.product import Product
from orderweave.model.provenance import SourceIssue
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import ProductRecord

MOST_SKUS = 200
_LONGEST_SKU = 200

F = TypeVar("F", bound=FetchedStock | FetchedReceipt)


async def inventory(
    parts: Parts, skus: Sequence[str], call: Terms, most: int = MOST_SKUS, *, receipts: bool = False
) -> tuple[InventoryItem, ...]:
    """Each SKU asked for, in the order asked, each once; one that no system knows has no level.

    With `receipts` it is asked what is expected of them, too; without that nothing is, and nothing later is promised.
    """
    if not 1 <= len(skus) <= most:
        raise bad_input(f"skus must hold 1 to {most} SKUs, holds {len(skus)}")
    check_skus(skus)
    wanted = dict.fromkeys(tidy_sku(sku) for sku in skus)
    said = {tidy_sku(sku): sku for sku in reversed(skus)}
    with parts.observing.stage(Stage.FETCH):
        stock, expected = await asyncio.gather(
            _asked(parts, Capability.READ_STOCK, parts.systems.read_stock, skus, call),
            _asked(parts, Capability.READ_RECEIPTS, parts.systems.read_receipts, skus, call) if receipts else _nobody(),
        )
    levels = _by_sku(wanted, stock.found)
    coming = _by_sku(wanted, expected.found)
    used: list[FetchedStock | FetchedReceipt] = [*chain(*levels.values()), *chain(*coming.values())]
    parts.tell_ages(used)
    with parts.observing.stage(Stage.MERGE):
        now = parts.clock.now()
        return tuple(
            parts.stock_merger.merge(
                said[sku],
                levels[sku],
                receipts=coming[sku],
                now=now,
                missing=stock.issues,
                missing_receipts=expected.issues,
            )
            for sku in wanted
        )


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


def check_skus(skus: Sequence[str]) -> None:
    """Refuse what cannot be a SKU."""
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


class _Told(Generic[F]):
    """What all systems together say, each record once, and what is missing of it."""

    def __init__(self, found: Iterable[F], issues: Iterable[SourceIssue]) -> None:
        # A system that compares without case finds a SKU in two batches that hold it in two spellings.
        each: dict[Hashable, F] = {_name_of(entry): entry for entry in found}
        self.found = list(each.values())
        self.issues = list(dict.fromkeys(issues))


async def _nobody() -> _Told[FetchedReceipt]:
    return _Told[FetchedReceipt]((), ())


async def _asked(
    parts: Parts,
    capability: Capability,
    read: Callable[[str, Sequence[str], Terms], Awaitable[Found[F]]],
    skus: Sequence[str],
    call: Terms,
) -> _Told[F]:
    """What every system with the capability says of some SKUs, each asked in batches."""
    names = _having(parts, capability)
    answers = await asyncio.gather(*(_of_system(parts, name, read, skus, call) for name in names))
    found = (entry for told in answers for answer in told for entry in answer.found)
    issues: list[SourceIssue] = []
    for told in answers:
        issues += [answer.failed for answer in told if answer.failed is not None]
        issues += [gap for answer in told for gap in answer.gaps]
    return _Told(found, issues)


async def _of_system(
    parts: Parts,
    name: str,
    read: Callable[[str, Sequence[str], Terms], Awaitable[Found[F]]],
    skus: Sequence[str],
    call: Terms,
) -> list[Found[F]]:
    """One system's answers, batch by batch."""
    batch = parts.business.systems[name].manifest.stock_batch
    assert batch is not None
    answers: list[Found[F]] = await asyncio.gather(
        *(read(name, part, call) for part in _batches(_spellings(skus), batch.size))
    )
    return answers


def _name_of(entry: FetchedStock | FetchedReceipt) -> Hashable:
    """What tells a record from any other."""
    record = entry.record
    return (entry.system, record.sku, record.location.external_id, record.external_id)


def _by_sku(wanted: Iterable[str], found: Iterable[F]) -> dict[str, list[F]]:
    by_sku: dict[str, list[F]] = {sku: [] for sku in wanted}
    for entry in found:
        if (entries := by_sku.get(tidy_sku(entry.record.sku))) is not None:
            entries.append(entry)
    return by_sku


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
