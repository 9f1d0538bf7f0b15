"""Who runs: names, how each is started, and why one cannot be."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from bench.contenders.surroundings import EXECUTOR, can_force_reference
from bench.packages import NODE_PACKAGES, PYTHON_PACKAGES, ROOT, NotInstalled, install_node, install_python, node

ORDERWEAVE = "orderweave"
REFERENCE = "reference"
# Names of those that Orderweave is compared with, as they stand in the last line of a run.
RAW, RAW_AIOHTTP, HIVE, MERCURIUS, YOGA = "raw", "raw_aiohttp", "hive", "mercurius", "yoga"
COMPARED = (RAW, RAW_AIOHTTP, HIVE, MERCURIUS, YOGA)


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """One program: its name in figures, its title on the page, and what it does."""

    name: str
    title: str
    what: str
    prepared: Callable[[], Start]


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How a program is started."""

    command: tuple[str, ...]
    folder: Path = ROOT
    environment: Mapping[str, str] = {}


def lineup() -> tuple[Contender, ...]:
    """Everybody, Orderweave first. `prepared` installs what is needed and raises NotInstalled where that fails."""
    return (
        Contender(
            name=ORDERWEAVE,
            title="Orderweave",
            what="`orderweave serve` over its connectors for Shopify, Tryton and ShipHero",
            prepared=lambda: _python("orderweave_gateway"),
        ),
        Contender(
            name=REFERENCE,
            title="Orderweave, reference executor",
            what="the same with the reference executor for every answer",
            prepared=_reference,
        ),
        Contender(
            name=RAW,
            title="Hand-written, Starlette",
            what="plain dicts behind Starlette, over the client of Orderweave's kit",
            prepared=lambda: _python("starlette_handler"),
        ),
        Contender(
            name=RAW_AIOHTTP,
            title="Hand-written, aiohttp's client",
            what="the same handler over aiohttp's client",
            prepared=_aiohttp,
        ),
        Contender(
            name=HIVE,
            title="Hive Gateway",
            what="with JIT, over three federation subgraphs that hold the content ready-made",
            prepared=lambda: _node("hive"),
        ),
        Contender(
            name=MERCURIUS,
            title="Mercurius",
            what="with JIT and its loaders, over JSON that holds the content ready-made",
            prepared=lambda: _node("mercurius"),
        ),
        Contender(
            name=YOGA,
            title="Yoga",
            what="with JIT and DataLoader, over JSON that holds the content ready-made",
            prepared=lambda: _node("yoga"),
        ),
    )


def _python(module: str, environment: Mapping[str, str] | None = None) -> Start:
    return Start(command=(sys.executable, "-m", f"bench.contenders.{module}"), environment=environment or {})


def _reference() -> Start:
    if not can_force_reference():
        raise NotInstalled("there is no compiled projection yet: Orderweave itself runs the reference executor")
    return _python("orderweave_gateway", {EXECUTOR: REFERENCE})


def _aiohttp() -> Start:
    install_python()
    paths = [*filter(None, [os.environ.get("PYTHONPATH")]), str(PYTHON_PACKAGES)]
    return _python("aiohttp_handler", {"PYTHONPATH": os.pathsep.join(paths)})


def _node(name: str) -> Start:
    install_python()
    install_node()
    return Start(
        command=(node(), f"{name}.mjs"),
        folder=NODE_PACKAGES,
        environment={"NODE_ENV": "production", "LOG_LEVEL": "error"},
    )
