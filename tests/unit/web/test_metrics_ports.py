"""Metrics on ports of their own: each worker takes the next free one, and tells its own counters there."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from orderweave.observing.metrics import Metrics
from orderweave.observing.readings import Readings
from orderweave.web import build_app, metrics
from orderweave.web.metrics import serving_metrics
from orderweave.web.seen import seen
from tests.unit.observing.watching import Watched

HOST = "127.0.0.1"


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port from which on three are tried, the first of which is taken by something else."""
    monkeypatch.setattr(metrics, "_MOST_PORTS", 3)
    for port in range(20_000, 60_000, 7):
        try:
            with socket.create_server((HOST, port)):
                for other in (port + 1, port + 2):
                    socket.create_server((HOST, other)).close()
                yield port
                return
        except OSError:
            continue


def worker(answers: int) -> Metrics:
    """The metrics of a worker that gave so many answers."""
    made = Metrics(Readings())
    for _ in range(answers):
        made.answered("COMPILED", (), 0.001)
    return made


async def scraped(port: int) -> str:
    """The line about answers that a port gives."""
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"http://{HOST}:{port}/metrics")
    (line,) = [line for line in response.text.splitlines() if line.startswith("orderweave_answers_total")]
    return line


async def test_each_worker_has_its_port(first: int, caplog: pytest.LogCaptureFixture) -> None:
    """Two workers take the next two ports, each scrape finds the same worker's counters, and a freed port is reused.

    A worker for which none is left says so.
    """
    async with serving_metrics(worker(3), HOST, first) as one, serving_metrics(worker(5), HOST, first) as other:
        assert (one, other) == (first + 1, first + 2)
        for _ in range(2):
            assert await scraped(one) == 'orderweave_answers_total{executor="COMPILED"} 3.0'
            assert await scraped(other) == 'orderweave_answers_total{executor="COMPILED"} 5.0'
        with pytest.raises(OSError, match=f"no port is free for metrics among 3 from {first} on"):
            async with serving_metrics(worker(0), HOST, first):
                pass
    (record,) = [record for record in caplog.records if record.getMessage() == "metrics_cannot_listen"]
    told = f"no port is free for metrics among 3 from {first} on"
    assert vars(record)["fields"] == {"host": HOST, "port": first, "error": told}
    async with serving_metrics(worker(7), HOST, first) as again:
        assert again == first + 1
        assert await scraped(again) == 'orderweave_answers_total{executor="COMPILED"} 7.0'


async def test_with_the_application(first: int) -> None:
    """With a port of their own metrics are there while the application runs, and not on the API's port."""
    watched = Watched()
    shown = seen(watched.woven.gateway.systems, watched.observed, access=None, metrics_port=first)
    app = build_app(watched.woven.schema, watched.woven.gateway, more=shown.more, beside=shown.beside)
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client:
            await client.post("/graphql", json={"query": "{ systems { name } }"})
            assert (await client.get("/metrics")).status_code == httpx.codes.NOT_FOUND
            assert (await client.get("/ops")).status_code == httpx.codes.NOT_FOUND
        assert await scraped(first + 1) == 'orderweave_answers_total{executor="COMPILED"} 1.0'
    with pytest.raises(httpx.ConnectError):
        await scraped(first + 1)
