"""What ShipHero's webhooks say: which order and which goods, whatever their type."""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from orderweave_sdk.records import Key
from orderweave_sdk.webhooks import Delivery, Refusal, Refused
from orderweave_shiphero.webhooks import MESSAGE, SIGNATURE, read_delivery

KEYS = (Key("id", "T3JkZXI6MQ=="), Key("order_number", "1001"), Key("partner_order_id", "P-1"))
NAMED: dict[str, Any] = {"order_uuid": "T3JkZXI6MQ==", "order_number": "1001", "partner_order_id": "P-1", "order_id": 1}


def read(body: bytes, message: str | None = None) -> Delivery:
    """A signed delivery, read."""
    headers = {SIGNATURE: b64encode(hmac.digest(b"hush", body, "sha256")).decode()}
    return read_delivery(headers | ({MESSAGE: message} if message else {}), body, ("hush",))


def said(kind: str, message: str | None = None, **fields: Any) -> Delivery:
    """What a body of a type says."""
    return read(msgspec.json.encode({"webhook_type": kind, **fields}), message)


def test_an_allocation() -> None:
    """It names the order, the goods, and when it was made: without a zone, which is UTC."""
    goods = [{"id": 1, "sku": "A", "quantity": 1}, {"sku": "B"}, {"sku": "A"}, {"sku": " "}]
    found = said("Order Allocated", **NAMED, allocated_at="2021-07-24T02:03:01", line_items=goods)
    assert found.topic == "Order Allocated"
    assert (found.order, found.skus) == (KEYS, ("A", "B"))
    assert found.occurred_at == datetime(2021, 7, 24, 2, 3, 1, tzinfo=UTC)


def test_a_shipment() -> None:
    """Its order and goods stand one level further in; when it was made is not told in a way to order by."""
    inside = {"shipment_id": 1, "order_number": "1001", "partner_order_id": "P-1", "line_items": [{"sku": "A"}]}
    found = said("Shipment Update", test="0", fulfillment=inside)
    assert (found.order, found.skus, found.occurred_at) == (KEYS[1:], ("A",), None)


def test_a_cancellation_and_stock() -> None:
    """An order alone, and goods alone."""
    assert said("Order Canceled", **NAMED, **{"fulfillment-status": "canceled"}).order == KEYS
    levels = said("Inventory Update", account_id=1, inventory=[{"sku": "A", "inventory": "37"}, {"sku": "B"}])
    assert (levels.order, levels.skus) == ((), ("A", "B"))
    assert said("Inventory Change", sku="A").skus == ("A",)
    assert said("PO Update", po_id=1).idle


def test_the_same_level_twice() -> None:
    """One body under two message ids is two deliveries: the stock went down and up. One message sent again is one."""
    first = said("Inventory Update", "m-1", inventory=[{"sku": "A", "inventory": "37"}])
    again = said("Inventory Update", "m-2", inventory=[{"sku": "A", "inventory": "37"}])
    assert first.id != again.id
    assert first == said("Inventory Update", "m-1", inventory=[{"sku": "A", "inventory": "37"}])


@pytest.mark.parametrize("moment", ["", "soon", "2021-13-01T00:00:00", 5])
def test_times_that_are_none(moment: Any) -> None:
    """A time that cannot be read is none; one of another type makes the body unreadable."""
    body = msgspec.json.encode({"webhook_type": "Order Allocated", "order_number": "1", "allocated_at": moment})
    if isinstance(moment, str):
        assert read(body).occurred_at is None
    else:
        with pytest.raises(Refused) as refusal:
            read(body)
        assert refusal.value.reason is Refusal.UNREADABLE


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_bodies_that_cannot_be_read(body: bytes) -> None:
    """What ShipHero signed and never promised is refused as unreadable, and breaks nothing."""
    with pytest.raises(Refused) as refusal:
        read(body)
    assert refusal.value.reason is Refusal.UNREADABLE
