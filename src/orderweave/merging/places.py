"""Places: one place under several systems' ids."""

from __future__ import annotations

from orderweave.model.ids import encode_id
from orderweave.model.order import Location
from orderweave.model.systems import Business, PlaceSpec
from orderweave_sdk.records import Place


class Places:
    """Finds the configured place behind a system's id; a place that nobody configured stays its system's own."""

    def __init__(self, business: Business) -> None:
        self._configured = {
            (system, external_id): configured_location(place)
            for place in business.places
            for system, external_id in place.systems.items()
        }

    def location(self, system: str, place: Place | None) -> Location | None:
        """The location that a system's place is."""
        if place is None:
            return None
        known = self._configured.get((system, place.external_id))
        if known is not None:
            return known
        token = encode_id("Location", system, place.external_id)
        return Location(id=token, name=place.name, kind=place.kind, systems=(system,))

    def configured(self, system: str, place: Place) -> bool:
        """Whether the configuration says which place this is."""
        return (system, place.external_id) in self._configured


def configured_location(place: PlaceSpec) -> Location:
    """A place of the configuration."""
    return Location(id=encode_id("Location", place.id), name=place.name, kind=place.kind, systems=tuple(place.systems))
