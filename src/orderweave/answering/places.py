"""The places of the business: those configured, and those that only a system knows."""

from __future__ import annotations

import asyncio

from orderweave.answering.parts import Parts
from orderweave.merging.places import Places
from orderweave.model.ids import encode_id
from orderweave.model.listing import PlaceInfo
from orderweave_sdk.capabilities import Locations
from orderweave_sdk.clock import Call
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import LocationRecord


async def locations(parts: Parts, call: Call) -> tuple[PlaceInfo, ...]:
    """Configured places in order of the configuration, then what systems know beside them, by name."""
    names = [
        name for name, spec in parts.business.systems.items() if Capability.LIST_LOCATIONS in spec.manifest.capabilities
    ]
    answers = await asyncio.gather(*(_of_system(parts, name, call) for name in names))
    configured = [
        PlaceInfo(id=encode_id("Location", place.id), name=place.name, kind=place.kind, systems=tuple(place.systems))
        for place in parts.business.places
    ]
    places = Places(parts.business)
    others = []
    for name, records in zip(names, answers, strict=True):
        for record in records:
            if not places.configured(name, record.place()):
                token = encode_id("Location", name, record.external_id)
                others.append(PlaceInfo(id=token, name=record.name, kind=record.kind, systems=(name,)))
    return (*configured, *sorted(others, key=lambda place: (place.name or "", place.id)))


async def _of_system(parts: Parts, name: str, call: Call) -> list[LocationRecord]:
    answer, _ = await parts.systems.ask(
        name, frozenset(), Locations, lambda connector: connector.list_locations(call), call
    )
    return list(answer.records) if answer is not None else []
