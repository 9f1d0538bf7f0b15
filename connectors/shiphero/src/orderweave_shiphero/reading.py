"""Many look-ups in few requests: split by what they cost, gone on with page by page, with a gap for each bad one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

import msgspec

from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode, decode_each
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.records import Facet
from orderweave_shiphero.client import Client, Reply
from orderweave_shiphero.credits import FURTHER_LINES_COST, aliases_a_request, chunks, look_up_cost
from orderweave_shiphero.failures import failure, in_words
from orderweave_shiphero.operations import (
    Finder,
    LookUp,
    Request,
    find_by_id,
    find_many,
    further_order_lines,
    further_shipment_lines,
    line_fields,
    order_fields,
)
from orderweave_shiphero.payloads import (
    Connection,
    FurtherResult,
    LinePayload,
    ObjectResult,
    OrderPayload,
    PageInfo,
    PageResult,
    ShippedLinePayload,
)

# Pages that one value, or one order's lines, are followed for.
MOST_PAGES = 10

T = TypeVar("T")


async def read_pages(
    client: Client, finder: Finder, fields: str, look_ups: Iterable[LookUp], *, cost: int, kind: type[T], call: Call
) -> tuple[list[T], list[Gap]]:
    """All records of `kind` that `finder` finds by these look-ups, `cost` credits a look-up and page."""
    found: list[T] = []
    gaps: list[Gap] = []
    pending = list(dict.fromkeys(look_ups))
    for _ in range(MOST_PAGES):
        further: list[LookUp] = []
        for chunk in chunks(pending, aliases_a_request(cost, client.most_credits)):
            request = find_many(finder, fields, chunk)
            reply = await client.ask(request, call, price=cost * len(chunk))
            for alias, look_up in zip(request.aliases, chunk, strict=True):
                if alias not in reply.results and alias not in reply.problems:
                    continue
                try:
                    records, bad, page_info = _page(reply, alias, kind, finder.name)
                except BadPayload as error:
                    gaps.append(Gap(str(error)))
                    continue
                found += records
                gaps += bad
                if page_info.has_next:
                    further.append(look_up._replace(after=page_info.end))
        pending = further
        if not pending:
            break
    gaps += [
        Gap(f"{finder.name}: more than {MOST_PAGES * finder.first} records carry one value; the rest is not read")
        for _ in pending
    ]
    return found, gaps


async def read_page(
    client: Client, request: Request, kind: type[T], call: Call, *, price: float
) -> tuple[list[T], list[Gap], str | None]:
    """The one page that a request of one alias asks for, and the cursor to go on with if there is more.

    Raises when there is no page: what follows it would otherwise be missed.
    """
    reply = await client.ask(request, call, price=price)
    (alias,) = request.aliases
    if alias in reply.problems:
        raise failure(request.operation, reply.problems[alias])
    records, gaps, page_info = _page(reply, alias, kind, request.operation)
    return records, gaps, page_info.end if page_info.has_next else None


def _page(reply: Reply, alias: str, kind: type[T], what: str) -> tuple[list[T], list[Gap], PageInfo]:
    """A page's records and gaps, and where it ends. Raises BadPayload when there is no page, or no way on from it."""
    if alias in reply.problems:
        raise BadPayload(f"{what}: {in_words(reply.problems[alias])}")
    page = decode(reply.results[alias], PageResult, what=what).data if alias in reply.results else None
    if page is None:
        raise BadPayload(f"{what}: an answer without data")
    if page.page_info.has_next and not page.page_info.end:
        raise BadPayload(f"{what}: there are more pages, but no cursor to them")
    records, gaps = decode_each((edge.node for edge in page.edges), kind, what=what)
    return records, gaps, page.page_info


async def read_orders_by_id(
    client: Client, ids: Iterable[str], facets: frozenset[Facet], call: Call
) -> tuple[list[OrderPayload], list[Gap]]:
    """The orders with these ids; an id that ShipHero does not know is absent."""
    orders: list[OrderPayload] = []
    gaps: list[Gap] = []
    cost = look_up_cost("id", facets)
    for chunk in chunks(list(dict.fromkeys(ids)), aliases_a_request(cost, client.most_credits)):
        request = find_by_id(order_fields(facets), chunk)
        reply = await client.ask(request, call, price=cost * len(chunk))
        for alias, external_id in zip(request.aliases, chunk, strict=True):
            if alias in reply.problems:
                gaps.append(Gap(f"{request.operation}: {in_words(reply.problems[alias])}", external_id))
            elif alias in reply.results:
                order, bad = _object(reply.results[alias], OrderPayload, request.operation, external_id)
                orders += order
                gaps += bad
    return orders, gaps


def _object(raw: msgspec.Raw, kind: type[T], what: str, external_id: str) -> tuple[list[T], list[Gap]]:
    if bytes(raw) == b"null":
        return [], []
    try:
        result = decode(raw, ObjectResult, what=what)
    except BadPayload as error:
        return [], [Gap(str(error), external_id)]
    if bytes(result.data) == b"null":
        return [], []
    return decode_each([result.data], kind, what=what)


class _HasLines(Protocol):
    """An order or a shipment."""

    id: str
    line_items: Connection[Any] | None


async def read_further_lines(
    client: Client, orders: Sequence[OrderPayload], facets: frozenset[Facet], call: Call
) -> list[Gap]:
    """Complete, in place, the lines of orders and shipments that have more than their first page.

    What still has more after MOST_PAGES, or cannot be read, is a gap that names the order.
    """
    ordered = [(order, order.id) for order in orders]
    shipped = [(shipment, order.id) for order in orders for shipment in order.shipments or ()]
    further_lines = partial(further_order_lines, line_fields(facets))
    gaps = await _complete(client, ordered, further_lines, FurtherResult[LinePayload], call)
    return gaps + await _complete(client, shipped, further_shipment_lines, FurtherResult[ShippedLinePayload], call)


async def _complete(
    client: Client,
    holders: Sequence[tuple[_HasLines, str]],
    further: Callable[[Sequence[LookUp]], Request],
    kind: type[FurtherResult[Any]],
    call: Call,
) -> list[Gap]:
    gaps: list[Gap] = []
    pending = [(lines, holder.id, order_id) for holder, order_id in holders if (lines := holder.line_items)]
    for _ in range(MOST_PAGES):
        pending = [entry for entry in pending if entry[0].page_info.has_next]
        for chunk in chunks(pending, aliases_a_request(FURTHER_LINES_COST, client.most_credits)):
            request = further([LookUp(holder_id, lines.page_info.end) for lines, holder_id, _ in chunk])
            reply = await client.ask(request, call, price=FURTHER_LINES_COST * len(chunk))
            for alias, (lines, _, order_id) in zip(request.aliases, chunk, strict=True):
                page = _further_page(reply, alias, kind, request.operation)
                if isinstance(page, str):
                    gaps.append(Gap(page, order_id))
                    lines.page_info = PageInfo(has_next=False)
                else:
                    lines.edges += page.edges
                    lines.page_info = page.page_info
    gaps += [
        Gap("order: it has more lines than are followed; the rest is not read", order_id)
        for lines, _, order_id in pending
        if lines.page_info.has_next
    ]
    return gaps


def _further_page(reply: Reply, alias: str, kind: type[FurtherResult[Any]], what: str) -> Connection[Any] | str:
    """The page, or why there is none."""
    if alias in reply.problems:
        return f"{what}: {in_words(reply.problems[alias])}"
    if alias in reply.results:
        try:
            result = decode(reply.results[alias], kind, what=what)
        except BadPayload as error:
            return str(error)
        if result.data is not None:
            return result.data.line_items
    return f"{what}: the rest of the lines has gone"
