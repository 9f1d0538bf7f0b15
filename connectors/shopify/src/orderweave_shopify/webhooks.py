"""What a webhook's delivery says, once it is Shopify's own.

Shopify signs the body alone. So what is concerned and when it changed is read from the body; of the headers only the
topic is used, as a word, and to tell what a body that holds nothing but an id is about. The body is also what a
delivery is known by: it holds the time of the change, so that the same body once more is the same change once more,
whatever its headers say. One change of an order may come under several topics with one body, and counts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from orderweave_sdk.records import Key
from orderweave_sdk.signatures import signed_by_hmac_base64
from orderweave_sdk.webhooks import Delivery, digest, read_body, read_moment

SIGNATURE = "x-shopify-hmac-sha256"
TOPIC = "x-shopify-topic"
_ORDER = "gid://shopify/Order/"
_LEVEL = "gid://shopify/InventoryLevel/"
_ORDER_DELETED = "orders/delete"
_UNTOLD = "untold"


class Variant(msgspec.Struct, frozen=True):
    """One of a product's."""

    sku: str | None = None


class OrderNamed(msgspec.Struct, frozen=True):
    """The order of a return."""

    id: int | None = None


class OrderEdit(msgspec.Struct, frozen=True):
    """An edit that was committed."""

    order_id: int | None = None
    committed_at: str | None = None


class Body(msgspec.Struct, frozen=True):
    """The fields that say what a body is about, whatever its topic. Ids are numbers; the global id names the kind."""

    id: int | str | None = None
    admin_graphql_api_id: str | None = None
    order_id: int | None = None
    order: OrderNamed | None = None
    order_edit: OrderEdit | None = None
    name: str | None = None
    po_number: str | None = None
    source_identifier: str | None = None
    sku: str | None = None
    variants: Sequence[Variant] | None = None
    updated_at: str | None = None
    created_at: str | None = None


def read_delivery(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Delivery:
    """What a delivery says; raises Refused unless Shopify signed it."""
    signed_by_hmac_base64(headers, body, secrets, header=SIGNATURE)
    said = read_body(body, Body)
    topic = headers.get(TOPIC) or _UNTOLD
    return Delivery(
        id=digest(body),
        topic=topic,
        occurred_at=_changed_at(said),
        order=tuple(_order_keys(said, topic)),
        skus=tuple(dict.fromkeys(_skus(said))),
        stock_levels=(own,) if (own := said.admin_graphql_api_id or "").startswith(_LEVEL) else (),
    )


def _changed_at(said: Body) -> datetime | None:
    edited_at = said.order_edit.committed_at if said.order_edit is not None else None
    return read_moment(said.updated_at) or read_moment(edited_at) or read_moment(said.created_at)


def _order_keys(said: Body, topic: str) -> Iterator[Key]:
    """An order by all the names that the body has for it; what hangs on an order, by the order's id."""
    own = said.admin_graphql_api_id or ""
    if own.startswith(_ORDER):
        yield Key("id", own)
        named = (("number", said.name), ("po_number", said.po_number), ("source_identifier", said.source_identifier))
        for field, value in named:
            if value and value.strip():
                yield Key(field, value)
        return
    number = said.order_id or (said.order.id if said.order else None)
    number = number or (said.order_edit.order_id if said.order_edit else None)
    if number is None and topic == _ORDER_DELETED and isinstance(said.id, int):
        number = said.id
    if number is not None:
        yield Key("id", f"{_ORDER}{number}")


def _skus(said: Body) -> Iterator[str]:
    """Of an inventory item, a variant or a product. A level names itself and its item, and no SKU."""
    for sku in (said.sku, *(variant.sku for variant in said.variants or ())):
        if sku and sku.strip():
            yield sku
