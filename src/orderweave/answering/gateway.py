"""The gateway as the schema sees it: one method a root field, from checked arguments to merged objects.

Whatever projects an answer (a compiled projection or the reference executor) calls these and nothing deeper; what
comes back is whole, and no field below needs I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderweave.access.points import Points
from orderweave.answering import customer as customers
from orderweave.answering import exports, overselling, places, systems, tracking
from orderweave.answering import inventory as stock
from orderweave.answering import order as single
from orderweave.answering import orders as lists
from orderweave.answering.aggregates import Asked
from orderweave.answering.errors import RequestError
from orderweave.answering.indexed import is_for_index, list_from_index
from orderweave.answering.order_groups import order_groups
from orderweave.answering.order_page import OrderList
from orderweave.answering.parts import Parts
from orderweave.answering.stock_groups import stock_groups
from orderweave.guests.attempts import IPAddress
from orderweave.model.aggregates import Groups
from orderweave.model.exports import Export, ExportRequest
from orderweave.model.filters import Filter
from orderweave.model.inventory import InventoryItem, OversellReport
from orderweave.model.listing import StatusMapping, SystemInfo
from orderweave.model.order import Customer, Location, Order, OrderConnection
from orderweave.model.product import Product
from orderweave.model.rights import ALL_RIGHTS, Caller, Rights
from orderweave.model.terms import Lane, Terms
from orderweave.model.tracking import (
    TrackedOrder,
    TrackingAccess,
    TrackingAttempt,
    TrackingLink,
    TrackingRevocation,
)
from orderweave.planning.needs import Needs


class Gateway:
    """Answers questions over the systems of one configuration. Raises RequestError for what a caller can mend.

    `points` is what callers have left to spend. With `introspection` whoever has the scope may read the schema;
    without it nobody may.
    """

    def __init__(self, parts: Parts, *, deadline_seconds: float, points: Points, introspection: bool = True) -> None:
        self.parts = parts
        self.points = points
        self.introspection = introspection
        self._deadline_seconds = deadline_seconds

    def call(self, lane: Lane = Lane.INTERACTIVE, within: float | None = None, rights: Rights = ALL_RIGHTS) -> Terms:
        """The terms of one request: all its work ends within the deadline, or so many seconds where that is less,
        waits where its lane does, and shows what the caller may see.
        """
        return self.parts.systems.call(min(self._deadline_seconds, within or self._deadline_seconds), lane, rights)

    async def order_by_id(self, token: str, needs: Needs, call: Terms) -> Order | None:
        """The order with this global id."""
        return await single.order_by_id(self.parts, token, needs, call)

    async def orders_by_ids(
        self, tokens: Sequence[str], needs: Needs, call: Terms
    ) -> list[Order | RequestError | None]:
        """The orders with these global ids, each system asked for all of them at once; errors in their places."""
        return await single.orders_by_ids(self.parts, tokens, needs, call)

    async def order_by_number(self, number: str, needs: Needs, call: Terms) -> Order | None:
        """The order that has this number in some system."""
        return await single.order_by_number(self.parts, number, needs, call)

    async def order_by_key(self, namespace: str, value: str, needs: Needs, call: Terms) -> Order | None:
        """The order known under a key of one system."""
        return await single.order_by_key(self.parts, namespace, value, needs, call)

    async def orders(self, page: OrderList, needs: Needs, call: Terms) -> OrderConnection:
        """A page of orders over all places of capture."""
        if await is_for_index(self.parts, page):
            return await list_from_index(self.parts, page, needs, call)
        return await lists.list_orders(self.parts, page, needs, call)

    async def order_groups(self, wanted: Filter, asked: Asked, call: Terms) -> Groups:
        """Groups and totals of orders."""
        return await order_groups(self.parts, wanted, asked, call)

    async def stock_groups(self, skus: Sequence[str], locations: Sequence[str], asked: Asked) -> Groups:
        """Groups and totals of stock."""
        return await stock_groups(self.parts, skus, locations, asked)

    async def inventory(
        self, skus: Sequence[str], call: Terms, most: int = stock.MOST_SKUS, *, receipts: bool = False
    ) -> tuple[InventoryItem, ...]:
        """Stock of some SKUs, so many at most, over all places; with `receipts` what is expected of them, too."""
        return await stock.inventory(self.parts, skus, call, most, receipts=receipts)

    async def oversells(
        self,
        skus: Sequence[str] | None,
        first: int | None,
        after: str | None,
        call: Terms,
        *,
        most: int = stock.MOST_SKUS,
    ) -> OversellReport:
        """Which channels list more than they may sell, among some SKUs or all that are listed."""
        return await overselling.report(self.parts, skus, first, after, call, most=most)

    async def oversells_watched(self, skus: Sequence[str], call: Terms) -> tuple[OversellReport, dict[str, bool]]:
        """The same at once of all SKUs that a subscription follows, and of each whether every system answered."""
        return await overselling.watched(self.parts, skus, call)

    def check_all_skus_known(self) -> None:
        """UNSUPPORTED where nobody knows which SKUs are listed."""
        overselling.known(self.parts)

    async def product(self, sku: str, call: Terms) -> Product | None:
        """The product with this SKU."""
        return await stock.product(self.parts, sku, call)

    async def products(self, skus: Sequence[str], call: Terms) -> list[Product | RequestError | None]:
        """The products with these SKUs, each system asked for all of them at once; errors in their places."""
        return await stock.products(self.parts, skus, call)

    async def customer(self, email: str, pages: Mapping[str, OrderList], needs: Needs, call: Terms) -> Customer | None:
        """The customer with this e-mail address, with these pages of their orders."""
        return await customers.customer(self.parts, email, pages, needs, call)

    async def email_by_id(self, token: str, call: Terms) -> str | None:
        """The e-mail address behind a customer's global id."""
        return await customers.email_by_id(self.parts, token, call)

    async def locations(self, call: Terms) -> tuple[Location, ...]:
        """All places."""
        return await places.locations(self.parts, call)

    def systems(self) -> tuple[SystemInfo, ...]:
        """All systems."""
        return systems.systems(self.parts)

    def status_mappings(self) -> tuple[StatusMapping, ...]:
        """All mapped status words."""
        return systems.status_mappings(self.parts)

    async def create_export(self, wanted: ExportRequest, caller: Caller) -> Export:
        """An export that begins, with the caller's rights."""
        return await exports.create_export(self.parts, wanted, caller)

    async def export(self, name: str, caller: Caller) -> Export | None:
        """The caller's export with this id."""
        return await exports.export(self.parts, name, caller)

    async def cancel_export(self, name: str, caller: Caller) -> Export | None:
        """The caller's export with this id, ended where it was not finished."""
        return await exports.cancel_export(self.parts, name, caller)

    async def track_order(self, asked: TrackingAttempt) -> TrackingAccess | None:
        """A guest's token for the order that bears the second fact out, under the gateway's own rights and time."""
        return await tracking.track_order(self.parts, asked, self.call())

    async def tracked_order(self, token: str, call: Terms, address: IPAddress | None) -> TrackedOrder | None:
        """A guest's view of the order behind a token; `address` is where the guest is."""
        return await tracking.tracked_order(self.parts, token, call, address)

    def tracked_name(self, token: str) -> str | None:
        """The global id of the order behind a guest's token, for who follows it; never to be shown."""
        return tracking.tracked_name(self.parts, token)

    def tracking_link(self, order: Order, caller: Caller) -> TrackingLink:
        """A link to an order's tracking, for a mail."""
        return tracking.tracking_link(self.parts, order, caller)

    async def revoke_tracking(self, token: str, caller: Caller) -> TrackingRevocation:
        """Revoke all tokens of the order with this global id."""
        return await tracking.revoke_tracking(self.parts, token, caller)
