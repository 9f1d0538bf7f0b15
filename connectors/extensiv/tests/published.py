"""What Extensiv publishes of its answers, as JSON Schema.

There is no OpenAPI document. There are sample answers, one of each resource, from the vendor's own pages (rels), and
JSON Schemas of the same answers that a tap for data warehouses was written with. A schema is made of each sample: its
fields and no others, each of the kind that it has there, and any of them null or missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import msgspec

from orderweave_extensiv.payloads import REL_ITEM, REL_ORDER, REL_ORDER_ITEM
from orderweave_sdk.testing.contracts import contract_file

_FOLDER = "extensiv-3plcentral"
_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?$"
# On the vendor's page of the order today, and not in the older sample: 3w.extensiv.com/rels/orders/order.
LATER = frozenset({"onHoldDate", "onHoldReason"})
# What HAL adds to any document.
_HAL_LINKS = {"_links": {"type": "object"}}


def sample(name: str) -> Any:
    """A sample answer."""
    return json.loads(contract_file(f"{_FOLDER}/sample_{name}.json").read_text())


def schema_of(value: Any) -> dict[str, Any]:
    """The schema that a sample's value stands for."""
    if isinstance(value, dict):
        properties = {name: schema_of(entry) for name, entry in value.items()}
        if "orderId" in properties and "loadedState" in properties:
            properties |= {name: {"type": ["string", "null"]} for name in LATER}
        return {"type": ["object", "null"], "properties": properties | _HAL_LINKS, "additionalProperties": False}
    if isinstance(value, list):
        return {"type": ["array", "null"], "items": schema_of(value[0])}
    if isinstance(value, str) and re.match(_TIME, value):
        return {"type": ["string", "null"], "pattern": _TIME}
    kinds: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return {"type": [kinds[type(value)], "null"]}


def tap_schema(name: str) -> dict[str, Any]:
    """A schema of the tap's."""
    found: dict[str, Any] = json.loads(contract_file(f"{_FOLDER}/{name}.json").read_text())
    return found


def as_the_tap_has_it(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with what is read-only beside the rest, what is embedded in its place, and names in its spelling."""
    flat = {**entry, **(entry.get("readOnly") or {})}
    embedded = flat.pop("_embedded", None) or {}
    if REL_ORDER_ITEM in embedded:
        flat["orderItems"] = embedded[REL_ORDER_ITEM]
    for name in ("readOnly", "_links", *LATER):
        flat.pop(name, None)
    found = _snaked(flat)
    assert isinstance(found, dict)
    return found


def _snaked(value: Any) -> Any:
    if isinstance(value, dict):
        return {re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower(): _snaked(entry) for name, entry in value.items()}
    return [_snaked(entry) for entry in value] if isinstance(value, list) else value


def problems(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """Where a value is not as the schema says; no message quotes a value."""
    validator = jsonschema.Draft202012Validator(schema)
    return sorted(f"{error.json_path}: {error.validator}" for error in validator.iter_errors(value))


def entries(document: Mapping[str, Any]) -> list[Any]:
    """What a page holds."""
    embedded = document.get("_embedded") or {}
    found: list[Any] = document.get("summaries") or embedded.get(REL_ORDER) or embedded.get(REL_ITEM) or []
    return found


def properties_of(value: Any, before: str = "") -> Iterator[str]:
    """The dotted names of all properties of a sample, in small letters, as RQL takes them."""
    for name, entry in value.items():
        yield f"{before}{name}".lower()
        if isinstance(entry, dict):
            yield from properties_of(entry, f"{before}{name}.")


def unknown_fields(kind: Any, value: Any, path: str = "") -> Iterator[str]:
    """The fields of a payload's struct, those below it included, that a sample does not have."""
    for field in msgspec.structs.fields(kind):
        if field.encode_name in LATER:
            continue
        if field.encode_name not in value:
            yield f"{path}{field.encode_name}"
            continue
        inner = value[field.encode_name]
        for struct in _structs(field.type):
            yield from unknown_fields(struct, inner[0] if isinstance(inner, list) else inner, f"{path}{field.name}.")


def _structs(kind: Any) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for argument in getattr(kind, "__args__", ()):
        yield from _structs(argument)
