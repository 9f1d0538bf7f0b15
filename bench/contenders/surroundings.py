"""What every contender is told when it is started, through its environment."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bench.recording import Recording, load_recording
from orderweave.web import build_app

# The variable that tells the gateway to leave its compiled projection aside, set to "reference".
EXECUTOR = "BENCH_EXECUTOR"
# The variable that lets the gateway answer from its cache, set to "on".
CACHE = "BENCH_CACHE"
# The variable that lets the gateway tell at WHAT_IS_KEPT how much it keeps, set to "on".
WATCHED = "BENCH_WATCHED"
WHAT_IS_KEPT = "/bench/kept"
# build_app's switch between the two, where it has one.
SWITCH = "compiled"


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen, what was recorded, and where each system's stub is."""

    port: int
    recording: Path
    stubs: Mapping[str, str]

    def variables(self) -> dict[str, str]:
        """The environment that tells this."""
        return {
            "BENCH_PORT": str(self.port),
            "BENCH_RECORDING": str(self.recording),
            "BENCH_STUBS": json.dumps(dict(self.stubs)),
        }

    def recorded(self) -> Recording:
        """The recording itself."""
        return load_recording(self.recording)


def from_environment() -> Surroundings:
    """What this process was told."""
    return Surroundings(
        port=int(os.environ["BENCH_PORT"]),
        recording=Path(os.environ["BENCH_RECORDING"]),
        stubs=json.loads(os.environ["BENCH_STUBS"]),
    )


def can_force_reference() -> bool:
    """Whether there is another executor than the reference one."""
    return SWITCH in inspect.signature(build_app).parameters
