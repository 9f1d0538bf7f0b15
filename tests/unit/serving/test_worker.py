"""A worker's application: which pages the configuration gives it."""

from __future__ import annotations

import socket
from typing import Any

import msgspec
import pytest
from starlette.routing import Route

from orderweave.config import Configuration
from orderweave.config.configuration import Server, TrackingSettings
from orderweave.model.systems import Business
from orderweave.serving import worker
from orderweave.serving.reloading import Reread

EMPTY = Configuration(
    file="orderweave.toml", server=Server(), systems={}, business=Business(systems={}, places=(), authority={})
)


def paths(monkeypatch: pytest.MonkeyPatch, configuration: Configuration) -> set[str]:
    """The paths of all that a worker would serve."""
    found: set[str] = set()

    class NotServing:
        def __init__(self, config: Any, **rest: Any) -> None:
            found.update(route.path for route in config.app.routes if isinstance(route, Route))

        def run(self, sockets: list[socket.socket]) -> None:
            """Serve nobody."""

    monkeypatch.setattr(worker, "Server", NotServing)
    # This process goes on with other tests.
    monkeypatch.setattr(worker, "_spare_the_collector", lambda: None)
    with socket.socket() as listening:
        assert worker.run_worker(Reread(configuration, lambda: configuration), listening) == 0
    return found


def test_the_tracking_page_is_served_where_it_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a page in the configuration it is served with what it loads; without one there is no such path."""
    tracking = {"/track", "/track/assets/{digest}/{name}"}
    assert not paths(monkeypatch, EMPTY) & tracking
    assert paths(monkeypatch, msgspec.structs.replace(EMPTY, tracking=TrackingSettings(keys=("k" * 32,)))) >= tracking
