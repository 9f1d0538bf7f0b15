"""The connector asked of a real Tryton server gives what it gives when asked of the simulator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.conditions import values_of
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.errors import FixCredentials, GiveUp
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Capability, Operator, SearchField
from orderweave_sdk.records import Axis, Facet
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.manifest import STATUSES
from tests.systems.tryton.conftest import RealTryton
from tests.systems.tryton.rights import PASSWORD, READABLE, READER, STRANGER
from tests.systems.tryton.server import ROOT

pytestmark = pytest.mark.systems
FACETS = TrytonConnector.manifest.facets


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


@pytest.mark.parametrize("by", sorted(TrytonConnector.manifest.lookups))
async def test_lookups(by: str, asked: Any, simulated: Any, real: RealTryton) -> None:
    """By id, number and reference both give the same orders, whole, with the same raw words."""
    values = [
        key.value for order in real.world.orders for key in (*order.keys, *order.references) if key.namespace == by
    ]
    assert len(values) >= 25
    here = await asked.find_orders(keys_of(by, [*values, "987654321"]), FACETS, call())
    there = await simulated.find_orders(keys_of(by, [*values, "987654321"]), FACETS, call())
    assert here.gaps == there.gaps == ()
    assert len(here.records) == len(values)
    assert by_id(here.records) == by_id(there.records)


@pytest.mark.parametrize("facet", sorted(FACETS))
async def test_one_facet(facet: Facet, asked: Any, simulated: Any, real: RealTryton) -> None:
    """Each facet alone is answered by the server, delivered alone, and the same."""
    values = [order.external_id for order in real.world.orders]
    here = await asked.find_orders(keys_of("id", values), frozenset({facet}), call())
    there = await simulated.find_orders(keys_of("id", values), frozenset({facet}), call())
    assert {record.delivered() for record in here.records} == {frozenset({facet})}
    assert by_id(here.records) == by_id(there.records)


async def test_the_world_comes_back(asked: Any, real: RealTryton) -> None:
    """What was put into the server is what the connector reads of it, but for the raw words."""
    values = [order.external_id for order in real.world.orders]
    found = await asked.find_orders(keys_of("id", values), FACETS, call())
    told = {order.external_id: facets_of(order, FACETS) for order in real.world.orders}
    for record in found.records:
        expected = told[record.external_id]
        assert record.keys == expected.keys
        assert record.references == expected.references
        assert record.updated_at == expected.updated_at
        assert plain(record.header) == plain(expected.header)
        assert plain(record.lines) == plain(expected.lines)
        assert {(word.axis, word.normalized) for word in record.statuses} == {
            (word.axis, word.normalized) for word in expected.statuses
        }


async def test_calls(real: RealTryton) -> None:
    """Twenty sales by reference with lines, invoices and shipments take one call, and one more with returns."""
    seen: list[str] = []
    made = Connecting(
        TrytonConnector,
        real.server.settings(user=READER, password=PASSWORD),
        observer=lambda operation, seconds, error: seen.append(operation),
    )
    try:
        await made.connector.check(call())
        values = [order.references[0].value for order in real.world.orders][:20]
        for facets, expected in ((FACETS - {Facet.RETURNS}, 1), (FACETS, 2)):
            seen.clear()
            finding = capability(made.connector, Capability.FIND_ORDERS)
            found = await finding.find_orders(keys_of("reference", values), facets, call())
            assert (len(found.records), len(seen)) == (20, expected)
    finally:
        await made.close()


async def search(subject: Any, sort: SearchField, *conditions: Condition, descending: bool = False) -> list[Any]:
    """All pages: ids, cursors and what was handed back."""
    found: list[Any] = []
    after: str | None = None
    for _ in range(20):
        page = await subject.search_orders(
            Search(conditions=conditions, sort=sort, descending=descending, size=7, after=after, facets=frozenset()),
            call(),
        )
        assert page.gaps == ()
        found += [(hit.record.external_id, hit.cursor, page.remaining) for hit in page.hits]
        if not page.more:
            return found
        after = page.hits[-1].cursor
    raise AssertionError("the search never ends")


@pytest.mark.parametrize("sort", sorted(TrytonConnector.manifest.sorts))
@pytest.mark.parametrize("descending", [False, True])
async def test_sorts(sort: SearchField, descending: bool, asked: Any, simulated: Any, real: RealTryton) -> None:
    """Small pages give the same orders with the same cursors; returns are not among them, the draft is."""
    here = await search(asked, sort, descending=descending)
    assert here == await search(simulated, sort, descending=descending)
    assert {hit[0] for hit in here} == {order.external_id for order in real.world.orders}


@pytest.mark.parametrize("field", sorted(TrytonConnector.manifest.filters))
async def test_filters(field: SearchField, asked: Any, simulated: Any, real: RealTryton) -> None:
    """Each filter and operator finds the same orders, for a known value, two of them, and a word of no meaning."""
    values = sorted({value for order in real.world.orders for value in values_of(order, field)})
    assert values
    chosen = [(values[len(values) // 2],), (values[0], values[-1])]
    if field.endswith("STATUS"):
        chosen.append(("UNKNOWN",))
    for operator in sorted(TrytonConnector.manifest.filters[field]):
        many = operator in (Operator.IN, Operator.NOT_IN)
        for wanted in chosen:
            condition = Condition(field, operator, wanted if many else wanted[:1])
            here = await search(asked, SearchField.PLACED_AT, condition)
            assert here == await search(simulated, SearchField.PLACED_AT, condition), condition


async def changes(
    subject: Any, cursor: str | None, terms: Call, since: datetime | None = None
) -> tuple[str, list[Any]]:
    """All changes since a cursor or a moment, and the next cursor."""
    seen: list[Any] = []
    for _ in range(20):
        found = await subject.list_changes(cursor, since, FACETS, terms)
        assert found.gaps == ()
        seen += found.records
        cursor = found.cursor
        if not found.more:
            return found.cursor, seen
    raise AssertionError("the changes never end")


async def test_changes_from_the_start(asked: Any, simulated: Any, real: RealTryton) -> None:
    """From the start both list every order, the draft that was never changed among them."""
    here = {record.external_id: record for record in (await changes(asked, None, call()))[1]}
    there = {record.external_id: record for record in (await changes(simulated, None, call()))[1]}
    assert here.keys() == there.keys() == {order.external_id for order in real.world.orders}
    assert by_id(list(here.values())) == by_id(list(there.values()))


class AnHourOn(SystemClock):
    """A clock ahead of the server's, so that what was listed a moment ago is not listed again."""

    def now(self) -> datetime:
        """An hour from now."""
        return datetime.now(UTC) + timedelta(hours=1)


async def test_a_package_brings_its_order(asked: Any, real: RealTryton) -> None:
    """A tracking number put on a package does not touch the sale, and yet the sale is listed with it."""
    terms = Call.within(60, AnHourOn())
    cursor, _ = await changes(asked, None, terms, since=datetime(2026, 1, 1, tzinfo=UTC))
    cursor, again = await changes(asked, cursor, terms)
    shipped = next(order for order in real.world.orders if order.fulfillment and order.fulfillment.shipments)
    assert shipped.fulfillment is not None
    package = shipped.fulfillment.shipments[0].packages[0]
    number = package.tracking_number
    assert shipped.external_id not in {record.external_id for record in again}

    real.server.call("model.stock.package.write", [int(package.external_id or 0)], {"shipping_reference": "NEW"}, {})
    try:
        _, seen = await changes(asked, cursor, terms)
        (record,) = [record for record in seen if record.external_id == shipped.external_id]
        assert record.fulfillment.shipments[0].packages[0].tracking_number == "NEW"
        assert record.updated_at == shipped.updated_at
    finally:
        values = {"shipping_reference": number}
        real.server.call("model.stock.package.write", [int(package.external_id or 0)], values, {})


async def test_receipts(asked: Any, simulated: Any, real: RealTryton) -> None:
    """What suppliers are to bring comes back as it was put in, late and undated lines too. What the stock of this world
    is brought to its forecast with comes today, and says that the forecast has it.
    """
    skus = sorted({receipt.sku for receipt in real.world.receipts})
    here = await asked.read_receipts([*skus, "NO-SUCH-SKU"], call())
    there = await simulated.read_receipts([*skus, "NO-SUCH-SKU"], call())
    assert here.gaps == there.gaps == ()
    later = [receipt for receipt in here.records if not receipt.counted]
    assert by_id(later) == by_id(there.records) == by_id(real.world.receipts)
    stamps = {receipt.expected_at for receipt in here.records if receipt.counted}
    assert len(stamps) == 1
    (today,) = stamps
    assert today is not None
    assert today.date() == SystemClock().now().date()


async def test_stock(asked: Any, simulated: Any, real: RealTryton) -> None:
    """Stock at all places and at one is the same; an unknown SKU is absent."""
    skus = sorted({level.sku for level in real.world.stock})
    for places in (None, [real.world.locations[1].external_id]):
        here = await asked.read_stock([*skus, "NO-SUCH-SKU"], places, call())
        there = await simulated.read_stock([*skus, "NO-SUCH-SKU"], places, call())
        assert here.gaps == there.gaps == ()
        assert len(here.records) == len(skus) * (1 if places else len(real.world.locations))
        assert sorted(map(plain, here.records), key=str) == sorted(map(plain, there.records), key=str)


async def test_products_and_locations(asked: Any, simulated: Any, real: RealTryton) -> None:
    """Products and warehouses are the same."""
    skus = [product.sku for product in real.world.products]
    products = await asked.find_products(skus, call())
    assert len(products.records) == len(skus)
    assert by_id(products.records) == by_id((await simulated.find_products(skus, call())).records)
    locations = await asked.list_locations(call())
    assert len(locations.records) == len(real.world.locations)
    assert by_id(locations.records) == by_id((await simulated.list_locations(call())).records)


async def refusal(real: RealTryton, **settings: str) -> Exception:
    """What the check of a connector with these settings raises."""
    base = real.server.settings(user=READER, password=PASSWORD)
    made = Connecting(TrytonConnector, base | settings)
    try:
        await made.connector.check(call())
    except (FixCredentials, GiveUp) as error:
        return error
    finally:
        await made.close()
    raise AssertionError("nothing was refused")


async def test_refusals(real: RealTryton) -> None:
    """A wrong password and a missing right are credentials to fix; the right is named."""
    wrong = await refusal(real, password="not-the-password")
    assert isinstance(wrong, FixCredentials)
    assert str(wrong) == "sign-in: HTTP 401, the credentials are refused or lack a right"
    lacking = await refusal(real, user=STRANGER)
    assert isinstance(lacking, FixCredentials)
    assert str(lacking) == 'search of sale.sale: You are not allowed to access "Sale".'


async def test_a_dropped_session_is_renewed(asked: Any, real: RealTryton) -> None:
    """When the server has forgotten the session, the same call signs in again and goes on."""
    identity = real.world.orders[0].external_id
    await asked.check(call())
    dropped = asked._client._session
    real.server.sign_out(dropped)
    found = await asked.find_orders(keys_of("id", [identity]), frozenset(), call())
    assert [record.external_id for record in found.records] == [identity]
    assert asked._client._session != dropped


async def test_the_readme_names_the_rights(asked: Any) -> None:
    """The rights under which all of this works are those that the connector's README tells to grant."""
    told = (ROOT / "connectors" / "tryton" / "README.md").read_text()
    assert [model for model in READABLE if f"`{model}`" not in told] == []
    assert await asked.check(call())


async def test_the_status_map_knows_every_state(asked: Any) -> None:
    """Each word of the server's own selections has a meaning, on every axis, and no other word has one."""

    async def states(model: str, field: str) -> set[str]:
        told = await asked._client._call(f"model.{model}.fields_get", [[field], {}], "fields", call())
        return {word for word, _ in msgspec.json.decode(told)[field]["selection"]}

    sale, goods, bill = (
        await states("sale.sale", "state"),
        await states("sale.sale", "shipment_state"),
        await states("sale.sale", "invoice_state"),
    )
    words = {axis: set(mapped) for axis, mapped in STATUSES.words.items()}
    assert words[Axis.ORDER] == sale
    assert words[Axis.FULFILLMENT] == goods
    assert {word.removesuffix("/to invoice") for word in words[Axis.INVOICE]} == bill
    assert words[Axis.RETURN] == (sale - {"processing"}) | {f"processing/{word}" for word in goods}
    shipment = await states("stock.shipment.out", "state")
    assert words[Axis.FULFILLMENT_ORDER] == shipment
    assert words[Axis.SHIPMENT] <= shipment
    assert words[Axis.INVOICE_DOCUMENT] == await states("account.invoice", "state")
