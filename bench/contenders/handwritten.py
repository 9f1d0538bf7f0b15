"""What a person would write for this one question and this one business: calls, dicts, and no more.

The calls are Orderweave's own, ready-made: this code need not find out whom to ask for what. It joins by the number as
it stands, believes one system for each field, and knows nothing of disagreement or of systems that are down.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec

from bench.recording import Exchange, Page, Recording

# Sends one call to a system and gives the body of its answer.
Fetch = Callable[[str, Exchange], Awaitable[bytes]]
Json = dict[str, Any]

_EVENTS = {
    "LABEL_PURCHASED": "LABEL_CREATED",
    "LABEL_PRINTED": "LABEL_CREATED",
    "CARRIER_PICKED_UP": "PICKED_UP",
    "FAILURE": "EXCEPTION",
}
_PROGRESS = (
    *("FULFILLED", "LABEL_CREATED", "PICKED_UP", "IN_TRANSIT", "DELAYED", "EXCEPTION"),
    *("OUT_FOR_DELIVERY", "ATTEMPTED_DELIVERY", "DELIVERED"),
)
_INVOICES = {"draft": "DRAFT", "validated": "DRAFT", "posted": "POSTED", "paid": "PAID", "cancelled": "CANCELED"}


class Handler:
    """Answers the fan-out question for the recorded pages."""

    def __init__(self, recording: Recording, fetch: Fetch) -> None:
        self._exchanges = recording.exchanges
        self._fetch = fetch
        self._pages = {(page.first, page.after): page for pages in recording.pages.values() for page in pages}

    async def answer(self, body: bytes) -> bytes:
        """The body of the answer to the body of a request."""
        variables = msgspec.json.decode(body)["variables"]
        page = self._pages[variables["first"], variables.get("after")]
        said: dict[str, list[Json]] = {}
        # What is known beforehand at once, then all that is asked by numbers at once.
        for searched in (True, False):
            await self._ask(page, said, searched=searched)
        nodes = _orders(said)
        if page.after is not None:
            moment = _moment(page.after)
            nodes = (node for node in nodes if node["placedAt"] < moment)
        # A shop is asked for some orders twice: in its list and by their numbers.
        once = {node["id"]: node for node in nodes}.values()
        newest = sorted(once, key=lambda node: node["placedAt"], reverse=True)[: page.first]
        return msgspec.json.encode({"data": {"orders": {"nodes": newest}}})

    async def _ask(self, page: Page, said: dict[str, list[Json]], *, searched: bool) -> None:
        calls = [call for call in page.calls if call.searched is searched]
        bodies = await asyncio.gather(
            *(self._fetch(call.system, self._exchanges[call.system][call.exchange]) for call in calls)
        )
        for call, body in zip(calls, bodies, strict=True):
            said.setdefault(call.system, []).append(msgspec.json.decode(body))


def _orders(said: dict[str, list[Json]]) -> Iterator[Json]:
    sales = {row["reference"]: row for answer in said["erp"] for row in answer["result"]}
    released = {
        edge["node"]["order_number"]: edge["node"]
        for answer in said["wms"]
        for found in answer["data"].values()
        for edge in found["data"]["edges"]
    }
    for shop in ("shop-us", "shop-eu"):
        for answer in said[shop]:
            for edge in answer["data"]["orders"]["edges"]:
                order = edge["node"]
                number = order["name"].removeprefix("#")
                sale, release = sales.get(number), released.get(f"#{number}")
                if sale is not None and release is not None and "invoices." in sale:
                    yield _order(shop, number, order, sale, release)


def _order(shop: str, number: str, order: Json, sale: Json, release: Json) -> Json:
    account = order["customer"]
    identity = msgspec.json.encode(["Order", f"{shop}:number", number.lower()])
    return {
        "id": base64.urlsafe_b64encode(identity).decode().rstrip("="),
        "number": order["name"],
        "placedAt": _utc(order["processedAt"]),
        "status": "CANCELED" if order["cancelledAt"] else "COMPLETED" if order["closedAt"] else "OPEN",
        "totals": {"total": _money(order["totalPriceSet"])},
        "customer": {
            "name": account["displayName"],
            "email": order["email"] or account["defaultEmailAddress"]["emailAddress"],
        },
        "lines": {
            "nodes": [
                {
                    "sku": line["sku"],
                    "title": line["name"],
                    "quantity": {"ordered": line["quantity"]},
                    "unitPrice": _money(line["originalUnitPriceSet"]),
                }
                for line in order["lineItems"]["nodes"]
            ]
        },
        "invoices": [
            {
                "number": invoice["number"],
                "due": {"amount": invoice["amount_to_pay"]["decimal"], "currency": invoice["currency."]["code"]},
                "status": _INVOICES[invoice["state"]],
            }
            for invoice in sale["invoices."]
        ],
        "shipments": [
            {"packages": [_package(label, order["fulfillments"]) for label in shipment["shipping_labels"]]}
            for shipment in release["shipments"]
        ],
    }


def _package(label: Json, fulfillments: list[Json]) -> Json:
    """The warehouse's parcel with the carrier's events that the shop was told; the warehouse's own come first."""
    words = ["DELIVERED" if label["delivered"] else "PICKED_UP" if label["picked_up"] else "LABEL_CREATED"]
    seen: dict[tuple[str, str], str | None] = {("LABEL_CREATED", f"{label['created_date']}+00:00"): None}
    for fulfillment in fulfillments:
        if fulfillment["trackingInfo"][0]["number"] == label["tracking_number"]:
            words.append(_status(fulfillment["displayStatus"]))
            for event in fulfillment["events"]["nodes"]:
                place = ", ".join(part for part in (event["city"], event["province"], event["country"]) if part)
                seen.setdefault((_status(event["status"]), _utc(event["happenedAt"])), place or None)
    events = [
        {"occurredAt": moment, "status": status, "location": place}
        for (status, moment), place in sorted(seen.items(), key=lambda entry: entry[0][1])
    ]
    return {
        "carrier": {"name": label["carrier"]},
        "trackingNumber": label["tracking_number"],
        "status": max(words, key=_PROGRESS.index),
        "events": events,
    }


def _status(word: str) -> str:
    return _EVENTS.get(word, word)


def _money(bag: Json) -> Json:
    money = bag["shopMoney"]
    return {"amount": money["amount"], "currency": money["currencyCode"]}


def _utc(moment: str) -> str:
    return f"{moment.removesuffix('Z')}+00:00"


def _moment(cursor: str) -> str:
    """The instant in a cursor of the API."""
    place: str = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["p"][0]
    return place
