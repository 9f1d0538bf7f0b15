"""A million lines to Parquet: in bounded memory, over the death of the process, and right to the last row and cent."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orderweave.durable.seats import Seats
from orderweave.exporting import Selection
from orderweave.exporting.folder import export_to
from orderweave.exporting.steps import UNFINISHED
from orderweave.index import Index
from orderweave.model.exports import Format, What
from orderweave.model.rights import ALL_RIGHTS
from orderweave.model.systems import Business
from orderweave_sdk.clock import SystemClock
from tests.systems.exporting.million import LINES_EACH, ORDERS, amount, exports_in, fill, index_in, parts_noted
from tests.unit.exporting.reading import manifest_in

pytestmark = pytest.mark.systems
LINES = ORDERS * LINES_EACH
TOTAL = sum((amount(place) for place in range(LINES)), Decimal(0))
# 276 to 374 were seen, 114 of them the interpreter with all that it imports; the rows all at once take gigabytes.
MOST_MEGABYTES = 450
_DEATHS = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an index of a million lines is."""
    made = tmp_path_factory.mktemp("million")
    index = index_in(made)
    asyncio.run(fill(index))
    index.close()
    return made


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    """That index."""
    made = index_in(folder)
    yield made
    made.close()


def begun(folder: Path) -> subprocess.Popen[bytes]:
    """A process that works on exports."""
    command = [sys.executable, "-W", "error", "-m", "tests.systems.exporting.million", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def killed_in_the_middle_of(process: subprocess.Popen[bytes], folder: Path, index: Index, name: str) -> bool:
    """Kill it while it writes a part and one more than before is noted; False where it was done before that."""
    before = asyncio.run(parts_noted(index, name))
    while process.poll() is None:
        writes = any(path.stat().st_size > 100_000 for path in _unfinished(folder / "exports" / name))
        if writes and asyncio.run(parts_noted(index, name)) > before:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return True
    process.communicate()
    return False


def _unfinished(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"{UNFINISHED}*") if path.exists()]


def held(files: str, more: str = "") -> tuple[object, ...]:
    """How many lines there are, how many different ones, and what they come to."""
    with duckdb.connect() as connection:
        (found,) = connection.execute(
            f"SELECT count(*), count(DISTINCT line_id), sum(total) FROM read_parquet('{files}'{more})"
        ).fetchall()
    return tuple(found)


def test_over_deaths(folder: Path, index: Index) -> None:
    """Killed again and again in the middle of a part, whoever comes next goes on, and no line is lost or doubled; what
    is left of the work takes bounded memory.
    """
    selection = Selection(what=What.LINES, format=Format.PARQUET, rights=ALL_RIGHTS)
    name = asyncio.run(exports_in(folder, index).create(selection, "somebody")).id
    deaths = 0
    while deaths < _DEATHS and killed_in_the_middle_of(begun(folder), folder, index, name):
        deaths += 1
    assert deaths >= 3
    last = begun(folder)
    out, _ = last.communicate(timeout=300)
    assert last.returncode == 0
    files = folder / "exports" / name
    assert held(f"{files}/*.parquet") == (LINES, LINES, TOTAL)
    manifest = manifest_in(files)
    assert (manifest.rows, len(manifest.files)) == (LINES, 5)
    assert {path.name for path in files.iterdir()} == {"manifest.json", *(part.file for part in manifest.files)}
    print(f"{deaths} deaths; {int(out) // 1024} MB at most in the last process")
    assert int(out) // 1024 < MOST_MEGABYTES


def test_another_goes_on(folder: Path, index: Index) -> None:
    """The process that works on an export is killed beside another that has nothing to do: that one goes on with it."""
    selection = Selection(what=What.LINES, format=Format.PARQUET, rights=ALL_RIGHTS)
    name = asyncio.run(exports_in(folder, index).create(selection, "whoever")).id
    dying = begun(folder)
    while not asyncio.run(parts_noted(index, name)):
        assert dying.poll() is None
    seats = Seats(index.database.url, "worker")
    other = begun(folder)
    while seats.taken() < 2:
        assert other.poll() is None
    dying.kill()
    dying.communicate()
    assert asyncio.run(parts_noted(index, name)) < 5
    other.communicate(timeout=300)
    assert other.returncode == 0
    assert held(f"{folder / 'exports' / name}/*.parquet") == (LINES, LINES, TOTAL)


def test_in_bounded_memory(folder: Path, index: Index) -> None:
    """A million lines in one process that dies of nothing take no more memory than a part of them."""
    selection = Selection(what=What.LINES, format=Format.PARQUET, rights=ALL_RIGHTS)
    asyncio.run(exports_in(folder, index).create(selection, "somebody else"))
    process = begun(folder)
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    megabytes = int(out) // 1024
    print(f"{megabytes} MB at most")
    assert megabytes < MOST_MEGABYTES


def test_partitions(index: Index, tmp_path: Path) -> None:
    """Divided by months, every line stands once in the folder of its month."""
    selection = Selection(what=What.LINES, format=Format.PARQUET, rights=ALL_RIGHTS, partitioned=True)

    async def run() -> None:
        business = Business(systems={}, places=(), authority={})
        async for _ in export_to(tmp_path, selection, index, business, SystemClock()):
            pass

    asyncio.run(run())
    assert held(f"{tmp_path}/**/*.parquet", ", hive_partitioning = true") == (LINES, LINES, TOTAL)
    with duckdb.connect() as connection:
        months, astray = connection.execute(
            "SELECT count(DISTINCT (year, month)), count(*) FILTER "
            "(year != year(placed_at AT TIME ZONE 'UTC') OR month != month(placed_at AT TIME ZONE 'UTC')) "
            f"FROM read_parquet('{tmp_path}/**/*.parquet', hive_partitioning = true)"
        ).fetchall()[0]
    assert (months, astray) == (23, 0)
