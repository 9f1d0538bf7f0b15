"""The passes as workflows of DBOS: each step is noted when it is done, and a pass that was under way when its process
was ended goes on after the last of them, in whichever process works next.

DBOS is one in a process, and its workflows are functions of a module. It runs in threads and an event loop of its own:
in ours it would put its pool of threads in the place of the loop's, and take that with it when it is closed. Only the
steps come over to where the systems are. Nothing of it reaches the network: no conductor, no exporter. It is imported
with this module alone, for that takes a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import msgspec
from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy import URL

from orderweave.sync.histories import Outcome
from orderweave.sync.passes import PassFailed, Steps, history, sweep
from orderweave.sync.sweeping import Step, Swept

T = TypeVar("T")
# Which steps a pass is made of. Counted up when that changes: a pass begun by other code begins anew.
_FORM = "1"
# Whoever works on an index is the only one, see `sole.py`; the next one takes up what this one left.
_EXECUTOR = "sync"
_SCHEMA = "orderweave_sync"
# A pass goes on as often as its process is ended.
_MOST_RECOVERIES = 1_000_000
# Seconds between two looks at a pass that goes on from another process.
_LOOK = 0.2
# Passes at once. Each takes a thread here and one of DBOS, which must not be given a bound of its own: a pass holds its
# thread until its end, and is noted by another.
_MOST_AT_ONCE = 16
# Finished passes of one system that are kept, to be looked at.
_KEPT = 20


class _Work:
    """The steps of this process, and the event loop that they belong to."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self._loop = asyncio.get_running_loop()

    async def over_there(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives, done where the systems are; called from the event loop of DBOS."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


_work: _Work | None = None


class Durable:
    """The passes of one gateway. Launch it in the event loop that the systems belong to, close it there."""

    def __init__(self, steps: Steps, index: URL) -> None:
        self._steps = steps
        self._url = _beside(index)
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="sync-pass")

    async def launch(self) -> None:
        """Open the work database; passes that were under way go on."""
        global _work  # noqa: PLW0603 - DBOS has one in a process as well
        _work = _Work(self._steps)
        await asyncio.to_thread(_launch, self._url)

    async def close(self) -> None:
        """Leave everything as it stands."""
        await asyncio.to_thread(DBOS.destroy)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def history(self, name: str) -> Outcome:
        """Read a system's orders to the end."""
        return Outcome(await self._one(_history, f"history:{name}:", name))

    async def sweep(self, name: str, began: datetime) -> Swept | None:
        """Hold all of a system's orders against the index."""
        done = await self._one(_sweep, f"sweep:{name}:", name, began.isoformat())
        return msgspec.convert(done, Swept) if done is not None else None

    async def _one(self, workflow: Any, prefix: str, *arguments: str) -> Any:
        """What the pass gives that is under way, or a new one."""
        work = partial(_wait_for_one, workflow, prefix, arguments)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except Exception as error:
            raise PassFailed(f"{prefix.rstrip(':')}: {type(error).__name__}") from error


def _launch(url: str) -> None:
    """In a thread without an event loop, so that DBOS takes its own."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        # Its log goes where ours goes, and only what is wrong.
        logger.addHandler(logging.NullHandler())
    logger.propagate = True
    DBOS(
        config={
            "name": "orderweave",
            "system_database_url": url,
            "dbos_system_schema": _SCHEMA,
            "executor_id": _EXECUTOR,
            "application_version": _FORM,
            "serializer": DBOSPortableJSONSerializer(),
            "enable_otlp": False,
            "log_level": "ERROR",
            "use_listen_notify": False,
        }
    )
    DBOS.launch()


def _wait_for_one(workflow: Any, prefix: str, arguments: tuple[str, ...]) -> Any:
    unfinished = DBOS.list_workflows(
        workflow_id_prefix=prefix,
        status=["PENDING", "ENQUEUED"],
        app_version=_FORM,
        load_input=False,
        load_output=False,
    )
    if unfinished:
        handle: Any = DBOS.retrieve_workflow(unfinished[0].workflow_id)
    else:
        _tidy(prefix)
        with SetWorkflowID(f"{prefix}{datetime.now(UTC).isoformat()}"):
            handle = DBOS.start_workflow(workflow, *arguments)
    return handle.get_result(polling_interval_sec=_LOOK)


def _tidy(prefix: str) -> None:
    """Forget the oldest finished passes."""
    finished = DBOS.list_workflows(
        workflow_id_prefix=prefix, sort_desc=True, offset=_KEPT, load_input=False, load_output=False
    )
    if finished:
        DBOS.delete_workflows([each.workflow_id for each in finished])


class _Noted:
    """The steps, each of them noted."""

    @staticmethod
    async def read_on(name: str) -> Outcome:
        return Outcome(await _read_on(name))

    @staticmethod
    async def list_on(name: str, after: str | None) -> Step | None:
        done = await _list_on(name, after)
        return msgspec.convert(done, Step) if done is not None else None

    @staticmethod
    async def look_up(name: str, seen: bytes, after: str) -> Step | None:
        done = await _look_up(name, seen, after)
        return msgspec.convert(done, Step) if done is not None else None

    @staticmethod
    async def end(name: str, began: datetime, swept: Swept) -> None:
        await _end(name, began, swept)


class _Ended(BaseException):
    """The process ends. Not an Exception: DBOS would note that as the end of the pass, which is to go on."""


@contextmanager
def _as_it_stands() -> Iterator[None]:
    try:
        yield
    except asyncio.CancelledError:
        raise _Ended from None


def _at_work() -> _Work:
    assert _work is not None, "launched by Durable"
    return _work


@DBOS.workflow(max_recovery_attempts=_MOST_RECOVERIES)
async def _history(name: str) -> str:
    with _as_it_stands():
        return (await history(_Noted(), name)).value


@DBOS.workflow(max_recovery_attempts=_MOST_RECOVERIES)
async def _sweep(name: str, began: str) -> Any:
    with _as_it_stands():
        return msgspec.to_builtins(await sweep(_Noted(), name, datetime.fromisoformat(began)))


@DBOS.step()
async def _read_on(name: str) -> str:
    work = _at_work()
    return (await work.over_there(work.steps.read_on(name))).value


@DBOS.step()
async def _list_on(name: str, after: str | None) -> Any:
    work = _at_work()
    return msgspec.to_builtins(await work.over_there(work.steps.list_on(name, after)))


@DBOS.step()
async def _look_up(name: str, seen: bytes, after: str) -> Any:
    work = _at_work()
    return msgspec.to_builtins(await work.over_there(work.steps.look_up(name, seen, after)))


@DBOS.step()
async def _end(name: str, began: datetime, swept: Swept) -> None:
    work = _at_work()
    await work.over_there(work.steps.end(name, began, swept))


def _beside(index: URL) -> str:
    """Where steps are noted: in the database of the index, or in a file beside its file."""
    if index.get_backend_name() != "sqlite":
        return index.render_as_string(hide_password=False)
    return f"sqlite:///{index.database}-sync"
