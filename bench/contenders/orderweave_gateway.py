"""Orderweave as an operator starts it: `orderweave serve` over a configuration file, here one that names the stubs."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.contenders.surroundings import EXECUTOR, SWITCH, from_environment
from orderweave.cli.main import main
from orderweave.serving import worker
from orderweave.web import build_app

# Sixty-four callers at once wait for each other on one core; none shall be answered in part for it.
_DEADLINE_SECONDS = 300


def serve() -> int:
    """Serve until stopped."""
    told = from_environment()
    recording = told.recorded()
    text = recording.toml
    for system, address in recording.addresses.items():
        text = text.replace(f'"{address}"', f'"{told.stubs[system]}"')
    # Recorded answers tell of the same quota for ever, and the stubs have none.
    text += "".join(f"\n[systems.{system}.calls]\nquota = false\n" for system in recording.addresses)
    text = f"{text}\n[server]\nport = {told.port}\ndeadline_seconds = {_DEADLINE_SECONDS}\ndrain_seconds = 0\n"
    os.environ.update(recording.environment)
    if os.environ.get(EXECUTOR) == "reference":
        switched_off: dict[str, Any] = {SWITCH: False}
        # An operator has no such switch, so the command is given an application that has it off.
        setattr(worker, build_app.__name__, functools.partial(build_app, **switched_off))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orderweave.toml"
        path.write_text(text)
        return main(["serve", "--config", str(path)])


if __name__ == "__main__":
    sys.exit(serve())
