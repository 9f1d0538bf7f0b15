"""Going on where a list inside an order is longer than its first page, so that nothing is silently cut."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import Facet
from orderweave_shopify.client import Answered, Client
from orderweave_shopify.connections import (
    DISCOUNTS,
    FULFILLMENT_EVENTS,
    FULFILLMENT_LINES,
    FULFILLMENT_ORDER_LINES,
    FULFILLMENT_ORDERS,
    HELD_FULFILLMENT_ORDERS,
    LINES,
    REFUND_LINES,
    RETURN_LINES,
    RETURNS,
    SHIPPING_LINES,
    TIMELINE,
    Connection,
)
from orderweave_shopify.payloads import (
    DiscountPayload,
    EventPayload,
    FulfillmentLinePayload,
    FulfillmentOrderLinePayload,
    FulfillmentOrderPayload,
    HappeningPayload,
    LinePayload,
    OrderPayload,
    RefundLinePayload,
    ReturnLinePayload,
    ReturnPayload,
    ShippingLinePayload,
)
from orderweave_shopify.payloads_pages import Page
from orderweave_shopify.queries import continuation_cost

# Further pages of one list at most: an order with more than 2,500 entries of a kind is reported, not awaited.
MOST_ROUNDS = 25

Entry = TypeVar("Entry")


class Continued(msgspec.Struct, Generic[Entry]):
    """One owner's further page; None when the owner is gone meanwhile."""

    page: Page[Entry] | None = None


class ContinuedNode(msgspec.Struct, Generic[Entry]):
    """The answer to a continuing call."""

    node: Continued[Entry] | None = None


class _Open(msgspec.Struct, frozen=True):
    """A list that goes on: whose it is, which, its entries' type, and the page to add to."""

    owner_id: str
    connection: Connection
    entry: Any
    page: Page[Any]


async def complete(client: Client, order: OrderPayload, facets: frozenset[Facet], call: Call) -> list[Gap]:
    """Fetch what is missing of the order's lists, into the order; a Gap for a list that is longer than the bound."""
    for _ in range(MOST_ROUNDS):
        unfinished = list(_open_lists(order, facets))
        if not unfinished:
            return []
        await asyncio.gather(*(_continue(client, item, call) for item in unfinished))
    return [
        Gap(f"{item.connection.owner}.{item.connection.field} has more entries than are read", order.id)
        for item in _open_lists(order, facets)
    ]


def goes_on(order: OrderPayload, facets: frozenset[Facet]) -> bool:
    """Whether any of the order's lists is longer than the page of it that came."""
    return any(True for _ in _open_lists(order, facets))


async def _continue(client: Client, item: _Open, call: Call) -> None:
    name = f"more {item.connection.owner}.{item.connection.field}"
    kind: Any = ContinuedNode[item.entry]  # type: ignore[name-defined]  # a type made at run time
    answered: Answered[ContinuedNode[Any]] = await client.ask(
        item.connection.continuation(),
        {"id": item.owner_id, "after": item.page.page_info.end_cursor},
        kind,
        operation=name,
        call=call,
        price=continuation_cost(item.connection),
    )
    further = answered.data.node.page if answered.data.node else None
    if further is None or answered.errors:
        raise BadPayload(f"{name}: the list broke off between two pages")
    item.page.nodes.extend(further.nodes)
    item.page.page_info = further.page_info


def _open_lists(order: OrderPayload, facets: frozenset[Facet]) -> Iterator[_Open]:
    for item in _lists(order, facets):
        if item.page.page_info.has_next_page:
            yield item


def _lists(order: OrderPayload, facets: frozenset[Facet]) -> Iterator[_Open]:
    """Every paged list that the order carries."""
    held = FULFILLMENT_ORDERS if Facet.FULFILLMENT in facets else HELD_FULFILLMENT_ORDERS
    own = (
        (DISCOUNTS, DiscountPayload, order.discount_applications),
        (SHIPPING_LINES, ShippingLinePayload, order.shipping_lines),
        (LINES, LinePayload, order.line_items),
        (held, FulfillmentOrderPayload, order.fulfillment_orders),
        (RETURNS, ReturnPayload, order.returns),
        (TIMELINE, HappeningPayload, order.events),
    )
    yield from (_Open(order.id, connection, entry, page) for connection, entry, page in own if page is not None)
    for planned in order.fulfillment_orders.nodes if order.fulfillment_orders else ():
        if planned.line_items is not None:
            yield _Open(planned.id, FULFILLMENT_ORDER_LINES, FulfillmentOrderLinePayload, planned.line_items)
    for fulfillment in order.fulfillments or ():
        yield _Open(fulfillment.id, FULFILLMENT_LINES, FulfillmentLinePayload, fulfillment.fulfillment_line_items)
        if fulfillment.events is not None:
            yield _Open(fulfillment.id, FULFILLMENT_EVENTS, EventPayload, fulfillment.events)
    for refund in order.refunds or ():
        if refund.refund_line_items is not None:
            yield _Open(refund.id, REFUND_LINES, RefundLinePayload, refund.refund_line_items)
    for returned in order.returns.nodes if order.returns else ():
        yield _Open(returned.id, RETURN_LINES, ReturnLinePayload, returned.return_line_items)
