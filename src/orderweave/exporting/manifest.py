"""The manifest of an export: what is in its files, in JSON, for whoever takes them further."""

from __future__ import annotations

from datetime import datetime

import msgspec

from orderweave.exporting.layout import VERSION
from orderweave.exporting.selection import Selection
from orderweave.exporting.steps import Part, State
from orderweave.exporting.writing import Column, columns_of
from orderweave.model.exports import Format, What
from orderweave.model.filters import Filter
from orderweave.model.provenance import Coverage

MANIFEST = "manifest.json"


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Every row is in exactly one file. What the index knew was as of `coverage`, or newer, up to `finished_at`."""

    layout: int
    table: What
    format: Format
    partitioned: bool
    columns: tuple[Column, ...]
    files: tuple[Part, ...]
    rows: int
    bytes: int
    filter: Filter
    search: str | None
    skus: tuple[str, ...]
    locations: tuple[str, ...]
    begun_at: datetime
    finished_at: datetime
    coverage: Coverage


def manifest_of(selection: Selection, state: State, finished_at: datetime) -> bytes:
    """The manifest of an export that is done."""
    whole = Manifest(
        layout=VERSION,
        table=selection.what,
        format=selection.format,
        partitioned=selection.partitioned,
        columns=columns_of(selection.fields),
        files=state.parts,
        rows=state.rows,
        bytes=state.bytes,
        filter=selection.filter,
        search=selection.search,
        skus=selection.skus,
        locations=selection.locations,
        begun_at=state.begun_at,
        finished_at=finished_at,
        coverage=state.coverage,
    )
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"
