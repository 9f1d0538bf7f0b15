"""Rows as files, batch by batch; no more than one batch is held.

Every form takes the same rows: tuples in the order of the columns, with Decimals and aware datetimes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

import msgspec

from orderweave.exporting.cells import cell, plain
from orderweave.exporting.layout import Field, Kind
from orderweave.model.exports import Format

Row = tuple[Any, ...]
# Decimal places of what the index keeps of an amount.
SCALE = 4


class Unwritable(Exception):
    """A value that the form cannot hold."""


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a writer knows of a column; amounts have so many decimal places."""

    name: str
    kind: Kind
    scale: int = SCALE


class Writer(Protocol):
    """One file in the making: any number of batches, then `close`, which leaves the stream open."""

    def write(self, rows: Sequence[Row]) -> None:
        """Add some rows."""

    def close(self) -> None:
        """End the file."""


def columns_of(fields: Sequence[Field]) -> tuple[Column, ...]:
    """The columns of some fields."""
    return tuple(Column(field.name, field.kind) for field in fields)


def writer_of(form: Format, columns: Sequence[Column], out: BinaryIO, *, layout: int | None = None) -> Writer:
    """A writer that begins such a file, with the version of its layout where the form has a place for that; it raises
    Unwritable.
    """
    if form is Format.CSV:
        return CsvWriter(columns, out)
    if form is Format.JSONL:
        return JsonLinesWriter(columns, out)
    from orderweave.exporting import columnar  # noqa: PLC0415 - Arrow takes 50 MB, of those alone who ask for it

    return (columnar.ParquetWriter if form is Format.PARQUET else columnar.ArrowWriter)(columns, out, layout)


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
