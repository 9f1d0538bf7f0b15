"""What a webhook's delivery says, once it is ShipHero's own.

ShipHero signs the body alone, and most bodies hold no time: stock that goes down and up again gives one body twice. So
a delivery is known by its body and by the message id beside it, which is not signed. Whoever kept a delivery and sends
it with other ids makes the gateway read one order or SKU anew, once a minute and no more: the body alone is its seal,
and nothing of it is believed but whom it concerns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from orderweave_sdk.records import Key
from orderweave_sdk.signatures import signed_by_hmac_base64
from orderweave_sdk.webhooks import Delivery, digest, read_body
from orderweave_shiphero.times import in_utc

SIGNATURE = "x-shiphero-hmac-sha256"
MESSAGE = "x-shiphero-message-id"


class Goods(msgspec.Struct, frozen=True):
    """A line, or a level of stock."""

    sku: str | None = None


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Which order, by each of the names that ShipHero knows it by, and which goods."""

    order_uuid: str | None = None
    order_number: str | None = None
    partner_order_id: str | None = None
    line_items: Sequence[Goods] | None = None


class Body(About, frozen=True, kw_only=True):
    """The fields that say what a body is about, whatever its type. A shipment's stand one level further in."""

    webhook_type: str
    fulfillment: About | None = None
    inventory: Sequence[Goods] | None = None
    sku: str | None = None
    allocated_at: str | None = None


def read_delivery(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Delivery:
    """What a delivery says; raises Refused unless ShipHero signed it."""
    signed_by_hmac_base64(headers, body, secrets, header=SIGNATURE)
    said = read_body(body, Body)
    return Delivery(
        id=digest(headers.get(MESSAGE, ""), body),
        topic=said.webhook_type,
        seal=digest(body),
        occurred_at=_moment(said.allocated_at),
        order=tuple(_order_keys(said.fulfillment or said)),
        skus=tuple(dict.fromkeys(_skus(said))),
    )


def _order_keys(about: About) -> Iterator[Key]:
    named = (
        ("id", about.order_uuid),
        ("order_number", about.order_number),
        ("partner_order_id", about.partner_order_id),
    )
    return (Key(field, value) for field, value in named if value and value.strip())


def _skus(said: Body) -> Iterator[str]:
    """Of levels that changed, and of lines: what is allocated or shipped changes the stock of its SKU."""
    inside = said.fulfillment.line_items if said.fulfillment else None
    for goods in (*(said.inventory or ()), *(said.line_items or ()), *(inside or ()), Goods(said.sku)):
        if goods.sku and goods.sku.strip():
            yield goods.sku


def _moment(text: str | None) -> datetime | None:
    try:
        return in_utc(datetime.fromisoformat(text)) if text else None
    except (ValueError, OverflowError):
        return None
