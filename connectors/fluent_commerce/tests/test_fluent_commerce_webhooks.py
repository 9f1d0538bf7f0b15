"""What Fluent's webhooks say: which order or product, of which account and retailer."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.webhooks import SIGNATURE, read_delivery
from orderweave_sdk.records import Key
from orderweave_sdk.testing.signing import rsa_key
from orderweave_sdk.webhooks import Delivery, Refusal, Refused

OURS = rsa_key("fluent_commerce")
# An event as the platform sends it, with its field names and kinds of values.
EVENT: dict[str, Any] = {
    "id": "0d6c8f0e-5a0b-4b57-9c43-0c8f6f1f2a11",
    "name": "OrderStatus",
    "accountId": "ACME",
    "retailerId": "1",
    "entityId": "4711",
    "entityRef": "W-1001",
    "entityType": "ORDER",
    "entityStatus": "COMPLETE",
    "type": "NORMAL",
    "attributes": {},
    "meta": {"mode": "SYNC", "simulation": False, "models": []},
    "trailLogs": [],
    "errorLogs": [],
    "rootEntityId": "4711",
    "rootEntityType": "ORDER",
    "rootEntityRef": "W-1001",
}
ORDER = (Key("id", "4711"), Key("ref", "W-1001"))


def read(body: bytes, *, account: str = "acme", retailer: int | None = None) -> Delivery:
    """A signed delivery, read."""
    return read_delivery({SIGNATURE: OURS.signed(body)}, body, (OURS.public,), account=account, retailer=retailer)


def said(retailer: int | None = None, **changes: Any) -> Delivery:
    """What an event says, with some fields changed."""
    return read(msgspec.json.encode(EVENT | changes), retailer=retailer)


def refusal(body: bytes, headers: dict[str, str] | None = None, **settings: Any) -> Refusal:
    """Why a delivery is refused."""
    given = {SIGNATURE: OURS.signed(body)} if headers is None else headers
    wanted: dict[str, Any] = {"account": "ACME", "retailer": None} | settings
    with pytest.raises(Refused) as refused:
        read_delivery(given, body, (OURS.public,), **wanted)
    return refused.value.reason


def test_an_order() -> None:
    """It is named by its id and its reference; no time is told, and the topic is the event's name."""
    found = said()
    assert (found.topic, found.order, found.skus, found.position) == ("OrderStatus", ORDER, (), None)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("FULFILMENT", (Key("fulfilment_ref", "F-9"),)),
        ("ARTICLE", ()),
        ("CONSIGNMENT", ()),
        ("FINANCIAL_TRANSACTION", ()),
    ],
)
def test_what_belongs_to_an_order(kind: str, more: tuple[Key, ...]) -> None:
    """It is about the order; of a fulfilment the reference is one more name of it."""
    found = said(entityType=kind, entityId="12", entityRef="F-9")
    assert (found.order, found.skus) == ((*ORDER, *more), ())


def test_other_forms_of_an_order() -> None:
    """Ids may be numbers, and an order may come without naming itself as the root; what is empty is no name."""
    assert said(rootEntityId=4711).order == ORDER
    assert said(rootEntityType=None, rootEntityId=None, rootEntityRef=None).order == ORDER
    assert said(rootEntityRef=" ").order == ORDER[:1]
    assert said(rootEntityRef=None, rootEntityId=None).idle


def test_a_product() -> None:
    """The reference of a product is its SKU."""
    of: dict[str, Any] = {"rootEntityType": "PRODUCT_CATALOGUE", "rootEntityId": "1", "rootEntityRef": "PC:MASTER:1"}
    found = said(entityType="PRODUCT", entityId="7", entityRef="TEA-1", **of)
    assert (found.order, found.skus) == ((), ("TEA-1",))


@pytest.mark.parametrize("root", ["RETURN_ORDER", "INVENTORY_CATALOGUE", "LOCATION", "BILLING_ACCOUNT", "A_NEW_ONE"])
def test_what_concerns_nobody(root: str) -> None:
    """Events of anything else are believed and about nobody."""
    assert said(rootEntityType=root, entityType=root).idle


def test_of_another_account_or_retailer() -> None:
    """Fluent signs for all accounts of a region with one key: another's webhook is refused as if it were forged. Of
    another retailer than the one that is read it concerns nobody.
    """
    body = msgspec.json.encode(EVENT | {"accountId": "ACME2"})
    assert refusal(body) is Refusal.FORGED
    assert said(retailer=1).order == said(retailer=1, retailerId=1).order == ORDER
    assert said(retailer=2).idle
    assert said(retailer=1, retailerId=None).idle


def test_known_by_the_body() -> None:
    """Sent again it is the same one. Two webhooks of one event, and two events that say the same, are two."""
    assert said() == said()
    assert len({said().id, said(name="OrderShipped").id, said(id="0d6c8f0e-5a0b-4b57-9c43-0c8f6f1f2a12").id}) == 3


def test_the_older_signature_is_not_looked_at() -> None:
    """MD5withRSA alone, under its own header or the newer one's, is none."""
    body = msgspec.json.encode(EVENT)
    assert refusal(body, {"flex.signature": OURS.signed(body)}) is Refusal.UNSIGNED


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"name":1,"accountId":"ACME"}'])
def test_bodies_that_cannot_be_read(body: bytes) -> None:
    """What Fluent signed and never promised is refused as unreadable, and breaks nothing."""
    assert refusal(body) is Refusal.UNREADABLE


def test_keys_that_are_none() -> None:
    """A setting that holds no RSA key is told of, and one that holds two is not."""
    settings = {"url": "https://acme.api.fluentretail.com", "webhook_public_keys": f"{OURS.public} {OURS.public}"}
    assert FluentCommerceConnector.problems(settings) == []
    (problem,) = FluentCommerceConnector.problems(settings | {"webhook_public_keys": f"{OURS.public} MIGf"})
    assert problem.startswith("webhook_public_keys: ")
