"""`orderweave export`: into a folder, with what it prints on the way, and the exit code that a script reads."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orderweave.cli import exporting
from orderweave.cli.exporting import Progress, Wish
from orderweave.cli.main import _parser
from orderweave.config import Configuration
from tests.unit.exporting.house import house
from tests.unit.exporting.reading import manifest_in, rows_in
from tests.unit.fake_clock import FakeClock


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """Of a gateway with an index of four lines."""

    async def made() -> Configuration:
        async with house(tmp_path) as woven:
            return woven.configuration

    return asyncio.run(made())


def run(configuration: Configuration, capsys: pytest.CaptureFixture[str], **wish: Any) -> tuple[int, str, str]:
    """The exit code, and what was printed."""
    code = exporting.export(configuration, Wish(**wish))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_exports(configuration: Configuration, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The lines that a filter lets pass stand in the folder; how far it is is told by lines where no terminal is."""
    out = tmp_path / "out"
    chosen = '{"sku": {"eq": "tea-1"}, "placedAt": {"gte": "2026-05-04T13:30:00Z"}}'
    code, printed, told = run(configuration, capsys, what="lines", format="csv", out=out, filter=chosen)
    assert code == 0
    assert printed == f"1 rows in 1 file; see {out / 'manifest.json'}\n"
    assert told == ("0 of 1 rows, 0%\n1 of 1 rows, 100%\nnot whole: of shop, erp the index does not hold everything\n")
    assert [row["order_number"] for row in rows_in(out)] == ["1003"]
    assert not manifest_in(out).coverage.complete


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"filter": "{"}, 'must be a JSON object such as {"channel": {"eq": "shop-us"}}'),
        ({"filter": '{"color": {"eq": "red"}}'}, "filter: Expected value of type 'OrderFilter' not to include unknown"),
        ({"filter": '{"status": {"eq": "LOST"}}'}, "filter: status.eq: "),
        ({"filter": '{"placedAt": {"gte": "2026-01-01"}}'}, "placedAt"),
        ({"search": " "}, "search: must be a text of 1 to 320 characters"),
        ({"what": "stock", "search": "tea"}, "--filter and --search choose orders, not stock"),
        ({"partitioned": True}, "--partitioned is for parquet, of orders, lines or shipments"),
    ],
)
def test_typed_wrongly(
    wish: dict[str, Any], said: str, configuration: Configuration, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What cannot be meant is told in plain words, and no folder is made."""
    out = tmp_path / "out"
    whole = {"what": "lines", "format": "csv", "out": out, **wish}
    code, printed, told = run(configuration, capsys, **whole)
    assert (code, printed) == (2, "")
    assert said in told
    assert not out.exists()


def test_cannot(configuration: Configuration, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A folder of something else, a place that is no folder, and a gateway without an index are said; exit 1."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter").write_text("mine")
    code, _, told = run(configuration, capsys, what="lines", format="csv", out=tmp_path / "taken")
    assert (code, told) == (1, f"export: {tmp_path / 'taken'}: it is not empty; name another folder\n")
    code, _, told = run(configuration, capsys, what="lines", format="csv", out=tmp_path / "taken" / "letter")
    assert (code, told) == (1, f"export: {tmp_path / 'taken' / 'letter'} cannot be written (File exists)\n")
    without = msgspec.structs.replace(configuration, index=None)
    code, _, told = run(without, capsys, what="lines", format="csv", out=tmp_path / "out")
    assert (code, told.startswith("export: there is no index to export")) == (1, True)


def test_as_it_is_typed(tmp_path: Path) -> None:
    """The words of the command line, and what goes without saying."""
    given = _parser().parse_args(["export", "--what", "lines", "--out", str(tmp_path)])
    assert (given.what, given.format, given.partitioned, given.filter) == ("lines", "parquet", False, None)


class Terminal(io.StringIO):
    """A terminal that keeps what is drawn."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_bar(tmp_path: Path) -> None:
    """On a terminal a bar is drawn over the one before, with what is left by the pace so far."""
    out, clock = Terminal(), FakeClock()
    progress = Progress(out, clock)
    progress.show(0, 1_000_000)
    clock.advance(3)
    progress.show(200_000, 1_000_000)
    progress.show(1_000_000, 1_000_000)
    progress.show(5, None)
    progress.end()
    assert out.getvalue().split("\r\x1b[K")[1:] == [
        "[..............................] 0 of 1,000,000 rows, 0%",
        "[######........................] 200,000 of 1,000,000 rows, 20%, 12 s left",
        "[##############################] 1,000,000 of 1,000,000 rows, 100%",
        "5 rows\n",
    ]
