"""Holding OData V2 requests and answers against a service's EDMX and its OpenAPI export.

Every check gives back its findings as sentences; an empty list means that nothing contradicts the contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import msgspec

_SAP = "{http://www.sap.com/Protocols/SAPData}"
_COMPARISON = re.compile(r"([\w/]+) (eq|ne|gt|ge|lt|le) (datetimeoffset|datetime)?'((?:[^']|'')*)'")
_LITERALS = {"Edm.String": None, "Edm.DateTime": "datetime", "Edm.DateTimeOffset": "datetimeoffset"}
_OPTIONS = frozenset({"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$inlinecount", "$format"})
_FORMS = {
    "Edm.DateTime": re.compile(r"/Date\(-?\d+\)/"),
    "Edm.DateTimeOffset": re.compile(r"/Date\(-?\d+\+\d{4}\)/"),
    "Edm.Time": re.compile(r"PT\d+H\d+M\d+S"),
    "Edm.Decimal": re.compile(r"-?\d+(\.\d+)?"),
}


class Property(msgspec.Struct, frozen=True, kw_only=True):
    """A property as the EDMX declares it."""

    type: str
    longest: int | None
    nullable: bool
    scale: int | None
    filterable: bool
    sortable: bool


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """An entity type: its properties, and where its navigation leads (type, whether to many)."""

    name: str
    properties: Mapping[str, Property]
    navigation: Mapping[str, tuple[str, bool]]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A service: its entity types, and the type of each entity set, by names without the namespace."""

    namespace: str
    types: Mapping[str, Entity]
    sets: Mapping[str, str]


def load(path: Path) -> Service:
    """The service that an EDMX file describes."""
    root = ElementTree.parse(path).getroot()
    (schema,) = (node for node in root.iter() if _tag(node) == "Schema" and any(_tag(c) == "EntityType" for c in node))
    ends = {
        (association.get("Name", ""), end.get("Role", "")): (_last(end.get("Type", "")), end.get("Multiplicity") == "*")
        for association in _children(schema, "Association")
        for end in _children(association, "End")
    }
    types = {
        node.get("Name", ""): Entity(
            name=node.get("Name", ""),
            properties={each.get("Name", ""): _property(each) for each in _children(node, "Property")},
            navigation={
                each.get("Name", ""): ends[_last(each.get("Relationship", "")), each.get("ToRole", "")]
                for each in _children(node, "NavigationProperty")
            },
        )
        for node in _children(schema, "EntityType")
    }
    sets = {
        node.get("Name", ""): _last(node.get("EntityType", ""))
        for container in _children(schema, "EntityContainer")
        for node in _children(container, "EntitySet")
    }
    return Service(namespace=schema.get("Namespace", ""), types=types, sets=sets)


def request_problems(service: Service, target: str) -> list[str]:
    """What contradicts the EDMX in one read, such as `A_SalesOrder?$top=1`."""
    name, _, query = target.partition("?")
    if name not in service.sets:
        return [f"no entity set {name}"]
    entity = service.types[service.sets[name]]
    options = dict(parse_qsl(query, keep_blank_values=True))
    found = [f"no query option {option}" for option in options.keys() - _OPTIONS]
    expand = [path for path in options.get("$expand", "").split(",") if path]
    found += [f"$expand: no way to {path}" for path in expand if _reached(service, entity, path) is None]
    for path in (part for part in options.get("$select", "").split(",") if part):
        way, _, last = path.rpartition("/")
        within = _reached(service, entity, way) if way else entity
        if within is None or last not in within.properties:
            found.append(f"$select: no property {path}")
        elif way and way not in expand:
            found.append(f"$select: {path} is not expanded")
    for part in (part for part in options.get("$orderby", "").split(",") if part):
        field, _, way = part.partition(" ")
        if field not in entity.properties or way not in ("", "asc", "desc"):
            found.append(f"$orderby: {part}")
        elif not entity.properties[field].sortable:
            found.append(f"$orderby: {field} is not sortable")
    return found + list(_filter_problems(entity, options.get("$filter", "")))


def openapi_problems(document: Mapping[str, Any], target: str) -> list[str]:
    """What contradicts the OpenAPI export in one read: its path, and the words of its options."""
    name, _, query = target.partition("?")
    if f"/{name}" not in document["paths"]:
        return [f"no path /{name}"]
    schemas = document["components"]["schemas"]
    options = dict(parse_qsl(query, keep_blank_values=True))
    found = []
    for option, kind in (("$select", "Select"), ("$expand", "Expand"), ("$orderby", "OrderBy")):
        allowed = set(schemas.get(f"{name}{kind}Options", {"items": {"enum": []}})["items"]["enum"])
        for word in (word for word in options.get(option, "").split(",") if word):
            asked = word.removesuffix(" asc") if option == "$orderby" else word.split("/")[0]
            if asked not in allowed:
                found.append(f"{option}: {word} is none of the export's words")
    return found


def answer_problems(service: Service, target: str, body: bytes) -> list[str]:
    """What contradicts the EDMX in the answer to one read."""
    name, _, query = target.partition("?")
    expand = frozenset(dict(parse_qsl(query)).get("$expand", "").split(","))
    document = json.loads(body)
    if set(document) != {"d"} or not isinstance(document["d"].get("results"), list):
        return ["not a collection of OData V2"]
    entity = service.types[service.sets[name]]
    return [problem for row in document["d"]["results"] for problem in _row_problems(service, entity, row, expand, "")]


def _filter_problems(entity: Entity, text: str) -> Iterator[str]:
    rest = _COMPARISON.sub("", text)
    if re.sub(r"\b(and|or)\b|[()\s]", "", rest):
        yield f"$filter: not understood: {rest.strip()[:60]}"
    for field, _, kind, literal in _COMPARISON.findall(text):
        declared = entity.properties.get(field)
        if declared is None:
            yield f"$filter: no property {field}"
        elif not declared.filterable:
            yield f"$filter: {field} is not filterable"
        elif _LITERALS.get(declared.type, "none") != (kind or None):
            yield f"$filter: {field} is {declared.type}, the literal is not"
        elif declared.longest is not None and len(literal.replace("''", "'")) > declared.longest:
            yield f"$filter: a value of {field} is longer than {declared.longest}"


def _row_problems(
    service: Service, entity: Entity, row: Mapping[str, Any], expand: Iterable[str], way: str
) -> Iterator[str]:
    if row.get("__metadata", {}).get("type") != f"{service.namespace}.{entity.name}":
        yield f"{entity.name}: __metadata names another type"
    for name, value in row.items():
        if name == "__metadata":
            continue
        if name in entity.properties:
            yield from _value_problems(f"{entity.name}/{name}", entity.properties[name], value)
        elif name not in entity.navigation:
            yield f"{entity.name}: no property {name}"
        elif f"{way}{name}" not in expand:
            if set(value) != {"__deferred"}:
                yield f"{entity.name}/{name}: told without being expanded"
        else:
            target, many = entity.navigation[name]
            rows = value["results"] if many else [value]
            for each in rows:
                yield from _row_problems(service, service.types[target], each, expand, f"{way}{name}/")


def _value_problems(where: str, declared: Property, value: Any) -> Iterator[str]:
    if value is None:
        if not declared.nullable:
            yield f"{where}: null"
    elif declared.type == "Edm.Boolean":
        if not isinstance(value, bool):
            yield f"{where}: not a boolean"
    elif not isinstance(value, str):
        yield f"{where}: not a string, as {declared.type} is in JSON"
    elif declared.type == "Edm.String":
        if declared.longest is not None and len(value) > declared.longest:
            yield f"{where}: longer than {declared.longest}"
    elif declared.type not in _FORMS or not _FORMS[declared.type].fullmatch(value):
        yield f"{where}: not in the form of {declared.type}"
    elif declared.scale is not None and len(value.partition(".")[2]) > declared.scale:
        yield f"{where}: more than {declared.scale} digits behind the point"


def _reached(service: Service, entity: Entity, path: str) -> Entity | None:
    for step in path.split("/"):
        if step not in entity.navigation:
            return None
        entity = service.types[entity.navigation[step][0]]
    return entity


def _property(node: ElementTree.Element) -> Property:
    longest, scale = node.get("MaxLength"), node.get("Scale")
    return Property(
        type=node.get("Type", ""),
        longest=int(longest) if longest and longest.isdecimal() else None,
        nullable=node.get("Nullable") != "false",
        scale=int(scale) if scale and scale.isdecimal() else None,
        filterable=node.get(f"{_SAP}filterable") != "false",
        sortable=node.get(f"{_SAP}sortable") != "false",
    )


def _children(node: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    return (child for child in node if _tag(child) == tag)


def _tag(node: ElementTree.Element) -> str:
    return _last_of(node.tag, "}")


def _last(name: str) -> str:
    return _last_of(name, ".")


def _last_of(name: str, mark: str) -> str:
    return name.rpartition(mark)[2]
