"""The connector asked of a real Vendure server gives what it gives when asked of the simulator, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.conditions import order_matches, values_of
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import FixCredentials
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis, Facet, Key
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.graphql_contract import load_contract, payload_problems
from orderweave_vendure.connector import VendureConnector
from orderweave_vendure.operations import (
    CHECK,
    LISTED_SKUS,
    LOCATIONS,
    STOCK,
    VARIANTS,
    orders_document,
    orders_page,
    variants_page,
    whole_list_page,
)
from orderweave_vendure.statuses import STATUSES
from tests.systems.vendure.catalog import RIGHTS, STRANGER
from tests.systems.vendure.conftest import RealVendure
from tests.systems.vendure.server import ROOT

pytestmark = pytest.mark.systems
FACETS = VendureConnector.manifest.facets


def call() -> Call:
    """Terms generous enough for a slow machine."""
    return Call.within(60)


def plain(record: Any) -> Any:
    """A record for comparing, raw words included, where 9.90 is 9.9."""

    def tidy(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: tidy(value) for name, value in node.items()}
        if isinstance(node, list | tuple):
            return [tidy(value) for value in node]
        return format(node.normalize(), "f") if isinstance(node, Decimal) else node

    return tidy(msgspec.to_builtins(record, builtin_types=(Decimal,)))


def by_id(records: Sequence[Any]) -> list[Any]:
    """Records for comparing, in order of id."""
    return [plain(record) for record in sorted(records, key=lambda record: int(record.external_id))]


@pytest.mark.parametrize(("by", "count"), [("id", 22), ("number", 22), ("purchaseOrder", 11)])
async def test_lookups(by: str, count: int, asked: Any, simulated: Any, real: RealVendure) -> None:
    """By id, by code and by a custom field both give the same orders, whole, with the same raw words."""
    values = [
        key.value for order in real.world.orders for key in (*order.keys, *order.references) if key.namespace == by
    ]
    assert len(values) == count
    here = await asked.find_orders(keys_of(by, [*values, "987654321"]), FACETS, call())
    there = await simulated.find_orders(keys_of(by, [*values, "987654321"]), FACETS, call())
    assert here.gaps == there.gaps == ()
    assert len(here.records) == len(values)
    assert by_id(here.records) == by_id(there.records)


@pytest.mark.parametrize("facet", sorted(FACETS - {Facet.TRACKING}))
async def test_one_facet(facet: Facet, asked: Any, simulated: Any, real: RealVendure) -> None:
    """Each facet alone is answered by the server, delivered alone, and the same."""
    keys = keys_of("id", [order.external_id for order in real.world.orders])
    here = await asked.find_orders(keys, frozenset({facet}), call())
    there = await simulated.find_orders(keys, frozenset({facet}), call())
    assert {record.delivered() for record in here.records} == {frozenset({facet})}
    assert by_id(here.records) == by_id(there.records)


async def test_what_happened_is_told(asked: Any, real: RealVendure) -> None:
    """What was bought, paid, sent, canceled, changed and given back is what the connector reads, to the cent."""
    keys = keys_of("id", [order.external_id for order in real.world.orders])
    found = {record.external_id: record for record in (await asked.find_orders(keys, FACETS, call())).records}
    for expected in real.world.orders:
        assert comparable(found[expected.external_id]) == comparable(facets_of(expected, FACETS))
        word = next(word for word in found[expected.external_id].statuses if word.axis == "ORDER")
        assert word.raw == next(word.raw for word in expected.statuses if word.axis == "ORDER")


async def test_carts_are_no_orders(asked: Any, real: RealVendure) -> None:
    """A cart that nobody has ordered is found by no key and no search."""
    carts = real.admin.ask("{ orders(options: { filter: { active: { eq: true } } }) { items { id code } } }")["items"]
    assert len(carts) == 1
    keys = [Key("id", carts[0]["id"]), Key("number", carts[0]["code"])]
    assert (await asked.find_orders(keys, frozenset(), call())).records == ()
    assert carts[0]["id"] not in {found[0] for found in await search(asked, real)}


async def test_ids_that_the_database_cannot_hold(asked: Any, real: RealVendure) -> None:
    """A number past the database's range and a word, among ids, find nothing and spoil nothing."""
    known = real.world.orders[0].external_id
    found = await asked.find_orders(keys_of("id", [known, "9" * 20, "nonsense"]), frozenset(), call())
    assert [record.external_id for record in found.records] == [known]


async def test_calls(real: RealVendure) -> None:
    """Twenty orders with every facet, by id, by code and by custom field mixed, take one call."""
    seen: list[str] = []
    made = Connecting(
        VendureConnector, real.settings(), observer=lambda operation, seconds, error: seen.append(operation)
    )
    subject: Any = made.connector
    try:
        await subject.check(call())
        orders = real.world.orders[:20]
        keys = [(*order.keys, *order.references)[number % 3] for number, order in enumerate(orders) if number % 2]
        keys += [order.keys[number % 4 // 2] for number, order in enumerate(orders) if not number % 2]
        seen.clear()
        found = await subject.find_orders(keys, FACETS, call())
        assert {record.external_id for record in found.records} == {order.external_id for order in orders}
        assert seen == ["orders by key"]
    finally:
        await made.close()


async def search(
    subject: Any, real: RealVendure, *conditions: Condition, descending: bool = False, size: int = 7
) -> list[Any]:
    """All pages of the orders up to the world's last: ids, cursors and what was handed back."""
    last = real.world.orders[-1].header
    assert last is not None
    conditions = (*conditions, Condition(SearchField.PLACED_AT, Operator.LTE, (last.placed_at,)))
    found: list[Any] = []
    after: str | None = None
    for _ in range(30):
        page = await subject.search_orders(
            Search(
                conditions=conditions,
                sort=SearchField.PLACED_AT,
                descending=descending,
                size=size,
                after=after,
                facets=frozenset(),
            ),
            call(),
        )
        assert page.gaps == ()
        found += [(hit.record.external_id, hit.cursor, page.remaining) for hit in page.hits]
        if not page.more:
            return found
        after = page.hits[-1].cursor
    raise AssertionError("the search never ends")


@pytest.mark.parametrize("descending", [False, True])
async def test_pages(descending: bool, asked: Any, simulated: Any, real: RealVendure) -> None:
    """Small pages give the same orders with the same cursors, every order once, by when it was placed."""
    here = await search(asked, real, descending=descending)
    assert here == await search(simulated, real, descending=descending)
    ids = [order.external_id for order in real.world.orders]
    assert [found[0] for found in here] == (ids[::-1] if descending else ids)


@pytest.mark.parametrize("field", sorted(VendureConnector.manifest.filters))
async def test_filters(field: SearchField, asked: Any, simulated: Any, real: RealVendure) -> None:
    """Each filter and operator finds the same orders; with what is handed back applied, exactly the right ones."""
    values = sorted({value for order in real.world.orders for value in values_of(order, field)})
    assert values
    chosen = [(values[len(values) // 2],), (values[0], values[-1])]
    if field.endswith("STATUS"):
        chosen.append(("UNKNOWN",))
    for operator in sorted(VendureConnector.manifest.filters[field]):
        for wanted in chosen:
            condition = Condition(field, operator, wanted if operator is Operator.IN else wanted[:1])
            here = await search(asked, real, condition, size=50)
            assert here == await search(simulated, real, condition, size=50), condition
            exact = {order.external_id for order in real.world.orders if order_matches(order, condition)}
            found = {identity for identity, _, _ in here}
            assert found == exact or (found > exact and here[0][2] == (condition,)), condition


@pytest.mark.contracts
async def test_the_published_schema_holds(real: RealVendure) -> None:
    """What the real server answers to the connector's operations is what the vendor's published schema says."""
    contract = load_contract(contract_file("vendure/schema-admin.json"))
    skus = [product.sku for product in real.world.products]
    whole = orders_document(FACETS)
    page = orders_page([], descending=True, skip=0, take=100)
    for document, options in (
        (whole, page),
        (STOCK, variants_page(skus, 0)),
        (VARIANTS, variants_page(skus, 0)),
        (LISTED_SKUS, whole_list_page(0)),
        (LOCATIONS, whole_list_page(0)),
        (CHECK, None),
    ):
        variables: dict[str, Any] = {} if options is None else {"options": options}
        if document is whole:
            variables["entries"] = 0
        data = real.admin.data(document, variables)
        assert payload_problems(contract, document, data, variables, scalars={"Money": "Int"}) == []


async def test_the_status_map_knows_every_state(real: RealVendure) -> None:
    """The states of orders that the server says it has are those that have a meaning."""
    told = real.admin.ask("{ globalSettings { serverConfig { orderProcess { name } } } }", {})
    assert {state["name"] for state in told["serverConfig"]["orderProcess"]} == set(STATUSES.words[Axis.ORDER])


async def test_the_status_map_knows_every_state_of_parts(real: RealVendure) -> None:
    """So are those of payments, refunds and fulfillments, of which the server's own processes are read."""
    states = {name: set(found) for name, found in real.server.states().items()}
    words = {axis: set(found) for axis, found in STATUSES.words.items()}
    assert states["Order"] == words[Axis.ORDER]
    assert states["Payment"] == words[Axis.PAYMENT_PART] == words[Axis.TRANSACTION_KIND]
    assert states["Payment"] | states["Refund"] == words[Axis.TRANSACTION_STATUS]
    assert states["Fulfillment"] == words[Axis.SHIPMENT]


async def test_an_orders_own_stamp_stands_still(real: RealVendure) -> None:
    """Why there is no LIST_CHANGES: an order that was shipped and delivered was last changed before it was placed."""
    delivered = next(order for order in real.world.orders if order.statuses[0].raw == "Delivered")
    assert delivered.header is not None
    assert delivered.header.placed_at is not None
    told = real.admin.ask("query ($id: ID!) { order(id: $id) { updatedAt state } }", {"id": delivered.external_id})
    assert told["state"] == "Delivered"
    assert told["updatedAt"] < delivered.header.placed_at.isoformat()


async def test_stock(asked: Any, simulated: Any, real: RealVendure) -> None:
    """Stock at all places and at one is the same, and what the orders have left; an unknown SKU is absent."""
    skus = sorted({level.sku for level in real.world.stock})
    for places in (None, [real.world.locations[1].external_id]):
        here = await asked.read_stock([*skus, "NO-SUCH-SKU"], places, call())
        there = await simulated.read_stock([*skus, "NO-SUCH-SKU"], places, call())
        assert here.gaps == there.gaps == ()
        assert sorted(map(plain, here.records), key=str) == sorted(map(plain, there.records), key=str)
        expected = [level for level in real.world.stock if not places or level.location.external_id in places]
        assert sorted(map(comparable, here.records)) == sorted(map(comparable, expected))


async def test_products_and_locations(asked: Any, simulated: Any, real: RealVendure) -> None:
    """Products and places are the same, and what was made."""
    skus = [product.sku for product in real.world.products]
    products = await asked.find_products([*skus, "NO-SUCH-SKU"], call())
    assert by_id(products.records) == by_id((await simulated.find_products(skus, call())).records)
    assert by_id(products.records) == by_id(real.world.products)
    locations = await asked.list_locations(call())
    assert by_id(locations.records) == by_id((await simulated.list_locations(call())).records)
    assert by_id(locations.records) == by_id(real.world.locations)


async def test_listed_skus(asked: Any, simulated: Any, real: RealVendure) -> None:
    """The SKUs of everything that was made, in the same order, from both; there is no second page."""
    here, there = await asked.list_skus(None, call()), await simulated.list_skus(None, call())
    assert here == there
    assert (sorted(here.skus), here.after) == (sorted(product.sku for product in real.world.products), None)


async def refusal(real: RealVendure, **account: str) -> str:
    """What the check of a connector with this account is refused with."""
    made = Connecting(VendureConnector, real.server.settings(**account))
    try:
        await made.connector.check(call())
    except FixCredentials as error:
        return str(error)
    finally:
        await made.close()
    raise AssertionError("nothing was refused")


async def test_refusals(real: RealVendure) -> None:
    """A wrong password, a wrong key and a missing right are credentials to fix; what may not be read is named."""
    password = real.catalog.password
    assert await refusal(real, username=STRANGER, password="not-it") == (
        "sign-in: Vendure refuses the username or the password"
    )
    lacking = "check: Vendure refuses the account, or it lacks a right (FORBIDDEN at "
    assert (await refusal(real, username=STRANGER, password=password)).startswith(lacking)
    assert (await refusal(real, api_key="no:key")).startswith(lacking)


async def test_an_api_key_will_do(real: RealVendure, asked: Any) -> None:
    """A key with the same role reads the same."""
    made = Connecting(VendureConnector, real.server.settings(api_key=real.catalog.api_key))
    subject: Any = made.connector
    try:
        keys = keys_of("id", [real.world.orders[0].external_id])
        assert await subject.check(call()) == "channel __default_channel__: all rights"
        here, there = await subject.find_orders(keys, FACETS, call()), await asked.find_orders(keys, FACETS, call())
        assert plain(here) == plain(there)
    finally:
        await made.close()


async def test_a_session_that_has_ended_is_renewed(asked: Any, real: RealVendure) -> None:
    """When the server no longer knows the token, the same call signs in again and goes on."""
    identity = real.world.orders[0].external_id
    await asked.check(call())
    ended = asked._client._session.token
    real.server.sign_out(ended)
    found = await asked.find_orders(keys_of("id", [identity]), frozenset(), call())
    assert [record.external_id for record in found.records] == [identity]
    assert asked._client._session.token != ended


async def test_the_readme_names_the_rights() -> None:
    """The rights under which all of this works are those that the connector's README tells to grant."""
    told = (ROOT / "connectors" / "vendure" / "README.md").read_text()
    assert [right for right in RIGHTS if f"`{right}`" not in told] == []
