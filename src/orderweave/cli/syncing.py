"""Commands over the index: filling it, keeping it true, and how true it is."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from orderweave.bootstrap import Orderweave
from orderweave.cli.configured import loaded
from orderweave.cli.sync_bar import SyncBar
from orderweave.config import Configuration
from orderweave.index import Index, TooBusy, TooSlow, UnknownForm
from orderweave.sync import Standing, Steady, Sync, Turn, lists_orders, standing_of

# Seconds for a count of all that is there.
_LONGEST_COUNT = 60.0


async def reported(command: Awaitable[int]) -> int:
    """The command's exit code; 1, and a line in place of a trace, where the index's database fails."""
    try:
        return await command
    except (SQLAlchemyError, TooBusy, TooSlow) as error:
        print(f"the index cannot be used: {type(error).__name__}", file=sys.stderr)
        return 1
    except UnknownForm as error:
        print(f"the index cannot be used: {error}", file=sys.stderr)
        return 1


async def sync(path: Path, environment: Mapping[str, str], only: Sequence[str], *, watch: bool) -> int:
    """Read until everything is in, and with `watch` go on; 1 when something could not be read."""
    found = _with_index(path, environment)
    if found is None:
        return 1
    configuration, woven, index = found
    try:
        unknown = [name for name in only if name not in configuration.systems]
        if unknown:
            print(
                f"no such system: {', '.join(unknown)}; there are {', '.join(configuration.systems)}", file=sys.stderr
            )
            return 2
        return await _synced(woven, index, only, watch=watch)
    finally:
        await woven.close()


async def rebuild(path: Path, environment: Mapping[str, str]) -> int:
    """Forget all that the systems said, and read it anew, whoever syncs; 1 when something could not be read."""
    found = _with_index(path, environment)
    if found is None:
        return 1
    _, woven, index = found
    try:
        return await _synced(woven, index, (), watch=False, anew=True)
    finally:
        await woven.close()


async def status(path: Path, environment: Mapping[str, str]) -> int:
    """What is in the index, how far behind it is and how wrong it was; 1 when some history is not in it."""
    found = _with_index(path, environment)
    if found is None:
        return 1
    _, woven, index = found
    try:
        known = await index.read(lambda each: standing_of(each, counted=True), seconds=_LONGEST_COUNT)
        now, listed = woven.clock.now(), {each.system for each in known}
        for each in known:
            for line in _told(each, now):
                print(line)
        missing = [name for name in (woven.sync.names() if woven.sync else ()) if name not in listed]
        for name in missing:
            print(f"{name}: nothing is read yet")
        return 1 if missing or any(each.orders is not None and not each.orders.complete_at for each in known) else 0
    finally:
        await woven.close()


async def erase(path: Path, environment: Mapping[str, str], email: str) -> int:
    """Forget whoever has this e-mail address, which is not printed: output is kept in more places than one knows."""
    found = _with_index(path, environment)
    if found is None:
        return 1
    _, woven, index = found
    try:
        changed = await index.erase(email)
    finally:
        await woven.close()
    print(f"erased from {changed:,} records; what names this person later is kept without them")
    return 0


async def _synced(woven: Orderweave, index: Index, only: Sequence[str], *, watch: bool, anew: bool = False) -> int:
    specs = woven.configuration.business.systems
    bar = SyncBar(
        [name for name, spec in specs.items() if lists_orders(spec) and (not only or name in only)],
        sys.stderr,
        woven.clock,
    )
    steady = Steady(Sync(woven.systems, index, woven.configuration.sync, bar))
    turn: Turn
    async with steady.alone() as ours:
        if ours:
            if anew:
                await index.clear()
            turn = await steady.until_whole(only or None)
            if watch:
                await steady.go_on(only or None)
    if not ours:
        if anew:
            # Whoever leads finds every history at its start in its next turn.
            await index.clear()
        print("another process syncs this index: helping it", file=sys.stderr)
        turn = await steady.beside(only or None)
        if watch:
            await steady.beside_for_good()
    for name in sorted(turn.incomplete):
        print(f"{name}: not everything is in: {turn.failed.get(name, 'it was not read')}", file=sys.stderr)
    for name, message in sorted(turn.failed.items()):
        if name not in turn.incomplete:
            print(f"{name}: {message}", file=sys.stderr)
    return 1 if turn.failed or turn.incomplete else 0


def _with_index(path: Path, environment: Mapping[str, str]) -> tuple[Configuration, Orderweave, Index] | None:
    configuration = loaded(path, environment)
    if configuration is None:
        return None
    if configuration.index is None:
        print(f"{configuration.file}: there is no [index] table", file=sys.stderr)
        return None
    woven = Orderweave(configuration)
    assert woven.index is not None
    return configuration, woven, woven.index


def _told(standing: Standing, now: datetime) -> list[str]:
    """A system's lines."""
    orders, lag = standing.orders, standing.lag(now)
    whole = "all of its history" if orders is None or orders.from_at is None else f"from {orders.from_at:%Y-%m-%d} on"
    state = "no orders of its own" if orders is None else whole if orders.complete_at else "its history is being read"
    lines = [
        f"{standing.system}: {standing.records:,} records, {state}"
        + (f"; {lag:.0f} s behind" if lag is not None else "")
    ]
    if standing.drift is not None and orders is not None and orders.swept_at is not None:
        lines.append(
            f"  swept {orders.swept_at:%Y-%m-%d %H:%M} UTC: {standing.drift.wrong:,} of"
            f" {standing.drift.looked_at:,} were wrong and are mended"
        )
    if standing.set_aside:
        lines.append(f"  {standing.set_aside:,} could not be read, and are not in it")
    lines += [
        f"  {part.part}: failed at {part.error_at:%H:%M:%S} UTC: {part.error}" for part in standing.parts if part.error
    ]
    return lines
