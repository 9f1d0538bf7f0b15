"""Rows as Parquet and as Arrow streams: amounts are decimals, instants timestamps in UTC.

This alone imports Arrow's library.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import pyarrow
import pyarrow.parquet

from orderweave.exporting.layout import Kind
from orderweave.exporting.writing import SCALE, Column, Row, Unwritable

# What the index keeps of an amount: four decimal places, and up to twenty digits before them; elsewhere there are more.
_DIGITS = 24
_MOST_DIGITS = 38
_TYPES = {
    Kind.TEXT: pyarrow.string(),
    Kind.WHOLE: pyarrow.int64(),
    Kind.INSTANT: pyarrow.timestamp("us", tz="UTC"),
    Kind.TRUTH: pyarrow.bool_(),
}


class ParquetWriter:
    """One row group a batch, compressed by zstd, with a checksum a page."""

    def __init__(self, columns: Sequence[Column], out: BinaryIO, layout: int | None) -> None:
        self._schema = _schema(columns, layout)
        self._writer = pyarrow.parquet.ParquetWriter(
            out, self._schema, compression="zstd", write_page_checksum=True, store_schema=True
        )

    def write(self, rows: Sequence[Row]) -> None:
        """Add some rows."""
        if rows:
            self._writer.write_batch(_batch(rows, self._schema), row_group_size=len(rows))

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()


class ArrowWriter:
    """Arrow's streaming format, one record batch a batch."""

    def __init__(self, columns: Sequence[Column], out: BinaryIO, layout: int | None) -> None:
        self._schema = _schema(columns, layout)
        self._writer = pyarrow.ipc.new_stream(out, self._schema)

    def write(self, rows: Sequence[Row]) -> None:
        """Add some rows."""
        if rows:
            self._writer.write_batch(_batch(rows, self._schema))

    def close(self) -> None:
        """Write the end of the stream."""
        self._writer.close()


def _schema(columns: Sequence[Column], layout: int | None) -> Any:
    """The columns in Arrow's words."""
    fields = [pyarrow.field(column.name, _type(column)) for column in columns]
    return pyarrow.schema(fields, metadata=None if layout is None else {"orderweave.layout": str(layout)})


def _type(column: Column) -> Any:
    if column.kind is not Kind.AMOUNT:
        return _TYPES[column.kind]
    return pyarrow.decimal128(_DIGITS if column.scale == SCALE else _MOST_DIGITS, column.scale)


def _batch(rows: Sequence[Row], schema: Any) -> Any:
    try:
        arrays = _arrays(rows, schema)
    except pyarrow.ArrowException as error:
        raise Unwritable(str(error)) from error
    return pyarrow.record_batch(arrays, schema=schema)


def _arrays(rows: Sequence[Row], schema: Any) -> list[Any]:
    return [
        pyarrow.array(values, type=field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
