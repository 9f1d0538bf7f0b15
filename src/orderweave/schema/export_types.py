"""Exports as GraphQL types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import ID, UNSET, field

from orderweave.answering.errors import bad_input
from orderweave.model.exports import ExportRequest
from orderweave.operations.weights import ListSize
from orderweave.schema.arguments import OrderFilter, filter_of, search_of
from orderweave.schema.scalars import Format, Stage, What

# Files that are assumed of an export whose number of rows nobody knows: two million rows.
_FILES = 10

ExportId = Annotated[ID, strawberry.argument(description="The export's id.")]


@strawberry.input(description="What to export. Orders are chosen by filter and search, stock by SKUs and places.")
class ExportInput:
    """See `orderweave.model.exports.ExportRequest`."""

    table: What = field(description="Which table.")
    format: Format = field(default=Format.PARQUET, description="In which form the files are.")
    filter: OrderFilter | None = field(default=UNSET, description="Of which orders; all without it.")
    search: str | None = field(default=UNSET, description="Of the orders that a search finds, as in `orders`.")
    skus: list[str] | None = field(default=UNSET, description="Stock of these SKUs alone, at most 200.")
    locations: list[ID] | None = field(default=UNSET, description="Stock at these places alone, by global id.")
    partitioned: bool = field(
        default=False,
        description="Parquet in folders `year=…/month=…` by when orders were placed, as Trino, Spark and DuckDB read.",
    )


ExportWish = Annotated[ExportInput, strawberry.argument(description="What to export.")]


@strawberry.type(description="One file of an export.")
class ExportFile:
    """See `orderweave.model.exports.ExportFile`."""

    name: str = field(description="Its name, with its folders where the export is divided.")
    url: str = field(description="Where it is downloaded, with the same credential; takes ranges.")
    rows: int = field(description="How many rows it holds.")
    bytes: int = field(description="Its size.")
    sha256: str = field(description="Its SHA-256 in hexadecimal digits.")


@strawberry.type(description="Rows of the index as files to take away. Only who asked for it sees it.")
class Export:
    """See `orderweave.model.exports.Export`."""

    id: ID = field(description="Its id.")
    state: Stage = field(description="Where it stands.")
    table: What | None = field(description="Which table; null when its files are gone.")
    format: Format | None = field(description="In which form; null when its files are gone.")
    rows: int = field(description="How many rows are in files so far.")
    expected_rows: int | None = field(description="How many there were when it began; null while nobody counted.")
    created_at: datetime = field(description="When it was asked for.")
    finished_at: datetime | None = field(description="When it was done, failed or was canceled.")
    expires_at: datetime = field(description="When its files go.")
    error: str | None = field(description="Why it failed; null if it did not.")
    files: list[ExportFile] = field(
        description="The files, when it is done; each row is in one of them.",
        directives=[ListSize(assumed_size=_FILES)],
    )
    manifest_url: str | None = field(
        description="Where the manifest is downloaded, when it is done: columns, files, checksums, coverage."
    )


def request_of(given: ExportInput) -> ExportRequest:
    """What an input asks for; refuses empty lists, which would mean nothing and be taken for everything."""
    for name in ("skus", "locations"):
        if getattr(given, name) == []:
            raise bad_input(f"{name} must hold one at least, or not be there")
    return ExportRequest(
        table=given.table,
        format=given.format,
        filter=filter_of(given.filter or None),
        search=search_of(given.search if isinstance(given.search, str) else None),
        skus=tuple(given.skus or ()),
        locations=tuple(map(str, given.locations or ())),
        partitioned=given.partitioned,
    )
