"""Lists of orders over all places of capture, live.

Every place of capture is searched; the hits are taken in one order; an order that another system only mirrors
appears once, at the place where it was captured. Of a place that mirrors others only the keys are searched: most of
its hits are known better elsewhere and asked for by their reference, and the rest is asked for by id. A page costs
one search a place and one batch a second system, and one batch more for the orders placed where others are mirrored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.filters import order_passes, places_allow, pushable
from orderweave.answering.order_page import OrderList
from orderweave.answering.parts import Parts
from orderweave.answering.showing import covered, shown
from orderweave.answering.visibility import (
    check_filter,
    check_sort,
    is_visible,
    names_people,
    searches_of,
    silent_about_customers,
    with_owner,
)
from orderweave.fetching.gathering import Gathering, issues_about
from orderweave.fetching.listing import Listed, Listing, Ordered, Place, Stream
from orderweave.fetching.parcels import Parcels, parcels_of
from orderweave.matching import Group
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.ids import MalformedToken, decode_cursor, encode_cursor
from orderweave.model.order import Order, OrderConnection, OrderEdge, PageInfo
from orderweave.model.provenance import Coverage, Fetched, SourceCoverage, SourceIssue
from orderweave.model.systems import SystemSpec
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave.planning.needs import Needs
from orderweave.planning.orders import OrderPlan, plan_orders
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator
from orderweave_sdk.records import Key

# Batches of hits looked at for one page; a filter that only the merged order can answer may need several, and each
# looks at twice as many hits as the one before, up to this many.
_MOST_ROUNDS = 10
_MOST_A_ROUND = 100
_AFTER_ALL = "\uffff"  # stands behind every name of a system


async def list_orders(parts: Parts, page: OrderList, needs: Needs, call: Terms) -> OrderConnection:
    """The page, and how complete the list is."""
    return (await list_pages(parts, page, (page.size,), needs, call))[page.size]


async def list_pages(
    parts: Parts, page: OrderList, sizes: Collection[int], needs: Needs, call: Terms
) -> dict[int, OrderConnection]:
    """Pages of one list that begin where `page` does, by their sizes, of which `page.size` is the greatest.

    The list is read once, as far as the greatest needs it: what all of them say of its coverage is of that reading.
    """
    check_filter(page.filter, call.rights)
    check_sort(page.sort, call.rights)
    with parts.observing.stage(Stage.PLAN):
        plan = plan_orders(with_owner(needs, call.rights), parts.business, parts.authority)
    listing = _Listing(parts, page, plan, call)
    return await listing.run(sizes)


class _Listing:
    """One page in the making, and shorter ones with it."""

    def __init__(self, parts: Parts, page: OrderList, plan: OrderPlan, call: Terms) -> None:
        self._parts = parts
        self._page = page
        self._plan = plan
        self._call = call
        self._descending = page.descending != page.backward
        self._start = _place(page)
        self._refused = {
            name: refusal for name in plan.captures if (refusal := self._refusal(parts.business.systems[name]))
        }
        self._mirroring = {
            name
            for name in plan.captures
            for rule in parts.business.systems[name].references
            if any(key.partition(":")[0] in plan.captures for key in rule.names)
        }
        # Whether few of the hits may pass, so that more than a page of them is to be looked at.
        self._sparse = page.filter != Filter()
        # Whether the hits are picked by a person and may be anybody's: how many there are is not to be told.
        self._discreet = False
        self._listed = Listed(self._streams(), parts.systems, call, descending=self._descending)
        self._seen: set[Key] = set()
        self._issues: list[SourceIssue] = []

    def _refusal(self, spec: SystemSpec) -> str | None:
        """Why this system's orders cannot be part of this list live; None when they can."""
        needed = Operator.LTE if self._descending else Operator.GTE
        if self._page.sort not in spec.manifest.sorts:
            return f"cannot sort by {self._page.sort}"
        if self._start is not None and needed not in spec.manifest.filters.get(self._page.sort, frozenset()):
            return f"cannot start a list in the middle by {self._page.sort}"
        return None

    def _streams(self) -> list[Stream]:
        page = self._page
        names = [name for name in self._plan.captures if name not in self._refused and places_allow(page.filter, name)]
        if not names and not self._refused:
            raise bad_input(f"filter.channel: orders are placed in {', '.join(self._plan.captures)}")
        if not names:
            raise RequestError(Code.UNSUPPORTED, f"no system can list its orders sorted by {page.sort}")
        listing = Listing(sort=page.sort, descending=self._descending, start=self._start)
        return [self._stream(name, listing, conditions) for name in names for conditions in self._searches(name)]

    def _searches(self, name: str) -> list[tuple[Condition, ...]]:
        """The conditions of each search that a system is asked: one, or one for each name of whose orders they are."""
        pushed = self._pushable(name, self._page.filter)
        owned = self._call.rights.owned
        if owned is None:
            return [pushed]
        owners = [self._pushable(name, Filter(conditions=(owner,))) for owner in searches_of(owned, name)]
        if not owners or not all(owners):
            self._sparse = True
            self._discreet |= any(names_people(condition) for condition in pushed)
            return [pushed]
        return [(*pushed, *(condition for condition in owner if condition not in pushed)) for owner in owners]

    def _pushable(self, name: str, wanted: Filter) -> tuple[Condition, ...]:
        parts = self._parts
        return pushable(wanted, parts.business.systems[name], parts.business, parts.authority, parts.reader)

    def _stream(self, name: str, listing: Listing, conditions: tuple[Condition, ...]) -> Stream:
        """A first page is enough for the page, for one to see that there are more, and for mirrors among the hits."""
        most = self._parts.business.systems[name].manifest.page_size
        mirrors = name in self._mirroring
        wanted = (self._page.size + 2) * (2 if mirrors else 1)
        facets = frozenset() if mirrors else self._plan.captures[name]
        return Stream(name, listing, conditions, facets, page_size=min(most, wanted), most=most)

    async def run(self, sizes: Collection[int]) -> dict[int, OrderConnection]:
        await self._listed.start()
        found: list[tuple[Place, Order]] = []
        taken = 0
        settled: list[Ordered] = []
        wanted = self._page.size + self._discreet
        for turn in range(_MOST_ROUNDS):
            settled = self._listed.settled()
            chunk = self._next_chunk(settled[taken:], self._to_look_at(turn, len(found)))
            taken += len(chunk)
            found += await self._orders(chunk)
            if len(found) >= wanted:
                break
            if taken >= len(settled) and not await self._listed.read_on():
                break
        left = self._more_after(taken) and not self._discreet
        looked_at = settled[taken - 1].place if taken else None
        # One more than the page holds says that there is another page.
        fitting = found[: self._page.size + 1]
        edges = [OrderEdge(cursor=_cursor(self._page, place), node=order) for place, order in fitting]
        return {size: self._connection(edges, size, looked_at, left=left) for size in sizes}

    def _to_look_at(self, turn: int, found: int) -> int:
        """As many hits as the page still lacks; where a filter may let few pass, twice as many each turn."""
        lacking = self._page.size + self._discreet - found
        return max(lacking, min(_MOST_A_ROUND, self._page.size << turn)) if self._sparse else lacking

    def _next_chunk(self, hits: Sequence[Ordered], wanted: int) -> list[Ordered]:
        """Hits up to the one that surely fills the page; those that may prove to be mirrors are not counted on."""
        chunk: list[Ordered] = []
        sure = 0
        for hit in hits:
            if sure >= wanted:
                break
            chunk.append(hit)
            sure += not self._captured_elsewhere(hit)
        return chunk

    def _captured_elsewhere(self, hit: Ordered) -> list[Key]:
        """The keys of other places of capture that this hit refers to."""
        references = self._parts.reader.references(hit.fetched.system, hit.fetched.record)
        return [
            key
            for key, _ in references
            if (owner := key.namespace.partition(":")[0]) != hit.fetched.system and owner in self._plan.captures
        ]

    def _at_hand(self) -> dict[Key, Fetched]:
        """All orders that any search has brought with their facets, by their own keys."""
        return {
            key: hit.fetched
            for stream in self._listed.streams
            if stream.system not in self._mirroring
            for hit in stream.hits
            for key in self._parts.reader.own_keys(hit.fetched.system, hit.fetched.record)
        }

    async def _orders(self, chunk: Sequence[Ordered]) -> list[tuple[Place, Order]]:
        """The orders captured at the places of these hits, in their order; mirrors fall out."""
        if not chunk:
            return []
        gathering = Gathering(self._parts.systems, self._parts.reader, self._plan, self._call, self._at_hand())
        for stream in self._listed.streams:
            if stream.issue is not None:
                gathering.failed_search(stream.system, stream.issue)
        gathering.add(hit.fetched for hit in chunk)
        bare = [hit for hit in chunk if hit.fetched.system in self._mirroring]
        group_of = _by_record(await gathering.run(_own_id(hit) for hit in bare if not self._is_known_elsewhere(hit)))
        # A mirror whose original did not come, or that no look-up by its reference brought.
        wanting = [_own_id(hit) for hit in bare if self._is_wanting(hit, group_of[_record_of(hit)])]
        if wanting:
            group_of = _by_record(await gathering.run(wanting))
        standing = [
            (hit, group)
            for hit in chunk
            if _stands_for(hit, group := group_of[_record_of(hit)]) and self._is_visible(group, gathering.issues)
        ]
        groups = [group for _, group in standing]
        parcels = await parcels_of(groups, self._plan.carriers, self._parts.systems, self._call)
        with self._parts.observing.stage(Stage.MERGE):
            found = self._merged(standing, gathering.issues, parcels)
        issues: Iterable[SourceIssue] = (*gathering.issues, *parcels.issues)
        if self._call.rights.owned is not None:
            # Who was asked, and failed, for the sake of others' orders is nothing to the caller.
            issues = [
                issue
                for group in groups
                for issue in (*self._about(group, gathering.issues), *parcels.issues_about(group))
            ]
        self._issues += [issue for issue in issues if issue not in self._issues]
        return found

    def _merged(
        self, standing: Sequence[tuple[Ordered, Group]], issues: Sequence[SourceIssue], parcels: Parcels
    ) -> list[tuple[Place, Order]]:
        """The merged orders that pass the filter, each where it stands."""
        found = []
        used: list[Fetched] = []
        for hit, group in standing:
            if group.identity in self._seen:
                continue
            self._seen.add(group.identity)
            missing = [*self._about(group, issues), *parcels.issues_about(group)]
            whole = parcels.with_parcels(group)
            used += whole.members
            order = self._parts.merger.merge(
                whole, now=self._parts.clock.now(), missing=missing, fields=self._plan.needs.fields
            )
            if order_passes(order, self._page.filter, self._parts.reader):
                found.append((hit.place, shown(order, self._call.rights)))
        self._parts.tell_ages(used)
        return found

    def _about(self, group: Group, issues: Sequence[SourceIssue]) -> list[SourceIssue]:
        gaps = [gap for stream in self._listed.streams for gap in stream.gaps]
        return issues_about(group, [*issues, *gaps], self._parts.business)

    def _is_visible(self, group: Group, issues: Sequence[SourceIssue]) -> bool:
        rights = self._call.rights
        if rights.owned is None:
            return True
        silent = silent_about_customers(self._about(group, issues), self._parts.business)
        return is_visible(group, rights, self._parts.authority, silent)

    def _is_known_elsewhere(self, hit: Ordered) -> bool:
        """Whether a place of capture that this hit refers to could be searched."""
        silent = {stream.system for stream in self._listed.streams if stream.issue is not None}
        owners = {key.namespace.partition(":")[0] for key in self._captured_elsewhere(hit)}
        return bool(owners - silent)

    def _is_wanting(self, hit: Ordered, group: Group) -> bool:
        """Whether the keys of this hit are all that is known of it, though more is needed."""
        system = hit.fetched.system
        needed = (self._plan.captures if _stands_for(hit, group) else self._plan.seconds).get(system)
        (record,) = (
            fetched.record
            for fetched in group.members
            if (fetched.system, fetched.record.external_id) == _record_of(hit)
        )
        return bool(needed) and not record.delivered()

    def _more_after(self, taken: int) -> bool:
        """Whether anything is left; what is left may prove to be mirrors, and the last page then is empty."""
        if len(self._listed.settled()) > taken:
            return True
        return any(stream.reach is not None for stream in self._listed.streams)

    def _connection(self, found: list[OrderEdge], size: int, looked_at: Place | None, *, left: bool) -> OrderConnection:
        """A page of what was found. One that was cut short, with more `left` behind what was looked at, goes on from
        the last place looked at, whether or not it passed.
        """
        edges = found[:size]
        more = left or len(found) > size
        cut = left and len(found) < size
        near = edges[0].cursor if edges else None
        far = edges[-1].cursor if edges else None
        if cut:
            far = _cursor(self._page, self._named(looked_at)) if looked_at else None
        more = more and far is not None
        beyond = self._page.cursor is not None
        backward = self._page.backward
        if backward:
            edges.reverse()
        return OrderConnection(
            edges=tuple(edges),
            nodes=tuple(edge.node for edge in edges),
            page_info=PageInfo(
                has_next_page=beyond if backward else more,
                has_previous_page=more if backward else beyond,
                start_cursor=far if backward else near,
                end_cursor=near if backward else far,
            ),
            coverage=covered(self._coverage(cut=cut or self._discreet), self._call.rights),
        )

    def _named(self, place: Place) -> Place:
        """A place as a cursor may tell it: where the hit there may be another's order, its instant alone."""
        if self._call.rights.owned is None:
            return place
        return Place(place.value, _AFTER_ALL if self._descending else "", "")

    def _coverage(self, *, cut: bool) -> Coverage:
        streams: dict[str, list[Stream]] = {}
        for stream in self._listed.streams:
            streams.setdefault(stream.system, []).append(stream)
        sources = []
        for name in self._plan.captures:
            searched = streams.get(name)
            if searched is None and name not in self._refused:
                continue  # the filter leaves this place out
            if searched is None:
                sources.append(SourceCoverage(system=name, ok=False, error=self._refused[name]))
                continue
            issue = next((stream.issue for stream in searched if stream.issue), None)
            gap = next((gap for stream in searched for gap in stream.gaps), None)
            truncated = cut or any(stream.truncated for stream in searched)
            error = issue.message if issue else gap.message if gap else None
            sources.append(SourceCoverage(system=name, ok=issue is None, truncated=truncated, error=error))
        others = {
            each.system: each.message for each in reversed(self._issues) if each.system not in self._plan.captures
        }
        sources += [SourceCoverage(system=name, ok=False, error=said) for name, said in others.items()]
        complete = all(source.ok and not source.truncated and source.error is None for source in sources)
        return Coverage(complete=complete, sources=tuple(sources))


def _record_of(hit: Ordered) -> tuple[str, str]:
    return (hit.fetched.system, hit.fetched.record.external_id)


def _own_id(hit: Ordered) -> Key:
    return Key(f"{hit.fetched.system}:id", hit.fetched.record.external_id)


def _by_record(groups: Iterable[Group]) -> dict[tuple[str, str], Group]:
    """The group of each record."""
    return {(fetched.system, fetched.record.external_id): group for group in groups for fetched in group.members}


def _stands_for(hit: Ordered, group: Group) -> bool:
    """Whether this hit is where the order was captured, or the nearest to it that answered."""
    if group.anchor is None:
        return True
    return (group.anchor.system, group.anchor.record.external_id) == _record_of(hit)


def _cursor(page: OrderList, place: Place) -> str:
    return encode_cursor(page.cursor_kind, place.value.isoformat(), place.system, place.external_id)


def _place(page: OrderList) -> Place | None:
    if page.cursor is None:
        return None
    name = "before" if page.backward else "after"
    try:
        value, system, external_id = decode_cursor(page.cursor, page.cursor_kind)
        moment = datetime.fromisoformat(value)
    except MalformedToken as error:
        raise bad_input(f"{name}: {error}") from None
    except ValueError:
        raise bad_input(f"{name}: not a cursor of this API") from None
    if moment.tzinfo is None or moment.utcoffset():
        raise bad_input(f"{name}: not a cursor of this API")
    return Place(moment, system, external_id)
