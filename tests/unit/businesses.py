"""Businesses of made-up systems for the tests of the pure rooms: manifests and specs as data, records by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from orderweave.model.provenance import Fetched
from orderweave.model.systems import Business, PlaceSpec, ReferenceRule, SystemSpec
from orderweave_sdk.manifest import Batch, BatchStrategy, Capability, Manifest, SearchField
from orderweave_sdk.records import Facet, Key, OrderRecord, SystemKind
from orderweave_sdk.statuses import StatusMap

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
_FIFTY = Batch(strategy=BatchStrategy.LIST, size=50)


def system(
    name: str,
    kind: SystemKind,
    *,
    number_pattern: str | None = None,
    references: tuple[ReferenceRule, ...] = (),
    captures_orders: bool = False,
    facets: Iterable[Facet] = Facet,
    numbers_unique: bool = True,
    capabilities: Iterable[Capability] = (Capability.FIND_ORDERS, Capability.SEARCH_ORDERS),
) -> SystemSpec:
    """A system that is looked up by id, number and the fields of its rules, fifty at a time."""
    fields = tuple(dict.fromkeys(rule.field for rule in references))
    manifest = Manifest(
        name=f"made-up-{name}",
        title=f"The made-up {name}",
        version="1",
        kind=kind,
        capabilities=frozenset(capabilities),
        facets=frozenset(facets),
        lookups=dict.fromkeys(("id", "number", *fields), _FIFTY),
        mixed_lookups=False,
        references=fields,
        numbers_unique=numbers_unique,
        stock_batch=None,
        tracking_batch=None,
        product_batch=None,
        filters={},
        sorts=frozenset({SearchField.PLACED_AT}),
        page_size=50,
        concurrency=4,
        rate_limit=None,
        max_answer_bytes=1_000_000,
        settings=(),
        statuses=StatusMap(version="1", documented={}, words={}),
    )
    return SystemSpec(
        name=name,
        title=manifest.title,
        manifest=manifest,
        number_pattern=number_pattern,
        references=references,
        captures_orders=captures_orders,
    )


def business(
    *systems: SystemSpec,
    places: tuple[PlaceSpec, ...] = (),
    authority: Mapping[str, tuple[str, ...]] | None = None,
) -> Business:
    """A business over these systems, in this order."""
    return Business(systems={spec.name: spec for spec in systems}, places=places, authority=authority or {})


def record(
    external_id: str,
    number: str | None = None,
    *,
    references: Mapping[str, str] | None = None,
    **facets: Any,
) -> OrderRecord:
    """A record with its id and, where given, its number; `references` by field; `facets` are OrderRecord's own."""
    said = OrderRecord(
        external_id=external_id,
        keys=(Key("id", external_id), *(() if number is None else (Key("number", number),))),
        references=tuple(Key(field, value) for field, value in (references or {}).items()),
    )
    return msgspec.structs.replace(said, **facets)


def fetched(system_name: str, said: OrderRecord, *, at: datetime = NOON, stale: bool = False) -> Fetched:
    """A record as it came from a system."""
    return Fetched(system=system_name, record=said, fetched_at=at, stale=stale)
