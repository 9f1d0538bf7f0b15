"""A customer, by e-mail address or by id, with their orders over all channels."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from orderweave.answering.customer import by_email
from orderweave.answering.errors import RequestError
from orderweave.answering.order_page import OrderList, page_of
from orderweave.model.codes import Code
from orderweave.model.filters import Filter
from orderweave.model.ids import encode_id
from orderweave.model.order import Customer as MergedCustomer
from orderweave.planning.needs import Needs
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Company, Customer, Facet
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import FILTERS, Woven, weave

PLACED = SearchField.PLACED_AT
NEEDS = Needs(facets=frozenset({Facet.HEADER, Facet.CUSTOMER}))


def business() -> Woven:
    """Ada bought twice at the shop and once at the ERP's desk, for a company; Bob once."""
    desk = order("e1", "SO1", hours=2, email="Ada@Example.com", customer_id="77")
    assert desk.customer is not None
    person = desk.customer.person
    desk = msgspec.structs.replace(desk, customer=Customer(person=person, company=Company(name="Cafe Inc")))
    return weave(
        shop(
            [
                order("a1", "1001", hours=1, email="ada@example.com", customer_id="c1"),
                order("a2", "1002", hours=3, email="ada@example.com", customer_id="c1"),
                order("b1", "1003", hours=4, email="bob@example.com", customer_id="c2"),
            ]
        ),
        erp([desk]),
    )


def of_many() -> Woven:
    """Ada bought 25 times at one shop."""
    return weave(
        shop(
            [
                order(f"a{number}", f"10{number:02}", hours=number, email="ada@example.com", customer_id="c1")
                for number in range(25)
            ]
        )
    )


def page(size: int, email: str = "ada@example.com") -> OrderList:
    """A page of the customer's orders."""
    return page_of(size, None, None, None, filter=by_email(email), sort=SearchField.PLACED_AT, descending=True)


async def find(
    woven: Woven, email: str = "ada@example.com", pages: dict[str, OrderList] | None = None
) -> MergedCustomer | None:
    """The customer with these pages."""
    return await woven.gateway.customer(email, pages or {}, NEEDS, woven.gateway.call())


async def test_by_email_over_all_channels() -> None:
    """Ada's orders of shop and desk are one list, newest first, in whichever case her address is asked and kept."""
    found = await find(business(), "Ada@Example.com", pages={"x": page(10, "Ada@Example.com")})
    assert found is not None
    assert (found.id, found.name, found.email) == (encode_id("Customer", "shop", "c1"), "Ada", "ada@example.com")
    ((name, orders),) = found.pages
    assert name == "x"
    assert [node.number for node in orders.nodes] == ["1002", "SO1", "1001"]
    assert [node.company.name for node in orders.nodes if node.company] == ["Cafe Inc"]
    assert orders.coverage.complete


async def test_each_page_asked_is_read() -> None:
    """Two pages under two names are two pages."""
    found = await find(business(), pages={"one": page(1), "all": page(5)})
    assert found is not None
    assert [(name, len(orders.nodes)) for name, orders in found.pages] == [("one", 1), ("all", 2)]


def listed(size: int, **told: Any) -> OrderList:
    """A page of Ada's orders that may begin elsewhere, go backward or be filtered."""
    asked: dict[str, Any] = {"first": size, "after": None, "last": None, "before": None, "descending": True, **told}
    wanted = asked.pop("filter", Filter())
    ada = Filter(conditions=by_email("ada@example.com").conditions, every=(wanted,))
    paging = [asked.pop(name) for name in ("first", "after", "last", "before")]
    return page_of(*paging, **asked, filter=ada, sort=PLACED)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"descending": False},
        {"filter": Filter(conditions=(Condition(SearchField.NUMBER, Operator.NE, ("1012",)),))},
    ],
    ids=["newest first", "oldest first", "filtered"],
)
async def test_pages_that_differ_in_size_are_read_as_one(told: dict[str, Any]) -> None:
    """Each page is what it would be if it were asked for alone, and together they cost what the greatest costs."""
    sizes = (1, 3, 8, 20, 25, 30)
    woven = of_many()
    alone = {}
    for size in sizes:
        woven.fakes["shop"].calls.clear()
        found = await find(woven, pages={"": listed(size, **told)})
        assert found is not None
        alone[str(size)] = found.pages[0][1]
    greatest = len(woven.fakes["shop"].calls)
    woven.fakes["shop"].calls.clear()
    together = await find(woven, pages={str(size): listed(size, **told) for size in sizes})
    assert together is not None
    assert dict(together.pages) == alone
    assert len(woven.fakes["shop"].calls) == greatest
    orders = len(alone["30"].nodes)
    assert [len(page.nodes) for page in alone.values()] == [1, 3, 8, 20, min(25, orders), orders]


async def test_backward_pages_are_a_list_of_their_own() -> None:
    """The last ones are not the first ones, whatever their number: two lists, two readings."""
    woven = of_many()
    pages = {"first": listed(2), "last": listed(2, first=None, last=2), "lasts": listed(3, first=None, last=3)}
    found = await find(woven, pages=pages)
    assert found is not None
    numbers = {name: [node.number for node in orders.nodes] for name, orders in found.pages}
    assert numbers == {"first": ["1024", "1023"], "last": ["1001", "1000"], "lasts": ["1002", "1001", "1000"]}
    assert len(woven.fakes["shop"].calls) == 2


async def test_many_lists_that_differ() -> None:
    """Of twelve lists that are not the same each stands under its own name."""
    woven = of_many()
    numbers = [f"10{number:02}" for number in range(12)]
    pages = {
        number: listed(1, filter=Filter(conditions=(Condition(SearchField.NUMBER, Operator.EQ, (number,)),)))
        for number in numbers
    }
    found = await find(woven, pages=pages)
    assert found is not None
    assert [[node.number for node in orders.nodes] for _, orders in found.pages] == [[number] for number in numbers]


async def test_a_list_that_cannot_be_read() -> None:
    """What is wrong with one list is the answer, and no reading of another goes on behind it."""
    woven = of_many()
    with pytest.raises(RequestError, match="after: not a cursor of this API"):
        await find(
            woven, pages={"first": listed(2), "wrong": listed(2, after="x"), "last": listed(2, descending=False)}
        )
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert len(woven.fakes["shop"].calls) == 2


async def test_without_a_page_one_order_is_read() -> None:
    """Where no orders are asked for, the customer is still found, by one order."""
    found = await find(business(), "bob@example.com")
    assert found is not None
    assert (found.email, found.company) == ("bob@example.com", None)


async def test_nobody_has_the_address() -> None:
    """An address that no order carries is no customer; while a system is silent it is INCOMPLETE."""
    woven = business()
    assert await find(woven, "eve@example.com") is None
    woven.fakes["erp"].error = Unreachable("orders: no connection")
    with pytest.raises(RequestError) as raised:
        await find(woven, "eve@example.com")
    assert (raised.value.code, raised.value.extensions["systems"]) == (Code.INCOMPLETE, ["erp"])
    assert str(raised.value) == "no system that answered knows this customer; erp did not answer"
    assert await find(woven, "bob@example.com") is not None


@pytest.mark.parametrize("email", ["", "ada", "a" * 320 + "@example.com"])
def test_an_address_that_is_none(email: str) -> None:
    """What is no e-mail address is refused."""
    with pytest.raises(RequestError, match="email must be an e-mail address") as raised:
        by_email(email)
    assert raised.value.code is Code.BAD_INPUT


def test_spaces_round_an_address() -> None:
    """Outer spaces are no part of an address."""
    condition = Condition(SearchField.CUSTOMER_EMAIL, Operator.EQ, ("ada@example.com",))
    assert by_email(" ada@example.com ") == Filter(conditions=(condition,))


async def test_the_address_behind_an_id() -> None:
    """An id leads to the address by one search of the system that gave it; an unknown one leads nowhere."""
    woven = business()
    call = woven.gateway.call()
    assert await woven.gateway.email_by_id(encode_id("Customer", "shop", "c2"), call) == "bob@example.com"
    assert len(woven.fakes["shop"].calls) == 1
    assert await woven.gateway.email_by_id(encode_id("Customer", "shop", "c9"), call) is None
    assert await woven.gateway.email_by_id(encode_id("Customer", "gone", "c9"), call) is None


async def test_an_id_that_cannot_be_followed() -> None:
    """A system that cannot search by customer, or does not answer, and an id of something else, each say so."""
    woven = business()
    filters = {field: operators for field, operators in FILTERS.items() if field is not SearchField.CUSTOMER_ID}
    woven.fakes["erp"].manifest = msgspec.structs.replace(woven.fakes["erp"].manifest, filters=filters)
    again = weave(*woven.fakes.values())
    again.fakes["shop"].error = Unreachable("orders: no connection")
    for token, code, message in (
        (
            encode_id("Customer", "erp", "77"),
            Code.UNSUPPORTED,
            "erp cannot search orders by customer; look up by email",
        ),
        (
            encode_id("Customer", "shop", "c1"),
            Code.INCOMPLETE,
            "no system that answered knows this customer; shop did not answer",
        ),
        (encode_id("Order", "shop:id", "a1"), Code.BAD_INPUT, "id: not the id of a customer"),
        (encode_id("Customer", "shop"), Code.BAD_INPUT, "id: not the id of a customer"),
        ("nonsense", Code.BAD_INPUT, "id: not an id of this API"),
    ):
        with pytest.raises(RequestError) as raised:
            await again.gateway.email_by_id(token, again.gateway.call())
        assert (raised.value.code, str(raised.value)) == (code, message)
