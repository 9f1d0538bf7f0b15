"""Reading orders: one list of them as records, and pages of a search that can go on after any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from orderweave_sdk.capabilities import Gap, Hit, Orders, Page, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.records import Facet, OrderRecord, utc
from orderweave_vendure.client import Client
from orderweave_vendure.mapping import order_record
from orderweave_vendure.operations import (
    ENTRIES_A_PAGE,
    OF_HISTORY,
    Options,
    orders_by_keys,
    orders_document,
    orders_page,
)
from orderweave_vendure.payloads import OrderPayload, OrdersData
from orderweave_vendure.search_terms import not_after, not_before, on_wire, push_down

# Pages of an order's history: five hundred entries of each of its two parts.
_MOST_HISTORY_PAGES = 5
# Reads of one page of a search, where many orders were placed in the very same millisecond, and pages of one look-up.
_MOST_READS = 10


class Found(msgspec.Struct, frozen=True):
    """One read of the list: orders with when they were placed, how many rows came, and how many there are in all."""

    orders: tuple[tuple[OrderRecord, datetime], ...]
    gaps: tuple[Gap, ...]
    rows: int
    total: int


class Place(msgspec.Struct, frozen=True):
    """Where a page ended: the moment, and the id of the order."""

    moment: datetime
    external_id: str


class Asked(msgspec.Struct, frozen=True):
    """What is wanted of orders: facets, and the custom fields that hold references; `what` is the call's short name."""

    facets: frozenset[Facet]
    references: tuple[str, ...]
    what: str


async def read_orders(client: Client, options: Options, asked: Asked, call: Call) -> Found:
    """One list of orders, with their whole histories within the bound."""
    what = asked.what
    told = await _list(client, options, asked, 0, call)
    payloads, gaps = decode_each(told.orders.items, OrderPayload, what=what)
    gaps += await _read_on(client, payloads, asked, call)
    digits = told.global_settings.server_config.money_strategy_precision if told.global_settings else 2
    return Found(
        orders=tuple(
            (order_record(payload, asked.facets, digits, asked.references), utc(payload.order_placed_at))
            for payload in payloads
            if payload.order_placed_at is not None
        ),
        gaps=tuple(gaps),
        rows=len(told.orders.items),
        total=told.orders.total_items,
    )


async def _list(client: Client, options: Options, asked: Asked, entries: int, call: Call) -> OrdersData:
    """One list, with the orders' histories from so many entries on."""
    variables: dict[str, Any] = {"options": options}
    if asked.facets & OF_HISTORY:
        variables["entries"] = entries
    document = orders_document(asked.facets, asked.references)
    return await client.ask(document, variables, OrdersData, operation="Orders", what=asked.what, call=call)


async def _read_on(client: Client, payloads: Sequence[OrderPayload], asked: Asked, call: Call) -> list[Gap]:
    """Complete, in place, histories that are longer than their page; a gap names each order whose is longer still."""
    gaps: list[Gap] = []
    further = Asked(asked.facets & OF_HISTORY, (), "further history")
    pending = [payload for payload in payloads if _is_longer(payload)]
    for page in range(1, _MOST_HISTORY_PAGES):
        if not pending:
            break
        options = orders_by_keys({"id": [payload.id for payload in pending]}, 0)
        told = await _list(client, options, further, page * ENTRIES_A_PAGE, call)
        found, bad = decode_each(told.orders.items, OrderPayload, what=further.what)
        gaps += bad
        more = {payload.id: payload for payload in found}
        for payload in pending:
            for name in ("moved", "happened"):
                known, rest = getattr(payload, name), getattr(more.get(payload.id), name, None)
                if known is not None and rest is not None:
                    known.items += rest.items
        pending = [payload for payload in pending if _is_longer(payload)]
    return gaps + [Gap(f"{asked.what}: the newest of the order's history is not read", each.id) for each in pending]


def _is_longer(payload: OrderPayload) -> bool:
    return any(part is not None and part.total_items > len(part.items) for part in (payload.moved, payload.happened))


async def find_orders(client: Client, values: Mapping[str, Sequence[str]], asked: Asked, call: Call) -> Orders:
    """The orders that carry one of these values, page by page; a reference may name several."""
    records: list[OrderRecord] = []
    gaps: list[Gap] = []
    read = 0
    for _ in range(_MOST_READS):
        found = await read_orders(client, orders_by_keys(values, read), asked, call)
        records += [record for record, _ in found.orders]
        gaps += found.gaps
        read += found.rows
        if not found.rows or read >= found.total:
            return Orders(records=tuple(records), gaps=tuple(gaps))
    gaps.append(Gap(f"{asked.what}: more orders carry these values than are read; the rest is missing"))
    return Orders(records=tuple(records), gaps=tuple(gaps))


async def search_page(client: Client, search: Search, references: tuple[str, ...], call: Call) -> Page:
    """One page in order of when orders were placed, equals by id.

    Vendure cannot tell equals apart in a sort, so all orders of the page's last moment are read before it is cut.
    """
    asked = Asked(search.facets, references, "orders by search")
    filters, remaining = push_down(search.conditions)
    place = _read_cursor(search.after) if search.after is not None else None
    if place is not None:
        filters = [*filters, not_after(place.moment) if search.descending else not_before(place.moment)]
    found: list[tuple[OrderRecord, datetime]] = []
    gaps: list[Gap] = []
    read = 0
    # The order before, and the one after, that tells whether there is more and of which moment.
    take = search.size + (2 if place else 1)
    for _ in range(_MOST_READS):
        options = orders_page(filters, descending=search.descending, skip=read, take=take)
        told = await read_orders(client, options, asked, call)
        read += told.rows
        gaps += told.gaps
        found += [entry for entry in told.orders if place is None or _is_beyond(entry, place, search.descending)]
        whole = not told.rows or read >= told.total
        if whole or (len(found) > search.size and found[-1][1] != _in_order(found, search)[search.size - 1][1]):
            ordered = _in_order(found, search)
            hits = tuple(
                Hit(record, _write_cursor(Place(moment, record.external_id)), moment)
                for record, moment in ordered[: search.size]
            )
            return Page(
                hits=hits, more=bool(hits) and len(ordered) > search.size, remaining=remaining, gaps=tuple(gaps)
            )
    raise BadPayload("orders by search: more orders of one millisecond than are read")


def _in_order(found: Sequence[tuple[OrderRecord, datetime]], search: Search) -> list[tuple[OrderRecord, datetime]]:
    return sorted(found, key=lambda entry: (entry[1], entry[0].external_id), reverse=search.descending)


def _is_beyond(entry: tuple[OrderRecord, datetime], place: Place, descending: bool) -> bool:
    here, there = (entry[1], entry[0].external_id), (place.moment, place.external_id)
    return here < there if descending else here > there


def _write_cursor(place: Place) -> str:
    return f"{on_wire(place.moment)} {place.external_id}"


def _read_cursor(cursor: str) -> Place:
    """The place in a cursor; raises GiveUp for one that this connector did not write."""
    moment, _, external_id = cursor.partition(" ")
    try:
        return Place(utc(datetime.fromisoformat(moment)), external_id)
    except ValueError:
        raise GiveUp("orders by search: the cursor is not one of this connector's") from None
