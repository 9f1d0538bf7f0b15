"""The plan of a query, told before it is run and without asking anyone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orderweave.operations.explaining import ExplainError, explain
from orderweave_sdk.manifest import Capability
from tests.unit.fake_business import erp, shop, wms
from tests.unit.fake_systems import weave

WOVEN = weave(shop(), erp(), wms())


def plan(
    document: str, variables: dict[str, Any] | None = None, operation: str | None = None, *, indexed: bool = False
) -> str:
    """The plan over shop, ERP and warehouse."""
    parts = WOVEN.gateway.parts
    return explain(
        document,
        variables or {},
        schema=WOVEN.schema._schema,
        business=parts.business,
        authority=parts.authority,
        indexed=indexed,
        operation_name=operation,
    )


def test_an_order_by_key() -> None:
    """An order's plan names systems, facets, look-ups and who stands in; nobody is asked."""
    assert plan('{ order(by: {number: "1"}) { number invoices { number } shipments { id } } }') == (
        "order: FULFILLMENT, HEADER, INVOICES\n"
        "  1. shop: find by key -> FULFILLMENT, HEADER\n"
        "  1. erp: find by key -> FULFILLMENT, HEADER, INVOICES\n"
        "  2. erp: by reference = shop:number (list of up to 50) -> INVOICES\n"
        "  2. wms: by order_number = shop:number (list of up to 50) -> FULFILLMENT\n"
        "  if one fails, FULFILLMENT: wms > shop > erp\n"
        "  if one fails, HEADER: shop > erp > wms\n"
        "  if one fails, INVOICES: erp\n"
        "  price, shop: 1 call\n"
        "  price, erp: 2 calls\n"
        "  price, wms: 1 call\n"
        "\n"
        "price in all: 10 values, 4 calls\n"
    )
    assert all(not fake.calls for fake in WOVEN.fakes.values())


@pytest.mark.parametrize(
    "document",
    [
        "{ orders(sort: {field: TOTAL}) { nodes { number } } }",
        '{ orders(search: "tea") { nodes { number } } }',
        "{ orders { totalCount } }",
        "{ orderAggregates { groups { count } } }",
        "{ inventoryAggregates { groups { count } } }",
    ],
)
def test_out_of_the_index(document: str) -> None:
    """What only the index can answer asks no system, and is priced so; without an index a list is planned live."""
    told = plan(document, indexed=True)
    assert ": out of the index\n" in told
    assert told.endswith(" 0 calls\n")
    if "orders" in document:
        assert "erp: search" in plan(document)


def test_what_the_index_does_not_keep() -> None:
    """An address is read from the systems that have it, by key."""
    told = plan("{ orders(sort: {field: TOTAL}) { nodes { shippingAddress { city } } } }", indexed=True)
    assert told.startswith(
        "orders: out of the index\n  what it does not keep: from the systems, by key\n  price, shop:"
    )


def test_a_warehouse_is_not_asked_without_need() -> None:
    """Without a field of the goods the warehouse is not in the plan."""
    assert plan("{ orders(first: 5) { nodes { number } } }") == (
        "orders: HEADER\n"
        "  1. shop: search -> HEADER\n"
        "  1. erp: search -> HEADER\n"
        "  if one fails, HEADER: shop > erp > wms\n"
        "  price, shop: 1 call\n"
        "  price, erp: 2 calls\n"
        "\n"
        "price in all: 11 values, 3 calls\n"
    )


def test_promises_are_asked_and_paid_for_when_they_are_selected() -> None:
    """What is expected is part of the plan where a field is made of it, at any depth, and of no other plan."""
    books = erp()
    able = books.manifest.capabilities | {Capability.READ_RECEIPTS}
    books.manifest = msgspec.structs.replace(books.manifest, capabilities=able)
    woven = weave(wms(), books)
    parts, schema = woven.gateway.parts, woven.schema._schema
    told = {
        fields: explain(
            f'{{ inventory(skus: ["A"]) {{ {fields} }} }}',
            {},
            schema=schema,
            business=parts.business,
            authority=parts.authority,
        )
        for fields in (
            "availableToSell",
            "availableToPromise",
            "levels { promises { quantity } }",
            "channels { excess }",
        )
    }
    asked = {
        fields: "  1. erp: read expected receipts, up to 50 SKUs a call\n" in plan for fields, plan in told.items()
    }
    assert asked == {
        "availableToSell": False,
        "availableToPromise": True,
        "levels { promises { quantity } }": True,
        "channels { excess }": False,
    }
    assert "  price, erp: 1 call\n" in told["availableToSell"]
    assert "  price, erp: 2 calls\n" in told["availableToPromise"]


def test_the_oversell_watch() -> None:
    """It is planned as a question about stock, for as many SKUs as it looks at."""
    told = plan("{ oversells(first: 40) { oversells { sku } checked } }")
    assert told == (
        "oversells: stock at all places\n"
        "  1. shop: read stock, up to 50 SKUs a call\n"
        "  1. erp: read stock, up to 50 SKUs a call\n"
        "  1. wms: read stock, up to 50 SKUs a call\n"
        "  price, shop: 3 calls\n"
        "  price, erp: 3 calls\n"
        "  price, wms: 3 calls\n"
        "\n"
        "price in all: 82 values, 9 calls\n"
    )


def test_each_root_field_and_each_kind() -> None:
    """Stock tells batches, what asks no order says so, and each root field has its plan, fragments included."""
    told = plan("""
        { inventory(skus: ["A"]) { sku } ...More __typename }
        fragment More on Query { locations { name } ... { latest: orders(first: 1) { nodes { number } } } }
    """)
    assert told == (
        "inventory: stock at all places\n"
        "  1. shop: read stock, up to 50 SKUs a call\n"
        "  1. erp: read stock, up to 50 SKUs a call\n"
        "  1. wms: read stock, up to 50 SKUs a call\n"
        "  price, shop: 1 call\n"
        "  price, erp: 1 call\n"
        "  price, wms: 1 call\n"
        "\n"
        "locations: no order is asked for\n"
        "  price, shop: 1 call\n"
        "  price, erp: 1 call\n"
        "\n"
        "orders: HEADER\n"
        "  1. shop: search -> HEADER\n"
        "  1. erp: search -> HEADER\n"
        "  if one fails, HEADER: shop > erp > wms\n"
        "  price, shop: 1 call\n"
        "  price, erp: 2 calls\n"
        "\n"
        "price in all: 46 values, 8 calls\n"
    )


def test_a_guests_order() -> None:
    """A guest's view needs header, lines, goods and their events, whatever is selected of it, and nothing of the
    customer or the money.
    """
    assert plan('{ trackedOrder(token: "t") { number } }').startswith(
        "trackedOrder: FULFILLMENT, HEADER, LINES, TRACKING\n"
    )


def test_what_is_skipped_is_not_planned() -> None:
    """A root field or a part that its variables leave out is not planned; without values it is."""
    document = """query ($all: Boolean!) {
        orders(first: 1) { nodes { number invoices @include(if: $all) { number } } }
        systems @include(if: $all) { name }
    }"""
    assert plan(document, {"all": False}).startswith("orders: HEADER\n")
    assert "systems" not in plan(document, {"all": False})
    assert plan(document, {"all": True}).startswith("orders: HEADER, INVOICES\n")
    assert plan(document).startswith("orders: HEADER, INVOICES\n")


def test_a_filter_needs_what_it_reads() -> None:
    """A filter's facets are planned as they will be asked, written in the query or given as a variable."""
    nested = '{or: [{fulfillmentStatus: {eq: DELIVERED}}, {sku: {eq: "A"}}, {invoiceStatus: {}}]}'
    literal = f"{{ orders(first: 1, filter: {nested}) {{ nodes {{ number }} }} }}"
    assert plan(literal).startswith("orders: FULFILLMENT, HEADER, LINES\n")
    variable = "query ($f: OrderFilter) { orders(first: 1, filter: $f) { nodes { number } } }"
    given = {"f": {"not": [{"invoiceStatus": {"eq": "INVOICED"}}]}}
    assert plan(variable, given).startswith("orders: HEADER, INVOICES\n")
    assert plan(variable).startswith("orders: HEADER\n")


def test_aliases_are_planned_each() -> None:
    """Two uses of one field are two plans; the same field said in two places is one."""
    document = """{
        a: order(by: {number: "1"}) { number }
        b: order(by: {number: "2"}) { customer { name } }
        a: order(by: {number: "1"}) { customer { email } }
    }"""
    told = plan(document)
    assert [line for line in told.splitlines() if line.startswith("order:")] == [
        "order: CUSTOMER, HEADER",
        "order: CUSTOMER",
    ]


def test_a_customer_needs_who_they_are() -> None:
    """A customer is found by their orders, so the customer's facet is planned whatever is selected."""
    assert plan('{ customer(by: {email: "a@b.c"}) { name } }').startswith("customer: CUSTOMER\n")


def test_one_of_several_operations() -> None:
    """The named operation is told alone; without a name all are."""
    document = "query A { systems { name } } query B { locations { name } }"
    places = (
        "locations: no order is asked for\n  price, shop: 1 call\n  price, erp: 1 call\n\n"
        "price in all: 40 values, 2 calls\n"
    )
    assert plan(document, operation="B") == places
    assert plan(document) == f"systems: no order is asked for\n\nprice in all: 12 values, 0 calls\n\n{places}"


@pytest.mark.parametrize(
    ("document", "operation", "message"),
    [
        ("{", None, "Syntax Error: Expected Name, found <EOF>."),
        ("{ nothing }", None, "Cannot query field 'nothing' on type 'Query'."),
        ("query A { systems { name } }", "B", "the document has no operation 'B'"),
        ("fragment A on Order { id } query B { systems { name } }", "A", "Fragment 'A' is never used."),
    ],
)
def test_what_cannot_be_explained(document: str, operation: str | None, message: str) -> None:
    """A document that would not run is refused with the reason."""
    with pytest.raises(ExplainError) as raised:
        plan(document, operation=operation)
    assert str(raised.value).startswith(message)


def test_what_would_take_too_long_to_validate() -> None:
    """A document that the gateway refuses for its comparisons is not explained either, and the words say why."""
    with pytest.raises(ExplainError, match="more than 50000 comparisons of fields"):
        plan("{ systems { " + "name " * 400 + "} }")
