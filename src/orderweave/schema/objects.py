"""Objects by their global ids, many at a time: what `node`, `nodes` and a federated graph ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import get_object_definition

from orderweave.answering.customer import CUSTOMER_COORDINATES, by_email
from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.filters import read_by
from orderweave.answering.order_page import OrderList
from orderweave.model.access import may_see
from orderweave.model.filters import Filter
from orderweave.model.ids import MalformedToken, decode_id
from orderweave.operations.selection import arguments_below
from orderweave.planning.needs import needs_of
from orderweave.schema.arguments import filter_of, page, pages_key
from orderweave.schema.context import Asked, limits, needs, raw, root_key, selected, terms
from orderweave.schema.order_types import Customer

# One customer costs searches of their own, unlike one order or product among many.
_MOST_CUSTOMERS_AT_ONCE = 5

# An object of the model, nothing, or why there is nothing.
Found: TypeAlias = Any


async def by_ids(info: Asked, tokens: Sequence[str]) -> list[Found]:
    """The object behind each id, None where there is none, the error in its place where it cannot be had.

    Orders, products and places are asked of each system all at once, however many there are.
    """
    found: list[Found] = [None] * len(tokens)
    asked: dict[str, list[int]] = {}
    for index, token in enumerate(tokens):
        try:
            kind, parts = decode_id(token)
            if kind in _FINDERS and not _may_see(info, kind):
                continue
            if kind not in _FINDERS or (kind == "Product" and len(parts) != 1):
                found[index] = bad_input(f"id: the id of a kind that cannot be asked for by itself: {kind}")
            else:
                asked.setdefault(kind, []).append(index)
        except MalformedToken as error:
            found[index] = bad_input(f"id: {error}")
    answers = await asyncio.gather(*(_of_kind(info, kind, [tokens[i] for i in at]) for kind, at in asked.items()))
    for places, objects in zip(asked.values(), answers, strict=True):
        for index, each in zip(places, objects, strict=True):
            found[index] = each
    return found


def _may_see(info: Asked, kind: str) -> bool:
    """Whether objects of a kind exist for the caller at all."""
    rights = info.context.caller.rights
    return may_see(kind, rights) and not (kind == "Customer" and rights.masked)


async def _of_kind(info: Asked, kind: str, tokens: list[str]) -> list[Found]:
    try:
        return await _FINDERS[kind](info, tokens)
    except RequestError as error:
        return [error] * len(tokens)


async def customer_by_id(info: Asked, token: str) -> Customer | None:
    """The customer behind an id, under that id: another of their orders may know them by another one."""
    email = await info.context.gateway.email_by_id(token, terms(info))
    found: Any = await customer_by_email(info, email) if email else None
    return msgspec.structs.replace(found, id=token) if found else None


async def customer_by_email(info: Asked, email: str) -> Any:
    """The customer with every page of orders that is selected below."""
    wanted = by_email(email)
    pages: dict[str, OrderList] = {}
    read: frozenset[str] = frozenset()
    for given in arguments_below(raw(info), "Customer", "orders"):
        arguments = _paging(info, given)
        key = pages_key(*arguments.values())
        nested = info.context.filtering(filter_of(arguments["filter"]), (root_key(info), key))
        read |= read_by(nested)
        pages[key] = page(
            arguments["first"],
            arguments["after"],
            arguments["last"],
            arguments["before"],
            wanted=Filter(conditions=wanted.conditions, every=(nested,)),
            sort=arguments["sort"],
            most=limits(info).page_size,
        )
    needed = needs_of([*selected(info), *CUSTOMER_COORDINATES], read)
    return await info.context.gateway.customer(email, pages, needed, terms(info))


async def _orders(info: Asked, tokens: list[str]) -> list[Found]:
    return list(await info.context.gateway.orders_by_ids(tokens, needs(info), terms(info)))


async def _products(info: Asked, tokens: list[str]) -> list[Found]:
    return list(await info.context.gateway.products([decode_id(token)[1][0] for token in tokens], terms(info)))


async def _locations(info: Asked, tokens: list[str]) -> list[Found]:
    known = {place.id: place for place in await info.context.gateway.locations(terms(info))}
    return [known.get(token) for token in tokens]


async def _customers(info: Asked, tokens: list[str]) -> list[Found]:
    found: list[Found] = []
    for start in range(0, len(tokens), _MOST_CUSTOMERS_AT_ONCE):
        some = tokens[start : start + _MOST_CUSTOMERS_AT_ONCE]
        found += await asyncio.gather(*(_customer_or_error(info, token) for token in some))
    return found


async def _customer_or_error(info: Asked, token: str) -> Found:
    try:
        return await customer_by_id(info, token)
    except RequestError as error:
        return error


# By the kind that stands in an id; each gives as many objects as it gets ids.
_FINDERS: Mapping[str, Callable[[Asked, list[str]], Awaitable[list[Found]]]] = {
    "Order": _orders,
    "Customer": _customers,
    "Product": _products,
    "Location": _locations,
}


def _paging(info: Asked, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a nested `orders`, as its resolver will get them, defaults included."""
    defined = get_object_definition(Customer, strict=True)
    orders = next(entry for entry in defined.fields if entry.python_name == "orders")
    schema = info.schema
    converted = convert_arguments(
        given, orders.arguments, scalar_registry=schema.schema_converter.scalar_registry, config=schema.config
    )
    return {name: converted.get(name) for name in ("first", "after", "last", "before", "filter", "sort")}
