"""The schema as a page to read: every type, field and argument with its description, made from the printed schema.

Made of the text and not of the types, so that it shows whatever stands there: a directive on a field, such as one that
says which scope it needs, comes into the page by itself. Written as GitHub renders it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    ConstDirectiveNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_introspection_type,
    is_leaf_type,
    is_required_argument,
    is_scalar_type,
    is_specified_directive,
    is_specified_scalar_type,
    print_ast,
    value_from_ast_untyped,
)

_HEAD = """# Schema reference
Made from the schema by `make schema`; what is written here by hand is lost. What it all means, and how to ask, stands
in [graphql.md](../graphql.md).

`!` after a type: never null. `[…]`: a list. What is not for everybody has beside it what it needs.
"""
# Fields of an object in an example, enough to see what it is.
_SHOWN = 4
# Shown in the text of a row, or told by the type's heading.
_TOLD_OTHERWISE = frozenset({"deprecated", "oneOf", "specifiedBy"})


def reference(sdl: str) -> str:
    """The page for a schema in the schema language."""
    schema = build_schema(sdl)
    roots = [kind for kind in (schema.query_type, schema.mutation_type, schema.subscription_type) if kind is not None]
    sections: dict[str, list[tuple[str, list[str]]]] = {}
    for root in roots:
        sections[f"{root.name}: root fields"] = [
            (f"{root.name}.{name}", _root(schema, root, name, field)) for name, field in root.fields.items()
        ]
    kinds = [
        kind
        for _, kind in sorted(schema.type_map.items())
        if kind not in roots and not is_introspection_type(kind) and not is_specified_scalar_type(kind)
    ]
    for title, wanted in (
        ("Objects", GraphQLObjectType),
        ("Interfaces", GraphQLInterfaceType),
        ("Unions", GraphQLUnionType),
        ("Inputs", GraphQLInputObjectType),
        ("Enums", GraphQLEnumType),
    ):
        sections[title] = [(kind.name, _kind(schema, kind)) for kind in kinds if isinstance(kind, wanted)]
    sections["Scalars"] = [(kind.name, [kind.description or ""]) for kind in kinds if is_scalar_type(kind)]
    sections["Directives"] = [
        (f"Directive @{directive.name}", _directive(directive))
        for directive in schema.directives
        if not is_specified_directive(directive) and directive.name not in _TOLD_OTHERWISE
    ]
    return "\n".join(_page({title: entries for title, entries in sections.items() if entries}))


def anchor(heading: str) -> str:
    """GitHub's anchor of a heading."""
    return "".join(sign for sign in heading.lower().replace(" ", "-") if sign.isalnum() or sign in "-_")


def _page(sections: dict[str, list[tuple[str, list[str]]]]) -> Iterator[str]:
    yield _HEAD
    for title, entries in sections.items():
        named = ", ".join(f"[{name}](#{anchor(name)})" for name, _ in entries)
        yield f"**[{title}](#{anchor(title)})**: {named}\n"
    for title, entries in sections.items():
        yield f"## {title}\n"
        for name, lines in entries:
            yield f"### {name}"
            yield from lines
            yield ""


def _root(schema: GraphQLSchema, root: GraphQLObjectType, name: str, field: GraphQLField) -> list[str]:
    """A root field: what it gives, its arguments, and a document to begin with."""
    operation = "query" if root is schema.query_type else root.name.lower()
    needs = _needs(field)
    return [
        f"Gives {_type(field.type)}. {_said(field)}{f' Needs {needs}.' if needs else ''}",
        "",
        *_table(("argument", "type", "what it is"), [_argument(*entry) for entry in field.args.items()]),
        "```graphql",
        *_example(schema, operation, name, field),
        "```",
    ]


def _example(schema: GraphQLSchema, operation: str, name: str, field: GraphQLField) -> Iterator[str]:
    """A document that asks for the field with what it must be given, and a few fields below."""
    required = {key: argument.type for key, argument in field.args.items() if is_required_argument(argument)}
    declared = ", ".join(f"${key}: {kind}" for key, kind in required.items())
    given = ", ".join(f"{key}: ${key}" for key in required)
    yield f"{operation} {name[0].upper()}{name[1:]}{f'({declared})' if declared else ''} {{"
    yield f"  {name}{f'({given})' if given else ''}{_below(get_named_type(field.type))}"
    yield "}"


def _below(kind: GraphQLNamedType) -> str:
    if is_leaf_type(kind):
        return ""
    if is_abstract_type(kind) or not isinstance(kind, GraphQLObjectType):
        return " { __typename" + (" id" if "id" in getattr(kind, "fields", {}) else "") + " }"
    if "pageInfo" in kind.fields:
        entries = "nodes" if "nodes" in kind.fields else "groups"
        below = _below(get_named_type(kind.fields[entries].type))
        return f" {{ {entries}{below} pageInfo {{ hasNextPage endCursor }} }}"
    plain = [
        name
        for name, field in kind.fields.items()
        if is_leaf_type(get_named_type(field.type)) and not field.args and field.deprecation_reason is None
    ]
    return f" {{ {' '.join(plain[:_SHOWN] or ['__typename'])} }}"


def _kind(schema: GraphQLSchema, kind: Any) -> list[str]:
    """A type: what it is, what it belongs to, and what is in it."""
    lines = [f"{kind.description or ''}{_given_to(kind)}", ""]
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and kind.interfaces:
        lines += [f"Implements {_listed(kind.interfaces)}.", ""]
    if is_abstract_type(kind):
        lines += [f"Is one of {_listed(schema.get_possible_types(kind))}.", ""]
    if isinstance(kind, GraphQLEnumType):
        rows = [(f"`{word}`", _said(value)) for word, value in kind.values.items()]
        if any(text for _, text in rows):
            return lines + _table(("word", "what it is"), rows)
        return [*lines, ", ".join(word for word, _ in rows), ""]
    if isinstance(kind, GraphQLInputObjectType):
        return lines + _table(("field", "type", "what it is"), [_argument(*entry) for entry in kind.fields.items()])
    if isinstance(kind, GraphQLUnionType):
        return lines
    needy = any(_needs(field) for field in kind.fields.values())
    rows = [
        (f"`{name}`", _type(field.type), _said(field), *((_needs(field),) if needy else ()))
        for name, field in kind.fields.items()
    ]
    lines += _table(("field", "type", "what it is", *(("needs",) if needy else ())), rows)
    for name, field in kind.fields.items():
        if field.args:
            lines += [f"Arguments of `{name}`:", ""]
            lines += _table(("argument", "type", "what it is"), [_argument(*entry) for entry in field.args.items()])
    return lines


def _directive(directive: Any) -> list[str]:
    where = ", ".join(location.name for location in directive.locations)
    return [
        f"{directive.description or ''} Stands on {where}.",
        "",
        *_table(("argument", "type", "what it is"), [_argument(*entry) for entry in directive.args.items()]),
    ]


def _argument(name: str, given: Any) -> tuple[str, str, str]:
    default = ""
    node = given.ast_node.default_value if given.ast_node else None
    if node is not None and value_from_ast_untyped(node) is not None:
        default = f" Default `{print_ast(node)}`."
    return f"`{name}`", _type(given.type), f"{_said(given)}{default}".lstrip()


def _said(entry: Any) -> str:
    """A description, with what is to be used instead where it is deprecated."""
    text = entry.description or ""
    if entry.deprecation_reason is not None:
        text = f"**Deprecated**: {entry.deprecation_reason} {text}".rstrip()
    return text


def _given_to(kind: Any) -> str:
    """What the directives on a type say."""
    if getattr(kind, "is_one_of", False):
        return " Exactly one of its fields is given."
    needs = _needs(kind)
    return f" Needs {needs}." if needs else ""


def _needs(entry: GraphQLField | GraphQLArgument | GraphQLNamedType) -> str:
    """The directives that stand on a type or a field, as they are written."""
    directives: Iterable[ConstDirectiveNode] = (entry.ast_node.directives if entry.ast_node else None) or ()
    found = [print_ast(each) for each in directives if each.name.value not in _TOLD_OTHERWISE]
    return " ".join(f"`{text}`" for text in found)


def _type(kind: Any) -> str:
    """A type as it is written, leading to where it is told."""
    named = get_named_type(kind)
    return f"`{kind}`" if is_specified_scalar_type(named) else f"[`{kind}`](#{anchor(named.name)})"


def _listed(kinds: Iterable[GraphQLNamedType]) -> str:
    return ", ".join(sorted(_type(kind) for kind in kinds))


def _table(header: tuple[str, ...], rows: list[Any]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in [header, *rows]]
    return [lines[0], f"|{'---|' * len(header)}", *lines[1:], ""]
