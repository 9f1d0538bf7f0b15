"""The root fields: arguments checked, needs read from the selection, the gateway asked, its objects handed on."""

from __future__ import annotations

from typing import Annotated, cast

import strawberry
from strawberry import ID, field
from strawberry.extensions import FieldExtension

from orderweave.answering import order_groups, stock_groups
from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.filters import read_by
from orderweave.answering.inventory import MOST_SKUS
from orderweave.answering.order_page import DEFAULT_PER_PAGE
from orderweave.answering.overselling import DEFAULT_CHECKED
from orderweave.model.codes import Code
from orderweave.operations.weights import ListSize
from orderweave.planning.needs import needs_of
from orderweave.planning.stock import needs_receipts
from orderweave.schema.aggregate_arguments import (
    ConvertTo,
    GroupOrdersBy,
    GroupsAfter,
    GroupsFirst,
    OrderSorting,
    OrderTests,
    StockBy,
    StockSorting,
    StockTests,
    asked_of,
    measures_in,
)
from orderweave.schema.aggregate_types import InventoryGroups, OrderGroups
from orderweave.schema.arguments import (
    CustomerLookup,
    FilterArgument,
    OrderLookup,
    SearchArgument,
    SortArgument,
    filter_of,
    page,
)
from orderweave.schema.context import Asked, limits, needs, root_key, selected, terms
from orderweave.schema.export_types import Export, ExportId
from orderweave.schema.fulfillment_types import Location
from orderweave.schema.inventory_types import InventoryItem, OversellReport, Product
from orderweave.schema.lookups import order_by
from orderweave.schema.node import Node
from orderweave.schema.objects import by_ids, customer_by_email, customer_by_id
from orderweave.schema.once import AskedOnce
from orderweave.schema.order_types import Customer, Order, OrderConnection
from orderweave.schema.paging import DEFAULT_GROUPS, After, Before, First, Last, connection
from orderweave.schema.system_types import StatusMapping, System
from orderweave.schema.tracking_types import TrackedOrder

# How many SKUs, and how few ids, a caller may ask for at once for each order on a page of theirs.
SKUS_A_PAGE = 2
PAGES_AN_ID = 2

_ONCE: list[FieldExtension] = [AskedOnce()]

OrderBy = Annotated[OrderLookup, strawberry.argument(description="One name of the order.")]
CustomerBy = Annotated[CustomerLookup, strawberry.argument(description="One name of the customer.")]
Skus = Annotated[list[str], strawberry.argument(description="1 to 200 SKUs, in any case.")]
SomeSkus = Annotated[
    list[str] | None,
    strawberry.argument(description="1 to 200 SKUs, in any case; without them all that are listed."),
]
SkusAlone = Annotated[
    list[str] | None, strawberry.argument(description="Of these SKUs alone, in any case; 1 to 200, all without it.")
]
SomeLocations = Annotated[
    list[ID] | None, strawberry.argument(description="At these places alone, by global id; all without it.")
]
Checked = Annotated[
    int | None, strawberry.argument(description="Look at so many SKUs at most, 1 to 200; by default 100.")
]
CheckedAfter = Annotated[str | None, strawberry.argument(description="Go on after the SKU with this cursor.")]
Sku = Annotated[str, strawberry.argument(description="The SKU, in any case.")]
Token = Annotated[str, strawberry.argument(description="The token.")]
NodeId = Annotated[ID, strawberry.argument(description="A global id from an answer.")]
NodeIds = Annotated[list[ID], strawberry.argument(description="1 to 50 global ids from answers.")]


@strawberry.type(description="Questions over all systems.")
class Query:
    """The root of every question."""

    @field(description="One order, by whatever name you hold of it; null when no system knows it.", extensions=_ONCE)
    async def order(self, info: Asked, by: OrderBy) -> Order | None:
        """The order, put together."""
        return cast("Order | None", await order_by(info.context.gateway, by, needs(info), terms(info)))

    @field(
        description="Orders over all channels, newest first unless sorted otherwise: live from the systems where they "
        "are placed, or out of the index where it takes that (a sort by sums, a search, a count, a filter over what "
        "several systems say). An order that other systems mirror appears once.",
        directives=[connection(DEFAULT_PER_PAGE)],
        extensions=_ONCE,
    )
    async def orders(
        self,
        info: Asked,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: FilterArgument = None,
        sort: SortArgument = None,
        search: SearchArgument = None,
    ) -> OrderConnection:
        """A page of orders."""
        wanted, touched = info.context.filtering(filter_of(filter), root_key(info)), selected(info)
        asked = page(
            first,
            after,
            last,
            before,
            wanted=wanted,
            sort=sort,
            search=search,
            counted="OrderConnection.totalCount" in touched,
            most=limits(info).page_size,
        )
        needed = needs_of(touched, read_by(wanted))
        return cast("OrderConnection", await info.context.gateway.orders(asked, needed, terms(info)))

    @field(
        description="Groups of orders and what they come to, out of the index.",
        directives=[ListSize(assumed_size=DEFAULT_GROUPS, slicing_arguments=["first"], sized_fields=["groups"])],
        extensions=_ONCE,
    )
    async def order_aggregates(
        self,
        info: Asked,
        *,
        filter: FilterArgument = None,
        group_by: GroupOrdersBy = None,
        having: OrderTests = None,
        order_by: OrderSorting = None,
        convert_to: ConvertTo = None,
        first: GroupsFirst = DEFAULT_GROUPS,
        after: GroupsAfter = None,
    ) -> OrderGroups:
        """A page of groups."""
        wanted = info.context.filtering(filter_of(filter), root_key(info))
        asked = asked_of(
            fields=order_groups.FIELDS,
            measures=order_groups.MEASURES,
            selected=measures_in(selected(info), "OrderGroup"),
            by=group_by,
            having=having,
            order_by=order_by,
            convert_to=convert_to,
            first=first,
            after=after,
            told_by=repr(wanted),
        )
        return cast("OrderGroups", await info.context.gateway.order_groups(wanted, asked, terms(info)))

    @field(
        description="Groups of stock and what they come to, out of the index: each SKU at each place counts once.",
        directives=[ListSize(assumed_size=DEFAULT_GROUPS, slicing_arguments=["first"], sized_fields=["groups"])],
        extensions=_ONCE,
    )
    async def inventory_aggregates(
        self,
        info: Asked,
        *,
        skus: SkusAlone = None,
        locations: SomeLocations = None,
        group_by: StockBy = None,
        having: StockTests = None,
        order_by: StockSorting = None,
        first: GroupsFirst = DEFAULT_GROUPS,
        after: GroupsAfter = None,
    ) -> InventoryGroups:
        """A page of groups."""
        asked = asked_of(
            fields=stock_groups.FIELDS,
            measures=stock_groups.MEASURES,
            selected=measures_in(selected(info), "InventoryGroup"),
            by=group_by,
            having=having,
            order_by=order_by,
            first=first,
            after=after,
            told_by=repr((skus, locations)),
        )
        for name, given in (("skus", skus), ("locations", locations)):
            if given is not None and not 1 <= len(given) <= MOST_SKUS:
                raise bad_input(f"{name} must hold 1 to {MOST_SKUS}, holds {len(given)}")
        found = await info.context.gateway.stock_groups(skus or (), [str(each) for each in locations or ()], asked)
        return cast("InventoryGroups", found)

    @field(
        description="Stock of some SKUs (1 to 200) over all places, each SKU once, in the order asked.",
        directives=[ListSize(slicing_arguments=["skus"])],
        extensions=_ONCE,
    )
    async def inventory(self, info: Asked, skus: Skus) -> list[InventoryItem]:
        """Merged stock."""
        most = SKUS_A_PAGE * limits(info).page_size
        receipts = needs_receipts(selected(info))
        found = await info.context.gateway.inventory(skus, terms(info), most, receipts=receipts)
        return cast("list[InventoryItem]", found)

    @field(
        description="Which channels list more than they may sell, and how old both numbers are: among some SKUs, or "
        "among all that are listed where an index knows them. Looks at so many SKUs at a time.",
        directives=[
            ListSize(
                assumed_size=DEFAULT_CHECKED,
                slicing_arguments=["skus", "first"],
                sized_fields=["oversells"],
                require_one_slicing_argument=False,
            )
        ],
        extensions=_ONCE,
    )
    async def oversells(
        self, info: Asked, *, skus: SomeSkus = None, first: Checked = None, after: CheckedAfter = None
    ) -> OversellReport:
        """The oversell watch, once."""
        most = SKUS_A_PAGE * limits(info).page_size
        found = await info.context.gateway.oversells(skus, first, after, terms(info), most=most)
        return cast("OversellReport", found)

    @field(description="The product with this SKU; null when no system knows it.", extensions=_ONCE)
    async def product(self, info: Asked, sku: Sku) -> Product | None:
        """The merged product."""
        return cast("Product | None", await info.context.gateway.product(sku, terms(info)))

    @field(
        description="A customer with their orders over all channels; null when no order carries them.", extensions=_ONCE
    )
    async def customer(self, info: Asked, by: CustomerBy) -> Customer | None:
        """The customer, by e-mail address or global id."""
        if info.context.caller.rights.masked:
            raise RequestError(Code.FORBIDDEN, "customers are counted in your role, and not looked up")
        if isinstance(by.id, str):
            return await customer_by_id(info, by.id)
        return cast("Customer | None", await customer_by_email(info, by.email or ""))

    @field(
        description="A guest's view of the order behind a token of `trackOrder` or of a mailed link; null for a token "
        "that does not hold, whatever is wrong with it.",
        extensions=_ONCE,
    )
    async def tracked_order(self, info: Asked, token: Token) -> TrackedOrder | None:
        """The reduced order."""
        context = info.context
        found = await context.gateway.tracked_order(token, terms(info), context.address)
        return cast("TrackedOrder | None", found)

    @field(description="An export of yours and how far it is; null for any other id.")
    async def export(self, info: Asked, id: ExportId) -> Export | None:
        """The export."""
        return cast("Export | None", await info.context.gateway.export(str(id), info.context.caller))

    @field(description="The places of the business.", directives=[ListSize(assumed_size=20)], extensions=_ONCE)
    async def locations(self, info: Asked) -> list[Location]:
        """All places."""
        return cast("list[Location]", await info.context.gateway.locations(terms(info)))

    @field(
        description="The configured systems, what they can do and how they have been answering.",
        directives=[ListSize(assumed_size=6)],
    )
    def systems(self, info: Asked) -> list[System]:
        """All systems."""
        return cast("list[System]", info.context.gateway.systems())

    @field(description="What each raw status word of each system means here.", directives=[ListSize(assumed_size=200)])
    def status_mappings(self, info: Asked) -> list[StatusMapping]:
        """All mapped words."""
        return cast("list[StatusMapping]", info.context.gateway.status_mappings())

    @field(description="Anything by its global id (Relay).", extensions=_ONCE)
    async def node(self, info: Asked, id: NodeId) -> Node | None:
        """The object behind an id."""
        (found,) = await by_ids(info, [id])
        if isinstance(found, RequestError):
            raise found
        return cast("Node | None", found)

    @field(
        description="Several things by their global ids, in the order asked, at most 50 (Relay).",
        directives=[ListSize(slicing_arguments=["ids"])],
        extensions=_ONCE,
    )
    async def nodes(self, info: Asked, ids: NodeIds) -> list[Node | None]:
        """The objects behind some ids."""
        most = max(1, limits(info).page_size // PAGES_AN_ID)
        if not 1 <= len(ids) <= most:
            raise bad_input(f"ids must hold 1 to {most} ids, holds {len(ids)}")
        return await by_ids(info, ids)
