"""The rules on imports: each function gives what breaks its rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.rules import (
    IMPURE_CALLS,
    IMPURE_MODULES,
    LAYERS,
    MAY_NAME_CONNECTORS,
    MAY_START_SIMULATORS,
    PURE_ROOMS,
)
from tests.architecture.sources import Finding, Repository, Source, called_name, is_within

_LAYER_OF = {room: depth for depth, rooms in enumerate(LAYERS) for room in rooms}
_SDK = "orderweave_sdk"


def sdk_imports(repository: Repository) -> Iterator[Finding]:
    """The kit imports nothing of the gateway and no connector."""
    for source in repository.python:
        if source.path.startswith("src/orderweave_sdk/"):
            for name, line in source.imports:
                if _is_ours(name) and not is_within(name, _SDK):
                    yield Finding(source.path, line, f"the kit must not import {name}")


def connector_imports(repository: Repository) -> Iterator[Finding]:
    """A connector imports the kit and its own packages, of all that is ours; its tests may import its tests."""
    for source in repository.python:
        if source.connector is None:
            continue
        own = {
            _SDK,
            f"connectors.{source.connector}",
            *repository.connectors.get(source.connector, frozenset()),
        }
        for name, line in source.imports:
            if _is_ours(name) and not any(is_within(name, package) for package in own):
                yield Finding(source.path, line, f"connector {source.connector} must not import {name}")


def gateway_imports(repository: Repository) -> Iterator[Finding]:
    """No room imports a connector, and none but those that start simulators imports what is for tests."""
    for source in repository.python:
        if not source.path.startswith("src/orderweave/"):
            continue
        for name, line in source.imports:
            if _is_ours(name) and not is_within(name, _SDK) and not is_within(name, "orderweave"):
                yield Finding(source.path, line, f"the gateway must not import {name}; connectors have entry points")
            if is_within(name, f"{_SDK}.testing") and not source.path.startswith(MAY_START_SIMULATORS):
                yield Finding(source.path, line, f"room {source.room} must not import {name}, which is for tests")


def room_imports(repository: Repository) -> Iterator[Finding]:
    """Rooms import inwards only, and every room has its place in the table."""
    for source in repository.python:
        room = source.room
        if room is None:
            continue
        if room not in _LAYER_OF:
            yield Finding(source.path, 1, f"room {room} has no place in tests/architecture/rules.py")
            continue
        for name, line in source.imports:
            other = _room_of(name)
            if other in _LAYER_OF and other != room and _LAYER_OF[other] >= _LAYER_OF[room]:
                yield Finding(source.path, line, f"room {room} must not import {name}: {other} is not further in")


def pure_rooms(repository: Repository) -> Iterator[Finding]:
    """Rooms that compute import no I/O, open nothing, wait for nothing and read no clock."""
    for source in repository.python:
        if source.room not in PURE_ROOMS:
            continue
        for name, line in source.imports:
            if any(is_within(name, module) for module in IMPURE_MODULES):
                yield Finding(source.path, line, f"room {source.room} is pure and must not import {name}")
        for node in ast.walk(source.tree):
            if isinstance(node, ast.AsyncFunctionDef):
                yield Finding(source.path, node.lineno, f"room {source.room} is pure: {node.name} must not be async")
            if isinstance(node, ast.Call) and called_name(node) in IMPURE_CALLS:
                yield Finding(source.path, node.lineno, f"room {source.room} is pure: no {called_name(node)}()")


def connector_names(repository: Repository) -> Iterator[Finding]:
    """No word in the gateway or the kit is a connector's name, but in the places whose business it is."""
    for source in repository.python:
        if not source.path.startswith("src/") or source.path.startswith(MAY_NAME_CONNECTORS):
            continue
        docstrings = {id(node) for node in _docstrings(source)}
        for node in ast.walk(source.tree):
            if (
                isinstance(node, ast.Constant)
                and node.value in repository.connector_names
                and id(node) not in docstrings
            ):
                yield Finding(source.path, node.lineno, f"only the registry and the scenario may know {node.value!r}")


def _docstrings(source: Source) -> Iterator[ast.Constant]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _is_ours(name: str) -> bool:
    """Whether a name is the gateway's, the kit's or a connector's; the packages of a stranger's are not known."""
    top = name.split(".", maxsplit=1)[0]
    return top in {"orderweave", "connectors"} or top.startswith("orderweave_")


def _room_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "orderweave" and len(parts) > 1 else None
