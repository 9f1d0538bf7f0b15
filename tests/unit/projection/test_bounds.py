"""What compiling may cost, and what its text holds."""

from __future__ import annotations

import ast

import pytest
from graphql import parse

from orderweave.projection import Declined, Projector, compile_projection, generating
from tests.unit.projection.shop_schema import SCHEMA


def prepared(query: str) -> Projector:
    """A run of the query, not begun."""
    built = Projector.build(SCHEMA._schema, parse(query))
    assert isinstance(built, Projector)
    return built


def test_a_selection_of_too_many_fields_is_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields are counted where fragments bring them: a short document that spreads into many is not compiled."""
    query = "{ a: box { ...F } b: box { ...F } } fragment F on Box { name size count }"
    compile_projection(prepared(query), SCHEMA)
    monkeypatch.setattr(generating, "MOST_FIELDS", 9)
    with pytest.raises(Declined, match="more than 9 fields"):
        compile_projection(prepared(query), SCHEMA)


def test_the_text_is_a_function_an_object_with_its_coordinates() -> None:
    """The generated text is Python of one function for each object and root field, in which every field is named."""
    text = compile_projection(prepared("{ crate { boxes { name } } }"), SCHEMA).source
    functions = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert [name.rpartition("_")[0] for name in functions] == ["project_box", "project_crate", "project_root"]
    assert [line.strip() for line in text.splitlines() if "# " in line] == ["# Box.name", "# Crate.boxes"]


def test_nothing_of_a_document_but_response_keys_gets_into_the_text() -> None:
    """Texts in arguments stay out of the code; they are read from the document when the code runs."""
    text = compile_projection(prepared('{ mine: box { labels(prefix: "quite_a_secret") } }'), SCHEMA).source
    assert "quite_a_secret" not in text
    assert "(place, 'labels')" in text
