"""What the metrics say of exports, over all processes: read from their table, and never by who works on them."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from orderweave.exporting.jobs import UNFINISHED
from orderweave.exporting.steps import State
from orderweave.index import Index, TooBusy, TooSlow
from orderweave.index.tables import exports
from orderweave.model.exports import Stage
from orderweave.observing import Observing, catalog
from orderweave_sdk.clock import Clock

logger = logging.getLogger(__name__)
# Seconds between two looks, and that one may take.
_LOOK_SECONDS = 10.0
_LONGEST_LOOK = 5.0
# Exports whose files are counted anew in one look; the next one goes on with the rest.
_MOST_COUNTED = 200


class _Size(msgspec.Struct, frozen=True):
    """What is in the files of an export in a state; it does not change once that is a last one."""

    state: str
    rows: int
    bytes: int


class Tally:
    """Figures of the last look. `start` has this process look from now on, in the event loop in which it is closed."""

    def __init__(self, index: Index, clock: Clock, observing: Observing) -> None:
        self._index = index
        self._clock = clock
        self._by_state: dict[tuple[str, ...], float] = {}
        self._oldest: datetime | None = None
        self._sizes: dict[str, _Size] = {}
        self._looking: asyncio.Task[None] | None = None
        readings = observing.readings
        readings.read(catalog.EXPORTS, lambda: self._by_state)
        readings.read(catalog.EXPORT_ROWS, lambda: {(): sum(size.rows for size in self._sizes.values())})
        readings.read(catalog.EXPORT_BYTES, lambda: {(): sum(size.bytes for size in self._sizes.values())})
        readings.read(catalog.EXPORT_OLDEST_SECONDS, lambda: {(): self._age()})

    def start(self) -> None:
        """Look from now on."""
        self._looking = asyncio.create_task(self._keep_looking())

    async def close(self) -> None:
        """Look no more."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def look(self) -> None:
        """Read the figures anew; raises TooSlow, TooBusy and SQLAlchemyError, and then they stay as they were."""
        await self._index.read(self._read, seconds=_LONGEST_LOOK)

    def _read(self, connection: Connection) -> None:
        by_state = connection.execute(
            select(exports.c.state, func.count(), func.min(exports.c.created_at)).group_by(exports.c.state)
        ).all()
        with_files = connection.execute(select(exports.c.id, exports.c.state).where(exports.c.progress.is_not(None)))
        states: dict[str, str] = dict(with_files.all())
        sizes = {name: self._sizes[name] for name in states if name in self._sizes}
        changed = [
            name
            for name, state in states.items()
            if state in UNFINISHED or name not in sizes or sizes[name].state != state
        ]
        read = connection.execute(
            select(exports.c.id, exports.c.progress).where(exports.c.id.in_(changed[:_MOST_COUNTED]))
        )
        for name, progress in read:
            made = msgspec.json.decode(progress, type=State)
            sizes[name] = _Size(state=states[name], rows=made.rows, bytes=made.bytes)
        self._sizes = sizes
        self._by_state = {(stage.value,): 0 for stage in Stage} | {(state,): number for state, number, _ in by_state}
        self._oldest = min((since for state, _, since in by_state if state in UNFINISHED), default=None)

    def _age(self) -> float:
        return max(0.0, (self._clock.now() - self._oldest).total_seconds()) if self._oldest is not None else 0.0

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
            except (TooBusy, TooSlow, SQLAlchemyError) as error:
                logger.warning("exports are not counted: %s", type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)
