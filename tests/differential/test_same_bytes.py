"""Both executors give the same bytes for random operations over random objects, and a planted difference is found."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import GraphQLSyntaxError, parse, validate
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from orderweave.operations.answers import Request
from orderweave.operations.deferring import DIRECTIVE as DEFER
from orderweave.operations.rules import CustomersOrdersAtRoots
from orderweave.operations.running import Operations
from orderweave.projection import generating
from orderweave.schema import new_schema
from tests.differential.both import compiled, reference
from tests.differential.documents import Operation, operations
from tests.differential.scripted_gateway import ScriptedGateway
from tests.unit.callers import UNLIMITED

SCHEMA = new_schema()
# Strawberry's `execute` takes no schema with @defer; what is deferred is cut out before anything is executed.
SCHEMA._schema.directives = tuple(each for each in SCHEMA._schema.directives if each.name != DEFER)
EXAMPLES = 1_000 if os.environ.get("CI") == "true" else 150


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Without the log of internal errors, of which there are thousands here."""
    logger = logging.getLogger("orderweave.operations")
    logger.disabled = True
    yield
    logger.disabled = False


async def compare(kept: Operations, operation: Operation, gateway: ScriptedGateway) -> tuple[str, bytes]:
    """What ran the operation and the answer; asserts that both executors give it."""
    request = Request(query=operation.query, variables=operation.variables)
    expected = await reference(SCHEMA, request, gateway)
    found, executor = await compiled(kept, request, gateway)
    assert found == expected
    return str(executor), found


def accepted(query: str) -> bool:
    """Whether a document is within our bound on tokens and keeps the rule of ours, which Strawberry does not have."""
    try:
        document = parse(query, max_tokens=UNLIMITED.limits.tokens)
    except GraphQLSyntaxError:
        return False
    return not validate(SCHEMA._schema, document, [CustomersOrdersAtRoots])


def comparison(examples: int, phases: tuple[Phase, ...] = tuple(Phase)) -> tuple[Callable[[], None], Counter[str]]:
    """The property over so many operations, and a tally of what they were."""
    tally: Counter[str] = Counter()
    runner = asyncio.Runner()
    kept = Operations(SCHEMA)

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        operation=operations(SCHEMA._schema),
        seed=st.integers(0, 10**9),
        broken=st.sampled_from([0.0, 0.02, 0.05, 0.1, 0.2]),
        failing=st.sampled_from([0.0, 0.2]),
    )
    def compared(operation: Operation, seed: int, broken: float, failing: float) -> None:
        assume(accepted(operation.query))
        for turn in range(2):
            gateway = ScriptedGateway(seed + turn, broken=broken, failing=failing)
            executor, answer = runner.run(compare(kept, operation, gateway))
            tally[executor] += 1
            tally["errors"] += b'"errors"' in answer and b'"path"' in answer
            tally["whole"] += b'"errors"' not in answer

    def run() -> None:
        with runner:
            compared()

    return run, tally


def test_both_executors_give_the_same_bytes() -> None:
    """Data, errors, messages, paths, places and extensions are the same; most operations ran compiled, many broke."""
    run, tally = comparison(EXAMPLES)
    run()
    assert tally["COMPILED"] > EXAMPLES
    assert tally["errors"] > EXAMPLES / 2
    assert tally["whole"] > EXAMPLES / 4


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("raise missing(", "missing("),
        ("_index), run)", "_index + 1), run)"),
        ("'+00:00'", "'Z'"),
        ("._name_", "._name_.lower()"),
        ("return {", "return {'__typename': 'Bug', **{"),
    ],
)
def test_a_planted_difference_is_found(right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the generated code, as small as an index or a missing `raise`, makes the same comparison fail."""

    def planted(source: str, *arguments: Any) -> Any:
        lines = [
            line.replace(right, wrong) + "}" * wrong.count("**{") * (right in line) for line in source.splitlines()
        ]
        return compile("\n".join(lines), *arguments)

    monkeypatch.setattr(generating, "compile", planted, raising=False)
    run, _ = comparison(2 * EXAMPLES, (Phase.generate,))
    with pytest.raises(AssertionError):
        run()
