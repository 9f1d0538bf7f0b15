"""Shopify's own sample payloads of its webhooks: each is read, and those about an order name it."""

from __future__ import annotations

import hmac
from base64 import b64encode

import msgspec
import pytest

from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.webhooks import Delivery
from orderweave_shopify.registering import TOPICS as REGISTERED
from orderweave_shopify.webhooks import SIGNATURE, TOPIC, read_delivery

pytestmark = pytest.mark.contracts

# What the README has an app subscribe to, and whether the sample names an order; Shopify's sample of returns/update and
# its like hold nothing but their own id.
TOPICS = {
    "orders/create": True,
    "orders/updated": True,
    "orders/delete": True,
    "orders/edited": True,
    "fulfillments/create": True,
    "fulfillments/update": True,
    "fulfillment_events/create": True,
    "refunds/create": True,
    "returns/approve": True,
    "returns/close": True,
    "returns/cancel": True,
    "order_transactions/create": True,
    "products/update": False,
    "inventory_items/update": False,
    "inventory_levels/update": False,
}


def sample(topic: str) -> Delivery:
    """The documented sample of a topic, signed and read."""
    text = contract_file(f"shopify/webhooks_2026-07/metadata/{topic}.json").read_bytes()
    body = msgspec.json.encode(msgspec.json.decode(text)["response"])
    headers = {TOPIC: topic, SIGNATURE: b64encode(hmac.digest(b"hush", body, "sha256")).decode()}
    return read_delivery(headers, body, ("hush",))


def test_they_are_those_that_are_registered() -> None:
    """What is registered with Shopify is what is proven here, and what the README names."""
    assert [topic.replace("/", "_").upper() for topic in TOPICS] == list(REGISTERED)


@pytest.mark.parametrize("topic", TOPICS)
def test_sample(topic: str) -> None:
    """A sample names its order, and a time unless it is of a deletion or a return."""
    found = sample(topic)
    assert [key.value.rpartition("/")[0] for key in found.order if key.namespace == "id"] == (
        ["gid://shopify/Order"] if TOPICS[topic] else []
    )
    assert (found.occurred_at is not None) == (topic != "orders/delete" and not topic.startswith("returns/"))


def test_every_sample_is_read() -> None:
    """No topic's sample is unreadable, whatever it is about."""
    folder = contract_file("shopify/webhooks_2026-07/metadata")
    topics = [path.relative_to(folder).with_suffix("").as_posix() for path in sorted(folder.rglob("*.json"))]
    assert len(topics) > 70
    for topic in topics:
        assert sample(topic).topic == topic


def test_goods_of_the_samples() -> None:
    """The sample of an inventory item names its SKU, that of a level the level."""
    assert sample("inventory_items/update").skus == ("example-sku",)
    found = sample("inventory_levels/update")
    level = "gid://shopify/InventoryLevel/24826418?inventory_item_id=271878346596884015"
    assert (found.skus, found.stock_levels) == ((), (level,))
