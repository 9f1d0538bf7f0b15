"""Orders as the gateway tells a guest of them, one for each state of the tracking page; it is noon of 12 March 2026."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOON = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)  # in Berlin, where the tests' browser is
Order = dict[str, Any]


def at(days: float = 0, hours: float = 0, minutes: float = 0) -> str:
    """A time so long from noon, as the gateway writes it."""
    return (NOON + timedelta(days=days, hours=hours, minutes=minutes)).isoformat()


def line(
    title: str | None, ordered: int, *, shipped: int | None = 0, delivered: int = 0, fetched: int = 0
) -> dict[str, Any]:
    """One line of the order, so many of it to be picked up or picked up already."""
    quantity = {"ordered": ordered, "canceled": 0, "shipped": shipped, "delivered": delivered}
    to_come = None if shipped is None else ordered - shipped - fetched
    return {"title": title, "sku": None, "quantity": quantity, "toCome": to_come}


def event(when: str, status: str, message: str | None, location: str | None) -> dict[str, Any]:
    """One event that a carrier tells of."""
    return {"occurredAt": when, "status": status, "message": message, "location": location}


def parcel(status: str, *events: dict[str, Any], number: str | None = "003404341610", **more: Any) -> dict[str, Any]:
    """One parcel."""
    return {
        "carrier": {"name": "DHL"},
        "trackingNumber": number,
        "trackingUrl": f"https://carrier.example.com/track/{number}",
        "status": status,
        "promisedBy": None,
        "eta": None,
        "onTime": None,
        "lines": None,
        "events": list(events),
        **more,
    }


def shipment(status: str, *packages: dict[str, Any], contents: dict[str, int], **more: Any) -> dict[str, Any]:
    """One shipment with what is in it."""
    lines = [{"title": title, "quantity": quantity} for title, quantity in contents.items()]
    return {
        "id": f"shipment-{'-'.join(contents)}",
        "status": status,
        "shippedAt": at(-1, hours=-2),
        "deliveredAt": None,
        "isPickup": False,
        "lines": lines,
        "packages": list(packages),
        **more,
    }


def order(status: str, fulfillment: str, **more: Any) -> Order:
    """One order, placed three days ago."""
    return {
        "number": "#EU1026",
        "placedAt": at(-3, hours=-3),
        "status": status,
        "fulfillmentStatus": fulfillment,
        "lines": [],
        "shipments": [],
        "pickups": [],
        "freshness": {"asOf": at(minutes=-1), "stale": False, "incomplete": False},
        **more,
    }


def in_transit(**more: Any) -> Order:
    """One parcel on its way, expected tomorrow within four hours."""
    moving = parcel(
        "IN_TRANSIT",
        event(at(-1, hours=-1), "PICKED_UP", "Picked up by the carrier", "Leipzig"),
        event(at(hours=-6), "IN_TRANSIT", "Sorted in the parcel center", "Hannover"),
        event(at(hours=-2), "IN_TRANSIT", "On its way to the delivery base", "Hamburg"),
        number="00340434161094042557",
        eta={"from": at(1, hours=-2), "to": at(1, hours=2)},
    )
    return order(
        "OPEN",
        "FULFILLED",
        lines=[line("Linen shirt, white, M", 2, shipped=2), line("Canvas belt", 1, shipped=1)],
        shipments=[shipment("IN_TRANSIT", moving, contents={"Linen shirt, white, M": 2, "Canvas belt": 1})],
        **more,
    )


def split() -> Order:
    """One parcel arrived, one is out for delivery, and one article has not left yet."""
    arrived = parcel(
        "DELIVERED",
        event(at(-1, hours=-5), "OUT_FOR_DELIVERY", "Loaded into the delivery vehicle", "Hamburg"),
        event(at(-1, hours=2), "DELIVERED", "Delivered to the letter box", "Hamburg"),
        number="00340434161094042557",
        onTime=True,
    )
    coming = parcel(
        "OUT_FOR_DELIVERY",
        event(at(hours=-8), "IN_TRANSIT", "Arrived at the depot", "Hamburg"),
        event(at(hours=-3), "OUT_FOR_DELIVERY", "Out for delivery", "Hamburg"),
        number="1Z999AA10123456784",
        carrier={"name": "UPS"},
        eta={"from": at(hours=2), "to": at(hours=4)},
    )
    return order(
        "OPEN",
        "PARTIALLY_FULFILLED",
        lines=[
            line("Walnut side table", 1, shipped=1),
            line("Brass lamp", 1, shipped=1, delivered=1),
            line("Linen shade, sand", 1, shipped=1, delivered=1),
            line("Wool blanket", 2),
        ],
        shipments=[
            shipment(
                "DELIVERED",
                arrived,
                contents={"Brass lamp": 1, "Linen shade, sand": 1},
                shippedAt=at(-2),
                deliveredAt=at(-1, hours=2),
            ),
            shipment("OUT_FOR_DELIVERY", coming, contents={"Walnut side table": 1}),
        ],
    )


def waiting(state: str, contents: dict[str, int], *, place: str = "Harbor store") -> dict[str, Any]:
    """Goods that the customer fetches."""
    lines = [{"title": title, "quantity": quantity} for title, quantity in contents.items()]
    return {"state": state, "location": place, "readyBy": at(hours=6), "lines": lines}


def pickup(fulfillment: str = "READY_FOR_PICKUP", state: str = "READY") -> Order:
    """Goods that wait in a store."""
    return order(
        "OPEN",
        fulfillment,
        lines=[line("Enamel teapot", 1, fetched=1), line("Stoneware cup", 4, fetched=4)],
        pickups=[waiting(state, {"Enamel teapot": 1, "Stoneware cup": 4})],
    )


def delivered() -> Order:
    """One parcel that arrived this morning."""
    arrived = parcel(
        "DELIVERED",
        event(at(-1, hours=-1), "PICKED_UP", "Picked up by the carrier", "Leipzig"),
        event(at(hours=-5), "OUT_FOR_DELIVERY", "Out for delivery", "Hamburg"),
        event(at(hours=-1, minutes=-18), "DELIVERED", "Handed to a neighbor", "Hamburg"),
        number="00340434161094042557",
    )
    return order(
        "COMPLETED",
        "DELIVERED",
        lines=[line("Linen shirt, white, M", 2, shipped=2, delivered=2)],
        shipments=[
            shipment("DELIVERED", arrived, contents={"Linen shirt, white, M": 2}, deliveredAt=at(hours=-1, minutes=-18))
        ],
    )


def stale() -> Order:
    """What was known five hours ago, while one system does not answer."""
    return in_transit(freshness={"asOf": at(hours=-5), "stale": True, "incomplete": True})


def troubled() -> Order:
    """A parcel whose delivery was tried, and whose window has passed."""
    missed = parcel(
        "ATTEMPTED_DELIVERY",
        event(at(hours=-2), "ATTEMPTED_DELIVERY", None, "Hamburg"),
        eta={"from": None, "to": at(hours=-1)},
    )
    return order("OPEN", "FULFILLED", shipments=[shipment("ATTEMPTED_DELIVERY", missed, contents={"Canvas belt": 1})])


def placed() -> Order:
    """An order of which nothing has left."""
    return order("OPEN", "UNFULFILLED", lines=[line("Canvas belt", 1), line(None, 2)])


def canceled() -> Order:
    """An order that will not come."""
    return order("CANCELED", "CANCELED", lines=[line("Canvas belt", 1)])


TOLD = (
    event(at(-1, hours=-1), "PICKED_UP", "Picked up by the carrier", "Leipzig"),
    event(at(hours=-2), "IN_TRANSIT", "Sorted in the parcel center", "Hamburg"),
)


def together(*numbers: str) -> dict[str, Any]:
    """A shipment of which a system tells what happened, and nothing of its parcels but their numbers."""
    window = {"from": at(1, hours=-2), "to": at(1, hours=2)}
    parcels = [parcel("IN_TRANSIT", *TOLD, number=number, eta=window) for number in numbers]
    return shipment("IN_TRANSIT", *parcels, contents={"Wardrobe": 1})


def shared() -> Order:
    """Two parcels that are told of as one, and an article that was canceled."""
    hat = {**line("Felt hat", 2), "toCome": 0}
    hat["quantity"]["canceled"] = 2
    return order("OPEN", "FULFILLED", lines=[line("Wardrobe", 1, shipped=1), hat], shipments=[together("P1", "P2")])


STATES = {
    "in-transit": in_transit,
    "split-shipment": split,
    "pick-up": pickup,
    "delivered": delivered,
    "stale": stale,
    "trouble": troubled,
    "placed": placed,
    "canceled": canceled,
    "shared": shared,
}
