"""A generated business behind the gateway, through the same configuration file and connectors as any other."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from orderweave.config import Configuration, installed
from orderweave.config.loading import read
from orderweave.config.registry import simulator
from orderweave.scenario import (
    SYSTEMS,
    UNTIL,
    USUAL,
    Scenario,
    Secret,
    cast,
    configuration,
    demo_systems,
    generate,
    ids_of,
    told,
)
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.simulator import SimulatedSystem
from orderweave_sdk.testing.world import World

# Seconds. A second of calls is small, and nobody looks at them.
_BETWEEN_FORGETTING = 1.0


class DemoBusiness:
    """The business and its simulators. Use `async with`; `configuration` is there from then on.

    `worlds` is what each system knows, as its vendor can say it. `toml` is the text of the configuration file
    that a person would write for these systems, and `environment` the variables that it names. `connectors` are those
    of the systems that take part; raises CastError where they cannot play the business together. What happens, happens
    up to the instant `until`.
    """

    def __init__(
        self, *, seed: int, orders: int, connectors: Sequence[str] | None = None, until: datetime = UNTIL
    ) -> None:
        players = cast(USUAL if connectors is None else connectors)
        self._systems = demo_systems(players)
        kinds = {system.name: simulator(system.connector) for system in self._systems}
        self._ids = {name: kind.external_id for name, kind in kinds.items()}
        told_by = ids_of(players, {**dict.fromkeys(SYSTEMS, _no_ids), **self._ids})
        self.scenario: Scenario = told(generate(seed=seed, orders=orders, ids=told_by, until=until), players)
        self.simulators: dict[str, SimulatedSystem] = {name: kind() for name, kind in kinds.items()}
        self.worlds = {name: _expressible(self.simulators[name], self.scenario.worlds[name]) for name in kinds}
        self.toml = ""
        self.environment: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        for name, running in self.simulators.items():
            running.seed(self.worlds[name])
            await running.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for running in self.simulators.values():
            await running.stop()

    def configuration(self) -> Configuration:
        """The configuration that reaches the simulators; secrets come from an environment of its own."""
        registry = installed()
        settings: dict[str, dict[str, Any]] = {}
        for system in self._systems:
            manifest = registry.connectors[system.connector]().manifest
            secrets = {setting.name for setting in manifest.settings if setting.secret}
            settings[system.name] = {}
            for name, value in self.simulators[system.name].settings().items():
                if name in secrets:
                    variable = f"{system.name}_{name}".upper().replace("-", "_")
                    self.environment[variable] = str(value)
                    settings[system.name][name] = Secret(variable)
                else:
                    settings[system.name][name] = value
        self.toml = configuration(settings, self._ids, self._systems)
        return read(tomllib.loads(self.toml), file="demo.toml", registry=registry, environment=self.environment)

    @asynccontextmanager
    async def forgetting(self, *, every: float = _BETWEEN_FORGETTING) -> AsyncIterator[None]:
        """Let the simulators' logs of calls be empty again, `every` so many seconds, for as long as it lasts.

        They keep each call with its answer, for tests to look at; a run of hours holds more than a machine can.
        """
        task = asyncio.create_task(self._forget(every))
        try:
            yield
        finally:
            task.cancel()

    async def _forget(self, every: float) -> None:
        while True:
            for running in self.simulators.values():
                running.calls.clear()
            await asyncio.sleep(every)

    async def fail(self, system: str, fault: Fault | None) -> None:
        """Turn a fault of one system on, or off with None."""
        await self.simulators[system].fail(fault)

    def telling_number(self) -> str:
        """The number of an order that three systems know and disagree on: the one to look at first."""
        return self._telling().key("number") or ""

    def telling_email(self) -> str:
        """The e-mail address of whoever placed that order: the second fact by which a guest tracks it."""
        customer = self._telling().customer
        return (customer.person.email if customer and customer.person else None) or ""

    def _telling(self) -> OrderRecord:
        planted = {conflict.order for conflict in self.scenario.truth.conflicts}
        best = max(
            self.scenario.truth.orders,
            key=lambda order: (len({s for s, _ in order.members}), order.anchor in planted, -order.number),
        )
        system, external_id = best.anchor
        return next(r for r in self.scenario.worlds[system].orders if r.external_id == external_id)

    def telling_skus(self) -> list[str]:
        """SKUs worth a look: those on whose stock systems disagree first, three in all."""
        drifting = [conflict.order[1] for conflict in self.scenario.truth.conflicts if conflict.order[0] == "stock"]
        others = [product.sku for world in self.scenario.worlds.values() for product in world.products]
        return list(dict.fromkeys([*drifting, *others]))[:3]


def _no_ids(kind: str, n: int) -> str:
    """Ids for the records of a system that does not take part."""
    return f"{kind}-{n}"


def _expressible(running: SimulatedSystem, world: World) -> World:
    """The world as the vendor can say it."""
    return World(
        orders=tuple(running.expressible(order) for order in world.orders),
        stock=tuple(running.expressible_stock(level) for level in world.stock),
        receipts=tuple(running.expressible_receipt(receipt) for receipt in world.receipts),
        products=tuple(running.expressible_product(product) for product in world.products),
        locations=world.locations,
    )
