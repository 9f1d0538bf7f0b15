"""What a vendor can say of a record, as a list of paths: the short way to write an `expressible` function."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec

from orderweave_sdk.records import StatusWord

Record = TypeVar("Record", bound=msgspec.Struct)


def only(record: Record, *paths: str) -> Record:
    """The record with nothing but the fields at these paths, such as "header.totals.total" or "lines.sku".

    A path that ends at a struct keeps it whole; through a list it is about each entry. "statuses.ORDER" keeps the words
    of one axis. Fields without a default stay by themselves, as ids and keys do; all others become their default, which
    for a facet is None. A path that no record has raises ValueError.
    """
    tree: dict[str, Any] = {}
    for path in paths:
        node = tree
        for part in path.split("."):
            node = node.setdefault(part, {})
    return cast("Record", _struct(record, tree))


def _kept(node: Any, tree: dict[str, Any]) -> Any:
    if isinstance(node, tuple):
        return tuple(
            _kept(item, tree) for item in node if not (tree and isinstance(item, StatusWord)) or item.axis in tree
        )
    if not tree or not isinstance(node, msgspec.Struct) or isinstance(node, StatusWord):
        return node
    return _struct(node, tree)


def _struct(node: msgspec.Struct, tree: dict[str, Any]) -> msgspec.Struct:
    fields = msgspec.structs.fields(node)
    unknown = tree.keys() - {field.name for field in fields}
    if unknown:
        raise ValueError(f"{type(node).__name__} has no field {', '.join(sorted(unknown))}")
    kept = {
        field.name: _kept(getattr(node, field.name), tree.get(field.name, {}))
        for field in fields
        if field.name in tree or field.required
    }
    return type(node)(**kept)
