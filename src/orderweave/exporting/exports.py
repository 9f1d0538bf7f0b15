"""The exports of a gateway: asked for, worked on, taken away, and gone when their time is over."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from orderweave.config.configuration import ExportSettings
from orderweave.exporting import jobs
from orderweave.exporting.jobs import Holder, Job
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

logger = logging.getLogger(__name__)
# Seconds that the reading of one part may take.
_LONGEST_STEP = 300.0
# Seconds after which another takes over from who gives no sign of life, and between two such signs.
_HELD_SECONDS = 30.0
_BEAT_SECONDS = 10.0
# Seconds that a count beforehand may take; without it there is progress and no end in sight.
_LONGEST_COUNT = 20.0
# Seconds that a look at one export may take.
_LONGEST_LOOK = 5.0
# Seconds between two looks for work, where nobody says that there is some.
_LOOK_SECONDS = 2.0
# Exports of one caller that wait or are worked on.
_MOST_UNFINISHED = 5
# For how long it is known of an export that it was, when its files are gone.
_REMEMBERED = timedelta(days=7)


class Exports:
    """Exports over one index. What asks (`create`, `find`, `cancel`, `path`) works in every process; `start` lets this
    one do the work too, in the event loop in which it is closed.

    The work is made of steps that are noted in the index's database (`steps.py`): whoever runs `work` next goes on
    where the last one was when it ended, was killed or lost its machine. `sizes` bound a step.
    """

    def __init__(
        self, index: Index, business: Business, settings: ExportSettings, clock: Clock, *, sizes: Sizes | None = None
    ) -> None:
        self._index = index
        self._business = business
        self._settings = settings
        self._clock = clock
        self._sizes = sizes or Sizes()
        self._bounds = Bounds(rows=settings.most_rows, bytes=settings.most_megabytes * 1024 * 1024)
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._holders = [Holder(name=secrets.token_hex(8), seconds=_HELD_SECONDS) for _ in range(settings.most_at_once)]

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
        """Work on exports from now on, so many at once as the settings say."""
        self._tasks = [asyncio.create_task(self._keep_working(holder)) for holder in self._holders]

    async def close(self) -> None:
        """Work no more; what is under way goes on elsewhere, or here after the next start."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for holder in self._holders if tasks else ():
            await self._index.write(partial(jobs.let_go, holder=holder))

    async def work(self, holder: Holder | None = None) -> bool:
        """Put away what is over, and work one export off to its end; False where none waits."""
        held_by = holder or self._holders[0]
        await self._put_away()
        most = self._settings.most_at_once
        now = self._clock.now()
        if not await self._index.read(lambda found: jobs.waits(found, now), seconds=_LONGEST_LOOK):
            return False
        job = await self._index.write(lambda found: jobs.take(found, held_by, now, most=most))
        if job is None or job.selection is None:
            return False
        alive = asyncio.create_task(self._beat(job.id, held_by))
        try:
            await self._worked_off(job, job.selection, held_by)
        except TooMuch as error:
            await self._failed(job, held_by, str(error))
        except TooSlow:
            await self._failed(job, held_by, f"a part was not read within {_LONGEST_STEP:g} seconds")
        except OSError as error:
            await self._failed(job, held_by, f"the files cannot be written ({error.strerror})")
        except (TooBusy, SQLAlchemyError):
            raise
        except Exception as error:
            # The class alone: a message may hold what a customer typed.
            logger.error("an export failed: %s", type(error).__name__)
            await self._failed(job, held_by, "internal error")
        finally:
            alive.cancel()
        return True

    async def _beat(self, name: str, holder: Holder) -> None:
        """Hold an export for as long as this process lives, however long a step takes."""
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            with suppress(TooBusy, SQLAlchemyError):
                await self._index.write(partial(jobs.note, name=name, holder=holder, now=self._clock.now()))

    async def _keep_working(self, holder: Holder) -> None:
        while True:
            try:
                worked = await self.work(holder)
            except Exception as error:
                # It passes, or is mended: whoever looks next, when what is held is free again, goes on.
                logger.warning("exports wait: %s", type(error).__name__)
                worked = False
            if not worked:
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), _LOOK_SECONDS)
                except TimeoutError:
                    continue

    async def _worked_off(self, job: Job, selection: Selection, holder: Holder) -> None:
        state = job.state or await self._begun(job, selection, holder)
        while state is not None and not state.done:
            state = await self._stepped(job, selection, state, holder)
        if state is not None:
            await self._finished(job, selection, state, holder)

    async def _begun(self, job: Job, selection: Selection, holder: Holder) -> State | None:
        """The state before the first step, noted; None where the export is not ours any more."""
        now = self._clock.now()
        known = await self._index.read(progress_of, seconds=_LONGEST_LOOK)
        state = State(begun_at=now, coverage=coverage_of(self._business, known, selection.layout.part))
        try:
            where = selection.where(self._index.reader)
            expected = await self._index.read(lambda found: count(found, selection, where), seconds=_LONGEST_COUNT)
        except TooSlow:
            expected = None
        if expected is not None and expected > self._bounds.rows:
            raise TooMuch(f"{expected} rows, more than {self._bounds.rows}; narrow the filter, by placedAt above all")
        changes = {"progress": jobs.written(state), "expected": expected}
        mine = await self._index.write(lambda found: jobs.note(found, job.id, holder, now, **changes))
        return state if mine else None

    async def _stepped(self, job: Job, selection: Selection, state: State, holder: Holder) -> State | None:
        """The state after one more step, noted; None where the export is not ours any more."""
        folder = self._folder(job.id)
        made: Made = await self._index.read(
            lambda found: advance(
                found, selection, self._index.reader, state, folder, bounds=self._bounds, sizes=self._sizes
            ),
            seconds=_LONGEST_STEP,
        )
        now = self._clock.now()

        def noted(found: Connection) -> bool:
            if not jobs.note(found, job.id, holder, now, progress=jobs.written(made.state)):
                return False
            made.settle()
            return True

        if not await self._index.write(noted):
            made.drop()
            return None
        return made.state

    async def _finished(self, job: Job, selection: Selection, state: State, holder: Holder) -> None:
        now = self._clock.now()
        folder = self._folder(job.id)
        manifest = manifest_of(selection, state, now)
        await asyncio.to_thread(tidy, folder, state, manifest)
        changes = {
            "state": Stage.DONE.value,
            "finished_at": now,
            "expires_at": now + timedelta(hours=self._settings.keep_hours),
        }
        await self._index.write(lambda found: jobs.note(found, job.id, holder, now, **changes))

    async def _failed(self, job: Job, holder: Holder, why: str) -> None:
        now = self._clock.now()
        changes = {
            "state": Stage.FAILED.value,
            "error": why,
            "finished_at": now,
            "expires_at": now,
            "held_until": None,
        }
        await self._index.write(lambda found: jobs.note(found, job.id, holder, now, **changes))

    async def _put_away(self) -> None:
        """Delete the files of what is over."""
        now = self._clock.now()
        for name in await self._index.read(lambda found: jobs.over(found, now), seconds=_LONGEST_LOOK):
            await asyncio.to_thread(shutil.rmtree, self._folder(name), ignore_errors=True)
            await self._index.write(partial(jobs.put_away, name=name, forget_before=now - _REMEMBERED))

    def _folder(self, name: str) -> Path:
        return self._settings.folder / name


def tidy(folder: Path, state: State, manifest: bytes) -> None:
    """The manifest beside the files, and nothing else beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in unlisted(folder, [part.file for part in state.parts]):
        path.unlink(missing_ok=True)
    (folder / MANIFEST).write_bytes(manifest)
