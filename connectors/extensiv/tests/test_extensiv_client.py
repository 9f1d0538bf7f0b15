"""Signing in, pages, refusals and exact numbers of calls."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from connectors.extensiv.tests.wire_orders import many
from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.manifest import FACETS
from orderweave_extensiv.payloads import REL_ORDER
from orderweave_extensiv.signing_in import SIGN_IN_PATH
from orderweave_extensiv.simulator import CLIENT_SECRET, ExtensivSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp
from orderweave_sdk.records import Facet, Key, OrderRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest

NOTHING = frozenset[Facet]()
FIRST = "1000001"


@asynccontextmanager
async def connected(settings: dict[str, Any]) -> AsyncIterator[ExtensivConnector]:
    """The connector with these settings."""
    connecting = Connecting(ExtensivConnector, settings)
    try:
        assert isinstance(connecting.connector, ExtensivConnector)
        yield connecting.connector
    finally:
        await connecting.close()


async def ids_found(connector: ExtensivConnector, *ids: str, call: Call | None = None) -> list[str]:
    """The ids that are found among these."""
    found = await connector.find_orders(keys_of("id", ids), NOTHING, call or Call.within(10))
    return [record.external_id for record in found.records]


class LaterClock(SystemClock):
    """A clock that can be put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        """The machine's seconds and those ahead."""
        return super().monotonic() + self.ahead


class SigningIn(ExtensivSimulator):
    """Keeps the requests for tokens, and takes whoever asks."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[SimulatedRequest] = []

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the simulator, but for tokens."""
        if request.path == SIGN_IN_PATH:
            self.asked.append(request)
            return SimulatedAnswer.of({"access_token": self.new_token(), "token_type": "Bearer", "expires_in": 3600})
        return await super().answer(request)


class Odd(ExtensivSimulator):
    """Answers about orders with what it is told to."""

    odd: SimulatedAnswer | None = None

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the simulator, but for orders."""
        if request.path == "/orders" and self.odd is not None:
            return self.odd
        return await super().answer(request)


# --- signing in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"user_login": "lou"}, {"user_login": "lou"}),
        ({"user_login": None, "user_login_id": 12, "tpl": "{guid}"}, {"user_login_id": 12, "tpl": "{guid}"}),
    ],
)
async def test_who_we_are(given: dict[str, Any], sent: dict[str, Any]) -> None:
    """The client stands in the header; the user, and the company where it is given, in the body."""
    async with SigningIn() as simulator, connected({**simulator.settings(), **given}) as connector:
        await ids_found(connector, FIRST)
        (asked,) = simulator.asked
    pair = asked.headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(pair).decode() == f"simulated-client:{CLIENT_SECRET}"
    assert asked.json() == {"grant_type": "client_credentials", **sent}
    assert asked.headers["content-type"] == "application/json"


async def test_callers_share_one_token(simulator: ExtensivSimulator, connector: ExtensivConnector) -> None:
    """Those who come together fetch one between them, it is kept, and the answers asked for are HAL."""
    await asyncio.gather(*(ids_found(connector, FIRST) for _ in range(5)))
    assert await ids_found(connector, FIRST) == [FIRST]
    assert len(simulator.given) == 1
    assert {call.request.headers["accept"] for call in simulator.calls} == {"application/hal+json"}


async def test_a_refused_token_is_renewed_once(simulator: ExtensivSimulator, connector: ExtensivConnector) -> None:
    """Those who lost the same token share the next."""
    await ids_found(connector, FIRST)
    simulator.forget_tokens()
    assert await asyncio.gather(*(ids_found(connector, FIRST) for _ in range(3))) == [[FIRST]] * 3
    assert len(simulator.given) == 1


async def test_a_second_refusal_is_about_rights() -> None:
    """After a fresh token is refused too, only a person can help."""
    async with Odd() as simulator, connected(simulator.settings()) as connector:
        simulator.odd = SimulatedAnswer(status=401)
        with pytest.raises(FixCredentials, match="orders: HTTP 401, the token is refused"):
            await ids_found(connector, FIRST)
        assert (len(simulator.calls), len(simulator.given)) == (2, 2)


async def test_tokens_end_before_they_end(simulator: ExtensivSimulator, connector: ExtensivConnector) -> None:
    """A token is kept for as long as it is good, less a minute, and then fetched anew without a refusal."""
    clock = LaterClock()
    await ids_found(connector, FIRST, call=Call.within(10, clock))
    clock.ahead = simulator.token_seconds - 120
    await ids_found(connector, FIRST, call=Call.within(10, clock))
    assert len(simulator.given) == 1
    clock.ahead = simulator.token_seconds - 30
    assert await ids_found(connector, FIRST, call=Call.within(10, clock)) == [FIRST]
    assert len(simulator.given) == 2
    assert [call.answer.status for call in simulator.calls] == [200, 200, 200]


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"client_secret": "wrong-secret"}, "token: HTTP 401"), ({"user_login": "nobody"}, "token: HTTP 400")],
)
async def test_a_wrong_credential_is_told(settings: dict[str, Any], told: str, simulator: ExtensivSimulator) -> None:
    """Nobody but a person can help, and neither the secret nor the user is in the message."""
    async with connected({**simulator.settings(), **settings}) as connector:
        with pytest.raises(FixCredentials, match=told) as caught:
            await ids_found(connector, FIRST)
    assert not any(value in str(caught.value) for value in settings.values())
    assert simulator.calls == []


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        ({"user_login": "lou"}, []),
        ({"user_login_id": 12, "tpl": "{guid}", "time_zone": "America/Los_Angeles"}, []),
        ({"user_login": "lou", "url": "http://127.0.0.1:80/"}, []),
        ({}, ["give either user_login or user_login_id"]),
        ({"user_login": "lou", "user_login_id": 12}, ["give either user_login or user_login_id"]),
        ({"user_login": "lou", "url": "https://secure-wms.com/orders"}, ["setting url: give the host alone"]),
        ({"user_login": "lou", "client_id": "a:b"}, ["setting client_id: must not hold a colon"]),
        ({"user_login": "lou", "customer_id": 0}, ["setting customer_id: must be at least 1"]),
        ({"user_login": "lou", "time_zone": "Mars/Olympus"}, ["setting time_zone: must be the IANA name"]),
        ({"user_login": "lou", "time_zone": "../etc"}, ["setting time_zone: must be the IANA name"]),
    ],
)
def test_settings(settings: dict[str, Any], problems: list[str]) -> None:
    """One name of the user, a host, ids that can be and a zone that exists; each problem names its key."""
    whole = {"url": "https://secure-wms.com", "client_id": "c", "client_secret": "s", "customer_id": 5, **settings}
    found = ExtensivConnector.problems(whole)
    assert len(found) == len(problems)
    assert all(wanted in told for wanted, told in zip(problems, found, strict=True))


async def test_check_reaches_every_resource(simulator: ExtensivSimulator, connector: ExtensivConnector) -> None:
    """One call to each, of one entry."""
    told = await connector.check(Call.within(10))
    assert told == "customer, orders, items and stock readable, 2 facilities"
    asked = [(call.request.path, dict(call.request.query).get("pgsiz")) for call in simulator.calls]
    assert asked == [
        ("/customers/41", None),
        ("/orders", "1"),
        ("/customers/41/items", "1"),
        ("/inventory/stocksummaries", "1"),
    ]


async def test_an_unknown_customer_is_told(simulator: ExtensivSimulator) -> None:
    """The setting to look at is named."""
    async with connected({**simulator.settings(), "customer_id": 42}) as connector:
        with pytest.raises(
            GiveUp, match="customer: HTTP 404, not there for this credential; see the setting customer_id"
        ):
            await connector.check(Call.within(10))


async def test_the_vendor_s_word_is_passed_on_and_nothing_else() -> None:
    """Of a refusal its code is told; its hint may hold values."""
    async with Odd() as simulator, connected(simulator.settings()) as connector:
        body = {"ErrorCode": "NotParsable", "Hint": "Robin Sample", "Parameters": ["rql"]}
        simulator.odd = SimulatedAnswer.of(body, status=400)
        with pytest.raises(GiveUp) as caught:
            await ids_found(connector, FIRST)
        assert str(caught.value) == "orders: HTTP 400, NotParsable"
        simulator.odd = SimulatedAnswer.of({"ErrorCode": "call Robin: 555-1234"}, status=400)
        with pytest.raises(GiveUp) as caught:
            await ids_found(connector, FIRST)
        assert str(caught.value) == "orders: HTTP 400"


# --- calls and pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["id", "referenceNum", "externalId"])
@pytest.mark.parametrize(("count", "calls"), [(1, 1), (20, 1), (100, 1), (1000, 10)])
async def test_call_counts(
    by: str, count: int, calls: int, connector: ExtensivConnector, simulator: ExtensivSimulator
) -> None:
    """Whatever the look-up and the facets, a hundred orders are one call."""
    world = many(1000)
    simulator.seed(world)
    keys = [key for order in world.orders for key in (*order.keys, *order.references) if key.namespace == by][:count]
    found: list[OrderRecord] = []
    for start in range(0, count, 100):
        orders = await connector.find_orders(keys[start : start + 100], FACETS, Call.within(30))
        assert orders.gaps == ()
        found += orders.records
    assert len({record.external_id for record in found}) == len(found) == count
    assert len(simulator.calls) == calls


async def test_long_values_take_more_calls(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """A batch of very long numbers is split, and each order still comes once."""
    orders = [
        msgspec.structs.replace(order, references=(Key("referenceNum", f"{'long number ' * 8}{n}"),))
        for n, order in enumerate(many(50).orders)
    ]
    simulator.seed(msgspec.structs.replace(many(0), orders=tuple(orders)))
    keys = [order.references[0] for order in orders]
    found = await connector.find_orders(keys, NOTHING, Call.within(30))
    assert sorted(record.external_id for record in found.records) == [order.external_id for order in orders]
    assert len(simulator.calls) == 5  # ten of 165 bytes each, as the address writes them


async def test_one_order_found_twice_comes_once(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """By its id and by its number, in one call."""
    simulator.seed(many(3))
    keys = [Key("id", FIRST), Key("referenceNum", "#EU-100001"), Key("externalId", "5000000002")]
    found = await connector.find_orders(keys, NOTHING, Call.within(10))
    assert [record.external_id for record in found.records] == [FIRST, "1000002"]
    assert len(simulator.calls) == 1


async def test_what_cannot_be_a_key_is_not_asked_for(
    connector: ExtensivConnector, simulator: ExtensivSimulator
) -> None:
    """A word is no id, and would make the vendor refuse the ids beside it; without a key there is no call."""
    assert await ids_found(connector, "S000012", FIRST, "99999999999", "-1", "²") == [FIRST]
    assert len(simulator.calls) == 1
    found = await connector.find_orders([Key("id", "S1"), Key("poNum", " ")], NOTHING, Call.within(10))
    assert (found.records, found.gaps, len(simulator.calls)) == ((), (), 1)


@pytest.mark.parametrize(
    ("facets", "detail"),
    [
        (NOTHING, {"detail": "None"}),
        (frozenset({Facet.HEADER, Facet.HOLDS}), {"detail": "None"}),
        (frozenset({Facet.LINES}), {"detail": "OrderItems"}),
        (frozenset({Facet.ADDRESSES}), {"detail": "Contacts"}),
        (FACETS, {"detail": "OrderItems,Packages,Contacts", "itemdetail": "Allocations"}),
    ],
)
async def test_only_what_is_needed_is_asked_for(
    facets: frozenset[Facet], detail: dict[str, str], connector: ExtensivConnector, simulator: ExtensivSimulator
) -> None:
    """An answer holds what the facets need; and only the customer's own orders are looked at."""
    await connector.find_orders([Key("id", FIRST)], facets, Call.within(10))
    query = dict(simulator.calls[0].request.query)
    assert {name: value for name, value in query.items() if "detail" in name} == detail
    assert query["rql"] == "readOnly.orderId=in=(1000001);readOnly.customerIdentifier.id==41"


async def test_a_number_that_many_carry_is_read_on(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """Page by page, ten at most; what is still missing is a gap."""
    orders = [msgspec.structs.replace(each, references=(Key("poNum", "STOCK"),)) for each in many(1201).orders]
    simulator.seed(msgspec.structs.replace(many(0), orders=tuple(orders[:250])))
    found = await connector.find_orders([Key("poNum", "STOCK")], NOTHING, Call.within(30))
    assert (len(found.records), found.gaps, len(simulator.calls)) == (250, (), 3)
    simulator.seed(msgspec.structs.replace(many(0), orders=tuple(orders)))
    found = await connector.find_orders([Key("poNum", "STOCK")], NOTHING, Call.within(30))
    assert len(found.records) == 1000
    assert [gap.reason for gap in found.gaps] == ["orders: more than 1000 found, the rest was left out"]


async def test_pages_that_do_not_add_up() -> None:
    """An empty page where there should be more is no answer."""
    async with Odd() as simulator, connected(simulator.settings()) as connector:
        simulator.odd = SimulatedAnswer.of({"totalResults": 300, "_embedded": {REL_ORDER: []}})
        with pytest.raises(BadPayload, match="orders: an empty page where there are more entries"):
            await ids_found(connector, FIRST)
        simulator.odd = SimulatedAnswer.of({"totalResults": 0})
        assert await ids_found(connector, FIRST) == []
