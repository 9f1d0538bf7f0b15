"""The schema as a text: described throughout, current, and held against what was released."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_scalar_type,
)
from graphql import build_schema as parse_schema

from orderweave.cli.developing import diff_schema
from orderweave.schema import print_sdl
from orderweave.schema.changes import breaking_changes

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def printed() -> GraphQLSchema:
    """The schema, read back from its text."""
    return parse_schema(print_sdl())


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    """Everything that has no description."""
    for kind in schema.type_map.values():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            yield kind.name
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                if not field.description:
                    yield f"{kind.name}.{name}"
                yield from (
                    f"{kind.name}.{name}({argument})" for argument, given in field.args.items() if not given.description
                )
        if isinstance(kind, GraphQLInputObjectType):
            yield from (f"{kind.name}.{name}" for name, entry in kind.fields.items() if not entry.description)


def test_everything_is_described(printed: GraphQLSchema) -> None:
    """Every type, field, argument, input field and enum has a description."""
    assert list(undescribed(printed)) == []


def test_descriptions_are_sentences(printed: GraphQLSchema) -> None:
    """Descriptions end as sentences do, so that they read alike wherever they are shown."""
    texts = [
        entry.description
        for kind in printed.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
        and not is_introspection_type(kind)
        for entry in (kind, *kind.fields.values())
    ]
    assert [text for text in texts if not (text or "").endswith(".")] == []


def test_every_enum_has_unknown_but_those_that_are_ours(printed: GraphQLSchema) -> None:
    """Words that come from systems have UNKNOWN; sorts, kinds of systems, facets and the like are ours and closed."""
    closed = {
        "BreakerState",
        "CalendarInterval",
        "ExportFormat",
        "ExportState",
        "ExportTable",
        "Facet",
        "InventoryGroupField",
        "InventoryMeasure",
        "IssueReason",
        "MilestoneKind",
        "PickupState",
        "OrderGroupField",
        "OrderMeasure",
        "OrderSortField",
        "SortDirection",
        "StatusAxis",
        "SystemKind",
        "Via",
    }
    without = {
        kind.name
        for kind in printed.type_map.values()
        if isinstance(kind, GraphQLEnumType) and not is_introspection_type(kind) and "UNKNOWN" not in kind.values
    }
    assert without == closed


def test_schema_file_is_current() -> None:
    """schema.graphql is what the types print, to the byte."""
    assert (ROOT / "schema.graphql").read_text() == print_sdl()


def test_no_breaking_change_is_unapproved(capsys: pytest.CaptureFixture[str]) -> None:
    """Against the released schema nothing breaks that is not approved by its line."""
    assert diff_schema(ROOT) == 0
    assert capsys.readouterr().err == ""


OLD = """
    "Q." type Query { "a." a(x: Int): String "b." b: Int "k." k: Kind }
    "K." enum Kind { ONE TWO }
"""


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD, []),
        (OLD.replace('"b." b: Int', '"b." b: Int "c." c: Int'), []),
        (OLD.replace('"b." b: Int', ""), ["FIELD_REMOVED: Field Query.b was removed."]),
        (
            OLD.replace('"b." b: Int', '"b." b: String'),
            ["FIELD_CHANGED_KIND: Field Query.b changed type from Int to String."],
        ),
        (OLD.replace("(x: Int)", ""), ["ARG_REMOVED: Argument Query.a(x:) was removed."]),
        (
            OLD.replace("x: Int", "x: Int, y: Int!"),
            ["REQUIRED_ARG_ADDED: A required argument Query.a(y:) was added."],
        ),
        (OLD.replace("ONE TWO", "ONE"), ["VALUE_REMOVED_FROM_ENUM: Enum value Kind.TWO was removed."]),
    ],
    ids=["same", "added", "removed", "retyped", "argument removed", "required argument", "enum value removed"],
)
def test_what_breaks(new: str, expected: list[str]) -> None:
    """Each breaking change is one line that can be approved by name; additions break nothing."""
    assert breaking_changes(OLD, new) == expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout whose schema is current and was released with one more field."""
    (tmp_path / "docs/schema").mkdir(parents=True)
    (tmp_path / "schema.graphql").write_text(print_sdl())
    released = print_sdl().replace("type Money {", 'type Money {\n  "Gone since."\n  cents: Int!\n', 1)
    (tmp_path / "docs/schema/released.graphql").write_text(released)
    (tmp_path / "docs/schema/approved-breaking-changes.txt").write_text("")
    return tmp_path


def test_a_breaking_change_is_refused_until_its_line_is_approved(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A removed field fails the comparison and names the line to add; with that line it passes and says so."""
    line = "FIELD_REMOVED: Field Money.cents was removed."
    assert diff_schema(folder) == 1
    assert capsys.readouterr().err == (
        f"breaking: {line} (approve it by adding this line to docs/schema/approved-breaking-changes.txt)\n"
    )
    (folder / "docs/schema/approved-breaking-changes.txt").write_text(f"FIELD_REMOVED: Field Money.x\n{line}\n")
    assert diff_schema(folder) == 0
    assert capsys.readouterr().out == f"breaking, approved: {line}\n"


def test_an_outdated_schema_file_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A schema.graphql that is not what the types print fails, whatever was approved."""
    (folder / "docs/schema/released.graphql").write_text(print_sdl())
    (folder / "schema.graphql").write_text(print_sdl() + "\n")
    assert diff_schema(folder) == 1
    assert capsys.readouterr().err == "schema.graphql is not what the types print; run make schema\n"


@pytest.mark.parametrize(
    "name", ["schema.graphql", "docs/schema/released.graphql", "docs/schema/approved-breaking-changes.txt"]
)
def test_a_missing_file_is_told(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where one of the three files is not there, that is what is said."""
    (folder / name).unlink()
    assert diff_schema(folder) == 2
    assert capsys.readouterr().err == f"{folder / name} cannot be read (No such file or directory)\n"
