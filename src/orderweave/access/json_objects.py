"""JSON from strangers as an object that reads one way only."""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def strict_object(data: bytes) -> dict[str, Any]:
    """The object in these bytes; raises ValueError for anything else.

    A name that stands twice is refused, because readers differ in which of the two they take, and so are NaN and
    infinity, which no JSON has, and halves of characters, which cannot be written on.
    """
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    if _SURROGATE.search(data):
        json.dumps(found, ensure_ascii=False).encode()  # a UnicodeEncodeError, which is a ValueError, for a half alone
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError("no number")
