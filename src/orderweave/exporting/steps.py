"""An export, step by step: each step writes one part file, and what is noted after it is all that the next one needs.

A step that was cut off is done again from what was noted before it: its file has another name until it is noted, so a
row is in exactly one file of the manifest however often a process dies. See docs/decisions/exports-in-parts.md.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import Connection, and_

from orderweave.exporting.layout import VERSION
from orderweave.exporting.reading import UNDATED, batch, month_after, placed_in
from orderweave.exporting.selection import ENDINGS, Selection
from orderweave.exporting.writing import columns_of, writer_of
from orderweave.matching import KeyReader
from orderweave.model.exports import Format, What
from orderweave.model.provenance import Coverage

# Begins the names of files in the making, which nobody reads.
UNFINISHED = ".unfinished-"
# What Hive, and all that reads its folders, calls a partition without a value.
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_BLOCK = 1024 * 1024


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """Rows read at once, which are a row group, and rows from which on a file is full. They bound memory, and what is
    done again after a death.
    """

    batch: int = 20_000
    part: int = 200_000


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one export may hold."""

    rows: int
    bytes: int


class TooMuch(Exception):
    """The export holds more than it may; the message says what that is."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is done, by its name within the export's folder."""

    file: str
    rows: int
    bytes: int
    sha256: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far an export is: the key of the last row that is in a file, the month that it is at where it is divided by
    months, and the files. `coverage` is the index's when it began.
    """

    begun_at: datetime
    coverage: Coverage
    after: tuple[Any, ...] | None = None
    month: str | None = None
    parts: tuple[Part, ...] = ()
    done: bool = False

    @property
    def rows(self) -> int:
        """Rows that are in files."""
        return sum(part.rows for part in self.parts)

    @property
    def bytes(self) -> int:
        """What the files take."""
        return sum(part.bytes for part in self.parts)


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step: the state to note, and the file that gets its name in the moment in which it is noted."""

    state: State
    written: Path | None = None
    named: Path | None = None

    def settle(self) -> None:
        """Give the file its name."""
        if self.written is not None and self.named is not None:
            self.named.parent.mkdir(parents=True, exist_ok=True)
            self.written.replace(self.named)

    def drop(self) -> None:
        """Forget the file."""
        if self.written is not None:
            self.written.unlink(missing_ok=True)


def advance(
    connection: Connection,
    selection: Selection,
    reader: KeyReader,
    state: State,
    folder: Path,
    *,
    bounds: Bounds,
    sizes: Sizes = Sizes(),  # noqa: B008 - it is frozen
) -> Made:
    """Write the next part. In a thread; raises TooMuch, and OSError of a full disk."""
    where = selection.where(reader)
    if selection.partitioned:
        if state.month is None or state.after is None:
            month = month_after(connection, selection, where, state.month)
            state = msgspec.structs.replace(state, month=month, after=None)
        assert state.month is not None
        where = and_(where, placed_in(state.month))
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"{UNFINISHED}{secrets.token_hex(8)}"
    rows, after, last = 0, state.after, False
    try:
        with written.open("wb") as out:
            writer = writer_of(selection.format, columns_of(selection.fields), out, layout=VERSION)
            while not last and rows < sizes.part:
                found = batch(connection, selection, where, after, sizes.batch)
                writer.write(found.rows)
                rows, after, last = rows + len(found.rows), found.after or after, found.last
                _check(state, bounds, rows=rows, size=out.tell())
            writer.close()
            out.flush()
            os.fsync(out.fileno())
        return _made(selection, state, folder, written, rows=rows, after=after, last=last)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def unlisted(folder: Path, names: Sequence[str]) -> list[Path]:
    """Files of an export that are none of these: left by a step that was cut off."""
    listed = {folder / name for name in names}
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in listed]


def _made(
    selection: Selection, state: State, folder: Path, written: Path, *, rows: int, after: Any, last: bool
) -> Made:
    """The state after a step. An export without rows has one file all the same, unless it is divided."""
    divided = selection.partitioned
    done = last and (not divided or state.month == UNDATED)
    goes_on = None if last else after
    if not rows and (divided or state.parts):
        written.unlink()
        return Made(state=msgspec.structs.replace(state, after=goes_on, done=done))
    name = _name(selection, state)
    part = Part(file=name, rows=rows, bytes=written.stat().st_size, sha256=digest_of(written))
    new = msgspec.structs.replace(state, after=goes_on, done=done, parts=(*state.parts, part))
    return Made(state=new, written=written, named=folder / name)


def _name(selection: Selection, state: State) -> str:
    name = f"{selection.what.lower()}-{len(state.parts) + 1:05}.{ENDINGS[selection.format]}"
    if not selection.partitioned or state.month is None:
        return name
    year, month = (_NO_VALUE, _NO_VALUE) if state.month == UNDATED else state.month.split("-")
    return f"year={year}/month={month}/{name}"


def _check(state: State, bounds: Bounds, *, rows: int, size: int) -> None:
    if state.rows + rows > bounds.rows:
        raise TooMuch(f"more than {bounds.rows} rows; narrow the filter, by placedAt above all")
    if state.bytes + size > bounds.bytes:
        raise TooMuch(f"more than {bounds.bytes // (1024 * 1024)} megabytes; narrow the filter, by placedAt above all")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def can_be_divided(what: What, form: Format) -> bool:
    """Whether an export can be divided by months: only what belongs to orders, and only Parquet."""
    return form is Format.PARQUET and what is not What.STOCK
