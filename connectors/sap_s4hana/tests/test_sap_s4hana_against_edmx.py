"""Every request that is sent and every answer that the simulator gives, held against SAP's published metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from connectors.sap_s4hana.tests.edmx import Service, answer_problems, load, openapi_problems, request_problems
from orderweave_sap_s4hana import batch, queries
from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.manifest import MANIFEST, REFERENCES, TRACKING_FIELDS
from orderweave_sap_s4hana.simulator import ROOT, SapS4hanaSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Hold, HoldReason
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import LoggedCall

pytestmark = pytest.mark.contracts

# The deliveries' metadata of the cloud (2020) marks every property as not filterable, its keys as well, though the
# export of 2024 lists $filter; so that one is read for names and types, and the on-premise one for what is filterable.
_FILES = {
    queries.ORDERS: "API_SALES_ORDER_SRV.edmx",
    queries.DELIVERIES: "OP_API_OUTBOUND_DELIVERY_SRV_0002.edmx",
    queries.BILLING: "API_BILLING_DOCUMENT_SRV.edmx",
    queries.STOCK: "API_MATERIAL_STOCK_SRV.edmx",
    queries.PRODUCTS: "API_PRODUCT_SRV.edmx",
}
_EXPORTS = {
    queries.ORDERS: "API_SALES_ORDER_SRV.json",
    queries.DELIVERIES: "API_OUTBOUND_DELIVERY_SRV_0002.json",
    queries.STOCK: "API_MATERIAL_STOCK_SRV.json",
}
_MOMENTS = (datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 4, 5, 6, 7, 8, tzinfo=UTC))
_VALUES: dict[SearchField, tuple[Any, ...]] = {
    SearchField.NUMBER: ("5000000001",),
    SearchField.PLACED_AT: _MOMENTS,
    SearchField.UPDATED_AT: _MOMENTS,
    SearchField.STATUS: ("OPEN", "UNKNOWN", "CANCELED"),
    SearchField.CHANNEL: ("10",),
    SearchField.CURRENCY: ("USD",),
    SearchField.PURCHASE_ORDER_NUMBER: ("PO-00006", "O'Brien"),
}


def _contract(name: str) -> Path:
    return contract_file(f"sap-s4hana/{name}")


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    """SAP's metadata, by service."""
    return {service: load(_contract(name)) for service, name in _FILES.items()}


def _exchanges(calls: list[LoggedCall]) -> Iterator[tuple[str, str, bytes]]:
    """Service, target and answer of every read, those within batches too."""
    for call in calls:
        service, _, rest = call.request.path.removeprefix(ROOT).partition("/")
        if rest != "$batch":
            query = "&".join(f"{name}={quote(value, safe='')}" for name, value in call.request.query)
            yield service, f"{rest}?{query}", call.answer.body
            continue
        targets = [line.split()[1] for line in call.request.body.decode().splitlines() if line.startswith("GET ")]
        parts = batch.read(call.answer.headers["content-type"], call.answer.body, count=len(targets), what="batch")
        for target, part in zip(targets, parts, strict=True):
            assert part.status == 200
            yield service, target, part.body


async def _everything(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """Every capability, with all that it can be asked."""
    whole = sample_world(simulator.external_id)
    holds = tuple(Hold(reason=reason) for reason in HoldReason)
    orders = tuple(msgspec.structs.replace(order, holds=holds) for order in whole.orders)
    simulator.seed(msgspec.structs.replace(whole, orders=orders))
    call = Call.within(60)
    facets = MANIFEST.facets
    await connector.check(call)
    for chosen in (frozenset(), *(frozenset({facet}) for facet in facets), facets):
        await connector.find_orders(keys_of("id", [order.external_id for order in orders]), chosen, call)
    for name in REFERENCES:
        values = [f"{position:03d}' and 'ä{'x' * 20}" for position in range(100)]
        await connector.find_orders(keys_of(name, values), facets, call)
    for sort, descending in product(MANIFEST.sorts, (True, False)):
        after = None
        for _ in range(3):
            search = Search(conditions=(), sort=sort, descending=descending, size=7, after=after, facets=facets)
            after = (await connector.search_orders(search, call)).hits[-1].cursor
    for field, operators in MANIFEST.filters.items():
        for operator, value in product(operators, _VALUES[field]):
            many = operator in (Operator.IN, Operator.NOT_IN)
            condition = Condition(field, operator, (value, value) if many else (value,))
            sort = SearchField.PLACED_AT
            search = Search(conditions=(condition,), sort=sort, descending=True, size=5, after=None, facets=frozenset())
            await connector.search_orders(search, call)
    cursor = (await connector.list_changes(None, datetime(2026, 3, 1, tzinfo=UTC), facets, call)).cursor
    await connector.list_changes(cursor, None, facets, call)
    skus = sorted({level.sku for level in whole.stock})
    await connector.read_stock([*skus, "NO-SUCH"], [whole.locations[0].external_id], call)
    await connector.find_products([*skus, "NO-SUCH"], call)
    await connector.list_skus(None, call)
    await connector.list_skus("O'Brien", call)


async def test_requests_and_answers(
    connector: SapS4hanaConnector, simulator: SapS4hanaSimulator, services: dict[str, Service]
) -> None:
    """Sets, properties, ways, literals and their lengths are SAP's; so are names and types of all that is answered."""
    await _everything(connector, simulator)
    exchanges = list(_exchanges(simulator.calls))
    assert {service for service, _, _ in exchanges} == set(_FILES)
    assert any(call.request.path.endswith("/$batch") for call in simulator.calls)
    problems = [
        f"{service}: {problem}"
        for service, target, body in exchanges
        for problem in (
            *request_problems(services[service], target),
            *answer_problems(services[service], target, body),
        )
    ]
    assert sorted(set(problems)) == []


async def test_requests_and_the_export(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """What SAP's own OpenAPI exports list of paths, fields, ways and orders holds each request too."""
    exports = {service: json.loads(_contract(name).read_text()) for service, name in _EXPORTS.items()}
    await _everything(connector, simulator)
    problems = [
        f"{service}: {problem}"
        for service, target, _ in _exchanges(simulator.calls)
        if service in exports
        for problem in openapi_problems(exports[service], target)
    ]
    assert sorted(set(problems)) == []


async def test_names_and_types_in_the_cloud(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """The deliveries of the cloud have the same names and types, so that one connector serves both editions."""
    await _everything(connector, simulator)
    service = load(_contract("API_OUTBOUND_DELIVERY_SRV_0002.edmx"))
    reads = [(target, body) for name, target, body in _exchanges(simulator.calls) if name == queries.DELIVERIES]
    problems = [
        problem
        for target, body in reads
        for problem in (*request_problems(service, target), *answer_problems(service, target, body))
        if not problem.endswith(("is not filterable", "is not sortable"))
    ]
    assert reads
    assert sorted(set(problems)) == []


def test_every_tracking_field_is_one(services: dict[str, Service]) -> None:
    """Whatever field a company keeps its tracking numbers in, the delivery's header has it."""
    header = services[queries.DELIVERIES].types["A_OutbDeliveryHeaderType"]
    assert [header.properties[field].type for field in TRACKING_FIELDS] == ["Edm.String"] * len(TRACKING_FIELDS)


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("A_Order?$top=1", "no entity set A_Order"),
        ("A_SalesOrder?$select=SalesOrder,Number", "$select: no property Number"),
        ("A_SalesOrder?$select=to_Item/Material", "$select: to_Item/Material is not expanded"),
        ("A_SalesOrder?$expand=to_Items", "$expand: no way to to_Items"),
        ("A_SalesOrder?$filter=SalesOrder eq '50000000001'", "$filter: a value of SalesOrder is longer than 10"),
        (
            "A_SalesOrder?$filter=LastChangeDateTime ge datetime'2026-03-01T00:00:00'",
            "$filter: LastChangeDateTime is Edm.DateTimeOffset, the literal is not",
        ),
        ("A_SalesOrder?$filter=SalesOrder in ('1')", "$filter: not understood: SalesOrder in ('1')"),
        ("A_SalesOrder?$orderby=Number", "$orderby: Number"),
        ("A_SalesOrder?$count=true", "no query option $count"),
    ],
)
def test_the_check_finds(target: str, problem: str, services: dict[str, Service]) -> None:
    """The check itself sees what is wrong with a request."""
    assert request_problems(services[queries.ORDERS], target) == [problem]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"Number": "1"}, "A_SalesOrderType: no property Number"),
        ({"TotalNetAmount": 9.9}, "A_SalesOrderType/TotalNetAmount: not a string, as Edm.Decimal is in JSON"),
        ({"CreationDate": "2026-03-01"}, "A_SalesOrderType/CreationDate: not in the form of Edm.DateTime"),
        ({"SalesOrder": None}, "A_SalesOrderType/SalesOrder: null"),
        ({"TransactionCurrency": "DOLLARS"}, "A_SalesOrderType/TransactionCurrency: longer than 5"),
    ],
)
def test_the_check_finds_in_answers(row: dict[str, Any], problem: str, services: dict[str, Service]) -> None:
    """The check itself sees what is wrong with an answer."""
    kind = {"type": "API_SALES_ORDER_SRV.A_SalesOrderType"}
    body = json.dumps({"d": {"results": [{"__metadata": kind, **row}]}}).encode()
    assert answer_problems(services[queries.ORDERS], "A_SalesOrder", body) == [problem]
