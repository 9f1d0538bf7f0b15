"""The subscriptions: what is followed, and each change as the state that it led to."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any

import msgspec
import strawberry
from strawberry import Info, field

from orderweave.answering import Gateway
from orderweave.answering.errors import RequestError, bad_input, overloaded
from orderweave.answering.inventory import MOST_SKUS
from orderweave.answering.overselling import DEFAULT_CHECKED
from orderweave.live import Feed, Full, Missed, Subject, Topic
from orderweave.model.rights import Caller
from orderweave.model.terms import Lane, Terms
from orderweave.operations.selection import coordinates
from orderweave.operations.weights import ListSize
from orderweave.planning.needs import Needs, needs_of
from orderweave.planning.stock import needs_receipts
from orderweave.schema.arguments import OrderLookup
from orderweave.schema.context import Context
from orderweave.schema.fulfillment_types import Shipment
from orderweave.schema.inventory_types import InventoryItem, Oversell
from orderweave.schema.lookups import order_by
from orderweave.schema.order_types import Order
from orderweave.schema.query import OrderBy, Skus, SomeSkus, Token
from orderweave.schema.scalars import Facet
from orderweave.schema.tracking_types import TrackedOrder

IPAddress = IPv4Address | IPv6Address
# Only whether the caller may know of it, and its id.
_IDENTITY = Needs(facets=frozenset())
# Enters one turn of a subscription: a place among those that are answered at once, the gateway that is current, and
# who the caller is by now.
Turn = Callable[[], AbstractAsyncContextManager[tuple[Gateway, Caller]]]


class LiveContext(Context):
    """What one subscription carries. Each answer is made in a turn of its own, with a deadline of its own.

    `within` bounds, in seconds, the one answer of what is no subscription. `after` takes the place of an argument that
    is not given; `cursor` is that of the last answer.
    """

    def __init__(
        self,
        gateway: Gateway,
        caller: Caller,
        *,
        feed: Feed,
        turn: Turn,
        lane: Lane = Lane.INTERACTIVE,
        within: float | None = None,
        after: str | None = None,
        address: IPAddress | None = None,
    ) -> None:
        super().__init__(gateway, lane, within, caller, address)
        self.feed = feed
        self.lane = lane
        self.after = after
        self.cursor: str | None = None
        self._turn = turn

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Around all that one answer asks of the systems."""
        async with self._turn() as (gateway, caller):
            self.gateway, self.caller = gateway, caller
            self.call = gateway.call(self.lane, None, caller.rights)
            yield


Asked = Info[LiveContext, None]
After = Annotated[
    str | None,
    strawberry.argument(description="Go on after the change with this cursor; without it, begin with the state now."),
]


@strawberry.type(description="One change that was seen of an order.")
class ChangeSeen:
    """See `orderweave.live.backlog.Event`."""

    cursor: str = field(description="Its place in the order's changes.")
    at: datetime = field(description="When it was seen.")
    changed: list[Facet] = field(directives=[ListSize(assumed_size=3)], description="The parts that became others.")


@strawberry.type(description="An order after one or several changes; the first answer has its state at the beginning.")
class OrderUpdate:
    """What `orderUpdated` tells."""

    cursor: str = field(description="Hand it in as `after` to go on from here.")
    at: datetime = field(description="The state is at least as young as this.")
    changed: list[Facet] = field(
        directives=[ListSize(assumed_size=3)],
        description="The parts that became others; none in a first answer that only says how things stand.",
    )
    gap: bool = field(
        description="Whether there may have been more changes than these: the cursor was too old, or too much happened."
    )
    changes: list[ChangeSeen] = field(
        directives=[ListSize(assumed_size=3)],
        description="Each of the changes, in the order in which they were seen.",
    )
    order: Order | None = field(
        description="The order as it is now; null when there is none, and then nothing follows."
    )


@strawberry.type(description="An order's shipments after one or several changes of them.")
class ShipmentUpdate:
    """What `shipmentUpdated` tells."""

    cursor: str = field(description="Hand it in as `after` to go on from here.")
    at: datetime = field(description="The state is at least as young as this.")
    changed: list[Facet] = field(
        directives=[ListSize(assumed_size=3)],
        description="FULFILLMENT, TRACKING or both; none in a first answer that only says how things stand.",
    )
    gap: bool = field(
        description="Whether there may have been more changes than these: the cursor was too old, or too much happened."
    )
    changes: list[ChangeSeen] = field(
        directives=[ListSize(assumed_size=3)],
        description="Each of the changes, in the order in which they were seen.",
    )
    shipments: list[Shipment] = field(
        directives=[ListSize(assumed_size=2)],
        description="All shipments of the order as they are now.",
    )
    order: Order | None = field(
        description="The order as it is now; null when there is none, and then nothing follows."
    )


@strawberry.type(description="An order as its guest sees it, after one or several changes.")
class TrackedOrderUpdate:
    """What `trackedOrderUpdated` tells."""

    cursor: str = field(description="Hand it in as `after` to go on from here.")
    at: datetime = field(description="The state is at least as young as this.")
    gap: bool = field(
        description="Whether there may have been more changes than these: the cursor was too old, or too much happened."
    )
    order: TrackedOrder | None = field(
        description="The order as it is now; null where the token does not hold, and then nothing follows."
    )


@strawberry.type(description="Stock of the SKUs that are followed, after one or several changes.")
class InventoryUpdate:
    """What `inventoryChanged` tells."""

    cursor: str = field(description="Hand it in as `after` to go on from here.")
    at: datetime = field(description="The state is at least as young as this.")
    changed: list[str] = field(
        description="The SKUs whose numbers became others.",
    )
    gap: bool = field(
        description="Whether there may have been more changes than these: the cursor was too old, or too much happened."
    )
    items: list[InventoryItem] = field(
        description="The SKUs that changed, as they are now; all of them in a first answer and after a gap.",
    )


@strawberry.type(description="What is oversold among the SKUs that are followed, after one or several changes.")
class OversellUpdate:
    """What `oversellsChanged` tells."""

    cursor: str = field(description="Hand it in as `after` to go on from here.")
    at: datetime = field(description="The state is at least as young as this.")
    changed: list[str] = field(
        description="The SKUs that became oversold, by other numbers, or no longer; in lower case.",
    )
    gap: bool = field(
        description="Whether there may have been more changes than these: the cursor was too old, or too much happened."
    )
    oversells: list[Oversell] = field(
        description="Every case among the SKUs that changed, as it is now; none of one that is oversold no longer. Of "
        "all SKUs in a first answer and after a gap.",
    )
    unjudged: list[str] = field(
        directives=[ListSize(assumed_size=3)],
        description="SKUs of which nothing can be said, because a system that holds stock did not answer whole.",
    )


@strawberry.type(description="What can be followed while it changes. Each ends when the client completes it.")
class Subscription:
    """The root of everything that is followed."""

    @strawberry.subscription(
        description="An order whenever a part of it changes in any system. One answer may stand for several changes: "
        "it always has the state now."
    )
    async def order_updated(self, info: Asked, by: OrderBy, after: After = None) -> AsyncGenerator[OrderUpdate, None]:
        """Follow an order."""
        needs = needs_of(coordinates(info._raw_info))
        async with aclosing(_follow_order(info, Topic.ORDER, by, after, needs)) as updates:
            async for order, told in updates:
                yield order if told is None else OrderUpdate(order=order, **told)

    @strawberry.subscription(description="An order's shipments whenever one of them, or its tracking, changes.")
    async def shipment_updated(
        self, info: Asked, by: OrderBy, after: After = None
    ) -> AsyncGenerator[ShipmentUpdate, None]:
        """Follow the shipments of an order."""
        selected = coordinates(info._raw_info)
        also = ["Order.shipments"] if "ShipmentUpdate.shipments" in selected else []
        needs = needs_of([*selected, *also])
        async with aclosing(_follow_order(info, Topic.SHIPMENT, by, after, needs)) as updates:
            async for order, told in updates:
                if told is None:
                    yield order
                else:
                    shipments: Any = order.shipments if order is not None else ()
                    yield ShipmentUpdate(order=order, shipments=shipments, **told)

    @strawberry.subscription(
        description="A guest's view of an order whenever it changes, by a token of `trackOrder` or of a mailed link. "
        "Ends where the token does not hold, or no longer."
    )
    async def tracked_order_updated(
        self, info: Asked, token: Token, after: After = None
    ) -> AsyncGenerator[TrackedOrderUpdate, None]:
        """Follow an order as its guest."""
        context = info.context
        name = context.gateway.tracked_name(token)
        if name is None:
            yield TrackedOrderUpdate(cursor="", at=context.call.clock.now(), gap=False, order=None)
            return
        subject = Subject(Topic.TRACKED, (name,))

        async def fetch(missed: Missed, terms: Terms) -> Any:
            order: Any = await context.gateway.tracked_order(token, terms, context.address)
            cursor = context.cursor = subject.cursor(missed.position)
            return TrackedOrderUpdate(cursor=cursor, at=missed.at, gap=missed.gap, order=order)

        async with aclosing(_follow(context, subject, after, fetch)) as updates:
            async for update in updates:
                yield update
                if isinstance(update, TrackedOrderUpdate) and update.order is None:
                    return

    @strawberry.subscription(
        description="Stock of some SKUs (1 to 200) whenever a number of one of them changes.",
        directives=[ListSize(slicing_arguments=["skus"], sized_fields=["changed", "items"])],
    )
    async def inventory_changed(
        self, info: Asked, skus: Skus, after: After = None
    ) -> AsyncGenerator[InventoryUpdate, None]:
        """Follow stock."""
        if not 1 <= len(skus) <= MOST_SKUS or any(not sku.strip() for sku in skus):
            raise bad_input(f"skus must hold 1 to {MOST_SKUS} SKUs, none of them empty")
        subject = Subject.of_skus(skus)
        receipts = needs_receipts(coordinates(info._raw_info))

        async def fetch(missed: Missed, terms: Terms) -> Any:
            moved = tuple(dict.fromkeys(name for event in missed.events for name in event.changed))
            wanted = subject.names if missed.gap or not moved else moved
            items: Any = await info.context.gateway.inventory(wanted, terms, receipts=receipts)
            cursor = info.context.cursor = subject.cursor(missed.position)
            return InventoryUpdate(cursor=cursor, at=missed.at, changed=list(moved), gap=missed.gap, items=items)

        async with aclosing(_follow(info.context, subject, after, fetch)) as updates:
            async for update in updates:
                yield update

    @strawberry.subscription(
        description="What is oversold whenever that changes: among some SKUs (1 to 200), or among all that are listed, "
        "at most 1000, where an index knows them.",
        directives=[
            ListSize(
                assumed_size=DEFAULT_CHECKED,
                slicing_arguments=["skus"],
                sized_fields=["changed", "oversells"],
                require_one_slicing_argument=False,
            )
        ],
    )
    async def oversells_changed(
        self, info: Asked, skus: SomeSkus = None, after: After = None
    ) -> AsyncGenerator[OversellUpdate, None]:
        """Follow the oversell watch."""
        if skus is not None and (not 1 <= len(skus) <= MOST_SKUS or any(not sku.strip() for sku in skus)):
            raise bad_input(f"skus must hold 1 to {MOST_SKUS} SKUs, none of them empty")
        if skus is None:
            # Refused at once, and not at the first look, which says nothing.
            info.context.gateway.check_all_skus_known()
        subject = Subject.of_oversells(skus or ())

        async def fetch(missed: Missed, terms: Terms) -> Any:
            moved = tuple(dict.fromkeys(name for event in missed.events for name in event.changed))
            wanted = subject.names if missed.gap or not moved else moved
            report, _ = await info.context.gateway.oversells_watched(wanted, terms)
            cursor = info.context.cursor = subject.cursor(missed.position)
            told: Any = {"oversells": report.oversells, "unjudged": list(report.unjudged)}
            return OversellUpdate(cursor=cursor, at=missed.at, changed=list(moved), gap=missed.gap, **told)

        async with aclosing(_follow(info.context, subject, after, fetch)) as updates:
            async for update in updates:
                yield update


async def _follow_order(
    info: Asked, topic: Topic, by: OrderLookup, after: str | None, needs: Needs
) -> AsyncGenerator[tuple[Any, dict[str, Any] | None], None]:
    """The order, and what is told beside it, at each update; an error, and None, where an update failed.

    An order that the caller may not see is followed just as one that there is not.
    """
    context = info.context
    async with context.turn():
        found = await order_by(context.gateway, by, _IDENTITY, context.call)
    if found is None:
        nothing = Missed(position="", at=context.call.clock.now(), events=(), gap=False)
        yield None, _told(context, Subject(topic, ()), nothing)
        return
    subject = Subject.of_order(topic, found.id, context.caller.rights)

    async def fetch(missed: Missed, terms: Terms) -> Any:
        order = await context.gateway.order_by_id(subject.names[0], needs, terms)
        return order, _told(context, subject, missed)

    async with aclosing(_follow(context, subject, after, fetch)) as updates:
        async for update in updates:
            if isinstance(update, Exception):
                yield update, None
                continue
            yield update
            if update[0] is None:
                return


async def _follow(
    context: LiveContext,
    subject: Subject,
    after: str | None,
    fetch: Callable[[Missed, Terms], Awaitable[Any]],
) -> AsyncGenerator[Any, None]:
    """What a follower is told: at once the state or what was missed, then each change. An error stands in the place of
    what could not be told, once until that is told with what has come since, for which it is tried again.
    """
    given = after if after is not None else context.after
    position = subject.position(given) if given is not None else None
    try:
        async with context.feed.follow(subject, context.lane, position) as following:
            missed, failure = following.now(), None
            while True:
                try:
                    async with context.turn():
                        age = (context.call.clock.now() - missed.at).total_seconds()
                        terms = msgspec.structs.replace(context.call, max_age=max(0.0, age))
                        update = await fetch(missed, terms)
                except RequestError as error:
                    if error.code is not failure:
                        yield error
                    failure = error.code
                    missed = await following.again()
                    continue
                yield update
                missed, failure = await following.next(), None
    except Full:
        raise overloaded("as many different things are followed as may be; try again later") from None


def _told(context: LiveContext, subject: Subject, missed: Missed) -> dict[str, Any]:
    """What is told beside an order."""
    seen = [(event, [Facet(part) for part in event.changed]) for event in missed.events]
    cursor = context.cursor = subject.cursor(missed.position)
    return {
        "cursor": cursor,
        "at": missed.at,
        "changed": list(dict.fromkeys(facet for _, facets in seen for facet in facets)),
        "gap": missed.gap,
        "changes": [
            ChangeSeen(cursor=subject.cursor(event.position), at=event.at, changed=facets) for event, facets in seen
        ],
    }
