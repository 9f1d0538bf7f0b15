"""Whatever a document holds, reading it gives a configuration or a ConfigurationError and nothing else."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.config import ConfigurationError, Problem, load
from orderweave.config.loading import read
from tests.unit.config.conftest import ENVIRONMENT, REGISTRY

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.datetimes()
    | st.sampled_from(["shop", "erp", "shop:number", "reference", "{}", "#{}", "STORE", "\\d+", "((", "TOKEN", "LIMIT"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def table(*keys: str, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A table with keys that mean something, each holding what it should or anything at all; or no table."""
    entries = {key: known.get(key, ANYTHING) | ANYTHING for key in (*keys, *known)}
    return st.fixed_dictionaries({}, optional={**entries, "odd": ANYTHING}) | ANYTHING


SETTINGS = table(
    "url", "limit", "fast", "mapping", token=st.fixed_dictionaries({"env": st.sampled_from(["TOKEN", "NOWHERE"])})
)
REFERENCES = st.lists(table("field", "names", "spellings", "many", "lookup"), max_size=2)
SYSTEM = table(
    "title",
    "number_pattern",
    "captures_orders",
    connector=st.sampled_from(sorted(REGISTRY.connectors)),
    settings=SETTINGS,
    references=REFERENCES,
)
SYSTEMS = st.dictionaries(st.sampled_from(["shop", "erp", "Not A Name"]) | st.text(max_size=4), SYSTEM, max_size=3)
LOCATIONS = st.lists(table("id", "name", "kind", systems=st.dictionaries(st.sampled_from(["shop", "erp"]), ANYTHING)))
DOCUMENTS = table(
    systems=SYSTEMS,
    locations=LOCATIONS,
    server=table("host", "port", "deadline_seconds"),
    authority=table("stock", "header", "prices"),
).filter(lambda document: isinstance(document, dict))


@given(DOCUMENTS)
def test_nothing_but_configuration_errors(document: dict[str, Any]) -> None:
    """Arbitrary documents are read or refused with problems that each say what is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of the regular expressions that are drawn
        problems: list[Problem] = []
        try:
            read(document, file="any.toml", registry=REGISTRY, environment=ENVIRONMENT)
        except ConfigurationError as error:
            problems = error.problems or [Problem("", "")]
    assert all(problem.message for problem in problems)


@given(st.binary(max_size=60) | st.text(alphabet="[]{}=\"'\\\\,.#\\n x1", max_size=40).map(str.encode))
def test_any_bytes_as_a_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Arbitrary bytes in a file are refused as a ConfigurationError that names the file."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"any\.toml: "):
        load(path, registry=REGISTRY, environment=ENVIRONMENT)
