"""The root fields: arguments checked, needs read from the selection, the gateway asked, its objects handed on."""

from __future__ import annotations

from typing import Annotated, Any, cast

import msgspec
import strawberry
from graphql import GraphQLResolveInfo
from strawberry import ID, Info, field
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import get_object_definition

from orderweave.answering import Gateway
from orderweave.answering.customer import CUSTOMER_COORDINATES, by_email
from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.filters import Filter, read_by
from orderweave.answering.orders import OrderList
from orderweave.model import order as model
from orderweave.model.ids import MalformedToken, decode_id
from orderweave.model.rights import ANYBODY, Caller
from orderweave.model.terms import Lane, Terms
from orderweave.operations.freshness import terms_of
from orderweave.operations.selection import arguments_below, coordinates
from orderweave.planning.needs import Needs, needs_of
from orderweave.schema.arguments import (
    CustomerLookup,
    FilterArgument,
    OrderLookup,
    SortArgument,
    filter_of,
    page,
    pages_key,
)
from orderweave.schema.inventory_types import InventoryItem, Product
from orderweave.schema.order_types import Node, Order, OrderConnection
from orderweave.schema.paging import After, Before, First, Last
from orderweave.schema.system_types import CustomerProfile, Place, StatusMapping, System

MOST_NODES = 50


class Context:
    """What one request carries: the gateway, who asks, and the terms under which the work must end.

    `within` are the seconds that the caller waits, where it says so.
    """

    def __init__(
        self,
        gateway: Gateway,
        lane: Lane = Lane.INTERACTIVE,
        within: float | None = None,
        caller: Caller = ANYBODY,
    ) -> None:
        self.gateway = gateway
        self.caller = caller
        self.call: Terms = gateway.call(lane, within, caller.rights)


Asked = Info[Context, None]
OrderBy = Annotated[OrderLookup, strawberry.argument(description="One name of the order.")]
CustomerBy = Annotated[CustomerLookup, strawberry.argument(description="One name of the customer.")]
Skus = Annotated[list[str], strawberry.argument(description="1 to 200 SKUs, in any case.")]
Sku = Annotated[str, strawberry.argument(description="The SKU, in any case.")]
NodeId = Annotated[ID, strawberry.argument(description="A global id from an answer.")]
NodeIds = Annotated[list[ID], strawberry.argument(description="1 to 50 global ids from answers.")]


@strawberry.type(description="Questions over all systems.")
class Query:
    """The root of every question."""

    @field(description="One order, by whatever name you hold of it; null when no system knows it.")
    async def order(self, info: Asked, by: OrderBy) -> Order | None:
        """The order, put together."""
        return cast("Order | None", await order_by(info.context.gateway, by, _needs(info), _terms(info)))

    @field(
        description="Orders over all channels, live from the systems where they are placed, newest first unless "
        "sorted otherwise. An order that other systems mirror appears once."
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
    ) -> OrderConnection:
        """A page of orders."""
        wanted = filter_of(filter)
        asked = page(first, after, last, before, wanted=wanted, sort=sort)
        needs = needs_of(_coordinates(info), read_by(wanted))
        return cast("OrderConnection", await info.context.gateway.orders(asked, needs, _terms(info)))

    @field(description="Stock of some SKUs (1 to 200) over all places, each SKU once, in the order asked.")
    async def inventory(self, info: Asked, skus: Skus) -> list[InventoryItem]:
        """Merged stock."""
        return cast("list[InventoryItem]", await info.context.gateway.inventory(skus, _terms(info)))

    @field(description="The product with this SKU; null when no system knows it.")
    async def product(self, info: Asked, sku: Sku) -> Product | None:
        """The merged product."""
        return cast("Product | None", await info.context.gateway.product(sku, _terms(info)))

    @field(description="A customer with their orders over all channels; null when no order carries them.")
    async def customer(self, info: Asked, by: CustomerBy) -> CustomerProfile | None:
        """The customer, by e-mail address or global id."""
        if isinstance(by.id, str):
            return await _customer_by_id(info, by.id)
        return await _customer(info, by.email or "")

    @field(description="The places of the business.")
    async def locations(self, info: Asked) -> list[Place]:
        """All places."""
        return cast("list[Place]", await info.context.gateway.locations(_terms(info)))

    @field(description="The configured systems, what they can do and how they have been answering.")
    def systems(self, info: Asked) -> list[System]:
        """All systems."""
        return cast("list[System]", info.context.gateway.systems())

    @field(description="What each raw status word of each system means here.")
    def status_mappings(self, info: Asked) -> list[StatusMapping]:
        """All mapped words."""
        return cast("list[StatusMapping]", info.context.gateway.status_mappings())

    @field(description="Anything by its global id (Relay).")
    async def node(self, info: Asked, id: NodeId) -> Node | None:
        """The object behind an id."""
        return await _node(info, id)

    @field(description="Several things by their global ids, in the order asked, at most 50 (Relay).")
    async def nodes(self, info: Asked, ids: NodeIds) -> list[Node | None]:
        """The objects behind some ids."""
        if not 1 <= len(ids) <= MOST_NODES:
            raise bad_input(f"ids must hold 1 to {MOST_NODES} ids, holds {len(ids)}")
        return [await _node_or_error(info, token) for token in ids]


async def order_by(gateway: Gateway, by: OrderLookup, needs: Needs, call: Terms) -> model.Order | None:
    """The order behind a look-up."""
    if isinstance(by.id, str):
        return await gateway.order_by_id(by.id, needs, call)
    if by.key:
        return await gateway.order_by_key(by.key.namespace, by.key.value, needs, call)
    return await gateway.order_by_number(by.number or "", needs, call)


async def _customer_by_id(info: Asked, token: str) -> CustomerProfile | None:
    """The customer behind an id, under that id: another of their orders may know them by another one."""
    email = await info.context.gateway.email_by_id(token, _terms(info))
    found: Any = await _customer(info, email) if email else None
    return cast("CustomerProfile", msgspec.structs.replace(found, id=token)) if found else None


async def _customer(info: Asked, email: str) -> CustomerProfile | None:
    """The customer with every page of orders that is selected below."""
    wanted = by_email(email)
    pages: dict[str, OrderList] = {}
    read: frozenset[str] = frozenset()
    for given in arguments_below(_raw(info), "CustomerProfile", "orders"):
        arguments = _paging(info, given)
        nested = filter_of(arguments["filter"])
        read |= read_by(nested)
        pages[pages_key(*arguments.values())] = page(
            arguments["first"],
            arguments["after"],
            arguments["last"],
            arguments["before"],
            wanted=Filter(conditions=wanted.conditions, every=(nested,)),
            sort=arguments["sort"],
        )
    needs = needs_of([*_coordinates(info), *CUSTOMER_COORDINATES], read)
    return cast("CustomerProfile | None", await info.context.gateway.customer(email, pages, needs, _terms(info)))


async def _node_or_error(info: Asked, token: str) -> Any:
    """The object, or the error in its place, so that one id does not cost the others their answer."""
    try:
        return await _node(info, token)
    except RequestError as error:
        return error


async def _node(info: Asked, token: str) -> Node | None:
    try:
        kind, parts = decode_id(token)
    except MalformedToken as error:
        raise bad_input(f"id: {error}") from None
    gateway, call = info.context.gateway, _terms(info)
    found: Any = None
    if kind == "Order":
        found = await gateway.order_by_id(token, _needs(info), call)
    elif kind == "Product" and len(parts) == 1:
        found = await gateway.product(parts[0], call)
    elif kind == "Location":
        found = next((place for place in await gateway.locations(call) if place.id == token), None)
    elif kind == "Customer":
        found = await _customer_by_id(info, token)
    else:
        raise bad_input(f"id: the id of a kind that cannot be asked for by itself: {kind}")
    return cast("Node | None", found)


def _raw(info: Asked) -> GraphQLResolveInfo[Any]:
    return info._raw_info


def _terms(info: Asked) -> Terms:
    return terms_of(info.context.call, _raw(info))


def _coordinates(info: Asked) -> frozenset[str]:
    return coordinates(_raw(info))


def _needs(info: Asked) -> Needs:
    return needs_of(_coordinates(info))


def _paging(info: Asked, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a nested `orders`, as its resolver will get them, defaults included."""
    defined = get_object_definition(CustomerProfile, strict=True)
    orders = next(entry for entry in defined.fields if entry.python_name == "orders")
    schema = info.schema
    converted = convert_arguments(
        given, orders.arguments, scalar_registry=schema.schema_converter.scalar_registry, config=schema.config
    )
    return {name: converted.get(name) for name in ("first", "after", "last", "before", "filter", "sort")}
