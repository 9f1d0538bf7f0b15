"""Composing subgraphs: ours, a made-up one that adds points to it, and what both composers make of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from orderweave.schema import subgraph_sdl
from tests.systems.front.conftest import installed, run

_HERE = Path(__file__).parent


class Subgraph(NamedTuple):
    """One subgraph, and where a router finds it."""

    name: str
    sdl: str
    url: str = "http://localhost/graphql"


ORDERWEAVE = Subgraph("orderweave", subgraph_sdl())
LOYALTY = Subgraph("loyalty", (_HERE / "loyalty.graphql").read_text())


def composed(*subgraphs: Subgraph) -> dict[str, Any]:
    """What each composer makes of some subgraphs: errors, the supergraph, and fields of some types."""
    given = json.dumps([subgraph._asdict() for subgraph in subgraphs])
    found: dict[str, Any] = json.loads(run(["node", "compose.mjs"], installed(_HERE / "composers"), given=given))
    assert set(found) == {"apollo", "guild"}
    return found
