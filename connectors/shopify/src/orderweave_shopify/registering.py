"""Having Shopify send webhooks to an address: a subscription for each topic that something is made of."""

from __future__ import annotations

import msgspec

from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.webhooks import Registered
from orderweave_shopify.client import Client

TOPICS = (
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_DELETE",
    "ORDERS_EDITED",
    "FULFILLMENTS_CREATE",
    "FULFILLMENTS_UPDATE",
    "FULFILLMENT_EVENTS_CREATE",
    "REFUNDS_CREATE",
    "RETURNS_APPROVE",
    "RETURNS_CLOSE",
    "RETURNS_CANCEL",
    "ORDER_TRANSACTIONS_CREATE",
    "PRODUCTS_UPDATE",
    "INVENTORY_ITEMS_UPDATE",
    "INVENTORY_LEVELS_UPDATE",
)
# Subscriptions of one address that are looked at: each topic has one.
SUBSCRIPTIONS = (
    "query Webhooks($uri: String!) { webhookSubscriptions(first: 250, uri: $uri) { nodes { id topic uri } } }"
)
SUBSCRIBE = (
    "mutation RegisterWebhook($topic: WebhookSubscriptionTopic!, $uri: String!) { "
    "webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri}) { "
    "webhookSubscription { id } userErrors { field } } }"
)
SUBSCRIPTIONS_COST = 13
# What Shopify asks for a mutation.
SUBSCRIBE_COST = 10


class Subscription(msgspec.Struct):
    """One that there is."""

    topic: str
    uri: str


class Subscriptions(msgspec.Struct):
    """A page of them."""

    nodes: list[Subscription]


class SubscriptionsPayload(msgspec.Struct, rename="camel"):
    """The answer to the question for them."""

    webhook_subscriptions: Subscriptions


class UserError(msgspec.Struct):
    """What Shopify objects to; its message may repeat what was sent, and is not read."""

    field: list[str] | None = None


class Created(msgspec.Struct, rename="camel"):
    """What became of one."""

    user_errors: list[UserError]


class CreatedPayload(msgspec.Struct, rename="camel"):
    """The answer to a subscription."""

    webhook_subscription_create: Created


async def register(client: Client, url: str, call: Call) -> Registered:
    """Subscribe to every topic for which there is no subscription of this address yet."""
    operation = "webhooks"
    there = await client.ask(
        SUBSCRIPTIONS, {"uri": url}, SubscriptionsPayload, operation=operation, call=call, price=SUBSCRIPTIONS_COST
    )
    kept = {found.topic for found in there.data.webhook_subscriptions.nodes if found.uri == url}
    made = [topic for topic in TOPICS if topic not in kept]
    for topic in made:
        operation = f"register webhook {topic}"
        answered = await client.ask(
            SUBSCRIBE,
            {"topic": topic, "uri": url},
            CreatedPayload,
            operation=operation,
            call=call,
            price=SUBSCRIBE_COST,
        )
        problems = answered.data.webhook_subscription_create.user_errors
        if problems:
            fields = sorted({".".join(problem.field or ()) for problem in problems})
            raise GiveUp(f"{operation}: Shopify objects to {', '.join(fields) or 'something that it does not name'}")
    return Registered(made=tuple(made), kept=tuple(topic for topic in TOPICS if topic in kept))
