"""What a document may hold and cost: each limit at its edge, the price, and who may know of the schema."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from graphql import get_introspection_query

from orderweave.bootstrap import Orderweave
from orderweave.model.rights import Caller, Scope
from orderweave.operations import gate, rules
from orderweave.operations.answers import Answer, Request
from orderweave.operations.documents import LONGEST_DOCUMENT
from orderweave.operations.running import Operations
from orderweave.schema import Context
from tests.unit.callers import limited
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_systems import weave

WOVEN = weave(shop([order("a1", "1001", email="ada@example.com", customer_id="c1")]), erp(), wms())
OPERATIONS = Operations(WOVEN.schema)
NAMED = 'order(by: {number: "1001"}) { number }'
STRANGER = limited(without=frozenset({Scope.SCHEMA, Scope.SYSTEMS}))


async def ask(query: str, caller: Caller, *, cost: bool = False, explain: bool = False, **variables: Any) -> Answer:
    """The answer of a gateway over three systems."""
    request = Request(query=query, variables=variables or None, cost=cost, explain=explain)
    return await OPERATIONS.run(request, Context(WOVEN.gateway, caller=caller))


def told(limit: str, allowed: int, actual: int | None) -> dict[str, Any]:
    """The extensions of a refusal."""
    more = {} if actual is None else {"actual": actual}
    return {"limit": limit, "allowed": allowed, **more, "code": "LIMIT_EXCEEDED"}


EDGES: list[tuple[str, str, str, int]] = [
    ("tokens", "tokens", "{ systems { name } }", 6),
    ("depth", "depth", "{ order(by: {number: 1}) { ...T } } fragment T on Order { totals { due { amount } } }", 4),
    ("aliases", "aliases", "{ a: systems { ...S } b: systems { ...S } } fragment S on System { n: name }", 4),
    (
        "directives",
        "directives",
        "query @freshness(maxAge: 1) { systems { ...S ...S @skip(if: false) } } "
        "fragment S on System @include(if: true) { name @skip(if: false) }",
        6,
    ),
    ("fields", "fields", "{ systems { ...S ...S } } fragment S on System { name title }", 5),
    ("root_fields", "rootFields", "{ systems { name } ...R ...R } fragment R on Query { ... { __typename } }", 3),
    ("response_cost", "responseCost", f"{{ {NAMED} a: {NAMED} }}", 4),
    ("upstream_calls", "upstreamCalls", "{ orders(first: 1) { nodes { number } } }", 3),
    ("points", "points", f"{{ {NAMED} }}", 2),
]


@pytest.mark.parametrize(("field", "name", "query", "counts"), EDGES, ids=[field for field, *_ in EDGES])
async def test_a_limit_holds_to_the_one(field: str, name: str, query: str, counts: int) -> None:
    """With as much as it needs a document passes that limit; with one less it is refused, with the figures."""
    enough: dict[str, Any] = {field: counts}
    short: dict[str, Any] = {field: counts - 1}
    within = await ask(query, limited(f"{field} enough", **enough))
    assert [error for error in within.errors if error["extensions"].get("limit")] == []
    beyond = await ask(query, limited(f"{field} short", **short))
    assert not beyond.executed
    assert [error["extensions"] for error in beyond.errors] == [told(name, counts - 1, counts)]


async def test_all_that_is_too_much_is_told_at_once() -> None:
    """A document beyond several limits is told of each."""
    answer = await ask("{ a: systems { b: name } }", limited(depth=1, aliases=1, fields=1, root_fields=0))
    assert [error["extensions"]["limit"] for error in answer.errors] == ["depth", "aliases", "fields", "rootFields"]
    assert answer.errors[0]["message"] == "the document has 2 levels of fields in each other; 1 are allowed"


async def test_a_mutation_has_one_root_unless_its_caller_may_send_several() -> None:
    """Aliases do not make several tries of one request: that is refused before anybody asks what the fields are."""
    query = "mutation { a: trackOrder b: trackOrder }"
    refused = await ask(query, limited())
    assert [error["extensions"] for error in refused.errors] == [told("mutationFields", 1, 2)]
    allowed = await ask(query, limited(mutation_fields=2))
    assert {error["extensions"]["code"] for error in allowed.errors} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_length_and_nesting() -> None:
    """A document is so long at most, and one that nests beyond what can be walked is refused in the same form."""
    text = "{ systems { name } }"
    padded = text + " " * (LONGEST_DOCUMENT - len(text))
    assert (await ask(padded, limited())).errors == ()
    (error,) = (await ask(f"{padded} ", limited())).errors
    assert error["extensions"] == told("characters", LONGEST_DOCUMENT, LONGEST_DOCUMENT + 1)
    chain = "".join(f"fragment F{one} on Query {{ ...F{one + 1} }} " for one in range(3_000))
    (error,) = (await ask(f"{{ ...F0 }} {chain}", limited(tokens=50_000))).errors
    assert error["extensions"]["limit"] in ("characters", "nesting")
    chain = "".join(f"fragment F{one} on Query{{...F{one + 1}}}" for one in range(1_500))
    (error,) = (await ask(f"{{...F0}}{chain}", limited(tokens=50_000))).errors
    assert error["extensions"] == told("nesting", 15, None)


@pytest.mark.parametrize("count", [200, 223, 224, 400, 900])
async def test_a_valid_document_is_validated_whole_or_told_its_limit(count: int) -> None:
    """Up to the tokens that there may be, the same field so many times in one place is answered, or refused by the name
    of the limit: comparisons of each field with each other of its name.
    """
    answer = await ask("{ systems { " + "name " * count + "} }", limited())
    if count * (count - 1) <= rules.MOST_COMPARISONS:
        assert (answer.executed, answer.errors) == (True, ())
        return
    (error,) = answer.errors
    assert error == {
        "message": "the document has more than 50000 comparisons of fields that may overlap; 50000 are allowed",
        "extensions": told("comparisons", 50_000, None),
    }


async def test_nesting_that_validation_gives_up_on_has_its_name() -> None:
    """Inline fragments in fragments, a level in three tokens, nest deeper than graphql-core goes: told as nesting."""
    deeper, out = "... { " * 120, "} " * 120
    query = f"{{ {deeper} ...A {out} }} fragment A on Query {{ {deeper} __typename {out} }}"
    (error,) = (await ask(query, limited())).errors
    assert error["extensions"] == told("nesting", 200, None)


async def test_values_of_variables_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """All values in lists and objects count, wherever they stand."""
    monkeypatch.setattr(gate, "_MOST_VALUES", 6)
    query = "query ($skus: [String!]!) { inventory(skus: $skus) { sku } }"
    assert (await ask(query, limited(), skus=["a", "b", "c", "d", "e"])).errors == ()
    (error,) = (await ask(query, limited(), skus=["a", "b", "c", "d", "e", "f"])).errors
    assert error["extensions"] == told("variables", 6, None)


async def test_a_document_that_is_known_keeps_to_the_next_callers_limits() -> None:
    """What a caller with more may send is refused to one with less, known or not."""
    query = "{ systems { name title kind healthy } }"
    assert (await ask(query, limited())).errors == ()
    (error,) = (await ask(query, limited(tokens=8))).errors
    assert error["extensions"] == told("tokens", 8, 9)


PRICES: list[tuple[str, dict[str, Any], int, int]] = [
    ("{ systems { name } }", {}, 12, 0),
    ("{ __typename }", {}, 1, 0),
    ("query ($n: Int) { orders(first: $n) { nodes { id } } }", {"n": 7}, 15, 2),
    ("query ($n: Int) { orders(first: $n) { nodes { id } } }", {"n": None}, 41, 2),
    ("query ($n: Int) { orders(first: $n) { nodes { id } } }", {}, 41, 2),
    ("query ($n: Int = 3) { orders(last: $n) { edges { cursor node { id } } pageInfo { endCursor } } }", {}, 15, 2),
    ("query ($s: [String!]!) { inventory(skus: $s) { sku } }", {"s": ["a"] * 60}, 120, 12),
    ('{ nodes(ids: ["x", "y"]) { id } }', {}, 4, 8),
    ("query ($x: Boolean!) { systems @skip(if: $x) { name } }", {"x": True}, 0, 0),
    ("query ($x: Boolean!) { systems @include(if: $x) { name } }", {"x": True}, 12, 0),
    ('{ order(by: {number: "1"}) { conflicts { path } } }', {}, 13, 4),
    ('{ product(sku: "A") { title } }', {}, 2, 2),
    ('{ customer(by: {email: "a@b.c"}) { a: orders(first: 2) { nodes { id } } } }', {}, 6, 5),
]


@pytest.mark.parametrize(("query", "variables", "response", "calls"), PRICES, ids=[price[0][:60] for price in PRICES])
async def test_a_price(query: str, variables: dict[str, Any], response: int, calls: int) -> None:
    """What an operation costs with its variables, told to who asks; asked again it is the same."""
    for _ in range(2):
        answer = await ask(query, limited(), cost=True, **variables)
        assert answer.extensions == {
            "cost": {
                "response": response,
                "upstreamCalls": calls,
                "limits": {"response": 100_000, "upstreamCalls": 250},
            }
        }
    assert not (await ask(query, limited(), **variables)).extensions


async def test_a_refusal_says_its_price() -> None:
    """Who asks for the price is told it where it was too high, too."""
    answer = await ask("{ systems { name } }", limited(response_cost=11), cost=True)
    assert (answer.executed, (answer.extensions or {})["cost"]["response"]) == (False, 12)


async def test_a_filter_in_a_variable_is_priced_by_what_it_reads() -> None:
    """The same document asks the warehouse only where its filter reads something of the goods."""
    query = "query ($f: OrderFilter) { orders(first: 1, filter: $f) { nodes { number } } }"
    prices = []
    filters: list[dict[str, dict[str, str]]] = [
        {"number": {"eq": "1"}},
        {"fulfillmentStatus": {"eq": "FULFILLED"}},
        {"fulfillmentStatus": {}},
    ]
    for given in filters:
        answer = await ask(query, limited(), cost=True, f=given)
        prices.append((answer.extensions or {})["cost"]["upstreamCalls"])
    assert prices == [3, 4, 3]


async def test_prices_are_kept_by_size_and_made_anew_for_other_systems() -> None:
    """A repeated operation is priced once for each size, and again where the systems are others."""
    query = "query ($n: Int, $after: String) { orders(first: $n, after: $after) { nodes { number } } }"
    operations = Operations(WOVEN.schema)
    context = Context(WOVEN.gateway)
    for turn in range(100):
        await operations.run(Request(query=query, variables={"n": turn % 4 + 1, "after": f"no {turn}"}), context)
    (document, _) = next(iter(operations._documents._things.values()))
    assert len(document._prices) == 4
    alone = weave(shop())
    answer = await operations.run(Request(query=query, variables={"n": 1}, cost=True), Context(alone.gateway))
    assert (answer.extensions or {})["cost"]["upstreamCalls"] == 1
    assert len(document._prices) == 1


async def test_the_plan_beside_the_answer() -> None:
    """Who may know of systems is told the plan on request; for another caller the wish is passed over."""
    answer = await ask("{ orders(first: 5) { nodes { number } } }", limited(), explain=True)
    lines = (answer.extensions or {})["explain"]
    assert (lines[0], lines[-1]) == ("orders: HEADER", "price in all: 11 values, 3 calls")
    assert not (await ask("{ orders(first: 5) { nodes { number } } }", STRANGER, explain=True)).extensions


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Order") { name } }',
        '{ systems { name } a: __type(name: "Order") { name } }',
        "{ ...A } fragment A on Query { ... { __schema { queryType { name } } } }",
    ],
)
async def test_introspection_needs_the_scope(query: str) -> None:
    """Without `schema:read` no way leads to the schema; `__typename` is no secret."""
    assert (await ask(query, limited())).errors == ()
    (error,) = (await ask(query, STRANGER)).errors
    assert error == {
        "message": "the schema cannot be read from here: this needs the scope schema:read",
        "extensions": {"code": "FORBIDDEN"},
    }
    assert (await ask('{ __typename node(id: "x") { __typename } }', STRANGER)).executed


async def test_an_operator_lets_nobody_read_the_schema() -> None:
    """With `http.introspection = false` nobody reads it, whoever has all scopes included, as all have where there is no
    access control; and no error tells what was perhaps meant.
    """
    http = msgspec.structs.replace(WOVEN.configuration.http, introspection=False)
    closed = Orderweave(msgspec.structs.replace(WOVEN.configuration, http=http))
    context = Context(closed.gateway)
    for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Order") { name } }'):
        (error,) = (await OPERATIONS.run(Request(query=query), context)).errors
        assert error == {
            "message": "the schema cannot be read from here: introspection is switched off",
            "extensions": {"code": "FORBIDDEN"},
        }
    for query, variables in HINTS:
        answer = await OPERATIONS.run(Request(query=query, variables=variables), context)
        assert answer.errors, query
        assert "did you mean" not in str(answer.errors).lower(), query
    assert (await OPERATIONS.run(Request(query="{ __typename systems { name } }"), context)).errors == ()
    await closed.close()


async def test_the_standard_introspection_works_and_twice_that_does_not() -> None:
    """The tools' own query passes limits that data of its depth or size would not; three times as much does not."""
    tools = limited(depth=5, response_cost=10)
    query = get_introspection_query(descriptions=True, specified_by_url=True, input_value_deprecation=True)
    answer = await ask(query, tools)
    assert answer.errors == ()
    assert len(answer.data["__schema"]["types"]) == len(WOVEN.schema._schema.type_map)
    more = " ".join(f"a{one}: __schema {{ types {{ ...FullType }} }}" for one in range(3))
    (error,) = (await ask(query.replace("__schema {", f"__typename {more} b: __schema {{", 1), tools)).errors
    assert error["extensions"]["limit"] == "introspection"


HINTS: list[tuple[str, dict[str, Any]]] = [
    ("{ sistems { name } }", {}),
    ("{ systems { nam } }", {}),
    ("{ orders(frist: 1) { nodes { id } } }", {}),
    ("{ systems { name @skip(iff: true) } }", {}),
    ("{ ... on Qery { __typename } }", {}),
    ("query ($f: OrdrFilter) { orders(filter: $f) { nodes { id } } }", {}),
    ("{ orders(filter: {statu: {eq: OPEN}}) { nodes { id } } }", {}),
    ("{ orders(filter: {status: {eq: OPN}}) { nodes { id } } }", {}),
    ("{ orders(sort: {field: PLACED}) { nodes { id } } }", {}),
    ("query ($f: OrderFilter) { orders(filter: $f) { nodes { id } } }", {"f": {"statu": {"eq": "OPEN"}}}),
    ("query ($f: OrderFilter) { orders(filter: $f) { nodes { id } } }", {"f": {"status": {"eq": "OPN"}}}),
    ("query ($b: OrderLookup!) { order(by: $b) { id } }", {"b": {"numbr": "1"}}),
    ('{ node(id: "x") { number } }', {}),
]


@pytest.mark.parametrize(("query", "variables"), HINTS, ids=[query[:50] for query, _ in HINTS])
async def test_what_was_perhaps_meant_is_told_to_who_may_read_the_schema(query: str, variables: dict[str, Any]) -> None:
    """Names that nearly fit are suggested in fields, arguments, directives, types, inputs and values, or not at all."""
    open_words = [error["message"] for error in (await ask(query, limited(), **variables)).errors]
    closed_words = [error["message"] for error in (await ask(query, STRANGER, **variables)).errors]
    assert open_words
    assert len(open_words) == len(closed_words)
    assert any("Did you mean" in words for words in open_words)
    assert [words for words in closed_words if "did you mean" in words.lower()] == []


async def test_at_most_twenty_mistakes_are_told() -> None:
    """Of a document that is wrong throughout the first mistakes are told, and that there are more."""
    answer = await ask("{ systems { " + " ".join(f"x{one}" for one in range(100)) + " } }", limited())
    assert len(answer.errors) == 21
    assert answer.errors[-1]["message"] == "Too many validation errors, error limit reached. Validation aborted."


async def test_the_page_size_is_the_callers() -> None:
    """Pages, SKUs and ids go as far as the caller's page size lets them, in nested pages too."""
    analyst, guest = limited(page_size=500, upstream_calls=None), limited(page_size=10)
    for caller, most in ((analyst, 500), (guest, 10)):
        assert (await ask("query ($n: Int) { orders(first: $n) { nodes { id } } }", caller, n=most)).errors == ()
        for query, sizes, words in (
            (
                "query ($n: Int) { orders(first: $n) { nodes { id } } }",
                {"n": most + 1},
                f"first must be between 1 and {most}, is {most + 1}",
            ),
            (
                'query ($n: Int) { customer(by: {email: "ada@example.com"}) { orders(last: $n) { nodes { id } } } }',
                {"n": most + 1},
                f"last must be between 1 and {most}, is {most + 1}",
            ),
            (
                "query ($s: [String!]!) { inventory(skus: $s) { sku } }",
                {"s": ["a"] * (2 * most + 1)},
                f"skus must hold 1 to {2 * most} SKUs, holds {2 * most + 1}",
            ),
            (
                "query ($s: [ID!]!) { nodes(ids: $s) { id } }",
                {"s": ["a"] * (most // 2 + 1)},
                f"ids must hold 1 to {most // 2} ids, holds {most // 2 + 1}",
            ),
        ):
            (error,) = (await ask(query, caller, **sizes)).errors
            assert (error["message"], error["extensions"]["code"]) == (words, "BAD_INPUT")
    assert (await ask("{ orders { nodes { id } } }", guest)).errors == ()


async def test_a_page_of_more_than_a_hundred() -> None:
    """An analyst's page holds all 150 orders of a shop, whose own search gives fewer at once."""
    woven = weave(shop([order(f"a{one}", f"{1000 + one}", hours=one) for one in range(150)]))
    request = Request(
        query="{ orders(first: 150) { nodes { number } pageInfo { hasNextPage } coverage { complete } } }"
    )
    answer = await Operations(woven.schema).run(request, Context(woven.gateway, caller=limited(page_size=500)))
    assert answer.errors == ()
    assert len({node["number"] for node in answer.data["orders"]["nodes"]}) == 150
    assert answer.data["orders"]["coverage"]["complete"]
    assert not answer.data["orders"]["pageInfo"]["hasNextPage"]
