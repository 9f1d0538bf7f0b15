"""Comparing records that went through a vendor's wire with those that were put in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

# Raw words are the vendor's own; the simulator chooses them, so both sides compare without them.
_RAW_FIELDS = ("raw", "raw_status", "raw_kind", "raw_code", "mapping_version", "url")


def comparable(record: Any) -> bytes:
    """A record as canonical JSON without raw words, with status words in order of axis, 9.90 equal to 9.9."""
    built = msgspec.to_builtins(record, builtin_types=(Decimal,), order="sorted")
    return msgspec.json.encode(_tidy(built), order="sorted")


def _tidy(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _tidy(value)
            for key, value in node.items()
            if key not in _RAW_FIELDS and value is not None and value != []
        }
    if isinstance(node, list | tuple):
        items = [_tidy(item) for item in node]
        if items and all(isinstance(item, dict) and set(item) == {"axis", "normalized"} for item in items):
            items.sort(key=lambda item: str(item["axis"]))
        return items
    if isinstance(node, Decimal):
        return format(node.normalize(), "f")
    return node


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a record with its path."""
    if isinstance(node, msgspec.Struct):
        for name in node.__struct_fields__:
            yield from walk(getattr(node, name), f"{path}.{name}")
    elif isinstance(node, tuple | list):
        for position, item in enumerate(node):
            yield from walk(item, f"{path}[{position}]")
    else:
        yield path, node
