"""What the API says of exports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from orderweave.model.filters import Filter


class What(StrEnum):
    """What is exported: one row an order, a line, a package of a shipment, or a SKU at a place."""

    ORDERS = "ORDERS"
    LINES = "LINES"
    SHIPMENTS = "SHIPMENTS"
    STOCK = "STOCK"


class Format(StrEnum):
    """In which form the files are."""

    CSV = "CSV"
    JSONL = "JSONL"
    PARQUET = "PARQUET"
    ARROW = "ARROW"


class Stage(StrEnum):
    """Where an export stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class ExportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants to take away; `filter` and `search` are of orders, `skus` and `locations` of stock."""

    table: What
    format: Format
    filter: Filter = Filter()
    search: str | None = None
    skus: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    partitioned: bool = False


class ExportFile(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file that is done; `url` is where this gateway gives it."""

    name: str
    url: str
    rows: int
    bytes: int
    sha256: str


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One export of the caller's. `table` and `format` are unknown of one whose files are gone."""

    id: str
    state: Stage
    table: What | None
    format: Format | None
    rows: int
    expected_rows: int | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime
    error: str | None
    files: tuple[ExportFile, ...]
    manifest_url: str | None
