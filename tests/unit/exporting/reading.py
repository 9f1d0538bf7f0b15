"""Reads the files of an export back, whatever their form, as rows of the same values."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet

from orderweave.exporting import Selection
from orderweave.exporting.folder import export_to
from orderweave.exporting.layout import Kind
from orderweave.exporting.manifest import MANIFEST, Manifest
from orderweave.exporting.steps import Sizes
from orderweave.exporting.writing import Column
from orderweave.index import Index
from orderweave.model.exports import Format
from tests.unit.fake_clock import FakeClock
from tests.unit.index.story import Story

Rows = list[dict[str, Any]]
SMALL = Sizes(batch=37, part=150)


async def exported(
    folder: Path, selection: Selection, index: Index, told: Story, sizes: Sizes = SMALL
) -> tuple[Manifest, Rows]:
    """An export into a folder, and what is read back from it."""
    async for _ in export_to(folder, selection, index, told.business, FakeClock(), sizes=sizes):
        pass
    return manifest_in(folder), rows_in(folder)


def manifest_in(folder: Path) -> Manifest:
    """The manifest of an export."""
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)


def rows_in(folder: Path) -> Rows:
    """All rows, file by file."""
    manifest = manifest_in(folder)
    return [row for part in manifest.files for row in read(folder / part.file, manifest.format, manifest.columns)]


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file by its name within the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read(path: Path, form: Format, columns: Sequence[Column]) -> Rows:
    """The rows of one file."""
    if form is Format.PARQUET:
        # One file by itself: its folders are no columns of it.
        return tidied(pyarrow.parquet.ParquetFile(path).read().to_pylist())
    if form is Format.ARROW:
        return tidied(pyarrow.ipc.open_stream(path.read_bytes()).read_all().to_pylist())
    if form is Format.JSONL:
        lines = [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]
        return [{column.name: of_json(column.kind, line[column.name]) for column in columns} for line in lines]
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == [column.name for column in columns]
    return [
        {column.name: of_cell(column.kind, cell) for column, cell in zip(columns, row, strict=True)} for row in rows
    ]


def tidied(rows: Rows) -> Rows:
    """Amounts without zeros behind them, and instants in the one UTC, as the index gives them."""
    return [{name: _tidy(value) for name, value in row.items()} for row in rows]


def _tidy(value: Any) -> Any:
    if isinstance(value, Decimal):
        return Decimal(format(value.normalize(), "f"))
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def of_json(kind: Kind, value: Any) -> Any:
    """A value of JSON in its kind."""
    if value is None:
        return None
    if kind is Kind.AMOUNT:
        return Decimal(value)
    return datetime.fromisoformat(value) if kind is Kind.INSTANT else value


def of_cell(kind: Kind, cell: str) -> Any:
    """A cell of CSV in its kind; an empty one is nothing."""
    if cell == "":
        return None
    if kind is Kind.TEXT:
        return cell.removeprefix("'")
    if kind is Kind.TRUTH:
        return {"true": True, "false": False}[cell]
    return int(cell) if kind is Kind.WHOLE else of_json(kind, cell)
