"""Parameters of a request held against those that an OpenAPI operation declares: path, query and headers.

What travels is text; it is read back into the type that the contract names and held against the schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from orderweave_sdk.testing.openapi_schemas import Schemas, at, resolved, step, target

_SEPARATORS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|", "spaceDelimited": " ", "pipeDelimited": "|"}
_INDEX = re.compile(r"\[\d+\]")


class Parameter:
    """One declared parameter, with the pointer to its schema."""

    def __init__(self, document: Mapping[str, Any], pointer: str) -> None:
        found = at(document, pointer)
        if "$ref" in found:
            pointer = target(found["$ref"])
            found = at(document, pointer)
        self._document = document
        self._found: Mapping[str, Any] = found
        self.name: str = found["name"]
        self.place: str = found["in"]
        self.required = bool(found.get("required"))
        self.pointer = pointer
        if "schema" in found:
            self.schema_pointer: str = step(pointer, "schema")
        elif "content" in found:
            self.schema_pointer = step(pointer, "content", next(iter(found["content"])), "schema")
        else:
            self.schema_pointer = pointer  # Swagger 2.0 writes type, format and enum beside the name

    @property
    def is_object_in_brackets(self) -> bool:
        """Whether it travels as `name[field]=…` (style deepObject)."""
        return self._found.get("style") == "deepObject"

    def value(self, texts: Sequence[str]) -> Any:
        """What the texts of the request mean in the contract's type."""
        schema = self._schema()
        if "content" in self._found:
            return _json(texts[0])
        if schema.get("type") != "array":
            return typed(schema, texts[0])
        items = schema.get("items", {})
        return [typed(resolved(self._document, items), text) for text in self._items(texts)]

    def field(self, name: str, text: str) -> Any:
        """What one field in brackets means in the contract's type."""
        return typed(resolved(self._document, self._schema().get("properties", {}).get(name, {})), text)

    def _schema(self) -> Mapping[str, Any]:
        return resolved(self._document, at(self._document, self.schema_pointer))

    def _items(self, texts: Sequence[str]) -> Sequence[str]:
        style = self._found.get("collectionFormat") or self._found.get("style")
        exploded = style == "multi" or (
            "collectionFormat" not in self._found
            and "schema" in self._found
            and self._found.get("explode", self.place == "query")
        )
        if exploded:
            return texts
        separator = _SEPARATORS.get(str(style), ",")
        return [part for text in texts for part in text.split(separator)]


def typed(schema: Mapping[str, Any], text: str) -> Any:
    """The text as the schema's type, or as it stands where it is none of that type."""
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next((kind for kind in kinds if kind != "null"), "string")
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return _json(text) if kind == "object" else text


def parameter_problems(
    schemas: Schemas,
    declared: Iterable[Parameter],
    *,
    path: Mapping[str, str],
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    undeclared: frozenset[str],
) -> Iterator[str]:
    """Where the request's parameters are not those of the contract.

    A bracket with a number stands for every number, as in `searchCriteria[filterGroups][0][field]`: a contract can only
    write the first. Query parameters that it does not declare are problems, but for the names in `undeclared`.
    """
    known = list(declared)
    by_name = {parameter.name: parameter for parameter in known if parameter.place == "query"}
    asked: dict[str, list[str]] = {}
    for name, text in query:
        asked.setdefault(name, []).append(text)
    first = {_INDEX.sub("[0]", name): parameter for name, parameter in by_name.items()}
    given: set[str] = set()
    deep: dict[str, dict[str, Any]] = {}
    for name, texts in asked.items():
        found = by_name.get(name) or first.get(_INDEX.sub("[0]", name))
        outer, bracket, inner = name.partition("[")
        if found is not None:
            given.add(found.name)
            yield from _value_problems(schemas, found, texts, f"query {name}")
        elif bracket and outer in by_name and by_name[outer].is_object_in_brackets:
            given.add(outer)
            deep.setdefault(outer, {})[inner.rstrip("]")] = by_name[outer].field(inner.rstrip("]"), texts[0])
        elif name not in undeclared:
            yield f"query {name}: not a parameter of the contract"
    for outer, value in deep.items():
        for problem in schemas.problems(by_name[outer].schema_pointer, value, answer=False):
            yield f"query {outer}: {problem}"
    texts_of = {("path", name): text for name, text in path.items()}
    texts_of |= {("header", name.lower()): text for name, text in headers.items()}
    for parameter in known:
        name = parameter.name.lower() if parameter.place == "header" else parameter.name
        found_text = texts_of.get((parameter.place, name))
        if found_text is not None:
            yield from _value_problems(schemas, parameter, [found_text], f"{parameter.place} {parameter.name}")
        elif parameter.required and parameter.place in ("path", "header", "query") and parameter.name not in given:
            yield f"{parameter.place} {parameter.name}: required by the contract, and missing"


def _value_problems(schemas: Schemas, parameter: Parameter, texts: Sequence[str], what: str) -> Iterator[str]:
    for problem in schemas.problems(parameter.schema_pointer, parameter.value(texts), answer=False):
        yield f"{what}: {problem}"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
