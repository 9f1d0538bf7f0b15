"""The systems behind the gateway: one of every installed connector, each at the end of a line that can be broken.

The systems of the demo's business make the greater part. A connector that is not among them joins by its entry point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import msgspec

from faults.joining import Joined, join, toml_of
from orderweave.config import installed
from orderweave.config.registry import simulator
from orderweave.demo import DemoBusiness
from orderweave.scenario import demo_systems
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.fault_proxy import FaultProxy
from orderweave_sdk.testing.simulator import SimulatedSystem, Simulator

_ADDRESS = re.compile(r"127\.0\.0\.1:(\d+)")


class Setup(msgspec.Struct, frozen=True):
    """What one gateway is started with: the text of its configuration file, and the variables of its secrets."""

    toml: str
    environment: dict[str, str]


class Known(msgspec.Struct, frozen=True):
    """What one system knows: numbers of orders that others know too, and ids of records that it alone has."""

    shared: tuple[str, ...]
    own: tuple[str, ...]


class Business:
    """Use `async with`; everything but the systems' names is there from then on.

    `direct` reaches the systems as they are, `broken` through the lines. A system that is reached through no port (a
    file) has no line. `bare` are installed connectors that ship no simulator and so are left out.
    """

    def __init__(self, *, seed: int, orders: int) -> None:
        self._demo = DemoBusiness(seed=seed, orders=orders)
        self._joined: list[Joined] = []
        self._stack = AsyncExitStack()
        self.connectors = {system.name: system.connector for system in demo_systems()}
        self.simulators: dict[str, SimulatedSystem] = dict(self._demo.simulators)
        self.lines: dict[str, FaultProxy] = {}
        self.known: dict[str, Known] = {}
        self.bare: list[str] = []
        self.direct = Setup("", {})
        self.broken = Setup("", {})

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._demo)
        self.known = {name: self._known_to(name) for name in self.connectors}
        secrets = self._secrets_of_demo()
        first = next(iter(self.connectors))
        await self._join_others([number.removeprefix("#") for number in self.known[first].shared])
        toml = self._demo.toml + "".join(toml_of(joined, first=first, secrets=secrets) for joined in self._joined)
        # A system is asked again soon after its fault is gone, and no quota is kept: what is tried here is the fault.
        toml += "".join(f"\n[systems.{name}.calls]\nbreaker_pause = 0.2\nquota = false\n" for name in self.simulators)
        ports = await self._lay_lines()
        self.direct = Setup(toml, secrets)
        self.broken = Setup(_led(toml, ports), {name: _led(value, ports) for name, value in secrets.items()})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def of_each_connector(self) -> list[str]:
        """One system of every connector."""
        first: dict[str, str] = {}
        for name, connector in self.connectors.items():
            first.setdefault(connector, name)
        return list(first.values())

    def skus(self) -> list[str]:
        """SKUs of which the systems hold stock, those that joined among them."""
        joined = [level.sku for system in self._joined for level in system.world.stock[:1]]
        return list(dict.fromkeys([*self._demo.telling_skus(), *joined]))

    def number(self) -> str:
        """The number of an order that several systems know and disagree on."""
        return self._demo.telling_number()

    def secrets(self) -> frozenset[str]:
        """Every secret of the configuration, and every credential that a system was shown lately."""
        shown = {
            value.partition(" ")[2] or value
            for running in self.simulators.values()
            if isinstance(running, Simulator)
            for call in running.calls[-50:]
            for header, value in call.request.headers.items()
            if header == "authorization" or header.endswith(("-token", "-key"))
        }
        return frozenset({*self.direct.environment.values(), *self.broken.environment.values(), *shown} - {""})

    async def hang_up(self) -> None:
        """End every connection over the lines, and let all of them be well."""
        for line in self.lines.values():
            await line.fail(None)

    def forget_calls(self) -> None:
        """Let the simulators' logs of calls be empty again, which else grow for ever."""
        for running in self.simulators.values():
            running.calls.clear()

    def people(self) -> frozenset[str]:
        """The e-mail addresses of the customers of the demo's systems."""
        return frozenset(
            order.customer.person.email
            for world in self._demo.worlds.values()
            for order in world.orders
            if order.customer and order.customer.person and order.customer.person.email
        )

    def _known_to(self, name: str) -> Known:
        """By what the scenario's truth says. Of shared orders only those whose every record refers to the anchor.

        An order that is found through a third system's record loses more than one part when the third fails.
        """
        records = {
            (system, order.external_id): order for system, world in self._demo.worlds.items() for order in world.orders
        }
        shared, own = [], []
        for order in self._demo.scenario.truth.orders:
            if name not in {system for system, _ in order.members}:
                continue
            number = records[order.anchor].key("number") or ""
            others = [records[member] for member in order.members - {order.anchor}]
            if not others:
                own.append(order.anchor[1])
            elif number and all(_refers_to(other, number.removeprefix("#")) for other in others):
                shared.append(number)
        return Known(tuple(shared), tuple(own))

    def _secrets_of_demo(self) -> dict[str, str]:
        """The variables from which its configuration takes its secrets; its text is written on the way."""
        self._demo.configuration()
        values = {
            f"{system}_{name}".upper().replace("-", "_"): str(value)
            for system, running in self._demo.simulators.items()
            for name, value in running.settings().items()
        }
        return {name: values[name] for name in re.findall(r'env = "(\w+)"', self._demo.toml)}

    async def _join_others(self, numbers: list[str]) -> None:
        """A system for every connector that the demo lacks."""
        there = set(self.connectors.values())
        for name, load in sorted(installed().connectors.items()):
            if name in there:
                continue
            try:
                running = simulator(name)()
            except KeyError:
                self.bare.append(name)
                continue
            self._stack.push_async_callback(running.stop)
            joined = await join(name, load(), running, place=len(self._joined), numbers=numbers)
            self._joined.append(joined)
            self.simulators[joined.name] = running
            self.connectors[joined.name] = name
            self.known[joined.name] = Known(joined.shared, joined.own)

    async def _lay_lines(self) -> dict[str, str]:
        """A line to every system that has a port; the lines' ports by the systems' own."""
        ports: dict[str, str] = {}
        for name, running in self.simulators.items():
            for port in _ports(running.settings()):
                line = await self._stack.enter_async_context(FaultProxy(int(port)))
                self.lines[name] = line
                ports[port] = str(line.port)
        return ports


def _refers_to(order: OrderRecord, number: str) -> bool:
    return any(key.value.removeprefix("#") == number for key in order.references)


def _ports(settings: dict[str, Any]) -> Iterator[str]:
    for value in settings.values():
        if isinstance(value, str):
            yield from _ADDRESS.findall(value)


def _led(text: str, ports: dict[str, str]) -> str:
    """The text with every address of a system replaced by that of its line."""
    return _ADDRESS.sub(lambda found: f"127.0.0.1:{ports.get(found[1], found[1])}", text)
