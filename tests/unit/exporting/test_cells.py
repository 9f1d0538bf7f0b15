"""Whatever stands in a text: every form gives it back, and no spreadsheet runs it."""

from __future__ import annotations

import csv
import io
from datetime import UTC
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderweave.exporting.cells import cell, guarded
from orderweave.exporting.layout import Kind
from orderweave.exporting.writing import Column, writer_of
from orderweave.model.exports import Format
from tests.unit.exporting.reading import read

# No text of the index holds half a character.
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["=1+1", "+1", "-1", "@a", "'", "'=1", "\t=1", "\r\n=1", '"', '"";', ",", "\ufeff", "\x00", "\u2028", "\uff1d1"]
)
AMOUNTS = st.decimals(min_value=-(10**19), max_value=10**19, places=4)
COLUMNS = (
    Column("text", Kind.TEXT),
    Column("amount", Kind.AMOUNT),
    Column("whole", Kind.WHOLE),
    Column("truth", Kind.TRUTH),
    Column("instant", Kind.INSTANT),
)
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS,
        st.none() | AMOUNTS,
        st.none() | st.integers(-(2**53), 2**53),
        st.none() | st.booleans(),
        st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    max_size=8,
)


@pytest.mark.parametrize("form", list(Format))
@settings(deadline=None)
@given(rows=ROWS)
def test_every_value_comes_back(
    form: Format, rows: list[tuple[object, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is written is read again, but that CSV has one cell for a text without letters and for none."""
    path = Path(tmp_path_factory.mktemp("odd") / "file")
    with path.open("wb") as out:
        writer = writer_of(form, COLUMNS, out)
        writer.write(rows)
        writer.close()
    found = [tuple(row[column.name] for column in COLUMNS) for row in read(path, form, COLUMNS)]
    if form is Format.CSV:
        rows = [(text or None, *rest) for text, *rest in rows]
    assert found == rows


@given(TEXTS)
def test_no_cell_begins_as_a_formula(text: str) -> None:
    """A cell begins with a sign of a formula only where all of it is a number, and loses no letter."""
    shown = cell(text)
    assert shown in (text, f"'{text}")
    if shown[:1] in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") and shown:
        Decimal(shown)
        assert shown[1:].replace(".", "").isdecimal()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+41 31 000 00 00", "'+41 31 000 00 00"),
        ("-1", "-1"),
        ("+41.5", "+41.5"),
        ("-1-2", "'-1-2"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\uff1d1", "'\uff1d1"),
        ("'quoted'", "''quoted'"),
        ("-", "'-"),
        ("-\u0661", "'-\u0661"),
        ("tea = good", "tea = good"),
        ("", ""),
    ],
)
def test_guarded(text: str, shown: str) -> None:
    """The rule, case by case."""
    assert guarded(text) == shown


def test_as_rfc_4180_has_it() -> None:
    """Commas, quotes doubled, lines that end with CRLF, in UTF-8 without a mark."""
    out = io.BytesIO()
    writer = writer_of(Format.CSV, COLUMNS[:2], out)
    writer.write([('say "hi", all', Decimal("12.50")), ("zwei\nZeilen ä", None)])
    writer.close()
    assert out.getvalue() == 'text,amount\r\n"say ""hi"", all",12.50\r\n"zwei\nZeilen ä",\r\n'.encode()
    assert list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))[2] == ["zwei\nZeilen ä", ""]
