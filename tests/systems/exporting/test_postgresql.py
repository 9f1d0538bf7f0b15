"""Exports out of a real PostgreSQL: the same rows in the same order as the orders merged in memory, job by job."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderweave.config.configuration import ExportSettings
from orderweave.exporting import Exports, Selection
from orderweave.exporting.jobs import Job
from orderweave.exporting.steps import Sizes
from orderweave.index import Index
from orderweave.model.exports import Format, Stage, What
from orderweave.model.filters import Filter
from orderweave.model.rights import ALL_RIGHTS
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from tests.systems.sql.postgresql import running
from tests.unit.exporting.house import worked_off
from tests.unit.exporting.reading import rows_in
from tests.unit.exporting.test_files import TABLES, expected
from tests.unit.fake_clock import FakeClock
from tests.unit.index.story import Story, fill, story

pytestmark = pytest.mark.systems


@pytest.fixture(scope="module")
def told() -> Story:
    """The story of one seed."""
    return story()


@pytest.fixture(scope="module")
def filled(told: Story) -> Iterator[Index]:
    """The index of that story in PostgreSQL."""
    with running() as server:
        index = told.index(server.url)
        asyncio.run(fill(index, told))
        yield index
        index.close()


@pytest.mark.parametrize("partitioned", [False, True])
@pytest.mark.parametrize("what", list(TABLES))
async def test_jobs(what: What, partitioned: bool, filled: Index, told: Story, tmp_path: Path) -> None:
    """Two exports are worked off, one of all and one of a filter by SKU; their time comes, and their files go."""
    clock = FakeClock()
    exports = Exports(filled, told.business, ExportSettings(folder=tmp_path), clock, sizes=Sizes(batch=37, part=150))
    sku = next(row["sku"] for row in expected(told, What.LINES) if row["sku"])
    some = Filter(conditions=(Condition(SearchField.SKU, Operator.EQ, (sku,)),))
    for wanted in (Filter(), some):
        selection = Selection(
            what=what, format=Format.PARQUET, rights=ALL_RIGHTS, filter=wanted, partitioned=partitioned
        )
        made = await exports.create(selection, "somebody")
        assert await worked_off(exports) == 1
        job = await exports.find(made.id, "somebody")
        assert job is not None
        assert (job.stage, job.error) == (Stage.DONE, None)
        rows, whole = rows_in(tmp_path / job.id), expected(told, what, wanted)
        assert sorted(map(repr, rows)) == sorted(map(repr, whole))
        assert partitioned or rows == whole
        assert job.expected == len(rows)
    clock.advance(24 * 3600)
    assert await worked_off(exports) == 0
    gone = await exports.find(made.id, "somebody")
    assert (stage_of(gone), list_of(tmp_path)) == (Stage.EXPIRED, [])


def stage_of(job: Job | None) -> Stage | None:
    """Where an export stands."""
    return job.stage if job is not None else None


def list_of(folder: Path) -> list[str]:
    """What is in a folder."""
    return [path.name for path in folder.iterdir()]
