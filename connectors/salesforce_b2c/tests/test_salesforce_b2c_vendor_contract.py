"""Every request and every answer, held against the OpenAPI documents that Salesforce publishes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
import yaml

from orderweave_salesforce_b2c.connector import SalesforceB2cConnector
from orderweave_salesforce_b2c.manifest import MANIFEST
from orderweave_salesforce_b2c.mapping import CHANNELS, order_record
from orderweave_salesforce_b2c.payloads import OrderPayload
from orderweave_salesforce_b2c.signing_in import ACCOUNT_MANAGER, ACCOUNT_MANAGER_PATH, slas_path, tenant_scope
from orderweave_salesforce_b2c.simulator import ORDERS, SalesforceB2cSimulator
from orderweave_salesforce_b2c.statuses import STATUSES
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import FixCredentials
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis, Facet
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.openapi_contract import OpenapiContract, load_openapi
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import LoggedCall, SimulatedAnswer, SimulatedRequest

from .wire_orders import wire

pytestmark = pytest.mark.contracts

_MOMENT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
_CONDITIONS = (
    Condition(SearchField.PLACED_AT, Operator.GTE, (_MOMENT,)),
    Condition(SearchField.UPDATED_AT, Operator.LT, (datetime(2026, 12, 1, tzinfo=UTC),)),
    Condition(SearchField.STATUS, Operator.IN, ("OPEN", "CANCELED")),
    Condition(SearchField.PAYMENT_STATUS, Operator.IN, ("PAID", "AUTHORIZED")),
    Condition(SearchField.FULFILLMENT_STATUS, Operator.EQ, ("UNFULFILLED",)),
)


def document(name: str) -> OpenapiContract:
    """One of Salesforce's documents, at the path of its server."""
    base = {
        "orders": "/checkout/orders/v1",
        "products": "/product/products/v1",
        "shopper-availability": "/product/shopper-availability/v1",
    }
    return load_openapi(contract_file(f"salesforce-b2c/{name}-oas-v1-public.yaml"), bases=(base[name],))


def problems(calls: list[LoggedCall]) -> list[str]:
    """What is wrong with these calls, each held against the document that it belongs to."""
    of = {
        "order by number": "orders",
        "orders": "orders",
        "products": "products",
        "availability": "shopper-availability",
    }
    found = []
    for name in sorted({of[call.operation] for call in calls}):
        those = [call for call in calls if of[call.operation] == name]
        found += document(name).calls_problems(those) if name != "products" else product_problems(those)
    return found


# The document closes its search schemas against any property but those of their own, and so against all that they are
# put together of: nothing fits them, its own examples neither.
_CLOSED = "more than the contract's properties"


def product_problems(calls: list[LoggedCall]) -> list[str]:
    """The same for searches of products: as a whole but for what closes the schemas, and then part by part."""
    contract = document("products")
    found = [problem for problem in contract.calls_problems(calls) if not problem.endswith(_CLOSED)]
    for call in calls:
        answer = json.loads(call.answer.body)
        found += contract.value_problems("/components/schemas/SearchRequest", call.request.json())
        paging = {name: value for name, value in answer.items() if name not in ("hits", "query")}
        found += contract.value_problems("/components/schemas/PaginatedResultBase", paging)
        found += contract.value_problems("/components/schemas/Query", answer["query"])
        for hit in answer["hits"]:
            found += contract.value_problems("/components/schemas/Product", hit)
    return found


def test_the_document_of_products_contradicts_itself() -> None:
    """The one exemption has its reason: the request and the answer that the document shows do not fit it either."""
    examples = raw_document("products")["components"]["examples"]
    for example, schema in (
        ("ProductSearchRequestBody", "ProductSearchRequest"),
        ("ProductSearchResult", "ProductSearchResult"),
    ):
        shown = json.loads(json.dumps(examples[example]["value"], default=str))
        told = document("products").value_problems(f"/components/schemas/{schema}", shown)
        assert [problem for problem in told if problem.endswith(_CLOSED)] == [f"the whole: {_CLOSED}"]


async def test_all_that_is_sent_and_answered(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """Every capability, with all that can be asked, and orders of every shape of the samples."""
    call = Call.within(30)
    await connector.check(call)
    ids = [order.external_id for order in site.world.orders]
    for start in (0, 20):
        found = await connector.find_orders(keys_of("id", ids[start : start + 20]), MANIFEST.facets, call)
        assert found.gaps == ()
    await connector.find_orders(keys_of("number", ["nobody's", "a/b ?#é"]), MANIFEST.facets, call)
    await connector.list_changes(None, _MOMENT, frozenset(), call)
    for sort in sorted(MANIFEST.sorts):
        for descending in (False, True):
            search = Search(
                conditions=_CONDITIONS,
                sort=sort,
                descending=descending,
                size=2,
                after="2026-03-03T10:00:00.000Z/1003",
                facets=MANIFEST.facets,
            )
            await connector.search_orders(search, call)
    await connector.read_stock([level.sku for level in site.world.stock][:24], None, call)
    await connector.find_products([product.sku for product in site.world.products], call)
    assert (await connector.list_skus(None, call)).skus
    assert {c.operation for c in site.calls} == {"order by number", "orders", "products", "availability"}
    assert len(site.calls) == 38
    assert problems(site.calls) == []


async def test_orders_of_the_vendors_own_making(
    connector: SalesforceB2cConnector, site: SalesforceB2cSimulator
) -> None:
    """The orders from which the mapping is proven are orders by the contract."""
    site.put_orders(wire())
    assert (
        len((await connector.find_orders(keys_of("id", ["00000410"]), frozenset(Facet), Call.within(10))).records) == 1
    )
    assert problems(site.calls) == []


async def test_a_site_that_is_none(site: SalesforceB2cSimulator) -> None:
    """The refusal has the shape of the vendor's errors, and 404 is the contract's status for it."""
    site.given["token"] = frozenset({"sfcc.orders"})
    headers = {"authorization": "Bearer token"}
    for path in (ORDERS, f"{ORDERS}/1001"):
        request = SimulatedRequest(method="GET", path=path, query=(("siteId", "Other"),), headers=headers, body=b"")
        answer = await site.answer(request)
        assert answer.status == 404
        assert document("orders").answer_problems(request, answer) == []


class SignIns(SalesforceB2cSimulator):
    """Remembers how it was asked for tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, dict[str, str]] = {}

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the vendor."""
        if self.signs_in(request):
            self.asked[request.path] = dict(parse_qsl(request.body.decode()))
        return await super().answer(request)


async def test_sign_ins() -> None:
    """Tokens are asked for where the documents say, by the flow that they name, with scopes that they have for what is
    read. They say no more of it: no document describes the exchange itself.
    """
    async with SignIns() as site:
        site.seed(sample_world(site.external_id))
        connecting = Connecting(SalesforceB2cConnector, site.settings())
        await connecting.connector.check(Call.within(10))
        await connecting.close()
    organization = str(site.settings()["organization_id"])
    admin, shopper = site.asked[ACCOUNT_MANAGER_PATH], site.asked[slas_path(organization)]
    assert len(site.asked) == 2
    assert admin["grant_type"] == shopper["grant_type"] == "client_credentials"
    scopes = set(admin["scope"].split()) - {tenant_scope(organization)}
    needed = set()
    for name, path, method, scheme in (
        ("orders", "/organizations/{organizationId}/orders", "get", "AmOAuth2"),
        ("orders", "/organizations/{organizationId}/orders/{orderNo}", "get", "AmOAuth2"),
        ("products", "/organizations/{organizationId}/product-search", "post", "AmOAuth2"),
    ):
        told = raw_document(name)
        flow = told["components"]["securitySchemes"][scheme]["flows"]["clientCredentials"]
        assert flow["tokenUrl"] == ACCOUNT_MANAGER + ACCOUNT_MANAGER_PATH
        (allowed,) = (set(each[scheme]) for each in told["paths"][path][method]["security"] if scheme in each)
        (scope,) = scopes & allowed
        assert scope in flow["scopes"]
        needed.add(scope)
    assert needed == scopes
    schemes = raw_document("shopper-availability")["components"]["securitySchemes"]
    flow = schemes["ShopperToken"]["flows"]["clientCredentials"]
    assert urlsplit(flow["tokenUrl"]).path == slas_path("{organizationId}")
    assert "sfcc.shopper-availability" in flow["scopes"]


def words_of(schema: str) -> set[str]:
    """The vendor's words of one schema of the Orders API."""
    return set(raw_document()["components"]["schemas"][schema]["enum"])


def raw_document(name: str = "orders") -> dict[str, Any]:
    """A document as it stands."""
    path = contract_file(f"salesforce-b2c/{name}-oas-v1-public.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def test_the_status_map_is_total() -> None:
    """Each word that the contract documents has a meaning, and each word of the map is the vendor's own at heart."""
    said = {axis: {word.partition(",")[0] for word in words} for axis, words in STATUSES.words.items()}
    assert said[Axis.ORDER] == words_of("OrderStatus")
    assert said[Axis.PAYMENT] == said[Axis.PAYMENT_PART] == words_of("OrderPaymentStatus")
    assert said[Axis.FULFILLMENT] == words_of("OrderShippingStatus")
    shipment = raw_document()["components"]["schemas"]["Shipment"]["properties"]["shippingStatus"]["enum"]
    assert said[Axis.FULFILLMENT_ORDER] == set(shipment)
    assert STATUSES.problems() == []


def test_every_channel_type_has_a_kind() -> None:
    """And no other word has one."""
    assert set(CHANNELS) == set(raw_document()["components"]["schemas"]["Order"]["properties"]["channelType"]["enum"])


def test_the_vendors_own_example_is_read() -> None:
    """The order that the document shows as an example comes out whole."""
    (example,) = raw_document()["components"]["examples"]["OrdersGet"]["value"]["data"]
    body = json.dumps(example, default=str).encode()
    record = order_record(msgspec.json.decode(body, type=OrderPayload), MANIFEST.facets)
    assert record.delivered() == MANIFEST.facets
    assert (record.key("number"), record.header and record.header.currency) == ("00000410", "USD")


def test_the_contract_is_not_easily_pleased() -> None:
    """An unknown parameter, a limit past the most, an order without its number and a wrong type would be found."""
    asked = SimulatedRequest(
        method="GET",
        path=ORDERS,
        query=(("siteId", "RefArch"), ("limit", "201"), ("orderNo", "1")),
        headers={},
        body=b"",
    )
    answer = SimulatedAnswer.of({"data": [{"orderTotal": "1.00"}]})
    assert len(document("orders").request_problems(asked)) == 2
    assert len(document("orders").answer_problems(asked, answer)) == 2


async def test_refused_scopes(site: SalesforceB2cSimulator, connector: SalesforceB2cConnector) -> None:
    """A product search that may not be made is refused in the contract's own status."""
    site.given.clear()
    request = SimulatedRequest(
        method="POST",
        path="/product/products/v1/organizations/f_ecom_zzxy_prd/product-search",
        query=(),
        headers={"content-type": "application/json"},
        body=b'{"query":{"termQuery":{"fields":["id"],"operator":"one_of","values":["A"]}},"limit":200}',
    )
    answer = await site.answer(request)
    assert answer.status == 401
    assert document("products").answer_problems(request, answer) == []
    site.scopes.discard("sfcc.products")
    with pytest.raises(FixCredentials, match="sign-in at Account Manager"):
        await connector.find_products(["A"], Call.within(10))
