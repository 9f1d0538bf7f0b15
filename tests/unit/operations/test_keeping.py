"""What is kept of documents and code: within bounds, made once, and never another's."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.operations import running
from orderweave.operations.answers import Answer, ExecutorKind, Request
from orderweave.operations.documents import Document, hash_of
from orderweave.operations.keeping import Kept
from orderweave.operations.running import Counts, Operations
from orderweave.schema import Context
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import weave

WOVEN = weave(shop([order("a1", "1001"), order("a2", "1002")]))
LOOK_UP = (
    "query Look($n: String!, $all: Boolean = false) { order(by: {number: $n}) { number status @include(if: $all) } }"
)


async def ask(operations: Operations, query: str, name: str | None = None, **variables: Any) -> Answer:
    """The answer of one gateway over a shop."""
    request = Request(query=query, variables=variables, operation_name=name)
    return await operations.run(request, Context(WOVEN.gateway))


def test_the_least_used_goes_first() -> None:
    """Together things are no heavier than allowed; what was asked for last stays longest."""
    kept: Kept[str, int] = Kept(most=10, heaviest=6)
    kept.keep("a", 1, 4)
    kept.keep("b", 2, 4)
    assert kept.get("a") == 1
    kept.keep("c", 3, 4)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)
    assert (len(kept), kept.weight, kept.dropped) == (2, 8, 1)


def test_what_is_too_heavy_is_not_kept() -> None:
    """One heavy thing does not take the place of all others, and keeping a thing again changes nothing."""
    kept: Kept[str, int] = Kept(most=10, heaviest=6)
    kept.keep("a", 1, 6)
    kept.keep("b", 2, 7)
    kept.keep("a", 3, 6)
    assert (kept.get("a"), kept.get("b"), kept.weight, kept.dropped) == (1, None, 6, 0)


def test_a_documents_conditions_are_the_variables_of_its_directives() -> None:
    """Variables in @skip and @include are found in fields and fragments, each once, and no others."""
    document = Document(
        "query A($a: Boolean!, $b: Boolean!, $c: Int) { orders(first: $c) { nodes { id @skip(if: $b) ...F } } }"
        "fragment F on Order { number @include(if: $a) @skip(if: $b) status @skip(if: true) }",
        1_000,
    )
    assert document.conditions == ("b", "a")


def test_hashes_are_short_and_differ() -> None:
    """A document is known by 32 bytes, whatever it holds, and a character more is another document."""
    assert [len(hash_of(text)) for text in ("", "{ a }", "\ud800" * 10_000)] == [32, 32, 32]
    assert hash_of("{ a }") != hash_of("{ a } ")


async def test_a_repeated_operation_is_neither_parsed_nor_compiled_again() -> None:
    """Of a thousand requests of one operation the first alone is parsed and compiled, whatever its other variables."""
    operations = Operations(WOVEN.schema)
    for turn in range(1000):
        number = "1001" if turn % 2 else "1002"
        answer = await ask(operations, LOOK_UP, n=number)
        assert answer.data == {"order": {"number": number}}
        assert answer.executor is ExecutorKind.COMPILED
    assert operations.counts == Counts(parsed=1, compiled=1, ran_compiled=1000)


async def test_code_is_made_for_each_meaning_of_the_directives() -> None:
    """Values of @skip and @include have code of their own; a default and the same value given share it."""
    operations = Operations(WOVEN.schema)
    meanings: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["number"]),
        ({"all": True}, ["number", "status"]),
        ({"all": False}, ["number"]),
    ]
    for variables, keys in meanings:
        answer = await ask(operations, LOOK_UP, n="1001", **variables)
        assert list(answer.data["order"]) == keys
    assert operations.counts == Counts(parsed=1, compiled=2, ran_compiled=3)


async def test_operations_of_one_document_have_their_own_code() -> None:
    """Two operations of one document are told apart by name."""
    operations = Operations(WOVEN.schema)
    query = 'query A { order(by: {number: "1001"}) { number } } query B { systems { name } }'
    for _ in range(2):
        assert (await ask(operations, query, "A")).data == {"order": {"number": "1001"}}
        assert (await ask(operations, query, "B")).data == {"systems": [{"name": "shop"}]}
    assert operations.counts == Counts(parsed=1, compiled=2, ran_compiled=4)


async def test_introspection_is_declined_once_and_run_by_the_reference_executor() -> None:
    """What cannot be compiled is not tried again, and is counted as what it is."""
    operations = Operations(WOVEN.schema)
    for _ in range(3):
        answer = await ask(operations, "{ __schema { queryType { name } } }")
        assert answer.data == {"__schema": {"queryType": {"name": "Query"}}}
        assert answer.executor is ExecutorKind.REFERENCE
    assert operations.counts == Counts(parsed=1, declined=1, ran_reference=3)


async def test_nothing_is_compiled_where_it_is_switched_off() -> None:
    """For a comparison everything can be run by the reference executor."""
    operations = Operations(WOVEN.schema, compiled=False)
    answer = await ask(operations, LOOK_UP, n="1001")
    assert (answer.data, answer.executor) == ({"order": {"number": "1001"}}, ExecutorKind.REFERENCE)
    assert operations.counts == Counts(parsed=1, ran_reference=1)


async def test_what_is_not_valid_is_not_kept() -> None:
    """A document that cannot be run takes no place, and what was not run has no executor."""
    operations = Operations(WOVEN.schema)
    for query in ("{", "{ nothing }", LOOK_UP):
        answer = await ask(operations, query)
        assert (answer.executed, answer.executor) == (False, None)
    assert operations.counts == Counts(parsed=3)
    assert len(operations._documents) == 1, "the look-up is valid; its variables were not"


async def test_a_flood_of_documents_stays_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many distinct documents the last ones are kept, as many as the bounds allow, and of too long ones none."""
    monkeypatch.setattr(running, "_MOST_TEXT", 300)
    monkeypatch.setattr(running, "_LONGEST_TEXT", 100)
    monkeypatch.setattr(running, "_MOST_CODE", 2_000)
    operations = Operations(WOVEN.schema)
    for turn in range(60):
        await ask(operations, f"{{ systems {{ a{turn}: name }} }}")
    await ask(operations, f"{{ systems {{ name }} }} #{'-' * 100}")
    assert (operations._documents.weight <= 300, operations._projections.weight <= 2_000) == (True, True)
    assert (len(operations._documents), operations._documents.dropped) == (12, 48)
    assert len(operations._projections) < 10
    assert operations.counts == Counts(parsed=61, compiled=61, ran_compiled=61)


def test_a_schema_with_extensions_is_refused() -> None:
    """An extension of Strawberry would be passed over without a word, so that there may be none."""

    class Extended:
        extensions = ("something",)

    with pytest.raises(ValueError, match="would not see what is run here"):
        Operations(Extended())  # type: ignore[arg-type]  # stands for a schema
