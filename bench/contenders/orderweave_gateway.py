"""Orderweave as an operator starts it: `orderweave serve` over a configuration file, here one that names the stubs."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.caching import with_cache
from bench.contenders.surroundings import CACHE, EXECUTOR, SWITCH, WATCHED, WHAT_IS_KEPT, from_environment
from orderweave.cli.main import main
from orderweave.operations.keeping import Kept
from orderweave.operations.running import Operations
from orderweave.serving import worker
from orderweave.web import build_app

# Sixty-four callers at once wait for each other on one core; none shall be answered in part for it.
_DEADLINE_SECONDS = 300


def watched_app(*given: Any, **named: Any) -> Starlette:
    """The gateway's application, which also tells what was done and how much is kept of it."""
    made: list[Operations] = []
    begin = Operations.__init__

    def noted(self: Operations, *arguments: Any, **more: Any) -> None:
        begin(self, *arguments, **more)
        made.append(self)

    with patch.object(Operations, "__init__", noted):
        app = build_app(*given, **named)

    async def kept(request: Request) -> Response:
        (operations,) = made
        stores = {name.lstrip("_"): store for name, store in vars(operations).items() if isinstance(store, Kept)}
        return JSONResponse(
            {
                "counts": msgspec.structs.asdict(operations.counts),
                "kept": {
                    name: {"things": len(store), "weight": store.weight, "dropped": store.dropped}
                    for name, store in stores.items()
                },
            }
        )

    app.routes.append(Route(WHAT_IS_KEPT, kept))
    return app


def serve() -> int:
    """Serve until stopped."""
    told = from_environment()
    recording = told.recorded()
    text = recording.toml
    for system, address in recording.addresses.items():
        text = text.replace(f'"{address}"', f'"{told.stubs[system]}"')
    if os.environ.get(CACHE) == "on":
        text = with_cache(text)
    # Recorded answers tell of the same quota for ever, and the stubs have none; sixty-four callers wait in one line.
    text += "".join(f"\n[systems.{system}.calls]\nquota = false\nqueue = 10000\n" for system in recording.addresses)
    text = f"{text}\n[server]\nport = {told.port}\ndeadline_seconds = {_DEADLINE_SECONDS}\ndrain_seconds = 0\n"
    os.environ.update(recording.environment)
    if os.environ.get(EXECUTOR) == "reference":
        switched_off: dict[str, Any] = {SWITCH: False}
        # An operator has no such switch, so the command is given an application that has it off.
        setattr(worker, build_app.__name__, functools.partial(build_app, **switched_off))
    if os.environ.get(WATCHED) == "on":
        setattr(worker, build_app.__name__, watched_app)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orderweave.toml"
        path.write_text(text)
        return main(["serve", "--config", str(path)])


if __name__ == "__main__":
    sys.exit(serve())
