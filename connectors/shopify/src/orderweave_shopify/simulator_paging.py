"""Connections on the simulator's wire."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

Wire = dict[str, Any]


def connection(nodes: Sequence[Any]) -> Callable[..., Wire]:
    """A connection over nodes: `first` and `after` give its pages, a cursor is the number of nodes before it."""

    def resolve(info: Any, first: int | None = None, after: str | None = None, **_: Any) -> Wire:
        start = int(base64.b64decode(after)) if after else 0
        end = len(nodes) if first is None else min(len(nodes), start + first)
        cursor = base64.b64encode(str(end).encode()).decode() if end > start else None
        return {
            "nodes": nodes[start:end],
            "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": cursor},
        }

    return resolve
