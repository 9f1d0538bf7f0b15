"""Exports by the API: asked for, worked on by whoever comes, seen by their owner alone, canceled, refused and gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from orderweave.config.configuration import ExportSettings
from orderweave.exporting import Exports
from orderweave.exporting.steps import Sizes
from orderweave.index import Index
from tests.unit.exporting.house import ADA, CREATE, asked, created, exports_of, house, looked_at, spoken_to, worked_off
from tests.unit.exporting.reading import files_in, rows_in
from tests.unit.fake_systems import Woven

CANCEL = "mutation ($id: ID!) { exportCancel(id: $id) { state } }"


async def test_from_wish_to_files(tmp_path: Path) -> None:
    """An export is queued, worked off, and then says its files, which are those of the manifest."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="JSONL")
        queued = await looked_at(client, name)
        assert queued is not None
        assert (queued["state"], queued["files"], queued["manifestUrl"]) == ("QUEUED", [], None)
        assert await worked_off(exports_of(woven)) == 1
        assert await worked_off(exports_of(woven)) == 0
        done = await looked_at(client, name)
        assert done is not None
        assert (done["state"], done["rows"], done["expectedRows"]) == ("DONE", 4, 4)
        assert [(file["name"], file["rows"]) for file in done["files"]] == [("lines-00001.jsonl", 4)]
        assert done["manifestUrl"] == f"/exports/{name}/manifest.json"
        rows = rows_in(tmp_path / "exports" / name)
        assert [row["sku"] for row in rows] == ["TEA-1", "TEA-2", "=cmd|' /C calc'!A0", "TEA-1"]


async def test_only_its_owner_sees_it(tmp_path: Path) -> None:
    """Of another's export nothing is told or done, as of one that does not exist; nor to callers without names."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client)
        for who in ("bob", "ada", "anonymous", "guest"):
            assert await looked_at(client, name, who) is None
            canceled = await asked(client, "mutation ($id: ID!) { exportCancel(id: $id) { id } }", who, id=name)
            assert canceled == {"data": {"exportCancel": None}}
        for other in ("0" * 32, "", "../../etc", name.upper() + "x"):
            assert await looked_at(client, other) is None
        still = await looked_at(client, name)
        assert still is not None
        assert still["state"] == "QUEUED"


async def test_own_rows_alone(tmp_path: Path) -> None:
    """Who sees their own orders alone takes nothing else away."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, "ada", table="ORDERS", format="CSV")
        await worked_off(exports_of(woven))
        rows = rows_in(tmp_path / "exports" / name)
        assert [(row["order_number"], row["customer_email"]) for row in rows] == [("1001", ADA)]


@pytest.mark.parametrize(
    ("who", "wanted", "code"),
    [
        ("guest", {"table": "ORDERS"}, "FORBIDDEN"),
        ("guest", {"table": "STOCK"}, "FORBIDDEN"),
        ("anonymous", {"table": "ORDERS"}, "FORBIDDEN"),
        # The rows that a filter lets pass would tell what its caller may not read.
        ("analyst", {"table": "LINES", "filter": {"customerEmail": {"eq": ADA}}}, "FORBIDDEN"),
        ("ann", {"table": "STOCK", "search": "tea"}, "BAD_INPUT"),
        ("ann", {"table": "STOCK", "filter": {"number": {"eq": "1"}}}, "BAD_INPUT"),
        ("ann", {"table": "ORDERS", "skus": ["TEA-1"]}, "BAD_INPUT"),
        ("ann", {"table": "STOCK", "skus": []}, "BAD_INPUT"),
        ("ann", {"table": "STOCK", "skus": ["x"] * 201}, "BAD_INPUT"),
        ("ann", {"table": "ORDERS", "search": " "}, "BAD_INPUT"),
        ("ann", {"table": "ORDERS", "format": "CSV", "partitioned": True}, "BAD_INPUT"),
        ("ann", {"table": "STOCK", "partitioned": True}, "BAD_INPUT"),
    ],
)
async def test_refusals(who: str, wanted: dict[str, Any], code: str, tmp_path: Path) -> None:
    """What is not the caller's to see, or makes no sense, is refused before anything is kept."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        document = await asked(client, CREATE, who, input=wanted)
        assert [error["extensions"]["code"] for error in document["errors"]] == [code]
        assert await worked_off(exports_of(woven)) == 0


async def test_most_unfinished(tmp_path: Path) -> None:
    """One caller has five unfinished exports at most; a canceled one makes room, and others are not concerned."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        names = [await created(client) for _ in range(5)]
        refused = await asked(client, CREATE, input={"table": "LINES"})
        assert refused["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        await created(client, "bob")
        canceled = await asked(client, CANCEL, id=names[0])
        assert canceled == {"data": {"exportCancel": {"state": "CANCELED"}}}
        await created(client)


async def test_most_rows(tmp_path: Path) -> None:
    """An export of more rows than one may have fails in plain words, and its files go."""
    settings = ExportSettings(folder=tmp_path / "exports", most_rows=3)
    async with house(tmp_path, settings) as woven, spoken_to(woven) as client:
        name = await created(client)
        await worked_off(exports_of(woven))
        failed = await looked_at(client, name)
        assert failed is not None
        assert failed["state"] == "FAILED"
        assert failed["error"] == "4 rows, more than 3; narrow the filter, by placedAt above all"


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A disk that takes nothing fails the export and not the worker."""
    (tmp_path / "exports").write_text("a file in its place")
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client)
        await worked_off(exports_of(woven))
        failed = await looked_at(client, name)
        assert failed is not None
        assert failed["error"] == "the files cannot be written (Not a directory)"


async def test_expiry(tmp_path: Path) -> None:
    """A day after it was done it is expired, its files go with the next look for work; a week on nobody knows it."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client)
        await worked_off(exports_of(woven))
        woven.time.advance(24 * 3600 - 1)
        kept = await looked_at(client, name)
        assert kept is not None
        assert kept["state"] == "DONE"
        woven.time.advance(1)
        gone = await looked_at(client, name)
        assert gone is not None
        assert (gone["state"], gone["files"]) == ("EXPIRED", [])
        assert files_in(tmp_path / "exports" / name)
        await worked_off(exports_of(woven))
        assert not files_in(tmp_path / "exports" / name)
        woven.time.advance(8 * 24 * 3600)
        other = await created(client, "bob")
        await worked_off(exports_of(woven))
        woven.time.advance(25 * 3600)
        await worked_off(exports_of(woven))
        assert await looked_at(client, name) is None
        assert await looked_at(client, other, "bob") is not None


async def test_canceled_while_worked_on(tmp_path: Path) -> None:
    """A part that is written while its export is canceled is noted nowhere, and nothing more is done; the files go
    when nobody can be writing any more.
    """
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client)
        exports, index = stepping(woven, tmp_path)
        assert await exports.advance(name)
        assert await exports.advance(name)
        index.meanwhile = partial(asked, client, CANCEL, id=name)
        assert await exports.advance(name)
        assert not await exports.advance(name)
        canceled = await looked_at(client, name)
        assert canceled is not None
        assert (canceled["state"], canceled["rows"]) == ("CANCELED", 1)
        assert list(files_in(tmp_path / "exports" / name)) == ["lines-00001.parquet"]
        woven.time.advance(299)
        await exports.put_away()
        assert files_in(tmp_path / "exports" / name)
        woven.time.advance(1)
        assert await exports.put_away() == [name]
        assert not files_in(tmp_path / "exports" / name)


async def test_two_at_the_same_step(tmp_path: Path) -> None:
    """Of two who write the same part one is noted, and the other's file is gone: no row is twice in it."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="CSV")
        (slow, index), (quick, _) = stepping(woven, tmp_path), stepping(woven, tmp_path)
        await slow.advance(name)
        index.meanwhile = partial(quick.advance, name)
        assert await slow.advance(name)
        assert list(files_in(tmp_path / "exports" / name)) == ["lines-00001.csv"]
        while await slow.advance(name):
            pass
        done = await looked_at(client, name)
        assert done is not None
        assert (done["state"], [file["rows"] for file in done["files"]]) == ("DONE", [1, 1, 1, 1])


async def test_the_oldest_first(tmp_path: Path) -> None:
    """What is asked for first is worked on first."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        names = []
        for _ in range(3):
            names.append(await created(client))
            woven.time.advance(1)
        assert list(await exports_of(woven).unfinished()) == names


async def test_goes_on_in_another_process(tmp_path: Path) -> None:
    """What one process noted before it died is not done again by the next, and each row is in one file."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        name = await created(client, format="CSV")
        dying, _ = stepping(woven, tmp_path)
        for _ in range(3):
            assert await dying.advance(name)
        half = await looked_at(client, name)
        assert half is not None
        assert (half["state"], half["rows"], half["expectedRows"]) == ("RUNNING", 2, 4)
        assert await worked_off(exports_of(woven)) == 1
        done = await looked_at(client, name)
        assert done is not None
        assert [file["rows"] for file in done["files"]] == [1, 1, 2]
        rows = rows_in(tmp_path / "exports" / name)
        assert [(row["order_number"], row["position"]) for row in rows] == [
            ("1001", 0),
            ("1001", 1),
            ("1002", 0),
            ("1003", 0),
        ]


async def test_worked_on_beside_the_answers(tmp_path: Path) -> None:
    """A gateway that has begun works on what is asked for by itself, and ends that when it is closed."""
    async with house(tmp_path) as woven, spoken_to(woven) as client:
        woven.begin()
        name = await created(client)
        async with asyncio.timeout(60):
            found = await looked_at(client, name)
            while found is not None and found["state"] != "DONE":
                found = await looked_at(client, name)
        assert found is not None
        assert found["rows"] == 4


class Meddled:
    """An index in which something else happens before the next write, as when another process is quicker."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    async def write(self, work: Any) -> Any:
        """After what happens meanwhile."""
        happening, self.meanwhile = self.meanwhile, None
        if happening is not None:
            await happening()
        return await self._index.write(work)


def stepping(woven: Woven, folder: Path) -> tuple[Exports, Meddled]:
    """One who works on the exports of a gateway, a row a part, and the index in which they are noted."""
    assert woven.index is not None
    index: Any = Meddled(woven.index)
    settings = ExportSettings(folder=folder / "exports")
    sizes = Sizes(batch=1, part=1)
    return Exports(index, woven.configuration.business, settings, woven.clock, sizes=sizes), index
