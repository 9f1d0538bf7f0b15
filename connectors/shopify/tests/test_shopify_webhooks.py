"""What Shopify's webhooks say: which order or goods, and when they changed, from the body alone."""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from orderweave_sdk.records import Key
from orderweave_sdk.webhooks import Delivery, Refusal, Refused
from orderweave_shopify.webhooks import SIGNATURE, TOPIC, read_delivery

AT = datetime(2022, 1, 1, tzinfo=UTC)
SAID = "2021-12-31T19:00:00-05:00"
ORDER = Key("id", "gid://shopify/Order/820982911946154508")


def read(topic: str | None, body: bytes) -> Delivery:
    """A signed delivery, read."""
    headers = {SIGNATURE: b64encode(hmac.digest(b"hush", body, "sha256")).decode()}
    return read_delivery(headers | ({TOPIC: topic} if topic else {}), body, ("hush",))


def said(topic: str, **fields: Any) -> Delivery:
    """What a body with these fields says."""
    return read(topic, msgspec.json.encode(fields))


def test_an_order() -> None:
    """An order is named by all that the body calls it, at its last change."""
    found = said(
        "orders/updated",
        id=820982911946154508,
        admin_graphql_api_id=ORDER.value,
        name="#9999",
        po_number="PO-1",
        source_identifier=" ",
        created_at="2021-12-30T19:00:00-05:00",
        updated_at=SAID,
    )
    assert found.topic == "orders/updated"
    assert found.occurred_at == AT
    assert found.order == (ORDER, Key("number", "#9999"), Key("po_number", "PO-1"))
    assert found.skus == ()


@pytest.mark.parametrize(
    "fields",
    [
        {
            "id": 1,
            "admin_graphql_api_id": "gid://shopify/Fulfillment/1",
            "order_id": 820982911946154508,
            "name": "#9.1",
        },
        {"id": 1, "admin_graphql_api_id": "gid://shopify/Return/1", "order": {"id": 820982911946154508}},
        {"order_edit": {"id": 1, "order_id": 820982911946154508, "committed_at": SAID}},
    ],
    ids=["fulfillment", "return", "edit"],
)
def test_what_hangs_on_an_order(fields: dict[str, Any]) -> None:
    """Fulfillments, returns and edits name the order by its id, and the fulfillment's own name is no order's."""
    assert said("some/topic", **fields).order == (ORDER,)


def test_times() -> None:
    """The last change counts, then an edit's time, then the making; one without a zone is none."""
    assert said("x/y", updated_at=SAID, created_at="2020-01-01T00:00:00Z").occurred_at == AT
    assert said("x/y", order_edit={"order_id": 1, "committed_at": SAID}).occurred_at == AT
    assert said("x/y", created_at=SAID).occurred_at == AT
    assert said("x/y", updated_at="2021-12-31T19:00:00").occurred_at is None


def test_a_deleted_order() -> None:
    """A body that is an id alone is an order's only under the topic that says so."""
    assert said("orders/delete", id=820982911946154508).order == (ORDER,)
    assert said("products/delete", id=820982911946154508).idle
    assert read(None, b'{"id":820982911946154508}').idle


def test_goods() -> None:
    """SKUs of an inventory item, and of a product's variants, each once; a level names itself, and no SKU."""
    assert said("inventory_items/update", id=1, sku="A-1", updated_at=SAID).skus == ("A-1",)
    found = said("products/update", id=1, variants=[{"sku": "A-1"}, {"sku": None}, {"sku": "B"}, {"sku": "A-1"}])
    assert found.skus == ("A-1", "B")
    level = "gid://shopify/InventoryLevel/7?inventory_item_id=1"
    moved = said("inventory_levels/update", inventory_item_id=1, admin_graphql_api_id=level, updated_at=SAID)
    assert (moved.skus, moved.order, moved.stock_levels, moved.idle) == ((), (), (level,), False)
    assert said("inventory_levels/disconnect", inventory_item_id=1, location_id=2).idle


def test_one_change_under_two_topics() -> None:
    """The body is what a delivery is known by: one change that comes as updated and as paid is one."""
    assert said("orders/updated", id=1, updated_at=SAID).id == said("orders/paid", id=1, updated_at=SAID).id
    assert said("orders/updated", id=1, updated_at=SAID).id != said("orders/updated", id=2, updated_at=SAID).id


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"id":[]}', b'{"variants":"x"}'])
def test_bodies_that_cannot_be_read(body: bytes) -> None:
    """What Shopify signed and never promised is refused as unreadable, and breaks nothing."""
    with pytest.raises(Refused) as refusal:
        read("orders/updated", body)
    assert refusal.value.reason is Refusal.UNREADABLE
