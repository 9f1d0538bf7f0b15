"""Every mistake in the table `api` is told with its key and with what would be right, and all of them at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from connectors.rest.tests.examples import settings
from connectors.rest.tests.scripted import api
from orderweave_rest.connector import RestConnector
from orderweave_rest.simulator_api import API

LOOKUP = {"path": "/orders", "items": "orders", "batch": "list", "query": {"ids": "{keys}"}}
SEARCH = {"path": "/orders", "items": "orders", "query": {"page": "{page}"}, "sorts": {"PLACED_AT": "placed"}}
PAGE = {"style": "page", "size": 10}


def problems(told: Any, secret: str | None = None) -> list[str]:
    """What is wrong with the table."""
    return RestConnector.problems({"url": "https://api.example.com", "secret": secret, "api": told})


def test_sound_ones_have_no_problem() -> None:
    """The small API, the full one of the simulator and both examples."""
    assert problems(api()) == []
    assert problems(API, "secret") == []
    for name in ("medusa", "shipstation"):
        assert RestConnector.problems(settings(name, "https://api.example.com")) == []


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"kind": "SHOP"},
        ["api.kind: 'SHOP' is not one of STOREFRONT, ERP, WMS, OMS, CARRIER, PAYMENT_PROVIDER, DATABASE"],
    ),
    ({"kind": None}, ["api.kind: None is not one of STOREFRONT, ERP, WMS, OMS, CARRIER, PAYMENT_PROVIDER, DATABASE"]),
    ({"version": 3}, ["api.version: must be a text, such as '1'"]),
    ({"numbers_unique": "yes"}, ["api.numbers_unique: must be true or false"]),
    ({"concurrency": 33}, ["api.concurrency: must be a whole number from 1 to 32"]),
    (
        {"rate_limit": {"requests": 0, "seconds": 60}},
        ["api.rate_limit.requests: must be a whole number from 1 to 1000000"],
    ),
    (
        {"rate_limit": 40},
        [
            "api.rate_limit: must be a table, such as { requests = 40, seconds = 60 }",
            "api.rate_limit.requests: must be a whole number from 1 to 1000000",
            "api.rate_limit.seconds: must be a whole number from 1 to 86400",
        ],
    ),
    (
        {"headers": {"X Tenant": "a"}},
        ["api.headers.X Tenant: is no HTTP header; a name of letters, digits and dashes is"],
    ),
    ({"headers": {"X-Tenant": 7}}, ['api.headers: must be a table of texts, such as { "X-Tenant" = "shop-1" }']),
    ({"time_zone": "Mars"}, ["api.time_zone: 'Mars' is not a time zone; write one such as UTC or America/New_York"]),
    (
        {"time_format": "dd.mm.yyyy"},
        ["api.time_format: must be iso, unix (seconds), unix_ms (milliseconds) or a pattern such as '%d/%m/%Y %H:%M'"],
    ),
    (
        {"check": None},
        ['api.check: is missing; name a cheap request, such as { path = "/orders", query = { limit = "1" } }'],
    ),
    ({"check": {"path": "ping"}}, ["api.check.path: must begin with /"]),
    ({"lookup": {}}, ["api.lookup: is not known; did you mean lookups?"]),
    (
        {"auth": {"style": "digest"}},
        ["api.auth.style: 'digest' is not one of none, header, query, basic, bearer, client_credentials"],
    ),
    ({"auth": {"style": "none", "user": "x"}}, ["api.auth.user: is not known; known here are style"]),
    # What orders are found by.
    ({"lookups": {}}, ["api.lookups.id: is missing; orders that are known are read by their id"]),
    (
        {"lookups": None},
        [
            "api: asks for nothing; describe at least one of lookups, search, changes, stock, tracking, products, "
            "locations, skus",
            "api.lookups: is missing, and nothing else finds the orders that api.order describes",
        ],
    ),
    ({"order": None}, ["api.order: is missing, and api.lookups finds orders"]),
    ({"order": {}}, ["api.order.id: is missing; say where it stands"]),
    ({"lookups": {"id": LOOKUP, "email": LOOKUP}}, ["api.lookups.email: must be one of those that api.order maps: id"]),
    (
        {"lookups": {"id": {"path": "orders/{key}"}}},
        ["api.lookups.id.path: must begin with / and hold no ?; parameters stand in `query`"],
    ),
    (
        {"lookups": {"id": {"path": "/orders"}}},
        ['api.lookups.id: with batch = "one" must hold {key} in its path or query or body'],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "query": {}}}},
        ['api.lookups.id: with batch = "list" must hold {keys} in its query'],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "batch": "all"}}},
        [
            "api.lookups.id.batch: 'all' is not one of list, repeated, body, one",
            'api.lookups.id: with batch = "one" must hold {key} in its path or query or body',
            "api.lookups.id.query: {keys} is not a placeholder here; there are {key}",
        ],
    ),
    ({"lookups": {"id": {**LOOKUP, "size": 101}}}, ["api.lookups.id.size: must be a whole number from 1 to 100"]),
    (
        {"lookups": {"id": {**LOOKUP, "query": {"ids": "{keys}", "n": "{size}"}}}},
        ["api.lookups.id.paging: is missing; {size} is filled from it"],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "query": {"ids": "{keys}", "q": "{name}"}}}},
        ["api.lookups.id.query: {name} is not a placeholder here; there are {keys}"],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "batch": "repeated", "separator": "|"}}},
        ['api.lookups.id.separator: goes with batch = "list" alone'],
    ),
    ({"lookups": {"id": {**LOOKUP, "method": "PUT"}}}, ["api.lookups.id.method: 'PUT' is not one of GET, POST"]),
    (
        {"lookups": {"id": {**LOOKUP, "body": {"a": 1}}}},
        ['api.lookups.id.body: must be a table, and goes with method = "POST" alone'],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "absent": [200]}}},
        ["api.lookups.id.absent: must be a list of HTTP statuses from 400 to 499"],
    ),
    # Paging.
    (
        {"lookups": {"id": {**LOOKUP, "paging": {"style": "pages", "size": 5}}}},
        ["api.lookups.id.paging.style: 'pages' is not one of page, offset, cursor, link, next"],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "paging": PAGE}}},
        ['api.lookups.id: with paging style "page" must hold {page} in its query or body'],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "paging": {"style": "link"}}}},
        ["api.lookups.id.paging.size: must be a whole number from 1 to 250"],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "paging": {"style": "next", "size": 5}}}},
        ["api.lookups.id.paging.next: is missing; say where the answer holds it"],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "paging": {"style": "link", "size": 5, "next": "a"}}}},
        ["api.lookups.id.paging.next: goes with cursor and next alone"],
    ),
    (
        {"lookups": {"id": {**LOOKUP, "paging": {"style": "link", "size": 5, "total": "a"}}}},
        ["api.lookups.id.paging.total: says nothing where the style is link"],
    ),
    (
        {
            "lookups": {
                "id": {
                    **LOOKUP,
                    "query": {"ids": "{keys}", "p": "{page}"},
                    "paging": {**PAGE, "total": "a", "pages": "b"},
                }
            }
        },
        ["api.lookups.id.paging: must hold at most one of total, pages, more"],
    ),
    (
        {
            "lookups": {
                "id": {
                    **LOOKUP,
                    "method": "POST",
                    "batch": "body",
                    "query": {},
                    "body": {"ids": "{keys}"},
                    "paging": {"style": "link", "size": 5},
                }
            }
        },
        ["api.lookups.id.paging.style: link names the next page by its address, and goes with GET alone"],
    ),
    # Search and changes.
    (
        {"search": {**SEARCH, "paging": PAGE, "sorts": {}}},
        ['api.search.sorts: is missing; say by what the API sorts, such as { PLACED_AT = "created" }'],
    ),
    (
        {"search": {**SEARCH, "paging": PAGE, "sorts": {"EMAIL": "x"}}},
        [
            "api.search.sorts.EMAIL: is not one of NUMBER, PLACED_AT, TOTAL, UPDATED_AT",
            'api.search.sorts: is missing; say by what the API sorts, such as { PLACED_AT = "created" }',
        ],
    ),
    (
        {"search": {**SEARCH, "paging": PAGE, "filters": {"PLACED_AT": "created"}}},
        ["api.search.filters.PLACED_AT.equal: PLACED_AT is looked for by from and to"],
    ),
    (
        {"search": {**SEARCH, "paging": PAGE, "filters": {"TOTAL": "x"}}},
        [
            "api.search.filters.TOTAL: is not one of CHANNEL, CURRENCY, CUSTOMER_EMAIL, CUSTOMER_ID, "
            "FULFILLMENT_STATUS, NUMBER, PAYMENT_STATUS, PLACED_AT, PURCHASE_ORDER_NUMBER, SKU, STATUS, UPDATED_AT"
        ],
    ),
    (
        {"search": {**SEARCH, "paging": PAGE, "filters": {"NUMBER": {"equal": "no", "several": "one"}}}},
        ["api.search.filters.NUMBER.several: must be list, repeated or body; leave it out where one value can be sent"],
    ),
    (
        {"search": {**SEARCH, "paging": PAGE, "filters": {"STATUS": "state"}}},
        ["api.order.statuses.order: is missing, and api.search.filters.STATUS sends its words"],
    ),
    (
        {"changes": {"path": "/orders", "items": "orders", "query": {"since": "{since}"}}},
        [
            "api.changes.paging: is missing; changes are read page by page",
            "api.order.updated_at: is missing, and api.changes goes by it",
        ],
    ),
    (
        {"parts": {"goods": {**LOOKUP, "facets": ["LINES", "GOODS"]}}},
        [
            "api.parts.goods.belongs: is missing; say where an item of the answer names its order",
            "api.parts.goods.facets: must be a list of the facets that need it, of HEADER, LINES, CUSTOMER, ADDRESSES, "
            "PAYMENTS, INVOICES, FULFILLMENT, RETURNS, HOLDS, TIMELINE, TRACKING",
        ],
    ),
    # What is told of orders.
    ({"order": {"id": 7}}, ["api.order.id: must be a JMESPath expression, or a table with `at` or `value`"]),
    ({"order": {"id": {"at": "a", "value": "b"}}}, ["api.order.id: must say either `at` or `value`"]),
    (
        {"order": {"id": {"value": "A1"}}},
        ["api.order.id: must be an expression; the same id for all would name no one order"],
    ),
    ({"order": {"id": "no_such(a)"}}, ["api.order.id: Unknown function: no_such()"]),
    (
        {"order": {"id": "id", "lines": {"id": "id"}}},
        ["api.order.lines.each: is missing; name the list in the answer, such as 'items'"],
    ),
    (
        {"order": {"id": "id", "header": {"placed": "x"}}},
        ["api.order.header.placed: is not known; did you mean placed_at?"],
    ),
    (
        {"order": {"id": "id", "header": {"totals": {"total": "sum"}}}},
        ['api.order.currency: is missing, and api.order.header.totals.total is an amount; or write { value = "USD" }'],
    ),
    (
        {"order": {"id": "id", "statuses": {"order": "state"}}},
        ['api.order.statuses.order.words: is missing; say what each word means, such as { paid = "PAID" }'],
    ),
    (
        {"order": {"id": "id", "statuses": {"order": {"at": "s", "words": {"x": "GONE"}, "documented": ["x", "y"]}}}},
        [
            "api.order.statuses.order.words.x: 'GONE' is not one of DRAFT, PENDING, OPEN, COMPLETED, CANCELED, FAILED, "
            "EXPIRED, UNKNOWN",
            "api.order.statuses.order.words: has no meaning for the documented word 'y'",
        ],
    ),
    (
        {"order": {"id": "id", "header": {"archived": {"value": "perhaps"}}}},
        ["api.order.header.archived.value: is neither yes nor no"],
    ),
    ({"order": {"id": "id", "url": {"value": ""}}}, ["api.order.url.value: is empty; leave the field out instead"]),
    (
        {"order": {"id": "id", "references": {"id": "x", "Shop": "y"}}},
        [
            f"api.order.references.{name}: name a reference in lower-case letters, digits and underscores, "
            "not id or number"
            for name in ("id", "Shop")
        ],
    ),
    (
        {"order": {"id": {"at": "id", "minor_units": 2}}},
        ["api.order.id.minor_units: is not known; known here are at, value, whole"],
    ),
    # Other things.
    ({"stock": {**LOOKUP, "map": {"sku": "sku"}}}, ["api.stock.map.location: is missing; say where it stands"]),
    (
        {"stock": LOOKUP},
        [
            'api.stock.map: must be a table, such as { sku = "…" }',
            "api.stock.map.sku: is missing; say where it stands",
            "api.stock.map.location: is missing; say where it stands",
        ],
    ),
    (
        {"skus": {"path": "/skus/{key}", "map": {"title": "name"}}},
        [
            "api.skus.path: {key} is not a placeholder here; there are none",
            "api.skus.map.title: is not known; known here are each, sku",
            "api.stock: is missing, and api.skus lists what stock can be asked of",
            "api.skus.map.sku: is missing; say where it stands",
        ],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), WRONG, ids=[wrong[1][0].partition(":")[0] for wrong in WRONG])
def test_each_mistake_is_told(changes: dict[str, Any], expected: list[str]) -> None:
    """The key, and what would be right, and nothing else."""
    assert problems(api(**changes)) == expected


def test_what_is_no_expression() -> None:
    """JMESPath's own words say where it cannot go on."""
    (found,) = problems(api(order={"id": "orders["}))
    assert found.startswith("api.order.id: is no JMESPath expression: ")


def test_what_each_way_of_signing_in_needs() -> None:
    """A name, a user, a client and its issuer; and a secret exactly where one is spoken of."""
    for style, needed in (("header", ["name"]), ("query", ["name"]), ("basic", ["user"]), ("bearer", [])):
        expected = [f"api.auth.{name}: is missing; the style {style} needs it" for name in needed]
        assert problems(api(auth={"style": style}), "secret") == expected
    assert problems(api(auth={"style": "client_credentials", "token_url": "oauth"}), "secret") == [
        "api.auth.client_id: is missing; the style client_credentials needs it",
        "api.auth.token_url: must be a path of the API (/oauth/token) or a whole URL (https://…)",
    ]
    assert problems(api(auth={"style": "bearer"})) == ["secret: is missing, and api.auth.style is bearer"]
    assert problems(api(), "secret") == ["secret: is given, and api.auth says nothing of it; say how it is sent"]


def test_all_mistakes_at_once() -> None:
    """Several mistakes in several places come together."""
    told = copy.deepcopy(API)
    told["kind"] = "SHOP"
    told["order"]["lines"]["each"] = "items["
    told["stock"]["batch"] = "some"
    told["search"]["sorts"]["EMAIL"] = "email"
    found = problems(told, "secret")
    for key in ("api.kind", "api.order.lines.each", "api.stock.batch", "api.search.sorts.EMAIL"):
        assert any(problem.startswith(f"{key}: ") for problem in found), key


def test_no_table_at_all() -> None:
    """What is no table is told so, and what it must hold."""
    assert problems([])[0] == "api: must be a table, such as [systems.<name>.settings.api]"
    assert (
        "api: asks for nothing; describe at least one of lookups, search, changes, stock, tracking, products, "
        "locations, skus" in problems({})
    )
