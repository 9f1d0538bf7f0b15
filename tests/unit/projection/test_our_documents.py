"""The documents that the project and its users have run compiled, and not by way of the reference executor."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import parse

from orderweave.projection import Projector, compile_projection
from orderweave.schema import build_schema
from orderweave.web.examples import examples
from orderweave_sdk.testing.contracts import contract_file

SCHEMA = build_schema()
CASES = sorted((Path(__file__).parents[2] / "e2e" / "cases").iterdir())
EXAMPLES = examples(number="1001", skus=["TEA-1"])


def compiles(query: str, variables: Mapping[str, Any]) -> None:
    """Nothing of the document is declined."""
    run = Projector.build(SCHEMA._schema, parse(query), raw_variable_values=dict(variables))
    assert isinstance(run, Projector), run
    assert compile_projection(run, SCHEMA).roots


@pytest.mark.parametrize("folder", CASES, ids=[folder.name for folder in CASES])
def test_every_case_runs_compiled(folder: Path) -> None:
    """The e2e cases prove the compiled projection."""
    case = tomllib.loads((folder / "case.toml").read_text())
    compiles((folder / "query.graphql").read_text(), case.get("variables", {}))


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_every_example_runs_compiled(example: Any) -> None:
    """So do the explorer's tabs."""
    compiles(example.query, example.variables)


@pytest.mark.contracts
@pytest.mark.parametrize("name", ["order-screen", "order-list", "availability", "fan-out", "tracking"])
def test_every_query_of_the_users_runs_compiled(name: str) -> None:
    """So do the screens and lists that users ask."""
    variables = {"number": "1001", "skus": ["TEA-1"], "first": 20, "token": "t"}
    compiles(contract_file(f"../queries/{name}.graphql").read_text(), variables)
