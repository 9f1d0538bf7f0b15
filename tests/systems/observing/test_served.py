"""`orderweave serve` as processes: their logs, their metrics on ports of their own, and the operations page."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.systems

TOKEN = "an-operators-token"
ORDER = '{ order(by: {number: "1001"}) { number } }'
CONFIGURATION = """
[server]
port = {port}
[observing]
metrics_port = {metrics_port}
ops_token = {{ env = "OPS_TOKEN" }}
[systems.shop]
connector = "shopify"
[systems.shop.calls]
attempts = 1
[systems.shop.settings]
url = "http://127.0.0.1:9"
access_token = {{ env = "SHOP_TOKEN" }}
"""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [int(one.getsockname()[1]) for one in listening]
    for one in listening:
        one.close()
    return found


class Served:
    """A gateway in a process of its own; its log goes to a file."""

    def __init__(self, folder: Path, port: int, metrics_port: int) -> None:
        folder.mkdir()
        self.address = f"http://127.0.0.1:{port}"
        self._log = folder / "log"
        file = folder / "orderweave.toml"
        file.write_text(CONFIGURATION.format(port=port, metrics_port=metrics_port))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).parent / "orderweave"), "serve", "--config", str(file)],
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "OPS_TOKEN": TOKEN, "SHOP_TOKEN": "shpat_planted"},
            )
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                httpx.get(f"{self.address}/health/ready", trust_env=False)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError(self._log.read_text())

    def ask(self) -> httpx.Response:
        """The answer to a query for which the shop would be needed."""
        return httpx.post(f"{self.address}/graphql", json={"query": ORDER}, trust_env=False)

    def log(self, requests: int) -> list[dict[str, Any]]:
        """Every line of the log, once so many requests stand in it: each is told after its answer is sent."""
        for _ in range(300):
            lines = [json.loads(line) for line in self._log.read_text().splitlines()]
            if sum(line["event"] == "request" for line in lines) >= requests:
                return lines
            time.sleep(0.1)
        raise TimeoutError(self._log.read_text())

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """Two gateways that were given the same port for their metrics, as workers of one are."""
    first, second, metrics_port = free_ports(3)
    made = [Served(tmp_path / "one", first, metrics_port), Served(tmp_path / "two", second, metrics_port)]
    yield made[0], made[1]
    for one in made:
        one.stop()


def test_two_gateways(served: tuple[Served, Served]) -> None:
    """Each tells its own counters on its own port, logs JSON alone with one line for the outage, and keeps its page."""
    for count, one in zip((2, 3), served, strict=True):
        ids = [one.ask().headers["x-request-id"] for _ in range(count)]
        lines = one.log(count)
        assert [line["request_id"] for line in lines if line["event"] == "request"] == ids
        (outage,) = [line for line in lines if line["event"] == "outage_began"]
        assert (outage["system"], outage["reason"], outage["request_id"]) == ("shop", "UNREACHABLE", ids[0])
        (listening,) = [line for line in lines if line["event"] == "metrics_listening"]
        text = httpx.get(f"http://127.0.0.1:{listening['port']}/metrics", trust_env=False).text
        assert f'orderweave_answers_total{{executor="COMPILED"}} {count}.0' in text
        assert f'orderweave_upstream_requests_total{{error="Unreachable",system="shop"}} {count}.0' in text
        assert httpx.get(f"{one.address}/metrics", trust_env=False).status_code == httpx.codes.NOT_FOUND
        page = f"{one.address}/ops"
        assert httpx.get(page, trust_env=False).status_code == httpx.codes.UNAUTHORIZED
        shown = httpx.get(page, headers={"authorization": f"Bearer {TOKEN}"}, trust_env=False)
        assert "1 down" in shown.text
        assert "planted" not in str(lines) + text + shown.text
