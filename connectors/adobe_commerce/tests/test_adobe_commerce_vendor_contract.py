"""Every request and every answer, held against the OpenAPI documents that Adobe publishes."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orderweave_adobe_commerce.connector import AdobeCommerceConnector
from orderweave_adobe_commerce.manifest import FACETS
from orderweave_adobe_commerce.simulator import ACCESS_TOKEN, ADMIN, AdobeCommerceCloudSimulator, AdobeCommerceSimulator
from orderweave_sdk.aiohttp_transport import AiohttpTransport
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import FixCredentials
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.openapi_contract import OpenapiContract, load_openapi
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.transport import Request

pytestmark = pytest.mark.contracts

# Partial answers are documented for all resources at once, not in these files.
_PARTIAL = frozenset({"fields"})
_EVERY_RESOURCE = (
    "orders",
    "shipments",
    "invoices",
    "creditmemos",
    "transactions",
    "returns",
    "inventory/source-items",
    "inventory/sources",
    "products",
)
_SALABLE = "inventory/export-stock-salable-qty/website/base"
_MOMENT = datetime(2026, 3, 2, tzinfo=UTC)
_CONDITIONS = (
    Condition(SearchField.NUMBER, Operator.IN, ("1001", "10,02")),
    Condition(SearchField.PLACED_AT, Operator.GTE, (_MOMENT,)),
    Condition(SearchField.UPDATED_AT, Operator.GT, (_MOMENT,)),
    Condition(SearchField.STATUS, Operator.IN, ("OPEN", "FAILED")),
    Condition(SearchField.CURRENCY, Operator.EQ, ("USD",)),
    Condition(SearchField.CUSTOMER_EMAIL, Operator.EQ, ("robin1@example.com",)),
    Condition(SearchField.CUSTOMER_ID, Operator.EQ, ("3000001",)),
    Condition(SearchField.TOTAL, Operator.GT, (Decimal(1),)),
)


def paas() -> OpenapiContract:
    """Adobe Commerce 2.4.9 on PaaS, for the scope of all store views."""
    path = contract_file("adobe-commerce/admin-schema-2.4.9.yaml")
    return load_openapi(path, bases=("/rest/all",), sparse=_PARTIAL)


def saas() -> OpenapiContract:
    """Adobe Commerce as a Cloud Service, behind the tenant's id."""
    path = contract_file("adobe-commerce/accs-schema.yaml")
    return load_openapi(path, bases=(AdobeCommerceCloudSimulator.prefix,), sparse=_PARTIAL)


async def use_everything(simulator: AdobeCommerceSimulator) -> None:
    """Every capability, with every facet and with none, in both amounts."""
    for amounts in ("base", "order"):
        simulator.put(_SALABLE, [{"sku": "TEA-GREEN-100", "qty": 1.5, "is_salable": True}])
        settings = {**simulator.settings(), "amounts": amounts, "store_ids": "1,2", "website": "base"}
        connecting = Connecting(AdobeCommerceConnector, settings)
        connector, call = connecting.connector, Call.within(30)
        assert isinstance(connector, AdobeCommerceConnector)
        await connector.check(call)
        ids = [order.external_id for order in simulator.world.orders]
        for facets in (FACETS, *(frozenset({facet}) for facet in FACETS), frozenset[Facet]()):
            some = ids if facets == FACETS else ids[7:9]
            assert (await connector.find_orders(keys_of("id", some), facets, call)).gaps == ()
        await connector.find_orders(keys_of("number", ["1001", "10,02"]), FACETS, call)
        await connector.list_changes(None, _MOMENT, frozenset(), call)
        for descending in (False, True):
            search = Search(
                conditions=_CONDITIONS,
                sort=SearchField.UPDATED_AT,
                descending=descending,
                size=2,
                after="2026-03-02 00:00:00/1000001",
                facets=FACETS,
            )
            await connector.search_orders(search, call)
        await connector.read_stock([level.sku for level in simulator.world.stock], ["source-1"], call)
        await connector.find_products([product.sku for product in simulator.world.products], call)
        await connector.list_locations(call)
        listed = await connector.list_skus(None, call)
        assert sorted(listed.skus) == sorted({level.sku for level in simulator.world.stock})
        assert (await connector.list_skus(listed.skus[-2], call)).skus == listed.skus[-1:]
        await connecting.close()


async def test_paas(shop: AdobeCommerceSimulator) -> None:
    """All that is sent to the PaaS, and all that its simulator answers, is in Adobe's document."""
    await use_everything(shop)
    assert len(shop.calls) == 98
    assert paas().calls_problems(shop.calls) == []


async def test_saas(cloud: AdobeCommerceCloudSimulator) -> None:
    """All that is sent to the SaaS, and all that its simulator answers, is in Adobe's document for it."""
    await use_everything(cloud)
    assert len(cloud.calls) == 98
    assert saas().calls_problems(cloud.calls) == []


@pytest.mark.parametrize("path", _EVERY_RESOURCE)
async def test_whole_answers(path: str, shop: AdobeCommerceSimulator) -> None:
    """Not only what is asked for: all that the simulator says of its documents, with all that is required of them."""
    headers = {"authorization": f"Bearer {ACCESS_TOKEN}"}
    query = "?searchCriteria%5BpageSize%5D=20"
    transport = AiohttpTransport(connections=1)
    await transport.send(
        Request(method="GET", url=f"{shop.url}/rest/all/V1/{path}{query}", headers=headers, body=None),
        seconds=10,
        max_bytes=10**7,
    )
    await transport.close()
    (call,) = shop.calls
    assert b'"total_count":0' not in call.answer.body or path == "creditmemos"
    assert paas().calls_problems(shop.calls) == []


class SignIns(AdobeCommerceSimulator):
    """Remembers how it was asked for tokens, and what it said."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[tuple[SimulatedRequest, SimulatedAnswer]] = []

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the vendor."""
        answer = await super().answer(request)
        if self.signs_in(request):
            self.exchanges.append((request, answer))
        return answer


async def test_admin_sign_in() -> None:
    """The connector's request for an admin's token and the token are as in Adobe's document; the same for a refusal."""
    async with SignIns() as shop:
        shop.seed(sample_world(shop.external_id))
        for password in (ADMIN["password"], "another"):
            who = {"url": shop.url, "username": ADMIN["username"], "password": password}
            connecting = Connecting(AdobeCommerceConnector, who)
            with nullcontext() if password == ADMIN["password"] else pytest.raises(FixCredentials):
                await connecting.connector.check(Call.within(10))
            await connecting.close()
    assert shop.exchanges[0][1].status == 200
    assert {answer.status for _, answer in shop.exchanges[1:]} == {401}
    for request, answer in shop.exchanges:
        assert paas().request_problems(request) == []
        assert paas().answer_problems(request, answer) == []


async def test_refusals(shop: AdobeCommerceSimulator) -> None:
    """What the simulator says when it refuses has the shape of the vendor's errors."""
    request = SimulatedRequest(method="GET", path="/rest/all/V1/orders", query=(), headers={}, body=b"")
    answer = await shop.answer(request)
    assert answer.status == 401
    assert paas().answer_problems(request, answer) == []


def test_the_contract_is_not_easily_pleased() -> None:
    """An unknown field, a wrong type and a missing field would have been found."""
    asked = SimulatedRequest(method="GET", path="/rest/all/V1/orders", query=(), headers={}, body=b"")
    order = {"base_grand_total": "1.00", "customer_email": "a@example.com", "items": [], "color": "red"}
    answer = SimulatedAnswer.of({"items": [order], "search_criteria": {"filter_groups": []}, "total_count": 1})
    assert sorted(paas().answer_problems(asked, answer)) == [
        ".items[0].base_grand_total: number expected",
        ".items[0]: 'grand_total' is missing",
        ".items[0]: color: not in the contract",
    ]
