"""Every mistake in a mapping has its own message, and all of them come at once."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave_sql.connector import SqlConnector

ORDERS: dict[str, Any] = {"from": "orders", "id": "order_id"}
SHIPMENTS: dict[str, Any] = {
    "from": "shipments",
    "order": "order_id",
    "id": "id",
    "status": {"column": "state", "words": {"sent": "IN_TRANSIT"}},
}


def problems(mapping: Any, **settings: Any) -> list[str]:
    """The problems of settings with this mapping."""
    return SqlConnector.problems({"url": "sqlite:////srv/shop.sqlite", "mapping": mapping, **settings})


def orders(**fields: Any) -> dict[str, Any]:
    """A mapping of orders with these fields besides the id."""
    return {"orders": ORDERS | fields}


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("orders", "mapping: must be a table, with a section such as [mapping.orders]"),
        ({}, "mapping: is empty; map at least one of orders, stock, products or locations"),
        ({"orders": ORDERS, "oders": {}}, "mapping.oders: is not known; did you mean orders?"),
        ({"orders": "orders"}, "mapping.orders: must be a table with `from` and the columns by field"),
        ({"orders": {"id": "order_id"}}, "mapping.orders.from: is missing; name a table, or write a SELECT"),
        ({"orders": {"from": "orders"}}, "mapping.orders.id: is missing; name the column that holds it"),
        (
            {"orders": ORDERS | {"id": {"value": "1"}}},
            "mapping.orders.id: must be a column; the same value for every row would name no one order",
        ),
        (orders(placed="t"), "mapping.orders.placed: is not known; did you mean placed_at?"),
        (
            orders(customer={"mail": "x"}),
            "mapping.orders.customer.mail: is not known; did you mean email?",
        ),
        (
            orders(channel={"zzz": "x"}),
            "mapping.orders.channel.zzz: is not known; known here are code, kind, name",
        ),
        (
            orders(totals="amount"),
            'mapping.orders.totals: must be a table of fields, such as { subtotal = "column" }',
        ),
        (orders(number=7), "mapping.orders.number: must be a column's name, or a table with `column` or `value`"),
        (orders(number={}), "mapping.orders.number: must say either `column` or `value`"),
        (
            orders(number={"column": "a", "value": "b"}),
            "mapping.orders.number: must say either `column` or `value`",
        ),
        (orders(number={"column": ["a", "b"]}), "mapping.orders.number.column: must be a column's name"),
        (orders(number={"column": ""}), "mapping.orders.number.column: must be a column's name"),
        (
            orders(number={"column": "a", "words": {}}),
            "mapping.orders.number.words: is not known; known here are column, value",
        ),
        (orders(currency={"value": ""}), "mapping.orders.currency.value: is empty; leave the field out instead"),
        (orders(placed_at={"value": "soon"}), "mapping.orders.placed_at.value: is not a time in ISO 8601"),
        (
            orders(references={"Shop No": "x"}),
            "mapping.orders.references.Shop No: name a reference in lower-case letters, digits and underscores, "
            "not id or number",
        ),
        (
            orders(references={"number": "x"}),
            "mapping.orders.references.number: name a reference in lower-case letters, digits and underscores, "
            "not id or number",
        ),
        (
            orders(totals={"total": "amount"}),
            "mapping.orders.currency: is missing, and orders.totals.total is an amount; "
            'name a column or write { value = "USD" }',
        ),
        (
            orders(currency="c", totals={"total": {"column": "cents", "minor_units": 9}}),
            "mapping.orders.totals.total.minor_units: must be a whole number from 0 to 6",
        ),
        (
            orders(placed_at={"column": "t", "time_zone": "Mars/Base"}),
            "mapping.orders.placed_at.time_zone: 'Mars/Base' is not a time zone; "
            "write one such as UTC or America/New_York",
        ),
        (
            {"orders": ORDERS, "time_zone": 5},
            "mapping.time_zone: 5 is not a time zone; write one such as UTC or America/New_York",
        ),
        ({"orders": ORDERS, "version": 2}, "mapping.version: must be a text such as '1'"),
        ({"orders": ORDERS, "money_places": "2"}, "mapping.money_places: must be a whole number from 0 to 6"),
        ({"orders": ORDERS, "numbers_unique": "yes"}, "mapping.numbers_unique: must be true or false"),
        (
            orders(payment_terms="terms"),
            "mapping.orders.payment_terms: needs the section invoices, with which it is delivered",
        ),
        (
            {"lines": {"from": "lines", "order": "o", "id": "i"}},
            "mapping.lines: needs the section orders, to which its rows belong",
        ),
        (
            {
                "orders": ORDERS,
                "packages": {"from": "packages", "order": "o", "shipment": "s", "id": "i"},
            },
            "mapping.packages: needs the section shipments, to which its rows belong",
        ),
    ],
)
def test_one_mistake(mapping: Any, expected: str) -> None:
    """The message names the key and what would be right."""
    assert problems(mapping) == [expected]


NO_SELECT = "is not a SELECT; only a table's name or a query that begins with SELECT or WITH is read"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("DELETE FROM orders", NO_SELECT),
        ("update orders set x = 1", NO_SELECT),
        ("SELECT 1; DROP TABLE orders", "holds a semicolon; write one SELECT and nothing after it"),
        ("orders; DROP TABLE orders", "is neither a table's name (schema.table) nor a SELECT"),
        ("(SELECT 1)", "is neither a table's name (schema.table) nor a SELECT"),
        ("a.b.c", "is neither a table's name (schema.table) nor a SELECT"),
        (7, "is missing; name a table, or write a SELECT"),
    ],
)
def test_from_that_is_no_query(source: Any, expected: str) -> None:
    """Only a table's name or one SELECT is taken."""
    assert problems({"orders": {"from": source, "id": "order_id"}}) == [f"mapping.orders.from: {expected}"]


@pytest.mark.parametrize(
    "source",
    [
        "orders",
        "legacy.orders",
        "Order Details",
        "SELECT ';' AS a, \"x;y\" FROM t -- all; of it\n",
        "with a as (select 1) select * from a /* ; */",
    ],
)
def test_from_that_is_one(source: str) -> None:
    """Names with a schema or a blank, and queries with semicolons in texts and comments, are fine."""
    assert problems({"orders": {"from": source, "id": "order_id"}}) == []


def test_words() -> None:
    """A word without a meaning, a meaning that is none, and a documented word that is left out: each is named."""
    mapping = {
        "orders": ORDERS,
        "shipments": SHIPMENTS | {"status": {"column": "state", "words": {"sent": "SENT"}, "documented": ["lost"]}},
        "returns": {"from": "r", "order": "o", "id": "i", "status": "state"},
        "holds": {"from": "h", "order": "o", "reason": {"column": "why", "words": {"x": "OTHER"}, "documented": "x"}},
    }
    assert problems(mapping) == [
        "mapping.shipments.status.words.sent: 'SENT' is not one of PENDING, LABEL_CREATED, PICKED_UP, IN_TRANSIT, "
        "DELAYED, OUT_FOR_DELIVERY, AVAILABLE_FOR_PICKUP, ATTEMPTED_DELIVERY, DELIVERED, EXCEPTION, RETURNING, "
        "RETURNED, LOST, EXPIRED, CANCELED, UNKNOWN",
        "mapping.shipments.status.words: has no meaning for the documented word 'lost'",
        'mapping.returns.status.words: is missing; say what each word means, such as { paid = "PAID" }',
        "mapping.holds.reason.documented: must be a list of words",
    ]


def test_constant_word() -> None:
    """A value for every row must be one of our words, for it has no raw word behind it."""
    fine = {"orders": ORDERS, "shipments": SHIPMENTS | {"status": {"value": "DELIVERED"}}}
    wrong = {"orders": ORDERS, "returns": {"from": "r", "order": "o", "id": "i", "status": {"value": "back"}}}
    assert problems(fine) == []
    assert problems(wrong) == [
        "mapping.returns.status.value: 'back' is not one of REQUESTED, OPEN, PARTIALLY_RECEIVED, RECEIVED, CLOSED, "
        "DECLINED, CANCELED, UNKNOWN"
    ]


def test_all_at_once() -> None:
    """Mistakes in the address, the limits and several sections are told together."""
    mapping = {"orders": {"from": "orders"}, "stock": {"from": "stock", "sku": "s"}}
    assert problems(mapping, url="oracle://host/db", row_limit=0, statement_seconds=0) == [
        "url: 'oracle' is not spoken here; known are sqlite, postgresql, postgres, mysql, mariadb",
        "row_limit: must be at least 1",
        "statement_seconds: must be at least 1",
        "mapping.orders.id: is missing; name the column that holds it",
        "mapping.stock.location: is missing; name the column that holds it",
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("not an address", "url: is not a database address; write postgresql://user:password@host/database"),
        ("sqlite://", "url: names no database; write sqlite:////srv/orders.sqlite"),
        ("sqlite:///:memory:", "url: must name a file, such as sqlite:////srv/orders.sqlite"),
        (
            "postgresql://reader:hidden@db.example.com",
            "url: names no database; write postgresql://reader:password@db.example.com/orders",
        ),
        (
            "postgresql+asyncpg://reader:hidden@db.example.com/orders",
            "url: the driver 'asyncpg' is not used here; write postgresql:// and the database's own",
        ),
    ],
)
def test_address(url: str, expected: str) -> None:
    """What is wrong with an address is told without repeating it, for it may hold a password."""
    assert problems({"orders": ORDERS}, url=url) == [expected]


def test_missing_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database whose driver is not installed says which extra brings it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert problems({"orders": ORDERS}, url="mysql://reader:hidden@db.example.com/orders") == [
        "url: MySQL needs a driver; install orderweave-sql[mysql]"
    ]
