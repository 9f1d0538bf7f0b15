"""The contract suite: one set of tests over every connector.

A connector's proof is four lines:

    class TestShopify(ConnectorContract):
        connector = ShopifyConnector
        simulator = ShopifySimulator
        calls_for = {"id": {1: 1, 20: 1}, "number": {1: 1, 20: 1}}

Every test runs over a real socket against a fresh simulator that holds `sample_world`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import (
    Condition,
    FindOrders,
    FindProducts,
    ListChanges,
    ListLocations,
    ListSkus,
    ReadReceipts,
    ReadStock,
    ReadTracking,
    ReceiveWebhooks,
    RegisterWebhooks,
    Search,
    SearchOrders,
)
from orderweave_sdk.conditions import order_matches, sort_value, values_of
from orderweave_sdk.connecting import capability
from orderweave_sdk.errors import CapabilityNotDeclared, GiveUp
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Capability, Operator, SearchField
from orderweave_sdk.records import Facet, OrderRecord
from orderweave_sdk.testing.comparing import comparable, walk
from orderweave_sdk.testing.contract_faults import FaultContract
from orderweave_sdk.testing.contract_skus import SkuContract
from orderweave_sdk.testing.contract_tracking import TrackingContract
from orderweave_sdk.testing.contract_webhooks import WebhookContract
from orderweave_sdk.testing.contract_words import WordContract
from orderweave_sdk.testing.simulator import SimulatedSystem

PROTOCOL_OF = {
    Capability.FIND_ORDERS: FindOrders,
    Capability.SEARCH_ORDERS: SearchOrders,
    Capability.LIST_CHANGES: ListChanges,
    Capability.READ_STOCK: ReadStock,
    Capability.READ_RECEIPTS: ReadReceipts,
    Capability.READ_TRACKING: ReadTracking,
    Capability.FIND_PRODUCTS: FindProducts,
    Capability.LIST_LOCATIONS: ListLocations,
    Capability.LIST_SKUS: ListSkus,
    Capability.RECEIVE_WEBHOOKS: ReceiveWebhooks,
    Capability.REGISTER_WEBHOOKS: RegisterWebhooks,
}

CREDENTIAL_WORDS = ("password", "secret", "token", "api_key", "private")


class ConnectorContract(FaultContract, SkuContract, TrackingContract, WebhookContract, WordContract):
    """Subclass it with the three names below; add cases of the vendor's own beside it, not in it.

    `calls_for` says, for each lookup, how many upstream calls so many orders cost: exact numbers. Of parcels it says so
    under "tracking_number"; a carrier, which finds no orders, must.
    """

    # --- the manifest -------------------------------------------------------------------------------------------

    def test_manifest_is_sound(self) -> None:
        """The manifest contradicts itself nowhere and its status map has no hole."""
        assert self.connector.manifest.problems() == []

    def test_manifest_matches_the_class(self) -> None:
        """What is declared is implemented, and what is implemented is declared."""
        for wanted, protocol in PROTOCOL_OF.items():
            declared = wanted in self.connector.manifest.capabilities
            assert issubclass(self.connector, protocol) == declared, wanted

    def test_credentials_are_secret(self) -> None:
        """A setting whose name speaks of a credential is marked secret."""
        open_ones = [
            setting.name
            for setting in self.connector.manifest.settings
            if not setting.secret and any(word in setting.name for word in CREDENTIAL_WORDS)
        ]
        assert open_ones == []

    async def test_undeclared_refuses(self, subject: Any) -> None:
        """A capability that is not declared is refused in the stated words."""
        for wanted in Capability:
            if wanted not in self.connector.manifest.capabilities:
                with pytest.raises(CapabilityNotDeclared) as refusal:
                    capability(subject, wanted)
                expected = f"connector {self.connector.manifest.name!r} does not declare the capability {wanted}"
                assert str(refusal.value) == expected

    async def test_check_answers(self, subject: Any) -> None:
        """The check reaches the system and says in words what answered."""
        assert await subject.check(self.call())

    # --- orders by key ------------------------------------------------------------------------------------------

    async def test_round_trip(self, subject: Any) -> None:
        """Every sample order comes back equal, in every facet the manifest declares."""
        self.need(Capability.FIND_ORDERS)
        facets = self.connector.manifest.facets
        size = self.connector.manifest.lookups["id"].size
        seeded = sorted(self.world.orders, key=lambda record: record.external_id)
        found: list[OrderRecord] = []
        for start in range(0, len(seeded), size):
            values = [order.external_id for order in seeded[start : start + size]]
            found += await self.find(subject, "id", values, facets)
        found.sort(key=lambda record: record.external_id)
        assert [comparable(record) for record in found] == [comparable(facets_of(order, facets)) for order in seeded]

    async def test_every_lookup_finds(self, subject: Any) -> None:
        """Each declared lookup finds exactly the orders that carry the value."""
        self.need(Capability.FIND_ORDERS)
        for by in self.connector.manifest.lookups:
            holders: dict[str, list[str]] = {}
            for order in self.world.orders:
                for key in (*order.keys, *order.references):
                    if key.namespace == by:
                        holders.setdefault(key.value, []).append(order.external_id)
            for value in list(holders)[:3]:
                found = await self.find(subject, by, [value], frozenset())
                exact = [
                    record.external_id
                    for record in found
                    if any(key.namespace == by and key.value == value for key in (*record.keys, *record.references))
                ]
                assert exact == sorted(holders[value]), (by, value)

    async def test_only_wanted_facets(self, subject: Any) -> None:
        """One facet asked is one facet delivered, and none asked is none delivered."""
        self.need(Capability.FIND_ORDERS)
        shipped = [order for order in self.world.orders if order.fulfillment and order.fulfillment.shipments]
        order = (shipped or list(self.world.orders))[0]
        for facet in (None, *sorted(self.connector.manifest.facets)):
            wanted = frozenset({facet}) if facet else frozenset[Facet]()
            if facet is Facet.TRACKING:
                wanted |= {Facet.FULFILLMENT}
            (found,) = await self.find(subject, "id", [order.external_id], wanted)
            assert found.delivered() == wanted, facet

    async def test_unknown_keys_find_nothing(self, subject: Any) -> None:
        """Keys that the system never saw give no record, no gap and no error."""
        self.need(Capability.FIND_ORDERS)
        nobody = self.simulator.external_id("order", 987654)
        assert await self.find(subject, "id", [nobody], frozenset({Facet.HEADER})) == []

    async def test_call_counts(self, subject: Any, system: SimulatedSystem) -> None:
        """So many orders cost exactly so many upstream calls, by every lookup."""
        self.need(Capability.FIND_ORDERS)
        facets = self.connector.manifest.facets
        for by in self.connector.manifest.lookups.keys() & self.calls_for.keys():
            for size, expected in self.calls_for[by].items():
                values = [
                    key.value
                    for order in self.world.orders
                    for key in (*order.keys, *order.references)
                    if key.namespace == by
                ]
                assert len(values) >= size, f"the sample world has too few values of {by}"
                await subject.check(self.call())  # sign-in and other first-time costs
                before = len(system.calls)
                await self.find(subject, by, values[:size], facets)
                assert len(system.calls) - before == expected, (by, size)

    async def test_batches_over_the_size_are_refused(self, subject: Any, system: SimulatedSystem) -> None:
        """More values than the manifest's batch size is a caller's mistake: refused, and nothing is sent."""
        self.need(Capability.FIND_ORDERS)
        for by, batch in self.connector.manifest.lookups.items():
            before = len(system.calls)
            with pytest.raises(GiveUp):
                await subject.find_orders(keys_of(by, ["1"] * (batch.size + 1)), frozenset(), self.call())
            assert len(system.calls) == before

    async def test_mixed_lookups(self, subject: Any) -> None:
        """Keys of several look-ups share a call only where the manifest says so; then all of them are found."""
        self.need(Capability.FIND_ORDERS)
        manifest = self.connector.manifest
        held = {
            key: order.external_id
            for order in reversed(self.world.orders)
            for key in (*order.keys, *order.references)
            if key.namespace in manifest.lookups
        }
        keys = [next(key for key in held if key.namespace == name) for name in sorted({k.namespace for k in held})]
        if len(keys) < 2:
            pytest.skip("the samples of this system carry one kind of key")
        if not manifest.mixed_lookups:
            with pytest.raises(GiveUp):
                await subject.find_orders(keys, frozenset(), self.call())
            return
        found = await subject.find_orders(keys, frozenset(), self.call())
        assert {record.external_id for record in found.records} >= {held[key] for key in keys}

    async def test_money_and_time(self, subject: Any) -> None:
        """No float anywhere in a record, and every instant is aware and in UTC."""
        self.need(Capability.FIND_ORDERS)
        values = [order.external_id for order in self.world.orders][:5]
        for record in await self.find(subject, "id", values, self.connector.manifest.facets):
            for path, value in walk(record):
                assert not isinstance(value, float), path
                if hasattr(value, "tzinfo"):
                    assert value.utcoffset() == timedelta(0), path

    # --- search and changes -------------------------------------------------------------------------------------

    async def test_search_pages_through_all(self, subject: Any) -> None:
        """Small pages in each declared sort and direction give every order once, in order."""
        self.need(Capability.SEARCH_ORDERS)
        for sort in sorted(self.connector.manifest.sorts):
            for descending in (True, False):
                ids = await self._search_ids(subject, (), sort, descending=descending, size=7)
                expected = sorted(self.world.orders, key=lambda order: sort_value(order, sort), reverse=descending)
                assert [i for i, _ in ids] == [order.external_id for order in expected], (sort, descending)

    async def test_search_filters(self, subject: Any) -> None:
        """Each declared filter and operator, with what is handed back applied, equals a filter by hand."""
        self.need(Capability.SEARCH_ORDERS)
        sort = min(self.connector.manifest.sorts)
        for field, operators in sorted(self.connector.manifest.filters.items()):
            values = sorted({value for order in self.world.orders for value in values_of(order, field)})
            if not values:
                continue
            middle = values[len(values) // 2]
            for operator in sorted(operators):
                many = operator in (Operator.IN, Operator.NOT_IN)
                condition = Condition(field, operator, (values[0], middle) if many else (middle,))
                found = await self._search_ids(subject, (condition,), sort, descending=False, size=25)
                expected = {order.external_id for order in self.world.orders if order_matches(order, condition)}
                assert {i for i, record in found} == expected, condition

    async def _search_ids(
        self,
        subject: Any,
        conditions: tuple[Condition, ...],
        sort: SearchField,
        *,
        descending: bool,
        size: int,
    ) -> list[tuple[str, OrderRecord]]:
        found: list[tuple[str, OrderRecord]] = []
        after: str | None = None
        for _ in range(100):
            page = await subject.search_orders(
                Search(
                    conditions=conditions,
                    sort=sort,
                    descending=descending,
                    size=min(size, self.connector.manifest.page_size),
                    after=after,
                    facets=self.connector.manifest.facets,
                ),
                self.call(),
            )
            for hit in page.hits:
                assert hit.value == next(iter(values_of(hit.record, sort)), None), hit.record.external_id
                if all(order_matches(hit.record, left) for left in page.remaining):
                    found.append((hit.record.external_id, hit.record))
            if not page.more:
                return found
            after = page.hits[-1].cursor
        raise AssertionError("the search never ends")

    async def test_search_for_keys_alone_tells_the_place(self, subject: Any) -> None:
        """Without a facet a hit holds keys and no facet, and still tells what the search is sorted by."""
        self.need(Capability.SEARCH_ORDERS)
        expected = {order.external_id: order for order in self.world.orders}
        for sort in sorted(self.connector.manifest.sorts):
            search = Search(conditions=(), sort=sort, descending=True, size=2, after=None, facets=frozenset())
            page = await subject.search_orders(search, self.call())
            assert page.hits
            for hit in page.hits:
                assert hit.record.delivered() == frozenset()
                assert hit.value == next(iter(values_of(expected[hit.record.external_id], sort)), None)

    async def test_undeclared_sort_is_refused(self, subject: Any) -> None:
        """A sort that the manifest does not declare is refused, not quietly ignored."""
        self.need(Capability.SEARCH_ORDERS)
        for sort in SearchField:
            if sort not in self.connector.manifest.sorts:
                search = Search(conditions=(), sort=sort, descending=True, size=1, after=None, facets=frozenset())
                with pytest.raises(GiveUp):
                    await subject.search_orders(search, self.call())

    async def test_changes_miss_nothing(self, subject: Any, system: SimulatedSystem) -> None:
        """From the start, changes give every order; after an edit, the edited order comes again."""
        self.need(Capability.LIST_CHANGES)
        cursor, seen = await self._changes(subject, None)
        assert {record.external_id for record in seen} == {order.external_id for order in self.world.orders}

        told = [order.updated_at for order in self.world.orders if order.updated_at]
        # A vendor that tells no time of change is asked for what changed since its own now.
        moment = max(told).replace(year=max(told).year + 1) if told else datetime.now(UTC)
        edited = self.edited(self.world.orders[3], moment)
        system.seed(
            msgspec.structs.replace(self.world, orders=(*self.world.orders[:3], edited, *self.world.orders[4:]))
        )
        _, again = await self._changes(subject, cursor)
        assert edited.external_id in {record.external_id for record in again}

    def edited(self, order: OrderRecord, moment: Any) -> OrderRecord:
        """The order as changed at `moment`."""
        header = order.header and msgspec.structs.replace(order.header, updated_at=moment)
        return msgspec.structs.replace(order, updated_at=moment, header=header)

    async def _changes(self, subject: Any, cursor: str | None) -> tuple[str, list[OrderRecord]]:
        seen: list[OrderRecord] = []
        for _ in range(100):
            changes = await subject.list_changes(cursor, None, frozenset({Facet.HEADER}), self.call())
            seen += changes.records
            cursor = changes.cursor
            if not changes.more:
                assert cursor is not None
                return cursor, seen
        raise AssertionError("the changes never end")

    # --- stock, products, places --------------------------------------------------------------------------------

    async def test_stock_round_trip(self, subject: Any) -> None:
        """Levels of some SKUs come back equal, for all places and for one; unknown SKUs are absent."""
        self.need(Capability.READ_STOCK)
        skus = sorted({level.sku for level in self.world.stock})[:3]
        for places in (None, [self.world.locations[0].external_id]):
            stock = await subject.read_stock([*skus, "NO-SUCH-SKU"], places, self.call())
            expected = [
                level
                for level in self.world.stock
                if level.sku in skus and (places is None or level.location.external_id in places)
            ]
            assert stock.gaps == ()
            assert sorted(comparable(level) for level in stock.records) == sorted(
                comparable(level) for level in expected
            )

    async def test_receipts_round_trip(self, subject: Any) -> None:
        """What is expected of some SKUs comes back equal, overdue and undated lines too; unknown SKUs are absent."""
        self.need(Capability.READ_RECEIPTS)
        skus = sorted({receipt.sku for receipt in self.world.receipts})[:3]
        assert skus
        receipts = await subject.read_receipts([*skus, "NO-SUCH-SKU"], self.call())
        expected = [receipt for receipt in self.world.receipts if receipt.sku in skus]
        assert receipts.gaps == ()
        assert sorted(map(comparable, receipts.records)) == sorted(map(comparable, expected))

    async def test_products_round_trip(self, subject: Any) -> None:
        """Products come back equal; unknown SKUs are absent."""
        self.need(Capability.FIND_PRODUCTS)
        products = await subject.find_products([*(p.sku for p in self.world.products), "NO-SUCH-SKU"], self.call())
        assert sorted(map(comparable, products.records)) == sorted(map(comparable, self.world.products))

    async def test_locations_round_trip(self, subject: Any) -> None:
        """Every place comes back with its id and name."""
        self.need(Capability.LIST_LOCATIONS)
        locations = await subject.list_locations(self.call())
        found = {(place.external_id, place.name) for place in locations.records}
        assert {(place.external_id, place.name) for place in self.world.locations} <= found
