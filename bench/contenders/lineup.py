"""Who runs: names, how each is started, and why one cannot be."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from bench.caching import can_cache
from bench.contenders.surroundings import CACHE, EXECUTOR, WATCHED, can_force_reference
from bench.packages import (
    NODE_PACKAGES,
    PYTHON_PACKAGES,
    ROOT,
    NotInstalled,
    another_node,
    install_node,
    install_python,
    node,
)

ORDERWEAVE = "orderweave"
REFERENCE = "reference"
CACHED = "orderweave_cached"
# Names as they stand in the last line of a run.
RAW, RAW_AIOHTTP, RAW_NODE = "raw", "raw_aiohttp", "node"
HIVE, MERCURIUS, YOGA = "hive", "mercurius", "yoga"
READY = "_ready"
_SAME_WORK = "over the vendors' own answers: the calls and the mapping of the hand-written handlers, in resolvers"
_READY_MADE = "over JSON that holds the content ready-made, in its favor"


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """One program: its name in figures, its title on the page, what it does, and whether a quick run has it."""

    name: str
    title: str
    what: str
    prepared: Callable[[], Start]
    quick: bool = False


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How a program is started."""

    command: tuple[str, ...]
    folder: Path = ROOT
    environment: Mapping[str, str] = {}


def lineup() -> tuple[Contender, ...]:
    """Everybody, Orderweave first. `prepared` installs what is needed and raises NotInstalled where that fails."""
    return (*_orderweave(), *_handwritten(), *_gateways(), *_gateways_of_another_node())


def watched() -> Contender:
    """Orderweave alone, telling how much it keeps: for the run that looks at memory."""
    return Contender(
        name=f"{ORDERWEAVE}_watched",
        title="Orderweave",
        what="`orderweave serve` over its connectors for Shopify, Tryton and ShipHero",
        prepared=lambda: _python("orderweave_gateway", {WATCHED: "on"}),
    )


def _orderweave() -> Iterator[Contender]:
    yield Contender(
        name=ORDERWEAVE,
        title="Orderweave",
        what="`orderweave serve` over its connectors for Shopify, Tryton and ShipHero",
        prepared=lambda: _python("orderweave_gateway"),
        quick=True,
    )
    yield Contender(
        name=CACHED,
        title="Orderweave, from its cache",
        what="the same with its cache switched on; everything was asked once before and is kept for a day",
        prepared=_cached,
        quick=True,
    )
    yield Contender(
        name=REFERENCE,
        title="Orderweave, reference executor",
        what="the same with the reference executor for every answer",
        prepared=_reference,
    )


def _handwritten() -> Iterator[Contender]:
    yield Contender(
        name=RAW,
        title="Hand-written, Starlette",
        what="plain dicts behind Starlette, over the client of Orderweave's kit",
        prepared=lambda: _python("starlette_handler"),
        quick=True,
    )
    yield Contender(
        name=RAW_AIOHTTP,
        title="Hand-written, aiohttp's client",
        what="the same handler over aiohttp's client",
        prepared=_aiohttp,
        quick=True,
    )
    yield Contender(
        name=RAW_NODE,
        title="Hand-written, Node",
        what="the same in JavaScript: plain objects behind Node's own HTTP server, over undici",
        prepared=lambda: _node("handler"),
        quick=True,
    )


def _gateways() -> Iterator[Contender]:
    yield Contender(
        name=HIVE,
        title="Hive Gateway",
        what="with JIT, over three federation subgraphs that hold the content ready-made, in its favor",
        prepared=lambda: _node("hive"),
        quick=True,
    )
    for name, title, how in (
        (MERCURIUS, "Mercurius", "with JIT and its loaders"),
        (YOGA, "Yoga", "with JIT and DataLoader"),
    ):
        yield Contender(
            name=name,
            title=title,
            what=f"{how}, {_SAME_WORK}",
            prepared=functools.partial(_node, name, "vendors"),
            quick=True,
        )
        yield Contender(
            name=f"{name}{READY}",
            title=f"{title}, content ready-made",
            what=f"{how}, {_READY_MADE}",
            prepared=functools.partial(_node, name, "ready_made"),
        )


def _gateways_of_another_node() -> Iterator[Contender]:
    """Hive Gateway on the machine's own Node, where that is of another major version."""
    found = another_node()
    if found is not None:
        program, major = found
        yield Contender(
            name=f"{HIVE}_{major}",
            title=f"Hive Gateway, Node {major}",
            what=f"the same Hive Gateway on the machine's Node {major}",
            prepared=functools.partial(_node, HIVE, program=program),
        )


def _python(module: str, environment: Mapping[str, str] | None = None) -> Start:
    return Start(command=(sys.executable, "-m", f"bench.contenders.{module}"), environment=environment or {})


def _reference() -> Start:
    if not can_force_reference():
        raise NotInstalled("there is no compiled projection yet: Orderweave itself runs the reference executor")
    return _python("orderweave_gateway", {EXECUTOR: REFERENCE})


def _cached() -> Start:
    if not can_cache():
        raise NotInstalled("there is no cache yet")
    return _python("orderweave_gateway", {CACHE: "on"})


def _aiohttp() -> Start:
    install_python()
    paths = [*filter(None, [os.environ.get("PYTHONPATH")]), str(PYTHON_PACKAGES)]
    return _python("aiohttp_handler", {"PYTHONPATH": os.pathsep.join(paths)})


def _node(name: str, *words: str, program: str | None = None) -> Start:
    install_python()
    install_node()
    return Start(
        command=(program or node(), f"{name}.mjs", *words),
        folder=NODE_PACKAGES,
        environment={"NODE_ENV": "production", "LOG_LEVEL": "error"},
    )
