"""Lists of orders out of the index: for what no place of capture can filter, sort or count by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import msgspec

from orderweave.answering.errors import RequestError, bad_input, overloaded
from orderweave.answering.filters import pushable
from orderweave.answering.order import orders_by_ids
from orderweave.answering.order_page import OrderList
from orderweave.answering.parts import Parts
from orderweave.answering.showing import covered, shown
from orderweave.answering.visibility import check_filter, check_sort, check_whole
from orderweave.index import Answer, Index, TooBusy, TooSlow
from orderweave.index.conditions import found_by, passing, visible
from orderweave.index.coverage import coverage_of
from orderweave.index.forms import every
from orderweave.index.pages import Slice, Spot, Value
from orderweave.matching import Group
from orderweave.merging.order import order_id
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.ids import MalformedToken, decode_cursor, encode_cursor
from orderweave.model.order import Order, OrderConnection, OrderEdge, PageInfo
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave.planning.needs import Needs
from orderweave_sdk.manifest import SearchField

# The attributes of an order in which there is something that the index does not keep.
_BEYOND_INDEX = ("billing_address", "shipping_address", "timeline", "customer", "company", "adjustments")


async def is_for_index(parts: Parts, page: OrderList) -> bool:
    """Whether a list is for the index: the places of capture cannot sort, search, count or filter so by themselves.

    A page that goes on from a cursor is answered from where the cursor is from. What can be listed live, uncounted and
    by looking at more than is shown, is listed live until the index has once been whole.
    """
    if page.search is not None or page.sort is SearchField.TOTAL:
        return True
    if page.cursor is not None:
        return _is_ours(page)
    if parts.index is None or not (page.counted or not _can_be_pushed(parts, page.filter)):
        return False
    try:
        return await parts.index.was_whole(seconds=parts.index_seconds)
    except TooSlow:
        raise too_slow(parts.index_seconds) from None
    except TooBusy:
        raise busy() from None


def _can_be_pushed(parts: Parts, wanted: Filter) -> bool:
    """Whether every place of capture applies the whole filter in its own search."""
    if wanted.every or wanted.some or wanted.none:
        return False
    conditions = [condition for condition in wanted.conditions if condition.field is not SearchField.CHANNEL]
    asked = Filter(conditions=tuple(conditions))
    return all(
        len(pushable(asked, spec, parts.business, parts.authority, parts.reader)) == len(conditions)
        for spec in parts.business.systems.values()
        if spec.captures_orders
    )


async def list_from_index(parts: Parts, page: OrderList, needs: Needs, call: Terms) -> OrderConnection:
    """The page, how many orders there are in all where that is asked, and how complete the index is."""
    check_filter(page.filter, call.rights)
    check_sort(page.sort, call.rights)
    index = index_of(parts, "sort by TOTAL, search and count")
    where = [passing(page.filter, parts.reader), visible(call.rights)]
    if page.search is not None:
        where.append(found_by(page.search, call.rights))
    wanted = Slice(
        where=every(where),
        sort=page.sort,
        descending=page.descending != page.backward,
        size=page.size + 1,
        after=_spot(page),
    )
    answer = await _asked(index, wanted, page, parts)
    check_whole(answer.progress, call.rights, parts.business)
    spots = answer.spots[: page.size]
    orders = await _orders(parts, [spot.key for spot in spots], answer, needs, call)
    edges = [OrderEdge(cursor=_cursor(page, spot), node=orders[spot.key]) for spot in spots if spot.key in orders]
    return _connection(parts, page, edges, answer, call)


def index_of(parts: Parts, what: str) -> Index:
    """The index; UNSUPPORTED where the gateway has none."""
    if parts.index is None:
        message = f"this gateway keeps no index, without which it cannot {what}; its [index] table makes one"
        raise RequestError(Code.UNSUPPORTED, message)
    return parts.index


def too_slow(seconds: float) -> RequestError:
    """The index was asked for more than it finds in time."""
    message = f"the index did not find this within {seconds:g} seconds; narrow the filter, by placedAt above all"
    return RequestError(Code.DEADLINE_EXCEEDED, message)


def busy() -> RequestError:
    """Too many ask the index at once."""
    return overloaded("too many ask the index at once; try again in a moment")


async def _asked(index: Index, wanted: Slice, page: OrderList, parts: Parts) -> Answer:
    try:
        return await index.page(wanted, counted=page.counted, seconds=parts.index_seconds)
    except TooSlow:
        raise too_slow(parts.index_seconds) from None
    except TooBusy:
        raise busy() from None


async def _orders(parts: Parts, keys: Sequence[str], answer: Answer, needs: Needs, call: Terms) -> Mapping[str, Order]:
    """The orders by their keys, as the index has them. What it does not keep is read from the systems, and is all that
    is taken from there: the list was filtered and sorted by the rest.
    """
    groups = {f"{group.identity.namespace}/{group.identity.value}": group for group in answer.groups}
    shown_keys = [key for key in keys if key in groups]
    live: list[Order | RequestError | None] = [None] * len(shown_keys)
    if needs.beyond_index:
        tokens = [order_id(groups[key].identity) for key in shown_keys]
        live = await orders_by_ids(parts, tokens, needs, call)
    with parts.observing.stage(Stage.MERGE):
        orders = {key: _merged(parts, groups[key], needs, call) for key in shown_keys}
    if needs.beyond_index:
        return {key: _completed(orders[key], found, needs) for key, found in zip(shown_keys, live, strict=True)}
    return orders


def _merged(parts: Parts, group: Group, needs: Needs, call: Terms) -> Order:
    parts.tell_ages(group.members)
    return shown(parts.merger.merge(group, now=parts.clock.now(), fields=needs.fields), call.rights)


def _completed(order: Order, live: Order | RequestError | None, needs: Needs) -> Order:
    """The order with what the systems alone have of it, or with the word that it is missing."""
    if isinstance(live, Order):
        found = {name: getattr(live, name) for name in _BEYOND_INDEX}
        missing = live.freshness.missing
    else:
        found = {}
        said = str(live or "the order is no longer known to its system")
        system = order.key.partition(":")[0]
        facets = tuple(sorted(needs.facets))
        missing = (SourceIssue(system=system, reason=IssueReason.FAILED, message=said, facets=facets),)
    freshness = msgspec.structs.replace(order.freshness, missing=missing)
    return msgspec.structs.replace(order, freshness=freshness, **found)


def _connection(parts: Parts, page: OrderList, edges: list[OrderEdge], answer: Answer, call: Terms) -> OrderConnection:
    more = len(answer.spots) > page.size
    beyond = page.cursor is not None
    if page.backward:
        edges.reverse()
    return OrderConnection(
        edges=tuple(edges),
        nodes=tuple(edge.node for edge in edges),
        page_info=PageInfo(
            has_next_page=beyond if page.backward else more,
            has_previous_page=more if page.backward else beyond,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        coverage=covered(coverage_of(parts.business, answer.progress), call.rights),
        total_count=answer.total,
    )


def _kind(page: OrderList) -> str:
    return f"indexed-{page.cursor_kind}"


def _cursor(page: OrderList, spot: Spot) -> str:
    return encode_cursor(_kind(page), _written(spot.value), spot.key)


def _is_ours(page: OrderList) -> bool:
    try:
        decode_cursor(page.cursor or "", _kind(page))
    except MalformedToken:
        return False
    return True


def _spot(page: OrderList) -> Spot | None:
    if page.cursor is None:
        return None
    name = "before" if page.backward else "after"
    try:
        value, key = decode_cursor(page.cursor, _kind(page))
        return Spot(_read(value, page.sort), key)
    except MalformedToken as error:
        raise bad_input(f"{name}: {error}") from None
    except (ValueError, InvalidOperation):
        raise bad_input(f"{name}: not a cursor of this API") from None


def _written(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else format(value, "f")


def _read(text: str, sort: SearchField) -> Value:
    if not text:
        return None
    if sort is SearchField.TOTAL:
        value = Decimal(text)
        if not value.is_finite():
            raise ValueError(text)
        return value
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None or moment.utcoffset():
        raise ValueError(text)
    return moment.astimezone(UTC)
