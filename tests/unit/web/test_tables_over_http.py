"""Answers as CSV and Arrow by `Accept` at /graphql; errors are JSON with a 4xx all the same."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pyarrow
import pytest

from orderweave.model.exports import Format
from orderweave.web.negotiation import table_type
from tests.unit.exporting.house import house, spoken_to
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import weave
from tests.unit.indexing import read_all

ARROW = "application/vnd.apache.arrow.stream"
ORDERS = """
query ($withEmail: Boolean = false, $first: Int = 2) {
  orders(first: $first, sort: {field: TOTAL, direction: DESC}) {
    totalCount
    nodes {
      number ...Money placedAt archived
      customer @include(if: $withEmail) { email }
      lines { nodes { sku } }
      ... on Order { channel { code } }
    }
  }
}
fragment Money on Order { totals { total { amount currency } } paid: totals { paid { amount } } }
"""
GROUPS = """
{ orderAggregates(groupBy: [{field: CHANNEL}, {field: CURRENCY}]) {
  groups { keys { field value } count totalSum lineQuantitySum } } }
"""


async def answered(client: httpx.AsyncClient, query: str, accept: str, who: str = "ann", **more: Any) -> httpx.Response:
    """The answer to a question in a form."""
    headers = {"accept": accept, "x-who": who}
    return await client.post("/graphql", json={"query": query, **more}, headers=headers)


def cells(answer: httpx.Response) -> list[list[str]]:
    """The cells of a CSV answer."""
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))


async def test_csv(tmp_path: Path) -> None:
    """A row a node, a column a leaf under its path; a list is one column of JSON; what follows stands in headers."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        answer = await answered(client, ORDERS, "text/csv")
        assert cells(answer) == [
            [
                "number",
                "totals.total.amount",
                "totals.total.currency",
                "paid.paid.amount",
                "placedAt",
                "archived",
                "lines.nodes",
                "channel.code",
            ],
            ["1001", "12.50", "USD", "", "2026-05-04T12:00:00Z", "", '[{"sku":"TEA-1"},{"sku":"TEA-2"}]', "shop"],
            ["1003", "10.00", "USD", "", "2026-05-04T14:00:00Z", "", '[{"sku":"TEA-1"}]', "shop"],
        ]
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["x-orderweave-coverage"] == "incomplete: shop, erp"
        assert answer.headers["cache-control"] == "private, no-store"
        after = answer.headers["x-orderweave-next-cursor"]
        rest = await answered(client, ORDERS.replace("$first,", f'$first, after: "{after}",'), "text/csv")
        assert [row[0] for row in cells(rest)[1:]] == ["1002"]
        assert "x-orderweave-next-cursor" not in rest.headers
        people = await answered(client, ORDERS, "text/csv", variables={"withEmail": True, "first": 3})
        assert [row[6] for row in cells(people)] == ["customer.email", "ada@example.com", "", "ben@example.com"]


async def test_arrow(tmp_path: Path) -> None:
    """The same as an Arrow stream: amounts are decimals, instants timestamps in UTC."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        answer = await answered(client, ORDERS, ARROW)
        assert (answer.status_code, answer.headers["content-type"]) == (200, ARROW)
        table = pyarrow.ipc.open_stream(answer.content).read_all()
        assert table.schema.field("totals.total.amount").type == pyarrow.decimal128(24, 4)
        assert table.schema.field("placedAt").type == pyarrow.timestamp("us", tz="UTC")
        assert table.column("totals.total.amount").to_pylist() == [Decimal("12.5"), Decimal(10)]
        assert table.column("placedAt")[0].as_py() == datetime(2026, 5, 4, 12, tzinfo=UTC)


async def test_groups(tmp_path: Path) -> None:
    """Groups are rows, and each of their keys is a column under what was grouped by."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        answer = await answered(client, GROUPS, "text/csv")
        assert cells(answer) == [
            ["keys.CHANNEL", "keys.CURRENCY", "count", "totalSum", "lineQuantitySum"],
            ["shop", "USD", "3", "29.5", "5"],
        ]


@pytest.mark.parametrize("accept", ["text/csv", ARROW])
async def test_nothing(accept: str, tmp_path: Path) -> None:
    """A list without rows has its columns."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        query = '{ orders(filter: {sku: {eq: "none"}}) { nodes { number placedAt } } }'
        answer = await answered(client, query, accept)
        if accept == ARROW:
            assert pyarrow.ipc.open_stream(answer.content).read_all().column_names == ["number", "placedAt"]
        else:
            assert cells(answer) == [["number", "placedAt"]]


async def test_no_formula() -> None:
    """What somebody typed is no formula in a spreadsheet; and a list needs no index to be a table."""
    woven = weave(shop([order("a1", "1001", email="=cmd@example.com")]), erp([]))
    async with spoken_to(woven) as client:
        answer = await answered(client, "{ orders { nodes { number customer { email } } } }", "text/csv")
        assert cells(answer) == [["number", "customer.email"], ["1001", "'=cmd@example.com"]]
        assert answer.headers["x-orderweave-coverage"] == "complete"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{ orders { nodes { number } } locations { name } }", 400, "BAD_INPUT"),
        ("{ locations { name } }", 400, "BAD_INPUT"),
        ("{ ...Root } fragment Root on Query { orders { nodes { number } } }", 400, "BAD_INPUT"),
        ("{ orders { totalCount } }", 400, "BAD_INPUT"),
        ("{ orders { nodes { number } again: nodes { id } } }", 400, "BAD_INPUT"),
        ('mutation { revokeTracking(by: {number: "1"}) { revokedBefore } }', 400, "BAD_INPUT"),
        ("{ orders { nodes { number", 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing { nodes { number } } }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ orders { nodes { color } } }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ orders(first: 0) { nodes { number } } }", 400, "BAD_INPUT"),
        ("{ orders }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { orders { nodes { id } } } query B { orders { nodes { id } } }", 400, "BAD_INPUT"),
    ],
)
async def test_errors(query: str, status: int, code: str, tmp_path: Path) -> None:
    """What is no table, no document or no request is JSON with a 4xx and its code."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        for accept in ("text/csv", ARROW):
            answer = await answered(client, query, accept)
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
            assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_rights(tmp_path: Path) -> None:
    """A table shows what the answer would: own rows alone, masked people, and refusals by scope."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        query = "{ orders(sort: {field: TOTAL}) { nodes { number customer { email } } } }"
        await read_all(woven)
        own = await answered(client, query, "text/csv", "ada")
        assert cells(own) == [["number", "customer.email"], ["1001", "ada@example.com"]]
        masked = await answered(client, query, "text/csv", "analyst")
        assert {row[1] for row in cells(masked)[1:]} == {"masked", ""}
        refused = await answered(client, query, "text/csv", "guest")
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, None),
        ("*/*", None),
        ("text/*", None),
        ("application/json", None),
        ("text/csv", Format.CSV),
        ("TEXT/CSV; charset=UTF-8", Format.CSV),
        ("text/csv; charset=latin-1", None),
        ("text/csv;q=0", None),
        ("text/csv, */*;q=0.1", Format.CSV),
        ("application/json, text/csv;q=0.9", None),
        ("text/csv, application/json", None),
        (f"{ARROW}, text/csv;q=0.5", Format.ARROW),
        (f"{ARROW};q=0.5, text/csv", Format.CSV),
    ],
)
def test_wanted(accept: str | None, form: Format | None) -> None:
    """A table is for who names one and wants it more than JSON."""
    assert table_type(accept.encode() if accept is not None else None) is form


@pytest.mark.parametrize("accept", ["text/csv", ARROW])
@pytest.mark.parametrize(
    "query", ["{ __typename }", "{ __schema { types { name } } }", '{ __type(name: "Order") { name } }']
)
async def test_the_schema_is_no_table(query: str, accept: str, tmp_path: Path) -> None:
    """What is asked of the schema itself gives no list of orders: a 400 in JSON."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        answer = await answered(client, query, accept)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")


async def test_an_error_names_no_line_of_a_text_that_nobody_sent(tmp_path: Path) -> None:
    """More is asked than the caller wrote: where an error stands in that document says nothing to them."""
    query = "{ orders(first: 0) { nodes { number } } }"
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        error = (await answered(client, query, "text/csv")).json()["errors"][0]
        assert (error["path"], "locations" in error) == (["orders"], False)
        error = (await answered(client, query, "application/json")).json()["errors"][0]
        assert error["locations"] == [{"line": 1, "column": 3}]
