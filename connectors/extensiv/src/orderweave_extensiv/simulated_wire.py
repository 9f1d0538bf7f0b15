"""Our records in Extensiv's wire, for the simulator. They are given as Extensiv can say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orderweave_extensiv import statuses
from orderweave_extensiv.expressible import contents
from orderweave_extensiv.payloads import REL_ORDER_ITEM
from orderweave_sdk.records import (
    Address,
    Axis,
    Hold,
    Line,
    LocationRecord,
    OrderRecord,
    Place,
    ProductRecord,
    Shipment,
    ShipmentStatus,
    StockRecord,
)

Document = dict[str, Any]

_ZERO = Decimal(0)
_CODES = {name: code for code, name in statuses.STATUS_CODES.items()}


def time_wire(moment: datetime | None) -> str | None:
    """UTC without a zone, as an account in UTC writes it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() if moment else None


def word_of(said: OrderRecord) -> str:
    """The order's word on the fulfillment axis, which says all."""
    return next(word.raw for word in said.statuses if word.axis is Axis.FULFILLMENT)


def status_code(said: OrderRecord) -> int:
    """The number of its status; a word of nobody's is a number already."""
    name = word_of(said).partition("/")[0]
    return _CODES.get(name, int(name) if name.isdecimal() else 0)


def order_wire(said: OrderRecord, customer: Document, facility: Document, detail: frozenset[str]) -> Document:
    """One order with what `detail` names: OrderItems, Packages, Contacts, and Allocations of the items."""
    references = {key.namespace: key.value for key in said.references}
    shipments = said.fulfillment.shipments if said.fulfillment else ()
    packages = [package for shipment in shipments for package in shipment.packages]
    numbers = [package.tracking_number for package in packages if package.tracking_number]
    carrier = next((package.carrier.name for package in packages if package.carrier), None)
    addresses = said.addresses
    found: Document = {
        "readOnly": _read_only(said, customer, facility, packages="Packages" in detail),
        "referenceNum": references.get("referenceNum"),
        "poNum": references.get("poNum"),
        "externalId": references.get("externalId"),
        "routingInfo": {"carrier": carrier, "trackingNumber": numbers[0] if numbers else None},
        "shipTo": _contact(addresses.shipping) if addresses and "Contacts" in detail else None,
        "billTo": _contact(addresses.billing) if addresses and "Contacts" in detail else None,
    }
    if "OrderItems" in detail:
        items = [_item(line, said, allocations="Allocations" in detail) for line in said.lines or ()]
        found["_embedded"] = {REL_ORDER_ITEM: items}
    return found


def _read_only(said: OrderRecord, customer: Document, facility: Document, *, packages: bool) -> Document:
    word = word_of(said)
    header = said.header
    shipments = said.fulfillment.shipments if said.fulfillment else ()
    place = next((shipment.location for shipment in shipments if shipment.location), None)
    hold: Hold | None = next(iter(said.holds or ()), None)
    changed = time_wire(said.updated_at)
    return {
        "orderId": int(said.external_id),
        "fullyAllocated": word not in (statuses.OPEN, statuses.ON_HOLD),
        "isClosed": word == statuses.CLOSED,
        "processDate": time_wire(shipments[0].shipped_at) if shipments else None,
        "pickDoneDate": changed if word in (statuses.PICKED, statuses.PACKED) else None,
        "packDoneDate": changed if word == statuses.PACKED else None,
        "loadedState": 2 if word == statuses.LOADED_INCOMPLETE else 0,
        "packages": [each for shipment in shipments for each in _packages(said, shipment)] if packages else None,
        "customerIdentifier": customer,
        "facilityIdentifier": facility_wire(place) if place else facility,
        "creationDate": time_wire(header.placed_at) if header else None,
        "lastModifiedDate": changed,
        "status": status_code(said),
        "onHoldDate": time_wire(hold.placed_at) if hold else None,
        "onHoldReason": hold.raw if hold else None,
    }


def facility_wire(place: Place) -> Document:
    """A facility as others name it."""
    return {"name": place.name, "id": int(place.external_id)}


def _packages(said: OrderRecord, shipment: Shipment) -> list[Document]:
    made = time_wire(said.updated_at)
    return [
        {
            "packageId": int(package.external_id) if package.external_id else None,
            "trackingNumber": package.tracking_number,
            "createDate": made,
            "packageContents": [
                {"orderItemId": int(line_id), "qty": quantity, "createDate": made}
                for line_id, quantity in inside.items()
            ],
        }
        for package, inside in zip(shipment.packages, contents(shipment), strict=True)
    ]


def _item(line: Line, said: OrderRecord, *, allocations: bool) -> Document:
    ordered = line.quantity.ordered or _ZERO
    loaded = _loaded(line, said)
    progress = said.fulfillment.progress if said.fulfillment else ()
    entry = next((each for each in progress if each.line_id == line.external_id), None)
    allocated = (entry.allocated if entry else None) or _ZERO
    found = []
    if loaded:
        found.append({"receiveItemId": 1, "qty": loaded, "properlyPickedPrimary": loaded, "loadedOut": True})
    if allocated:
        picked = (entry.picked if entry else None) or _ZERO
        found.append({"receiveItemId": 2, "qty": allocated, "properlyPickedPrimary": picked, "loadedOut": False})
    return {
        "readOnly": {
            "orderItemId": int(line.external_id),
            "unitIdentifier": {"name": line.unit, "id": 1} if line.unit else None,
            "allocations": found if allocations else None,
        },
        "itemIdentifier": {"sku": line.sku, "id": 1} if line.sku else None,
        "qty": ordered,
    }


def _loaded(line: Line, said: OrderRecord) -> Decimal:
    """How much of a line is on the truck: what the shipment that left holds."""
    shipments = said.fulfillment.shipments if said.fulfillment else ()
    gone = [shipment for shipment in shipments if shipment.status is ShipmentStatus.PICKED_UP]
    return sum((g.quantity for shipment in gone for g in shipment.lines if g.line_id == line.external_id), _ZERO)


def _contact(address: Address | None) -> Document | None:
    if address is None:
        return None
    lines = (*address.lines, None, None)
    return {
        "companyName": address.company,
        "name": address.name,
        "address1": lines[0],
        "address2": lines[1],
        "city": address.city,
        "state": address.region,
        "zip": address.postal_code,
        "country": address.country_code,
        "phoneNumber": address.phone,
    }


def item_wire(said: ProductRecord) -> Document:
    """One item of the customer's."""
    return {
        "readOnly": {
            "itemId": int(said.external_id),
            "deactivated": said.active is False,
            "lastModifiedDate": time_wire(said.updated_at),
        },
        "sku": said.sku,
        "description": said.title,
    }


def summary_wire(said: StockRecord, item_ids: Mapping[str, int]) -> Document:
    """The stock of one item in one facility."""
    on_hand, available, on_hold = (amount or _ZERO for amount in (said.on_hand, said.available, said.reserved))
    return {
        "itemIdentifier": {"sku": said.sku, "id": item_ids[said.sku]},
        "qualifier": "",
        "totalReceived": on_hand,
        "allocated": on_hand - available - on_hold,
        "available": available,
        "onHold": on_hold,
        "onHand": on_hand,
        "facilityId": int(said.location.external_id),
    }


def customer_wire(customer: Document, locations: tuple[LocationRecord, ...]) -> Document:
    """The customer, with the facilities that work for it."""
    return {
        "readOnly": {"customerId": customer["id"], "creationDate": "2024-01-01T08:00:00", "deactivated": False},
        "companyInfo": {"companyName": customer["name"]},
        "externalId": customer["externalId"],
        "facilities": [facility_wire(location.place()) for location in locations],
    }
