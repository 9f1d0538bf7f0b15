"""The three places of the business, and which system knows which under which number."""

from __future__ import annotations

import msgspec

from orderweave.scenario.numbering import Ids
from orderweave_sdk.records import Address, LocationKind, LocationRecord, Place


class BusinessPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place as the business itself names it. `town` is how carriers write where a parcel starts."""

    id: str
    name: str
    kind: LocationKind
    address: Address
    town: str


EAST = BusinessPlace(
    id="east",
    name="East warehouse",
    kind=LocationKind.WAREHOUSE,
    address=Address(
        lines=("120 Rail Yard Road",), city="Portland", region="ME", postal_code="04101", country_code="US"
    ),
    town="Portland, ME, US",
)
HARBOR = BusinessPlace(
    id="harbor",
    name="Harbor store",
    kind=LocationKind.STORE,
    address=Address(lines=("8 Long Quay",), city="Boston", region="MA", postal_code="02110", country_code="US"),
    town="Boston, MA, US",
)
MAIN_STREET = BusinessPlace(
    id="main-street",
    name="Main Street store",
    kind=LocationKind.STORE,
    address=Address(lines=("41 Main Street",), city="Burlington", region="VT", postal_code="05401", country_code="US"),
    town="Burlington, VT, US",
)

PLACES = (EAST, HARBOR, MAIN_STREET)
STORES = (HARBOR, MAIN_STREET)

SHOP_NAMES = ("shop-us", "shop-eu")

# Which places a system knows; the n-th has the system's n-th location id. A shop sells from those
# that it knows.
PLACES_OF_SYSTEM = {
    "shop-us": PLACES,
    "shop-eu": (EAST,),
    "shop-outlet": (EAST,),
    "erp": PLACES,
    "wms": (EAST,),
    "oms": PLACES,
}


def location_ids(system: str, ids: Ids) -> dict[str, str]:
    """The system's own id of each place that it knows, by the business's id of the place."""
    return {place.id: ids("location", n) for n, place in enumerate(PLACES_OF_SYSTEM.get(system, ()), start=1)}


def locations(system: str, ids: Ids) -> tuple[LocationRecord, ...]:
    """The places as the system knows them."""
    own = location_ids(system, ids)
    return tuple(
        LocationRecord(external_id=own[place.id], name=place.name, kind=place.kind, active=True, address=place.address)
        for place in PLACES_OF_SYSTEM[system]
    )


def places(system: str, ids: Ids) -> dict[str, Place]:
    """The short form that stock and fulfillment carry, by the business's id of the place."""
    known = PLACES_OF_SYSTEM[system]
    return {place.id: record.place() for place, record in zip(known, locations(system, ids), strict=True)}
