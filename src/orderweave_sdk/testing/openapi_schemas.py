"""JSON values held against the schemas of an OpenAPI document (Swagger 2.0, OpenAPI 3.0 and 3.1).

The document is brought into one dialect, JSON Schema 2020-12, and `jsonschema` does the checking. Two readings are
made of it: in a request what is readOnly is not required, in an answer what is writeOnly is not.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_COMBINERS = ("allOf", "anyOf", "oneOf")
_VALUES = ("properties", "patternProperties")
_ROOT = "urn:contract"
# An instant with its zone, as RFC 3339 wants it; fromisoformat then says whether there is such a day.
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
_MOST_REFERENCES = 20


class Schemas:
    """The schemas of one document; `problems` says where a value does not fit the schema at a pointer.

    `sparse` leaves out what is required, for answers of which the caller asked only a part.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._validators: dict[tuple[bool, bool], _Reading] = {}

    def problems(self, pointer: str, value: Any, *, answer: bool, sparse: bool = False) -> list[str]:
        """Each place where `value` is not what the schema at `pointer` (such as "/definitions/Order") says.

        A sentence names the path and never quotes a value. Properties that the schema does not know are problems.
        """
        key = (answer, sparse)
        if key not in self._validators:
            self._validators[key] = _Reading(
                self._document, unwanted="writeOnly" if answer else "readOnly", sparse=sparse
            )
        return self._validators[key].problems(pointer, value)


class _Reading:
    """The document in one dialect, read for requests or for answers."""

    def __init__(self, document: Mapping[str, Any], *, unwanted: str, sparse: bool) -> None:
        self._document = document
        self._unwanted = unwanted
        self._sparse = sparse
        resource = DRAFT202012.create_resource(self._anything(document))
        self._registry: Registry[Any] = Registry().with_resource(_ROOT, resource)
        self._validators: dict[str, Validator] = {}

    def problems(self, pointer: str, value: Any) -> list[str]:
        if pointer not in self._validators:
            # Written as a value's schema, so that the outermost object is closed like those within it.
            schema = self._value({"$ref": f"#{pointer}"})
            schema["$ref"] = f"{_ROOT}#{pointer}"
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry, format_checker=_FORMATS)
        found: list[str] = []
        for error in self._validators[pointer].iter_errors(value):
            found += _sentences(error)
        return found

    def _anything(self, node: Any) -> Any:
        """A part of the document that may hold schemas: each is brought into the one dialect where it stands."""
        if isinstance(node, list):
            return [self._anything(item) for item in node]
        if not isinstance(node, dict):
            return node
        return {
            key: self._named(item)
            if key in ("definitions", "schemas") and isinstance(item, dict)
            else self._open(item)
            if key == "schema" and isinstance(item, dict)
            else self._anything(item)
            for key, item in node.items()
        }

    def _named(self, schemas: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._open(schema) for name, schema in schemas.items()}

    def _value(self, schema: Any) -> Any:
        """The schema of a value: an object whose properties are known has no others."""
        opened = self._open(schema)
        known = self._known(schema, 0)
        return {**opened, "propertyNames": {"enum": sorted(known)}} if known else opened

    def _open(self, schema: Any) -> Any:
        """A schema that may be a part of another (by allOf or a reference), and so must not be closed itself."""
        if not isinstance(schema, dict):
            return schema
        made: dict[str, Any] = {}
        for key, item in schema.items():
            if key in _VALUES and isinstance(item, dict):
                made[key] = {name: self._value(inner) for name, inner in item.items()}
            elif key == "items" and isinstance(item, dict):
                made[key] = self._value(item)
            elif key in _COMBINERS and isinstance(item, list):
                made[key] = [self._open(inner) for inner in item]
            elif key == "additionalProperties":
                made[key] = self._value(item)
            elif key == "not":
                made[key] = self._open(item)
            elif key not in ("example", "examples", "discriminator", "xml", "externalDocs", "nullable", "x-nullable"):
                made[key] = item
        self._settle_required(made, schema)
        _settle_bounds(made)
        if made.get("type") == "file":
            del made["type"]  # Swagger 2.0's word for a body of any bytes
        return _nullable(made) if schema.get("nullable") or schema.get("x-nullable") else made

    def _settle_required(self, made: dict[str, Any], schema: Mapping[str, Any]) -> None:
        required = made.get("required")
        if isinstance(required, list):
            kept = [] if self._sparse else [name for name in required if not self._is_unwanted(schema, name)]
            made["required"] = kept
        elif required is not None:
            del made["required"]  # a parameter's flag that was written into its schema

    def _is_unwanted(self, schema: Mapping[str, Any], name: str) -> bool:
        found = schema.get("properties", {}).get(name, {})
        return bool(
            isinstance(found, dict) and resolved(self._document, found).get(self._unwanted, found.get(self._unwanted))
        )

    def _known(self, schema: Any, depth: int) -> set[str] | None:
        """The names of an object's properties over all of its parts; None where others are allowed."""
        if not isinstance(schema, dict) or depth > _MOST_REFERENCES:
            return set()
        if schema.get("additionalProperties") or "patternProperties" in schema:
            return None
        known = set(schema.get("properties", ()))
        parts = [inner for key in _COMBINERS for inner in schema.get(key, ())]
        for part in [*parts, *([resolved(self._document, schema)] if "$ref" in schema else [])]:
            names = self._known(part, depth + 1)
            if names is None:
                return None
            known |= names
        return known


def at(document: Any, pointer: str) -> Any:
    """What stands at a JSON pointer; raises KeyError where nothing does."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def target(reference: str) -> str:
    """The pointer that a reference within the document holds; raises ValueError for one to another file."""
    if not reference.startswith("#"):
        raise ValueError(f"the contract refers to another file: {reference}")
    return unquote(reference[1:])


def resolved(document: Any, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node, or what it refers to."""
    found: Mapping[str, Any] = at(document, target(node["$ref"])) if "$ref" in node else node
    return found


def step(pointer: str, *names: str | int) -> str:
    """The pointer to what stands under these names."""
    return pointer + "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def _settle_bounds(made: dict[str, Any]) -> None:
    """`exclusiveMinimum: true` beside `minimum`, as OpenAPI 3.0 and before have it, in today's words."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = made.get(exclusive)
        if isinstance(flag, bool):
            del made[exclusive]
            if flag and bound in made:
                made[exclusive] = made.pop(bound)


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    if any(key in made for key in ("$ref", *_COMBINERS)):
        return {"anyOf": [made, {"type": "null"}]}
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    return made


def _sentences(error: ValidationError) -> Iterator[str]:
    """What is wrong and where, without the value."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path) or "the whole"
    wanted = error.validator_value
    if "propertyNames" in error.absolute_schema_path:
        yield f"{path}: {error.instance}: not in the contract"
        return
    match error.validator:
        case "additionalProperties":
            yield f"{path}: more than the contract's properties"
        case "required":
            yield f"{path}: {re.split(' is a required', error.message)[0]} is missing"
        case "type":
            yield f"{path}: {' or '.join(wanted) if isinstance(wanted, list) else wanted} expected"
        case "enum" | "const":
            yield f"{path}: not a value that the contract lists"
        case "format":
            yield f"{path}: not of the format {wanted}"
        case "anyOf" | "oneOf":
            within = [error for error in error.context or () if error.validator != "type" or error.relative_path]
            yield f"{path}: fits {'none' if error.context else 'more than one'} of the contract's alternatives"
            for inner in within:
                yield from _sentences(inner)
        case _:
            yield f"{path}: breaks {error.validator} {wanted!r}"


def _is_instant(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(_INSTANT.fullmatch(value) and datetime.fromisoformat(value.upper()))


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


def _is_email(value: object) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"[^@\s]+@[^@\s]+", value))


def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


def _is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


_FORMATS = FormatChecker(formats=())
for _name, _check in {
    "date-time": _is_instant,
    "date": _is_date,
    "uuid": _is_uuid,
    "uri": _is_uri,
    "email": _is_email,
    "int32": _is_int32,
    "int64": _is_int64,
}.items():
    _FORMATS.checks(_name, raises=ValueError)(_check)
