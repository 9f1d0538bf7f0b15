"""What requests cost, and how batches are split by it."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from graphql import build_schema, parse

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import Wait
from orderweave_sdk.records import Facet
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.credits import (
    MOST_CREDITS,
    PRODUCT_COST,
    STOCK_COST,
    aliases_a_request,
    look_up_cost,
    order_cost,
    orders_a_page,
)
from orderweave_shiphero.manifest import FACETS, MANIFEST
from orderweave_shiphero.operations import (
    ORDER_FINDER,
    PRODUCT_FIELDS,
    PRODUCT_FINDER,
    STOCK_FIELDS,
    STOCK_FINDER,
    LookUp,
    Request,
    changed_orders,
    find_by_id,
    find_many,
    order_fields,
)
from orderweave_shiphero.simulated_credits import Prices
from orderweave_shiphero.simulated_schema import SDL
from orderweave_shiphero.simulator import ShipheroSimulator

SCHEMA = build_schema(SDL)
EVERY_CHOICE = [
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(sorted(FACETS), size) for size in range(len(FACETS) + 1))
]


def price(request: Request) -> int:
    """What the vendor asks for a request."""
    return Prices(SCHEMA, parse(request.document), request.variables).total()


def test_the_rule_gives_the_figures_that_were_seen() -> None:
    """Three operations whose complexity came with real answers cost the same by the simulator's rule."""
    page = "pageInfo { hasNextPage } edges { node { id } }"
    lines = f"line_items(first: 40) {{ {page} }}"
    for document, seen in (
        (f'{{ orders(order_number: "1") {{ data(first: 1) {{ edges {{ node {{ {lines} }} }} }} }} }}', 42),
        (f"{{ orders {{ data(first: 40) {{ edges {{ node {{ {lines} }} }} }} }} }}", 1641),
        (f"{{ products {{ data {{ {page} }} }} }}", 101),
    ):
        assert Prices(SCHEMA, parse(document), {}).total() == seen


@pytest.mark.parametrize("facets", EVERY_CHOICE)
def test_no_request_costs_more_than_was_reckoned(facets: frozenset[Facet]) -> None:
    """For every choice of facets the vendor's price of a full request stays within the estimate and the quota."""
    fields = order_fields(facets)
    for by in MANIFEST.lookups:
        size = aliases_a_request(look_up_cost(by, facets), MOST_CREDITS)
        if by == "id":
            request = find_by_id(fields, ["1"] * size)
        else:
            request = find_many(ORDER_FINDER, fields, [LookUp("1")] * size)
        assert price(request) <= size * look_up_cost(by, facets) <= MOST_CREDITS
    page = orders_a_page(facets, MOST_CREDITS)
    assert price(changed_orders(fields, None, page, None)) <= 1 + page * order_cost(facets) <= MOST_CREDITS


def test_stock_and_products_cost_what_was_reckoned() -> None:
    """Full batches of both stay within the quota."""
    assert MANIFEST.stock_batch is not None
    assert MANIFEST.product_batch is not None
    stock = [LookUp("TEA")] * MANIFEST.stock_batch.size
    products = [LookUp("TEA")] * MANIFEST.product_batch.size
    assert price(find_many(STOCK_FINDER, STOCK_FIELDS, stock)) == len(stock) * STOCK_COST == 1100
    assert price(find_many(PRODUCT_FINDER, PRODUCT_FIELDS, products)) == len(products) * PRODUCT_COST == 300


def test_declared_batches() -> None:
    """The declared batch is what one request holds when every facet is wanted, and holds a screenful of orders."""
    sizes = {by: batch.size for by, batch in MANIFEST.lookups.items()}
    assert sizes == {"id": 85, "order_number": 43, "partner_order_id": 43}
    assert [look_up_cost("id", facets) for facets in (frozenset[Facet](), FACETS)] == [2, 47]
    assert [look_up_cost("order_number", facets) for facets in (frozenset[Facet](), FACETS)] == [3, 93]
    assert look_up_cost("order_number", frozenset({Facet.FULFILLMENT, Facet.TRACKING})) * 20 == 1860


async def test_a_smaller_account_gets_smaller_requests(
    simulator: ShipheroSimulator, connector: ShipheroConnector
) -> None:
    """Once an answer has told an account of 1,000 credits, 25 orders by number travel in three requests, not one."""
    simulator.most_credits = simulator.credits = 1000
    call = Call.within(10)
    await connector.check(call)
    numbers = [order.key("number") or "" for order in simulator.world.orders]
    whole = await connector.find_orders(keys_of("order_number", numbers), FACETS, call)
    header = await connector.find_orders(keys_of("order_number", numbers), frozenset({Facet.HEADER}), call)
    assert len(whole.records) == len(header.records) == 25
    assert whole.gaps == ()
    assert [(logged.operation, len(logged.detail)) for logged in simulator.calls] == [
        ("Account", 0),
        ("OrdersByNumber", 10),
        ("OrdersByNumber", 10),
        ("OrdersByNumber", 5),
        ("OrdersByNumber", 25),
    ]


async def test_an_empty_quota_says_how_long_to_wait(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """With 1,200 credits too few, at 60 a second, the caller is told to wait for 20 seconds."""
    numbers = [order.key("number") or "" for order in simulator.world.orders]
    request = find_many(ORDER_FINDER, order_fields(FACETS), [LookUp(number) for number in numbers])
    simulator.credits = price(request) - 1200
    with pytest.raises(Wait) as caught:
        await connector.find_orders(keys_of("order_number", numbers), FACETS, Call.within(10))
    assert caught.value.seconds == 20
    assert str(caught.value) == "OrdersByNumber: the account has not enough credits left"


async def test_the_account_s_credits_are_kept(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """What an answer says of the quota is what the check tells."""
    simulator.credits = 3999
    text = await connector.check(Call.within(10))
    assert text == "token accepted, the account answers, 3999 of 4004 credits left"
