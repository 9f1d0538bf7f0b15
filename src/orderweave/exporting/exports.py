"""The exports of a gateway: asked for, worked on, taken away, and gone when their time is over."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from orderweave.config.configuration import ExportSettings
from orderweave.durable import Durable, Offer
from orderweave.exporting import jobs
from orderweave.exporting.jobs import Job
from orderweave.exporting.manifest import MANIFEST, manifest_of
from orderweave.exporting.reading import count
from orderweave.exporting.selection import Selection
from orderweave.exporting.steps import Bounds, Made, Sizes, State, TooMuch, advance, unlisted
from orderweave.index import Index, TooBusy, TooSlow
from orderweave.index.coverage import coverage_of
from orderweave.index.progress import progress_of
from orderweave.model.exports import Stage
from orderweave.model.systems import Business
from orderweave_sdk.clock import Clock

if TYPE_CHECKING:
    from orderweave.durable.engine import Engine

logger = logging.getLogger(__name__)
# Seconds that the reading of one part may take.
_LONGEST_STEP = 300.0
# Seconds that a count beforehand may take; without it there is progress and no end in sight.
_LONGEST_COUNT = 20.0
# Seconds that a look at one export may take.
_LONGEST_LOOK = 5.0
# Seconds between two looks for exports that were asked of a process that does not work on them.
_LOOK_SECONDS = 2.0
# Exports looked at together.
_SOME = 1_000
# Exports of one caller that wait or are worked on.
_MOST_UNFINISHED = 5
# Where exports wait for a process that has room.
QUEUE = "exports"
# For how long it is known of an export that it was, when its files are gone.
_REMEMBERED = timedelta(days=7)


class Exports:
    """Exports over one index. What asks (`create`, `find`, `cancel`, `path`) works in every process; `start` lets this
    one do the work too, in the event loop in which it is closed.

    Each export is a workflow (`workflows.py`) over one step, `advance`, that is noted in the index's database with what
    it made (`steps.py`): whoever comes next goes on where the last one was when it ended, was killed or lost its
    machine. `sizes` bound a step.
    """

    def __init__(
        self,
        index: Index,
        business: Business,
        settings: ExportSettings,
        clock: Clock,
        durable: Durable | None = None,
        *,
        sizes: Sizes | None = None,
    ) -> None:
        self._index = index
        self._business = business
        self._settings = settings
        self._clock = clock
        self._sizes = sizes or Sizes()
        self._bounds = Bounds(rows=settings.most_rows, bytes=settings.most_megabytes * 1024 * 1024)
        self._wake = asyncio.Event()
        self._durable = durable or Durable(index.database.url)
        self._task: asyncio.Task[None] | None = None

    async def create(self, selection: Selection, owner: str) -> Job:
        """A new export, queued; raises TooManyUnfinished."""
        now = self._clock.now()
        job = Job(
            id=secrets.token_hex(16),
            owner=owner,
            stage=Stage.QUEUED,
            selection=selection,
            state=None,
            expected=None,
            error=None,
            created_at=now,
            finished_at=None,
            expires_at=now + timedelta(hours=self._settings.keep_hours),
        )
        await self._index.write(lambda found: jobs.add(found, job, most=_MOST_UNFINISHED))
        self._wake.set()
        return job

    async def find(self, name: str, owner: str) -> Job | None:
        """The owner's export with this id; None where they have none, whoever else may have it."""
        job = await self._index.read(lambda found: jobs.find(found, name, owner), seconds=_LONGEST_LOOK)
        past = job is not None and job.stage is Stage.DONE and job.expires_at <= self._clock.now()
        return msgspec.structs.replace(job, stage=Stage.EXPIRED) if past and job is not None else job

    async def cancel(self, name: str, owner: str) -> Job | None:
        """End the owner's export, where it is not finished."""
        now = self._clock.now()
        return await self._index.write(lambda found: jobs.cancel(found, name, owner, now))

    def path(self, job: Job, name: str) -> Path | None:
        """Where a file of an export is that is done; None for every other name."""
        if job.stage is not Stage.DONE or job.state is None:
            return None
        names = {MANIFEST, *(part.file for part in job.state.parts)}
        return self._folder(job.id) / name if name in names else None

    def start(self) -> None:
        """Work on exports from now on, so many at once over all processes as the settings say."""
        if self._task is None:
            module = "orderweave.exporting.workflows"
            at_once = self._settings.most_at_once
            self._durable.offer(Offer(queue=QUEUE, module=module, doer=self, at_once=at_once))
            self._task = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Work no more; what is under way goes on elsewhere, or here after the next start."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            try:
                await self._index.open()
                async with self._durable.running() as engine:
                    await self._look_after(engine)
            except Exception as error:
                # It passes, or is mended: the exports wait in the table.
                logger.error("exports_wait", extra={"fields": {"error": type(error).__name__}})
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look_after(self, engine: Engine) -> None:
        """See that all that waits is asked for, and that what is over is put away."""
        from orderweave.exporting.workflows import ask  # noqa: PLC0415 - it imports DBOS, which takes a second

        while True:
            self._wake.clear()
            gone = await self.put_away()
            await asyncio.to_thread(ask, engine, await self.unfinished(), gone)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK_SECONDS)

    async def unfinished(self) -> Sequence[str]:
        """The exports that are to be advanced, the oldest first."""
        return await self._index.read(lambda found: jobs.unfinished(found, _SOME), seconds=_LONGEST_LOOK)

    async def advance(self, name: str) -> bool:
        """Do the next step of an export, and note it; False when there is none more. It may be done twice at once:
        one of the two is noted. Raises TooBusy and SQLAlchemyError, with which nothing is lost.
        """
        job = await self._index.read(lambda found: jobs.find(found, name), seconds=_LONGEST_LOOK)
        if job is None or job.selection is None or job.stage.value not in jobs.UNFINISHED:
            return False
        try:
            await self._advanced(job, job.selection)
        except TooMuch as error:
            await self._failed(job, str(error))
        except TooSlow:
            await self._failed(job, f"a part was not read within {_LONGEST_STEP:g} seconds")
        except OSError as error:
            await self._failed(job, f"the files cannot be written ({error.strerror})")
        except (TooBusy, SQLAlchemyError):
            raise
        except Exception as error:
            # The class alone: a message may hold what a customer typed.
            logger.error("export_failed", extra={"fields": {"error": type(error).__name__}})
            await self._failed(job, "internal error")
        return True

    async def _advanced(self, job: Job, selection: Selection) -> None:
        if job.state is None:
            await self._begun(job, selection)
        elif not job.state.done:
            await self._stepped(job, selection, job.state)
        else:
            await self._finished(job, selection, job.state)

    async def _begun(self, job: Job, selection: Selection) -> None:
        """Note what is known before the first part."""
        now = self._clock.now()
        known = await self._index.read(progress_of, seconds=_LONGEST_LOOK)
        state = State(begun_at=now, coverage=coverage_of(self._business, known, selection.layout.part))
        try:
            where = selection.where(self._index.reader)
            expected = await self._index.read(
                lambda found: count(found, selection, where), seconds=_LONGEST_COUNT, long=True
            )
        except TooSlow:
            expected = None
        if expected is not None and expected > self._bounds.rows:
            raise TooMuch(f"{expected} rows, more than {self._bounds.rows}; narrow the filter, by placedAt above all")
        changes = {"state": Stage.RUNNING.value, "progress": jobs.written(state), "expected": expected}
        await self._index.write(lambda found: jobs.note(found, job, **changes))

    async def _stepped(self, job: Job, selection: Selection, state: State) -> None:
        """Write the next part, and note it with its name; forget it where somebody else was quicker."""
        folder = self._folder(job.id)
        made: Made = await self._index.read(
            lambda found: advance(
                found, selection, self._index.reader, state, folder, bounds=self._bounds, sizes=self._sizes
            ),
            seconds=_LONGEST_STEP,
            long=True,
        )

        def noted(found: Connection) -> bool:
            if not jobs.note(found, job, progress=jobs.written(made.state)):
                return False
            made.settle()
            return True

        if not await self._index.write(noted):
            made.drop()

    async def _finished(self, job: Job, selection: Selection, state: State) -> None:
        now = self._clock.now()
        folder = self._folder(job.id)
        manifest = manifest_of(selection, state, now)
        await asyncio.to_thread(tidy, folder, state, manifest)
        changes = {
            "state": Stage.DONE.value,
            "finished_at": now,
            "expires_at": now + timedelta(hours=self._settings.keep_hours),
        }
        await self._index.write(lambda found: jobs.note(found, job, **changes))

    async def _failed(self, job: Job, why: str) -> None:
        now = self._clock.now()
        changes = {"state": Stage.FAILED.value, "error": why, "finished_at": now, "expires_at": now}
        await self._index.write(lambda found: jobs.note(found, job, **changes))

    async def put_away(self) -> Sequence[str]:
        """Delete the files of what is over; whose they were."""
        now = self._clock.now()
        step = timedelta(seconds=_LONGEST_STEP)
        gone = await self._index.read(lambda found: jobs.over(found, now, step), seconds=_LONGEST_LOOK)
        for name in gone:
            await asyncio.to_thread(shutil.rmtree, self._folder(name), ignore_errors=True)
            await self._index.write(partial(jobs.put_away, name=name, forget_before=now - _REMEMBERED))
        return gone

    def _folder(self, name: str) -> Path:
        return self._settings.folder / name


def tidy(folder: Path, state: State, manifest: bytes) -> None:
    """The manifest beside the files, and nothing else beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in unlisted(folder, [part.file for part in state.parts]):
        path.unlink(missing_ok=True)
    (folder / MANIFEST).write_bytes(manifest)
