"""The README by chapters (front-end team, portal, analyst, operator): every command in it is typed, and works."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from bench.processes import Process, cores, free_port
from orderweave.demo import DemoBusiness
from orderweave.schema import subgraph_sdl
from tests.documents.pages import ROOT, blocks, chapter, read_page
from tests.systems.front.checkout import INSTALL, checkout
from tests.systems.front.conftest import run
from tests.systems.serving.served import until

pytestmark = pytest.mark.systems

PAGE = read_page("README.md")
ADDRESS = "127.0.0.1:8000"
PROGRAM = str(ROOT / ".venv/bin/orderweave")


def scripts(heading: str) -> list[str]:
    """The blocks of commands of a chapter."""
    return blocks(chapter(PAGE, heading), "sh")


def lines(script: str) -> list[str]:
    """The commands of a block, each on one line."""
    return script.replace("\\\n", " ").splitlines()


@pytest.fixture
def demo(tmp_path: Path) -> Any:
    """The demo as `make demo` starts it, on a free port; its address."""
    port = free_port()
    command = [PROGRAM, "demo", "--port", str(port)]
    process = Process(command, port=port, core=cores()[0], log=tmp_path / "demo.log", environment={}, folder=ROOT)
    try:
        process.wait()
        yield f"127.0.0.1:{port}"
    finally:
        process.stop()


def test_for_a_front_end_team(demo: str, tmp_path: Path) -> None:
    """An answer with its price, a query by GET, the subgraph, and the example from its packages to its screens."""
    example = checkout(tmp_path)
    asking, building = scripts("For a front-end team")
    said = []
    for command in lines(asking):
        typed = command.replace(ADDRESS, demo).replace(".venv/bin/orderweave", PROGRAM)
        said.append(run(["sh", "-c", typed], tmp_path))
    orders, systems, subgraph = said
    answer = json.loads(orders)
    assert len(answer["data"]["orders"]["nodes"]) == 2
    assert answer["extensions"]["cost"]["response"] > 0
    assert [each["name"] for each in json.loads(systems)["data"]["systems"]] == ["shop-us", "shop-eu", "erp", "wms"]
    assert subgraph == subgraph_sdl()
    into, install, *steps = lines(building)
    assert into == "cd examples/storefront-tracker"
    assert install == INSTALL
    for step in steps:
        shown = run(step.split(), example, variables={"ORDERWEAVE_URL": f"http://{demo}/graphql"})
    assert re.search(r"^Order \S+: ", shown, re.MULTILINE)


def test_for_a_portal(demo: str, tmp_path: Path) -> None:
    """The two fields one after the other show the parcels of the order, and the page is there."""
    (script,) = scripts("For a portal")
    told = json.loads(run(["sh", "-ec", script.replace(ADDRESS, demo)], tmp_path))["data"]["trackedOrder"]
    assert told["shipments"]
    assert all(package["trackingNumber"] for shipment in told["shipments"] for package in shipment["packages"])
    assert "<html" in run(["curl", "-s", f"http://{demo}/track"], tmp_path)


def test_for_an_analyst(demo: str, tmp_path: Path) -> None:
    """Once the demo has synced, its stock last, the three questions are answered out of a whole index."""
    (script,) = scripts("For an analyst")
    asked = [command.replace(ADDRESS, demo) for command in lines(script)]
    end = time.monotonic() + 120
    while True:
        orders, months, places = [json.loads(run(["sh", "-ec", command], tmp_path)) for command in asked]
        if orders.get("data") and places.get("data"):
            skus = {group["skuCount"] for group in places["data"]["inventoryAggregates"]["groups"]}
            if orders["data"]["orders"]["coverage"]["complete"] and skus == {60}:
                break
        assert time.monotonic() < end
        time.sleep(1)
    assert orders["data"]["orders"]["totalCount"] > 0
    assert all(group["totalSum"] for group in months["data"]["orderAggregates"]["groups"])


async def test_for_an_operator(tmp_path: Path) -> None:
    """A configuration is checked, explained, given a key, and served until it is told to stop."""
    before, after = scripts("For an operator: over your own systems")
    *asking, serve = [command.partition(" # ")[0].strip() for command in lines(before)]
    port = free_port()
    async with DemoBusiness(seed=7, orders=20) as business:
        business.configuration()
        (tmp_path / "orderweave.toml").write_text(f"[server]\nport = {port}\n{business.toml}")
        environment = {
            f"{system}_{name}".upper().replace("-", "_"): str(value)
            for system, simulator in business.simulators.items()
            for name, value in simulator.settings().items()
        }
        check, explain, key = [await typed(command, tmp_path, environment) for command in asking]
        assert [line.split()[0] for line in check.splitlines()].count("ok") >= len(business.simulators)
        assert "FAIL" not in check
        assert "wms" in explain
        assert re.search(r'^sha256 = "[0-9a-f]{64}"$', key, re.MULTILINE)
        server = await asyncio.create_subprocess_exec(
            PROGRAM,
            *shlex.split(serve)[1:],
            cwd=tmp_path,
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await until(lambda: listens(port), seconds=30)
            ready, metrics = [
                await typed(command.replace(ADDRESS, f"127.0.0.1:{port}"), tmp_path, {}) for command in lines(after)
            ]
            assert json.loads(ready)["status"] == "ready"
            assert "# TYPE orderweave_" in metrics
            server.send_signal(signal.SIGHUP)
            server.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(server.wait(), 20) == 0
        finally:
            if server.returncode is None:
                server.kill()
                await server.wait()


async def typed(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command prints that is typed in a folder; it must end well."""
    program = command.replace(".venv/bin/orderweave", PROGRAM)
    done = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        program,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await asyncio.wait_for(done.communicate(), 60)
    assert done.returncode == 0, f"{command}\n{out.decode()}\n{error.decode()}"
    return out.decode()


async def listens(port: int) -> bool:
    """Whether somebody answers at a port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
