"""Rows as files, batch by batch; no more than one batch is held.

Every form takes the same rows: tuples in the order of the columns, with Decimals and aware datetimes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, Protocol

import msgspec
import pyarrow
import pyarrow.parquet

from orderweave.exporting.cells import cell, plain
from orderweave.exporting.layout import VERSION, Field, Kind
from orderweave.model.exports import Format

Row = tuple[Any, ...]
# What the index keeps of an amount: four decimal places, and up to twenty digits before them.
AMOUNT = pyarrow.decimal128(24, 4)
_TYPES = {
    Kind.TEXT: pyarrow.string(),
    Kind.WHOLE: pyarrow.int64(),
    Kind.AMOUNT: AMOUNT,
    Kind.INSTANT: pyarrow.timestamp("us", tz="UTC"),
    Kind.TRUTH: pyarrow.bool_(),
}


class Column(msgspec.Struct, frozen=True):
    """What a writer knows of a column."""

    name: str
    kind: Kind


class Writer(Protocol):
    """One file in the making: any number of batches, then `close`, which leaves the stream open."""

    def write(self, rows: Sequence[Row]) -> None:
        """Add some rows."""

    def close(self) -> None:
        """End the file."""


def columns_of(fields: Sequence[Field]) -> tuple[Column, ...]:
    """The columns of some fields."""
    return tuple(Column(field.name, field.kind) for field in fields)


def writer_of(form: Format, columns: Sequence[Column], out: BinaryIO) -> Writer:
    """A writer that begins such a file."""
    return _WRITERS[form](columns, out)


def schema_of(columns: Sequence[Column]) -> Any:
    """The columns in Arrow's words, with the version of the layout."""
    fields = [pyarrow.field(column.name, _TYPES[column.kind]) for column in columns]
    return pyarrow.schema(fields, metadata={"orderweave.layout": str(VERSION)})


class CsvWriter:
    """RFC 4180: commas, CRLF, a header line, UTF-8 without a mark. What is not there is an empty cell."""

    def __init__(self, columns: Sequence[Column], out: BinaryIO) -> None:
        self._out = out
        self._put([[column.name for column in columns]])

    def write(self, rows: Sequence[Row]) -> None:
        """Add some rows."""
        self._put([[cell(value) for value in row] for row in rows])

    def close(self) -> None:
        """Nothing: the file is whole after every batch."""

    def _put(self, rows: Sequence[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._out.write(text.getvalue().encode())


class JsonLinesWriter:
    """One object a line; amounts as texts, for JSON's numbers are not exact everywhere."""

    def __init__(self, columns: Sequence[Column], out: BinaryIO) -> None:
        self._names = [column.name for column in columns]
        self._out = out
        self._encoder = msgspec.json.Encoder()

    def write(self, rows: Sequence[Row]) -> None:
        """Add some rows."""
        lines = ({name: plain(value) for name, value in zip(self._names, row, strict=True)} for row in rows)
        self._out.write(self._encoder.encode_lines(lines))

    def close(self) -> None:
        """Nothing: the file is whole after every batch."""


class ParquetWriter:
    """One row group a batch, compressed by zstd, with a checksum a page."""

    def __init__(self, columns: Sequence[Column], out: BinaryIO) -> None:
        self._schema = schema_of(columns)
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

    def __init__(self, columns: Sequence[Column], out: BinaryIO) -> None:
        self._schema = schema_of(columns)
        self._writer = pyarrow.ipc.new_stream(out, self._schema)

    def write(self, rows: Sequence[Row]) -> None:
        """Add some rows."""
        if rows:
            self._writer.write_batch(_batch(rows, self._schema))

    def close(self) -> None:
        """Write the end of the stream."""
        self._writer.close()


_WRITERS: dict[Format, Callable[[Sequence[Column], BinaryIO], Writer]] = {
    Format.CSV: CsvWriter,
    Format.JSONL: JsonLinesWriter,
    Format.PARQUET: ParquetWriter,
    Format.ARROW: ArrowWriter,
}


def _batch(rows: Sequence[Row], schema: Any) -> Any:
    arrays = [
        pyarrow.array(values, type=field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pyarrow.record_batch(arrays, schema=schema)
