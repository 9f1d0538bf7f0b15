"""Orders as Extensiv tells them, and many plain ones to count calls over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from orderweave_extensiv.payloads import REL_ORDER_ITEM, OrderPayload
from orderweave_sdk.records import Header, Key, Line, OrderRecord, Quantities
from orderweave_sdk.testing.world import World

_START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def read_only(**fields: Any) -> dict[str, Any]:
    """The warehouse's part of an open order, but for what is given."""
    plain = {
        "orderId": 7,
        "status": 0,
        "loadedState": 0,
        "creationDate": "2026-03-01T08:00:00",
        "lastModifiedDate": "2026-03-02T09:30:00.1230000",
        "facilityIdentifier": {"name": "East", "id": 3},
        "packages": [],
    }
    return {**plain, **fields}


def item(item_id: int, sku: str | None, qty: float, *allocations: dict[str, Any]) -> dict[str, Any]:
    """One line."""
    return {
        "readOnly": {"orderItemId": item_id, "unitIdentifier": {"name": "Each", "id": 1}, "allocations": allocations},
        "itemIdentifier": {"sku": sku, "id": 9} if sku else None,
        "qty": qty,
    }


def allocation(qty: float, *, picked: float = 0, loaded: bool = False) -> dict[str, Any]:
    """Stock that is set aside for a line."""
    return {"receiveItemId": 1, "qty": qty, "properlyPickedPrimary": picked, "loadedOut": loaded}


def package(package_id: int, number: str | None, **contents: float) -> dict[str, Any]:
    """One package; `i2=3` are three of the line with id 2."""
    inside = [{"orderItemId": int(name[1:]), "qty": qty} for name, qty in contents.items()]
    return {"packageId": package_id, "trackingNumber": number, "packageContents": inside}


def order(*items: dict[str, Any], fields: dict[str, Any] | None = None, **of_warehouse: Any) -> OrderPayload:
    """One order as it is read from the wire; `fields` are its own, the others the warehouse's."""
    document = {"readOnly": read_only(**of_warehouse), "_embedded": {REL_ORDER_ITEM: items}, **(fields or {})}
    return msgspec.json.decode(msgspec.json.encode(document), type=OrderPayload)


def many(count: int) -> World:
    """So many open orders of one line."""
    return World(orders=tuple(_plain(n) for n in range(1, count + 1)))


def _plain(n: int) -> OrderRecord:
    placed = _START + timedelta(minutes=n)
    return OrderRecord(
        external_id=str(1_000_000 + n),
        keys=(Key("id", str(1_000_000 + n)),),
        references=(Key("referenceNum", f"#EU-{100_000 + n}"), Key("externalId", str(5_000_000_000 + n))),
        updated_at=placed,
        header=Header(placed_at=placed),
        lines=(Line(external_id=str(2_000_000 + n), sku="TEA", quantity=Quantities(ordered=Decimal(1))),),
    )
