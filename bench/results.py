"""The results file: everything that the page, the plot and the last line are made of."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from bench.contenders.lineup import CACHED, ORDERWEAVE, lineup
from bench.figures import Figure, figure, ratio
from bench.latency import Latency
from bench.measuring import Measured
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


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """A contender of the run: its name in figures, its title on the page, and what it is."""

    name: str
    title: str
    what: str


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `ratios` are Orderweave's processor time over others', by their name and the number of orders, and
    `cached` are those of its cached answers over its live ones. Who was not to run has no ratio in a quick run."""

    made_on: str
    quick: bool
    machine: Machine
    versions: dict[str, str]
    contenders: list[Who]
    figures: list[Figure]
    ratios: dict[str, dict[int, float | None]]
    cached: dict[int, float | None]
    latency: Latency
    absent: dict[str, str]
    calls: dict[str, dict[int, float]]
    values: dict[int, int]

    def last_line(self) -> str:
        """The ratios as one line of JSON; null where a contender could not run, and for a cache that is not there."""
        line = {
            "clients": COMPARED_AT,
            "processor_time_ratio_to": {name: _rounded(by_size) for name, by_size in self.ratios.items()},
            "cached": _rounded(self.cached) if any(self.cached.values()) else None,
            "added_latency_ms": {name: round(added, 2) for name, added in self.latency.added_ms.items()},
        }
        return msgspec.json.encode(line).decode()


def _rounded(by_size: Mapping[int, float | None]) -> dict[int, float | None]:
    return {size: None if found is None else round(found, 3) for size, found in by_size.items()}


def results(measured: Measured) -> Results:
    """The results of what was measured."""
    sizes, points = measured.plan.sizes, measured.points
    return Results(
        made_on=today(),
        quick=measured.plan.quick,
        machine=machine(),
        versions=_versions(),
        contenders=[Who(name=one.name, title=one.title, what=one.what) for one in measured.contenders],
        figures=[figure(point) for point in points],
        ratios={
            one.name: {size: ratio(points, ORDERWEAVE, one.name, size, COMPARED_AT) for size in sizes}
            for one in lineup()
            if one.name not in (ORDERWEAVE, CACHED)
        },
        cached={size: ratio(points, CACHED, ORDERWEAVE, size, COMPARED_AT) for size in sizes},
        latency=measured.latency,
        absent=measured.absent,
        calls=measured.calls,
        values=measured.values,
    )


def today() -> str:
    """The day of a run."""
    return datetime.now(UTC).date().isoformat()


def machine() -> Machine:
    """This machine."""
    return Machine(cores=os.cpu_count() or 1, model=_model(), system=f"{platform.system()} {platform.release()}")


def save(found: Results, path: Path = RESULTS) -> None:
    """Write the results file."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found)))


def load(path: Path = RESULTS) -> Results:
    """The results in a file. Raises FileNotFoundError, and msgspec.ValidationError for one of another version."""
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
