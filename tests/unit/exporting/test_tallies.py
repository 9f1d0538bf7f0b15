"""What the metrics say of exports."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from orderweave.config.configuration import ExportSettings
from orderweave.exporting import Tally
from orderweave.index import TooSlow
from orderweave.model.exports import Stage
from orderweave.observing import catalog
from orderweave.observing.catalog import Metric
from orderweave.observing.observed import Observed
from tests.unit.exporting.house import asked, created, exports_of, house, spoken_to, worked_off
from tests.unit.exporting.reading import files_in
from tests.unit.fake_systems import Woven


class Figures:
    """The tally of a gateway's exports, and what is read of it."""

    def __init__(self, woven: Woven) -> None:
        assert woven.index is not None
        observed = Observed((), woven.clock)
        self.readings = observed.readings
        self.tally = Tally(woven.index, woven.clock, observed)

    def figure(self, metric: Metric) -> float:
        """A metric without labels."""
        return self.readings.values(metric)[()]

    def states(self) -> dict[str, float]:
        """Exports by state, without those of which there is none."""
        return {state: number for (state,), number in self.readings.values(catalog.EXPORTS).items() if number}


async def test_from_queue_to_files(tmp_path: Path) -> None:
    """One that waits ages; once done it is counted with what its files hold, byte by byte, and nothing is under way."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        seen = Figures(woven)
        name = await created(client, format="CSV")
        woven.time.advance(40)
        await created(client, "bob", format="JSONL")
        woven.time.advance(2)
        await seen.tally.look()
        assert seen.states() == {"QUEUED": 2}
        assert seen.figure(catalog.EXPORT_OLDEST_SECONDS) == 42
        assert (seen.figure(catalog.EXPORT_ROWS), seen.figure(catalog.EXPORT_BYTES)) == (0, 0)

        assert await worked_off(exports_of(woven), most=1) == 1
        await seen.tally.look()
        assert seen.states() == {"QUEUED": 1, "DONE": 1}
        assert seen.figure(catalog.EXPORT_OLDEST_SECONDS) == 2
        folder = tmp_path / "exports" / name
        size = sum((folder / file).stat().st_size for file in files_in(folder) if file != "manifest.json")
        assert (seen.figure(catalog.EXPORT_ROWS), seen.figure(catalog.EXPORT_BYTES)) == (4, size)

        assert await worked_off(exports_of(woven), most=1) == 1
        await seen.tally.look()
        assert seen.figure(catalog.EXPORT_OLDEST_SECONDS) == 0
        assert seen.figure(catalog.EXPORT_ROWS) == 8
        woven.time.advance(25 * 3600)
        await worked_off(exports_of(woven))
        await seen.tally.look()
        assert seen.states() == {"EXPIRED": 2}
        assert (seen.figure(catalog.EXPORT_ROWS), seen.figure(catalog.EXPORT_BYTES)) == (0, 0)


async def test_how_they_ended(tmp_path: Path) -> None:
    """One that failed and one that was canceled are told apart; states of which there is none are 0, not missing."""
    settings = ExportSettings(folder=tmp_path / "exports", most_rows=3)
    async with house(tmp_path, settings) as woven, spoken_to(woven) as client:
        seen = Figures(woven)
        await created(client)
        await worked_off(exports_of(woven))
        name = await created(client)
        await asked(client, "mutation ($id: ID!) { exportCancel(id: $id) { state } }", id=name)
        await seen.tally.look()
        assert seen.states() == {"FAILED": 1, "CANCELED": 1}
        assert {state for (state,) in seen.readings.values(catalog.EXPORTS)} == {stage.value for stage in Stage}


async def test_a_look_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that does not answer leaves the figures of the last look."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        seen = Figures(woven)
        await created(client)
        await seen.tally.look()
        monkeypatch.setattr("orderweave.exporting.tallies._LONGEST_LOOK", -1.0)
        await created(client)
        assert woven.index is not None
        monkeypatch.setattr("orderweave.index.database._STEPS", 1)
        with pytest.raises(TooSlow):
            await seen.tally.look()
        assert seen.states() == {"QUEUED": 1}


async def test_a_gateway_looks_by_itself(tmp_path: Path) -> None:
    """The figures are there soon after a gateway that exports has begun, whoever works on what."""
    async with house(tmp_path) as woven:
        observed = Observed(woven.fakes, woven.clock)
        seen = Woven(woven.configuration, woven.time, woven.fakes, observed)
        try:
            async with asyncio.timeout(30), seen.running():
                while not observed.readings.values(catalog.EXPORTS):  # noqa: ASYNC110 - a look happens in a thread, and tells nobody
                    await asyncio.sleep(0)
        finally:
            await seen.close()
