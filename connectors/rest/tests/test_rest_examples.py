"""Two APIs known by their OpenAPI files alone: each example passes the suite, and both sides keep to the contract."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
import yaml

from connectors.rest.tests.examples import FOLDER, Medusa, ShipStation, settings
from connectors.rest.tests.medusa_api import MedusaSimulator
from connectors.rest.tests.scripted import Asked, Scripted
from connectors.rest.tests.shipstation_api import ShipStationSimulator
from orderweave_rest.connector import RestConnector
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis, Facet
from orderweave_sdk.testing.contract import PROTOCOL_OF, ConnectorContract
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.openapi_contract import OpenapiContract, load_openapi
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import Simulator
from orderweave_sdk.testing.world import World


class _ExampleContract(ConnectorContract):
    """The suite over one example; a class that can do more than its configuration says is no contradiction."""

    def test_manifest_matches_the_class(self) -> None:
        """What the configuration gives is implemented."""
        for wanted in self.connector.manifest.capabilities:
            assert issubclass(self.connector, PROTOCOL_OF[wanted]), wanted


class TestMedusa(_ExampleContract):
    """A repeated parameter, offsets, a key in a header."""

    connector = Medusa
    simulator = MedusaSimulator
    calls_for: ClassVar = {"id": {1: 1, 20: 1}, "number": {1: 1, 20: 20}}


class TestShipStation(_ExampleContract):
    """One by one, numbered pages, user and password; each order costs a request more for its shipments."""

    connector = ShipStation
    simulator = ShipStationSimulator
    calls_for: ClassVar = {"id": {1: 2, 20: 40}, "number": {1: 2, 20: 40}}


def _medusa_says(asked: Asked) -> Any:
    found = [{"id": value} for name, value in asked.query if name == "id"]
    return {"orders": found, "count": len(found)}


def _shipstation_says(asked: Asked) -> Any:
    if asked.path == "/shipments":
        return {"shipments": [], "pages": 0}
    return {"orderId": int(asked.path.rpartition("/")[2])}


@pytest.mark.parametrize(
    ("name", "says", "facets", "counts"),
    [
        ("medusa", _medusa_says, {Facet.HEADER, Facet.FULFILLMENT}, {1: 1, 20: 1, 1000: 20}),
        ("shipstation", _shipstation_says, {Facet.HEADER, Facet.FULFILLMENT}, {1: 2, 20: 40, 1000: 2000}),
        ("shipstation", _shipstation_says, {Facet.HEADER}, {1: 1, 20: 20, 1000: 1000}),
    ],
)
async def test_what_orders_cost(name: str, says: Any, facets: set[Facet], counts: dict[int, int]) -> None:
    """1, 20 and 1,000 orders by id cost exactly so many requests, and all of them come."""
    told = settings(name, "https://api.example.com")
    for count, expected in counts.items():
        scripted = Scripted(says)
        subject: Any = Connecting(RestConnector, told, transport=scripted).connector
        found = 0
        for batch in packed(keys_of("id", map(str, range(1, count + 1))), RestConnector.narrowed(told)):
            found += len((await subject.find_orders(batch, frozenset(facets), Call.within(60))).records)
        assert (found, len(scripted.asked)) == (count, expected)


_MEDUSA, _SHIPSTATION = "medusa/openapi.full.yaml", "shipstation/shipstation_v1_openapi.yaml"
# Medusa writes what is inside a parameter in brackets (its guide "Query parameter types"); its file has the whole.
_IN_BRACKETS = frozenset(f"{name}[${way}]" for name in ("created_at", "updated_at") for way in ("gte", "lte"))


def _medusa() -> OpenapiContract:
    return load_openapi(
        contract_file(_MEDUSA),
        undeclared=_IN_BRACKETS,
        sparse=frozenset({"fields"}),
        tolerated=frozenset({"status"}),  # the file filters by an order's status, and forgets it among the fields
    )


def _shipstation() -> OpenapiContract:
    return load_openapi(contract_file(_SHIPSTATION))


@pytest.mark.contracts
@pytest.mark.parametrize(
    ("connector", "simulator", "contract"),
    [(Medusa, MedusaSimulator, _medusa), (ShipStation, ShipStationSimulator, _shipstation)],
    ids=["medusa", "shipstation"],
)
async def test_both_sides_keep_to_the_contract(
    connector: type[RestConnector], simulator: type[Simulator], contract: Any
) -> None:
    """Every request that the example sends, in every capability, filter and sort, and every payload that comes back."""
    api = simulator()
    whole = sample_world(api.external_id)
    api.seed(
        World(
            orders=tuple(api.expressible(order) for order in whole.orders),
            stock=whole.stock,
            products=whole.products,
            locations=whole.locations,
        )
    )
    async with api:
        connecting = Connecting(connector, api.settings())
        subject: Any = connecting.connector
        await _everything(subject, api, connector)
        await connecting.close()
    assert len(api.calls) > 20
    assert contract().calls_problems(api.calls) == []


_ADMIN_ORDER = ("components", "schemas", "AdminOrder", "properties")
_ORDER_STATUS = ("components", "schemas", "orderStatus")


@pytest.mark.contracts
@pytest.mark.parametrize(
    ("connector", "file", "axes"),
    [
        (
            Medusa,
            _MEDUSA,
            {
                Axis.PAYMENT: (*_ADMIN_ORDER, "payment_status"),
                Axis.FULFILLMENT: (*_ADMIN_ORDER, "fulfillment_status"),
            },
        ),
        (ShipStation, _SHIPSTATION, {Axis.ORDER: _ORDER_STATUS, Axis.FULFILLMENT: _ORDER_STATUS}),
    ],
    ids=["medusa", "shipstation"],
)
def test_words_are_those_of_the_contract(
    connector: type[RestConnector], file: str, axes: dict[Axis, tuple[str, ...]]
) -> None:
    """Each word that the API's file lists has a meaning in the example, and no other has. An order's own status is a
    plain text in Medusa's.
    """
    document = yaml.load(contract_file(file).read_text(encoding="utf-8"), yaml.CSafeLoader)
    for axis, path in axes.items():
        schema = document
        for step in path:
            schema = schema[step]
        assert set(connector.manifest.statuses.words[axis]) == set(schema["enum"])
    assert connector.manifest.statuses.problems() == []


async def _everything(subject: Any, api: Simulator, connector: type[RestConnector]) -> None:
    """Each capability once, each look-up, each sort in each direction, each filter with each operator."""
    manifest, terms = connector.manifest, Call.within(30)
    await subject.check(terms)
    for by in manifest.lookups:
        values = [key for order in api.world.orders for key in order.keys if key.namespace == by]
        await subject.find_orders(values[: manifest.lookups[by].size], manifest.facets, terms)
    for search in _searches(connector, api):
        await subject.search_orders(search, terms)
    changes = await subject.list_changes(None, None, manifest.facets, terms)
    await subject.list_changes(changes.cursor, None, manifest.facets, terms)
    if manifest.stock_batch is not None:
        await subject.read_stock([level.sku for level in api.world.stock][:5], None, terms)
    await subject.find_products([product.sku for product in api.world.products], terms)
    await subject.list_locations(terms)
    if manifest.stock_batch is not None:
        assert (await subject.list_skus(None, terms)).gaps == ()


def _searches(connector: type[RestConnector], api: Simulator) -> Iterator[Search]:
    manifest = connector.manifest
    order = api.world.orders[0]
    values: dict[SearchField, Any] = {
        SearchField.PLACED_AT: order.updated_at,
        SearchField.UPDATED_AT: order.updated_at,
        SearchField.STATUS: "OPEN",
        SearchField.PAYMENT_STATUS: "PAID",
        SearchField.FULFILLMENT_STATUS: "FULFILLED",
        SearchField.NUMBER: "1001",
        SearchField.CHANNEL: "web",
    }
    others: dict[SearchField, Any] = {
        SearchField.STATUS: "CANCELED",
        SearchField.PAYMENT_STATUS: "REFUNDED",
        SearchField.FULFILLMENT_STATUS: "UNFULFILLED",
        SearchField.NUMBER: "1002",
        SearchField.CHANNEL: "pos",
    }
    conditions = [
        (Condition(field, operator, (values[field], *((others[field],) if operator is Operator.IN else ()))),)
        for field, operators in manifest.filters.items()
        for operator in sorted(operators)
    ]
    assert any(condition.operator is Operator.IN for (condition,) in conditions) == (connector is Medusa)
    for sort in sorted(manifest.sorts):
        for descending in (True, False):
            for wanted in ((), *conditions):
                yield Search(
                    conditions=wanted, sort=sort, descending=descending, size=9, after=None, facets=manifest.facets
                )


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_examples_are_sound(name: str) -> None:
    """Each example as it stands has no problem, keeps its secret outside, and makes a manifest without a hole."""
    (system,) = tomllib.loads((FOLDER / f"{name}.toml").read_text())["systems"].values()
    assert set(system["settings"]["secret"]) == {"env"}
    told = settings(name, "https://api.example.com")
    assert RestConnector.problems(told) == []
    assert RestConnector.narrowed(told).problems() == []
