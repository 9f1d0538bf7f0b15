"""The places of the business: those configured, and those that only a system knows."""

from __future__ import annotations

import asyncio

from orderweave.answering.parts import Parts
from orderweave.merging.places import Places, configured_location
from orderweave.model.order import Location
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave_sdk.manifest import Capability


async def locations(parts: Parts, call: Terms) -> tuple[Location, ...]:
    """Configured places in order of the configuration, then what systems know beside them, by name."""
    names = [
        name for name, spec in parts.business.systems.items() if Capability.LIST_LOCATIONS in spec.manifest.capabilities
    ]
    with parts.observing.stage(Stage.FETCH):
        answers = await asyncio.gather(*(parts.systems.list_locations(name, call) for name in names))
    configured = [configured_location(place) for place in parts.business.places]
    places = Places(parts.business)
    others: list[Location] = []
    for name, answer in zip(names, answers, strict=True):
        for record in answer.found:
            place = places.location(name, record.place())
            if place is not None and not places.configured(name, record.place()):
                others.append(place)
    return (*configured, *sorted(others, key=lambda place: (place.name or "", place.id)))
