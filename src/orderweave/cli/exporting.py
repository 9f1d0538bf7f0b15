"""`orderweave export`: rows of the index into a folder, with a bar of progress on a terminal."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TextIO

import msgspec

from orderweave.answering.errors import RequestError, bad_input
from orderweave.bootstrap import Orderweave
from orderweave.config import Configuration
from orderweave.exporting import Selection
from orderweave.exporting.folder import Noted, NotEmpty, export_to
from orderweave.exporting.manifest import MANIFEST
from orderweave.exporting.steps import can_be_divided
from orderweave.index import TooBusy, TooSlow
from orderweave.model.exports import Format, What
from orderweave.model.filters import Filter
from orderweave.model.rights import ALL_RIGHTS
from orderweave.schema.arguments import filter_read, search_of
from orderweave_sdk.clock import Clock

# Characters of the bar.
_WIDTH = 30
_MINUTE = 60


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    what: str
    format: str
    out: Path
    filter: str | None = None
    search: str | None = None
    partitioned: bool = False


def export(configuration: Configuration, wish: Wish) -> int:
    """Export into a folder, or go on where that was cut off; 0 when all is there, 1 when not, 2 for what is typed
    wrongly.
    """
    try:
        selection = _selection(wish)
    except RequestError as error:
        print(f"export: {error}", file=sys.stderr)
        return 2
    if configuration.index is None:
        print("export: there is no index to export; an [index] table in the configuration makes one", file=sys.stderr)
        return 1
    return asyncio.run(_exported(Orderweave(configuration), selection, wish.out))


async def _exported(woven: Orderweave, selection: Selection, out: Path) -> int:
    assert woven.index is not None
    progress = Progress(sys.stderr, woven.clock)
    noted: Noted | None = None
    try:
        async for noted in export_to(out, selection, woven.index, woven.configuration.business, woven.clock):
            progress.show(noted.state.rows, noted.expected)
    except NotEmpty as error:
        print(f"export: {out}: {error}; name another folder", file=sys.stderr)
        return 1
    except (TooSlow, TooBusy):
        print("export: the index did not answer in time; the same command goes on from here", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"export: {out} cannot be written ({error.strerror})", file=sys.stderr)
        return 1
    finally:
        progress.end()
        await woven.close()
    assert noted is not None
    files = len(noted.state.parts)
    print(f"{noted.state.rows:,} rows in {files} file{'s' if files != 1 else ''}; see {out / MANIFEST}")
    incomplete = [source.system for source in noted.state.coverage.sources if not source.ok or source.truncated]
    if incomplete:
        print(f"not whole: of {', '.join(incomplete)} the index does not hold everything", file=sys.stderr)
    return 0


class Progress:
    """How far it is: a bar that is drawn again on a terminal, a line each time elsewhere."""

    def __init__(self, out: TextIO, clock: Clock) -> None:
        self._out = out
        self._clock = clock
        self._terminal = out.isatty()
        self._first: tuple[float, int] | None = None

    def show(self, rows: int, expected: int | None) -> None:
        """Tell of so many rows of about so many."""
        if self._first is None:
            self._first = (self._clock.monotonic(), rows)
        text = f"{rows:,} rows"
        if expected:
            share = min(1.0, rows / expected)
            text = f"{rows:,} of {expected:,} rows, {share:.0%}{self._left(rows, expected)}"
            if self._terminal:
                done = int(share * _WIDTH)
                text = f"[{'#' * done}{'.' * (_WIDTH - done)}] {text}"
        print(f"\r\x1b[K{text}" if self._terminal else text, end="" if self._terminal else "\n", file=self._out)
        self._out.flush()

    def end(self) -> None:
        """Leave the bar where it is."""
        if self._terminal and self._first is not None:
            print(file=self._out)

    def _left(self, rows: int, expected: int) -> str:
        began, before = self._first or (0.0, 0)
        passed, made = self._clock.monotonic() - began, rows - before
        if made <= 0 or rows >= expected:
            return ""
        seconds = round(passed * (expected - rows) / made)
        return f", {seconds} s left" if seconds < _MINUTE else f", {seconds // _MINUTE} min left"


def _selection(wish: Wish) -> Selection:
    """What was typed as a selection; raises RequestError."""
    what, form = What(wish.what.upper()), Format(wish.format.upper())
    if what is What.STOCK and (wish.filter is not None or wish.search is not None):
        raise bad_input("--filter and --search choose orders, not stock")
    if wish.partitioned and not can_be_divided(what, form):
        raise bad_input("--partitioned is for parquet, of orders, lines or shipments")
    return Selection(
        what=what,
        format=form,
        rights=ALL_RIGHTS,
        filter=_filter(wish.filter),
        search=search_of(wish.search),
        partitioned=wish.partitioned,
    )


def _filter(text: str | None) -> Filter:
    if text is None:
        return Filter()
    try:
        given = msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise bad_input('--filter must be a JSON object such as {"channel": {"eq": "shop-us"}}') from None
    return filter_read(given)
