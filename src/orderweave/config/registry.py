"""Which connectors are installed. Ours are found like a stranger's: by entry point; only those named are imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

import msgspec

from orderweave_sdk.capabilities import Connector
from orderweave_sdk.testing.simulator import SimulatedSystem

GROUP = "orderweave.connectors"
SIMULATORS = "orderweave.simulators"


class Registry(msgspec.Struct, frozen=True):
    """Names of connectors, each with a way to import its class."""

    connectors: Mapping[str, Callable[[], type[Connector]]]


def installed() -> Registry:
    """The connectors of this environment."""
    return Registry({entry.name: entry.load for entry in entry_points(group=GROUP)})


def simulator(name: str) -> type[SimulatedSystem]:
    """The simulator that a connector ships; raises KeyError when it ships none."""
    for entry in entry_points(group=SIMULATORS):
        if entry.name == name:
            kind: type[SimulatedSystem] = entry.load()
            return kind
    raise KeyError(name)
