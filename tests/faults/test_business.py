"""The systems of the matrix: every installed connector takes part, and each with a port is reached by its line."""

from __future__ import annotations

import tomllib
from typing import Any

import httpx
import pytest

from faults import business as business_module
from faults.business import Business, Setup
from faults.questions import ORDER, OWN, key, read
from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration, installed
from orderweave.config.loading import read as read_configuration
from orderweave.config.registry import Registry, simulator
from orderweave.web import build_app
from orderweave_sdk.testing.fault_proxy import LineFault
from orderweave_sdk.testing.simulator import SimulatedSystem


def loaded(setup: Setup, registry: Registry) -> Configuration:
    """The configuration of a setup, as the gateway reads it."""
    return read_configuration(
        tomllib.loads(setup.toml), file="faults.toml", registry=registry, environment=setup.environment
    )


async def test_every_installed_connector_takes_part() -> None:
    """None is left out, secrets stand in no file, and a line's address stands in place of every system's own."""
    async with Business(seed=7, orders=20) as business:
        configuration = loaded(business.broken, installed())
        assert set(business.connectors.values()) == set(installed().connectors)
        assert set(configuration.systems) == set(business.simulators)
        for setup in (business.direct, business.broken):
            assert [secret for secret in setup.environment.values() if secret in setup.toml] == []
        for name, line in business.lines.items():
            settings = configuration.systems[name].settings
            assert settings["url"].endswith(f":{line.port}")
        led = business.broken.toml
        for name in business.lines:
            led = led.replace(f":{business.lines[name].port}", business.simulators[name].settings()["url"][-6:])
        assert led == business.direct.toml


async def test_a_stranger_joins_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector that nobody here knows by name has orders of its own and some of the first shop's, and can fail."""
    known = installed().connectors
    like = next(connector for system, connector in Business(seed=7, orders=1).connectors.items() if system == "erp")
    registry = Registry({**known, "stranger": known[like]})

    def found(name: str) -> type[SimulatedSystem]:
        return simulator(like if name == "stranger" else name)

    monkeypatch.setattr(business_module, "installed", lambda: registry)
    monkeypatch.setattr(business_module, "simulator", found)
    async with Business(seed=7, orders=60) as business:
        orders = business.known["stranger"]
        assert "stranger" in business.lines
        woven = Orderweave(loaded(business.broken, registry))
        app = build_app(woven.schema, woven.gateway)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client:

            async def ask(query: str, variables: dict[str, Any]) -> Any:
                return (await client.post("/graphql", json={"query": query, "variables": variables})).json()

            own = await ask(OWN, key("stranger", orders.own[0]))
            assert read(own).took_part == {"stranger"}
            shared = {"number": orders.shared[0]}
            assert "stranger" in read(await ask(ORDER, shared)).took_part
            await business.lines["stranger"].fail(LineFault.DOWN)
            assert read(await ask(ORDER, shared)).missing == {"stranger": {"UNREACHABLE"}}
        await woven.close()


async def test_a_connector_without_a_simulator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot take part, and that is told."""
    known = installed().connectors
    bare = Registry({**known, "bare": next(iter(known.values()))})
    monkeypatch.setattr(business_module, "installed", lambda: bare)
    async with Business(seed=7, orders=20) as business:
        assert business.bare == ["bare"]
