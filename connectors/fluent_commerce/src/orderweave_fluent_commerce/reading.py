"""Reading: lists page by page, orders with all of their own lists, and their returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from orderweave_fluent_commerce.client import Client
from orderweave_fluent_commerce.failures import in_words
from orderweave_fluent_commerce.operations import (
    ORDERS_A_QUERY,
    orders_by_id,
    returns_of,
    sizes_of,
)
from orderweave_fluent_commerce.payloads import (
    Connection,
    OrderOf,
    OrderPayload,
    RawList,
    ReturnPayload,
    filled,
    goes_on,
    nodes,
)
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode, decode_each
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import Facet

# Pages of one list: of orders that carry the same references, of places, of stock.
MOST_PAGES = 10
# Orders of one answer that are read again because their lists are longer than their first page.
MOST_LONG_ORDERS = 10


class Wanted(NamedTuple):
    """What is wanted of orders, and whether the fields of the account's own are; `what` is the call's short name."""

    facets: frozenset[Facet]
    attributes: bool
    what: str


class Page(NamedTuple):
    """The entries of one page, undecoded; `after` is where the next one begins, None on the last."""

    nodes: list[msgspec.Raw]
    gaps: list[Gap]
    after: str | None


class Returned(NamedTuple):
    """The returns of orders, by the orders' ids."""

    by_order: Mapping[str, list[ReturnPayload]]
    gaps: list[Gap]


async def read_page(
    client: Client, document: str, variables: Mapping[str, Any], *, operation: str, what: str, call: Call
) -> Page:
    """One page of the list that the document names "found"."""
    reply = await client.ask(document, variables, operation=operation, what=what, call=call)
    if "found" not in reply.data:
        raise BadPayload(f"{what}: an answer without the list that was asked for")
    page = _list(reply.data["found"], what)
    after = page.after()
    if after is None and goes_on(page):
        raise BadPayload(f"{what}: a list goes on, and does not say where")
    found: list[msgspec.Raw] = []
    gaps: list[Gap] = []
    for place, edge in enumerate(page.edges or ()):
        problems = reply.spoiled.get(("found", place))
        if problems is not None:
            gaps.append(Gap(f"{what}: Fluent answers with an error ({in_words(problems)})"))
        elif filled(edge.node):
            found.append(edge.node)
    return Page(found, gaps, after)


async def read_pages(
    client: Client, document: str, variables: Mapping[str, Any], *, operation: str, what: str, call: Call
) -> Page:
    """All pages of a list within the bound; what is still missing is a gap."""
    found: list[msgspec.Raw] = []
    gaps: list[Gap] = []
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = await read_page(
            client, document, {**variables, "after": after}, operation=operation, what=what, call=call
        )
        found += page.nodes
        gaps += page.gaps
        after = page.after
        if after is None:
            return Page(found, gaps, None)
    gaps.append(Gap(f"{what}: there are more than are read; the rest is missing"))
    return Page(found, gaps, after)


def orders_of(page: Page, what: str, chosen: Collection[str] | None = None) -> tuple[list[OrderPayload], list[Gap]]:
    """The orders of a page of orders, those with one of the chosen references where there are such."""
    found, gaps = decode_each(page.nodes, OrderPayload, what=what)
    return [each for each in found if chosen is None or each.ref in chosen], [*page.gaps, *gaps]


def orders_of_fulfilments(
    page: Page, what: str, chosen: Collection[str] | None = None
) -> tuple[list[OrderPayload], list[Gap]]:
    """The orders of a page of fulfilments, each once; of those with one of the chosen references, as above."""
    holders, gaps = decode_each(page.nodes, OrderOf, what=what)
    raw = [each.order for each in holders if filled(each.order) and (chosen is None or each.ref in chosen)]
    found, more = decode_each(raw, OrderPayload, what=what)
    return list({order.id: order for order in found}.values()), [*page.gaps, *gaps, *more]


async def read_by_ids(
    client: Client, ids: Sequence[str], wanted: Wanted, call: Call, *, alone: bool = False
) -> tuple[list[OrderPayload], list[Gap]]:
    """Orders by id; an id that nobody has gives nothing. `alone`: one that is long."""
    variables = {**sizes_of(wanted.facets, alone=alone), **{f"id{n}": value for n, value in enumerate(ids)}}
    document = orders_by_id(wanted.facets, len(ids), attributes=wanted.attributes)
    reply = await client.ask(document, variables, operation="OrdersById", what=wanted.what, call=call)
    raw: list[msgspec.Raw] = []
    gaps: list[Gap] = []
    for n, external_id in enumerate(ids):
        problems = reply.spoiled.get((f"o{n}",))
        body = reply.data.get(f"o{n}")
        if problems is not None:
            reason = f"{wanted.what}: Fluent answers with an error ({in_words(problems)})"
            gaps.append(Gap(reason, external_id))
        elif body is not None and filled(body):
            raw.append(msgspec.Raw(body))
    found, more = decode_each(raw, OrderPayload, what=wanted.what)
    return found, [*gaps, *more]


async def read_long_orders(
    client: Client, orders: Sequence[OrderPayload], wanted: Wanted, call: Call
) -> tuple[list[OrderPayload], list[Gap]]:
    """The same orders, those whose lists have more than one page read again, alone and with longer pages."""
    read: dict[str, OrderPayload] = {order.id: order for order in orders}
    gaps: list[Gap] = []
    long = [order.id for order in orders if is_cut(order)]
    again = Wanted(wanted.facets, wanted.attributes, "a long order")
    for external_id in long[:MOST_LONG_ORDERS]:
        found, more = await read_by_ids(client, [external_id], again, call, alone=True)
        gaps += more
        read.update({order.id: order for order in found})
    gaps += [
        Gap(f"{wanted.what}: the order has more than is read; the rest is missing", external_id)
        for external_id in long
        if is_cut(read[external_id])
    ]
    return list(read.values()), gaps


def is_cut(order: OrderPayload) -> bool:
    """Whether a list of the order, of one of its fulfilments or of a parcel of theirs has more than its page."""
    fulfilments = nodes(order.fulfilments)
    articles = [article for fulfilment in fulfilments for article in nodes(fulfilment.articles)]
    lists: list[Connection[Any] | None] = [order.items, order.fulfilments, order.financial_transactions]
    lists += [each for fulfilment in fulfilments for each in (fulfilment.items, fulfilment.articles)]
    lists += [article.items for article in articles]
    return any(goes_on(each) for each in lists)


async def read_returns(client: Client, orders: Sequence[OrderPayload], call: Call) -> Returned:
    """The return orders of each of these orders, in as few queries as a batch of orders takes."""
    what = "returns"
    found: dict[str, list[ReturnPayload]] = {order.id: [] for order in orders}
    gaps = [Gap(f"{what}: the order has no reference to ask by", each.id) for each in orders if not _is_linked(each)]
    linked = [order for order in orders if _is_linked(order)]
    for start in range(0, len(linked), ORDERS_A_QUERY):
        batch = linked[start : start + ORDERS_A_QUERY]
        variables = {
            f"order{n}": {"ref": order.ref, "retailer": {"id": order.retailer.id if order.retailer else ""}}
            for n, order in enumerate(batch)
        }
        reply = await client.ask(returns_of(len(batch)), variables, operation="Returns", what=what, call=call)
        for n, order in enumerate(batch):
            problems = [each for place, given in reply.spoiled.items() if place[0] == f"r{n}" for each in given]
            if problems:
                gaps.append(Gap(f"{what}: Fluent answers with an error ({in_words(problems)})", order.id))
                continue
            page = _list(reply.data.get(f"r{n}"), what)
            raw = [edge.node for edge in page.edges or () if filled(edge.node)]
            returns, more = decode_each(raw, ReturnPayload, what=what)
            found[order.id] = returns
            gaps += [Gap(gap.reason, order.id) for gap in more]
            if goes_on(page) or any(goes_on(each.return_order_items) for each in returns):
                gaps.append(Gap(f"{what}: the order has more than are read; the rest is missing", order.id))
    return Returned(found, gaps)


def _is_linked(order: OrderPayload) -> bool:
    return bool(order.ref) and order.retailer is not None


def _list(raw: bytes | None, what: str) -> RawList:
    """A list that is null has no entries."""
    return decode(raw, RawList, what=what) if raw is not None and filled(raw) else RawList()
