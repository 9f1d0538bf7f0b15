"""The places of the business: those configured, and those that only a system knows."""

from __future__ import annotations

import asyncio

from orderweave.answering.parts import Parts
from orderweave.merging.places import Places
from orderweave.model.ids import encode_id
from orderweave.model.listing import PlaceInfo
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave_sdk.manifest import Capability


async def locations(parts: Parts, call: Terms) -> tuple[PlaceInfo, ...]:
    """Configured places in order of the configuration, then what systems know beside them, by name."""
    names = [
        name for name, spec in parts.business.systems.items() if Capability.LIST_LOCATIONS in spec.manifest.capabilities
    ]
    with parts.observing.stage(Stage.FETCH):
        answers = await asyncio.gather(*(parts.systems.list_locations(name, call) for name in names))
    configured = [
        PlaceInfo(id=encode_id("Location", place.id), name=place.name, kind=place.kind, systems=tuple(place.systems))
        for place in parts.business.places
    ]
    places = Places(parts.business)
    others = []
    for name, answer in zip(names, answers, strict=True):
        for record in answer.found:
            if not places.configured(name, record.place()):
                token = encode_id("Location", name, record.external_id)
                others.append(PlaceInfo(id=token, name=record.name, kind=record.kind, systems=(name,)))
    return (*configured, *sorted(others, key=lambda place: (place.name or "", place.id)))
