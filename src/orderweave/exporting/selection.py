"""What is wanted of the index, by whom: it is kept with the export's job, and says which rows and columns there are."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_

from orderweave.exporting.layout import LAYOUTS, Field, Layout
from orderweave.index.conditions import found_by, passing, visible
from orderweave.index.forms import every
from orderweave.index.rows import folded
from orderweave.index.tables import stock
from orderweave.matching import KeyReader
from orderweave.model.exports import Format, What
from orderweave.model.filters import Filter
from orderweave.model.rights import Rights
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import SearchField

# How the name of a file ends.
ENDINGS = {Format.CSV: "csv", Format.JSONL: "jsonl", Format.PARQUET: "parquet", Format.ARROW: "arrows"}
MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.JSONL: "application/jsonl; charset=utf-8",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.ARROW: "application/vnd.apache.arrow.stream",
}


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one table, in one form. `filter` and `search` are of orders, `skus` and `locations` of stock; the rights
    are the caller's at the time of asking. `partitioned` divides the files by the month in which orders were placed.
    """

    what: What
    format: Format
    rights: Rights
    filter: Filter = Filter()
    search: str | None = None
    skus: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    partitioned: bool = False

    @property
    def layout(self) -> Layout:
        """The table."""
        return LAYOUTS[self.what]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns that there are for this caller."""
        return self.layout.shown(self.rights)

    def where(self, reader: KeyReader) -> ColumnElement[bool]:
        """Which rows there are for this caller."""
        if self.what is What.STOCK:
            tests: list[ColumnElement[bool]] = [stock.c.counted]
            if self.skus:
                tests.append(stock.c.sku_folded.in_(sorted({folded(sku) for sku in self.skus})))
            if self.locations:
                tests.append(stock.c.location_id.in_(sorted(set(self.locations))))
            return and_(*tests)
        where = [passing(self.filter, reader), visible(self.rights)]
        if self.search is not None:
            where.append(found_by(self.search, self.rights))
        return every(where).clause()


def encoded(selection: Selection) -> bytes:
    """A selection as it is kept."""
    return msgspec.json.encode(selection, order="deterministic")


def decoded(kept: bytes) -> Selection:
    """The selection in some bytes of `encoded`."""
    read = msgspec.json.decode(kept, type=Selection)
    return msgspec.structs.replace(read, filter=_typed(read.filter))


def _typed(wanted: Filter) -> Filter:
    """JSON knows neither instants nor exact numbers."""
    return Filter(
        conditions=tuple(map(_condition, wanted.conditions)),
        every=tuple(map(_typed, wanted.every)),
        some=tuple(map(_typed, wanted.some)),
        none=tuple(map(_typed, wanted.none)),
    )


def _condition(condition: Condition) -> Condition:
    kind: Any = str
    if condition.field in (SearchField.PLACED_AT, SearchField.UPDATED_AT):
        kind = datetime
    elif condition.field is SearchField.TOTAL:
        kind = Decimal
    values = tuple(msgspec.convert(value, kind) for value in condition.values)
    return Condition(condition.field, condition.operator, values)
