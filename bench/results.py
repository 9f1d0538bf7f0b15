"""The results file: everything that the page, the plot and the last line are made of."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from bench.contenders.lineup import COMPARED, ORDERWEAVE, REFERENCE
from bench.figures import Figure, figure, ratio
from bench.measuring import FULL, Measured
from bench.packages import FOLDER, PYTHON_PACKAGES, NotInstalled, node, node_versions

RESULTS = FOLDER / "results.json"
# The number of clients at which contenders are compared.
COMPARED_AT = 16
_PYTHON_PACKAGES = ("uvicorn", "starlette", "strawberry-graphql", "graphql-core", "msgspec", "httpx")
_NODE_PACKAGES = ("@graphql-hive/gateway", "mercurius", "graphql-yoga", "@envelop/graphql-jit", "undici")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What it ran on."""

    cores: int
    model: str
    system: str


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `ratios` are Orderweave's processor time over others', by their name and the number of orders."""

    made_on: str
    quick: bool
    machine: Machine
    versions: dict[str, str]
    figures: list[Figure]
    ratios: dict[str, dict[int, float | None]]
    absent: dict[str, str]
    calls: dict[str, dict[int, float]]
    values: dict[int, int]

    def last_line(self) -> str:
        """The ratios as one line of JSON; null where a contender could not run, and for the cache that is not there."""
        rounded = {
            name: {size: None if found is None else round(found, 3) for size, found in by_size.items()}
            for name, by_size in self.ratios.items()
        }
        line = {"clients": COMPARED_AT, "processor_time_ratio_to": rounded, "cached": None}
        return msgspec.json.encode(line).decode()


def results(measured: Measured) -> Results:
    """The results of what was measured."""
    return Results(
        made_on=datetime.now(UTC).date().isoformat(),
        quick=measured.plan != FULL,
        machine=Machine(cores=os.cpu_count() or 1, model=_model(), system=f"{platform.system()} {platform.release()}"),
        versions=_versions(),
        figures=[figure(point) for point in measured.points],
        ratios={
            name: {size: ratio(measured.points, ORDERWEAVE, name, size, COMPARED_AT) for size in measured.plan.sizes}
            for name in (*COMPARED, REFERENCE)
        },
        absent=measured.absent,
        calls=measured.calls,
        values=measured.values,
    )


def save(found: Results, path: Path = RESULTS) -> None:
    """Write the results file."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found)))


def load(path: Path = RESULTS) -> Results:
    """The results in a file."""
    return msgspec.json.decode(path.read_bytes(), type=Results)


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _versions() -> dict[str, str]:
    found = {"Python": platform.python_version()} | {name: version(name) for name in _PYTHON_PACKAGES}
    found |= {
        name: release
        for path in PYTHON_PACKAGES.glob("aiohttp-*.dist-info")
        for name, _, release in [path.name.removesuffix(".dist-info").partition("-")]
    }
    try:
        said = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True)
    except (NotInstalled, OSError, subprocess.CalledProcessError):
        return found
    return found | {"Node": said.stdout.strip()} | {name: node_versions()[name] for name in _NODE_PACKAGES}
