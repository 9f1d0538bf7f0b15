"""Documents that somebody would send to hurt: each a request to the endpoint, by a name that says what it tries."""

from __future__ import annotations

from typing import Any

from graphql import get_introspection_query

Body = dict[str, Any]
ORDER = 'order(by: {number: "1001"})'


def fragment_bomb(fragments: int, spreads: int = 2) -> str:
    """Each fragment spreads the next so many times: what is spread grows by that power with each."""
    chain = "".join(
        f"fragment F{number} on Order {{ {' '.join([f'...F{number + 1}'] * spreads)} }} " for number in range(fragments)
    )
    return f"{{ {ORDER} {{ ...F0 }} }} {chain}fragment F{fragments} on Order {{ id }}"


def field_bomb(width: int) -> str:
    """Lists within lists under so many aliases each."""
    events = " ".join(f"e{number}: events {{ message }}" for number in range(width))
    packages = " ".join(f"p{number}: packages {{ ...E }}" for number in range(width))
    shipments = " ".join(f"s{number}: shipments {{ ...P }}" for number in range(width))
    return (
        f"{{ orders(first: 100) {{ nodes {{ ...S }} }} }} fragment S on Order {{ {shipments} }} "
        f"fragment P on Shipment {{ {packages} }} fragment E on Package {{ {events} }}"
    )


def nested_filter(depth: int) -> Body:
    """A filter within filters."""
    found: Body = {"number": {"eq": "1"}}
    for _ in range(depth):
        found = {"or": [found]}
    return found


def nested_list(depth: int) -> Any:
    """A list within lists."""
    found: Any = ["x"]
    for _ in range(depth):
        found = [found]
    return found


def _variables(query: str, **variables: Any) -> Body:
    return {"query": query, "variables": variables}


_LIST = "query ($filter: OrderFilter, $first: Int) { orders(first: $first, filter: $filter) { nodes { id } } }"
_SKUS = "query ($skus: [String!]!) { inventory(skus: $skus) { sku } }"
_STANDARD = get_introspection_query()
_DEEP_TYPE = "{ __schema { types { " + "fields { type { " * 6 + "name" + " } }" * 6 + " } } }"

DOCUMENTS: dict[str, str] = {
    # Fragments.
    "fragment bomb, 14 deep": fragment_bomb(14),
    "fragment bomb, 30 deep": fragment_bomb(30),
    "fragment bomb up to the token limit": fragment_bomb(96),
    "fragment bomb beyond the token limit": fragment_bomb(400),
    "fragment bomb of ten spreads": fragment_bomb(24, 10),
    "fragment bomb of inline fragments": f"{{ {ORDER} {{ ...A }} }} fragment A on Order {{ "
    + "... { ...B ...B } " * 40
    + "} fragment B on Order { "
    + "... on Order { id number } " * 40
    + "}",
    "fragments that spread all others": "{ ...F0 } "
    + " ".join(
        f"fragment F{one} on Query {{ {' '.join(f'...F{other}' for other in range(one + 1, 25))} __typename }}"
        for one in range(25)
    ),
    "a fragment in itself": f"{{ {ORDER} {{ ...A }} }} fragment A on Order {{ id ...A }}",
    "fragments in a circle": f"{{ {ORDER} {{ ...A0 }} }} "
    + " ".join(f"fragment A{one} on Order {{ ...A{(one + 1) % 100} }}" for one in range(100)),
    "fragments that all spread all": f"{{ {ORDER} {{ ...A0 }} }} "
    + " ".join(
        f"fragment A{one} on Order {{ {' '.join(f'...A{other}' for other in range(20))} }}" for one in range(20)
    ),
    "a circle that nobody spreads": "{ systems { name } } fragment A on Order { ...B } fragment B on Order { ...A }",
    "a circle through inline fragments": f"{{ {ORDER} {{ ...A }} }} fragment A on Order {{ ... {{ ... {{ ...A }} }} }}",
    "fragments that are not there": "{ " + "...Nothing " * 300 + "}",
    "fragments that nobody spreads": "{ systems { name } } "
    + " ".join(f"fragment U{one} on Order {{ id }}" for one in range(130)),
    "a fragment on every wrong type": f"{{ {ORDER} {{ ...A ...B ...C }} }} fragment A on Money {{ amount }} "
    "fragment B on Node { id } fragment C on String { x }",
    "fragments of one name": f"{{ {ORDER} {{ ...A }} }} " + "fragment A on Order { id } " * 130,
    # Depth.
    "150 inline fragments in each other": f"{{ {ORDER} {{ " + "... { " * 150 + "id" + " }" * 152,
    "unknown fields in each other": "{ a" + "{ a " * 190 + "}" * 191,
    "brackets that never end": "{ a" * 330,
    "100,000 brackets": "{" * 100_000,
    "60,000 brackets": "{" * 60_000,
    "lists in lists in an argument": "{ inventory(skus: " + "[" * 190 + '"x"' + "]" * 190 + ") { sku } }",
    "objects in objects in an argument": "{ orders(filter: "
    + "{or: [" * 90
    + '{number: {eq: "1"}}'
    + "]}" * 90
    + ") { nodes { id } } }",
    # Aliases, fields, roots, directives, operations.
    "330 aliases": f"{{ {ORDER} {{ " + " ".join(f"a{one}: id" for one in range(320)) + " } }",
    "aliases of a root": "{ " + " ".join(f"a{one}: systems {{ name }}" for one in range(150)) + " }",
    "look-ups under aliases": "{ "
    + " ".join(f'a{one}: order(by: {{number: "{one}"}}) {{ id }}' for one in range(60))
    + " }",
    "lists under aliases": "{ "
    + " ".join(f"a{one}: orders(first: 100) {{ nodes {{ id }} }}" for one in range(60))
    + " }",
    "customers under aliases": '{ customer(by: {email: "ada@example.com"}) { '
    + " ".join(f"a{one}: orders(first: {one + 1}) {{ nodes {{ id }} }}" for one in range(49))
    + " } }",
    "one list 20 times": "{ "
    + " ".join(f"a{one}: orders(first: 100) {{ nodes {{ id }} }}" for one in range(20))
    + " }",
    "one look-up 20 times": "{ " + " ".join(f"a{one}: {ORDER} {{ id number }}" for one in range(20)) + " }",
    "all places 20 times": "{ " + " ".join(f"a{one}: locations {{ name }}" for one in range(20)) + " }",
    "one field 990 times": "{ systems { " + "name " * 990 + "} }",
    "one root 240 times": "{ " + "systems { name } " * 240 + "}",
    "one object 300 times": f"{{ {ORDER} {{ " + "totals { tax { amount } } " * 120 + "} }",
    "a product of lists": field_bomb(4),
    "a larger product of lists": field_bomb(16),
    "fields that conflict": "{ systems { "
    + " ".join(f"a: {('name', 'title')[one % 2]}" for one in range(320))
    + " } }",
    "fields that conflict in fragments": f"{{ {ORDER} {{ "
    + " ".join(f"...F{one}" for one in range(60))
    + " } } "
    + " ".join(f"fragment F{one} on Order {{ a: {('id', 'number')[one % 2]} }}" for one in range(60)),
    "a directive 300 times": "{ systems { name " + "@include(if: true) " * 160 + "} }",
    "an unknown directive 450 times": "{ systems { name " + "@nothing " * 450 + "} }",
    "directives on many fields": "{ systems { " + "name @skip(if: false) " * 120 + "} }",
    "240 operations": " ".join(f"query Q{one} {{ __typename }}" for one in range(190)),
    "thousands of operations": " ".join(f"query Q{one} {{ __typename }}" for one in range(5_000)),
    "operations without names": "{ __typename } " * 300,
    "operations over one fragment": " ".join(f"query Q{one} {{ ...F }}" for one in range(150))
    + " fragment F on Query { __typename }",
    # Literals and texts.
    "a number of 60,000 digits": "{ orders(first: " + "9" * 60_000 + ") { nodes { id } } }",
    "a number just too large": "{ orders(first: 2147483648) { nodes { id } } }",
    "a number below zero": "{ orders(first: -2147483648) { nodes { id } } }",
    "a large page": "{ orders(first: 2147483647) { nodes { id } } }",
    "a fraction with a huge exponent": '{ orders(filter: {total: {eq: "1e999999999"}}) { nodes { id } } }',
    "a fraction as a count": "{ orders(first: 1e400) { nodes { id } } }",
    "a text of 60,000 characters": '{ order(by: {number: "' + "x" * 60_000 + '"}) { id } }',
    "a block of 60,000 characters": '{ order(by: {number: """' + "\\n x " * 15_000 + '"""}) { id } }',
    "a block of empty lines": '{ order(by: {number: """' + "\n" * 60_000 + '"""}) { id } }',
    "a block that never ends": '{ order(by: {number: """' + "x" * 1_000,
    "a name of 60,000 characters": "{ " + "n" * 60_000 + " }",
    "names of 900 characters": "{ systems { " + " ".join("n" * 900 + str(one) for one in range(70)) + " } }",
    "a comment of 60,000 characters": "#" * 60_000 + "\n{ systems { name } }",
    "60,000 commas": "," * 60_000 + "{ systems { name } }",
    "unicode escapes": '{ order(by: {number: "' + "\\u{10FFFF}\\u0000" * 2_000 + '"}) { id } }',
    "half a surrogate pair": '{ order(by: {number: "\\ud83d"}) { id } }',
    "surrogates the wrong way round": '{ order(by: {number: "\\udca9\\ud83d"}) { id } }',
    "a code point that is none": '{ order(by: {number: "\\u{110000}"}) { id } }',
    "a byte order mark": "\ufeff{ systems { name } }",
    "a thousand byte order marks": "\ufeff" * 1_000 + "{ systems { name } }",
    "control characters": "{ systems { name } }\x00\x01\x7f",
    "other writing": "{ s\u0443stems { n\u0430me } }",
    "a list of 300 SKUs": "{ inventory(skus: [" + '"x" ' * 300 + "]) { sku } }",
    "a list of wrong values": "{ inventory(skus: [" + "1 " * 900 + "]) { sku } }",
    "an object of one field 200 times": "{ orders(filter: {" + 'number: {eq: "1"} ' * 150 + "}) { nodes { id } } }",
    "arguments of one name": "{ orders(" + "first: 1 " * 300 + ") { nodes { id } } }",
    "100 ids": "{ nodes(ids: [" + '"x" ' * 100 + "]) { id ... on Order { number } ... on CustomerProfile { name } } }",
    # What is not there.
    "900 unknown fields": "{ systems { " + " ".join(f"nam{one}" for one in range(900)) + " } }",
    "900 unknown roots": "{ " + " ".join(f"ordr{one}" for one in range(900)) + " }",
    "140 unknown types": " ".join(f"fragment A{one} on Ordr{one} {{ id }}" for one in range(140)),
    "200 unknown variables": "{ "
    + " ".join(f"orders(first: $v{one}) {{ nodes {{ id }} }}" for one in range(90))
    + " }",
    "200 variables of no use": "query (" + " ".join(f"$v{one}: Int" for one in range(200)) + ") { systems { name } }",
    "variables of unknown types": "query (" + " ".join(f"$v{one}: Nothing" for one in range(200)) + ") { __typename }",
    "a type of 190 lists": "query ($v: " + "[" * 190 + "Int" + "]" * 190 + ") { systems { name } }",
    # Values that are none, or of no use.
    "a search of 60,000 characters": '{ orders(search: "' + "a" * 60_000 + '") { nodes { id } } }',
    "a search of signs": '{ orders(search: "' + "%_*?()[]{}|&!:'" * 20 + '") { nodes { id } } }',
    "a cursor of 60,000 characters": '{ orders(after: "' + "A" * 60_000 + '") { nodes { id } } }',
    "a cursor that is none": '{ orders(after: "bm8gY3Vyc29y") { nodes { id } } }',
    "an id of 60,000 characters": '{ node(id: "' + "A" * 60_000 + '") { id } }',
    "an id with a zero byte": '{ node(id: "T3JkZXI\u0000") { id } }',
    "a date beyond all calendars": '{ orders(filter: {placedAt: {gte: "99999-12-31T00:00:00Z"}}) { nodes { id } } }',
    "a date of 60,000 digits": '{ orders(filter: {placedAt: {gte: "' + "1" * 60_000 + '"}}) { nodes { id } } }',
    "an amount that is no number": '{ orders(filter: {total: {gte: "NaN", lte: "-Infinity"}}) { nodes { id } } }',
    "an amount of 60,000 digits": '{ orders(filter: {total: {gte: "' + "9" * 60_000 + '"}}) { nodes { id } } }',
    "no name at all": "{ order(by: {}) { id } }",
    "many names at once": '{ order(by: {number: "1", id: "2", key: {system: "shop", name: "id", value: "3"}}) { id } }',
    "null where something must be": "{ order(by: null) { id } }",
    "a filter of 80 alternatives": "{ orders(filter: {or: [" + '{number: {eq: "1"}} ' * 80 + "]}) { nodes { id } } }",
    "a default that is a large filter": "query ($f: OrderFilter = {or: ["
    + '{number: {eq: "1"}} ' * 80
    + "]}) { orders(filter: $f) { nodes { id } } }",
    "names that mean something elsewhere": "{ systems { "
    + " ".join(f"{name}: name" for name in ("__proto__", "constructor", "toString", "__class__", "__dict__", "self"))
    + " } }",
    # Kinds of operations and of definitions.
    "45 guesses in one mutation": "mutation { "
    + " ".join(f't{one}: trackOrder(number: "{one}", email: "a@b.c") {{ access {{ token }} }}' for one in range(45))
    + " }",
    "a subscription that is posted": 'subscription { orderUpdated(by: {number: "1001"}) { order { id } } }',
    "a subscription of many roots": "subscription { "
    + " ".join(f'a{one}: orderUpdated(by: {{number: "{one}"}}) {{ cursor }}' for one in range(60))
    + " }",
    "types in place of an operation": " ".join(f"type T{one} {{ a: Int }}" for one in range(120)),
    "types beside an operation": "{ systems { name } } "
    + " ".join(f"extend type Query {{ a{one}: Int }}" for one in range(90)),
    "conditions by 75 variables": "query ("
    + " ".join(f"$v{one}: Boolean = true" for one in range(75))
    + ") { systems { "
    + " ".join(f"title @include(if: $v{one})" for one in range(75))
    + " } }",
    "parts that are deferred in each other": f"{{ {ORDER} {{ " + "... @defer { " * 45 + "id" + " }" * 47,
    "48 parts that are deferred": f"{{ {ORDER} {{ " + "... @defer { number } " * 48 + "} }",
    "an age on every field": "{ " + "systems @freshness(maxAge: 1) { name } " * 45 + "}",
    # Introspection.
    "introspection ten times": "{ " + " ".join(f"a{one}: __schema {{ types {{ name }} }}" for one in range(50)) + " }",
    "the whole schema four times": _STANDARD.replace("__schema {", "a: __schema {", 1)
    + " "
    + "query B { "
    + " ".join(f"b{one}: __schema {{ types {{ ...FullType }} }}" for one in range(4))
    + " }",
    "types of fields of types": _DEEP_TYPE,
    "types of fields of types by fragments": "{ __schema { types { ...A } } } "
    + " ".join(f"fragment A{one} on __Type {{ fields {{ type {{ ...A{one + 1} }} }} }}" for one in range(40))
    + " fragment A on __Type { ...A0 } fragment A40 on __Type { name }",
    "of type of type of type": '{ __type(name: "Order") { ' + "ofType { " * 150 + "name" + " }" * 152,
    "possible types under aliases": '{ __type(name: "Node") { '
    + " ".join(f"a{one}: possibleTypes {{ fields {{ args {{ name }} }} }}" for one in range(45))
    + " } }",
}

BODIES: dict[str, Body] = {
    **{name: {"query": query} for name, query in DOCUMENTS.items()},
    "one of thousands of operations": {
        "query": " ".join(f"query Q{one} {{ __typename }}" for one in range(190)),
        "operationName": "Q7",
    },
    "a list of 100,000 SKUs": _variables(_SKUS, skus=["x"] * 100_000),
    "SKUs in lists in lists": _variables(_SKUS, skus=nested_list(60)),
    "SKUs that are none": _variables(_SKUS, skus=[None, {}, [], 1, 1.5, True] * 5_000),
    "a text of 900,000 characters": _variables(_SKUS, skus=["x" * 900_000]),
    "a deep filter": _variables(_LIST, filter=nested_filter(5)),
    "a very deep filter": _variables(_LIST, filter=nested_filter(300)),
    "a wide filter": _variables(_LIST, filter={"or": [{"number": {"eq": "1"}}] * 20_000}),
    "a filter of wide filters": _variables(_LIST, filter={"or": [{"or": [{"sku": {"in": ["a"] * 99}}] * 20}] * 20}),
    "a filter of 400 tests": _variables(
        _LIST, filter={"and": [{"and": [{"sku": {"ne": f"{one}-{two}"}} for two in range(20)]} for one in range(20)]}
    ),
    "twenty lists by a filter of 100 tests": _variables(
        "query ($filter: OrderFilter) { "
        + " ".join(f"a{one}: orders(filter: $filter, first: {one + 1}) {{ nodes {{ id }} }}" for one in range(20))
        + " }",
        filter={"and": [{"and": [{"sku": {"ne": f"{one}-{two}"}} for two in range(20)]} for one in range(5)]},
    ),
    "twenty lists by a filter of 1,200 tests": _variables(
        "query ($filter: OrderFilter) { "
        + " ".join(f"a{one}: orders(filter: $filter, first: {one + 1}) {{ totalCount }}" for one in range(20))
        + " }",
        filter={
            "and": [
                {
                    "and": [
                        {"sku": {"ne": f"{one}"}, "number": {"ne": f"{two}"}, "currency": {"ne": "x"}}
                        for two in range(20)
                    ]
                }
                for one in range(20)
            ]
        },
    ),
    "a filter of unknown fields": _variables(_LIST, filter={f"unknown{one}": 1 for one in range(20_000)}),
    "a page of a large number": _variables(_LIST, first=10**300),
    "a page of a fraction": _variables(_LIST, first=1.5e300),
    "a page of a text": _variables(_LIST, first="9" * 100_000),
    "variables that nobody asked for": _variables(_LIST, **{f"v{one}": one for one in range(30_000)}),
    "an operation of a long name": {"query": "{ systems { name } }", "operationName": "x" * 900_000},
    "extensions that nobody reads": {"query": "{ systems { name } }", "extensions": {"a": nested_list(50)}},
}
