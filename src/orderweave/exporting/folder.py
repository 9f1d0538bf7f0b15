"""An export into a folder, by whoever is at the machine: its state stands beside its files until it is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

import msgspec

from orderweave.exporting.exports import tidy
from orderweave.exporting.manifest import MANIFEST, manifest_of
from orderweave.exporting.reading import count
from orderweave.exporting.selection import Selection, encoded
from orderweave.exporting.steps import Bounds, Sizes, State, advance
from orderweave.index import Index, TooSlow
from orderweave.index.coverage import coverage_of
from orderweave.index.progress import progress_of
from orderweave.model.systems import Business
from orderweave_sdk.clock import Clock

# How far it is; with it an export that was cut off goes on.
STATE = ".orderweave-export.json"
# Seconds that the reading of one part may take, and a count beforehand.
_LONGEST_STEP = 3_600.0
_LONGEST_COUNT = 60.0
_UNBOUNDED = Bounds(rows=2**62, bytes=2**62)


class NotEmpty(Exception):
    """The folder holds something else; nothing was written."""


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """What is exported, how far it is, and how many rows there were when it began."""

    selection: Selection
    expected: int | None
    state: State


async def export_to(
    folder: Path, selection: Selection, index: Index, business: Business, clock: Clock, *, sizes: Sizes | None = None
) -> AsyncGenerator[Noted, None]:
    """How far it is after each step, the last one done, with its manifest. Goes on where it was cut off; raises
    NotEmpty for a folder that holds anything else.
    """
    noted = await asyncio.to_thread(_found, folder, selection)
    if noted is None:
        noted = await _begun(selection, index, business, clock)
        await asyncio.to_thread(_keep, folder, noted)
    yield noted
    while not noted.state.done:
        step = partial(
            advance,
            selection=selection,
            reader=index.reader,
            state=noted.state,
            folder=folder,
            bounds=_UNBOUNDED,
            sizes=sizes or Sizes(),
        )
        made = await index.read(step, seconds=_LONGEST_STEP, long=True)
        await asyncio.to_thread(made.settle)
        noted = msgspec.structs.replace(noted, state=made.state)
        await asyncio.to_thread(_keep, folder, noted)
        yield noted
    await asyncio.to_thread(tidy, folder, noted.state, manifest_of(selection, noted.state, clock.now()))


async def _begun(selection: Selection, index: Index, business: Business, clock: Clock) -> Noted:
    now = clock.now()
    known = await index.read(progress_of, seconds=_LONGEST_COUNT)
    where = selection.where(index.reader)
    try:
        expected = await index.read(lambda found: count(found, selection, where), seconds=_LONGEST_COUNT, long=True)
    except TooSlow:
        expected = None
    state = State(begun_at=now, coverage=coverage_of(business, known, selection.layout.part))
    return Noted(selection=selection, expected=expected, state=state)


def _found(folder: Path, selection: Selection) -> Noted | None:
    """What a run that was cut off left, None for a new or empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        return None
    if (folder / MANIFEST).exists():
        raise NotEmpty("it holds an export that is done")
    try:
        kept = (folder / STATE).read_bytes()
    except FileNotFoundError:
        raise NotEmpty("it is not empty") from None
    try:
        noted = msgspec.json.decode(kept, type=Noted)
    except msgspec.DecodeError:
        raise NotEmpty("it holds an export that cannot be gone on with") from None
    if encoded(noted.selection) != encoded(selection):
        raise NotEmpty("it holds the beginning of another export")
    return noted


def _keep(folder: Path, noted: Noted) -> None:
    written = folder / f"{STATE}.new"
    written.write_bytes(msgspec.json.encode(noted))
    written.replace(folder / STATE)
