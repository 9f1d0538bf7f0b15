"""Having ShipHero send webhooks to an address: one for each type that something is made of."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.webhooks import Registered
from orderweave_shiphero.client import Client
from orderweave_shiphero.failures import failure
from orderweave_shiphero.operations import Request

T = TypeVar("T")
TYPES = (
    "Order Allocated",
    "Order Deallocated",
    "Order Canceled",
    "Order Packed Out",
    "Shipment Update",
    "Return Update",
    "Inventory Update",
    "Inventory Change",
)
# An account has some dozens at most: each type once a shop and address.
_PAGE = 100
WEBHOOKS = Request(
    "Webhooks",
    f"query Webhooks {{ webhooks {{ complexity data(first: {_PAGE}) {{ edges {{ node {{ name url }} }} }} }} }}",
    {},
    ("webhooks",),
)
WEBHOOKS_COST = 1 + _PAGE
REGISTER_COST = 1


class Webhook(msgspec.Struct):
    """One that there is, or that was made: then with the secret that signs it, which ShipHero tells this once."""

    name: str | None = None
    url: str | None = None
    shared_signature_secret: str | None = None


class WebhookEdge(msgspec.Struct):
    """Its place in the list."""

    node: Webhook | None = None


class WebhookPage(msgspec.Struct):
    """A page of them."""

    edges: list[WebhookEdge]


class WebhooksResult(msgspec.Struct):
    """The answer to the question for them."""

    data: WebhookPage | None = None


class MadeResult(msgspec.Struct):
    """The answer to a registration."""

    webhook: Webhook | None = None


def registration(kind: str, url: str) -> Request:
    """The request that makes one."""
    document = (
        "mutation RegisterWebhook($data: CreateWebhookInput!) { webhook_create(data: $data) {"
        " complexity webhook { name shared_signature_secret } } }"
    )
    return Request("RegisterWebhook", document, {"data": {"name": kind, "url": url}}, ("webhook_create",))


async def register(client: Client, url: str, call: Call) -> Registered:
    """Make a webhook of every type that this address has none of yet."""
    there = (await _answer(client, WEBHOOKS, WebhooksResult, call, price=WEBHOOKS_COST)).data
    if there is None:
        raise BadPayload("webhooks: an answer without data")
    kept = {edge.node.name for edge in there.edges if edge.node is not None and edge.node.url == url}
    made, secrets = [], []
    for kind in TYPES:
        if kind in kept:
            continue
        done = (await _answer(client, registration(kind, url), MadeResult, call, price=REGISTER_COST)).webhook
        if done is None or not done.shared_signature_secret:
            raise BadPayload(f"register webhook {kind}: an answer without a secret")
        made.append(kind)
        secrets.append(done.shared_signature_secret)
    return Registered(
        made=tuple(made), kept=tuple(kind for kind in TYPES if kind in kept), secrets=tuple(dict.fromkeys(secrets))
    )


async def _answer(client: Client, request: Request, kind: type[T], call: Call, *, price: float) -> T:
    reply = await client.ask(request, call, price=price)
    (alias,) = request.aliases
    if alias in reply.problems:
        raise failure(request.operation, reply.problems[alias])
    if alias not in reply.results:
        raise BadPayload(f"{request.operation}: an answer without data")
    return decode(reply.results[alias], kind, what=request.operation)
