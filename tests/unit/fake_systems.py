"""Systems made of memory, for tests of the gateway's outer rooms: scripted answers and faults, and a log of calls.

A `FakeSystem` is one upstream with its manifest, its records and what is wrong with it; `weave` wires the gateway
over several of them by a configuration made by hand. Time stands still in a `FakeClock` until a test moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import (
    AccessSettings,
    CacheSettings,
    Configuration,
    ConfiguredSystem,
    IndexSettings,
    Server,
    SharedRedis,
    TrackingSettings,
)
from orderweave.model.calls import CallRules
from orderweave.model.systems import Business, PlaceSpec, ReferenceRule, SystemSpec
from orderweave.observing import UNOBSERVED, Observing
from orderweave_sdk.batches import by_lookup
from orderweave_sdk.capabilities import (
    Connector,
    Gap,
    Hit,
    Locations,
    Orders,
    Page,
    Products,
    Receipts,
    Search,
    Settings,
    Skus,
    Stock,
    Tracking,
)
from orderweave_sdk.clock import Call
from orderweave_sdk.conditions import order_matches, values_of
from orderweave_sdk.errors import TimedOut
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Batch, BatchStrategy, Capability, Manifest, Operator, SearchField, Setting
from orderweave_sdk.records import (
    Axis,
    Facet,
    Key,
    LocationRecord,
    OrderRecord,
    ProductRecord,
    ReceiptRecord,
    StockRecord,
    SystemKind,
    TrackingRecord,
)
from orderweave_sdk.statuses import StatusMap
from orderweave_sdk.upstream import UpstreamFactory
from tests.unit.fake_changes import FakeChanges
from tests.unit.fake_clock import FakeClock
from tests.unit.fake_webhooks import WEBHOOKS, ReadWebhook, SendsJson

ALL_FACETS = frozenset(Facet)
# A failing system is asked each time anew, and once.
ONCE = CallRules(attempts=1, breaker=False)
_EQUAL = frozenset({Operator.EQ, Operator.IN})
_BOUNDS = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
FILTERS: dict[SearchField, frozenset[Operator]] = {
    SearchField.NUMBER: _EQUAL,
    SearchField.PLACED_AT: _BOUNDS,
    SearchField.UPDATED_AT: _BOUNDS,
    SearchField.CUSTOMER_EMAIL: _EQUAL,
    SearchField.CUSTOMER_ID: _EQUAL,
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One call that reached a system: what was called, with which values (keys as "number=1001"), and time left."""

    what: str
    values: tuple[str, ...] = ()
    facets: frozenset[Facet] = frozenset()
    search: Search | None = None
    seconds: float = 0.0


def manifest(
    name: str,
    kind: SystemKind = SystemKind.STOREFRONT,
    *,
    capabilities: frozenset[Capability] | None = None,
    facets: frozenset[Facet] = ALL_FACETS,
    references: tuple[str, ...] = (),
    batch: int = 50,
    page_size: int = 50,
    settings: tuple[Setting, ...] = (),
    statuses: StatusMap | None = None,
    filters: Mapping[SearchField, frozenset[Operator]] = FILTERS,
    sorts: frozenset[SearchField] = frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT}),
    numbers_unique: bool = True,
    mixed_lookups: bool = False,
) -> Manifest:
    """A sound manifest; look-ups are by id, number and each reference field, all in batches of one size."""
    unusual = {Capability.LIST_CHANGES, Capability.READ_TRACKING, Capability.READ_RECEIPTS, *WEBHOOKS}
    able = frozenset(Capability) - unusual if capabilities is None else capabilities
    size = Batch(strategy=BatchStrategy.LIST, size=batch)
    searches = Capability.SEARCH_ORDERS in able
    return Manifest(
        name=name,
        title=name.title(),
        version="1.0",
        kind=kind,
        capabilities=able,
        facets=facets,
        lookups=dict.fromkeys(("id", "number", *references), size) if Capability.FIND_ORDERS in able else {},
        mixed_lookups=mixed_lookups,
        references=references,
        numbers_unique=numbers_unique,
        stock_batch=size if Capability.READ_STOCK in able else None,
        tracking_batch=size if Capability.READ_TRACKING in able else None,
        product_batch=size if Capability.FIND_PRODUCTS in able else None,
        filters=filters if searches else {},
        sorts=sorts if searches else frozenset(),
        page_size=page_size,
        concurrency=4,
        rate_limit=None,
        max_answer_bytes=1024,
        settings=settings,
        statuses=statuses or StatusMap.of("1", {Axis.ORDER: {"open": "OPEN", "done": "COMPLETED"}}),
    )


class FakeSystem:
    """One upstream.

    `error` is raised by every call while it stands, `errors` by calls of one kind (find, search, stock, receipts, …),
    and `refuses` by those with one of the values named. `silent` lets each call use up its time. `answer` replaces
    what a kind of call answers. `calls` is what reached the system.
    """

    def __init__(
        self,
        name: str,
        manifest: Manifest,
        *,
        orders: Sequence[OrderRecord] = (),
        stock: Sequence[StockRecord] = (),
        products: Sequence[ProductRecord] = (),
        locations: Sequence[LocationRecord] = (),
        references: tuple[ReferenceRule, ...] = (),
        number_pattern: str | None = None,
        captures_orders: bool = True,
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.orders = list(orders)
        self.stock = list(stock)
        self.products = list(products)
        self.locations = list(locations)
        self.parcels: list[TrackingRecord] = []
        self.receipts: list[ReceiptRecord] = []
        self.references = references
        self.number_pattern = number_pattern
        self.captures_orders = captures_orders and Capability.SEARCH_ORDERS in manifest.capabilities
        self.error: Exception | None = None
        self.errors: dict[str, Exception] = {}
        self.refuses: dict[str, Exception] = {}
        self.silent = False
        self.answer: dict[str, Callable[[], Any]] = {}
        self.gaps: tuple[Gap, ...] = ()
        self.read_webhook: ReadWebhook | None = None
        self.calls: list[Asked] = []
        self.closed = False
        self.clock: FakeClock | None = None

    def asked(self, what: str) -> list[Asked]:
        """The calls of one kind."""
        return [call for call in self.calls if call.what == what]

    def changes_asked(self, cursor: str | None, facets: frozenset[Facet], call: Call) -> Any:
        """A call of the feed of changes, with the cursor as its value."""
        return self.meet(Asked(what="changes", values=(cursor or "",), facets=facets, seconds=call.remaining()))

    def looked_up(self) -> list[tuple[str, ...]]:
        """The keys of each look-up."""
        return [call.values for call in self.asked("find")]

    def meet(self, asked: Asked) -> Any:
        """Log a call and do what the script says of it: raise, be silent, or give an answer of the test's."""
        self.calls.append(asked)
        if self.silent:
            assert self.clock is not None
            self.clock.advance(max(0.0, asked.seconds))
            raise TimedOut(f"{asked.what}: no whole answer within the deadline")
        for value in asked.values:
            if value in self.refuses:
                raise self.refuses[value]
        error = self.error or self.errors.get(asked.what)
        if error is not None:
            raise error
        return self.answer[asked.what]() if asked.what in self.answer else None

    def spec(self) -> SystemSpec:
        """The system as the gateway knows it."""
        return SystemSpec(
            name=self.name,
            title=self.name.title(),
            manifest=self.manifest,
            number_pattern=self.number_pattern,
            references=self.references,
            captures_orders=self.captures_orders,
        )


class FakeConnector(FakeChanges, SendsJson):
    """A connector over a FakeSystem, which comes in the settings; over an empty one where none comes."""

    manifest: ClassVar[Manifest]

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        self._system: FakeSystem = settings.get("system") or FakeSystem("alone", self.manifest)

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """Nothing is wrong."""
        return []

    async def check(self, call: Call) -> str:
        """A word of greeting."""
        self._system.meet(Asked(what="check", seconds=call.remaining()))
        return f"{self._system.name} says hello"

    async def close(self) -> None:
        """Remember that it was closed."""
        self._system.closed = True

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders with any of these keys or references."""
        by_lookup(keys, self._system.manifest)
        values = tuple(f"{key.namespace}={key.value}" for key in keys)
        asked = Asked(what="find", values=values, facets=facets, seconds=call.remaining())
        if (scripted := self._system.meet(asked)) is not None:
            found: Orders = scripted
            return found
        wanted = set(keys)
        records = [
            self._told(order, facets)
            for order in self._system.orders
            if not wanted.isdisjoint((*order.keys, *order.references))
        ]
        return Orders(records=tuple(records), gaps=self._system.gaps)

    def _told(self, order: OrderRecord, facets: frozenset[Facet]) -> OrderRecord:
        """What an answer holds of an order, with its unknown words read by the system's map."""
        for word in order.statuses:
            if word.normalized == "UNKNOWN":
                self._system.manifest.statuses.read(word.axis, word.raw)
        return facets_of(order, facets)

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, with the conditions that the manifest declares applied; cursors are positions."""
        asked = Asked(what="search", facets=search.facets, search=search, seconds=call.remaining())
        if (scripted := self._system.meet(asked)) is not None:
            page: Page = scripted
            return page
        filters = self._system.manifest.filters
        applied = [entry for entry in search.conditions if entry.operator in filters.get(entry.field, ())]
        matching = [order for order in self._system.orders if all(order_matches(order, entry) for entry in applied)]
        matching.sort(key=lambda order: _place(order, search.sort), reverse=search.descending)
        start = int(search.after) + 1 if search.after is not None else 0
        taken = list(enumerate(matching))[start : start + search.size]
        return Page(
            hits=tuple(
                Hit(self._told(order, search.facets), str(position), next(iter(values_of(order, search.sort)), None))
                for position, order in taken
            ),
            more=start + search.size < len(matching),
            remaining=tuple(entry for entry in search.conditions if entry not in applied),
            gaps=self._system.gaps,
        )

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Levels of SKUs spelled exactly so."""
        if (scripted := self._system.meet(Asked(what="stock", values=tuple(skus)))) is not None:
            stock: Stock = scripted
            return stock
        return Stock(records=tuple(level for level in self._system.stock if level.sku in skus), gaps=self._system.gaps)

    async def read_receipts(self, skus: Sequence[str], call: Call) -> Receipts:
        """Expected goods of SKUs spelled exactly so."""
        self._system.meet(Asked(what="receipts", values=tuple(skus)))
        return Receipts(records=tuple(receipt for receipt in self._system.receipts if receipt.sku in skus))

    async def read_tracking(self, numbers: Sequence[str], call: Call) -> Tracking:
        """Parcels with numbers spelled exactly so."""
        if (scripted := self._system.meet(Asked(what="tracking", values=tuple(numbers)))) is not None:
            tracking: Tracking = scripted
            return tracking
        found = tuple(parcel for parcel in self._system.parcels if parcel.tracking_number in numbers)
        return Tracking(records=found, gaps=self._system.gaps)

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products with SKUs spelled exactly so."""
        if (scripted := self._system.meet(Asked(what="products", values=tuple(skus)))) is not None:
            products: Products = scripted
            return products
        return Products(records=tuple(product for product in self._system.products if product.sku in skus))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """All SKUs of stock and products, a page of the manifest's size at a time; cursors are the last ones."""
        if (scripted := self._system.meet(Asked(what="skus", values=(after or "",)))) is not None:
            page: Skus = scripted
            return page
        kept, sold = self._system.stock, self._system.products
        known = sorted({level.sku for level in kept} | {product.sku for product in sold})
        left = [sku for sku in known if after is None or sku > after]
        size = self._system.manifest.page_size
        return Skus(skus=tuple(left[:size]), after=left[size - 1] if len(left) > size else None)

    async def list_locations(self, call: Call) -> Locations:
        """All places."""
        if (scripted := self._system.meet(Asked(what="locations"))) is not None:
            locations: Locations = scripted
            return locations
        return Locations(records=tuple(self._system.locations))


def _place(order: OrderRecord, sort: SearchField) -> tuple[Any, str]:
    """Where an order stands in a search: by the sort's time, before all time where it has none, then by id."""
    return (values_of(order, sort) or (datetime.min.replace(tzinfo=UTC),))[0], order.external_id


def connector_for(declared: Manifest) -> type[Connector]:
    """A connector class with this manifest."""
    return type("FakeConnector", (FakeConnector,), {"manifest": declared})


class Woven(Orderweave):
    """The gateway over fake systems, which are at hand as `fakes` by name."""

    def __init__(
        self, configuration: Configuration, clock: FakeClock, fakes: Mapping[str, FakeSystem], observing: Observing
    ) -> None:
        super().__init__(configuration, clock=clock, observing=observing, pause=clock.pause)
        self.fakes = fakes
        self.time = clock


def weave(
    *systems: FakeSystem,
    places: tuple[PlaceSpec, ...] = (),
    authority: Mapping[str, tuple[str, ...]] | None = None,
    deadline: int = 10,
    cache: CacheSettings | None = None,
    observe: Callable[[Sequence[str], FakeClock], Observing] | None = None,
    calls: CallRules = ONCE,
    federation: bool = False,
    access: AccessSettings | None = None,
    tracking: TrackingSettings | None = None,
    redis: SharedRedis | None = None,
    index: IndexSettings | None = None,
) -> Woven:
    """The gateway over these systems, live, each question put once, and everybody let in, unless told otherwise."""
    clock = FakeClock()
    for system in systems:
        system.clock = clock
    configuration = Configuration(
        file="by hand",
        server=Server(deadline_seconds=deadline, federation=federation),
        systems={
            system.name: ConfiguredSystem(
                spec=system.spec(),
                connector=connector_for(system.manifest),
                settings={"system": system},
                calls=calls,
            )
            for system in systems
        },
        business=Business(
            systems={system.name: system.spec() for system in systems}, places=places, authority=authority or {}
        ),
        cache=cache,
        access=access,
        redis=redis,
        tracking=tracking,
        index=index,
    )
    observing = observe([system.name for system in systems], clock) if observe else UNOBSERVED
    return Woven(configuration, clock, {system.name: system for system in systems}, observing)
