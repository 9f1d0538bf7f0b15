"""Which orders exist for a caller, and that what does not looks exactly like what nobody knows."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from orderweave.answering.errors import RequestError
from orderweave.answering.order_page import page_of
from orderweave.answering.visibility import is_visible
from orderweave.matching import KeyReader, match
from orderweave.model.filters import Filter
from orderweave.model.ids import encode_cursor, encode_id
from orderweave.model.rights import Caller, Owned, Rights, Scope
from orderweave.model.systems import ReferenceRule
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.planning.authority import Authority
from orderweave.planning.needs import needs_of
from orderweave.schema import Context
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Company, Customer, Key, OrderRecord, Person, SystemKind
from tests.unit.businesses import business, fetched, record, system
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FakeSystem, Woven, weave

ADA, BEN = "ada@example.com", "ben@example.com"
SCOPES = frozenset(Scope)


def owner(*emails: str, customers: tuple[Key, ...] = (), companies: tuple[Key, ...] = ()) -> Rights:
    """A caller who sees orders of these alone."""
    owned = Owned(emails=frozenset(emails), customers=frozenset(customers), companies=frozenset(companies))
    return Rights(scopes=SCOPES, owned=owned)


TWO = business(
    system("shop", SystemKind.STOREFRONT, number_pattern=r"\d{4}", captures_orders=True),
    system("erp", SystemKind.ERP, references=(ReferenceRule(field="reference", names=("shop:number",)),)),
)


def said(email: str | None = None, customer: str | None = None, company: str | None = None) -> Customer:
    """What a record says of its customer."""
    return Customer(
        person=Person(external_id=customer, email=email) if email or customer else None,
        company=Company(external_id=company) if company else None,
    )


def visible(rights: Rights, shop_says: Customer | None, erp_says: Customer | None) -> bool:
    """Whether an order that shop and ERP know exists for the caller."""
    records = [
        fetched("shop", record("a1", "1001", customer=shop_says)),
        fetched("erp", record("e1", "SO1", references={"reference": "1001"}, customer=erp_says)),
    ]
    (group,) = match(records, TWO, KeyReader(TWO))
    assert len(group.members) == 2
    return is_visible(group, rights, Authority(TWO), frozenset())


@pytest.mark.parametrize(
    ("rights", "shop_says", "erp_says", "seen"),
    [
        (owner(ADA), said(ADA), None, True),
        (owner(ADA), said(" ADA@Example.com"), None, True),
        (owner(BEN, ADA), None, said(ADA), True),
        (owner(ADA), said(BEN), None, False),
        (owner(ADA), None, None, False),
        (owner(), said(None, "7"), None, False),
        # The shop is believed about the customer: what the ERP says against it gives nobody a right.
        (owner(ADA), said(BEN), said(ADA), False),
        (owner(customers=(Key("erp", "55"),)), said(BEN), said(ADA, "55"), False),
        (owner(customers=(Key("erp", "55"),)), said(ADA), said(ADA, "55"), True),
        (owner(customers=(Key("erp", "55"),)), said(ADA), said(None, "55"), True),
        (owner(customers=(Key("shop", "7"),)), said(BEN, "7"), said(ADA), True),
        # Ids are a system's own: the same one in another is somebody else's.
        (owner(customers=(Key("erp", "7"),)), said(BEN, "7"), None, False),
        (owner(companies=(Key("shop", "c1"),)), said(BEN, "7", "c1"), None, True),
        (owner(companies=(Key("shop", "c2"),)), said(BEN, "7", "c1"), None, False),
        (owner(companies=(Key("shop", "7"),)), said(BEN, "7", "c1"), None, False),
        (owner(customers=(Key("shop", "c1"),)), said(BEN, "7", "c1"), None, False),
        # An address that nobody verified is no key, and no address is nobody's.
        (owner(""), said(None, "7"), None, False),
    ],
)
def test_whose_order_it_is(rights: Rights, shop_says: Customer | None, erp_says: Customer | None, seen: bool) -> None:
    """By the believed customer's e-mail address, or an id of a system that does not contradict it."""
    assert visible(rights, shop_says, erp_says) is seen
    assert visible(Rights(scopes=SCOPES), shop_says, erp_says)


def mixed() -> tuple[Woven, dict[str, FakeSystem]]:
    """Orders of two people in a shop, mirrored by an ERP, and one that only the ERP has."""
    systems = {
        "shop": shop(
            [
                order("a1", "#1001", hours=1, email=ADA, customer_id="7"),
                order("a2", "#1002", hours=2, email=BEN, customer_id="8"),
                order("a3", "#1003", hours=3, email=ADA, customer_id="7"),
                order("a4", "#1004", hours=4),
            ]
        ),
        "erp": erp(
            [
                order("e1", "SO501", reference=("reference", "1001"), invoice="I1"),
                # The ERP has it under the name of somebody whose it is not.
                order("e2", "SO502", reference=("reference", "1002"), invoice="I2", email=ADA, customer_id="55"),
                order("e9", "SO509", hours=5, email=BEN, customer_id="80"),
            ]
        ),
        "wms": wms([order("w2", "W-2", reference=("order_number", "1002"), tracking="T2")]),
    }
    return weave(*systems.values()), systems


async def ask(woven: Woven, query: str, rights: Rights, **variables: Any) -> dict[str, Any]:
    """The answer to a caller with these rights."""
    caller = Caller(name="caller", role="customer", rights=rights)
    request = Request(query=query, variables=variables)
    return (await Operations(woven.schema).run(request, Context(woven.gateway, caller=caller))).document()


FIELDS = "number totals { total { amount } } invoices { number } shipments { status } sources { system }"
LOOK_UPS = {
    "order by number": (f'{{ found: order(by: {{number: "%s"}}) {{ {FIELDS} }} }}', ("#1002", "#9999")),
    "order by the ERP's number": (f'{{ found: order(by: {{number: "%s"}}) {{ {FIELDS} }} }}', ("SO502", "SO999")),
    "order by key": (
        f'{{ found: order(by: {{key: {{namespace: "erp:reference", value: "%s"}}}}) {{ {FIELDS} }} }}',
        ("1002", "9999"),
    ),
    "order by id": (
        f'{{ found: order(by: {{id: "%s"}}) {{ {FIELDS} }} }}',
        (encode_id("Order", "shop:number", "1002"), encode_id("Order", "shop:number", "9999")),
    ),
    "node": (
        f'{{ found: node(id: "%s") {{ id ... on Order {{ {FIELDS} }} }} }}',
        (encode_id("Order", "shop:number", "1002"), encode_id("Order", "shop:number", "9999")),
    ),
    "customer by e-mail": (
        f'{{ found: customer(by: {{email: "%s"}}) {{ name orders {{ nodes {{ {FIELDS} }} }} }} }}',
        (BEN, "nobody@example.com"),
    ),
    "customer by id": (
        f'{{ found: customer(by: {{id: "%s"}}) {{ name orders {{ nodes {{ {FIELDS} }} }} }} }}',
        (encode_id("Customer", "shop", "8"), encode_id("Customer", "shop", "999")),
    ),
    "filter by number": (
        '{ found: orders(filter: {number: {eq: "%s"}}) { nodes { number } pageInfo { hasNextPage endCursor } } }',
        ("#1002", "#9999"),
    ),
}


@pytest.mark.parametrize("down", [(), ("erp",), ("wms",), ("shop",), ("erp", "wms")], ids="+".join)
@pytest.mark.parametrize("look_up", LOOK_UPS)
async def test_hidden_is_like_unknown(look_up: str, down: tuple[str, ...]) -> None:
    """The answer about another's order is, to the byte, that about one that nobody has; also while systems fail."""
    query, (hidden, unknown) = LOOK_UPS[look_up]
    answers = []
    for name in (hidden, unknown):
        woven, systems = mixed()
        for system_name in down:
            systems[system_name].error = Unreachable(f"{system_name} is off")
        answers.append(await ask(woven, query % name, owner(ADA)))
    assert answers[0] == answers[1]
    assert "1002" not in str(answers[0])


async def test_own_orders_are_whole() -> None:
    """What is the caller's is answered as to anybody, by whatever name."""
    woven, _ = mixed()
    everybody = Rights(scopes=SCOPES)
    for by in ('{number: "1001"}', '{number: "SO501"}', '{key: {namespace: "shop:id", value: "a1"}}'):
        query = f"{{ order(by: {by}) {{ {FIELDS} }} }}"
        mine = await ask(woven, query, owner(ADA))
        assert mine == await ask(woven, query, everybody)
        assert mine["data"]["order"]["invoices"] == [{"number": "I1"}]


async def test_lists_hold_own_orders_alone() -> None:
    """A list is searched for the owner's orders where a system can search so; pages and cursors are of these alone."""
    woven, systems = mixed()
    page_of = "nodes { number } pageInfo { hasNextPage endCursor }"
    query = f"query Q($after: String) {{ orders(first: 1, after: $after) {{ {page_of} }} }}"
    numbers, after = [], None
    while True:
        page = (await ask(woven, query, owner(ADA), after=after))["data"]["orders"]
        numbers += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert numbers == ["#1003", "#1001"]
    searches = [call.search for call in systems["shop"].asked("search") if call.search]
    assert {str(condition.values) for search in searches for condition in search.conditions[:1]} == {f"('{ADA}',)"}


async def test_one_who_has_several_names_sees_each_order_once() -> None:
    """By an id and an address that are both theirs, one search each, and no order twice."""
    woven, systems = mixed()
    rights = owner(ADA, customers=(Key("shop", "7"),))
    answer = await ask(woven, "{ orders { nodes { number } coverage { complete } } }", rights)
    assert [node["number"] for node in answer["data"]["orders"]["nodes"]] == ["#1003", "#1001"]
    assert len(systems["shop"].asked("search")) == 2


async def test_a_company_sees_its_orders() -> None:
    """No system can be searched by company: all orders are looked at, and those of the company are left."""
    orders: list[OrderRecord] = []
    for number in range(1, 41):
        made = order(f"a{number}", f"#{1000 + number}", hours=number, email=f"p{number}@example.com")
        if number % 20 == 0:
            made = with_company(made, "c1")
        orders.append(made)
    woven = weave(shop(orders))
    rights = owner(companies=(Key("shop", "c1"),))
    answer = await ask(woven, "{ orders(first: 5) { nodes { number } coverage { complete } } }", rights)
    assert answer["data"]["orders"] == {
        "nodes": [{"number": "#1040"}, {"number": "#1020"}],
        "coverage": {"complete": True},
    }


async def test_a_company_learns_nothing_of_other_people() -> None:
    """A list by somebody's address is the same whether they bought hundreds of times or never; of the company's own
    people it has every page, and says of both that it may not be whole.
    """
    others = [order(f"b{number}", f"#{number}", hours=number / 10, email=BEN) for number in range(2000, 2600)]
    own = [with_company(order(f"a{number}", f"#{number}", hours=-number, email=ADA), "c1") for number in range(1, 4)]
    woven = weave(shop([*others, *own]))
    query = """query ($email: String!, $after: String) { orders(first: 2, after: $after,
      filter: {customerEmail: {eq: $email}}) { nodes { number } pageInfo { hasNextPage endCursor }
      coverage { complete sources { truncated error } } } }"""
    rights = owner(companies=(Key("shop", "c1"),))
    answers = [await ask(woven, query, rights, email=email) for email in (BEN, "nobody@example.com")]
    assert answers[0] == answers[1]
    assert answers[0]["data"]["orders"] == {
        "nodes": [],
        "pageInfo": {"hasNextPage": False, "endCursor": None},
        "coverage": {"complete": False, "sources": [{"truncated": True, "error": None}]},
    }
    whole = query.replace("{ number }", "{ number shipments { number } }")
    told = []
    for email in (BEN, "nobody@example.com"):
        house = wms()
        watched = weave(shop([*others, *own]), house)
        house.error = Unreachable("wms is off")
        told.append(await ask(watched, whole, rights, email=email))
    assert told[0] == told[1]
    first = (await ask(woven, query, rights, email=ADA))["data"]["orders"]
    after = first["pageInfo"]["endCursor"]
    last = (await ask(woven, query, rights, email=ADA, after=after))["data"]["orders"]
    assert [node["number"] for page in (first, last) for node in page["nodes"]] == ["#1", "#2", "#3"]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, last)] == [True, False]


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        (owner(ADA), ("something of its answer could not be read", "its part is not whole")),
        (Rights(scopes=SCOPES), ("totals: no number (record of-ben)",) * 2),
    ],
    ids=["owner", "staff"],
)
async def test_the_words_of_a_failing_system(rights: Rights, told: tuple[str, str]) -> None:
    """What a system says of records that cannot be read is told to staff; an owner is told that there are such."""
    woven, systems = mixed()
    systems["shop"].gaps = (Gap("totals: no number", external_id="of-ben"),)
    query = """{ orders { coverage { sources { error } } }
      order(by: {number: "#1001"}) { freshness { missing { message } } } }"""
    data = (await ask(woven, query, rights))["data"]
    assert data["order"]["freshness"]["missing"] == [{"message": told[0]}]
    assert data["orders"]["coverage"]["sources"][0] == {"error": told[1]}


async def test_look_ups_are_named_to_staff() -> None:
    """A namespace that is none: which there are is told to who may see the systems."""
    query = '{ order(by: {key: {namespace: "x:y", value: "1"}}) { number } }'
    woven, _ = mixed()
    staff = await ask(woven, query, Rights(scopes=frozenset(Scope)))
    other = await ask(woven, query, msgspec.structs.replace(owner(ADA), scopes=SCOPES - {Scope.SYSTEMS}))
    assert "erp:reference" in staff["errors"][0]["message"]
    assert other["errors"][0]["message"] == "namespace must be a system and one of its look-ups, such as erp:number"


def with_company(made: OrderRecord, company: str) -> OrderRecord:
    """The order, bought for a company."""
    assert made.customer is not None
    customer = Customer(person=made.customer.person, company=Company(external_id=company))
    return msgspec.structs.replace(made, customer=customer)


async def test_a_cursor_tells_nothing_of_others() -> None:
    """Where a page is cut among orders of others, its cursor names an instant and none of them."""
    orders = [order(f"secret{number}", f"#{number}", hours=-number, email=BEN) for number in range(1000, 2300)]
    there = shop(orders)
    bounds = there.manifest.filters[SearchField.PLACED_AT]
    there.manifest = msgspec.structs.replace(there.manifest, filters={SearchField.PLACED_AT: bounds})
    woven = weave(there)
    query = "{ orders(first: 1) { nodes { number } pageInfo { hasNextPage endCursor } } }"
    page = (await ask(woven, query, owner(ADA)))["data"]["orders"]
    assert page["nodes"] == []
    assert page["pageInfo"]["hasNextPage"]
    assert b"secret" not in base64.urlsafe_b64decode(page["pageInfo"]["endCursor"] + "==")


@pytest.mark.parametrize("external_id", ["a2", "a999"], ids=["another's order", "nobody's"])
async def test_a_cursor_that_was_computed_opens_nothing(external_id: str) -> None:
    """Whoever works out the checksum may begin a list at any place. It is that of no order which the list would not
    show: the answer is the same where another's order stands at the place as where nobody's does.
    """
    woven, _ = mixed()
    list_of = page_of(1, None, None, None, filter=Filter(), sort=SearchField.PLACED_AT, descending=True)
    cursor = encode_cursor(list_of.cursor_kind, (NOON + timedelta(hours=2)).isoformat(), "shop", external_id)
    query = "query Q($after: String) { orders(first: 9, after: $after) { nodes { number } pageInfo { hasNextPage } } }"
    answer = await ask(woven, query, owner(ADA), after=cursor)
    assert answer == {"data": {"orders": {"nodes": [{"number": "#1001"}], "pageInfo": {"hasNextPage": False}}}}


async def test_an_ambiguous_number_names_own_orders_alone() -> None:
    """Two orders with one number, one of them the caller's: for the caller there is one."""
    woven = weave(
        shop([order("a1", "#1001", email=ADA)], name="shop"),
        shop([order("b1", "#1001", email=BEN)], name="shop-eu"),
    )
    query = '{ order(by: {number: "1001"}) { customer { email } } }'
    (error,) = (await ask(woven, query, Rights(scopes=SCOPES)))["errors"]
    assert error["extensions"]["code"] == "AMBIGUOUS"
    assert (await ask(woven, query, owner(ADA)))["data"] == {"order": {"customer": {"email": ADA}}}


async def test_the_same_rule_below_the_schema() -> None:
    """Whoever asks the gateway's methods under an owner's terms is bound alike; the schema adds nothing."""
    woven, _ = mixed()
    call = woven.gateway.call(rights=owner(ADA))
    needs = needs_of(["Order.number"])
    assert await woven.gateway.order_by_number("1002", needs, call) is None
    found = await woven.gateway.order_by_number("1001", needs, call)
    assert found is not None
    assert (found.number, found.customer) == ("#1001", None)
    with pytest.raises(RequestError, match="you may not filter by CUSTOMER_EMAIL") as caught:
        await woven.gateway.customer(ADA, {}, needs, woven.gateway.call(rights=Rights(scopes=SCOPES, masked=True)))
    assert caught.value.code == "FORBIDDEN"
