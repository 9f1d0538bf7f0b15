"""Signing in at both doors, refusals, one call an order, and exact numbers of calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from orderweave_salesforce_b2c.connector import SalesforceB2cConnector
from orderweave_salesforce_b2c.manifest import MANIFEST
from orderweave_salesforce_b2c.simulator import PRODUCTS, SalesforceB2cSimulator
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.capabilities import Skus
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.errors import (
    BadPayload,
    CapabilityNotDeclared,
    FixCredentials,
    GiveUp,
    Retry,
    Wait,
)
from orderweave_sdk.manifest import Capability
from orderweave_sdk.metering import Quota
from orderweave_sdk.records import Facet, Key, OrderRecord, ProductRecord
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.world import World

from .wire_orders import wire

NOTHING = frozenset[Facet]()
FIRST, SECOND = "1001", "1002"


@asynccontextmanager
async def connected(settings: dict[str, Any]) -> AsyncIterator[SalesforceB2cConnector]:
    """The connector with these settings."""
    connecting = Connecting(SalesforceB2cConnector, settings)
    try:
        assert isinstance(connecting.connector, SalesforceB2cConnector)
        yield connecting.connector
    finally:
        await connecting.close()


async def numbers(connector: SalesforceB2cConnector, *asked: str, call: Call | None = None) -> list[str]:
    """The numbers of what is found among these."""
    found = await connector.find_orders(keys_of("number", asked), NOTHING, call or Call.within(10))
    return [record.external_id for record in found.records]


class LaterClock(SystemClock):
    """A clock that can be put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        """The machine's seconds and those ahead."""
        return super().monotonic() + self.ahead


# --- signing in ----------------------------------------------------------------------------------------------------


async def test_one_token_for_all(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """Callers that come together share one token of Account Manager, asked for the tenant and two scopes."""
    await asyncio.gather(*(numbers(connector, FIRST) for _ in range(5)))
    assert await numbers(connector, FIRST, SECOND) == [FIRST, SECOND]
    assert list(site.given.values()) == [
        frozenset({"SALESFORCE_COMMERCE_API:zzxy_prd", "sfcc.orders", "sfcc.products"})
    ]


async def test_a_token_ends_before_it_ends(site: SalesforceB2cSimulator) -> None:
    """A token is kept for as long as is said, less a minute, and then fetched anew without a refusal."""
    clock = LaterClock()
    async with connected(site.settings()) as connector:
        await numbers(connector, FIRST, call=Call.within(10, clock))
        clock.ahead = site.token_seconds - 70
        await numbers(connector, FIRST, call=Call.within(10, clock))
        assert len(site.given) == 1
        clock.ahead = site.token_seconds - 50
        assert await numbers(connector, FIRST, call=Call.within(10, clock)) == [FIRST]
        assert len(site.given) == 2
    assert [call.answer.status for call in site.calls] == [200, 200, 200]


async def test_a_refused_token_is_renewed_once(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """A fan-out whose token was taken back shares the next one: each request is sent twice at most."""
    await numbers(connector, FIRST)
    site.forget_tokens()
    before = len(site.calls)
    asked = [str(1000 + n) for n in range(1, 11)]
    assert await numbers(connector, *asked) == asked
    assert len(site.given) == 1
    assert 10 < len(site.calls) - before <= 20


async def test_a_client_that_stays_refused(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """A second refusal is about rights: nobody but a person can help."""
    await numbers(connector, FIRST)
    before = len(site.calls)
    await site.fail(Fault.UNAUTHORIZED)
    with pytest.raises(FixCredentials, match="order by number: HTTP 401"):
        await numbers(connector, FIRST)
    assert len(site.calls) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_secret": "wrong-secret"}, "sign-in at Account Manager: HTTP 401"),
        (
            {"organization_id": "f_ecom_abcd_001"},
            "sign-in at Account Manager: HTTP 400, the client or one of its scopes",
        ),
    ],
)
async def test_a_sign_in_that_is_refused(changed: dict[str, str], said: str, site: SalesforceB2cSimulator) -> None:
    """A wrong password, and a tenant that the client may not see; no secret is in the message."""
    async with connected({**site.settings(), **changed}) as connector:
        with pytest.raises(FixCredentials, match=said) as caught:
            await numbers(connector, FIRST)
    assert "wrong-secret" not in str(caught.value)


async def test_the_shoppers_door_is_another(site: SalesforceB2cSimulator) -> None:
    """Availability signs in at SLAS; a refusal there leaves orders readable, and the check says what is silent."""
    async with connected({**site.settings(), "slas_client_secret": "wrong"}) as connector:
        assert await connector.check(Call.within(10)) == "orders readable; no answer: availability"
        with pytest.raises(FixCredentials, match="sign-in at SLAS"):
            await connector.read_stock(["TEA-GREEN-100"], None, Call.within(10))
        assert await numbers(connector, FIRST) == [FIRST]


async def test_without_products_and_stock(site: SalesforceB2cSimulator) -> None:
    """A client without the scope of products asks for none; what is not set up is not declared, and refused."""
    site.scopes.discard("sfcc.products")
    settings = {name: value for name, value in site.settings().items() if not name.startswith(("slas", "inventory"))}
    async with connected({**settings, "products": False}) as connector:
        call = Call.within(10)
        assert await connector.check(call) == "orders readable"
        reading = connector.find_products(["A"], call), connector.read_stock(["A"], None, call)
        for refused in (*reading, connector.list_skus(None, call)):
            with pytest.raises(CapabilityNotDeclared):
                await refused
    manifest = SalesforceB2cConnector.narrowed({**settings, "products": False})
    lacking = {Capability.FIND_PRODUCTS, Capability.READ_STOCK, Capability.LIST_SKUS}
    assert MANIFEST.capabilities - manifest.capabilities == lacking
    assert manifest.problems() == []
    without_stock = SalesforceB2cConnector.narrowed(settings)
    assert MANIFEST.capabilities - without_stock.capabilities == {Capability.READ_STOCK, Capability.LIST_SKUS}


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({}, []),
        ({"organization_id": "zzxy_prd"}, ["organization_id: must be f_ecom_"]),
        ({"organization_id": "f_ecom_zzxy_s01"}, []),
        ({"site_id": "s" * 33}, ["site_id: must have 1 to 32"]),
        ({"slas_client_id": "c"}, ["slas_client_secret: is needed beside slas_client_id", "inventory_ids: is needed"]),
        ({"inventory_ids": "a,b"}, ["slas_client_id: is needed", "slas_client_secret: is needed"]),
        ({"slas_client_id": "c", "slas_client_secret": "s", "inventory_ids": "a"}, []),
    ],
)
def test_settings(changed: dict[str, Any], problems: list[str]) -> None:
    """Ids as the contract has them, and all or nothing for stock; each problem names its key."""
    settings = {"organization_id": "f_ecom_zzxy_prd", "site_id": "RefArch", **changed}
    found = SalesforceB2cConnector.problems(settings)
    assert len(found) == len(problems)
    assert all(wanted in told for wanted, told in zip(problems, found, strict=True))


# --- one call an order ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", MANIFEST.lookups)
@pytest.mark.parametrize(("count", "questions", "calls"), [(1, 1, 1), (20, 1, 20), (1000, 50, 1000)])
async def test_call_counts(  # noqa: PLR0917 - the table's columns and the fixtures
    by: str, count: int, questions: int, calls: int, connector: SalesforceB2cConnector, site: SalesforceB2cSimulator
) -> None:
    """The vendor has no list by numbers: so many orders cost so many calls, in questions of twenty; ids are numbers."""
    site.seed(World(orders=many(count)))
    keys = keys_of(by, [str(1000 + n) for n in range(1, count + 1)])
    batches = packed(keys, MANIFEST)
    assert len(batches) == questions
    await connector.check(Call.within(10))
    before, found = len(site.calls), 0
    for batch in batches:
        found += len((await connector.find_orders(batch, MANIFEST.facets, Call.within(30))).records)
    assert (found, len(site.calls) - before) == (count, calls)


def many(count: int) -> tuple[OrderRecord, ...]:
    """So many orders, with numbers from 1001 on."""
    sample = sample_world(SalesforceB2cSimulator.external_id).orders
    return tuple(
        msgspec.structs.replace(sample[n % len(sample)], external_id=number, keys=(Key("id", number),), header=None)
        for n in range(count)
        for number in [str(1001 + n)]
    )


async def test_a_number_is_asked_for_once(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """An id and a number are the same thing here: what is asked for twice costs one call and comes once."""
    await connector.check(Call.within(10))
    before = len(site.calls)
    keys = (Key("id", FIRST), Key("number", FIRST), Key("number", SECOND))
    found = await connector.find_orders(keys, NOTHING, Call.within(10))
    assert [record.external_id for record in found.records] == [FIRST, SECOND]
    assert len(site.calls) - before == 2


async def test_what_can_be_no_number_is_not_asked_for(
    connector: SalesforceB2cConnector, site: SalesforceB2cSimulator
) -> None:
    """Nothing that is blank, too long, or a way out of the path; what only looks odd is asked for, and absent."""
    assert await numbers(connector, "", "  ", ".", "..", "9" * 51) == []
    assert site.calls == []
    assert await numbers(connector, "../../x", "a/b?c=1#d", " 1001") == []
    assert [call.detail for call in site.calls] == ["../../x", "a/b?c=1#d", " 1001"]
    assert {call.operation for call in site.calls} == {"order by number"}


async def test_a_site_that_is_none_is_no_missing_order(site: SalesforceB2cSimulator) -> None:
    """Both are 404; only one of them says that there is no such order."""
    async with connected({**site.settings(), "site_id": "Other"}) as connector:
        with pytest.raises(GiveUp, match=r"^order by number: HTTP 404, site-not-found$"):
            await numbers(connector, FIRST)


@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.THROTTLED, Wait), (Fault.SERVER_ERROR, Retry), (Fault.FOREIGN_JSON, BadPayload)]
)
async def test_one_failure_ends_the_fan_out(
    fault: Fault, error: type[Exception], connector: SalesforceB2cConnector, site: SalesforceB2cSimulator
) -> None:
    """The first failure is what is raised, by what one can do, and none of the others stays on its way."""
    await connector.check(Call.within(10))
    await site.fail(fault)
    with pytest.raises(error):
        await numbers(connector, *(str(1000 + n) for n in range(1, 21)))
    assert [task for task in asyncio.all_tasks() if "Client.order" in repr(task)] == []


async def test_an_unreadable_order_is_a_gap(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """The others still come, and the gap names the order and none of its values."""
    site.put_orders(wire(orderNo=FIRST), wire(orderNo=SECOND, currency={"secret": 1}), wire(orderNo="1003"))
    found = await connector.find_orders(keys_of("id", [FIRST, SECOND, "1003"]), MANIFEST.facets, Call.within(10))
    assert [record.external_id for record in found.records] == [FIRST, "1003"]
    assert [(gap.external_id, "secret" in gap.reason) for gap in found.gaps] == [(SECOND, False)]


class Ledger:
    """A meter that lets everything through and notes what was paid for what."""

    def __init__(self) -> None:
        self.paid: list[tuple[str, float]] = []

    async def take(self, price: float, call: Call, *, operation: str) -> None:
        """See `Meter`."""
        self.paid.append((operation, price))

    def done(self, price: float) -> None:
        """See `Meter`."""

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Meter`: Salesforce tells nothing of it."""
        raise AssertionError


async def test_every_request_is_paid(site: SalesforceB2cSimulator) -> None:
    """Each request is one of the 4,000 a minute, whatever it reads; three of a fan-out are three; tokens are free."""
    limit = MANIFEST.rate_limit
    assert limit is not None
    assert limit.burst + 60 * limit.per_second == pytest.approx(4000)
    ledger = Ledger()
    connecting = Connecting(SalesforceB2cConnector, site.settings(), meter=ledger)
    connector, call = connecting.connector, Call.within(10)
    assert isinstance(connector, SalesforceB2cConnector)
    await numbers(connector, FIRST, SECOND, "1003")
    await connector.list_changes(None, None, NOTHING, call)
    await connector.read_stock(["TEA-GREEN-100"], None, call)
    await connector.find_products(["TEA-GREEN-100"], call)
    await connecting.close()
    assert ledger.paid == [
        ("sign-in at Account Manager", 0),
        *[("order by number", 1)] * 3,
        ("orders", 1),
        ("sign-in at SLAS", 0),
        ("availability", 1),
        ("products", 1),
    ]


# --- goods ---------------------------------------------------------------------------------------------------------


async def test_stock_is_asked_five_lists_at_a_time(site: SalesforceB2cSimulator) -> None:
    """Twenty-four products and any number of lists: a call for each five, and none for lists that are not named."""
    lists = [f"list-{n}" for n in range(1, 8)]
    async with connected({**site.settings(), "inventory_ids": ", ".join(lists)}) as connector:
        reading = capability(connector, Capability.READ_STOCK)
        await reading.read_stock([f"SKU-{n}" for n in range(24)], None, Call.within(10))
        assert [dict(call.detail)["inventoryIds"] for call in site.calls] == [
            "list-1,list-2,list-3,list-4,list-5",
            "list-6,list-7",
        ]
        for skus, places in ((["A"], ["elsewhere"]), (["A"], []), ([], None)):
            assert (await reading.read_stock(skus, places, Call.within(10))).records == ()
        assert len(site.calls) == 2
        with pytest.raises(GiveUp, match="more values than one batch takes"):
            await reading.read_stock(["A"] * 25, None, Call.within(10))


class Renamed(SalesforceB2cSimulator):
    """Tells a number for the id of the product T007, and no hits beyond the third page."""

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the vendor, but for these."""
        answer = await super().answer(request)
        if request.path == PRODUCTS and request.json()["offset"] < 600:
            return msgspec.structs.replace(answer, body=answer.body.replace(b'"id":"T007"', b'"id":7'))
        return answer if request.path != PRODUCTS else SimulatedAnswer.of({"hits": [], "total": 1000})


async def test_skus_are_the_ids_of_all_products() -> None:
    """Two hundred a call, by offset; one that cannot be read is a gap, and no hits where there are more no end."""
    async with Renamed() as site:
        names = [f"T{n:03d}" for n in range(202)]
        site.seed(World(products=tuple(ProductRecord(external_id=name, sku=name) for name in reversed(names))))
        async with connected(site.settings()) as connector:
            first = await connector.list_skus(None, Call.within(10))
            second = await connector.list_skus(first.after, Call.within(10))
            with pytest.raises(BadPayload, match="products: an empty page where there are more"):
                await connector.list_skus("600", Call.within(10))
            with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
                await connector.list_skus("T200", Call.within(10))
        assert [call.operation for call in site.calls] == ["products"] * 3
    assert (first.skus, first.after) == ((*names[:7], *names[8:200]), "200")
    assert [gap.reason for gap in first.gaps] == ["product: Expected `str`, got `int` - at `$.id`"]
    assert second == Skus(skus=("T200", "T201"), after=None)


async def test_products_are_one_call(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """A hundred at once; none asked for is none sent."""
    assert (await connector.find_products([], Call.within(10))).records == ()
    assert site.calls == []
    found = await connector.find_products(["CUP-GLASS-2", *(f"NO-{n}" for n in range(99))], Call.within(10))
    assert [product.external_id for product in found.records] == ["CUP-GLASS-2"]
    assert len(site.calls) == 1
    with pytest.raises(GiveUp, match="more values than one batch takes"):
        await connector.find_products(["A"] * 101, Call.within(10))
